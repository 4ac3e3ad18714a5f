/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Verifies an audit log: whether each record is the one that its chain asks
 * for. For who did not write the log, and does not trust its files.
 */

#ifndef GGI_VERIFY_H
#define GGI_VERIFY_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#define GGI_VERIFY_LINE_MAX  (1024 * 1024)      /* bytes; a record of the gate is shorter */


typedef struct {
    json_t     *chains;                 /* by id: where each is */
    uint64_t    lines;
    uint64_t    faults;
    int         partial;                /* chains may begin before what is looked at */
    void      (*fault)(void *data, const char *text);
    void       *data;
} ggi_verify_t;


/* Starts. fault is called for each fault, with a text of one line. Returns 1, or 0: no memory. */
int ggi_verify_start(ggi_verify_t *verify,
    void (*fault)(void *data, const char *text), void *data);
void ggi_verify_free(ggi_verify_t *verify);

/*
 * Looks at the next line, of len bytes with its newline. where says in faults
 * which line it is. The lines of a chain have to come in their order; those of
 * several chains may be mixed.
 */
void ggi_verify_line(ggi_verify_t *verify, const char *where, const char *line,
    size_t len);

/* Tells of each chain its id, and the numbers of the first and the last record that were seen. */
void ggi_verify_chains(const ggi_verify_t *verify,
    void (*chain)(void *data, const char *id, int64_t first, int64_t last),
    void *data);


#endif
