/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_points.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "ggi_certificate.h"
#include "ggi_room.h"


int
ggi_points_url(const char *url)
{
    size_t     i, len;
    ggi_str_t  host;

    len = strlen(url);
    host.data = url;
    host.len = len;

    if (len > GGI_POINTS_URL_MAX
        || !(ggi_str_skip_same(&host, "http://") || ggi_str_skip_same(&host, "https://")))
    {
        return 0;
    }

    for (i = 0; i < len; i++) {
        if (url[i] <= ' ' || url[i] > '~' || url[i] == '\\') {
            return 0;
        }
    }

    len = strcspn(host.data, "/?#");

    return len > 0 && memchr(host.data, '@', len) == NULL;
}


/* Adds an empty point. Returns it, or NULL without memory or when there are too many. */
static ggi_point_t *
ggi_points_new(ggi_points_t *points, const ggi_trust_ca_t *ca, X509 *x509)
{
    ggi_point_t  *all;

    if (points->n == GGI_POINTS_MAX) {
        return NULL;
    }

    all = ggi_room(points->points, points->n, &points->size, sizeof(ggi_point_t));

    if (all == NULL) {
        return NULL;
    }

    points->points = all;
    all[points->n].ca = ca;
    all[points->n].x509 = x509;

    return &all[points->n++];
}


/* Adds a copy of a URL to a point, unless it is there. Returns 1, or 0 without memory. */
static int
ggi_point_url(ggi_point_t *point, const char *url)
{
    size_t  i;

    for (i = 0; i < point->n; i++) {
        if (strcmp(point->urls[i], url) == 0) {
            return 1;
        }
    }

    if (point->n == GGI_POINTS_URLS) {
        return 1;
    }

    point->urls[point->n] = strdup(url);

    return point->urls[point->n] != NULL && ++point->n;
}


int
ggi_points_add(ggi_points_t *points, const ggi_trust_ca_t *ca, const char *url)
{
    ggi_point_t  *point;

    point = ggi_points_new(points, ca, NULL);

    return point && ggi_point_url(point, url);
}


/* Adds the URLs of a distribution point to a point. Returns 1, or 0 without memory. */
static int
ggi_point_names(ggi_point_t *point, const DIST_POINT *from)
{
    int                    i;
    const char            *url;
    const GENERAL_NAME    *name;
    const ASN1_IA5STRING  *text;

    if (from->distpoint == NULL || from->distpoint->type != 0 || from->reasons || from->CRLissuer) {
        return 1;
    }

    for (i = 0; i < sk_GENERAL_NAME_num(from->distpoint->name.fullname); i++) {
        name = sk_GENERAL_NAME_value(from->distpoint->name.fullname, i);

        if (name->type != GEN_URI) {
            continue;
        }

        text = name->d.uniformResourceIdentifier;
        url = (const char *) ASN1_STRING_get0_data(text);

        /* OpenSSL adds a NUL to each string; one within it makes the text another one */

        if (strlen(url) == (size_t) ASN1_STRING_length(text) && ggi_points_url(url)
            && !ggi_point_url(point, url))
        {
            return 0;
        }
    }

    return 1;
}


/* Returns 1 when two points have the same URLs, 0 otherwise. */
static int
ggi_point_same(const ggi_point_t *one, const ggi_point_t *two)
{
    size_t  i;

    for (i = 0; i < one->n && one->n == two->n; i++) {
        if (strcmp(one->urls[i], two->urls[i]) != 0) {
            return 0;
        }
    }

    return one->n == two->n;
}


static void
ggi_points_drop(ggi_points_t *points)
{
    size_t        i;
    ggi_point_t  *last;

    last = &points->points[--points->n];

    for (i = 0; i < last->n; i++) {
        free(last->urls[i]);
    }
}


/*
 * Adds the point that a certificate names, unless the CA has it already. Returns 1, or 0
 * without memory or when there are too many points.
 */
static int
ggi_points_certificate(ggi_points_t *points, const ggi_trust_ca_t *ca, X509 *x509)
{
    int               i, good;
    size_t            k;
    ggi_point_t      *point;
    CRL_DIST_POINTS  *all;

    point = ggi_points_new(points, ca, x509);

    if (point == NULL) {
        return 0;
    }

    all = X509_get_ext_d2i(x509, NID_crl_distribution_points, NULL, NULL);
    good = 1;

    for (i = 0; i < sk_DIST_POINT_num(all) && good; i++) {
        good = ggi_point_names(point, sk_DIST_POINT_value(all, i));
    }

    CRL_DIST_POINTS_free(all);
    ERR_clear_error();

    for (k = 0; k < points->n - 1; k++) {
        if (points->points[k].ca == ca && ggi_point_same(&points->points[k], point)) {
            ggi_points_drop(points);
            return good;
        }
    }

    if (point->n == 0) {
        ggi_points_drop(points);
    }

    return good;
}


int
ggi_points_find(ggi_points_t *points, const ggi_trust_t *trust, const ggi_trust_ca_t *ca,
    time_t now)
{
    int      i, expired;
    X509    *x509;
    size_t   before;
    time_t   until;

    before = points->n;

    for (expired = 0; expired <= 1 && points->n == before; expired++) {
        for (i = 0; i < sk_X509_num(trust->certificates); i++) {
            x509 = sk_X509_value(trust->certificates, i);

            if (X509_NAME_cmp(X509_get_issuer_name(x509), ca->subject) == 0
                && ggi_certificate_time(&until, X509_get0_notAfter(x509))
                && (now > until) == expired && !ggi_points_certificate(points, ca, x509))
            {
                return 0;
            }
        }
    }

    return 1;
}


void
ggi_points_free(ggi_points_t *points)
{
    while (points->n) {
        ggi_points_drop(points);
    }

    free(points->points);
    memset(points, 0, sizeof(ggi_points_t));
}
