/* SPDX-License-Identifier: EUPL-1.2 */

/* Compiles the velden of an agreement (ggi_velden.h). */

#ifndef GGI_VELDEN_COMPILE_H
#define GGI_VELDEN_COMPILE_H

#include "ggi_block.h"


/*
 * Checks the member "velden" of object, an array of paths of fields or of "*" alone, and
 * adds it to a block: in order, and without those that are below another. Sets *velden to
 * the list, which is empty when there is no such member. where is the JSON path of
 * object, for faults. Returns 1, or 0 with the fault; without memory it marks the block
 * as failed.
 */
int ggi_velden_compile(ggi_block_t *block, ggi_ref_t *velden, json_t *object,
    const char *where, ggi_fault_t *fault);


#endif
