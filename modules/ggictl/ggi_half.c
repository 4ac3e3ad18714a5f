/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE                     /* memmem() */
#include <string.h>

#include "ggi_half.h"
#include "ggi_logged_text.h"
#include "ggi_oin.h"

#define GGI_HALF_BAD_GATEWAY  502
#define GGI_HALF_TIMED_OUT    504


static const ggi_logged_field_e  ggi_half_fields[GGI_HALF_TEXTS] = {
    GGI_LOGGED_OIN, GGI_LOGGED_NAMENS, GGI_LOGGED_DIENST, GGI_LOGGED_DOELBINDING,
    GGI_LOGGED_METHOD, GGI_LOGGED_PATH, GGI_LOGGED_FIELDS, GGI_LOGGED_REASON, GGI_LOGGED_HOLDER
};


/* Returns how many requests the gate made of a call, by what its completion says of them. */
static uint16_t
ggi_half_attempts(ggi_str_t tried)
{
    uint16_t     n;
    const char  *pos, *end;

    static const char  address[] = "\"address\":";

    if (tried.len == 0) {
        return 1;
    }

    end = tried.data + tried.len;

    for (n = 0, pos = tried.data; n < UINT16_MAX; n++) {
        pos = memmem(pos, (size_t) (end - pos), address, sizeof(address) - 1);

        if (pos == NULL) {
            break;
        }

        pos += sizeof(address) - 1;
    }

    return n ? n : 1;
}


/* Returns whether a call of a consumer left it, and a status of the provider is known. */
static ggi_half_left_e
ggi_half_left(const ggi_half_t *half, const ggi_joined_t *joined)
{
    const ggi_str_t  *end = joined->end.logged.field;

    if (half->refused) {
        return GGI_HALF_STAYED;
    }

    if (!half->ended) {
        return GGI_HALF_UNSURE;
    }

    if (end[GGI_LOGGED_UPSTREAM].len == 0) {
        return GGI_HALF_STAYED;
    }

    /* nginx says these too when it could not connect, or got no answer */

    if (half->status == 0 || half->status == GGI_HALF_BAD_GATEWAY
        || half->status == GGI_HALF_TIMED_OUT)
    {
        return GGI_HALF_UNSURE;
    }

    return GGI_HALF_LEFT;
}


/*
 * Returns the span of the request between the two: of the consumer the one that it sent, of the
 * provider the one that it got as its parent. Empty: not known.
 */
static ggi_str_t
ggi_half_link(ggi_side_e side, const ggi_joined_t *joined)
{
    ggi_str_t  none = { 0, NULL };

    if (!ggi_joined_is_undecided(joined)) {
        return joined->first.logged.field[side == GGI_SIDE_CONSUMER ? GGI_LOGGED_API_SPAN
                                                                    : GGI_LOGGED_PARENT];
    }

    return side == GGI_SIDE_CONSUMER && !ggi_joined_is_withdrawn(joined)
           ? joined->end.logged.field[GGI_LOGGED_SPAN] : none;
}


/*
 * Returns the OIN of the provider of a consumer's call: the one to which it went, or else the one
 * to which alone it may have gone. Empty: not known.
 */
static ggi_str_t
ggi_half_provider(const ggi_joined_t *joined)
{
    ggi_str_t  oin, other, expected, none = { 0, NULL };

    oin = joined->end.logged.field[GGI_LOGGED_PROVIDER];

    if (oin.len) {
        return oin;
    }

    expected = joined->first.logged.field[GGI_LOGGED_EXPECTED];

    return (ggi_logged_next(&expected, &oin) && oin.len == GGI_OIN_LEN
            && !ggi_logged_next(&expected, &other))
           ? oin : none;
}


/* Returns a text of a call. */
static ggi_str_t
ggi_half_source(ggi_half_text_e text, ggi_side_e side, const ggi_joined_t *joined)
{
    const ggi_str_t  *first = joined->first.logged.field;

    static const ggi_str_t  none = ggi_str("");

    if (text == GGI_HALF_REASON) {
        return ggi_joined_field(joined, GGI_LOGGED_REASON);
    }

    if (text == GGI_HALF_PROVIDER && side == GGI_SIDE_CONSUMER) {
        return ggi_half_provider(joined);
    }

    if (side == GGI_SIDE_CONSUMER && first[GGI_LOGGED_EXTERN].len) {
        if (text == GGI_HALF_CLAIM) {
            return first[GGI_LOGGED_EXTERN];
        }

        if (text == GGI_HALF_INSIDE) {
            return first[GGI_LOGGED_DOELBINDING];
        }
    }

    return text == GGI_HALF_INSIDE ? none : first[ggi_half_fields[text]];
}


/* Copies the texts, and sets the size. */
static void
ggi_half_texts(ggi_half_t *half, ggi_side_e side, const ggi_joined_t *joined)
{
    char       *dst;
    unsigned    i;
    ggi_str_t   text;

    dst = half->texts;

    for (i = 0; i < GGI_HALF_TEXTS; i++) {
        text = ggi_half_source((ggi_half_text_e) i, side, joined);
        text.len = (text.len > GGI_HALF_TEXT_MAX) ? GGI_HALF_TEXT_MAX : text.len;
        half->len[i] = (uint16_t) text.len;

        if (text.len) {
            memcpy(dst, text.data, text.len);
            dst += text.len;
        }
    }

    /* bytes that no text takes are not those of whatever was there before */

    while ((dst - (char *) half) % 8) {
        *dst++ = '\0';
    }

    half->size = (uint32_t) (dst - (char *) half);
}


/*
 * Returns when a call began, in ms since the epoch: when it was decided about, or, without the
 * decision, as long before its end as that says it took.
 */
static uint64_t
ggi_half_began(const ggi_joined_t *joined)
{
    uint64_t  time, took;

    time = joined->first.logged.time;
    took = ggi_joined_is_undecided(joined) ? ggi_joined_duration(&joined->end.logged) : 0;

    return time - (took < time ? took : time);
}


/* Copies a text to so many bytes, with NULs behind one that is shorter. */
static void
ggi_half_pad(char *dst, size_t size, ggi_str_t text)
{
    memset(dst, 0, size);

    if (text.len) {
        memcpy(dst, text.data, text.len < size ? text.len : size);
    }
}


/*
 * Returns 1 when a call is one between two organisations that the log of a side has. Of a call
 * that was redirected to another dienst the provider's is the first, and the consumer's the
 * last, which left.
 */
static int
ggi_half_is_of(ggi_side_e side, const ggi_joined_t *joined)
{
    const ggi_str_t  *field = joined->first.logged.field;

    static const ggi_str_t  consumer = ggi_str("afnemer"), allowed = ggi_str("true");

    if (!ggi_joined_is_call(joined)
        || ggi_str_eq(field[GGI_LOGGED_ROLE], consumer) != (side == GGI_SIDE_CONSUMER))
    {
        return 0;
    }

    if (side == GGI_SIDE_PROVIDER) {
        return field[GGI_LOGGED_REDIRECTED].len == 0 && field[GGI_LOGGED_SUBREQUEST].len == 0;
    }

    return joined->end.line || joined->open
           || !ggi_str_eq(field[GGI_LOGGED_DECISION], allowed);
}


int
ggi_half_make(ggi_half_t *half, ggi_side_e side, const ggi_joined_t *joined)
{
    uint64_t          status;
    ggi_str_t         link;
    const ggi_str_t  *field = joined->first.logged.field;

    static const ggi_str_t  refused = ggi_str("false");

    if (!ggi_half_is_of(side, joined)) {
        return 0;
    }

    memset(half, 0, sizeof(ggi_half_t));
    half->side = (uint8_t) side;
    half->asked = 1;
    half->time = ggi_half_began(joined);
    half->until = joined->end.line && joined->end.logged.time > half->time
                  ? joined->end.logged.time : half->time;
    half->refused = ggi_str_eq(ggi_joined_field(joined, GGI_LOGGED_DECISION), refused);
    half->decided = !ggi_joined_is_undecided(joined);
    half->ended = half->refused || joined->end.line;
    half->attempts = ggi_half_attempts(joined->end.logged.field[GGI_LOGGED_TRIED]);
    status = ggi_logged_number(side == GGI_SIDE_CONSUMER
                               ? joined->end.logged.field[GGI_LOGGED_API_STATUS]
                               : ggi_joined_field(joined, GGI_LOGGED_ANSWER));
    half->status = (uint16_t) (status < 1000 ? status : 0);
    half->left = (uint8_t) (side == GGI_SIDE_PROVIDER ? GGI_HALF_LEFT
                                                      : ggi_half_left(half, joined));
    ggi_half_pad(half->transaction, GGI_UUID_LEN, field[GGI_LOGGED_TRANSACTION]);
    link = ggi_half_link(side, joined);
    half->linked = (link.len == GGI_SPAN_ID_LEN);
    ggi_half_pad(half->link, GGI_SPAN_ID_LEN, link);
    ggi_half_texts(half, side, joined);

    return 1;
}


ggi_str_t
ggi_half_text(const ggi_half_t *half, ggi_half_text_e text)
{
    unsigned    i;
    ggi_str_t   str;

    str.data = half->texts;

    for (i = 0; i < text; i++) {
        str.data += half->len[i];
    }

    str.len = half->len[text];

    return str;
}


int
ggi_half_compare(const void *one, const void *other)
{
    int                rc;
    const ggi_half_t  *a = one, *b = other;

    rc = memcmp(a->transaction, b->transaction, GGI_UUID_LEN);

    return rc ? rc : (a->time > b->time) - (a->time < b->time);
}


int
ggi_half_together(const ggi_half_t *one, const ggi_half_t *other)
{
    return memcmp(one->transaction, other->transaction, GGI_UUID_LEN) == 0;
}
