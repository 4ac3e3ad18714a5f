/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Signals: what a security team wants to be told of. A table of a fixed size counts, for each
 * signal and subject, what happened in a period, and says once when that reaches a threshold.
 * It has no pointers and no texts in it, so that it can be kept in shared memory. Free of nginx.
 */

#ifndef GGI_SIGNAL_H
#define GGI_SIGNAL_H

#include <stddef.h>
#include <stdint.h>

#include "ggi_str.h"

#define GGI_SIGNAL_WAYS        8        /* entries that a subject can have its place in */
#define GGI_SIGNAL_BITS        512      /* bits of a sketch, which counts different things */
#define GGI_SIGNAL_SEEN        8        /* things that an entry remembers one by one */
#define GGI_SIGNAL_MANY        1000000  /* highest threshold of what is counted one by one */
#define GGI_SIGNAL_DIFFERENT   1000     /* highest threshold of different things */


typedef enum {
    GGI_SIGNAL_REFUSALS,                /* many refusals of an organisation */
    GGI_SIGNAL_OUTSIDE_HOURS,           /* a user calls outside office hours */
    GGI_SIGNAL_PERSON_BY_USERS,         /* many users ask for one person */
    GGI_SIGNAL_PERSONS_BY_USER,         /* one user asks for many persons */
    GGI_SIGNAL_GATE_MODE,               /* a gate observes or is off */
    GGI_SIGNAL_NEW_NETWORK,             /* a certificate is used from another network */
    GGI_SIGNAL_SECOND_CERTIFICATE,      /* an organisation uses another certificate */
    GGI_SIGNAL_CERTIFICATE_EXPIRES,     /* the certificate of a caller is about to expire */
    GGI_SIGNAL_LIST_EXPIRES,            /* a revocation list is about to expire */
    GGI_SIGNAL_OWN_EXPIRES,             /* so is the certificate of a server or CA of the gate */
    GGI_SIGNAL_CLOCK,                   /* the clock of the machine was set */
    GGI_SIGNALS
} ggi_signal_e;


/* What is counted for a subject. */
typedef enum {
    GGI_SIGNAL_EACH,                    /* each event */
    GGI_SIGNAL_APART,                   /* different things, by a sketch */
    GGI_SIGNAL_NEW                      /* things that were not seen before, one by one */
} ggi_signal_count_e;


/* What a signal is about: flags, which belong together. */
enum {
    GGI_SIGNAL_OF_DIENST = 1,           /* counted for each dienst apart */
    GGI_SIGNAL_OF_USER = 2,             /* tells of the user */
    GGI_SIGNAL_OF_PERSON = 4,           /* tells of the person */
    GGI_SIGNAL_OF_CERTIFICATE = 8       /* tells of the certificate, and of where it was used */
};


/* What is known of a signal beforehand. */
typedef struct {
    ggi_str_t           name;
    unsigned            about;          /* flags of GGI_SIGNAL_OF_... */
    ggi_signal_count_e  count;
    uint32_t            threshold;      /* where none is configured */
    uint64_t            period;         /* in s, where none is configured */
    uint64_t            within;         /* in s, where none is configured: how long before an
                                           expiry; 0: the signal is not about one */
} ggi_signal_info_t;


/* Something that was seen. */
typedef struct {
    uint32_t  hash;                     /* 0: free */
    uint32_t  last;                     /* s of the monotonic clock: it was seen last */
} ggi_signal_seen_t;


/* What is counted for one subject. */
typedef struct {
    uint64_t  key;                      /* 0: free */
    uint64_t  since;                    /* ms of the monotonic clock: the period began */
    uint64_t  until;                    /* the entry is of no use after this */
    uint32_t  count;                    /* events, or bits of the sketch */
    uint32_t  raised;                   /* 0: no signal was given; of new things: s when it was */
    uint32_t  signal;                   /* the signal that it is counted for */
    union {
        uint64_t           bits[GGI_SIGNAL_BITS / 64];
        ggi_signal_seen_t  seen[GGI_SIGNAL_SEEN];
    } things;
} ggi_signal_entry_t;


/* How the clock stood when it was looked at last. All zero: it was not. */
typedef struct {
    uint64_t  looked;                   /* ms of the monotonic clock */
    int64_t   ahead;                    /* ms that the clock was ahead of that */
} ggi_signal_clock_t;


/*
 * What all workers share; the caller locks it. It is made by ggi_signal_table_init() of bytes that
 * are all 0.
 */
typedef struct {
    uint64_t            seed;           /* random, so that nobody can choose what collides */
    uint32_t            different[GGI_SIGNAL_BITS + 1]; /* how many things set so many bits */
    ggi_signal_clock_t  clock;          /* as the worker has seen it that looked last */
    size_t              n;              /* entries: a multiple of GGI_SIGNAL_WAYS, not 0 */
    ggi_signal_entry_t  entries[];
} ggi_signal_table_t;


/* Something that happened, and what came of counting it. */
typedef struct {
    ggi_signal_e  signal;
    uint64_t      key;                  /* of its subject, by ggi_signal_hash() */
    uint64_t      thing;                /* hash of what is counted apart */
    uint32_t      threshold;            /* from 1 to ggi_signal_most() */
    uint64_t      period;               /* in ms, not 0 */
    uint32_t      count;                /* result: how many there were in the period */
    uint64_t      age;                  /* result: ms since the period began */
    int           forgotten;            /* result: 1: the count of another was given up for it */
} ggi_signal_event_t;


/*
 * Makes an empty table of bytes that are all 0: it has the multiple of GGI_SIGNAL_WAYS of entries
 * that room, the number that there is memory for, allows. seed is random.
 */
void ggi_signal_table_init(ggi_signal_table_t *table, size_t room, uint64_t seed);

/* Returns what is known of a signal. */
const ggi_signal_info_t *ggi_signal_info(ggi_signal_e signal);

/* Finds a signal by its name. Returns it, or GGI_SIGNALS when there is none of that name. */
ggi_signal_e ggi_signal_find(ggi_str_t name);

/* Returns the highest threshold that a signal can have. */
uint32_t ggi_signal_most(ggi_signal_e signal);

/* Returns the longest period, in days, that a signal can have. */
unsigned ggi_signal_longest(ggi_signal_e signal);

/*
 * Returns a hash of n texts in their order, which is never 0. It depends on where one text
 * ends and the next begins. seed is that of the table.
 */
uint64_t ggi_signal_hash(uint64_t seed, const ggi_str_t *texts, size_t n);

/*
 * Counts an event at now, in ms of the monotonic clock. A period begins with the first event
 * of a subject. Returns 1 for the event at which the count reaches the threshold, once in each
 * period, and sets event->count and event->age; returns 0 otherwise. Different things are
 * counted by a sketch of GGI_SIGNAL_BITS bits: up to GGI_SIGNAL_DIFFERENT of them the standard
 * error is at most 5 %. Of new things each one gives a signal, when so many are known with it as
 * the threshold says; a thing is known for a period after it was seen last, and of more than
 * GGI_SIGNAL_SEEN the one that was seen longest ago is forgotten, which gives a signal once in a
 * period. When all places in which a subject could be are in use, one is given up for it: of the
 * signal that has the most of them, the one whose period ends first. event->forgotten is then 1.
 */
int ggi_signal_count(ggi_signal_table_t *table, ggi_signal_event_t *event, uint64_t now);

/*
 * Looks at the clock, which says time, in ms since the epoch, at now, in ms of the monotonic clock,
 * from 1. Returns by how many ms it was set since the last look: forward more than 0, back less.
 * Returns 0 when it was not set; or by less than a threshold, in s, from 1, and what it may have
 * been slewed in that time; or when the last look was not before now, as that of another worker
 * may be.
 */
int64_t ggi_signal_clock(ggi_signal_clock_t *clock, uint64_t now, uint64_t time,
    uint32_t threshold);


#endif
