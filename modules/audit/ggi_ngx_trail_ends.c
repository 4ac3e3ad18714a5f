/* SPDX-License-Identifier: EUPL-1.2 */

/* The ends of the chain of a worker. */

#include "ggi_ngx_trail.h"
#include "ggi_ngx_trail_ends.h"


/* The place at which the chain is noted, and one more; 0: it is noted nowhere. */
static ngx_uint_t  ggi_trail_noted;


void
ggi_trail_find_before(const ggi_slot_t *slot)
{
    ggi_end_t      noted;
    ggi_tail_t     tail;
    ggi_opened_t  *opened;

    opened = &ggi_trail.opened;

    if (ggi_trail_is_opened()
        || (opened->has_place && opened->place == slot->number && opened->found))
    {
        return;
    }

    ggi_trail_noted = 0;
    ggi_places_read(slot->conf->chains, slot->number, &noted);
    ggi_end_read_file(slot->fd, noted.number ? noted.id : NULL, &tail);
    opened->has_place = 1;
    opened->place = slot->number;
    opened->found = ggi_end_choose(&tail, &noted, &opened->before);
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
 * Notes how far the chain has come, and whether it has ended. Returns NGX_OK, or
 * NGX_DECLINED when no record of it is in a file.
 */
static ngx_int_t
ggi_trail_note(const ggi_slot_t *slot, ggi_end_e how, ngx_log_t *log)
{
    ngx_err_t  error;
    ggi_end_t  end;

    if (slot->fd == NGX_INVALID_FILE || ggi_trail_written_end(&end) != NGX_OK) {
        return NGX_DECLINED;
    }

    if (slot->conf->chains == NGX_INVALID_FILE) {
        return NGX_OK;                  /* a warning told of that when nginx started */
    }

    end.how = how;
    error = ggi_places_note(slot->conf->chains, slot->number, &end,
                            ggi_trail_noted != slot->number + 1);
    ggi_trail_noted = slot->number + 1;

    if (error) {
        ngx_log_error(NGX_LOG_ERR, log, error,
                      "it cannot be noted beside audit log \"%V\" where a chain of its "
                      "records ends: when its file is rotated the next chain will not "
                      "name it", &slot->conf->name);
    }

    return NGX_OK;
}


void
ggi_trail_note_opened(const ggi_slot_t *slot, ngx_log_t *log)
{
    if (ggi_trail_is_opened() && ggi_trail_noted != slot->number + 1) {
        (void) ggi_trail_note(slot, GGI_END_OPEN, log);
    }
}


void
ggi_trail_note_left(const ggi_slot_t *slot, ngx_log_t *log)
{
    (void) ggi_trail_note(slot, GGI_END_OPEN, log);
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
    ngx_uint_t  closed;

    closed = ggi_trail.closed && ggi_trail_kept() == 0;

    if (ggi_trail_note(slot, closed ? GGI_END_CLOSED : GGI_END_UNWRITTEN, log) == NGX_OK
        && !closed)
    {
        ngx_log_error(NGX_LOG_ALERT, log, ggi_trail.failed,
                      "audit log \"%V\" has no record that a chain of this worker was "
                      "closed, since that could not be written or synced",
                      &slot->name);
    }
}
