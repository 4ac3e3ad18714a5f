/* SPDX-License-Identifier: EUPL-1.2 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/pem.h>
#include <openssl/x509.h>

#include "ggi_room.h"
#include "ggi_trust.h"
#include "ggictl_doctor_files.h"
#include "ggictl_lists.h"

#define GGICTL_DOCTOR_CERT_SOON  (30 * GGI_DOCTOR_DAY)


/* Looks at one file that a directive names. */
typedef void (*ggictl_doctor_file_pt)(ggi_doctor_t *doctor, const ggi_conf_t *conf,
    const char *path, time_t now);


int
ggictl_doctor_path(ggictl_doctor_path_t *path, const ggi_conf_t *conf,
    const ggi_conf_directive_t *directive)
{
    return ggictl_doctor_path_of(path, conf, directive->n > 1 ? directive->words[1] : "");
}


int
ggictl_doctor_path_of(ggictl_doctor_path_t *path, const ggi_conf_t *conf, const char *word)
{
    int          n;
    const char  *main, *slash;

    if (word[0] == '\0' || strchr(word, '$') || strncmp(word, "data:", 5) == 0
        || strncmp(word, "engine:", 7) == 0 || strncmp(word, "store:", 6) == 0)
    {
        return 0;
    }

    main = conf->directives[0].file;
    slash = (word[0] == '/') ? NULL : strrchr(main, '/');
    n = snprintf(path->text, sizeof(path->text), "%.*s%s",
                 slash ? (int) (slash - main + 1) : 0, main, word);

    return n > 0 && (size_t) n < sizeof(path->text);
}


/* Tells of each certificate of a file that has expired or soon will. */
static void
ggictl_doctor_certificates(ggi_doctor_t *doctor, const ggi_conf_t *conf, const char *path,
    time_t now)
{
    int     days, seconds;
    FILE   *file;
    X509   *x509;
    char    name[200], what[512];

    (void) conf;
    file = fopen(path, "re");

    if (file == NULL) {
        ggi_doctor_tell(doctor, GGI_DOCTOR_WARNING, "certificate", "look as root",
                        "%.300s: %s", path, strerror(errno));
        return;
    }

    while ((x509 = PEM_read_X509(file, NULL, NULL, NULL)) != NULL) {
        if (ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(x509))) {
            X509_NAME_oneline(X509_get_subject_name(x509), name, sizeof(name));
            snprintf(what, sizeof(what), "%.250s: the certificate of %s", path, name);
            ggi_doctor_expiry(doctor, "certificate", what,
                              (int64_t) now + (int64_t) days * 86400 + seconds, now,
                              GGICTL_DOCTOR_CERT_SOON, "have it renewed, and reload nginx");
        }

        X509_free(x509);
    }

    fclose(file);
}


/* Tells of a file of a key that others than its owner and group can reach. */
static void
ggictl_doctor_key(ggi_doctor_t *doctor, const ggi_conf_t *conf, const char *path, time_t now)
{
    struct stat  st;

    (void) conf;
    (void) now;

    if (stat(path, &st) != 0) {
        ggi_doctor_tell(doctor, GGI_DOCTOR_WARNING, "key", "look as root", "%.300s: %s", path,
                        strerror(errno));

    } else if (st.st_mode & (S_IRWXO | S_IWGRP)) {
        ggi_doctor_tell(doctor, GGI_DOCTOR_CRITICAL, "key", "take the rights of others away by "
                        "\"chmod 400\", and have the key replaced if others are there",
                        "%.300s: a key that others can reach, mode %04o", path,
                        (unsigned) st.st_mode & 07777);
    }
}


/*
 * Iterates over the files of the directives of a name that are in force at a place, each directive
 * once. Returns 1 with the path, or 0 behind the last one.
 */
static int
ggictl_doctor_next(ggictl_doctor_path_t *path, const ggi_doctor_scope_t *scope, const char *name,
    ggi_doctor_at_t *at)
{
    const ggi_conf_directive_t  *d;

    do {
        d = ggi_doctor_in_force(scope, GGI_DOCTOR_PLACES, name, at);
    } while (d && !ggictl_doctor_path(path, scope->conf, d));

    return d != NULL;
}


/* Looks at the file of each directive of a name that is in force at a place, at each file once. */
static void
ggictl_doctor_each(ggi_doctor_t *doctor, const ggi_doctor_scope_t *scope, const char *name,
    time_t now, ggictl_doctor_file_pt look)
{
    size_t                 i, n, room = 0;
    ggi_doctor_at_t        at = { 0 };
    ggictl_doctor_path_t  *paths, *longer;

    paths = NULL;

    for (n = 0; (longer = ggi_room(paths, n, &room, sizeof(*paths))) != NULL; n += i == n) {
        paths = longer;

        if (!ggictl_doctor_next(&paths[n], scope, name, &at)) {
            break;
        }

        for (i = 0; i < n && strcmp(paths[i].text, paths[n].text) != 0; i++) { }

        if (i == n) {
            look(doctor, scope->conf, paths[n].text, now);
        }
    }

    free(paths);
}


static void
ggictl_doctor_list(void *data, const char *path)
{
    ggi_fault_t  fault = ggi_fault_init;

    (void) ggictl_folder_add(data, path, &fault);
}


/*
 * Tells of each CA of a trust file that has no list in the directory of ggi_pkio_crl, or one that
 * expires.
 */
static void
ggictl_doctor_lists(ggi_doctor_t *doctor, const ggi_conf_t *conf, const char *trusted, time_t now)
{
    size_t                       i;
    char                         what[512];
    ggi_trust_t                  trust;
    ggi_fault_t                  fault = ggi_fault_init;
    ggictl_folder_t              folder;
    ggi_crl_standing_t           standing;
    ggictl_doctor_path_t         dir;
    const ggi_conf_directive_t  *lists;

    lists = ggi_conf_next(conf, "ggi_pkio_crl", NULL);

    if (lists == NULL || !ggictl_doctor_path(&dir, conf, lists)) {
        return;
    }

    memset(&folder, 0, sizeof(folder));
    folder.crls.level = ggictl_lists_level(NULL);

    if (!ggi_trust_read(&trust, trusted, now, &fault)) {
        return;                         /* its certificates are looked at as such */
    }

    if (!ggictl_folder_each(dir.text, ggictl_doctor_list, &folder, &fault)) {
        ggi_doctor_tell(doctor, GGI_DOCTOR_CRITICAL, "lists", "look as root", "%s", fault.text);
        trust.n = 0;
    }

    for (i = 0; i < trust.n; i++) {
        snprintf(what, sizeof(what), "the list of %s", trust.cas[i].name);

        if (!ggictl_folder_standing(&folder, trust.cas[i].subject, trust.certificates, now,
                                    &standing))
        {
            (void) ggi_doctor_first(doctor, GGI_DOCTOR_CRITICAL, what);
            ggi_doctor_tell(doctor, GGI_DOCTOR_CRITICAL, "lists", "fetch it by \"ggictl crl "
                            "fetch\", and see by \"ggictl crl show\" what is wrong", "%.200s: no "
                            "usable list of %.200s: its callers are refused", dir.text,
                            trust.cas[i].name);

        } else if (standing.crl) {
            ggi_doctor_expiry(doctor, "lists", what, standing.crl->list->next_update, now,
                              GGI_CRL_SOON, "fetch a newer one by \"ggictl crl fetch\"");
        }
    }

    ggictl_folder_free(&folder);
    ggi_trust_free(&trust);
}


void
ggictl_doctor_identity(ggi_doctor_t *doctor, const char *cert, const char *key, time_t now)
{
    if (cert) {
        ggictl_doctor_certificates(doctor, NULL, cert, now);
    }

    if (key) {
        ggictl_doctor_key(doctor, NULL, key, now);
    }
}


void
ggictl_doctor_files(ggi_doctor_t *doctor, const ggi_doctor_scope_t *scope, time_t now)
{
    size_t  i;

    static const struct {
        const char             *name;
        ggictl_doctor_file_pt   look;
    } files[] = {
        { "ssl_certificate", ggictl_doctor_certificates },
        { "ssl_client_certificate", ggictl_doctor_certificates },
        { "ssl_trusted_certificate", ggictl_doctor_certificates },
        { "proxy_ssl_certificate", ggictl_doctor_certificates },
        { "proxy_ssl_trusted_certificate", ggictl_doctor_certificates },
        { "ssl_certificate_key", ggictl_doctor_key },
        { "proxy_ssl_certificate_key", ggictl_doctor_key },
        { "ssl_session_ticket_key", ggictl_doctor_key },
        { "ggi_audit_pseudonym_key", ggictl_doctor_key },
        { "ssl_client_certificate", ggictl_doctor_lists },
    };

    for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        ggictl_doctor_each(doctor, scope, files[i].name, now, files[i].look);
    }
}
