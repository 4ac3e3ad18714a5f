/* SPDX-License-Identifier: EUPL-1.2 */

#include <inttypes.h>
#include <string.h>

#include <openssl/crypto.h>

#include "ggi_seal_state.h"

#define GGI_SEAL_STATE_ROOM  1024       /* bytes of a state besides its note */


void
ggi_seal_state_write(ggi_seal_text_t *text, const ggi_seal_state_t *state)
{
    char           secret[GGI_SEAL_BASE64(GGI_SEAL_KEY) + 1], hex[GGI_SEAL_HEX];
    unsigned char  hash[GGI_SEAL_HASH];

    ggi_seal_text_reserve(text, state->note.len + GGI_SEAL_STATE_ROOM);
    ggi_seal_base64_write(secret, state->secret, GGI_SEAL_KEY);
    ggi_seal_text_print(text, "ggi-audit-seal-state/1 %.*s\nseal %" PRId64 "\nsecret %s\n"
                        "offset %" PRId64 "\nnote %zu\n", (int) state->name.len, state->name.data,
                        state->number, secret, state->offset, state->note.len);
    ggi_seal_text_add(text, state->note.data, state->note.len);
    OPENSSL_cleanse(secret, sizeof(secret));

    if (text->failed || !ggi_seal_hash(text->data, text->len, hash)) {
        text->failed = 1;
        return;
    }

    ggi_hex_write(hex, hash, GGI_SEAL_HASH);
    ggi_seal_text_print(text, "sha256 %.*s\n", GGI_SEAL_HEX, hex);
}


/* Reads a line of a word and a number. Returns 1, or 0 when it is something else. */
static int
ggi_seal_state_number(ggi_str_t *rest, const char *word, int64_t *number)
{
    ggi_str_t  line;

    return ggi_seal_split(rest, &line) && ggi_str_skip(&line, word)
           && ggi_seal_number(&line, number) && line.len == 0;
}


/* Reads what stands before the note. Returns 1, or 0 when it is something else. */
static int
ggi_seal_state_head(ggi_seal_state_t *state, ggi_str_t *rest)
{
    int64_t    len;
    ggi_str_t  line;

    if (!ggi_seal_split(rest, &state->name)
        || !ggi_str_skip(&state->name, "ggi-audit-seal-state/1 ")
        || !ggi_seal_name_good(state->name)
        || !ggi_seal_state_number(rest, "seal ", &state->number) || state->number == 0
        || !ggi_seal_split(rest, &line) || !ggi_str_skip(&line, "secret ")
        || ggi_seal_base64_read(state->secret, GGI_SEAL_KEY, line) != GGI_SEAL_KEY
        || !ggi_seal_key_public(state->secret, state->public_key)
        || !ggi_seal_state_number(rest, "offset ", &state->offset)
        || !ggi_seal_state_number(rest, "note ", &len) || len > (int64_t) rest->len)
    {
        return 0;
    }

    state->note.data = rest->data;
    state->note.len = (size_t) len;
    rest->data += len;
    rest->len -= (size_t) len;

    return 1;
}


/* Returns 1 when the note is the one before the next seal, 0 otherwise. */
static int
ggi_seal_state_fits(const ggi_seal_state_t *state)
{
    ggi_seal_note_t  note;

    if (state->note.len == 0) {
        return state->number == 1 && state->offset == 0;
    }

    return ggi_seal_note_read(&note, state->note) == NULL && note.number == state->number - 1
           && ggi_str_eq(note.name, state->name)
           && memcmp(note.next, state->public_key, GGI_SEAL_KEY) == 0;
}


int
ggi_seal_state_read(ggi_seal_state_t *state, ggi_str_t text)
{
    ggi_str_t      rest, line;
    unsigned char  hash[GGI_SEAL_HASH], named[GGI_SEAL_HASH];

    memset(state, 0, sizeof(ggi_seal_state_t));
    rest = text;

    return ggi_seal_state_head(state, &rest)
           && ggi_seal_hash(text.data, (size_t) (rest.data - text.data), hash)
           && ggi_seal_split(&rest, &line) && ggi_str_skip(&line, "sha256 ")
           && line.len == GGI_SEAL_HEX && ggi_hex_read(named, line.data, GGI_SEAL_HASH)
           && memcmp(hash, named, GGI_SEAL_HASH) == 0 && ggi_seal_state_fits(state);
}


int
ggi_seal_state_previous(const ggi_seal_state_t *state,
    unsigned char hash[GGI_SEAL_HASH])
{
    if (state->note.len == 0) {
        memset(hash, 0, GGI_SEAL_HASH);
        return 1;
    }

    return ggi_seal_hash(state->note.data, state->note.len, hash);
}
