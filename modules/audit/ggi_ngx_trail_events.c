/* SPDX-License-Identifier: EUPL-1.2 */

/* The records beside those of decisions and completions, which the trail of a worker gets. */

#include "ggi_ngx_resource.h"
#include "ggi_ngx_trail_events.h"


ngx_int_t
ggi_trail_add_withdrawal(const ggi_call_t *call)
{
    char    *p;
    size_t   len;

    p = ggi_trail_room(GGI_RECORD_WITHDRAWAL_SIZE);
    ggi_resource_use(&ggi_trail.chain, call->organisation);
    len = p ? ggi_record_withdrawal(p, GGI_RECORD_WITHDRAWAL_SIZE, call, ggi_trail_now(),
                                    &ggi_trail.chain)
            : 0;
    ggi_resource_use(&ggi_trail.chain, ggi_trail.own);

    return ggi_trail_count_added(p, len);
}


ngx_int_t
ggi_trail_add_anonymous(const ggi_anonymous_count_t *count)
{
    char       *p, text[GGI_ANONYMOUS_TEXT];
    size_t      len;
    ggi_str_t   address;

    address.data = text;
    address.len = count->address ? ggi_anonymous_text(text, count->address) : 0;
    p = ggi_trail_room(GGI_RECORD_GAP_SIZE);
    len = p ? ggi_record_anonymous(p, GGI_RECORD_GAP_SIZE, count, address,
                                   ggi_trail_now(), &ggi_trail.chain)
            : 0;

    return ggi_trail_end_record(p, len) ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ggi_trail_add_signal(const ggi_signal_told_t *told, const ggi_call_t *call)
{
    char    *p;
    size_t   len;

    p = ggi_trail_room(GGI_RECORD_SIGNAL_SIZE);
    ggi_resource_use(&ggi_trail.chain, call ? call->organisation : ggi_trail.own);
    len = p ? ggi_record_signal(p, GGI_RECORD_SIGNAL_SIZE, told, call, ggi_trail_now(),
                                &ggi_trail.chain)
            : 0;
    ggi_resource_use(&ggi_trail.chain, ggi_trail.own);

    return ggi_trail_count_added(p, len);
}


ggi_str_t
ggi_trail_pseudonym(char dst[GGI_PSEUDONYM_LEN], ggi_str_t text)
{
    ggi_str_t  pseudonym = { 0, dst };

    if (text.len && ggi_pseudonym_make(dst, text, &ggi_trail.env.pseudonyms)) {
        pseudonym.len = GGI_PSEUDONYM_LEN;
    }

    return pseudonym;
}
