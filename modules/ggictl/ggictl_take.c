/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE                     /* asprintf() */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ggi_crl_judge.h"
#include "ggictl_lists.h"
#include "ggictl_take.h"

#define GGICTL_TAKE_AHEAD  60           /* seconds that the clock of a CA may be ahead */


/* Writes why a list is not taken over, formatted as by printf(). Returns GGICTL_TAKE_NOT. */
static ggictl_take_e __attribute__((format(printf, 2, 3)))
ggictl_take_not(char why[GGICTL_TAKE_WHY_MAX], const char *format, ...)
{
    va_list  args;

    va_start(args, format);
    vsnprintf(why, GGICTL_TAKE_WHY_MAX, format, args);
    va_end(args);

    return GGICTL_TAKE_NOT;
}


/*
 * Opens the file "name" of the directory and finds the list in it that has the scope of
 * list and that its CA signed. Returns it, whose memory belongs to *lists and is to be
 * freed, or NULL, with nothing to free, when there is none.
 */
static const ggi_crl_list_t *
ggictl_take_old(const ggictl_take_t *take, const ggi_point_t *point, const char *name,
    const ggi_crl_list_t *list, ggictl_lists_t *lists)
{
    int                    good;
    char                  *path;
    ggi_fault_t            fault = ggi_fault_init;
    const ggi_crl_list_t  *old;

    if (asprintf(&path, "%s/%s", take->place->dir, name) < 0) {
        return NULL;
    }

    good = ggictl_lists_open(lists, path, &fault);
    free(path);

    if (!good) {
        return NULL;
    }

    old = ggi_crl_room_next(&lists->room, NULL);

    if (old && ggi_trust_issued(point->ca, old) && ggi_crl_list_scope_same(old, list)
        && ggi_trust_signer(take->trust, point->ca, old))
    {
        return old;
    }

    ggictl_lists_free(lists);

    return NULL;
}


/* Returns 1 when two lists are the same, so that there is nothing to take over, else 0. */
static int
ggictl_take_same(const ggi_crl_list_t *one, const ggi_crl_list_t *two)
{
    return one->digest_len == two->digest_len && one->tbs.len == two->tbs.len
           && memcmp(one->digest, two->digest, one->digest_len) == 0
           && memcmp(ggi_crl_part(one, tbs), ggi_crl_part(two, tbs), one->tbs.len) == 0;
}


/*
 * Compares a list with the one in place. Returns GGICTL_TAKE_NEW when it is to be put
 * there, GGICTL_TAKE_SAME when it is there, or GGICTL_TAKE_NOT with why when the one in
 * place is newer.
 */
static ggictl_take_e
ggictl_take_compare(const ggictl_take_t *take, const ggi_point_t *point, const char *name,
    const ggi_crl_list_t *list, char why[GGICTL_TAKE_WHY_MAX])
{
    int                    order, same;
    char                   number[GGI_CRL_NUMBER_TEXT], old_number[GGI_CRL_NUMBER_TEXT];
    char                   from[GGI_CRL_TIME_TEXT], old_from[GGI_CRL_TIME_TEXT];
    ggictl_lists_t         lists;
    const ggi_crl_list_t  *old;

    old = ggictl_take_old(take, point, name, list, &lists);

    if (old == NULL) {
        return GGICTL_TAKE_NEW;
    }

    order = ggi_crl_list_compare(&list->number, list->this_update, &old->number,
                                 old->this_update);
    same = ggictl_take_same(list, old);
    ggi_crl_number_text(&old->number, old_number);
    ggi_crl_time_text(old->this_update, old_from);
    ggictl_lists_free(&lists);

    if (order < 0) {
        ggi_crl_number_text(&list->number, number);
        ggi_crl_time_text(list->this_update, from);
        return ggictl_take_not(why,
                               "the list has number %s of %s, and the one in place is newer, with "
                               "number %s of %s; if the CA has begun to number anew, remove %s/%s "
                               "and restart nginx",
                               number, from, old_number, old_from, take->place->dir, name);
    }

    return same ? GGICTL_TAKE_SAME : GGICTL_TAKE_NEW;
}


/*
 * Waits until a list is in force, if that is soon. Returns 1 when it is in force, 0 when
 * it is not.
 */
static int
ggictl_take_wait(const ggictl_take_t *take, const ggi_crl_list_t *list)
{
    int                           i;
    static const struct timespec  tenth = { 0, 100 * 1000 * 1000 };

    if (list->this_update - time(NULL) > GGICTL_TAKE_AHEAD) {
        return 0;
    }

    /* counted as well, in case that the clock is set back meanwhile */

    for (i = 0; time(NULL) < list->this_update && i < 10 * GGICTL_TAKE_AHEAD && !*take->stop; i++) {
        (void) nanosleep(&tenth, NULL);
    }

    return time(NULL) >= list->this_update;
}


/*
 * Returns 1 when the gate finds that the list, which signer signed, covers the
 * certificate that names the point, or when no certificate names it; 0 otherwise.
 */
static int
ggictl_take_covers(const ggi_point_t *point, const ggi_crl_list_t *list, X509 *signer)
{
    int               covers;
    time_t            until;
    ggi_crls_t        crls;
    STACK_OF(X509)   *chain;

    if (point->x509 == NULL) {
        return 1;
    }

    memset(&crls, 0, sizeof(ggi_crls_t));
    chain = sk_X509_new_null();

    covers = chain && sk_X509_push(chain, point->x509) && sk_X509_push(chain, signer)
             && ggi_crls_add(&crls, list, "")
             && ggi_crls_judge(&crls, chain, NULL, time(NULL), &until)
                != GGI_REASON_REVOCATION_UNKNOWN;

    ggi_crls_free(&crls);
    sk_X509_free(chain);

    return covers;
}


/*
 * Judges a list by itself and by the time. Returns the certificate with the key that
 * signed it, or NULL with why.
 */
static X509 *
ggictl_take_judge(const ggictl_take_t *take, const ggi_point_t *point,
    const ggi_crl_list_t *list, char why[GGICTL_TAKE_WHY_MAX])
{
    char   at[GGI_CRL_TIME_TEXT], weak[GGICTL_WEAK_MAX];
    X509  *signer;

    if (ggictl_lists_weak(list, take->trust->level, weak)) {
        ggictl_take_not(why,
                        "the list %s, so that the gate does not use it; ask the CA for one with a "
                        "stronger signature, or give --level if the server's TLS accepts it",
                        weak);
        return NULL;
    }

    if (list->wrong[0]) {
        ggictl_take_not(why,
                        "the list %s, so that the gate does not use it; ask the CA where its "
                        "complete list is, and give that URL as CA=URL",
                        list->wrong);
        return NULL;
    }

    signer = ggi_trust_signer(take->trust, point->ca, list);

    if (signer == NULL) {
        ggictl_take_not(why, "no key that --trust has of this CA signed the list; if the CA has a "
                             "new key, add the certificate of that key to the file");

    } else if (time(NULL) > list->next_update) {
        ggi_crl_time_text(list->next_update, at);
        ggictl_take_not(why, "the list expired at %s; ask the CA for a current one", at);

    } else if (!ggictl_take_wait(take, list)) {
        ggi_crl_time_text(list->this_update, at);
        ggictl_take_not(why, "the list is in force from %s on; look whether the clock of this host "
                             "is right", at);

    } else if (!ggictl_take_covers(point, list, signer)) {
        ggictl_take_not(why, "the list does not cover the certificate that names this URL: it is "
                             "for other certificates of the CA, by its issuing distribution point; "
                             "ask the CA which list is the right one");

    } else {
        return signer;
    }

    return NULL;
}


/*
 * Judges the list number "index" of the answer and takes it over if it is good. Returns
 * what was done, as ggictl_take() does.
 */
static ggictl_take_e
ggictl_take_list(const ggictl_take_t *take, const ggi_point_t *point, int fd,
    const ggi_crl_list_t *list, size_t index, ggictl_taken_t *taken, char why[GGICTL_TAKE_WHY_MAX])
{
    X509           *signer;
    ggictl_take_e   done;

    signer = ggictl_take_judge(take, point, list, why);

    if (signer == NULL) {
        return GGICTL_TAKE_NOT;
    }

    if (!ggi_list_name(taken->file, signer, list)) {
        return ggictl_take_not(why, "no memory");
    }

    ggi_crl_number_text(&list->number, taken->number);
    taken->next_update = list->next_update;
    taken->entries = list->n;
    done = ggictl_take_compare(take, point, taken->file, list, why);

    if (done == GGICTL_TAKE_NEW
        && !ggictl_place_put(take->place, taken->file, fd, index, taken->number, take->url))
    {
        return ggictl_take_not(why, "%s/%s cannot be written: %s", take->place->dir, taken->file,
                               strerror(errno));
    }

    return done;
}


/* Writes to why that the lists of an answer are of another CA than was asked for. */
static void
ggictl_take_other(const ggictl_lists_t *lists, char why[GGICTL_TAKE_WHY_MAX])
{
    char        name[GGI_TRUST_NAME_MAX];
    X509_NAME  *issuer;

    issuer = ggi_crl_list_issuer(ggi_crl_room_next(&lists->room, NULL));
    name[0] = '\0';

    if (issuer) {
        ggi_crl_name_text(issuer, name, sizeof(name));
        X509_NAME_free(issuer);
    }

    ggictl_take_not(why, "the list is of another CA, %s; ask the CA where its list is, and give "
                         "that URL as CA=URL", name);
}


ggictl_take_e
ggictl_take(const ggictl_take_t *take, const ggi_point_t *point, int fd, ggictl_taken_t *taken,
    char why[GGICTL_TAKE_WHY_MAX])
{
    size_t                 index;
    ggi_fault_t            fault = ggi_fault_init;
    ggictl_take_e          done;
    ggictl_lists_t         lists;
    const ggi_crl_list_t  *list;

    if (!ggictl_lists_read(&lists, fd, "answer", &fault)) {
        return ggictl_take_not(why, "the answer is no list that can be read (%.200s); a proxy or a "
                                    "portal may have answered in the place of the CA",
                               fault.text + strlen("answer: "));
    }

    done = GGICTL_TAKE_NOT;
    list = NULL;

    /* so it is unless there is a list of the CA, which then tells what is wrong with it */

    ggictl_take_other(&lists, why);

    for (index = 0;
         done == GGICTL_TAKE_NOT && (list = ggi_crl_room_next(&lists.room, list)) != NULL;
         index++)
    {
        if (ggi_trust_issued(point->ca, list)) {
            done = ggictl_take_list(take, point, fd, list, index, taken, why);
        }
    }

    ggictl_lists_free(&lists);

    return done;
}


/* Adds the lists of a file to a folder, unless they cannot be read. */
static void
ggictl_take_file(void *data, const char *path)
{
    ggi_fault_t  fault = ggi_fault_init;

    (void) ggictl_folder_add(data, path, &fault);
}


char *
ggictl_take_standing(const ggictl_take_t *take, const ggi_trust_ca_t *ca, int64_t *until)
{
    char                *path;
    ggi_fault_t          fault = ggi_fault_init;
    ggictl_folder_t      folder;
    ggi_crl_standing_t   standing;

    memset(&folder, 0, sizeof(ggictl_folder_t));
    folder.crls.level = take->trust->level;
    (void) ggictl_folder_each(take->place->dir, ggictl_take_file, &folder, &fault);
    path = NULL;
    *until = 0;

    if (ggictl_folder_standing(&folder, ca->subject, take->trust->certificates, time(NULL),
                               &standing))
    {
        path = strdup(standing.crl->file);
        *until = standing.crl->list->next_update;
    }

    ggictl_folder_free(&folder);

    return path;
}
