/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_lacked.h"
#include "ggi_policies.h"


/*
 * Returns 1 when a certificate between leaf and root limits the policies of those below
 * it and names none itself, 0 otherwise. No policy is valid for such a path, and OpenSSL
 * 3 leaks memory when it looks at one.
 */
static int
ggi_policies_nameless(const STACK_OF(X509) *chain)
{
    int    i;
    X509  *x509;

    for (i = 0; i < sk_X509_num(chain) - 1; i++) {
        x509 = sk_X509_value(chain, i);

        if (X509_get_ext_by_NID(x509, NID_policy_constraints, -1) >= 0
            && X509_get_ext_by_NID(x509, NID_certificate_policies, -1) < 0)
        {
            return 1;
        }
    }

    return 0;
}


/*
 * Processes the policies of a chain as RFC 5280, section 6.1, does, for a user whom any
 * policy will do. explicit is X509_V_FLAG_EXPLICIT_POLICY when the path has to hold for
 * some policy, and 0 when it has to only where one of its CAs requires that. Returns an
 * X509_PCY_TREE_... code, X509_PCY_TREE_INTERNAL for lack of memory alone. A path for which
 * OpenSSL would need more than 1,000 nodes, so that nobody makes it work without end, is
 * invalid. Sets *tree, which the caller frees, or to NULL.
 */
static int
ggi_policies_process(X509_POLICY_TREE **tree, STACK_OF(X509) *chain,
    unsigned explicit)
{
    int                     rc, required;
    STACK_OF(ASN1_OBJECT)  *asked;

    *tree = NULL;

    if (ggi_policies_nameless(chain)) {
        return X509_PCY_TREE_INVALID;
    }

    asked = sk_ASN1_OBJECT_new_null();

    /* the object of anyPolicy is a constant of OpenSSL */

    if (asked == NULL || sk_ASN1_OBJECT_push(asked, OBJ_nid2obj(NID_any_policy)) == 0) {
        sk_ASN1_OBJECT_free(asked);
        return X509_PCY_TREE_INTERNAL;
    }

    /* OpenSSL takes too many nodes for an internal error, and lack of memory for a malformed one */

    ERR_clear_error();
    rc = X509_policy_check(tree, &required, chain, asked, explicit);

    if (rc == X509_PCY_TREE_INTERNAL || rc == X509_PCY_TREE_INVALID) {
        rc = ggi_lacked_memory() ? X509_PCY_TREE_INTERNAL : X509_PCY_TREE_INVALID;
    }

    sk_ASN1_OBJECT_free(asked);

    return rc;
}


/*
 * Returns 1 when the set that the authorities of a path constrain has a policy, or has
 * anyPolicy, which stands for every policy; returns 0 otherwise. The set of NULL, which
 * is no tree, is empty.
 */
static int
ggi_policies_has(const X509_POLICY_TREE *tree, const ASN1_OBJECT *policy)
{
    int                          i;
    const ASN1_OBJECT           *one;
    STACK_OF(X509_POLICY_NODE)  *set;

    set = tree ? X509_policy_tree_get0_policies(tree) : NULL;

    for (i = 0; i < sk_X509_POLICY_NODE_num(set); i++) {
        one = X509_policy_node_get0_policy(sk_X509_POLICY_NODE_value(set, i));

        if (OBJ_cmp(one, policy) == 0 || OBJ_obj2nid(one) == NID_any_policy) {
            return 1;
        }
    }

    return 0;
}


/*
 * Copies the policies that a leaf names itself and that the tree of its path has, which is
 * valid, so that the leaf's policies can be read. Returns the copies, which the caller
 * frees, or NULL without memory.
 */
static STACK_OF(ASN1_OBJECT) *
ggi_policies_copy(const X509_POLICY_TREE *tree, X509 *leaf)
{
    int                     i;
    ASN1_OBJECT            *policy;
    CERTIFICATEPOLICIES    *named;
    STACK_OF(ASN1_OBJECT)  *copies;

    if (tree == NULL) {
        /* a path of the root alone is valid, whatever that names */
        return sk_ASN1_OBJECT_new_null();
    }

    named = X509_get_ext_d2i(leaf, NID_certificate_policies, NULL, NULL);
    copies = named ? sk_ASN1_OBJECT_new_null() : NULL;

    if (copies == NULL) {
        CERTIFICATEPOLICIES_free(named);
        return NULL;
    }

    for (i = 0; i < sk_POLICYINFO_num(named) && i < GGI_POLICIES_MAX; i++) {
        policy = sk_POLICYINFO_value(named, i)->policyid;

        if (OBJ_obj2nid(policy) == NID_any_policy || !ggi_policies_has(tree, policy)) {
            continue;
        }

        policy = OBJ_dup(policy);

        if (policy == NULL || sk_ASN1_OBJECT_push(copies, policy) == 0) {
            ASN1_OBJECT_free(policy);
            sk_ASN1_OBJECT_pop_free(copies, ASN1_OBJECT_free);
            copies = NULL;
            break;
        }
    }

    CERTIFICATEPOLICIES_free(named);

    return copies;
}


int
ggi_policies_find(ggi_policies_t *policies, STACK_OF(X509) *chain)
{
    int                rc;
    X509_POLICY_TREE  *tree;

    policies->permitted = NULL;
    policies->valid = 1;

    rc = ggi_policies_process(&tree, chain, X509_V_FLAG_EXPLICIT_POLICY);

    if (rc == X509_PCY_TREE_VALID) {
        policies->permitted = ggi_policies_copy(tree, sk_X509_value(chain, 0));
        X509_policy_tree_free(tree);
        return policies->permitted != NULL;
    }

    X509_policy_tree_free(tree);

    if (rc == X509_PCY_TREE_FAILURE) {
        rc = ggi_policies_process(&tree, chain, 0);
        X509_policy_tree_free(tree);
    }

    policies->valid = (rc == X509_PCY_TREE_VALID);

    return rc != X509_PCY_TREE_INTERNAL;
}


void
ggi_policies_free(ggi_policies_t *policies)
{
    sk_ASN1_OBJECT_pop_free(policies->permitted, ASN1_OBJECT_free);
    policies->permitted = NULL;
}


int
ggi_policies_permit(const ggi_policies_t *policies,
    ASN1_OBJECT *const *wanted, size_t n)
{
    int     i;
    size_t  k;

    for (i = 0; i < sk_ASN1_OBJECT_num(policies->permitted); i++) {
        for (k = 0; k < n; k++) {
            if (OBJ_cmp(sk_ASN1_OBJECT_value(policies->permitted, i), wanted[k]) == 0) {
                return 1;
            }
        }
    }

    return 0;
}


/*
 * Returns 1 when a tree has one of the n policies in wanted, 0 otherwise. When n is 0
 * any policy will do.
 */
static int
ggi_policies_hold(const X509_POLICY_TREE *tree, ASN1_OBJECT *const *wanted,
    size_t n)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        if (ggi_policies_has(tree, wanted[i])) {
            return 1;
        }
    }

    return n == 0 && tree && sk_X509_POLICY_NODE_num(X509_policy_tree_get0_policies(tree)) > 0;
}


int
ggi_policies_lacking(STACK_OF(X509) *chain, ASN1_OBJECT *const *wanted,
    size_t n)
{
    int                i, skipped, holds;
    X509_POLICY_TREE  *tree;
    STACK_OF(X509)    *part;

    /* the paths to the CAs below the root are judged first, each as if it ended there */

    for (i = sk_X509_num(chain) - 2; i > 0; i--) {
        part = sk_X509_dup(chain);

        for (skipped = 0; part && skipped < i; skipped++) {
            (void) sk_X509_shift(part);
        }

        tree = NULL;
        holds = part && ggi_policies_process(&tree, part, X509_V_FLAG_EXPLICIT_POLICY)
                        == X509_PCY_TREE_VALID
                && ggi_policies_hold(tree, wanted, n);

        X509_policy_tree_free(tree);
        sk_X509_free(part);

        if (!holds) {
            return i;
        }
    }

    return 0;
}
