/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * A record of an audit log as its readers see it. Which member of a record is which field
 * stands in one table, in ggi_logged.c, with the names that earlier versions of the suite
 * gave them.
 */

#ifndef GGI_LOGGED_H
#define GGI_LOGGED_H

#include <stddef.h>
#include <stdint.h>

#include "ggi_str.h"
#include "ggi_trace.h"


typedef enum {
    GGI_LOGGED_EVENT = 0,               /* "event_name" */
    GGI_LOGGED_TIMESTAMP,
    GGI_LOGGED_STATUS,                  /* Ok or Error */
    GGI_LOGGED_TRACE,
    GGI_LOGGED_SPAN,
    GGI_LOGGED_PARENT,                  /* the span above it */
    GGI_LOGGED_API_SPAN,                /* the span of the request to the API */
    GGI_LOGGED_RESOURCE,                /* "resource", as JSON */
    GGI_LOGGED_NODE,                    /* the gateway */
    GGI_LOGGED_VERSION,                 /* of the suite */
    GGI_LOGGED_HOLDER,                  /* the organisation that answers for the record */
    GGI_LOGGED_HOLDER_NAME,
    GGI_LOGGED_CHAIN,
    GGI_LOGGED_NUMBER,
    GGI_LOGGED_PREVIOUS,
    GGI_LOGGED_ATTRIBUTES,              /* "attributes", as JSON */
    GGI_LOGGED_TRANSACTION,
    GGI_LOGGED_SUBJECT,                 /* pseudonym of whom the call is about */
    GGI_LOGGED_SUBJECT_TYPE,
    GGI_LOGGED_SUBREQUEST,              /* true: of a subrequest */
    GGI_LOGGED_UPDATE,                  /* true: of the background update of a cache */
    GGI_LOGGED_BODY,                    /* "body", as JSON */
    GGI_LOGGED_OIN,                     /* of the caller */
    GGI_LOGGED_ORGANISATION,            /* its name */
    GGI_LOGGED_NAMENS,                  /* OIN on whose behalf it called */
    GGI_LOGGED_GLO,
    GGI_LOGGED_METHOD,
    GGI_LOGGED_DIENST,
    GGI_LOGGED_PATH,
    GGI_LOGGED_DESTINATION,
    GGI_LOGGED_REDIRECTED,              /* the dienst that the call was redirected from */
    GGI_LOGGED_BEGUN,                   /* when the call began to be judged, RFC 3339 */
    GGI_LOGGED_DOELBINDING,
    GGI_LOGGED_VERWERKING,
    GGI_LOGGED_ACTIVITEIT,              /* URI of the processing activity */
    GGI_LOGGED_VERTROUWELIJKHEID,
    GGI_LOGGED_BEWAARTERMIJN,
    GGI_LOGGED_USER,
    GGI_LOGGED_TOEPASSING,
    GGI_LOGGED_NETWERK,
    GGI_LOGGED_CLIENT,                  /* address of the client */
    GGI_LOGGED_DECISION,                /* true or false */
    GGI_LOGGED_REASON,
    GGI_LOGGED_ANSWER,                  /* status of the answer */
    GGI_LOGGED_WOULD_REFUSE,
    GGI_LOGGED_RECEIVED,
    GGI_LOGGED_SENT,
    GGI_LOGGED_DURATION,                /* in seconds */
    GGI_LOGGED_UPSTREAM,
    GGI_LOGGED_ERROR,
    GGI_LOGGED_COUNT,                   /* how many records were lost, or events counted */
    GGI_LOGGED_FROM,                    /* ms since the epoch: of the first of them */
    GGI_LOGGED_TO,
    GGI_LOGGED_WHY,
    GGI_LOGGED_PLACE,                   /* number of the worker's file */
    GGI_LOGGED_CONFIGURATION,           /* its SHA-256 */
    GGI_LOGGED_BEFORE,                  /* the chain before at that place */
    GGI_LOGGED_BEFORE_NUMBER,           /* number of its last record */
    GGI_LOGGED_BEFORE_END,              /* how it ended */
    GGI_LOGGED_COMMAND,                 /* of ggictl, by which something was changed */
    GGI_LOGGED_TARGET,                  /* where it was */
    GGI_LOGGED_ITEM,                    /* which file there */
    GGI_LOGGED_OLD_VERSION,             /* of what was there */
    GGI_LOGGED_OLD_HASH,                /* its SHA-256; empty: nothing was there */
    GGI_LOGGED_NEW_VERSION,
    GGI_LOGGED_NEW_HASH,
    GGI_LOGGED_SUDO,                    /* who used sudo, as the environment claimed */
    GGI_LOGGED_RESULT,                  /* what came of a change */
    GGI_LOGGED_ROLE,                    /* afnemer: of the consumer; else of the provider */
    GGI_LOGGED_EXTERN,                  /* the doelbinding that left a consumer */
    GGI_LOGGED_API_STATUS,              /* status of what the API answered */
    GGI_LOGGED_TRIED,                   /* what the APIs got, as JSON, when there were several */
    GGI_LOGGED_PROVIDER,                /* OIN of the provider that a consumer's call went to */
    GGI_LOGGED_VELDEN,                  /* fields that the call asks for, a JSON array */
    GGI_LOGGED_EXPECTED,                /* array of the OINs to which it may go */
    GGI_LOGGED_FUNCTIE,                 /* function of an application that called */
    GGI_LOGGED_SIGNAL,                  /* name of a signal */
    GGI_LOGGED_THRESHOLD,               /* count from which on it is given */
    GGI_LOGGED_GATE,                    /* gate that a signal is about */
    GGI_LOGGED_MODE,                    /* its mode */
    GGI_LOGGED_CLOCK,                   /* ms by which the clock was set */
    GGI_LOGGED_HASH,                    /* SHA-256 of the certificate that it is about */
    GGI_LOGGED_CONSENT,                 /* id of the consent that the call was judged by */
    GGI_LOGGED_CONSENT_VERSION,
    GGI_LOGGED_FIELDS
} ggi_logged_field_e;


typedef enum {
    GGI_LOGGED_IS_TRAIL = 0,            /* tells of the audit trail itself, or is not known */
    GGI_LOGGED_IS_DECISION,
    GGI_LOGGED_IS_COMPLETION,
    GGI_LOGGED_IS_WITHDRAWAL,           /* the call was refused although its decision allows it */
    GGI_LOGGED_IS_OUTCOME               /* what came of a change by ggictl */
} ggi_logged_kind_e;

/* Returns 1 for a record that ends the call of a decision or a change by ggictl, 0 otherwise. */
static inline int
ggi_logged_ends(ggi_logged_kind_e kind)
{
    return kind == GGI_LOGGED_IS_COMPLETION || kind == GGI_LOGGED_IS_WITHDRAWAL
           || kind == GGI_LOGGED_IS_OUTCOME;
}


typedef struct {
    ggi_logged_kind_e  kind;
    uint64_t           time;            /* ms since the epoch; 0: the record has none */
    ggi_str_t          field[GGI_LOGGED_FIELDS];
} ggi_logged_t;


/*
 * Reads the fields of a record from a line of len bytes, with or without its newline. A
 * field is the part of the line that holds it: of a string what is between its quotes, as
 * it is escaped in JSON, of anything else its JSON. A field that the record does not have
 * is empty, and so is an OIN, dienst or method that the record calls unknown. Returns 1;
 * or 0 when the line is no JSON object.
 */
int ggi_logged_read(ggi_logged_t *logged, const char *line, size_t len);


/* Reads a number of at most 18 digits. Returns it, or 0 when the text is none. */
static inline uint64_t
ggi_logged_number(ggi_str_t text)
{
    size_t    i;
    uint64_t  number;

    if (text.len > 18) {
        return 0;
    }

    for (number = 0, i = 0; i < text.len; i++) {
        if (!ggi_is_digit(text.data[i])) {
            return 0;
        }

        number = number * 10 + (uint64_t) (text.data[i] - '0');
    }

    return number;
}


/* Returns 1 when a record tells that something is going to be changed by ggictl, 0 otherwise. */
static inline int
ggi_logged_is_change(const ggi_logged_t *logged)
{
    static const ggi_str_t  change = ggi_str("ggi.change");

    return ggi_str_eq(logged->field[GGI_LOGGED_EVENT], change);
}


/* Returns which kind of record has an event name; GGI_LOGGED_IS_TRAIL for one that is not known. */
ggi_logged_kind_e ggi_logged_kind(ggi_str_t event);

/*
 * Changes the fields of a record, which point into line, so that they point to the same bytes
 * of copy, which is a copy of that line.
 */
void ggi_logged_move(ggi_logged_t *logged, const char *line, const char *copy);


#endif
