/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_path.h"

#include <openssl/err.h>


ggi_path_t *
ggi_path_create(STACK_OF(X509) *chain, ngx_log_t *log)
{
    ggi_path_t         *path;
    static ngx_uint_t   last;

    path = ngx_calloc(sizeof(ggi_path_t), log);
    if (path == NULL) {
        return NULL;
    }

    path->id = ++last;
    path->users = 1;
    path->chain = X509_chain_up_ref(chain);

    if (path->chain == NULL || !ggi_policies_find(&path->policies, chain)) {
        ggi_path_release(path);
        path = NULL;

    } else if (!ggi_certificate_period(&path->period, chain)) {
        path->period.from = 0;
        path->period.until = 0;
    }

    /* nginx would log what OpenSSL left there as an error of the connection */
    ERR_clear_error();

    return path;
}


void
ggi_path_release(ggi_path_t *path)
{
    if (path && --path->users == 0) {
        ggi_policies_free(&path->policies);
        sk_X509_pop_free(path->chain, X509_free);
        ngx_free(path->ocsp_keys);
        ngx_free(path);
    }
}
