/* SPDX-License-Identifier: EUPL-1.2 */

/* Reads the files that directives name, with the configuration, and frees them with it. */

#ifndef GGI_NGX_SOURCE_H
#define GGI_NGX_SOURCE_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ggi_source.h"
#include "ggi_status.h"


/* A kind of file that a directive names. */
typedef struct {
    const char    *name;                /* of the kind, in messages */
    size_t         size;                /* bytes of what is read */
    int          (*read)(void *data, const char *file, ggi_fault_t *fault);     /* 0: failed */
    void         (*free)(void *data);   /* what read() made */
    ggi_metric_e   age;                 /* the metric of the file's age */
    time_t       (*made)(const void *data);     /* its time; NULL: when it was modified */
} ggi_source_kind_t;

/*
 * Reads the file that is the first argument of the directive, relative to the folder of
 * the configuration. Returns what kind->read() made of it, kind->size bytes that live
 * as long as the configuration. Returns NULL after a message when the file cannot be
 * read.
 */
void *ggi_conf_read(ngx_conf_t *cf, const ggi_source_kind_t *kind);


#endif
