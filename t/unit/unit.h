/* SPDX-License-Identifier: EUPL-1.2 */

#ifndef GGI_UNIT_H
#define GGI_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "ggi_source.h"
#include "ggi_str.h"

/* all elements of an array, and how many they are */
#define EACH(array)  (array), sizeof(array) / sizeof((array)[0])

/* len bytes of data are exactly those of the literal */
#define assert_bytes(data, length, literal)                                    \
    do {                                                                       \
        assert_int_equal(length, strlen(literal));                             \
        assert_memory_equal(data, literal, strlen(literal));                   \
    } while (0)


static inline ggi_str_t
str(const char *text)
{
    ggi_str_t  s = { strlen(text), text };

    return s;
}


/* judge() returns expected for each of n texts. */
static inline void
assert_judged(const char *const *texts, size_t n, int (*judge)(ggi_str_t), int expected)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        if (judge(str(texts[i])) != expected) {
            fail_msg("\"%s\" gave %d instead of %d", texts[i], !expected, expected);
        }
    }
}


/* A pattern, a text, and whether that matches it. */
typedef struct {
    const char  *pattern;
    const char  *text;
    int          match;
} match_t;


/* matches() returns for each of n cases what it says. */
static inline void
assert_matches(const match_t *cases, size_t n, int (*matches)(ggi_str_t pattern, ggi_str_t text))
{
    size_t  i;

    for (i = 0; i < n; i++) {
        if (matches(str(cases[i].pattern), str(cases[i].text)) != cases[i].match) {
            fail_msg("%s against %s", cases[i].text, cases[i].pattern);
        }
    }
}


/* A text, and the one that is made of it. */
typedef struct {
    const char  *text;
    const char  *becomes;
} becomes_t;


/* A text that is not accepted, and how the fault begins that is told about it. */
typedef struct {
    const char  *text;
    const char  *fault;
} faulty_t;


/* accepts() returns 0 for each of n texts, with its fault. */
static inline void
assert_faults(const faulty_t *cases, size_t n, int (*accepts)(const char *text, ggi_fault_t *fault))
{
    size_t       i;
    ggi_fault_t  fault;

    for (i = 0; i < n; i++) {
        memset(&fault, 0, sizeof(fault));

        if (accepts(cases[i].text, &fault) || strstr(fault.text, cases[i].fault) != fault.text) {
            fail_msg("%s: \"%s\", expected \"%s\"", cases[i].text, fault.text, cases[i].fault);
        }
    }
}


static char  unit_file[] = "/tmp/ggi-unit-XXXXXX";


static inline void
unit_file_remove(void)
{
    unlink(unit_file);
}


/* Returns the path of a file with this text, until the next call or the end of the program. */
static inline const char *
file_of(const char *text)
{
    int         fd;
    FILE       *fp;
    static int  made;

    if (!made) {
        fd = mkstemp(unit_file);
        assert_true(fd >= 0);
        close(fd);
        atexit(unit_file_remove);
        made = 1;
    }

    fp = fopen(unit_file, "w");
    assert_non_null(fp);
    assert_int_equal(fwrite(text, 1, strlen(text), fp), strlen(text));
    assert_int_equal(fclose(fp), 0);

    return unit_file;
}


#endif
