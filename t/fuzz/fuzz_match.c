/* SPDX-License-Identifier: EUPL-1.2 */

/* The logs of two organisations, line by line: a line of the provider, one of the consumer, and so on. */

#include "fuzz.h"

#include "ggi_dienst_names.h"
#include "ggi_half.h"
#include "ggi_join.h"
#include "ggi_match.h"
#include "ggi_match_level.h"
#include "ggi_match_outcome.h"
#include "ggi_match_spans.h"
#include "ggi_oins.h"
#include "ggi_pair.h"
#include "ggi_silence.h"
#include "ggi_silence_chain.h"


static ggi_match_t     match;
static ggi_silences_t  silences;
static ggi_side_e      side;
static uint64_t        buf[GGI_HALF_MAX / 8];
static size_t          halves, given;


static int
open_call(void *data, const ggi_pair_t *pair)
{
    const ggi_half_t  *half;

    (void) data;

    given++;
    fuzz_check(pair->half[0] || pair->half[1]);
    if (pair->half[0] && pair->half[1]) {
        fuzz_check(pair->missing == 0 && (pair->differ || pair->undecided));
    } else {
        fuzz_check(pair->differ == 0);
        fuzz_check(pair->missing ? pair->missing == (pair->half[0] ? 2u : 1u) : pair->undecided);
    }

    half = pair->half[0] ? pair->half[0] : pair->half[1];
    fuzz_check(half->until >= half->time);
    (void) ggi_silence_find(&silences, half->time, half->until, 60000);

    return 1;
}


/* The texts of a half are as long as the half says, and it is of its own transaction. */
static int
take(void *data, const ggi_joined_t *joined)
{
    unsigned     i;
    size_t       len = offsetof(ggi_half_t, texts);
    ggi_half_t  *half = (ggi_half_t *) buf;

    (void) data;

    if (!ggi_half_make(half, side, joined)) {
        return 1;
    }

    for (i = 0; i < GGI_HALF_TEXTS; i++) {
        fuzz_check(ggi_half_text(half, (ggi_half_text_e) i).data == (char *) half + len);
        len += half->len[i];
    }

    fuzz_check(half->size % 8 == 0 && half->size >= len && half->size < len + 8 && half->size <= GGI_HALF_MAX);
    fuzz_check(ggi_half_compare(half, half) == 0 && ggi_half_together(half, half));
    fuzz_check(half->refused || half->side != GGI_SIDE_CONSUMER || ggi_pair_compare(half, half, &match.names) == 0);

    ggi_oins_add(&match.own[side], ggi_half_text(half, side == GGI_SIDE_CONSUMER ? GGI_HALF_OIN : GGI_HALF_PROVIDER));

    halves++;
    fuzz_check(ggi_match_add(&match, half));

    return 1;
}


/* Reads a line as names of diensten, each of which is found again. */
static void
read_names(ggi_str_t line)
{
    size_t              i;
    ggi_str_t           at;
    ggi_dienst_names_t  names;

    if (ggi_dienst_names_read(&names, line, &at) == NULL) {
        fuzz_check(names.n > 0);
    }

    for (i = 0; i < names.n; i++) {
        fuzz_check(ggi_str_eq(ggi_dienst_names_find(&names, names.named[i].consumer), names.named[i].provider));
    }
}


/* Gives what one line has of a call. */
static void
add_line(ggi_str_t line)
{
    ggi_join_t    join;
    ggi_glance_t  glance;
    ggi_logged_t  logged;

    read_names(line);
    ggi_silence_add(&silences, line.data, line.len);
    ggi_glance_line(line.data, line.len, &glance);
    fuzz_check(ggi_join_init(&join, NULL, take, NULL));

    if (ggi_logged_ends(glance.kind)) {
        fuzz_check(ggi_join_end_call(&join, line.data, line.len, &glance));

    } else if (ggi_logged_read(&logged, line.data, line.len)) {
        fuzz_check(ggi_join_add(&join, line.data, line.len, &logged));
    }

    ggi_join_finish(&join);
    ggi_join_free(&join);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t             told;
    ggi_silence_chain_t  chain = { .n = 0 };

    halves = given = 0;
    ggi_match_init(&match, open_call, NULL);
    fuzz_begin(data, size);

    while (fuzz.left && fuzz.n < FUZZ_COPIES) {
        add_line(fuzz_whole_line());
        fuzz_check(ggi_silence_chain_add(&chain, 1 + fuzz.left % 64, fuzz.left));
        side = (side == GGI_SIDE_PROVIDER) ? GGI_SIDE_CONSUMER : GGI_SIDE_PROVIDER;
    }

    fuzz_check(chain.n <= 32);
    fuzz_check(ggi_silence_end(&silences));
    ggi_match_finish(&match);
    fuzz_check(given == ggi_match_open(&match));

    /* each half is told of once, alone or with the other one, also about a call that is undecided */

    told = 2 * (match.counts.same + match.counts.differ) + match.counts.repeated + match.counts.only[0]
           + match.counts.only[1] + match.counts.unreached + match.counts.strange[0] + match.counts.strange[1];
    fuzz_check(told + match.counts.undecided <= halves + match.counts.repeated);
    fuzz_check(told + match.counts.stayed + 2 * match.counts.undecided >= halves);
    ggi_match_free(&match);
    ggi_silence_free(&silences);
    free(chain.runs);
    side = GGI_SIDE_PROVIDER;

    return fuzz_end();
}
