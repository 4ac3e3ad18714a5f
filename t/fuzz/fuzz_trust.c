/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Certificates in PEM: the CAs that are found among them, where their lists are, and the
 * name of the file for a list.
 */

#include "fuzz.h"

#include <openssl/x509v3.h>

#include "ggi_list_name.h"
#include "ggi_points.h"
#include "ggi_trust.h"


static char  file[256];


static void
empty(void)
{
    unlink(file);
}


static void
check_name(const X509 *x509)
{
    char            name[GGI_LIST_NAME_MAX];
    size_t          n;
    ggi_crl_list_t  list;

    memset(&list, 0, sizeof(list));

    if (!ggi_list_name(name, x509, &list)) {
        return;
    }

    n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
    fuzz_check(n >= 18 && strcmp(name + n, ".crl") == 0 && name[0] != '-');
    fuzz_check(ggi_list_name_fits(name, X509_get_subject_name(x509)));
}


static void
check_points(const ggi_trust_t *trust, const ggi_trust_ca_t *ca)
{
    size_t        i, k;
    ggi_points_t  points = { .n = 0 };

    fuzz_check(ggi_points_find(&points, trust, ca, 0));

    for (i = 0; i < points.n; i++) {
        fuzz_check(points.points[i].ca == ca && points.points[i].n > 0);

        for (k = 0; k < points.points[i].n; k++) {
            fuzz_check(ggi_points_url(points.points[i].urls[k]));
        }
    }

    ggi_points_free(&points);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FILE         *fp;
    size_t        i;
    ggi_fault_t   fault = ggi_fault_init;
    ggi_trust_t   trust;

    if (file[0] == '\0') {
        fuzz_name(file, sizeof(file), ".pem");
        atexit(empty);
    }

    fuzz_begin(data, size);
    fp = fopen(file, "wbe");
    fuzz_check(fp && fwrite(data, 1, size, fp) == size && fclose(fp) == 0);

    if (ggi_trust_read(&trust, file, 0, &fault)) {
        fuzz_check(trust.n > 0 && trust.n <= (size_t) sk_X509_num(trust.certificates));

        for (i = 0; i < trust.n; i++) {
            fuzz_check(ggi_trust_find(&trust, trust.cas[i].subject) == &trust.cas[i]);
            fuzz_check(memchr(trust.cas[i].name, '\0', sizeof(trust.cas[i].name)));
            check_points(&trust, &trust.cas[i]);
        }

        check_name(sk_X509_value(trust.certificates, 0));

        ggi_trust_free(&trust);

    } else {
        fuzz_check(fault.n && fault.text[0] && trust.certificates == NULL);
    }

    return fuzz_end();
}
