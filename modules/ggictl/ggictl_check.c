/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>
#include <time.h>

#include "ggi_register.h"
#include "ggictl_check.h"
#include "ggictl_input.h"
#include "ggictl_kind.h"
#include "ggictl_out.h"
#include "ggictl_warn.h"


/* A file that is being checked, and what was found in it. */
typedef struct {
    const char  *name;                  /* name as it was given */
    const char  *shown;                 /* name for messages */
    const char  *path;                  /* path that it can be read from */
    json_t      *result;                /* result of the command; NULL: print text */
    json_t      *faults;                /* faults of this file; NULL: print text */
    json_t      *warnings;
    const ggictl_kind_t   *kind;        /* of its documents */
    const ggi_register_t  *reg;         /* register of the doelbindingen; NULL: none */
    int          quiet;                 /* 1: nothing is said of a good file */
    ggi_fault_t  fault;                 /* which shows or adds each fault that is reported to it */
} ggictl_check_t;


static void
ggictl_check_fault(void *data, const char *text)
{
    ggictl_check_t  *check = data;

    ggictl_say(check->result, "%s: %s\n", check->shown, text);
    json_array_append_new(check->faults, check->result ? ggictl_json_cstr(text) : NULL);
}


static void
ggictl_check_warning(void *data, const char *text)
{
    ggictl_check_t  *check = data;

    ggictl_say(check->result, "%s: warning: %s\n", check->shown, text);
    json_array_append_new(check->warnings, check->result ? ggictl_json_cstr(text) : NULL);
}


static int
ggictl_check_advise(void *data, json_t *document, const char *where, const ggi_str_t *key,
    ggi_fault_t *fault)
{
    ggictl_check_t  *check = data;

    (void) key;
    check->kind->advise(document, where, time(NULL), check->reg, fault);

    return 1;
}


/*
 * Warns of what is valid in a file of documents and probably a mistake. Returns 1, or 0
 * when this found a fault: a doelbinding that the register does not have.
 */
static int
ggictl_check_advice(ggictl_check_t *check)
{
    size_t        faults;
    json_t       *root;
    ggi_fault_t   quiet = ggi_fault_init;

    faults = check->fault.n;
    root = ggi_source_read(check->path, &quiet);        /* its faults were reported before */

    if (root) {
        check->fault.warn = ggictl_check_warning;
        (void) ggi_documents_walk(check->kind->documents, root, ggictl_check_advise, check,
                                  &check->fault);
        json_decref(root);
    }

    return check->fault.n == faults;
}


/* Prepares the check of a file. Returns 1, or 0 after a message when it cannot be read. */
static int
ggictl_check_start(ggictl_check_t *check, ggictl_args_t *args, const char *name)
{
    ggi_fault_t  fault = ggi_fault_init;

    memset(check, 0, sizeof(ggictl_check_t));
    check->name = name;
    check->shown = ggictl_input_name(name);
    check->path = ggictl_input(name);
    check->result = args->result;
    check->kind = args->command->kind;
    check->faults = args->result ? json_array() : NULL;
    check->warnings = args->result ? json_array() : NULL;
    check->fault = fault;
    check->fault.each = ggictl_check_fault;
    check->fault.data = check;

    return check->path != NULL;
}


/*
 * Prints that a file is good, with the number n of what it holds, or adds its verdict
 * to the result. what and plural name one and several of them. Returns the exit status.
 */
static int
ggictl_check_end(ggictl_check_t *check, int good, size_t n, const char *what, const char *plural)
{
    json_t  *file, *files;

    if (good && !check->quiet) {
        ggictl_say(check->result, "%s: good, %zu %s\n", check->shown, n, n == 1 ? what : plural);
    }

    if (check->result) {
        file = json_pack("{s:o, s:b, s:o}", "file", ggictl_json_cstr(check->name), "good", good,
                         "faults", check->faults);

        json_object_set_new(file, "warnings", check->warnings);

        if (good) {
            json_object_set_new(file, plural, json_integer((json_int_t) n));
        }

        files = json_object_get(check->result, "files");

        if (files == NULL) {
            files = json_array();
            json_object_set_new(check->result, "files", files);
        }

        json_array_append_new(files, file);
    }

    return good ? GGICTL_OK : GGICTL_NO;
}


/* Checks a file of documents whose check was prepared. Returns the exit status. */
static int
ggictl_check_run(ggictl_check_t *check)
{
    int              good;
    size_t           n;
    ggi_documents_t  documents;

    good = ggi_documents_read(check->kind->documents, &documents, check->path, &check->fault);
    n = good ? documents.n : 0;

    if (good) {
        ggi_documents_free(&documents);
    }

    good = ggictl_check_advice(check) && good;

    return ggictl_check_end(check, good, n, check->kind->one, check->kind->documents->plural);
}


/*
 * Checks one file of documents by a register, or by none when reg is NULL. Returns the
 * exit status.
 */
static int
ggictl_check_documents_by(ggictl_args_t *args, const char *file, const ggi_register_t *reg)
{
    ggictl_check_t  check;

    if (!ggictl_check_start(&check, args, file)) {
        return GGICTL_ERROR;
    }

    check.reg = reg;

    return ggictl_check_run(&check);
}


static int
ggictl_check_documents(ggictl_args_t *args, const char *file)
{
    return ggictl_check_documents_by(args, file, NULL);
}


int
ggictl_check_quietly(ggictl_args_t *args, const char *file)
{
    ggictl_check_t  check;

    if (!ggictl_check_start(&check, args, file)) {
        return GGICTL_ERROR;
    }

    check.quiet = 1;

    return ggictl_check_run(&check);
}


static int
ggictl_check_register(ggictl_args_t *args, const char *file)
{
    int             good;
    ggi_register_t  reg;
    ggictl_check_t  check;

    if (!ggictl_check_start(&check, args, file)) {
        return GGICTL_ERROR;
    }

    good = ggi_register_read(&reg, check.path, &check.fault);

    if (!good) {
        return ggictl_check_end(&check, 0, 0, "doelbinding", "doelbindingen");
    }

    (void) ggictl_check_end(&check, 1, reg.n, "doelbinding", "doelbindingen");
    ggi_register_free(&reg);

    return GGICTL_OK;
}


/* Calls check() for each file that was given. Returns the highest exit status. */
static int
ggictl_check_files(ggictl_args_t *args, int (*check)(ggictl_args_t *args, const char *file))
{
    int  i, rc, one;

    rc = GGICTL_OK;

    for (i = 0; i < args->n; i++) {
        one = check(args, args->arguments[i]);
        rc = (one > rc) ? one : rc;
    }

    return rc;
}


int
ggictl_documents_check(ggictl_args_t *args)
{
    int              i, rc, one;
    const char      *path, *name = args->option[GGICTL_REGISTER];
    ggi_fault_t      fault;
    ggictl_warn_t    warn;
    ggi_register_t   reg;

    if (name == NULL) {
        return ggictl_check_files(args, ggictl_check_documents);
    }

    path = ggictl_warn_input(&warn, &fault, args->result, name);

    if (path == NULL) {
        return GGICTL_ERROR;
    }

    if (!ggi_register_read(&reg, path, &fault)) {
        return ggictl_fail("%s: %s", warn.name, fault.text);
    }

    for (rc = GGICTL_OK, i = 0; i < args->n; i++) {
        one = ggictl_check_documents_by(args, args->arguments[i], &reg);
        rc = (one > rc) ? one : rc;
    }

    ggi_register_free(&reg);

    return rc;
}


int
ggictl_register_check(ggictl_args_t *args)
{
    return ggictl_check_files(args, ggictl_check_register);
}
