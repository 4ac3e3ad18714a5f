/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_crl_news.h"
#include "ggi_source.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>


void
ggi_crl_news_add(ggi_crl_news_t *news, ggi_crl_level_e level,
    const char *format, ...)
{
    int      n;
    size_t   room;
    va_list  args;

    room = sizeof(news->text) - news->len;

    if (room < 3) {
        news->lost++;
        return;
    }

    va_start(args, format);
    n = vsnprintf(news->text + news->len + 1, room - 1, format, args);
    va_end(args);

    if (n < 0 || (size_t) n >= room - 1) {
        news->lost++;
        return;
    }

    /* the names of files are of whoever may write to the directory */

    ggi_one_line(news->text + news->len + 1);
    news->text[news->len] = (char) level;
    news->len += (size_t) n + 2;
}


const char *
ggi_crl_news_next(const ggi_crl_news_t *news, const char *line,
    ggi_crl_level_e *level)
{
    line = line ? line + strlen(line) + 1 : news->text;

    if (line >= news->text + news->len) {
        return NULL;
    }

    *level = (ggi_crl_level_e) *line;

    return line + 1;
}
