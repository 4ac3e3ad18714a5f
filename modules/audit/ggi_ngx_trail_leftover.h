/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What a worker could not write before it ended, handed to the workers after it
 * through the file DIR/NAME.gap.
 */

#ifndef GGI_NGX_TRAIL_LEFTOVER_H
#define GGI_NGX_TRAIL_LEFTOVER_H

#include <ngx_config.h>
#include <ngx_core.h>


/*
 * Takes over what workers that have ended could not write, if they have left word of
 * anything, so that the next write to the file adds a record "ggi.gap" for it, and logs how
 * many records that is about. Returns 1 when there is any: the caller writes, and then calls
 * ggi_trail_end_leftover(). Returns 0 when there is none, or this worker cannot write
 * either. Call once a second: it looks at a file.
 */
ngx_uint_t ggi_trail_take_leftover(ngx_log_t *log);

/*
 * Empties the file in which an earlier worker left word of lost records, once
 * ggi_trail_take_leftover() has taken them over and the record that tells of them has been
 * written. When that record could not be written, this worker still knows of them, and leaves
 * word in its turn. A file that cannot be emptied is logged, and this worker does not look at
 * it again.
 */
void ggi_trail_end_leftover(ngx_log_t *log);

/*
 * Counts the records that the trail still keeps as lost, at the end of a worker, and leaves
 * word of them, and of all losses that no written record tells of, to the workers after it.
 * unsynced is the errno for which what is kept may not be on the disk; or 0 when it could
 * not be written. Logged when records are lost, and when no word could be left.
 */
void ggi_trail_leave_leftover(ngx_err_t unsynced, ngx_log_t *log);


#endif
