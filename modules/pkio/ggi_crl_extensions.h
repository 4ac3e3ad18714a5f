/* SPDX-License-Identifier: EUPL-1.2 */

/* The extensions of a revocation list and of its entries (RFC 5280, sections 5.2 and 5.3). */

#ifndef GGI_CRL_EXTENSIONS_H
#define GGI_CRL_EXTENSIONS_H

#include "ggi_crl_list.h"
#include "ggi_der.h"


/*
 * Reads the extensions of a list from der, which holds the SEQUENCE of them and nothing
 * else. Sets the number of the list, what it covers, whether it is a part of a divided
 * list, and in list->wrong why it does not count: it is an indirect list or one for
 * attribute certificates only, or it has a critical extension that is not known; or it
 * is a delta list or one for some reasons only, which list->limited tells. Sets *scope
 * to the DER of the issuingDistributionPoint, which is within der, or to no bytes.
 * Returns 1, or 0 when the extensions are malformed.
 */
int ggi_crl_list_extensions(ggi_crl_list_t *list, const ggi_der_t *der,
    ggi_der_t *scope);

/*
 * Reads the extensions of an entry of a list from der, which holds the SEQUENCE of them and
 * nothing else. Sets *released to 1 when the entry says that the certificate was on hold and is
 * released, and to 0 when it gives another reason. A critical extension that is not known makes
 * the whole list unusable (RFC 5280, section 5.3), which is written to list->wrong. Returns 1,
 * or 0 when the extensions are malformed.
 */
int ggi_crl_entry_extensions(ggi_crl_list_t *list, const ggi_der_t *der,
    int *released);


#endif
