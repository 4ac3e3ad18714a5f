/* SPDX-License-Identifier: EUPL-1.2 */

/* Makes the files of an audit log, in the master. */

#include "ggi_leftover.h"
#include "ggi_ngx_slot_make.h"

#include <sys/file.h>


/* How many files this process has made: all numbers below it. */
static ngx_uint_t  ggi_slot_made;


/*
 * Makes the file of the log with a number. Returns NGX_OK, NGX_BUSY when a worker holds
 * it; or, after a message, NGX_DECLINED when something else stands at its path, which
 * says nothing about the other files, or NGX_ERROR.
 */
static ngx_int_t
ggi_slot_make_file(const ggi_slot_conf_t *conf, ngx_uint_t number, uid_t user,
    ngx_log_t *log)
{
    u_char           path[NGX_MAX_PATH];
    ngx_fd_t         fd;
    ngx_int_t        rc, failure;
    ngx_file_info_t  fi;

    (void) ggi_slot_path(conf, number, path);
    fd = ggi_slot_open(path, O_CREAT|O_EXCL, 0600);
    failure = NGX_ERROR;

    if (fd == NGX_INVALID_FILE && ngx_errno == NGX_EEXIST) {
        fd = ggi_slot_open(path, 0, 0);
        failure = NGX_DECLINED;
    }

    if (fd == NGX_INVALID_FILE) {
        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno,
                      "audit log \"%s\" cannot be created or opened: let %s "
                      "write in its directory, in %s:%ui", path,
                      ggi_slot_creator(), conf->conf_file, conf->conf_line);
        return failure;
    }

    rc = NGX_OK;

    if (fstat(fd, &fi) == -1 || !S_ISREG(fi.st_mode)) {
        ngx_log_error(NGX_LOG_EMERG, log, 0, "audit log \"%s\" is no regular "
                      "file, in %s:%ui", path, conf->conf_file, conf->conf_line);
        rc = NGX_DECLINED;

    } else {
        ggi_slot_set_owner(conf, fd, path, user, log);

        if (flock(fd, LOCK_EX|LOCK_NB) == -1) {
            rc = NGX_BUSY;
        }
    }

    (void) close(fd);

    return rc;
}


ngx_int_t
ggi_slot_make_files(ngx_cycle_t *cycle, const ggi_slot_conf_t *conf)
{
    uid_t             user;
    ngx_int_t         rc, all;
    ngx_uint_t        n, free, wanted;
    ngx_core_conf_t  *ccf;

    ccf = (ngx_core_conf_t *) ngx_get_conf(cycle->conf_ctx, ngx_core_module);
    user = (geteuid() == 0) ? (uid_t) ccf->user : (uid_t) -1;
    wanted = ngx_test_config ? 1 : (ngx_uint_t) ccf->worker_processes + conf->spares;
    free = 0;
    all = NGX_OK;

    for (n = 0; n < GGI_SLOT_MAX && (free < wanted || n < ggi_slot_made); n++) {
        rc = ggi_slot_make_file(conf, n, user, cycle->log);

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (rc == NGX_DECLINED) {
            all = NGX_ERROR;
            continue;
        }

        free += (rc == NGX_OK || ngx_test_config);
    }

    ggi_slot_made = n;

    if (conf->chains != NGX_INVALID_FILE) {
        (void) ggi_places_reserve(conf->chains, n);
    }

    return all;
}


/*
 * Opens the file beside the log that has an extension, by a function of which it takes the
 * descriptor. It is closed with the cycle. Returns the descriptor; or NGX_INVALID_FILE,
 * after a warning that names what is lost without the file.
 */
static ngx_fd_t
ggi_slot_open_beside(ngx_cycle_t *cycle, const ggi_slot_conf_t *conf, const char *extension,
    int (*open_file)(const char *path), const char *lost)
{
    ngx_fd_t                  fd;
    u_char                    path[NGX_MAX_PATH];
    ngx_pool_cleanup_t       *cln;
    ngx_pool_cleanup_file_t  *file;

    ngx_snprintf(path, NGX_MAX_PATH, "%*s.%s%Z", conf->stem, conf->name.data, extension);

    cln = ngx_pool_cleanup_add(cycle->pool, sizeof(ngx_pool_cleanup_file_t));
    fd = cln ? open_file((char *) path) : NGX_INVALID_FILE;

    if (fd == NGX_INVALID_FILE) {
        ngx_log_error(NGX_LOG_WARN, cycle->log, ngx_errno,
                      "\"%s\" cannot be made or opened: without it %s", path, lost);
        return NGX_INVALID_FILE;
    }

    cln->handler = ngx_pool_cleanup_file;
    file = cln->data;
    file->fd = fd;
    file->name = conf->name.data;
    file->log = cycle->log;

    return fd;
}


void
ggi_slot_open_besides(ngx_cycle_t *cycle, ggi_slot_conf_t *conf)
{
    if (ngx_test_config) {
        return;
    }

    conf->leftover = ggi_slot_open_beside(cycle, conf, "gap", ggi_leftover_open,
                                          "no record tells of what a worker cannot write "
                                          "before it ends");
    conf->chains = ggi_slot_open_beside(cycle, conf, "chains", ggi_places_open,
                                        "no record tells which chain of records was before "
                                        "one whose file was rotated");

    if (conf->chains != NGX_INVALID_FILE) {
        (void) ggi_places_begin(conf->chains, (uint64_t) ngx_pid, (uint64_t) ngx_parent,
                                &conf->start);
    }
}
