/*
 * SPDX-License-Identifier: EUPL-1.2
 *
 * Makes calls of many organisations, one after the other, each over a TLS connection of its own.
 *
 *   callers PORT CERTIFICATE KEY ISSUER-KEY PATH HEADER <NUMBERS
 *
 * Standard input has a number a line, and each makes a call: of the organisation whose OIN is 00000001NNNNNNNNN000 with
 * that number. Its certificate is that of the file, with this OIN in the subject, signed anew with the key of the
 * issuer; the chain is the rest of the file. Any answer but 200 is an error.
 */
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"


static EVP_PKEY *
read_key(const char *path)
{
    FILE      *fp;
    EVP_PKEY  *key;

    fp = fopen(path, "r");
    key = fp ? PEM_read_PrivateKey(fp, NULL, NULL, NULL) : NULL;

    if (key == NULL) {
        client_fail(path);
    }

    fclose(fp);

    return key;
}


/* Makes the certificate of an organisation out of that of another one. The caller frees it. */
static X509 *
certificate_of(X509 *other, unsigned long number, EVP_PKEY *issuer)
{
    int         at;
    X509       *certificate;
    char        oin[32];
    X509_NAME  *subject;

    certificate = X509_dup(other);
    if (certificate == NULL) {
        client_fail("X509_dup()");
    }

    subject = X509_get_subject_name(certificate);
    at = X509_NAME_get_index_by_NID(subject, NID_serialNumber, -1);
    X509_NAME_ENTRY_free(X509_NAME_delete_entry(subject, at));
    snprintf(oin, sizeof(oin), "00000001%09lu000", number);

    if (!X509_NAME_add_entry_by_NID(subject, NID_serialNumber, MBSTRING_ASC, (unsigned char *) oin, -1, at, 0)
        || !ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), 1000000 + number)
        || !X509_sign(certificate, issuer, EVP_sha256()))
    {
        client_fail("a certificate");
    }

    return certificate;
}


int
main(int argc, char **argv)
{
    int        port;
    char       line[64], request[4096];
    X509      *certificate;
    SSL_CTX   *ctx;
    EVP_PKEY  *key, *issuer;

    if (argc != 7) {
        fprintf(stderr, "callers: PORT CERTIFICATE KEY ISSUER-KEY PATH HEADER\n");
        return 2;
    }

    port = (int) strtol(argv[1], NULL, 10);
    ctx = client_context(argv[2], argv[3]);
    key = read_key(argv[3]);
    issuer = read_key(argv[4]);
    client_request(request, sizeof(request), argv[5], argv[6]);

    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);

    while (fgets(line, sizeof(line), stdin)) {
        certificate = certificate_of(SSL_CTX_get0_certificate(ctx), strtoul(line, NULL, 10), issuer);

        if (SSL_CTX_use_certificate(ctx, certificate) != 1 || SSL_CTX_use_PrivateKey(ctx, key) != 1) {
            client_fail("the certificate");
        }

        X509_free(certificate);
        client_call(ctx, port, NULL, request);
    }

    return 0;
}
