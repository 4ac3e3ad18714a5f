/* SPDX-License-Identifier: EUPL-1.2 */

/* Without memory nothing is found out about certificates and lists that does not hold, from whichever allocation on. */

#define _GNU_SOURCE                     /* memfd_create() */

#include "unit_crl.h"

#include <openssl/crypto.h>
#include <sys/mman.h>

#include "ggi_certificate.h"
#include "ggi_crl_parse.h"
#include "ggi_crl_signature.h"
#include "ggi_crl_succession.h"
#include "ggi_crl_view.h"
#include "ggi_policies.h"


static int  left = -1;                  /* number of allocations until all fail; -1: none does */
static int  failed;


static int
fails_now(void)
{
    if (left == 0) {
        failed = 1;
        return 1;
    }

    left -= (left > 0);

    return 0;
}


static void *
memory_get(size_t size, const char *file, int line)
{
    (void) file;
    (void) line;

    return fails_now() ? NULL : malloc(size);
}


static void *
memory_change(void *p, size_t size, const char *file, int line)
{
    (void) file;
    (void) line;

    return fails_now() ? NULL : realloc(p, size);
}


static void
memory_give(void *p, const char *file, int line)
{
    (void) file;
    (void) line;

    free(p);
}


/* A list that the key signed, read from its DER. */
static const ggi_crl_list_t *
list_read(ggi_crl_room_t *room, int key)
{
    int              fd, len;
    X509_CRL        *crl;
    ggi_fault_t      fault = ggi_fault_init;
    unsigned char   *der = NULL;

    crl = list_new("root");
    list_number(crl, "05");
    assert_true(X509_CRL_sign(crl, list_key(key), key == 2 ? NULL : EVP_sha256()));
    len = i2d_X509_CRL(crl, &der);
    fd = memfd_create("list", 0);
    assert_true(len > 0 && fd != -1 && write(fd, der, (size_t) len) == len && lseek(fd, 0, SEEK_SET) == 0);

    memset(room, 0, sizeof(ggi_crl_room_t));
    room->size = ggi_crl_room_size(len);
    room->base = calloc(1, room->size);
    assert_int_equal(ggi_crl_parse(room, fd, "list", &fault, NULL), 1);

    close(fd);
    OPENSSL_free(der);
    X509_CRL_free(crl);

    return ggi_crl_room_next(room, NULL);
}


/*
 * A signature is good, or nothing is said of it. All is done once with memory before: OpenSSL loads algorithms and
 * extensions of certificates once, and does not try again where that failed, with Ed25519 not even afterwards.
 */
static void
test_signature(void **state)
{
    int                    n, key;
    ggi_crl_room_t         room;
    ggi_crl_signed_e       result;
    const ggi_crl_list_t  *list;

    (void) state;

    for (key = 0; key < 2; key++) {
        list = list_read(&room, key);

        assert_int_equal(ggi_crl_signature(list, list_key(key)), GGI_CRL_SIGNED);

        for (n = 0, failed = 1; failed; n++) {
            failed = 0;
            left = n;
            result = ggi_crl_signature(list, list_key(key));
            left = -1;

            if (result == GGI_CRL_NOT_SIGNED) {
                fail_msg("key %d: the signature is bad without memory from allocation %d on", key, n);
            }
        }

        assert_true(n > 10);
        assert_int_equal(result, GGI_CRL_SIGNED);
        assert_int_equal(ggi_crl_signature(list, list_key(key == 0 ? 3 : 4)), GGI_CRL_NOT_SIGNED);
        free(room.base);
    }
}


/* What could not be found out is not remembered. */
static void
test_remembered(void **state)
{
    int              n;
    X509            *root;
    ggi_crls_t       crls;
    ggi_crl_room_t   room;

    (void) state;

    root = certificate("root", 1, "01", NULL, 0, 1);
    memset(&crls, 0, sizeof(crls));
    assert_int_equal(ggi_crls_add(&crls, list_read(&room, 1), "list"), 1);
    assert_int_equal(ggi_crl_signed_by(&crls.crls[0], root), 1);
    crls.crls[0].nkeys = 0;

    for (n = 0; n < 20; n++) {
        left = n;
        assert_int_equal(ggi_crl_signed_by(&crls.crls[0], root), 0);
        left = -1;
    }

    assert_int_equal(ggi_crl_signed_by(&crls.crls[0], root), 1);
    left = 10;
    assert_int_equal(ggi_crl_signed_by(&crls.crls[0], root), 1);
    left = -1;

    ggi_crls_free(&crls);
    X509_free(root);
    free(room.base);
}


/* A list that has been in force is noted, or it is said that it could not be. */
static void
test_marks(void **state)
{
    int              n, noted;
    size_t           nmarks;
    X509            *root;
    ggi_crl_room_t   room;
    ggi_crl_mark_t  *marks;
    STACK_OF(X509)  *known;

    (void) state;

    (void) list_read(&room, 1);
    root = certificate("root", 1, "01", NULL, 0, 1);
    known = sk_X509_new_null();
    sk_X509_push(known, root);
    marks = calloc(GGI_CRL_MARKS_MAX, sizeof(ggi_crl_mark_t));
    nmarks = 0;
    assert_int_equal(ggi_crl_marks_note(marks, &nmarks, &room, known, NOW), 1);

    for (n = 0, failed = 1; failed; n++) {
        failed = 0;
        nmarks = 0;
        left = n;
        noted = ggi_crl_marks_note(marks, &nmarks, &room, known, NOW);
        left = -1;
        assert_true(nmarks == 1 || !noted);
    }

    assert_true(n > 10 && noted);

    free(marks);
    sk_X509_free(known);
    X509_free(root);
    free(room.base);
}


/* Finds the policies of a chain, which permit one, with memory for n allocations. Returns 1, or 0 without memory. */
static int
find_policies(STACK_OF(X509) *chain, ASN1_OBJECT *policy, int n)
{
    int             found;
    ggi_policies_t  policies;

    failed = 0;
    left = n;
    found = ggi_policies_find(&policies, chain);
    left = -1;

    if (found) {
        assert_true(ggi_policies_permit(&policies, &policy, 1));
        ggi_policies_free(&policies);
    }

    return found;
}


/* A policy is permitted, or it is said that it could not be found out. */
static void
test_policies(void **state)
{
    int               i, n, found;
    CONF             *conf;
    X509             *x509;
    X509V3_CTX        ctx;
    ASN1_OBJECT      *policy;
    STACK_OF(X509)   *chain;
    ggi_policies_t    policies;
    X509_EXTENSION   *extension;

    static const char  *names[] = { "root", "ca", "leaf" };

    (void) state;

    chain = sk_X509_new_null();
    conf = NCONF_new(NULL);
    X509V3_set_ctx(&ctx, NULL, NULL, NULL, NULL, 0);
    X509V3_set_nconf(&ctx, conf);
    extension = X509V3_EXT_nconf(conf, &ctx, "certificatePolicies", "1.2.3.1,1.2.3.2");
    policy = OBJ_txt2obj("1.2.3.2", 1);

    for (i = 0; i < 3; i++) {
        x509 = certificate(names[i], 1, "01", sk_X509_value(chain, 0), 1, i < 2);
        X509_add_ext(x509, extension, -1);
        assert_true(X509_sign(x509, list_key(1), EVP_sha256()) && sk_X509_unshift(chain, x509));
    }

    assert_int_equal(ggi_policies_find(&policies, chain), 1);
    ggi_policies_free(&policies);

    for (n = 0, failed = 1; failed; n++) {
        found = find_policies(chain, policy, n);
    }

    assert_true(n > 10 && found);

    /* of certificates that OpenSSL has not looked at before, since it keeps what it finds with them */

    for (n = 0, failed = 1; failed; n++) {
        for (i = 0; i < 3; i++) {
            x509 = sk_X509_value(chain, i);
            assert_non_null(sk_X509_set(chain, i, X509_dup(x509)));
            X509_free(x509);
        }

        found = find_policies(chain, policy, n);
    }

    for (n = 0, failed = 1; failed; n++) {
        failed = 0;
        left = n;
        found = ggi_certificate_policy(sk_X509_value(chain, 0), &policy, 1);
        left = -1;
        assert_true(found == (failed ? -1 : 1));
    }

    assert_true(n > 4 && found == 1);

    NCONF_free(conf);
    ASN1_OBJECT_free(policy);
    X509_EXTENSION_free(extension);
    sk_X509_pop_free(chain, X509_free);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_signature),
        cmocka_unit_test(test_remembered),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_policies),
    };

    if (!CRYPTO_set_mem_functions(memory_get, memory_change, memory_give)) {
        return 1;
    }

    return cmocka_run_group_tests(tests, NULL, NULL);
}
