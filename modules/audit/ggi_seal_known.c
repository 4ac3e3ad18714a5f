/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdlib.h>
#include <string.h>

#include "ggi_seal_known.h"

#define GGI_SEAL_KNOWN_LEAST  64        /* slots at first */


/* Returns the slot of a hash: the one that has it, or the free one where it belongs. */
static size_t *
ggi_seal_known_slot(const ggi_seal_known_t *known, const unsigned char hash[GGI_SEAL_HASH])
{
    size_t  i;

    memcpy(&i, hash, sizeof(i));

    for (i &= known->mask; known->slots[i]; i = (i + 1) & known->mask) {
        if (memcmp(known->files[known->slots[i] - 1].hash, hash, GGI_SEAL_HASH) == 0) {
            break;
        }
    }

    return &known->slots[i];
}


/* Makes room for one file more. Returns 1, or 0 without memory. */
static int
ggi_seal_known_grow(ggi_seal_known_t *known)
{
    size_t                  i, size, *slots;
    ggi_seal_known_file_t  *files;

    size = known->size ? 2 * known->size : GGI_SEAL_KNOWN_LEAST / 2;
    files = realloc(known->files, size * sizeof(ggi_seal_known_file_t));

    if (files == NULL) {
        return 0;
    }

    known->files = files;
    slots = calloc(2 * size, sizeof(size_t));

    if (slots == NULL) {
        return 0;
    }

    free(known->slots);
    known->slots = slots;
    known->mask = 2 * size - 1;
    known->size = size;

    for (i = 0; i < known->n; i++) {
        *ggi_seal_known_slot(known, files[i].hash) = i + 1;
    }

    return 1;
}


ggi_seal_known_file_t *
ggi_seal_known_find(const ggi_seal_known_t *known,
    const unsigned char hash[GGI_SEAL_HASH])
{
    size_t  place;

    place = known->n ? *ggi_seal_known_slot(known, hash) : 0;

    return place ? &known->files[place - 1] : NULL;
}


ggi_seal_known_file_t *
ggi_seal_known_next(const ggi_seal_known_t *known, const ggi_seal_known_file_t *file)
{
    return ggi_seal_known_find(known, file->next);
}


int
ggi_seal_name_further(const unsigned char name[GGI_SEAL_HASH], unsigned char further[GGI_SEAL_HASH])
{
    char  text[GGI_SEAL_HEX + 1];

    ggi_hex_write(text, name, GGI_SEAL_HASH);
    text[GGI_SEAL_HEX] = '\n';

    return ggi_seal_hash(text, sizeof(text), further);
}


ggi_seal_known_file_t *
ggi_seal_known_add(ggi_seal_known_t *known,
    const unsigned char hash[GGI_SEAL_HASH])
{
    ggi_seal_known_file_t  *file;

    file = ggi_seal_known_find(known, hash);

    if (file) {
        return file;
    }

    if ((known->files == NULL || known->n == known->size) && !ggi_seal_known_grow(known)) {
        return NULL;
    }

    file = &known->files[known->n];
    memset(file, 0, sizeof(ggi_seal_known_file_t));
    memcpy(file->hash, hash, GGI_SEAL_HASH);

    if (!ggi_seal_name_further(hash, file->next)) {
        return NULL;
    }

    *ggi_seal_known_slot(known, hash) = ++known->n;

    return file;
}


/* Takes over what a line says of the tombstones of a file. Returns NULL, or what is wrong. */
static const char *
ggi_seal_known_bury(ggi_seal_known_t *known, const ggi_seal_line_t *line)
{
    ggi_seal_known_file_t  *file;
    ggi_seal_tombstones_t  *grown;

    file = ggi_seal_known_find(known, line->hash);

    if (file == NULL || file->to == 0 || file->expired) {
        return "it has tombstones of a file that was not sealed";
    }

    grown = realloc(known->tombstones,
                    (known->tombstones_n + 1) * sizeof(ggi_seal_tombstones_t));

    if (grown == NULL) {
        return "there is no memory for its files";
    }

    known->tombstones = grown;
    grown += known->tombstones_n++;
    grown->file = (size_t) (file - known->files);
    grown->n = line->to;
    memcpy(grown->digest, line->digest, GGI_SEAL_HASH);

    return NULL;
}


int
ggi_seal_known_tombstones(const ggi_seal_known_t *known, const unsigned char hash[GGI_SEAL_HASH],
    int64_t n, const unsigned char digest[GGI_SEAL_HASH])
{
    size_t                        i;
    const ggi_seal_tombstones_t  *tombstones;

    for (i = 0; i < known->tombstones_n; i++) {
        tombstones = &known->tombstones[i];

        if (tombstones->n == n && memcmp(tombstones->digest, digest, GGI_SEAL_HASH) == 0
            && memcmp(known->files[tombstones->file].hash, hash, GGI_SEAL_HASH) == 0)
        {
            return 1;
        }
    }

    return 0;
}


const char *
ggi_seal_known_line(ggi_seal_known_t *known, const ggi_seal_line_t *line,
    const ggi_seal_note_t *note, int64_t offset)
{
    ggi_seal_known_file_t  *file;

    if (line->kind == GGI_SEAL_TOMBSTONES) {
        return ggi_seal_known_bury(known, line);
    }

    if (line->kind != GGI_SEAL_FILE && line->kind != GGI_SEAL_EXPIRED) {
        return NULL;
    }

    if (line->kind == GGI_SEAL_EXPIRED) {
        file = ggi_seal_known_find(known, line->hash);

        if (file == NULL || file->to == 0 || line->from != 0 || line->to != file->to) {
            return "it lets a file expire that was not sealed so far";
        }

        file->expired = 1;
        known->expired++;
        return NULL;
    }

    file = ggi_seal_known_add(known, line->hash);

    if (file == NULL) {
        return "there is no memory for its files";
    }

    if (line->from != file->to || line->to == line->from) {
        return "it does not go on where a file was sealed to before";
    }

    file->first = file->to ? file->first : offset;
    file->last = offset;
    file->seal = note->number;
    file->to = line->to;

    return NULL;
}


const char *
ggi_seal_known_note(ggi_seal_known_t *known, const ggi_seal_note_t *note, int64_t offset)
{
    ggi_str_t        rest;
    const char      *fault;
    ggi_seal_line_t  line;

    for (fault = NULL, rest = note->lines; fault == NULL && ggi_seal_note_line(&rest, &line); ) {
        fault = ggi_seal_known_line(known, &line, note, offset);
    }

    return fault;
}


void
ggi_seal_known_free(ggi_seal_known_t *known)
{
    free(known->files);
    free(known->slots);
    free(known->tombstones);
    memset(known, 0, sizeof(ggi_seal_known_t));
}
