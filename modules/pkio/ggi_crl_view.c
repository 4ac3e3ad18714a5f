/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_crl_signature.h"
#include "ggi_crl_view.h"
#include "ggi_room.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>


int
ggi_crls_add(ggi_crls_t *crls, const ggi_crl_list_t *list, const char *file)
{
    ggi_crl_t            *added;
    const unsigned char  *der;

    added = ggi_room(crls->crls, crls->n, &crls->allocated, sizeof(ggi_crl_t));

    if (added == NULL) {
        return 0;
    }

    crls->crls = added;
    added += crls->n;
    added->list = list;
    added->file = file;
    added->issuer = ggi_crl_list_issuer(list);

    if (added->issuer == NULL) {
        return 0;
    }

    if (list->divided) {
        der = ggi_crl_part(list, scope);
        added->part = d2i_ISSUING_DIST_POINT(NULL, &der,
                                             (long) list->scope.len);

        if (added->part == NULL) {
            X509_NAME_free(added->issuer);
            return 0;
        }
    }

    crls->n++;

    return 1;
}


static int
ggi_crl_compare_scopes(const ggi_crl_list_t *one, const ggi_crl_list_t *two)
{
    if (one->scope.len != two->scope.len) {
        return (one->scope.len > two->scope.len) ? 1 : -1;
    }

    return memcmp(ggi_crl_part(one, scope), ggi_crl_part(two, scope),
                  one->scope.len);
}


static int
ggi_crls_compare(const void *one, const void *two)
{
    int               order;
    const ggi_crl_t  *a = one;
    const ggi_crl_t  *b = two;

    order = X509_NAME_cmp(a->issuer, b->issuer);

    if (order == 0) {
        order = ggi_crl_compare_scopes(a->list, b->list);
    }

    if (order == 0) {
        order = ggi_crl_list_compare(&b->list->number, b->list->this_update,
                                     &a->list->number, a->list->this_update);
    }

    return order;
}


void
ggi_crls_sort(ggi_crls_t *crls)
{
    if (crls->n) {
        qsort(crls->crls, crls->n, sizeof(ggi_crl_t), ggi_crls_compare);
    }
}


void
ggi_crls_free(ggi_crls_t *crls)
{
    size_t  i;

    for (i = 0; i < crls->n; i++) {
        X509_NAME_free(crls->crls[i].issuer);
        ISSUING_DIST_POINT_free(crls->crls[i].part);
    }

    free(crls->crls);
    memset(crls, 0, sizeof(ggi_crls_t));
}


size_t
ggi_crls_find(const ggi_crls_t *crls, const X509_NAME *issuer)
{
    size_t  from, to, middle;

    from = 0;
    to = crls->n;

    while (from < to) {
        middle = from + (to - from) / 2;

        if (X509_NAME_cmp(crls->crls[middle].issuer, issuer) < 0) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }

    return ggi_crls_of(crls, from, issuer) ? from : crls->n;
}


int
ggi_crls_of(const ggi_crls_t *crls, size_t i, const X509_NAME *issuer)
{
    return i < crls->n && X509_NAME_cmp(crls->crls[i].issuer, issuer) == 0;
}


int
ggi_crls_like_previous(const ggi_crls_t *crls, size_t i)
{
    return i > 0 && i < crls->n
           && X509_NAME_cmp(crls->crls[i].issuer, crls->crls[i - 1].issuer) == 0
           && ggi_crl_compare_scopes(crls->crls[i].list,
                                     crls->crls[i - 1].list)
              == 0;
}


int
ggi_crl_signed_by(ggi_crl_t *crl, X509 *signer)
{
    unsigned          i, len;
    uint8_t           id[EVP_MAX_MD_SIZE];
    EVP_PKEY         *key;
    ggi_crl_key_t    *checked;
    ggi_crl_signed_e  result;

    key = X509_get0_pubkey(signer);

    if (key == NULL || !(X509_get_key_usage(signer) & KU_CRL_SIGN)
        || !X509_pubkey_digest(signer, EVP_sha256(), id, &len))
    {
        ERR_clear_error();
        return 0;
    }

    for (i = 0; i < GGI_CRL_KEYS && i < crl->nkeys; i++) {
        checked = &crl->keys[i];

        if (memcmp(checked->id, id, sizeof(checked->id)) == 0) {
            return checked->good;
        }
    }

    result = ggi_crl_signature(crl->list, key);

    if (result != GGI_CRL_SIGNED_UNTOLD) {
        checked = &crl->keys[crl->nkeys++ % GGI_CRL_KEYS];
        memcpy(checked->id, id, sizeof(checked->id));
        checked->good = (result == GGI_CRL_SIGNED);
    }

    return result == GGI_CRL_SIGNED;
}


int
ggi_crl_mark_id(uint8_t id[SHA256_DIGEST_LENGTH], X509 *signer,
    const ggi_crl_list_t *list)
{
    int          good;
    unsigned     len;
    uint8_t      key[EVP_MAX_MD_SIZE];
    EVP_MD_CTX  *ctx;

    ctx = EVP_MD_CTX_new();

    good = ctx && X509_pubkey_digest(signer, EVP_sha256(), key, &len)
           && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL)
           && EVP_DigestUpdate(ctx, key, len)
           && EVP_DigestUpdate(ctx, ggi_crl_part(list, scope), list->scope.len)
           && EVP_DigestFinal_ex(ctx, id, NULL);

    EVP_MD_CTX_free(ctx);
    ERR_clear_error();

    return good;
}


const ggi_crl_mark_t *
ggi_crls_outdated(const ggi_crls_t *crls, const ggi_crl_list_t *list,
    X509 *signer)
{
    size_t                 i;
    uint8_t                id[SHA256_DIGEST_LENGTH];
    const ggi_crl_mark_t  *mark;

    if (crls->nmarks == 0) {
        return NULL;
    }

    if (!ggi_crl_mark_id(id, signer, list)) {
        return &crls->marks[0];
    }

    for (i = 0; i < crls->nmarks; i++) {
        mark = &crls->marks[i];

        if (memcmp(mark->id, id, sizeof(id)) == 0
            && ggi_crl_list_compare(&list->number, list->this_update,
                                    &mark->number, mark->this_update)
               < 0)
        {
            return mark;
        }
    }

    return NULL;
}
