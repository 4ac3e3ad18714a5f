/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What records of an audit log are shipped to. A sink holds how far each file was shipped, so
 * that nothing is shipped twice, or left out, whoever is killed at whatever time.
 */

#ifndef GGICTL_SINK_H
#define GGICTL_SINK_H

#include <stddef.h>
#include <stdint.h>

#include "ggi_row.h"
#include "ggictl_redis_access.h"


typedef struct ggictl_sink_s  ggictl_sink_t;

/* A file of the log, which is known by its first line, and how far it was shipped. */
typedef struct {
    unsigned char  hash[GGI_SEAL_HASH];         /* of its first line, or a further one of that */
    uint64_t       place;               /* offset behind the last line, unpacked */
    uint64_t       last_len;            /* bytes of that line; 0: not known */
    unsigned char  last[GGI_SEAL_HASH]; /* its hash */
    const char    *name;                /* where the file was seen, for those who look */
    const char    *packed;              /* what a packed file is known by; "": it is not done */
} ggictl_sink_place_t;

/* What became of records. */
typedef struct {
    uint64_t  shipped;                  /* new in the sink */
    uint64_t  known;                    /* were there already */
    uint64_t  aside;                    /* set aside, since they cannot be stored as records */
} ggictl_sink_count_t;

/* What a call of a sink came to; but for GGICTL_SINK_OK it has sink->error. */
typedef enum {
    GGICTL_SINK_OK,
    GGICTL_SINK_DOWN,                   /* nothing is known of what was given: close it */
    GGICTL_SINK_REFUSED                 /* it is well, but does not take what was given */
} ggictl_sink_e;

typedef struct {
    const char  *scheme;                /* what its URL begins with */

    /* Allocates what is behind sink->data, and connects. access lives until close(). */
    ggictl_sink_e (*open)(ggictl_sink_t *sink, const ggictl_redis_access_t *access);

    /* Closes what open() has opened, and frees it, also when that failed. */
    void (*close)(ggictl_sink_t *sink);

    /* Reads how far the file of place->hash was shipped: place 0 when it was not. */
    ggictl_sink_e (*find)(ggictl_sink_t *sink, ggictl_sink_place_t *place);

    /* Sets *done to 1 when a packed file that is known by a text was shipped whole. */
    ggictl_sink_e (*packed)(ggictl_sink_t *sink, const char *text, int *done);

    /*
     * Stores n rows, and place as how far their file was shipped then: all or nothing, or so
     * that what is stored again is known. why is NULL; or it is why the only row is refused,
     * which is set aside.
     */
    ggictl_sink_e (*put)(ggictl_sink_t *sink, const ggi_row_t *rows, size_t n, const char *why,
        const ggictl_sink_place_t *place, ggictl_sink_count_t *count);
} ggictl_sink_type_t;

struct ggictl_sink_s {
    const ggictl_sink_type_t  *type;
    void                      *data;    /* of the type; NULL: not open */
    char                       error[640];
};


extern const ggictl_sink_type_t  ggictl_sink_postgres;
extern const ggictl_sink_type_t  ggictl_sink_redis;
extern const ggictl_sink_type_t  ggictl_sink_rediss;


#endif
