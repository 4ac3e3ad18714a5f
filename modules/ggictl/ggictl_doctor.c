/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE                     /* memfd_create() */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "ggi_bundle.h"
#include "ggi_doctor_conf.h"
#include "ggi_doctor_status.h"
#include "ggi_version.h"
#include "ggictl_doctor.h"
#include "ggictl_doctor_files.h"
#include "ggictl_doctor_live.h"
#include "ggictl_doctor_redis.h"
#include "ggictl_doctor_tls.h"
#include "ggictl_http.h"
#include "ggictl_input.h"
#include "ggictl_out.h"

#define GGICTL_DOCTOR_STATUS_MAX  (16 * 1024 * 1024)    /* bytes of the status */
#define GGICTL_DOCTOR_TIMEOUT     10    /* seconds that the status may take */
#define GGICTL_DOCTOR_NGINX       "/usr/sbin/nginx"


/* A run of the command. */
typedef struct {
    ggictl_args_t       *args;
    ggi_conf_t           conf;
    ggi_doctor_scope_t   scope;         /* of conf */
    json_t              *status;        /* of a running gate; NULL: none was asked for */
    json_t              *found;         /* all findings */
} ggictl_doctor_run_t;


static void
ggictl_doctor_finding(void *data, ggi_doctor_e level, const char *topic, const char *text)
{
    const char           *word = level == GGI_DOCTOR_CRITICAL ? "critical" : "warning";
    ggictl_doctor_run_t  *run = data;

    ggictl_say(run->args->result, "%s: %s: %s\n", word, topic, text);
    json_array_append_new(run->found, json_pack("{s:s, s:s, s:o}", "level", word, "topic", topic,
                                                "text", ggictl_json_cstr(text)));
}


/* Reads all of a stream. Returns its text, which the caller frees, or NULL. */
static char *
ggictl_doctor_all(FILE *in, size_t *len)
{
    char    *text = NULL, part[65536];
    FILE    *out;
    size_t   n, total;

    out = open_memstream(&text, len);

    for (total = 0; out && (n = fread(part, 1, sizeof(part), in)) > 0; total += n) {
        if (total + n > GGI_SOURCE_FILE_MAX) {
            break;
        }

        fwrite(part, 1, n, out);
    }

    if (out == NULL || fclose(out) != 0) {
        return NULL;
    }

    return text;
}


/*
 * Runs "nginx -T". Returns its output, which the caller frees, or NULL when it fails or cannot be
 * run.
 */
static char *
ggictl_doctor_nginx(size_t *len)
{
    int     ends[2], status, null;
    char   *text;
    FILE   *in;
    pid_t   child;

    if (pipe2(ends, O_CLOEXEC) != 0) {
        return NULL;
    }

    child = fork();

    if (child == 0) {
        null = open("/dev/null", O_WRONLY | O_CLOEXEC);
        dup2(ends[1], STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        execl(GGICTL_DOCTOR_NGINX, "nginx", "-T", (char *) NULL);
        _exit(127);
    }

    close(ends[1]);
    in = fdopen(ends[0], "r");
    text = in ? ggictl_doctor_all(in, len) : NULL;

    if (in) {
        fclose(in);
    }

    if (child == -1 || waitpid(child, &status, 0) != child || status != 0) {
        free(text);
        return NULL;
    }

    return text;
}


/* Reads a file. Returns its text, which the caller frees, or NULL after a message. */
static char *
ggictl_doctor_file(const char *name, size_t *len)
{
    char        *text;
    FILE        *in;
    const char  *path;

    path = ggictl_input(name);

    if (path == NULL) {
        return NULL;
    }

    in = fopen(path, "re");
    text = in ? ggictl_doctor_all(in, len) : NULL;

    if (text == NULL) {
        (void) ggictl_fail("%s: %s", ggictl_input_name(name), strerror(errno));
    }

    if (in) {
        fclose(in);
    }

    return text;
}


/*
 * Reads the configuration from the file that was named, or from nginx. Returns 1, or 0 after a
 * message.
 */
static int
ggictl_doctor_configuration(ggictl_doctor_run_t *run)
{
    int           good;
    char         *text;
    size_t        len;
    const char   *name = run->args->option[GGICTL_CONFIG];
    ggi_fault_t   fault = ggi_fault_init;

    text = name ? ggictl_doctor_file(name, &len) : ggictl_doctor_nginx(&len);

    if (text == NULL) {
        if (name == NULL) {
            (void) ggictl_fail("\"" GGICTL_DOCTOR_NGINX " -T\" has failed: run it as root, see "
                               "what it says, or name its output by --config");
        }

        return 0;
    }

    good = ggi_conf_read(&run->conf, text, len, &fault)
           && ggi_doctor_scope_make(&run->scope, &run->conf, &fault);
    free(text);

    if (!good) {
        (void) ggictl_fail("%s; expected the output of \"nginx -T\"", fault.text);

    } else if (run->conf.n == 0) {
        (void) ggictl_fail("%s: no directive is in it; expected the output of \"nginx -T\"",
                           name ? ggictl_input_name(name) : "nginx -T");
        good = 0;
    }

    return good;
}


/* Gets the status of a URL into a file in memory. Returns its descriptor, or -1 with why. */
static int
ggictl_doctor_fetch(const char *url, char why[GGICTL_HTTP_WHY_MAX])
{
    static volatile sig_atomic_t  stop;

    ggictl_http_t  http = {
        .fd = memfd_create("status", MFD_CLOEXEC), .max = GGICTL_DOCTOR_STATUS_MAX,
        .timeout = GGICTL_DOCTOR_TIMEOUT, .stop = &stop, .accept = "Accept: application/json",
        .remedy = "name the location of ggi_status"
    };

    snprintf(why, GGICTL_HTTP_WHY_MAX, "no memory");

    if (http.fd != -1 && !ggictl_http_fetch(&http, url, why)) {
        close(http.fd);
        return -1;
    }

    return http.fd;
}


/* Reads the status of a running gate, where one was named, and looks at it. */
static void
ggictl_doctor_running(ggictl_doctor_run_t *run, ggi_doctor_t *doctor)
{
    int           fd;
    char          why[GGICTL_HTTP_WHY_MAX], path[64];
    const char   *url = run->args->option[GGICTL_STATUS];
    ggi_fault_t   fault = ggi_fault_init;

    if (url == NULL) {
        return;
    }

    if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0) {
        run->status = ggi_source_read(url, &fault);
        snprintf(why, sizeof(why), "%.300s", fault.text);

    } else if ((fd = ggictl_doctor_fetch(url, why)) != -1) {
        snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
        run->status = ggi_source_read(path, &fault);
        snprintf(why, sizeof(why), "%.300s", fault.text);
        close(fd);
    }

    if (run->status) {
        ggi_doctor_status(doctor, run->status, &run->conf, time(NULL));

    } else {
        ggi_doctor_tell(doctor, GGI_DOCTOR_CRITICAL, "status", "see whether nginx runs, and "
                        "whether --status is right", "no status of the gate: %.300s", why);
    }
}


/* Returns what a supporter may see of all findings, or NULL without memory. */
static json_t *
ggictl_doctor_masked(json_t *found)
{
    size_t   i;
    json_t  *list, *finding, *copy;

    list = json_array();

    json_array_foreach(found, i, finding) {
        copy = json_copy(finding);
        json_object_set_new(copy, "text", ggi_bundle_text(json_string_value(
                                json_object_get(finding, "text"))));
        json_array_append_new(list, copy);
    }

    return list;
}


/* Writes the bundle into a new file. Returns 1, or 0 after a message. */
static int
ggictl_doctor_bundle(ggictl_doctor_run_t *run, const char *name)
{
    int             fd, good;
    json_t         *bundle;
    struct utsname  host;

    memset(&host, 0, sizeof(host));
    uname(&host);
    bundle = json_pack("{s:s, s:s, s:s, s:s, s:I, s:o, s:o, s:o?}", "ggictl", GGI_VERSION,
                       "openssl", OpenSSL_version(OPENSSL_VERSION), "kernel", host.release,
                       "machine", host.machine, "time", (json_int_t) time(NULL), "found",
                       ggictl_doctor_masked(run->found), "configuration",
                       ggi_bundle_conf(&run->conf, &run->scope.tree), "status",
                       ggi_bundle_status(run->status));
    fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd == -1) {
        (void) ggictl_fail("%s: %s", name, strerror(errno));
        json_decref(bundle);
        return 0;
    }

    good = bundle && json_dumpfd(bundle, fd, JSON_INDENT(2)) == 0;

    if (close(fd) != 0 || !good) {
        (void) ggictl_fail("%s: could not be written", name);
        unlink(name);
        good = 0;
    }

    json_decref(bundle);

    return good;
}


/* Shows how many findings there are. Returns the exit status. */
static int
ggictl_doctor_sum(ggictl_doctor_run_t *run, const ggi_doctor_t *doctor)
{
    size_t   critical = doctor->n[GGI_DOCTOR_CRITICAL], warnings = doctor->n[GGI_DOCTOR_WARNING];
    json_t  *result = run->args->result;

    ggictl_say(result, "%zu critical, %zu warning%s\n", critical, warnings,
               ggictl_plural(warnings));

    if (result) {
        json_object_set(result, "found", run->found);
        json_object_set_new(result, "critical", json_integer((json_int_t) critical));
        json_object_set_new(result, "warnings", json_integer((json_int_t) warnings));
    }

    /* main() writes no result with the status of an error, which a monitor takes for critical */

    return critical ? ggictl_end(result, GGICTL_ERROR) : warnings ? GGICTL_NO : GGICTL_OK;
}


int
ggictl_doctor(ggictl_args_t *args)
{
    int                   rc;
    const char           *bundle = args->option[GGICTL_BUNDLE];
    ggi_doctor_t          doctor = { .each = ggictl_doctor_finding };
    ggictl_doctor_run_t   run = { .args = args };

    doctor.data = &run;
    rc = GGICTL_UNKNOWN;
    run.found = json_array();
    doctor.told = json_object();

    if (ggictl_doctor_configuration(&run)) {
        ggi_doctor_conf(&doctor, &run.scope);
        ggictl_doctor_ciphers(&doctor, &run.scope);
        ggictl_doctor_files(&doctor, &run.scope, time(NULL));
        ggictl_doctor_logs(&doctor, &run.conf, time(NULL));
        ggictl_doctor_clock(&doctor);
        ggictl_doctor_look_redis(&doctor, &run.conf, args, time(NULL));
        ggictl_doctor_running(&run, &doctor);

        if (bundle == NULL || ggictl_doctor_bundle(&run, bundle)) {
            rc = ggictl_doctor_sum(&run, &doctor);
        }
    }

    if (rc == GGICTL_UNKNOWN) {
        json_decref(args->result);
        args->result = NULL;
    }

    ggi_doctor_scope_free(&run.scope);
    ggi_conf_free(&run.conf);
    json_decref(run.status);
    json_decref(run.found);
    json_decref(doctor.told);

    return rc;
}
