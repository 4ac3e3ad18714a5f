/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ggi_verify.h"
#include "ggictl_audit.h"
#include "ggictl_input.h"
#include "ggictl_out.h"


static void
ggictl_audit_fault(void *data, const char *text)
{
    json_t  *result = data;

    ggictl_say(result, "%s\n", text);
    json_array_append_new(json_object_get(result, "faults"),
                          result ? ggictl_json_cstr(text) : NULL);
}


static void
ggictl_audit_chain(void *data, const char *id, int64_t first, int64_t last)
{
    json_t  *chain, *result = data;

    ggictl_say(result, "chain %s: records %" PRId64 " to %" PRId64 "\n", id, first, last);

    if (result) {
        chain = json_pack("{s:s, s:I, s:I}", "id", id, "first", (json_int_t) first, "last",
                          (json_int_t) last);
        json_array_append_new(json_object_get(result, "chains"), chain);
    }
}


/*
 * Returns 1 when a file that was just opened is packed by gzip, 0 otherwise. Its first
 * byte tells: no line of an audit log begins with it. Nothing is consumed.
 */
static int
ggictl_audit_packed(FILE *fp)
{
    int  c;

    c = getc(fp);
    (void) ungetc(c, fp);

    return c == 0x1f;
}


/*
 * Verifies each line of an open file. Returns GGICTL_OK, or GGICTL_ERROR after a
 * message when the file is packed or cannot be read whole.
 */
static int
ggictl_audit_lines(ggi_verify_t *verify, const char *name, FILE *fp)
{
    char     *line = NULL, where[256];
    size_t    size = 0, number;
    ssize_t   len;

    if (ggictl_audit_packed(fp)) {
        return ggictl_fail("%s is packed: give all files unpacked, the oldest first: "
                           "zcat -f $(ls -tr NAME*.jsonl*) | ggictl audit verify -", name);
    }

    ggi_verify_file(verify);

    for (number = 1; (len = getline(&line, &size, fp)) > 0; number++) {
        snprintf(where, sizeof(where), "%.200s:%zu", name, number);
        ggi_verify_line(verify, where, line, (size_t) len);
    }

    free(line);

    return ferror(fp) ? ggictl_fail("%s cannot be read whole", name) : GGICTL_OK;
}


static int
ggictl_audit_file(ggi_verify_t *verify, const char *name)
{
    int    rc;
    FILE  *fp;

    /*
     * standard input is read directly and not copied first, since a log can be larger
     * than memory
     */

    if (strcmp(name, "-") == 0) {
        return ggictl_audit_lines(verify, name, stdin);
    }

    fp = fopen(name, "re");
    if (fp == NULL) {
        return ggictl_fail("%s: %s", name, strerror(errno));
    }

    rc = ggictl_audit_lines(verify, name, fp);
    fclose(fp);

    return rc;
}


/*
 * Prints the chains and the totals. The last number of each chain is shown because the
 * log itself cannot tell whether its end is missing: an auditor compares it with what
 * another system knows. Returns the exit status.
 */
static int
ggictl_audit_end(const ggictl_args_t *args, ggi_verify_t *verify)
{
    ggi_verify_end(verify);
    ggi_verify_chains(verify, ggictl_audit_chain, args->result);

    if (verify->twice) {
        ggictl_say(args->result, "%" PRIu64 " record%s in the files twice\n", verify->twice,
                   verify->twice == 1 ? " is" : "s are");
    }

    ggictl_say(args->result, "%" PRIu64 " record%s, %" PRIu64 " fault%s\n", verify->lines,
               ggictl_plural(verify->lines), verify->faults, ggictl_plural(verify->faults));

    json_object_set_new(args->result, "records", json_integer((json_int_t) verify->lines));
    json_object_set_new(args->result, "twice", json_integer((json_int_t) verify->twice));

    return verify->faults ? GGICTL_NO : GGICTL_OK;
}


int
ggictl_audit_verify(ggictl_args_t *args)
{
    int           i, rc;
    ggi_verify_t  verify;

    if (!ggi_verify_start(&verify, ggictl_audit_fault, args->result)) {
        return ggictl_fail("no memory");
    }

    verify.partial = args->option[GGICTL_PARTIAL] != NULL;

    if (args->result) {
        json_object_set_new(args->result, "faults", json_array());
        json_object_set_new(args->result, "chains", json_array());
    }

    for (rc = GGICTL_OK, i = 0; i < args->n && rc == GGICTL_OK; i++) {
        rc = ggictl_audit_file(&verify, args->arguments[i]);
    }

    if (rc == GGICTL_OK) {
        rc = ggictl_audit_end(args, &verify);
    }

    ggi_verify_free(&verify);

    return rc;
}
