/* SPDX-License-Identifier: EUPL-1.2 */

/* Checks, while the configuration is read, whether an audit log can be kept at its path. */

#include "ggi_ngx_slot_check.h"


/*
 * Checks that what stands at a path is a regular file. Returns NGX_OK, NGX_DECLINED
 * when nothing stands there, or NGX_ERROR after a message when it is anything else.
 */
static ngx_int_t
ggi_slot_check_path(ngx_conf_t *cf, const u_char *path)
{
    ngx_file_info_t  fi;

    if (stat((const char *) path, &fi) == -1) {
        return NGX_DECLINED;
    }

    if (!S_ISREG(fi.st_mode)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "audit log \"%s\" is no regular file, and records "
                           "cannot be kept in anything else: give "
                           "\"ggi_audit_log\" the path of a file, or of none yet",
                           path);
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* Creates the first file, as nobody else's: nginx would create it for everybody to read. */
static ngx_int_t
ggi_slot_check_create(ngx_conf_t *cf, const u_char *path)
{
    ngx_fd_t  fd;

    if (ngx_process == NGX_PROCESS_SIGNALLER) {
        return NGX_OK;
    }

    fd = ggi_slot_open(path, O_CREAT|O_EXCL, 0600);

    if (fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           "audit log \"%s\" cannot be created: make its "
                           "directory, and let %s write in it", path,
                           ggi_slot_creator());
        return NGX_ERROR;
    }

    (void) close(fd);

    return NGX_OK;
}


/*
 * Checks that the directory of the log is not, and does not lie in, /dev or /proc,
 * however it is spelled. A name there can stand for a regular file, such as the one
 * that standard output goes to, and the names of the workers' files would stand for
 * nothing. Returns NGX_OK, or NGX_ERROR after a message.
 */
static ngx_int_t
ggi_slot_check_directory(ngx_conf_t *cf, const ggi_slot_conf_t *conf)
{
    char    directory[PATH_MAX];
    u_char  path[NGX_MAX_PATH], *slash;
    size_t  i;

    static const char  *const  kinds[] = { "/dev/", "/proc/" };

    *ngx_cpymem(path, conf->name.data, conf->name.len) = '\0';
    slash = (u_char *) strrchr((char *) path, '/');
    slash[slash == path] = '\0';

    if (realpath((char *) path, directory) == NULL) {
        return NGX_OK;                  /* it is missing, of which the next check tells */
    }

    for (i = 0; i < 2; i++) {
        if (ngx_strncmp(directory, kinds[i], ngx_strlen(kinds[i]) - 1) == 0
            && ngx_strchr("/", directory[ngx_strlen(kinds[i]) - 1]))
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "audit log \"%V\" is in %*s, where no file can be "
                               "kept: give \"ggi_audit_log\" the path of a file "
                               "elsewhere", &conf->name,
                               ngx_strlen(kinds[i]) - 1, kinds[i]);
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


ngx_int_t
ggi_slot_check(ngx_conf_t *cf, const ggi_slot_conf_t *conf)
{
    u_char      path[NGX_MAX_PATH];
    ngx_int_t   rc;
    ngx_uint_t  n;

    if (conf->name.len + GGI_SLOT_SUFFIX > NGX_MAX_PATH) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "path of audit log \"%V\" is "
                           "too long", &conf->name);
        return NGX_ERROR;
    }

    if (ggi_slot_check_directory(cf, conf) != NGX_OK
        || ggi_slot_check_path(cf, conf->name.data) == NGX_ERROR)
    {
        return NGX_ERROR;
    }

    for (n = 0; n < GGI_SLOT_MAX; n++) {
        (void) ggi_slot_path(conf, n, path);
        rc = ggi_slot_check_path(cf, path);

        if (rc == NGX_DECLINED && n == 0) {
            rc = ggi_slot_check_create(cf, path);
        }

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}
