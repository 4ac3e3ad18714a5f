/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The file that the audit trail of a worker is written to: taken, written, left for
 * another one, and written once more where it may not be on the disk.
 */

#ifndef GGI_NGX_TRAIL_FILE_H
#define GGI_NGX_TRAIL_FILE_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ggi_append.h"
#include "ggi_ngx_slot.h"
#include "ggi_ngx_trail.h"


/*
 * Takes a file of the log for the worker's trail, after ggi_trail_init(). The
 * configuration has to live as long as the worker. keep: records that were written
 * are kept until ggi_trail_forget(), so that they can be written again. When no file
 * can be had that is logged, and every write fails until one can.
 */
void ggi_trail_init_file(ngx_cycle_t *cycle, const ggi_slot_conf_t *log,
    ngx_uint_t keep);

/* Closes the file, for the end of the worker. */
void ggi_trail_close_file(void);

/*
 * Writes what waits. Once a second, after a failed write and after 64 KB it looks
 * whether the file still has a name. When it was removed, another one is taken and
 * gets all that was written since the last look, so that no record is lost but by
 * the kill of a worker within that second. Returns NGX_OK; or NGX_ERROR when not all
 * of it could be written or there is no file: the rest waits still. A failure is
 * logged once a second at the most.
 */
ngx_int_t ggi_trail_write(ngx_log_t *log);

/*
 * Sets append to what waits, for somebody else to write it to the present file. It is
 * valid until something is added to the trail.
 */
void ggi_trail_waiting_bytes(ggi_append_t *append);

/*
 * Takes over what somebody else has written by means of append to the file with a number,
 * which ended with 0 or an errno. Nothing else may have been written to that file
 * meanwhile. When there is another file by now, nothing of it counts. Returns NGX_OK, also
 * when the file was removed: there is no file any more then, and all that is kept waits to be
 * written. Returns NGX_ERROR when not all of it could be written: the rest waits still.
 */
ngx_int_t ggi_trail_written_by(ngx_uint_t number, const ggi_append_t *append,
    ngx_err_t error, ngx_log_t *log);

/*
 * Makes the next ggi_trail_write() look whether the file still has a name; or, without
 * a file, try to take one, though it found none within the last second.
 */
void ggi_trail_doubt_file(void);

/*
 * Logs an alert that the present file of the log was moved away together with its directory
 * and is written on there, since no other file can be had. Does nothing when that was said of
 * this file before.
 */
void ggi_trail_alert_astray(ngx_log_t *log);

/* Returns the position behind the last record that is in the file as a whole. */
uint64_t ggi_trail_written_records(void);

/* Returns the position behind the last byte that is in the file, which can be within a record. */
uint64_t ggi_trail_written_bytes(void);

/* Forgets the records before a position, which the caller knows to be on the disk. */
void ggi_trail_forget(uint64_t position);

/*
 * Writes all records that are kept once more, since those in the file with a number
 * may not be on the disk: to another file, which is taken when that file is still
 * the present one. Returns NGX_OK; or NGX_ERROR, after a message, when there is no
 * other file or it could not be written.
 */
ngx_int_t ggi_trail_write_again(ngx_uint_t number, ngx_log_t *log);

/* Returns the present file, for messages and to be synced; its fd can be NGX_INVALID_FILE. */
const ggi_slot_t *ggi_trail_slot(void);

/* Returns the number of the present file: how many files this worker has begun to write. */
ngx_uint_t ggi_trail_file_number(void);

/*
 * Goes on in the file that stands at the path of the present one, if that is
 * another, and takes one when there is none. With synced 1 all that is written stays
 * where it is; with 0 all records that are kept are to be written to the other file
 * as well.
 */
void ggi_trail_reopen_file(ngx_uint_t synced, ngx_log_t *log);


#endif
