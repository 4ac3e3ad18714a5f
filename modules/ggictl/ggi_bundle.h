/* SPDX-License-Identifier: EUPL-1.2 */

/* What a supporter may see of a configuration: no secrets, and no personal data. */

#ifndef GGI_BUNDLE_H
#define GGI_BUNDLE_H

#include "ggi_conf.h"


/*
 * Returns a new array with a text for each directive: its file, line and name. The arguments are
 * shown of directives that are known to have no secret, and of these without the user and
 * password of a URL, and with BSNs masked. The caller releases it by json_decref(). Returns NULL
 * without memory.
 */
json_t *ggi_bundle_conf(const ggi_conf_t *conf);

/*
 * Returns a new string of a text, with BSNs masked, or NULL without memory. Text that is longer
 * than 4 kB is cut off. The caller owns the reference.
 */
json_t *ggi_bundle_text(const char *text);


#endif
