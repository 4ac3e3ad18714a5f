/* SPDX-License-Identifier: EUPL-1.2 */

/* Reads a file of revocation lists, in DER or in PEM. */

#ifndef GGI_CRL_PARSE_H
#define GGI_CRL_PARSE_H

#include "ggi_crl_room.h"
#include "ggi_source.h"


/*
 * Reads all lists from fd, which is at the start of a file of at most GGI_CRL_FILE_MAX
 * bytes, in DER or, one or more, in PEM, and adds them to the empty room. path names the
 * file in faults. A list that can be read and may not be used, such as a delta list, is
 * added with the reason in list->wrong. Takes about half a second for a million entries,
 * and the pauses of room->pace besides: call it in a thread or at start. Returns 1.
 * Returns 0 with the fault when the file cannot be read or is no such list; then the
 * room may hold a part of its lists, which is not to be used. *again, unless again is
 * NULL, is set to 1 when the fault may pass although the file stays as it is, such as an
 * error of the disk, and to 0 otherwise.
 */
int ggi_crl_parse(ggi_crl_room_t *room, int fd, const char *path,
    ggi_fault_t *fault, int *again);


#endif
