/* SPDX-License-Identifier: EUPL-1.2 */

/* The digest of nginx's configuration. */

#ifndef GGI_NGX_CONF_DIGEST_H
#define GGI_NGX_CONF_DIGEST_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ggi_str.h"

#define GGI_CONF_DIGEST_LEN  64         /* hexadecimal digits */


/*
 * Computes the SHA-256 of what "nginx -T" prints of the configuration of a cycle: its file
 * and all that are included, each once. nginx keeps none of that, so the files are read
 * once more, as they are now. Writes the digest to digest, and returns its length; or 0
 * after a warning when a file cannot be read.
 */
size_t ggi_conf_digest(ngx_cycle_t *cycle, char digest[GGI_CONF_DIGEST_LEN]);


#endif
