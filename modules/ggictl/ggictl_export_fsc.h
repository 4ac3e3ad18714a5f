/* SPDX-License-Identifier: EUPL-1.2 */

/* Calls as records of the transaction log of FSC (fsc-logging 1.1). */

#ifndef GGICTL_EXPORT_FSC_H
#define GGICTL_EXPORT_FSC_H

#include "ggictl_export_parts.h"


/*
 * Returns the record of a processing, which the caller owns; or NULL when the call names no
 * transaction, caller or dienst, or no organisation answers for it.
 */
json_t *ggictl_export_fsc(const ggi_str_t *field, const ggictl_processing_t *processing);


#endif
