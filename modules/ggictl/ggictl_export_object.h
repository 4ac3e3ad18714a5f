/* SPDX-License-Identifier: EUPL-1.2 */

/* Calls as processed objects of the inzage API of Verwerkingenlogging (VNG, 0.9). */

#ifndef GGICTL_EXPORT_OBJECT_H
#define GGICTL_EXPORT_OBJECT_H

#include "ggictl_export_parts.h"


/*
 * Makes the object of a processing, which is the person whom the call is about, with the action
 * in it, as Logboek Dataverwerkingen has them. field has the fields of the record. Returns it,
 * and the caller releases it by json_decref(); or NULL when the record names no person, or
 * without memory.
 */
json_t *ggictl_export_object(const ggi_str_t *field, const ggictl_processing_t *processing);


#endif
