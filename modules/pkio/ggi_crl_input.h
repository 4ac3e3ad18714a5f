/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Gives the DER of the revocation lists in a file piece by piece, out of PEM where the
 * file is in that form, and hashes what is taken. So a list of tens of megabytes is
 * never in memory as a whole, and a file that is cut short while it is read is an end
 * of the file and no SIGBUS, which a mapped file would give.
 */

#ifndef GGI_CRL_INPUT_H
#define GGI_CRL_INPUT_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>

#define GGI_CRL_PEEK_MAX  (128 * 1024)  /* bytes that can be looked at together */


typedef struct {
    int              fd;                /* of the caller */
    int              error;             /* errno of a read that failed; 0: none */
    int              pem;               /* 1: the file is in PEM, 0: in DER */
    int              inside;            /* 1: of the current list more bytes may come */
    int              ended;             /* 1: the current list ended as its form asks */
    int              lists;             /* number of lists begun */
    int              glued;             /* 1: a list in PEM begins within a line */
    size_t           raw_from, raw_to;  /* bytes of a file in PEM that were read ahead */
    int              raw_end;           /* 1: all of the file has been read */
    size_t           from, to;          /* the bytes of the list that are at hand */
    size_t           hashed;            /* bytes before this one are in the digest */
    EVP_MD_CTX      *digest;            /* NULL: nothing is hashed */
    EVP_ENCODE_CTX  *base64;
    uint8_t         *raw;
    uint8_t         *window;
} ggi_crl_input_t;


/*
 * Begins to read a file from fd, which is at the start of the file and stays the
 * caller's. Returns 1; the caller ends with ggi_crl_input_close(). Returns 0 without
 * memory; nothing is to be closed then.
 */
int ggi_crl_input_open(ggi_crl_input_t *input, int fd);

/* Frees what ggi_crl_input_open() allocated. */
void ggi_crl_input_close(ggi_crl_input_t *input);

/*
 * Goes to the first or the next list of the file: in DER there is one, in PEM one in
 * each block "X509 CRL"; other blocks and text are skipped. Returns 1, or 0 when there
 * is no further list, the file cannot be read, which input->error tells, or a list begins
 * behind something else on its line, which input->glued tells.
 */
int ggi_crl_input_next(ggi_crl_input_t *input);

/*
 * Returns n bytes of the list without taking them, at most GGI_CRL_PEEK_MAX. They are
 * valid until the next call. Returns NULL when the list has fewer bytes.
 */
const uint8_t *ggi_crl_input_peek(ggi_crl_input_t *input, size_t n);

/*
 * Returns up to *n bytes of the list without taking them, at most GGI_CRL_PEEK_MAX, and
 * sets *n to how many there are: fewer than was asked for only at the end of the list.
 */
const uint8_t *ggi_crl_input_peek_some(ggi_crl_input_t *input, size_t *n);

/*
 * Goes on behind the next n bytes of the list. ggi_crl_input_peek() or
 * ggi_crl_input_peek_some() has to have returned them before.
 */
void ggi_crl_input_take(ggi_crl_input_t *input, size_t n);

/*
 * Begins to compute a hash, by the algorithm md, over all bytes of the list that are taken from
 * now on. Returns 1, or 0 when OpenSSL cannot.
 */
int ggi_crl_input_hash(ggi_crl_input_t *input, const EVP_MD *md);

/*
 * Ends hashing and writes the digest, which has at most EVP_MAX_MD_SIZE bytes. Returns
 * its length, or 0 when OpenSSL cannot.
 */
size_t ggi_crl_input_hashed(ggi_crl_input_t *input, uint8_t *digest);

/*
 * Returns 1 when all of the list has been taken and it ends as it should: in DER with
 * the file, in PEM with the last line of its block. Returns 0 otherwise.
 */
int ggi_crl_input_whole(ggi_crl_input_t *input);


#endif
