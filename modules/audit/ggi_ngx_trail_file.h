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
 * Takes a file of the log for the trail of a worker; call it after ggi_trail_init(). log is the
 * configuration of the log, and has to live as long as the worker. When keep is 1, records stay
 * in memory after they were written, until ggi_trail_forget(), so that they can be written once
 * more; when it is 0 they do not. When no file can be taken, that is logged, and every write
 * fails until one can.
 */
void ggi_trail_init_file(ngx_cycle_t *cycle, const ggi_slot_conf_t *log,
    ngx_uint_t keep);

/*
 * Closes the file of the trail when the worker ends, which gives up the lock on it. What is not
 * written then is not written any more.
 */
void ggi_trail_close_file(void);

/*
 * Writes all records of the trail that are not written yet to the file. Once a second, after a
 * failed write and after each 64 KB it also looks whether the file still has a name. When it
 * was removed, the worker takes another one, and writes all that was written since the last
 * look to that one as well, so that no record is lost unless the worker is killed within that
 * second. Returns NGX_OK; or NGX_ERROR when not all could be written or there is no file: the
 * rest still waits. A failure is logged once a second at the most.
 */
ngx_int_t ggi_trail_write(ngx_log_t *log);

/*
 * Sets append to the bytes of the trail that wait to be written, so that a thread can write
 * them to the present file; ggi_trail_written_by() then takes note of that. append is valid
 * until something is added to the trail.
 */
void ggi_trail_waiting_bytes(ggi_append_t *append);

/*
 * Takes note of what a thread has written to the file, by means of append, which
 * ggi_trail_waiting_bytes() had set; error is the errno with which the thread ended, or 0.
 * number is the number of the file that it wrote to, by ggi_trail_file_number(), and nothing
 * else may have been written to that file meanwhile. When the worker has another file by now,
 * what the thread has written does not count. Returns NGX_OK; also when the file was found to
 * be removed, and all records that are kept then wait for another file. Returns NGX_ERROR when
 * not all could be written: the rest still waits.
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

/*
 * Frees the memory of the records before a position, which the caller knows to be on the disk.
 * They cannot be written again.
 */
void ggi_trail_forget(uint64_t position);

/*
 * Writes all records that are kept in memory once more, to another file, since those that were
 * written to the file with a number may not be on the disk. When that is still the present
 * file, another one is taken first. Returns NGX_OK; or NGX_ERROR, after a message, when there
 * is no other file or it could not be written.
 */
ngx_int_t ggi_trail_write_again(ngx_uint_t number, ngx_log_t *log);

/* Returns the present file, for messages and to be synced; its fd can be NGX_INVALID_FILE. */
const ggi_slot_t *ggi_trail_slot(void);

/* Returns the number of the present file: how many files this worker has begun to write. */
ngx_uint_t ggi_trail_file_number(void);

/*
 * Goes on, after SIGUSR1, in the file that now stands at the path of the present file, if that
 * is another one; without a present file, takes any. With synced 1 the records that were
 * written stay where they are, and only what comes next goes to the other file. With synced 0
 * all records that are kept in memory are to be written to the other file as well.
 */
void ggi_trail_reopen_file(ngx_uint_t synced, ngx_log_t *log);


#endif
