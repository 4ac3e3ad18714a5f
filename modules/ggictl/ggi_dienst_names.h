/* SPDX-License-Identifier: EUPL-1.2 */

/* Diensten that a consumer knows by another name than the provider does. */

#ifndef GGI_DIENST_NAMES_H
#define GGI_DIENST_NAMES_H

#include <stddef.h>

#include "ggi_str.h"

#define GGI_DIENST_NAMES_MAX  64        /* diensten with two names */


/* A dienst with its two names. */
typedef struct {
    ggi_str_t  provider;
    ggi_str_t  consumer;
} ggi_dienst_named_t;

/* All zeros: each dienst has one name. The names point into the text that was read. */
typedef struct {
    ggi_dienst_named_t  named[GGI_DIENST_NAMES_MAX];
    size_t              n;
} ggi_dienst_names_t;


/*
 * Reads "PROVIDER=CONSUMER,PROVIDER=CONSUMER,...": the names of diensten at the provider and at
 * the consumer. A name of the consumer stands for one dienst of the provider; several names of
 * the consumer may stand for the same one. text has to live as long as the names. Returns NULL,
 * or what is wrong, a constant, and sets *at to the part of the text that is at fault.
 */
const char *ggi_dienst_names_read(ggi_dienst_names_t *names, ggi_str_t text, ggi_str_t *at);

/* Returns the provider's name of a dienst by the consumer's, which is the same by default. */
ggi_str_t ggi_dienst_names_find(const ggi_dienst_names_t *names, ggi_str_t consumer);


#endif
