/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdio.h>
#include <string.h>

#include <openssl/err.h>

#include "ggi_stamp.h"
#include "ggictl_out.h"
#include "ggictl_seals_stamps.h"

#define GGICTL_STAMPS_SKEW  300         /* seconds by which two clocks may differ */


int
ggictl_seals_stamps_start(ggictl_seals_stamps_t *stamps, const char *file)
{
    memset(stamps, 0, sizeof(ggictl_seals_stamps_t));

    if (file == NULL) {
        return 1;
    }

    stamps->store = X509_STORE_new();

    if (stamps->store == NULL || X509_STORE_load_file(stamps->store, file) != 1) {
        ERR_clear_error();
        (void) ggictl_fail("--witness-ca: %s cannot be read, or has no certificates in PEM", file);
        ggictl_seals_stamps_free(stamps);
        return 0;
    }

    return 1;
}


const char *
ggictl_seals_stamps_judge(ggictl_seals_stamps_t *stamps, const ggi_seal_note_t *note,
    int64_t before)
{
    size_t                len;
    int64_t               time;
    ggi_str_t             rest;
    const char           *fault;
    unsigned char         data[GGI_SEAL_STAMP_MAX];
    ggi_seal_line_t       line;

    for (rest = note->lines; ggi_seal_note_line(&rest, &line); ) {
        if (line.kind != GGI_SEAL_STAMP) {
            continue;
        }

        stamps->count++;
        len = ggi_seal_base64_read(data, sizeof(data), line.text);
        fault = ggi_stamp_read(data, len, note->previous, NULL, stamps->store, &time);

        if (fault) {
            return fault;
        }

        if (time < before - GGICTL_STAMPS_SKEW || time > note->time + GGICTL_STAMPS_SKEW) {
            return "its time does not fit to those of the seals";
        }

        stamps->seal = line.to;
        stamps->time = time;
    }

    return NULL;
}


void
ggictl_seals_stamps_free(ggictl_seals_stamps_t *stamps)
{
    X509_STORE_free(stamps->store);
    stamps->store = NULL;
}
