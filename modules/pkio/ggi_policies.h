/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Certificate policies over a path (RFC 5280, section 6.1): a certificate can name any
 * policy for itself, and only the CAs above it can say whether it may. Free of nginx.
 */

#ifndef GGI_POLICIES_H
#define GGI_POLICIES_H

#include <openssl/x509v3.h>

#define GGI_POLICIES_MAX  64            /* policies of a leaf that are looked at */


/*
 * What a path says of policies. It does not depend on which of them a location accepts,
 * so that one look at the path serves all locations.
 */
typedef struct {
    STACK_OF(ASN1_OBJECT)  *permitted;  /* the leaf names them and its path permits them */
    int                     valid;      /* 1: the path is valid if no policy is asked for */
} ggi_policies_t;


/*
 * Finds the policies of a chain that was verified, leaf first and root last. permitted
 * gets the policies that the leaf names itself, other than anyPolicy, and that are
 * valid for the path: those that remain in the set that the authorities constrain, when
 * an explicit policy is required from the first CA on. The root's own policies do not
 * count, and neither do policies of the leaf beyond the first GGI_POLICIES_MAX. valid
 * gets 0 when the path holds for no policy at all though one of its CAs requires one
 * (policyConstraints), when a certificate has policyConstraints without policies, when
 * an extension about policies is malformed, or when the path has more policies than
 * OpenSSL looks at, about 1,000. Returns 1, and the caller frees the result with
 * ggi_policies_free(); returns 0 without memory, with nothing to be freed.
 */
int ggi_policies_find(ggi_policies_t *policies, STACK_OF(X509) *chain);

/* Frees what ggi_policies_find() allocated. Does nothing for zeros. */
void ggi_policies_free(ggi_policies_t *policies);

/* Returns 1 when one of the n policies in wanted is permitted, 0 otherwise. */
int ggi_policies_permit(const ggi_policies_t *policies,
    ASN1_OBJECT *const *wanted, size_t n);

/*
 * Finds the certificate that is to blame when a path permits none of n wanted policies.
 * chain has the leaf first and the root last; n is 0 when any policy would do. Going from
 * the root to the leaf, it is the first certificate at which none of the policies is
 * permitted any more. Returns its place in chain: 0 is the leaf, whose CAs permit a
 * wanted policy that it does not name itself. Without memory a certificate nearer to the
 * root may be returned. Do not call it for a path that permits one of the policies.
 */
int ggi_policies_lacking(STACK_OF(X509) *chain, ASN1_OBJECT *const *wanted,
    size_t n);


#endif
