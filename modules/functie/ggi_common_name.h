/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The commonName of a certificate, by which an organisation can tell its own applications
 * from each other.
 */

#ifndef GGI_COMMON_NAME_H
#define GGI_COMMON_NAME_H

#include <openssl/x509.h>

#include "ggi_str.h"


/*
 * Returns the commonName (X.520, 2.5.4.3) of the subject of a certificate that anybody may
 * have made. It is empty when the subject has none, or more than one, also in one RDN: which
 * of them counts would be a guess. It is empty as well when the value is no PrintableString or
 * UTF8String, the types that are read alike everywhere, and when ggi_value_well_formed()
 * rejects it. It points into the subject.
 */
ggi_str_t ggi_common_name(const X509_NAME *subject);


#endif
