/* SPDX-License-Identifier: EUPL-1.2 */

/* What the fuzz targets of certificates share. */

#ifndef GGI_FUZZ_X509_H
#define GGI_FUZZ_X509_H

#include "fuzz.h"

#include <openssl/x509.h>


/* The certificate that the whole input is in DER, which the target frees; NULL when it is none. */
static inline X509 *
fuzz_x509(const uint8_t *data, size_t size)
{
    ggi_str_t             der;
    const unsigned char  *p;

    fuzz_begin(data, size);
    der = fuzz_rest();
    p = (const unsigned char *) der.data;

    return d2i_X509(NULL, &p, (long) der.len);
}


#endif
