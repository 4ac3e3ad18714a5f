/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>
#include <time.h>

#include "ggi_json.h"
#include "ggictl_show_text.h"

#define GGICTL_SHOW_YEARS  INT64_C(253402300800)   /* seconds until the year 10000 */


const char *
ggictl_show_time(char text[GGICTL_SHOW_TIME + 1], uint64_t ms)
{
    time_t      seconds;
    struct tm   tm;

    seconds = (ms / 1000 < (uint64_t) GGICTL_SHOW_YEARS) ? (time_t) (ms / 1000) : 0;
    memset(text, 0, GGICTL_SHOW_TIME + 1);

    if (gmtime_r(&seconds, &tm) && strftime(text, GGICTL_SHOW_TIME, "%Y-%m-%dT%H:%M:%S", &tm)) {
        snprintf(text + 19, 6, ".%03uZ", (unsigned) (ms % 1000));
    }

    return text;
}


void
ggictl_show_text(FILE *out, ggi_str_t text)
{
    size_t  n;

    if (text.len == 0) {
        fputc('-', out);
        return;
    }

    while (text.len) {
        n = ggi_utf8_shown((const unsigned char *) text.data, text.len);

        if (n) {
            fwrite(text.data, 1, n, out);

        } else {
            fputc('?', out);
            n = 1;
        }

        text.data += n;
        text.len -= n;
    }
}


void
ggictl_show_known(FILE *out, const char *before, ggi_str_t text, const char *behind)
{
    if (text.len) {
        fputs(before, out);
        ggictl_show_text(out, text);
        fputs(behind, out);
    }
}


void
ggictl_show_word(FILE *out, const char *word, const char *colour)
{
    fprintf(out, colour ? "\033[%sm%s\033[0m" : "%.0s%s", colour ? colour : "", word);
}
