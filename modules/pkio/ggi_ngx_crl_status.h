/* SPDX-License-Identifier: EUPL-1.2 */

/* What ggi_status tells about revocation lists. */

#ifndef GGI_NGX_CRL_STATUS_H
#define GGI_NGX_CRL_STATUS_H

#include "ggi_ngx_crl.h"
#include "ggi_ngx_metrics.h"


/*
 * Adds to a status the files of the directory that cannot be read, by their names, and
 * for each CA when the list expires that is in use. Whatever worker is asked tells the
 * same. Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_crl_source_status(ngx_pool_t *pool, ggi_crl_source_t *source,
    ggi_status_t *status);


#endif
