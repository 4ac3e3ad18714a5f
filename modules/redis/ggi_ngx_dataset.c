/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_dataset.h"


#define GGI_DATASET_FIELDS  4           /* the last one in a Cluster only */


/* Has Redis asked for the first n fields of the marker under key. */
static ngx_int_t
ggi_dataset_send(ggi_redis_t *redis, ggi_str_t key, int n, ggi_redis_reply_pt handler, void *data)
{
    int          i;
    size_t       lens[2 + GGI_DATASET_FIELDS];
    const char  *argv[] = {
        "HMGET", key.data, GGI_DATASET_ID, GGI_DATASET_NUMBER, GGI_DATASET_REPLACES,
        GGI_DATASET_NEXT
    };

    for (i = 0; i < 2 + n; i++) {
        lens[i] = (i == 1) ? key.len : ngx_strlen(argv[i]);
    }

    return ggi_redis_send(redis, 2 + n, argv, lens, handler, data);
}


ngx_int_t
ggi_dataset_ask(ggi_redis_t *redis, ggi_redis_reply_pt handler, void *data)
{
    ggi_str_t  key = ggi_str(GGI_DATASET_KEY);

    return ggi_dataset_send(redis, key, GGI_DATASET_FIELDS - 1, handler, data);
}


ngx_int_t
ggi_dataset_ask_slot(ggi_redis_t *redis, ggi_str_t key, ggi_redis_reply_pt handler, void *data)
{
    return ggi_dataset_send(redis, key, GGI_DATASET_FIELDS, handler, data);
}


ngx_uint_t
ggi_dataset_fields(ggi_dataset_fields_t *fields, const ggi_reply_t *reply)
{
    ngx_uint_t   i;
    ggi_str_t   *field[GGI_DATASET_FIELDS] = {
        &fields->id, &fields->number, &fields->replaces, &fields->next
    };

    if (reply->type != GGI_REPLY_ARRAY || reply->n < GGI_DATASET_FIELDS - 1) {
        return 0;
    }

    for (i = 0; i < GGI_DATASET_FIELDS; i++) {
        if (i < reply->n && reply->elements[i]->type == GGI_REPLY_STRING) {
            field[i]->len = reply->elements[i]->len;
            field[i]->data = reply->elements[i]->data;

        } else {
            field[i]->len = 0;
            field[i]->data = "";
        }
    }

    return 1;
}


u_char *
ggi_dataset_wrong(u_char *text, u_char *end, ggi_dataset_e found, const ggi_dataset_t *known,
    const ggi_reply_t *reply, const char *key)
{
    ggi_dataset_t          seen;
    ggi_dataset_fields_t   fields;

    ngx_memzero(&seen, sizeof(seen));

    if (ggi_dataset_fields(&fields, reply)) {
        (void) ggi_dataset_read(&seen, &fields);
    }

    switch (found) {

    case GGI_DATASET_EARLIER_STATE:
        return ngx_slprintf(text, end, "has data set %s at change %uL, and had change %uL of it "
                            "before: what was changed in between is lost there; make these "
                            "changes again, and then run \"ggictl dataset adopt\"",
                            seen.id, seen.number, known->number);

    case GGI_DATASET_OTHER:
        return ngx_slprintf(text, end, "has data set %s, and data set %s is known; name the right "
                            "server and database, or run \"ggictl dataset adopt %s\" for this "
                            "one to take the place of that", seen.id, known->id, known->id);

    case GGI_DATASET_MALFORMED:
        return ngx_slprintf(text, end, "has no id and number in the key %s; run \"ggictl dataset "
                            "adopt%s%s\" when what it holds is right", key, known->id[0] ? " " : "",
                            known->id);

    default:

        if (known->id[0] == '\0') {
            return ngx_slprintf(text, end, "has no data set: it lacks the key %s; fill a new one "
                                "by \"ggictl profiel load\" and the like; where it was emptied, "
                                "or filled before there was such a key, put back what was there, "
                                "and then run \"ggictl dataset adopt\"", key);
        }

        return ngx_slprintf(text, end, "has no data set: it lacks the key %s, as one that was "
                            "emptied, or filled before there was such a key; put back what was "
                            "there, and at once run \"ggictl dataset adopt %s\"", key, known->id);
    }
}


void
ggi_dataset_refusal(char words[GGI_REDIS_WORDS_LEN], const ggi_reply_t *reply,
    const ggi_redis_conf_t *conf)
{
    ggi_redis_printable(words, GGI_REDIS_WORDS_LEN, reply->data ? reply->data : "no hash",
                        reply->data ? reply->len : 7, &conf->url);
}


const char *
ggi_dataset_right(const char *words)
{
    return ngx_strncmp(words, "NOPERM", 6) == 0
           ? "; its user needs the right to HMGET " GGI_DATASET_KEY " and " GGI_DATASET_KEY ":*"
           : "";
}
