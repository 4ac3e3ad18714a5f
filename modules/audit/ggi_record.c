/* SPDX-License-Identifier: EUPL-1.2 */

/* The form of an audit record, which all kinds of records have in common. */

#include "ggi_record.h"

#include "ggi_bsn.h"
#include "ggi_uri.h"

#define GGI_RECORD_TEXTS      26        /* of GGI_RECORD_TEXT_MAX bytes in a record, at the most */
#define GGI_RECORD_FRAME_MAX  5632      /* bytes of all that is not the caller's */


/* Returns the bytes of what a refused certificate says of itself and of what is wrong with it. */
static size_t
ggi_record_claimed_len(const ggi_findings_t *found)
{
    const ggi_claimed_certificate_t  *claimed;

    claimed = found->claimed;

    return claimed ? claimed->oin.len + claimed->organisation.len + claimed->issuer.len
                     + claimed->serial.len + claimed->not_after.len + found->claimed_error.len
                   : 0;
}


/* Returns the most bytes that the fields take that a call asks for: their member of a record. */
static size_t
ggi_record_velden_len(const ggi_findings_t *found)
{
    size_t  i, len;

    len = found->velden_n ? sizeof(",\"velden\":[]") : 0;

    for (i = 0; i < found->velden_n; i++) {
        len += found->velden[i].len + 3;
    }

    return len;
}


/* Returns the most bytes of a path that are recorded, of whatever characters it is once masked. */
static size_t
ggi_record_path_len(ggi_str_t path)
{
    return (path.len > GGI_RECORD_PATH_MAX) ? GGI_RECORD_PATH_MAX : path.len;
}


size_t
ggi_record_size(const ggi_call_t *call, const ggi_record_context_t *context)
{
    size_t  texts;

    /* each is cut, so that all together are no more than so many of the longest */

    texts = call->redirected_from.len + call->method.len + call->found.netwerk.len
            + call->found.organisation.len + call->found.on_behalf_of.len
            + call->origin.len + call->found.profile_glo.len + call->found.claim.len
            + call->found.verwerking.len + call->found.gebruiker.len + call->found.toepassing.len
            + call->found.functie.len + call->found.claim_extern.len
            + call->found.niveau_claimed.len + call->found.toestemming.len + call->header.len
            + call->would_refuse_header.len + call->found.lacks_policy.len
            + ggi_record_claimed_len(&call->found) + context->client.len;

    if (texts > GGI_RECORD_TEXTS * GGI_RECORD_TEXT_MAX) {
        texts = GGI_RECORD_TEXTS * GGI_RECORD_TEXT_MAX;
    }

    return GGI_RECORD_FRAME_MAX + call->found.grondslag.len
           + call->found.register_reference.len + call->found.aanbieders.len
           + ggi_record_velden_len(&call->found)
           + 6 * (ggi_record_path_len(call->path) + ggi_record_path_len(call->destination)
                  + texts);
}


char *
ggi_record_write_masked(char *dst, const char *end, ggi_str_t text, size_t max)
{
    char  copy[GGI_RECORD_PATH_MAX + GGI_BSN_SPELLING_MAX];

    text = ggi_bsn_masked(copy, max, text);

    return ggi_json_write_quoted(dst, end, text.data, text.len);
}


/*
 * Writes a path as ggi_record_write_path() does. Returns NULL when it cannot be written as
 * it is, or does not fit.
 */
static char *
ggi_record_write_plain_path(char *dst, const char *end, ggi_str_t path)
{
    return (size_t) (end - dst) < path.len + 2 || memchr(path.data, '%', path.len)
           ? NULL : ggi_json_write_plain(dst, path.data, path.len);
}


/* Writes a path that cannot be written as it is. */
static char *
ggi_record_write_shown(char *dst, const char *end, ggi_str_t path)
{
    char  shown[3 * GGI_RECORD_PATH_MAX];

    return ggi_json_write_quoted(dst, end, shown, ggi_uri_show(shown, path));
}


char *
ggi_record_write_clear_path(char *dst, const char *end, ggi_str_t path)
{
    char  *p;

    path = ggi_record_cut(path, GGI_RECORD_PATH_MAX);
    p = ggi_record_write_plain_path(dst, end, path);

    return p ? p : ggi_record_write_shown(dst, end, path);
}


char *
ggi_record_write_path(char *dst, const char *end, ggi_str_t path)
{
    char  *p, copy[GGI_RECORD_PATH_MAX + GGI_BSN_SPELLING_MAX];

    path = ggi_bsn_masked(copy, GGI_RECORD_PATH_MAX, path);
    p = ggi_record_write_plain_path(dst, end, path);

    return p ? p : ggi_record_write_shown(dst, end, path);
}
