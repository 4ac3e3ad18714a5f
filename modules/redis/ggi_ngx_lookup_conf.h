/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Where a gate has its documents from, as its directives say: a file, or Redis with a
 * zone to cache them in.
 */

#ifndef GGI_NGX_LOOKUP_CONF_H
#define GGI_NGX_LOOKUP_CONF_H

#include "ggi_call.h"
#include "ggi_ngx_cache.h"
#include "ggi_ngx_fetch.h"
#include "ggi_ngx_gate.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_redis_conf.h"
#include "ggi_ngx_source.h"


/* How a document was found, or not. */
typedef struct {
    ngx_uint_t            unavailable;  /* 1: it is not known whether there is one */
    ngx_uint_t            lasting;      /* 1: it lives longer than the request */
    ngx_uint_t            stale;        /* 1: Redis did not answer, and it is an earlier one */
    ngx_msec_t            age;          /* ms since Redis was asked for it */
} ggi_lookup_how_t;

/*
 * Judges a call by a document of the kind, which starts with a ggi_compiled_t, or refuses
 * it without one, when document is NULL. Unless it is lasting, the document is valid
 * during the call of this function only, the zone may be locked meanwhile, and the
 * function may not call the cache. Returns what a handler of a gate does, but for
 * NGX_AGAIN: NGX_OK; NGX_DECLINED with the reason in the call; or NGX_ERROR.
 */
typedef ngx_int_t (*ggi_lookup_judge_pt)(ngx_http_request_t *r, ggi_call_t *call,
    const void *document, const ggi_lookup_how_t *how);


/* How a gate looks up documents of a kind. It lives as long as the process. */
typedef struct {
    const ggi_kind_t     *kind;
    ngx_module_t         *module;       /* of the gate; its context is the lookup's in a request */
    size_t                offset;       /* of the ggi_lookup_conf_t in its main configuration */
    ggi_gate_e            gate;
    ggi_gate_pt           handler;      /* of the gate */
    ggi_lookup_judge_pt   judge;
    int                 (*has)(const void *file, ggi_str_t dienst);     /* any document of a file */
    const char           *part;         /* of a file, that has a dienst: "profile of ..." */
    ggi_fetcher_t        *fetcher;      /* memory for that of a worker, all zero at first */
} ggi_lookup_t;


/* A member of the main configuration of the gate, all zero but for lookup at first. */
typedef struct {
    const ggi_lookup_t   *lookup;
    void                 *file;         /* what was read of a file; NULL: none is named */
    ggi_redis_conf_t     *redis;        /* NULL: none is named */
    ggi_cache_t           cache;        /* of documents from Redis */
    u_char               *zone_file;    /* where the directive of the zone stands; NULL: nowhere */
    ngx_uint_t            zone_line;
} ggi_lookup_conf_t;


/*
 * Each of the next three functions reads a directive of a gate: the file of documents, the zone
 * of their cache, and the URL of Redis, with the arguments of ggi_autorisatie_file,
 * ggi_autorisatie_zone and ggi_autorisatie_redis. It returns NGX_CONF_OK, NGX_CONF_ERROR after
 * a message, or the end of a message that nginx logs.
 */
char *ggi_lookup_file(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ggi_lookup_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ggi_lookup_redis(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/*
 * The rows of an ngx_command_t[] for the three directives, which the first arguments
 * name. source is the ggi_source_kind_t of the file; member is the ggi_lookup_conf_t in
 * conf, a main configuration.
 */
/* offsetof() takes no parentheses.  NOLINTBEGIN(bugprone-macro-parentheses) */
#define GGI_LOOKUP_COMMANDS(file_is, zone_is, redis_is, source, conf, member)  \
    GGI_SOURCE_COMMAND(file_is, ggi_lookup_file, conf, member.file, source),   \
    GGI_LOOKUP_COMMAND(zone_is, ggi_lookup_zone, conf, member),                \
    GGI_LOOKUP_COMMAND(redis_is, ggi_lookup_redis, conf, member)
/* NOLINTEND(bugprone-macro-parentheses) */

/* A row of them. */
#define GGI_LOOKUP_COMMAND(directive, function, conf, member)                  \
    { ngx_string(directive),                                                   \
      NGX_HTTP_MAIN_CONF|NGX_CONF_1MORE,                                       \
      function,                                                                \
      NGX_HTTP_MAIN_CONF_OFFSET,                                               \
      offsetof(conf, member),                                                  \
      NULL }

/*
 * Completes what directives say of documents, in postconfiguration: makes the zone of the kind
 * where there is a Redis and no directive names a zone, and warns of a zone without a Redis.
 * ggi_lookup_init() does so as well. Returns NGX_OK, or NGX_ERROR after a message.
 */
ngx_int_t ggi_lookup_complete(ngx_conf_t *cf, ggi_lookup_conf_t *conf);

/*
 * Completes the configuration of a gate and registers it, in postconfiguration: notes
 * that the gate is on and has neither a file nor a Redis, warns of diensten that no
 * document of the file has, makes the zone of the kind where there is a Redis and no
 * directive names a zone, and warns of a zone without a Redis. Where there is a Redis,
 * status adds to each status what is known of its data set. Returns NGX_OK, or NGX_ERROR after
 * a message.
 */
ngx_int_t ggi_lookup_init(ngx_conf_t *cf, const ggi_lookup_t *lookup, ggi_status_pt status);


#endif
