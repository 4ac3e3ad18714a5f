/* SPDX-License-Identifier: EUPL-1.2 */

/* A revocation list, PEM or DER, and what it says of the chain in $GGI_FUZZ_CHAIN. */

#include "fuzz.h"

#include <sys/stat.h>

#include "ggi_crl.h"


static char             dir[256], file[272];
static STACK_OF(X509)  *chain;


static void
empty(void)
{
    unlink(file);
    rmdir(dir);
}


/* A directory for the list, and the chain that is judged: of the seeds, where they are. */
static void
prepare(void)
{
    FILE        *fp;
    X509        *x509;
    char         name[512];
    unsigned     i;
    const char  *seeds;

    static const char  *names[] = { "leaf.der", "issuing.der", "domain.der", "root.der" };

    fuzz_name(dir, sizeof(dir), ".d");
    snprintf(file, sizeof(file), "%s/list.crl", dir);
    fuzz_check(mkdir(dir, 0700) == 0);
    atexit(empty);

    chain = sk_X509_new_null();
    seeds = getenv("GGI_FUZZ_CHAIN");

    for (i = 0; seeds && i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(name, sizeof(name), "%s/%s", seeds, names[i]);
        fp = fopen(name, "rbe");
        fuzz_check(fp);
        x509 = d2i_X509_fp(fp, NULL);
        fuzz_check(x509 && sk_X509_push(chain, x509));
        fclose(fp);
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FILE          *fp;
    time_t         now, until;
    ggi_crls_t     crls;
    ggi_fault_t    fault = ggi_fault_init;
    ggi_reason_e   reason;

    if (chain == NULL) {
        prepare();
    }

    fuzz_begin(data, size);
    fp = fopen(file, "wbe");
    fuzz_check(fp && fwrite(data, 1, size, fp) == size && fclose(fp) == 0);

    if (ggi_crls_load(&crls, dir, &fault)) {
        now = crls.n ? crls.crls[0].this_update : 0;
        reason = ggi_crls_judge(&crls, chain, now, &until);

        /* one list is never enough for a chain of four */

        fuzz_check(sk_X509_num(chain) < 3 || reason == GGI_REASON_CERTIFICATE_REVOKED
                   || reason == GGI_REASON_REVOCATION_UNKNOWN);
        ggi_crls_free(&crls);

    } else {
        fuzz_check(fault.n && fault.text[0]);
    }

    return fuzz_end();
}
