/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The record that takes back the record of a decision: the call was refused after all, since
 * the record that it is allowed may not be on the disk.
 */

#ifndef GGI_RECORD_WITHDRAWAL_H
#define GGI_RECORD_WITHDRAWAL_H

#include "ggi_record.h"

#define GGI_RECORD_WITHDRAWAL_SIZE  8192        /* bytes that suffice for such a record */


/*
 * Writes the record that a call which its decision record allows was refused, for
 * call->reason and with the status of that, at a time in ms since the epoch, as a line to
 * buf, of size bytes, and moves the chain on; GGI_RECORD_WITHDRAWAL_SIZE bytes always
 * suffice. The record gets the child of the decision's span: give that span another one by
 * ggi_call_branch() when a further record can follow. Returns the length of the line with
 * its newline; or 0 when it could not be written, and the chain is then as it was.
 */
size_t ggi_record_withdrawal(char *buf, size_t size, const ggi_call_t *call,
    uint64_t time, ggi_chain_t *chain);


#endif
