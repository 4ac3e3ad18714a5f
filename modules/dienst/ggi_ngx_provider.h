/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The provider of a dienst, at the other end of the TLS connection that a call of the
 * role afnemer leaves by.
 */

#ifndef GGI_NGX_PROVIDER_H
#define GGI_NGX_PROVIDER_H

#include "ggi_ngx_place.h"


/*
 * Registers with the core, in postconfiguration, the functions by which the certificates of
 * providers are judged. judge has to live as long as the module of the gate is loaded.
 */
void ggi_provider_judged_by(ngx_conf_t *cf, const ggi_provider_judge_t *judge);

/*
 * Notes which organisations may provide the dienst of the location whose configuration
 * is being merged: oins is an array of ggi_str_t with their OINs, which lives as long as
 * the configuration, or NULL when none is told. Returns NGX_OK, or NGX_ERROR without
 * memory.
 */
ngx_int_t ggi_provider_expect(ngx_conf_t *cf, ngx_array_t *oins);

/*
 * For the core alone: looks, in postconfiguration, whether each location of the role
 * afnemer verifies its provider. Notes as a lack where it does not, and warns where
 * nothing says which organisation that is, or where the provider does not learn who
 * calls. Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_provider_check(ngx_conf_t *cf);


#endif
