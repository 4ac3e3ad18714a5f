/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Where the revocation lists of CAs are: the distribution points that certificates name
 * (RFC 5280, section 4.2.1.13). A certificate names the point of the list of its issuer,
 * so that the list of a CA is found by what it issued and not by its own certificate.
 */

#ifndef GGI_POINTS_H
#define GGI_POINTS_H

#include "ggi_trust.h"

#define GGI_POINTS_MAX      1000        /* points that are kept */
#define GGI_POINTS_URLS     8           /* URLs of a point that are kept */
#define GGI_POINTS_URL_MAX  2048        /* bytes of a URL */


/* A list of a CA, and the URLs at each of which it is. */
typedef struct {
    const ggi_trust_ca_t  *ca;          /* belongs to the trust */
    X509                  *x509;        /* certificate that names it; NULL: an operator did */
    char                  *urls[GGI_POINTS_URLS];
    size_t                 n;
} ggi_point_t;


typedef struct {
    ggi_point_t  *points;
    size_t        n;
    size_t        size;                 /* points for which there is room */
} ggi_points_t;


/*
 * Returns 1 when a list may be fetched from url: it begins with http:// or https://, is
 * of printable ASCII, has a host and no user name, and at most GGI_POINTS_URL_MAX bytes;
 * 0 otherwise.
 */
int ggi_points_url(const char *url);

/*
 * Adds a point of a CA that has one URL, which is copied. Returns 1, or 0 without
 * memory or when there are too many points.
 */
int ggi_points_add(ggi_points_t *points, const ggi_trust_ca_t *ca, const char *url);

/*
 * Adds the distribution points of a CA that certificates of trust name: those of certificates
 * that have not expired at the time now or, when these name none, those of expired ones. All
 * URLs in one certificate make one point, since each of their lists covers that certificate. A
 * point is left out when it is there already, when none of its URLs is one of http:// or
 * https://, or when its list is for some reasons only or an indirect one. Returns 1; or 0
 * without memory or when there are too many points, and those that were added stay.
 */
int ggi_points_find(ggi_points_t *points, const ggi_trust_t *trust,
    const ggi_trust_ca_t *ca, time_t now);

/* Frees all points and leaves points empty. */
void ggi_points_free(ggi_points_t *points);


#endif
