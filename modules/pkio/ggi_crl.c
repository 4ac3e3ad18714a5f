/* SPDX-License-Identifier: EUPL-1.2 */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "ggi_certificate.h"
#include "ggi_crl.h"

#define GGI_CRL_PATH_MAX  4096

#define GGI_CRL_NO_DIGEST                                                      \
    "cannot be compared with what was read before: there is no memory for it, "\
    "or openssl.cnf names no provider with SHA-256"

enum { GGI_CRL_ALL, GGI_CRL_USERS, GGI_CRL_CAS, GGI_CRL_UNUSABLE };


/*
 * Calls file() for each regular file of a directory, in the order of their names, until
 * it returns 0. Returns 1, or 0 with the fault when file() failed, the directory cannot
 * be read or has too many files.
 */
static int
ggi_crls_each(const char *dir,
    int (*file)(const char *path, const struct stat *st, void *data,
                ggi_fault_t *fault),
    void *data, ggi_fault_t *fault)
{
    int              i, n, ok;
    char             path[GGI_CRL_PATH_MAX];
    struct stat      st;
    struct dirent  **entries;

    n = scandir(dir, &entries, NULL, alphasort);

    if (n < 0) {
        return ggi_fault(fault, dir, "%s", strerror(errno));
    }

    ok = 1;

    if (n > GGI_CRL_FILES_MAX) {
        ok = ggi_fault(fault, dir, "expected at most %d files",
                       GGI_CRL_FILES_MAX);
    }

    for (i = 0; i < n; i++) {
        if (ok && entries[i]->d_name[0] != '.') {
            snprintf(path, sizeof(path), "%s/%s", dir, entries[i]->d_name);

            if (stat(path, &st) != 0) {
                ok = ggi_fault(fault, path, "%s", strerror(errno));

            } else if (S_ISREG(st.st_mode)) {
                ok = file(path, &st, data, fault);
            }
        }

        free(entries[i]);
    }

    free(entries);

    return ok;
}


static int
ggi_crls_state_file(const char *path, const struct stat *st, void *data,
    ggi_fault_t *fault)
{
    struct {
        long long  inode, size, mode, modified[2], changed[2];
    } seen;

    memset(&seen, 0, sizeof(seen));
    seen.inode = (long long) st->st_ino;
    seen.size = (long long) st->st_size;
    seen.mode = (long long) st->st_mode;
    seen.modified[0] = (long long) st->st_mtim.tv_sec;
    seen.modified[1] = (long long) st->st_mtim.tv_nsec;
    seen.changed[0] = (long long) st->st_ctim.tv_sec;
    seen.changed[1] = (long long) st->st_ctim.tv_nsec;

    return (EVP_DigestUpdate(data, path, strlen(path) + 1)
            && EVP_DigestUpdate(data, &seen, sizeof(seen)))
           || ggi_fault(fault, path, GGI_CRL_NO_DIGEST);
}


int
ggi_crls_state(ggi_crl_state_t *state, const char *dir, ggi_fault_t *fault)
{
    int          ok;
    EVP_MD_CTX  *ctx;

    ctx = EVP_MD_CTX_new();

    if (ctx == NULL || !EVP_DigestInit_ex(ctx, EVP_sha256(), NULL)) {
        EVP_MD_CTX_free(ctx);
        return ggi_fault(fault, dir, GGI_CRL_NO_DIGEST);
    }

    ok = ggi_crls_each(dir, ggi_crls_state_file, ctx, fault)
         && EVP_DigestFinal_ex(ctx, state->digest, NULL);

    EVP_MD_CTX_free(ctx);

    return ok;
}


/*
 * Returns which certificates a list covers: all, end users, CAs, or none
 * (GGI_CRL_UNUSABLE). Delta lists, indirect lists, lists for some reasons only and
 * lists with an unknown critical extension are not used (RFC 5280, section 5.2). Sets
 * *part to the distribution point of a part of a divided list, which the caller frees
 * with ISSUING_DIST_POINT_free(), and leaves it as it is for an undivided list.
 */
static int
ggi_crl_scope(X509_CRL *crl, ISSUING_DIST_POINT **part)
{
    int                  i, scope;
    X509_EXTENSION      *extension;
    ISSUING_DIST_POINT  *idp;

    for (i = 0; i < X509_CRL_get_ext_count(crl); i++) {
        extension = X509_CRL_get_ext(crl, i);

        if (X509_EXTENSION_get_critical(extension)
            && OBJ_obj2nid(X509_EXTENSION_get_object(extension))
               != NID_issuing_distribution_point)
        {
            return GGI_CRL_UNUSABLE;
        }
    }

    if (X509_CRL_get_ext_by_NID(crl, NID_issuing_distribution_point, -1) < 0) {
        return GGI_CRL_ALL;
    }

    idp = X509_CRL_get_ext_d2i(crl, NID_issuing_distribution_point, NULL, NULL);

    if (idp == NULL || idp->indirectCRL > 0 || idp->onlyattr > 0
        || idp->onlysomereasons)
    {
        scope = GGI_CRL_UNUSABLE;

    } else if (idp->onlyuser > 0) {
        scope = GGI_CRL_USERS;

    } else {
        scope = (idp->onlyCA > 0) ? GGI_CRL_CAS : GGI_CRL_ALL;
    }

    if (idp && idp->distpoint && scope != GGI_CRL_UNUSABLE) {
        *part = idp;
    } else {
        ISSUING_DIST_POINT_free(idp);
    }

    return scope;
}


static int
ggi_crl_names_meet(GENERAL_NAMES *one, GENERAL_NAMES *two)
{
    int  i, k;

    for (i = 0; i < sk_GENERAL_NAME_num(one); i++) {
        for (k = 0; k < sk_GENERAL_NAME_num(two); k++) {
            if (GENERAL_NAME_cmp(sk_GENERAL_NAME_value(one, i),
                                 sk_GENERAL_NAME_value(two, k))
                == 0)
            {
                return 1;
            }
        }
    }

    return 0;
}


/*
 * Returns 1 when a part of a divided list covers a certificate: the certificate then
 * names the distribution point of the part (RFC 5280, section 6.3.3 (b) (2)). Returns 0
 * otherwise. Names relative to the issuer are not compared, so that a part with such a
 * name covers nothing.
 */
static int
ggi_crl_covers(ISSUING_DIST_POINT *idp, X509 *x509)
{
    int              i, covers;
    DIST_POINT      *point;
    CRL_DIST_POINTS *points;

    points = X509_get_ext_d2i(x509, NID_crl_distribution_points, NULL, NULL);
    covers = 0;

    for (i = 0; i < sk_DIST_POINT_num(points) && !covers; i++) {
        point = sk_DIST_POINT_value(points, i);

        covers = point->distpoint && point->distpoint->type == 0
                 && idp->distpoint->type == 0
                 && ggi_crl_names_meet(point->distpoint->name.fullname,
                                       idp->distpoint->name.fullname);
    }

    CRL_DIST_POINTS_free(points);

    return covers;
}


/*
 * Adds a list and takes it over: crls owns it afterwards, also when 0 is returned.
 * Returns 1, or 0 with the fault when the list has no readable times or there is no
 * memory.
 */
static int
ggi_crls_add(ggi_crls_t *crls, X509_CRL *crl, const char *path,
    ggi_fault_t *fault)
{
    ggi_crl_t          *all, *added;
    X509_REVOKED       *revoked;
    ASN1_INTEGER       *serial;
    static const char  *missing = "a list without nextUpdate, or with an "
                                  "unreadable time";

    all = realloc(crls->crls, (crls->n + 1) * sizeof(ggi_crl_t));
    if (all == NULL) {
        X509_CRL_free(crl);
        return ggi_fault(fault, path, "no memory");
    }

    crls->crls = all;
    added = &all[crls->n++];
    memset(added, 0, sizeof(ggi_crl_t));
    added->crl = crl;
    added->scope = ggi_crl_scope(crl, &added->idp);

    if (X509_CRL_get0_nextUpdate(crl) == NULL
        || !ggi_certificate_time(&added->this_update,
                                 X509_CRL_get0_lastUpdate(crl))
        || !ggi_certificate_time(&added->next_update,
                                 X509_CRL_get0_nextUpdate(crl)))
    {
        return ggi_fault(fault, path, "%s", missing);
    }

    /*
     * OpenSSL sorts the list at its first look-up: make one here, before it is used on
     * the event loop
     */

    serial = ASN1_INTEGER_new();
    if (serial == NULL) {
        return ggi_fault(fault, path, "no memory");
    }

    X509_CRL_get0_by_serial(crl, &revoked, serial);
    ASN1_INTEGER_free(serial);

    return 1;
}


static int
ggi_crls_load_file(const char *path, const struct stat *st, void *data,
    ggi_fault_t *fault)
{
    BIO         *bio;
    size_t       n;
    X509_CRL    *crl;
    ggi_crls_t  *crls = data;

    if (st->st_size > GGI_CRL_FILE_MAX) {
        return ggi_fault(fault, path, "expected at most %d bytes",
                         GGI_CRL_FILE_MAX);
    }

    bio = BIO_new_file(path, "rb");
    if (bio == NULL) {
        ERR_clear_error();
        return ggi_fault(fault, path, "%s", strerror(errno));
    }

    crl = d2i_X509_CRL_bio(bio, NULL);

    if (crl) {
        BIO_free(bio);
        return ggi_crls_add(crls, crl, path, fault);
    }

    n = crls->n;
    (void) BIO_reset(bio);

    while ((crl = PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL)) != NULL) {
        if (!ggi_crls_add(crls, crl, path, fault)) {
            BIO_free(bio);
            return 0;
        }
    }

    BIO_free(bio);

    /*
     * reading must end where no further PEM block begins, and not within a block that
     * breaks off
     */
    if (crls->n == n
        || ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
    {
        ERR_clear_error();
        return ggi_fault(fault, path, "expected revocation lists in PEM or "
                         "DER");
    }

    ERR_clear_error();

    return 1;
}


static int
ggi_crls_compare(const void *one, const void *two)
{
    int               order;
    const ggi_crl_t  *a = one;
    const ggi_crl_t  *b = two;

    order = X509_CRL_cmp(a->crl, b->crl);

    if (order) {
        return order;
    }

    return (a->this_update < b->this_update) - (a->this_update > b->this_update);
}


int
ggi_crls_load(ggi_crls_t *crls, const char *dir, ggi_fault_t *fault)
{
    memset(crls, 0, sizeof(ggi_crls_t));
    ERR_clear_error();

    if (!ggi_crls_each(dir, ggi_crls_load_file, crls, fault)) {
        ggi_crls_free(crls);
        return 0;
    }

    if (crls->n) {
        qsort(crls->crls, crls->n, sizeof(ggi_crl_t), ggi_crls_compare);
    }

    return 1;
}


void
ggi_crls_free(ggi_crls_t *crls)
{
    size_t  i;

    for (i = 0; i < crls->n; i++) {
        X509_CRL_free(crls->crls[i].crl);
        ISSUING_DIST_POINT_free(crls->crls[i].idp);
    }

    free(crls->crls);
    crls->crls = NULL;
    crls->n = 0;
}


/*
 * Returns 1 when the issuer signed the list and may sign lists, 0 otherwise. The result
 * is kept with the issuer's key, so that the signature is computed once.
 */
static int
ggi_crl_signed(ggi_crl_t *crl, X509 *issuer)
{
    unsigned        len;
    EVP_PKEY       *key;
    unsigned char   digest[EVP_MAX_MD_SIZE];

    if (!X509_pubkey_digest(issuer, EVP_sha256(), digest, &len)) {
        return 0;
    }

    if (crl->checked && memcmp(crl->key, digest, sizeof(crl->key)) == 0) {
        return crl->valid;
    }

    key = X509_get0_pubkey(issuer);

    crl->valid = key && (X509_get_key_usage(issuer) & KU_CRL_SIGN)
                 && X509_CRL_verify(crl->crl, key) == 1;
    crl->checked = 1;
    memcpy(crl->key, digest, sizeof(crl->key));
    ERR_clear_error();

    return crl->valid;
}


/*
 * Returns the newest list of the issuer that covers the certificate and is current at
 * the time now, or NULL when there is none.
 */
static ggi_crl_t *
ggi_crls_find(ggi_crls_t *crls, X509 *x509, X509 *issuer, time_t now)
{
    int         ca;
    size_t      i;
    ggi_crl_t  *crl;

    ca = X509_check_ca(x509) > 0;

    for (i = 0; i < crls->n; i++) {
        crl = &crls->crls[i];

        if (crl->scope == GGI_CRL_UNUSABLE
            || crl->scope == (ca ? GGI_CRL_USERS : GGI_CRL_CAS)
            || now < crl->this_update || now > crl->next_update)
        {
            continue;
        }

        if (X509_NAME_cmp(X509_CRL_get_issuer(crl->crl),
                          X509_get_issuer_name(x509))
            == 0
            && (crl->idp == NULL || ggi_crl_covers(crl->idp, x509))
            && ggi_crl_signed(crl, issuer))
        {
            return crl;
        }
    }

    return NULL;
}


ggi_reason_e
ggi_crls_judge(ggi_crls_t *crls, STACK_OF(X509) *chain, time_t now,
    time_t *until)
{
    int            i;
    X509          *x509;
    ggi_crl_t     *crl;
    X509_REVOKED  *revoked;
    ggi_reason_e   reason;

    reason = GGI_REASON_NONE;

    /* an unknown status is looked up again at once: another list may have come */
    *until = now + 1;

    if (chain == NULL || sk_X509_num(chain) < 2) {
        return GGI_REASON_REVOCATION_UNKNOWN;
    }

    *until = now + 3600;

    for (i = 0; i < sk_X509_num(chain) - 1; i++) {
        x509 = sk_X509_value(chain, i);
        crl = ggi_crls_find(crls, x509, sk_X509_value(chain, i + 1), now);

        if (crl == NULL) {
            reason = GGI_REASON_REVOCATION_UNKNOWN;
            *until = now + 1;
            continue;
        }

        /*
         * X509_CRL_get0_by_cert() returns 2 for a certificate that was on hold and is
         * released
         */
        if (X509_CRL_get0_by_cert(crl->crl, &revoked, x509) == 1) {
            return GGI_REASON_CERTIFICATE_REVOKED;
        }

        if (crl->next_update < *until) {
            *until = crl->next_update;
        }
    }

    return reason;
}
