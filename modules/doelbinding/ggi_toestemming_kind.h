/* SPDX-License-Identifier: EUPL-1.2 */

/* Consents, among the documents that gates look up. */

#ifndef GGI_TOESTEMMING_KIND_H
#define GGI_TOESTEMMING_KIND_H

#include "ggi_kind.h"

/* The key of a consent in Redis is this prefix and its id. */
#define GGI_TOESTEMMING_KEY_PREFIX  "ggi:toestemming:"

/* The channel on which the id of a consent is published when it has changed. */
#define GGI_TOESTEMMING_CHANNEL     "ggi:toestemming:gewijzigd"


/* What tells consents from the documents of other gates. */
extern const ggi_kind_t  ggi_toestemming_kind;


#endif
