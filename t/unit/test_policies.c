/* SPDX-License-Identifier: EUPL-1.2 */

/* Certificate policies over a path. */

#include "unit.h"

#include <openssl/conf.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "ggi_policies.h"

#define ANY  "2.5.29.32.0"
#define ONE  "1.2.3.1"
#define TWO  "1.2.3.2"


/* The extensions about policies of a certificate, as openssl writes them; NULL: none. */
typedef struct {
    const char  *policies;
    const char  *constraints;
    const char  *mappings;
    const char  *inhibit_any;
} extensions_t;


static void
extend(X509 *x509, int nid, const char *value)
{
    CONF            *conf;
    X509V3_CTX       ctx;
    X509_EXTENSION  *extension;

    if (value) {
        conf = NCONF_new(NULL);
        X509V3_set_ctx(&ctx, NULL, x509, NULL, NULL, 0);
        X509V3_set_nconf(&ctx, conf);
        extension = X509V3_EXT_nconf_nid(conf, &ctx, nid, value);
        NCONF_free(conf);
        assert_non_null(extension);
        assert_true(X509_add_ext(x509, extension, -1));
        X509_EXTENSION_free(extension);
    }
}


/* A certificate, signed by a key of its own, since signatures are not looked at here. */
static X509 *
certificate(const extensions_t *extensions, int ca, int place)
{
    char       name[16];
    X509      *x509;
    EVP_PKEY  *key;

    x509 = X509_new();
    key = EVP_EC_gen("P-256");
    assert_true(x509 && key);
    assert_true(X509_set_version(x509, X509_VERSION_3));
    X509_gmtime_adj(X509_getm_notBefore(x509), -60);
    X509_gmtime_adj(X509_getm_notAfter(x509), 3600);

    snprintf(name, sizeof(name), "%d", place);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_ASC, (unsigned char *) name, -1, -1, 0);
    snprintf(name, sizeof(name), "%d", place + 1);
    X509_NAME_add_entry_by_txt(X509_get_issuer_name(x509), "CN", MBSTRING_ASC, (unsigned char *) name, -1, -1, 0);

    extend(x509, NID_basic_constraints, ca ? "critical,CA:TRUE" : "CA:FALSE");
    extend(x509, NID_certificate_policies, extensions->policies);
    extend(x509, NID_policy_constraints, extensions->constraints);
    extend(x509, NID_policy_mappings, extensions->mappings);
    extend(x509, NID_inhibit_any_policy, extensions->inhibit_any);

    X509_set_pubkey(x509, key);
    X509_sign(x509, key, EVP_sha256());
    EVP_PKEY_free(key);

    return x509;
}


/* A chain of up to three certificates and a root: the leaf comes first. */
static STACK_OF(X509) *
chain_of(const extensions_t *const *extensions)
{
    int              i;
    STACK_OF(X509)  *chain;
    extensions_t     root = { .policies = NULL };

    chain = sk_X509_new_null();

    for (i = 0; i < 3 && extensions[i]; i++) {
        sk_X509_push(chain, certificate(extensions[i], i > 0, i));
    }

    sk_X509_push(chain, certificate(&root, 1, i));

    return chain;
}


/* What is found of a path: "1", "2" or "12" of ONE and TWO, then where it lacks each, then whether it is valid. */
static void
expect(const char *expected, const extensions_t *leaf, const extensions_t *issuing, const extensions_t *domain)
{
    int                  i;
    char                 found[32], *pos;
    ASN1_OBJECT         *wanted[2];
    ggi_policies_t       policies;
    STACK_OF(X509)      *chain;
    const extensions_t  *extensions[] = { leaf, issuing, domain };

    wanted[0] = OBJ_txt2obj(ONE, 1);
    wanted[1] = OBJ_txt2obj(TWO, 1);
    chain = chain_of(extensions);
    pos = found;

    assert_true(ggi_policies_find(&policies, chain));

    for (i = 0; i < 2; i++) {
        if (ggi_policies_permit(&policies, &wanted[i], 1)) {
            *pos++ = (char) ('1' + i);

        } else {
            pos += sprintf(pos, "-%d", ggi_policies_lacking(chain, &wanted[i], 1));
        }
    }

    assert_int_equal(ggi_policies_permit(&policies, wanted, 2),
                     ggi_policies_permit(&policies, &wanted[0], 1) || ggi_policies_permit(&policies, &wanted[1], 1));
    assert_false(ggi_policies_permit(&policies, wanted, 0));

    if (!policies.valid) {
        pos += sprintf(pos, " invalid at %d", ggi_policies_lacking(chain, NULL, 0));
    }

    *pos = '\0';
    assert_string_equal(found, expected);

    ggi_policies_free(&policies);
    ggi_policies_free(&policies);
    sk_X509_pop_free(chain, X509_free);
    ASN1_OBJECT_free(wanted[0]);
    ASN1_OBJECT_free(wanted[1]);
}


/* A certificate by its policies, and what else it says of them. */
#define of(...)  &(extensions_t) { .policies = __VA_ARGS__ }


/* Each case has the leaf first, then its issuing CA, then the domain CA. */
static void
test_naming(void **state)
{
    (void) state;

    expect("1-0", of(ONE), of(ANY), of(ANY));
    expect("12", of(ONE "," TWO), of(ANY), of(ANY));
    expect("1-1", of(ONE "," TWO), of(ONE), of(ANY));
    expect("1-2", of(ONE "," TWO), of(ANY), of(ONE));
    expect("1-2", of(ONE), of(ONE "," TWO), of(ONE));
    expect("-0-1", of(TWO), of(ONE), of(ANY));
    expect("-1-0", of(ONE), of(TWO), of(ANY));
    expect("-1-2", of(ONE), of(TWO), of(ONE));
    expect("-1-1", of(ONE), of(NULL), of(ANY));
    expect("-2-2", of(ONE), of(ANY), of(NULL));
    expect("-0-0", of(NULL), of(ANY), of(ANY));
    expect("-0-0", of(ANY), of(ANY), of(ANY));
    expect("-0-1", of(ANY), of(ONE), of(ANY));
    expect("1-0", of(ANY "," ONE), of(ANY), of(ANY));
    expect("1-1", of(ANY "," ONE "," TWO), of(ONE), of(ANY));
    expect("1-0", of(ONE), NULL, NULL);
    expect("-0-0", of(NULL), NULL, NULL);
}


static void
test_constraints(void **state)
{
    (void) state;

    /* a CA that inhibits anyPolicy, at once and below the next certificate */
    expect("-1-1", of(ONE), of(ANY), of(ANY, .inhibit_any = "0"));
    expect("1-0", of(ONE), of(ANY), of(ANY, .inhibit_any = "1"));
    expect("1-1", of(ONE), of(ONE), of(ANY, .inhibit_any = "0"));

    /* mappings: what the leaf names has to be what the root's domain calls it */
    expect("-0-2", of(TWO), of(ONE, .mappings = ONE ":" TWO), of(ONE));
    expect("-0-0", of(TWO), of(ANY, .mappings = ONE ":" TWO), of(ANY));
    expect("-0-2", of(ONE), of(ONE, .mappings = ONE ":" TWO), of(ONE));
    expect("-02", of(TWO), of(ANY, .mappings = ONE ":" TWO), of(ANY, .constraints = "inhibitPolicyMapping:0"));

    /* a path that is valid for no policy is invalid only where a CA requires one */
    expect("-2-2 invalid at 2", of(ONE), of(ONE), of(NULL, .constraints = "requireExplicitPolicy:0"));
    expect("-1-1 invalid at 1", of(ONE), of(NULL, .constraints = "inhibitPolicyMapping:0"), of(ANY));
    expect("-1-1 invalid at 1", of(ONE), of(NULL), of(ANY, .constraints = "requireExplicitPolicy:0"));
    expect("-1-1", of(ONE), of(NULL), of(ANY, .constraints = "requireExplicitPolicy:9"));
    expect("-0-0 invalid at 0", of(NULL), of(ANY, .constraints = "requireExplicitPolicy:0"), of(ANY));
    expect("1-0", of(ONE), of(ANY, .constraints = "requireExplicitPolicy:0"), of(ANY));
}


static void
test_malformed(void **state)
{
    (void) state;

    expect("-0-0 invalid at 0", of(ONE "," ONE), of(ANY), of(ANY));
    expect("-1-1 invalid at 1", of(ONE), of(ANY "," ANY), of(ANY));
    expect("-2-2 invalid at 2", of(ONE), of(ANY), of(ONE "," ONE));
    expect("-1-1 invalid at 1", of(ONE), of(ANY, .mappings = ANY ":" ONE), of(ANY));
}


/* The policies of a certificate: n of 1.2.4.1 and on, then ONE. */
static const char *
many(char *text, int n)
{
    int    i;
    char  *pos;

    for (i = 1, pos = text; i <= n; i++) {
        pos += sprintf(pos, "1.2.4.%d,", i);
    }

    memcpy(pos, ONE, sizeof(ONE));

    return text;
}


/* So many policies that OpenSSL gives up are a fault of the certificate that names them, and no lack of memory. */
static void
test_many(void **state)
{
    static char  few[65536], most[65536];

    (void) state;

    expect("1-0", of(many(few, 60)), of(ANY), of(ANY));
    expect("-0-0", of(many(few, 900)), of(ANY), of(ANY));
    expect("-0-0 invalid at 0", of(many(few, 1000)), of(ANY), of(ANY));
    expect("-0-0 invalid at 0", of(many(few, 4000)), of(ANY), of(ANY));
    expect("-1-1 invalid at 1", of(ONE), of(many(few, 1000)), of(ANY));
    expect("-2-2 invalid at 2", of(ONE), of(ANY), of(many(few, 1000)));
    expect("-0-1 invalid at 0", of(many(few, 600)), of(many(most, 600)), of(ANY));
}


/* A certificate that is trusted itself has no path, and so no policy that anybody permits. */
static void
test_trusted_leaf(void **state)
{
    ASN1_OBJECT     *wanted;
    extensions_t     leaf = { .policies = ONE };
    ggi_policies_t   policies;
    STACK_OF(X509)  *chain;

    (void) state;

    wanted = OBJ_txt2obj(ONE, 1);
    chain = sk_X509_new_null();
    sk_X509_push(chain, certificate(&leaf, 0, 0));

    assert_true(ggi_policies_find(&policies, chain));
    assert_false(ggi_policies_permit(&policies, &wanted, 1));
    assert_int_equal(ggi_policies_lacking(chain, &wanted, 1), 0);
    assert_true(policies.valid);

    ggi_policies_free(&policies);
    sk_X509_pop_free(chain, X509_free);
    ASN1_OBJECT_free(wanted);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_naming),
        cmocka_unit_test(test_constraints),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_trusted_leaf),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
