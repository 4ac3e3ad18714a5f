/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The seam between the core and the gates. This header is all that a gate needs
 * to know of the core.
 */

#ifndef GGI_CALL_H
#define GGI_CALL_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_call_data.h"
#include "ggi_source.h"
#include "ggi_status.h"
#include "ggi_version.h"


/* Raised with every change of this header: a gate of another version is refused at start. */
#define GGI_CALL_VERSION  9


/*
 * A gate judges the call and returns
 *   NGX_OK        passed;
 *   NGX_DECLINED  refused, call->reason says why;
 *   NGX_AGAIN     not known yet: the gate calls ggi_call_resume(r) later, and is
 *                 then called again. It must undo its plan in a cleanup of the
 *                 request, since the client may be gone before;
 *   NGX_ERROR     cannot decide: the core refuses with the gate's 503.
 * The gate of GGI_GATE_AUDIT is called for refused calls too.
 */
typedef ngx_int_t (*ggi_gate_pt)(ngx_http_request_t *r, ggi_call_t *call);


/* Announces a gate, in postconfiguration. NGX_ERROR, with a message, when that cannot be. */
#define ggi_gate_register(cf, gate, handler)                                   \
    ggi_gate_register_version(cf, gate, handler, GGI_CALL_VERSION, GGI_VERSION)

ngx_int_t ggi_gate_register_version(ngx_conf_t *cf, ggi_gate_e gate,
    ggi_gate_pt handler, ngx_uint_t interface, const char *version);

/* A block of the configuration that serves a dienst. */
typedef struct {
    ngx_str_t                  dienst;
    u_char                    *file;    /* where its ggi_dienst stands */
    ngx_uint_t                 line;
    ngx_http_core_srv_conf_t  *server;
} ggi_place_t;

/*
 * Iterates over the places where a gate is not off: pass NULL for the first;
 * NULL is returned after the last. Call in postconfiguration only.
 */
const ggi_place_t *ggi_gate_next_place(ngx_conf_t *cf, ggi_gate_e gate,
    const ggi_place_t *place);

/*
 * Notes, in postconfiguration, that something is missing: nginx refuses the
 * configuration, and tells all that is missing at once when every gate has
 * looked. ggi_gate_require() is for a gate whose source is not configured, and
 * names the first place where the gate is on, if it is on anywhere;
 * ggi_gate_lack() names the place that lacks something; ggi_conf_lack() takes
 * the whole message, in nginx's format, with file and line. NGX_ERROR: no
 * memory. NGX_OK otherwise: the gate goes on, and registers.
 */
ngx_int_t ggi_gate_require(ngx_conf_t *cf, ggi_gate_e gate, const char *what);
ngx_int_t ggi_gate_lack(ngx_conf_t *cf, ggi_gate_e gate,
    const ggi_place_t *place, const char *what);
ngx_int_t ggi_conf_lack(ngx_conf_t *cf, const char *fmt, ...);

/*
 * Warns, in postconfiguration, of each dienst whose gate is not off and that the
 * gate's source does not have. has() tells whether data, the source, has it;
 * what is the source in the message, such as "profile of \"ggi_autorisatie_file\"".
 */
void ggi_gate_warn_diensten(ngx_conf_t *cf, ggi_gate_e gate,
    int (*has)(const void *data, ggi_str_t dienst), const void *data,
    const char *what);

/*
 * Notes that the directive that is being read says something of the diensten in
 * its block: nginx -t warns when there turns out to be none. Every directive
 * that may stand in a location calls it; slots of ours do it themselves.
 * NGX_ERROR: no memory.
 */
ngx_int_t ggi_setting_note(ngx_conf_t *cf, ngx_command_t *cmd);

/*
 * Looks whether a parameter such as "timeout=" stands twice in the directive that
 * is being read, behind its first argument: the last one would count in silence.
 * NGX_ERROR: it does, logged.
 */
ngx_int_t ggi_parameters_once(ngx_conf_t *cf);

/* A directive's slot as nginx's for "on" and "off", which notes the setting. */
char *ggi_flag_slot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/*
 * A directive's slot for one of the words of the ngx_conf_enum_t at cmd->post,
 * whose value goes to the ngx_uint_t at cmd->offset. Unlike nginx's own slot it
 * names the directive and the words that it takes when the word is none of them.
 */
char *ggi_enum_slot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* Sets the mode of a gate for the block that is being read. */
void ggi_gate_set_mode(ngx_conf_t *cf, ggi_gate_e gate, ggi_mode_e mode);

/* The mode of a gate in the location that serves the request. */
ggi_mode_e ggi_gate_mode(ngx_http_request_t *r, ggi_gate_e gate);

/* The call of the main request, whatever redirects it went through, or NULL. */
ggi_call_t *ggi_call_get(ngx_http_request_t *r);

/*
 * In the LOG phase: the call of a request, if need be the one that nginx
 * rejected before it could be judged, whose status is nginx's. NULL: the request
 * was none, or is a subrequest.
 */
ggi_call_t *ggi_call_ended(ngx_http_request_t *r);

/* A subrequest of a call to its dienst, in the order in which they were made. */
typedef struct ggi_part_s  ggi_part_t;

struct ggi_part_s {
    ngx_http_request_t  *request;
    ggi_part_t          *next;
};

/* Whether a request updates a cache in the background, after its call was answered from it. */
ngx_uint_t ggi_part_is_update(ngx_http_request_t *r);

/* Puts a call into a new span below the one that it has. NGX_ERROR: no random bytes. */
ngx_int_t ggi_call_descend(ggi_call_t *call);

/*
 * The status with which a request was answered, or would have been: what nginx
 * sets after it has sent a header, as for a post_action, reaches nobody. 0: none.
 */
static inline ngx_uint_t
ggi_answer_status(ngx_http_request_t *r)
{
    return (r->err_status && !r->header_sent) ? r->err_status
                                              : r->headers_out.status;
}

/*
 * Tells, in the initialisation of a process, whether it will serve calls: a
 * worker does, or the only process. nginx initialises the manager and the loader
 * of a cache in the same way, which serve none.
 */
static inline ngx_uint_t
ggi_process_serves(void)
{
    return ngx_process == NGX_PROCESS_WORKER
           || ngx_process == NGX_PROCESS_SINGLE;
}

/* Counts the decision about a call for ggi_status, and marks the call as counted. */
void ggi_status_count(ngx_http_request_t *r, ggi_call_t *call);

/* Goes on with a call after NGX_AGAIN. The request may be gone when it returns. */
void ggi_call_resume(ngx_http_request_t *r);


/* The metrics of this worker, by ggi_metric_e. */
extern ngx_atomic_t  *ggi_metric_values;

static inline void
ggi_metric_add(ggi_metric_e metric, ngx_uint_t n)
{
    ggi_metric_values[metric] += n;
}


static inline void
ggi_metric_set(ggi_metric_e metric, ngx_uint_t value)
{
    ggi_metric_values[metric] = value;
}


/* A kind of file that a directive names: how it is read into, and freed from, size bytes. */
typedef struct {
    const char    *name;                /* in messages */
    size_t         size;
    int          (*read)(void *data, const char *file, ggi_fault_t *fault);
    void         (*free)(void *data);
    ggi_metric_e   age;                 /* the metric of its age */
    time_t       (*made)(const void *data);     /* since when; NULL: the file was modified */
} ggi_source_kind_t;

/*
 * Reads the file that is the first argument of the directive, relative to the
 * configuration. What is returned lives as long as the configuration; NULL:
 * logged.
 */
void *ggi_conf_read(ngx_conf_t *cf, const ggi_source_kind_t *kind);


/* Adds variables up to an empty name, in preconfiguration. */
ngx_int_t ggi_variables_add(ngx_conf_t *cf, ngx_http_variable_t *variables);

/* A variable that gives what a gate finds. */
typedef struct {
    ggi_str_t    name;                  /* of the variable, without "$" */
    size_t       offset;                /* of a ggi_str_t in ggi_call_t */
    ggi_early_e  early;
    ggi_gate_e   gate;                  /* that can be asked for it beforehand and never waits; GGI_GATES: none can */
} ggi_finding_t;

/*
 * The get_handler of such a variable, whose data is a ggi_finding_t that lives as
 * long as the module. Before the gates ("if", "set", "rewrite", "return") it asks
 * the gate by the rules of the location; where that is not possible, the call
 * will be refused.
 */
ngx_int_t ggi_call_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);

/* Sets the value of a variable; empty is "not found". */
void ggi_variable_set(ngx_http_variable_value_t *v, ggi_str_t value);


/* The name of a header, as it is written and in lower case. */
typedef struct {
    ngx_str_t   key;
    ngx_str_t   lowcase;
    ngx_uint_t  hash;                   /* nginx's, of the latter; 0: made when it is needed */
    u_char     *file;                   /* where the directive stands that gives it; NULL: it is the default */
    ngx_uint_t  line;
} ggi_name_t;

#define ggi_name(key, lowcase)  { ngx_string(key), ngx_string(lowcase), 0, NULL, 0 }

/* Tells whether two names are of one header. */
ngx_uint_t ggi_name_is(const ggi_name_t *name, const ggi_name_t *other);

/*
 * A directive's slot for a ggi_name_t at cmd->offset: one argument, letters,
 * digits and "-". A header that the gate gives the API itself is refused.
 */
char *ggi_name_slot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* For a merge: the parent's name, else the default, where the child has none. */
#define ggi_name_merge(conf, prev, default)                                    \
    if ((conf).key.data == NULL) {                                             \
        (conf) = (prev).key.data ? (prev) : (default);                         \
    }

/*
 * For a merge of a location's configuration: the API there does not get the
 * header, which has to live as long as the module. Meant for the default name of
 * a header that a directive has given another one: nobody has judged what stands
 * under that name, and an API may still believe it. NGX_ERROR: no memory.
 */
ngx_int_t ggi_header_withhold(ngx_conf_t *cf, const ggi_name_t *name);

/*
 * Returns the first request header of a name, or NULL; count, unless NULL, gets
 * how many there are. Blanks and tabs round the values of all of them are taken
 * off, for the API too. Every gate reads headers by this function, so that a
 * header means the same over each version of HTTP. Here, and in
 * ggi_header_set() and ggi_header_remove(), "_" in a header's name is as good
 * as "-".
 */
ngx_table_elt_t *ggi_header_find(ngx_http_request_t *r,
    const ggi_name_t *name, ngx_uint_t *count);

/* Takes blanks and tabs round the value of a header off: for one that nginx itself has found. */
void ggi_header_trim(ngx_table_elt_t *h);

/*
 * Gives the API exactly one header of this name, or none of n. The value must
 * live as long as the request. NGX_ERROR: no memory.
 */
ngx_int_t ggi_header_set(ngx_http_request_t *r, ggi_name_t *name,
    ggi_str_t value);
ngx_int_t ggi_header_remove(ngx_http_request_t *r, const ggi_name_t *names,
    ngx_uint_t n);


static inline ngx_str_t
ggi_to_ngx_str(ggi_str_t str)
{
    ngx_str_t  s;

    s.len = str.len;
    s.data = (u_char *) str.data;

    return s;
}


static inline ggi_str_t
ggi_from_ngx_str(ngx_str_t str)
{
    ggi_str_t  s;

    s.len = str.len;
    s.data = (const char *) str.data;

    return s;
}


#endif
