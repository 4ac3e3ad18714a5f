/* SPDX-License-Identifier: EUPL-1.2 */

/* Names of certificates as nobody would make them. */

#ifndef GGI_UNIT_NAME_H
#define GGI_UNIT_NAME_H

#include <openssl/x509.h>


/* Adds an attribute of any type, with any bytes and of any length, to a name. */
static inline void
add(X509_NAME *name, int nid, int type, const char *value, int len)
{
    ASN1_STRING      *data;
    X509_NAME_ENTRY  *entry;

    entry = X509_NAME_ENTRY_new();
    assert_non_null(entry);
    assert_true(X509_NAME_ENTRY_set_object(entry, OBJ_nid2obj(nid)));

    /* not by X509_NAME_ENTRY_set_data(), which holds to lengths and types */
    data = X509_NAME_ENTRY_get_data(entry);
    assert_true(ASN1_STRING_set(data, value, len));
    data->type = type;

    assert_true(X509_NAME_add_entry(name, entry, -1, 0));
    X509_NAME_ENTRY_free(entry);
}


/* organisation(), which a test has, reads expected of an organizationName with these bytes of a type. */
#define assert_organisation(type, value, size, expected)                       \
    do {                                                                       \
        ggi_str_t  got = organisation(type, value, size);                      \
        assert_bytes(got.data, got.len, expected);                             \
    } while (0)


#endif
