/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The calls of each organisation, by reason: a table of a fixed size without pointers, so
 * that it can be kept in shared memory, in which processes count without a lock. The
 * busiest organisations are shown by their OIN, and all others as one. Each number that is
 * shown only ever grows for as long as it is shown. Free of nginx.
 */

#ifndef GGI_CALLERS_H
#define GGI_CALLERS_H

#include <stddef.h>
#include <stdint.h>

#include "ggi_oin.h"
#include "ggi_reason.h"
#include "ggi_str.h"

#define GGI_CALLERS_MAX    1024         /* organisations that are told apart; a power of 2 */
#define GGI_CALLERS_SHOWN  100          /* of which so many are shown by their OIN */
#define GGI_CALLERS_TURN   60           /* s between two looks at which are the busiest */


typedef enum { GGI_CALLER_FREE, GGI_CALLER_BEGUN, GGI_CALLER_KNOWN } ggi_caller_state_e;


typedef struct {
    uint32_t  state;                    /* ggi_caller_state_e */
    uint32_t  shown;                    /* 1: by its OIN; 0: among the rest */
    char      oin[GGI_OIN_LEN];
    uint64_t  looked;                   /* all its calls when the busiest were last looked for */
    uint64_t  busy;                     /* its calls of late: those of long ago count less */
    uint64_t  calls[GGI_REASON_COUNT];
    uint64_t  rest[GGI_REASON_COUNT];   /* of those, what was shown among the rest before */
} ggi_caller_t;


/* All zero: empty. */
typedef struct {
    uint64_t      looked;               /* s since the epoch; 0: never */
    uint32_t      shown;                /* organisations that are */
    uint64_t      nobody[GGI_REASON_COUNT];     /* calls of which it is not known who calls */
    uint64_t      rest[GGI_REASON_COUNT];       /* calls for which the table had no room */
    ggi_caller_t  callers[GGI_CALLERS_MAX];
} ggi_callers_t;


/* What is shown of an organisation. */
typedef struct {
    ggi_str_t     oin;                  /* needs no escaping; "": nobody; "other": the rest */
    uint64_t      calls[GGI_REASON_COUNT];      /* of GGI_REASON_NONE: allowed ones */
} ggi_caller_shown_t;


/*
 * Counts a call of an organisation that was decided for a reason. An oin of another length
 * than GGI_OIN_LEN is nobody's. Processes may call this at the same time.
 */
void ggi_callers_count(ggi_callers_t *table, ggi_str_t oin, ggi_reason_e reason);

/*
 * Decides anew which organisations are shown, when now, in seconds since the epoch, is
 * GGI_CALLERS_TURN after the last time or before it. One that is not shown takes the place
 * of one that is when it was twice as busy of late. The caller has a lock, so that only one
 * process does this at a time; others may count meanwhile.
 */
void ggi_callers_look(ggi_callers_t *table, uint64_t now);

/*
 * Writes what is shown to list, which has room for GGI_CALLERS_SHOWN + 2: first nobody, then
 * the organisations that are shown, and the rest if it has any calls. Returns how many there
 * are. The texts are those of the table. The caller has the lock of ggi_callers_look().
 */
size_t ggi_callers_list(const ggi_callers_t *table, ggi_caller_shown_t *list);


#endif
