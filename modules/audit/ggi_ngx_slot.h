/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Which file of the audit log a worker writes. Each worker has a file of its
 * own, DIR/NAME.<slot>.jsonl, and holds a lock on it for as long as it writes
 * there: neither the workers of the configuration before nor those of another
 * nginx can write between its lines. The master makes the files, since workers
 * as a rule may create none in the directory of logs.
 */

#ifndef GGI_NGX_SLOT_H
#define GGI_NGX_SLOT_H

#include <ngx_config.h>
#include <ngx_core.h>

#define GGI_SLOT_MAX  1024              /* files of one log */


/* The files of a log, as configured. */
typedef struct {
    ngx_str_t         name;             /* as configured, with its full path */
    size_t            stem;             /* bytes of it that stand before ".<slot>" */
    ngx_uint_t        mode;             /* of the files */
    gid_t             group;            /* of the files; (gid_t) -1: whatever the system gives them */
    ngx_uint_t        spares;           /* files to be made besides one for each worker */
    ngx_fd_t          leftover;         /* of the file beside them, for ggi_leftover; NGX_INVALID_FILE: there is none */
    u_char           *conf_file;        /* where the log is configured */
    ngx_uint_t        conf_line;
} ggi_slot_conf_t;


/* The file that a worker writes. */
typedef struct {
    const ggi_slot_conf_t  *conf;
    ngx_fd_t                fd;         /* NGX_INVALID_FILE: it has none */
    ngx_uint_t              number;
    ngx_str_t               name;       /* in path; ends with a NUL */
    dev_t                   dev;        /* which file that is */
    ino_t                   ino;
    u_char                  path[NGX_MAX_PATH];
} ggi_slot_t;


/* What has become of the file that a worker writes. */
typedef enum {
    GGI_SLOT_SAME,                      /* it stands where it was opened */
    GGI_SLOT_MOVED,                     /* it has another name now, and nothing stands in its place */
    GGI_SLOT_REPLACED,                  /* another file stands in its place */
    GGI_SLOT_REMOVED                    /* it has no name any more: what is written to it is lost */
} ggi_slot_state_e;


/*
 * Looks, while the configuration is read, whether the log can be written:
 * nothing but regular files stands at the paths of the log and its files, and
 * the first of them is there or can be created. NGX_ERROR: logged, with the
 * line of the directive.
 */
ngx_int_t ggi_slot_check(ngx_conf_t *cf, ggi_slot_conf_t *conf);

/* Returns 1 when name is the log's own, or that of one of its files. */
ngx_uint_t ggi_slot_is_name(const ggi_slot_conf_t *conf, const ngx_str_t *name);

/* Writes the path of a file of the log, ending with a NUL. Returns its length. */
size_t ggi_slot_path(const ggi_slot_conf_t *conf, ngx_uint_t number,
    u_char path[NGX_MAX_PATH]);

/*
 * Makes files, in the master: as many as there are workers, and the spares,
 * besides those that living workers hold; and all that were made before. Gives
 * each its owner, group and mode. NGX_ERROR: one could not be made; logged.
 */
ngx_int_t ggi_slot_prepare(ngx_cycle_t *cycle, const ggi_slot_conf_t *conf);

/*
 * Opens, in the master, the file beside those of the log in which a worker that
 * ends leaves word of what it could not write: DIR/NAME.gap. It is closed with the
 * cycle. Without it nothing but the error log tells of that; logged.
 */
void ggi_slot_prepare_leftover(ngx_cycle_t *cycle, ggi_slot_conf_t *conf);

/* Begins without a file, in a worker. */
void ggi_slot_init(ggi_slot_t *slot, const ggi_slot_conf_t *conf);

/*
 * Takes a file that nobody holds and that is not the present one, in a worker;
 * creates one when there is none. The present one is closed then. Returns
 * NGX_ERROR when there is none to be had: the present one is kept, and *error
 * has the reason.
 */
ngx_int_t ggi_slot_take(ggi_slot_t *slot, ngx_err_t *error, ngx_log_t *log);

/*
 * Takes the file that stands at the path of the present one, in a worker, when
 * that is another; creates it when nothing stands there. When that cannot be,
 * takes any other as ggi_slot_take() does, unless the present file has only
 * been renamed. Returns NGX_OK also when the present file stands at its path;
 * NGX_ERROR: the present file is kept, and *error has the reason.
 */
ngx_int_t ggi_slot_reopen(ggi_slot_t *slot, ngx_err_t *error, ngx_log_t *log);

/* Looks at the file and at its path. */
ggi_slot_state_e ggi_slot_state(const ggi_slot_t *slot);

/* Returns 1 when the file has no name any more; without a file 0. One system call. */
ngx_uint_t ggi_slot_is_removed(const ggi_slot_t *slot);

void ggi_slot_leave(ggi_slot_t *slot);


#endif
