/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The files of an audit log: their paths, how they are opened, and who owns them.
 * A log named DIR/NAME.jsonl has the files DIR/NAME.<number>.jsonl, and beside them
 * DIR/NAME.gap for word of lost records, and DIR/NAME.chains for the last chains. All
 * processes of nginx use this unit: the master makes the files, the workers write them.
 */

#ifndef GGI_NGX_SLOT_FILE_H
#define GGI_NGX_SLOT_FILE_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ggi_places.h"

#define GGI_SLOT_MAX     1024           /* files of one log; their numbers begin at 0 */
#define GGI_SLOT_SUFFIX  16             /* most bytes of ".<number>" or ".chains", and the NUL */


/* The files of a log, as configured. */
typedef struct {
    ngx_str_t         name;             /* as configured, with its full path; a NUL follows */
    size_t            stem;             /* bytes of name that stand before ".<number>" */
    ngx_uint_t        mode;             /* of the files */
    gid_t             group;            /* of the files; (gid_t) -1: what the system gives them */
    ngx_uint_t        spares;           /* files to be made besides one for each worker */
    ngx_fd_t          leftover;         /* of DIR/NAME.gap; NGX_INVALID_FILE: not open */
    ngx_fd_t          chains;           /* of DIR/NAME.chains, in the same way */
    ggi_start_t       start;            /* of nginx with this configuration */
    u_char           *conf_file;        /* where the log is configured */
    ngx_uint_t        conf_line;
} ggi_slot_conf_t;


/* Which file or directory stands at a path. */
typedef struct {
    dev_t             dev;
    ino_t             ino;
    uint64_t          mount;            /* by which it is there; 0: the system does not tell */
} ggi_slot_place_t;


/*
 * Writes the path of the file with a number, ending with a NUL. Returns its length
 * without the NUL. The name in conf has to be at least GGI_SLOT_SUFFIX bytes
 * shorter than NGX_MAX_PATH, which ggi_slot_check() sees to.
 */
size_t ggi_slot_path(const ggi_slot_conf_t *conf, ngx_uint_t number,
    u_char path[NGX_MAX_PATH]);

/*
 * Sets place to the device, inode and mount of the file or directory at a path. Where the
 * system has statx() it asks for no times: Linux gives a file whose times were asked for a
 * new one at its next write, which takes longer by that. Returns NGX_OK; or NGX_ERROR with
 * the reason in ngx_errno, and then place means nothing.
 */
ngx_int_t ggi_slot_place(const char *path, ggi_slot_place_t *place);

/*
 * Tells what stands where the directory of the log is to be. Returns NGX_OK with the
 * directory in place; NGX_DECLINED when it is missing, with the nearest one above it in
 * place; or NGX_ERROR when the system does not tell, and then place means nothing.
 */
ngx_int_t ggi_slot_directory(const ggi_slot_conf_t *conf, ggi_slot_place_t *place);

/*
 * Tells whether a path, as it is spelled, is that of the log, of one of its files,
 * or of a file beside it, DIR/NAME.gap or DIR/NAME.chains. Returns 1 or 0.
 */
ngx_uint_t ggi_slot_has_path(const ggi_slot_conf_t *conf,
    const ngx_str_t *name);

/*
 * Opens a file for reading and appending, and never waits for the other end of a
 * FIFO. flags are added to those of open(2), such as O_CREAT; a file that is made
 * gets the mode. Returns NGX_INVALID_FILE, with the reason in ngx_errno, when it
 * cannot be opened. The caller closes the file.
 */
ngx_fd_t ggi_slot_open(const u_char *path, int flags, mode_t mode);

/*
 * Gives an open file its owner, the log's group and the log's mode, where they are
 * others; user (uid_t) -1 leaves the owner. Does nothing when the path is a link or
 * the file has other names: whoever may write in the directory could otherwise make
 * root give away any file. What cannot be set is logged as a warning.
 */
void ggi_slot_set_owner(const ggi_slot_conf_t *conf, ngx_fd_t fd,
    const u_char *path, uid_t user, ngx_log_t *log);

/*
 * Returns 1 when an open file was removed, so that it has no name any more, 0 otherwise.
 * May be called in a thread. The errno is of no use afterwards.
 */
ngx_uint_t ggi_slot_is_nameless(ngx_fd_t fd);

/* Returns who must be able to create the files, for messages: a constant. */
const char *ggi_slot_creator(void);


#endif
