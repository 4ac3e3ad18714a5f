/* SPDX-License-Identifier: EUPL-1.2 */

/* Calls as processed objects of the inzage API of Verwerkingenlogging (VNG, 0.9). */

#ifndef GGICTL_EXPORT_OBJECT_H
#define GGICTL_EXPORT_OBJECT_H

#include "ggictl_export_parts.h"


/*
 * Returns the object of a processing, with its action, which the caller owns; or NULL when the
 * record of the call names no person.
 */
json_t *ggictl_export_object(const ggi_str_t *field, const ggictl_processing_t *processing);


#endif
