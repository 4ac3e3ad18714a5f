/* SPDX-License-Identifier: EUPL-1.2 */

/* What the forms of "audit export" have in common. */

#ifndef GGICTL_EXPORT_PARTS_H
#define GGICTL_EXPORT_PARTS_H

#include <jansson.h>

#include "ggi_joined.h"
#include "ggictl_args.h"

#define GGICTL_EXPORT_NAME  256         /* bytes of the name of a processing */


/* A processing of data, as Logboek Dataverwerkingen sees a call. */
typedef struct {
    const ggictl_args_t  *args;         /* options of the command */
    const ggi_joined_t   *joined;       /* the call */
    const char           *status;       /* Unset, Ok or Error */
    int                   code;         /* of the status, in OTLP */
    uint64_t              start;        /* ms since the epoch */
    uint64_t              end;
    char                  name[GGICTL_EXPORT_NAME];
} ggictl_processing_t;


/*
 * Returns a new JSON string with the text of a field, whose escapes are resolved. The caller
 * releases it by json_decref(). Returns NULL without memory.
 */
json_t *ggictl_export_text(ggi_str_t field);

/*
 * Adds a field of a record to an object as the string key. Does nothing when the field is
 * empty, or without memory.
 */
void ggictl_export_add(json_t *object, const char *key, ggi_str_t field);


#endif
