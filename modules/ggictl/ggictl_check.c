/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include "ggi_profiles.h"
#include "ggi_register.h"
#include "ggictl_check.h"
#include "ggictl_input.h"
#include "ggictl_out.h"


/* A file that is checked, and what is found in it. */
typedef struct {
    const char  *name;                  /* as it was given */
    const char  *shown;                 /* the same for people */
    const char  *path;                  /* under which it is read */
    json_t      *result;                /* of the whole command; NULL: text is asked for */
    json_t      *faults;                /* of this file; NULL as well */
} ggictl_check_t;


static void
ggictl_check_fault(void *data, const char *text)
{
    ggictl_check_t  *check = data;

    ggictl_say(check->result, "%s: %s\n", check->shown, text);
    json_array_append_new(check->faults, ggictl_json_cstr(text));
}


/* Returns 1 when it can be read. */
static int
ggictl_check_start(ggictl_check_t *check, ggictl_args_t *args, const char *name)
{
    memset(check, 0, sizeof(ggictl_check_t));
    check->name = name;
    check->shown = ggictl_input_name(name);
    check->path = ggictl_input(name);
    check->result = args->result;
    check->faults = args->result ? json_array() : NULL;

    return check->path != NULL;
}


/*
 * Says that the file is good, with the number of what it holds; what is one of
 * them. Returns the exit status.
 */
static int
ggictl_check_end(ggictl_check_t *check, int good, size_t n, const char *what, const char *plural)
{
    json_t  *file, *files;

    if (good) {
        ggictl_say(check->result, "%s: good, %zu %s\n", check->shown, n, n == 1 ? what : plural);
    }

    if (check->result) {
        file = json_pack("{s:o, s:b, s:o}", "file", ggictl_json_cstr(check->name), "good", good,
                         "faults", check->faults);

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


int
ggictl_check_profiles(ggictl_args_t *args, const char *file)
{
    int             good;
    ggi_fault_t     fault = ggi_fault_init;
    ggi_profiles_t  profiles;
    ggictl_check_t  check;

    if (!ggictl_check_start(&check, args, file)) {
        return GGICTL_ERROR;
    }

    fault.each = ggictl_check_fault;
    fault.data = &check;
    good = ggi_profiles_read(&profiles, check.path, &fault);

    if (!good) {
        return ggictl_check_end(&check, 0, 0, "profile", "profiles");
    }

    (void) ggictl_check_end(&check, 1, profiles.n, "profile", "profiles");
    ggi_profiles_free(&profiles);

    return GGICTL_OK;
}


static int
ggictl_check_register(ggictl_args_t *args, const char *file)
{
    int             good;
    ggi_fault_t     fault = ggi_fault_init;
    ggi_register_t  reg;
    ggictl_check_t  check;

    if (!ggictl_check_start(&check, args, file)) {
        return GGICTL_ERROR;
    }

    fault.each = ggictl_check_fault;
    fault.data = &check;
    good = ggi_register_read(&reg, check.path, &fault);

    if (!good) {
        return ggictl_check_end(&check, 0, 0, "doelbinding", "doelbindingen");
    }

    (void) ggictl_check_end(&check, 1, reg.n, "doelbinding", "doelbindingen");
    ggi_register_free(&reg);

    return GGICTL_OK;
}


/* Checks all files. Returns the highest exit status. */
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
ggictl_profiel_check(ggictl_args_t *args)
{
    return ggictl_check_files(args, ggictl_check_profiles);
}


int
ggictl_register_check(ggictl_args_t *args)
{
    return ggictl_check_files(args, ggictl_check_register);
}
