/* SPDX-License-Identifier: EUPL-1.2 */

/* Finds burgerservicenummers in a text, however they are spelled. */

#include "ggi_bsn.h"
#include "ggi_bsn_alike.h"
#include "ggi_json.h"

#include <string.h>

#define GGI_BSN_MAX     10              /* most digits, with one that is too many */
#define GGI_BSN_GAP     3               /* most separators between two digits */
#define GGI_BSN_GROUPS  16              /* at least GGI_BSN_MAX; a power of two */


enum {
    GGI_BSN_OTHER,
    GGI_BSN_DIGIT,
    GGI_BSN_SEPARATOR,
    GGI_BSN_ESCAPE
};


/* A group: digits without a separator between them. */
typedef struct {
    size_t    start;
    size_t    end;
    unsigned  n;                        /* number of digits; GGI_BSN_MAX + 1 stands for more */
    char      digits[GGI_BSN_MAX];
} ggi_digits_t;


/* Whose BSNs of enough digits are found in a text. */
typedef struct {
    char          *bsn;                 /* gets the first of them */
    unsigned       digits;              /* how many are enough */
    unsigned       persons;             /* 0, 1, or 2 for more than one */
    unsigned       longer;              /* 1: there is a number too long to be a BSN */
} ggi_bsn_found_t;


/* The last groups of digits of a text, with only separators between them. */
typedef struct {
    char          *text;
    size_t         len;
    ggi_digits_t   groups[GGI_BSN_GROUPS];
    unsigned       n;                   /* groups so far, of which GGI_BSN_GROUPS are kept */
    unsigned       gap;                 /* separators since the last group */
    int            open;                /* 1: the last group has not ended yet */
    size_t         masked;
    ggi_bsn_found_t  *found;            /* NULL: nobody asks */
} ggi_bsn_scan_t;


static int
ggi_bsn_valid(const char *digits)
{
    int  i, sum;

    sum = 0;

    for (i = 0; i < GGI_BSN_LEN - 1; i++) {
        sum += (GGI_BSN_LEN - i) * (digits[i] - '0');
    }

    sum -= digits[i] - '0';

    return sum != 0 && sum % 11 == 0;
}


/* The class of each byte in the spelling of a BSN. */
static const unsigned char  ggi_bsn_class[256] = {
    ['0'] = GGI_BSN_DIGIT, ['1'] = GGI_BSN_DIGIT, ['2'] = GGI_BSN_DIGIT,
    ['3'] = GGI_BSN_DIGIT, ['4'] = GGI_BSN_DIGIT, ['5'] = GGI_BSN_DIGIT,
    ['6'] = GGI_BSN_DIGIT, ['7'] = GGI_BSN_DIGIT, ['8'] = GGI_BSN_DIGIT,
    ['9'] = GGI_BSN_DIGIT, [' '] = GGI_BSN_SEPARATOR,
    ['-'] = GGI_BSN_SEPARATOR, ['.'] = GGI_BSN_SEPARATOR,
    ['\t'] = GGI_BSN_SEPARATOR, ['+'] = GGI_BSN_SEPARATOR,
    ['_'] = GGI_BSN_SEPARATOR, ['~'] = GGI_BSN_SEPARATOR,
    ['%'] = GGI_BSN_ESCAPE, ['&'] = GGI_BSN_ESCAPE, ['\\'] = GGI_BSN_ESCAPE,

    /* D9 and DB begin an Arabic digit, and EF a full-width one or the mark EF BB BF */
    [0xd9] = GGI_BSN_ESCAPE, [0xdb] = GGI_BSN_ESCAPE, [0xef] = GGI_BSN_ESCAPE,

    /*
     * the bytes of the blanks, dashes and marks that text processors put in their place
     * or in between: C2 A0, C2 AD, E2 80 80 to E2 80 95, E2 80 AF, E2 88 92, EF BB BF
     */
    [0xc2] = GGI_BSN_SEPARATOR, [0xe2] = GGI_BSN_SEPARATOR,
    [0x80 ... 0x95] = GGI_BSN_SEPARATOR, [0xa0] = GGI_BSN_SEPARATOR,
    [0xad] = GGI_BSN_SEPARATOR, [0xaf] = GGI_BSN_SEPARATOR,
    [0xbb] = GGI_BSN_SEPARATOR, [0xbf] = GGI_BSN_SEPARATOR
};


static inline ggi_digits_t *
ggi_bsn_group(ggi_bsn_scan_t *scan, unsigned i)
{
    return &scan->groups[i % GGI_BSN_GROUPS];
}


/* Takes the GGI_BSN_LEN digits of a BSN that is spelled in n digits, when somebody asks for it. */
static void
ggi_bsn_take(ggi_bsn_scan_t *scan, const char *digits, unsigned n)
{
    ggi_bsn_found_t  *found;

    found = scan->found;

    if (found == NULL || n < found->digits) {
        return;
    }

    if (found->persons == 0) {
        memcpy(found->bsn, digits, GGI_BSN_LEN);
        found->persons = 1;

    } else if (memcmp(found->bsn, digits, GGI_BSN_LEN) != 0) {
        found->persons = 2;
    }
}


/*
 * Returns 1 when the groups from first to the last, n digits, are a BSN, which is taken; 0
 * otherwise.
 */
static int
ggi_bsn_is_one(ggi_bsn_scan_t *scan, unsigned first, unsigned n)
{
    char                *p, digits[GGI_BSN_MAX] = "0";
    unsigned             i;
    const ggi_digits_t  *group, *last;

    p = (n == GGI_BSN_MIN) ? digits + 1 : digits;

    for (i = first; i < scan->n; i++) {
        group = ggi_bsn_group(scan, i);
        memcpy(p, group->digits, group->n);
        p += group->n;
    }

    p = digits;

    if (n == GGI_BSN_MAX && *p++ != '0') {
        return 0;
    }

    group = ggi_bsn_group(scan, first);
    last = ggi_bsn_group(scan, scan->n - 1);

    if (!ggi_bsn_valid(p)
        || (n == GGI_BSN_MIN && scan->n - first == 3
            && ggi_bsn_group(scan, first + 1)->n == 2
            && ggi_bsn_is_date(digits + 1, group->n))
        || ggi_bsn_in_identifier(scan->text, scan->len, group->start, last->end))
    {
        return 0;
    }

    ggi_bsn_take(scan, p, n);

    return 1;
}


static void
ggi_bsn_hide(ggi_bsn_scan_t *scan, size_t start, size_t end)
{
    memset(scan->text + start, '*', end - start);
    scan->masked++;
}


/* Ends a group, and masks the BSNs whose last group it is. */
static void
ggi_bsn_close(ggi_bsn_scan_t *scan)
{
    size_t    end;
    unsigned  i, n;

    scan->open = 0;

    if (scan->n == 1 && ggi_bsn_group(scan, 0)->n < GGI_BSN_MIN) {
        return;
    }

    end = ggi_bsn_group(scan, scan->n - 1)->end;
    n = 0;

    for (i = scan->n; i > 0; i--) {
        n += ggi_bsn_group(scan, i - 1)->n;

        if (n > GGI_BSN_MAX) {
            return;
        }

        if (n >= GGI_BSN_MIN && ggi_bsn_is_one(scan, i - 1, n)) {
            ggi_bsn_hide(scan, ggi_bsn_group(scan, i - 1)->start, end);
        }
    }
}


/* Adds n digits, spelled in the bytes from start to end, to the open or a new group. */
static inline void
ggi_bsn_add(ggi_bsn_scan_t *scan, const char *digits, size_t n, size_t start,
    size_t end)
{
    ggi_digits_t  *group;

    if (!scan->open) {
        group = ggi_bsn_group(scan, scan->n++);
        group->start = start;
        group->n = 0;
        scan->open = 1;
        scan->gap = 0;
    }

    group = ggi_bsn_group(scan, scan->n - 1);
    group->end = end;

    if (group->n + n <= GGI_BSN_MAX) {
        memcpy(group->digits + group->n, digits, n);
        group->n += (unsigned) n;

    } else {
        group->n = GGI_BSN_MAX + 1;

        if (scan->found) {
            scan->found->longer = 1;
        }
    }
}


/* Takes a byte that is no digit: a separator, or one that ends the groups. */
static inline void
ggi_bsn_pause(ggi_bsn_scan_t *scan, unsigned class)
{
    if (scan->open) {
        ggi_bsn_close(scan);
    }

    if (class != GGI_BSN_SEPARATOR || ++scan->gap > GGI_BSN_GAP) {
        scan->n = 0;
    }
}


/* Masks the nine digits after a "%", in case it encodes nothing. */
static void
ggi_bsn_unescaped(ggi_bsn_scan_t *scan, size_t start)
{
    size_t  n;

    for (n = 0; start + n < scan->len && ggi_is_digit(scan->text[start + n]); n++) {
        /* count the digits */
    }

    if (n == GGI_BSN_LEN && ggi_bsn_valid(scan->text + start)) {
        ggi_bsn_take(scan, scan->text + start, GGI_BSN_LEN);
        ggi_bsn_hide(scan, start, start + n);
    }
}


/*
 * Takes the character at index i, which may be spelled in several bytes. Returns their
 * number.
 */
static size_t
ggi_bsn_escape(ggi_bsn_scan_t *scan, size_t i)
{
    char      ch;
    size_t    n;
    unsigned  class;

    n = ggi_bsn_char(scan->text + i, scan->len - i, &ch);
    class = (ch == '\xef') ? GGI_BSN_SEPARATOR : ggi_bsn_class[(unsigned char) ch];

    if (class == GGI_BSN_DIGIT) {
        ggi_bsn_add(scan, &ch, 1, i, i + n);
        return n;
    }

    ggi_bsn_pause(scan, class);

    if (class == GGI_BSN_OTHER) {
        ggi_bsn_unescaped(scan, i + 1);
    }

    return n;
}


/* Returns how many bytes at the start of a text are of the class of the first. */
static inline size_t
ggi_bsn_run(const char *text, size_t len, unsigned class)
{
    size_t  n;

    for (n = 1; n < len && ggi_bsn_class[(unsigned char) text[n]] == class; n++) {
        /* count the bytes of this class */
    }

    return n;
}


/*
 * Masks the BSNs in a text, as ggi_bsn_mask() does, which has enough digits for one. Notes those
 * that found asks for in it, unless that is NULL.
 */
static size_t
ggi_bsn_mask_all(char *text, size_t len, ggi_bsn_found_t *found)
{
    size_t          i, n;
    unsigned        class;
    ggi_bsn_scan_t  scan;

    scan.text = text;
    scan.len = len;
    scan.n = 0;
    scan.gap = 0;
    scan.open = 0;
    scan.masked = 0;
    scan.found = found;

    for (i = 0; i < len; i += n) {
        class = ggi_bsn_class[(unsigned char) text[i]];

        switch (class) {

        case GGI_BSN_DIGIT:
            n = ggi_bsn_run(text + i, len - i, class);
            ggi_bsn_add(&scan, text + i, n, i, i + n);
            break;

        case GGI_BSN_ESCAPE:
            n = ggi_bsn_escape(&scan, i);
            break;

        case GGI_BSN_SEPARATOR:
            n = 1;
            ggi_bsn_pause(&scan, class);
            break;

        default:
            n = ggi_bsn_run(text + i, len - i, class);
            ggi_bsn_pause(&scan, class);
        }
    }

    if (scan.open) {
        ggi_bsn_close(&scan);
    }

    return scan.masked;
}


size_t
ggi_bsn_mask(char *text, size_t len)
{
    return ggi_bsn_possible(text, len) ? ggi_bsn_mask_all(text, len, NULL) : 0;
}


size_t
ggi_bsn_copy(char *dst, size_t max, const char *text, size_t len)
{
    ggi_str_t  masked, whole = { len, text };

    masked = ggi_bsn_masked(dst, max, whole);

    if (masked.len && masked.data != dst) {
        memcpy(dst, masked.data, masked.len);
    }

    return masked.len;
}


ggi_str_t
ggi_bsn_masked(char *buffer, size_t max, ggi_str_t text)
{
    size_t  len;

    len = text.len;

    if (len > max + GGI_BSN_SPELLING_MAX) {
        len = max + GGI_BSN_SPELLING_MAX;
    }

    if (ggi_bsn_possible(text.data, len)) {
        memcpy(buffer, text.data, len);
        ggi_bsn_mask_all(buffer, len, NULL);
        text.data = buffer;
    }

    text.len = ggi_utf8_cut(text.data, len, max);

    return text;
}


/* Tells whose BSNs are in a text of at most GGI_BSN_FIND_MAX bytes, the first of them in bsn. */
static ggi_bsn_found_t
ggi_bsn_persons_in(char bsn[GGI_BSN_LEN], const char *text, size_t len, unsigned digits)
{
    char             copy[GGI_BSN_FIND_MAX];
    ggi_bsn_found_t  found = { .digits = digits };

    found.bsn = bsn;
    memcpy(copy, text, len);
    (void) ggi_bsn_mask_all(copy, len, &found);

    return found;
}


int
ggi_bsn_find(char bsn[GGI_BSN_LEN], ggi_str_t text, unsigned digits)
{
    text.len = (text.len < GGI_BSN_FIND_MAX) ? text.len : GGI_BSN_FIND_MAX;

    return ggi_bsn_conceivable(text)
           && ggi_bsn_persons_in(bsn, text.data, text.len, digits).persons > 0;
}


unsigned
ggi_bsn_persons(char bsn[GGI_BSN_LEN], ggi_str_t text, unsigned digits)
{
    ggi_bsn_found_t  found;

    if (text.len > GGI_BSN_FIND_MAX) {
        return 2;
    }

    if (!ggi_bsn_conceivable(text)) {
        return 0;
    }

    found = ggi_bsn_persons_in(bsn, text.data, text.len, digits);

    return (found.longer && digits < GGI_BSN_LEN) ? 2 : found.persons;
}
