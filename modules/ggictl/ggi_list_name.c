/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_list_name.h"

#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>

#define GGI_LIST_NAME_WORDS   40        /* bytes of the part for people */
#define GGI_LIST_NAME_DIGEST  8         /* octets of the digest that are in the name */


/*
 * Writes the common name of a subject in small letters and digits, with a hyphen for
 * what is between them, to words. Returns its length, which is 0 without such a name.
 */
static size_t
ggi_list_name_words(char words[GGI_LIST_NAME_WORDS + 1], const X509_NAME *subject)
{
    int                   at;
    size_t                i, len, n;
    unsigned char         c;
    const ASN1_STRING    *text;
    const unsigned char  *data;

    at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    n = 0;

    if (at >= 0) {
        text = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
        data = ASN1_STRING_get0_data(text);
        len = (size_t) ASN1_STRING_length(text);

        for (i = 0; i < len && n < GGI_LIST_NAME_WORDS; i++) {
            c = (data[i] >= 'A' && data[i] <= 'Z') ? (unsigned char) (data[i] | 0x20) : data[i];

            if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
                words[n++] = (char) c;

            } else if (n && words[n - 1] != '-') {
                words[n++] = '-';
            }
        }

        n -= (n && words[n - 1] == '-');
    }

    words[n] = '\0';

    return n;
}


/* Makes the SHA-256 of CA, key and scope. Returns 1, or 0 when OpenSSL cannot. */
static int
ggi_list_name_digest(unsigned char digest[EVP_MAX_MD_SIZE], const X509 *signer,
    const ggi_crl_list_t *list)
{
    int             good;
    unsigned        len;
    EVP_MD_CTX     *ctx;
    unsigned char   part[EVP_MAX_MD_SIZE];

    ctx = EVP_MD_CTX_new();

    good = ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL)
           && X509_NAME_digest(X509_get_subject_name(signer), EVP_sha256(), part, &len)
           && EVP_DigestUpdate(ctx, part, len)
           && X509_pubkey_digest(signer, EVP_sha256(), part, &len)
           && EVP_DigestUpdate(ctx, part, len)
           && EVP_DigestUpdate(ctx, ggi_crl_part(list, scope), list->scope.len)
           && EVP_DigestFinal_ex(ctx, digest, &len);

    EVP_MD_CTX_free(ctx);
    ERR_clear_error();

    return good;
}


/*
 * Writes how the name of a file begins for a list of a CA with this subject. Returns the
 * length.
 */
static size_t
ggi_list_name_begin(char name[GGI_LIST_NAME_MAX], const X509_NAME *subject)
{
    size_t  n;
    char    words[GGI_LIST_NAME_WORDS + 1];

    n = ggi_list_name_words(words, subject);

    return (size_t) snprintf(name, GGI_LIST_NAME_MAX, "%s-", n ? words : "ca");
}


int
ggi_list_name_fits(const char *name, const X509_NAME *subject)
{
    char    begin[GGI_LIST_NAME_MAX];
    size_t  n;

    n = ggi_list_name_begin(begin, subject);

    return strncmp(name, begin, n) == 0
           && strspn(name + n, "0123456789abcdef") == 2 * GGI_LIST_NAME_DIGEST
           && strcmp(name + n + 2 * GGI_LIST_NAME_DIGEST, ".crl") == 0;
}


int
ggi_list_name(char name[GGI_LIST_NAME_MAX], const X509 *signer, const ggi_crl_list_t *list)
{
    size_t         i, n;
    unsigned char  digest[EVP_MAX_MD_SIZE];

    if (!ggi_list_name_digest(digest, signer, list)) {
        return 0;
    }

    n = ggi_list_name_begin(name, X509_get_subject_name(signer));

    for (i = 0; i < GGI_LIST_NAME_DIGEST; i++) {
        n += (size_t) snprintf(name + n, GGI_LIST_NAME_MAX - n, "%02x", digest[i]);
    }

    snprintf(name + n, GGI_LIST_NAME_MAX - n, ".crl");

    return 1;
}
