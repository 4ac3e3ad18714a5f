/* SPDX-License-Identifier: EUPL-1.2 */

/* Seals of an audit log: their keys, their notes, and what is no note. */

#include "unit.h"

#include "ggi_seal_note.h"


#define NAME     "gate1.example.nl/ggi-audit"
#define HASH_A   "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define HASH_B   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define CHAIN    "01a218bc-ecb9-70cd-88f2-c2e981ede4d3"


/* The example of the package golang.org/x/mod/sumdb/note, whose form C2SP signed-note has. */
static const char  verifier[] =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
static const char  neumann[] =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n";
static const char  neumann_signature[] =
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";


static ggi_str_t
bytes(const char *data, size_t len)
{
    ggi_str_t  s = { len, data };

    return s;
}


static void
test_key(void **state)
{
    char           text[GGI_SEAL_VERIFIER_MAX], changed[sizeof(verifier)];
    size_t         i;
    ggi_str_t      name;
    unsigned char  key[GGI_SEAL_KEY], signature[GGI_SEAL_KEY_ID + GGI_SEAL_SIGNATURE];

    (void) state;

    assert_true(ggi_seal_verifier_read(str(verifier), &name, key));
    assert_bytes(name.data, name.len, "PeterNeumann");
    assert_true(ggi_seal_verifier_write(text, name, key));
    assert_string_equal(text, verifier);
    assert_int_equal(ggi_seal_base64_read(signature, sizeof(signature), str(neumann_signature)),
                     sizeof(signature));
    assert_true(ggi_seal_key_verify(key, neumann, strlen(neumann), signature + GGI_SEAL_KEY_ID));
    assert_false(ggi_seal_key_verify(key, neumann, strlen(neumann) - 1, signature + GGI_SEAL_KEY_ID));

    for (i = 0; verifier[i]; i++) {
        memcpy(changed, verifier, sizeof(verifier));
        changed[i] = (char) (changed[i] == 'A' ? 'B' : 'A');
        assert_false(ggi_seal_verifier_read(str(changed), &name, key));
        assert_false(ggi_seal_verifier_read(bytes(verifier, i), &name, key));
    }
}


static void
test_sign(void **state)
{
    unsigned char  secret[GGI_SEAL_KEY], key[GGI_SEAL_KEY], other[GGI_SEAL_KEY];
    unsigned char  signature[GGI_SEAL_SIGNATURE];

    (void) state;

    assert_true(ggi_seal_key_make(secret, key));
    assert_true(ggi_seal_key_sign(secret, "abc", 3, signature));
    assert_true(ggi_seal_key_verify(key, "abc", 3, signature));
    assert_false(ggi_seal_key_verify(key, "abd", 3, signature));
    assert_true(ggi_seal_key_make(secret, other));
    assert_memory_not_equal(key, other, GGI_SEAL_KEY);
    assert_false(ggi_seal_key_verify(other, "abc", 3, signature));
}


static void
test_base64(void **state)
{
    size_t         i;
    unsigned char  data[16];

    static const char *const  faulty[] = {
        "", "Y", "YQ", "YQ=", "YR==", "YQ==YQ==", "Y===", "====", " YQ=", "YQ==\n", "Y\nQ=", "YWJj*WJj",
        "YWI=YWI=", "-_-_", "MDEyMzQ1Njc4OWFiY2RlZjAx"
    };

    (void) state;

    assert_int_equal(ggi_seal_base64_read(data, sizeof(data), str("YWI=")), 2);
    assert_memory_equal(data, "ab", 2);
    assert_int_equal(ggi_seal_base64_read(data, sizeof(data), str("MDEyMzQ1Njc4OWFiY2RlZg==")), 16);
    assert_memory_equal(data, "0123456789abcdef", 16);

    for (i = 0; i < sizeof(faulty) / sizeof(faulty[0]); i++) {
        if (ggi_seal_base64_read(data, sizeof(data), str(faulty[i]))) {
            fail_msg("\"%s\" was read", faulty[i]);
        }
    }
}


static int
is_line(ggi_str_t text)
{
    int              good;
    ggi_seal_line_t  line;
    ggi_seal_text_t  again;

    memset(&again, 0, sizeof(again));

    if (!ggi_seal_line_read(&line, text)) {
        return 0;
    }

    ggi_seal_line_write(&again, &line);
    good = again.len == text.len + 1 && memcmp(again.data, text.data, text.len) == 0
           && again.data[text.len] == '\n';
    free(again.data);

    return good;
}


static void
test_lines(void **state)
{
    ggi_seal_line_t  line;

    static const char *const  good[] = {
        "file " HASH_A " 0 1356 " HASH_B,
        "file " HASH_A " 999999999999999999 999999999999999999 " HASH_B,
        "chain " CHAIN " 17 " HASH_A,
        "expired " HASH_A " 0 20 P5Y of doelbinding X is over",
        "stamp 1 MIID",
        "closed"
    };
    static const char *const  bad[] = {
        "", "file", "file ", "files " HASH_A " 0 1356 " HASH_B, "file " HASH_A " 0 1356 " HASH_B " ",
        "file " HASH_A " 00 1356 " HASH_B, "file " HASH_A " -1 1356 " HASH_B,
        "file " HASH_A " 2 1 " HASH_B, "file " HASH_A "  0 1 " HASH_B,
        "file " HASH_A " 0 1000000000000000000 " HASH_B,
        "file E3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 1 " HASH_B,
        "file " HASH_A " 0 1 ba78", "chain " CHAIN " 17", "chain " CHAIN " x " HASH_A,
        "chain 01A218BC-ecb9-70cd-88f2-c2e981ede4d3 17 " HASH_A,
        "expired " HASH_A " 0 20 ", "expired " HASH_A " 0 20", "expired " HASH_A " 0 20 a\tb",
        "expired " HASH_A " 0 20 \xc3\xa9", "stamp 1 MI ID", "stamp 1 ", "closed ", "closed x", "key"
    };

    (void) state;

    assert_judged(EACH(good), is_line, 1);
    assert_judged(EACH(bad), is_line, 0);

    assert_true(ggi_seal_line_read(&line, str(good[0])));
    assert_int_equal(line.from, 0);
    assert_int_equal(line.to, 1356);
    assert_int_equal(line.hash[0], 0xe3);
    assert_int_equal(line.digest[31], 0xad);
    assert_true(ggi_seal_line_read(&line, str(good[3])));
    assert_bytes(line.text.data, line.text.len, "P5Y of doelbinding X is over");
}


/* A note with a line of each kind, signed by a key that is made for it. */
static void
make(ggi_seal_text_t *text, unsigned char key[GGI_SEAL_KEY])
{
    size_t           i;
    unsigned char    secret[GGI_SEAL_KEY], previous[GGI_SEAL_HASH], next[GGI_SEAL_KEY];
    ggi_seal_line_t  line;

    static const char *const  lines[] = {
        "file " HASH_A " 0 1356 " HASH_B, "file " HASH_B " 1356 2712 " HASH_A, "chain " CHAIN " 2 " HASH_A,
        "expired " HASH_A " 0 20 P5Y", "stamp 1 MIID", "closed"
    };

    memset(text, 0, sizeof(ggi_seal_text_t));
    memset(previous, 0xab, sizeof(previous));
    memset(next, 0xcd, sizeof(next));
    assert_true(ggi_seal_key_make(secret, key));
    ggi_seal_note_begin(text, str(NAME), 4711, 1795669200, previous);

    for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        assert_true(ggi_seal_line_read(&line, str(lines[i])));
        ggi_seal_line_write(text, &line);
    }

    assert_true(ggi_seal_note_sign(text, str(NAME), next, secret, key));
}


static void
test_note(void **state)
{
    size_t           n;
    ggi_str_t        rest;
    unsigned char    key[GGI_SEAL_KEY], other[GGI_SEAL_KEY];
    ggi_seal_note_t  note;
    ggi_seal_line_t  line;
    ggi_seal_text_t  text;

    (void) state;

    make(&text, key);
    assert_memory_equal(text.data, "ggi-audit-seal/1 " NAME "\nseal 4711\ntime 2026-11-26T05:00:00Z\n"
                        "previous abab", strlen("ggi-audit-seal/1 " NAME) + 49);
    assert_int_equal(ggi_seal_note_length(text.data, text.len), text.len);
    assert_int_equal(ggi_seal_note_length(text.data, text.len - 1), 0);
    assert_null(ggi_seal_note_read(&note, bytes(text.data, text.len)));
    assert_int_equal(note.number, 4711);
    assert_int_equal(note.time, 1795669200);
    assert_int_equal(note.previous[31], 0xab);
    assert_int_equal(note.next[0], 0xcd);
    assert_int_equal(note.closed, 1);
    assert_bytes(note.name.data, note.name.len, NAME);
    assert_true(ggi_seal_note_verify(&note, str(NAME), key));
    assert_false(ggi_seal_note_verify(&note, str("gate2"), key));
    memcpy(other, key, sizeof(key));
    other[3] ^= 1;
    assert_false(ggi_seal_note_verify(&note, str(NAME), other));

    for (n = 0, rest = note.lines; ggi_seal_note_line(&rest, &line); n++) {
        assert_true(n != 1 || line.to == 2712);
    }

    assert_int_equal(n, 6);
    assert_int_equal(rest.len, 0);
    free(text.data);
}


/* No byte of a note can be changed, taken out or put in. */
static void
test_note_changed(void **state)
{
    char             *copy;
    size_t            i;
    unsigned char     key[GGI_SEAL_KEY];
    ggi_seal_note_t   note;
    ggi_seal_text_t   text;

    (void) state;

    make(&text, key);
    copy = malloc(text.len + 1);
    assert_non_null(copy);

    for (i = 0; i < text.len; i++) {
        memcpy(copy, text.data, text.len);
        copy[i] ^= 1;
        assert_false(ggi_seal_note_read(&note, bytes(copy, text.len)) == NULL
                     && ggi_seal_note_verify(&note, str(NAME), key));

        memcpy(copy, text.data, i);
        memcpy(copy + i, text.data + i + 1, text.len - i - 1);
        assert_false(ggi_seal_note_read(&note, bytes(copy, text.len - 1)) == NULL
                     && ggi_seal_note_verify(&note, str(NAME), key));

        memcpy(copy, text.data, i + 1);
        memcpy(copy + i + 1, text.data + i, text.len - i);
        assert_false(ggi_seal_note_read(&note, bytes(copy, text.len + 1)) == NULL
                     && ggi_seal_note_verify(&note, str(NAME), key));
    }

    free(copy);
    free(text.data);
}


/* Each text without its signature, and how the fault that is told begins. */
static void
test_note_faulty(void **state)
{
    size_t           i;
    const char      *fault;
    ggi_seal_note_t  note;

    static const char  head[] = "ggi-audit-seal/1 a\nseal 1\ntime 2026-11-26T05:00:00Z\nprevious " HASH_A "\n";
    static const struct {
        const char  *text;
        const char  *fault;
    } faulty[] = {
        { "", "it does not begin" },
        { "ggi-audit-seal/2 a\n", "it does not begin" },
        { "ggi-audit-seal/1 a b\n", "it does not begin" },
        { "ggi-audit-seal/1 a\nseal 0\n", "its second line" },
        { "ggi-audit-seal/1 a\nseal 1\ntime 2026-11-26t05:00:00Z\n", "its third line" },
        { "ggi-audit-seal/1 a\nseal 1\ntime 2026-02-30T05:00:00Z\n", "its third line" },
        { "ggi-audit-seal/1 a\nseal 1\ntime 2026-11-26T05:00:00Z\nprevious 00\n", "its fourth line" },
    };
    static const struct {
        const char  *text;
        const char  *fault;
    } bodies[] = {
        { "", "it ends without" },
        { "other x\n", "it has a line" },
        { "closed\nclosed\n", "it has a line" },
        { "closed\nstamp 1 MIID\n", "it has a line" },
        { "key YQ==\n", "its \"key\" is no" },
        { "key GlzZBxQ8OEwx6DDFvOEqqIF+xWSaqr8sMTiLNbLXRNY=\n", "it does not end" },
        { "key GlzZBxQ8OEwx6DDFvOEqqIF+xWSaqr8sMTiLNbLXRNY=\n\n\xe2\x80\x94 b YQ==\n", "it does not end" },
        { "key GlzZBxQ8OEwx6DDFvOEqqIF+xWSaqr8sMTiLNbLXRNY=\n\n\xe2\x80\x94 a YQ==\n", "its signature" },
    };
    char  text[1024];

    (void) state;

    for (i = 0; i < sizeof(faulty) / sizeof(faulty[0]); i++) {
        fault = ggi_seal_note_read(&note, str(faulty[i].text));
        assert_non_null(fault);
        assert_memory_equal(fault, faulty[i].fault, strlen(faulty[i].fault));
    }

    for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        snprintf(text, sizeof(text), "%s%s", head, bodies[i].text);
        fault = ggi_seal_note_read(&note, str(text));
        assert_non_null(fault);
        assert_memory_equal(fault, bodies[i].fault, strlen(bodies[i].fault));
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_key),
        cmocka_unit_test(test_sign),
        cmocka_unit_test(test_base64),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_note),
        cmocka_unit_test(test_note_changed),
        cmocka_unit_test(test_note_faulty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
