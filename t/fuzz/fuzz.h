/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What the fuzz targets share. A target reads its input as lines or as a whole,
 * each in memory of exactly its size, so that AddressSanitizer sees a read of
 * one byte too many; and checks what has to hold of every input.
 */

#ifndef GGI_FUZZ_H
#define GGI_FUZZ_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ggi_str.h"

#define FUZZ_COPIES  64


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static struct {
    const uint8_t  *pos;
    size_t          left;
    void           *copies[FUZZ_COPIES];
    size_t          n;
} fuzz;


#define fuzz_check(condition)                                                  \
    do {                                                                       \
        if (!(condition)) {                                                    \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__,  \
                    #condition);                                               \
            abort();                                                           \
        }                                                                      \
    } while (0)


/* Memory of exactly size bytes until the end of this input. */
static inline void *
fuzz_alloc(size_t size)
{
    fuzz_check(fuzz.n < FUZZ_COPIES);
    /* Of 0 bytes too: each read of them is seen.  NOLINTNEXTLINE(clang-analyzer-optin.portability.UnixAPI) */
    fuzz.copies[fuzz.n] = malloc(size);
    fuzz_check(fuzz.copies[fuzz.n]);

    return fuzz.copies[fuzz.n++];
}


static inline ggi_str_t
fuzz_copy(const void *data, size_t len)
{
    char       *copy;
    ggi_str_t   str;

    copy = fuzz_alloc(len);

    if (len) {
        memcpy(copy, data, len);
    }

    str.data = copy;
    str.len = len;

    return str;
}


static inline void
fuzz_begin(const uint8_t *data, size_t size)
{
    fuzz.pos = data;
    fuzz.left = size;
    fuzz.n = 0;
}


static inline void
fuzz_skip(size_t len)
{
    fuzz.pos += len;
    fuzz.left -= len;
}


/* A copy of the next len bytes, which there have to be. */
static inline ggi_str_t
fuzz_take(size_t len)
{
    ggi_str_t  taken;

    taken = fuzz_copy(fuzz.pos, len);
    fuzz_skip(len);

    return taken;
}


/* The next line, without its end; empty when there is none. */
static inline ggi_str_t
fuzz_line(void)
{
    ggi_str_t       line;
    const uint8_t  *end;

    end = fuzz.left ? memchr(fuzz.pos, '\n', fuzz.left) : NULL;
    line = fuzz_take(end ? (size_t) (end - fuzz.pos) : fuzz.left);
    fuzz_skip(end != NULL);

    return line;
}


/* The next line, with its end, if it has one; there has to be something left. */
static inline ggi_str_t
fuzz_whole_line(void)
{
    const uint8_t  *end;

    end = memchr(fuzz.pos, '\n', fuzz.left);

    return fuzz_take(end ? (size_t) (end - fuzz.pos) + 1 : fuzz.left);
}


/* All that is left. */
static inline ggi_str_t
fuzz_rest(void)
{
    return fuzz_take(fuzz.left);
}


/* Always returns 0, as a target has to. */
static inline int
fuzz_end(void)
{
#ifdef GGI_FUZZ_FAULT
    /* for the test of the fuzzing itself */
    ggi_str_t  planted = fuzz_copy("planted", 7);

    fuzz_check(planted.data[planted.len] != 'x');
#endif

    while (fuzz.n) {
        free(fuzz.copies[--fuzz.n]);
    }

    return 0;
}


/* A name for files of this process. */
static inline void
fuzz_name(char *name, size_t size, const char *suffix)
{
    const char  *folder;

    folder = getenv("GGI_FUZZ_TMP");
    snprintf(name, size, "%s/ggi-fuzz.%d%s", folder ? folder : "/dev/shm", (int) getpid(), suffix);
}


/* The input, in a file of its own; for what only reads files. */
static inline const char *
fuzz_file(const void *data, size_t size)
{
    static char   name[256];
    static FILE  *file;

    if (file == NULL) {
        fuzz_name(name, sizeof(name), "");
        file = fopen(name, "w+e");
        fuzz_check(file);
    }

    rewind(file);
    fuzz_check(ftruncate(fileno(file), 0) == 0);
    fuzz_check(fwrite(data, 1, size, file) == size);
    fuzz_check(fflush(file) == 0);

    return name;
}


#endif
