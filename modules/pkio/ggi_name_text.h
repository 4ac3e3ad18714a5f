/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The names in certificates and revocation lists as texts that can be recorded and
 * shown. A text is UTF-8. A control character, a NUL as well, is written as "\" and two
 * hexadecimal digits, and a value that is no text of its type as "#" and its DER. What
 * does not fit is cut off, but not within a character.
 */

#ifndef GGI_NAME_TEXT_H
#define GGI_NAME_TEXT_H

#include <openssl/x509.h>


/*
 * Writes a name in the form of RFC 4514, such as "CN=Some CA,O=Somebody,C=NL", to dst, at
 * most max bytes. Adds no NUL. Returns the length in bytes, which is 0 without memory.
 */
size_t ggi_name_text(char *dst, size_t max, const X509_NAME *name);

/*
 * Writes the value of an attribute of a name to dst, at most max bytes. Adds no NUL.
 * Returns the length in bytes, which is 0 without memory.
 */
size_t ggi_name_value_text(char *dst, size_t max, const ASN1_STRING *value);


#endif
