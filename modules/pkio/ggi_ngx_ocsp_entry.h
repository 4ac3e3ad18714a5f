/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The table of what a worker knows of certificates by OCSP: an entry for each, found by a key. It
 * has room for so many entries; the least recently used one about which nobody is being asked
 * gives way to a new one.
 */

#ifndef GGI_NGX_OCSP_ENTRY_H
#define GGI_NGX_OCSP_ENTRY_H

#include <openssl/sha.h>

#include "ggi_ngx_ocsp_exchange.h"

#define GGI_OCSP_ANSWERS_MAX  2048      /* entries */


/* What an answer is found by: a digest of the server that is called and of the certificates. */
typedef struct ggi_ocsp_key_s {
    u_char  digest[SHA256_DIGEST_LENGTH];
} ggi_ocsp_key_t;


/*
 * A place in the queue of those who wait for an answer. The caller sets done and data,
 * and the rest to zero. done is called once, when the answer has come or failed to come,
 * unless ggi_ocsp_answers_leave() is called before.
 */
typedef struct {
    ngx_queue_t   queue;
    void        (*done)(void *data);
    void         *data;
    ngx_uint_t    waiting;
} ggi_ocsp_waiter_t;


/* What is known of a certificate. */
typedef struct ggi_ocsp_entry_s  ggi_ocsp_entry_t;

struct ggi_ocsp_entry_s {
    ggi_ocsp_key_t        key;
    ggi_ocsp_entry_t     *next;
    ngx_queue_t           queue;
    ngx_queue_t           waiters;

    ggi_ocsp_exchange_t  *exchange;     /* NULL: nobody is asked now */
    ggi_ocsp_question_t   question;     /* of the exchange */
    ggi_ocsp_responder_t  responder;    /* of the exchange */
    ngx_msec_t            began;        /* the last exchange did */

    ngx_uint_t            answered;     /* 1: there is an answer, which may not hold any more */
    ggi_ocsp_answer_t     answer;
    ngx_msec_t            asked;        /* when the exchange that brought it began */
    ngx_msec_t            refresh;      /* ms after that when it is asked anew */
    ngx_uint_t            failed;       /* 1: the last exchange failed */
    ngx_msec_t            ended;        /* the last exchange did */
    ngx_uint_t            told;         /* 1: the error log says that something is wrong */
};


/*
 * Sets key to that under which answers about a certificate are kept. The certificate is the one
 * at a place in a chain, 0 for the leaf; server is the id of the server that is called. Returns
 * NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_ocsp_entry_key(ggi_ocsp_key_t *key, ngx_uint_t server, STACK_OF(X509) *chain,
    int place);

/*
 * Returns the entry of a key, which is made when there is none. When the table is full, the
 * entry that was used longest ago is freed for it. Returns NULL without memory; or after a
 * message, when responders are being asked about all entries, so that none can be freed. The
 * entry is valid until the next call of this function, or as long as a responder is asked about
 * it.
 */
ggi_ocsp_entry_t *ggi_ocsp_entry_get(const ggi_ocsp_key_t *key);

/*
 * Frees all entries when a worker ends, with the answers in them and the exchanges that are
 * under way. Those who wait for an answer are not told.
 */
void ggi_ocsp_entry_clear(void);


#endif
