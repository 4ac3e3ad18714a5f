/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "ggictl_doctor_tls.h"


/* Returns 1 when a cipher has forward secrecy and authenticated encryption, 0 otherwise. */
static int
ggictl_doctor_good_cipher(const SSL_CIPHER *cipher)
{
    int  exchange;

    exchange = SSL_CIPHER_get_kx_nid(cipher);

    return SSL_CIPHER_is_aead(cipher)
           && (exchange == NID_kx_ecdhe || exchange == NID_kx_any)
           && SSL_CIPHER_get_auth_nid(cipher) != NID_auth_null
           && strstr(SSL_CIPHER_get_name(cipher), "CCM") == NULL;
}


/* Judges one list of ciphers. */
static void
ggictl_doctor_cipher_list(ggi_doctor_t *doctor, const ggi_conf_directive_t *d)
{
    int                     i;
    SSL_CTX                *ctx;
    const SSL_CIPHER       *cipher;
    STACK_OF(SSL_CIPHER)   *list;

    static const char  remedy[] = "keep to ECDHE with AES-GCM or CHACHA20, such as "
                               "ECDHE+AES256+AESGCM:ECDHE+CHACHA20:ECDHE+AESGCM";

    ctx = SSL_CTX_new(TLS_server_method());

    if (ctx == NULL || d->n < 2 || SSL_CTX_set_cipher_list(ctx, d->words[1]) != 1) {
        ggi_doctor_tell(doctor, GGI_DOCTOR_WARNING, "tls", remedy, "%.200s:%u: OpenSSL has none "
                        "of these ciphers", d->file, d->line);
        SSL_CTX_free(ctx);
        ERR_clear_error();
        return;
    }

    list = SSL_CTX_get_ciphers(ctx);

    for (i = 0; i < sk_SSL_CIPHER_num(list); i++) {
        cipher = sk_SSL_CIPHER_value(list, i);

        if (!ggictl_doctor_good_cipher(cipher)) {
            ggi_doctor_tell(doctor, GGI_DOCTOR_WARNING, "tls", remedy, "%.200s:%u: \"ssl_ciphers\" "
                            "has %s, and perhaps more that NCSC-NL does not call good", d->file,
                            d->line, SSL_CIPHER_get_name(cipher));
            break;
        }
    }

    SSL_CTX_free(ctx);
}


void
ggictl_doctor_ciphers(ggi_doctor_t *doctor, const ggi_doctor_scope_t *scope)
{
    ggi_doctor_at_t              at = { 0 };
    const ggi_conf_directive_t  *d;

    while ((d = ggi_doctor_in_force(scope, GGI_DOCTOR_TLS, "ssl_ciphers", &at)) != NULL) {
        ggictl_doctor_cipher_list(doctor, d);
    }
}
