/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The call: one record per request of a client, to which every gate writes its
 * findings, and from which the audit record is made. Free of nginx.
 */

#ifndef GGI_CALL_H
#define GGI_CALL_H

#include <stdint.h>

#include "ggi_reason.h"
#include "ggi_str.h"
#include "ggi_trace.h"
#include "ggi_uuid.h"


typedef enum {
    GGI_GATE_NETWERK,
    GGI_GATE_PKIO,
    GGI_GATE_AUTORISATIE,
    GGI_GATE_DOELBINDING,
    GGI_GATE_AUDIT,
    GGI_GATES
} ggi_gate_e;


typedef enum { GGI_MODE_OFF, GGI_MODE_OBSERVE, GGI_MODE_ON } ggi_mode_e;


/* What variables can give of a call before it has been judged: the gates have to find the same. */
typedef enum {
    GGI_EARLY_DIENST,
    GGI_EARLY_OIN,
    GGI_EARLY_CERTIFICATE,
    GGI_EARLY_VERSIE,
    GGI_EARLY_CLAIM,
    GGI_EARLY_COUNT
} ggi_early_e;

typedef struct {
    ggi_str_t            name;          /* of the variable that gave it; "": none did */
    ggi_str_t            value;
} ggi_early_value_t;

typedef struct ggi_early_header_s  ggi_early_header_t;

typedef struct {
    ggi_early_value_t    values[GGI_EARLY_COUNT];
    ggi_early_header_t  *headers;       /* those that were read as the caller sent them; NULL: none */
    ggi_str_t            unsettled;     /* name of a variable that gave what cannot stand, or "" */
} ggi_early_t;


/*
 * What the gates find about a call. None of it is carried over from one dienst to
 * another. Strings live at least as long as the request; a gate that has not run
 * leaves them empty. Those that are said to be checked need no escaping in JSON.
 */
typedef struct {
    ggi_str_t            netwerk;       /* name of the network, "" when unknown */

    ggi_str_t            oin;           /* checked: 20 digits and letters */
    ggi_str_t            organisation;  /* subject.organizationName, UTF-8 as far as the certificate is */
    ggi_str_t            certificate_sha256;    /* checked: 64 hexadecimal digits, lower case */

    ggi_str_t            on_behalf_of;  /* OIN, once the profile allows it; "": the caller calls for itself */
    ggi_str_t            profile_versie;        /* checked: decimal */
    ggi_str_t            profile_glo;
    unsigned             profile_stale:1;       /* it could not be asked for again in time */
    uint64_t             profile_age;           /* ms, of one that is stale */
    const ggi_str_t     *profile_doelbindingen; /* of this dienst; NULL without a profile */
    size_t               profile_doelbindingen_n;

    ggi_str_t            claim;         /* X-Doelbinding, as sent when it is well-formed */
    ggi_str_t            verwerking;
    ggi_str_t            gebruiker;
    ggi_str_t            toepassing;
    ggi_str_t            register_versie;
    ggi_str_t            grondslag;     /* and what else the register says of the claim: members of a JSON object */
} ggi_findings_t;

/* Returns the finding at an offset: offsetof(ggi_findings_t, ...) of a ggi_str_t. */
static inline ggi_str_t
ggi_finding(const ggi_findings_t *found, size_t offset)
{
    return *(const ggi_str_t *) ((const char *) found + offset);
}


/* How far the core has come with a call. A gate reads of it what its comment in the core's headers tells. */
typedef struct {
    const void          *judged;        /* the configuration of the location that it was judged for */
    ggi_early_t         *early;         /* read before it was judged, by "if", "set" and the like; NULL: nothing */
    ggi_gate_e           gate;          /* the one that judges now; GGI_GATES when all have */
    unsigned             entered:1;     /* there is a call; before, there are only early variables */
    unsigned             origin_malformed:1;
    unsigned             waiting:1;     /* a gate said NGX_AGAIN */
    unsigned             handshake:1;   /* nginx refused its certificate: it cannot be let through */
    unsigned             again:1;       /* judged again for another location of its dienst */
    unsigned             subrequest:1;  /* a copy, which is judged for the location of a subrequest */
    unsigned             tunnel:1;      /* the API switched protocols for it */
    unsigned             unaudited:1;   /* where it was judged, the audit is off */
    unsigned             admitted:1;    /* to some dienst: a completion record is due */
    unsigned             recorded:1;    /* there is a decision record, or will be */
    unsigned             counted:1;     /* for ggi_status */
    unsigned             completed:1;   /* there is a completion record */
    unsigned             dropped:1;     /* refused, and gets no answer: its connection is closed */
    int                  answered;      /* the status that the caller got; 0: none yet */
    uint64_t             tunnel_request;        /* bytes that the API had got before the tunnel began */
    struct ggi_part_s   *parts;         /* its subrequests that an upstream serves; NULL: none */
    struct ggi_undecided_s  *undecided; /* its place among those that wait for a gate; NULL: it has none */
} ggi_call_state_t;


/* A call. Its strings live at least as long as the request. */
typedef struct {
    uint64_t             time;          /* ms since the epoch when judging began */
    uint64_t             started;       /* ms of the monotonic clock when the request came */
    ggi_str_t            dienst;        /* checked: 1 to 64 of a-z 0-9 - . _ */
    ggi_str_t            redirected_from;       /* the dienst that it was admitted to before, "" for none */
    ggi_str_t            method;        /* as the client sent it */
    ggi_str_t            path;          /* normalised, without arguments: what is judged */

    ggi_reason_e         reason;        /* refused, and why */
    int                  status;        /* of the answer; 0: that of the reason */
    ggi_reason_e         would_refuse;  /* the first reason of a gate in mode observe */
    ggi_str_t            header;        /* name of the header for which it is refused, or "" */
    ggi_str_t            would_refuse_header;   /* name of the header for which it would be */

    ggi_trace_t          trace;
    char                 transaction_id[GGI_UUID_LEN];

    ggi_str_t            origin;        /* X-Origin-OIN as sent: a claim */

    ggi_findings_t       found;
    ggi_call_state_t     state;
} ggi_call_t;


#endif
