/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Files that are removed by retention. Who removes one asks the process that makes seals
 * by a file in its directory, and waits until a seal says so.
 */

#ifndef GGICTL_SEAL_EXPIRE_H
#define GGICTL_SEAL_EXPIRE_H

#include "ggi_seal_known.h"
#include "ggictl_seal_watch.h"


/* A file that somebody asks to let expire, or some of whose records. */
typedef struct {
    char             name[80];          /* of the file in the directory that asks for it */
    char             text[512];         /* what it has: a reason, or a line of tombstones */
    ggi_seal_line_t  line;              /* what a seal is to say, whose text is in text */
    int              taken;             /* 1: the seal that is made says so */
} ggictl_seal_request_t;

typedef struct {
    ggictl_seal_request_t  *list;
    size_t                  n;
} ggictl_seal_requests_t;


/*
 * Asks the process that makes seals to record that a file of the log will be removed, or
 * which of its records expire: puts a request into keys, the path of that process's
 * directory. hash is that of the file's first line; reason is a text for the record, or a
 * line "tombstones" for a seal, kept by the caller. Returns 1 when the request is there, or
 * 0 after a message.
 */
int ggictl_seal_expire_ask(const char *keys, const unsigned char hash[GGI_SEAL_HASH],
    const char *reason);

/*
 * Tells what became of a request of ggictl_seal_expire_ask(). Returns 0 while it waits; 1
 * when a seal says what was asked for; or -1 when it was refused, since no seal names
 * that file, and then removes the answer.
 */
int ggictl_seal_expire_answer(const char *keys, const unsigned char hash[GGI_SEAL_HASH]);

/* Removes a request of ggictl_seal_expire_ask() that need not be answered any more. */
void ggictl_seal_expire_withdraw(const char *keys, const unsigned char hash[GGI_SEAL_HASH]);

/*
 * Adds to requests all requests of ggictl_seal_expire_ask() that are in a directory: keys is
 * its path, and fd is open for it. Files that are no good requests, and all when there is no
 * memory, are passed over until the next time. Returns 1, or 0 after a message when the
 * directory cannot be read. The caller frees requests->list, also after 0.
 */
int ggictl_seal_expire_read(int fd, const char *keys, ggictl_seal_requests_t *requests);

/*
 * Adds to text, the note of the seal with a number, what requests ask for: a line for each file
 * that is to expire, and behind these a line for each file some of whose records do. A request
 * is taken up, which is noted in it, when the seals before this one have sealed all of its
 * file. The caller has added the lines for what is new in the files before.
 */
void ggictl_seal_expire_write(ggictl_seal_requests_t *requests, ggi_seal_text_t *text,
    int64_t number, const ggi_seal_known_t *known, const ggictl_seal_watches_t *watches);

/*
 * Answers requests after the note that says what they ask for was appended to the seals. Of
 * those that the note took up, it removes the files of those that known confirms, and renames
 * the others so that they count as refused. fd is open for the directory of the requests.
 */
void ggictl_seal_expire_done(int fd, const ggictl_seal_requests_t *requests,
    const ggi_seal_known_t *known);


#endif
