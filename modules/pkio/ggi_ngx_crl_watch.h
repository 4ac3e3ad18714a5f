/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What a worker does once a second about the revocation lists: one of them looks at the
 * directory, and takes over in a thread what has changed, for all of them.
 */

#ifndef GGI_NGX_CRL_WATCH_H
#define GGI_NGX_CRL_WATCH_H

#include "ggi_ngx_crl.h"


/*
 * Starts to watch the directory in a worker. The worker that gets the lock of the shared
 * memory compares the directory, reads what has changed in a thread, and makes it the
 * lists of all workers; it logs, once for all of them, what could not be read, and which
 * CAs have no current list. Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_crl_source_watch(ggi_crl_source_t *source, ngx_cycle_t *cycle);

/*
 * Logs what there is to tell: notices, and errors at the level errors. place is the
 * source whose directive is named with its file and line, or NULL.
 */
void ggi_crl_news_log(const ggi_crl_news_t *news, const ggi_crl_source_t *place,
    ngx_uint_t errors, ngx_log_t *log);


#endif
