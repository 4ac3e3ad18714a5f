/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_der.h"


int
ggi_der_head(ggi_der_head_t *head, const uint8_t *data, size_t len)
{
    size_t  i, n;

    if (len < 2 || (data[0] & 0x1f) == 0x1f) {
        return 0;
    }

    head->tag = data[0];
    head->head = 2;
    head->len = data[1];

    if (data[1] < 0x80) {
        return 1;
    }

    n = data[1] & 0x7f;

    if (n == 0 || n > 4 || len < 2 + n || data[2] == 0) {
        return 0;
    }

    head->head += n;
    head->len = 0;

    for (i = 0; i < n; i++) {
        head->len = head->len << 8 | data[2 + i];
    }

    return head->len >= 0x80 && head->len <= GGI_DER_LEN_MAX;
}


int
ggi_der_take(ggi_der_t *from, unsigned tag, ggi_der_t *content)
{
    ggi_der_head_t  head;

    if (!ggi_der_head(&head, from->data, from->len) || head.tag != tag
        || head.len > from->len - head.head)
    {
        return 0;
    }

    content->data = from->data + head.head;
    content->len = head.len;

    from->data += head.head + head.len;
    from->len -= head.head + head.len;

    return 1;
}


int
ggi_der_integer_valid(const ggi_der_t *content)
{
    const uint8_t  *data;

    data = content->data;

    if (content->len < 2) {
        return content->len == 1;
    }

    /* the first nine bits are neither all 0 nor all 1 */
    return !(data[0] == 0 && data[1] < 0x80)
           && !(data[0] == 0xff && data[1] >= 0x80);
}
