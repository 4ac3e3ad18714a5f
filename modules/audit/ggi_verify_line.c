/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE
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


int
ggi_verify_line_glance(const ggi_verify_opening_t *opening, const char *line,
    size_t len, ggi_verify_place_t *place)
{
    const char  *pos, *end;

    static const char  number[] = ",\"ggi.chain.number\":";
    static const char  previous[] = ",\"ggi.chain.previous\":\"";
    static const char  records[] = ",\"ggi.chain.records\":";

    pos = line;
    end = line + len;

    if (opening->len <= GGI_UUID_LEN
        || !ggi_verify_skip(&pos, end, opening->text, opening->len)
        || !ggi_verify_skip(&pos, end, number, sizeof(number) - 1))
    {
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

    memcpy(place->id, opening->text + opening->len - GGI_UUID_LEN - 1, GGI_UUID_LEN);
    place->id[GGI_UUID_LEN] = '\0';
    pos += GGI_CHAIN_HASH_LEN + 1;
    place->closes = ggi_verify_skip(&pos, end, records, sizeof(records) - 1);

    return 1;
}


/*
 * Sets the opening to what a line begins with whose place was read whole, when a glance
 * at the line says the same of it.
 */
static void
ggi_verify_opening_set(ggi_verify_opening_t *opening, const char *line,
    size_t len, const ggi_verify_place_t *place)
{
    const char          *key;
    ggi_verify_place_t   glanced;

    static const char  id[] = "\"ggi.chain.id\":\"";

    opening->len = 0;
    key = memmem(line, len, id, sizeof(id) - 1);

    if (key == NULL
        || (size_t) (key - line) > sizeof(opening->text) - sizeof(id) - GGI_UUID_LEN
        || (size_t) (line + len - key) < sizeof(id) + GGI_UUID_LEN)
    {
        return;
    }

    opening->len = (size_t) (key - line) + sizeof(id) + GGI_UUID_LEN;
    memcpy(opening->text, line, opening->len);

    if (!ggi_verify_line_glance(opening, line, len, &glanced)
        || strcmp(glanced.id, place->id) != 0 || glanced.number != place->number
        || memcmp(glanced.previous, place->previous, GGI_VERIFY_HASH) != 0)
    {
        opening->len = 0;
    }
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
    place->closes = json_object_get(attributes, "ggi.chain.records") != NULL;

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
ggi_verify_line_read(const char *line, size_t len, ggi_verify_place_t *place,
    ggi_verify_opening_t *opening)
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

        if (opening) {
            ggi_verify_opening_set(opening, line, len, place);
        }
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
    const char  *how, *id, *hash, *known_by;

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

    if (event && strcmp(event, "ggi.chain_opened") == 0) {
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
