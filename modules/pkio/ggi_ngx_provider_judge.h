/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Judges the certificates of providers, at the other end of connections to an upstream,
 * by what judges those of clients.
 */

#ifndef GGI_NGX_PROVIDER_JUDGE_H
#define GGI_NGX_PROVIDER_JUDGE_H

#include "ggi_ngx_provider.h"


/*
 * Registers with the core, in postconfiguration, the functions of this file by which
 * certificates of providers are judged, and reserves the index by which OpenSSL keeps what they
 * need with each SSL_CTX. Returns NGX_OK, or NGX_ERROR after a message.
 */
ngx_int_t ggi_provider_judge_init(ngx_conf_t *cf);


#endif
