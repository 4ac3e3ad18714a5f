/* SPDX-License-Identifier: EUPL-1.2 */

/* Takes what a caller may have put there out of a message of the error log. */

#include "ggi_bsn.h"
#include "ggi_message.h"

#include <string.h>


/* Returns 1 when the message ends with a word before p, 0 otherwise. */
static int
ggi_message_ends(const char *text, const char *p, const char *word)
{
    size_t  len;

    len = strlen(word);

    return (size_t) (p - text) >= len && memcmp(p - len, word, len) == 0;
}


/*
 * Returns 1 when the quoted text that begins at p, behind its quote, is a header or
 * arguments of a caller, 0 otherwise. Sets *name to 1 when it begins with the header's
 * name.
 */
static int
ggi_message_sent(const char *text, const char *p, int *name)
{
    size_t              i;
    static const char  *values[] = {
        "args: \"", "invalid value: \"", "header value: \"", "trailer value: \""
    };
    static const char  *lines[] = {
        "header line: \"", "host header: \"", "previous value: \"",
        "invalid header: \""
    };

    *name = 0;

    for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        if (ggi_message_ends(text, p, values[i])) {
            return 1;
        }
    }

    *name = 1;

    for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        if (ggi_message_ends(text, p, lines[i])) {
            return 1;
        }
    }

    return 0;
}


static int
ggi_message_name_char(char ch)
{
    return (ch >= '0' && ch <= '9') || ch == '-' || ch == '_'
           || ((ch | 0x20) >= 'a' && (ch | 0x20) <= 'z');
}


/*
 * Skips a quoted text of a caller, up to the last quote of the message, since the text
 * may hold quotes itself. Returns where that quote is.
 */
static const char *
ggi_message_skip(const char *p, const char *end)
{
    const char  *quote;

    for (quote = end - 1; quote > p && *quote != '"'; quote--) {
        /* the last quote */
    }

    return (p < end && *quote == '"') ? quote : end;
}


size_t
ggi_message_scrub(char *text, size_t len)
{
    int          name, quoted;
    char        *dst;
    const char  *p, *end;

    dst = text;
    end = text + len;
    quoted = 0;

    p = text;

    while (p < end) {

        if (*p == '?') {
            while (p < end && *p != '"' && (quoted || *p != ' ')) {
                p++;
            }

            continue;
        }

        *dst++ = *p++;

        if (dst[-1] != '"') {
            continue;
        }

        quoted = !quoted;

        if (p < end && quoted && ggi_message_sent(text, dst, &name)) {
            while (name && p < end && ggi_message_name_char(*p)) {
                *dst++ = *p++;
            }

            p = ggi_message_skip(p, end);

            for (name = 0; name < 3 && dst < p; name++) {
                *dst++ = '.';
            }
        }
    }

    len = (size_t) (dst - text);
    ggi_bsn_mask(text, len);

    return len;
}
