/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_crl_signature.h"
#include "ggi_crl_succession.h"

#include <stdio.h>
#include <string.h>

#include <openssl/err.h>

#define GGI_CRL_NAME_TEXT  256
#define GGI_CRL_WEAK_TEXT  128


/* Returns 1 when two lists are of one issuer, or there is no memory to tell, 0 otherwise. */
static int
ggi_crl_issuer_same(const ggi_crl_list_t *one, const ggi_crl_list_t *two)
{
    int         same;
    X509_NAME  *a, *b;

    if (one->issuer.len == two->issuer.len
        && memcmp(ggi_crl_part(one, issuer), ggi_crl_part(two, issuer),
                  one->issuer.len)
           == 0)
    {
        return 1;
    }

    a = ggi_crl_list_issuer(one);
    b = ggi_crl_list_issuer(two);
    same = a == NULL || b == NULL || X509_NAME_cmp(a, b) == 0;
    X509_NAME_free(a);
    X509_NAME_free(b);

    return same;
}


/*
 * Returns 1 when certificates of the issuer of a list are known, and none of them signed
 * it: whatever its number is, it was never in force. Returns 0 otherwise, also when that
 * is untold.
 */
static int
ggi_crl_foreign(const ggi_crl_list_t *list, const ggi_crl_known_t *known)
{
    int              i, foreign;
    X509            *x509;
    EVP_PKEY        *key;
    X509_NAME       *issuer;
    STACK_OF(X509)  *all;

    foreign = 0;
    issuer = ggi_crl_list_issuer(list);
    all = issuer ? ggi_crl_known_all(known) : NULL;

    for (i = 0; i < sk_X509_num(all); i++) {
        x509 = sk_X509_value(all, i);

        if (X509_NAME_cmp(X509_get_subject_name(x509), issuer) != 0) {
            continue;
        }

        key = X509_get0_pubkey(x509);
        foreign = (key == NULL || ggi_crl_signature(list, key) == GGI_CRL_NOT_SIGNED);

        if (!foreign) {
            break;
        }
    }

    sk_X509_pop_free(all, X509_free);
    X509_NAME_free(issuer);
    ERR_clear_error();

    return foreign;
}


const ggi_crl_list_t *
ggi_crl_waits(const ggi_crl_room_t *lists, const ggi_crl_room_t *old,
    const ggi_crl_known_t *known, time_t now, const ggi_crl_list_t **before)
{
    const ggi_crl_list_t  *list, *one;

    for (one = ggi_crl_room_next(old, NULL);
         one;
         one = ggi_crl_room_next(old, one))
    {
        for (list = ggi_crl_room_next(lists, NULL);
             list;
             list = ggi_crl_room_next(lists, list))
        {
            if (one->wrong[0] == '\0' && list->wrong[0] == '\0'
                && (now < list->this_update
                    || ggi_crl_list_compare(&list->number, list->this_update,
                                            &one->number, one->this_update)
                       < 0)
                && ggi_crl_list_scope_same(list, one)
                && ggi_crl_issuer_same(list, one)
                && !ggi_crl_foreign(one, known))
            {
                *before = one;
                return list;
            }
        }
    }

    return NULL;
}


static void
ggi_crl_issuer_text(const ggi_crl_list_t *list, char buf[GGI_CRL_NAME_TEXT])
{
    X509_NAME  *name;

    buf[0] = '\0';
    name = ggi_crl_list_issuer(list);

    if (name) {
        ggi_crl_name_text(name, buf, GGI_CRL_NAME_TEXT);
        X509_NAME_free(name);
    }
}


/*
 * Writes how long the list before stays in use where a server has the security level that lists
 * are told by, if its signature or that of the new one is too weak there; "" if neither is.
 */
static void
ggi_crl_kept_weak(const ggi_crl_kept_t *kept, char buf[GGI_CRL_WEAK_TEXT])
{
    const char  *weak;

    buf[0] = '\0';
    weak = ggi_crl_weakness(kept->before, kept->level);

    if (weak) {
        snprintf(buf, GGI_CRL_WEAK_TEXT, ", but not in a server of security level %d, which "
                 "refuses its signature with %s", kept->level, weak);

    } else if (kept->now < kept->list->this_update
               && ggi_crl_weakness(kept->list, kept->level))
    {
        snprintf(buf, GGI_CRL_WEAK_TEXT, "; from then on a server of security level %d uses "
                 "neither", kept->level);
    }
}


void
ggi_crl_tell_kept(ggi_crl_news_t *news, const ggi_crl_kept_t *kept)
{
    char  ca[GGI_CRL_NAME_TEXT], time[GGI_CRL_TIME_TEXT], weak[GGI_CRL_WEAK_TEXT];
    char  old[GGI_CRL_NUMBER_TEXT], number[GGI_CRL_NUMBER_TEXT];

    ggi_crl_issuer_text(kept->list, ca);
    ggi_crl_time_text(kept->list->this_update, time);
    ggi_crl_kept_weak(kept, weak);

    if (kept->now < kept->list->this_update) {
        ggi_crl_news_add(news, GGI_CRL_NOTICE,
                         "%s: the list of CA \"%s\" begins at %s; the one before "
                         "it stays in use until then%s", kept->path, ca, time, weak);
        return;
    }

    ggi_crl_number_text(&kept->list->number, number);
    ggi_crl_number_text(&kept->before->number, old);

    ggi_crl_news_add(news, GGI_CRL_ERROR,
                     "%s: the list of CA \"%s\", with CRL number %s of %s, is older "
                     "than the one with number %s that was there before: it is not "
                     "taken over, and the one before it stays in use%s", kept->path, ca,
                     number, time, old, weak);
}


void
ggi_crl_tell_wrong(ggi_crl_news_t *news, const char *path,
    const ggi_crl_room_t *lists, int level)
{
    char                   ca[GGI_CRL_NAME_TEXT];
    const char            *weak;
    const ggi_crl_list_t  *list;

    for (list = ggi_crl_room_next(lists, NULL);
         list;
         list = ggi_crl_room_next(lists, list))
    {
        weak = ggi_crl_weakness(list, level);

        if (list->wrong[0] == '\0' && weak == NULL) {
            continue;
        }

        ggi_crl_issuer_text(list, ca);

        if (list->wrong[0]) {
            ggi_crl_news_add(news, GGI_CRL_ERROR,
                             "%s: the list of CA \"%s\" does not count: it %s",
                             path, ca, list->wrong);
        } else {
            ggi_crl_news_add(news, GGI_CRL_ERROR,
                             "%s: the list of CA \"%s\" does not count: it is signed with %s, "
                             "which the security level of a server, %d, refuses on certificates",
                             path, ca, weak, level);
        }
    }
}


/*
 * Returns the place for a mark among n: that of the mark with its id, a new one, or that
 * of the mark whose list expired first.
 */
static size_t
ggi_crl_mark_place(const ggi_crl_mark_t *marks, size_t n, const ggi_crl_mark_t *mark)
{
    size_t  i, first;

    first = 0;

    for (i = 0; i < n; i++) {
        if (memcmp(marks[i].id, mark->id, sizeof(mark->id)) == 0) {
            return i;
        }

        if (marks[i].next_update < marks[first].next_update) {
            first = i;
        }
    }

    return (n < GGI_CRL_MARKS_MAX) ? n : first;
}


/* Notes how new a list was that signer signed. Returns 1, or 0 without memory. */
static int
ggi_crl_mark_put(ggi_crl_mark_t *marks, size_t *n, const ggi_crl_list_t *list,
    X509 *signer)
{
    int             newer;
    size_t          i;
    ggi_crl_mark_t  mark;

    memset(&mark, 0, sizeof(mark));

    if (!ggi_crl_mark_id(mark.id, signer, list)) {
        return 0;
    }

    mark.number = list->number;
    mark.this_update = list->this_update;
    mark.next_update = list->next_update;

    i = ggi_crl_mark_place(marks, *n, &mark);

    if (i == *n) {
        marks[(*n)++] = mark;
        return 1;
    }

    newer = (memcmp(marks[i].id, mark.id, sizeof(mark.id)) == 0)
            ? ggi_crl_list_compare(&marks[i].number, marks[i].this_update,
                                   &mark.number, mark.this_update)
              < 0
            : marks[i].next_update < mark.next_update;

    if (newer) {
        marks[i] = mark;
    }

    return 1;
}


/*
 * Notes how new a list was, for each certificate that signed it, or of which that is
 * untold: a mark too many keeps an older list out, one too few lets it in. Returns 1, or
 * 0 without memory.
 */
static int
ggi_crl_mark_list(ggi_crl_mark_t *marks, size_t *n, const ggi_crl_list_t *list,
    STACK_OF(X509) *known)
{
    int         i, noted;
    X509       *signer;
    EVP_PKEY   *key;
    X509_NAME  *issuer;

    issuer = ggi_crl_list_issuer(list);
    noted = (issuer != NULL);

    for (i = 0; noted && i < sk_X509_num(known); i++) {
        signer = sk_X509_value(known, i);
        key = X509_get0_pubkey(signer);

        if (key && X509_NAME_cmp(X509_get_subject_name(signer), issuer) == 0
            && ggi_crl_signature(list, key) != GGI_CRL_NOT_SIGNED)
        {
            noted = ggi_crl_mark_put(marks, n, list, signer);
        }
    }

    X509_NAME_free(issuer);
    ERR_clear_error();

    return noted;
}


int
ggi_crl_marks_note(ggi_crl_mark_t *marks, size_t *n,
    const ggi_crl_room_t *lists, STACK_OF(X509) *known, time_t now)
{
    const ggi_crl_list_t  *list;

    for (list = ggi_crl_room_next(lists, NULL);
         list;
         list = ggi_crl_room_next(lists, list))
    {
        if (list->wrong[0] == '\0' && list->this_update <= now
            && !ggi_crl_mark_list(marks, n, list, known))
        {
            return 0;
        }
    }

    return 1;
}
