/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_slot.h"

#include <sys/file.h>

#include "ggi_leftover.h"

#define GGI_SLOT_SUFFIX   16            /* bytes of ".<slot>" or ".gap" at the most, and the NUL */
#define GGI_SLOT_RACES    8             /* how often a file may be replaced while it is taken */


/* How many files the master of this process has made. */
static ngx_uint_t  ggi_slot_made;


size_t
ggi_slot_path(const ggi_slot_conf_t *conf, ngx_uint_t number,
    u_char path[NGX_MAX_PATH])
{
    u_char     *p;
    ngx_str_t   suffix;

    suffix.data = conf->name.data + conf->stem;
    suffix.len = conf->name.len - conf->stem;
    p = ngx_snprintf(path, NGX_MAX_PATH - 1, "%*s.%ui%V", conf->stem,
                     conf->name.data, number, &suffix);
    *p = '\0';

    return (size_t) (p - path);
}


ngx_uint_t
ggi_slot_is_name(const ggi_slot_conf_t *conf, const ngx_str_t *name)
{
    size_t      suffix;
    ngx_int_t   number;
    ngx_str_t   digits;

    if (name->len == conf->name.len) {
        return ngx_strncmp(name->data, conf->name.data, name->len) == 0;
    }

    if (name->len == conf->stem + 4
        && ngx_strncmp(name->data, conf->name.data, conf->stem) == 0
        && ngx_strncmp(name->data + conf->stem, ".gap", 4) == 0)
    {
        return 1;
    }

    suffix = conf->name.len - conf->stem;

    if (name->len < conf->name.len + 2
        || ngx_strncmp(name->data, conf->name.data, conf->stem) != 0
        || name->data[conf->stem] != '.'
        || ngx_strncmp(name->data + name->len - suffix,
                       conf->name.data + conf->stem, suffix) != 0)
    {
        return 0;
    }

    digits.data = name->data + conf->stem + 1;
    digits.len = name->len - conf->name.len - 1;
    number = ngx_atoi(digits.data, digits.len);

    return number != NGX_ERROR && number < GGI_SLOT_MAX;
}


/* Opens a file of the log; never waits for the other end of a FIFO. */
static ngx_fd_t
ggi_slot_open(const u_char *path, int flags, mode_t mode)
{
    return open((const char *) path,
                O_RDWR|O_APPEND|O_CLOEXEC|O_NONBLOCK|O_NOCTTY|flags, mode);
}


/* Names who has to be able to create files, for messages. */
static const char *
ggi_slot_creator(void)
{
    return geteuid() == 0 ? "root" : "the user that starts nginx";
}


/* NGX_DECLINED: nothing stands there. NGX_ERROR: no regular file does; logged. */
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
 * Looks whether the directory of the log is, or lies in, /dev or /proc, however it is
 * spelled. A name there can stand for a regular file, such as the one that standard
 * output goes to, but those of the workers would stand for nothing. NGX_ERROR: logged.
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
ggi_slot_check(ngx_conf_t *cf, ggi_slot_conf_t *conf)
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


/*
 * Gives a file its owner, group and mode, where they are others. Not where the
 * path is a link or the file has other names: who may write in the directory
 * could have root give away any file by that.
 */
static void
ggi_slot_own(const ggi_slot_conf_t *conf, ngx_fd_t fd, const u_char *path,
    uid_t user, ngx_log_t *log)
{
    gid_t            group;
    ngx_file_info_t  fi, link;

    if (fstat(fd, &fi) == -1 || lstat((const char *) path, &link) == -1
        || fi.st_dev != link.st_dev || fi.st_ino != link.st_ino
        || fi.st_nlink != 1)
    {
        return;
    }

    group = (conf->group == fi.st_gid) ? (gid_t) -1 : conf->group;

    if (user == fi.st_uid) {
        user = (uid_t) -1;
    }

    if ((user != (uid_t) -1 || group != (gid_t) -1)
        && fchown(fd, user, group) == -1)
    {
        ngx_log_error(NGX_LOG_WARN, log, ngx_errno, "audit log \"%s\" cannot "
                      "be given to nginx's user and the log's group", path);
    }

    if ((fi.st_mode & 07777) != conf->mode && fchmod(fd, (mode_t) conf->mode) == -1) {
        ngx_log_error(NGX_LOG_WARN, log, ngx_errno, "the mode of audit log "
                      "\"%s\" cannot be made %04uo", path, conf->mode);
    }
}


/* Makes a file of the log. NGX_BUSY: a worker holds it. NGX_ERROR: logged. */
static ngx_int_t
ggi_slot_prepare_one(const ggi_slot_conf_t *conf, ngx_uint_t number, uid_t user,
    ngx_log_t *log)
{
    u_char           path[NGX_MAX_PATH];
    ngx_fd_t         fd;
    ngx_int_t        rc;
    ngx_file_info_t  fi;

    (void) ggi_slot_path(conf, number, path);
    fd = ggi_slot_open(path, O_CREAT|O_EXCL, 0600);

    if (fd == NGX_INVALID_FILE && ngx_errno == NGX_EEXIST) {
        fd = ggi_slot_open(path, 0, 0);
    }

    if (fd == NGX_INVALID_FILE) {
        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno,
                      "audit log \"%s\" cannot be created or opened: let %s "
                      "write in its directory, in %s:%ui", path,
                      ggi_slot_creator(), conf->conf_file, conf->conf_line);
        return NGX_ERROR;
    }

    rc = NGX_OK;

    if (fstat(fd, &fi) == -1 || !S_ISREG(fi.st_mode)) {
        ngx_log_error(NGX_LOG_EMERG, log, 0, "audit log \"%s\" is no regular "
                      "file, in %s:%ui", path, conf->conf_file, conf->conf_line);
        rc = NGX_ERROR;

    } else {
        ggi_slot_own(conf, fd, path, user, log);

        if (flock(fd, LOCK_EX|LOCK_NB) == -1) {
            rc = NGX_BUSY;
        }
    }

    (void) close(fd);

    return rc;
}


ngx_int_t
ggi_slot_prepare(ngx_cycle_t *cycle, const ggi_slot_conf_t *conf)
{
    uid_t             user;
    ngx_int_t         rc;
    ngx_uint_t        n, free, wanted;
    ngx_core_conf_t  *ccf;

    ccf = (ngx_core_conf_t *) ngx_get_conf(cycle->conf_ctx, ngx_core_module);
    user = (geteuid() == 0) ? (uid_t) ccf->user : (uid_t) -1;
    wanted = ngx_test_config ? 1 : (ngx_uint_t) ccf->worker_processes + conf->spares;
    free = 0;

    for (n = 0; n < GGI_SLOT_MAX && (free < wanted || n < ggi_slot_made); n++) {
        rc = ggi_slot_prepare_one(conf, n, user, cycle->log);

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        free += (rc == NGX_OK || ngx_test_config);
    }

    ggi_slot_made = n;

    return NGX_OK;
}


void
ggi_slot_prepare_leftover(ngx_cycle_t *cycle, ggi_slot_conf_t *conf)
{
    u_char                   path[NGX_MAX_PATH];
    ngx_pool_cleanup_t      *cln;
    ngx_pool_cleanup_file_t  *file;

    if (ngx_test_config) {
        return;
    }

    ngx_snprintf(path, NGX_MAX_PATH, "%*s.gap%Z", conf->stem, conf->name.data);

    cln = ngx_pool_cleanup_add(cycle->pool, sizeof(ngx_pool_cleanup_file_t));
    if (cln == NULL) {
        return;
    }

    conf->leftover = ggi_leftover_open((char *) path);

    if (conf->leftover == NGX_INVALID_FILE) {
        ngx_log_error(NGX_LOG_WARN, cycle->log, ngx_errno,
                      "\"%s\" cannot be made or opened: without it no record "
                      "tells of what a worker cannot write before it ends", path);
        return;
    }

    cln->handler = ngx_pool_cleanup_file;
    file = cln->data;
    file->fd = conf->leftover;
    file->name = conf->name.data;
    file->log = cycle->log;
}


void
ggi_slot_init(ggi_slot_t *slot, const ggi_slot_conf_t *conf)
{
    ngx_memzero(slot, sizeof(ggi_slot_t));
    slot->conf = conf;
    slot->fd = NGX_INVALID_FILE;

    /* until it has a file, messages name the log */
    slot->name.data = slot->path;
    slot->name.len = conf->name.len;
    ngx_memcpy(slot->path, conf->name.data, conf->name.len + 1);
}


void
ggi_slot_leave(ggi_slot_t *slot)
{
    if (slot->fd != NGX_INVALID_FILE) {
        (void) close(slot->fd);         /* the lock goes with it */
        slot->fd = NGX_INVALID_FILE;
    }
}


/*
 * Whether an opened file may be written: a regular one that this worker does
 * not have, that nobody holds, and that still stands at the path once it is
 * locked. NGX_AGAIN: it has been replaced meanwhile.
 */
static ngx_int_t
ggi_slot_lock(const ggi_slot_t *slot, ngx_fd_t fd, const u_char *path,
    ngx_file_info_t *fi)
{
    ngx_file_info_t  there;

    if (fstat(fd, fi) == -1 || !S_ISREG(fi->st_mode)
        || (slot->fd != NGX_INVALID_FILE && fi->st_dev == slot->dev
            && fi->st_ino == slot->ino)
        || flock(fd, LOCK_EX|LOCK_NB) == -1)
    {
        return NGX_DECLINED;
    }

    if (stat((const char *) path, &there) == -1 || there.st_dev != fi->st_dev
        || there.st_ino != fi->st_ino)
    {
        return NGX_AGAIN;
    }

    return NGX_OK;
}


/* Takes one file. flags: O_CREAT or 0. Otherwise NGX_DECLINED, with the errno. */
static ngx_int_t
ggi_slot_take_one(ggi_slot_t *slot, ngx_uint_t number, int flags,
    ngx_err_t *error, ngx_log_t *log)
{
    u_char           path[NGX_MAX_PATH];
    size_t           len;
    ngx_fd_t         fd;
    ngx_int_t        rc;
    ngx_uint_t       races;
    ngx_file_info_t  fi;

    len = ggi_slot_path(slot->conf, number, path);

    for (races = 0; races < GGI_SLOT_RACES; races++) {
        fd = ggi_slot_open(path, flags, 0600);

        if (fd == NGX_INVALID_FILE) {
            *error = ngx_errno;
            return NGX_DECLINED;
        }

        rc = ggi_slot_lock(slot, fd, path, &fi);

        if (rc == NGX_OK) {
            if (flags) {
                ggi_slot_own(slot->conf, fd, path, (uid_t) -1, log);
            }

            ggi_slot_leave(slot);
            slot->fd = fd;
            slot->number = number;
            slot->dev = fi.st_dev;
            slot->ino = fi.st_ino;
            slot->name.len = len;
            ngx_memcpy(slot->path, path, len + 1);
            return NGX_OK;
        }

        (void) close(fd);
        *error = NGX_EBUSY;

        if (rc == NGX_DECLINED) {
            break;
        }
    }

    return NGX_DECLINED;
}


ngx_int_t
ggi_slot_take(ggi_slot_t *slot, ngx_err_t *error, ngx_log_t *log)
{
    ngx_err_t   one;
    ngx_uint_t  n, missing;

    missing = GGI_SLOT_MAX;
    *error = NGX_EBUSY;

    for (n = 0; n < GGI_SLOT_MAX; n++) {
        if (ggi_slot_take_one(slot, n, 0, &one, log) == NGX_OK) {
            return NGX_OK;
        }

        if (one == NGX_ENOENT) {
            missing = ngx_min(missing, n);

        } else if (one != NGX_EBUSY) {
            *error = one;               /* says more than that the others are held */
        }
    }

    if (missing == GGI_SLOT_MAX) {
        return NGX_ERROR;
    }

    if (ggi_slot_take_one(slot, missing, O_CREAT, &one, log) == NGX_OK) {
        return NGX_OK;
    }

    if (*error == NGX_EBUSY) {
        *error = one;
    }

    return NGX_ERROR;
}


ngx_uint_t
ggi_slot_is_removed(const ggi_slot_t *slot)
{
    struct statx     links;
    ngx_file_info_t  fi;

    if (slot->fd == NGX_INVALID_FILE) {
        return 0;
    }

    /*
     * Asks for the number of links alone. fstat() asks for the times of the file
     * too, and since Linux 6.13 each write that follows such a question has to
     * give the file a new time, which makes it nearly twice as long.
     */

    if (statx(slot->fd, "", AT_EMPTY_PATH, STATX_NLINK, &links) == 0
        && (links.stx_mask & STATX_NLINK))
    {
        return links.stx_nlink == 0;
    }

    /* a system without statx(), or a sandbox that does not know it */

    return fstat(slot->fd, &fi) == -1 || fi.st_nlink == 0;
}


ggi_slot_state_e
ggi_slot_state(const ggi_slot_t *slot)
{
    ngx_file_info_t  fi;

    if (ggi_slot_is_removed(slot)) {
        return GGI_SLOT_REMOVED;
    }

    if (stat((const char *) slot->path, &fi) == -1) {
        return GGI_SLOT_MOVED;
    }

    return (fi.st_dev == slot->dev && fi.st_ino == slot->ino)
           ? GGI_SLOT_SAME : GGI_SLOT_REPLACED;
}


ngx_int_t
ggi_slot_reopen(ggi_slot_t *slot, ngx_err_t *error, ngx_log_t *log)
{
    ggi_slot_state_e  state;

    state = (slot->fd == NGX_INVALID_FILE) ? GGI_SLOT_REMOVED
                                           : ggi_slot_state(slot);

    if (state == GGI_SLOT_SAME
        || ggi_slot_take_one(slot, slot->number, 0, error, log) == NGX_OK
        || (*error == NGX_ENOENT
            && ggi_slot_take_one(slot, slot->number, O_CREAT, error, log)
               == NGX_OK))
    {
        return NGX_OK;
    }

    /* a file that has only been renamed is written until there is another one */

    return (state == GGI_SLOT_MOVED) ? NGX_ERROR : ggi_slot_take(slot, error, log);
}
