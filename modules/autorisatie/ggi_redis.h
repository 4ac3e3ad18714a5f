/* SPDX-License-Identifier: EUPL-1.2 */

/* What is said to Redis, and how its replies are read: hiredis as a codec, bounded. */

#ifndef GGI_REDIS_H
#define GGI_REDIS_H

#include <stdint.h>

#include <hiredis/hiredis.h>
#include <openssl/x509_vfy.h>

#include "ggi_source.h"
#include "ggi_str.h"

#define GGI_REDIS_REPLY_MAX     (320 * 1024)            /* bytes of a reply on the wire: more than the largest profile */
#define GGI_REDIS_ELEMENTS_MAX  16                      /* of an array */
#define GGI_REDIS_KEY_PREFIX    "ggi:profiel:"
#define GGI_REDIS_CHANNEL       "ggi:profiel:gewijzigd"
#define GGI_REDIS_WORDS_LEN     256                     /* bytes of a server's message in the log, with the NUL */
#define GGI_REDIS_ADDRESS_LEN   46                      /* of an IP address in text, with its NUL */


/* redis://[user:password@]host[:port][/db], rediss:// the same over TLS, unix:///path[?db=n], also unix://user:password@/path */
typedef struct {
    int        tls;
    ggi_str_t  path;                    /* of a UNIX socket; len 0: none */
    ggi_str_t  host;                    /* as written: an IPv6 address in brackets */
    char       address[GGI_REDIS_ADDRESS_LEN];  /* the host when it is an IP address, without brackets; else "" */
    int        port;
    ggi_str_t  user;                    /* decoded; len 0: the default one */
    ggi_str_t  password;                /* decoded; len 0: no AUTH */
    int        db;
    char       text[1024];              /* holds the strings, each terminated */
} ggi_redis_url_t;

/* Returns 1, or 0 with the fault, in which no password is repeated. */
int ggi_redis_url_parse(ggi_redis_url_t *url, ggi_str_t text,
    ggi_fault_t *fault);

/*
 * Sets whom the certificate of a TLS server has to be made out to: the IP
 * address of the URL, which has to stand in its subjectAltName, or else the
 * host name. Returns 1, or 0 when there is no memory.
 */
int ggi_redis_tls_expect(X509_VERIFY_PARAM *param, const ggi_redis_url_t *url);


/*
 * Makes a server's message of len bytes fit for a log: writes at most size
 * bytes into dst, its NUL included. What is no printable ASCII is written as
 * \\xNN, the password of the URL as ***, and what does not fit is cut off.
 */
void ggi_redis_words(char *dst, size_t size, const char *src, size_t len,
    const ggi_redis_url_t *url);


typedef enum {
    GGI_REPLY_NIL,
    GGI_REPLY_STRING,
    GGI_REPLY_STATUS,
    GGI_REPLY_INTEGER,
    GGI_REPLY_ARRAY,
    GGI_REPLY_ERROR,
    GGI_REPLY_TOO_LARGE,                /* no reply of the wire: it exceeded the limit */
    GGI_REPLY_BROKEN                    /* no reply of the wire: it began, but was no RESP or did not end */
} ggi_reply_e;


typedef struct ggi_reply_s  ggi_reply_t;

struct ggi_reply_s {
    ggi_reply_e    type;
    char          *data;                /* of a string, status or error; terminated */
    size_t         len;
    long long      integer;
    size_t         n;                   /* elements of an array */
    ggi_reply_t   *elements[GGI_REDIS_ELEMENTS_MAX];
};


typedef struct {
    redisReader  *reader;
    size_t        pending;              /* bytes fed since the last whole reply */
} ggi_redis_reader_t;


int ggi_redis_reader_create(ggi_redis_reader_t *reader);
void ggi_redis_reader_free(ggi_redis_reader_t *reader);

/* Feeds len bytes. Returns 1; 0 when the reply gets too large or there is no memory: the connection is of no use any more. */
int ggi_redis_reader_feed(ggi_redis_reader_t *reader, const char *data,
    size_t len);

/*
 * Takes the next reply, which the caller frees with ggi_reply_free(). Returns
 * 1, with NULL when there is no whole one yet; 0 when what came is no RESP, or
 * exceeds a limit.
 */
int ggi_redis_reader_next(ggi_redis_reader_t *reader, ggi_reply_t **reply);
void ggi_reply_free(ggi_reply_t *reply);

/* 1 when the reply is the message "channel" for a subscriber. */
int ggi_reply_is_message(const ggi_reply_t *reply);


#endif
