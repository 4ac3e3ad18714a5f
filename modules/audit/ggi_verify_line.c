/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "ggi_verify_line.h"

#define GGI_VERIFY_DIGITS  18           /* of a number that surely fits in 63 bits */


/*
 * Moves *pos behind a text, when the line goes on with it. Returns 1, or 0 when it does
 * not.
 */
static int
ggi_verify_skip(const char **pos, const char *end, const char *text, size_t len)
{
    if ((size_t) (end - *pos) < len || memcmp(*pos, text, len) != 0) {
        return 0;
    }

    *pos += len;

    return 1;
}


/* Reads a number above 0, in as few digits as it takes. Returns it, or 0 when there is none. */
static int64_t
ggi_verify_number(const char **pos, const char *end)
{
    int64_t      number;
    const char  *first;

    number = 0;
    first = *pos;

    while (*pos < end && ggi_is_digit(**pos)) {
        if (*pos - first == GGI_VERIFY_DIGITS || (*pos > first && number == 0)) {
            return 0;
        }

        number = number * 10 + (*(*pos)++ - '0');
    }

    return number;
}


/*
 * Returns the end of a text whose opening quote stands at pos, behind its closing quote; or
 * NULL when it has no end.
 */
static const char *
ggi_verify_behind_text(const char *pos, const char *end)
{
    const char  *quote, *first;

    for (first = pos++; pos < end; pos = quote + 1) {
        quote = memchr(pos, '"', (size_t) (end - pos));

        if (quote == NULL || quote[-1] != '\\') {
            return quote ? quote + 1 : NULL;
        }

        /* an even number of backslashes stand for themselves */
        for (pos = quote - 1; pos > first && pos[-1] == '\\'; pos--) { /* void */ }

        if ((quote - pos) % 2 == 0) {
            return quote + 1;
        }
    }

    return NULL;
}


/*
 * Returns what stands behind an object of texts whose first member is at pos, and its comma;
 * or NULL when it has anything else in it.
 */
static const char *
ggi_verify_behind_texts(const char *pos, const char *end)
{
    while (pos < end && *pos == '"') {
        pos = ggi_verify_behind_text(pos, end);

        if (pos == NULL || end - pos < 2) {
            return NULL;
        }

        if (*pos == '}') {
            return pos[1] == ',' ? pos + 2 : NULL;
        }

        if (*pos != ':' && *pos != ',') {
            return NULL;
        }

        pos++;
    }

    return NULL;
}


int
ggi_verify_line_glance(const char *line, size_t len, ggi_verify_place_t *place)
{
    const char  *pos, *end;

    static const char  resource[] = "{\"resource\":{";
    static const char  attributes[] = "\"attributes\":{\"ggi.chain.id\":\"";
    static const char  number[] = "\",\"ggi.chain.number\":";
    static const char  previous[] = ",\"ggi.chain.previous\":\"";
    static const char  records[] = ",\"ggi.chain.records\":";
    static const char  there[] = ",\"ggi.chain.place\":";
    static const char  change[] = ",\"ggi.change.command\":";
    static const char  outcome[] = ",\"ggi.change.intended\":";

    pos = line;
    end = line + len;

    if (!ggi_verify_skip(&pos, end, resource, sizeof(resource) - 1)) {
        return 0;
    }

    pos = ggi_verify_behind_texts(pos, end);

    if (pos == NULL || !ggi_verify_skip(&pos, end, attributes, sizeof(attributes) - 1)
        || end - pos <= GGI_UUID_LEN || !ggi_uuid_read(place->id, pos, GGI_UUID_LEN))
    {
        return 0;
    }

    /* as it is written, since the places of a chain are found by that */
    memcpy(place->id, pos, GGI_UUID_LEN);
    place->id[GGI_UUID_LEN] = '\0';
    pos += GGI_UUID_LEN;

    if (!ggi_verify_skip(&pos, end, number, sizeof(number) - 1)) {
        return 0;
    }

    place->number = ggi_verify_number(&pos, end);

    if (place->number == 0
        || !ggi_verify_skip(&pos, end, previous, sizeof(previous) - 1)
        || (size_t) (end - pos) <= GGI_CHAIN_HASH_LEN
        || !ggi_hex_read(place->previous, pos, GGI_VERIFY_HASH)
        || pos[GGI_CHAIN_HASH_LEN] != '"')
    {
        return 0;
    }

    pos += GGI_CHAIN_HASH_LEN + 1;
    place->tells = ggi_verify_skip(&pos, end, records, sizeof(records) - 1)
                   || ggi_verify_skip(&pos, end, there, sizeof(there) - 1);
    place->changes = ggi_verify_skip(&pos, end, change, sizeof(change) - 1)
                     - ggi_verify_skip(&pos, end, outcome, sizeof(outcome) - 1);

    return 1;
}


/* Reads the place from a line's JSON. Returns 1, or 0 when it names none. */
static int
ggi_verify_place_read(ggi_verify_place_t *place, json_t *root)
{
    char         uuid[GGI_UUID_LEN];
    json_t      *attributes;
    const char  *id, *previous;

    attributes = json_object_get(root, "attributes");
    id = json_string_value(json_object_get(attributes, "ggi.chain.id"));
    previous = json_string_value(json_object_get(attributes, "ggi.chain.previous"));

    memset(place, 0, sizeof(ggi_verify_place_t));
    place->number = json_integer_value(json_object_get(attributes, "ggi.chain.number"));
    place->tells = json_object_get(attributes, "ggi.chain.records") != NULL
                   || json_object_get(attributes, "ggi.chain.place") != NULL;
    place->changes = (json_object_get(attributes, "ggi.change.command") != NULL)
                     - (json_object_get(attributes, "ggi.change.intended") != NULL);

    if (id == NULL || previous == NULL || place->number <= 0
        || !ggi_uuid_read(uuid, id, strlen(id))
        || strlen(previous) != GGI_CHAIN_HASH_LEN)
    {
        return 0;
    }

    memcpy(place->id, id, GGI_UUID_LEN);

    return ggi_hex_read(place->previous, previous, GGI_VERIFY_HASH);
}


ggi_verify_line_e
ggi_verify_line_read(const char *line, size_t len, ggi_verify_place_t *place)
{
    json_t             *root;
    ggi_verify_line_e   what;

    root = json_loadb(line, len - 1, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);

    if (root == NULL) {
        return (len > 1) ? GGI_VERIFY_TORN : GGI_VERIFY_STRANGE;
    }

    what = GGI_VERIFY_STRANGE;

    if (ggi_verify_place_read(place, root)) {
        what = GGI_VERIFY_RECORD;
    }

    json_decref(root);

    return what;
}


/*
 * Reads what an opening record says of the chain before it. Returns 1, or 0 when it is not
 * as the gate writes it.
 */
static int
ggi_verify_before_read(ggi_verify_said_t *said, json_t *attributes)
{
    char         uuid[GGI_UUID_LEN];
    json_t      *place;
    const char  *how, *id, *hash, *known_by;

    place = json_object_get(attributes, "ggi.chain.place");
    said->at = json_is_integer(place) ? json_integer_value(place) : -1;
    how = json_string_value(json_object_get(attributes, "ggi.chain.before.end"));
    id = json_string_value(json_object_get(attributes, "ggi.chain.before.id"));
    hash = json_string_value(json_object_get(attributes, "ggi.chain.before.hash"));
    known_by = json_string_value(json_object_get(attributes, "ggi.chain.before.known_by"));
    said->number = json_integer_value(json_object_get(attributes, "ggi.chain.before.number"));
    said->how = how ? ggi_end_read_word(how, strlen(how)) : GGI_END_N;
    said->found = known_by && strcmp(known_by, "file") == 0;

    if (said->how == GGI_END_N || id == NULL) {
        said->number = 0;
        return said->how != GGI_END_N;
    }

    if (said->number <= 0 || hash == NULL || !ggi_uuid_read(uuid, id, strlen(id))
        || strlen(hash) != GGI_CHAIN_HASH_LEN || !ggi_hex_read(said->hash, hash, GGI_VERIFY_HASH))
    {
        return 0;
    }

    memcpy(said->id, uuid, GGI_UUID_LEN);

    return 1;
}


int
ggi_verify_line_end(const char *line, size_t len, ggi_verify_said_t *said)
{
    int          end;
    json_t      *root, *attributes;
    const char  *event, *reason;

    memset(said, 0, sizeof(ggi_verify_said_t));
    root = json_loadb(line, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    event = json_string_value(json_object_get(root, "event_name"));
    attributes = json_object_get(root, "attributes");
    end = 0;

    said->moves = (event && strcmp(event, "ggi.chain_moved") == 0);

    if (said->moves || (event && strcmp(event, "ggi.chain_opened") == 0)) {
        said->opens = 1;
        end = ggi_verify_before_read(said, attributes);

    } else if (event && strcmp(event, "ggi.chain_closed") == 0) {
        reason = json_string_value(json_object_get(attributes, "ggi.chain.reason"));
        snprintf(said->reason, sizeof(said->reason), "%s", reason ? reason : "unknown");
        end = 1;
    }

    json_decref(root);

    return end;
}
