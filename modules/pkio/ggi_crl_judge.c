/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_certificate.h"
#include "ggi_crl_judge.h"
#include "ggi_crl_signature.h"

#include <openssl/err.h>

#define GGI_CRL_VERDICT_MAX  3600       /* seconds that a verdict is kept at most */


/* A chain that is judged, and what has been found of it so far. */
typedef struct {
    ggi_crls_t             *crls;
    STACK_OF(X509)         *chain;
    const ggi_crl_trust_t  *trust;      /* NULL: of other keys only that of signer counts */
    X509                   *signer;     /* NULL, or a certificate that may sign lists too */
    int                     level;      /* security level for the signatures of lists */
    time_t                  now;
    time_t                  until;
} ggi_crl_case_t;


/* What a list can tell of a certificate. */
typedef enum {
    GGI_CRL_TELLS_NOTHING,
    GGI_CRL_TELLS_REVOKED,              /* when it has been revoked, but not when it has not */
    GGI_CRL_TELLS_ALL
} ggi_crl_telling_e;


static int
ggi_crl_names_meet(GENERAL_NAMES *one, GENERAL_NAMES *two)
{
    int  i, k;

    for (i = 0; i < sk_GENERAL_NAME_num(one); i++) {
        for (k = 0; k < sk_GENERAL_NAME_num(two); k++) {
            if (GENERAL_NAME_cmp(sk_GENERAL_NAME_value(one, i),
                                 sk_GENERAL_NAME_value(two, k))
                == 0)
            {
                return 1;
            }
        }
    }

    return 0;
}


/*
 * Returns 1 when a distribution point of a certificate is that of a part of a divided
 * list, 0 otherwise. A point with another issuer of its lists is not, since none of its
 * lists is judged by here. Names relative to the issuer are not compared.
 */
static int
ggi_crl_point_meets(const DIST_POINT *point, const DIST_POINT_NAME *part)
{
    return point->CRLissuer == NULL && point->distpoint
           && point->distpoint->type == 0 && part->type == 0
           && ggi_crl_names_meet(point->distpoint->name.fullname,
                                 part->name.fullname);
}


/*
 * Tells whether a part of a divided list is about a certificate, which then names the
 * distribution point of the part (RFC 5280, section 6.3.3 (b) (2)). A point that is for
 * some reasons only makes of the part a list for these reasons.
 */
static ggi_crl_telling_e
ggi_crl_part_tells(const ISSUING_DIST_POINT *part, X509 *x509)
{
    int                 i;
    const DIST_POINT   *point;
    CRL_DIST_POINTS    *points;
    ggi_crl_telling_e   tells;

    tells = GGI_CRL_TELLS_NOTHING;
    points = X509_get_ext_d2i(x509, NID_crl_distribution_points, NULL, NULL);

    for (i = 0; i < sk_DIST_POINT_num(points); i++) {
        point = sk_DIST_POINT_value(points, i);

        if (!ggi_crl_point_meets(point, part->distpoint)) {
            continue;
        }

        if (point->reasons == NULL) {
            tells = GGI_CRL_TELLS_ALL;

        } else if (tells == GGI_CRL_TELLS_NOTHING) {
            tells = GGI_CRL_TELLS_REVOKED;
        }
    }

    CRL_DIST_POINTS_free(points);

    return tells;
}


/* Tells whether a list is about a certificate. */
static ggi_crl_telling_e
ggi_crl_tells(const ggi_crl_t *crl, X509 *x509)
{
    int                ca;
    ggi_crl_telling_e  tells;

    /* by basicConstraints, whatever the use of the key is (section 6.3.3 (b) (2)) */

    ca = (X509_get_extension_flags(x509) & EXFLAG_CA) != 0;

    if (crl->list->covers == (ca ? GGI_CRL_USERS : GGI_CRL_CAS)) {
        return GGI_CRL_TELLS_NOTHING;
    }

    tells = crl->part ? ggi_crl_part_tells(crl->part, x509) : GGI_CRL_TELLS_ALL;

    if (tells == GGI_CRL_TELLS_ALL && crl->list->wrong[0]) {
        tells = GGI_CRL_TELLS_REVOKED;
    }

    if (crl->list->wrong[0] && !crl->list->limited) {
        tells = GGI_CRL_TELLS_NOTHING;
    }

    return tells;
}


/* Ends the verdict at a time, unless it ends before that. */
static void
ggi_crl_case_until(ggi_crl_case_t *it, int64_t until)
{
    if (until < it->until) {
        it->until = (time_t) until;
    }
}


static int ggi_crl_chain_good(const ggi_crl_sought_t *sought, STACK_OF(X509) *chain,
    X509 *signer, time_t *until);


/* Returns the certificate that signed a list and may, by a strong algorithm, or NULL. */
static X509 *
ggi_crl_case_signer(ggi_crl_case_t *it, ggi_crl_t *crl, X509 *issuer)
{
    X509              *signer;
    ggi_crl_sought_t   sought = {
        .crls = it->crls, .chain = it->chain, .trust = it->trust, .good = ggi_crl_chain_good,
        .now = it->now
    };

    if (ggi_crl_weakness(crl->list, it->level)) {
        return NULL;
    }

    signer = ggi_crl_signer(&sought, crl, issuer, &it->until);

    if (signer == NULL && it->signer && ggi_crl_namesakes(it->signer, issuer)
        && ggi_crl_signed_by(crl, it->signer))
    {
        return it->signer;
    }

    return signer;
}


/*
 * Returns 1 when the list at crl is in force for a certificate, 0 otherwise. Sets
 * *decides to 1 when it is the newest of its scope that tells all and was signed as it
 * should be: no older one comes into force then, even when this one has expired.
 */
static int
ggi_crl_case_in_force(ggi_crl_case_t *it, ggi_crl_t *crl, X509 *issuer,
    ggi_crl_telling_e tells, int *decides)
{
    X509  *signer;

    if (it->now < crl->list->this_update) {
        ggi_crl_case_until(it, crl->list->this_update);
        return 0;
    }

    signer = ggi_crl_case_signer(it, crl, issuer);

    if (signer == NULL) {
        return 0;
    }

    *decides = (tells == GGI_CRL_TELLS_ALL);

    if (it->now > crl->list->next_update
        || (*decides && ggi_crls_outdated(it->crls, crl->list, signer)))
    {
        return 0;
    }

    ggi_crl_case_until(it, crl->list->next_update + 1);

    return 1;
}


/* Returns 1 when a list is as new as the one that decides in its scope, 0 otherwise. */
static int
ggi_crl_as_new(const ggi_crl_t *crl, const ggi_crl_t *decider)
{
    return ggi_crl_list_compare(&crl->list->number, crl->list->this_update,
                                &decider->list->number, decider->list->this_update)
           == 0;
}


/*
 * Judges a certificate by the lists of one scope, of which that at index first is the
 * newest. Lists that are as new as the one that decides are believed in what they name,
 * since nothing tells which of them came last. Sets *next to the index after the last of
 * them. Returns GGI_REASON_NONE, GGI_REASON_CERTIFICATE_REVOKED or, when none of them
 * counts, GGI_REASON_REVOCATION_UNKNOWN.
 */
static ggi_reason_e
ggi_crl_case_scope(ggi_crl_case_t *it, X509 *x509, X509 *issuer, size_t first,
    size_t *next)
{
    int                 has, decides, counts;
    size_t              i;
    ggi_crl_t          *crl, *decider;
    ggi_reason_e        reason;
    ggi_crl_telling_e   tells;

    reason = GGI_REASON_REVOCATION_UNKNOWN;
    decider = NULL;

    for (i = first; i == first || ggi_crls_like_previous(it->crls, i); i++) {
        crl = &it->crls->crls[i];
        tells = (decider && !ggi_crl_as_new(crl, decider))
                ? GGI_CRL_TELLS_NOTHING : ggi_crl_tells(crl, x509);

        if (tells == GGI_CRL_TELLS_NOTHING) {
            continue;
        }

        decides = 0;
        counts = ggi_crl_case_in_force(it, crl, issuer, tells, &decides);

        if (decides && decider == NULL) {
            decider = crl;
        }

        has = counts ? ggi_crl_list_has(crl->list, x509) : -1;

        if (has == 1) {
            reason = GGI_REASON_CERTIFICATE_REVOKED;

        } else if (has == 0 && crl == decider && reason != GGI_REASON_CERTIFICATE_REVOKED) {
            reason = GGI_REASON_NONE;
        }
    }

    *next = i;

    return reason;
}


/* Judges a certificate by all lists of its issuer. */
static ggi_reason_e
ggi_crl_case_certificate(ggi_crl_case_t *it, X509 *x509, X509 *issuer)
{
    size_t        i;
    X509_NAME    *name;
    ggi_reason_e  reason, scope;

    reason = GGI_REASON_REVOCATION_UNKNOWN;
    name = X509_get_issuer_name(x509);

    i = ggi_crls_find(it->crls, name);

    while (ggi_crls_of(it->crls, i, name)) {
        scope = ggi_crl_case_scope(it, x509, issuer, i, &i);

        if (scope == GGI_REASON_CERTIFICATE_REVOKED) {
            return scope;
        }

        if (scope == GGI_REASON_NONE) {
            reason = scope;
        }
    }

    return reason;
}


/* Judges each certificate of the chain but the root. */
static ggi_reason_e
ggi_crl_case_judge(ggi_crl_case_t *it)
{
    int            i, n;
    X509          *x509;
    time_t         end;
    ggi_reason_e   reason, one;

    reason = GGI_REASON_NONE;
    n = sk_X509_num(it->chain);

    for (i = 0; i < n; i++) {
        x509 = sk_X509_value(it->chain, i);

        if (!ggi_certificate_time(&end, X509_get0_notAfter(x509))) {
            end = it->now + 1;
        }

        if (end > it->now) {
            ggi_crl_case_until(it, end);
        }

        if (i == n - 1) {
            break;
        }

        one = ggi_crl_case_certificate(it, x509, sk_X509_value(it->chain, i + 1));

        if (one == GGI_REASON_CERTIFICATE_REVOKED) {
            return one;
        }

        if (one != GGI_REASON_NONE) {
            reason = one;
        }
    }

    if (reason != GGI_REASON_NONE) {
        /* looked up again at once: another list may have come */
        it->until = it->now + 1;
    }

    return reason;
}


/*
 * Returns 1 when no certificate of the chain of a certificate that signs lists has been
 * revoked, where that certificate itself may have signed the lists of its own name.
 */
static int
ggi_crl_chain_good(const ggi_crl_sought_t *sought, STACK_OF(X509) *chain, X509 *signer,
    time_t *until)
{
    ggi_reason_e    reason;
    ggi_crl_case_t  it = {
        .crls = sought->crls, .chain = chain, .signer = signer, .level = sought->trust->level,
        .now = sought->now, .until = *until
    };

    reason = ggi_crl_case_judge(&it);
    *until = it.until;

    return reason == GGI_REASON_NONE;
}


ggi_reason_e
ggi_crls_judge(ggi_crls_t *crls, STACK_OF(X509) *chain,
    const ggi_crl_trust_t *trust, time_t now, time_t *until)
{
    ggi_reason_e    reason;
    ggi_crl_case_t  it = {
        .crls = crls, .chain = chain, .trust = trust, .level = trust ? trust->level : 0,
        .now = now, .until = now + GGI_CRL_VERDICT_MAX
    };

    if (chain == NULL || sk_X509_num(chain) < 2) {
        *until = now + 1;
        return GGI_REASON_REVOCATION_UNKNOWN;
    }

    reason = ggi_crl_case_judge(&it);
    *until = it.until;

    return reason;
}
