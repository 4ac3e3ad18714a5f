/* SPDX-License-Identifier: EUPL-1.2 */

/* Where a chain of records ends, as far as somebody knows who was not there. */

#define _GNU_SOURCE                     /* memmem(), memrchr() */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "ggi_end.h"
#include "ggi_tombstone_line.h"

#define GGI_END_BLOCK   (64 * 1024)     /* bytes at the end of a file that are looked at first */
#define GGI_END_MOST    (2 * 1024 * 1024)       /* and at the most; a record is shorter */
#define GGI_END_DIGITS  18              /* of a number that surely fits in 63 bits */


static const char  *const  ggi_end_words[GGI_END_N] = {
    "none", "unknown", "not_closed", "closed", "closing_not_written"
};


const char *
ggi_end_word(ggi_end_e how)
{
    return ggi_end_words[how];
}


ggi_end_e
ggi_end_read_word(const char *word, size_t len)
{
    ggi_end_e  how;

    for (how = GGI_END_NONE; how < GGI_END_N; how++) {
        if (strlen(ggi_end_words[how]) == len && memcmp(ggi_end_words[how], word, len) == 0) {
            break;
        }
    }

    return how;
}


/*
 * Returns 1 when a line is one JSON object as far as its braces and strings tell, and
 * nothing besides: a line that was cut off is none.
 */
static int
ggi_end_is_whole(ggi_str_t line)
{
    int     quoted;
    size_t  i, depth;

    quoted = 0;
    depth = 0;

    for (i = 0; i < line.len; i++) {

        if (quoted) {
            quoted = (line.data[i] != '"');
            i += (line.data[i] == '\\');

        } else if (line.data[i] == '"') {
            quoted = 1;

        } else if (line.data[i] == '{') {
            depth++;

        } else if (line.data[i] == '}' && (depth == 0 || --depth == 0)) {
            break;
        }
    }

    return i + 2 == line.len && line.data[i + 1] == '\n';
}


/* Moves *pos behind a text when the line goes on with it. Returns 1, or 0 when it does not. */
static int
ggi_end_skip(const char **pos, const char *end, const char *text)
{
    size_t  len;

    len = strlen(text);

    if ((size_t) (end - *pos) < len || memcmp(*pos, text, len) != 0) {
        return 0;
    }

    *pos += len;

    return 1;
}


int
ggi_end_read_line(ggi_str_t line, ggi_end_t *place)
{
    const char  *pos, *end, *first;

    static const char  opening[] = ",\"attributes\":{\"ggi.chain.id\":\"";

    end = line.data + line.len;
    pos = memmem(line.data, line.len, opening, sizeof(opening) - 1);

    if (pos == NULL || line.data[0] != '{' || !ggi_end_is_whole(line)) {
        return 0;
    }

    pos += sizeof(opening) - 1;

    if ((size_t) (end - pos) < GGI_UUID_LEN || !ggi_uuid_read(place->id, pos, GGI_UUID_LEN)) {
        return 0;
    }

    pos += GGI_UUID_LEN;

    if (!ggi_end_skip(&pos, end, "\",\"ggi.chain.number\":")) {
        return 0;
    }

    place->number = 0;

    for (first = pos; pos < end && ggi_is_digit(*pos) && pos - first < GGI_END_DIGITS; pos++) {
        place->number = place->number * 10 + (uint64_t) (*pos - '0');
    }

    if (place->number == 0 || !ggi_end_skip(&pos, end, ",\"ggi.chain.previous\":\"")
        || (size_t) (end - pos) < GGI_CHAIN_HASH_LEN)
    {
        return 0;
    }

    memcpy(place->hash, pos, GGI_CHAIN_HASH_LEN);

    return 1;
}


/*
 * Reads a line as the last one of its chain, or the tombstone of that. Returns 1, or 0 when it
 * is no record.
 */
static int
ggi_end_read(ggi_str_t line, ggi_end_t *end)
{
    unsigned       n;
    unsigned char  digest[EVP_MAX_MD_SIZE];

    static const char  closed[] = "\"event_name\":\"ggi.chain_closed\"";

    if (!ggi_end_read_line(line, end)
        || (!ggi_tombstone_read(line.data, line.len, digest)
            && !EVP_Digest(line.data, line.len, digest, &n, EVP_sha256(), NULL)))
    {
        return 0;
    }

    ggi_hex_write(end->hash, digest, GGI_CHAIN_HASH_LEN / 2);
    end->how = memmem(line.data, line.len, closed, sizeof(closed) - 1)
               ? GGI_END_CLOSED : GGI_END_OPEN;

    return 1;
}


int
ggi_end_find(ggi_str_t text, ggi_end_t *end)
{
    ggi_str_t    line;
    const char  *newline;

    /* what stands behind the last newline is no whole line */

    while (text.len && (newline = memrchr(text.data, '\n', text.len)) != NULL) {
        text.len = (size_t) (newline - text.data);
        line.data = text.len ? memrchr(text.data, '\n', text.len) : NULL;
        line.data = line.data ? line.data + 1 : text.data;
        line.len = (size_t) (newline + 1 - line.data);

        if (ggi_end_read(line, end)) {
            return 1;
        }
    }

    return 0;
}


/*
 * Looks for the last record in the len bytes at the end of a file of size bytes. Returns
 * 1 when there is one, or when there is nothing more to be looked at.
 */
static int
ggi_end_look(int fd, off_t size, size_t len, const char *id, ggi_tail_t *tail)
{
    int        found;
    char      *data, *newline;
    ggi_str_t  text;

    data = malloc(len);

    if (data == NULL || pread(fd, data, len, size - (off_t) len) != (ssize_t) len) {
        free(data);
        return 1;
    }

    text.data = data;
    text.len = len;

    if ((off_t) len < size) {
        /* the first line is not there from its beginning */
        newline = memchr(data, '\n', len);
        text.data = newline ? newline + 1 : data + len;
        text.len = (size_t) (data + len - text.data);
    }

    found = ggi_end_find(text, &tail->end);
    tail->names = (id && memmem(data, len, id, GGI_UUID_LEN) != NULL);

    if (!found) {
        tail->end.how = GGI_END_UNKNOWN;
        tail->end.number = 0;
    }

    free(data);

    return found || (off_t) len == size;
}


void
ggi_end_read_file(int fd, const char *id, ggi_tail_t *tail)
{
    size_t       len;
    struct stat  st;

    memset(tail, 0, sizeof(ggi_tail_t));
    tail->end.how = GGI_END_UNKNOWN;

    if (fstat(fd, &st) == -1) {
        return;
    }

    if (st.st_size == 0) {
        tail->end.how = GGI_END_NONE;
        return;
    }

    for (len = GGI_END_BLOCK; len <= GGI_END_MOST; len *= 2) {

        if ((off_t) len > st.st_size) {
            len = (size_t) st.st_size;
        }

        if (ggi_end_look(fd, st.st_size, len, id, tail)) {
            return;
        }
    }
}


/* Returns 1 when two ends are the same record, 0 otherwise. */
static int
ggi_end_is_same(const ggi_end_t *one, const ggi_end_t *other)
{
    return one->number == other->number
           && memcmp(one->id, other->id, GGI_UUID_LEN) == 0
           && memcmp(one->hash, other->hash, GGI_CHAIN_HASH_LEN) == 0;
}


/* Returns 1 when the file shows no earlier end than the noted one, both of which name a chain. */
static int
ggi_end_is_later(const ggi_tail_t *tail, const ggi_end_t *noted)
{
    int  order;

    order = memcmp(tail->end.id, noted->id, GGI_UUID_LEN);

    if (order == 0) {
        return tail->end.number > noted->number || ggi_end_is_same(&tail->end, noted);
    }

    /* ids begin with the time at which their chains began, but clocks are set back */

    return tail->names || order > 0;
}


int
ggi_end_choose(const ggi_tail_t *tail, const ggi_end_t *noted,
    ggi_end_t *before)
{
    if (tail->end.number && (noted->number == 0 || ggi_end_is_later(tail, noted))) {
        *before = tail->end;

        if (noted->how == GGI_END_UNWRITTEN && before->how == GGI_END_OPEN
            && ggi_end_is_same(before, noted))
        {
            before->how = GGI_END_UNWRITTEN;
        }

        return 1;
    }

    *before = *noted;

    if (noted->number == 0) {
        before->how = (tail->end.how == GGI_END_NONE) ? noted->how : GGI_END_UNKNOWN;

    } else if (noted->how == GGI_END_OPEN) {
        before->how = GGI_END_UNKNOWN;
    }

    return 0;
}
