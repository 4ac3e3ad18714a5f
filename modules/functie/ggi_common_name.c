/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_common_name.h"
#include "ggi_value.h"


ggi_str_t
ggi_common_name(const X509_NAME *subject)
{
    int                 i, type;
    ggi_str_t           name;
    const ASN1_STRING  *value;

    static const ggi_str_t  none = ggi_str("");

    i = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);

    if (i < 0 || X509_NAME_get_index_by_NID(subject, NID_commonName, i) >= 0) {
        return none;
    }

    value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, i));
    type = ASN1_STRING_type(value);

    if (type != V_ASN1_PRINTABLESTRING && type != V_ASN1_UTF8STRING) {
        return none;
    }

    name.data = (const char *) ASN1_STRING_get0_data(value);
    name.len = (size_t) ASN1_STRING_length(value);

    return ggi_value_well_formed(name) ? name : none;
}
