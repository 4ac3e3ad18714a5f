/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include "ggi_html.h"
#include "ggi_page.h"
#include "ggi_time.h"


const char *
ggi_page_of(const ggi_page_t *page, const char *en, const char *nl)
{
    return page->lang == GGI_LANG_NL ? nl : en;
}


void
ggi_page_put(const ggi_page_t *page, const char *en, const char *nl)
{
    ggi_html_put(page->out, ggi_page_of(page, en, nl));
}


void
ggi_page_table(const ggi_page_t *page, const ggi_page_table_t *table)
{
    const ggi_page_column_t  *column;

    ggi_html_put(page->out, "<h2>");
    ggi_html_put(page->out, table->title[page->lang]);
    ggi_html_put(page->out, "</h2>\n<div class=\"wide\" role=\"region\" tabindex=\"0\" "
                 "aria-label=\"");
    ggi_html_put(page->out, table->title[page->lang]);
    ggi_html_put(page->out, "\"><table><thead><tr>");

    for (column = table->columns; column->title[page->lang]; column++) {
        ggi_html_put(page->out, column->number ? "<th scope=\"col\" class=\"n\">"
                                               : "<th scope=\"col\">");
        ggi_html_put(page->out, column->title[page->lang]);
        ggi_html_put(page->out, "</th>");
    }

    ggi_html_put(page->out, "</tr></thead><tbody>\n");
    table->rows(page);
    ggi_html_put(page->out, "</tbody></table></div>\n");
}


void
ggi_page_row(const ggi_page_t *page, ggi_str_t of)
{
    ggi_html_put(page->out, "<tr><th scope=\"row\">");
    ggi_html_text(page->out, of);
    ggi_html_put(page->out, "</th>");
}


void
ggi_page_row_end(const ggi_page_t *page)
{
    ggi_html_put(page->out, "</tr>\n");
}


void
ggi_page_cell_begin(const ggi_page_t *page, const char *classes)
{
    ggi_html_put(page->out, "<td class=\"");
    ggi_html_put(page->out, classes);
    ggi_html_put(page->out, "\">");
}


void
ggi_page_cell(const ggi_page_t *page, const char *text)
{
    ggi_html_put(page->out, "<td>");
    ggi_html_put(page->out, text);
    ggi_html_put(page->out, "</td>");
}


void
ggi_page_number(const ggi_page_t *page, uint64_t number)
{
    ggi_page_cell_begin(page, "n");
    ggi_html_number(page->out, number);
    ggi_html_put(page->out, "</td>");
}


void
ggi_page_time(const ggi_page_t *page, uint64_t seconds)
{
    const char         *text;
    ggi_time_second_t   last;

    memset(&last, 0, sizeof(last));
    text = ggi_time_write(&last, seconds < UINT64_MAX / 1000 ? seconds * 1000 : UINT64_MAX);

    /* without the milliseconds */

    ggi_html_put(page->out, "<time>");
    ggi_json_put(page->out, text, GGI_TIME_TEXT - sizeof(".000Z") + 1);
    ggi_html_put(page->out, "Z</time>");
}
