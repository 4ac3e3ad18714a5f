/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_toestemming.h"

#include "ggi_plain_name.h"

#define GGI_TOESTEMMING_PREFIX  "hmac:"
#define GGI_TOESTEMMING_KEY_ID  8       /* hexadecimal digits of the id of a key */
#define GGI_TOESTEMMING_HMAC    32      /* hexadecimal digits of a pseudonym */


int
ggi_toestemming_id_valid(ggi_str_t id)
{
    return ggi_plain_name_valid(id);
}


/* Returns 1 when len bytes at p are hexadecimal digits in lower case, 0 otherwise. */
static int
ggi_toestemming_hex(const char *p, size_t len)
{
    size_t  i;

    for (i = 0; i < len; i++) {
        if (!ggi_is_digit(p[i]) && (p[i] < 'a' || p[i] > 'f')) {
            return 0;
        }
    }

    return 1;
}


int
ggi_toestemming_betrokkene_valid(ggi_str_t betrokkene)
{
    size_t       prefix;
    const char  *p;

    prefix = sizeof(GGI_TOESTEMMING_PREFIX) - 1;
    p = betrokkene.data;

    return betrokkene.len == prefix + GGI_TOESTEMMING_KEY_ID + 1 + GGI_TOESTEMMING_HMAC
           && memcmp(p, GGI_TOESTEMMING_PREFIX, prefix) == 0
           && ggi_toestemming_hex(p + prefix, GGI_TOESTEMMING_KEY_ID)
           && p[prefix + GGI_TOESTEMMING_KEY_ID] == ':'
           && ggi_toestemming_hex(p + prefix + GGI_TOESTEMMING_KEY_ID + 1, GGI_TOESTEMMING_HMAC);
}


/* Returns 1 when a consent was given for a dienst, 0 otherwise. */
static int
ggi_toestemming_has(const ggi_toestemming_t *toestemming, ggi_str_t dienst)
{
    size_t  i;

    for (i = 0; i < toestemming->diensten.len; i++) {
        if (ggi_str_eq(ggi_document_item(&toestemming->document, toestemming->diensten, i),
                       dienst))
        {
            return 1;
        }
    }

    return 0;
}


ggi_reason_e
ggi_toestemming_judge(const ggi_toestemming_t *toestemming,
    const ggi_toestemming_query_t *query)
{
    const ggi_document_t  *document;

    document = &toestemming->document;

    if (!query->of_person
        || !ggi_str_eq(ggi_document_text(document, toestemming->afnemer), query->afnemer)
        || !ggi_str_eq(ggi_document_text(document, toestemming->doelbinding), query->doelbinding)
        || !ggi_toestemming_has(toestemming, query->dienst))
    {
        return GGI_REASON_CONSENT_NOT_FOR_CALL;
    }

    if (!ggi_document_valid(document, query->now)) {
        return GGI_REASON_CONSENT_EXPIRED;
    }

    return toestemming->withdrawn ? GGI_REASON_CONSENT_WITHDRAWN : GGI_REASON_NONE;
}
