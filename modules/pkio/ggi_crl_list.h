/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * A revocation list as the gate keeps it: what has to be known of it for judging, and
 * the serial numbers on it, sorted, in 21 bytes each. It is one block of memory without
 * pointers, so that all processes of nginx share it at whatever address, and so that it
 * is freed as a whole, however many entries it has.
 *
 * The signature is kept together with the digest of what was signed. So it can be
 * checked with any key, whenever that key turns up, without the list of which it is.
 */

#ifndef GGI_CRL_LIST_H
#define GGI_CRL_LIST_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <openssl/x509v3.h>

#include "ggi_crl_pace.h"

#define GGI_CRL_SERIAL_MAX  20          /* octets of a serial number, RFC 5280, section 4.1.2.2 */
#define GGI_CRL_WRONG_MAX   120         /* bytes of the text of what is wrong with a list */
#define GGI_CRL_TIME_TEXT   32          /* bytes of a time as a text */
#define GGI_CRL_NUMBER_TEXT 48          /* bytes of a CRL number as a text */


typedef enum { GGI_CRL_ALL, GGI_CRL_USERS, GGI_CRL_CAS } ggi_crl_covers_e;


/* A run of bytes within a list, from its start. */
typedef struct {
    uint32_t  at;
    uint32_t  len;
} ggi_crl_part_t;


/* The CRL number (RFC 5280, section 5.2.3), without leading zeros. */
typedef struct {
    uint8_t  len;                       /* 0: the list has no number */
    uint8_t  octets[GGI_CRL_SERIAL_MAX];
} ggi_crl_number_t;


typedef struct {
    uint64_t          size;             /* bytes of the whole list, a multiple of 8 */
    int64_t           this_update;      /* seconds since the epoch */
    int64_t           next_update;
    uint64_t          n;                /* serial numbers */
    ggi_crl_part_t    issuer;           /* DER of the Name */
    ggi_crl_part_t    scope;            /* DER of the issuingDistributionPoint; none: undivided */
    ggi_crl_part_t    algorithm;        /* DER of the AlgorithmIdentifier */
    ggi_crl_part_t    tbs;              /* what was signed, when it cannot be kept as a digest */
    ggi_crl_part_t    signature;
    ggi_crl_part_t    entries;
    ggi_crl_number_t  number;
    uint8_t           covers;           /* ggi_crl_covers_e */
    uint8_t           divided;          /* 1: the scope names a distribution point */
    uint8_t           limited;          /* 1: wrong is only that it does not tell all */
    uint8_t           digest_len;
    uint8_t           digest[EVP_MAX_MD_SIZE];
    char              wrong[GGI_CRL_WRONG_MAX]; /* why the list does not count; empty: it does */
} ggi_crl_list_t;


/*
 * The key of an entry: the length of the serial number, its octets as in DER, and zeros.
 * Of a serial number that is longer than it may be, the length is 21 and the octets are
 * those of its SHA-256.
 */
typedef struct {
    uint8_t  octets[1 + GGI_CRL_SERIAL_MAX];
} ggi_crl_entry_t;


/* Returns a part of a list, which belongs to the list. */
#define ggi_crl_part(list, part)                                              \
    ((const uint8_t *) (list) + (list)->part.at)

/*
 * Sets an entry to the key of a serial number, by which lists are searched. octets are the len
 * bytes of the number in DER, without tag and length. Returns 1, or 0 when OpenSSL cannot hash
 * a long one.
 */
int ggi_crl_entry(ggi_crl_entry_t *entry, const uint8_t *octets, size_t len);

/*
 * Sorts n entries by their keys, in place and without memory of its own. It pauses as pace
 * says, and takes time in proportion to n, whatever the entries are.
 */
void ggi_crl_entries_sort(ggi_crl_entry_t *entries, size_t n,
    ggi_crl_pace_t *pace);

/*
 * Returns 1 when the list has the serial number of a certificate, 0 when it has not, and
 * -1 when that cannot be told, since the serial number cannot be read.
 */
int ggi_crl_list_has(const ggi_crl_list_t *list, const X509 *x509);

/*
 * Compares which of two lists of one issuer and scope is newer: by CRL number, and by
 * thisUpdate when the numbers are equal or neither has one. A list with a number is
 * newer than one without. Returns less than 0 when the first is older, 0 when they are
 * alike, more than 0 when it is newer.
 */
int ggi_crl_list_compare(const ggi_crl_number_t *number, int64_t this_update,
    const ggi_crl_number_t *other_number, int64_t other_this_update);

/*
 * Returns 1 when two lists have the same scope, so that both are about the same certificates of
 * an issuer (RFC 5280, section 5.2.5), 0 otherwise.
 */
int ggi_crl_list_scope_same(const ggi_crl_list_t *one, const ggi_crl_list_t *two);

/*
 * Returns the name of the list's issuer, which the caller frees with X509_NAME_free(),
 * or NULL without memory.
 */
X509_NAME *ggi_crl_list_issuer(const ggi_crl_list_t *list);

/*
 * Writes a name as one line of text for people, by ggi_name_text(), to buf, which has size
 * bytes. Adds a NUL.
 */
void ggi_crl_name_text(const X509_NAME *name, char *buf, size_t size);

/*
 * Writes a time in seconds since the epoch as RFC 3339 has it to buf, which has
 * GGI_CRL_TIME_TEXT bytes.
 */
void ggi_crl_time_text(int64_t time, char *buf);

/* Writes a CRL number in hexadecimal, or "none", to buf, which has GGI_CRL_NUMBER_TEXT bytes. */
void ggi_crl_number_text(const ggi_crl_number_t *number, char *buf);

/*
 * Notes in a list why it does not count. why is copied, and cut off when it is too long. When a
 * reason was noted before, that one stays.
 */
void ggi_crl_list_wrong(ggi_crl_list_t *list, const char *why);

/*
 * Notes in a list why it does not count, as ggi_crl_list_wrong() does, for a list that does not
 * tell of all revoked certificates. The certificates that it names count as revoked all the
 * same: list->limited is 1, unless something else is wrong with the list.
 */
void ggi_crl_list_limited(ggi_crl_list_t *list, const char *why);


#endif
