/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggictl_show_text.h"
#include "ggictl_show_trail.h"

#define GGICTL_TRAIL_DIGEST  12         /* digits that are shown of a SHA-256 */


/* Writes what one kind of record tells. */
typedef void (*ggictl_trail_pt)(FILE *out, const ggi_str_t *field);


/* Writes a field that is a time in ms since the epoch. */
static void
ggictl_trail_time(FILE *out, const char *before, ggi_str_t field)
{
    char  text[GGICTL_SHOW_TIME + 1];

    fprintf(out, "%s%s", before, ggictl_show_time(text, ggi_logged_number(field)));
}


/* Writes how many there were of something, from when to when, whose they are, and why. */
static void
ggictl_trail_count(FILE *out, const char *what, const ggi_str_t *field)
{
    fputs(": ", out);
    ggictl_show_text(out, field[GGI_LOGGED_COUNT]);
    fputs(what, out);
    ggictl_trail_time(out, " from ", field[GGI_LOGGED_FROM]);
    ggictl_trail_time(out, " to ", field[GGI_LOGGED_TO]);
    ggictl_show_known(out, ", of ", field[GGI_LOGGED_CLIENT], "");
    ggictl_show_known(out, ": ", field[GGI_LOGGED_WHY], "");
}


static void
ggictl_trail_gap(FILE *out, const ggi_str_t *field)
{
    ggictl_trail_count(out, " records were lost", field);
}


static void
ggictl_trail_anonymous(FILE *out, const ggi_str_t *field)
{
    ggictl_trail_count(out, " refusals were only counted", field);
}


/* Writes how the chain before ended. */
static void
ggictl_trail_before(FILE *out, const ggi_str_t *field)
{
    size_t     i;
    ggi_str_t  end;

    static const struct {
        ggi_str_t    word;
        const char  *text;
    } ends[] = {
        { ggi_str("none"), "no chain before it" },
        { ggi_str("unknown"), "what was before it is not known" },
        { ggi_str("closed"), "after a chain that was closed" },
        { ggi_str("not_closed"), "after a chain that was not closed" },
        { ggi_str("closing_not_written"), "after a chain whose end could not be written" }
    };

    end = field[GGI_LOGGED_BEFORE_END];

    for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        if (ggi_str_eq(ends[i].word, end)) {
            fprintf(out, "; %s", ends[i].text);
        }
    }

    ggictl_show_known(out, ": ", field[GGI_LOGGED_BEFORE], "");
    ggictl_show_known(out, " up to number ", field[GGI_LOGGED_BEFORE_NUMBER], "");
}


static void
ggictl_trail_opened(FILE *out, const ggi_str_t *field)
{
    ggi_str_t  digest;

    digest = field[GGI_LOGGED_CONFIGURATION];
    digest.len = digest.len < GGICTL_TRAIL_DIGEST ? digest.len : GGICTL_TRAIL_DIGEST;
    fputs(": version ", out);
    ggictl_show_text(out, field[GGI_LOGGED_VERSION]);
    ggictl_show_known(out, ", configuration ", digest, "");
    ggictl_show_known(out, ", place ", field[GGI_LOGGED_PLACE], "");
    ggictl_trail_before(out, field);
}


static void
ggictl_trail_moved(FILE *out, const ggi_str_t *field)
{
    ggictl_show_known(out, ": to place ", field[GGI_LOGGED_PLACE], "");
    ggictl_trail_before(out, field);
}


static void
ggictl_trail_closed(FILE *out, const ggi_str_t *field)
{
    fputs(": ", out);
    ggictl_show_text(out, field[GGI_LOGGED_COUNT]);
    fputs(" records, closed by ", out);
    ggictl_show_text(out, field[GGI_LOGGED_WHY]);
}


static void
ggictl_trail_tombstone(FILE *out, const ggi_str_t *field)
{
    ggictl_show_known(out, ": a record expired, as it was kept for ", field[GGI_LOGGED_WHY], "");
    ggictl_show_known(out, ", number ", field[GGI_LOGGED_NUMBER], "");
}


/* A field that is written where it is known, with a text before it. */
typedef struct {
    const char          *before;
    ggi_logged_field_e   field;
} ggictl_trail_part_t;


static void
ggictl_trail_parts(FILE *out, const ggictl_trail_part_t *parts, size_t n, const ggi_str_t *field)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        ggictl_show_known(out, parts[i].before, field[parts[i].field], "");
    }
}


static void
ggictl_trail_withdrawn(FILE *out, const ggi_str_t *field)
{
    static const ggictl_trail_part_t  parts[] = {
        { ": the call was refused, ", GGI_LOGGED_REASON }, { ", with ", GGI_LOGGED_ANSWER },
        { "; decision ", GGI_LOGGED_TRACE }, { "-", GGI_LOGGED_PARENT },
        { ", transaction ", GGI_LOGGED_TRANSACTION }, { ", dienst ", GGI_LOGGED_DIENST },
        { ", of ", GGI_LOGGED_OIN }
    };

    ggictl_trail_parts(out, parts, sizeof(parts) / sizeof(parts[0]), field);
}


static void
ggictl_trail_signal(FILE *out, const ggi_str_t *field)
{
    static const ggictl_trail_part_t  what[] = {
        { ": ", GGI_LOGGED_SIGNAL }, { ", ", GGI_LOGGED_COUNT }, { " of ", GGI_LOGGED_THRESHOLD }
    };
    static const ggictl_trail_part_t  whose[] = {
        { ", dienst ", GGI_LOGGED_DIENST }, { ", OIN ", GGI_LOGGED_OIN },
        { ", user ", GGI_LOGGED_USER }, { ", person ", GGI_LOGGED_SUBJECT },
        { ", certificate ", GGI_LOGGED_HASH }, { " from ", GGI_LOGGED_CLIENT },
        { ", gate ", GGI_LOGGED_GATE }, { " is ", GGI_LOGGED_MODE },
        { ", set by ms: ", GGI_LOGGED_CLOCK }, { ", of ", GGI_LOGGED_PLACE },
        { ", ", GGI_LOGGED_REASON }, { ", transaction ", GGI_LOGGED_TRANSACTION }
    };

    ggictl_trail_parts(out, what, sizeof(what) / sizeof(what[0]), field);
    ggictl_trail_time(out, " since ", field[GGI_LOGGED_FROM]);
    ggictl_trail_parts(out, whose, sizeof(whose) / sizeof(whose[0]), field);

    if (field[GGI_LOGGED_TO].len) {
        ggictl_trail_time(out, ", expires ", field[GGI_LOGGED_TO]);
    }
}


void
ggictl_show_trail(FILE *out, const ggi_logged_t *logged)
{
    size_t            i;
    const ggi_str_t  *field = logged->field;

    static const struct {
        ggi_str_t        event;
        ggictl_trail_pt  show;
    } events[] = {
        { ggi_str("ggi.gap"), ggictl_trail_gap },
        { ggi_str("ggi.anonymous_refusals"), ggictl_trail_anonymous },
        { ggi_str("ggi.chain_opened"), ggictl_trail_opened },
        { ggi_str("ggi.chain_moved"), ggictl_trail_moved },
        { ggi_str("ggi.chain_closed"), ggictl_trail_closed },
        { ggi_str("ggi.call_withdrawn"), ggictl_trail_withdrawn },
        { ggi_str("ggi.tombstone"), ggictl_trail_tombstone },
        { ggi_str("ggi.signal"), ggictl_trail_signal }
    };

    fputs("  ", out);
    ggictl_show_text(out, field[GGI_LOGGED_EVENT]);

    for (i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
        if (ggi_str_eq(events[i].event, field[GGI_LOGGED_EVENT])) {
            events[i].show(out, field);
        }
    }

    fputs(", in chain ", out);
    ggictl_show_text(out, field[GGI_LOGGED_CHAIN]);
    fputs(" of ", out);
    ggictl_show_text(out, field[GGI_LOGGED_NODE]);
}
