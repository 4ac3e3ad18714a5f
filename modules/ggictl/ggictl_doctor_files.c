/* SPDX-License-Identifier: EUPL-1.2 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/pem.h>
#include <openssl/x509.h>

#include "ggi_trust.h"
#include "ggictl_doctor_files.h"
#include "ggictl_lists.h"

#define GGICTL_DOCTOR_CERT_SOON  (30 * GGI_DOCTOR_DAY)


/* Looks at one file that a directive names. */
typedef void (*ggictl_doctor_file_pt)(ggi_doctor_t *doctor, const char *path, time_t now);


int
ggictl_doctor_path(ggictl_doctor_path_t *path, const ggi_conf_t *conf,
    const ggi_conf_directive_t *directive)
{
    int          n;
    const char  *word, *main, *slash;

    word = directive->n > 1 ? directive->words[1] : "";

    if (word[0] == '\0' || strchr(word, '$') || strncmp(word, "data:", 5) == 0
        || strncmp(word, "engine:", 7) == 0)
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
ggictl_doctor_certificates(ggi_doctor_t *doctor, const char *path, time_t now)
{
    int     days, seconds;
    FILE   *file;
    X509   *x509;
    char    name[200], what[512];

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
ggictl_doctor_key(ggi_doctor_t *doctor, const char *path, time_t now)
{
    struct stat  st;

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


/* Looks at the file of each directive of a name, at each file once. */
static void
ggictl_doctor_each(ggi_doctor_t *doctor, const ggi_conf_t *conf, const char *name, time_t now,
    ggictl_doctor_file_pt look)
{
    ggictl_doctor_path_t         path, other;
    const ggi_conf_directive_t  *d, *before;

    for (d = NULL; (d = ggi_conf_next(conf, name, d)) != NULL; /* void */) {
        if (!ggictl_doctor_path(&path, conf, d)) {
            continue;
        }

        for (before = NULL; (before = ggi_conf_next(conf, name, before)) != d; /* void */) {
            if (ggictl_doctor_path(&other, conf, before) && strcmp(path.text, other.text) == 0) {
                break;
            }
        }

        if (before == d) {
            look(doctor, path.text, now);
        }
    }
}


static void
ggictl_doctor_list(void *data, const char *path)
{
    ggi_fault_t  fault = ggi_fault_init;

    (void) ggictl_folder_add(data, path, &fault);
}


/* Tells of each CA of a trust file that has no list in a directory, or one that expires. */
static void
ggictl_doctor_lists(ggi_doctor_t *doctor, const char *trusted, const char *dir, time_t now)
{
    size_t              i;
    char                what[512];
    ggi_trust_t         trust;
    ggi_fault_t         fault = ggi_fault_init;
    ggictl_folder_t     folder;
    ggi_crl_standing_t  standing;

    memset(&folder, 0, sizeof(folder));
    folder.crls.level = ggictl_lists_level(NULL);

    if (!ggi_trust_read(&trust, trusted, now, &fault)) {
        return;                         /* its certificates are looked at as such */
    }

    if (!ggictl_folder_each(dir, ggictl_doctor_list, &folder, &fault)) {
        ggi_doctor_tell(doctor, GGI_DOCTOR_CRITICAL, "lists", "look as root", "%s", fault.text);
        trust.n = 0;
    }

    for (i = 0; i < trust.n; i++) {
        snprintf(what, sizeof(what), "the list of %s", trust.cas[i].name);

        if (!ggictl_folder_standing(&folder, trust.cas[i].subject, trust.certificates, now,
                                    &standing))
        {
            ggi_doctor_tell(doctor, GGI_DOCTOR_CRITICAL, "lists", "fetch it by \"ggictl crl "
                            "fetch\", and see by \"ggictl crl show\" what is wrong", "%.200s: no "
                            "usable list of %.200s: its callers are refused", dir,
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
ggictl_doctor_files(ggi_doctor_t *doctor, const ggi_conf_t *conf, time_t now)
{
    size_t                       i;
    ggictl_doctor_path_t         trust, dir;
    const ggi_conf_directive_t  *lists, *d;

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
    };

    for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        ggictl_doctor_each(doctor, conf, files[i].name, now, files[i].look);
    }

    lists = ggi_conf_next(conf, "ggi_pkio_crl", NULL);
    d = ggi_conf_next(conf, "ssl_client_certificate", NULL);

    if (lists && d && ggictl_doctor_path(&dir, conf, lists)
        && ggictl_doctor_path(&trust, conf, d))
    {
        ggictl_doctor_lists(doctor, trust.text, dir.text, now);
    }
}
