/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_crl_extensions.h"

#include <stdio.h>
#include <string.h>

#include <openssl/err.h>

#define GGI_CRL_RELEASED  8             /* the reason removeFromCRL */

/* The last octet of an OID of id-ce, 2.5.29. */
#define GGI_CE_CRL_NUMBER           20
#define GGI_CE_REASON               21
#define GGI_CE_HOLD_INSTRUCTION     23
#define GGI_CE_INVALIDITY_DATE      24
#define GGI_CE_DELTA                27
#define GGI_CE_DISTRIBUTION_POINT   28
#define GGI_CE_CERTIFICATE_ISSUER   29


typedef struct {
    int        ce;                      /* last octet of an OID of id-ce; -1: another OID */
    int        critical;
    ggi_der_t  oid;                     /* with its head */
    ggi_der_t  value;
} ggi_crl_extension_t;


static int
ggi_crl_extension_next(ggi_der_t *from, ggi_crl_extension_t *extension)
{
    ggi_der_t  content, oid, critical;

    if (!ggi_der_take(from, GGI_DER_SEQUENCE, &content)) {
        return 0;
    }

    extension->oid = content;
    extension->critical = 0;
    extension->ce = -1;

    if (!ggi_der_take(&content, GGI_DER_OID, &oid)) {
        return 0;
    }

    extension->oid.len -= content.len;

    if (oid.len == 3 && oid.data[0] == 0x55 && oid.data[1] == 0x1d) {
        extension->ce = oid.data[2];
    }

    if (ggi_der_take(&content, GGI_DER_BOOLEAN, &critical)) {
        if (critical.len != 1) {
            return 0;
        }

        extension->critical = (critical.data[0] != 0);
    }

    return ggi_der_take(&content, GGI_DER_OCTETS, &extension->value)
           && content.len == 0;
}


static void
ggi_crl_wrong_critical(ggi_crl_list_t *list, const char *where,
    const ggi_crl_extension_t *extension)
{
    char                  oid[64], why[GGI_CRL_WRONG_MAX];
    ASN1_OBJECT          *object;
    const unsigned char  *data;

    data = extension->oid.data;
    object = d2i_ASN1_OBJECT(NULL, &data, (long) extension->oid.len);

    if (object == NULL || OBJ_obj2txt(oid, sizeof(oid), object, 1) <= 0) {
        oid[0] = '\0';
    }

    snprintf(why, sizeof(why), "has %sthe unknown critical extension %s", where,
             oid);
    ggi_crl_list_wrong(list, why);

    ASN1_OBJECT_free(object);
    ERR_clear_error();
}


/* Reads the CRL number. Returns 1, or 0 when it is malformed. */
static int
ggi_crl_read_number(ggi_crl_list_t *list, ggi_der_t value)
{
    ggi_der_t  number;

    if (!ggi_der_take(&value, GGI_DER_INTEGER, &number) || value.len
        || !ggi_der_integer_valid(&number))
    {
        return 0;
    }

    if (number.data[0] == 0 && number.len > 1) {
        number.data++;
        number.len--;

    } else if (number.data[0] >= 0x80) {
        ggi_crl_list_wrong(list, "has a negative CRL number");
        return 1;
    }

    if (number.len > GGI_CRL_SERIAL_MAX) {
        ggi_crl_list_wrong(list, "has a CRL number of more than 20 octets");
        return 1;
    }

    if (list->number.len) {
        ggi_crl_list_wrong(list, "has two CRL numbers");
        return 1;
    }

    list->number.len = (uint8_t) number.len;
    memcpy(list->number.octets, number.data, number.len);

    return 1;
}


/* Reads the issuingDistributionPoint. Returns 1, or 0 when it is malformed. */
static int
ggi_crl_read_scope(ggi_crl_list_t *list, const ggi_der_t *value,
    ggi_der_t *scope)
{
    ISSUING_DIST_POINT   *idp;
    const unsigned char  *data;

    data = value->data;
    idp = d2i_ISSUING_DIST_POINT(NULL, &data, (long) value->len);

    if (idp == NULL || data != value->data + value->len) {
        ISSUING_DIST_POINT_free(idp);
        ERR_clear_error();
        return 0;
    }

    if (scope->len) {
        ggi_crl_list_wrong(list, "has two issuing distribution points");
    }

    if (idp->indirectCRL > 0) {
        ggi_crl_list_wrong(list, "is an indirect list");
    }

    if (idp->onlyattr > 0) {
        ggi_crl_list_wrong(list, "is for attribute certificates only");
    }

    if (idp->onlysomereasons) {
        ggi_crl_list_limited(list, "is for some reasons only");
    }

    if (idp->onlyuser > 0 && idp->onlyCA > 0) {
        ggi_crl_list_wrong(list, "is for end users only and for CAs only");
    }

    list->divided = (idp->distpoint != NULL);
    list->covers = (idp->onlyuser > 0) ? GGI_CRL_USERS
                   : (idp->onlyCA > 0) ? GGI_CRL_CAS : GGI_CRL_ALL;
    *scope = *value;

    ISSUING_DIST_POINT_free(idp);

    return 1;
}


int
ggi_crl_list_extensions(ggi_crl_list_t *list, const ggi_der_t *der,
    ggi_der_t *scope)
{
    int                  good;
    ggi_der_t            all, from;
    ggi_crl_extension_t  extension;

    from = *der;
    scope->data = NULL;
    scope->len = 0;

    if (!ggi_der_take(&from, GGI_DER_SEQUENCE, &all) || from.len) {
        return 0;
    }

    while (all.len) {
        if (!ggi_crl_extension_next(&all, &extension)) {
            return 0;
        }

        good = 1;

        switch (extension.ce) {

        case GGI_CE_CRL_NUMBER:
            good = ggi_crl_read_number(list, extension.value);
            break;

        case GGI_CE_DISTRIBUTION_POINT:
            good = ggi_crl_read_scope(list, &extension.value, scope);
            break;

        case GGI_CE_DELTA:
            ggi_crl_list_limited(list, "is a delta list");
            break;

        default:
            if (extension.critical) {
                ggi_crl_wrong_critical(list, "", &extension);
            }
        }

        if (!good) {
            return 0;
        }
    }

    return 1;
}


int
ggi_crl_entry_extensions(ggi_crl_list_t *list, const ggi_der_t *der,
    int *released)
{
    int                  reasons;
    ggi_der_t            all, from, reason;
    ggi_crl_extension_t  extension;

    from = *der;
    reasons = 0;

    if (!ggi_der_take(&from, GGI_DER_SEQUENCE, &all) || from.len) {
        return 0;
    }

    while (all.len) {
        if (!ggi_crl_extension_next(&all, &extension)) {
            return 0;
        }

        switch (extension.ce) {

        case GGI_CE_REASON:
            if (!ggi_der_take(&extension.value, GGI_DER_ENUMERATED, &reason)
                || extension.value.len || reason.len != 1 || reasons++)
            {
                return 0;
            }

            *released = (reason.data[0] == GGI_CRL_RELEASED);
            break;

        case GGI_CE_HOLD_INSTRUCTION:
        case GGI_CE_INVALIDITY_DATE:
        case GGI_CE_CERTIFICATE_ISSUER:
            break;

        default:
            if (extension.critical) {
                ggi_crl_wrong_critical(list, "an entry with ", &extension);
            }
        }
    }

    return 1;
}
