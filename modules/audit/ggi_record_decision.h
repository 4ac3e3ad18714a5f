/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The record of the decision about a call: who asked for what, by which claim, and
 * whether it was allowed.
 */

#ifndef GGI_RECORD_DECISION_H
#define GGI_RECORD_DECISION_H

#include "ggi_pseudonym.h"
#include "ggi_record.h"
#include "ggi_time.h"


/* What becomes of the names of users. */
typedef enum { GGI_USER_PSEUDONYM, GGI_USER_PLAIN, GGI_USER_OMIT } ggi_user_e;


/* What all records of a worker share. */
typedef struct {
    ggi_user_e             user;        /* what becomes of user names */
    ggi_pseudonym_maker_t  pseudonyms;
    ggi_time_second_t      second;      /* of the last record, zeros at first */
} ggi_record_env_t;


/*
 * Writes the decision record of a call as a line to buf, of size bytes, and moves
 * the chain on; ggi_record_size() bytes always suffice. Returns the length of the
 * line with its newline; or 0 when it could not be written, and the chain is then
 * as it was.
 */
size_t ggi_record_decision(char *buf, size_t size, const ggi_call_t *call,
    const ggi_record_context_t *context, ggi_record_env_t *env,
    ggi_chain_t *chain);


#endif
