/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include "ggi_dienst_name.h"
#include "ggi_dienst_names.h"


/* Adds a dienst with two names. Returns NULL, or what is wrong. */
static const char *
ggi_dienst_names_add(ggi_dienst_names_t *names, ggi_str_t pair)
{
    size_t              i;
    ggi_dienst_named_t  named;

    if (pair.len == 0 || memchr(pair.data, '=', pair.len) == NULL) {
        return "expected PROVIDER=CONSUMER, the name of a dienst at each";
    }

    named.provider = ggi_str_cut(&pair, '=');
    named.consumer = pair;

    if (!ggi_dienst_name_valid(named.provider) || !ggi_dienst_name_valid(named.consumer)) {
        return "no name of a dienst";
    }

    for (i = 0; i < names->n; i++) {
        if (ggi_str_eq(names->named[i].consumer, named.consumer)) {
            return "a name of the consumer that was given before";
        }
    }

    if (names->n == GGI_DIENST_NAMES_MAX) {
        return "more than 64 diensten";
    }

    names->named[names->n++] = named;

    return NULL;
}


const char *
ggi_dienst_names_read(ggi_dienst_names_t *names, ggi_str_t text, ggi_str_t *at)
{
    int          more;
    const char  *error;

    names->n = 0;

    do {
        more = text.len && memchr(text.data, ',', text.len);
        *at = ggi_str_cut(&text, ',');
        error = ggi_dienst_names_add(names, *at);
    } while (error == NULL && more);

    return error;
}


ggi_str_t
ggi_dienst_names_find(const ggi_dienst_names_t *names, ggi_str_t consumer)
{
    size_t  i;

    for (i = 0; i < names->n; i++) {
        if (ggi_str_eq(names->named[i].consumer, consumer)) {
            return names->named[i].provider;
        }
    }

    return consumer;
}
