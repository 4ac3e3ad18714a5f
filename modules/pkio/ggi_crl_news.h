/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What there is to tell operators about revocation lists: lines that are collected
 * where the log cannot be written, such as in a thread, and logged later.
 */

#ifndef GGI_CRL_NEWS_H
#define GGI_CRL_NEWS_H

#include <stddef.h>

#define GGI_CRL_NEWS_MAX  16384         /* bytes of all lines */


typedef enum { GGI_CRL_NOTICE, GGI_CRL_ERROR } ggi_crl_level_e;


typedef struct {
    size_t  len;
    size_t  lost;                       /* lines that there was no room for */
    char    text[GGI_CRL_NEWS_MAX];     /* of each line: its level, the line, NUL */
} ggi_crl_news_t;


/*
 * Adds a line of the error log to news, with its level; the text is formatted as by printf(),
 * and its control characters become question marks. When there is no room for the line, it is
 * only counted, in news->lost.
 */
void ggi_crl_news_add(ggi_crl_news_t *news, ggi_crl_level_e level,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/*
 * Returns the line after line, the first one for NULL, or NULL after the last. Sets
 * *level to its level.
 */
const char *ggi_crl_news_next(const ggi_crl_news_t *news, const char *line,
    ggi_crl_level_e *level);


#endif
