/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Verifies an audit log: whether each record is the one that its chain asks for.
 * Meant for somebody who did not write the log, and does not trust its files. It keeps
 * nothing of a line but hashes, and of those so many for each chain in each file, so
 * that a log can be larger than memory.
 */

#ifndef GGI_VERIFY_H
#define GGI_VERIFY_H

#include <stddef.h>
#include <stdint.h>

#include "ggi_verify_judge.h"


/*
 * Starts to verify. fault is called for each fault, with data and a text of one line
 * that begins with the file and the number of the line. Returns 1; or 0 without memory
 * or when OpenSSL has no SHA-256. The caller frees by ggi_verify_free() either way.
 */
int ggi_verify_start(ggi_verify_t *verify,
    void (*fault)(void *data, const char *text), void *data);

/*
 * Frees all that ggi_verify_start() and the lines since then have allocated, and leaves verify
 * zeroed.
 */
void ggi_verify_free(ggi_verify_t *verify);

/*
 * Notes that the lines that follow are those of another file; name, which is copied,
 * names it in faults. Call it before the first line of each file of the log; the files
 * can come in any order. Returns 1, or 0 without memory.
 */
int ggi_verify_file(ggi_verify_t *verify, const char *name);

/*
 * Verifies the next line of a file, of len bytes with its newline, and sets verify->hash to
 * its hash, which of a tombstone is that of the record for which it stands. Within a file the
 * lines of a chain have to come in their order; lines of several chains may be mixed.
 * A line that was seen before, and is equal to it byte for byte, is no fault.
 */
void ggi_verify_line(ggi_verify_t *verify, const char *line, size_t len);

/*
 * Ends the verification after the last line of all files: reports the chains whose parts do not
 * fit together, and those whose ends are not what other records say of them.
 */
void ggi_verify_end(ggi_verify_t *verify);

/*
 * Calls chain for each chain of which a record was seen, after ggi_verify_end(), with data,
 * the chain, and a text of one line that says how it ended.
 */
void ggi_verify_chains(const ggi_verify_t *verify,
    void (*chain)(void *data, const ggi_verify_chain_t *one, const char *end),
    void *data);


#endif
