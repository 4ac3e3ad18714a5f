/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Writes the text of a refusal in the format that the caller's protocol has for it: a
 * problem detail (RFC 9457) in JSON, a SOAP Fault with a problem detail in it, or the
 * message of a gRPC status, which is sent in a header.
 */

#ifndef GGI_PROBLEM_H
#define GGI_PROBLEM_H

#include <stddef.h>

#include "ggi_reason.h"
#include "ggi_str.h"

#define GGI_PROBLEM_MAX          8192   /* bytes that are enough for any body */
#define GGI_PROBLEM_CONTACT_MAX  256
#define GGI_PROBLEM_HEADER_MAX   64     /* bytes of a header's name that are shown */
#define GGI_PROBLEM_FIELD_MAX    200


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
    ggi_str_t             header;       /* name of the header that is at fault, or empty */
    ggi_str_t             asked;        /* level of assurance that is asked, or empty */
    ggi_str_t             field;        /* path of a field that is not agreed on, or empty */
    ggi_str_t             contact;      /* URI of at most GGI_PROBLEM_CONTACT_MAX bytes, or empty */
} ggi_problem_t;


/*
 * Writes the body of a refusal or, for gRPC, its percent-encoded message to buf, which
 * has size bytes; GGI_PROBLEM_MAX bytes are always enough. No NUL is added. Returns the
 * length in bytes, or 0 when it does not fit.
 */
size_t ggi_problem_write(char *buf, size_t size, const ggi_problem_t *problem);

/* Returns the media type (Content-Type) of a format, a constant. */
ggi_str_t ggi_problem_media_type(ggi_problem_format_e format);

/*
 * Returns 1 when a refusal in this format is a gRPC status without a body, 0 when it
 * has a body.
 */
static inline int
ggi_problem_is_grpc(ggi_problem_format_e format)
{
    return format >= GGI_PROBLEM_GRPC;
}

/*
 * Returns the grpc-status of a refusal with this reason and HTTP status. It is 16
 * (UNAUTHENTICATED) when the reason is the certificate. Otherwise the status decides: 3
 * (INVALID_ARGUMENT) for 400, 7 (PERMISSION_DENIED) for 403, 4 (DEADLINE_EXCEEDED) for
 * 408, 8 (RESOURCE_EXHAUSTED) for 413 and 429, 14 (UNAVAILABLE) for 502, 503 and 504,
 * and 2 (UNKNOWN) for all others.
 */
int ggi_problem_grpc_status(ggi_reason_e reason, int status);

/*
 * Returns the format in which a request with this Content-Type is refused: gRPC-Web for
 * media types that begin with application/grpc-web, gRPC for others that begin with
 * application/grpc, SOAP 1.1 for text/xml, SOAP 1.2 for application/soap+xml, and JSON
 * for all others and for an empty content_type.
 */
ggi_problem_format_e ggi_problem_format(ggi_str_t content_type);

/*
 * Returns the language that the value of an Accept-Language header (RFC 9110, section
 * 12.5.4) prefers: Dutch when it has a higher weight than English in that value, or the same
 * weight and stands first; English otherwise.
 */
ggi_lang_e ggi_problem_lang(ggi_str_t accept_language);

/* Returns the language tag of a language, the constant "en" or "nl". */
ggi_str_t ggi_problem_lang_tag(ggi_lang_e lang);


#endif
