/* SPDX-License-Identifier: EUPL-1.2 */

/* How the audit log follows SIGUSR1. */

#include "ggi_ngx_audit_reopen.h"
#include "ggi_ngx_commit_sync.h"
#include "ggi_ngx_slot_make.h"

#include <sys/mman.h>


/*
 * Returns 1 when a file that the configuration has named so far is one of the audit
 * log, 0 otherwise.
 */
static ngx_uint_t
ggi_audit_is_opened(ngx_cycle_t *cycle, const ggi_slot_conf_t *log)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_open_file_t  *file;

    for (part = &cycle->open_files.part; part; part = part->next) {
        file = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (ggi_slot_has_path(log, &file[i].name)) {
                return 1;
            }
        }
    }

    return 0;
}


/*
 * Returns 1 when this process is about to exit: nginx then tells of its files too, as its
 * first thing. A worker that only waits for its last requests still follows SIGUSR1.
 */
static ngx_uint_t
ggi_audit_process_ends(void)
{
    return ngx_terminate
           || (ngx_process == NGX_PROCESS_SINGLE && ngx_quit)
           || (ngx_exiting && ngx_event_no_timers_left() == NGX_OK);
}


/*
 * nginx tells of SIGUSR1 through the files that it has opened itself, before it
 * opens them anew: in the master, which then makes files in the place of those
 * that were renamed, and after that in each worker. When a worker exits there is
 * nothing to do here: ggi_commit_exit() writes what waits, and syncs it, when all
 * records are made.
 */
static void
ggi_audit_reopen(ngx_open_file_t *file, ngx_log_t *log)
{
    if (ggi_audit_process_ends()) {
        return;
    }

    if (ngx_process == NGX_PROCESS_MASTER || ngx_process == NGX_PROCESS_SINGLE) {
        (void) ggi_slot_make_files((ngx_cycle_t *) ngx_cycle, file->data);
    }

    ggi_commit_reopen_file(log);
}


/*
 * Writes the path of a file in memory, ending with a NUL, and returns its length without
 * the NUL; or 0 when there is none. The file lives as long as the configuration.
 */
static size_t
ggi_audit_memory_file(ngx_conf_t *cf, u_char path[NGX_MAX_PATH])
{
    u_char                   *p;
    ngx_fd_t                  fd;
    ngx_pool_cleanup_t       *cln;
    ngx_pool_cleanup_file_t  *file;

    cln = ngx_pool_cleanup_add(cf->pool, sizeof(ngx_pool_cleanup_file_t));
    fd = cln ? memfd_create("ggi_audit", MFD_CLOEXEC) : NGX_INVALID_FILE;

    if (fd == NGX_INVALID_FILE) {
        return 0;
    }

    p = ngx_sprintf(path, "/proc/self/fd/%d", fd);
    *p = '\0';

    cln->handler = ngx_pool_cleanup_file;
    file = cln->data;
    file->fd = fd;
    file->name = path;
    file->log = &cf->cycle->new_log;    /* the one of now belongs to the cycle before */

    return (access((char *) path, W_OK) == 0) ? (size_t) (p - path) : 0;
}


/*
 * nginx itself opens a file that it tells of SIGUSR1, in its master as root: it would
 * wait for the reader of a FIFO, make what a link points to, and give it to nginx's
 * user. So it gets a file in memory to open, and the log's first one only where there
 * is no /proc.
 */
ngx_int_t
ggi_audit_follow_reopen(ngx_conf_t *cf, ggi_slot_conf_t *log)
{
    u_char           *path;
    ngx_str_t         name;
    ngx_open_file_t  *file;

    if (ggi_audit_is_opened(cf->cycle, log)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"ggi_audit_log\" names the file of another log, "
                           "\"%V\": give it one of its own", &log->name);
        return NGX_ERROR;
    }

    path = ngx_pnalloc(cf->pool, NGX_MAX_PATH);
    if (path == NULL) {
        return NGX_ERROR;
    }

    name.data = path;
    name.len = ggi_audit_memory_file(cf, path);

    if (name.len == 0) {
        name.len = ggi_slot_path(log, 0, path);
    }

    file = ngx_conf_open_file(cf->cycle, &name);

    if (file == NULL) {
        return NGX_ERROR;
    }

    file->flush = ggi_audit_reopen;
    file->data = log;

    return NGX_OK;
}
