/* SPDX-License-Identifier: EUPL-1.2 */

/* The directory of revocation lists of a running nginx: read with the configuration, and again when it changes. */

#ifndef GGI_NGX_CRL_H
#define GGI_NGX_CRL_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_crl.h"


typedef struct {
    ngx_str_t           dir;            /* terminated */
    ggi_crls_t          crls;
    ggi_crl_state_t     state;          /* of the directory when it was last loaded, or tried */
    ngx_uint_t          generation;     /* of the lists: a verdict of another one is void */
    ngx_thread_pool_t  *pool;
    ngx_event_t         timer;
    ngx_thread_task_t  *task;
    unsigned            faulty:1;       /* the last look at it failed, and was logged */
} ggi_crl_source_t;


/* Reads the directory that is the directive's argument. NULL: logged. */
ggi_crl_source_t *ggi_crl_source_create(ngx_conf_t *cf);

/* Starts watching it, in a worker. */
ngx_int_t ggi_crl_source_watch(ggi_crl_source_t *source, ngx_cycle_t *cycle);


#endif
