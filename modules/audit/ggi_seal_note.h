/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * A seal: a note in the form of C2SP signed-note that says what an audit log had at a
 * time, and which key signs the next one. modules/audit/README.md describes it.
 */

#ifndef GGI_SEAL_NOTE_H
#define GGI_SEAL_NOTE_H

#include <stddef.h>
#include <stdint.h>

#include "ggi_seal_key.h"
#include "ggi_seal_line.h"
#include "ggi_str.h"

#define GGI_SEAL_NOTE_MAX  (16 * 1024 * 1024)   /* bytes of a whole note */
#define GGI_SEAL_TIME      20           /* bytes of a time */


/* A note that was read. Its strings point into the text that it was read from. */
typedef struct {
    ggi_str_t      whole;
    ggi_str_t      text;                /* what is signed */
    ggi_str_t      name;                /* of the key, of the node and the log */
    ggi_str_t      lines;               /* with their newlines */
    int64_t        number;              /* from 1 */
    int64_t        time;                /* seconds since the epoch */
    unsigned char  previous[GGI_SEAL_HASH];     /* of the whole note before; zeros in the first */
    unsigned char  next[GGI_SEAL_KEY];  /* public key that the next seal is signed by */
    unsigned char  key_id[GGI_SEAL_KEY_ID];     /* of the key that this one is signed by */
    unsigned char  signature[GGI_SEAL_SIGNATURE];
    int            closed;              /* 1: it is a closing seal */
} ggi_seal_note_t;


/*
 * Begins a note in a text, which has to be empty. name names the node and the log, number is
 * that of the seal, from 1, time is in seconds since the epoch, and previous is the hash of the
 * seal before, by ggi_seal_state_previous(). The caller then adds lines by
 * ggi_seal_line_write(), in the order of their kinds, and ends the note by
 * ggi_seal_note_sign(). When there is no memory, text->failed becomes 1.
 */
void ggi_seal_note_begin(ggi_seal_text_t *text, ggi_str_t name, int64_t number,
    int64_t time, const unsigned char previous[GGI_SEAL_HASH]);

/*
 * Ends the note in a text that ggi_seal_note_begin() has begun: adds next, the public key of
 * the next seal, and a signature. name is that of the note; secret and public_key are the two
 * halves of the key that signs it. Returns 1; or 0 when OpenSSL cannot sign, or when there was
 * no memory for all of the note.
 */
int ggi_seal_note_sign(ggi_seal_text_t *text, ggi_str_t name,
    const unsigned char next[GGI_SEAL_KEY],
    const unsigned char secret[GGI_SEAL_KEY],
    const unsigned char public_key[GGI_SEAL_KEY]);

/*
 * Returns the length of the note that data begins with, or 0 when none ends within its
 * len bytes. What it says is not looked at.
 */
size_t ggi_seal_note_length(const char *data, size_t len);

/*
 * Reads a whole note, which has to be exactly as ggi_seal_note_begin() and the functions after
 * it write it. Sets note to what it says; its strings point into whole. Whether the signature
 * is good is not looked at: see ggi_seal_note_verify(). Returns NULL, or a literal that says
 * what is wrong.
 */
const char *ggi_seal_note_read(ggi_seal_note_t *note, ggi_str_t whole);

/*
 * Returns 1 when a note has this name, and its signature was made with the secret that belongs
 * to public_key; 0 otherwise.
 */
int ggi_seal_note_verify(const ggi_seal_note_t *note, ggi_str_t name,
    const unsigned char public_key[GGI_SEAL_KEY]);

/*
 * Takes the next line from *rest, which is note->lines at first. Returns 1, or 0 after
 * the last.
 */
int ggi_seal_note_line(ggi_str_t *rest, ggi_seal_line_t *line);

/* Writes a time, in seconds since the epoch, as in 2026-11-26T05:00:00Z, with a NUL. */
void ggi_seal_time_write(char text[GGI_SEAL_TIME + 1], int64_t time);


#endif
