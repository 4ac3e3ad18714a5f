/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The call: one record per request of a client, which every gate reads and
 * writes its findings to; and the seam between the core and the gates. This
 * header is all that a gate needs to know of the core.
 */

#ifndef GGI_CALL_H
#define GGI_CALL_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_json.h"
#include "ggi_reason.h"
#include "ggi_source.h"
#include "ggi_str.h"
#include "ggi_trace.h"
#include "ggi_uuid.h"


/* Raised with every change of this header: a gate of another version is refused at start. */
#define GGI_CALL_VERSION  1


typedef enum {
    GGI_GATE_NETWERK,
    GGI_GATE_PKIO,
    GGI_GATE_AUTORISATIE,
    GGI_GATE_DOELBINDING,
    GGI_GATE_AUDIT,
    GGI_GATES
} ggi_gate_e;


typedef enum { GGI_MODE_OFF, GGI_MODE_OBSERVE, GGI_MODE_ON } ggi_mode_e;


/* Strings live at least as long as the request; a gate that has not run leaves them empty. */
typedef struct {
    ngx_http_request_t  *request;       /* the main request */
    uint64_t             time;          /* ms since the epoch when judging began */
    ggi_str_t            dienst;
    ggi_str_t            method;        /* as the client sent it */
    ggi_str_t            path;          /* normalised, without arguments: what is judged */

    ggi_reason_e         reason;        /* refused, and why */
    ggi_reason_e         would_refuse;  /* the first reason of a gate in mode observe */

    ggi_trace_t          trace;
    char                 transaction_id[GGI_UUID_LEN];

    ggi_str_t            netwerk;       /* name of the network, "" when unknown */

    ggi_str_t            oin;
    ggi_str_t            organisation;  /* subject.organizationName, UTF-8 as far as the certificate is */
    ggi_str_t            certificate_sha256;    /* 64 hexadecimal digits, lower case */

    ggi_str_t            origin;        /* X-Origin-OIN as sent: a claim */
    ggi_str_t            on_behalf_of;  /* the claim, once the profile allows it: OIN, "" when the caller calls for itself */
    ggi_str_t            profile_versie;        /* decimal */
    ggi_str_t            profile_glo;
    ggi_str_t            profile_naam;
    const ggi_str_t     *profile_doelbindingen; /* of this dienst; NULL without a profile */
    size_t               profile_doelbindingen_n;

    ggi_str_t            claim;         /* X-Doelbinding, as sent when it is well-formed */
    ggi_str_t            verwerking;
    ggi_str_t            gebruiker;
    ggi_str_t            toepassing;
    ggi_str_t            register_versie;
    ggi_str_t            grondslag_avg;
    ggi_str_t            grondslag_wet;
    ggi_str_t            verwerkingsactiviteit;
    ggi_str_t            vertrouwelijkheid;
    ggi_str_t            bewaartermijn;

    ggi_gate_e           gate;          /* the one that judges now; GGI_GATES when all have */
    unsigned             origin_malformed:1;
    unsigned             waiting:1;     /* a gate said NGX_AGAIN */
    unsigned             refused:1;     /* the refusal has been answered */
} ggi_call_t;


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
    ggi_gate_register_version(cf, gate, handler, GGI_CALL_VERSION)

ngx_int_t ggi_gate_register_version(ngx_conf_t *cf, ggi_gate_e gate,
    ggi_gate_pt handler, ngx_uint_t version);

/* A block of the configuration that serves a dienst. */
typedef struct {
    ngx_str_t                  dienst;
    u_char                    *file;    /* where its ggi_dienst stands */
    ngx_uint_t                 line;
    ngx_http_core_srv_conf_t  *server;
} ggi_place_t;

/* Goes through the places where a gate is not off: from NULL to the first, from the last to NULL. In postconfiguration. */
const ggi_place_t *ggi_gate_next_place(ngx_conf_t *cf, ggi_gate_e gate,
    const ggi_place_t *place);

/*
 * For a gate whose source is not configured: NGX_OK when it is off everywhere.
 * Otherwise logs where it is on and what it needs, and returns NGX_ERROR.
 */
ngx_int_t ggi_gate_require(ngx_conf_t *cf, ggi_gate_e gate, const char *what);

/* Sets the mode of a gate for the block that is being read. */
void ggi_gate_set_mode(ngx_conf_t *cf, ggi_gate_e gate, ggi_mode_e mode);

/* The mode of a gate in the location that serves the request. */
ggi_mode_e ggi_gate_mode(ngx_http_request_t *r, ggi_gate_e gate);

/* The call of the main request, whatever redirects it went through, or NULL. */
ggi_call_t *ggi_call_get(ngx_http_request_t *r);

/* Goes on with a call after NGX_AGAIN. The request may be gone when it returns. */
void ggi_call_resume(ngx_http_request_t *r);


/* A kind of file that a directive names: how it is read into, and freed from, size bytes. */
typedef struct {
    const char  *name;                  /* in messages */
    size_t       size;
    int        (*read)(void *data, const char *file, ggi_fault_t *fault);
    void       (*free)(void *data);
} ggi_source_kind_t;

/*
 * Reads the file that is the first argument of the directive, relative to the
 * configuration. What is returned lives as long as the configuration; NULL:
 * logged.
 */
void *ggi_conf_read(ngx_conf_t *cf, const ggi_source_kind_t *kind);


/* Adds variables up to an empty name, in preconfiguration. */
ngx_int_t ggi_variables_add(ngx_conf_t *cf, ngx_http_variable_t *variables);

/* A variable's get_handler: data is the offset of a ggi_str_t in ggi_call_t. */
ngx_int_t ggi_call_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);

/* Sets the value of a variable; empty is "not found". */
void ggi_variable_set(ngx_http_variable_value_t *v, ggi_str_t value);


/* The name of a header, as it is written and in lower case. */
typedef struct {
    ngx_str_t  key;
    ngx_str_t  lowcase;
} ggi_name_t;

#define ggi_name(key, lowcase)  { ngx_string(key), ngx_string(lowcase) }

/* A directive's slot for a ggi_name_t at cmd->offset: one argument, a token of RFC 9110. */
char *ggi_name_slot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* For a merge: the parent's name, else the default, where the child has none. */
#define ggi_name_merge(conf, prev, default)                                    \
    if ((conf).key.data == NULL) {                                             \
        (conf) = (prev).key.data ? (prev) : (default);                         \
    }

/* The first request header of a name, or NULL; count, unless NULL, gets how many there are. */
ngx_table_elt_t *ggi_header_find(ngx_http_request_t *r,
    const ggi_name_t *name, ngx_uint_t *count);

/*
 * Gives the API exactly one header of this name, or none. The value must live
 * as long as the request. NGX_ERROR: no memory.
 */
ngx_int_t ggi_header_set(ngx_http_request_t *r, const ggi_name_t *name,
    ggi_str_t value);
ngx_int_t ggi_header_remove(ngx_http_request_t *r, const ggi_name_t *name);


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
