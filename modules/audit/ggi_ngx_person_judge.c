/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_person_judge.h"

#include "ggi_bsn_again.h"
#include "ggi_ngx_audit_conf.h"
#include "ggi_ngx_audit_loc.h"
#include "ggi_ngx_str.h"


/* The persons of a request, as far as they are known. */
typedef struct {
    char        bsn[GGI_BSN_LEN];       /* of the only one */
    ngx_uint_t  n;                      /* 0, 1, or 2 for more than one */
} ggi_persons_t;


/* Adds the persons whose BSNs, spelled in at least so many digits, stand in a text. */
static void
ggi_person_add(ggi_persons_t *persons, ggi_str_t text, unsigned digits)
{
    char      bsn[GGI_BSN_LEN];
    unsigned  n;

    n = ggi_bsn_persons(bsn, text, digits);

    if (n == 0) {
        return;
    }

    if (n == 2
        || (persons->n && ngx_memcmp(persons->bsn, bsn, GGI_BSN_LEN) != 0))
    {
        persons->n = 2;

    } else if (persons->n == 0) {
        ngx_memcpy(persons->bsn, bsn, GGI_BSN_LEN);
        persons->n = 1;
    }
}


/* Returns 1 when nginx has one variable $http_... for two headers, 0 otherwise. */
static ngx_uint_t
ggi_person_same_name(const ngx_table_elt_t *a, const ngx_table_elt_t *b)
{
    size_t  i;
    u_char  x, y;

    for (i = 0; i < a->key.len && a->key.len == b->key.len; i++) {
        x = ngx_tolower(a->key.data[i]);
        y = ngx_tolower(b->key.data[i]);

        if ((x == '_' ? '-' : x) != (y == '_' ? '-' : y)) {
            return 0;
        }
    }

    return a->key.len == b->key.len;
}


/* Returns 1 when a header has the BSN of the one person that was found, and no other; else 0. */
static ngx_uint_t
ggi_person_in_header(const ggi_persons_t *persons, const ngx_table_elt_t *h)
{
    char  bsn[GGI_BSN_LEN];

    return ggi_bsn_persons(bsn, ggi_from_ngx_str(h->value), GGI_BSN_LEN - 1) == 1
           && ngx_memcmp(persons->bsn, bsn, GGI_BSN_LEN) == 0;
}


/* Returns 1 when another header of the name of h does not have the same person, 0 otherwise. */
static ngx_uint_t
ggi_person_contradicted(ngx_http_request_t *r, const ngx_table_elt_t *h,
    const ggi_persons_t *persons)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *other;

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        other = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (ggi_person_same_name(&other[i], h) && !ggi_person_in_header(persons, &other[i]))
            {
                return 1;
            }
        }
    }

    return 0;
}


/*
 * Looks whether a header or a cookie with the one person that was found was sent again with
 * something else: a variable gives the first of these, and the API may read another.
 */
static void
ggi_person_look_for_repeated(ngx_http_request_t *r, ggi_persons_t *persons)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (ggi_bsn_comes_again(ggi_from_ngx_str(h[i].value), persons->bsn)
                || (ggi_person_in_header(persons, &h[i])
                    && ggi_person_contradicted(r, &h[i], persons)))
            {
                persons->n = 2;
                return;
            }
        }
    }
}


/* Finds all persons of a request. What is not known for sure counts as several. */
static void
ggi_person_find_all(ngx_http_request_t *r, const ggi_call_t *call, ggi_persons_t *persons)
{
    ngx_str_t              value;
    ggi_audit_loc_conf_t  *alcf;

    alcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_audit_module);
    persons->n = 0;

    if (!alcf->subject_recorded) {
        return;
    }

    if (alcf->subject) {
        if (ngx_http_complex_value(r, alcf->subject, &value) != NGX_OK) {
            persons->n = 2;
            return;
        }

        ggi_person_add(persons, ggi_from_ngx_str(value), GGI_BSN_LEN - 1);
    }

    if (persons->n == 1) {
        ggi_person_look_for_repeated(r, persons);
    }

    ggi_person_add(persons, call->path, GGI_BSN_LEN);
    ggi_person_add(persons, ggi_from_ngx_str(r->uri), GGI_BSN_LEN);
    ggi_person_add(persons, ggi_from_ngx_str(r->args), GGI_BSN_LEN);

    if (persons->n == 1 && ggi_bsn_comes_again(ggi_from_ngx_str(r->args), persons->bsn)) {
        persons->n = 2;
    }
}


/* Returns the key by which a pseudonym was made, or NULL when it is none of the operator's. */
static const ggi_pseudonym_key_t *
ggi_person_key(const ggi_audit_main_conf_t *amcf, ggi_str_t pseudonym)
{
    size_t       i, prefix;
    const char  *id;

    prefix = sizeof("hmac:") - 1;
    id = pseudonym.data + prefix;

    if (amcf->keys == NULL || pseudonym.len != GGI_PSEUDONYM_LEN) {
        return NULL;
    }

    for (i = 0; i < amcf->keys->n; i++) {
        if (ngx_memcmp(amcf->keys->key[i].id, id, GGI_PSEUDONYM_ID_LEN) == 0) {
            return &amcf->keys->key[i];
        }
    }

    return NULL;
}


static ggi_person_e
ggi_person_compare_recorded(ngx_http_request_t *r, const ggi_call_t *call, ggi_str_t pseudonym)
{
    char                        own[GGI_PSEUDONYM_LEN];
    ggi_str_t                   bsn, made = { GGI_PSEUDONYM_LEN, own };
    ggi_persons_t               persons;
    const ggi_pseudonym_key_t  *key;

    ggi_person_find_all(r, call, &persons);

    if (persons.n == 0) {
        return GGI_PERSON_UNKNOWN;
    }

    bsn.data = persons.bsn;
    bsn.len = GGI_BSN_LEN;
    key = ggi_person_key(ngx_http_get_module_main_conf(r, ngx_http_ggi_audit_module), pseudonym);

    return (persons.n == 1 && key && ggi_pseudonym_write(own, bsn, key)
            && ggi_str_eq(made, pseudonym))
           ? GGI_PERSON_SAME : GGI_PERSON_OTHER;
}


static ggi_person_told_e
ggi_person_told_at(ngx_conf_t *cf, const ggi_place_t *place)
{
    ggi_audit_loc_conf_t   *alcf;
    ggi_audit_main_conf_t  *amcf;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_audit_module);
    alcf = place->loc_conf[ngx_http_ggi_audit_module.ctx_index];

    if (!alcf->subject_recorded) {
        return GGI_PERSON_TOLD_NOT;
    }

    if (amcf->key_made) {
        return GGI_PERSON_TOLD_WITHOUT_KEY;
    }

    return alcf->subject ? GGI_PERSON_TOLD : GGI_PERSON_TOLD_BY_PATH;
}


const ggi_person_judge_t  ggi_person_by_record = {
    ggi_person_told_at, ggi_person_compare_recorded
};
