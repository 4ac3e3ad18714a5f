/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_claimed_certificate.h"
#include "ggi_ngx_claimed_certificate.h"


ngx_int_t
ggi_claimed_certificate_note(ngx_http_request_t *r, ggi_findings_t *found,
    ggi_client_t *client, const char *error)
{
    char                       *room;
    ggi_claimed_certificate_t  *claimed;

    if (client->claimed == NULL) {
        claimed = ngx_palloc(client->pool, sizeof(ggi_claimed_certificate_t));
        room = ngx_pnalloc(client->pool, GGI_CLAIMED_ROOM);

        if (claimed == NULL || room == NULL) {
            return NGX_ERROR;
        }

        ggi_claimed_certificate_read(
            claimed, room,
            SSL_get0_peer_certificate(r->connection->ssl->connection));
        client->claimed = claimed;
    }

    found->claimed = client->claimed;
    found->claimed_error.data = error;
    found->claimed_error.len = ngx_strlen(error);

    return NGX_OK;
}
