/* SPDX-License-Identifier: EUPL-1.2 */

/* JSON that comes from outside: reading it, and saying where it is wrong. */

#ifndef GGI_SOURCE_H
#define GGI_SOURCE_H

#include <stdint.h>

#include <jansson.h>

#include "ggi_str.h"

#define GGI_SOURCE_FILE_MAX   (64 * 1024 * 1024)        /* bytes of a file */
#define GGI_SOURCE_TEXT_MAX   1024                      /* bytes of a string */
#define GGI_SOURCE_WHERE_MAX  192


/*
 * What is wrong, with its place: "$.diensten.brp.paden[0]: expected ...". The
 * first fault ends the reading, unless each is set: it is called for every one
 * then, and what is read is of no use afterwards.
 */
typedef struct {
    char    text[512];                  /* the last one */
    size_t  n;                          /* how many there were */
    void  (*each)(void *data, const char *text);
    void  (*warn)(void *data, const char *text);        /* of what is no fault, but most likely a mistake; NULL: nobody is told */
    void   *data;                       /* for both */
} ggi_fault_t;

#define ggi_fault_init  { .n = 0 }

/* Writes a JSON path; one that is too long is cut, since it is for people. */
void ggi_where(char where[GGI_SOURCE_WHERE_MAX], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Notes a fault. Returns 0, or 1 to go on to the next. */
int ggi_fault(ggi_fault_t *fault, const char *where, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Tells fault->warn about something that is no fault, but most likely a
 * mistake; nobody when it is NULL.
 */
void ggi_fault_warn(ggi_fault_t *fault, const char *where, const char *format, ...)
    __attribute__((format(printf, 3, 4)));


/*
 * Reads a file as JSON: at most GGI_SOURCE_FILE_MAX bytes, no key twice in an
 * object; a byte order mark at its start is skipped. Returns a new reference, or NULL with the fault, which gives the line
 * and column when it is one of syntax. ggi_source_parse() takes text.
 */
json_t *ggi_source_read(const char *file, ggi_fault_t *fault);
json_t *ggi_source_parse(const char *text, size_t len, ggi_fault_t *fault);

/*
 * The member key of object, whose own JSON path is where. All return 1, or 0
 * with the fault. An absent member that is not required leaves out as it was.
 *
 * text: a string of 1 to GGI_SOURCE_TEXT_MAX bytes without control characters,
 *       owned by object.
 * time: as ggi_time_read() takes it.
 * list: an array of such strings, owned by object; NULL when absent. When all
 *       faults are wanted, it may hold elements that ggi_source_is_text() rejects.
 */
int ggi_source_text(json_t *object, const char *where, const char *key,
    int required, ggi_str_t *out, ggi_fault_t *fault);
int ggi_source_time(json_t *object, const char *where, const char *key,
    int required, int64_t *out, ggi_fault_t *fault);
int ggi_source_list(json_t *object, const char *where, const char *key,
    int required, json_t **out, ggi_fault_t *fault);

/*
 * Looks for members of an object that are none of the n known ones: most likely
 * another one was meant. When all faults are wanted each is a fault. Otherwise
 * fault->warn is told of it, and it is passed over, so that a newer file can be
 * read. Returns 1.
 */
int ggi_source_members(json_t *object, const char *where,
    const char *const *known, size_t n, ggi_fault_t *fault);

/* Returns 1 when value is a string of 1 to GGI_SOURCE_TEXT_MAX bytes without control characters. */
int ggi_source_is_text(json_t *value);

/* The string at index i of a list as ggi_source_list() gives it. */
ggi_str_t ggi_source_item(json_t *list, size_t i);


#endif
