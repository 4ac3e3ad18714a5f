/* SPDX-License-Identifier: EUPL-1.2 */

/* What tells autorisatieprofielen from other documents that gates keep in a file or in Redis. */

#ifndef GGI_PROFILE_KIND_H
#define GGI_PROFILE_KIND_H

#include "ggi_kind.h"


/* Its documents are ggi_profile_t, and what is read of its file is ggi_documents_t. */
extern const ggi_kind_t  ggi_profile_kind;


#endif
