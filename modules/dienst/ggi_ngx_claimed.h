/* SPDX-License-Identifier: EUPL-1.2 */

/* The request headers with a fixed name that the gates set themselves, or keep from the API. */

#ifndef GGI_NGX_CLAIMED_H
#define GGI_NGX_CLAIMED_H

#include "ggi_ngx_name.h"


/* What becomes of a header of the request when its call is admitted. */
typedef enum {
    GGI_CLAIMED_NOT,                    /* it reaches the API as it came */
    GGI_CLAIMED_VARYING,                /* as it came, but not from every location */
    GGI_CLAIMED_REMOVED,                /* it does not reach the API */
    GGI_CLAIMED_OIN,                    /* it reaches the API with the OIN of the certificate */
    GGI_CLAIMED_ORIGIN,                 /* it reaches the API with the OIN that is called for */
    GGI_CLAIMED_TRACE,                  /* it reaches the API with the trace of the call */
    GGI_CLAIMED_TRANSACTION             /* it reaches the API with the transaction id of the call */
} ggi_claimed_e;


/*
 * Headers that the gates set. They are not constant, since ggi_header_set() keeps
 * nginx's hash of a name in them.
 */
extern ggi_name_t  ggi_name_oin;
extern ggi_name_t  ggi_name_traceparent;
extern ggi_name_t  ggi_name_transaction;

/* The header of ggi_dienst_origin_header, where a configuration gives no other. */
extern const ggi_name_t  ggi_name_origin;

/* The headers that no admitted call carries to the API. */
extern const ggi_name_t  ggi_names_removed[];
extern const ngx_uint_t  ggi_names_removed_n;

/*
 * The headers that give the length of a body. In another spelling they would announce
 * another body to an API.
 */
extern const ggi_name_t  ggi_names_framing[];
extern const ngx_uint_t  ggi_names_framing_n;


/*
 * Iterates over the headers that the gates set or remove: i counts from 0, name is set
 * to the header. Returns what becomes of the header, or GGI_CLAIMED_NOT after the last,
 * and name is unchanged then.
 */
ggi_claimed_e ggi_header_claimed(ngx_uint_t i, const ggi_name_t **name);


#endif
