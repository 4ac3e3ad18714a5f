/* SPDX-License-Identifier: EUPL-1.2 */

/* The body of a refusal: a problem detail (RFC 9457). */

#ifndef GGI_PROBLEM_H
#define GGI_PROBLEM_H

#include <stddef.h>

#include "ggi_reason.h"

#define GGI_PROBLEM_MAX  4096           /* bytes that any body fits in */


typedef struct {
    ggi_reason_e  reason;
    int           status;               /* HTTP status of the answer */
    ggi_lang_e    lang;
    const char   *transaction_id;       /* GGI_UUID_LEN bytes */
    const char   *contact;              /* URI, or NULL */
    size_t        contact_len;          /* at most GGI_PROBLEM_CONTACT_MAX */
} ggi_problem_t;

#define GGI_PROBLEM_CONTACT_MAX  256


/*
 * Writes application/problem+json to buf of size bytes, GGI_PROBLEM_MAX being
 * enough. Returns its length, or 0 when it does not fit.
 */
size_t ggi_problem_write(char *buf, size_t size, const ggi_problem_t *problem);


#endif
