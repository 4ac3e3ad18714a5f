/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_paths.h"

#define GGI_PATHS_BUCKETS  1024         /* a power of two */


/* A path that is kept: by its key in a list of its bucket, and by its age in one of all. */
typedef struct ggi_paths_entry_s  ggi_paths_entry_t;

struct ggi_paths_entry_s {
    ggi_path_key_t       key;
    ggi_paths_entry_t   *next;
    ngx_queue_t          queue;
    ggi_path_t          *path;
};


static ggi_paths_entry_t  *ggi_paths_buckets[GGI_PATHS_BUCKETS];
static ngx_queue_t         ggi_paths_used;      /* the one that was used last is the first */
static ngx_uint_t          ggi_paths_n;


void
ggi_paths_key(ggi_path_key_t *key, ngx_uint_t id, const char *certificate,
    const ggi_facts_t *facts)
{
    u_char  *p, text[sizeof(ngx_uint_t) + 2 * SHA256_DIGEST_LENGTH
                     + GGI_FACTS_CAS * SHA256_DIGEST_LENGTH];

    p = ngx_cpymem(text, &id, sizeof(ngx_uint_t));
    p = ngx_cpymem(p, certificate, 2 * SHA256_DIGEST_LENGTH);
    p = ngx_cpymem(p, facts->cas, facts->n * SHA256_DIGEST_LENGTH);

    (void) SHA256(text, (size_t) (p - text), key->digest);
}


/* Returns where the list of a key points to its entry, or where it ends. */
static ggi_paths_entry_t **
ggi_paths_look(const ggi_path_key_t *key)
{
    ngx_uint_t           i;
    ggi_paths_entry_t  **link;

    i = (key->digest[0] | (ngx_uint_t) key->digest[1] << 8) & (GGI_PATHS_BUCKETS - 1);
    link = &ggi_paths_buckets[i];

    while (*link && ngx_memcmp(&(*link)->key, key, sizeof(ggi_path_key_t)) != 0) {
        link = &(*link)->next;
    }

    return link;
}


/* Removes the entry that a list points to there, if any. */
static void
ggi_paths_remove(ggi_paths_entry_t **link)
{
    ggi_paths_entry_t  *entry;

    entry = *link;

    if (entry == NULL) {
        return;
    }

    *link = entry->next;

    ngx_queue_remove(&entry->queue);
    ggi_path_release(entry->path);
    ngx_free(entry);
    ggi_paths_n--;
}


ggi_path_t *
ggi_paths_find(const ggi_path_key_t *key, time_t now)
{
    ggi_paths_entry_t  *entry;

    entry = *ggi_paths_look(key);

    if (entry == NULL || !ggi_path_holds(entry->path, now)) {
        return NULL;
    }

    ngx_queue_remove(&entry->queue);
    ngx_queue_insert_head(&ggi_paths_used, &entry->queue);

    entry->path->users++;

    return entry->path;
}


void
ggi_paths_keep(const ggi_path_key_t *key, ggi_path_t *path, ngx_log_t *log)
{
    ggi_paths_entry_t  *entry, **link;

    if (ggi_paths_used.next == NULL) {
        ngx_queue_init(&ggi_paths_used);
    }

    ggi_paths_remove(ggi_paths_look(key));

    if (ggi_paths_n == GGI_PATHS_MAX) {
        entry = ngx_queue_data(ngx_queue_last(&ggi_paths_used), ggi_paths_entry_t, queue);
        ggi_paths_remove(ggi_paths_look(&entry->key));
    }

    entry = ngx_alloc(sizeof(ggi_paths_entry_t), log);
    if (entry == NULL) {
        return;
    }

    link = ggi_paths_look(key);

    entry->key = *key;
    entry->path = path;
    entry->next = *link;
    *link = entry;
    ngx_queue_insert_head(&ggi_paths_used, &entry->queue);

    path->users++;
    ggi_paths_n++;
}


void
ggi_paths_clear(void)
{
    ngx_uint_t  i;

    for (i = 0; i < GGI_PATHS_BUCKETS; i++) {
        while (ggi_paths_buckets[i]) {
            ggi_paths_remove(&ggi_paths_buckets[i]);
        }
    }
}
