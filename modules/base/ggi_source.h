/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Reads JSON that comes from outside, such as profiles and registers, and reports what
 * is wrong in it with its place.
 */

#ifndef GGI_SOURCE_H
#define GGI_SOURCE_H

#include <stdint.h>

#include <jansson.h>

#include "ggi_str.h"

#define GGI_SOURCE_FILE_MAX   (64 * 1024 * 1024)        /* bytes that a file may have */
#define GGI_SOURCE_TEXT_MAX   1024                      /* bytes that a string in it may have */
#define GGI_SOURCE_WHERE_MAX  192


/*
 * The faults found while JSON is read. Each is a line that begins with the JSON path of
 * its place, such as "$.geldig_van: missing, expected ...". When each is NULL, reading
 * stops at the first fault, which is then in text. When each is set, it is called for
 * every fault and reading goes on; what was read must not be used when n is not 0
 * afterwards. warn is called for what is valid and probably a mistake; NULL ignores
 * that. Begin with ggi_fault_init.
 */
typedef struct {
    char    text[512];                  /* the last fault, terminated */
    size_t  n;                          /* number of faults */
    void  (*each)(void *data, const char *text);
    void  (*warn)(void *data, const char *text);        /* NULL: ignored */
    void   *data;                       /* passed to each and warn */
} ggi_fault_t;

#define ggi_fault_init  { .n = 0 }

/*
 * Writes a JSON path, formatted as by printf(), to where. A path that does not fit is
 * cut off: it is only shown to people.
 */
void ggi_where(char where[GGI_SOURCE_WHERE_MAX], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Replaces each byte of what ggi_utf8_shown() does not show, in text, which ends with a NUL, by a
 * question mark, in its place. So the text stays one line of UTF-8 and does nothing to a terminal,
 * whatever names from outside stand in it, or are cut off in it.
 */
void ggi_one_line(char *text);

/*
 * Adds a fault at the JSON path where; the message is formatted as by printf(). Returns
 * 1 when the caller has to go on and look for further faults, because all are wanted,
 * and 0 when it has to stop.
 */
int ggi_fault(ggi_fault_t *fault, const char *where, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Passes a warning about the JSON path where to fault->warn: something is valid and
 * probably a mistake. Does nothing when fault->warn is NULL. A warning does not count
 * as a fault.
 */
void ggi_fault_warn(ggi_fault_t *fault, const char *where, const char *format, ...)
    __attribute__((format(printf, 3, 4)));


/*
 * Reads the len bytes of a text as a document. Returns a new reference, or NULL with a fault, as
 * ggi_source_parse() does.
 */
typedef json_t *(*ggi_source_parse_pt)(const char *text, size_t len, ggi_fault_t *fault);

/*
 * Reads a regular file of at most GGI_SOURCE_FILE_MAX bytes, and gives them to parse() without a
 * byte order mark at their start. Returns what that returns, or NULL with a fault when the file
 * cannot be read.
 */
json_t *ggi_source_read_by(const char *file, ggi_source_parse_pt parse, ggi_fault_t *fault);

/*
 * Reads a regular file of at most GGI_SOURCE_FILE_MAX bytes as JSON in which no object
 * has a key twice. Skips a byte order mark at its start. Returns a new reference, which
 * the caller releases with json_decref(). Returns NULL, with a fault, when the file
 * cannot be read or is not JSON; a fault of syntax names its line and column.
 */
json_t *ggi_source_read(const char *file, ggi_fault_t *fault);

/*
 * Reads len bytes of text as JSON in which no object has a key twice. Returns a new
 * reference, which the caller releases with json_decref(), or NULL with a fault that
 * names the line and column.
 */
json_t *ggi_source_parse(const char *text, size_t len, ggi_fault_t *fault);

/* Tells whether an object has to have a member. */
typedef enum {
    GGI_SOURCE_OPTIONAL = 0,
    GGI_SOURCE_REQUIRED
} ggi_source_e;

/*
 * Reads the member key of object as a text: a string of 1 to GGI_SOURCE_TEXT_MAX bytes
 * without control characters. where is the JSON path of object, for faults. Sets out to
 * the text, whose bytes belong to object. Returns 1, also when the member is absent and
 * not required: out is then unchanged. Returns what ggi_fault() returns when the member
 * has a fault.
 */
int ggi_source_text(json_t *object, const char *where, const char *key,
    ggi_source_e required, ggi_str_t *out, ggi_fault_t *fault);

/*
 * Reads the member key of object as a date or time that ggi_time_read() accepts. where
 * is the JSON path of object, for faults. Sets out to seconds since the epoch. Returns
 * 1, also when the member is absent and not required: out is then unchanged. Returns
 * what ggi_fault() returns when the member has a fault.
 */
int ggi_source_time(json_t *object, const char *where, const char *key,
    ggi_source_e required, int64_t *out, ggi_fault_t *fault);

/*
 * Reads the member key of object as an array of texts, each a string of 1 to
 * GGI_SOURCE_TEXT_MAX bytes without control characters. where is the JSON path of
 * object, for faults. Sets out to the array, which belongs to object, or to NULL when
 * the member is absent. When all faults are wanted, the array may hold elements with a
 * fault, so that a caller which goes on tests each with ggi_source_is_text(). Returns
 * 1, or what ggi_fault() returns when the member has a fault.
 */
int ggi_source_list(json_t *object, const char *where, const char *key,
    ggi_source_e required, json_t **out, ggi_fault_t *fault);

/*
 * Reports each member of object whose name is none of the n names in known, which is
 * most likely misspelt. It is a fault when all faults are wanted. Otherwise it is a
 * warning and the member is ignored, so that files with members of a later version can
 * be read. where is the JSON path of object. Returns 1.
 */
int ggi_source_members(json_t *object, const char *where,
    const char *const *known, size_t n, ggi_fault_t *fault);

/*
 * Returns 1 when value is a string of 1 to GGI_SOURCE_TEXT_MAX bytes without control
 * characters, 0 otherwise.
 */
int ggi_source_is_text(json_t *value);

/*
 * Returns the string at index i, which is less than the size of the array, of a list that
 * ggi_source_list() read. Its bytes belong to the list.
 */
ggi_str_t ggi_source_item(json_t *list, size_t i);


#endif
