/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_velden.h"


int
ggi_veld_valid(ggi_str_t veld)
{
    size_t  i;
    int     named;                      /* the name at hand has a character */

    named = 0;

    for (i = 0; i < veld.len; i++) {
        if (ggi_veld_char(veld.data[i])) {
            named = 1;

        } else if (veld.data[i] == '.' && named) {
            named = 0;

        } else {
            return 0;
        }
    }

    return named && veld.len <= GGI_VELD_MAX;
}


int
ggi_veld_compare(ggi_str_t a, ggi_str_t b)
{
    int  order;

    order = memcmp(a.data, b.data, (a.len < b.len) ? a.len : b.len);

    return order ? order : (a.len > b.len) - (a.len < b.len);
}


int
ggi_veld_within(ggi_str_t group, ggi_str_t veld)
{
    return veld.len >= group.len && memcmp(veld.data, group.data, group.len) == 0
           && (veld.len == group.len || veld.data[group.len] == '.');
}


/*
 * Whatever stands between a group and a field below it begins with the group and a dot,
 * and would be below the group itself. So the group of a field, if there is one, is the
 * last in the list that is not greater than the field.
 */
int
ggi_velden_allow(const ggi_str_t *velden, size_t n, ggi_str_t veld)
{
    size_t  from, to, middle;

    if (n == 1 && velden[0].len == 1 && velden[0].data[0] == '*') {
        return 1;
    }

    from = 0;
    to = n;

    while (from < to) {
        middle = from + (to - from) / 2;

        if (ggi_veld_compare(velden[middle], veld) <= 0) {
            from = middle + 1;

        } else {
            to = middle;
        }
    }

    return from > 0 && ggi_veld_within(velden[from - 1], veld);
}
