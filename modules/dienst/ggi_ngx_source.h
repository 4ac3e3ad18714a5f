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
 * Defines a kind of file, name, whose read() makes a type of it. reads and frees are
 * the functions that do so, with a type * where those of ggi_source_kind_t have a void *.
 */
#define GGI_SOURCE_KIND(name, type, title, reads, frees, metric, time_of)      \
    static int                                                                 \
    name##_read(void *data, const char *file, ggi_fault_t *fault)              \
    {                                                                          \
        return reads(data, file, fault);                                       \
    }                                                                          \
                                                                               \
    static void                                                                \
    name##_free(void *data)                                                    \
    {                                                                          \
        frees(data);                                                           \
    }                                                                          \
                                                                               \
    static ggi_source_kind_t  name = {                                         \
        title, sizeof(type), name##_read, name##_free, metric, time_of         \
    }


/*
 * Reads the file that the argument of a directive names, relative to the folder of the
 * configuration, by the ggi_source_kind_t at cmd->post. Sets the pointer at cmd->offset
 * in conf, which was NULL, to what read() made of it, and frees that with the
 * configuration. Returns NGX_CONF_OK, NGX_CONF_ERROR after a message when the file
 * cannot be read, or "is duplicate", the end of a message that nginx logs.
 */
char *ggi_source_slot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/*
 * Defines the function name(), which ggi_gate_warn_diensten() takes: whether what was read
 * from a source has a dienst, by the function has() for the type of that source.
 */
#define GGI_SOURCE_HAS(name, has)                                              \
    static int                                                                 \
    name(const void *data, ggi_str_t dienst)                                   \
    {                                                                          \
        return has(data, dienst);                                              \
    }

/*
 * A row of an ngx_command_t[]: a directive of "http" that names a file of a kind. The
 * pointer to what is read is a member of conf, the main configuration. slot is
 * ggi_source_slot(), or a function that calls it.
 */
#define GGI_SOURCE_COMMAND(directive, slot, conf, member, kind)                \
    { ngx_string(directive),                                                   \
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,                                       \
      slot,                                                                    \
      NGX_HTTP_MAIN_CONF_OFFSET,                                               \
      offsetof(conf, member),                                                  \
      &(kind) }


#endif
