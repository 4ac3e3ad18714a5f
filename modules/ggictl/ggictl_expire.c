/* SPDX-License-Identifier: EUPL-1.2 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ggi_seal_line.h"
#include "ggictl_bury.h"
#include "ggictl_expire.h"
#include "ggictl_expire_database.h"
#include "ggictl_expire_redis.h"
#include "ggictl_index.h"
#include "ggictl_log_files.h"
#include "ggictl_out.h"
#include "ggictl_postgres.h"
#include "ggictl_seal_ask.h"
#include "ggictl_seals_find.h"


typedef struct {
    const ggictl_args_t  *args;
    ggictl_retained_t     retained;
    json_t               *counts;       /* expired records of each doelbinding */
    json_t               *files;
    ggictl_sealer_t       sealer;
    int                   opened;       /* of the sealer: -1 without one */
    uint64_t              expired;
    uint64_t              left;         /* files that were left as they are */
} ggictl_expire_t;


/*
 * Opens the sealer when the keys are given; without them the log may have no seals beside it.
 * Returns 1, or 0 after a message.
 */
static int
ggictl_expire_seals(ggictl_expire_t *expire)
{
    int    there;
    char  *path, seals[PATH_MAX];

    expire->opened = -1;

    if (expire->args->option[GGICTL_DRY_RUN]) {
        return 1;
    }

    if (expire->args->option[GGICTL_KEYS] && expire->args->option[GGICTL_LOG]) {
        expire->opened = ggictl_seal_ask_open(expire->args, &expire->sealer, seals);
        return expire->opened != -1;
    }

    if (expire->args->option[GGICTL_KEYS] || expire->args->option[GGICTL_LOG]) {
        (void) ggictl_fail("audit expire: --keys and --log belong together");
        return 0;
    }

    path = ggictl_seals_find(expire->args);
    there = path && access(path, F_OK) == 0;

    if (there) {
        (void) ggictl_fail("%s: the log is sealed, so a seal has to say which records expire: give "
                           "--log and --keys as for audit seal", path);
    }

    free(path);

    return path && !there;
}


/*
 * Has a seal say which lines of a file are tombstones. Returns 1; 0 when the file was not
 * sealed so far; or -1 after a message.
 */
static int
ggictl_expire_seal(ggictl_expire_t *expire, ggictl_bury_t *bury)
{
    int              answer;
    ggi_seal_line_t  line;
    ggi_seal_text_t  text;

    if (expire->opened == -1) {
        return 1;
    }

    memset(&line, 0, sizeof(line));
    memset(&text, 0, sizeof(text));
    line.kind = GGI_SEAL_TOMBSTONES;
    line.to = bury->buried.lines;
    line.text.data = GGICTL_BURY_REASON;
    line.text.len = sizeof(GGICTL_BURY_REASON) - 1;
    answer = 0;

    if (ggictl_seal_ask_hash(bury->name, line.hash)
        && ggi_seal_range_end(&bury->buried, line.digest))
    {
        ggi_seal_line_write(&text, &line);
        ggi_seal_text_add(&text, "", 1);

        if (!text.failed) {
            text.data[text.len - 2] = '\0';     /* its newline */
            answer = ggictl_seal_ask(&expire->sealer, expire->opened,
                                     expire->args->option[GGICTL_KEYS], line.hash, text.data);
        }
    }

    free(text.data);

    return answer == 1 ? 1 : answer == -1 ? 0 : -1;
}


/* Tells what became of a file, and why it is as it was, unless that is NULL. */
static void
ggictl_expire_told(ggictl_expire_t *expire, const ggictl_bury_t *bury, const char *why)
{
    uint64_t  expired;

    expired = why ? 0 : bury->expired;
    expire->left += (why != NULL);
    expire->expired += expired;

    if (why) {
        (void) ggictl_fail("%s is left as it is: %s", bury->name, why);

    } else {
        ggictl_say(expire->args->result, "%s: %" PRIu64 " of %" PRIu64 " record%s expired\n",
                   bury->name, expired, bury->records, ggictl_plural(bury->records));
    }

    json_array_append_new(expire->files,
                          json_pack("{s:o, s:I, s:I, s:s?}", "file", ggictl_json_cstr(bury->name),
                                    "records", (json_int_t) bury->records, "expired",
                                    (json_int_t) expired, "left", why));
}


/* Records that records of a file are going to be replaced. Returns 1, or 0 after a message. */
static int
ggictl_expire_begin(const ggictl_expire_t *expire, const ggictl_bury_t *bury,
    ggictl_change_t *intended)
{
    char            hex[GGI_SEAL_HEX];
    ggi_str_t       before = { sizeof(hex), hex };
    unsigned char   hash[GGI_SEAL_HASH];

    if (!ggictl_seal_ask_hash(bury->name, hash)) {
        return 0;
    }

    ggi_hex_write(hex, hash, GGI_SEAL_HASH);

    return ggictl_bury_intend(expire->args, bury->name, NULL, before, intended);
}


/* Replaces records of a file that is open. Returns 1; 0 with *why; or -1 after a message. */
static int
ggictl_expire_records(ggictl_expire_t *expire, ggictl_bury_t *bury, const char **why)
{
    int               rc;
    json_t           *before;
    ggictl_change_t   intended;

    /* most files have nothing that expires: these are read only */

    expire->retained.counting = expire->args->option[GGICTL_DRY_RUN] != NULL;

    if (!ggictl_bury_write(bury, &expire->retained, 1)) {
        return -1;
    }

    if (bury->expired == 0 || expire->args->option[GGICTL_DRY_RUN]) {
        return 1;
    }

    if (!ggictl_expire_begin(expire, bury, &intended)) {
        return -1;
    }

    expire->retained.counting = 1;
    before = json_deep_copy(expire->counts);
    rc = ggictl_bury_write(bury, &expire->retained, 0) ? ggictl_expire_seal(expire, bury) : -1;

    if (rc == 0) {
        *why = "no seal has it";
        ggictl_retained_recount(&expire->retained, before);
    }

    json_decref(before);

    if (rc == 1) {
        ggictl_index_remove(expire->args->option[GGICTL_INDEX], bury->name);
        rc = ggictl_bury_place(bury) ? 1 : -1;
    }

    ggictl_changes_outcome(expire->args->changes, &intended,
                           rc == 1 ? GGICTL_CHANGE_DONE
                           : rc == 0 ? GGICTL_CHANGE_REFUSED : GGICTL_CHANGE_FAILED, *why);

    return rc;
}


/* Replaces records of a file. Returns GGICTL_OK, or GGICTL_ERROR after a message. */
static int
ggictl_expire_file(ggictl_expire_t *expire, const char *name)
{
    int             rc;
    const char     *why;
    ggictl_bury_t   bury;

    why = NULL;
    rc = ggictl_bury_open(&bury, name, &why);

    if (rc == 1) {
        rc = ggictl_expire_records(expire, &bury, &why);
    }

    if (rc != -1) {
        ggictl_expire_told(expire, &bury, why);
    }

    ggictl_bury_close(&bury);

    return rc == -1 ? GGICTL_ERROR : GGICTL_OK;
}


/* Tells how many records of each doelbinding expired. */
static void
ggictl_expire_end(ggictl_expire_t *expire)
{
    int          dry;
    void        *next;
    json_t      *count;
    const char  *id;

    dry = expire->args->option[GGICTL_DRY_RUN] != NULL;

    json_object_foreach_safe(expire->counts, next, id, count) {
        if (json_integer_value(count) == 0) {
            json_object_del(expire->counts, id);
            continue;
        }

        ggictl_say(expire->args->result, "%10" JSON_INTEGER_FORMAT "  %s\n",
                   json_integer_value(count), id);
    }

    ggictl_say(expire->args->result, "%" PRIu64 " record%s expired%s\n", expire->expired,
               ggictl_plural(expire->expired), dry ? ", and would be replaced" : "");
    json_object_set(expire->args->result, "files", expire->files);
    json_object_set(expire->args->result, "doelbindingen", expire->counts);
    json_object_set_new(expire->args->result, "expired",
                        json_integer((json_int_t) expire->expired));
    json_object_set_new(expire->args->result, "dry_run", json_boolean(dry));
}


/* Replaces records of all files. Returns the exit status. */
static int
ggictl_expire_files(ggictl_expire_t *expire)
{
    int                  i, rc;
    size_t               k;
    ggictl_log_files_t   files;

    memset(&files, 0, sizeof(ggictl_log_files_t));
    rc = GGICTL_OK;

    for (i = 0; i < expire->args->n && rc == GGICTL_OK; i++) {
        if (!ggictl_seals_named(expire->args->arguments[i])) {
            rc = ggictl_log_files_add(&files, expire->args->arguments[i]) ? GGICTL_OK
                                                                         : GGICTL_ERROR;
        }
    }

    for (k = 0; k < files.n && rc == GGICTL_OK; k++) {
        rc = ggictl_expire_file(expire, files.files[k].name);
    }

    ggictl_log_files_free(&files);

    if (rc == GGICTL_OK || expire->expired) {
        ggictl_expire_end(expire);
    }

    return (rc == GGICTL_OK && expire->left) ? GGICTL_NO : rc;
}


/* Tells what became of a part of a sink, and why it is as it was, unless that is NULL. */
static void
ggictl_expire_part(void *data, const ggictl_bury_t *bury, const char *why)
{
    ggictl_expire_told(data, bury, why);
}


/* Replaces records of a sink of "audit ship". Returns the exit status. */
static int
ggictl_expire_from(ggictl_expire_t *expire, const char *url)
{
    int                    good;
    ggictl_redis_access_t  access;

    if (expire->args->n || expire->args->option[GGICTL_KEYS] || expire->args->option[GGICTL_LOG]) {
        return ggictl_fail("audit expire: what was shipped has no seals, and is not read together "
                           "with files: give --from without these");
    }

    ggictl_redis_access(&access, expire->args);
    access.url = url;

    if (strncmp(url, GGICTL_POSTGRES_SCHEME, sizeof(GGICTL_POSTGRES_SCHEME) - 1) == 0) {
        good = ggictl_expire_database(expire->args, url, &expire->retained, ggictl_expire_part,
                                      expire);

    } else if (strncmp(url, "redis://", 8) == 0 || strncmp(url, "rediss://", 9) == 0) {
        good = (url != expire->args->option[GGICTL_FROM_SHIPPED]
                || ggictl_redis_without_password(url, "GGI_EXPIRE_FROM"))
               && ggictl_expire_redis(expire->args, &access, &expire->retained,
                                      ggictl_expire_part, expire);

    } else {
        return ggictl_fail("--from: expected a URL of postgresql://, redis:// or rediss://");
    }

    if (good || expire->expired) {
        ggictl_expire_end(expire);
    }

    return !good ? GGICTL_ERROR : expire->left ? GGICTL_NO : GGICTL_OK;
}


/* Replaces records of what the arguments name. Returns the exit status. */
static int
ggictl_expire_all(ggictl_expire_t *expire)
{
    const char  *url;

    url = expire->args->option[GGICTL_FROM_SHIPPED];

    if (url == NULL && expire->args->n == 0) {
        url = getenv("GGI_EXPIRE_FROM");
    }

    if (url) {
        return ggictl_expire_from(expire, url);
    }

    if (expire->args->n == 0) {
        return ggictl_fail("audit expire: expected FILE|DIR..., or --from URL, or GGI_EXPIRE_FROM "
                           "in the environment");
    }

    return ggictl_expire_seals(expire) ? ggictl_expire_files(expire) : GGICTL_ERROR;
}


int
ggictl_expire(ggictl_args_t *args)
{
    int              rc;
    ggictl_expire_t  expire;

    memset(&expire, 0, sizeof(ggictl_expire_t));
    expire.args = args;
    expire.counts = json_object();
    expire.files = json_array();
    expire.opened = -1;

    rc = ggictl_retained_start(&expire.retained, args->option[GGICTL_REGISTER],
                               args->option[GGICTL_DEFAULT], expire.counts)
         ? ggictl_expire_all(&expire) : GGICTL_ERROR;

    if (expire.opened != -1) {
        ggictl_sealer_close(&expire.sealer);
    }

    ggictl_retained_free(&expire.retained);
    json_decref(expire.counts);
    json_decref(expire.files);

    return rc;
}
