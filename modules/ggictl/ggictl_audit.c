/* SPDX-License-Identifier: EUPL-1.2 */

#include <inttypes.h>
#include <string.h>

#include "ggi_verify.h"
#include "ggictl_audit.h"
#include "ggictl_audit_seals.h"
#include "ggictl_log.h"
#include "ggictl_log_files.h"
#include "ggictl_out.h"
#include "ggictl_progress.h"
#include "ggictl_seals_find.h"
#include "ggictl_seals_lines.h"


/* A verification of files. */
typedef struct {
    json_t                *result;      /* NULL: print text */
    ggi_verify_t           verify;
    ggictl_audit_seals_t   seals;
    ggictl_progress_t      progress;
    uint64_t               done;        /* bytes of the files that were read whole */
} ggictl_audit_t;


static void
ggictl_audit_fault(void *data, const char *text)
{
    json_t          *result;
    ggictl_audit_t  *audit = data;

    result = audit->result;
    ggictl_progress_clear(&audit->progress);
    ggictl_say(result, "%s\n", text);
    json_array_append_new(json_object_get(result, "faults"),
                          result ? ggictl_json_cstr(text) : NULL);
}


/* Shows a chain, and how it ended. */
static void
ggictl_audit_chain(void *data, const ggi_verify_chain_t *one, const char *end)
{
    json_t                   *chain, *result = data;
    int64_t                   first, last;
    const ggi_verify_said_t  *before;

    first = one->runs[0].first;
    last = one->runs[one->n - 1].last;
    before = &one->ends.before;

    ggictl_say(result, "chain %s: records %" PRId64 " to %" PRId64 ", %s\n", one->id, first,
               last, end);

    if (result) {
        chain = json_pack("{s:s, s:I, s:I, s:b, s:b, s:s?, s:s}", "id", one->id, "first",
                          (json_int_t) first, "last", (json_int_t) last, "opened",
                          one->ends.opened, "closed", one->ends.closed != 0, "before",
                          before->number ? before->id : NULL, "end", end);
        json_array_append_new(json_object_get(result, "chains"), chain);
    }
}


/*
 * Verifies each line of a file. Returns GGICTL_OK, or GGICTL_ERROR after a message when
 * the file cannot be read whole.
 */
static int
ggictl_audit_file(ggictl_audit_t *audit, const char *name)
{
    int            rc;
    size_t         len;
    const char    *line;
    ggictl_log_t  *log;

    if (!ggi_verify_file(&audit->verify, name)) {
        return ggictl_fail("no memory");
    }

    log = ggictl_log_open(name);

    if (log == NULL) {
        return GGICTL_ERROR;
    }

    ggictl_audit_seals_file(&audit->seals, name);

    while ((rc = ggictl_log_line(log, &line, &len)) == 1) {
        ggi_verify_line(&audit->verify, line, len);

        if (!ggictl_audit_seals_line(&audit->seals, line, len, audit->verify.hash)) {
            rc = -1;
            break;
        }

        ggictl_progress_show(&audit->progress, audit->done + ggictl_log_taken(log));
    }

    ggictl_audit_seals_file_end(&audit->seals);
    audit->done += ggictl_log_taken(log);
    ggictl_log_close(log);

    return rc == 0 ? GGICTL_OK : GGICTL_ERROR;
}


/*
 * Prints the chains and the totals. The last number of each chain is shown because of one
 * that nothing comes after the log itself cannot tell whether its end is missing: an
 * auditor compares it with what another system knows. Returns the exit status.
 */
static int
ggictl_audit_end(const ggictl_args_t *args, ggictl_audit_t *audit)
{
    uint64_t                faults;
    ggi_verify_t           *verify;
    ggictl_seals_verdict_e  verdict;

    verify = &audit->verify;
    ggi_verify_end(verify);
    verdict = ggictl_audit_seals_end(&audit->seals);
    faults = verify->faults + (uint64_t) audit->seals.faults;
    ggictl_progress_clear(&audit->progress);
    ggi_verify_chains(verify, ggictl_audit_chain, args->result);

    if (verify->twice) {
        ggictl_say(args->result, "%" PRIu64 " record%s in the files twice\n", verify->twice,
                   verify->twice == 1 ? " is" : "s are");
    }

    if (verify->tombstones) {
        ggictl_say(args->result, "%" PRIu64 " record%s expired: a tombstone stands for each\n",
                   verify->tombstones, ggictl_plural(verify->tombstones));
    }

    ggictl_say(args->result, "%" PRIu64 " record%s, %" PRIu64 " fault%s\n", verify->lines,
               ggictl_plural(verify->lines), faults, ggictl_plural(faults));
    ggictl_audit_seals_show(&audit->seals, args->result, verdict, faults);

    json_object_set_new(args->result, "records", json_integer((json_int_t) verify->lines));
    json_object_set_new(args->result, "twice", json_integer((json_int_t) verify->twice));
    json_object_set_new(args->result, "tombstones", json_integer((json_int_t) verify->tombstones));

    return (faults || verdict != GGICTL_SEALS_WHOLE) ? GGICTL_NO : GGICTL_OK;
}


/* Verifies all files. Returns the exit status. */
static int
ggictl_audit_files(const ggictl_args_t *args, ggictl_audit_t *audit,
    const ggictl_log_files_t *files)
{
    int     rc;
    size_t  i;

    ggictl_progress_begin(&audit->progress, files->bytes);

    for (rc = GGICTL_OK, i = 0; i < files->n && rc == GGICTL_OK; i++) {
        rc = ggictl_audit_file(audit, files->files[i].name);
    }

    ggictl_audit_seals_files_end(&audit->seals);

    if (rc == GGICTL_OK) {
        rc = ggictl_audit_end(args, audit);
    }

    ggictl_progress_clear(&audit->progress);

    return rc;
}


int
ggictl_audit_verify(ggictl_args_t *args)
{
    int                  i, rc;
    ggictl_audit_t       audit;
    ggictl_log_files_t   files;

    static char   log[] = GGICTL_LOG_DEFAULT;
    static char  *logs[] = { log };

    if (args->n == 0) {
        args->arguments = logs;
        args->n = 1;
    }

    memset(&files, 0, sizeof(ggictl_log_files_t));
    memset(&audit, 0, sizeof(ggictl_audit_t));
    audit.result = args->result;
    audit.seals.fd = -1;

    rc = ggi_verify_start(&audit.verify, ggictl_audit_fault, &audit)
         ? GGICTL_OK : ggictl_fail("no memory, or openssl.cnf names no provider with SHA-256");
    audit.verify.partial = args->option[GGICTL_PARTIAL] != NULL;

    if (args->result) {
        json_object_set_new(args->result, "faults", json_array());
        json_object_set_new(args->result, "chains", json_array());
    }

    /* the seals come first: a file of the log that is made meanwhile is not asked for then */

    if (rc == GGICTL_OK
        && !ggictl_audit_seals_open(&audit.seals, args, ggictl_audit_fault, &audit))
    {
        rc = GGICTL_ERROR;
    }

    for (i = 0; i < args->n && rc == GGICTL_OK; i++) {
        if (args->option[GGICTL_KEY] && ggictl_seals_named(args->arguments[i])) {
            continue;
        }

        rc = ggictl_log_files_add(&files, args->arguments[i]) ? GGICTL_OK : GGICTL_ERROR;
    }

    if (rc == GGICTL_OK) {
        rc = ggictl_audit_files(args, &audit, &files);
    }

    ggictl_log_files_free(&files);
    ggictl_audit_seals_free(&audit.seals);
    ggi_verify_free(&audit.verify);

    return rc;
}
