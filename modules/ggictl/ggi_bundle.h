/* SPDX-License-Identifier: EUPL-1.2 */

/* What a supporter may see of a configuration: no secrets, and no personal data. */

#ifndef GGI_BUNDLE_H
#define GGI_BUNDLE_H

#include "ggi_conf_tree.h"


/*
 * Returns a new array with a text for each directive of a configuration, whose tree is given: its
 * file, line and name. The arguments are shown of directives that are known to have no secret, and
 * of these without the user and password of a URL, the PIN of a key and the like, and with BSNs
 * masked. Of what stands in a block of data, as the keys of "map" do, which may be secrets, and in
 * a file that nothing includes, the place alone is shown. The caller releases the array by
 * json_decref(). Returns NULL without memory.
 */
json_t *ggi_bundle_conf(const ggi_conf_t *conf, const ggi_conf_tree_t *tree);

/*
 * Returns a new string of a text, with BSNs masked, or NULL without memory. Text that is longer
 * than 4 kB is cut off. The caller owns the reference.
 */
json_t *ggi_bundle_text(const char *text);

/*
 * Returns a new copy of the status of a gate, or NULL without memory or a status. It has the
 * members whose names are of a status alone, whatever else the location that was asked has given,
 * and BSNs in its texts are masked. The caller releases it by json_decref().
 */
json_t *ggi_bundle_status(json_t *status);


#endif
