/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_pair.h"

#define GGI_PAIR_CLIENT_GONE   499      /* status of nginx when its client was gone */
#define GGI_PAIR_BAD_GATEWAY   502
#define GGI_PAIR_TIMED_OUT     504


/* Returns 1 when a half does not tell a text, and that does not say that there was none. */
static int
ggi_pair_silent(const ggi_half_t *half, ggi_half_text_e text)
{
    return half->len[text] == 0 && (half->refused || !half->decided);
}


/* Returns 1 when the answers of which both halves tell the status cannot be one answer. */
static int
ggi_pair_status(const ggi_half_t *provider, const ggi_half_t *consumer)
{
    if (provider->status == consumer->status || provider->status == 0 || consumer->status == 0
        || provider->status == GGI_PAIR_CLIENT_GONE)
    {
        return 0;
    }

    /* the consumer's gate says these by itself when it did not wait for the answer */

    return consumer->status != GGI_PAIR_BAD_GATEWAY && consumer->status != GGI_PAIR_TIMED_OUT;
}


ggi_str_t
ggi_pair_text(const ggi_half_t *half, ggi_half_text_e text, const ggi_dienst_names_t *names)
{
    ggi_str_t  str;

    str = ggi_half_text(half, text);

    return (text == GGI_HALF_DIENST && half->side == GGI_SIDE_CONSUMER)
           ? ggi_dienst_names_find(names, str) : str;
}


unsigned
ggi_pair_compare(const ggi_half_t *provider, const ggi_half_t *consumer,
    const ggi_dienst_names_t *names)
{
    unsigned         differ, i;
    ggi_half_text_e  text;

    differ = 0;

    for (i = GGI_HALF_OIN; i <= GGI_HALF_PATH; i++) {
        text = (ggi_half_text_e) i;

        if (!ggi_str_eq(ggi_half_text(provider, text), ggi_pair_text(consumer, text, names))
            && !ggi_pair_silent(provider, text) && !ggi_pair_silent(consumer, text))
        {
            differ |= 1u << i;
        }
    }

    if (ggi_pair_status(provider, consumer)) {
        differ |= 1u << GGI_PAIR_STATUS;
    }

    if (consumer->refused) {
        differ |= 1u << GGI_PAIR_DECISION;
    }

    return differ;
}
