/* SPDX-License-Identifier: EUPL-1.2 */

/* How Redis is asked for the marker of a data set, and what is logged of one that is not right. */

#ifndef GGI_NGX_DATASET_H
#define GGI_NGX_DATASET_H

#include "ggi_dataset.h"
#include "ggi_ngx_redis.h"
#include "ggi_redis_words.h"

#define GGI_DATASET_WRONG  512          /* bytes that say what is wrong, and the remedy */


/*
 * Has a server asked for its marker; or a master of a Cluster for that of a slot, which is under
 * key: at the end of this turn of the event loop. Both return and call handler as ggi_redis_get()
 * does.
 */
ngx_int_t ggi_dataset_ask(ggi_redis_t *redis, ggi_redis_reply_pt handler, void *data);
ngx_int_t ggi_dataset_ask_slot(ggi_redis_t *redis, ggi_str_t key, ggi_redis_reply_pt handler,
    void *data);

/*
 * Sets the fields from the reply to that, to which they belong. Returns 1, or 0 when it is no such
 * reply.
 */
ngx_uint_t ggi_dataset_fields(ggi_dataset_fields_t *fields, const ggi_reply_t *reply);

/*
 * Writes to text what is wrong with a marker that is doubted, by its reply and what was known, and
 * the remedy. found is not GGI_DATASET_UNREADABLE. Returns the end of the text, at most end.
 */
u_char *ggi_dataset_wrong(u_char *text, u_char *end, ggi_dataset_e found,
    const ggi_dataset_t *known, const ggi_reply_t *reply, const char *key);

/* Writes the error in a reply, as it can be logged, to words. */
void ggi_dataset_refusal(char words[GGI_REDIS_WORDS_LEN], const ggi_reply_t *reply,
    const ggi_redis_conf_t *conf);

/* Returns the text that stands behind such words when a right is missing, "" otherwise. */
const char *ggi_dataset_right(const char *words);


#endif
