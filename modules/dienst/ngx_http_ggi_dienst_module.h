/* SPDX-License-Identifier: EUPL-1.2 */

/* What the files of the core share among themselves. Gates include ggi_call.h instead. */

#ifndef NGX_HTTP_GGI_DIENST_MODULE_H
#define NGX_HTTP_GGI_DIENST_MODULE_H

#include "ggi_call.h"


#define GGI_STATUS_NEGOTIATED  NGX_CONF_UNSET_UINT     /* the form is the client's choice */

typedef struct ggi_status_counts_s  ggi_status_counts_t;
typedef struct ggi_status_shared_s  ggi_status_shared_t;


typedef struct ggi_dienst_loc_conf_s  ggi_dienst_loc_conf_t;

struct ggi_dienst_loc_conf_s {
    ggi_dienst_loc_conf_t *parent;      /* of the block round this one; NULL: none */
    void                **loc_conf;     /* of every module, for this block; NULL: it is none of a server */
    u_char               *block_file;   /* where the block begins */
    ngx_uint_t            block_line;
    ngx_uint_t            serves;       /* there is a dienst in this block, or in one within it */
    ggi_place_t           place;        /* its dienst has len 0: no dienst here; data set: said so */
    ngx_str_t             contact;
    ggi_name_t            origin;       /* header with the OIN that is called on behalf of */
    ngx_array_t          *removed;      /* of ggi_name_t: headers that the API does not get; NULL: none */
    ngx_uint_t            mode[GGI_GATES];      /* ggi_mode_e */
    ngx_flag_t            upgrade;      /* the API may switch protocols */
    ngx_uint_t            status_form;  /* ggi_status_form_e, in a location with ggi_status */
    u_char               *status_file;  /* where that ggi_status stands; NULL: there is none */
    ngx_uint_t            status_line;
    ggi_status_counts_t  *counts;       /* of its dienst; NULL: not counted */
};


typedef struct {
    void       **handshake;             /* location configuration for faults of the handshake; NULL: none */
    ngx_uint_t   diensten;              /* there are some in this server */
    ngx_uint_t   beside;                /* or in one of an address whose default server it is */
} ggi_dienst_srv_conf_t;


/* What becomes of a header of the request when its call is admitted. */
typedef enum {
    GGI_CLAIMED_NOT,                    /* it reaches the API as it came */
    GGI_CLAIMED_REMOVED,
    GGI_CLAIMED_OIN,                    /* these get the value that was established */
    GGI_CLAIMED_ORIGIN,
    GGI_CLAIMED_TRACE,
    GGI_CLAIMED_TRANSACTION
} ggi_claimed_e;


typedef struct {
    ggi_gate_pt           gates[GGI_GATES];
    const char           *versions[GGI_GATES];          /* of the modules of the gates; NULL: not loaded */
    ngx_array_t           locations;    /* of ggi_dienst_loc_conf_t *: those with a dienst */
    ngx_array_t           open;         /* of ggi_dienst_loc_conf_t *: without one, but answered */
    ngx_array_t           pages;        /* of ggi_pages_t: the blocks with error pages */
    ngx_array_t           sent;         /* of ngx_uint_t: the variables that hold what the caller sent */
    ngx_array_t           lacks;        /* of ngx_str_t: messages about what is missing */
    ngx_array_t           settings;     /* of ggi_setting_t: directives that may turn out to have no effect */
    ngx_array_t           origins;      /* of ggi_name_t: every name of an origin header in use, and the default */
    ngx_int_t             phase;        /* the index of the gates among the handlers of all phases */
    ngx_http_get_variable_pt  request_uri;      /* nginx's own handlers of $request_uri and $http_... */
    ngx_http_get_variable_pt  header;
    ngx_uint_t            status;       /* there is a ggi_status */
    ggi_status_shared_t  *shared;       /* what it shows */
    ggi_status_counts_t  *counts;       /* of calls without a dienst */
    time_t                made[GGI_METRIC_COUNT];       /* since when files are what they are; 0: not read */
} ggi_dienst_main_conf_t;


/* A block with error pages. */
typedef struct {
    ngx_http_core_loc_conf_t  *clcf;
    ngx_http_core_srv_conf_t  *server;
    ngx_array_t               *old;     /* as the configuration gives them */
} ggi_pages_t;


typedef struct {
    const char   *name;                 /* of the gate's directive */
    ngx_uint_t    required;             /* on wherever there is a dienst */
    ggi_reason_e  undecided;            /* the reason when it cannot decide */
} ggi_gate_info_t;


extern ngx_module_t           ngx_http_ggi_dienst_module;
extern const ggi_gate_info_t  ggi_gates[GGI_GATES];


/*
 * Logs the version of the core, and that of the module of each gate, when nginx
 * starts or reads its configuration again, which loads modules that have been
 * replaced. Logs nothing for nginx -t. Call in the initialisation of the module.
 */
void ggi_gate_tell_versions(ngx_cycle_t *cycle);

/* Adds the variables of the core, in preconfiguration. NGX_ERROR: no memory. */
ngx_int_t ggi_variables_init(ngx_conf_t *cf);

/* Makes the lists of what nginx -t tells. NGX_ERROR: no memory. */
ngx_int_t ggi_check_create(ngx_conf_t *cf, ggi_dienst_main_conf_t *dmcf);

/* Logs all that the gates have noted as missing. NGX_ERROR: there is something. */
ngx_int_t ggi_check_lacks(ngx_conf_t *cf, ggi_dienst_main_conf_t *dmcf);

/* Warns of the directives that have no effect, once all blocks have been merged. */
void ggi_check_settings(ngx_conf_t *cf, ggi_dienst_main_conf_t *dmcf);

/* Makes the call of a request that enters its first dienst. NULL: no memory or no random bytes. */
ggi_call_t *ggi_call_create(ngx_http_request_t *r);

/*
 * Returns the call that a request has or will have when it enters a dienst, so
 * that what variables give before then can be remembered in it. ggi_call_get()
 * does not return it yet. NULL: no memory or no random bytes.
 */
ggi_call_t *ggi_call_early(ngx_http_request_t *r);

/* Puts handlers before those of $request_uri and $http_..., in preconfiguration. NGX_ERROR: logged. */
ngx_int_t ggi_early_init(ngx_conf_t *cf);

/*
 * Tells whether everything that "if", "set" and the like have read of a call
 * before the gates is what the gates have found. 1: it is, and is forgotten,
 * since a redirect can lead to other rules. 0: it is not, which is logged with
 * the name of the variable, and the call must not go on.
 */
ngx_uint_t ggi_early_settled(ngx_http_request_t *r, ggi_call_t *call);

/*
 * For a variable that has no value before there is a verdict: when it is read
 * before the gates, has the call refused. NGX_ERROR: no memory.
 */
ngx_int_t ggi_early_verdict(ngx_http_request_t *r, ggi_str_t name);

/* Remembers what $ggi_dienst gave where the location was not known yet. NGX_ERROR: no memory. */
ngx_int_t ggi_early_dienst(ngx_http_request_t *r, ggi_str_t dienst);

/* Returns the call of a request that is in a dienst or on its way to one, or NULL. */
ggi_call_t *ggi_early_call(ngx_http_request_t *r);

/*
 * Enumerates the headers with a fixed name that the gates establish or remove:
 * sets name for i from 0 on, until it returns GGI_CLAIMED_NOT.
 */
ggi_claimed_e ggi_header_claimed(ngx_uint_t i, const ggi_name_t **name);

/* Writes the path of a request, encoded anew, and its arguments. NGX_ERROR: no memory. */
ngx_int_t ggi_uri_write(ngx_http_request_t *r, ngx_str_t *uri);

/* Begins the judging of a call for the dienst of its location: nothing is known of it yet. */
void ggi_call_enter(ngx_http_request_t *r, ggi_call_t *call);

/*
 * Begins the judging of a call that was admitted to its dienst, and comes to
 * another location of it: it keeps the method and path that it was admitted with.
 */
void ggi_call_enter_again(ngx_http_request_t *r, ggi_call_t *call);

/*
 * A call that was admitted to one dienst comes to another: that is a decision
 * of its own, in a span below the first. NGX_ERROR: no random bytes.
 */
ngx_int_t ggi_call_redirect(ggi_call_t *call);

/*
 * Judges a subrequest for the location that it has now, which has the dienst of
 * dlcf. A return code of a phase handler: NGX_DECLINED lets it go on, NGX_AGAIN
 * waits, a status refuses it.
 */
ngx_int_t ggi_subrequest_judge(ngx_http_request_t *r,
    ggi_dienst_loc_conf_t *dlcf);

/*
 * Keeps a subrequest to the dienst of its location with its call, once, so that
 * the record tells of the servers that were asked for it. NGX_ERROR: no memory.
 */
ngx_int_t ggi_subrequest_keep(ngx_http_request_t *r);

/*
 * Makes the call of a request that nginx gave up, or that is refused before any
 * gate, with a status; 0: that with which nginx gave it up. NULL: no memory or
 * no random bytes.
 */
ggi_call_t *ggi_call_reject(ngx_http_request_t *r, ngx_int_t status);

/*
 * A request without a call enters a location without a dienst, in a server that
 * has some: gets a call if nginx gave it up before. NGX_ERROR: no memory.
 */
ngx_int_t ggi_plain_enter(ngx_http_request_t *r);

/* Whether no location has been looked for yet. */
ngx_uint_t ggi_before_locations(ngx_http_request_t *r);

/*
 * The handler of the POST_READ phase, which nginx runs for requests that it
 * accepts: remembers that of each request to a server with a dienst, and trims
 * its headers. Returns NGX_DECLINED, or 500 without memory.
 */
ngx_int_t ggi_entry_handler(ngx_http_request_t *r);

/* Remembers that a request is answered outside of a dienst, and is no call. NGX_ERROR: no memory. */
ngx_int_t ggi_entry_plain(ngx_http_request_t *r);

/* Whether that was said of a request. */
ngx_uint_t ggi_entry_is_plain(ngx_http_request_t *r);

/*
 * The status with which nginx gave up a request: the one that is given, or with
 * 0 that of its error page, which the page may have replaced, or else that of
 * the answer. 494 to 497 give 400, which nginx answers for them; 0: there is
 * no answer.
 */
ngx_int_t ggi_entry_status(ngx_http_request_t *r, ngx_int_t status);

/* Whether nginx rejected a request, so that no dienst may let it through. For one that has no call. */
ngx_uint_t ggi_entry_rejected(ngx_http_request_t *r);

/* Whether nginx gave up a request before a gate could judge it, in a dienst or before it was known where. */
ngx_uint_t ggi_entry_given_up(ngx_http_request_t *r);

/* Whether nginx has read a part of the request's body and will not read the rest. */
ngx_uint_t ggi_entry_body_lost(ngx_http_request_t *r);

/* Notes the error pages of the block that is being merged in an array of ggi_pages_t. NGX_ERROR: no memory. */
ngx_int_t ggi_pages_collect(ngx_conf_t *cf, ngx_array_t *all);

/*
 * Makes the error pages of servers with a dienst remember which error they were
 * followed for. In postconfiguration. NGX_ERROR: no memory.
 */
ngx_int_t ggi_pages_init(ngx_conf_t *cf, ngx_array_t *all);

/*
 * Switches server push of HTTP/2 off for the location that is being merged, and
 * warns if it was on: nginx would make the pushed requests by itself, without
 * the caller's claim.
 */
void ggi_push_disable(ngx_conf_t *cf, const ggi_place_t *place);

/* Whether nginx made a request by itself to push its answer, so that it is nobody's call. */
ngx_uint_t ggi_push_is(ngx_http_request_t *r);

/* Prepares a server for faults of the handshake. */
ngx_int_t ggi_handshake_init(ngx_conf_t *cf, ngx_http_core_srv_conf_t *cscf);

/*
 * A request came to the hidden location of such faults. NGX_OK: it has to be
 * judged, in the location that it has now. Otherwise a return code of a phase
 * handler: nginx's own answer.
 */
ngx_int_t ggi_handshake_enter(ngx_http_request_t *r);

/*
 * Lets the gates judge from where they were. A return code of a phase handler:
 * NGX_DECLINED goes on to the API, NGX_AGAIN waits, NGX_DONE was answered.
 */
ngx_int_t ggi_call_judge(ngx_http_request_t *r, ggi_call_t *call);

/*
 * Tells whether the call's request for another protocol goes on to the API by
 * the rules of the location that it is in. An upgrade to HTTP/2 does not, since
 * on that tunnel there would be calls that nothing judges; nor do several
 * headers Upgrade, of which servers take the first, the last or all.
 */
ngx_uint_t ggi_connection_may_upgrade(ngx_http_request_t *r);

/* Returns what is left of the values of Connection for the API, a constant: "" for no such header. */
ggi_str_t ggi_connection_value(ngx_http_request_t *r);

/*
 * Takes out of the request's Upgrade and Connection what could change what the
 * API gets of the call: an upgrade, unless the location allows it, and names of
 * headers. NGX_ERROR: no memory.
 */
ngx_int_t ggi_connection_forward(ngx_http_request_t *r);

/*
 * Looks at the head of an answer before the caller gets it. NGX_OK; or the
 * status to answer instead, when the API switched protocols where it must not.
 */
ngx_int_t ggi_connection_answer(ngx_http_request_t *r, ggi_call_t *call);

/*
 * Gives a subrequest a list of request headers of its own: it shares the one of
 * its parent, which must not be added to through a copy. NGX_ERROR: no memory.
 */
ngx_int_t ggi_header_own(ngx_http_request_t *r);

/* Gives the answer the transaction of its call, once, and the call its status. NGX_ERROR: no memory. */
ngx_int_t ggi_call_answer_header(ngx_http_request_t *r, ggi_call_t *call);

/*
 * Warns of diensten whose answers nginx keeps without telling callers apart. In
 * postconfiguration, when the configuration of all modules has been merged.
 */
void ggi_keep_check(ngx_conf_t *cf, ggi_dienst_main_conf_t *dmcf);

/* $ggi_cache_key */
ngx_int_t ggi_cache_key_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);

/*
 * Takes the blanks and tabs round the value off every header of a request, so
 * that whatever reads one from then on ("if", "map", a gate, the API) gets the
 * value that is judged.
 */
void ggi_headers_trim(ngx_http_request_t *r);

/*
 * Returns the value of a header that is a list, such as Accept: that of all
 * headers of the name, with commas between them (RFC 9110, 5.3). "" when there
 * is none, or no memory. Where there are several, it is of the request's pool.
 */
ggi_str_t ggi_header_list_value(ngx_http_request_t *r, const ggi_name_t *name);

/* Whether nginx has made a list of the request's headers: not for HTTP/0.9, nor for a line that it cannot read. */
ngx_uint_t ggi_header_list(ngx_http_request_t *r);

/* ggi_status [prometheus | json]; */
char *ggi_status_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* Looks, at a merge, whether another directive answers a location that has a ggi_status. NGX_ERROR: logged. */
ngx_int_t ggi_status_check(ngx_conf_t *cf, ggi_dienst_loc_conf_t *dlcf);

/* Makes the memory for it, in postconfiguration, if it is there. NGX_ERROR: no memory. */
ngx_int_t ggi_status_init(ngx_conf_t *cf);

/* A worker begins to count, until all modules have ended. */
void ggi_status_init_process(ngx_cycle_t *cycle);

/*
 * Marks the default servers of the addresses at which there is a server with a
 * dienst: a message can be about a request whose host is not known yet. In
 * postconfiguration, once it is known which servers have a dienst.
 */
void ggi_log_init(ngx_conf_t *cf);

/*
 * Has each new connection log without personal data in the messages about its
 * calls. For a configuration whose listening sockets are open.
 */
void ggi_log_init_module(ngx_cycle_t *cycle);

/* Answers a refused call. A return code of a phase handler. */
ngx_int_t ggi_call_refuse(ngx_http_request_t *r, ggi_call_t *call);


#endif
