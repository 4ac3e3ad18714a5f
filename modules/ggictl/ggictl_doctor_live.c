/* SPDX-License-Identifier: EUPL-1.2 */

#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>

#include "ggi_seal_path.h"
#include "ggictl_cluster.h"
#include "ggictl_dataset_show.h"
#include "ggictl_doctor_files.h"
#include "ggictl_doctor_live.h"
#include "ggictl_redis_open.h"

/* where the package has examples; conf/ of the source has the same */
#define GGICTL_DOCTOR_EXAMPLES  "/usr/share/doc/ggictl/examples/"
#define GGICTL_DOCTOR_LOG_MAX   (1024 * 1024 * 1024)    /* bytes of a log that is rotated */
#define GGICTL_DOCTOR_DISK_MIN  (100 * 1024 * 1024)     /* bytes that are left for a log */
#define GGICTL_DOCTOR_SEAL_MAX  300     /* seconds between two seals */


/* Looks at one file of an audit log. */
static void
ggictl_doctor_log(ggi_doctor_t *doctor, const char *path)
{
    struct stat  st;

    if (stat(path, &st) != 0) {
        return;                         /* it has been rotated since */
    }

    if (st.st_mode & S_IRWXO) {
        ggi_doctor_tell(doctor, GGI_DOCTOR_WARNING, "log", "take the rights of others away by "
                        "\"chmod o=\"", "%.300s: others can read records of persons, mode %04o",
                        path, (unsigned) st.st_mode & 07777);
    }

    if (st.st_size > GGICTL_DOCTOR_LOG_MAX) {
        ggi_doctor_tell(doctor, GGI_DOCTOR_WARNING, "rotation", "install " GGICTL_DOCTOR_EXAMPLES
                        "logrotate as /etc/logrotate.d/ggi-audit, or rotate it as that does",
                        "%.300s: has more than 1 GB and is not rotated", path);
    }
}


/* Looks whether an audit log can grow. A file system that does not tell its size is not judged. */
static void
ggictl_doctor_disk(ggi_doctor_t *doctor, const char *log)
{
    int             len;
    char            dir[PATH_MAX];
    const char     *slash;
    struct statvfs  fs;

    slash = strrchr(log, '/');
    len = slash ? (int) (slash - log) : 0;
    snprintf(dir, sizeof(dir), "%.*s/", len, log);

    if (statvfs(dir, &fs) != 0 || fs.f_blocks == 0) {
        return;
    }

    if ((uint64_t) fs.f_bavail * fs.f_frsize < GGICTL_DOCTOR_DISK_MIN
        || (fs.f_files && fs.f_favail == 0))
    {
        ggi_doctor_tell(doctor, GGI_DOCTOR_CRITICAL, "disk", "make room there, as by packing or "
                        "moving rotated files", "%.300s: %u MB %sare left for the audit log; when "
                        "nothing is, calls are refused with audit_unavailable", dir,
                        (unsigned) ((uint64_t) fs.f_bavail * fs.f_frsize / (1024 * 1024)),
                        fs.f_files && fs.f_favail == 0 ? "and no more files " : "");
    }
}


/* Looks at the seals of an audit log. */
static void
ggictl_doctor_seals(ggi_doctor_t *doctor, const char *log, time_t now)
{
    char         seals[PATH_MAX];
    struct stat  st;

    static const char  remedy[] = "run \"ggictl audit seal\", by ggi-seal.service of the package "
                                  "ggictl, as \"systemctl cat ggi-seal\" says at its top";

    if (!ggi_seal_path(seals, sizeof(seals), log, strlen(log))) {
        return;
    }

    if (stat(seals, &st) != 0) {
        ggi_doctor_tell(doctor, GGI_DOCTOR_WARNING, "seal", remedy, "%.300s: nobody seals the "
                        "audit log, so that its end can be taken away unseen", seals);

    } else if (now - st.st_mtime > GGICTL_DOCTOR_SEAL_MAX) {
        ggi_doctor_tell(doctor, GGI_DOCTOR_CRITICAL, "seal", remedy, "%.300s: the last seal is "
                        "more than five minutes old", seals);
    }
}


void
ggictl_doctor_logs(ggi_doctor_t *doctor, const ggi_conf_t *conf, time_t now)
{
    char                         pattern[PATH_MAX + 8];
    size_t                       i, stem;
    glob_t                       found;
    ggictl_doctor_path_t         path;
    const ggi_conf_directive_t  *d;

    for (d = NULL; (d = ggi_conf_next(conf, "ggi_audit_log", d)) != NULL; /* void */) {
        if (!ggictl_doctor_path(&path, conf, d)) {
            continue;
        }

        stem = ggi_seal_stem(path.text, strlen(path.text));
        snprintf(pattern, sizeof(pattern), "%.*s.[0-9]*%s", (int) stem, path.text,
                 path.text + stem);

        if (glob(pattern, 0, NULL, &found) == 0) {
            for (i = 0; i < found.gl_pathc; i++) {
                ggictl_doctor_log(doctor, found.gl_pathv[i]);
            }

            globfree(&found);

        } else {
            ggi_doctor_tell(doctor, GGI_DOCTOR_WARNING, "log", "start nginx, or look as root",
                            "%.300s: there is no file of the audit log", path.text);
        }

        ggictl_doctor_disk(doctor, path.text);
        ggictl_doctor_seals(doctor, path.text, now);
    }
}


/* Judges what Redis says of itself. */
static void
ggictl_doctor_redis_info(ggi_doctor_t *doctor, const char *server, const char *info)
{
    size_t  i;

    static const struct {
        const char    *line;
        ggi_doctor_e   level;
        const char    *what;
        const char    *remedy;
    } lines[] = {
        { "\r\nrole:slave", GGI_DOCTOR_WARNING, "is a replica, into which no profile "
          "can be loaded", "name the primary" },
        { "\r\nmaster_link_status:down", GGI_DOCTOR_CRITICAL, "is a replica that has lost its "
          "primary, so that withdrawn profiles stay", "connect it again" },
        { "\r\nloading:1", GGI_DOCTOR_CRITICAL, "is loading its data", "wait for it" },
        { "\r\nrdb_last_bgsave_status:err", GGI_DOCTOR_CRITICAL, "could not save its data",
          "look at its log and its disk" },
        { "\r\naof_last_write_status:err", GGI_DOCTOR_CRITICAL, "could not append to its file",
          "look at its log and its disk" },
        { "\r\naof_enabled:0", GGI_DOCTOR_WARNING, "keeps no file of what it is told, so that a "
          "crash brings withdrawn profiles back", "set \"appendonly yes\"" },
    };

    for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        if (strstr(info, lines[i].line)) {
            ggi_doctor_tell(doctor, lines[i].level, "redis", lines[i].remedy, "redis %.100s %s",
                            server, lines[i].what);
        }
    }
}


/* Tells when a Redis lacks the marker by which gates know that it has what it should. */
static void
ggictl_doctor_redis_dataset(ggi_doctor_t *doctor, ggictl_redis_t *redis)
{
    switch (ggictl_dataset_look(redis)) {

    case GGI_DATASET_GOOD:
        break;

    case GGI_DATASET_UNREADABLE:
        ggi_doctor_tell(doctor, GGI_DOCTOR_WARNING, "redis", "give its user the right to HMGET "
                        GGI_DATASET_KEY, "redis does not tell its data set: %.300s", redis->error);
        break;

    default:
        ggi_doctor_tell(doctor, GGI_DOCTOR_CRITICAL, "redis", "when \"ggictl profiel list\" shows "
                        "what it should, run \"ggictl dataset adopt\", with the id that the error "
                        "log of nginx tells gates know, if it does",
                        "redis %.100s has no data set, so that gates doubt it", redis->server);
    }
}


/* Judges what one server says of itself. */
static void
ggictl_doctor_redis_server(ggi_doctor_t *doctor, ggictl_redis_t *redis)
{
    redisReply  *reply;
    const char  *command[] = { "INFO" };

    reply = ggictl_redis_ask(redis, 1, command);

    if (reply && reply->str) {
        ggictl_doctor_redis_info(doctor, redis->server, reply->str);

    } else {
        if (redis->refused) {
            redis->error[0] = '\0';     /* what comes next is judged all the same */
        }

        ggi_doctor_tell(doctor, GGI_DOCTOR_WARNING, "redis", "give its user the right +info, as "
                        GGICTL_DOCTOR_EXAMPLES "redis-users.acl does, or name another user by "
                        "--redis or GGI_REDIS", "redis %.100s does not tell this user about "
                        "itself (INFO)", redis->server);
    }

    if (reply) {
        freeReplyObject(reply);
    }
}


void
ggictl_doctor_redis(ggi_doctor_t *doctor, const ggictl_redis_access_t *access)
{
    size_t           i;
    ggictl_redis_t   redis, *server;

    if (ggictl_redis_open(&redis, access, GGICTL_REDIS_ANY)) {

        for (i = 0; (server = ggictl_cluster_master(&redis, i)) != NULL; i++) {
            ggictl_doctor_redis_server(doctor, server);
        }

        if (i > 0 && redis.error[0] == '\0') {
            ggictl_doctor_redis_dataset(doctor, &redis);
        }

    } else {
        i = 0;
    }

    if (i == 0 || (redis.cluster && redis.error[0])) {
        ggi_doctor_tell(doctor, GGI_DOCTOR_CRITICAL, "redis", "see whether it runs, and whether "
                        "the URL is right", "redis cannot be used: %.300s", redis.error);
    }

    ggictl_redis_close(&redis);
}


void
ggictl_doctor_clock(ggi_doctor_t *doctor)
{
    struct timex  timex;

    memset(&timex, 0, sizeof(timex));

    if (adjtimex(&timex) == TIME_ERROR || (timex.status & STA_UNSYNC)) {
        ggi_doctor_tell(doctor, GGI_DOCTOR_WARNING, "clock", "run chrony or systemd-timesyncd",
                        "nothing synchronises the clock of this machine, by which certificates, "
                        "lists and profiles are valid");
    }
}
