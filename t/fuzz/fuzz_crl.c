/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * A revocation list, PEM or DER, read as the gate reads it and as OpenSSL does, and what
 * it says of the chain in $GGI_FUZZ_CHAIN.
 */

#include "fuzz.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "ggi_crl_dir.h"
#include "ggi_crl_extensions.h"
#include "ggi_crl_input.h"
#include "ggi_crl_judge.h"
#include "ggi_crl_known.h"
#include "ggi_crl_list.h"
#include "ggi_crl_load.h"
#include "ggi_crl_parse.h"
#include "ggi_crl_room.h"
#include "ggi_crl_set.h"
#include "ggi_crl_signature.h"
#include "ggi_crl_signer.h"
#include "ggi_crl_standing.h"
#include "ggi_crl_succession.h"
#include "ggi_crl_update.h"
#include "ggi_crl_view.h"
#include "ggi_crl_walk.h"
#include "ggi_der.h"
#include "ggi_signature.h"


static char             dir[256], file[272];
static STACK_OF(X509)  *chain;


static void
empty(void)
{
    unlink(file);
    rmdir(dir);
}


/* A directory for the list, and the chain that is judged: of the seeds, where they are. */
static void
prepare(void)
{
    FILE        *fp;
    X509        *x509;
    char         name[512];
    unsigned     i;
    const char  *seeds;

    static const char  *names[] = { "leaf.der", "issuing.der", "domain.der", "root.der" };

    fuzz_name(dir, sizeof(dir), ".d");
    snprintf(file, sizeof(file), "%s/list.crl", dir);
    fuzz_check(mkdir(dir, 0700) == 0);
    atexit(empty);

    chain = sk_X509_new_null();
    seeds = getenv("GGI_FUZZ_CHAIN");

    for (i = 0; seeds && i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(name, sizeof(name), "%s/%s", seeds, names[i]);
        fp = fopen(name, "rbe");
        fuzz_check(fp);
        x509 = d2i_X509_fp(fp, NULL);
        fuzz_check(x509 && sk_X509_push(chain, x509));
        fclose(fp);
    }
}


/* Returns 1 when OpenSSL says that a certificate was on hold and is released. */
static int
released(X509_REVOKED *revoked)
{
    long              reason;
    ASN1_ENUMERATED  *value;

    value = X509_REVOKED_get_ext_d2i(revoked, NID_crl_reason, NULL, NULL);
    reason = value ? ASN1_ENUMERATED_get(value) : -1;
    ASN1_ENUMERATED_free(value);

    return reason == 8;
}


/* What OpenSSL finds on a list is on ours, and a signature that it finds good is good. */
static void
compare(const ggi_crl_list_t *list, X509_CRL *crl)
{
    int                     i;
    X509                   *x509;
    ggi_der_t               algorithm;
    X509_NAME              *issuer;
    X509_REVOKED           *one;
    ggi_signature_t         signature;
    STACK_OF(X509_REVOKED)  *revoked;

    algorithm.data = ggi_crl_part(list, algorithm);
    algorithm.len = list->algorithm.len;

    if (ggi_signature_read(&signature, &algorithm)) {
        for (i = 0; i < 6; i++) {
            fuzz_check(ggi_signature_strong(&signature, i) >= ggi_signature_strong(&signature, i + 1));
        }
    } else {
        fuzz_check(list->wrong[0]);
    }

    x509 = X509_new();
    issuer = ggi_crl_list_issuer(list);
    revoked = X509_CRL_get_REVOKED(crl);
    fuzz_check(x509 && issuer && X509_NAME_cmp(issuer, X509_CRL_get_issuer(crl)) == 0);

    for (i = 0; i < sk_X509_REVOKED_num(revoked); i++) {
        one = sk_X509_REVOKED_value(revoked, i);
        X509_set_serialNumber(x509, (ASN1_INTEGER *) X509_REVOKED_get0_serialNumber(one));
        fuzz_check(released(one) || ggi_crl_list_has(list, x509) == 1);
    }

    for (i = 0; i < sk_X509_num(chain); i++) {
        fuzz_check((list->wrong[0] && !list->limited)
                   || ggi_crl_signed(list, X509_get0_pubkey(sk_X509_value(chain, i)))
                      == (X509_CRL_verify(crl, X509_get0_pubkey(sk_X509_value(chain, i))) == 1));
    }

    X509_NAME_free(issuer);
    X509_free(x509);
}


/* The lists of a file, by both readers. */
static void
read_both(const char *name, off_t size)
{
    int                    fd;
    BIO                   *bio;
    X509_CRL              *crl;
    ggi_fault_t            fault = ggi_fault_init;
    ggi_crl_room_t         room = { .n = 0 };
    const ggi_crl_list_t  *list;

    fd = open(name, O_RDONLY|O_CLOEXEC);
    bio = BIO_new_file(name, "rb");
    fuzz_check(fd != -1 && bio);
    room.size = ggi_crl_room_size(size);
    room.base = malloc(room.size);
    fuzz_check(room.base);

    if (ggi_crl_parse(&room, fd, name, &fault, NULL)) {
        crl = d2i_X509_CRL_bio(bio, NULL);

        if (crl == NULL) {
            (void) BIO_reset(bio);
            crl = PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL);
        }

        for (list = ggi_crl_room_next(&room, NULL); list && crl; list = ggi_crl_room_next(&room, list)) {
            compare(list, crl);
            X509_CRL_free(crl);
            crl = PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL);
        }

        X509_CRL_free(crl);

    } else {
        fuzz_check(fault.n == 1 && fault.text[0]);
    }

    ERR_clear_error();
    BIO_free(bio);
    free(room.base);
    close(fd);
}


/* Extensions, in memory of exactly their size. */
static void
read_extensions(ggi_str_t rest)
{
    int              off;
    ggi_der_t        der, scope;
    ggi_crl_list_t   list;

    der.data = (const uint8_t *) rest.data;
    der.len = rest.len;
    memset(&list, 0, sizeof(list));

    if (ggi_crl_list_extensions(&list, &der, &scope)) {
        fuzz_check(scope.len <= der.len);
    }

    (void) ggi_crl_entry_extensions(&list, &der, &off);
}


/* Takes the directory over into the store, and judges the chain by it. */
static void
take_over(void)
{
    int                     i;
    time_t                  now, until;
    ggi_crls_t              crls;
    ggi_crl_look_t          look = { .dir = dir, .level = 2 };
    ggi_reason_e            reason;
    ggi_crl_trust_t         trust;
    const ggi_crl_set_t    *set;
    static ggi_crl_news_t   news;
    static ggi_crl_known_t  known;
    static ggi_crl_watch_t  watch;
    static ggi_crl_store_t  store;

    if (store.base == NULL) {
        fuzz_check(ggi_crl_store_create(&store, 256 * 1024 * 1024));

        for (i = 1; i < sk_X509_num(chain); i++) {
            fuzz_check(ggi_crl_known_add(&known, sk_X509_value(chain, i)));
        }
    }

    news.len = 0;
    now = time(NULL);
    fuzz_check(ggi_crl_store_lock(&store));
    look.known = &known;
    look.now = now;
    (void) ggi_crl_update(&store, &look, &news);
    ggi_crl_store_unlock(&store);

    set = ggi_crl_store_current(&store);
    fuzz_check(set && set->nfiles == 1 && ggi_crl_set_view(&store, set, &crls));

    trust.store = NULL;
    trust.known = chain;
    trust.level = 0;
    trust.depth = 3;
    reason = ggi_crls_judge(&crls, chain, &trust, now, &until);

    /* one list is never enough for a chain of four */

    fuzz_check(sk_X509_num(chain) < 3 || reason == GGI_REASON_CERTIFICATE_REVOKED
               || reason == GGI_REASON_REVOCATION_UNKNOWN);
    fuzz_check(until > now);

    ggi_crl_watch_issuers(&watch, &crls);
    ggi_crl_watch_look(&watch, &crls, chain, now, &news);
    ggi_crls_free(&crls);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FILE  *fp;

    if (chain == NULL) {
        prepare();
    }

    fuzz_begin(data, size);
    fp = fopen(file, "wbe");
    fuzz_check(fp && fwrite(data, 1, size, fp) == size && fclose(fp) == 0);

    read_both(file, (off_t) size);
    read_extensions(fuzz_rest());
    take_over();

    return fuzz_end();
}
