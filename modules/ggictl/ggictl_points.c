/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ggictl_out.h"
#include "ggictl_points.h"


/*
 * Returns the URL in an argument CA=URL, or the word none, and sets *len to the length
 * of CA, or returns NULL when the argument is neither.
 */
static const char *
ggictl_points_split(const char *argument, size_t *len)
{
    const char  *p;

    for (p = strchr(argument, '='); p; p = strchr(p + 1, '=')) {
        if (strcmp(p + 1, "none") == 0 || ggi_points_url(p + 1)) {
            *len = (size_t) (p - argument);
            return p + 1;
        }
    }

    return NULL;
}


/* Takes the URL for a CA that an argument gives. Returns 1, or 0 after a message. */
static int
ggictl_points_argument(ggictl_points_t *points, const ggi_trust_t *trust, const char *argument)
{
    size_t                 i, len;
    const char            *url;
    const ggi_trust_ca_t  *ca;

    url = ggictl_points_split(argument, &len);

    if (url == NULL) {
        ggictl_fail("crl fetch: expected CA=URL with a URL of http:// or https:// without a user "
                    "name, or CA=none, not \"%s\"", argument);
        return 0;
    }

    ca = NULL;

    for (i = 0; i < trust->n; i++) {
        if (ggi_trust_named(&trust->cas[i], argument, len)) {
            if (ca) {
                ggictl_fail("crl fetch: two CAs are named \"%.*s\"; give the whole name, such as "
                            "\"%s\"", (int) len, argument, ca->name);
                return 0;
            }

            ca = &trust->cas[i];
        }
    }

    if (ca == NULL) {
        ggictl_fail("crl fetch: --trust has no CA that is named \"%.*s\"; expected the common "
                    "name, or the whole name such as \"%s\"", (int) len, argument,
                    trust->cas[0].name);
        return 0;
    }

    points->given[ca - trust->cas] = 1;

    if (strcmp(url, "none") != 0 && !ggi_points_add(&points->all, ca, url)) {
        ggictl_fail("no memory");
        return 0;
    }

    return 1;
}


int
ggictl_points_find(ggictl_points_t *points, const ggi_trust_t *trust, const ggictl_args_t *args)
{
    int     i;
    size_t  k;

    points->given = calloc(trust->n, 1);

    if (points->given == NULL) {
        ggictl_fail("no memory");
        return 0;
    }

    for (i = 0; i < args->n; i++) {
        if (!ggictl_points_argument(points, trust, args->arguments[i])) {
            return 0;
        }
    }

    for (k = 0; k < trust->n; k++) {
        if (points->given[k] == 0
            && !ggi_points_find(&points->all, trust, &trust->cas[k], time(NULL)))
        {
            ggictl_fail("no memory, or more than %d distribution points", GGI_POINTS_MAX);
            return 0;
        }
    }

    return 1;
}


void
ggictl_points_free(ggictl_points_t *points)
{
    ggi_points_free(&points->all);
    free(points->given);
}
