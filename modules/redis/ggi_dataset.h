/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The data set that a Redis holds: an id, which was made with its first change, and a number
 * that grows with each change. A Redis that was emptied, that went back to an earlier state, or
 * that is another one than was meant, is recognised by them. One server has them in one hash. A
 * Cluster has them in a hash for each slot, which moves with the slot: the id is that of the whole
 * Cluster, and the number that of the changes in the slot. Free of nginx.
 */

#ifndef GGI_DATASET_H
#define GGI_DATASET_H

#include <stdint.h>

#include "ggi_cluster_slot.h"

#define GGI_DATASET_KEY       "ggi:dataset"     /* of a hash with the fields below */
#define GGI_DATASET_ID        "id"
#define GGI_DATASET_NUMBER    "number"
#define GGI_DATASET_REPLACES  "replaces"        /* ids of which it takes the place, by blanks */
#define GGI_DATASET_NEXT      "next"            /* the id that it is about to get */
#define GGI_DATASET_AT        "at"              /* when it was changed last */
#define GGI_DATASET_BY        "by"              /* and by whom */

#define GGI_DATASET_ID_MAX    63                /* bytes of an id */
#define GGI_DATASET_EARLIER   16                /* ids that one takes the place of, at most */
#define GGI_DATASET_SLOT_KEY  32                /* bytes of the key of a slot, with a NUL */


/* What is known of a data set. All zero is: nothing. */
typedef struct {
    char       id[GGI_DATASET_ID_MAX + 1];      /* "": none is known */
    uint64_t   number;
} ggi_dataset_t;


/* The fields that a Redis has under the key. One that it lacks has the length 0. */
typedef struct {
    ggi_str_t  id;
    ggi_str_t  number;
    ggi_str_t  replaces;
    ggi_str_t  next;
} ggi_dataset_fields_t;


/* What a data set gets that takes the place of others. All zero: of none. */
typedef struct {
    uint64_t   number;
    char       replaces[GGI_DATASET_EARLIER * (GGI_DATASET_ID_MAX + 1)];    /* ids, by blanks */
    unsigned   n;                       /* how many ids these are */
} ggi_dataset_next_t;


typedef enum {
    GGI_DATASET_UNASKED = 0,            /* Redis has not answered yet */
    GGI_DATASET_GOOD,                   /* the one that is known, or the first that is seen */
    GGI_DATASET_REPLACED,               /* another one, which takes the place of the known one */
    GGI_DATASET_MISSING,                /* there is none */
    GGI_DATASET_MALFORMED,              /* its fields are not what they have to be */
    GGI_DATASET_EARLIER_STATE,          /* the one that is known, before its last changes */
    GGI_DATASET_OTHER,                  /* another one */
    GGI_DATASET_UNREADABLE              /* Redis answers with an error */
} ggi_dataset_e;


/*
 * Returns 1 when what was found is a reason to doubt whatever else the Redis holds, 0 otherwise:
 * also before it was asked.
 */
static inline int
ggi_dataset_doubtful(ggi_dataset_e found)
{
    return found > GGI_DATASET_REPLACED;
}


/*
 * Returns 1 when what was found tells of data that were lost or replaced, 0 otherwise. A reply that
 * was made before a change of which somebody else knows by now tells the same.
 */
static inline int
ggi_dataset_lost(ggi_dataset_e found)
{
    return found == GGI_DATASET_EARLIER_STATE || found == GGI_DATASET_OTHER;
}


/* Returns 1 when a text is an id: 1 to GGI_DATASET_ID_MAX letters, digits and "-"; else 0. */
int ggi_dataset_id_valid(ggi_str_t id);

/*
 * Reads id and number of the fields to *seen. Returns GGI_DATASET_GOOD; or GGI_DATASET_MISSING
 * or GGI_DATASET_MALFORMED, and *seen is all zero then.
 */
ggi_dataset_e ggi_dataset_read(ggi_dataset_t *seen, const ggi_dataset_fields_t *fields);

/*
 * Writes the key of the hash that a Cluster has for a slot to key, and returns its length.
 * ggi_cluster_numbers_find() was called before.
 */
size_t ggi_dataset_slot_key(char key[GGI_DATASET_SLOT_KEY], unsigned slot);

/*
 * Judges what a Redis holds by what is known of its data set, and notes in *known what was seen
 * when that is good: one that is not known yet, the known one with a number that is no smaller,
 * or one that takes the place of the known one. One that is about to get the known id is good as
 * well, while no number is known: other slots of the Cluster have the id already. Otherwise, and
 * then too, *known stays. Returns what was found, which is not GGI_DATASET_UNASKED or
 * GGI_DATASET_UNREADABLE.
 */
ggi_dataset_e ggi_dataset_judge(ggi_dataset_t *known, const ggi_dataset_fields_t *fields);

/*
 * Adds the ids in a list with blanks between them to those that the next data set takes the place
 * of, as long as it has fewer than GGI_DATASET_EARLIER. Leaves out what is no id, and what is there
 * already.
 */
void ggi_dataset_replace(ggi_dataset_next_t *next, ggi_str_t ids);

/*
 * Has the next data set come after what a Redis holds: adds its id, and then the ids that it takes
 * the place of, as ggi_dataset_replace() does, and sets the number of the next one, which is 1
 * where there is no number that can be counted on.
 */
void ggi_dataset_succeed(ggi_dataset_next_t *next, const ggi_dataset_fields_t *before);


#endif
