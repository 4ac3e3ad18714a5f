/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdlib.h>
#include <string.h>

#include "ggi_sha256.h"
#include "ggi_tombstone.h"
#include "ggi_verify.h"
#include "ggi_verify_ends.h"

#define GGI_VERIFY_END  512             /* bytes of a text of how a chain ended */


int
ggi_verify_start(ggi_verify_t *verify,
    void (*fault)(void *data, const char *text), void *data)
{
    memset(verify, 0, sizeof(ggi_verify_t));
    verify->index = json_object();
    verify->ctx = ggi_sha256_new();
    verify->fault = fault;
    verify->data = data;

    return verify->index && verify->ctx;
}


void
ggi_verify_free(ggi_verify_t *verify)
{
    size_t  i;

    for (i = 0; i < verify->n; i++) {
        ggi_verify_chain_free(&verify->chains[i]);
    }

    for (i = 0; i < verify->files; i++) {
        free(verify->names[i]);
    }

    free(verify->chains);
    free(verify->moves);
    free(verify->names);
    free(verify->held.line);
    json_decref(verify->index);
    EVP_MD_CTX_free(verify->ctx);
    memset(verify, 0, sizeof(ggi_verify_t));
}


/*
 * Reads a line whole. Of a record it sets the place, and returns 1; of any other line it
 * returns 0 after a fault.
 */
static int
ggi_verify_read(ggi_verify_t *verify, ggi_verify_at_t at, const char *line,
    size_t len, ggi_verify_place_t *place)
{
    switch (ggi_verify_line_read(line, len, place)) {

    case GGI_VERIFY_RECORD:
        return 1;

    case GGI_VERIFY_TORN:
        ggi_verify_fault(verify, at, "no whole record, and so no record of a chain: it may "
                         "have been cut off by a kill or a power cut");
        return 0;

    default:
        ggi_verify_fault(verify, at, "no record of a chain");
        return 0;
    }
}


/*
 * Adds the line that is held to its chain, if there is one. next is the record after it
 * in the file, or NULL. When that one has the hash of the line, the gate went on from
 * this very line; otherwise the line is read whole first.
 */
static void
ggi_verify_release(ggi_verify_t *verify, const ggi_verify_record_t *next)
{
    ggi_verify_held_t    *held;
    ggi_verify_record_t  *record;

    held = &verify->held;
    record = &held->record;

    if (!held->held) {
        return;
    }

    held->held = 0;

    if ((next && next->place.number == record->place.number + 1
         && memcmp(next->place.previous, record->hash, GGI_VERIFY_HASH) == 0
         && strcmp(next->place.id, record->place.id) == 0)
        || ggi_verify_read(verify, record->at, held->line, held->len, &record->place))
    {
        ggi_verify_record(verify, record);
    }
}


/* Holds a line until the next one is seen. Returns 1, or 0 without memory. */
static int
ggi_verify_hold(ggi_verify_t *verify, const ggi_verify_record_t *record,
    const char *line, size_t len)
{
    char               *copy;
    size_t              size;
    ggi_verify_held_t  *held;

    held = &verify->held;

    if (len > held->size) {
        size = 2 * len;
        copy = realloc(held->line, size);

        if (copy == NULL) {
            return 0;
        }

        held->line = copy;
        held->size = size;
    }

    memcpy(held->line, line, len);
    held->record = *record;
    held->len = len;
    held->held = 1;

    return 1;
}


/*
 * Sets the hash of the present line: of a tombstone it is that of the record for which the
 * line stands. Returns 1, or 0 when OpenSSL cannot compute it.
 */
static int
ggi_verify_hash(ggi_verify_t *verify, const char *line, size_t len)
{
    unsigned  n;

    if (ggi_tombstone_read(line, len, verify->hash)) {
        verify->tombstones++;
        return 1;
    }

    return ggi_sha256_again(verify->ctx)
           && EVP_DigestUpdate(verify->ctx, line, len)
           && EVP_DigestFinal_ex(verify->ctx, verify->hash, &n);
}


int
ggi_verify_file(ggi_verify_t *verify, const char *name)
{
    char  **names;

    ggi_verify_release(verify, NULL);
    ggi_verify_give_up(verify);

    names = realloc(verify->names, (verify->files + 1) * sizeof(char *));
    if (names == NULL) {
        return 0;
    }

    verify->names = names;
    names[verify->files] = strdup(name);

    if (names[verify->files] == NULL) {
        return 0;
    }

    verify->at.file = verify->files++;
    verify->at.line = 0;

    return 1;
}


void
ggi_verify_line(ggi_verify_t *verify, const char *line, size_t len)
{
    int                  glanced, hashed;
    ggi_verify_record_t  record;

    verify->lines++;
    verify->at.line++;
    hashed = ggi_verify_hash(verify, line, len);

    if (len == 0 || len > GGI_VERIFY_LINE_MAX || line[len - 1] != '\n') {
        ggi_verify_release(verify, NULL);
        ggi_verify_fault(verify, verify->at, "no whole record: it has no end, or more "
                         "than %d bytes", GGI_VERIFY_LINE_MAX);
        return;
    }

    glanced = ggi_verify_line_glance(line, len, &record.place);
    ggi_verify_release(verify, glanced ? &record : NULL);
    record.at = verify->at;

    if (!glanced && !ggi_verify_read(verify, record.at, line, len, &record.place)) {
        return;
    }

    memcpy(record.hash, verify->hash, GGI_VERIFY_HASH);

    if (!hashed || (glanced && !ggi_verify_hold(verify, &record, line, len))) {
        ggi_verify_no_memory(verify, record.at);
        return;
    }

    if (record.place.number == 1 || record.place.tells) {
        ggi_verify_note_end(verify, &record, line, len);
    }

    if (!glanced) {
        ggi_verify_record(verify, &record);
    }
}


void
ggi_verify_end(ggi_verify_t *verify)
{
    ggi_verify_release(verify, NULL);
    ggi_verify_give_up(verify);
    ggi_verify_join(verify);
    ggi_verify_ends(verify);
}


void
ggi_verify_chains(const ggi_verify_t *verify,
    void (*chain)(void *data, const ggi_verify_chain_t *one, const char *end),
    void *data)
{
    char                       end[GGI_VERIFY_END];
    size_t                     i;
    const ggi_verify_chain_t  *one;

    for (i = 0; i < verify->n; i++) {
        one = &verify->chains[i];

        if (one->n) {
            ggi_verify_end_text(verify, one, end, sizeof(end));
            chain(data, one, end);
        }
    }
}
