/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Files that are removed by retention. Who removes one asks the process that makes seals
 * by a file in its directory, and waits until a seal says so.
 */

#ifndef GGICTL_SEAL_EXPIRE_H
#define GGICTL_SEAL_EXPIRE_H

#include "ggi_seal_known.h"
#include "ggictl_seal_watch.h"


/* A file that somebody asks to let expire. */
typedef struct {
    char           name[80];            /* of the file in the directory that asks for it */
    unsigned char  hash[GGI_SEAL_HASH];
    char           reason[GGI_SEAL_REASON_MAX + 1];
    int            taken;               /* 1: the seal that is made says so */
} ggictl_seal_request_t;

typedef struct {
    ggictl_seal_request_t  *list;
    size_t                  n;
} ggictl_seal_requests_t;


/*
 * Asks in the directory of keys to let the file of a hash expire. Returns 1, or 0 after a
 * message.
 */
int ggictl_seal_expire_ask(const char *keys, const unsigned char hash[GGI_SEAL_HASH],
    const char *reason);

/*
 * Returns 0 while the request of a hash is there; 1 when a seal says that the file
 * expired; or -1 when the file was not known, and then takes the answer away.
 */
int ggictl_seal_expire_answer(const char *keys, const unsigned char hash[GGI_SEAL_HASH]);

/* Takes the request of a hash back. */
void ggictl_seal_expire_withdraw(const char *keys, const unsigned char hash[GGI_SEAL_HASH]);

/*
 * Reads the requests in the directory fd. Returns 1, or 0 after a message. The caller
 * frees requests->list.
 */
int ggictl_seal_expire_read(int fd, const char *keys, ggictl_seal_requests_t *requests);

/*
 * Adds lines to the note of a number, which has those of its files: of each file that a
 * request names, when the notes before it have sealed all of it.
 */
void ggictl_seal_expire_write(ggictl_seal_requests_t *requests, ggi_seal_text_t *text,
    int64_t number, const ggi_seal_known_t *known, const ggictl_seal_watches_t *watches);

/* Answers the requests, after the note was published. */
void ggictl_seal_expire_done(int fd, const ggictl_seal_requests_t *requests,
    const ggi_seal_known_t *known);


#endif
