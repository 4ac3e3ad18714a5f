/* SPDX-License-Identifier: EUPL-1.2 */

/* The functions of applications, among the documents that gates look up. */

#ifndef GGI_FUNCTIE_KIND_H
#define GGI_FUNCTIE_KIND_H

#include "ggi_kind.h"

/* The key of an application's functions in Redis is this prefix and its name. */
#define GGI_FUNCTIE_KEY_PREFIX  "ggi:functie:"

/* The channel on which the name of an application is published when its functions changed. */
#define GGI_FUNCTIE_CHANNEL     "ggi:functie:gewijzigd"


/* What tells them from the documents of other gates. */
extern const ggi_kind_t  ggi_functie_kind;


#endif
