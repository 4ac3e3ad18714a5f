/* SPDX-License-Identifier: EUPL-1.2 */

/* The files of an audit log: their paths, how they are opened, and who owns them. */

#include "ggi_ngx_slot_file.h"

#include <sys/sysmacros.h>

#ifdef STATX_MNT_ID
#define GGI_SLOT_MOUNT  STATX_MNT_ID
#else
#define GGI_SLOT_MOUNT  0               /* an older C library */
#endif


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


ngx_int_t
ggi_slot_place(const char *path, ggi_slot_place_t *place)
{
    struct statx     it;
    ngx_file_info_t  fi;

    place->mount = 0;

    /* for why not stat() see ggi_slot_is_nameless() */

    if (statx(AT_FDCWD, path, 0, STATX_INO|GGI_SLOT_MOUNT, &it) == 0) {
        place->dev = makedev(it.stx_dev_major, it.stx_dev_minor);
        place->ino = (ino_t) it.stx_ino;
#ifdef STATX_MNT_ID
        place->mount = (it.stx_mask & STATX_MNT_ID) ? it.stx_mnt_id : 0;
#endif
        return NGX_OK;
    }

    if (stat(path, &fi) == -1) {
        return NGX_ERROR;
    }

    place->dev = fi.st_dev;
    place->ino = fi.st_ino;

    return NGX_OK;
}


ngx_int_t
ggi_slot_directory(const ggi_slot_conf_t *conf, ggi_slot_place_t *place)
{
    char       path[NGX_MAX_PATH], *slash;
    ngx_int_t  rc;

    ngx_memcpy(path, conf->name.data, conf->name.len + 1);

    for (rc = NGX_OK; ; rc = NGX_DECLINED) {
        slash = strrchr(path, '/');
        slash[slash == path] = '\0';

        if (ggi_slot_place(path, place) == NGX_OK) {
            return rc;
        }

        if (slash == path || (ngx_errno != NGX_ENOENT && ngx_errno != NGX_ENOTDIR)) {
            return NGX_ERROR;
        }
    }
}


ngx_uint_t
ggi_slot_has_path(const ggi_slot_conf_t *conf, const ngx_str_t *name)
{
    size_t      suffix;
    ngx_int_t   number;
    ngx_str_t   digits, beside;

    if (name->len == conf->name.len) {
        return ngx_strncmp(name->data, conf->name.data, name->len) == 0;
    }

    if (name->len > conf->stem && ngx_strncmp(name->data, conf->name.data, conf->stem) == 0) {
        beside.data = name->data + conf->stem;
        beside.len = name->len - conf->stem;

        if ((beside.len == 4 && ngx_strncmp(beside.data, ".gap", 4) == 0)
            || (beside.len == 7 && ngx_strncmp(beside.data, ".chains", 7) == 0))
        {
            return 1;
        }
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


ngx_fd_t
ggi_slot_open(const u_char *path, int flags, mode_t mode)
{
    return open((const char *) path,
                O_RDWR|O_APPEND|O_CLOEXEC|O_NONBLOCK|O_NOCTTY|flags, mode);
}


void
ggi_slot_set_owner(const ggi_slot_conf_t *conf, ngx_fd_t fd, const u_char *path,
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


const char *
ggi_slot_creator(void)
{
    return geteuid() == 0 ? "root" : "the user that starts nginx";
}


ngx_uint_t
ggi_slot_is_nameless(ngx_fd_t fd)
{
    struct statx     links;
    ngx_file_info_t  fi;

    /*
     * Asks for the number of links alone. fstat() asks for the times of the file
     * too, and since Linux 6.13 each write that follows such a question has to
     * give the file a new time, which makes it nearly twice as long.
     */

    if (statx(fd, "", AT_EMPTY_PATH, STATX_NLINK, &links) == 0
        && (links.stx_mask & STATX_NLINK))
    {
        return links.stx_nlink == 0;
    }

    /* a system without statx(), or a sandbox that does not know it */

    if (fstat(fd, &fi) == -1) {

        /*
         * Any other error says nothing about the name. A file that was taken for
         * removed though it stands would get other records with the same numbers.
         */

        return ngx_errno == ESTALE;
    }

    return fi.st_nlink == 0;
}
