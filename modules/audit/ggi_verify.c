/* SPDX-License-Identifier: EUPL-1.2 */

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "ggi_verify.h"

#define GGI_VERIFY_FAULT_MAX  512


/* The place in its chain that a record names. */
typedef struct {
    const char  *id;
    json_int_t   number;
    const char  *previous;
} ggi_verify_place_t;


static void ggi_verify_fault(ggi_verify_t *verify, const char *where,
    const char *format, ...) __attribute__((format(printf, 3, 4)));


static void
ggi_verify_fault(ggi_verify_t *verify, const char *where, const char *format,
    ...)
{
    char     text[GGI_VERIFY_FAULT_MAX];
    size_t   len;
    va_list  args;

    verify->faults++;
    len = (size_t) snprintf(text, sizeof(text), "%.200s: ", where);

    va_start(args, format);
    vsnprintf(text + len, sizeof(text) - len, format, args);
    va_end(args);

    verify->fault(verify->data, text);
}


int
ggi_verify_start(ggi_verify_t *verify,
    void (*fault)(void *data, const char *text), void *data)
{
    memset(verify, 0, sizeof(ggi_verify_t));
    verify->index = json_object();
    verify->fault = fault;
    verify->data = data;

    return verify->index != NULL;
}


void
ggi_verify_free(ggi_verify_t *verify)
{
    size_t               i, j;
    ggi_verify_chain_t  *chain;

    for (i = 0; i < verify->n; i++) {
        chain = &verify->chains[i];

        for (j = 0; j < chain->n; j++) {
            free(chain->runs[j].hashes);
        }

        free(chain->runs);
    }

    free(verify->chains);
    json_decref(verify->index);
    memset(verify, 0, sizeof(ggi_verify_t));
}


void
ggi_verify_file(ggi_verify_t *verify)
{
    verify->file++;
}


/*
 * Computes the hash of a line, in hexadecimal and cut off to its first bytes. Returns
 * 1, or 0 when OpenSSL cannot.
 */
static int
ggi_verify_hash(char hash[GGI_CHAIN_HASH_LEN + 1], ggi_verify_short_t *brief,
    const char *line, size_t len)
{
    unsigned       n;
    unsigned char  digest[EVP_MAX_MD_SIZE];

    if (!EVP_Digest(line, len, digest, &n, EVP_sha256(), NULL)) {
        return 0;
    }

    memcpy(brief->bytes, digest, sizeof(brief->bytes));
    ggi_hex_write(hash, digest, GGI_CHAIN_HASH_LEN / 2);
    hash[GGI_CHAIN_HASH_LEN] = '\0';

    return 1;
}


/*
 * Reads the place that a record names, whose strings live as long as root. Returns 1,
 * or 0 when it names none.
 */
static int
ggi_verify_read(json_t *root, ggi_verify_place_t *place)
{
    json_t  *attributes;
    char     uuid[GGI_UUID_LEN];

    attributes = json_object_get(root, "attributes");
    place->id = json_string_value(json_object_get(attributes, "ggi.chain.id"));
    place->number = json_integer_value(json_object_get(attributes,
                                                       "ggi.chain.number"));
    place->previous = json_string_value(json_object_get(attributes,
                                                     "ggi.chain.previous"));

    return place->id && place->previous && place->number > 0
           && ggi_uuid_read(uuid, place->id, strlen(place->id))
           && strlen(place->previous) == GGI_CHAIN_HASH_LEN
           && strspn(place->previous, "0123456789abcdef") == GGI_CHAIN_HASH_LEN;
}


/*
 * Returns the chain of an id, a new one if need be, or NULL without memory. It is valid
 * until the next call.
 */
static ggi_verify_chain_t *
ggi_verify_chain(ggi_verify_t *verify, const char *id)
{
    json_t              *index;
    ggi_verify_chain_t  *chains;

    index = json_object_get(verify->index, id);

    if (index) {
        return &verify->chains[json_integer_value(index)];
    }

    chains = realloc(verify->chains, (verify->n + 1) * sizeof(ggi_verify_chain_t));
    if (chains == NULL) {
        return NULL;
    }

    verify->chains = chains;
    memset(&chains[verify->n], 0, sizeof(ggi_verify_chain_t));
    memcpy(chains[verify->n].id, id, GGI_UUID_LEN);

    if (json_object_set_new(verify->index, id, json_integer((json_int_t) verify->n)) != 0) {
        return NULL;
    }

    return &chains[verify->n++];
}


/* Returns how many of a chain's runs begin with this number or a lower one. */
static size_t
ggi_verify_search(const ggi_verify_chain_t *chain, int64_t number)
{
    size_t  low, high, middle;

    low = 0;
    high = chain->n;

    while (low < high) {
        middle = low + (high - low) / 2;

        if (chain->runs[middle].first <= number) {
            low = middle + 1;

        } else {
            high = middle;
        }
    }

    return low;
}


/* Adds a record to the end of a run. Returns 1, or 0 without memory. */
static int
ggi_verify_append(ggi_verify_run_t *run, const char *hash,
    const ggi_verify_short_t *brief)
{
    size_t               n, size;
    ggi_verify_short_t  *hashes;

    n = (size_t) (run->last - run->first) + 1;

    if (n == run->size) {
        size = 2 * n;
        hashes = realloc(run->hashes, size * sizeof(ggi_verify_short_t));
        if (hashes == NULL) {
            return 0;
        }

        run->hashes = hashes;
        run->size = size;
    }

    run->hashes[n] = *brief;
    run->last++;
    memcpy(run->hash, hash, sizeof(run->hash));

    return 1;
}


/* Begins a run with this record, before the run at index. Returns 1, or 0 without memory. */
static int
ggi_verify_begin(ggi_verify_t *verify, ggi_verify_chain_t *chain, size_t index,
    const char *where, const ggi_verify_place_t *place, const char *hash,
    const ggi_verify_short_t *brief)
{
    ggi_verify_run_t  *run;

    run = realloc(chain->runs, (chain->n + 1) * sizeof(ggi_verify_run_t));
    if (run == NULL) {
        return 0;
    }

    chain->runs = run;
    run += index;
    memmove(run + 1, run, (chain->n - index) * sizeof(ggi_verify_run_t));
    chain->n++;

    memset(run, 0, sizeof(ggi_verify_run_t));
    run->first = place->number;
    run->last = place->number;
    run->size = 1;
    run->hashes = malloc(sizeof(ggi_verify_short_t));
    snprintf(run->previous, sizeof(run->previous), "%s", place->previous);
    snprintf(run->hash, sizeof(run->hash), "%s", hash);
    snprintf(run->where, sizeof(run->where), "%s", where);

    if (run->hashes == NULL) {
        run->size = 0;
        return 0;
    }

    run->hashes[0] = *brief;

    if (place->number == 1
        && strspn(place->previous, "0") != GGI_CHAIN_HASH_LEN)
    {
        ggi_verify_fault(verify, where, "record 1 of chain %s has a hash of one "
                         "before it", chain->id);
    }

    return 1;
}


static void
ggi_verify_differs(ggi_verify_t *verify, const char *where, const char *id,
    int64_t number)
{
    ggi_verify_fault(verify, where, "the record before record %" PRId64 " of "
                     "chain %s is not the one that was written: its hash "
                     "differs", number, id);
}


/* Judges a record whose number was seen before: it is a fault unless it is the same line. */
static void
ggi_verify_again(ggi_verify_t *verify, const char *where,
    const ggi_verify_chain_t *chain, const ggi_verify_run_t *run,
    int64_t number, const ggi_verify_short_t *brief)
{
    if (memcmp(run->hashes[number - run->first].bytes, brief->bytes,
               sizeof(brief->bytes)) == 0)
    {
        verify->twice++;
        return;
    }

    ggi_verify_fault(verify, where, "record %" PRId64 " of chain %s comes after "
                     "record %" PRId64 ", and is another one than that of its "
                     "number", number, chain->id, run->last);
}


/* Adds a record to its chain, and reports what does not fit. Returns 1, or 0 without memory. */
static int
ggi_verify_place(ggi_verify_t *verify, const char *where,
    ggi_verify_chain_t *chain, const ggi_verify_place_t *place,
    const char *hash, const ggi_verify_short_t *brief)
{
    size_t             i;
    int64_t            number;
    ggi_verify_run_t  *run;

    number = place->number;
    i = ggi_verify_search(chain, number);
    run = i ? &chain->runs[i - 1] : NULL;

    if (run && number <= run->last) {
        ggi_verify_again(verify, where, chain, run, number, brief);
        return 1;
    }

    if (chain->file == verify->file && number < chain->last) {
        ggi_verify_fault(verify, where, "record %" PRId64 " of chain %s comes "
                         "after record %" PRId64, number, chain->id,
                         chain->last);
    }

    chain->file = verify->file;
    chain->last = number;

    if (run == NULL || number != run->last + 1) {
        return ggi_verify_begin(verify, chain, i, where, place, hash, brief);
    }

    if (strcmp(place->previous, run->hash) != 0) {
        ggi_verify_differs(verify, where, chain->id, number);
    }

    return ggi_verify_append(run, hash, brief);
}


/* Adds a record to its chain, whatever was wrong with those before it. */
static void
ggi_verify_record(ggi_verify_t *verify, const char *where,
    const ggi_verify_place_t *place, const char *line, size_t len)
{
    char                 hash[GGI_CHAIN_HASH_LEN + 1];
    ggi_verify_chain_t  *chain;
    ggi_verify_short_t   brief;

    chain = ggi_verify_chain(verify, place->id);

    if (chain == NULL || !ggi_verify_hash(hash, &brief, line, len)
        || !ggi_verify_place(verify, where, chain, place, hash, &brief))
    {
        ggi_verify_fault(verify, where, "cannot be verified: there is no memory for "
                         "it, or openssl.cnf names no provider with SHA-256");
    }
}


void
ggi_verify_line(ggi_verify_t *verify, const char *where, const char *line,
    size_t len)
{
    json_t              *root;
    ggi_verify_place_t   place;

    verify->lines++;

    if (len == 0 || len > GGI_VERIFY_LINE_MAX || line[len - 1] != '\n') {
        ggi_verify_fault(verify, where, "no whole record: it has no end, or "
                         "more than %d bytes", GGI_VERIFY_LINE_MAX);
        return;
    }

    root = json_loadb(line, len - 1, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL,
                      NULL);

    if (root == NULL && len > 1) {
        ggi_verify_fault(verify, where, "no whole record, and so no record of a "
                         "chain: it may have been cut off by a kill or a power "
                         "cut");

    } else if (root == NULL || !ggi_verify_read(root, &place)) {
        ggi_verify_fault(verify, where, "no record of a chain");

    } else {
        ggi_verify_record(verify, where, &place, line, len);
    }

    json_decref(root);
}


/*
 * Reports when a run does not fit to the one before it in its chain; before is NULL for
 * the first.
 */
static void
ggi_verify_join(ggi_verify_t *verify, const ggi_verify_chain_t *chain,
    const ggi_verify_run_t *before, const ggi_verify_run_t *run)
{
    if (before == NULL) {
        if (run->first > 1 && !verify->partial) {
            ggi_verify_fault(verify, run->where, "chain %s begins with record "
                             "%" PRId64 ": those before it are not here",
                             chain->id, run->first);
        }

    } else if (run->first > before->last + 1) {
        ggi_verify_fault(verify, run->where, "of chain %s the records from "
                         "%" PRId64 " to %" PRId64 " are missing", chain->id,
                         before->last + 1, run->first - 1);

    } else if (strcmp(run->previous, before->hash) != 0) {
        ggi_verify_differs(verify, run->where, chain->id, run->first);
    }
}


void
ggi_verify_end(ggi_verify_t *verify)
{
    size_t               i;
    ggi_verify_run_t    *run, *before;
    ggi_verify_chain_t  *chain;

    for (i = 0; i < verify->n; i++) {
        chain = &verify->chains[i];
        before = NULL;

        for (run = chain->runs; run < chain->runs + chain->n; run++) {
            ggi_verify_join(verify, chain, before, run);
            before = run;
        }
    }
}


void
ggi_verify_chains(const ggi_verify_t *verify,
    void (*chain)(void *data, const char *id, int64_t first, int64_t last),
    void *data)
{
    size_t                     i;
    const ggi_verify_chain_t  *one;

    for (i = 0; i < verify->n; i++) {
        one = &verify->chains[i];

        if (one->n) {
            chain(data, one->id, one->runs[0].first,
                  one->runs[one->n - 1].last);
        }
    }
}
