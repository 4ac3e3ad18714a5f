/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What ggictl says: results on standard output, as text or as JSON, and errors
 * on standard error.
 */

#ifndef GGICTL_OUT_H
#define GGICTL_OUT_H

#include <stddef.h>

#include <jansson.h>


/* Exit statuses: good or allowed; faulty, refused or not there; the command could not be done. */
enum { GGICTL_OK, GGICTL_NO, GGICTL_ERROR };


/*
 * Writes "ggictl: " and the message as one line on standard error. Returns
 * GGICTL_ERROR, so that a command can end with "return ggictl_fail(...)".
 */
int ggictl_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Writes text on standard output, unless the result is asked for as JSON: result
 * is the object that collects it then, and NULL when text is asked for.
 */
void ggictl_say(const json_t *result, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Returns a new JSON string of len bytes, in which each byte that is not part of
 * valid UTF-8 is U+FFFD; NULL when there is no memory. ggictl_json_cstr() takes a
 * terminated string; of NULL it makes null.
 */
json_t *ggictl_json_str(const char *data, size_t len);
json_t *ggictl_json_cstr(const char *text);

/*
 * Writes the result, unless it is NULL, as indented JSON on standard output, and
 * sees to it that all output has been written. Returns rc, or GGICTL_ERROR after
 * a message when standard output could not be written.
 */
int ggictl_end(const json_t *result, int rc);

/* "" for one, "s" for any other number: the end of an English plural. */
const char *ggictl_plural(size_t n);


#endif
