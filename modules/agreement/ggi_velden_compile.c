/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_velden_compile.h"

#include <stdlib.h>

#include "ggi_velden.h"


static int
ggi_velden_is_all(ggi_str_t veld)
{
    return veld.len == 1 && veld.data[0] == '*';
}


static int
ggi_velden_check(json_t *list, const char *where, ggi_fault_t *fault)
{
    char       place[GGI_SOURCE_WHERE_MAX];
    size_t     i;
    ggi_str_t  veld;

    for (i = 0; i < json_array_size(list); i++) {
        if (!ggi_source_is_text(json_array_get(list, i))) {
            continue;                   /* a fault that has been told */
        }

        veld = ggi_source_item(list, i);

        if (ggi_veld_valid(veld)
            || (ggi_velden_is_all(veld) && json_array_size(list) == 1))
        {
            continue;
        }

        ggi_where(place, "%s.velden[%zu]", where, i);

        if (!ggi_fault(fault, place, ggi_velden_is_all(veld)
                       ? "invalid, expected \"*\" as the only one"
                       : "invalid, expected the path of a field such as "
                         "\"geboorte.datum\", of letters, digits and \"_\" with a dot "
                         "between names, of at most 200 bytes"))
        {
            return 0;
        }
    }

    return 1;
}


static int
ggi_velden_order(const void *a, const void *b)
{
    return ggi_veld_compare(*(const ggi_str_t *) a, *(const ggi_str_t *) b);
}


/*
 * Puts n velden in order, and takes out those that are below another. Returns how many
 * are left.
 */
static size_t
ggi_velden_reduce(ggi_str_t *velden, size_t n)
{
    size_t  i, left;

    qsort(velden, n, sizeof(ggi_str_t), ggi_velden_order);

    for (i = 0, left = 0; i < n; i++) {
        if (left == 0 || !ggi_veld_within(velden[left - 1], velden[i])) {
            velden[left++] = velden[i];
        }
    }

    return left;
}


/* Adds the texts of a list in order. Marks the block as failed without memory. */
static ggi_ref_t
ggi_velden_add(ggi_block_t *block, json_t *list)
{
    size_t      i, n;
    ggi_ref_t   ref = { 0, 0 };
    ggi_str_t  *velden;

    velden = calloc(json_array_size(list) + 1, sizeof(ggi_str_t));
    if (velden == NULL) {
        block->failed = 1;
        return ref;
    }

    for (i = 0, n = 0; i < json_array_size(list); i++) {
        if (ggi_source_is_text(json_array_get(list, i))) {
            velden[n++] = ggi_source_item(list, i);
        }
    }

    ref = ggi_block_texts(block, velden, ggi_velden_reduce(velden, n));
    free(velden);

    return ref;
}


int
ggi_velden_compile(ggi_block_t *block, ggi_ref_t *velden, json_t *object,
    const char *where, ggi_fault_t *fault)
{
    json_t  *list;

    if (!ggi_source_list(object, where, "velden", GGI_SOURCE_OPTIONAL, &list, fault)
        || !ggi_velden_check(list, where, fault))
    {
        return 0;
    }

    *velden = ggi_velden_add(block, list);

    return 1;
}
