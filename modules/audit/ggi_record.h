/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The form of an audit record: one JSON object a line, in the shape of the
 * Authorization Decision Log (Logius). What all kinds of records have in common is
 * here: how a line is opened and closed, and how texts of a call are written to it.
 * The small parts are inline, as ggi_json.h says.
 */

#ifndef GGI_RECORD_H
#define GGI_RECORD_H

#include "ggi_call.h"
#include "ggi_chain.h"
#include "ggi_json.h"
#include "ggi_uri.h"

#define GGI_RECORD_PATH_MAX  GGI_URI_MAX        /* bytes of a path that are recorded */
#define GGI_RECORD_TEXT_MAX  2048       /* bytes of any other text of a call that are recorded */


/* What the gate does not know of a call, but its record needs. */
typedef struct {
    uint64_t   time;                    /* of the record, ms since the epoch */
    ggi_str_t  client;                  /* address of the client */
    int        status;                  /* of the answer; 0: not known yet */
    int        path_clear;              /* 1: the path of the call can hold no BSN */
    ggi_str_t  subject;                 /* BSN of whom the call is about; "": not known */
} ggi_record_context_t;


/*
 * Returns the most bytes that the decision record of a call takes. Its completion
 * record takes no more, but for the requests to APIs that it lists.
 */
size_t ggi_record_size(const ggi_call_t *call,
    const ggi_record_context_t *context);

/* Returns a text, or its first max bytes when it has more, without a part of a character. */
static inline ggi_str_t
ggi_record_cut(ggi_str_t text, size_t max)
{
    if (text.len > max) {
        text.len = ggi_utf8_cut(text.data, text.len, max);
    }

    return text;
}


/*
 * Begins the line of a record in buf, of size bytes, with what the chain puts
 * first, and leaves the object "attributes" open for the caller to add to.
 */
ggi_json_inline void
ggi_record_open(ggi_json_t *json, char *buf, size_t size,
    const ggi_chain_t *chain)
{
    ggi_json_init(json, buf, size);
    ggi_chain_begin(chain, json);
}


/*
 * Closes the attributes of a record, and adds the name of its event, its time in
 * ms since the epoch, and its status: "Ok" or "Error".
 */
ggi_json_inline void
ggi_record_close_attributes(ggi_json_t *json, const char *event, uint64_t time,
    const char *status)
{
    ggi_json_close(json, '}');
    ggi_json_word(json, "event_name", event);
    ggi_json_int(json, "timestamp", (int64_t) time);
    ggi_json_word(json, "status", status);
}


/* Adds the transaction of a call, which the caller and the API know it by. */
ggi_json_inline void
ggi_record_add_transaction(ggi_json_t *json, const ggi_call_t *call)
{
    ggi_json_plain(json, "ggi.transaction_id", call->transaction_id, GGI_UUID_LEN);
}


/* Adds the side of the dienst that the gateway of a call stands on. */
ggi_json_inline void
ggi_record_add_role(ggi_json_t *json, const ggi_call_t *call)
{
    if (call->role == GGI_ROLE_AFNEMER) {
        ggi_json_word(json, "ggi.role", "afnemer");

    } else {
        ggi_json_word(json, "ggi.role", "aanbieder");
    }
}


/* Adds the place of a call's decision in its trace: its span and that of its caller. */
ggi_json_inline void
ggi_record_add_trace(ggi_json_t *json, const ggi_trace_t *trace)
{
    ggi_json_plain(json, "trace_id", trace->trace_id, GGI_TRACE_ID_LEN);
    ggi_json_plain(json, "span_id", trace->span_id, GGI_SPAN_ID_LEN);

    if (trace->has_parent) {
        ggi_json_plain(json, "parent_span_id", trace->parent_span_id, GGI_SPAN_ID_LEN);
    }
}


/* Adds the place of what follows from a decision: the child of its span. */
ggi_json_inline void
ggi_record_add_child(ggi_json_t *json, const ggi_trace_t *trace)
{
    ggi_json_plain(json, "trace_id", trace->trace_id, GGI_TRACE_ID_LEN);
    ggi_json_plain(json, "span_id", trace->child_span_id, GGI_SPAN_ID_LEN);
    ggi_json_plain(json, "parent_span_id", trace->span_id, GGI_SPAN_ID_LEN);
}


/*
 * Closes the object of a record, ends the line, and moves the chain on. Returns the
 * length of the line with its newline; or 0 when the line did not fit or could not
 * be hashed, and the chain is then as it was.
 */
ggi_json_inline size_t
ggi_record_close(ggi_json_t *json, ggi_chain_t *chain)
{
    size_t  len;

    ggi_json_put(json, "}\n", 2);
    len = ggi_json_len(json);

    return len && ggi_chain_advance(chain, json->start, len) ? len : 0;
}


/*
 * Ends a record that has no place in a trace: closes its attributes, adds the name of its
 * event, its time in ms since the epoch and its status, "Ok" or "Error", and closes it.
 * Returns what ggi_record_close() does.
 */
ggi_json_inline size_t
ggi_record_end(ggi_json_t *json, const char *event, uint64_t time, const char *status,
    ggi_chain_t *chain)
{
    ggi_record_close_attributes(json, event, time, status);

    return ggi_record_close(json, chain);
}


/*
 * Writes the first max bytes of a text, GGI_RECORD_PATH_MAX at the most, as a JSON string
 * in which BSNs are masked, to dst, of which end is the end. A BSN is masked as well when
 * the cut goes through it. Returns the position behind the string, or NULL when it does not
 * fit.
 */
char *ggi_record_write_masked(char *dst, const char *end, ggi_str_t text,
    size_t max);

/*
 * Writes at most GGI_RECORD_PATH_MAX bytes of a decoded path, with its BSNs masked, as
 * ggi_uri_show() writes it, as a JSON string to dst, of which end is the end. Returns
 * the position behind the string, or NULL when it does not fit.
 */
char *ggi_record_write_path(char *dst, const char *end, ggi_str_t path);


/* Adds a path as ggi_record_write_path() writes it. Adds nothing when it is empty. */
ggi_json_inline void
ggi_record_add_path(ggi_json_t *json, const char *key, ggi_str_t path)
{
    if (path.len) {
        ggi_json_lead(json, key);
        ggi_json_written(json, ggi_record_write_path(json->pos, json->end, path));
    }
}


/*
 * Writes a path as ggi_record_write_path() does, without a search for BSNs: it is for a path
 * in which none is conceivable, as ggi_bsn_conceivable() says. Returns the position behind
 * the string, or NULL when it does not fit.
 */
char *ggi_record_write_clear_path(char *dst, const char *end, ggi_str_t path);


/*
 * Adds the path of a call, with its BSNs masked. Adds nothing when it is empty. clear is 1 when
 * ggi_bsn_conceivable() has said that there is no BSN in the path, which then is not searched.
 */
ggi_json_inline void
ggi_record_add_call_path(ggi_json_t *json, const char *key, ggi_str_t path, int clear)
{
    if (path.len && clear) {
        ggi_json_lead(json, key);
        ggi_json_written(json, ggi_record_write_clear_path(json->pos, json->end, path));

    } else {
        ggi_record_add_path(json, key, path);
    }
}


/*
 * Adds at most max bytes of a text that a caller has chosen, with its BSNs masked;
 * max is at most GGI_RECORD_PATH_MAX. Adds nothing when the text is empty.
 */
ggi_json_inline void
ggi_record_add_masked(ggi_json_t *json, const char *key, ggi_str_t text,
    size_t max)
{
    if (text.len) {
        ggi_json_lead(json, key);
        ggi_json_written(json, ggi_record_write_masked(json->pos, json->end, text, max));
    }
}


/*
 * Adds a text that is known to hold no BSN, such as what a certificate or a
 * profile says: some identifiers there have nine digits, and must not be masked.
 * Adds nothing when it is empty.
 */
ggi_json_inline void
ggi_record_add_text(ggi_json_t *json, const char *key, ggi_str_t text)
{
    if (text.len) {
        text = ggi_record_cut(text, GGI_RECORD_TEXT_MAX);
        ggi_json_str(json, key, text.data, text.len);
    }
}


/*
 * Adds an identifier that a gate has checked, so that it needs no escaping. Adds
 * nothing when it is empty.
 */
ggi_json_inline void
ggi_record_add_checked(ggi_json_t *json, const char *key, ggi_str_t id)
{
    if (id.len) {
        ggi_json_plain(json, key, id.data, id.len);
    }
}


#endif
