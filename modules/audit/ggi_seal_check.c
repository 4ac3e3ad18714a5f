/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include "ggi_seal_check.h"


int
ggi_seal_check_start(ggi_seal_check_t *check, ggi_str_t verifier)
{
    ggi_str_t  name;

    memset(check, 0, sizeof(ggi_seal_check_t));

    if (!ggi_seal_verifier_read(verifier, &name, check->key)) {
        return 0;
    }

    memcpy(check->name, name.data, name.len);

    return 1;
}


/* Returns 1 when the stamps of a note, if it has any, are of the seal before; 0 otherwise. */
static int
ggi_seal_check_stamps(const ggi_seal_note_t *note)
{
    ggi_str_t        rest = note->lines;
    ggi_seal_line_t  line;

    while (ggi_seal_note_line(&rest, &line)) {
        if (line.kind == GGI_SEAL_STAMP && line.to != note->number - 1) {
            return 0;
        }
    }

    return 1;
}


const char *
ggi_seal_check_note(ggi_seal_check_t *check, ggi_str_t whole, int64_t offset,
    ggi_seal_note_t *note)
{
    ggi_str_t    name;
    const char  *fault;

    name.data = check->name;
    name.len = strlen(check->name);
    fault = ggi_seal_note_read(note, whole);

    if (fault) {
        return fault;
    }

    if (note->number != check->number + 1) {
        return "another seal stands in its place";
    }

    if (!ggi_seal_note_verify(note, name, check->key)) {
        return check->number ? "it is not signed by the key that the seal before it names"
               : "it is not signed by the public key that was given";
    }

    if (memcmp(note->previous, check->previous, GGI_SEAL_HASH) != 0) {
        return "the seal before it is another one";
    }

    if (!ggi_seal_check_stamps(note)) {
        return "it has a stamp of another seal than the one before";
    }

    fault = ggi_seal_known_note(&check->known, note, offset);

    if (fault) {
        return fault;
    }

    if (!ggi_seal_hash(whole.data, whole.len, check->previous)) {
        return "OpenSSL cannot hash it";
    }

    memcpy(check->key, note->next, GGI_SEAL_KEY);
    check->number = note->number;
    check->time = note->time;
    check->closed = note->closed;

    return NULL;
}


void
ggi_seal_check_free(ggi_seal_check_t *check)
{
    ggi_seal_known_free(&check->known);
}
