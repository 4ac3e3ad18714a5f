/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The text of a refusal: a problem detail (RFC 9457) or a SOAP Fault with one in
 * its detail, both of which are bodies; or the message of a gRPC status, which
 * is a header.
 */

#ifndef GGI_PROBLEM_H
#define GGI_PROBLEM_H

#include <stddef.h>

#include "ggi_reason.h"
#include "ggi_str.h"

#define GGI_PROBLEM_MAX          8192   /* bytes that any body fits in */
#define GGI_PROBLEM_CONTACT_MAX  256
#define GGI_PROBLEM_HEADER_MAX   64     /* bytes of a header's name that are shown */


typedef enum {
    GGI_PROBLEM_JSON,
    GGI_PROBLEM_SOAP_11,
    GGI_PROBLEM_SOAP_12,
    GGI_PROBLEM_GRPC,
    GGI_PROBLEM_GRPC_WEB
} ggi_problem_format_e;


typedef struct {
    ggi_problem_format_e  format;
    ggi_reason_e          reason;
    int                   status;       /* HTTP status of the answer */
    ggi_lang_e            lang;
    const char           *transaction_id;       /* GGI_UUID_LEN bytes */
    ggi_str_t             header;       /* name of the header that is at fault; may be empty */
    ggi_str_t             contact;      /* URI of at most GGI_PROBLEM_CONTACT_MAX bytes; may be empty */
} ggi_problem_t;


/*
 * Writes the body, or for gRPC the percent-encoded message, to buf of size
 * bytes, GGI_PROBLEM_MAX being enough. Returns its length, or 0 when it does
 * not fit.
 */
size_t ggi_problem_write(char *buf, size_t size, const ggi_problem_t *problem);

/* The media type of a format. */
ggi_str_t ggi_problem_media_type(ggi_problem_format_e format);

/* 1 when the answer has a status of gRPC and no body. */
static inline int
ggi_problem_is_grpc(ggi_problem_format_e format)
{
    return format >= GGI_PROBLEM_GRPC;
}

/*
 * The grpc-status of a refusal with this reason and HTTP status: 16
 * (UNAUTHENTICATED) when the certificate is the reason; 3 (INVALID_ARGUMENT) for
 * 400, 7 (PERMISSION_DENIED) for 403, 14 (UNAVAILABLE) for 502, 503 and 504;
 * 4 (DEADLINE_EXCEEDED) for 408, 8 (RESOURCE_EXHAUSTED) for 413 and 429; 2
 * (UNKNOWN) for others.
 */
int ggi_problem_grpc_status(ggi_reason_e reason, int status);

/*
 * The format for a request with this Content-Type, "" for none: SOAP 1.1 is
 * text/xml, SOAP 1.2 application/soap+xml, gRPC application/grpc and what begins
 * with that, gRPC-Web application/grpc-web and what begins with that.
 */
ggi_problem_format_e ggi_problem_format(ggi_str_t content_type);

/* The language that an Accept-Language (RFC 9110, 12.5.4) prefers: English, unless Dutch is asked for rather. */
ggi_lang_e ggi_problem_lang(ggi_str_t accept_language);

/* "en" or "nl" */
ggi_str_t ggi_problem_lang_tag(ggi_lang_e lang);


#endif
