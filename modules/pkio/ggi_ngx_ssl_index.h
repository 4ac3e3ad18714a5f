/* SPDX-License-Identifier: EUPL-1.2 */

/* The indexes by which OpenSSL keeps data of ours with its objects. */

#ifndef GGI_NGX_SSL_INDEX_H
#define GGI_NGX_SSL_INDEX_H

#include <ngx_config.h>
#include <ngx_core.h>

#include <openssl/crypto.h>


/*
 * Sets *index, which is -1 at first, to a new index for the objects of a kind, such as
 * CRYPTO_EX_INDEX_SSL; what names the data in the message. OpenSSL cannot give an index
 * back, so that one is asked for once per process and not per configuration: when *index
 * is not -1, nothing is done. Returns NGX_OK, or NGX_ERROR after a message.
 */
static ngx_inline ngx_int_t
ggi_ssl_index(int *index, int kind, const char *what, ngx_log_t *log)
{
    if (*index == -1) {
        *index = CRYPTO_get_ex_new_index(kind, 0, NULL, NULL, NULL, NULL);

        if (*index == -1) {
            ngx_log_error(NGX_LOG_EMERG, log, 0,
                          "OpenSSL has no memory for what is known of a %s: "
                          "CRYPTO_get_ex_new_index() failed", what);
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


#endif
