/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include "ggi_pseudonym_keys.h"

/* What a file without a key is told of. */
static const char  ggi_pseudonym_size[] =
    "has the wrong size: expected 16 to 256 bytes";


/* Reads hexadecimal digits, two for each byte. Returns how many bytes they are, or 0. */
static size_t
ggi_pseudonym_hex(char bytes[GGI_PSEUDONYM_KEY_MAX], ggi_str_t digits)
{
    int     high, low;
    size_t  i;

    if (digits.len % 2 || digits.len > 2 * GGI_PSEUDONYM_KEY_MAX) {
        return 0;
    }

    for (i = 0; i < digits.len; i += 2) {
        high = ggi_hex_value(digits.data[i]);
        low = ggi_hex_value(digits.data[i + 1]);

        if (high < 0 || low < 0) {
            return 0;
        }

        bytes[i / 2] = (char) (high << 4 | low);
    }

    return digits.len / 2;
}


/* Adds the key whose bytes are at the next place. Returns NULL, or what is wrong. */
static const char *
ggi_pseudonym_keys_add(ggi_pseudonym_keys_t *keys, size_t len)
{
    size_t     i;
    ggi_str_t  bytes = { len, keys->bytes[keys->n] };

    if (!ggi_pseudonym_key_set(&keys->key[keys->n], bytes)) {
        return "cannot be used: look in openssl.cnf for a provider that has HMAC and SHA-256";
    }

    for (i = 0; i < keys->n; i++) {
        if (memcmp(keys->key[i].id, keys->key[keys->n].id, GGI_PSEUDONYM_ID_LEN) == 0) {
            return "has two keys of one id: make another one";
        }
    }

    keys->n++;

    return NULL;
}


/* Reads the lines of a file of several keys. Returns NULL, or what is wrong. */
static const char *
ggi_pseudonym_keys_lines(ggi_pseudonym_keys_t *keys, ggi_str_t rest)
{
    size_t       len;
    ggi_str_t    line;
    const char  *wrong;

    for (wrong = NULL; rest.len && wrong == NULL; ) {
        line = ggi_str_cut(&rest, '\n');

        if (line.len == 0 || line.data[0] == '#') {
            continue;
        }

        if (keys->n == GGI_PSEUDONYM_KEYS) {
            return "has more than 16 keys";
        }

        len = ggi_pseudonym_hex(keys->bytes[keys->n], line);

        if (len < GGI_PSEUDONYM_KEY_MIN) {
            return "has a line that is no key: expected 32 to 512 hexadecimal digits, two for each "
                   "byte";
        }

        wrong = ggi_pseudonym_keys_add(keys, len);
    }

    return (wrong == NULL && keys->n == 0) ? "has no key" : wrong;
}


const char *
ggi_pseudonym_keys_read(ggi_pseudonym_keys_t *keys, ggi_str_t file)
{
    ggi_str_t  rest;

    static const ggi_str_t  several = ggi_str("# ggi-pseudonym-keys");

    memset(keys, 0, sizeof(ggi_pseudonym_keys_t));
    rest = file;

    if (file.len && ggi_str_eq(ggi_str_cut(&rest, '\n'), several)) {
        return ggi_pseudonym_keys_lines(keys, rest);
    }

    if (file.len < GGI_PSEUDONYM_KEY_MIN || file.len > GGI_PSEUDONYM_KEY_MAX) {
        return ggi_pseudonym_size;
    }

    memcpy(keys->bytes[0], file.data, file.len);

    return ggi_pseudonym_keys_add(keys, file.len);
}
