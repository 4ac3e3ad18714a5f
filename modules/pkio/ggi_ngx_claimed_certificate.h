/* SPDX-License-Identifier: EUPL-1.2 */

/* Names a refused certificate in the findings of a call, as what it claims to be. */

#ifndef GGI_NGX_CLAIMED_CERTIFICATE_H
#define GGI_NGX_CLAIMED_CERTIFICATE_H

#include "ggi_call.h"
#include "ggi_ngx_client.h"


/*
 * Sets in the findings of a call what the client's refused certificate says of itself,
 * and error, a text that lives as long as the process: what is wrong with it. The
 * certificate is read at the first refusal of its connection, whose pool has the
 * strings. Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_claimed_certificate_note(ngx_http_request_t *r,
    ggi_findings_t *found, ggi_client_t *client, const char *error);


#endif
