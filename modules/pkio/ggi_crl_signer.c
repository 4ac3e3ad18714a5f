/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_crl_signer.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>


int
ggi_crl_namesakes(const X509 *one, const X509 *two)
{
    return X509_NAME_cmp(X509_get_subject_name(one), X509_get_subject_name(two))
           == 0
           && X509_cmp(one, two) != 0;
}


/*
 * Verifies a certificate by the trust, with the certificates of the chain and those that
 * are known to lead to a root. Returns its chain, which the caller frees, or NULL.
 */
static STACK_OF(X509) *
ggi_crl_signer_chain(X509 *signer, STACK_OF(X509) *chain,
    const ggi_crl_trust_t *trust, time_t now)
{
    int                 i, good;
    STACK_OF(X509)     *others, *found;
    X509_STORE_CTX     *ctx;
    X509_VERIFY_PARAM  *param;

    found = NULL;
    ctx = X509_STORE_CTX_new();
    others = trust->known ? sk_X509_dup(trust->known) : sk_X509_new_null();

    good = ctx && others;

    for (i = 0; good && i < sk_X509_num(chain); i++) {
        good = sk_X509_push(others, sk_X509_value(chain, i)) > 0;
    }

    if (good && X509_STORE_CTX_init(ctx, trust->store, signer, others)
        && X509_STORE_CTX_set_purpose(ctx, X509_PURPOSE_CRL_SIGN))
    {
        param = X509_STORE_CTX_get0_param(ctx);
        X509_VERIFY_PARAM_set_depth(param, trust->depth);
        X509_VERIFY_PARAM_set_auth_level(param, trust->level);
        X509_VERIFY_PARAM_set_time(param, now);

        if (X509_verify_cert(ctx) == 1) {
            found = X509_STORE_CTX_get1_chain(ctx);
        }
    }

    X509_STORE_CTX_free(ctx);
    sk_X509_free(others);
    ERR_clear_error();

    return found;
}


/*
 * Returns 1 when two chains lead to one root, that is one name with one key, and 0
 * otherwise.
 */
static int
ggi_crl_signer_rooted(STACK_OF(X509) *one, STACK_OF(X509) *two)
{
    X509  *a, *b;

    a = sk_X509_value(one, sk_X509_num(one) - 1);
    b = sk_X509_value(two, sk_X509_num(two) - 1);

    return X509_NAME_cmp(X509_get_subject_name(a), X509_get_subject_name(b)) == 0
           && EVP_PKEY_eq(X509_get0_pubkey(a), X509_get0_pubkey(b)) == 1;
}


/* Returns 1 when a certificate outside of the chain may sign lists by the trust, else 0. */
static int
ggi_crl_signer_trusted(const ggi_crl_sought_t *sought, X509 *signer, time_t *until)
{
    int              trusted;
    time_t           end;
    STACK_OF(X509)  *own;

    own = ggi_crl_signer_chain(signer, sought->chain, sought->trust, sought->now);

    if (own == NULL) {
        return 0;
    }

    end = *until;
    trusted = ggi_crl_signer_rooted(own, sought->chain)
              && sought->good(sought, own, signer, &end);
    sk_X509_pop_free(own, X509_free);

    if (trusted && end < *until) {
        *until = end;
    }

    return trusted;
}


X509 *
ggi_crl_signer(const ggi_crl_sought_t *sought, ggi_crl_t *crl, X509 *issuer, time_t *until)
{
    int                     i;
    X509                   *other;
    STACK_OF(X509)         *chain = sought->chain;
    const ggi_crl_trust_t  *trust = sought->trust;

    if (ggi_crl_signed_by(crl, issuer)) {
        return issuer;
    }

    /* the leaf, which comes first, does not vouch for itself */

    for (i = 1; i < sk_X509_num(chain); i++) {
        other = sk_X509_value(chain, i);

        if (ggi_crl_namesakes(other, issuer) && ggi_crl_signed_by(crl, other)) {
            return other;
        }
    }

    for (i = 0; trust && trust->store && i < sk_X509_num(trust->known); i++) {
        other = sk_X509_value(trust->known, i);

        if (ggi_crl_namesakes(other, issuer) && ggi_crl_signed_by(crl, other)
            && ggi_crl_signer_trusted(sought, other, until))
        {
            return other;
        }
    }

    return NULL;
}
