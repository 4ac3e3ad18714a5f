/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The output of ggictl: results go to standard output as text or as JSON, errors to
 * standard error.
 */

#ifndef GGICTL_OUT_H
#define GGICTL_OUT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>


/*
 * Exit statuses: GGICTL_OK for good or allowed; GGICTL_NO for faulty, refused or not
 * found; GGICTL_ERROR when the command could not be carried out.
 */
enum { GGICTL_OK, GGICTL_NO, GGICTL_ERROR };


/* What a command has found: its word in JSON, and how that is said as text. Both are literals. */
typedef struct {
    const char  *word;
    const char  *text;
} ggictl_said_t;


/*
 * Keeps the descriptors 0 to 2 from being those of files that are opened later: where the
 * caller has closed one, it becomes one that can neither be read nor written as it should be.
 * Call it before anything is opened. Returns 1, or 0 when that cannot be done.
 */
int ggictl_streams_keep(void);

/*
 * Writes "ggictl: " and a message, formatted as by printf(), as one line on standard
 * error, in which question marks replace control characters. Returns GGICTL_ERROR, so
 * that a command can end with "return ggictl_fail(...)".
 */
int ggictl_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Prints text, formatted as by printf(), on standard output, with a question mark for each byte of
 * what ggi_utf8_shown() does not show, but for line feeds and tabs: names in it come from outside.
 * Does nothing when result is not NULL, since the result is then asked for as JSON and collected
 * in that object.
 */
void ggictl_say(const json_t *result, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Returns a new JSON string of the len bytes at data, in which U+FFFD replaces each
 * byte that is not part of valid UTF-8, or NULL without memory. The caller owns the
 * reference.
 */
json_t *ggictl_json_str(const char *data, size_t len);

/*
 * Returns a new JSON string of a NUL-terminated text, in which U+FFFD replaces each
 * byte that is not part of valid UTF-8. Returns JSON's null when text is NULL, and NULL
 * without memory. The caller owns the reference.
 */
json_t *ggictl_json_cstr(const char *text);

/*
 * Writes len bytes of JSON to out. When out is a terminal, what ggi_utf8_shown() does not show is
 * escaped, so that a name in it does nothing to the terminal: the same JSON, in other bytes.
 */
void ggictl_json_text(FILE *out, const char *text, size_t len);

/* Writes JSON to out, with flags of json_dumps(), by ggictl_json_text(). */
void ggictl_json_write(FILE *out, const json_t *json, size_t flags);

/*
 * Ends a command: writes result, unless it is NULL, as indented JSON on standard
 * output, and checks that all output has been written. rc is the exit status so far.
 * Returns rc, or GGICTL_ERROR after a message when standard output could not be
 * written.
 */
int ggictl_end(const json_t *result, int rc);

/* Writes n bytes to fd, however many calls that takes. Returns 1, or 0 with errno. */
int ggictl_write(int fd, const void *data, size_t n);

/*
 * Returns the ending of an English plural for n things: "" for one and "s" for any
 * other number.
 */
const char *ggictl_plural(size_t n);

/* Returns the time in ms since the epoch. */
uint64_t ggictl_now(void);


#endif
