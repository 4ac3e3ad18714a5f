/* SPDX-License-Identifier: EUPL-1.2 */

/* The organisations that answer for the records of calls: ggi_dienst_organisation. */

#ifndef GGI_NGX_ORGANISATION_H
#define GGI_NGX_ORGANISATION_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_ngx_place.h"

#define GGI_ORGANISATION_NAME_MAX  255  /* bytes */


/* Returns the organisations of a cycle that has an http block. They live as long as the cycle. */
const ggi_organisations_t *ggi_organisations(ngx_cycle_t *cycle);


/*
 * For the core alone: reads ggi_dienst_organisation OIN NAME into the
 * ggi_organisation_t * at cmd->offset of the server's configuration. Returns NGX_CONF_OK,
 * NGX_CONF_ERROR after a message, or the end of a message that nginx logs.
 */
char *ggi_organisation_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/*
 * For the core alone: notes as a lack, in postconfiguration, that a location with the
 * gate functie has no organisation: calls are made in its name. Returns NGX_OK, or
 * NGX_ERROR without memory.
 */
ngx_int_t ggi_organisations_require(ngx_conf_t *cf);

/*
 * For the core alone: finds the organisation of the records that are no call's, in
 * postconfiguration: that of http or, when it has none, the only one that there is. Warns
 * of each server with audited diensten and without an organisation.
 */
void ggi_organisations_check(ngx_conf_t *cf);


#endif
