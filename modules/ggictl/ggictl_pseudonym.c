/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE                     /* explicit_bzero() */
#include <string.h>

#include "ggictl_input.h"
#include "ggictl_out.h"
#include "ggictl_pseudonym.h"

#define GGICTL_PSEUDONYM_AFTER  (5 + GGI_PSEUDONYM_ID_LEN + 1)  /* bytes before the HMAC */


int
ggictl_pseudonym_keys(ggi_pseudonym_keys_t *keys, const char *file)
{
    char         data[GGI_PSEUDONYM_FILE_MAX + 1];
    ssize_t      n;
    ggi_str_t    text = { 0, data };
    const char  *wrong;

    n = ggictl_input_secret(file, data, sizeof(data));

    if (n == -1) {
        explicit_bzero(data, sizeof(data));
        return 0;
    }

    text.len = (size_t) n;
    wrong = (text.len > GGI_PSEUDONYM_FILE_MAX) ? "is too large for a file of keys"
                                                : ggi_pseudonym_keys_read(keys, text);
    explicit_bzero(data, sizeof(data));

    if (wrong) {
        explicit_bzero(keys, sizeof(ggi_pseudonym_keys_t));
        (void) ggictl_fail("%s %s", ggictl_input_name(file), wrong);
    }

    return wrong == NULL;
}


ggi_str_t
ggictl_pseudonym_subject(const char *text, char bsn[GGI_BSN_LEN])
{
    ggi_str_t  subject;

    subject = ggictl_str(text);

    if (ggi_bsn_find(bsn, subject, GGI_BSN_LEN - 1)) {
        subject.data = bsn;
        subject.len = GGI_BSN_LEN;
    }

    return subject;
}


int
ggictl_pseudonym_write(char dst[GGI_PSEUDONYM_LEN + 1], ggi_str_t text,
    const ggi_pseudonym_key_t *key, int old)
{
    if (!ggi_pseudonym_write(dst, text, key)) {
        (void) ggictl_fail("openssl.cnf names no provider with HMAC and SHA-256");
        return 0;
    }

    dst[GGI_PSEUDONYM_LEN] = '\0';

    if (old) {
        memmove(dst + 5, dst + GGICTL_PSEUDONYM_AFTER,
                GGI_PSEUDONYM_LEN - GGICTL_PSEUDONYM_AFTER + 1);
    }

    return 1;
}


int
ggictl_pseudonym(ggictl_args_t *args)
{
    int                   good;
    char                  text[GGI_PSEUDONYM_LEN + 1], bsn[GGI_BSN_LEN];
    size_t                i;
    ggi_str_t             subject;
    const char           *value;
    ggi_pseudonym_keys_t  keys;

    json_object_set_new(args->result, "pseudonyms", json_array());

    if (!ggictl_pseudonym_keys(&keys, args->arguments[0])) {
        return GGICTL_ERROR;
    }

    value = ggictl_input_line(args->arguments[1]);

    if (value == NULL) {
        explicit_bzero(&keys, sizeof(keys));
        return GGICTL_ERROR;
    }

    subject = ggictl_pseudonym_subject(value, bsn);

    for (good = 1, i = 0; good && i < keys.n; i++) {
        good = ggictl_pseudonym_write(text, subject, &keys.key[i], 0);

        if (good) {
            ggictl_say(args->result, "%s\n", text);
            json_array_append_new(json_object_get(args->result, "pseudonyms"), json_string(text));
        }
    }

    explicit_bzero(bsn, sizeof(bsn));
    explicit_bzero(&keys, sizeof(keys));

    return good ? GGICTL_OK : GGICTL_ERROR;
}
