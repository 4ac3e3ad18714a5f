/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * How a CA stands with its revocation lists, for those who have to see to it that there
 * is a list in time: is there one that counts, when does it expire.
 */

#ifndef GGI_CRL_STANDING_H
#define GGI_CRL_STANDING_H

#include "ggi_crl_news.h"
#include "ggi_crl_view.h"

#define GGI_CRL_WATCHED  256            /* CAs */
#define GGI_CRL_NAME     508            /* bytes of the DER of a name */
#define GGI_CRL_SOON     3600           /* seconds before nextUpdate when it is told of */


typedef enum {
    GGI_CRL_UNSEEN,                     /* not looked at yet */
    GGI_CRL_CURRENT,
    GGI_CRL_EXPIRING,                   /* current, and expires soon */
    GGI_CRL_WAITING,                    /* the only list begins later */
    GGI_CRL_MISSING,
    GGI_CRL_OUTDATED,                   /* the newest list is older than one that was in force */
    GGI_CRL_EXPIRED
} ggi_crl_state_e;


typedef struct {
    ggi_crl_state_e        state;
    const ggi_crl_t       *crl;         /* the list that it is about; NULL: missing */
    const ggi_crl_mark_t  *mark;        /* what an outdated list is older than */
} ggi_crl_standing_t;


/* A CA, by its name, and what was last told about it. */
typedef struct {
    uint16_t  len;
    uint8_t   state;                    /* ggi_crl_state_e */
    uint8_t   name[GGI_CRL_NAME + 1];
} ggi_crl_watched_t;


/* All CAs that are looked at, in memory that all processes share. Guarded by a lock. */
typedef struct {
    uint64_t           n;
    ggi_crl_watched_t  cas[GGI_CRL_WATCHED];
} ggi_crl_watch_t;


/*
 * Sets *standing to how the CA of that name stands with its lists at the time now. When a
 * certificate of the CA is among those that are known, only lists that it signed count,
 * and of these only those with a signature that crls->level accepts. When the CA has
 * lists of several scopes, the worst of them is told.
 */
void ggi_crl_standing(ggi_crl_standing_t *standing, ggi_crls_t *crls,
    const X509_NAME *name, STACK_OF(X509) *known, time_t now);

/* Adds a CA to those that are looked at, unless it is among them or there is no room. */
void ggi_crl_watch_add(ggi_crl_watch_t *watch, const X509_NAME *name);

/*
 * Adds the issuers of all lists of a view to the CAs that are looked at, as ggi_crl_watch_add()
 * does for one.
 */
void ggi_crl_watch_issuers(ggi_crl_watch_t *watch, const ggi_crls_t *crls);

/*
 * Looks at all CAs, and adds a line to news for each that stands worse than it did when
 * it was last looked at, or for which there is a list again.
 */
void ggi_crl_watch_look(ggi_crl_watch_t *watch, ggi_crls_t *crls,
    STACK_OF(X509) *known, time_t now, ggi_crl_news_t *news);


#endif
