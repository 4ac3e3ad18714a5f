/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_authorise.h"
#include "ggi_profile.h"
#include "ggi_profile_kind.h"


static const ggi_str_t  ggi_authorise_destination = ggi_str("Destination");


/*
 * Returns where the len bytes at data, which are of a profile, will be found for as long as
 * the request lives: where they are when the profile is lasting, or in a copy. Returns NULL
 * without memory.
 */
static const char *
ggi_authorise_keep(ngx_http_request_t *r, const char *data, size_t len,
    ngx_uint_t lasting)
{
    char  *copy;

    if (lasting || len == 0) {
        return lasting ? data : "";
    }

    copy = ngx_pnalloc(r->pool, len);

    return copy ? memcpy(copy, data, len) : NULL;
}


/* Sets dst to a string of a profile. Returns NGX_OK, or NGX_ERROR without memory. */
static ngx_int_t
ggi_authorise_text(ngx_http_request_t *r, ggi_str_t *dst, ggi_str_t src,
    ngx_uint_t lasting)
{
    dst->data = ggi_authorise_keep(r, src.data, src.len, lasting);
    dst->len = dst->data ? src.len : 0;

    return dst->data ? NGX_OK : NGX_ERROR;
}


/*
 * Keeps the claims that a profile allows. They may be many, so that they are
 * copied in one piece: a profile holds the strings of a list one behind the
 * other.
 */
static ngx_int_t
ggi_authorise_list(ngx_http_request_t *r, ggi_call_t *call,
    const ggi_profile_t *profile, ggi_ref_t list, ngx_uint_t lasting)
{
    size_t       i;
    ggi_str_t   *items, first, last;
    const char  *copy;

    items = ngx_palloc(r->pool, (list.len + 1) * sizeof(ggi_str_t));
    if (items == NULL) {
        return NGX_ERROR;
    }

    call->found.profile_doelbindingen = items;
    call->found.profile_doelbindingen_n = 0;

    if (list.len == 0) {
        return NGX_OK;
    }

    first = ggi_document_item(&profile->document, list, 0);
    last = ggi_document_item(&profile->document, list, list.len - 1);
    copy = ggi_authorise_keep(r, first.data,
                              (size_t) (last.data + last.len - first.data), lasting);
    if (copy == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < list.len; i++) {
        items[i] = ggi_document_item(&profile->document, list, i);
        items[i].data = copy + (items[i].data - first.data);
    }

    call->found.profile_doelbindingen_n = list.len;

    return NGX_OK;
}


/* Takes from the profile what later gates and the record need. */
static ngx_int_t
ggi_authorise_findings(ngx_http_request_t *r, ggi_call_t *call,
    const ggi_profile_t *profile, const ggi_agreement_t *dienst,
    ngx_uint_t lasting)
{
    ngx_int_t  rc;

    rc = ggi_authorise_text(r, &call->found.profile_versie,
                            ggi_document_text(&profile->document,
                                              profile->document.versie_text),
                            lasting);
    rc |= ggi_authorise_text(r, &call->found.profile_glo,
                             ggi_document_text(&profile->document, profile->glo), lasting);

    /*
     * a profile without the dienst says nothing of its claims, which counts where
     * this gate observes
     */

    if (dienst == NULL || rc != NGX_OK) {
        return rc;
    }

    return ggi_authorise_list(r, call, profile, dienst->doelbindingen, lasting);
}


static ngx_int_t
ggi_authorise_refuse(ggi_call_t *call, ggi_reason_e reason)
{
    call->reason = reason;
    return NGX_DECLINED;
}


/*
 * Judges the path that a call that is allowed so far would write to, as the one that it
 * names. A path that cannot be read is none that a profile has.
 */
static void
ggi_authorise_judge_destination(ggi_call_t *call, const ggi_profile_t *profile,
    ggi_agreement_query_t *query)
{
    const ggi_agreement_t  *dienst;

    if (call->reason != GGI_REASON_NONE || !call->state.writes) {
        return;
    }

    query->path = call->destination;
    call->reason = ggi_profile_judge(profile, query, &dienst);

    if (call->reason != GGI_REASON_NONE) {
        call->header = ggi_authorise_destination;
    }
}


/*
 * Judges by a profile; lasting 1: it lives longer than the request, and not in a cache.
 * Returns NGX_OK; NGX_DECLINED when the call is refused; or NGX_ERROR without memory.
 */
static ngx_int_t
ggi_authorise_judge(ngx_http_request_t *r, ggi_call_t *call,
    const ggi_profile_t *profile, ngx_uint_t lasting)
{
    ggi_agreement_query_t          query;
    const ggi_agreement_t  *dienst;

    query.now = ngx_time();
    query.oin = call->found.oin;
    query.dienst = call->dienst;
    query.method = call->method;
    query.path = call->path;
    query.on_behalf_of = call->origin;

    call->reason = ggi_profile_judge(profile, &query, &dienst);

    ggi_authorise_judge_destination(call, profile, &query);

    if (ggi_authorise_findings(r, call, profile, dienst, lasting) != NGX_OK) {
        return NGX_ERROR;
    }

    if (call->reason == GGI_REASON_NONE && call->state.origin_malformed) {
        call->reason = GGI_REASON_ON_BEHALF_OF_NOT_AUTHORISED;
    }

    if (call->reason != GGI_REASON_NONE) {
        return NGX_DECLINED;
    }

    if (!ggi_str_eq(call->origin, call->found.oin)) {
        call->found.on_behalf_of = call->origin;
    }

    return NGX_OK;
}


/* Judges by a profile that was looked up, or refuses without one. */
static ngx_int_t
ggi_authorise_found(ngx_http_request_t *r, ggi_call_t *call,
    const void *document, const ggi_lookup_how_t *how)
{
    if (document == NULL) {
        return ggi_authorise_refuse(call, how->unavailable
                                          ? GGI_REASON_PROFILE_UNAVAILABLE
                                          : GGI_REASON_PROFILE_NOT_FOUND);
    }

    call->found.profile_stale = (how->stale != 0);
    call->found.profile_age = how->age;

    return ggi_authorise_judge(r, call, document, how->lasting);
}


static ggi_fetcher_t  ggi_authorise_fetcher;


const ggi_lookup_t  ggi_authorise_lookup = {
    &ggi_profile_kind, &ngx_http_ggi_autorisatie_module, ggi_authorise_found,
    &ggi_authorise_fetcher
};


ngx_int_t
ggi_autorisatie_handler(ngx_http_request_t *r, ggi_call_t *call)
{
    ggi_autorisatie_main_conf_t  *amcf;

    if (call->found.oin.len == 0) {
        return ggi_authorise_refuse(call, GGI_REASON_PROFILE_NOT_FOUND);
    }

    amcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_autorisatie_module);

    return ggi_lookup(&amcf->profiles, r, call, call->found.oin);
}
