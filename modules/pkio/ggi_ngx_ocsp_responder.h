/* SPDX-License-Identifier: EUPL-1.2 */

/* Where an OCSP responder is: that of ssl_ocsp_responder, or that which a certificate names. */

#ifndef GGI_NGX_OCSP_RESPONDER_H
#define GGI_NGX_OCSP_RESPONDER_H

#include <ngx_config.h>
#include <ngx_core.h>

#include <openssl/x509.h>


typedef struct {
    ngx_str_t    url;                   /* for messages */
    ngx_str_t    host;
    ngx_str_t    uri;
    in_port_t    port;
    ngx_addr_t  *addrs;                 /* NULL: only a resolver knows them */
    ngx_uint_t   naddrs;
    unsigned     named:1;               /* host is a name, and not an address */
} ggi_ocsp_responder_t;


/*
 * Reads the URL of a responder, "http://HOST[:PORT][/URI]", which lives as long as pool.
 * The address of a host with a name is not looked up. Returns NULL; or what is wrong
 * with the URL, in words that complete "the responder ...".
 */
const char *ggi_ocsp_responder_read(ggi_ocsp_responder_t *responder, ngx_pool_t *pool,
    ngx_str_t url);

/*
 * Looks up the addresses of a responder whose host has a name, for servers without
 * "resolver". That blocks: call it while nginx reads its configuration. Returns NGX_OK,
 * or NGX_ERROR when there are none.
 */
ngx_int_t ggi_ocsp_responder_resolve(ggi_ocsp_responder_t *responder, ngx_pool_t *pool);

/*
 * Reads the first URL of a responder that a certificate names, as ggi_ocsp_responder_read()
 * does; responder keeps a copy of it in pool. Returns NULL; or what is wrong with the URL, or
 * that there is none, in words that complete "the responder ...".
 */
const char *ggi_ocsp_responder_of(ggi_ocsp_responder_t *responder, ngx_pool_t *pool, X509 *cert);


#endif
