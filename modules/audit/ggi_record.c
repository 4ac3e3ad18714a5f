/* SPDX-License-Identifier: EUPL-1.2 */

/* The form of an audit record, which all kinds of records have in common. */

#include "ggi_record.h"

#include "ggi_bsn.h"
#include "ggi_uri.h"

#define GGI_RECORD_TEXTS      23        /* of GGI_RECORD_TEXT_MAX bytes in a record, at the most */
#define GGI_RECORD_FRAME_MAX  4864      /* bytes of all that is not the caller's */


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
            + call->found.niveau_claimed.len + call->found.register_versie.len + call->header.len
            + call->would_refuse_header.len + call->found.lacks_policy.len
            + ggi_record_claimed_len(&call->found) + context->client.len;

    if (texts > GGI_RECORD_TEXTS * GGI_RECORD_TEXT_MAX) {
        texts = GGI_RECORD_TEXTS * GGI_RECORD_TEXT_MAX;
    }

    return GGI_RECORD_FRAME_MAX + call->found.grondslag.len
           + 6 * (ggi_record_path_len(call->path) + ggi_record_path_len(call->destination)
                  + texts);
}


void
ggi_record_quote_masked(ggi_json_t *json, ggi_str_t text, size_t max)
{
    char  copy[GGI_RECORD_PATH_MAX + GGI_BSN_SPELLING_MAX];

    text.len = ggi_bsn_copy(copy, max, text.data, text.len);
    ggi_json_quote(json, copy, text.len);
}


/* Writes a path that cannot be written as it is. */
static void
ggi_record_quote_shown(ggi_json_t *json, ggi_str_t path)
{
    char  shown[3 * GGI_RECORD_PATH_MAX];

    ggi_json_quote(json, shown, ggi_uri_show(shown, path));
}


void
ggi_record_add_path(ggi_json_t *json, const char *key, ggi_str_t path)
{
    char  copy[GGI_RECORD_PATH_MAX + GGI_BSN_SPELLING_MAX];

    if (path.len == 0) {
        return;
    }

    ggi_json_lead(json, key);
    path.len = ggi_bsn_copy(copy, GGI_RECORD_PATH_MAX, path.data, path.len);
    path.data = copy;

    if (ggi_json_plain_run(copy, path.len) == path.len && memchr(copy, '%', path.len) == NULL) {
        ggi_json_quote(json, copy, path.len);

    } else {
        ggi_record_quote_shown(json, path);
    }
}


size_t
ggi_record_close(ggi_json_t *json, ggi_chain_t *chain)
{
    size_t  len;

    ggi_json_close(json, '}');
    len = ggi_json_len(json);

    if (len == 0 || json->pos == json->end) {
        return 0;
    }

    json->start[len++] = '\n';

    return ggi_chain_advance(chain, json->start, len) ? len : 0;
}
