/* SPDX-License-Identifier: EUPL-1.2 */

/* The directives "include" in the text of a configuration file of nginx. */

#include <string.h>

#include "ggi_include.h"


#define GGI_INCLUDE_NAME  16             /* bytes that "include" has room in */


/* What a word of the configuration is: it has a value, or is one of the signs between. */
typedef enum {
    GGI_INCLUDE_END,                    /* of the text */
    GGI_INCLUDE_SIGN,                   /* ; or { or } */
    GGI_INCLUDE_WORD
} ggi_include_e;


static int
ggi_include_is_blank(char ch)
{
    return ch == ' ' || ch == '\t' || ch == '\r' || ch == '\n';
}


/* Moves *pos behind blanks and comments. */
static void
ggi_include_skip(ggi_str_t text, size_t *pos)
{
    int  comment;

    for (comment = 0; *pos < text.len; (*pos)++) {

        if (text.data[*pos] == '\n') {
            comment = 0;

        } else if (!comment && !ggi_include_is_blank(text.data[*pos])) {

            if (text.data[*pos] != '#') {
                return;
            }

            comment = 1;
        }
    }
}


/*
 * Returns 1 when a word ends before the character at pos: at the closing quote of one that
 * began with a quote, and otherwise at a blank, at ";", or at "{" that no "$" stands before.
 */
static int
ggi_include_ends(ggi_str_t text, size_t pos, char quote)
{
    char  ch;

    ch = text.data[pos];

    if (quote) {
        return ch == quote;
    }

    return ggi_include_is_blank(ch) || ch == ';'
           || (ch == '{' && (pos == 0 || text.data[pos - 1] != '$'));
}


/* Returns what stands for a character behind a backslash; 0: the backslash stays. */
static char
ggi_include_unescape(char ch)
{
    switch (ch) {
    case 't':
        return '\t';
    case 'r':
        return '\r';
    case 'n':
        return '\n';
    case '"':
    case '\'':
    case '\\':
        return ch;
    default:
        return 0;
    }
}


/*
 * Reads a word at *pos, and moves *pos behind it. Writes it with a NUL to word, of size
 * bytes, or an empty one when it does not fit.
 */
static void
ggi_include_word(ggi_str_t text, size_t *pos, char *word, size_t size)
{
    char    ch, quote;
    size_t  len;

    len = 0;
    quote = 0;

    if (text.data[*pos] == '"' || text.data[*pos] == '\'') {
        quote = text.data[(*pos)++];
    }

    for ( /* void */ ; *pos < text.len && !ggi_include_ends(text, *pos, quote); (*pos)++) {
        ch = text.data[*pos];

        if (ch == '\\' && *pos + 1 < text.len) {
            (*pos)++;

            if (ggi_include_unescape(text.data[*pos])) {
                ch = ggi_include_unescape(text.data[*pos]);

            } else {

                if (len < size) {
                    word[len] = ch;
                }

                len++;
                ch = text.data[*pos];
            }
        }

        if (len < size) {
            word[len] = ch;
        }

        len++;
    }

    *pos += (quote && *pos < text.len);
    word[len < size ? len : 0] = '\0';
}


/* Reads the next word or sign. A sign is in word[0]. */
static ggi_include_e
ggi_include_read(ggi_str_t text, size_t *pos, char *word, size_t size)
{
    ggi_include_skip(text, pos);

    if (*pos == text.len) {
        return GGI_INCLUDE_END;
    }

    if (text.data[*pos] == ';' || text.data[*pos] == '{' || text.data[*pos] == '}') {
        word[0] = text.data[(*pos)++];
        return GGI_INCLUDE_SIGN;
    }

    ggi_include_word(text, pos, word, size);

    return GGI_INCLUDE_WORD;
}


int
ggi_include_next(ggi_str_t text, size_t *pos, char *path, size_t size)
{
    int            include;
    char           word[GGI_INCLUDE_NAME];
    size_t         words;
    ggi_include_e  what;

    words = 0;
    include = 0;

    for ( ;; ) {
        what = (words == 1 && include) ? ggi_include_read(text, pos, path, size)
                                       : ggi_include_read(text, pos, word, sizeof(word));

        if (what == GGI_INCLUDE_END) {
            return 0;
        }

        if (what == GGI_INCLUDE_WORD) {
            include = (words == 0) ? strcmp(word, "include") == 0 : include;
            words++;
            continue;
        }

        if (include && words == 2 && path[0] && word[0] == ';') {
            return 1;
        }

        words = 0;
        include = 0;
    }
}
