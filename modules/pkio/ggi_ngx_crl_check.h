/* SPDX-License-Identifier: EUPL-1.2 */

/* What nginx -t and the start of nginx warn of about revocation lists. */

#ifndef GGI_NGX_CRL_CHECK_H
#define GGI_NGX_CRL_CHECK_H

#include "ggi_ngx_crl.h"


/*
 * Warns, in postconfiguration, of each file that cannot be read, of each list that does
 * not count, and of each CA whose list is missing, has expired or soon will, among them
 * the CAs of ssl_client_certificate in servers with a dienst. Makes the certificates
 * known that these servers trust. Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_crl_source_check(ngx_conf_t *cf, ggi_crl_source_t *source);

/*
 * Warns of the directory or files that the user of the workers may not read, when the
 * configuration has been read. Only a process of root has to ask, and asks by a child
 * process with the rights of that user.
 */
void ggi_crl_source_readable(ngx_cycle_t *cycle, ggi_crl_source_t *source);


#endif
