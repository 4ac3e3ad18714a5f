/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_bsn_again.h"


typedef struct {
    ggi_str_t  name;
    ggi_str_t  value;
} ggi_bsn_pair_t;


/* Takes the first pair off a text. Returns 1, or 0 when there is none left. */
static int
ggi_bsn_next_pair(ggi_str_t *rest, ggi_bsn_pair_t *pair)
{
    size_t  len, name;

    while (rest->len && (*rest->data == '&' || *rest->data == ';' || *rest->data == ' ')) {
        rest->data++;
        rest->len--;
    }

    for (len = 0; len < rest->len && rest->data[len] != '&' && rest->data[len] != ';'; len++) { }

    for (name = 0; name < len && rest->data[name] != '='; name++) { }

    pair->name.data = rest->data;
    pair->name.len = name;
    pair->value.data = rest->data + name;
    pair->value.len = len - name;

    rest->data += len;
    rest->len -= len;

    return len > 0;
}


/* Takes the first character off a name, and returns it; or '\0' at its end or its index. */
static char
ggi_bsn_name_char(ggi_str_t *name)
{
    char    ch;
    size_t  n;

    if (name->len == 0) {
        return '\0';
    }

    n = ggi_bsn_char(name->data, name->len, &ch);
    name->data += n;
    name->len -= n;

    if (ch >= 'A' && ch <= 'Z') {
        return (char) (ch - 'A' + 'a');
    }

    if (ch == '[') {
        return '\0';
    }

    if (ch == ' ' || ch == '+' || ch == '-' || ch == '.') {
        return '_';
    }

    return ch;
}


static int
ggi_bsn_same_name(ggi_str_t a, ggi_str_t b)
{
    char  x;

    do {
        x = ggi_bsn_name_char(&a);

        if (x != ggi_bsn_name_char(&b)) {
            return 0;
        }
    } while (x);

    return 1;
}


/* Returns 1 when a pair has the BSN in its value, and no other; 0 otherwise. */
static int
ggi_bsn_in_pair(const ggi_bsn_pair_t *pair, const char bsn[GGI_BSN_LEN])
{
    char  found[GGI_BSN_LEN];

    return ggi_bsn_persons(found, pair->value, GGI_BSN_LEN - 1) == 1
           && memcmp(found, bsn, GGI_BSN_LEN) == 0;
}


/* Returns 1 when a name is that of a pair of the text that does not have the BSN, 0 otherwise. */
static int
ggi_bsn_contradicted(ggi_str_t text, ggi_str_t name, const char bsn[GGI_BSN_LEN])
{
    ggi_bsn_pair_t  pair;

    while (ggi_bsn_next_pair(&text, &pair)) {
        if (ggi_bsn_same_name(pair.name, name) && !ggi_bsn_in_pair(&pair, bsn)) {
            return 1;
        }
    }

    return 0;
}


int
ggi_bsn_comes_again(ggi_str_t text, const char bsn[GGI_BSN_LEN])
{
    unsigned        n;
    ggi_str_t       rest;
    ggi_bsn_pair_t  pair;

    rest = text;
    n = 0;

    while (ggi_bsn_next_pair(&rest, &pair)) {
        if (!ggi_bsn_in_pair(&pair, bsn)) {
            continue;
        }

        if (++n > GGI_BSN_AGAIN_MAX || ggi_bsn_contradicted(text, pair.name, bsn)) {
            return 1;
        }
    }

    return 0;
}
