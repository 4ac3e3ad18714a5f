/* SPDX-License-Identifier: EUPL-1.2 */

/* Certificates in PEM: the CAs that are found among them. */

#include "fuzz.h"

#include <openssl/x509v3.h>

#include "ggi_trust.h"


static char  file[256];


static void
empty(void)
{
    unlink(file);
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
        }

        ggi_trust_free(&trust);

    } else {
        fuzz_check(fault.n && fault.text[0] && trust.certificates == NULL);
    }

    return fuzz_end();
}
