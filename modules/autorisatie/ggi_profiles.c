/* SPDX-License-Identifier: EUPL-1.2 */

/* Many profiles from one file, by OIN. */

#include <stdio.h>
#include <stdlib.h>

#include "ggi_profile_compile.h"
#include "ggi_profiles.h"


typedef int (*ggi_profiles_visit_pt)(void *data, json_t *profile,
    const char *where, const ggi_str_t *oin, ggi_fault_t *fault);


static int
ggi_profiles_walk_array(json_t *array, const char *parent,
    ggi_profiles_visit_pt visit, void *data, ggi_fault_t *fault)
{
    char     where[GGI_SOURCE_WHERE_MAX];
    size_t   i;
    json_t  *profile;

    json_array_foreach(array, i, profile) {
        ggi_where(where, "%s[%zu]", parent, i);

        if (!visit(data, profile, where, NULL, fault)) {
            return 0;
        }
    }

    return 1;
}


static int
ggi_profiles_walk_object(json_t *object, ggi_profiles_visit_pt visit,
    void *data, ggi_fault_t *fault)
{
    char         where[GGI_SOURCE_WHERE_MAX];
    json_t      *profile;
    ggi_str_t    oin;
    const char  *key;

    json_object_foreach(object, key, profile) {
        oin.data = key;
        oin.len = strlen(key);
        ggi_where(where, "$.%.64s", key);

        if (!visit(data, profile, where, &oin, fault)) {
            return 0;
        }
    }

    return 1;
}


int
ggi_profiles_walk(json_t *root, ggi_profiles_visit_pt visit, void *data,
    ggi_fault_t *fault)
{
    json_t             *array;
    static const char  *known[] = { "profielen" };

    if (json_is_array(root)) {
        return ggi_profiles_walk_array(root, "$", visit, data, fault);
    }

    if (!json_is_object(root)) {
        ggi_fault(fault, "$", "invalid, expected an array of profiles");
        return 0;
    }

    array = json_object_get(root, "profielen");

    if (json_is_array(array)) {
        return ggi_source_members(root, "$", known, 1, fault)
               && ggi_profiles_walk_array(array, "$.profielen", visit, data,
                                          fault);
    }

    if (json_object_get(root, "oin") || json_object_get(root, "diensten")) {
        return visit(data, root, "$", NULL, fault);
    }

    return ggi_profiles_walk_object(root, visit, data, fault);
}


/* What is made while a file is read. */
typedef struct {
    ggi_profiles_t  *profiles;
    json_t          *seen;              /* the JSON paths of the profiles, by OIN */
} ggi_profiles_reader_t;


/* Notes where the profile of an OIN stands; a second one of an OIN is a fault. */
static int
ggi_profiles_once(json_t *seen, json_t *profile, const char *where,
    ggi_fault_t *fault)
{
    char         place[GGI_SOURCE_WHERE_MAX];
    json_t      *first;
    const char  *oin;

    oin = json_string_value(json_object_get(profile, "oin"));

    if (oin == NULL) {
        return 1;
    }

    first = json_object_get(seen, oin);

    if (first) {
        ggi_where(place, "%s.oin", where);

        return ggi_fault(fault, place, "OIN %.64s has two profiles, expected one: "
                         "the first one is %s", oin, json_string_value(first));
    }

    return json_object_set_new(seen, oin, json_string(where)) == 0
           || ggi_fault(fault, where, "no memory for the OIN");
}


static int
ggi_profiles_add(void *data, json_t *root, const char *where,
    const ggi_str_t *oin, ggi_fault_t *fault)
{
    ggi_profile_t          *profile;
    ggi_profiles_t         *profiles;
    ggi_profiles_reader_t  *reader = data;

    /* who checks a file wants to put it into Redis, where the gate takes no larger ones */

    if (fault->each
        && json_dumpb(root, NULL, 0, JSON_COMPACT) > GGI_PROFILE_TEXT_MAX)
    {
        (void) ggi_fault(fault, where, "too large, expected at most %d bytes "
                         "of JSON, which is what a gate takes from Redis",
                         GGI_PROFILE_TEXT_MAX);
    }

    profile = ggi_profile_compile(root, where, oin, fault);

    if (profile) {
        profiles = reader->profiles;
        profiles->profiles[profiles->n++] = profile;

    } else if (!fault->each) {
        return 0;
    }

    return ggi_profiles_once(reader->seen, root, where, fault);
}


/* Mixes eight bytes into a hash, in such a way that all of them tell in its lower half. */
static inline uint64_t
ggi_profiles_mix(uint64_t hash, const char *eight)
{
    uint64_t  word;

    memcpy(&word, eight, 8);
    hash = (hash ^ word) * 0x9e3779b97f4a7c15;

    return hash ^ hash >> 32;
}


/* Who chooses an OIN has a certificate of it: no need of a keyed hash. */
static uint32_t
ggi_profiles_hash(ggi_str_t oin)
{
    char      padded[8] = "";
    size_t    i;
    uint64_t  hash;

    hash = oin.len;

    if (oin.len < 8) {
        memcpy(padded, oin.data, oin.len);
        return (uint32_t) ggi_profiles_mix(hash, padded);
    }

    for (i = 0; i + 8 < oin.len; i += 8) {
        hash = ggi_profiles_mix(hash, oin.data + i);
    }

    return (uint32_t) ggi_profiles_mix(hash, oin.data + oin.len - 8);
}


/* Makes the table in which they are found, however many there are, at the same cost. */
static int
ggi_profiles_index(ggi_profiles_t *profiles, ggi_fault_t *fault)
{
    size_t                i, k, size;
    uint32_t              hash;
    const ggi_profile_t  *profile;

    for (size = 4; size <= 2 * profiles->n; size *= 2) {
        /* a power of two */
    }

    profiles->slots = calloc(size, sizeof(ggi_profiles_slot_t));
    if (profiles->slots == NULL || profiles->n >= UINT32_MAX) {
        return ggi_fault(fault, "$", "no memory for %zu profiles", profiles->n);
    }

    profiles->mask = size - 1;

    for (i = 0; i < profiles->n; i++) {
        profile = profiles->profiles[i];
        hash = ggi_profiles_hash(ggi_profile_text(profile, profile->oin));

        for (k = hash & profiles->mask; profiles->slots[k].number;
             k = (k + 1) & profiles->mask)
        {
            /* the next free one */
        }

        profiles->slots[k].hash = hash;
        profiles->slots[k].number = (uint32_t) i + 1;
    }

    return 1;
}


static int
ggi_profiles_compile(ggi_profiles_t *profiles, json_t *root, ggi_fault_t *fault)
{
    int                    ok;
    size_t                 n;
    ggi_profiles_reader_t  reader;

    /* as many as there can be, in whatever shape */
    n = json_is_object(root) ? json_object_size(root) : json_array_size(root);
    n += json_array_size(json_object_get(root, "profielen"));

    reader.profiles = profiles;
    reader.seen = json_object();
    profiles->profiles = calloc(n + 1, sizeof(ggi_profile_t *));

    ok = reader.seen && profiles->profiles
         ? ggi_profiles_walk(root, ggi_profiles_add, &reader, fault)
         : ggi_fault(fault, "$", "no memory for %zu profiles", n);

    json_decref(reader.seen);

    return ok;
}


int
ggi_profiles_read(ggi_profiles_t *profiles, const char *file,
    ggi_fault_t *fault)
{
    int      ok;
    size_t   faults;
    json_t  *root;

    faults = fault->n;
    memset(profiles, 0, sizeof(ggi_profiles_t));

    root = ggi_source_read(file, fault);
    if (root == NULL) {
        return 0;
    }

    ok = ggi_profiles_compile(profiles, root, fault)
         && ggi_profiles_index(profiles, fault)
         && fault->n == faults;

    json_decref(root);

    if (!ok) {
        ggi_profiles_free(profiles);
    }

    return ok;
}


void
ggi_profiles_free(ggi_profiles_t *profiles)
{
    size_t  i;

    for (i = 0; i < profiles->n; i++) {
        free(profiles->profiles[i]);
    }

    free(profiles->profiles);
    free(profiles->slots);
    memset(profiles, 0, sizeof(ggi_profiles_t));
}


int
ggi_profiles_have(const ggi_profiles_t *profiles, ggi_str_t dienst)
{
    size_t  i;

    for (i = 0; i < profiles->n; i++) {
        if (ggi_profile_find_dienst(profiles->profiles[i], dienst)) {
            return 1;
        }
    }

    return 0;
}


const ggi_profile_t *
ggi_profiles_find(const ggi_profiles_t *profiles, ggi_str_t oin)
{
    size_t                      k;
    uint32_t                    hash;
    const ggi_profile_t        *profile;
    const ggi_profiles_slot_t  *slot;

    hash = ggi_profiles_hash(oin);

    for (k = hash & profiles->mask; ; k = (k + 1) & profiles->mask) {
        slot = &profiles->slots[k];

        if (slot->number == 0) {
            return NULL;
        }

        if (slot->hash != hash) {
            continue;
        }

        profile = profiles->profiles[slot->number - 1];

        if (ggi_str_eq(oin, ggi_profile_text(profile, profile->oin))) {
            return profile;
        }
    }
}
