/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdio.h>
#include <string.h>

#include "ggi_dataset.h"

#define GGI_DATASET_DIGITS  15          /* of a number: Redis and JSON both have them exactly */
#define GGI_DATASET_LAST    999999999999999             /* the number with most digits */


int
ggi_dataset_id_valid(ggi_str_t id)
{
    char    c;
    size_t  i;

    for (i = 0; i < id.len; i++) {
        c = id.data[i];

        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
              || c == '-'))
        {
            return 0;
        }
    }

    return id.len > 0 && id.len <= GGI_DATASET_ID_MAX;
}


/* Reads a number of 1 to GGI_DATASET_DIGITS digits. Returns 1, or 0 when the text is none. */
static int
ggi_dataset_number(uint64_t *number, ggi_str_t text)
{
    return text.len <= GGI_DATASET_DIGITS && ggi_str_skip_number(&text, UINT64_MAX, number)
           && text.len == 0;
}


/* Returns 1 when an id is one of those in a list with blanks between them, 0 otherwise. */
static int
ggi_dataset_listed(ggi_str_t list, ggi_str_t id)
{
    while (list.len) {
        if (ggi_str_eq(ggi_str_cut(&list, ' '), id)) {
            return 1;
        }
    }

    return 0;
}


ggi_dataset_e
ggi_dataset_read(ggi_dataset_t *seen, const ggi_dataset_fields_t *fields)
{
    memset(seen, 0, sizeof(ggi_dataset_t));

    if (fields->id.len == 0 && fields->number.len == 0) {
        return GGI_DATASET_MISSING;
    }

    if (!ggi_dataset_id_valid(fields->id)
        || !ggi_dataset_number(&seen->number, fields->number))
    {
        seen->number = 0;
        return GGI_DATASET_MALFORMED;
    }

    memcpy(seen->id, fields->id.data, fields->id.len);

    return GGI_DATASET_GOOD;
}


size_t
ggi_dataset_slot_key(char key[GGI_DATASET_SLOT_KEY], unsigned slot)
{
    return (size_t) snprintf(key, GGI_DATASET_SLOT_KEY, GGI_DATASET_KEY ":{%u}",
                             (unsigned) ggi_cluster_number(slot));
}


ggi_dataset_e
ggi_dataset_judge(ggi_dataset_t *known, const ggi_dataset_fields_t *fields)
{
    ggi_str_t      id;
    ggi_dataset_e  found;
    ggi_dataset_t  seen;

    found = ggi_dataset_read(&seen, fields);

    if (found != GGI_DATASET_GOOD) {
        return found;
    }

    id.data = known->id;
    id.len = strlen(known->id);

    if (id.len && strcmp(known->id, seen.id) != 0) {
        if (ggi_str_eq(fields->next, id)) {
            return known->number ? GGI_DATASET_EARLIER_STATE : GGI_DATASET_GOOD;
        }

        if (!ggi_dataset_listed(fields->replaces, id)) {
            return GGI_DATASET_OTHER;
        }

        found = GGI_DATASET_REPLACED;

    } else if (seen.number < known->number) {
        return GGI_DATASET_EARLIER_STATE;
    }

    *known = seen;

    return found;
}


void
ggi_dataset_replace(ggi_dataset_next_t *next, ggi_str_t ids)
{
    char       *end;
    ggi_str_t   id, list;

    while (ids.len && next->n < GGI_DATASET_EARLIER) {
        id = ggi_str_cut(&ids, ' ');
        list.data = next->replaces;
        list.len = strlen(next->replaces);

        if (!ggi_dataset_id_valid(id) || ggi_dataset_listed(list, id)) {
            continue;
        }

        end = next->replaces + list.len;

        if (next->n++) {
            *end++ = ' ';
        }

        memcpy(end, id.data, id.len);
        end[id.len] = '\0';
    }
}


void
ggi_dataset_succeed(ggi_dataset_next_t *next, const ggi_dataset_fields_t *before)
{
    ggi_dataset_replace(next, before->id);
    ggi_dataset_replace(next, before->replaces);

    if (!ggi_dataset_number(&next->number, before->number) || next->number == GGI_DATASET_LAST) {
        next->number = 0;
    }

    next->number++;
}
