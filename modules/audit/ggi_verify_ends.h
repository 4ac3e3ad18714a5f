/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The ends of the chains of an audit log: whether each chain has the records that open
 * and close it, and the chain before it at its place the end that its opening record has.
 */

#ifndef GGI_VERIFY_ENDS_H
#define GGI_VERIFY_ENDS_H

#include "ggi_verify_judge.h"


/*
 * Notes a line, of len bytes with its newline, that opens or closes its chain, when it is
 * such a record; record has its place.
 */
void ggi_verify_note_end(ggi_verify_t *verify, const ggi_verify_record_t *record,
    const char *line, size_t len);

/*
 * Compares, after ggi_verify_join(), where chains say that others at their place ended with
 * where those do end, and tells each difference by verify->fault().
 */
void ggi_verify_ends(ggi_verify_t *verify);

/*
 * Writes what is known of the end of a chain, as text of one line, to text, of size bytes:
 * how it ended, and which chains are before and after it at its place.
 */
void ggi_verify_end_text(const ggi_verify_t *verify, const ggi_verify_chain_t *chain,
    char *text, size_t size);


#endif
