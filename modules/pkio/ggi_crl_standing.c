/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_crl_signature.h"
#include "ggi_crl_standing.h"

#include <stdio.h>
#include <string.h>

#include <openssl/err.h>

#define GGI_CRL_NAME_TEXT  256          /* bytes of a name as a text */


/*
 * Returns a certificate of that name that signed the list, or NULL. Sets *named to 1
 * when a certificate of that name is known.
 */
static X509 *
ggi_crl_standing_signer(ggi_crl_t *crl, const X509_NAME *name,
    STACK_OF(X509) *known, int *named)
{
    int    i;
    X509  *x509;

    *named = 0;

    for (i = 0; i < sk_X509_num(known); i++) {
        x509 = sk_X509_value(known, i);

        if (X509_NAME_cmp(X509_get_subject_name(x509), name) != 0) {
            continue;
        }

        *named = 1;

        if (ggi_crl_signed_by(crl, x509)) {
            return x509;
        }
    }

    return NULL;
}


/* Sets *standing to that of one list, which has begun. */
static void
ggi_crl_standing_list(ggi_crl_standing_t *standing, const ggi_crls_t *crls,
    const ggi_crl_t *crl, X509 *signer, time_t now)
{
    standing->crl = crl;
    standing->mark = signer ? ggi_crls_outdated(crls, crl->list, signer) : NULL;

    standing->state = standing->mark ? GGI_CRL_OUTDATED
                      : (now > crl->list->next_update) ? GGI_CRL_EXPIRED
                      : (crl->list->next_update - now <= GGI_CRL_SOON)
                        ? GGI_CRL_EXPIRING : GGI_CRL_CURRENT;
}


void
ggi_crl_standing(ggi_crl_standing_t *standing, ggi_crls_t *crls,
    const X509_NAME *name, STACK_OF(X509) *known, time_t now)
{
    int                  named, decided;
    X509                *signer;
    size_t               i;
    ggi_crl_t           *crl, *waiting;
    ggi_crl_standing_t   one;

    memset(standing, 0, sizeof(ggi_crl_standing_t));
    waiting = NULL;
    decided = 0;

    for (i = ggi_crls_find(crls, name); ggi_crls_of(crls, i, name); i++) {
        crl = &crls->crls[i];

        if (!ggi_crls_like_previous(crls, i)) {
            decided = 0;
        }

        if (decided || crl->list->wrong[0] || ggi_crl_weakness(crl->list, crls->level)) {
            continue;
        }

        signer = ggi_crl_standing_signer(crl, name, known, &named);

        if (named && signer == NULL) {
            continue;
        }

        if (now < crl->list->this_update) {
            waiting = crl;
            continue;
        }

        decided = 1;
        ggi_crl_standing_list(&one, crls, crl, signer, now);

        if (one.state > standing->state) {
            *standing = one;
        }
    }

    if (standing->state == GGI_CRL_UNSEEN) {
        standing->crl = waiting;
        standing->state = waiting ? GGI_CRL_WAITING : GGI_CRL_MISSING;
    }
}


void
ggi_crl_watch_add(ggi_crl_watch_t *watch, const X509_NAME *name)
{
    size_t                len;
    uint64_t              i;
    const unsigned char  *der;

    if (!X509_NAME_get0_der(name, &der, &len) || len > GGI_CRL_NAME)
    {
        return;
    }

    for (i = 0; i < watch->n; i++) {
        if (watch->cas[i].len == len
            && memcmp(watch->cas[i].name, der, len) == 0)
        {
            return;
        }
    }

    if (i < GGI_CRL_WATCHED) {
        watch->cas[i].len = (uint16_t) len;
        watch->cas[i].state = GGI_CRL_UNSEEN;
        memcpy(watch->cas[i].name, der, len);
        watch->n = i + 1;
    }
}


void
ggi_crl_watch_issuers(ggi_crl_watch_t *watch, const ggi_crls_t *crls)
{
    size_t  i;

    for (i = 0; i < crls->n; i++) {
        if (i == 0 || !ggi_crls_of(crls, i, crls->crls[i - 1].issuer)) {
            ggi_crl_watch_add(watch, crls->crls[i].issuer);
        }
    }
}


/* Tells that an older list is not taken over. */
static void
ggi_crl_tell_outdated(ggi_crl_news_t *news, const char *ca,
    const ggi_crl_standing_t *standing)
{
    char                   old[GGI_CRL_NUMBER_TEXT], number[GGI_CRL_NUMBER_TEXT];
    char                   then[GGI_CRL_TIME_TEXT], began[GGI_CRL_TIME_TEXT];
    const ggi_crl_list_t  *list;

    list = standing->crl->list;
    ggi_crl_number_text(&list->number, number);
    ggi_crl_number_text(&standing->mark->number, old);
    ggi_crl_time_text(list->this_update, began);
    ggi_crl_time_text(standing->mark->this_update, then);

    ggi_crl_news_add(news, GGI_CRL_ERROR,
                     "the list of CA \"%s\" in %s, with CRL number %s of %s, is "
                     "older than the one with number %s of %s that was in force: "
                     "it is not taken over, and calls with a certificate that "
                     "this CA issued are refused with revocation_unknown until "
                     "there is a newer one", ca, standing->crl->file, number,
                     began, old, then);
}


/* Tells how a CA stands with one of its lists. */
static void
ggi_crl_tell_list(ggi_crl_news_t *news, const char *ca,
    const ggi_crl_standing_t *standing)
{
    char                   begin[GGI_CRL_TIME_TEXT], end[GGI_CRL_TIME_TEXT];
    const char            *file;
    const ggi_crl_list_t  *list;

    file = standing->crl->file;
    list = standing->crl->list;
    ggi_crl_time_text(list->this_update, begin);
    ggi_crl_time_text(list->next_update, end);

    switch (standing->state) {

    case GGI_CRL_WAITING:
        ggi_crl_news_add(news, GGI_CRL_ERROR,
                         "the list of CA \"%s\" in %s begins at %s, and there is "
                         "no other: calls with a certificate that it issued are "
                         "refused with revocation_unknown until then", ca, file,
                         begin);
        break;

    case GGI_CRL_EXPIRED:
        ggi_crl_news_add(news, GGI_CRL_ERROR,
                         "the list of CA \"%s\" in %s expired at %s: calls with a "
                         "certificate that this CA issued are refused with "
                         "revocation_unknown until there is a newer one", ca,
                         file, end);
        break;

    case GGI_CRL_EXPIRING:
        ggi_crl_news_add(news, GGI_CRL_ERROR,
                         "the list of CA \"%s\" in %s expires at %s: from then on "
                         "calls with a certificate that this CA issued are "
                         "refused with revocation_unknown unless there is a newer "
                         "one", ca, file, end);
        break;

    case GGI_CRL_OUTDATED:
        ggi_crl_tell_outdated(news, ca, standing);
        break;

    default:
        ggi_crl_news_add(news, GGI_CRL_ERROR,
                         "there is a list of CA \"%s\" again, in %s", ca, file);
    }
}


static void
ggi_crl_tell(ggi_crl_news_t *news, const X509_NAME *name,
    const ggi_crl_standing_t *standing)
{
    char  ca[GGI_CRL_NAME_TEXT];

    ggi_crl_name_text(name, ca, sizeof(ca));

    if (standing->crl) {
        ggi_crl_tell_list(news, ca, standing);

    } else {
        ggi_crl_news_add(news, GGI_CRL_ERROR,
                         "there is no list of CA \"%s\" that counts: calls with a "
                         "certificate that it issued are refused with "
                         "revocation_unknown until there is one", ca);
    }
}


/* Returns 1 when a change of how a CA stands is to be told, 0 otherwise. */
static int
ggi_crl_telling(ggi_crl_state_e before, ggi_crl_state_e now)
{
    if (now == GGI_CRL_CURRENT) {
        return before > GGI_CRL_EXPIRING;
    }

    return now != before;
}


void
ggi_crl_watch_look(ggi_crl_watch_t *watch, ggi_crls_t *crls,
    STACK_OF(X509) *known, time_t now, ggi_crl_news_t *news)
{
    uint64_t              i;
    X509_NAME            *name;
    ggi_crl_watched_t    *ca;
    ggi_crl_standing_t    standing;
    const unsigned char  *der;

    for (i = 0; i < watch->n; i++) {
        ca = &watch->cas[i];
        der = ca->name;
        name = d2i_X509_NAME(NULL, &der, ca->len);

        if (name == NULL) {
            ERR_clear_error();
            continue;
        }

        ggi_crl_standing(&standing, crls, name, known, now);

        if (ggi_crl_telling(ca->state, standing.state)) {
            ggi_crl_tell(news, name, &standing);
        }

        ca->state = (uint8_t) standing.state;
        X509_NAME_free(name);
    }
}
