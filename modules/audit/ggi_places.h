/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The file DIR/NAME.chains beside an audit log: which chain was written last at each
 * place of the log, and which nginx uses it. A place is the number of a file of the log.
 * It says what cannot be read in the file of a place any more, when that was rotated or
 * removed. Its blocks are taken when nginx starts, and are written in place, so that it
 * can be written when the disk is full.
 */

#ifndef GGI_PLACES_H
#define GGI_PLACES_H

#include <stddef.h>
#include <stdint.h>

#include "ggi_end.h"


/* A start of nginx, or a reload, that uses the log. Zeros: not known. */
typedef struct {
    uint64_t  master;                   /* process id */
    uint64_t  reloads;                  /* how often that one has read its configuration, from 1 */
    uint64_t  parent;                   /* process id of who started it */
} ggi_start_t;


/* Why a chain was closed. The words for it are those of ggi_why_word(). */
typedef enum {
    GGI_WHY_UNKNOWN,
    GGI_WHY_STOP,                       /* no newer configuration uses the log */
    GGI_WHY_RELOAD,
    GGI_WHY_UPGRADE                     /* the nginx of the chain has started another one */
} ggi_why_e;


/*
 * Opens the file at path, or makes it for this user alone. What it says stays; a file
 * that says nothing that can be read is taken for an empty one. Returns a file
 * descriptor, which the caller closes; or -1 with the errno.
 */
int ggi_places_open(const char *path);

/*
 * Notes in the file fd that nginx reads its configuration, at its start or at a reload. master
 * is the process id of its master, and parent that of who started it. Sets *start to what was
 * noted. Returns 0; or the errno, and *start is all zeros then.
 */
int ggi_places_begin(int fd, uint64_t master, uint64_t parent, ggi_start_t *start);

/*
 * Makes the file fd long enough for the notes about n places, so that these need no more room
 * on the disk later. Returns 0, or the errno.
 */
int ggi_places_reserve(int fd, size_t n);

/*
 * Returns why a worker ends, for the record that closes its chain: it compares the start of
 * nginx that the worker belongs to with the last one that is noted in fd. master is the
 * process id that the master of the worker has by now, which is another one than at its start
 * when nginx has gone into the background. Returns GGI_WHY_UNKNOWN when that cannot be told,
 * also for an fd of -1.
 */
ggi_why_e ggi_places_why(int fd, const ggi_start_t *start, uint64_t master);

/* Returns the word for why a chain was closed, a constant, as records have it. */
const char *ggi_why_word(ggi_why_e why);

/*
 * Reads the chain that was written last at a place: how is GGI_END_NONE when there was
 * none, and GGI_END_UNKNOWN when that cannot be read. fd may be -1.
 */
void ggi_places_read(int fd, size_t place, ggi_end_t *end);

/*
 * Notes in the file fd how far a chain has come at a place, and waits until the disk has that.
 * The records that end tells of have to be on the disk before, so that a power cut leaves no
 * note that is ahead of the log. With take 1 the chain takes the place over; with 0 nothing is
 * noted unless the place already has that chain, since a later worker has the place otherwise.
 * Returns 0, also when nothing was noted, or the errno.
 */
int ggi_places_note(int fd, size_t place, const ggi_end_t *end, int take);


#endif
