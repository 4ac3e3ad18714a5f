/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#include "ggi_chain.h"
#include "ggi_verify.h"

#define GGI_VERIFY_FAULT_MAX  512


/* What a record says of its place. */
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
    verify->chains = json_object();
    verify->fault = fault;
    verify->data = data;

    return verify->chains != NULL;
}


void
ggi_verify_free(ggi_verify_t *verify)
{
    json_decref(verify->chains);
    memset(verify, 0, sizeof(ggi_verify_t));
}


static int
ggi_verify_hash(char hash[GGI_CHAIN_HASH_LEN + 1], const char *line, size_t len)
{
    unsigned       n;
    unsigned char  digest[EVP_MAX_MD_SIZE];

    if (!EVP_Digest(line, len, digest, &n, EVP_sha256(), NULL)) {
        return 0;
    }

    ggi_hex_write(hash, digest, GGI_CHAIN_HASH_LEN / 2);
    hash[GGI_CHAIN_HASH_LEN] = '\0';

    return 1;
}


/* The place that a record names; it lives as long as root. 0: it names none. */
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


/* The first record of a chain that is seen. */
static void
ggi_verify_begin(ggi_verify_t *verify, const char *where,
    const ggi_verify_place_t *place)
{
    if (place->number == 1) {
        if (strspn(place->previous, "0") != GGI_CHAIN_HASH_LEN) {
            ggi_verify_fault(verify, where, "record 1 of chain %s has a hash "
                             "of one before it", place->id);
        }

    } else if (!verify->partial) {
        ggi_verify_fault(verify, where, "chain %s begins with record "
                         "%" JSON_INTEGER_FORMAT ": those before it are not "
                         "here", place->id, place->number);
    }
}


static void
ggi_verify_follow(ggi_verify_t *verify, const char *where,
    const ggi_verify_place_t *place, json_t *chain)
{
    json_int_t   last;
    const char  *hash;

    last = json_integer_value(json_object_get(chain, "last"));
    hash = json_string_value(json_object_get(chain, "hash"));

    if (place->number > last + 1) {
        ggi_verify_fault(verify, where, "of chain %s the records from "
                         "%" JSON_INTEGER_FORMAT " to %" JSON_INTEGER_FORMAT
                         " are missing", place->id, last + 1,
                         place->number - 1);

    } else if (place->number <= last) {
        ggi_verify_fault(verify, where, "record %" JSON_INTEGER_FORMAT " of "
                         "chain %s comes after record %" JSON_INTEGER_FORMAT,
                         place->number, place->id, last);

    } else if (strcmp(place->previous, hash) != 0) {
        ggi_verify_fault(verify, where, "the record before record "
                         "%" JSON_INTEGER_FORMAT " of chain %s is not the one "
                         "that was written: its hash differs", place->number,
                         place->id);
    }
}


/* Goes on from this record, whatever was wrong. */
static void
ggi_verify_advance(ggi_verify_t *verify, const char *where,
    const ggi_verify_place_t *place, const char *line, size_t len)
{
    char     hash[GGI_CHAIN_HASH_LEN + 1];
    json_t  *chain;

    chain = json_object_get(verify->chains, place->id);

    if (chain == NULL) {
        ggi_verify_begin(verify, where, place);
        chain = json_pack("{s:I}", "first", place->number);

        if (json_object_set_new(verify->chains, place->id, chain) != 0) {
            ggi_verify_fault(verify, where, "no memory");
            return;
        }

    } else {
        ggi_verify_follow(verify, where, place, chain);
    }

    if (!ggi_verify_hash(hash, line, len)
        || json_object_set_new(chain, "last", json_integer(place->number)) != 0
        || json_object_set_new(chain, "hash", json_string(hash)) != 0)
    {
        ggi_verify_fault(verify, where, "no memory, or no SHA-256");
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

    if (root == NULL || !ggi_verify_read(root, &place)) {
        ggi_verify_fault(verify, where, "no record of a chain");

    } else {
        ggi_verify_advance(verify, where, &place, line, len);
    }

    json_decref(root);
}


void
ggi_verify_chains(const ggi_verify_t *verify,
    void (*chain)(void *data, const char *id, int64_t first, int64_t last),
    void *data)
{
    json_t      *place;
    const char  *id;

    json_object_foreach(verify->chains, id, place) {
        chain(data, id,
              json_integer_value(json_object_get(place, "first")),
              json_integer_value(json_object_get(place, "last")));
    }
}
