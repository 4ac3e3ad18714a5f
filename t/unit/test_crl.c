/* SPDX-License-Identifier: EUPL-1.2 */

/* Revocation lists: what is read from a file, and whose signature holds. */

#define _GNU_SOURCE                     /* memfd_create() */

#include "unit_crl.h"

#include <unistd.h>
#include <sys/mman.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "ggi_crl_parse.h"
#include "ggi_crl_signature.h"
#include "ggi_der.h"


/* The lists of a text, or NULL with the fault. What it returns belongs to the next call. */
static const ggi_crl_list_t *
parse(const void *text, size_t len, ggi_fault_t *fault, ggi_crl_room_t *room)
{
    int              fd;
    static uint64_t  memory[1024 * 1024];

    memset(memory, 0xa5, sizeof(memory));
    memset(fault, 0, sizeof(ggi_fault_t));
    memset(room, 0, sizeof(ggi_crl_room_t));
    room->base = (uint8_t *) memory;
    room->size = ggi_crl_room_size((off_t) len);
    assert_true(room->size <= sizeof(memory));

    fd = memfd_create("list", 0);
    assert_true(fd != -1 && write(fd, text, len) == (ssize_t) len && lseek(fd, 0, SEEK_SET) == 0);

    if (!ggi_crl_parse(room, fd, "file", fault, NULL)) {
        assert_true(fault->n == 1);
        close(fd);
        return NULL;
    }

    close(fd);

    return ggi_crl_room_next(room, NULL);
}


/* The list, signed and in DER, frees it, and reads it. */
static const ggi_crl_list_t *
read_der(X509_CRL *crl, EVP_PKEY *with, const EVP_MD *md)
{
    int                    len;
    ggi_fault_t            fault;
    unsigned char         *der = NULL;
    ggi_crl_room_t         room;
    const ggi_crl_list_t  *list;

    if (with) {
        assert_true(X509_CRL_sign(crl, with, md));
    }

    len = i2d_X509_CRL(crl, &der);
    assert_true(len > 0);
    list = parse(der, (size_t) len, &fault, &room);

    if (list == NULL) {
        fprintf(stderr, "%s\n", fault.text);
    }

    assert_non_null(list);
    assert_null(ggi_crl_room_next(&room, list));
    X509_CRL_free(crl);
    OPENSSL_free(der);

    return list;
}


static int
has(const ggi_crl_list_t *list, const char *serial)
{
    int            found;
    X509          *x509;
    ASN1_INTEGER  *n;

    x509 = X509_new();
    n = integer(serial);
    X509_set_serialNumber(x509, n);
    found = ggi_crl_list_has(list, x509);
    X509_free(x509);
    ASN1_INTEGER_free(n);

    return found;
}


static void
test_entries(void **state)
{
    int                    i;
    char                   serial[64];
    X509_CRL              *crl;
    const ggi_crl_list_t  *list;

    (void) state;

    list = read_der(list_new("none"), list_key(1), EVP_sha256());
    assert_int_equal(list->n, 0);
    assert_int_equal(has(list, "01"), 0);
    assert_true(list->this_update == NOW && list->next_update == NOW + 3600);
    assert_string_equal(list->wrong, "");

    crl = list_new("many");

    for (i = 0; i < 5000; i++) {
        snprintf(serial, sizeof(serial), "%x%08x", 1 + i % 7, (unsigned) i * 2654435761u);
        revoked_add(crl, serial, i % 3 ? -1 : i % 7);
    }

    revoked_add(crl, "00", -1);
    revoked_add(crl, "7f", -1);
    revoked_add(crl, "80", -1);
    revoked_add(crl, "-05", -1);
    revoked_add(crl, "7fffffffffffffffffffffffffffffffffffffff", -1);
    revoked_add(crl, "0123456789012345678901234567890123456789012345", -1);
    revoked_add(crl, "1234", 8);                     /* released from hold */
    list = read_der(crl, list_key(1), EVP_sha256());

    assert_int_equal(list->n, 5006);

    for (i = 0; i < 5000; i++) {
        snprintf(serial, sizeof(serial), "%x%08x", 1 + i % 7, (unsigned) i * 2654435761u);
        assert_int_equal(has(list, serial), 1);
        snprintf(serial, sizeof(serial), "%x%08x", 8 + i % 7, (unsigned) i * 2654435761u);
        assert_int_equal(has(list, serial), 0);
    }

    assert_int_equal(has(list, "00"), 1);
    assert_int_equal(has(list, "7f"), 1);
    assert_int_equal(has(list, "80"), 1);
    assert_int_equal(has(list, "-80"), 0);
    assert_int_equal(has(list, "-05"), 1);
    assert_int_equal(has(list, "05"), 0);
    assert_int_equal(has(list, "7fffffffffffffffffffffffffffffffffffffff"), 1);
    assert_int_equal(has(list, "0123456789012345678901234567890123456789012345"), 1);
    assert_int_equal(has(list, "0123456789012345678901234567890123456789012346"), 0);
    assert_int_equal(has(list, "1234"), 0);
}


/* Whatever the entries are, in whatever order they come, sorting gives the order of memcmp(). */
static void
test_sort(void **state)
{
    size_t            i, k, n, round;
    ggi_crl_pace_t    pace = { 0, 0 };
    ggi_crl_entry_t  *entries;

    (void) state;

    srandom(1);

    for (round = 0; round < 40; round++) {
        n = (size_t) random() % 3000;
        entries = calloc(n + 1, sizeof(ggi_crl_entry_t));

        for (i = 0; i < n; i++) {
            for (k = 0; k < sizeof(ggi_crl_entry_t); k++) {
                /* few values, so that long beginnings are equal */
                entries[i].octets[k] = (uint8_t) (random() % (1 << (round % 9)));
            }
        }

        ggi_crl_entries_sort(entries, n, &pace);

        for (i = 1; i < n; i++) {
            assert_true(memcmp(&entries[i - 1], &entries[i], sizeof(ggi_crl_entry_t)) <= 0);
        }

        free(entries);
    }
}


static void
test_signatures(void **state)
{
    int                    i, digest;
    X509_CRL              *crl;
    EVP_MD_CTX            *ctx;
    EVP_PKEY_CTX          *pss;
    const ggi_crl_list_t  *list;

    static const char  *names[] = { "RSA", "EC", "Ed25519", "another RSA", "another EC" };

    (void) state;

    for (i = 0; i < 3; i++) {
        for (digest = 0; digest < 3; digest++) {
            crl = list_new(names[i]);
            revoked_add(crl, "1234", -1);
            list = read_der(crl, list_key(i), i == 2 ? NULL : digest == 0 ? EVP_sha1()
                                                  : digest == 1 ? EVP_sha256() : EVP_sha512());
            assert_int_equal(ggi_crl_signed(list, list_key(i)), 1);
            assert_int_equal(ggi_crl_signed(list, list_key((i + 1) % 3)), 0);
            assert_int_equal(ggi_crl_signed(list, list_key(i == 0 ? 3 : 4)), 0);
        }
    }

    /* RSASSA-PSS, as PKIoverheid G4 signs, with its parameters and with OpenSSL's default ones */

    for (i = 0; i < 3; i++) {
        crl = list_new("PSS");
        revoked_add(crl, "1234", -1);
        ctx = EVP_MD_CTX_new();
        assert_true(EVP_DigestSignInit(ctx, &pss, i == 1 ? EVP_sha256() : i == 2 ? EVP_sha1() : EVP_sha512(), NULL,
                                       list_key(0)));
        EVP_PKEY_CTX_set_rsa_padding(pss, RSA_PKCS1_PSS_PADDING);
        EVP_PKEY_CTX_set_rsa_pss_saltlen(pss, i ? 20 : RSA_PSS_SALTLEN_DIGEST);

        if (i == 1) {
            EVP_PKEY_CTX_set_rsa_mgf1_md(pss, EVP_sha1());
        }

        assert_true(X509_CRL_sign_ctx(crl, ctx));
        EVP_MD_CTX_free(ctx);
        list = read_der(crl, NULL, NULL);
        assert_int_equal(ggi_crl_signed(list, list_key(0)), 1);
        assert_int_equal(ggi_crl_signed(list, list_key(3)), 0);
        assert_int_equal(ggi_crl_signed(list, list_key(1)), 0);
    }
}


/* Any octet that is changed makes the list unreadable, or its signature bad. */
static void
test_forged(void **state)
{
    int                    i, len, which;
    X509_CRL              *crl;
    ggi_fault_t            fault;
    unsigned char         *der;
    ggi_crl_room_t         room;
    const ggi_crl_list_t  *list;

    (void) state;

    for (which = 1; which < 3; which++) {
        crl = list_new("forged");
        revoked_add(crl, "1234", 1);
        list_number(crl, "10");
        list_extend(crl, "issuingDistributionPoint", "fullname:URI:http://crl.example/1");
        assert_true(X509_CRL_sign(crl, list_key(which), which == 1 ? EVP_sha256() : NULL));
        der = NULL;
        len = i2d_X509_CRL(crl, &der);
        list = parse(der, (size_t) len, &fault, &room);
        assert_true(list && ggi_crl_signed(list, list_key(which)));

        for (i = 0; i < len; i++) {
            der[i] ^= 1;
            list = parse(der, (size_t) len, &fault, &room);
            assert_true(list == NULL || !ggi_crl_signed(list, list_key(which)));
            der[i] ^= 1;

            assert_null(parse(der, (size_t) i, &fault, &room));
        }

        OPENSSL_free(der);
        X509_CRL_free(crl);
    }
}


static int
order(const char *one, int at, const char *two, int other)
{
    ggi_crl_list_t         first;
    X509_CRL              *crl;
    const ggi_crl_list_t  *list;

    crl = list_new("one");

    if (one) {
        list_number(crl, one);
    }

    first = *read_der(crl, list_key(1), EVP_sha256());
    crl = list_new("two");

    if (two) {
        list_number(crl, two);
    }

    list = read_der(crl, list_key(1), EVP_sha256());
    at = ggi_crl_list_compare(&first.number, at, &list->number, other);

    return (at > 0) - (at < 0);
}


static void
test_order(void **state)
{
    (void) state;

    assert_int_equal(order("0a", 1, "09", 2), 1);
    assert_int_equal(order("09", 2, "0a", 1), -1);
    assert_int_equal(order("0a", 1, "0a", 2), -1);
    assert_int_equal(order("0a", 1, "0a", 1), 0);
    assert_int_equal(order("0100", 1, "ff", 2), 1);
    assert_int_equal(order("80", 1, "7f", 2), 1);
    assert_int_equal(order("00", 1, NULL, 2), 1);
    assert_int_equal(order(NULL, 1, NULL, 2), -1);
    assert_int_equal(order(NULL, 2, NULL, 2), 0);
}


static void
test_numbers(void **state)
{
    char                   text[48];
    X509_CRL              *crl;
    const ggi_crl_list_t  *list;

    (void) state;

    crl = list_new("number");
    list_number(crl, "ffffffffffffffffffffffffffffffffffffffff");
    list = read_der(crl, list_key(1), EVP_sha256());
    ggi_crl_number_text(&list->number, text);
    assert_string_equal(text, "0xffffffffffffffffffffffffffffffffffffffff");
    assert_string_equal(list->wrong, "");

    crl = list_new("number");
    list_number(crl, "01ffffffffffffffffffffffffffffffffffffffff");
    list = read_der(crl, list_key(1), EVP_sha256());
    assert_string_equal(list->wrong, "has a CRL number of more than 20 octets");

    crl = list_new("number");
    list_number(crl, "-01");
    list = read_der(crl, list_key(1), EVP_sha256());
    assert_string_equal(list->wrong, "has a negative CRL number");

    list = read_der(list_new("number"), list_key(1), EVP_sha256());
    ggi_crl_number_text(&list->number, text);
    assert_string_equal(text, "none");
}


static void
test_scopes(void **state)
{
    X509_CRL              *crl;
    const ggi_crl_list_t  *list;

    static const struct {
        const char  *value;
        int          covers;
        int          divided;
        const char  *wrong;
    } cases[] = {
        { "onlyuser:TRUE", GGI_CRL_USERS, 0, "" },
        { "onlyCA:TRUE", GGI_CRL_CAS, 0, "" },
        { "fullname:URI:http://x/", GGI_CRL_ALL, 1, "" },
        { "indirectCRL:TRUE", GGI_CRL_ALL, 0, "is an indirect list" },
        { "onlyAA:TRUE", GGI_CRL_ALL, 0, "is for attribute certificates only" },
        { "onlysomereasons:keyCompromise", GGI_CRL_ALL, 0, "is for some reasons only" },
    };

    size_t  i;

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        crl = list_new("scope");
        list_extend(crl, "issuingDistributionPoint", cases[i].value);
        list = read_der(crl, list_key(1), EVP_sha256());
        assert_int_equal(list->covers, cases[i].covers);
        assert_int_equal(list->divided, cases[i].divided);
        assert_string_equal(list->wrong, cases[i].wrong);
        assert_int_equal(list->limited, strcmp(cases[i].wrong, "is for some reasons only") == 0);
        assert_true(list->scope.len > 0);
    }
}


static void
test_unusable(void **state)
{
    X509_CRL              *crl;
    ASN1_INTEGER          *base;
    X509_EXTENSION        *extension;
    const ggi_crl_list_t  *list;

    (void) state;

    crl = list_new("critical");
    extension = unknown(1);
    X509_CRL_add_ext(crl, extension, -1);
    list = read_der(crl, list_key(1), EVP_sha256());
    assert_string_equal(list->wrong, "has the unknown critical extension 1.2.3.4");
    assert_int_equal(ggi_crl_signed(list, list_key(1)), 0);

    crl = list_new("an entry's");
    revoked_add(crl, "01", 1);
    X509_REVOKED_add_ext(revoked_add(crl, "02", 1), extension, -1);
    revoked_add(crl, "03", 1);
    list = read_der(crl, list_key(1), EVP_sha256());
    assert_string_equal(list->wrong, "has an entry with the unknown critical extension 1.2.3.4");
    X509_EXTENSION_free(extension);

    crl = list_new("not critical");
    extension = unknown(0);
    X509_CRL_add_ext(crl, extension, -1);
    X509_REVOKED_add_ext(revoked_add(crl, "02", 1), extension, -1);
    list = read_der(crl, list_key(1), EVP_sha256());
    assert_string_equal(list->wrong, "");
    assert_int_equal(has(list, "02"), 1);
    X509_EXTENSION_free(extension);

    crl = list_new("delta");
    base = integer("05");
    X509_CRL_add1_ext_i2d(crl, NID_delta_crl, base, 1, 0);
    ASN1_INTEGER_free(base);
    list = read_der(crl, list_key(1), EVP_sha256());
    assert_string_equal(list->wrong, "is a delta list");
    assert_int_equal(list->limited, 1);
    assert_int_equal(ggi_crl_signed(list, list_key(1)), 1);
    assert_int_equal(ggi_crl_signed(list, list_key(4)), 0);
}


/* A list that does not tell all is believed in what it tells, unless there is more wrong with it. */
static void
test_limited(void **state)
{
    X509_CRL              *crl;
    X509_EXTENSION        *extension;
    const ggi_crl_list_t  *list;

    static const char  reasons[] = "onlysomereasons:keyCompromise";

    (void) state;

    extension = unknown(1);

    crl = list_new("before");
    X509_CRL_add_ext(crl, extension, -1);
    list_extend(crl, "issuingDistributionPoint", reasons);
    list = read_der(crl, list_key(1), EVP_sha256());
    assert_string_equal(list->wrong, "has the unknown critical extension 1.2.3.4");
    assert_int_equal(list->limited, 0);

    crl = list_new("after");
    list_extend(crl, "issuingDistributionPoint", reasons);
    X509_CRL_add_ext(crl, extension, -1);
    list = read_der(crl, list_key(1), EVP_sha256());
    assert_string_equal(list->wrong, "is for some reasons only");
    assert_int_equal(list->limited, 0);
    assert_int_equal(ggi_crl_signed(list, list_key(1)), 0);
    X509_EXTENSION_free(extension);

    crl = list_new("indirect");
    list_extend(crl, "issuingDistributionPoint", "onlysomereasons:keyCompromise,indirectCRL:TRUE");
    list = read_der(crl, list_key(1), EVP_sha256());
    assert_string_equal(list->wrong, "is an indirect list");
    assert_int_equal(list->limited, 0);
}


/* What is no list, or no whole one. */
static void
test_malformed(void **state)
{
    int              len;
    BIO             *bio;
    char            *text;
    long             n;
    X509_CRL        *crl;
    ggi_fault_t      fault;
    unsigned char   *der = NULL;
    ggi_crl_room_t   room;

    static const char  expected[] = "file: expected revocation lists in PEM or DER";

    (void) state;

    assert_null(parse("", 0, &fault, &room));
    assert_string_equal(fault.text, expected);
    assert_null(parse("0", 1, &fault, &room));
    assert_null(parse("no list", 7, &fault, &room));
    assert_string_equal(fault.text, expected);

    crl = list_new("times");
    revoked_add(crl, "1234", 1);
    assert_true(X509_CRL_sign(crl, list_key(1), EVP_sha256()));
    len = i2d_X509_CRL(crl, &der);
    assert_non_null(parse(der, (size_t) len, &fault, &room));
    der = OPENSSL_realloc(der, (size_t) len + 1);
    der[len] = '\n';
    assert_null(parse(der, (size_t) len + 1, &fault, &room));
    assert_string_equal(fault.text, expected);
    OPENSSL_free(der);

    /* PEM: text and other blocks around, two lists, and one that breaks off */

    bio = BIO_new(BIO_s_mem());
    BIO_puts(bio, "0 text\r\n-----BEGIN SOMETHING-----\r\nAAAA\n-----END SOMETHING-----\n");
    PEM_write_bio_X509_CRL(bio, crl);
    BIO_puts(bio, "text\n");
    PEM_write_bio_X509_CRL(bio, crl);
    n = BIO_get_mem_data(bio, &text);
    assert_non_null(parse(text, (size_t) n, &fault, &room));
    assert_int_equal(room.n, 2);
    assert_non_null(parse(text, (size_t) n - 1, &fault, &room));
    assert_int_equal(room.n, 2);
    assert_null(parse(text, (size_t) n - 2, &fault, &room));
    assert_string_equal(fault.text, expected);
    assert_null(parse(text, (size_t) n - 40, &fault, &room));
    text[n - 100] = '*';
    assert_null(parse(text, (size_t) n, &fault, &room));
    assert_string_equal(fault.text, expected);
    BIO_free(bio);
    X509_CRL_free(crl);
}


/* A list that begins within a line would be skipped, also by OpenSSL: the file is not read without it. */
static void
test_glued(void **state)
{
    BIO             *bio;
    char            *text;
    long             n;
    size_t           i;
    X509_CRL        *crl;
    ggi_fault_t      fault;
    ggi_crl_room_t   room;

    static const char *const  before[] = { "\xef\xbb\xbf", " ", "text", "-----END X509 CRL-----" };

    (void) state;

    crl = list_new("glued");
    assert_true(X509_CRL_sign(crl, list_key(1), EVP_sha256()));

    for (i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
        bio = BIO_new(BIO_s_mem());
        BIO_puts(bio, before[i]);
        PEM_write_bio_X509_CRL(bio, crl);
        PEM_write_bio_X509_CRL(bio, crl);
        n = BIO_get_mem_data(bio, &text);
        assert_null(parse(text, (size_t) n, &fault, &room));
        assert_string_equal(fault.text, "file: \"-----BEGIN X509 CRL-----\" is not alone on its line");
        text += strlen(before[i]);
        assert_non_null(parse(text, (size_t) n - strlen(before[i]), &fault, &room));
        assert_int_equal(room.n, 2);
        BIO_free(bio);
    }

    X509_CRL_free(crl);
}


/* The length of an element: what is added to one that is accepted does not wrap, whatever size_t is. */
static void
test_lengths(void **state)
{
    size_t          i;
    ggi_der_head_t  head;

    static const struct {
        const char  *der;
        size_t       bytes, head, len;  /* head is 0: not accepted */
    } cases[] = {
        { "\x30\x7f", 2, 2, 0x7f }, { "\x30\x81\x80", 3, 3, 0x80 },
        { "\x30\x82\x01\x00", 4, 4, 0x100 }, { "\x30\x84\x7f\xff\xff\xff", 6, 6, 0x7fffffff },
        { "\x30\x84\x80\x00\x00\x00", 6, 0, 0 }, { "\x30\x84\xff\xff\xff\xff", 6, 0, 0 },
        { "\x30\x85\x01\x00\x00\x00\x00", 7, 0, 0 }, { "\x30\x80", 2, 0, 0 },
        { "\x30\x81\x7f", 3, 0, 0 }, { "\x30\x82\x00\xff", 4, 0, 0 },
        { "\x30\x82\x01", 3, 0, 0 }, { "\x1f\x01", 2, 0, 0 },
        { "\x30", 1, 0, 0 },
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(ggi_der_head(&head, (const uint8_t *) cases[i].der, cases[i].bytes),
                         cases[i].head > 0);

        if (cases[i].head) {
            assert_int_equal(head.tag, 0x30);
            assert_int_equal(head.head, cases[i].head);
            assert_int_equal(head.len, cases[i].len);
        }
    }
}


/* Lines of PEM may be long: one between two lists does not hide the second, and one can have a whole list. */
static void
test_long_lines(void **state)
{
    int                    i;
    BIO                   *bio;
    char                  *text, filler[40001], serial[16];
    long                   n;
    X509_CRL              *crl;
    ggi_fault_t            fault;
    unsigned char         *der = NULL;
    ggi_crl_room_t         room;
    const ggi_crl_list_t  *list;

    (void) state;

    crl = list_new("first");
    assert_true(X509_CRL_sign(crl, list_key(1), EVP_sha256()));
    memset(filler, 'x', sizeof(filler) - 1);
    filler[sizeof(filler) - 1] = '\0';

    bio = BIO_new(BIO_s_mem());

    for (i = 0; i < 2; i++) {
        BIO_printf(bio, "%s\n", filler);
        PEM_write_bio_X509_CRL(bio, crl);
    }

    n = BIO_get_mem_data(bio, &text);
    assert_non_null(parse(text, (size_t) n, &fault, &room));
    assert_int_equal(room.n, 2);
    X509_CRL_free(crl);

    crl = list_new("in one line");

    for (i = 0; i < 3000; i++) {
        snprintf(serial, sizeof(serial), "%08x", 0x10000000 + i);
        revoked_add(crl, serial, -1);
    }

    assert_true(X509_CRL_sign(crl, list_key(1), EVP_sha256()));
    n = i2d_X509_CRL(crl, &der);
    assert_true(n > 60000);
    text = malloc((size_t) n * 2);
    assert_true(EVP_EncodeBlock((unsigned char *) text, der, (int) n) > 80000);
    BIO_reset(bio);
    BIO_printf(bio, "-----BEGIN X509 CRL-----\n");
    BIO_puts(bio, text);
    BIO_printf(bio, "\n-----END X509 CRL-----\n");
    free(text);
    n = BIO_get_mem_data(bio, &text);
    list = parse(text, (size_t) n, &fault, &room);
    assert_true(list && list->n == 3000 && ggi_crl_signed(list, list_key(1)));

    OPENSSL_free(der);
    BIO_free(bio);
    X509_CRL_free(crl);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_entries),
        cmocka_unit_test(test_sort),
        cmocka_unit_test(test_signatures),
        cmocka_unit_test(test_forged),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_scopes),
        cmocka_unit_test(test_unusable),
        cmocka_unit_test(test_limited),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_glued),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_long_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
