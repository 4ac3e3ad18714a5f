/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What the error log says about a Redis server: that it was lost, cannot be
 * reached, or is back. What nginx itself logs about a connection is kept, and
 * becomes a part of these messages, which name the server.
 */

#ifndef GGI_NGX_REDIS_LOG_H
#define GGI_NGX_REDIS_LOG_H

#include "ggi_limit.h"
#include "ggi_ngx_redis_conf.h"
#include "ggi_redis_words.h"


typedef struct {
    ggi_redis_conf_t  *conf;
    ngx_uint_t         sentinel;        /* 1: they are about a Sentinel */
    ngx_log_t         *log;             /* where the messages go */
    ngx_log_t          heard_log;       /* for a connection: what nginx logs there is kept */
    char               heard[GGI_REDIS_WORDS_LEN];  /* nginx's last message; "": none */
    ggi_limit_t        lost_limit;      /* of the messages that a connection was lost */
    ggi_limit_t        attempt_limit;   /* of the messages that an attempt to connect failed */
    uint64_t           left_out;        /* messages that the next one stands for too */
    ngx_uint_t         loud;            /* the failures of the present attempt are logged */
    ngx_uint_t         told;            /* it was logged that the server cannot be reached */
} ggi_redis_log_t;


/*
 * Initialises rl, in memory of the caller. Its messages name the Redis of conf and go to log;
 * both have to live longer than rl. With sentinel 1 they are about a Sentinel of it,
 * and warnings, since there are others.
 */
void ggi_redis_log_init(ggi_redis_log_t *rl, ggi_redis_conf_t *conf,
    ngx_uint_t sentinel, ngx_log_t *log);

/*
 * Logs, at most as often as the limit allows, that a connection that had worked
 * was lost: as an error when calls waited for a reply on it, and else as a
 * warning. addr is the address of the server as text. what ends the sentence
 * "redis NAME ..."; detail holds the words of the server, of OpenSSL or of nginx,
 * or is "".
 */
void ggi_redis_log_lost(ggi_redis_log_t *rl, const ngx_str_t *addr,
    ngx_uint_t waited, const char *what, const char *detail);

/*
 * Logs, as an error, that a connection to one address of the server could not be made.
 * An attempt to connect goes through all addresses: first is 1 for the first of them.
 * When the limit allows no message about that one, the others of the attempt are not
 * logged either. addr is the address as text. what ends the sentence "redis NAME ...";
 * detail holds the words of the server, of OpenSSL or of nginx, or is "".
 */
void ggi_redis_log_attempt(ggi_redis_log_t *rl, const ngx_str_t *addr,
    ngx_uint_t first, const char *what, const char *detail);

/*
 * Notes that an attempt to connect has failed for the last address of the server, so
 * that ggi_redis_log_back() tells of its return, if the failure was logged.
 */
void ggi_redis_log_away(ggi_redis_log_t *rl);

/* Logs that the server can be reached again, if it was logged that it could not. */
void ggi_redis_log_back(ggi_redis_log_t *rl);


#endif
