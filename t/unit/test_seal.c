/* SPDX-License-Identifier: EUPL-1.2 */

/* Seals of an audit log: their keys, their notes, and what is no note. */

#define _GNU_SOURCE                     /* memmem() */

#include "unit.h"

#include "ggi_seal_check.h"
#include "ggi_seal_known.h"
#include "ggi_seal_note.h"
#include "ggi_seal_path.h"
#include "ggi_seal_range.h"
#include "ggi_seal_state.h"
#include "ggi_stamp.h"


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


/* the first lines of a note */
#define HEAD  "ggi-audit-seal/1 a\nseal 1\ntime 2026-11-26T05:00:00Z\nprevious " HASH_A "\n"


/* Each text without its signature, and how the fault that is told begins. */
static void
test_note_faulty(void **state)
{
    size_t           i;
    const char      *fault;
    ggi_seal_note_t  note;

    static const faulty_t  faulty[] = {
        { "", "it does not begin" },
        { "ggi-audit-seal/2 a\n", "it does not begin" },
        { "ggi-audit-seal/1 a b\n", "it does not begin" },
        { "ggi-audit-seal/1 a\nseal 0\n", "its second line" },
        { "ggi-audit-seal/1 a\nseal 1\ntime 2026-11-26t05:00:00Z\n", "its third line" },
        { "ggi-audit-seal/1 a\nseal 1\ntime 2026-02-30T05:00:00Z\n", "its third line" },
        { "ggi-audit-seal/1 a\nseal 1\ntime 2026-11-26T05:00:00Z\nprevious 00\n", "its fourth line" },
        { HEAD, "it ends without" },
        { HEAD "other x\n", "it has a line" },
        { HEAD "closed\nclosed\n", "it has a line" },
        { HEAD "closed\nstamp 1 MIID\n", "it has a line" },
        { HEAD "key YQ==\n", "its \"key\" is no" },
        { HEAD "key GlzZBxQ8OEwx6DDFvOEqqIF+xWSaqr8sMTiLNbLXRNY=\n", "it does not end" },
        { HEAD "key GlzZBxQ8OEwx6DDFvOEqqIF+xWSaqr8sMTiLNbLXRNY=\n\n\xe2\x80\x94 b YQ==\n", "it does not end" },
        { HEAD "key GlzZBxQ8OEwx6DDFvOEqqIF+xWSaqr8sMTiLNbLXRNY=\n\n\xe2\x80\x94 a YQ==\n", "its signature" },
    };

    (void) state;

    for (i = 0; i < sizeof(faulty) / sizeof(faulty[0]); i++) {
        fault = ggi_seal_note_read(&note, str(faulty[i].text));
        assert_non_null(fault);
        assert_memory_equal(fault, faulty[i].fault, strlen(faulty[i].fault));
    }
}


/* No byte of a state can be changed, and none of its ends left out. */
static void
test_state(void **state)
{
    size_t             i;
    unsigned char      hash[GGI_SEAL_HASH], zeros[GGI_SEAL_HASH] = { 0 };
    ggi_seal_text_t    text;
    ggi_seal_state_t   first, read;

    (void) state;

    memset(&text, 0, sizeof(text));
    memset(&first, 0, sizeof(first));
    first.name = str(NAME);
    first.number = 1;
    assert_true(ggi_seal_key_make(first.secret, first.public_key));
    ggi_seal_state_write(&text, &first);
    assert_false(text.failed);
    assert_true(ggi_seal_state_read(&read, bytes(text.data, text.len)));
    assert_int_equal(read.number, 1);
    assert_memory_equal(read.secret, first.secret, GGI_SEAL_KEY);
    assert_memory_equal(read.public_key, first.public_key, GGI_SEAL_KEY);
    assert_true(ggi_seal_state_previous(&read, hash));
    assert_memory_equal(hash, zeros, sizeof(hash));

    for (i = 0; i < text.len; i++) {
        assert_false(ggi_seal_state_read(&read, bytes(text.data, i)));
        text.data[i] ^= 1;
        assert_false(ggi_seal_state_read(&read, bytes(text.data, text.len)));
        text.data[i] ^= 1;
    }

    free(text.data);
}


/* A state fits to the note in it: the next number, the name, the key that the note names. */
static void
test_state_note(void **state)
{
    size_t             i;
    unsigned char      key[GGI_SEAL_KEY], hash[GGI_SEAL_HASH], zeros[GGI_SEAL_HASH] = { 0 };
    ggi_seal_text_t    note, text;
    ggi_seal_state_t   next, read;

    (void) state;

    for (i = 0; i < 4; i++) {
        memset(&text, 0, sizeof(text));
        memset(&note, 0, sizeof(note));
        memset(&next, 0, sizeof(next));
        assert_true(ggi_seal_key_make(next.secret, next.public_key));
        assert_true(ggi_seal_key_make(hash, key));
        ggi_seal_note_begin(&note, str(NAME), (i == 1) ? 2 : 1, 1795669200, zeros);
        assert_true(ggi_seal_note_sign(&note, str(NAME), (i == 2) ? key : next.public_key, hash, key));
        next.name = str((i == 3) ? "other" : NAME);
        next.number = 2;
        next.note = bytes(note.data, note.len);
        ggi_seal_state_write(&text, &next);
        assert_int_equal(ggi_seal_state_read(&read, bytes(text.data, text.len)), i == 0);

        if (i == 0) {
            assert_true(ggi_seal_state_previous(&read, hash));
            assert_true(ggi_seal_hash(note.data, note.len, key));
            assert_memory_equal(hash, key, sizeof(hash));
        }

        free(note.data);
        free(text.data);
    }
}


static void
test_range(void **state)
{
    char              hex[GGI_SEAL_HEX];
    size_t            i, n, k;
    unsigned char     whole[GGI_SEAL_HASH], parts[GGI_SEAL_HASH], by_hash[GGI_SEAL_HASH];
    ggi_seal_range_t  range;

    static const char  data[] = "first\n\nthird line\nno end";
    /* of the hashes of its three lines, by sha256sum */
    static const char  digest[] = "c78dc68e18c6424476de905f836246f7871e792cfff47aca4ae9ef9c6b9cef35";

    (void) state;

    assert_true(ggi_seal_range_start(&range));

    for (i = 0; i < sizeof(data) - 1; i += ggi_seal_range_add(&range, data + i, sizeof(data) - 1 - i)) {
        /* void */
    }

    assert_int_equal(range.lines, 3);
    assert_int_equal(range.bytes, 18);
    assert_int_equal(range.pending, 6);
    assert_true(ggi_seal_range_end(&range, whole));
    ggi_hex_write(hex, whole, GGI_SEAL_HASH);
    assert_bytes(hex, sizeof(hex), digest);

    /* a line that has no end yet is taken along, and a byte at a time gives the same */
    ggi_seal_range_begin(&range);
    assert_int_equal(ggi_seal_range_add(&range, "\nx", 2), 1);
    assert_int_equal(range.bytes, 7);
    assert_int_equal(range.lines, 1);
    ggi_seal_range_begin(&range);

    for (i = 0; i < 18; i++) {
        assert_int_equal(ggi_seal_range_add(&range, data + i, 1), 1);
    }

    assert_true(ggi_seal_range_end(&range, parts));
    assert_memory_equal(whole, parts, sizeof(whole));
    ggi_seal_range_begin(&range);

    for (i = 0, n = 0; i < 18; i++) {
        if (data[i] == '\n') {
            k = i + 1 - n;
            assert_true(ggi_seal_hash(data + n, k, parts));
            ggi_seal_range_add_hash(&range, parts, k);
            n = i + 1;
        }
    }

    assert_true(ggi_seal_range_end(&range, by_hash));
    assert_memory_equal(whole, by_hash, sizeof(whole));
    ggi_seal_range_free(&range);
}


static void
test_known(void **state)
{
    size_t             i, k;
    ggi_seal_line_t    line;
    ggi_seal_note_t    note;
    ggi_seal_known_t   known;

    (void) state;

    memset(&known, 0, sizeof(known));
    memset(&line, 0, sizeof(line));
    memset(&note, 0, sizeof(note));
    assert_null(ggi_seal_known_find(&known, line.hash));

    for (k = 0; k < 2; k++) {
        note.number = (int64_t) k + 1;

        for (i = 0; i < 1000; i++) {
            line.hash[0] = (unsigned char) i;
            line.hash[9] = (unsigned char) (i >> 8);
            line.from = (int64_t) k * 10;
            line.to = line.from + 10;
            assert_null(ggi_seal_known_line(&known, &line, &note, (int64_t) k * 500));
        }
    }

    assert_int_equal(known.n, 1000);
    assert_int_equal(ggi_seal_known_find(&known, line.hash)->to, 20);
    assert_int_equal(ggi_seal_known_find(&known, line.hash)->first, 0);
    assert_int_equal(ggi_seal_known_find(&known, line.hash)->last, 500);
    assert_int_equal(ggi_seal_known_find(&known, line.hash)->seal, 2);
    assert_non_null(ggi_seal_known_line(&known, &line, &note, 0));
    line.from = 21;
    line.to = 22;
    assert_non_null(ggi_seal_known_line(&known, &line, &note, 0));
    line.kind = GGI_SEAL_TOMBSTONES;
    line.from = 0;
    line.to = 3;
    line.digest[0] = 7;
    assert_false(ggi_seal_known_tombstones(&known, line.hash, 3, line.digest));
    assert_null(ggi_seal_known_line(&known, &line, &note, 0));
    assert_true(ggi_seal_known_tombstones(&known, line.hash, 3, line.digest));
    assert_false(ggi_seal_known_tombstones(&known, line.hash, 2, line.digest));
    assert_false(ggi_seal_known_tombstones(&known, line.digest, 3, line.digest));
    assert_false(ggi_seal_known_tombstones(&known, line.hash, 3, line.hash));
    line.kind = GGI_SEAL_EXPIRED;
    line.from = 0;
    line.to = 19;
    assert_non_null(ggi_seal_known_line(&known, &line, &note, 0));
    line.to = 20;
    assert_null(ggi_seal_known_line(&known, &line, &note, 0));
    assert_int_equal(ggi_seal_known_find(&known, line.hash)->expired, 1);
    assert_int_equal(known.expired, 1);
    line.kind = GGI_SEAL_TOMBSTONES;
    assert_non_null(ggi_seal_known_line(&known, &line, &note, 0));
    line.kind = GGI_SEAL_EXPIRED;
    line.hash[20] = 1;
    assert_null(ggi_seal_known_find(&known, line.hash));
    assert_non_null(ggi_seal_known_line(&known, &line, &note, 0));
    line.to = 0;
    assert_non_null(ggi_seal_known_line(&known, &line, &note, 0));
    ggi_seal_known_free(&known);
}


/* Further files with the same first line, whose names are hashes of names. */
static void
test_known_next(void **state)
{
    size_t                  i;
    ggi_seal_known_t        known;
    ggi_seal_known_file_t  *file;
    unsigned char           name[GGI_SEAL_HASH], second[GGI_SEAL_HASH];

    (void) state;

    memset(&known, 0, sizeof(known));
    assert_true(ggi_hex_read(name, HASH_A, GGI_SEAL_HASH));
    assert_true(ggi_seal_hash(HASH_A "\n", strlen(HASH_A) + 1, second));
    file = ggi_seal_known_add(&known, name);
    assert_non_null(file);
    assert_memory_equal(file->next, second, GGI_SEAL_HASH);
    assert_null(ggi_seal_known_next(&known, file));

    for (i = 1; i < 100; i++) {
        memcpy(second, file->next, GGI_SEAL_HASH);
        assert_non_null(ggi_seal_known_add(&known, second));
        file = ggi_seal_known_next(&known, ggi_seal_known_find(&known, name));
        assert_ptr_equal(file, &known.files[i]);
        assert_null(ggi_seal_known_next(&known, file));
        memcpy(name, second, GGI_SEAL_HASH);
    }

    ggi_seal_known_free(&known);
}


/* Three seals, each signed by the key that the one before names, with a line each. */
#define SEALS  3
#define FIRST  "file " HASH_A " 0 10 " HASH_B

static void
make_seals(ggi_seal_text_t texts[SEALS], char public_key[GGI_SEAL_VERIFIER_MAX], const char *const lines[SEALS])
{
    size_t           i;
    unsigned char    secret[2][GGI_SEAL_KEY], key[2][GGI_SEAL_KEY], previous[GGI_SEAL_HASH] = { 0 };
    ggi_seal_line_t  line;

    memset(texts, 0, SEALS * sizeof(ggi_seal_text_t));
    assert_true(ggi_seal_key_make(secret[0], key[0]));
    assert_true(ggi_seal_verifier_write(public_key, str(NAME), key[0]));

    for (i = 0; i < SEALS; i++) {
        assert_true(ggi_seal_key_make(secret[1 - i % 2], key[1 - i % 2]));
        ggi_seal_note_begin(&texts[i], str(NAME), (int64_t) i + 1, 1795669200 + (int64_t) i, previous);
        assert_true(ggi_seal_line_read(&line, str(lines[i])));
        ggi_seal_line_write(&texts[i], &line);
        assert_true(ggi_seal_note_sign(&texts[i], str(NAME), key[1 - i % 2], secret[i % 2], key[i % 2]));
        assert_true(ggi_seal_hash(texts[i].data, texts[i].len, previous));
    }
}


/* Judges seals in an order, "." ends it. Returns the first fault, or NULL. */
static const char *
judge_seals(const ggi_seal_text_t texts[SEALS], const char *public_key, const char *order, ggi_seal_check_t *check)
{
    const char       *fault;
    ggi_seal_note_t   note;

    assert_true(ggi_seal_check_start(check, str(public_key)));

    for (fault = NULL; *order && fault == NULL; order++) {
        fault = ggi_seal_check_note(check, bytes(texts[*order - '1'].data, texts[*order - '1'].len), 0, &note);
    }

    return fault;
}


static void
test_check(void **state)
{
    char              public_key[GGI_SEAL_VERIFIER_MAX], other[GGI_SEAL_VERIFIER_MAX];
    size_t            i, k;
    const char       *fault;
    ggi_seal_text_t   texts[SEALS], others[SEALS];
    ggi_seal_check_t  check;

    static const char *const  good[] = {
        FIRST, "file " HASH_A " 10 30 " HASH_B, "closed"
    };
    static const struct {
        const char  *lines[SEALS];
        const char  *order;
        const char  *fault;
    } faulty[] = {
        { { "closed", "closed", "closed" }, "2", "another seal stands" },
        { { "closed", "closed", "closed" }, "13", "another seal stands" },
        { { "closed", "closed", "closed" }, "11", "another seal stands" },
        { { "file " HASH_A " 1 10 " HASH_B, "closed", "closed" }, "1", "it does not go on" },
        { { "file " HASH_A " 0 0 " HASH_B, "closed", "closed" }, "1", "it does not go on" },
        { { FIRST, "file " HASH_A " 11 20 " HASH_B, "closed" }, "12", "it does not go on" },
        { { FIRST, "file " HASH_A " 0 20 " HASH_B, "closed" }, "12", "it does not go on" },
        { { FIRST, "expired " HASH_B " 0 10 x", "closed" }, "12", "it lets a file expire" },
        { { FIRST, "expired " HASH_A " 0 9 x", "closed" }, "12", "it lets a file expire" },
        { { FIRST, "stamp 2 MIID", "closed" }, "12", "it has a stamp" },
    };

    (void) state;

    make_seals(texts, public_key, good);
    assert_null(judge_seals(texts, public_key, "123", &check));
    assert_int_equal(check.number, 3);
    assert_int_equal(check.closed, 1);
    assert_int_equal(check.time, 1795669202);
    assert_int_equal(check.known.n, 1);
    assert_int_equal(check.known.files[0].to, 30);
    ggi_seal_check_free(&check);

    make_seals(others, other, good);
    fault = judge_seals(texts, other, "1", &check);
    assert_non_null(fault);
    assert_string_equal(fault, "it is not signed by the public key that was given");
    ggi_seal_check_free(&check);

    free(texts[1].data);
    texts[1] = others[1];
    fault = judge_seals(texts, public_key, "12", &check);
    assert_non_null(fault);
    assert_string_equal(fault, "it is not signed by the key that the seal before it names");
    assert_int_equal(check.number, 1);
    ggi_seal_check_free(&check);

    free(others[0].data);
    free(others[2].data);

    for (k = 0; k < SEALS; k++) {
        free(texts[k].data);
    }

    for (i = 0; i < sizeof(faulty) / sizeof(faulty[0]); i++) {
        make_seals(texts, public_key, faulty[i].lines);
        fault = judge_seals(texts, public_key, faulty[i].order, &check);
        assert_non_null(fault);
        assert_memory_equal(fault, faulty[i].fault, strlen(faulty[i].fault));
        ggi_seal_check_free(&check);

        for (k = 0; k < SEALS; k++) {
            free(texts[k].data);
        }
    }

    assert_false(ggi_seal_check_start(&check, str("x")));
}


/* Reads an answer of an authority, behind the hash that it was asked for, of the seeds of the fuzzing. */
static size_t
read_answer(const char *name, unsigned char data[4096])
{
    char    path[64];
    size_t  n;
    FILE   *file;

    snprintf(path, sizeof(path), "../fuzz/seeds/stamp/%s", name);
    file = fopen(path, "r");
    assert_non_null(file);
    n = fread(data, 1, 4096, file);
    (void) fclose(file);
    assert_in_range(n, GGI_STAMP_HASH + 1, 4095);

    return n;
}


static void
test_stamp(void **state)
{
    size_t          n, i;
    int64_t         time;
    X509_STORE     *store;
    unsigned char   data[4096], request[GGI_STAMP_REQUEST], nonce[GGI_STAMP_NONCE] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    unsigned char  *answer = data + GGI_STAMP_HASH;

    (void) state;

    n = read_answer("granted", data);
    i = ggi_stamp_request(request, data, nonce);
    assert_in_range(i, GGI_STAMP_HASH + GGI_STAMP_NONCE, GGI_STAMP_REQUEST);
    assert_non_null(memmem(request, i, data, GGI_STAMP_HASH));
    assert_non_null(memmem(request, i, nonce, GGI_STAMP_NONCE));

    n -= GGI_STAMP_HASH;
    assert_null(ggi_stamp_read(answer, n, data, NULL, NULL, &time));
    assert_in_range(time, 1795000000, 1796000000);
    assert_string_equal(ggi_stamp_read(answer, n, data, nonce, NULL, &time), "it is not of this seal");
    store = X509_STORE_new();
    assert_non_null(store);
    assert_string_equal(ggi_stamp_read(answer, n, data, NULL, store, &time),
                        "no authority that is trusted has signed it");
    X509_STORE_free(store);
    assert_string_equal(ggi_stamp_read(answer, n - 1, data, NULL, NULL, &time), "it is no answer of RFC 3161");
    assert_string_equal(ggi_stamp_read(answer, 0, data, NULL, NULL, &time), "it is no answer of RFC 3161");
    data[0] ^= 1;
    assert_string_equal(ggi_stamp_read(answer, n, data, NULL, NULL, &time), "it is not of this seal");

    n = read_answer("refused", data) - GGI_STAMP_HASH;
    assert_string_equal(ggi_stamp_read(answer, n, data, NULL, NULL, &time), "the authority did not grant it");
}


static void
test_path(void **state)
{
    char    path[32];
    size_t  i;

    static const becomes_t  paths[] = {
        { "/var/log/ggi-audit.jsonl", "/var/log/ggi-audit.seals" },
        { "audit", "audit.seals" },
        { "/a.b/audit", "/a.b/audit.seals" },
        { "/a/.audit", "/a/.audit.seals" },
        { ".audit", ".audit.seals" },
        { "a.b.c", "a.b.seals" },
    };

    (void) state;

    for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        assert_true(ggi_seal_path(path, sizeof(path), paths[i].text, strlen(paths[i].text)));
        assert_string_equal(path, paths[i].becomes);
    }

    assert_true(ggi_seal_path(path, 12, "audit", 5));
    assert_false(ggi_seal_path(path, 11, "audit", 5));
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
        cmocka_unit_test(test_state),
        cmocka_unit_test(test_state_note),
        cmocka_unit_test(test_range),
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_known_next),
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_stamp),
        cmocka_unit_test(test_path),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
