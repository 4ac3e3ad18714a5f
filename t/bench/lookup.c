/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What a look-up of a profile and the judgement by it cost, in ns, among few
 * and among many: lookup ROUNDS COUNT... The numbers of profiles take turns;
 * the callers come in no order, so that memory is not in the cache by itself.
 * Prints the median of the rounds for each.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ggi_profile.h"
#include "ggi_profiles.h"

#define CALLS   200000
#define COUNTS  8
#define ROUNDS  99


typedef struct {
    unsigned        n;
    ggi_documents_t  profiles;
    double          ns[ROUNDS];
} set_t;


static ggi_str_t
text(const char *s)
{
    ggi_str_t  str = { strlen(s), s };

    return str;
}


static void
make(set_t *set)
{
    int           fd;
    FILE         *fp;
    char          name[] = "/tmp/ggi-lookup-XXXXXX";
    unsigned      i;
    ggi_fault_t   fault = ggi_fault_init;

    fd = mkstemp(name);
    fp = fd >= 0 ? fdopen(fd, "w") : NULL;

    if (fp == NULL) {
        perror("lookup");
        exit(1);
    }

    for (i = 0; i < set->n; i++) {
        fprintf(fp, "%s{\"oin\":\"00000001%09u000\",\"naam\":\"Gemeente %u\",\"versie\":1,"
                "\"diensten\":{\"brp-bevragen\":"
                "{\"methoden\":[\"GET\",\"POST\"],\"paden\":[\"/brp/personen\",\"/brp/personen/*\"],"
                "\"doelbindingen\":[\"BRPACT-AlgemeneTaken\"]}}}", i ? "," : "[", i, i);
    }

    fputs("]", fp);
    fclose(fp);

    if (!ggi_profiles_read(&set->profiles, name, &fault)) {
        fprintf(stderr, "lookup: %s\n", fault.text);
        exit(1);
    }

    unlink(name);
}


static double
measure(const set_t *set, uint64_t *seed)
{
    char                         oin[32];
    unsigned                     i;
    struct timespec              from, to;
    ggi_agreement_query_t          query = { .now = 1 };
    const ggi_profile_t         *profile;
    const ggi_agreement_t  *dienst;

    query.dienst = text("brp-bevragen");
    query.method = text("GET");
    query.path = text("/brp/personen/1");
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);

    for (i = 0; i < CALLS; i++) {
        *seed = *seed * 6364136223846793005u + 1442695040888963407u;
        snprintf(oin, sizeof(oin), "00000001%09u000", (unsigned) ((*seed >> 33) % set->n));
        query.oin = text(oin);
        profile = ggi_profiles_find(&set->profiles, query.oin);

        if (profile == NULL || ggi_profile_judge(profile, &query, &dienst) != GGI_REASON_NONE) {
            fprintf(stderr, "lookup: %s is not allowed\n", oin);
            exit(1);
        }
    }

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);

    return ((double) (to.tv_sec - from.tv_sec) * 1e9 + (double) (to.tv_nsec - from.tv_nsec)) / CALLS;
}


static int
compare(const void *one, const void *two)
{
    const double  a = *(const double *) one, b = *(const double *) two;

    return (a > b) - (a < b);
}


int
main(int argc, char **argv)
{
    int              rounds, n, i, round;
    uint64_t         seed = 1;
    static set_t     sets[COUNTS];

    rounds = argc > 2 ? (int) strtol(argv[1], NULL, 10) : 0;
    n = argc - 2;

    if (rounds < 1 || rounds > ROUNDS || n > COUNTS) {
        fprintf(stderr, "usage: lookup ROUNDS COUNT...\n");
        return 2;
    }

    for (i = 0; i < n; i++) {
        sets[i].n = (unsigned) strtoul(argv[2 + i], NULL, 10);
        make(&sets[i]);
    }

    for (round = 0; round < rounds; round++) {
        for (i = 0; i < n; i++) {
            sets[i].ns[round] = measure(&sets[i], &seed);
        }
    }

    for (i = 0; i < n; i++) {
        qsort(sets[i].ns, (size_t) rounds, sizeof(double), compare);
        printf("%7u profiles: %4.0f ns\n", sets[i].n, sets[i].ns[rounds / 2]);
        ggi_documents_free(&sets[i].profiles);
    }

    return 0;
}
