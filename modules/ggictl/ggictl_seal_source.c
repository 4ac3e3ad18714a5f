/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ggi_room.h"
#include "ggi_seal_line.h"
#include "ggi_tombstone.h"
#include "ggictl_out.h"
#include "ggictl_seal_source.h"


int64_t
ggictl_seal_now(void)
{
    struct timespec  now;

    (void) clock_gettime(CLOCK_MONOTONIC, &now);

    return (int64_t) now.tv_sec * 1000000000 + now.tv_nsec;
}


int
ggictl_seal_source_start(ggictl_seal_source_t *source)
{
    memset(source, 0, sizeof(ggictl_seal_source_t));

    if (!ggi_seal_range_start(&source->range)) {
        (void) ggictl_fail("no memory, or openssl.cnf names no provider with SHA-256");
        return 0;
    }

    source->line = malloc(GGI_VERIFY_LINE_MAX);

    return source->line || (ggictl_fail("no memory"), 0);
}


void
ggictl_seal_source_free(ggictl_seal_source_t *source)
{
    ggictl_seal_source_close(source);
    ggi_seal_range_free(&source->range);
    free(source->line);
    memset(source, 0, sizeof(ggictl_seal_source_t));
}


int
ggictl_seal_source_open(ggictl_seal_source_t *source, const char *name, int fd, int64_t skip)
{
    ggictl_seal_source_close(source);
    source->log = ggictl_log_open_fd(name, fd);

    if (source->log == NULL) {
        return 0;
    }

    /* it goes on at the byte before, since that is where a line would end */
    source->skip = ggictl_log_seek(source->log, (uint64_t) skip) ? skip != 0 : skip;
    source->left = 0;
    source->len = 0;
    ggi_seal_range_forget(&source->range);

    return 1;
}


void
ggictl_seal_source_close(ggictl_seal_source_t *source)
{
    ggictl_log_close(source->log);
    source->log = NULL;
}


/*
 * Has bytes that are not used yet in chunk, behind those that are passed over. Returns 1;
 * 0 at the end of the file; or -1 after a message.
 */
static int
ggictl_seal_source_more(ggictl_seal_source_t *source, int64_t until)
{
    int     rc;
    size_t  n;

    while (source->left == 0) {
        rc = ggictl_log_bytes(source->log, &source->chunk, &source->left);

        if (rc != 1) {
            return rc;
        }

        n = (source->skip < (int64_t) source->left) ? (size_t) source->skip : source->left;
        source->chunk += n;
        source->left -= n;
        source->skip -= (int64_t) n;

        if (source->left == 0 && ggictl_seal_now() >= until) {
            return 1;
        }
    }

    return 1;
}


int
ggictl_seal_source_first(ggictl_seal_source_t *source, unsigned char hash[GGI_SEAL_HASH])
{
    int     rc;
    char    start[GGI_TOMBSTONE_START];
    size_t  n, len;

    ggi_seal_range_begin(&source->range);

    for (len = 0; source->range.lines == 0; ) {
        rc = ggictl_seal_source_more(source, INT64_MAX);

        if (rc != 1) {
            return rc;
        }

        n = (source->left < sizeof(start) - len) ? source->left : sizeof(start) - len;
        memcpy(start + len, source->chunk, n);
        len += n;
        n = ggi_seal_range_add(&source->range, source->chunk, source->left);
        source->chunk += n;
        source->left -= n;
    }

    if (source->range.failed) {
        (void) ggictl_fail("OpenSSL cannot hash");
        return -1;
    }

    /* a file goes on to be known by its first record, also when that has expired */

    if (!ggi_tombstone_read(start, len, hash)) {
        memcpy(hash, source->range.hash, GGI_SEAL_HASH);
    }

    return 1;
}


/* Returns the entry of a chain, a new one if need be; or NULL without memory. */
static ggictl_seal_chain_t *
ggictl_seal_chain(ggictl_seal_chains_t *chains, const char *id)
{
    size_t                i;
    ggictl_seal_chain_t  *grown;

    for (i = chains->n; i > 0; i--) {
        if (memcmp(chains->chains[i - 1].id, id, GGI_UUID_LEN) == 0) {
            return &chains->chains[i - 1];
        }
    }

    grown = ggi_room(chains->chains, chains->n, &chains->size, sizeof(ggictl_seal_chain_t));

    if (grown == NULL) {
        return NULL;
    }

    chains->chains = grown;
    grown += chains->n++;
    memcpy(grown->id, id, GGI_UUID_LEN);

    return grown;
}


/*
 * Returns 1 when a seal can name a place, as it can any place of a gate; 0 for one that somebody
 * else wrote: an id that is not in lower case, or a number of too many digits.
 */
static int
ggictl_seal_source_names(const ggi_verify_place_t *place)
{
    char  uuid[GGI_UUID_LEN];

    return place->number <= GGI_SEAL_NUMBER_MAX && ggi_uuid_read(uuid, place->id, GGI_UUID_LEN)
           && memcmp(uuid, place->id, GGI_UUID_LEN) == 0;
}


/*
 * Notes the place of a whole line in its chain; a line that is no record has none, nor has one
 * whose place no seal can name. Returns 1, or 0 after a message without memory.
 */
static int
ggictl_seal_source_place(ggictl_seal_source_t *source, ggictl_seal_chains_t *chains,
    const char *line, size_t len)
{
    ggi_verify_place_t    place;
    ggictl_seal_chain_t  *chain;

    if (!ggi_verify_line_glance(line, len, &place)
        && ggi_verify_line_read(line, len, &place) != GGI_VERIFY_RECORD)
    {
        return 1;
    }

    if (!ggictl_seal_source_names(&place)) {
        return 1;
    }

    chain = ggictl_seal_chain(chains, place.id);

    if (chain == NULL) {
        (void) ggictl_fail("no memory");
        return 0;
    }

    if (place.number >= chain->number) {
        chain->number = place.number;
        memcpy(chain->hash, source->range.hash, GGI_SEAL_HASH);
    }

    return 1;
}


/*
 * Takes the next n bytes of chunk, which the range has already, as a part of a line; whole
 * tells that they end it. Returns 1, or 0 after a message.
 */
static int
ggictl_seal_source_line(ggictl_seal_source_t *source, ggictl_seal_chains_t *chains, size_t n,
    int whole)
{
    size_t       fits;
    const char  *chunk;

    chunk = source->chunk;
    source->chunk += n;
    source->left -= n;

    if (source->len == 0 && whole) {
        return n > GGI_VERIFY_LINE_MAX || ggictl_seal_source_place(source, chains, chunk, n);
    }

    fits = (n < GGI_VERIFY_LINE_MAX - source->len) ? n : GGI_VERIFY_LINE_MAX - source->len;
    memcpy(source->line + source->len, chunk, fits);
    source->len += fits;

    if (!whole) {
        return 1;
    }

    n = source->len;
    source->len = 0;

    return n == GGI_VERIFY_LINE_MAX || ggictl_seal_source_place(source, chains, source->line, n);
}


ggictl_seal_read_e
ggictl_seal_source_read(ggictl_seal_source_t *source, ggictl_seal_chains_t *chains,
    int64_t until)
{
    int      rc;
    size_t   n;
    int64_t  lines;

    ggi_seal_range_begin(&source->range);

    for ( ;; ) {
        rc = ggictl_seal_source_more(source, until);

        if (rc != 1) {
            return rc == 0 ? GGICTL_SEAL_END : GGICTL_SEAL_FAILED;
        }

        while (source->left) {
            lines = source->range.lines;
            n = ggi_seal_range_add(&source->range, source->chunk, source->left);

            if (!ggictl_seal_source_line(source, chains, n, source->range.lines > lines)) {
                return GGICTL_SEAL_FAILED;
            }
        }

        if (ggictl_seal_now() >= until || chains->n >= GGICTL_SEAL_CHAINS_MAX) {
            return GGICTL_SEAL_MORE;
        }
    }
}
