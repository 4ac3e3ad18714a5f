/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_crl_list.h"
#include "ggi_der.h"
#include "ggi_name_text.h"

#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/sha.h>

#define GGI_CRL_SORT_FEW   24           /* entries that are sorted by insertion */
#define GGI_CRL_SORT_WORK  4            /* entries that are moved while one is read */


int
ggi_crl_entry(ggi_crl_entry_t *entry, const uint8_t *octets, size_t len)
{
    uint8_t  digest[SHA256_DIGEST_LENGTH];

    memset(entry, 0, sizeof(ggi_crl_entry_t));

    if (len <= GGI_CRL_SERIAL_MAX) {
        entry->octets[0] = (uint8_t) len;
        memcpy(entry->octets + 1, octets, len);
        return 1;
    }

    if (!EVP_Digest(octets, len, digest, NULL, EVP_sha256(), NULL)) {
        return 0;
    }

    entry->octets[0] = GGI_CRL_SERIAL_MAX + 1;
    memcpy(entry->octets + 1, digest, GGI_CRL_SERIAL_MAX);

    return 1;
}


static int
ggi_crl_entry_compare(const ggi_crl_entry_t *one, const ggi_crl_entry_t *two)
{
    return memcmp(one->octets, two->octets, sizeof(ggi_crl_entry_t));
}


static void
ggi_crl_entries_insert(ggi_crl_entry_t *entries, size_t n)
{
    size_t           i, k;
    ggi_crl_entry_t  entry;

    for (i = 1; i < n; i++) {
        entry = entries[i];

        for (k = i;
             k > 0 && ggi_crl_entry_compare(&entry, &entries[k - 1]) < 0;
             k--)
        {
            entries[k] = entries[k - 1];
        }

        entries[k] = entry;
    }
}


/*
 * Moves each entry into the group of its octet at "at", by swaps (American flag sort).
 * Sets starts[i] to the first entry of group i, and starts[256] to n.
 */
static void
ggi_crl_entries_divide(ggi_crl_entry_t *entries, size_t n, size_t at,
    size_t starts[257], ggi_crl_pace_t *pace)
{
    size_t           i, octet, next[256];
    ggi_crl_entry_t  entry, other;

    memset(starts, 0, 257 * sizeof(size_t));

    for (i = 0; i < n; i++) {
        starts[entries[i].octets[at] + 1]++;

        if (i % GGI_CRL_SORT_WORK == 0) {
            ggi_crl_pace(pace, 1);
        }
    }

    for (i = 0; i < 256; i++) {
        starts[i + 1] += starts[i];
        next[i] = starts[i];
    }

    for (i = 0; i < 256; i++) {
        while (next[i] < starts[i + 1]) {
            entry = entries[next[i]];
            octet = entry.octets[at];

            while (octet != i) {
                other = entries[next[octet]];
                entries[next[octet]++] = entry;
                entry = other;
                octet = entry.octets[at];
            }

            entries[next[i]++] = entry;

            if (next[i] % GGI_CRL_SORT_WORK == 0) {
                ggi_crl_pace(pace, 1);
            }
        }
    }
}


/* Sorts entries of which the octets before "at" are equal. */
static void
ggi_crl_entries_sort_from(ggi_crl_entry_t *entries, size_t n, size_t at,
    ggi_crl_pace_t *pace)
{
    size_t  i, starts[257];

    if (n <= GGI_CRL_SORT_FEW || at == sizeof(ggi_crl_entry_t)) {
        ggi_crl_entries_insert(entries, n);
        ggi_crl_pace(pace, 1 + (unsigned) n / GGI_CRL_SORT_WORK);
        return;
    }

    ggi_crl_entries_divide(entries, n, at, starts, pace);

    for (i = 0; i < 256; i++) {
        if (starts[i + 1] - starts[i] > 1) {
            ggi_crl_entries_sort_from(entries + starts[i],
                                      starts[i + 1] - starts[i], at + 1, pace);
        }
    }
}


void
ggi_crl_entries_sort(ggi_crl_entry_t *entries, size_t n, ggi_crl_pace_t *pace)
{
    ggi_crl_entries_sort_from(entries, n, 0, pace);
}


int
ggi_crl_list_has(const ggi_crl_list_t *list, const X509 *x509)
{
    int                     len, order;
    size_t                  from, to, middle;
    ggi_der_t               der, serial;
    unsigned char          *encoded;
    ggi_crl_entry_t         entry;
    const ggi_crl_entry_t  *entries;

    encoded = NULL;
    len = i2d_ASN1_INTEGER(X509_get0_serialNumber(x509), &encoded);

    if (len <= 0) {
        ERR_clear_error();
        return -1;
    }

    der.data = encoded;
    der.len = (size_t) len;

    if (!ggi_der_take(&der, GGI_DER_INTEGER, &serial)
        || !ggi_crl_entry(&entry, serial.data, serial.len))
    {
        OPENSSL_free(encoded);
        return -1;
    }

    OPENSSL_free(encoded);

    entries = (const ggi_crl_entry_t *) ggi_crl_part(list, entries);
    from = 0;
    to = list->n;

    while (from < to) {
        middle = from + (to - from) / 2;
        order = ggi_crl_entry_compare(&entry, &entries[middle]);

        if (order == 0) {
            return 1;
        }

        if (order < 0) {
            to = middle;
        } else {
            from = middle + 1;
        }
    }

    return 0;
}


int
ggi_crl_list_compare(const ggi_crl_number_t *number, int64_t this_update,
    const ggi_crl_number_t *other_number, int64_t other_this_update)
{
    int  order;

    if (number->len != other_number->len) {
        return (number->len > other_number->len) ? 1 : -1;
    }

    order = memcmp(number->octets, other_number->octets, number->len);

    if (order) {
        return order;
    }

    return (this_update > other_this_update)
           - (this_update < other_this_update);
}


int
ggi_crl_list_scope_same(const ggi_crl_list_t *one, const ggi_crl_list_t *two)
{
    return one->scope.len == two->scope.len
           && memcmp(ggi_crl_part(one, scope), ggi_crl_part(two, scope),
                     one->scope.len)
              == 0;
}


X509_NAME *
ggi_crl_list_issuer(const ggi_crl_list_t *list)
{
    const unsigned char  *der;

    der = ggi_crl_part(list, issuer);

    return d2i_X509_NAME(NULL, &der, (long) list->issuer.len);
}


void
ggi_crl_name_text(const X509_NAME *name, char *buf, size_t size)
{
    buf[ggi_name_text(buf, size - 1, name)] = '\0';
}


void
ggi_crl_list_wrong(ggi_crl_list_t *list, const char *why)
{
    list->limited = 0;

    if (list->wrong[0] == '\0') {
        snprintf(list->wrong, sizeof(list->wrong), "%s", why);
    }
}


void
ggi_crl_list_limited(ggi_crl_list_t *list, const char *why)
{
    if (list->wrong[0] == '\0') {
        ggi_crl_list_wrong(list, why);
        list->limited = 1;
    }
}


void
ggi_crl_time_text(int64_t time, char *buf)
{
    time_t     seconds;
    struct tm  tm;

    seconds = (time_t) time;

    if (gmtime_r(&seconds, &tm) == NULL
        || strftime(buf, GGI_CRL_TIME_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
    {
        snprintf(buf, GGI_CRL_TIME_TEXT, "an unknown time");
    }
}


void
ggi_crl_number_text(const ggi_crl_number_t *number, char *buf)
{
    size_t  i;

    if (number->len == 0) {
        snprintf(buf, GGI_CRL_NUMBER_TEXT, "none");
        return;
    }

    snprintf(buf, GGI_CRL_NUMBER_TEXT, "0x");

    for (i = 0; i < number->len; i++) {
        snprintf(buf + 2 + 2 * i, 3, "%02x", number->octets[i]);
    }
}
