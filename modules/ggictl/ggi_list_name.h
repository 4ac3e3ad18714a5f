/* SPDX-License-Identifier: EUPL-1.2 */

/* The name of the file in which a revocation list of a CA is put in place. */

#ifndef GGI_LIST_NAME_H
#define GGI_LIST_NAME_H

#include <openssl/x509.h>

#include "ggi_crl_list.h"

#define GGI_LIST_NAME_MAX  72           /* bytes of the name, with its NUL */


/*
 * Writes the name of the file for a list that the key of the certificate signer signed.
 * It consists of up to 40 letters and digits of the CA's common name, for people, and 16
 * hexadecimal digits of a SHA-256 of what makes lists different: the name of the CA, its
 * key, and the scope of a list that covers a part of its certificates. So it is always
 * the same for a new list, whatever the URL is or the certificate of the CA is renewed
 * to, and never leads out of the directory. Returns 1, or 0 when OpenSSL cannot.
 */
int ggi_list_name(char name[GGI_LIST_NAME_MAX], const X509 *signer,
    const ggi_crl_list_t *list);

/*
 * Returns 1 when a file with this name, without a folder, can be one that ggi_list_name()
 * has named, for a list by whatever key of a CA with this subject; 0 otherwise.
 */
int ggi_list_name_fits(const char *name, const X509_NAME *subject);


#endif
