/* SPDX-License-Identifier: EUPL-1.2 */

/* The request headers with a fixed name that the gates set themselves, or keep from the API. */

#include "ggi_ngx_claimed.h"


/* API-standaard Verwerkingenlogging: the organisation of the certificate */
ggi_name_t  ggi_name_oin = ggi_name("OIN", "oin");

ggi_name_t  ggi_name_traceparent = ggi_name("traceparent", "traceparent");

ggi_name_t  ggi_name_transaction = ggi_name("Fsc-Transaction-Id",
                                            "fsc-transaction-id");

const ggi_name_t  ggi_name_origin = ggi_name("X-Origin-OIN", "x-origin-oin");

/*
 * By the first five some servers take another method or path than what was
 * judged. The others are about the caller's own connection, and some servers
 * read names of headers in them, or an upgrade to HTTP/2. CGI and FastCGI give an
 * application "Proxy" as HTTP_PROXY, which libraries take for the proxy to use.
 */
const ggi_name_t  ggi_names_removed[] = {
    ggi_name("X-HTTP-Method-Override", "x-http-method-override"),
    ggi_name("X-HTTP-Method", "x-http-method"),
    ggi_name("X-Method-Override", "x-method-override"),
    ggi_name("X-Original-URL", "x-original-url"),
    ggi_name("X-Rewrite-URL", "x-rewrite-url"),
    ggi_name("Keep-Alive", "keep-alive"),
    ggi_name("Proxy-Connection", "proxy-connection"),
    ggi_name("HTTP2-Settings", "http2-settings"),
    ggi_name("Proxy", "proxy")
};

const ngx_uint_t  ggi_names_removed_n = sizeof(ggi_names_removed)
                                        / sizeof(ggi_name_t);

/* nginx gives the API these itself, by what it has read of the body. */
const ggi_name_t  ggi_names_framing[] = {
    ggi_name("Content-Length", "content-length"),
    ggi_name("Transfer-Encoding", "transfer-encoding")
};

const ngx_uint_t  ggi_names_framing_n = sizeof(ggi_names_framing)
                                        / sizeof(ggi_name_t);


ggi_claimed_e
ggi_header_claimed(ngx_uint_t i, const ggi_name_t **name)
{
    static const struct {
        const ggi_name_t  *name;
        ggi_claimed_e      what;
    } claimed[] = {
        { &ggi_name_oin, GGI_CLAIMED_OIN },
        { &ggi_name_traceparent, GGI_CLAIMED_TRACE },
        { &ggi_name_transaction, GGI_CLAIMED_TRANSACTION }
    };

    const ngx_uint_t  n = sizeof(claimed) / sizeof(claimed[0]);

    if (i < n) {
        *name = claimed[i].name;
        return claimed[i].what;
    }

    if (i < n + ggi_names_removed_n) {
        *name = &ggi_names_removed[i - n];
        return GGI_CLAIMED_REMOVED;
    }

    return GGI_CLAIMED_NOT;
}
