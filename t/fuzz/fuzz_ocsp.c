/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What an OCSP responder sends: its HTTP, in two parts and as a whole, and the response
 * in it. The first line is the URL of the responder.
 */

#include "fuzz.h"

#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "ggi_ocsp.h"
#include "ggi_ocsp_http.h"

#define FUZZ_NOW  1790000000


/* A question about a certificate that nobody has signed for real. */
static ggi_ocsp_question_t *
fuzz_question(void)
{
    int                          i;
    EVP_PKEY                    *key;
    X509                        *x509;
    X509_STORE                  *store;
    STACK_OF(X509)              *chain;
    static ggi_ocsp_question_t   question;

    if (question.request) {
        return &question;
    }

    key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    chain = sk_X509_new_null();
    store = X509_STORE_new();
    fuzz_check(key && chain && store);

    for (i = 0; i < 2; i++) {
        x509 = X509_new();
        fuzz_check(x509 && X509_set_pubkey(x509, key) && sk_X509_push(chain, x509) > 0);
    }

    fuzz_check(ggi_ocsp_question_create(&question, chain, 0, store, 2));

    X509_STORE_free(store);
    sk_X509_pop_free(chain, X509_free);
    EVP_PKEY_free(key);

    return &question;
}


static void
fuzz_head(ggi_str_t url)
{
    size_t      len;
    char       *buf;
    ggi_str_t   host;

    buf = fuzz_alloc(GGI_OCSP_HEAD_MAX);
    host.data = url.data;
    host.len = url.len / 2;
    url.data += host.len;
    url.len -= host.len;

    len = ggi_ocsp_http_head(buf, host, 8080, url, 100);

    if (len) {
        fuzz_check(len < GGI_OCSP_HEAD_MAX && memcmp(buf + len - 4, "\r\n\r\n", 4) == 0);
        fuzz_check(memmem(buf, len, "\r\n\r\n", 4) == buf + len - 4);
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char               why[GGI_OCSP_WHY_MAX];
    ggi_str_t          whole, part, body;
    ggi_ocsp_http_e    read;
    ggi_ocsp_answer_t  answer;

    fuzz_begin(data, size);
    fuzz_head(fuzz_line());
    whole = fuzz_rest();

    if (whole.len <= GGI_OCSP_ANSWER_MAX) {
        part = fuzz_copy(whole.data, whole.len / 2);
        (void) ggi_ocsp_http_read(part, 0, &body, why);
        read = ggi_ocsp_http_read(whole, 1, &body, why);
        fuzz_check(read != GGI_OCSP_HTTP_MORE);

        if (read == GGI_OCSP_HTTP_WHOLE) {
            fuzz_check(body.data >= whole.data && body.data + body.len <= whole.data + whole.len);
            body = fuzz_copy(body.data, body.len);
            fuzz_check(!ggi_ocsp_read(&answer, fuzz_question(), body, FUZZ_NOW, why) && why[0]);
        }
    }

    /* the response by itself, which is not trusted, whatever it says */
    fuzz_check(!ggi_ocsp_read(&answer, fuzz_question(), whole, FUZZ_NOW, why) && why[0]);

    return fuzz_end();
}
