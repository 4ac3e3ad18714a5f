/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The masking of BSNs, and the scrubbing of log messages. The first line says how
 * a BSN is spelled; it is put between the second line and the third one, and has
 * to be gone. The rest is a text as it comes.
 */

#include "fuzz.h"

#include "ggi_bsn.h"
#include "ggi_bsn_again.h"
#include "ggi_bsn_alike.h"
#include "ggi_bsn_spelling.h"
#include "ggi_message.h"

#define SPELLING_MAX  1024


/* The ninth digit that makes a BSN of eight, or -1 when there is none. */
static int
check_digit(const int *digits)
{
    int  i, sum;

    for (i = 0, sum = 0; i < 8; i++) {
        sum += digits[i] * (9 - i);
    }

    return (sum > 10 && sum % 11 < 10) ? sum % 11 : -1;
}


static size_t
spell_char(char *dst, char ch, unsigned depth)
{
    size_t  n;

    if (depth == 0) {
        *dst = ch;
        return 1;
    }

    for (n = 1, dst[0] = '%'; --depth; n += 2) {
        memcpy(dst + n, "25", 2);
    }

    snprintf(dst + n, 3, (ch & 1) ? "%02x" : "%02X", (unsigned char) ch);

    return n + 2;
}


/* A digit of another script, each byte of which may be encoded, or as a reference. */
static size_t
spell_digit(char *dst, int digit, unsigned kind, unsigned depth)
{
    char         ch, bytes[16];
    size_t       i, len, n;
    static const char  *references[] = { "&#%d;", "&#x%x;", "\\u%04x", "%%u%04X" };
    static const char  *leads[] = { "\331", "\333", "\357\274" };
    static const int    lasts[] = { 0xa0, 0xb0, 0x90 };

    if (kind < 4) {
        return (size_t) snprintf(dst, 16, references[kind], '0' + digit);
    }

    len = (size_t) snprintf(bytes, sizeof(bytes), "%s", leads[kind % 3]);
    bytes[len++] = (char) (lasts[kind % 3] + digit);

    for (i = 0, n = 0; i < len; i++) {
        ch = bytes[i];
        n += spell_char(dst + n, ch, depth);
    }

    return n;
}


/* The BSN that the bytes of how stand for. Returns its length, 0 when there is none. */
static size_t
spell(char *dst, ggi_str_t how)
{
    int                 i, digits[9];
    size_t              n;
    unsigned            ch;
    static const char   separators[] = " -._\t+~";

    if (how.len < 18) {
        return 0;
    }

    for (i = 0; i < 8; i++) {
        digits[i] = (unsigned char) how.data[i] % 10;
    }

    digits[8] = check_digit(digits);

    if (digits[8] < 0) {
        return 0;
    }

    for (i = 0, n = 0; i < 9; i++) {
        ch = (unsigned char) how.data[9 + i];

        if (i && (ch & 3) == 0) {
            n += spell_char(dst + n, separators[(ch >> 4) % 7], (ch >> 2) & 1);
        }

        n += (ch & 0x80) ? spell_digit(dst + n, digits[i], (ch >> 4) & 7, (ch >> 2) & 3)
                         : spell_char(dst + n, (char) ('0' + digits[i]), (ch >> 2) & 3);
    }

    return n;
}


/* Digits, and what may stand between them, would make another number of it; "%" another character. */
static int
is_neutral(ggi_str_t text)
{
    size_t  i;

    for (i = 0; i < text.len; i++) {
        if (strchr("0123456789 -._\t+~%abcdefABCDEF&#;\\uUxX\331\333\357", text.data[i])) {
            return 0;
        }
    }

    return 1;
}


static void
check_spelling(ggi_str_t how, ggi_str_t before, ggi_str_t after)
{
    char    *text;
    char     spelling[SPELLING_MAX];
    size_t   i, len;

    len = spell(spelling, how);

    if (len == 0 || !is_neutral(before) || !is_neutral(after)) {
        return;
    }

    text = fuzz_alloc(before.len + len + after.len);

    if (before.len) {
        memcpy(text, before.data, before.len);
    }

    memcpy(text + before.len, spelling, len);

    if (after.len) {
        memcpy(text + before.len + len, after.data, after.len);
    }

    fuzz_check(ggi_bsn_mask(text, before.len + len + after.len) >= 1);

    for (i = 0; i < len; i++) {
        fuzz_check(text[before.len + i] == '*');
    }

    fuzz_check(before.len == 0 || memcmp(text, before.data, before.len) == 0);
}


/* Looks for the first BSN of a text in pairs, and in a half of the text, for the sanitizers. */
static void
check_again(ggi_str_t text)
{
    char       bsn[GGI_BSN_LEN];
    ggi_str_t  part;

    if (ggi_bsn_find(bsn, text, GGI_BSN_LEN)) {
        (void) ggi_bsn_comes_again(text, bsn);
        part.data = text.data;
        part.len = text.len / 2;
        (void) ggi_bsn_comes_again(part, bsn);
    }
}


static void
check_text(ggi_str_t text)
{
    char       *whole, *cut;
    size_t      i, len, max;

    whole = fuzz_alloc(text.len);

    if (text.len) {
        memcpy(whole, text.data, text.len);
    }

    check_again(text);
    ggi_bsn_mask(whole, text.len);

    for (i = 0; i < text.len; i++) {
        fuzz_check(whole[i] == text.data[i] || whole[i] == '*');
    }

    max = text.len / 2;
    cut = fuzz_alloc(max + GGI_BSN_SPELLING_MAX);
    len = ggi_bsn_copy(cut, max, text.data, text.len);
    fuzz_check(len <= max && len + 3 >= max);

    if (text.len) {
        memcpy(whole, text.data, text.len);
    }

    len = ggi_message_scrub(whole, text.len);
    fuzz_check(len <= text.len);
    fuzz_check(len == 0 || memchr(whole, '?', len) == NULL);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ggi_str_t  how, before, after;

    fuzz_begin(data, size);
    how = fuzz_line();
    before = fuzz_line();
    after = fuzz_line();
    check_spelling(how, before, after);
    check_text(fuzz_rest());

    return fuzz_end();
}
