/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggictl_heap.h"


/*
 * Returns 1 when the next line of a file comes before that of another one. What ends a call
 * comes behind other records of the same time, one of which may be its decision.
 */
static int
ggictl_heap_before(const ggictl_source_t *one, const ggictl_source_t *other)
{
    if (one->time != other->time) {
        return one->time < other->time;
    }

    return !ggi_logged_ends(one->glance.kind) && ggi_logged_ends(other->glance.kind);
}


void
ggictl_heap_sink(ggictl_heap_t *heap)
{
    size_t            i, child;
    ggictl_source_t  *source;

    source = heap->sources[0];

    for (i = 0; (child = 2 * i + 1) < heap->n; i = child) {
        if (child + 1 < heap->n
            && ggictl_heap_before(heap->sources[child + 1], heap->sources[child]))
        {
            child++;
        }

        if (!ggictl_heap_before(heap->sources[child], source)) {
            break;
        }

        heap->sources[i] = heap->sources[child];
    }

    heap->sources[i] = source;
}


void
ggictl_heap_push(ggictl_heap_t *heap, ggictl_source_t *source)
{
    size_t  i, parent;

    for (i = heap->n++; i; i = parent) {
        parent = (i - 1) / 2;

        if (!ggictl_heap_before(source, heap->sources[parent])) {
            break;
        }

        heap->sources[i] = heap->sources[parent];
    }

    heap->sources[i] = source;
}


void
ggictl_heap_pop(ggictl_heap_t *heap)
{
    heap->sources[0] = heap->sources[--heap->n];

    if (heap->n) {
        ggictl_heap_sink(heap);
    }
}
