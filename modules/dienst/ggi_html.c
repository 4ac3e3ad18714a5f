/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include "ggi_html.h"


void
ggi_html_put(ggi_json_t *out, const char *markup)
{
    ggi_json_put(out, markup, strlen(markup));
}


/* Returns what stands for an ASCII character that cannot stand for itself, or NULL. */
static const char *
ggi_html_escape(unsigned char ch)
{
    switch (ch) {

    case '&':
        return "&amp;";

    case '<':
        return "&lt;";

    case '>':
        return "&gt;";

    case '"':
        return "&quot;";

    case '\'':
        return "&#39;";
    }

    return (ch < 0x20 || ch == 0x7f) ? "\xef\xbf\xbd" : NULL;
}


void
ggi_html_text(ggi_json_t *out, ggi_str_t text)
{
    size_t                len;
    const char           *instead;
    const unsigned char  *p, *end;

    p = (const unsigned char *) text.data;
    end = p + text.len;

    for ( /* void */ ; p < end; p += len ? len : 1) {
        len = ggi_utf8_char(p, (size_t) (end - p));
        instead = len ? ggi_html_escape(*p) : "\xef\xbf\xbd";

        if (instead) {
            ggi_html_put(out, instead);
        } else {
            ggi_json_put(out, p, len);
        }
    }
}


void
ggi_html_number(ggi_json_t *out, uint64_t number)
{
    char  digits[GGI_DECIMAL_MAX], *end;

    end = ggi_decimal_write(digits, number);
    ggi_json_put(out, digits, (size_t) (end - digits));
}
