/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_certificate.h"
#include "ggi_crl_extensions.h"
#include "ggi_signature.h"
#include "ggi_crl_walk.h"
#include "ggi_der.h"

#include <string.h>

#include <openssl/err.h>

#define GGI_CRL_START      4096         /* bytes at the start of a list with its algorithm */
#define GGI_CRL_TIME_MIN   11           /* bytes of the shortest time, YYMMDDhhmmZ */


/* What is known while a list is read. */
typedef struct {
    ggi_crl_input_t  *input;
    ggi_crl_room_t   *room;
    ggi_crl_list_t   *list;             /* the list being read, in room */
    size_t            left;             /* bytes of the part that is being read */
    size_t            after;            /* bytes that follow what was signed */
    const char       *why;              /* what is wrong; NULL: it is no list */
} ggi_crl_walk_t;


static const char  ggi_crl_no_times[] = "a list without nextUpdate, or with an "
                                        "unreadable time";
static const char  ggi_crl_too_large[] = "more lists, or larger parts of a list, than "
                                         "there is room for";


/* Adds a part to the list, as ggi_crl_room_add() does. Returns its memory, or NULL with why. */
static uint8_t *
ggi_crl_walk_add(ggi_crl_walk_t *walk, ggi_crl_part_t *part,
    const uint8_t *data, size_t len)
{
    uint8_t  *memory;

    memory = ggi_crl_room_add(walk->room, walk->list, part, data, len);

    if (memory == NULL) {
        walk->why = ggi_crl_too_large;
    }

    return memory;
}


/*
 * Sets *head to that of the next element of what was signed, without taking it. Returns
 * 1, or 0 when there is no whole element.
 */
static int
ggi_crl_walk_head(ggi_crl_walk_t *walk, ggi_der_head_t *head)
{
    size_t          n;
    const uint8_t  *data;

    n = GGI_DER_HEAD_MAX;
    data = ggi_crl_input_peek_some(walk->input, &n);

    return ggi_der_head(head, data, n)
           && head->head + head->len <= walk->left;
}


static void
ggi_crl_walk_take(ggi_crl_walk_t *walk, size_t n)
{
    ggi_crl_input_take(walk->input, n);
    walk->left -= n;
}


/*
 * Sets *element to all of the next element of what was signed, without taking it, when
 * it has that tag. Returns 1; *element is valid until the next is looked at. Returns 0
 * when there is another element or none.
 */
static int
ggi_crl_walk_element(ggi_crl_walk_t *walk, unsigned tag, ggi_der_t *element)
{
    ggi_der_head_t  head;

    if (!ggi_crl_walk_head(walk, &head) || head.tag != tag) {
        return 0;
    }

    element->len = head.head + head.len;
    element->data = ggi_crl_input_peek(walk->input, element->len);

    return element->data != NULL;
}


/*
 * Reads the next element of what was signed as a time. Returns 1, or 0 when there is
 * another element or the time cannot be read.
 */
static int
ggi_crl_walk_time(ggi_crl_walk_t *walk, int64_t *out)
{
    int                   good;
    time_t                seconds;
    ggi_der_t             element;
    ASN1_TIME            *time;
    const unsigned char  *data;

    if (!ggi_crl_walk_element(walk, GGI_DER_UTC_TIME, &element)
        && !ggi_crl_walk_element(walk, GGI_DER_TIME, &element))
    {
        walk->why = ggi_crl_no_times;
        return 0;
    }

    data = element.data;
    time = d2i_ASN1_TIME(NULL, &data, (long) element.len);
    good = time && ggi_certificate_time(&seconds, time);
    ASN1_TIME_free(time);

    if (!good) {
        walk->why = ggi_crl_no_times;
        return 0;
    }

    *out = seconds;
    ggi_crl_walk_take(walk, element.len);

    return 1;
}


/*
 * Prepares for what the signature algorithm of the list asks: hashes what is taken from
 * now on, or keeps all that was signed. Returns 1, or 0 when there is no room.
 */
static int
ggi_crl_walk_prepare(ggi_crl_walk_t *walk)
{
    ggi_der_t         algorithm;
    const uint8_t    *data;
    ggi_crl_list_t   *list;
    ggi_signature_t   scheme;

    list = walk->list;
    algorithm.data = ggi_crl_part(list, algorithm);
    algorithm.len = list->algorithm.len;

    if (!ggi_signature_read(&scheme, &algorithm)) {
        ggi_crl_list_wrong(list, "is signed by an algorithm that is not supported");
        return 1;
    }

    if (scheme.md) {
        return ggi_crl_input_hash(walk->input, scheme.md);
    }

    data = ggi_crl_input_peek(walk->input, walk->left);

    if (data == NULL) {
        ggi_crl_list_wrong(list, "is too large for its signature algorithm");
        return 1;
    }

    return ggi_crl_walk_add(walk, &list->tbs, data, walk->left) != NULL;
}


/*
 * Reads the start of what was signed: the version, and the algorithm of the signature.
 * len is the length of the whole list. Returns 1, or 0 when that is malformed.
 */
static int
ggi_crl_walk_start(ggi_crl_walk_t *walk, size_t len)
{
    size_t          n;
    ggi_der_t       start, version, algorithm;
    ggi_der_head_t  head;
    const uint8_t  *data;

    n = GGI_CRL_START;
    data = ggi_crl_input_peek_some(walk->input, &n);

    if (!ggi_der_head(&head, data, n) || head.tag != GGI_DER_SEQUENCE
        || head.head + head.len > len)
    {
        return 0;
    }

    walk->left = head.head + head.len;
    walk->after = len - walk->left;
    start.data = data + head.head;
    start.len = ((n < walk->left) ? n : walk->left) - head.head;

    if (ggi_der_take(&start, GGI_DER_INTEGER, &version)
        && (version.len != 1 || version.data[0] > 1))
    {
        return 0;
    }

    n = start.len;

    if (!ggi_der_take(&start, GGI_DER_SEQUENCE, &algorithm)) {
        return 0;
    }

    n -= start.len;
    algorithm.data = start.data - n;
    algorithm.len = n;
    n = (size_t) (start.data - data);

    if (ggi_crl_walk_add(walk, &walk->list->algorithm, algorithm.data,
                         algorithm.len)
        == NULL
        || !ggi_crl_walk_prepare(walk))
    {
        return 0;
    }

    ggi_crl_walk_take(walk, n);

    return 1;
}


static int
ggi_crl_walk_issuer(ggi_crl_walk_t *walk)
{
    ggi_der_t   issuer;
    X509_NAME  *name;

    if (!ggi_crl_walk_element(walk, GGI_DER_SEQUENCE, &issuer)
        || ggi_crl_walk_add(walk, &walk->list->issuer, issuer.data, issuer.len)
           == NULL)
    {
        return 0;
    }

    name = ggi_crl_list_issuer(walk->list);

    if (name == NULL) {
        return 0;
    }

    X509_NAME_free(name);
    ggi_crl_walk_take(walk, issuer.len);

    return 1;
}


/*
 * Reads an entry: a serial number, a date, and perhaps extensions. Adds it to the list,
 * unless it is released from hold. Returns 1, or 0 when it is malformed.
 */
static int
ggi_crl_walk_entry(ggi_crl_walk_t *walk, ggi_der_t element)
{
    int               released;
    ggi_der_t         entry, serial, date;
    ggi_crl_part_t    part;
    ggi_crl_entry_t  *memory;

    if (!ggi_der_take(&element, GGI_DER_SEQUENCE, &entry)
        || !ggi_der_take(&entry, GGI_DER_INTEGER, &serial)
        || !ggi_der_integer_valid(&serial)
        || (!ggi_der_take(&entry, GGI_DER_UTC_TIME, &date)
            && !ggi_der_take(&entry, GGI_DER_TIME, &date))
        || date.len < GGI_CRL_TIME_MIN)
    {
        return 0;
    }

    released = 0;

    if (entry.len
        && !ggi_crl_entry_extensions(walk->list, &entry, &released))
    {
        return 0;
    }

    if (released) {
        return 1;
    }

    memory = (ggi_crl_entry_t *) ggi_crl_walk_add(walk, &part, NULL,
                                                  sizeof(ggi_crl_entry_t));

    if (memory == NULL || !ggi_crl_entry(memory, serial.data, serial.len)) {
        return 0;
    }

    walk->list->n++;

    return 1;
}


/* Reads the sequence of entries, if there is one. Returns 1, or 0 when it is malformed. */
static int
ggi_crl_walk_entries(ggi_crl_walk_t *walk)
{
    size_t          after;
    ggi_der_t       element;
    ggi_der_head_t  head;

    /* also for a list without entries, so that the place is within the list */

    (void) ggi_crl_walk_add(walk, &walk->list->entries, NULL, 0);

    if (walk->left == 0) {
        return 1;
    }

    if (!ggi_crl_walk_head(walk, &head)) {
        return 0;
    }

    if (head.tag != GGI_DER_SEQUENCE) {
        return 1;
    }

    after = walk->left - head.head - head.len;
    ggi_crl_walk_take(walk, head.head);

    while (walk->left > after) {
        if (!ggi_crl_walk_element(walk, GGI_DER_SEQUENCE, &element)
            || element.len > walk->left - after
            || !ggi_crl_walk_entry(walk, element))
        {
            return 0;
        }

        ggi_crl_walk_take(walk, element.len);
        ggi_crl_pace(&walk->room->pace, 1);
    }

    return 1;
}


/* Reads the extensions of the list, if there are any. Returns 1, or 0 when they are malformed. */
static int
ggi_crl_walk_extensions(ggi_crl_walk_t *walk)
{
    ggi_der_t  element, extensions, scope;

    if (walk->left == 0) {
        return 1;
    }

    if (!ggi_crl_walk_element(walk, GGI_DER_CONTEXT_0, &element)
        || element.len != walk->left)
    {
        return 0;
    }

    ggi_crl_walk_take(walk, element.len);

    if (!ggi_der_take(&element, GGI_DER_CONTEXT_0, &extensions)
        || !ggi_crl_list_extensions(walk->list, &extensions, &scope))
    {
        return 0;
    }

    return scope.len == 0
           || ggi_crl_walk_add(walk, &walk->list->scope, scope.data, scope.len)
              != NULL;
}


/*
 * Reads what follows what was signed: the algorithm once more, and the signature.
 * Returns 1, or 0 when it is malformed or the algorithm is another one.
 */
static int
ggi_crl_walk_signature(ggi_crl_walk_t *walk)
{
    ggi_der_t        element, bits;
    const uint8_t   *algorithm;
    ggi_crl_list_t  *list;

    list = walk->list;
    algorithm = ggi_crl_part(list, algorithm);

    if (walk->input->digest) {
        list->digest_len = (uint8_t) ggi_crl_input_hashed(walk->input,
                                                          list->digest);
    }

    element.len = list->algorithm.len;
    element.data = ggi_crl_input_peek(walk->input, element.len);

    if (walk->left < element.len || element.data == NULL
        || memcmp(element.data, algorithm, element.len) != 0)
    {
        return 0;
    }

    ggi_crl_walk_take(walk, element.len);

    if (!ggi_crl_walk_element(walk, GGI_DER_BIT_STRING, &element)
        || element.len != walk->left)
    {
        return 0;
    }

    ggi_crl_walk_take(walk, element.len);

    return ggi_der_take(&element, GGI_DER_BIT_STRING, &bits) && bits.len > 1
           && bits.data[0] == 0
           && ggi_crl_walk_add(walk, &list->signature, bits.data + 1,
                               bits.len - 1)
              != NULL;
}


/* Reads one list. Returns 1, or 0 when it is malformed or there is no room for it. */
static int
ggi_crl_walk_list(ggi_crl_walk_t *walk)
{
    size_t          n;
    const uint8_t  *data;
    ggi_der_head_t  head;

    walk->list = ggi_crl_room_begin(walk->room);

    if (walk->list == NULL) {
        walk->why = ggi_crl_too_large;
        return 0;
    }

    n = GGI_DER_HEAD_MAX;
    data = ggi_crl_input_peek_some(walk->input, &n);

    if (!ggi_der_head(&head, data, n) || head.tag != GGI_DER_SEQUENCE) {
        return 0;
    }

    ggi_crl_input_take(walk->input, head.head);

    if (!ggi_crl_walk_start(walk, head.len) || !ggi_crl_walk_issuer(walk)
        || !ggi_crl_walk_time(walk, &walk->list->this_update)
        || !ggi_crl_walk_time(walk, &walk->list->next_update)
        || !ggi_crl_walk_entries(walk) || !ggi_crl_walk_extensions(walk))
    {
        return 0;
    }

    walk->left = walk->after;

    if (!ggi_crl_walk_signature(walk) || !ggi_crl_input_whole(walk->input)) {
        return 0;
    }

    ggi_crl_room_end(walk->room, walk->list);

    return 1;
}


int
ggi_crl_walk(ggi_crl_input_t *input, ggi_crl_room_t *room, const char **why)
{
    int             good;
    ggi_crl_walk_t  walk;

    memset(&walk, 0, sizeof(ggi_crl_walk_t));
    walk.input = input;
    walk.room = room;

    good = ggi_crl_walk_list(&walk);
    *why = walk.why;

    return good;
}
