/* SPDX-License-Identifier: EUPL-1.2 */

/* The file of an audit log that a worker writes. */

#include "ggi_ngx_slot.h"

#include "ggi_hold.h"

#define GGI_SLOT_RACES    8             /* how often a file may be replaced while it is taken */


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
ggi_slot_close(ggi_slot_t *slot)
{
    if (slot->fd != NGX_INVALID_FILE) {
        (void) close(slot->fd);         /* the lock goes with it */
        slot->fd = NGX_INVALID_FILE;
    }
}


/*
 * Checks whether a file that was opened may be written: it is a regular file that this
 * worker does not have, nobody holds it, and it still stands at the path once it is
 * locked. Returns NGX_OK, NGX_AGAIN when it was replaced meanwhile, or NGX_DECLINED
 * when it may not.
 */
static ngx_int_t
ggi_slot_lock(const ggi_slot_t *slot, ngx_fd_t fd, const u_char *path,
    ngx_file_info_t *fi)
{
    if (fstat(fd, fi) == -1 || !S_ISREG(fi->st_mode)
        || (slot->fd != NGX_INVALID_FILE && fi->st_dev == slot->dev
            && fi->st_ino == slot->ino))
    {
        return NGX_DECLINED;
    }

    switch (ggi_hold(fd, (const char *) path, fi)) {
    case GGI_HOLD_TAKEN:
        return NGX_OK;

    case GGI_HOLD_REPLACED:
        return NGX_AGAIN;

    default:
        return NGX_DECLINED;
    }
}


/* Notes which directory the present file is in. */
static void
ggi_slot_note_directory(ggi_slot_t *slot)
{
    slot->directory_known = (ggi_slot_directory(slot->conf, &slot->directory) == NGX_OK);
}


/*
 * Takes the file with a number; flags is O_CREAT or 0. Returns NGX_OK, or NGX_DECLINED
 * with the errno.
 */
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
                ggi_slot_set_owner(slot->conf, fd, path, (uid_t) -1, log);
            }

            ggi_slot_close(slot);
            slot->fd = fd;
            slot->number = number;
            slot->dev = fi.st_dev;
            slot->ino = fi.st_ino;
            slot->name.len = len;
            ngx_memcpy(slot->path, path, len + 1);
            ggi_slot_note_directory(slot);
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


/*
 * Takes a file to which a chain was written last that was not closed, and that nobody
 * holds: the worker of that chain was killed, and this one's will name it. Returns
 * NGX_OK, or NGX_DECLINED when there is none.
 */
static ngx_int_t
ggi_slot_take_open(ggi_slot_t *slot, ngx_log_t *log)
{
    ggi_end_t   end;
    ngx_err_t   error;
    ngx_uint_t  n;

    for (n = 0; n < GGI_SLOT_MAX; n++) {
        ggi_places_read(slot->conf->chains, n, &end);

        if (end.how == GGI_END_OPEN && ggi_slot_take_one(slot, n, 0, &error, log) == NGX_OK) {
            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}


/*
 * Takes a file that is there and that nobody holds, or makes one. Returns NGX_OK; NGX_AGAIN
 * when another worker took the one that was made; or NGX_ERROR with the errno.
 */
static ngx_int_t
ggi_slot_take_any(ggi_slot_t *slot, ngx_err_t *error, ngx_log_t *log)
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

    return (one == NGX_EBUSY) ? NGX_AGAIN : NGX_ERROR;
}


ngx_int_t
ggi_slot_take(ggi_slot_t *slot, ngx_err_t *error, ngx_log_t *log)
{
    ngx_int_t   rc;
    ngx_uint_t  races;

    if (ggi_slot_take_open(slot, log) == NGX_OK) {
        return NGX_OK;
    }

    for (races = 0, rc = NGX_AGAIN; rc == NGX_AGAIN && races < GGI_SLOT_RACES; races++) {
        rc = ggi_slot_take_any(slot, error, log);
    }

    return (rc == NGX_OK) ? NGX_OK : NGX_ERROR;
}


/*
 * Tells what has become of the directory of the present file, which does not stand at its
 * path: GGI_SLOT_MOVED when it is where it was, GGI_SLOT_ASTRAY when it is not, and
 * GGI_SLOT_REMOVED when its mount is not either. In doubt it is where it was.
 */
static ggi_slot_state_e
ggi_slot_directory_state(const ggi_slot_t *slot)
{
    ngx_int_t         rc;
    ggi_slot_place_t  now;

    rc = slot->directory_known ? ggi_slot_directory(slot->conf, &now) : NGX_ERROR;

    if (rc == NGX_ERROR) {
        return GGI_SLOT_MOVED;
    }

    if (now.dev != slot->directory.dev || now.mount != slot->directory.mount) {
        return GGI_SLOT_REMOVED;
    }

    return (rc == NGX_OK && now.ino == slot->directory.ino) ? GGI_SLOT_MOVED
                                                            : GGI_SLOT_ASTRAY;
}


ngx_uint_t
ggi_slot_is_removed(const ggi_slot_t *slot)
{
    return ggi_slot_state(slot) == GGI_SLOT_REMOVED;
}


ggi_slot_state_e
ggi_slot_state(const ggi_slot_t *slot)
{
    ngx_uint_t         there;
    ggi_slot_place_t   place;
    ggi_slot_state_e   state;

    if (slot->fd == NGX_INVALID_FILE) {
        return GGI_SLOT_NONE;
    }

    if (ggi_slot_is_nameless(slot->fd)) {
        return GGI_SLOT_REMOVED;
    }

    there = (ggi_slot_place((const char *) slot->path, &place) == NGX_OK);

    if (there && place.dev == slot->dev && place.ino == slot->ino) {
        return GGI_SLOT_SAME;
    }

    state = ggi_slot_directory_state(slot);

    return (there && state != GGI_SLOT_REMOVED) ? GGI_SLOT_REPLACED : state;
}


ngx_int_t
ggi_slot_reopen(ggi_slot_t *slot, ngx_err_t *error, ngx_log_t *log)
{
    ggi_slot_state_e  state;

    state = ggi_slot_state(slot);

    if (slot->ino == 0) {
        return ggi_slot_take(slot, error, log);         /* it has had no file yet */
    }

    if (state == GGI_SLOT_SAME
        || ggi_slot_take_one(slot, slot->number, 0, error, log) == NGX_OK
        || (*error == NGX_ENOENT
            && ggi_slot_take_one(slot, slot->number, O_CREAT, error, log)
               == NGX_OK))
    {
        return NGX_OK;
    }

    /* a file that has only been moved is written until there is another one */

    return (state == GGI_SLOT_MOVED || state == GGI_SLOT_ASTRAY)
           ? NGX_ERROR : ggi_slot_take(slot, error, log);
}
