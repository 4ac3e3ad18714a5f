/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The directory of revocation lists of a running nginx. It is loaded with the
 * configuration, and each worker loads it again in a thread when its files change.
 */

#ifndef GGI_NGX_CRL_H
#define GGI_NGX_CRL_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_crl.h"


typedef struct {
    ngx_str_t           dir;            /* path, terminated by NUL */
    ggi_crls_t          crls;
    ggi_crl_state_t     state;          /* when loading was last tried; zeros: load again */
    ngx_uint_t          generation;     /* one higher with each load */
    ngx_thread_pool_t  *pool;
    ngx_event_t         timer;
    ngx_thread_task_t  *task;
    unsigned            faulty:1;       /* 1: unreadable at the last look, and logged */
} ggi_crl_source_t;


/*
 * Loads the directory that is the argument of the directive being read. Returns the
 * lists, which live as long as the configuration. Returns NULL after a message that
 * names the file, or without memory.
 */
ggi_crl_source_t *ggi_crl_source_create(ngx_conf_t *cf);

/*
 * Starts to watch the directory in a worker: once a second its state is taken, and when
 * that has changed the lists are loaded in a thread and replace the old ones. When
 * loading fails, the old lists stay in use and an error is logged. Returns NGX_OK, or
 * NGX_ERROR without memory.
 */
ngx_int_t ggi_crl_source_watch(ggi_crl_source_t *source, ngx_cycle_t *cycle);

/*
 * Returns the number of the lists that are in use, which is never 0. It changes with
 * every list that is taken over, so that a verdict holds as long as this number stays
 * what it was before that verdict was asked for, and until the time that came with it.
 */
ngx_uint_t ggi_crl_source_generation(const ggi_crl_source_t *source);

/*
 * Judges a verified chain, leaf first and root last, at the time now in seconds since
 * the epoch, by the lists in use. server is the SSL_CTX whose trust the chain was
 * verified by. Returns GGI_REASON_NONE, GGI_REASON_CERTIFICATE_REVOKED when a list
 * names a certificate, or GGI_REASON_REVOCATION_UNKNOWN when a current list is missing.
 * Sets *until to the time at which the verdict has to be taken again, even if no list
 * changes.
 */
ggi_reason_e ggi_crl_source_judge(ggi_crl_source_t *source,
    STACK_OF(X509) *chain, SSL_CTX *server, time_t now, time_t *until);


#endif
