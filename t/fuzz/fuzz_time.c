/* SPDX-License-Identifier: EUPL-1.2 */

/* A date, or a time. */

#include "fuzz.h"

#include <time.h>

#include "ggi_time.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char        day[16];
    time_t      at;
    int64_t     seconds, again;
    ggi_str_t   text, written;
    struct tm   tm;

    fuzz_begin(data, size);
    text = fuzz_rest();

    if (ggi_time_read(text, &seconds)) {
        fuzz_check(text.len >= 10);

        /* a date is that day, by another calendar's reckoning */

        if (text.len == 10) {
            at = (time_t) seconds;
            fuzz_check(gmtime_r(&at, &tm) && tm.tm_hour + tm.tm_min + tm.tm_sec == 0);
            fuzz_check(strftime(day, sizeof(day), "%Y-%m-%d", &tm) > 0);
            written.data = day;
            written.len = strlen(day);

            if (written.len == 10) {
                fuzz_check(memcmp(day, text.data, 10) == 0);
                fuzz_check(ggi_time_read(written, &again) && again == seconds);
            }
        }
    }

    return fuzz_end();
}
