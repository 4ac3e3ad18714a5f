/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_limits.h"
#include "ggi_ngx_ocsp_entry.h"
#include "ggi_ngx_queue.h"


#define GGI_OCSP_BUCKETS  1024          /* a power of two */


static ggi_ocsp_entry_t  *ggi_ocsp_buckets[GGI_OCSP_BUCKETS];
static ngx_queue_t        ggi_ocsp_used;        /* the one that was used last is the first */
static ngx_uint_t         ggi_ocsp_n;


ngx_int_t
ggi_ocsp_entry_key(ggi_ocsp_key_t *key, ngx_uint_t server, STACK_OF(X509) *chain, int place)
{
    int        i;
    u_char    *p, text[sizeof(ngx_uint_t) + 2 * SHA256_DIGEST_LENGTH];
    unsigned   len;

    p = ngx_cpymem(text, &server, sizeof(ngx_uint_t));

    for (i = place; i <= place + 1; i++) {
        if (!X509_digest(sk_X509_value(chain, i), EVP_sha256(), p, &len)) {
            return NGX_ERROR;
        }

        p += len;
    }

    (void) SHA256(text, sizeof(text), key->digest);

    return NGX_OK;
}


/* Returns where the list of a key points to its entry, or where it ends. */
static ggi_ocsp_entry_t **
ggi_ocsp_entry_look(const ggi_ocsp_key_t *key)
{
    ngx_uint_t          i;
    ggi_ocsp_entry_t  **link;

    i = (key->digest[0] | (ngx_uint_t) key->digest[1] << 8) & (GGI_OCSP_BUCKETS - 1);

    for (link = &ggi_ocsp_buckets[i]; *link; link = &(*link)->next) {
        if (ngx_memcmp(&(*link)->key, key, sizeof(ggi_ocsp_key_t)) == 0) {
            break;
        }
    }

    return link;
}


static void
ggi_ocsp_entry_free(ggi_ocsp_entry_t *entry)
{
    ngx_queue_t         *q;
    ggi_ocsp_entry_t   **link;
    ggi_ocsp_waiter_t   *waiter;

    if (entry->exchange) {
        ggi_ocsp_exchange_free(entry->exchange);
    }

    ggi_queue_foreach(q, &entry->waiters) {
        waiter = ngx_queue_data(q, ggi_ocsp_waiter_t, queue);
        waiter->waiting = 0;
    }

    link = ggi_ocsp_entry_look(&entry->key);
    *link = entry->next;

    ggi_ocsp_question_free(&entry->question);
    ngx_queue_remove(&entry->queue);
    ngx_free(entry);
    ggi_ocsp_n--;
}


/* Makes room for an entry: frees the least recently used one about which nobody is asked now. */
static ngx_uint_t
ggi_ocsp_entry_make_room(void)
{
    ngx_queue_t       *q;
    ggi_ocsp_entry_t  *entry;

    if (ggi_ocsp_n < GGI_OCSP_ANSWERS_MAX) {
        return 1;
    }

    for (q = ngx_queue_last(&ggi_ocsp_used);
         q != ngx_queue_sentinel(&ggi_ocsp_used);
         q = ngx_queue_prev(q))
    {
        entry = ngx_queue_data(q, ggi_ocsp_entry_t, queue);

        if (entry->exchange == NULL) {
            ggi_ocsp_entry_free(entry);
            return 1;
        }
    }

    return 0;
}


ggi_ocsp_entry_t *
ggi_ocsp_entry_get(const ggi_ocsp_key_t *key)
{
    uint64_t              left_out;
    ggi_ocsp_entry_t     *entry, **link;
    static ggi_limits_t   limits;

    if (ggi_ocsp_used.next == NULL) {
        ngx_queue_init(&ggi_ocsp_used);
    }

    entry = *ggi_ocsp_entry_look(key);

    if (entry) {
        ngx_queue_remove(&entry->queue);
        ngx_queue_insert_head(&ggi_ocsp_used, &entry->queue);
        return entry;
    }

    if (!ggi_ocsp_entry_make_room()) {
        if (ggi_limits_allow(&limits, 0, "", "", &left_out)) {
            ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                          "OCSP responders are being asked about %d certificates: a call with a "
                          "further one is refused with revocation_unknown (messages left out: "
                          "%uL)", GGI_OCSP_ANSWERS_MAX, left_out);
        }

        return NULL;
    }

    entry = ngx_calloc(sizeof(ggi_ocsp_entry_t), ngx_cycle->log);
    if (entry == NULL) {
        return NULL;
    }

    link = ggi_ocsp_entry_look(key);

    entry->key = *key;
    *link = entry;
    ngx_queue_init(&entry->waiters);
    ngx_queue_insert_head(&ggi_ocsp_used, &entry->queue);
    ggi_ocsp_n++;

    return entry;
}


void
ggi_ocsp_entry_clear(void)
{
    while (ggi_ocsp_n) {
        ggi_ocsp_entry_free(ngx_queue_data(ngx_queue_head(&ggi_ocsp_used), ggi_ocsp_entry_t,
                                           queue));
    }
}
