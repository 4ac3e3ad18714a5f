/* SPDX-License-Identifier: EUPL-1.2 */

/* Reads lines of a file of the log for a seal: their hashes, and the ends of their chains. */

#ifndef GGICTL_SEAL_SOURCE_H
#define GGICTL_SEAL_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "ggi_seal_range.h"
#include "ggi_verify_line.h"
#include "ggictl_log.h"

#define GGICTL_SEAL_CHAINS_MAX  4096    /* chains from which a seal takes no more lines */


/* The last record of a chain that was read. */
typedef struct {
    char           id[GGI_UUID_LEN + 1];
    int64_t        number;
    unsigned char  hash[GGI_SEAL_HASH];
} ggictl_seal_chain_t;

/* The chains of a seal. */
typedef struct {
    ggictl_seal_chain_t  *chains;
    size_t                n;
    size_t                size;
} ggictl_seal_chains_t;

/* A file that is read. */
typedef struct {
    ggictl_log_t          *log;         /* NULL: none is open */
    const char            *chunk;       /* what was read of it, and is not used yet */
    size_t                 left;
    int64_t                skip;        /* bytes that are passed over first */
    ggi_seal_range_t       range;
    char                  *line;        /* what was read of a line in chunks before */
    size_t                 len;
} ggictl_seal_source_t;

/* What became of reading: it failed, came to the end, or time was up before that. */
typedef enum { GGICTL_SEAL_FAILED, GGICTL_SEAL_END, GGICTL_SEAL_MORE } ggictl_seal_read_e;


/*
 * Prepares a source that has no file yet; call it once, before all others. Returns 1, or 0
 * after a message. The caller ends with ggictl_seal_source_free() either way.
 */
int ggictl_seal_source_start(ggictl_seal_source_t *source);

/*
 * Closes the file that is being read, if any, and frees the range and the line that source
 * keeps.
 */
void ggictl_seal_source_free(ggictl_seal_source_t *source);

/*
 * Opens the file of a descriptor, which stays the caller's, to read what stands behind
 * its first bytes, when it is unpacked. Returns 1, or 0 after a message.
 */
int ggictl_seal_source_open(ggictl_seal_source_t *source, const char *name, int fd,
    int64_t skip);

/* Closes the file, if it is open. What source keeps besides it stays. */
void ggictl_seal_source_close(ggictl_seal_source_t *source);

/*
 * Sets hash to that of the first line of the file that was just opened or, when that line is a
 * tombstone, of the record that it stands for. Returns 1; 0 when there is no whole line; or -1
 * after a message. Close the source after that.
 */
int ggictl_seal_source_first(ggictl_seal_source_t *source,
    unsigned char hash[GGI_SEAL_HASH]);

/*
 * Begins a range behind the last whole line, and reads lines into source->range and
 * chains until the file ends, until a time in ns of the monotonic clock, or until there
 * are GGICTL_SEAL_CHAINS_MAX chains. Returns GGICTL_SEAL_END at the end of the file,
 * GGICTL_SEAL_MORE when it stopped before that, or GGICTL_SEAL_FAILED after a message.
 */
ggictl_seal_read_e ggictl_seal_source_read(ggictl_seal_source_t *source,
    ggictl_seal_chains_t *chains, int64_t until);

/* Returns the time of the monotonic clock, in ns. */
int64_t ggictl_seal_now(void);


#endif
