/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The call: what the gates know of one request of a client. Every gate writes its
 * findings to it, and the audit record is made from it. Free of nginx.
 */

#ifndef GGI_CALL_H
#define GGI_CALL_H

#include <stdint.h>

#include "ggi_oin.h"
#include "ggi_reason.h"
#include "ggi_str.h"
#include "ggi_trace.h"
#include "ggi_uuid.h"


typedef enum {
    GGI_GATE_NETWERK,
    GGI_GATE_PKIO,
    GGI_GATE_AUTORISATIE,
    GGI_GATE_FUNCTIE,
    GGI_GATE_DOELBINDING,
    GGI_GATE_LEVERING,
    GGI_GATE_AUDIT,
    GGI_GATES
} ggi_gate_e;


typedef enum { GGI_MODE_OFF, GGI_MODE_OBSERVE, GGI_MODE_ON } ggi_mode_e;


/*
 * The side of a dienst that a gateway stands on: that of the organisation that provides
 * it, or inside the organisation that uses it.
 */
typedef enum { GGI_ROLE_AANBIEDER, GGI_ROLE_AFNEMER, GGI_ROLE_N } ggi_role_e;


/*
 * The findings that variables can give before the gates have judged the call. The gates
 * have to find the same afterwards, or the call is refused.
 */
typedef enum {
    GGI_EARLY_DIENST,
    GGI_EARLY_OIN,
    GGI_EARLY_CERTIFICATE,
    GGI_EARLY_VERSIE,
    GGI_EARLY_CLAIM,
    GGI_EARLY_NIVEAU,
    GGI_EARLY_COUNT
} ggi_early_e;

typedef struct {
    ggi_str_t            name;          /* of the variable that gave it; "": none did */
    ggi_str_t            value;
} ggi_early_value_t;

typedef struct ggi_early_header_s  ggi_early_header_t;

typedef struct {
    ggi_early_value_t    values[GGI_EARLY_COUNT];
    ggi_early_header_t  *headers;       /* headers read as the caller sent them; NULL: none */
    ggi_str_t            unsettled;     /* variable whose value the gates cannot confirm, or "" */
} ggi_early_t;


/*
 * What a client certificate says of itself: claims, which nobody has to believe. What
 * it does not say is "". Texts are of bounded length, and may hold a BSN.
 */
typedef struct {
    ggi_str_t            oin;           /* serialNumber of the subject, whatever it is */
    ggi_str_t            organisation;
    ggi_str_t            issuer;        /* as RFC 4514 writes it */
    ggi_str_t            serial;        /* checked: hexadecimal, upper case */
    ggi_str_t            not_after;     /* checked: RFC 3339, in UTC */
} ggi_claimed_certificate_t;


#define GGI_STATE_LEN  32               /* hexadecimal digits that name what was judged by */


/*
 * What the gates find about a call. A redirect to another dienst clears it. The strings
 * live at least as long as the request; a gate that has not run leaves its own empty.
 * Strings that are marked "checked" need no escaping in JSON.
 */
typedef struct {
    ggi_str_t            netwerk;       /* name of the network, "" when unknown */
    ggi_str_t            netwerk_build; /* checked: when the database was made; "": not looked up */

    ggi_str_t            oin;           /* checked: 20 digits and letters */
    ggi_str_t            organisation;  /* subject.organizationName, perhaps not valid UTF-8 */
    ggi_str_t            certificate_sha256;    /* checked: 64 hexadecimal digits, lower case */
    int64_t              certificate_expires;   /* s since the epoch; 0: it was not accepted */
    unsigned             certificate_trusted:1; /* a CA of ssl_client_certificate issued it */
    char                 crl_state[GGI_STATE_LEN];      /* lists that judged; 0 first: none did */
    ggi_str_t            lacks_policy;  /* certificate of its path without the policy, or "" */
    ggi_str_t            revocation;    /* checked: "ocsp" or "crl", where that refuses it; or "" */
    const ggi_claimed_certificate_t  *claimed;  /* of a refused certificate; NULL: none was */
    ggi_str_t            claimed_error; /* what is wrong with that certificate */

    ggi_str_t            on_behalf_of;  /* OIN that the profile allows; "": itself */
    ggi_str_t            profile_versie;        /* checked: decimal; of the profile or functions */
    ggi_str_t            profile_glo;
    unsigned             profile_stale:1;       /* the profile could not be refreshed in time */
    uint64_t             profile_age;           /* ms, of a stale profile */
    const ggi_str_t     *profile_doelbindingen; /* for this dienst; NULL without a profile */
    size_t               profile_doelbindingen_n;
    const ggi_str_t     *profile_velden;        /* for ggi_velden_allow(); NULL: none */
    size_t               profile_velden_n;

    ggi_str_t            claim;         /* X-Doelbinding, when it is well-formed */
    ggi_str_t            claim_outside; /* role afnemer: claim that the provider gets */
    ggi_str_t            claim_extern;  /* claim_outside, where another claim was made; or "" */
    ggi_str_t            verwerking;
    ggi_str_t            verwerking_outside;    /* role afnemer: what the provider gets of it */
    unsigned             verwerking_forwarded:1;        /* it leaves beside another claim too */
    ggi_str_t            gebruiker;
    ggi_str_t            toepassing;
    ggi_str_t            functie;       /* for which an application of a consumer calls */
    ggi_str_t            niveau;        /* checked: level of assurance that was claimed, or "" */
    ggi_str_t            niveau_claimed;        /* as it was sent, when it is well-formed */
    ggi_str_t            niveau_asked;  /* checked: level of assurance that is asked, or "" */
    ggi_str_t            toestemming;   /* X-Toestemming, when it is well-formed */
    const void          *consent;       /* of that id, a compiled document; NULL: none is found */
    ggi_str_t            consent_versie;        /* checked: decimal; "": it was not judged by one */
    ggi_str_t            consent_given; /* checked: id of a consent that the API gets, or "" */
    unsigned             consent_stale:1;       /* the consent could not be refreshed in time */
    uint64_t             consent_age;   /* ms, of a stale consent */
    ggi_str_t            register_reference;    /* JSON string: its version */
    ggi_str_t            grondslag;     /* JSON members of a known claim, its id the first */

    ggi_str_t            aanbieders;    /* role afnemer: JSON array of OINs that may provide; "" */
    char                 provider_oin[GGI_OIN_LEN];     /* role afnemer: 0 first: not known */
    char                 provider_sha256[64];   /* of its certificate; 0 first: not known */
    char                 provider_transaction[GGI_UUID_LEN];    /* in its answer; 0 first: none */

    const ggi_str_t     *velden;        /* checked: fields that are asked for; NULL: not judged */
    size_t               velden_n;
    ggi_str_t            veld_refused;  /* the first of them that is not agreed on, or "" */
} ggi_findings_t;

/*
 * Returns the string in the findings at an offset, offsetof(ggi_findings_t, member) of
 * a member of type ggi_str_t.
 */
static inline ggi_str_t
ggi_finding(const ggi_findings_t *found, size_t offset)
{
    return *(const ggi_str_t *) ((const char *) found + offset);
}


/*
 * How far the core has come with a call. A gate uses a member of it only where the
 * core's headers say so.
 */
typedef struct {
    const void          *judged;        /* configuration of the location that it was judged for */
    uint64_t             judging_since; /* ms of the monotonic clock; valid with judging */
    uint64_t             headers;       /* ggi_header_filter() of the request, for the gates */
    const char          *own_origin;    /* in the header of the origin, by us; NULL: nothing is */
    ggi_early_t         *early;         /* read by "if", "set" and the like before; NULL: nothing */
    ggi_gate_e           gate;          /* the gate that judges now; GGI_GATES: all have */
    unsigned             entered:1;     /* 0: there are only early variables yet */
    unsigned             origin_malformed:1;
    unsigned             path_ordinary:1;       /* ggi_uri_ordinary() has said so of its path */
    unsigned             path_clear:1;  /* there is no BSN in its path; 0: that is not known */
    unsigned             writes:1;      /* COPY or MOVE with a header Destination */
    unsigned             waiting:1;     /* a gate returned NGX_AGAIN */
    unsigned             reading:1;     /* nginx reads its body for a gate */
    unsigned             handshake:1;   /* nginx refused the certificate: no gate may allow it */
    unsigned             again:1;       /* judged again for another location of its dienst */
    unsigned             subrequest:1;  /* a copy that is judged for a subrequest */
    unsigned             asked:1;       /* no call: a gate is asked before its turn */
    unsigned             tunnel:1;      /* the API switched protocols for it */
    unsigned             unaudited:1;   /* the audit is off where it was judged */
    unsigned             admitted:1;    /* to some dienst, so that a completion record is due */
    unsigned             recorded:1;    /* its decision is recorded or will be, or counts as lost */
    unsigned             counted:1;     /* it is counted for ggi_status */
    unsigned             judging:1;     /* gates judge it, and it is not counted how long yet */
    unsigned             completed:1;   /* its completion is recorded, or counts as lost */
    unsigned             provider_wrong:1;      /* the last provider tried is not to be trusted */
    unsigned             dropped:1;     /* refused without an answer: the connection is closed */
    int                  answered;      /* HTTP status that the caller got; 0: none yet */
    uint64_t             tunnel_request;        /* bytes sent to the API before the tunnel began */
    struct ggi_part_s   *parts;         /* subrequests served by an upstream; NULL: none */
    struct ggi_undecided_s  *undecided; /* its place among the waiting calls; NULL: none */
} ggi_call_state_t;


/* An organisation that answers for records. It lives as long as the configuration. */
typedef struct {
    ggi_str_t            oin;           /* checked: 20 digits and letters */
    ggi_str_t            name;
    size_t               index;         /* its number among those of the configuration, from 0 */
} ggi_organisation_t;


/* A call. Its strings live at least as long as the request. */
typedef struct {
    uint64_t             time;          /* ms since the epoch when judging began */
    uint64_t             started;       /* ms of the monotonic clock when the request came */
    ggi_role_e           role;
    ggi_str_t            dienst;        /* checked: 1 to 64 of a-z 0-9 - . _ */
    ggi_str_t            redirected_from;       /* dienst that admitted it before; "": none */
    ggi_str_t            method;        /* as the client sent it */
    ggi_str_t            path;          /* normalised, without arguments: what is judged */
    ggi_str_t            destination;   /* decoded path that COPY or MOVE write to; "": not known */

    ggi_reason_e         reason;        /* GGI_REASON_NONE, or why it is refused */
    int                  status;        /* HTTP status of the refusal; 0: that of the reason */
    ggi_reason_e         would_refuse;  /* the first reason of a gate in mode observe */
    ggi_str_t            header;        /* name of the header that is at fault, or "" */
    ggi_str_t            would_refuse_header;   /* name of the header behind would_refuse, or "" */

    ggi_trace_t          trace;
    char                 transaction_id[GGI_UUID_LEN];

    ggi_str_t            origin;        /* X-Origin-OIN as sent: a claim */
    const ggi_organisation_t  *organisation;    /* answers for its records; NULL: none is told */

    ggi_findings_t       found;
    ggi_call_state_t     state;
} ggi_call_t;


/*
 * Returns 1 when it is established who calls: an organisation, or with the role afnemer
 * an application of the own one; 0 otherwise.
 */
static inline int
ggi_call_identified(const ggi_call_t *call)
{
    return (call->role == GGI_ROLE_AFNEMER) ? call->found.profile_versie.len != 0
                                            : call->found.oin.len != 0;
}


#endif
