/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The revocation lists that nginx judges by, of the directory that ggi_pkio_crl names.
 * The lists are in memory that all processes share (ggi_crl_store.h), and that is handed
 * over to the next configuration when it names the same directory.
 */

#ifndef GGI_NGX_CRL_H
#define GGI_NGX_CRL_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_call.h"
#include "ggi_crl_judge.h"
#include "ggi_crl_known.h"
#include "ggi_crl_set.h"
#include "ggi_crl_standing.h"


/* The shared memory, and the directory that is read into it. */
typedef struct ggi_crl_home_s  ggi_crl_home_t;

struct ggi_crl_home_s {
    ggi_crl_home_t   *next;
    ggi_crl_store_t   store;
    ggi_crl_known_t  *known;            /* in the store */
    ggi_crl_watch_t  *watch;            /* in the store */
    char             *dir;
    ngx_uint_t        users;            /* configurations in this process */
};


typedef struct {
    ngx_str_t           dir;            /* path, terminated by NUL */
    u_char             *file;           /* where the directive stands */
    ngx_uint_t          line;
    ggi_crl_home_t     *home;           /* NULL: of nginx -s, which judges nothing */
    ngx_uint_t          busy;           /* the master waited for a worker in vain */
    ggi_crls_t          crls;           /* what this process judges by */
    uint64_t            generation;     /* of crls; 0: none yet */
    char                state[GGI_STATE_LEN];   /* names crls in records; 0 first: it has no name */
    int                 lowest;         /* security level of the servers that judge by them */
    int                 highest;
    STACK_OF(X509)     *known;          /* the certificates that are known */
    STACK_OF(X509)     *seen;           /* those of chains that are not among them */
    ngx_thread_pool_t  *pool;
    ngx_event_t         timer;
    ngx_thread_task_t  *task;
} ggi_crl_source_t;


/*
 * Reads the directory that is the argument of the directive being read, as far as it has
 * changed since the configuration before. Returns the lists, which live as long as the
 * configuration. Returns NULL without memory, or after a message when the directory
 * cannot be read. A file that cannot be read is no error: ggi_crl_source_check() warns.
 */
ggi_crl_source_t *ggi_crl_source_create(ngx_conf_t *cf);

/*
 * Takes the lock of the shared memory, for which it waits some seconds: for the master,
 * which may wait. Returns 1, and the caller gives the lock back by
 * ggi_crl_store_unlock() on the store of source->home; or 0 when a worker has it for
 * longer. Once it has waited in vain it does not wait again, so that a worker that hangs
 * keeps a reload for those seconds and no longer.
 */
ngx_uint_t ggi_crl_source_lock(ggi_crl_source_t *source);

/*
 * Takes over the lists that are in use now, in this process, from the shared memory. Costs next
 * to nothing when nothing has changed. Returns NGX_OK; or NGX_ERROR without memory, and this
 * process goes on with the lists that it had.
 */
ngx_int_t ggi_crl_source_refresh(ggi_crl_source_t *source);

/*
 * Returns the number of the lists that are in use, which is never 0. It changes with
 * every list that is taken over, so that a verdict holds as long as this number stays
 * what it was before that verdict was asked for, and until the time that came with it.
 */
ngx_uint_t ggi_crl_source_generation(const ggi_crl_source_t *source);

/*
 * Notes in the findings which lists a call was judged by, after ggi_crl_source_judge() for
 * it, or for a call before whose verdict holds.
 */
void ggi_crl_source_note_state(const ggi_crl_source_t *source, ggi_findings_t *found);

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
