/* SPDX-License-Identifier: EUPL-1.2 */

/* Texts as a record of an audit log has them between quotes, and as they are meant. */

#ifndef GGI_LOGGED_TEXT_H
#define GGI_LOGGED_TEXT_H

#include "ggi_str.h"


/*
 * Writes the text of a field, in which JSON's escapes are resolved, to dst, of at least
 * text.len bytes. Returns its length. An escape that is none is kept as it is.
 */
size_t ggi_logged_text_read(char *dst, ggi_str_t text);

/*
 * Writes the bytes of a text as a record has them between quotes to dst, of at least 6 *
 * text.len + 2 bytes. Returns the length.
 */
size_t ggi_logged_text_write(char *dst, ggi_str_t text);

/*
 * Takes the next string out of a field that is a JSON array of strings. Sets *item to what
 * is between its quotes, and *array to what is behind it. Returns 1, or 0 at the end.
 */
int ggi_logged_next(ggi_str_t *array, ggi_str_t *item);


#endif
