/* SPDX-License-Identifier: EUPL-1.2 */

/* Warns of signals that cannot be given as the configuration is. */

#ifndef GGI_NGX_SIGNAL_CHECK_H
#define GGI_NGX_SIGNAL_CHECK_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_ngx_signal_conf.h"


/*
 * Warns, in postconfiguration, of each signal that no location in which it counts can give: since
 * nothing establishes the callers, users or persons there, the office is always open, or there are
 * no lists. Adds the others that are about the gateway itself to conf by ggi_signal_own_add().
 * Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_signal_check(ngx_conf_t *cf, ggi_signal_conf_t *conf);


#endif
