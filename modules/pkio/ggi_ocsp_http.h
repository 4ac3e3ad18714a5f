/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The HTTP of an exchange with an OCSP responder (RFC 6960, appendix A): one POST over a
 * connection of its own, in HTTP/1.0, so that an answer ends with its length or with the
 * connection. Free of nginx.
 */

#ifndef GGI_OCSP_HTTP_H
#define GGI_OCSP_HTTP_H

#include "ggi_ocsp.h"

#define GGI_OCSP_ANSWER_MAX  65536      /* bytes of an answer, its header included */
#define GGI_OCSP_HEAD_MAX    2560       /* bytes of the header of a request */
#define GGI_OCSP_URL_MAX     1024       /* bytes of a responder's URL */


typedef enum {
    GGI_OCSP_HTTP_MORE,                 /* the answer is not whole */
    GGI_OCSP_HTTP_WHOLE,
    GGI_OCSP_HTTP_FAULTY
} ggi_ocsp_http_e;


/*
 * Writes the header of a request with a body of len bytes to buf, which has
 * GGI_OCSP_HEAD_MAX bytes. host and uri are of a responder's URL, and not longer than
 * GGI_OCSP_URL_MAX bytes together. Returns the length in bytes; or 0 when host or uri
 * has a character that would break the header, or is too long.
 */
size_t ggi_ocsp_http_head(char *buf, ggi_str_t host, unsigned port, ggi_str_t uri, size_t len);

/*
 * Reads what has come of an answer over HTTP so far. end is 1 when the responder has closed
 * the connection, 0 otherwise. Returns GGI_OCSP_HTTP_WHOLE when the answer is whole and has
 * the status 200, and sets *body, which points into answer. Returns GGI_OCSP_HTTP_MORE when
 * more has to come. Returns GGI_OCSP_HTTP_FAULTY when the answer is of no use, and writes to
 * why, with a NUL, what is wrong with it, in words that complete "the responder ...".
 */
ggi_ocsp_http_e ggi_ocsp_http_read(ggi_str_t answer, int end, ggi_str_t *body,
    char why[GGI_OCSP_WHY_MAX]);


#endif
