/* SPDX-License-Identifier: EUPL-1.2 */

/* Questions to OCSP responders, and what of their answers counts. */

#include "unit_crl.h"

#include <openssl/ocsp.h>

#include "ggi_ocsp.h"
#include "ggi_ocsp_http.h"

/* OpenSSL verifies by the clock. */
static int64_t
present(void)
{
    return time(NULL);
}


/* The chain that is asked about, and others who sign. */
static struct {
    EVP_PKEY        *root_key, *ca_key, *leaf_key, *responder_key, *weak_key, *other_key;
    X509            *root, *ca, *leaf, *responder, *plain, *weak, *other, *foreign;
    STACK_OF(X509)  *chain;
    X509_STORE      *store;
} pki;


static void
extension(X509 *x509, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX       ctx;
    X509_EXTENSION  *added;

    X509V3_set_ctx(&ctx, issuer, x509, NULL, NULL, 0);
    added = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    assert_non_null(added);
    X509_add_ext(x509, added, -1);
    X509_EXTENSION_free(added);
}


/* A certificate of a key, which issuer signs with its own; usage NULL: that of a CA. */
static X509 *
issued(const char *name, long serial, EVP_PKEY *key, X509 *issuer, EVP_PKEY *signer, const char *usage)
{
    X509       *x509;
    X509_NAME  *subject;

    x509 = X509_new();
    assert_non_null(x509);
    X509_set_version(x509, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), serial);
    X509_gmtime_adj(X509_getm_notBefore(x509), -86400);
    X509_gmtime_adj(X509_getm_notAfter(x509), 86400);
    subject = X509_get_subject_name(x509);
    X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8, (const unsigned char *) name, -1, -1, 0);
    X509_set_issuer_name(x509, X509_get_subject_name(issuer ? issuer : x509));
    X509_set_pubkey(x509, key);

    extension(x509, issuer ? issuer : x509, NID_basic_constraints, usage ? "critical,CA:FALSE" : "critical,CA:TRUE");

    if (usage) {
        extension(x509, issuer, NID_ext_key_usage, usage);
        extension(x509, issuer, NID_info_access, "OCSP;URI:http://ocsp.example/a,OCSP;URI:http://ocsp.example/b");
    }

    assert_true(X509_sign(x509, signer, EVP_sha256()) > 0);

    return x509;
}


static int
set_up(void **state)
{
    (void) state;

    pki.root_key = EVP_EC_gen("P-256");
    pki.ca_key = EVP_EC_gen("P-256");
    pki.leaf_key = EVP_EC_gen("P-256");
    pki.responder_key = EVP_EC_gen("P-256");
    pki.other_key = EVP_EC_gen("P-256");
    pki.weak_key = EVP_RSA_gen(1024);

    pki.root = issued("root", 1, pki.root_key, NULL, pki.root_key, NULL);
    pki.ca = issued("ca", 2, pki.ca_key, pki.root, pki.root_key, NULL);
    pki.leaf = issued("leaf", 3, pki.leaf_key, pki.ca, pki.ca_key, "clientAuth");
    pki.responder = issued("responder", 4, pki.responder_key, pki.ca, pki.ca_key, "OCSPSigning");
    pki.plain = issued("plain", 5, pki.responder_key, pki.ca, pki.ca_key, "clientAuth");
    pki.weak = issued("weak", 6, pki.weak_key, pki.ca, pki.ca_key, "OCSPSigning");
    pki.other = issued("other", 3, pki.other_key, pki.root, pki.root_key, "OCSPSigning");
    pki.foreign = issued("ca", 2, pki.other_key, NULL, pki.other_key, NULL);

    pki.chain = sk_X509_new_null();
    sk_X509_push(pki.chain, pki.leaf);
    sk_X509_push(pki.chain, pki.ca);
    sk_X509_push(pki.chain, pki.root);
    pki.store = X509_STORE_new();
    X509_STORE_add_cert(pki.store, pki.root);

    return 0;
}


static int
tear_down(void **state)
{
    size_t     i;
    X509      *certs[] = { pki.root, pki.ca, pki.leaf, pki.responder, pki.plain, pki.weak, pki.other, pki.foreign };
    EVP_PKEY  *keys[] = {
        pki.root_key, pki.ca_key, pki.leaf_key, pki.responder_key, pki.weak_key, pki.other_key
    };

    (void) state;

    for (i = 0; i < sizeof(certs) / sizeof(certs[0]); i++) {
        X509_free(certs[i]);
    }

    for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        EVP_PKEY_free(keys[i]);
    }

    sk_X509_free(pki.chain);
    X509_STORE_free(pki.store);

    return 0;
}


/* What an answer says; zeros stand for a good one, from now on for an hour, of the CA. */
typedef struct {
    long         from;                  /* s from now */
    long         until;                 /* s from now; -1: none */
    X509        *about;                 /* NULL: the leaf */
    X509        *of;                    /* its issuer; NULL: the CA */
    X509        *signer;
    EVP_PKEY    *key;
    X509        *shown;                 /* certificate in the answer */
    const char  *nonce;                 /* NULL: that of the question; "": none */
    const EVP_MD  *digest;              /* that is signed; NULL: SHA-256 */
    int          status;                /* V_OCSP_CERTSTATUS_... */
    int          critical;              /* 1: an extension of the answer, 2: of the certificate */
    int          refusal;               /* OCSP_RESPONSE_STATUS_... */
    int          broken;                /* 1: the signature is wrong */
    int          judge;                 /* 1: whether a delegated responder counts is asked */
    const char  *delegate;              /* what is wrong with it then; NULL: nothing */
} said_t;


static void
add_unknown(OCSP_BASICRESP *basic, int critical)
{
    X509_EXTENSION  *added;

    added = unknown(1);

    if (critical == 1) {
        OCSP_BASICRESP_add_ext(basic, added, -1);
    } else {
        OCSP_SINGLERESP_add_ext(OCSP_resp_get0(basic, 0), added, -1);
    }

    X509_EXTENSION_free(added);
}


/* The DER of an answer, in memory that lives until the next one. */
static ggi_str_t
answer(const ggi_ocsp_question_t *question, const said_t *said)
{
    int                    len;
    ggi_str_t              der;
    OCSP_CERTID           *id;
    OCSP_RESPONSE         *response;
    OCSP_BASICRESP        *basic;
    ASN1_GENERALIZEDTIME  *from, *until, *revoked;
    static unsigned char  *bytes;

    basic = OCSP_BASICRESP_new();
    from = ASN1_GENERALIZEDTIME_adj(NULL, time(NULL), 0, said->from);
    until = ASN1_GENERALIZEDTIME_adj(NULL, time(NULL), 0, said->until ? said->until : 3600);
    revoked = ASN1_GENERALIZEDTIME_adj(NULL, time(NULL), 0, -600);
    id = OCSP_cert_to_id(NULL, said->about ? said->about : pki.leaf, said->of ? said->of : pki.ca);

    assert_non_null(OCSP_basic_add1_status(basic, id, said->status, 0, revoked, from,
                                           said->until == -1 ? NULL : until));

    if (said->nonce == NULL) {
        OCSP_copy_nonce(basic, question->request);

    } else if (said->nonce[0]) {
        OCSP_basic_add1_nonce(basic, (unsigned char *) said->nonce, (int) strlen(said->nonce));
    }

    if (said->critical) {
        add_unknown(basic, said->critical);
    }

    if (said->shown) {
        OCSP_basic_add1_cert(basic, said->shown);
    }

    assert_true(OCSP_basic_sign(basic, said->signer ? said->signer : pki.ca, said->key ? said->key : pki.ca_key,
                                said->digest ? said->digest : EVP_sha256(), NULL, OCSP_NOCERTS | OCSP_NOTIME));

    response = OCSP_response_create(said->refusal, said->refusal ? NULL : basic);
    OPENSSL_free(bytes);
    bytes = NULL;
    len = i2d_OCSP_RESPONSE(response, &bytes);
    assert_true(len > 0);

    if (said->broken) {
        bytes[len - 1] ^= 1;
    }

    der.data = (const char *) bytes;
    der.len = (size_t) len;

    OCSP_CERTID_free(id);
    OCSP_RESPONSE_free(response);
    OCSP_BASICRESP_free(basic);
    ASN1_GENERALIZEDTIME_free(from);
    ASN1_GENERALIZEDTIME_free(until);
    ASN1_GENERALIZEDTIME_free(revoked);

    return der;
}


/* Takes a delegated responder for revoked when data says so, and looks at its chain. */
static const char *
judge_delegate(void *data, STACK_OF(X509) *chain)
{
    assert_int_equal(sk_X509_num(chain), 3);
    assert_int_equal(X509_cmp(sk_X509_value(chain, 0), pki.responder), 0);
    assert_int_equal(X509_cmp(sk_X509_value(chain, 2), pki.root), 0);

    return data;
}


/* Asks about a certificate of the chain, and gives what is read of the answer, or what is wrong with it. */
static const char *
asked(int place, said_t said, ggi_ocsp_answer_t *read)
{
    int                  good;
    static char          why[GGI_OCSP_WHY_MAX];
    ggi_ocsp_question_t  question;

    assert_true(ggi_ocsp_question_create(&question, pki.chain, place, pki.store, 2));
    assert_null(question.delegate);
    question.delegate = said.judge ? judge_delegate : NULL;
    question.data = (void *) said.delegate;
    good = ggi_ocsp_read(read, &question, answer(&question, &said), present(), why);
    ggi_ocsp_question_free(&question);
    assert_int_equal(good, why[0] == '\0');

    return why;
}


static ggi_ocsp_status_e
status_of(said_t said)
{
    ggi_ocsp_answer_t  read;

    assert_string_equal(asked(0, said, &read), "");

    return read.status;
}


#define says(...)  ((said_t){ __VA_ARGS__ })


static void
test_status(void **state)
{
    ggi_ocsp_answer_t  read;

    (void) state;

    assert_int_equal(status_of(says(.status = V_OCSP_CERTSTATUS_GOOD)), GGI_OCSP_GOOD);
    assert_int_equal(status_of(says(.status = V_OCSP_CERTSTATUS_REVOKED)), GGI_OCSP_REVOKED);
    assert_int_equal(status_of(says(.status = V_OCSP_CERTSTATUS_UNKNOWN)), GGI_OCSP_UNKNOWN);

    assert_string_equal(asked(0, says(.from = -100, .until = 200), &read), "");
    assert_in_range(read.this_update, present() - 102, present() - 98);
    assert_in_range(read.next_update, present() + 198, present() + 202);

    assert_string_equal(asked(0, says(.until = -1), &read), "");
    assert_true(read.next_update == INT64_MAX);

    assert_string_equal(
        asked(1, says(.about = pki.ca, .of = pki.root, .signer = pki.root, .key = pki.root_key), &read), "");
}


static void
test_times(void **state)
{
    ggi_ocsp_answer_t  read;

    (void) state;

    assert_string_equal(asked(0, says(.from = 290), &read), "");
    assert_string_equal(asked(0, says(.from = -86400, .until = 5), &read), "");
    assert_string_equal(asked(0, says(.from = -3500, .until = -1), &read), "");

    assert_string_equal(asked(0, says(.from = 310), &read), "sent an answer of the future");
    assert_string_equal(asked(0, says(.from = -100, .until = -2), &read), "sent an answer that has expired");
    assert_string_equal(asked(0, says(.from = 200, .until = 100), &read), "sent an answer that has expired");
    assert_string_equal(asked(0, says(.from = -3700, .until = -1), &read),
                        "sent an answer of more than an hour ago that does not say until when it holds");
}


static void
test_signer(void **state)
{
    size_t             i;
    ggi_ocsp_answer_t  read;
    const said_t       wrong[] = {
        { .broken = 1 },
        { .key = pki.other_key, .signer = pki.foreign },
        { .key = pki.other_key, .signer = pki.foreign, .shown = pki.foreign },
        { .key = pki.responder_key, .signer = pki.responder },
        { .key = pki.responder_key, .signer = pki.plain, .shown = pki.plain },
        { .key = pki.leaf_key, .signer = pki.leaf, .shown = pki.leaf },
        { .key = pki.leaf_key, .signer = pki.leaf },
        { .key = pki.other_key, .signer = pki.other, .shown = pki.other },
        { .key = pki.root_key, .signer = pki.root },
    };

    (void) state;

    assert_string_equal(
        asked(0, says(.key = pki.responder_key, .signer = pki.responder, .shown = pki.responder), &read), "");
    assert_string_equal(asked(0, says(.key = pki.responder_key, .signer = pki.responder, .shown = pki.responder,
                                      .judge = 1), &read), "");
    assert_string_equal(asked(0, says(.key = pki.responder_key, .signer = pki.responder, .shown = pki.responder,
                                      .judge = 1, .delegate = "is bad"), &read), "is bad");
    assert_string_equal(asked(0, says(.judge = 1, .delegate = "is not the CA itself"), &read), "");
    assert_string_equal(asked(0, says(.key = pki.weak_key, .signer = pki.weak, .shown = pki.weak), &read),
                        "has a certificate that is weaker than the server's TLS accepts");
    assert_string_equal(asked(0, says(.digest = EVP_sha512()), &read), "");
    assert_string_equal(asked(0, says(.digest = EVP_sha1()), &read),
                        "sent an answer with a signature that is weaker than the server's TLS accepts");
    assert_string_equal(asked(0, says(.digest = EVP_sha1(), .key = pki.responder_key, .signer = pki.responder,
                                      .shown = pki.responder), &read),
                        "sent an answer with a signature that is weaker than the server's TLS accepts");

    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_string_equal(asked(0, wrong[i], &read),
                            "sent an answer that it may not sign, or whose signature is wrong");
    }
}


static void
test_other_answers(void **state)
{
    int                i;
    ggi_ocsp_answer_t  read;
    static const int   refusals[] = { 1, 2, 3, 5, 6 };

    (void) state;

    assert_string_equal(asked(0, says(.about = pki.responder), &read), "sent an answer about another certificate");
    assert_string_equal(asked(0, says(.of = pki.root), &read),
                        "sent an answer that it may not sign, or whose signature is wrong");
    assert_string_equal(asked(0, says(.nonce = "another one"), &read),
                        "sent an answer to another request: its nonce differs");
    assert_string_equal(asked(0, says(.nonce = ""), &read), "");
    assert_string_equal(asked(0, says(.critical = 1), &read),
                        "sent an answer with a critical extension that is not known");
    assert_string_equal(asked(0, says(.critical = 2), &read),
                        "sent an answer with a critical extension that is not known");

    for (i = 0; i < 5; i++) {
        assert_int_equal(strncmp(asked(0, says(.refusal = refusals[i]), &read), "did not answer the question (", 29),
                         0);
    }

    assert_string_equal(asked(0, says(.refusal = OCSP_RESPONSE_STATUS_TRYLATER), &read),
                        "did not answer the question (trylater)");
}


static void
test_malformed(void **state)
{
    size_t               i;
    char                 why[GGI_OCSP_WHY_MAX];
    said_t               said = { 0 };
    ggi_str_t            der, part;
    ggi_ocsp_answer_t    read;
    ggi_ocsp_question_t  question;

    (void) state;

    assert_true(ggi_ocsp_question_create(&question, pki.chain, 0, pki.store, 2));
    der = answer(&question, &said);

    for (i = 0; i < der.len; i++) {
        part.data = der.data;
        part.len = i;
        assert_false(ggi_ocsp_read(&read, &question, part, present(), why));
        assert_true(why[0]);
    }

    assert_true(ggi_ocsp_read(&read, &question, der, present(), why));
    ggi_ocsp_question_free(&question);
    ggi_ocsp_question_free(&question);
}


static void
test_question(void **state)
{
    size_t                len;
    OCSP_CERTID          *id;
    OCSP_REQUEST         *request;
    unsigned char        *der;
    ggi_ocsp_question_t   question;
    const unsigned char  *p;

    (void) state;

    assert_true(ggi_ocsp_question_create(&question, pki.chain, 1, pki.store, 2));
    len = ggi_ocsp_question_write(&question, &der);
    p = der;
    request = d2i_OCSP_REQUEST(NULL, &p, (long) len);
    assert_non_null(request);
    id = OCSP_cert_to_id(NULL, pki.ca, pki.root);
    assert_int_equal(OCSP_request_onereq_count(request), 1);
    assert_int_equal(OCSP_id_cmp(id, OCSP_onereq_get0_id(OCSP_request_onereq_get0(request, 0))), 0);
    assert_true(OCSP_REQUEST_get_ext_by_NID(request, NID_id_pkix_OCSP_Nonce, -1) >= 0);

    OCSP_CERTID_free(id);
    OCSP_REQUEST_free(request);
    OPENSSL_free(der);
    ggi_ocsp_question_free(&question);
}


static void
test_url(void **state)
{
    char   url[64];
    X509  *spaced;

    (void) state;

    assert_bytes(url, ggi_ocsp_url(url, sizeof(url), pki.leaf), "http://ocsp.example/a");
    assert_int_equal(ggi_ocsp_url(url, 22, pki.leaf), 21);
    assert_int_equal(ggi_ocsp_url(url, 21, pki.leaf), 0);
    assert_int_equal(ggi_ocsp_url(url, sizeof(url), pki.ca), 0);

    /* one that would break a line of the log or of the request */

    spaced = issued("spaced", 7, pki.leaf_key, pki.ca, pki.ca_key, "clientAuth");
    extension(spaced, pki.ca, NID_info_access, "OCSP;URI:http://ocsp.example/a b");
    X509_EXTENSION_free(X509_delete_ext(spaced, X509_get_ext_by_NID(spaced, NID_info_access, -1)));
    assert_int_equal(ggi_ocsp_url(url, sizeof(url), spaced), 0);
    X509_free(spaced);
}


static ggi_ocsp_http_e
http(const char *text, int end, const char *expected)
{
    char             why[GGI_OCSP_WHY_MAX] = "";
    ggi_str_t        body = { 0, NULL };
    ggi_ocsp_http_e  read;

    read = ggi_ocsp_http_read(str(text), end, &body, why);

    if (read == GGI_OCSP_HTTP_WHOLE) {
        assert_bytes(body.data, body.len, expected);
    } else if (read == GGI_OCSP_HTTP_FAULTY) {
        assert_string_equal(why, expected);
    }

    return read;
}


#define assert_whole(text, end, body)   assert_int_equal(http(text, end, body), GGI_OCSP_HTTP_WHOLE)
#define assert_faulty(text, end, why)   assert_int_equal(http(text, end, why), GGI_OCSP_HTTP_FAULTY)
#define assert_more(text)               assert_int_equal(http(text, 0, ""), GGI_OCSP_HTTP_MORE)


static void
test_http(void **state)
{
    size_t       i;
    char         part[128];
    const char  *whole = "HTTP/1.1 200 OK\r\nServer: x\r\ncontent-length:  3 \r\nX\r\n\r\nabc";

    (void) state;

    assert_whole(whole, 0, "abc");
    assert_whole("HTTP/1.0 200\n\nabc", 1, "abc");
    assert_whole("HTTP/1.0 200 OK\r\n\r\n", 1, "");
    assert_whole("HTTP/1.0 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nabc", 0, "ab");
    assert_whole("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", 0, "");

    for (i = 0; i < strlen(whole); i++) {
        memcpy(part, whole, i);
        part[i] = '\0';
        assert_more(part);
        assert_int_equal(http(part, 1, "closed the connection before its answer was whole"), GGI_OCSP_HTTP_FAULTY);
    }

    assert_more("HTTP/1.0 200 OK\r\n\r\nabc");
    assert_faulty("HTTP/1.0 404 Not Found\r\n\r\n", 0, "answered with the HTTP status 404");
    assert_faulty("HTTP/1.1 000 \r\n\r\nabc", 1, "answered with the HTTP status 0");
    assert_faulty("HTTP/1.1 301", 0, "answered with the HTTP status 301");
    assert_faulty("SSH-2.0-x", 0, "does not speak HTTP");
    assert_faulty("HTTP/2.0 200", 0, "does not speak HTTP");
    assert_faulty("HTTP/1.1 2x0", 0, "does not speak HTTP");
    assert_faulty("HTTP/1.0 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n", 0,
                  "sent an answer of which the length is not clear");
    assert_faulty("HTTP/1.0 200 OK\r\nContent-Length: -2\r\n\r\n", 0,
                  "sent an answer of which the length is not clear");
    assert_faulty("HTTP/1.0 200 OK\r\nContent-Length:\r\n\r\n", 0, "sent an answer of which the length is not clear");
    assert_faulty("HTTP/1.0 200 OK\r\nTRANSFER-encoding: chunked\r\n\r\n", 0,
                  "sent an answer of which the length is not clear");
    assert_faulty("HTTP/1.0 200 OK\r\nContent-Length: 65536\r\n\r\n", 0, "sent too large an answer");
    assert_faulty("HTTP/1.0 200 OK\r\nContent-Length: 99999999999999999999999999\r\n\r\n", 0,
                  "sent too large an answer");
}


static void
test_http_room(void **state)
{
    char       why[GGI_OCSP_WHY_MAX];
    char      *text;
    ggi_str_t  answer, body;

    (void) state;

    text = malloc(GGI_OCSP_ANSWER_MAX);
    assert_non_null(text);
    memset(text, 'x', GGI_OCSP_ANSWER_MAX);
    memcpy(text, "HTTP/1.1 200 OK\r\n", 17);
    answer.data = text;
    answer.len = GGI_OCSP_ANSWER_MAX - 1;
    assert_int_equal(ggi_ocsp_http_read(answer, 0, &body, why), GGI_OCSP_HTTP_MORE);
    answer.len = GGI_OCSP_ANSWER_MAX;
    assert_int_equal(ggi_ocsp_http_read(answer, 0, &body, why), GGI_OCSP_HTTP_FAULTY);
    assert_string_equal(why, "sent too large an answer");
    free(text);
}


static void
test_http_head(void **state)
{
    char  buf[GGI_OCSP_HEAD_MAX], name[GGI_OCSP_URL_MAX + 2];

    (void) state;

    assert_bytes(buf, ggi_ocsp_http_head(buf, str("a.example"), 80, str("/x"), 12),
                 "POST /x HTTP/1.0\r\nHost: a.example\r\nContent-Type: application/ocsp-request\r\n"
                 "Content-Length: 12\r\nAccept: application/ocsp-response\r\nConnection: close\r\n\r\n");
    assert_bytes(buf, ggi_ocsp_http_head(buf, str("[::1]"), 8080, str(""), 0),
                 "POST / HTTP/1.0\r\nHost: [::1]:8080\r\nContent-Type: application/ocsp-request\r\n"
                 "Content-Length: 0\r\nAccept: application/ocsp-response\r\nConnection: close\r\n\r\n");

    assert_true(ggi_ocsp_http_head(buf, str("a"), 80, str("?x=1"), 0));
    assert_false(ggi_ocsp_http_head(buf, str(""), 80, str("/"), 0));
    assert_false(ggi_ocsp_http_head(buf, str("a\r\nX: y"), 80, str("/"), 0));
    assert_false(ggi_ocsp_http_head(buf, str("a"), 80, str("/x HTTP/1.0"), 0));
    assert_false(ggi_ocsp_http_head(buf, str("a"), 80, str("/\xc3\xab"), 0));

    memset(name, 'a', GGI_OCSP_URL_MAX);
    name[GGI_OCSP_URL_MAX] = '\0';
    assert_true(ggi_ocsp_http_head(buf, str(name), 65535, str(""), (size_t) -1));
    assert_false(ggi_ocsp_http_head(buf, str(name), 80, str("/"), 0));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_status),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_signer),
        cmocka_unit_test(test_other_answers),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_question),
        cmocka_unit_test(test_url),
        cmocka_unit_test(test_http),
        cmocka_unit_test(test_http_room),
        cmocka_unit_test(test_http_head),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
