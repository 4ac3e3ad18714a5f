/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ggictl_out.h"
#include "ggictl_seal_source.h"
#include "ggictl_ship.h"
#include "ggictl_ship_files.h"

#define GGICTL_SHIP_SECOND  1000000000LL        /* ns: the time between two passes */
#define GGICTL_SHIP_LONGEST 60          /* seconds between two attempts to connect */
#define GGICTL_SHIP_LOST    10          /* seconds after which files are looked for again */


typedef struct {
    ggictl_ship_files_t    files;
    ggictl_redis_access_t  access;
    int                    down;        /* 1: it was told that nothing can be shipped */
    int                    delay;       /* seconds until the next attempt, but for chance */
    int64_t                next;        /* when that is, in ns of the monotonic clock */
} ggictl_ship_t;


/* Finds the sink of a URL. Returns 1, or 0 after a message. */
static int
ggictl_ship_sink(ggictl_ship_t *ship, const ggictl_args_t *args)
{
    size_t       i;
    const char  *option, *url;

    static const ggictl_sink_type_t *const  types[] = {
        &ggictl_sink_postgres, &ggictl_sink_redis, &ggictl_sink_rediss
    };

    option = args->option[GGICTL_SHIP_TO];
    ggictl_redis_access(&ship->access, args);
    ship->access.url = url = option ? option : getenv("GGI_SHIP_TO");

    if (url == NULL) {
        (void) ggictl_fail("audit ship: expected --to, or GGI_SHIP_TO in the environment");
        return 0;
    }

    for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (strncmp(url, types[i]->scheme, strlen(types[i]->scheme)) == 0) {
            ship->files.sink.type = types[i];

            if (types[i] != &ggictl_sink_rediss) {
                ship->access.ca = ship->access.cert = ship->access.key = NULL;
            }

            return option == NULL || ggictl_redis_without_password(option, "GGI_SHIP_TO");
        }
    }

    (void) ggictl_fail("--to: expected a URL of postgresql://, redis:// or rediss://");

    return 0;
}


/* Connects to the sink, which may have less than it had before. */
static ggictl_sink_e
ggictl_ship_connect(ggictl_ship_t *ship)
{
    ggictl_sink_e   rc;
    ggictl_sink_t  *sink;

    ggictl_ship_files_again(&ship->files);
    sink = &ship->files.sink;
    rc = sink->type->open(sink, &ship->access);

    if (rc == GGICTL_SINK_OK) {
        return rc;
    }

    sink->type->close(sink);

    return rc;
}


/* Ships what is there. Returns the exit status. */
static int
ggictl_ship_once(ggictl_ship_t *ship, json_t *result)
{
    int                         looked;
    ggictl_sink_e               rc;
    ggictl_ship_lag_t           lag;
    const ggictl_sink_count_t  *count;

    rc = ggictl_ship_connect(ship);
    looked = ggictl_ship_files_look(&ship->files);

    if (rc == GGICTL_SINK_OK) {
        rc = ggictl_ship_files_pass(&ship->files);
    }

    lag = ggictl_ship_files_lag(&ship->files);
    count = &ship->files.count;

    if (rc != GGICTL_SINK_OK) {
        return ggictl_fail("%s; %llu records were shipped, and %llu bytes are behind",
                           ship->files.sink.error, (unsigned long long) count->shipped,
                           (unsigned long long) lag.bytes);
    }

    ggictl_say(result, "records shipped: %llu; there already: %llu; lines set aside: %llu; "
               "behind: %llu bytes, %llu seconds\n", (unsigned long long) count->shipped,
               (unsigned long long) count->known, (unsigned long long) count->aside,
               (unsigned long long) lag.bytes, (unsigned long long) lag.seconds);
    json_object_set_new(result, "shipped", json_integer((json_int_t) count->shipped));
    json_object_set_new(result, "known", json_integer((json_int_t) count->known));
    json_object_set_new(result, "aside", json_integer((json_int_t) count->aside));
    json_object_set_new(result, "behind_bytes", json_integer((json_int_t) lag.bytes));
    json_object_set_new(result, "behind_seconds", json_integer((json_int_t) lag.seconds));

    if (!looked) {
        return GGICTL_ERROR;
    }

    return (count->aside || ship->files.faults) ? GGICTL_NO : GGICTL_OK;
}


/* Tells once that nothing can be shipped, and says when it is tried again. */
static void
ggictl_ship_down(ggictl_ship_t *ship)
{
    if (!ship->down) {
        (void) ggictl_fail("audit ship: %s: nothing is shipped until it answers again",
                           ship->files.sink.error);
    }

    /* not all gates come back at once */
    ship->down = 1;
    ship->delay = ship->delay ? 2 * ship->delay : 1;
    ship->delay = (ship->delay < GGICTL_SHIP_LONGEST) ? ship->delay : GGICTL_SHIP_LONGEST;
    ship->next = ggictl_seal_now()
                 + ship->delay * (GGICTL_SHIP_SECOND * 3 / 4
                                  + ggictl_seal_now() % (GGICTL_SHIP_SECOND / 2));
}


/* Connects, when it is time for that. Returns 1 when there is a connection, 0 otherwise. */
static int
ggictl_ship_ready(ggictl_ship_t *ship)
{
    if (ship->files.sink.data) {
        return 1;
    }

    if (ggictl_seal_now() < ship->next) {
        return 0;
    }

    if (ggictl_ship_connect(ship) != GGICTL_SINK_OK) {
        ggictl_ship_down(ship);
        return 0;
    }

    return 1;
}


/* Ships what is there and what comes, until it is killed, which may be at any time. */
static void __attribute__((noreturn))
ggictl_ship_follow(ggictl_ship_t *ship)
{
    int               ready, found;
    ggictl_sink_t    *sink;
    struct timespec   pause = { 0, 0 };

    sink = &ship->files.sink;

    for ( ;; ) {
        ready = ggictl_ship_ready(ship);
        found = ggictl_ship_files_look(&ship->files);

        if (ready && ggictl_ship_files_pass(&ship->files) != GGICTL_SINK_OK) {
            sink->type->close(sink);
            ggictl_ship_down(ship);

        } else if (ready) {
            if (ship->down) {
                (void) ggictl_fail("audit ship: it answers again, and has all that was recorded");
            }

            ship->down = 0;
            ship->delay = 0;
        }

        pause.tv_sec = found ? 1 : GGICTL_SHIP_LOST;
        (void) nanosleep(&pause, NULL);
    }
}


int
ggictl_ship(ggictl_args_t *args)
{
    int            rc;
    ggictl_ship_t  ship;

    memset(&ship, 0, sizeof(ship));
    ship.files.watches.log = args->option[GGICTL_LOG];
    ship.files.once = (args->option[GGICTL_FOLLOW] == NULL);

    if (args->option[GGICTL_ONCE] && args->option[GGICTL_FOLLOW]) {
        return ggictl_fail("audit ship: --once and --follow do not go together");
    }

    rc = GGICTL_ERROR;

    if (ggictl_ship_sink(&ship, args) && ggictl_ship_files_start(&ship.files)) {
        if (!ship.files.once) {
            ggictl_ship_follow(&ship);
        }

        rc = ggictl_ship_once(&ship, args->result);
    }

    ggictl_ship_files_free(&ship.files);

    return rc;
}
