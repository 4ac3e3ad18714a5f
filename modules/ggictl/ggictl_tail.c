/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "ggictl_calls.h"
#include "ggictl_out.h"
#include "ggictl_show.h"
#include "ggictl_tail.h"
#include "ggictl_wanted.h"

#define GGICTL_TAIL_LAST   10           /* calls that are shown unless it is said how many */
#define GGICTL_TAIL_OTHERS 100          /* most lines of other records between the calls */
#define GGICTL_TAIL_BACK   (1024 * 1024)        /* bytes of each file that are read at first */
#define GGICTL_TAIL_MORE   8            /* times more when these have not enough calls */
#define GGICTL_TAIL_PAUSE  200000000    /* ns between two looks at the files */
#define GGICTL_TAIL_OPEN   2000         /* ms after which a call is shown that has not ended */


/* The line of a record that is no call. */
typedef struct {
    char           *text;
    size_t          calls;              /* how many calls came before it */
} ggictl_tail_other_t;

typedef struct {
    ggictl_show_t         show;
    int                   direct;       /* 1: a call is printed at once, and not kept */
    int                   all;          /* 1: no calls are asked for, and each line counts */
    char                **kept;         /* the last lines that count, in a ring */
    size_t                limit;        /* of kept */
    size_t                n;            /* lines that came and count */
    ggictl_tail_other_t   others[GGICTL_TAIL_OTHERS];   /* the last other lines, in a ring */
    size_t                others_n;     /* other lines that came */
} ggictl_tail_t;


static void
ggictl_tail_write(const ggictl_tail_t *tail, FILE *out, const ggi_joined_t *joined)
{
    if (tail->show.json) {
        ggictl_show_json(out, joined);
        fputc('\n', out);

    } else {
        ggictl_show_line(out, joined, tail->show.colour);
    }
}


/* Keeps a line instead of the oldest of its kind. Its text becomes the tail's. */
static void
ggictl_tail_keep(ggictl_tail_t *tail, char *text, int counts)
{
    char                 **place;
    ggictl_tail_other_t   *other;

    if (counts) {
        place = &tail->kept[tail->n++ % tail->limit];

    } else {
        other = &tail->others[tail->others_n++ % GGICTL_TAIL_OTHERS];
        other->calls = tail->n;
        place = &other->text;
    }

    free(*place);
    *place = text;
}


static int
ggictl_tail_call(void *data, const ggi_joined_t *joined)
{
    char            *text;
    FILE            *out;
    size_t           len;
    ggictl_tail_t   *tail = data;

    if (tail->direct) {
        ggictl_tail_write(tail, stdout, joined);
        return !ferror(stdout);
    }

    text = NULL;
    out = open_memstream(&text, &len);

    if (out) {
        ggictl_tail_write(tail, out, joined);
        (void) fclose(out);
    }

    ggictl_tail_keep(tail, text, tail->all || ggi_joined_is_call(joined));

    return text != NULL;
}


/* Prints a line that was kept, if it is to be printed, and frees it. */
static void
ggictl_tail_line(char **text, int print)
{
    if (*text && print) {
        fputs(*text, stdout);
    }

    free(*text);
    *text = NULL;
}


/*
 * Prints the lines that were kept, in the order in which they came, and frees them. Other lines
 * before the first of the calls are not printed, unless there are fewer calls than were asked for.
 */
static void
ggictl_tail_flush(ggictl_tail_t *tail, int print)
{
    size_t                call, k, first;
    ggictl_tail_other_t  *other;

    first = (tail->n > tail->limit) ? tail->n - tail->limit : 0;
    call = first;

    for (k = 0; k < GGICTL_TAIL_OTHERS; k++) {
        other = &tail->others[(tail->others_n + k) % GGICTL_TAIL_OTHERS];

        for ( /* void */ ; other->text && call < other->calls; call++) {
            ggictl_tail_line(&tail->kept[call % tail->limit], print);
        }

        ggictl_tail_line(&other->text,
                         print && (tail->n < tail->limit || other->calls > first));
    }

    for ( /* void */ ; call < tail->n; call++) {
        ggictl_tail_line(&tail->kept[call % tail->limit], print);
    }

    tail->n = 0;
    tail->others_n = 0;
}


/*
 * Reads the last calls, from so far back in each file that they are enough, or from the
 * beginning. Returns GGICTL_OK, or GGICTL_ERROR after a message. The caller frees calls
 * either way.
 */
static int
ggictl_tail_last(ggictl_calls_t *calls, const ggictl_args_t *args,
    const ggictl_wanted_t *wanted, ggictl_tail_t *tail)
{
    int       left_out;
    uint64_t  back;

    back = GGICTL_TAIL_BACK;

    for ( ;; ) {
        if (!ggictl_calls_open(calls, &wanted->filter, args, ggictl_tail_call, tail,
                               args->option[GGICTL_FOLLOW] != NULL))
        {
            return GGICTL_ERROR;
        }

        left_out = ggictl_calls_back(calls, back);

        if (ggictl_calls_read(calls) != GGICTL_OK) {
            return GGICTL_ERROR;
        }

        if (calls->follow) {
            ggi_join_live(&calls->join);
        }

        if (!left_out || tail->n >= tail->limit) {
            return GGICTL_OK;
        }

        ggictl_calls_free(calls);
        ggictl_tail_flush(tail, 0);

        /* packed files are read when all others were, to their beginnings */
        back = (left_out == GGICTL_CALLS_CUT) ? back * GGICTL_TAIL_MORE : 0;
    }
}


/* Prints what comes, for as long as it can. Returns the exit status. */
static int
ggictl_tail_follow(ggictl_calls_t *calls, const ggictl_args_t *args)
{
    int  rc;

    static const struct timespec  pause = { 0, GGICTL_TAIL_PAUSE };

    do {
        ggi_join_tell(&calls->join, ggictl_now() - GGICTL_TAIL_OPEN);

        if (fflush(stdout) != 0) {
            return GGICTL_OK;
        }

        (void) nanosleep(&pause, NULL);
        rc = ggictl_calls_again(calls, args);
    } while (rc == GGICTL_OK && !calls->join.over);

    return rc;
}


/* Prints what is asked for. Returns the exit status. */
static int
ggictl_tail_run(const ggictl_args_t *args, const ggictl_wanted_t *wanted, void *data)
{
    int              rc;
    ggictl_tail_t   *tail = data;
    ggictl_calls_t   calls;

    tail->limit = wanted->limit ? wanted->limit : GGICTL_TAIL_LAST;
    tail->all = !wanted->filter.calls;
    tail->kept = calloc(tail->limit, sizeof(char *));

    if (tail->kept == NULL) {
        return ggictl_fail("no memory");
    }

    rc = ggictl_tail_last(&calls, args, wanted, tail);
    ggictl_tail_flush(tail, rc == GGICTL_OK);
    tail->direct = 1;

    if (rc == GGICTL_OK && calls.follow) {
        rc = ggictl_tail_follow(&calls, args);
    }

    ggictl_calls_free(&calls);
    free(tail->kept);

    return rc;
}


int
ggictl_tail(ggictl_args_t *args)
{
    ggictl_tail_t  tail = { .show = ggictl_show_begin(args) };

    return ggictl_wanted_run(args, 1, ggictl_tail_run, &tail);
}
