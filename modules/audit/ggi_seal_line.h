/* SPDX-License-Identifier: EUPL-1.2 */

/* The lines of a seal: what it says of files, chains, files that expired, and stamps. */

#ifndef GGI_SEAL_LINE_H
#define GGI_SEAL_LINE_H

#include <stddef.h>
#include <stdint.h>

#include "ggi_seal_key.h"
#include "ggi_str.h"
#include "ggi_uuid.h"

#define GGI_SEAL_REASON_MAX  200        /* bytes of the reason why a file expired */
#define GGI_SEAL_STAMP_MAX   (16 * 1024)        /* bytes of a time stamp in base64 */
#define GGI_SEAL_HEX         (2 * GGI_SEAL_HASH)
#define GGI_SEAL_NUMBER_MAX  999999999999999999 /* in 18 digits, as seals have numbers */


/* What a line tells of. A note has them in this order. */
typedef enum {
    GGI_SEAL_FILE,
    GGI_SEAL_CHAIN,
    GGI_SEAL_EXPIRED,
    GGI_SEAL_TOMBSTONES,
    GGI_SEAL_STAMP,
    GGI_SEAL_CLOSED,
    GGI_SEAL_KINDS
} ggi_seal_kind_e;

/*
 * A line. A file has the hash of its first line, from which byte to which it is sealed, and
 * the hash over the hashes of the lines between; a file that expired has the reason in the
 * place of that. The tombstones of a file have its hash, how many they are, the hash over
 * the hashes of the records for which they stand, and a reason. A chain has its id, the
 * number of its last record, and the hash of the line of that. A stamp has the number of
 * the seal that it is of, and an answer of RFC 3161 in base64. The line of a closing seal
 * has nothing else.
 */
typedef struct {
    ggi_seal_kind_e  kind;
    unsigned char    hash[GGI_SEAL_HASH];       /* of the first line of a file */
    unsigned char    digest[GGI_SEAL_HASH];     /* over lines of a file; of the last of a chain */
    int64_t          from;              /* byte */
    int64_t          to;                /* byte behind the last; number of a record or seal */
    char             id[GGI_UUID_LEN + 1];      /* of a chain */
    ggi_str_t        text;              /* reason or stamp */
} ggi_seal_line_t;

/* A text that grows. Set it to zeros before the first use; free data when it is used up. */
typedef struct {
    char    *data;
    size_t   len;
    size_t   size;                      /* of the memory at data */
    int      failed;                    /* 1: there was no memory for all of it */
} ggi_seal_text_t;


/*
 * Makes room for len bytes more, so that no copy of what is added is left elsewhere in
 * memory.
 */
void ggi_seal_text_reserve(ggi_seal_text_t *text, size_t len);

/*
 * Adds len bytes at data to a text, whose memory grows by that. Without memory text->failed
 * becomes 1, and the text is of no use.
 */
void ggi_seal_text_add(ggi_seal_text_t *text, const char *data, size_t len);

/*
 * Adds what printf() makes of a format to the end of a text. When that is more than 1,024
 * bytes, and without memory, text->failed becomes 1, and the text is of no use.
 */
void ggi_seal_text_print(ggi_seal_text_t *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Writes a line of a seal, with its newline, at the end of a text, whose memory grows by that.
 * Without memory text->failed becomes 1, and the text is of no use.
 */
void ggi_seal_line_write(ggi_seal_text_t *text, const ggi_seal_line_t *line);

/*
 * Reads a line, without its newline, that has to be as ggi_seal_line_write() writes it.
 * Its text points into str. Returns 1, or 0 when it is something else.
 */
int ggi_seal_line_read(ggi_seal_line_t *line, ggi_str_t str);

/*
 * Takes the bytes up to a newline from *rest, and sets *line to them without it. Returns
 * 1, or 0 when there is no newline.
 */
int ggi_seal_split(ggi_str_t *rest, ggi_str_t *line);

/*
 * Reads a number in as few digits as it takes, at most 18, from the beginning of *rest,
 * and moves *rest behind it. Returns 1, or 0 when there is none.
 */
int ggi_seal_number(ggi_str_t *rest, int64_t *number);


#endif
