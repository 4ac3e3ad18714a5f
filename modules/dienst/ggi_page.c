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
ggi_page_table(const ggi_page_t *page, const char *en, const char *nl)
{
    ggi_html_put(page->out, "<h2>");
    ggi_page_put(page, en, nl);
    ggi_html_put(page->out, "</h2>\n<div class=\"wide\" role=\"region\" tabindex=\"0\" "
                 "aria-label=\"");
    ggi_page_put(page, en, nl);
    ggi_html_put(page->out, "\"><table><thead><tr>");
}


void
ggi_page_head(const ggi_page_t *page, const char *en, const char *nl, int number)
{
    ggi_html_put(page->out, number ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">");
    ggi_page_put(page, en, nl);
    ggi_html_put(page->out, "</th>");
}


void
ggi_page_rows(const ggi_page_t *page)
{
    ggi_html_put(page->out, "</tr></thead><tbody>\n");
}


void
ggi_page_table_end(const ggi_page_t *page)
{
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
ggi_page_cell(const ggi_page_t *page, const char *text)
{
    ggi_html_put(page->out, "<td>");
    ggi_html_put(page->out, text);
    ggi_html_put(page->out, "</td>");
}


void
ggi_page_number(const ggi_page_t *page, uint64_t number)
{
    ggi_html_put(page->out, "<td class=\"n\">");
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
