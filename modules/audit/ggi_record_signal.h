/* SPDX-License-Identifier: EUPL-1.2 */

/* What is told of a signal: its record, and its line in the error log. */

#ifndef GGI_RECORD_SIGNAL_H
#define GGI_RECORD_SIGNAL_H

#include "ggi_pseudonym.h"
#include "ggi_record.h"
#include "ggi_signal.h"

#define GGI_RECORD_SIGNAL_SIZE  8192        /* bytes that suffice for such a record */
#define GGI_SIGNAL_LINE         1024        /* bytes that suffice for its line */
#define GGI_SIGNAL_OF           300         /* bytes of a name that is told of */


/* A signal that was given. Texts are empty where the signal is about something else. */
typedef struct {
    ggi_signal_e  signal;
    uint32_t      count;                /* how many there were */
    uint32_t      threshold;
    uint64_t      since;                /* ms since the epoch: the first of them */
    ggi_str_t     user;                 /* pseudonym */
    ggi_str_t     person;               /* pseudonym of the data subject */
    ggi_str_t     certificate;          /* its SHA-256 */
    ggi_str_t     client;               /* address */
    ggi_str_t     netwerk;              /* name of the network of that address */
    ggi_str_t     of;                   /* whose list or certificate of the gate expires, of
                                           GGI_SIGNAL_OF bytes at most */
    uint64_t      expires;              /* ms since the epoch: what is told of does; or 0 */
    ggi_str_t     gate;                 /* name of a gate, which needs no escaping */
    ggi_mode_e    mode;                 /* of that gate */
    int64_t       clock;                /* ms by which the clock was set; 0: it was not */
} ggi_signal_told_t;


/*
 * Writes the record of a signal that was given at a call, or, with NULL, without one, at a time in
 * ms since the epoch, as a line to buf, of size bytes, and moves the chain on;
 * GGI_RECORD_SIGNAL_SIZE bytes always suffice. Returns the length of the line with its newline;
 * or 0 when it could not be written, and the chain is then as it was.
 */
size_t ggi_record_signal(char *buf, size_t size, const ggi_signal_told_t *told,
    const ggi_call_t *call, uint64_t time, ggi_chain_t *chain);

/*
 * Writes the line for the error log: "signal=" with the name, and what else is known as key=value,
 * with a blank between two of them. No value has a blank in it but for that of "of", which is in
 * quotes and has none in it; and none is a text that a caller has chosen. call is NULL when the
 * signal was given without one. buf has GGI_SIGNAL_LINE bytes. Returns the length; there is no NUL.
 */
size_t ggi_signal_line(char buf[GGI_SIGNAL_LINE], const ggi_signal_told_t *told,
    const ggi_call_t *call);


#endif
