/* SPDX-License-Identifier: EUPL-1.2 */

/* Shows texts and times of an audit log. */

#ifndef GGICTL_SHOW_TEXT_H
#define GGICTL_SHOW_TEXT_H

#include <stdint.h>
#include <stdio.h>

#include "ggi_str.h"

#define GGICTL_SHOW_TIME  24            /* bytes of a time as it is shown */


/*
 * Writes the text of a field as it is escaped in JSON, with "?" for each byte that is not of
 * a character that can be shown, which a terminal might obey; or "-" for an empty text.
 */
void ggictl_show_text(FILE *out, ggi_str_t text);

/*
 * Writes a text, as ggictl_show_text() does, with before in front of it and behind after it.
 * Writes nothing at all when the text is empty.
 */
void ggictl_show_known(FILE *out, const char *before, ggi_str_t text, const char *behind);

/*
 * Writes a time in ms since the epoch, such as 2026-11-26T05:00:00.123Z, and a NUL. Returns
 * text.
 */
const char *ggictl_show_time(char text[GGICTL_SHOW_TIME + 1], uint64_t ms);

/*
 * Writes a word to out. colour is the parameters of a colour by ECMA-48, such as "31" for red;
 * NULL writes the word without a colour.
 */
void ggictl_show_word(FILE *out, const char *word, const char *colour);


#endif
