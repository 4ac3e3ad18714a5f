/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE                     /* memmem() */

#include "ggi_crl_input.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define GGI_CRL_RAW     (32 * 1024)     /* bytes of a line of PEM that are looked at together */
#define GGI_CRL_WINDOW  (GGI_CRL_PEEK_MAX + GGI_CRL_RAW)

static const char  ggi_crl_pem_begin[] = "-----BEGIN X509 CRL-----";
static const char  ggi_crl_pem_end[] = "-----END X509 CRL-----";


int
ggi_crl_input_open(ggi_crl_input_t *input, int fd)
{
    uint8_t  *memory;

    memset(input, 0, sizeof(ggi_crl_input_t));
    input->fd = fd;

    /* pages of its own: malloc() would keep them in the arena of each thread that reads */

    memory = mmap(NULL, GGI_CRL_RAW + GGI_CRL_WINDOW, PROT_READ|PROT_WRITE,
                  MAP_PRIVATE|MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        return 0;
    }

    input->raw = memory;
    input->window = memory + GGI_CRL_RAW;
    input->base64 = EVP_ENCODE_CTX_new();

    if (input->base64 == NULL) {
        ggi_crl_input_close(input);
        return 0;
    }

    return 1;
}


void
ggi_crl_input_close(ggi_crl_input_t *input)
{
    EVP_MD_CTX_free(input->digest);
    EVP_ENCODE_CTX_free(input->base64);
    (void) munmap(input->raw, GGI_CRL_RAW + GGI_CRL_WINDOW);
}


/* Reads up to n bytes of the file. Returns how many, 0 at its end and after an error. */
static size_t
ggi_crl_input_read(ggi_crl_input_t *input, uint8_t *to, size_t n)
{
    ssize_t  got;

    do {
        got = read(input->fd, to, n);
    } while (got < 0 && errno == EINTR);

    if (got < 0) {
        input->error = errno;
    }

    return (got > 0) ? (size_t) got : 0;
}


/*
 * Sets *line to the next line of a file in PEM, without its end and the blanks before
 * that. A line of more than GGI_CRL_RAW bytes comes in parts. Returns 1, or 0 at the end
 * of the file.
 */
static int
ggi_crl_input_line(ggi_crl_input_t *input, const char **line, size_t *len)
{
    size_t    n;
    uint8_t  *start, *end;

    for ( ;; ) {
        start = input->raw + input->raw_from;
        n = input->raw_to - input->raw_from;
        end = n ? memchr(start, '\n', n) : NULL;

        if (end || input->raw_end || n == GGI_CRL_RAW) {
            break;
        }

        memmove(input->raw, start, n);
        input->raw_from = 0;
        input->raw_to = n;

        n = ggi_crl_input_read(input, input->raw + n, GGI_CRL_RAW - n);
        input->raw_to += n;
        input->raw_end = (n == 0);
    }

    if (n == 0) {
        return 0;
    }

    input->raw_from += end ? (size_t) (end - start) + 1 : n;
    n = end ? (size_t) (end - start) : n;

    while (n && (start[n - 1] == '\r' || start[n - 1] == ' '
                 || start[n - 1] == '\t'))
    {
        n--;
    }

    *line = (const char *) start;
    *len = n;

    return 1;
}


int
ggi_crl_input_next(ggi_crl_input_t *input)
{
    size_t       len;
    const char  *line;

    input->from = 0;
    input->to = 0;
    input->ended = 0;

    if (input->lists == 0) {
        input->raw_to = ggi_crl_input_read(input, input->raw, GGI_CRL_RAW);

        /* a list has more than 127 bytes, so that its length is no character of a text */
        input->pem = input->raw_to < 2 || input->raw[0] != 0x30
                     || input->raw[1] < 0x80;
    }

    if (!input->pem) {
        input->inside = (input->lists++ == 0);
        return input->inside;
    }

    while (ggi_crl_input_line(input, &line, &len)) {
        if (len == sizeof(ggi_crl_pem_begin) - 1
            && memcmp(line, ggi_crl_pem_begin, len) == 0)
        {
            EVP_DecodeInit(input->base64);
            input->inside = 1;
            input->lists++;
            return 1;
        }

        if (memmem(line, len, ggi_crl_pem_begin, sizeof(ggi_crl_pem_begin) - 1)) {
            input->glued = 1;
            return 0;
        }
    }

    return 0;
}


/* Decodes a line of a block of PEM into the window, which has room for it. */
static void
ggi_crl_input_decode(ggi_crl_input_t *input)
{
    int          n;
    size_t       len;
    uint8_t     *to;
    const char  *line;

    to = input->window + input->to;
    n = 0;

    if (!ggi_crl_input_line(input, &line, &len)) {
        input->inside = 0;
        return;
    }

    if (len && line[0] == '-') {
        input->inside = 0;
        input->ended = len == sizeof(ggi_crl_pem_end) - 1
                       && memcmp(line, ggi_crl_pem_end, len) == 0
                       && EVP_DecodeFinal(input->base64, to, &n) == 1;

    } else if (EVP_DecodeUpdate(input->base64, to, &n, (const uint8_t *) line,
                                (int) len)
               < 0)
    {
        input->inside = 0;
        n = 0;
    }

    input->to += (size_t) n;
}


/* Adds bytes to the window: of a file in DER as many as fit, of one in PEM those of a line. */
static void
ggi_crl_input_fill(ggi_crl_input_t *input)
{
    size_t  n;

    if (input->pem) {
        ggi_crl_input_decode(input);
        return;
    }

    n = input->raw_to;

    if (n) {
        memcpy(input->window, input->raw, n);
        input->raw_to = 0;
    } else {
        n = ggi_crl_input_read(input, input->window + input->to,
                               GGI_CRL_WINDOW - input->to);
    }

    input->to += n;

    if (n == 0) {
        input->inside = 0;
        input->ended = (input->error == 0);
    }
}


/* Hashes what has been taken since the last time. */
static int
ggi_crl_input_digest(ggi_crl_input_t *input)
{
    size_t  n;

    n = input->from - input->hashed;
    input->hashed = input->from;

    return input->digest == NULL || n == 0
           || EVP_DigestUpdate(input->digest,
                               input->window + input->from - n, n) == 1;
}


const uint8_t *
ggi_crl_input_peek_some(ggi_crl_input_t *input, size_t *n)
{
    if (input->to - input->from < *n && input->inside) {
        (void) ggi_crl_input_digest(input);

        memmove(input->window, input->window + input->from,
                input->to - input->from);
        input->to -= input->from;
        input->from = 0;
        input->hashed = 0;

        while (input->to < *n && input->inside) {
            ggi_crl_input_fill(input);
        }
    }

    if (input->to - input->from < *n) {
        *n = input->to - input->from;
    }

    return input->window + input->from;
}


const uint8_t *
ggi_crl_input_peek(ggi_crl_input_t *input, size_t n)
{
    size_t          got;
    const uint8_t  *data;

    got = n;
    data = (n <= GGI_CRL_PEEK_MAX) ? ggi_crl_input_peek_some(input, &got)
                                   : NULL;

    return (got == n) ? data : NULL;
}


void
ggi_crl_input_take(ggi_crl_input_t *input, size_t n)
{
    input->from += n;
}


int
ggi_crl_input_hash(ggi_crl_input_t *input, const EVP_MD *md)
{
    if (input->digest == NULL) {
        input->digest = EVP_MD_CTX_new();
    }

    input->hashed = input->from;

    return input->digest && EVP_DigestInit_ex(input->digest, md, NULL) == 1;
}


size_t
ggi_crl_input_hashed(ggi_crl_input_t *input, uint8_t *digest)
{
    int       good;
    unsigned  len;

    good = ggi_crl_input_digest(input)
           && EVP_DigestFinal_ex(input->digest, digest, &len) == 1;

    EVP_MD_CTX_free(input->digest);
    input->digest = NULL;

    return good ? len : 0;
}


int
ggi_crl_input_whole(ggi_crl_input_t *input)
{
    return ggi_crl_input_peek(input, 1) == NULL && input->ended;
}
