/* SPDX-License-Identifier: EUPL-1.2 */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "ggictl_bury.h"
#include "ggictl_log.h"
#include "ggictl_out.h"
#include "ggictl_pack.h"

#define GGICTL_BURY_MADE  "ggi-expire."         /* what the name of a new file begins with */


int
ggictl_bury_start(ggictl_bury_t *bury, const char *name)
{
    memset(bury, 0, sizeof(ggictl_bury_t));
    bury->name = name;
    bury->fd = -1;
    bury->copy = malloc(GGI_VERIFY_LINE_MAX + 1);

    if (bury->copy == NULL || !ggi_seal_range_start(&bury->line)
        || !ggi_seal_range_start(&bury->buried))
    {
        (void) ggictl_fail("no memory, or openssl.cnf names no provider with SHA-256");
        return 0;
    }

    return 1;
}


int
ggictl_bury_open(ggictl_bury_t *bury, const char *name, const char **why)
{
    if (!ggictl_bury_start(bury, name)) {
        return -1;
    }

    /* a FIFO that nobody writes to is not waited for */
    bury->fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK);

    if (bury->fd == -1 && errno == ELOOP) {
        *why = "it is a symbolic link: name the file that it leads to";
        return 0;
    }

    if (bury->fd == -1 || fstat(bury->fd, &bury->st) != 0) {
        (void) ggictl_fail("%s: %s", name, strerror(errno));
        return -1;
    }

    if (!S_ISREG(bury->st.st_mode)) {
        (void) ggictl_fail("%s is no regular file", name);
        return -1;
    }

    if (bury->st.st_nlink > 1) {
        *why = "it has another name, under which its records would stay";
        return 0;
    }

    /* a worker holds a lock on the file that it writes to, for as long as it has it open */

    if (flock(bury->fd, LOCK_EX | LOCK_NB) != 0) {
        *why = "a process writes to it: rotate it first";
        return 0;
    }

    return 1;
}


/* Creates the new file beside the old one. Returns its descriptor, or -1 after a message. */
static int
ggictl_bury_create(ggictl_bury_t *bury)
{
    int          fd, n;
    const char  *slash;

    slash = strrchr(bury->name, '/');
    n = snprintf(bury->made, sizeof(bury->made), "%.*s" GGICTL_BURY_MADE "%" PRIu64,
                 slash ? (int) (slash + 1 - bury->name) : 0, bury->name,
                 (uint64_t) bury->st.st_ino);

    if (n < 0 || (size_t) n >= sizeof(bury->made)) {
        bury->made[0] = '\0';
        (void) ggictl_fail("%s: its path is too long", bury->name);
        return -1;
    }

    /* what is there was left by an attempt that was killed */
    (void) unlink(bury->made);
    fd = open(bury->made, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);

    if (fd == -1) {
        (void) ggictl_fail("%s: %s", bury->made, strerror(errno));
        bury->made[0] = '\0';
        return -1;
    }

    /* who may not give a file away keeps it, and its group may read it as before */

    if ((fchown(fd, bury->st.st_uid, bury->st.st_gid) != 0
         && fchown(fd, (uid_t) -1, bury->st.st_gid) != 0 && errno != EPERM)
        || fchmod(fd, bury->st.st_mode & 07777) != 0)
    {
        (void) ggictl_fail("%s: %s", bury->made, strerror(errno));
        (void) close(fd);
        return -1;
    }

    return fd;
}


int
ggictl_bury_line(ggictl_bury_t *bury, ggictl_retained_t *retained, const char *line, size_t len,
    ggi_verify_place_t *place)
{
    uint64_t        time;
    ggi_str_t       term;
    const char     *text;
    unsigned char   hash[GGI_SEAL_HASH];

    if (ggi_tombstone_read(line, len, hash)) {
        ggi_seal_range_add_hash(&bury->buried, hash, len);
        return 1;
    }

    text = (line[len - 1] == '\n') ? ggictl_retained_over(retained, line, len, &time) : NULL;

    if (text == NULL || ggi_verify_line_read(line, len, place) != GGI_VERIFY_RECORD) {
        return 0;
    }

    term.data = text;
    term.len = strlen(text);
    memcpy(bury->copy, line, len);
    (void) ggi_seal_range_add(&bury->line, line, len);

    if (bury->line.failed
        || !ggi_tombstone_write(bury->copy, len, bury->line.hash, place, time, term))
    {
        return 0;
    }

    ggi_seal_range_add_hash(&bury->buried, bury->line.hash, len);
    bury->expired++;

    return 1;
}


int
ggictl_bury_expires(ggictl_bury_t *bury, ggictl_retained_t *retained, const char *line, size_t len,
    ggi_verify_place_t *place)
{
    uint64_t  before;

    before = bury->expired;

    return len && len <= GGI_VERIFY_LINE_MAX
           && ggictl_bury_line(bury, retained, line, len, place) && bury->expired > before;
}


int
ggictl_bury_intend(const ggictl_args_t *args, const char *target, const char *item,
    ggi_str_t before, ggictl_change_t *intended)
{
    ggi_change_t  change;

    memset(&change, 0, sizeof(change));
    change.kind = ggictl_str("audit_records");
    change.target = ggictl_str(target);
    change.item = ggictl_str(item);
    change.source = ggictl_str(args->option[GGICTL_REGISTER]);
    change.reason = ggictl_str(GGICTL_BURY_REASON);
    change.before.sha256 = before;

    return ggictl_changes_begin(args->changes, &change, intended);
}


/* Reads all lines, and writes them to pack, unless that is NULL. Returns 1, or 0. */
static int
ggictl_bury_lines(ggictl_bury_t *bury, ggictl_retained_t *retained, ggictl_log_t *log,
    ggictl_pack_t *pack)
{
    int                  rc, buried;
    size_t               len;
    uint64_t             before;
    const char          *line;
    ggi_verify_place_t   place;

    bury->records = 0;
    bury->expired = 0;
    ggi_seal_range_begin(&bury->buried);

    while ((rc = ggictl_log_line(log, &line, &len)) == 1) {
        if (len > GGI_VERIFY_LINE_MAX) {
            (void) ggictl_fail("%s has a line of more than %d bytes, and is left as it is",
                               bury->name, GGI_VERIFY_LINE_MAX);
            return 0;
        }

        before = bury->expired;
        buried = ggictl_bury_line(bury, retained, line, len, &place);
        bury->records++;

        if (pack && !ggictl_pack_write(pack, (buried && bury->expired > before) ? bury->copy : line,
                                       len))
        {
            return 0;
        }
    }

    return rc == 0;
}


/* Reads the file and writes the new one to a descriptor, or reads it only when that is -1. */
static int
ggictl_bury_read(ggictl_bury_t *bury, ggictl_retained_t *retained, int fd)
{
    int             good;
    ggictl_log_t   *log;
    ggictl_pack_t   pack;

    log = ggictl_log_open_fd(bury->name, bury->fd);

    if (log == NULL) {
        if (fd != -1) {
            (void) close(fd);
        }

        return 0;
    }

    if (fd == -1) {
        good = ggictl_bury_lines(bury, retained, log, NULL);

    } else {
        good = ggictl_pack_open(&pack, bury->made, fd, bury->fd)
               && ggictl_bury_lines(bury, retained, log, &pack);
        good = ggictl_pack_close(&pack, good);
    }

    ggictl_log_close(log);

    return good;
}


int
ggictl_bury_write(ggictl_bury_t *bury, ggictl_retained_t *retained, int dry)
{
    int  fd;

    if (dry) {
        return ggictl_bury_read(bury, retained, -1);
    }

    fd = ggictl_bury_create(bury);

    if (fd == -1 || !ggictl_bury_read(bury, retained, fd)) {
        return 0;
    }

    bury->written = 1;

    return 1;
}


int
ggictl_bury_place(ggictl_bury_t *bury)
{
    int              fd;
    char             directory[PATH_MAX];
    const char      *slash;
    struct stat      st;
    struct timespec  times[2];

    if (fstat(bury->fd, &st) != 0 || st.st_size != bury->st.st_size
        || st.st_mtim.tv_sec != bury->st.st_mtim.tv_sec
        || st.st_mtim.tv_nsec != bury->st.st_mtim.tv_nsec)
    {
        (void) ggictl_fail("%s: somebody wrote to it meanwhile, and it is left as it is",
                           bury->name);
        return 0;
    }

    /* a file that took its name, by a rotation, has other records, and may be written to */

    if (lstat(bury->name, &st) != 0 || st.st_ino != bury->st.st_ino
        || st.st_dev != bury->st.st_dev || st.st_nlink > 1)
    {
        (void) ggictl_fail("%s: it was renamed or removed meanwhile, and nothing is put in its "
                           "place", bury->name);
        return 0;
    }

    /* files are ordered by the time of their last change */
    times[0] = bury->st.st_atim;
    times[1] = bury->st.st_mtim;

    if (utimensat(AT_FDCWD, bury->made, times, 0) != 0 || rename(bury->made, bury->name) != 0) {
        (void) ggictl_fail("%s: %s", bury->name, strerror(errno));
        return 0;
    }

    bury->made[0] = '\0';
    slash = strrchr(bury->name, '/');
    snprintf(directory, sizeof(directory), "%.*s", slash ? (int) (slash + 1 - bury->name) : 1,
             slash ? bury->name : ".");
    fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd == -1 || fsync(fd) != 0) {
        (void) ggictl_fail("%s: cannot be synced: %s", directory, strerror(errno));
        (void) (fd == -1 || close(fd));
        return 0;
    }

    return close(fd) == 0;
}


void
ggictl_bury_close(ggictl_bury_t *bury)
{
    if (bury->made[0]) {
        (void) unlink(bury->made);
    }

    if (bury->fd != -1) {
        (void) close(bury->fd);
    }

    ggi_seal_range_free(&bury->line);
    ggi_seal_range_free(&bury->buried);
    free(bury->copy);
    memset(bury, 0, sizeof(ggictl_bury_t));
    bury->fd = -1;
}
