/* SPDX-License-Identifier: EUPL-1.2 */

/* The ends of the chain of a worker. */

#include "ggi_ngx_disk.h"
#include "ggi_ngx_trail.h"
#include "ggi_ngx_trail_ends.h"


/* How far the chain has come at a place. */
typedef struct {
    const ggi_slot_conf_t  *conf;       /* has the file of notes */
    ngx_uint_t              place;
    int                     take;       /* 1: the chain is not noted at this place yet */
    ggi_end_t               end;
} ggi_trail_note_t;


/* What is noted of the chain of this worker. */
typedef struct {
    ggi_disk_job_t    job;
    ngx_uint_t        place;            /* where it is noted, and one more; 0: nowhere */
    ngx_uint_t        prepared;         /* 1: next may be noted once a sync has ended well */
    ngx_uint_t        ready;            /* 1: next can be noted, once the job has ended */
    ggi_trail_note_t  next;
    ggi_trail_note_t  now;              /* what the job notes */
    time_t            failed;           /* when it could not be noted, the last time */
} ggi_trail_notes_t;


static ggi_trail_notes_t  ggi_trail_notes;


/* Sets what is told of the place of a slot: which chain was written there last. */
static void
ggi_trail_find_last(const ggi_slot_t *slot, ggi_opened_t *opened)
{
    ggi_end_t   noted;
    ggi_tail_t  tail;

    ggi_places_read(slot->conf->chains, slot->number, &noted);
    ggi_end_read_file(slot->fd, noted.number ? noted.id : NULL, &tail);
    opened->has_place = 1;
    opened->place = slot->number;
    opened->found = ggi_end_choose(&tail, &noted, &opened->before);
}


/*
 * Has a record tell that the chain goes on at the place of a slot, when another chain was
 * written there last that no record of this one has named.
 */
static void
ggi_trail_find_moved(const ggi_slot_t *slot)
{
    ggi_opened_t  moved;

    ngx_memzero(&moved, sizeof(ggi_opened_t));
    moved.moved = 1;
    ggi_trail_find_last(slot, &moved);

    if (moved.before.number == 0
        || ngx_memcmp(moved.before.id, ggi_chain_id(&ggi_trail.chain), GGI_UUID_LEN) == 0
        || ngx_memcmp(moved.before.id, ggi_trail.opened.before.id, GGI_UUID_LEN) == 0
        || ngx_memcmp(moved.before.id, ggi_trail.moved.before.id, GGI_UUID_LEN) == 0)
    {
        return;
    }

    ggi_trail.moved = moved;
    ggi_trail.account.moved = 1;
    ggi_trail.due = 1;
}


void
ggi_trail_find_before(const ggi_slot_t *slot)
{
    ggi_opened_t  *opened;

    opened = &ggi_trail.opened;

    if (ggi_trail_is_opened()) {
        ggi_trail_find_moved(slot);
        return;
    }

    if (opened->has_place && opened->place == slot->number && opened->found) {
        return;
    }

    ggi_trail_notes.place = 0;
    ggi_trail_find_last(slot, opened);
}


/*
 * Sets end to the last record of the chain that is whole in a file. Returns NGX_OK, or
 * NGX_DECLINED when there is none.
 */
static ngx_int_t
ggi_trail_written_end(ggi_end_t *end)
{
    uint64_t   position;
    ggi_str_t  line;
    ggi_end_t  next;

    position = ggi_journal_reached(&ggi_trail.journal);
    end->number = ggi_trail.chain.place.number;
    ngx_memcpy(end->id, ggi_chain_id(&ggi_trail.chain), GGI_UUID_LEN);
    ngx_memcpy(end->hash, ggi_trail.chain.place.previous, GGI_CHAIN_HASH_LEN);

    if (position != ggi_trail_end()) {
        /* the first line that waits has the hash of the last one that does not */
        line = ggi_journal_line(&ggi_trail.journal, &position);

        if (!ggi_end_read_line(line, &next)) {
            return NGX_DECLINED;
        }

        end->number = next.number;
        ngx_memcpy(end->hash, next.hash, GGI_CHAIN_HASH_LEN);
    }

    end->number--;

    return end->number ? NGX_OK : NGX_DECLINED;
}


/*
 * Sets a note to how far the chain has come at the place of a slot. Returns NGX_OK, or
 * NGX_DECLINED when no record of it is in a file.
 */
static ngx_int_t
ggi_trail_set_note(ggi_trail_note_t *note, const ggi_slot_t *slot, ggi_end_e how)
{
    if (slot->fd == NGX_INVALID_FILE || ggi_trail_written_end(&note->end) != NGX_OK) {
        return NGX_DECLINED;
    }

    note->conf = slot->conf;
    note->place = slot->number;
    note->take = (ggi_trail_notes.place != slot->number + 1);
    note->end.how = how;

    return NGX_OK;
}


/* Does what follows a note, which ended with 0 or an errno. */
static void
ggi_trail_end_note(ngx_err_t error, ngx_log_t *log)
{
    if (error) {
        ggi_trail_notes.failed = ngx_time();
        ngx_log_error(NGX_LOG_ERR, log, error,
                      "it cannot be noted beside audit log \"%V\" where a chain of its "
                      "records ends: when its file is rotated the next chain will not "
                      "name it", &ggi_trail_notes.now.conf->name);
        return;
    }

    ggi_trail_notes.place = ggi_trail_notes.now.place + 1;
}


/* Work of a thread: notes what data says. */
static ngx_err_t
ggi_trail_note_work(ngx_fd_t fd, void *data)
{
    ggi_trail_note_t *note = data;

    return ggi_places_note(fd, note->place, &note->end, note->take);
}


/* Has a thread note what is ready. */
static void
ggi_trail_start_note(ngx_log_t *log)
{
    if (!ggi_trail_notes.ready || ggi_trail_notes.job.running) {
        return;
    }

    ggi_trail_notes.ready = 0;
    ggi_trail_notes.now = ggi_trail_notes.next;
    ggi_trail_notes.now.take = (ggi_trail_notes.place != ggi_trail_notes.now.place + 1);

    if (ggi_disk_start(&ggi_trail_notes.job, ggi_trail_notes.now.conf->chains, "noted", log)
        != NGX_OK)
    {
        ggi_trail_notes.failed = ngx_time();
    }
}


/* Runs on the event loop when a thread has noted. */
static void
ggi_trail_noted(ngx_err_t error, ngx_log_t *log)
{
    ggi_trail_end_note(error, log);
    ggi_trail_start_note(log);
}


ngx_int_t
ggi_trail_init_notes(ngx_cycle_t *cycle, ngx_thread_pool_t *pool)
{
    /* the place is not known to be noted, since the worker is new */

    ngx_memzero(&ggi_trail_notes, sizeof(ggi_trail_notes_t));

    return ggi_disk_init(&ggi_trail_notes.job, pool, cycle, ggi_trail_note_work,
                         &ggi_trail_notes.now, ggi_trail_noted);
}


ngx_uint_t
ggi_trail_must_note(const ggi_slot_t *slot)
{
    return ggi_trail_is_opened() && ggi_trail_notes.place != slot->number + 1
           && slot->fd != NGX_INVALID_FILE && slot->conf->chains != NGX_INVALID_FILE
           && !ggi_trail_notes.prepared && !ggi_trail_notes.ready
           && !ggi_trail_notes.job.running && ggi_trail_notes.failed != ngx_time();
}


void
ggi_trail_prepare_note(const ggi_slot_t *slot)
{
    if (slot->conf->chains != NGX_INVALID_FILE      /* a warning told of that at start */
        && ggi_trail_set_note(&ggi_trail_notes.next, slot, GGI_END_OPEN) == NGX_OK)
    {
        ggi_trail_notes.prepared = 1;
        ggi_trail_notes.ready = 0;
    }
}


void
ggi_trail_note_synced(ngx_err_t error, ngx_log_t *log)
{
    if (!ggi_trail_notes.prepared) {
        return;
    }

    ggi_trail_notes.prepared = 0;

    /* a file without a name has nothing on the disk that a note could be ahead of */

    if (error && error != NGX_ENOENT) {
        ggi_trail_notes.failed = ngx_time();
        return;
    }

    ggi_trail_notes.ready = 1;
    ggi_trail_start_note(log);
}


void
ggi_trail_close_chain(const ggi_slot_conf_t *conf)
{
    ggi_why_e  why;

    why = ggi_places_why(conf->chains, &conf->start,
                         (uint64_t) (ngx_process == NGX_PROCESS_SINGLE ? ngx_pid : ngx_parent));
    ggi_trail_add_closing(ggi_why_word(why));
}


void
ggi_trail_note_closed(const ggi_slot_t *slot, ngx_log_t *log)
{
    ngx_uint_t         closed;
    ggi_trail_note_t  *note;

    closed = ggi_trail.closed && ggi_trail_kept() == 0;
    note = &ggi_trail_notes.now;

    if (ggi_trail_notes.job.running) {
        ggi_trail_end_note(ggi_disk_finish(&ggi_trail_notes.job), log);
    }

    if (ggi_trail_set_note(note, slot, closed ? GGI_END_CLOSED : GGI_END_UNWRITTEN) != NGX_OK) {
        return;
    }

    if (note->conf->chains != NGX_INVALID_FILE) {
        ggi_trail_end_note(ggi_places_note(note->conf->chains, note->place, &note->end,
                                           note->take), log);
    }

    if (!closed) {
        ngx_log_error(NGX_LOG_ALERT, log, ggi_trail.failed,
                      "audit log \"%V\" has no record that a chain of this worker was "
                      "closed, since that could not be written or synced",
                      &slot->name);
    }
}
