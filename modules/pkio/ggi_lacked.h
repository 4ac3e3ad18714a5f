/* SPDX-License-Identifier: EUPL-1.2 */

/* Tells a failure of OpenSSL for lack of memory from others, which hold. */

#ifndef GGI_LACKED_H
#define GGI_LACKED_H

#include <openssl/err.h>


/*
 * Returns 1 when a function of OpenSSL lacked memory since ERR_clear_error() was called,
 * 0 otherwise. Takes all errors off OpenSSL's queue.
 */
static inline int
ggi_lacked_memory(void)
{
    int            lacked;
    unsigned long  error;

    lacked = 0;

    while ((error = ERR_get_error()) != 0) {
        lacked |= (ERR_GET_REASON(error) == ERR_R_MALLOC_FAILURE);
    }

    return lacked;
}


#endif
