/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_certificate.h"
#include "ggi_crl_list.h"
#include "ggi_ngx_expiry.h"


#define GGI_EXPIRY_NAME  256            /* bytes of the subject of a certificate as a text */


/* Returns the sample of a subject, a new one if need be, or NULL without memory. */
static ggi_status_sample_t *
ggi_expiry_sample(ngx_conf_t *cf, ngx_array_t *samples, const char *subject)
{
    size_t                len;
    ngx_uint_t            i;
    ggi_status_sample_t  *sample;

    len = ngx_strlen(subject);
    sample = samples->elts;

    for (i = 0; i < samples->nelts; i++) {
        if (sample[i].of.len == len && ngx_memcmp(sample[i].of.data, subject, len) == 0) {
            return &sample[i];
        }
    }

    sample = ngx_array_push(samples);
    if (sample == NULL) {
        return NULL;
    }

    sample->value = 0;
    sample->of.len = len;
    sample->of.data = ngx_pnalloc(cf->pool, len + 1);

    if (sample->of.data == NULL) {
        return NULL;
    }

    ngx_memcpy((void *) sample->of.data, subject, len);

    return sample;
}


/* Notes a certificate. Of several with one subject the one that expires first counts. */
static ngx_int_t
ggi_expiry_note_one(ngx_conf_t *cf, ngx_array_t *samples, X509 *x509)
{
    char                  subject[GGI_EXPIRY_NAME];
    time_t                until;
    ggi_status_sample_t  *sample;

    if (!ggi_certificate_time(&until, X509_get0_notAfter(x509)) || until < 0) {
        return NGX_OK;
    }

    ggi_crl_name_text(X509_get_subject_name(x509), subject, sizeof(subject));

    sample = ggi_expiry_sample(cf, samples, subject);
    if (sample == NULL) {
        return NGX_ERROR;
    }

    if (sample->value == 0 || (uint64_t) until < sample->value) {
        sample->value = (uint64_t) until;
    }

    return NGX_OK;
}


static ngx_int_t
ggi_expiry_note_server(ngx_conf_t *cf, ngx_array_t *samples, SSL_CTX *ctx)
{
    X509  *x509;
    long   more;

    for (more = SSL_CTX_set_current_cert(ctx, SSL_CERT_SET_FIRST);
         more;
         more = SSL_CTX_set_current_cert(ctx, SSL_CERT_SET_NEXT))
    {
        x509 = SSL_CTX_get0_certificate(ctx);

        if (x509 && ggi_expiry_note_one(cf, samples, x509) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    (void) SSL_CTX_set_current_cert(ctx, SSL_CERT_SET_FIRST);

    return NGX_OK;
}


static ngx_int_t
ggi_expiry_note_cas(ngx_conf_t *cf, ngx_array_t *samples, SSL_CTX *ctx)
{
    int                     i;
    X509                   *x509;
    STACK_OF(X509_OBJECT)  *objects;

    objects = X509_STORE_get0_objects(SSL_CTX_get_cert_store(ctx));

    for (i = 0; i < sk_X509_OBJECT_num(objects); i++) {
        x509 = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i));

        if (x509 && ggi_expiry_note_one(cf, samples, x509) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


ngx_int_t
ggi_expiry_prepare(ngx_conf_t *cf, const ggi_place_t *place, ggi_expiries_of_t *of)
{
    SSL_CTX                  *ctx;
    ngx_http_ssl_srv_conf_t  *sscf;

    if (of->servers.elts == NULL
        && (ngx_array_init(&of->servers, cf->pool, 4, sizeof(ggi_status_sample_t)) != NGX_OK
            || ngx_array_init(&of->cas, cf->pool, 16, sizeof(ggi_status_sample_t)) != NGX_OK))
    {
        return NGX_ERROR;
    }

    sscf = place->server->ctx->srv_conf[ngx_http_ssl_module.ctx_index];
    ctx = sscf->ssl.ctx;

    if (ctx == NULL) {
        return NGX_OK;
    }

    return (ggi_expiry_note_server(cf, &of->servers, ctx) == NGX_OK)
           ? ggi_expiry_note_cas(cf, &of->cas, ctx) : NGX_ERROR;
}


ngx_int_t
ggi_expiry_status(ngx_pool_t *pool, const ggi_expiries_of_t *of, ggi_status_t *status)
{
    ggi_status_family_t  servers = {
        .name = "ggi_pkio_server_certificate_expiry_timestamp_seconds",
        .label = "subject",
        .help = "When a certificate of a server expires.",
        .samples = of->servers.elts,
        .n = of->servers.nelts
    };
    ggi_status_family_t  cas = {
        .name = "ggi_pkio_ca_expiry_timestamp_seconds",
        .label = "subject",
        .help = "When a CA expires by which certificates of callers are judged.",
        .samples = of->cas.elts,
        .n = of->cas.nelts
    };

    if (servers.n && ggi_status_add(pool, status, &servers) != NGX_OK) {
        return NGX_ERROR;
    }

    return cas.n ? ggi_status_add(pool, status, &cas) : NGX_OK;
}
