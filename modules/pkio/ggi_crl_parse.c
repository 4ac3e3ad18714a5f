/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_crl_input.h"
#include "ggi_crl_parse.h"
#include "ggi_crl_walk.h"

#include <string.h>

#include <openssl/err.h>


static const char  ggi_crl_malformed[] = "expected revocation lists in PEM or DER";
static const char  ggi_crl_glued[] = "\"-----BEGIN X509 CRL-----\" is not alone on its line";


int
ggi_crl_parse(ggi_crl_room_t *room, int fd, const char *path,
    ggi_fault_t *fault, int *again)
{
    int              good, unused = 0;
    const char      *why;
    ggi_crl_input_t  input;

    again = again ? again : &unused;
    *again = 1;

    if (!ggi_crl_input_open(&input, fd)) {
        return ggi_fault(fault, path, "no memory");
    }

    good = 1;
    why = NULL;

    while (good && ggi_crl_input_next(&input)) {
        good = ggi_crl_walk(&input, room, &why);
    }

    if (input.glued) {
        good = 0;
        why = ggi_crl_glued;
    }

    good = good && room->n > 0;
    ggi_crl_input_close(&input);
    ERR_clear_error();

    if (input.error) {
        return ggi_fault(fault, path, "%s", strerror(input.error));
    }

    *again = 0;

    return good || ggi_fault(fault, path, "%s",
                             why ? why : ggi_crl_malformed);
}
