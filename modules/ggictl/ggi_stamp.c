/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE
#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ts.h>

#include "ggi_compat.h"
#include "ggi_stamp.h"


/* Sets what a request is about. Returns 1, or 0 when OpenSSL cannot. */
static int
ggi_stamp_imprint(TS_REQ *request, const unsigned char hash[GGI_STAMP_HASH])
{
    int              good;
    X509_ALGOR      *algorithm;
    TS_MSG_IMPRINT  *imprint;

    algorithm = X509_ALGOR_new();
    imprint = TS_MSG_IMPRINT_new();

    good = algorithm && imprint
           && X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL)
           && TS_MSG_IMPRINT_set_algo(imprint, algorithm)
           && TS_MSG_IMPRINT_set_msg(imprint, (unsigned char *) hash, GGI_STAMP_HASH)
           && TS_REQ_set_msg_imprint(request, imprint);

    TS_MSG_IMPRINT_free(imprint);
    X509_ALGOR_free(algorithm);

    return good;
}


/* Returns a nonce as a number, which the caller frees; or NULL when OpenSSL cannot. */
static ASN1_INTEGER *
ggi_stamp_nonce(const unsigned char nonce[GGI_STAMP_NONCE])
{
    BIGNUM        *number;
    ASN1_INTEGER  *integer;

    number = BN_bin2bn(nonce, GGI_STAMP_NONCE, NULL);
    integer = number ? BN_to_ASN1_INTEGER(number, NULL) : NULL;
    BN_free(number);

    return integer;
}


/*
 * Makes a request for a stamp of a hash, with a nonce unless that is NULL. Returns it, to be
 * freed by the caller; or NULL when OpenSSL cannot.
 */
static TS_REQ *
ggi_stamp_make(const unsigned char hash[GGI_STAMP_HASH],
    const unsigned char nonce[GGI_STAMP_NONCE])
{
    TS_REQ        *request;
    ASN1_INTEGER  *number;

    request = TS_REQ_new();
    number = nonce ? ggi_stamp_nonce(nonce) : NULL;

    if (request == NULL || (nonce && number == NULL) || !TS_REQ_set_version(request, 1)
        || !ggi_stamp_imprint(request, hash) || (nonce && !TS_REQ_set_nonce(request, number))
        || !TS_REQ_set_cert_req(request, 1))
    {
        TS_REQ_free(request);
        request = NULL;
    }

    ASN1_INTEGER_free(number);

    return request;
}


size_t
ggi_stamp_request(unsigned char data[GGI_STAMP_REQUEST],
    const unsigned char hash[GGI_STAMP_HASH],
    const unsigned char nonce[GGI_STAMP_NONCE])
{
    int      len;
    TS_REQ  *request;

    request = ggi_stamp_make(hash, nonce);
    len = request ? i2d_TS_REQ(request, NULL) : 0;
    len = (len > 0 && len <= GGI_STAMP_REQUEST) ? i2d_TS_REQ(request, &data) : 0;
    TS_REQ_free(request);

    return (len > 0) ? (size_t) len : 0;
}


/* Reads when a stamp was given. Returns 1, or 0 when it does not say so. */
static int
ggi_stamp_time(TS_TST_INFO *info, int64_t *seconds)
{
    struct tm                    tm;
    const ASN1_GENERALIZEDTIME  *time;

    time = TS_TST_INFO_get_time(info);

    if (time == NULL || ASN1_TIME_to_tm(time, &tm) != 1) {
        return 0;
    }

    *seconds = (int64_t) timegm(&tm);

    return 1;
}


/*
 * Returns 1 when an answer is of a hash, has the nonce if that is not NULL, and is signed
 * by an authority of the store as at a time if that is not NULL; 0 otherwise.
 */
static int
ggi_stamp_verify(TS_RESP *answer, const unsigned char hash[GGI_STAMP_HASH],
    const unsigned char nonce[GGI_STAMP_NONCE], X509_STORE *store, int64_t time)
{
    int             good;
    TS_REQ         *request;
    TS_VERIFY_CTX  *ctx;

    request = ggi_stamp_make(hash, nonce);
    ctx = request ? TS_REQ_to_TS_VERIFY_CTX(request, NULL) : NULL;
    TS_REQ_free(request);

    if (ctx == NULL) {
        return 0;
    }

    if (store && X509_STORE_up_ref(store)) {
        X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), (time_t) time);
        (void) ggi_ts_set_store(ctx, store);
        (void) TS_VERIFY_CTX_add_flags(ctx, TS_VFY_SIGNATURE);
    }

    good = (TS_RESP_verify_response(ctx, answer) == 1);
    TS_VERIFY_CTX_free(ctx);

    return good;
}


/*
 * Returns 1 when the certificate that an answer has itself has signed it, and was in force at a
 * time, whoever has issued it; 0 otherwise.
 */
static int
ggi_stamp_signed(TS_RESP *answer, const unsigned char hash[GGI_STAMP_HASH], int64_t time)
{
    int              good;
    X509_STORE      *store;
    STACK_OF(X509)  *signers;

    signers = PKCS7_get0_signers(TS_RESP_get_token(answer), NULL, 0);
    store = signers ? X509_STORE_new() : NULL;
    good = store && X509_STORE_add_cert(store, sk_X509_value(signers, 0)) == 1
           && X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN) == 1
           && ggi_stamp_verify(answer, hash, NULL, store, time);
    X509_STORE_free(store);
    sk_X509_free(signers);

    return good;
}


const char *
ggi_stamp_read(const unsigned char *data, size_t len,
    const unsigned char hash[GGI_STAMP_HASH],
    const unsigned char nonce[GGI_STAMP_NONCE], X509_STORE *store, int64_t *time)
{
    TS_RESP              *answer;
    const char           *fault;
    const unsigned char  *pos;

    pos = data;
    answer = d2i_TS_RESP(NULL, &pos, (long) len);
    fault = NULL;

    if (answer == NULL || pos != data + len) {
        fault = "it is no answer of RFC 3161";

    } else if (TS_RESP_get_tst_info(answer) == NULL) {
        fault = "the authority did not grant it";

    } else if (!ggi_stamp_time(TS_RESP_get_tst_info(answer), time)) {
        fault = "it has no time";

    } else if (!ggi_stamp_verify(answer, hash, nonce, NULL, *time)) {
        fault = "it is not of this seal";

    } else if (store == NULL && !ggi_stamp_signed(answer, hash, *time)) {
        fault = "the certificate in it has not signed it, or was not in force";

    } else if (store && !ggi_stamp_verify(answer, hash, nonce, store, *time)) {
        fault = "no authority that is trusted has signed it";
    }

    TS_RESP_free(answer);
    ERR_clear_error();

    return fault;
}
