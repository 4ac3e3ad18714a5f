/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_crl_state.h"
#include "ggi_crl_update.h"
#include "ggi_ngx_crl.h"
#include "ggi_ngx_metrics.h"


#define GGI_CRL_STORE_SIZE  ((size_t) 1 << (sizeof(void *) == 8 ? 30 : 27))
#define GGI_CRL_LOCK_WAIT   5000        /* ms that the master waits for a worker */
#define GGI_CRL_LOCK_STEP   10
#define GGI_CRL_SEEN_MAX    64          /* certificates that wait to be made known */


/* What is in the table of the store. */
typedef struct {
    ggi_crl_known_t  known;
    ggi_crl_watch_t  watch;
} ggi_crl_table_t;

_Static_assert(sizeof(ggi_crl_table_t) <= GGI_CRL_TABLE, "the table of the store is too small");


/*
 * The shared memory of each directory that a configuration in this process names: of the
 * one in use, of one that is being read and may yet fail, and of old ones. It outlives
 * each configuration, so that the next one takes it over, and so is not found by way of
 * the configuration before.
 */
static ggi_crl_home_t  *ggi_crl_homes;


/* Returns the shared memory for a directory, or NULL when there is none yet. */
static ggi_crl_home_t *
ggi_crl_home_find(const u_char *dir)
{
    ggi_crl_home_t  *home;

    for (home = ggi_crl_homes; home; home = home->next) {
        if (ngx_strcmp(home->dir, dir) == 0) {
            break;
        }
    }

    return home;
}


/* Frees the shared memory in this process when no other configuration in it has it. */
static void
ggi_crl_home_leave(ggi_crl_home_t *home)
{
    ggi_crl_home_t  **link;

    if (--home->users) {
        return;
    }

    for (link = &ggi_crl_homes; *link != home; link = &(*link)->next) {
        /* up to the link that leads to it */
    }

    *link = home->next;

    ggi_crl_store_close(&home->store);
    ngx_free(home->dir);
    ngx_free(home);
}


/* Makes the shared memory for a directory. Returns NULL after a message. */
static ggi_crl_home_t *
ggi_crl_home_create(ngx_conf_t *cf, ngx_str_t *dir)
{
    ggi_crl_home_t   *home;
    ggi_crl_table_t  *table;

    home = ngx_calloc(sizeof(ggi_crl_home_t), cf->log);
    if (home == NULL) {
        return NULL;
    }

    home->dir = ngx_alloc(dir->len + 1, cf->log);
    if (home->dir == NULL) {
        ngx_free(home);
        return NULL;
    }

    ngx_memcpy(home->dir, dir->data, dir->len + 1);

    if (!ggi_crl_store_create(&home->store, GGI_CRL_STORE_SIZE)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           "there is no shared memory for the revocation lists "
                           "of \"ggi_pkio_crl\"");
        ngx_free(home->dir);
        ngx_free(home);
        return NULL;
    }

    table = ggi_crl_store_table(&home->store);
    home->known = &table->known;
    home->watch = &table->watch;
    home->next = ggi_crl_homes;
    ggi_crl_homes = home;

    return home;
}


static void
ggi_crl_source_cleanup(void *data)
{
    ggi_crl_source_t *source = data;

    ggi_crls_free(&source->crls);
    sk_X509_pop_free(source->known, X509_free);
    sk_X509_pop_free(source->seen, X509_free);

    if (source->home) {
        ggi_crl_home_leave(source->home);
    }
}


ngx_uint_t
ggi_crl_source_lock(ggi_crl_source_t *source)
{
    ngx_uint_t  waited;

    for (waited = 0; waited < GGI_CRL_LOCK_WAIT; waited += GGI_CRL_LOCK_STEP) {

        if (ggi_crl_store_lock(&source->home->store)) {
            return 1;
        }

        if (source->busy) {
            return 0;
        }

        ngx_msleep(GGI_CRL_LOCK_STEP);
    }

    source->busy = 1;

    return 0;
}


/*
 * Reads the directory while nginx reads its configuration. Returns NGX_OK, or NGX_ERROR
 * after a message.
 */
static ngx_int_t
ggi_crl_source_read(ngx_conf_t *cf, ggi_crl_source_t *source)
{
    size_t                n;
    ggi_crl_look_t        look = { .level = 0, .pause = 0 };
    ggi_crl_news_t       *news;
    ggi_crl_home_t       *home;
    const ggi_crl_set_t  *set;

    home = source->home;
    news = ngx_pcalloc(cf->temp_pool, sizeof(ggi_crl_news_t));
    if (news == NULL) {
        return NGX_ERROR;
    }

    if (ggi_crl_source_lock(source)) {
        look.dir = home->dir;
        look.known = home->known;
        look.now = ngx_time();
        (void) ggi_crl_update(&home->store, &look, news);
    } else {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "a worker is reading the revocation lists in \"%V\": "
                           "they are taken over when it has read them,",
                           &source->dir);
        return NGX_OK;
    }

    set = ggi_crl_store_current(&home->store);

    if (set == NULL || set->fault[0]) {
        /* the lock keeps the text from being freed by a worker */
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "revocation lists of \"ggi_pkio_crl\": %s",
                           set ? set->fault : "no memory");
        ggi_crl_store_unlock(&home->store);
        return NGX_ERROR;
    }

    n = ggi_crl_set_lists(&home->store, set);
    ggi_crl_store_unlock(&home->store);

    if (n == 0) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "\"ggi_pkio_crl\" names \"%V\", in which there is no "
                           "revocation list: calls are refused with "
                           "\"revocation_unknown\" until there is one of each CA,",
                           &source->dir);
    }

    return NGX_OK;
}


ggi_crl_source_t *
ggi_crl_source_create(ngx_conf_t *cf)
{
    ngx_str_t           *value;
    ggi_crl_source_t    *source;
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(cf->pool, sizeof(ggi_crl_source_t));
    if (cln == NULL) {
        return NULL;
    }

    source = cln->data;
    ngx_memzero(source, sizeof(ggi_crl_source_t));
    cln->handler = ggi_crl_source_cleanup;

    value = cf->args->elts;
    source->dir = value[1];
    source->file = cf->conf_file->file.name.data;
    source->line = cf->conf_file->line;
    source->known = sk_X509_new_null();
    source->seen = sk_X509_new_null();

    if (source->known == NULL || source->seen == NULL
        || ngx_conf_full_name(cf->cycle, &source->dir, 1) != NGX_OK)
    {
        return NULL;
    }

    source->pool = ngx_thread_pool_add(cf, NULL);
    if (source->pool == NULL) {
        return NULL;
    }

    if (ngx_process == NGX_PROCESS_SIGNALLER) {
        return source;
    }

    source->home = ggi_crl_home_find(source->dir.data);

    if (source->home == NULL) {
        source->home = ggi_crl_home_create(cf, &source->dir);
        if (source->home == NULL) {
            return NULL;
        }
    }

    source->home->users++;

    return (ggi_crl_source_read(cf, source) == NGX_OK) ? source : NULL;
}


/* Reports the age of the lists for ggi_status: the time at which the oldest list was issued. */
static void
ggi_crl_source_report(const ggi_crls_t *crls)
{
    size_t   i;
    int64_t  oldest;

    for (oldest = 0, i = 0; i < crls->n; i++) {
        if (oldest == 0 || crls->crls[i].list->this_update < oldest) {
            oldest = crls->crls[i].list->this_update;
        }
    }

    ggi_metric_set(GGI_METRIC_CRL, (ngx_uint_t) oldest);
}


ngx_int_t
ggi_crl_source_refresh(ggi_crl_source_t *source)
{
    ggi_crls_t            crls;
    ggi_crl_home_t       *home;
    const ggi_crl_set_t  *set;

    home = source->home;

    if (!ggi_crl_known_read(home->known, source->known)) {
        return NGX_ERROR;
    }

    if (ggi_crl_store_generation(&home->store) == source->generation) {
        return NGX_OK;
    }

    set = ggi_crl_store_current(&home->store);

    if (set == NULL || !ggi_crl_set_view(&home->store, set, &crls)) {
        return NGX_ERROR;
    }

    ggi_crls_free(&source->crls);
    source->crls = crls;
    source->crls.level = source->lowest;
    source->generation = set->number;
    ggi_crl_store_seen(&home->store, set->number);
    ggi_crl_source_report(&source->crls);

    if (!ggi_crls_state(&source->crls, source->state)) {
        source->state[0] = '\0';        /* the lists judge though no record can name them */
    }

    return NGX_OK;
}


void
ggi_crl_source_note_state(const ggi_crl_source_t *source, ggi_findings_t *found)
{
    ngx_memcpy(found->crl_state, source->state, GGI_STATE_LEN);
}


ngx_uint_t
ggi_crl_source_generation(const ggi_crl_source_t *source)
{
    return (ngx_uint_t) ggi_crl_store_generation(&source->home->store);
}


/* Notes the CAs of a chain, so that they are made known to all workers. */
static void
ggi_crl_source_note(ggi_crl_source_t *source, STACK_OF(X509) *chain)
{
    int    i;
    X509  *x509;

    for (i = 1; i < sk_X509_num(chain); i++) {
        x509 = sk_X509_value(chain, i);

        if (sk_X509_num(source->seen) < GGI_CRL_SEEN_MAX
            && !ggi_crl_known_has(source->known, x509)
            && !ggi_crl_known_has(source->seen, x509)
            && sk_X509_push(source->seen, x509) > 0)
        {
            X509_up_ref(x509);
        }
    }
}


ggi_reason_e
ggi_crl_source_judge(ggi_crl_source_t *source, STACK_OF(X509) *chain,
    SSL_CTX *server, time_t now, time_t *until)
{
    ggi_crl_trust_t  trust;

    /* without memory, or a place among the readers, nothing can be said */

    if (source->home->store.reader == -1
        || ggi_crl_source_refresh(source) != NGX_OK)
    {
        *until = now + 1;
        return GGI_REASON_REVOCATION_UNKNOWN;
    }

    ggi_crl_source_note(source, chain);

    trust.store = SSL_CTX_get_cert_store(server);
    trust.known = source->known;
    trust.level = SSL_CTX_get_security_level(server);
    trust.depth = SSL_CTX_get_verify_depth(server);

    return ggi_crls_judge(&source->crls, chain, &trust, now, until);
}
