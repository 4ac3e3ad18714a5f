/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdio.h>
#include <string.h>

#include "ggi_reason.h"
#include "ggictl_options.h"
#include "ggictl_out.h"
#include "ggictl_unknown.h"

#define GGICTL_DISTANCE  3              /* letters, from which a name is another one */


/*
 * Returns how many letters have to be inserted, removed or replaced to change one name
 * into the other. Returns GGICTL_NAME_MAX when a name is longer than that.
 */
static size_t
ggictl_distance(const char *a, const char *b)
{
    size_t  i, k, n, before, above, row[GGICTL_NAME_MAX + 1];

    n = strlen(b);

    if (n > GGICTL_NAME_MAX || strlen(a) > GGICTL_NAME_MAX) {
        return GGICTL_NAME_MAX;
    }

    for (k = 0; k <= n; k++) {
        row[k] = k;
    }

    for (i = 0; a[i]; i++) {
        before = row[0];
        row[0] = i + 1;

        for (k = 1; k <= n; k++) {
            above = row[k];
            row[k] = before + (a[i] != b[k - 1]);
            row[k] = (above + 1 < row[k]) ? above + 1 : row[k];
            row[k] = (row[k - 1] + 1 < row[k]) ? row[k - 1] + 1 : row[k];
            before = above;
        }
    }

    return row[n];
}


/* Replaces *best by a name that is nearer to the given one than *distance allows. */
static void
ggictl_nearest(const char **best, size_t *distance, const char *given, const char *name)
{
    size_t  d;

    d = ggictl_distance(given, name);

    if (d < *distance && d < strlen(name)) {
        *distance = d;
        *best = name;
    }
}


void
ggictl_option_unknown(const char *given)
{
    size_t       i, distance;
    const char  *best;

    best = NULL;
    distance = GGICTL_DISTANCE;

    for (i = 0; i < GGICTL_OPTIONS; i++) {
        if (ggictl_options[i].text) {
            ggictl_nearest(&best, &distance, given, ggictl_options[i].name);
        }
    }

    if (best) {
        ggictl_fail("unknown option \"--%s\"; did you mean \"--%s\"?", given, best);
    } else {
        ggictl_fail("unknown option \"--%s\"; \"ggictl help COMMAND\" names those of a command",
                    given);
    }
}


/*
 * Returns 1 when a word is the first of commands of two words, so that the second word
 * is at fault; 0 otherwise.
 */
static int
ggictl_command_group(const ggictl_command_t *commands, const char *word)
{
    int     there;
    size_t  i, len;

    len = strlen(word);
    there = 0;

    for (i = 0; commands[i].name; i++) {
        if (strncmp(commands[i].name, word, len) == 0 && commands[i].name[len] == ' ') {
            there = 1;
        }
    }

    return there;
}


void
ggictl_command_unknown(const ggictl_command_t *commands, char **words, int n)
{
    char         given[2 * GGICTL_NAME_MAX];
    size_t       i, distance;
    const char  *best, *second;

    if (n == 1 && ggictl_command_group(commands, words[0])) {
        ggictl_fail(
            "\"%s\" is not a whole command; \"ggictl help %s\" names those that begin with it",
            words[0], words[0]);
        return;
    }

    best = NULL;
    distance = GGICTL_DISTANCE;
    snprintf(given, sizeof(given), "%.60s%s%.60s", words[0], n > 1 ? " " : "",
             n > 1 ? words[1] : "");

    for (i = 0; commands[i].name; i++) {
        ggictl_nearest(&best, &distance, given, commands[i].name);
        ggictl_nearest(&best, &distance, words[0], commands[i].name);
        second = strchr(commands[i].name, ' ');

        if (second && strncmp(commands[i].name, "profiel ", 8) == 0) {
            ggictl_nearest(&best, &distance, words[0], second + 1);
        }
    }

    if (!ggictl_command_group(commands, words[0]) && (best == NULL || strchr(best, ' ') == NULL)) {
        given[strlen(words[0]) > 60 ? 60 : strlen(words[0])] = '\0';
    }

    if (best) {
        ggictl_fail("unknown command \"%s\"; did you mean \"%s\"?", given, best);
    } else {
        ggictl_fail("unknown command \"%s\"; \"ggictl help\" names all", given);
    }
}


void
ggictl_reason_unknown(const char *option, const char *given)
{
    int          i;
    size_t       distance;
    const char  *best;

    best = NULL;
    distance = GGICTL_DISTANCE;

    for (i = GGI_REASON_NONE + 1; i < GGI_REASON_COUNT; i++) {
        ggictl_nearest(&best, &distance, given, ggi_reason_get((ggi_reason_e) i)->name);
    }

    if (best) {
        ggictl_fail("--%s: unknown reason \"%s\"; did you mean \"%s\"?", option, given, best);
    } else {
        ggictl_fail("--%s: unknown reason \"%s\"; modules/dienst/README.md lists them", option,
                    given);
    }
}
