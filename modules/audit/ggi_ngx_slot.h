/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The file of an audit log that a worker writes. Each worker has a file of its own,
 * and holds a lock on it for as long as it writes there: neither the workers of the
 * configuration before nor those of another nginx can write between its lines.
 */

#ifndef GGI_NGX_SLOT_H
#define GGI_NGX_SLOT_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ggi_ngx_slot_file.h"


/* The file that a worker writes. */
typedef struct {
    const ggi_slot_conf_t  *conf;
    ngx_fd_t                fd;         /* NGX_INVALID_FILE: it has none */
    ngx_uint_t              number;     /* of the file in its log */
    ngx_str_t               name;       /* in path; that of the log until there is a file */
    dev_t                   dev;        /* with ino: which file fd is */
    ino_t                   ino;
    ngx_uint_t              directory_known;    /* 1: the next one says in which directory it was */
    ggi_slot_place_t        directory;
    u_char                  path[NGX_MAX_PATH];
} ggi_slot_t;


/* What has become of the file that a worker writes. */
typedef enum {
    GGI_SLOT_NONE,                      /* it has none */
    GGI_SLOT_SAME,                      /* it stands where it was opened */
    GGI_SLOT_MOVED,                     /* it has another name, and nothing stands in its place */
    GGI_SLOT_ASTRAY,                    /* nor is its directory where it was */
    GGI_SLOT_REPLACED,                  /* another file stands in its place */
    GGI_SLOT_REMOVED                    /* nobody can read it: what is written to it is lost */
} ggi_slot_state_e;


/*
 * Initialises a slot, in memory of the caller, that has no file yet; ggi_slot_take() gives it
 * one. conf has to live as long as the slot.
 */
void ggi_slot_init(ggi_slot_t *slot, const ggi_slot_conf_t *conf);

/*
 * Takes any file of the log that nobody holds and that is not the present one, first one
 * whose last worker was killed, and creates one when all are held. The present one is
 * closed then. Returns NGX_OK; or NGX_ERROR when there is no other file to be had: the
 * present one is kept, and *error is the reason.
 */
ngx_int_t ggi_slot_take(ggi_slot_t *slot, ngx_err_t *error, ngx_log_t *log);

/*
 * Takes the file that stands at the path of the present one, when that is another,
 * and creates it when nothing stands there. When that cannot be done, takes any
 * other file by ggi_slot_take(), unless the present one has only been moved.
 * Returns NGX_OK, also when the present file stands at its path; or NGX_ERROR when
 * the present file is kept though it does not, and *error is the reason.
 */
ngx_int_t ggi_slot_reopen(ggi_slot_t *slot, ngx_err_t *error, ngx_log_t *log);

/*
 * Returns what has become of the present file. Takes four system calls at the most, two
 * when it stands at its path, and none asks for the times of the file.
 */
ggi_slot_state_e ggi_slot_state(const ggi_slot_t *slot);

/*
 * Returns 1 when nobody can read the present file any more: it has no name, or what was
 * mounted there was unmounted or is hidden by another mount. Returns 0 when somebody can,
 * when the system does not tell, or when there is no present file. Takes as many system
 * calls as ggi_slot_state().
 */
ngx_uint_t ggi_slot_is_removed(const ggi_slot_t *slot);

/* Closes the present file, if there is one, and gives up the lock on it by that. */
void ggi_slot_close(ggi_slot_t *slot);


#endif
