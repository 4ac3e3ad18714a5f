/* SPDX-License-Identifier: EUPL-1.2 */

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <curl/curl.h>
#include <openssl/x509v3.h>

#include "ggi_crl_room.h"
#include "ggictl_fetch.h"
#include "ggictl_http.h"
#include "ggictl_input.h"
#include "ggictl_lists.h"
#include "ggictl_out.h"
#include "ggictl_place.h"
#include "ggictl_points.h"
#include "ggictl_retire.h"
#include "ggictl_take.h"

#define GGICTL_FETCH_TIMEOUT      120   /* seconds, without --timeout */
#define GGICTL_FETCH_TIMEOUT_MAX  3600


typedef struct {
    ggictl_args_t   *args;
    ggi_trust_t      trust;
    ggictl_points_t  points;
    ggictl_place_t   place;
    ggictl_take_t    take;
    ggictl_http_t    http;
    int              rc;
} ggictl_fetch_t;


static volatile sig_atomic_t  ggictl_fetch_stop;


static void
ggictl_fetch_signal(int number)
{
    (void) number;
    ggictl_fetch_stop = 1;
}


/*
 * Has the signals that end a program end the download first, so that nothing is left
 * behind. One that is ignored, as nohup has it, stays so.
 */
static void
ggictl_fetch_signals(void)
{
    size_t            i;
    struct sigaction  action, before;
    static const int  numbers[] = { SIGTERM, SIGINT, SIGHUP };

    memset(&action, 0, sizeof(action));
    sigemptyset(&action.sa_mask);
    action.sa_handler = ggictl_fetch_signal;

    for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
            (void) sigaction(numbers[i], &action, NULL);
        }
    }

    action.sa_handler = SIG_IGN;
    (void) sigaction(SIGPIPE, &action, NULL);
}


/* Reads --timeout. Returns the number of seconds, or 0 after a message. */
static long
ggictl_fetch_timeout(const char *text)
{
    char  *end;
    long   seconds;

    if (text == NULL) {
        return GGICTL_FETCH_TIMEOUT;
    }

    seconds = strtol(text, &end, 10);

    if (text[0] < '0' || text[0] > '9' || *end || seconds < 1 || seconds > GGICTL_FETCH_TIMEOUT_MAX)
    {
        ggictl_fail("crl fetch: --timeout: expected a number of seconds from 1 to %d, not \"%s\"",
                    GGICTL_FETCH_TIMEOUT_MAX, text);
        return 0;
    }

    return seconds;
}


/* Adds what became of a list to the result. item is taken over. */
static void
ggictl_fetch_result(ggictl_fetch_t *fetch, json_t *item, const char *state)
{
    json_object_set_new(item, "state", json_string(state));

    if (fetch->args->result) {
        json_array_append(json_object_get(fetch->args->result, "lists"), item);
    }

    json_decref(item);
}


static void
ggictl_fetch_taken(ggictl_fetch_t *fetch, const ggi_trust_ca_t *ca, json_t *item,
    ggictl_take_e done, const ggictl_taken_t *taken)
{
    char         until[GGI_CRL_TIME_TEXT];
    const char  *state;

    state = (done == GGICTL_TAKE_NEW) ? "new" : "unchanged";
    ggi_crl_time_text(taken->next_update, until);

    ggictl_say(fetch->args->result, "%s: %s list in %s/%s, number %s, %" PRIu64 " %s, until %s\n",
               ca->name, state, fetch->place.dir, taken->file, taken->number, taken->entries,
               taken->entries == 1 ? "entry" : "entries", until);

    json_object_set_new(item, "file", ggictl_json_cstr(taken->file));
    json_object_set_new(item, "number",
                        strcmp(taken->number, "none") ? json_string(taken->number) : json_null());
    json_object_set_new(item, "entries", json_integer((json_int_t) taken->entries));
    json_object_set_new(item, "next_update", json_string(until));
    ggictl_fetch_result(fetch, item, state);
}


/*
 * Tells that no list of a CA could be taken over: the faults of item, and what is in
 * place instead.
 */
static void
ggictl_fetch_failed(ggictl_fetch_t *fetch, const ggi_trust_ca_t *ca, json_t *item)
{
    char        *path, until[GGI_CRL_TIME_TEXT];
    size_t       i;
    int64_t      seconds;
    json_t      *fault;
    const char  *url;

    fetch->rc = GGICTL_NO;

    json_array_foreach(json_object_get(item, "faults"), i, fault) {
        url = json_string_value(json_object_get(fault, "url"));
        ggictl_fail("%s: %s%s%s", ca->name, url ? url : "", url ? ": " : "",
                    json_string_value(json_object_get(fault, "fault")));
    }

    path = ggictl_take_standing(&fetch->take, ca, &seconds);
    ggi_crl_time_text(seconds, until);

    if (path) {
        ggictl_fail("%s: %s stays in place, which can be used until %s", ca->name, path, until);
        json_object_set_new(item, "file", ggictl_json_cstr(strrchr(path, '/') + 1));
        json_object_set_new(item, "next_update", json_string(until));

    } else {
        ggictl_fail("%s: no list is in place that can be used: calls with its certificates are "
                    "refused with revocation_unknown", ca->name);
    }

    ggictl_fetch_result(fetch, item, path ? "kept" : "missing");
    free(path);
}


static void
ggictl_fetch_fault(json_t *item, const char *url, const char *why)
{
    json_array_append_new(json_object_get(item, "faults"),
                          json_pack("{s:o, s:o}", "url", ggictl_json_cstr(url), "fault",
                                    ggictl_json_cstr(why)));
}


/* Fetches the list of a point from the first of its URLs that has a good one. */
static void
ggictl_fetch_point(ggictl_fetch_t *fetch, const ggi_point_t *point)
{
    char             why[GGICTL_TAKE_WHY_MAX], http[GGICTL_HTTP_WHY_MAX];
    size_t           i;
    json_t          *item;
    ggictl_take_e    done;
    ggictl_taken_t   taken;

    item = json_pack("{s:o, s:[]}", "ca", ggictl_json_cstr(point->ca->name), "faults");

    for (i = 0; i < point->n && !ggictl_fetch_stop; i++) {
        if (!ggictl_http_fetch(&fetch->http, point->urls[i], http)) {
            ggictl_fetch_fault(item, point->urls[i], http);
            continue;
        }

        fetch->take.url = point->urls[i];
        done = ggictl_take(&fetch->take, point, fetch->http.fd, &taken, why);

        if (done != GGICTL_TAKE_NOT) {
            json_object_set_new(item, "url", ggictl_json_cstr(point->urls[i]));
            ggictl_fetch_taken(fetch, point->ca, item, done, &taken);
            return;
        }

        ggictl_fetch_fault(item, point->urls[i], why);
    }

    ggictl_fetch_failed(fetch, point->ca, item);
}


/* Tells that a list by a key which the CA has no more was removed, or why it could not be. */
static void
ggictl_fetch_retired(void *data, const ggi_trust_ca_t *ca, const char *name, int error)
{
    json_t          *item;
    ggictl_fetch_t  *fetch = data;

    if (error) {
        fetch->rc = GGICTL_NO;
        ggictl_fail("%s: %s/%s cannot be removed, an expired list by a key that --trust has no "
                    "more: %s", ca->name, fetch->place.dir, name, strerror(error));
        return;
    }

    ggictl_say(fetch->args->result,
               "%s: removed %s/%s, an expired list by a key that --trust has no more\n", ca->name,
               fetch->place.dir, name);

    item = json_pack("{s:o, s:o, s:[]}", "ca", ggictl_json_cstr(ca->name), "file",
                     ggictl_json_cstr(name), "faults");
    ggictl_fetch_result(fetch, item, "removed");
}


/* Fetches the lists of a CA, or tells that nobody says where they are. */
static void
ggictl_fetch_ca(ggictl_fetch_t *fetch, const ggi_trust_ca_t *ca)
{
    size_t   i, n;
    json_t  *item;

    for (n = 0, i = 0; i < fetch->points.all.n && !ggictl_fetch_stop; i++) {
        if (fetch->points.all.points[i].ca == ca) {
            ggictl_fetch_point(fetch, &fetch->points.all.points[i]);
            n++;
        }
    }

    if (n || ggictl_fetch_stop) {
        return;
    }

    item = json_pack("{s:o, s:[]}", "ca", ggictl_json_cstr(ca->name), "faults");

    if (fetch->points.given[ca - fetch->trust.cas]) {
        ggictl_say(fetch->args->result, "%s: not fetched, as was asked\n", ca->name);
        ggictl_fetch_result(fetch, item, "none");
        return;
    }

    ggictl_fetch_fault(item, NULL,
                       "no certificate in --trust that it issued names a distribution point over "
                       "HTTP; add such a certificate to the file, or give the URL of its list as "
                       "CA=URL");
    ggictl_fetch_failed(fetch, ca, item);
}


/* Removes what no CA needs any more of those whose lists are asked for. */
static void
ggictl_fetch_retire(ggictl_fetch_t *fetch)
{
    size_t                 i, k;
    const ggi_trust_ca_t  *ca;

    for (i = 0; i < fetch->trust.n && !ggictl_fetch_stop; i++) {
        ca = &fetch->trust.cas[i];

        for (k = 0; k < fetch->points.all.n && fetch->points.all.points[k].ca != ca; k++) {
            /* look for a point of this CA */
        }

        if (k < fetch->points.all.n) {
            ggictl_retire(&fetch->trust, ca, &fetch->place, ggictl_fetch_retired, fetch);
        }
    }
}


/* Fetches all lists into the directory. Returns the exit status. */
static int
ggictl_fetch_all(ggictl_fetch_t *fetch)
{
    size_t  i;

    ggictl_fetch_signals();

    if (!ggictl_place_open(&fetch->place, fetch->args->option[GGICTL_TO], &ggictl_fetch_stop)) {
        return GGICTL_ERROR;
    }

    fetch->http.fd = ggictl_place_scratch(&fetch->place);

    if (fetch->http.fd == -1 || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        ggictl_place_close(&fetch->place);
        return ggictl_fail("no memory, or no room in %s", fetch->place.dir);
    }

    for (i = 0; i < fetch->trust.n && !ggictl_fetch_stop; i++) {
        ggictl_fetch_ca(fetch, &fetch->trust.cas[i]);
    }

    ggictl_fetch_retire(fetch);

    if (ggictl_fetch_stop) {
        ggictl_fail("interrupted by a signal; the lists that were not fetched stay as they were");
        fetch->rc = GGICTL_NO;
    }

    close(fetch->http.fd);
    ggictl_place_close(&fetch->place);
    curl_global_cleanup();

    return fetch->rc;
}


int
ggictl_crl_fetch(ggictl_args_t *args)
{
    int              rc;
    const char      *path;
    ggi_fault_t      fault = ggi_fault_init;
    ggictl_fetch_t   fetch;

    memset(&fetch, 0, sizeof(ggictl_fetch_t));
    fetch.args = args;
    fetch.take.trust = &fetch.trust;
    fetch.take.place = &fetch.place;
    fetch.place.changes = args->changes;
    fetch.take.stop = &ggictl_fetch_stop;
    fetch.http.max = GGI_CRL_FILE_MAX;
    fetch.http.stop = &ggictl_fetch_stop;
    fetch.http.remedy = "ask the CA where its list is";
    fetch.http.timeout = ggictl_fetch_timeout(args->option[GGICTL_TIMEOUT]);

    if (fetch.http.timeout == 0) {
        return GGICTL_ERROR;
    }

    path = ggictl_input(args->option[GGICTL_TRUST]);

    if (path == NULL) {
        return GGICTL_ERROR;
    }

    if (!ggi_trust_read(&fetch.trust, path, time(NULL), &fault)) {
        return ggictl_fail("%s", fault.text);
    }

    fetch.trust.level = ggictl_lists_level(args->option[GGICTL_LEVEL]);

    if (args->result) {
        json_object_set_new(args->result, "lists", json_array());
    }

    rc = ggictl_points_find(&fetch.points, &fetch.trust, args) ? ggictl_fetch_all(&fetch)
                                                            : GGICTL_ERROR;

    ggictl_points_free(&fetch.points);
    ggi_trust_free(&fetch.trust);

    return rc;
}
