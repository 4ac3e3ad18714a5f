/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Half of a call between two organisations: what the log of the consumer that made it, or of
 * the provider that got it, has of it. It is one run of bytes, which can be copied and put into
 * a file.
 */

#ifndef GGI_HALF_H
#define GGI_HALF_H

#include <stdint.h>

#include "ggi_joined.h"
#include "ggi_uuid.h"

#define GGI_HALF_TEXT_MAX  8191         /* bytes of a text, as escaped in JSON, that are kept */
#define GGI_HALF_MAX       74752        /* bytes that suffice for a half */


typedef enum { GGI_SIDE_PROVIDER = 0, GGI_SIDE_CONSUMER, GGI_SIDES } ggi_side_e;

/* The texts of a half, as escaped in JSON. */
typedef enum {
    GGI_HALF_OIN = 0,                   /* of the consumer */
    GGI_HALF_NAMENS,                    /* OIN on whose behalf it called */
    GGI_HALF_DIENST,
    GGI_HALF_CLAIM,                     /* the doelbinding that went from one to the other */
    GGI_HALF_METHOD,
    GGI_HALF_PATH,
    GGI_HALF_INSIDE,                    /* the doelbinding within the consumer, if another */
    GGI_HALF_REASON,                    /* of a refusal */
    GGI_HALF_PROVIDER,                  /* OIN of the provider */
    GGI_HALF_TEXTS
} ggi_half_text_e;

/* What is known of whether a call of the consumer went to the provider. */
typedef enum {
    GGI_HALF_STAYED = 0,                /* it was refused, or answered without the provider */
    GGI_HALF_UNSURE,                    /* nothing tells that the provider got it */
    GGI_HALF_LEFT                       /* the provider answered it */
} ggi_half_left_e;

typedef struct {
    uint32_t  size;                     /* bytes of all, a multiple of 8 */
    uint8_t   side;                     /* ggi_side_e */
    uint8_t   left;                     /* ggi_half_left_e */
    uint8_t   refused;                  /* 1: by the gate of this side */
    uint8_t   decided;                  /* 1: the decision is in the log */
    uint8_t   ended;                    /* 1: what ended it is, or it was refused */
    uint8_t   linked;                   /* 1: link is known */
    uint8_t   asked;                    /* 1: it is asked for; else it only serves to pair */
    uint8_t   unused;
    uint16_t  status;                   /* of the provider's answer; 0: not known */
    uint16_t  attempts;                 /* requests that the consumer's gate made of it */
    uint64_t  time;                     /* ms since the epoch: of its first record */
    uint64_t  until;                    /* of its last one */
    char      transaction[GGI_UUID_LEN];        /* with NULs behind a shorter one */
    char      link[GGI_SPAN_ID_LEN];    /* the span of the request between the two */
    uint16_t  len[GGI_HALF_TEXTS];
    char      texts[];
} ggi_half_t;


/*
 * Makes the half of a call from what the log of one side, provider or consumer, has of it. The
 * half is written to half, a buffer of GGI_HALF_MAX bytes. Returns 1. Returns 0 when this is no
 * call between two organisations: a call of the other role, a part of another call, or a record
 * in which the log tells of itself.
 */
int ggi_half_make(ggi_half_t *half, ggi_side_e side, const ggi_joined_t *joined);

/*
 * Returns one of the texts that a half has, such as its method; its length is 0 when that is
 * not known. It points into the half, and is valid as long as that.
 */
ggi_str_t ggi_half_text(const ggi_half_t *half, ggi_half_text_e text);

/*
 * Returns a number below 0, 0 or above 0 when one half comes before, beside or behind another
 * in the order of the transaction and the time.
 */
int ggi_half_compare(const void *one, const void *other);

/* Returns 1 when two halves are of the same transaction, 0 otherwise. */
int ggi_half_together(const ggi_half_t *one, const ggi_half_t *other);


#endif
