/* SPDX-License-Identifier: EUPL-1.2 */

/* A note of a seal, its lines, and a public key. */

#include "fuzz.h"

#include "ggi_seal_check.h"
#include "ggi_seal_key.h"
#include "ggi_seal_line.h"
#include "ggi_seal_note.h"


/* A note that is read has lines that are written as they were read. */
static void
check_lines(const ggi_seal_note_t *note)
{
    ggi_str_t        rest;
    ggi_seal_line_t  line;
    ggi_seal_text_t  again;

    memset(&again, 0, sizeof(again));
    rest = note->lines;

    while (ggi_seal_note_line(&rest, &line)) {
        fuzz_check(line.from >= 0 && line.to >= line.from && line.kind < GGI_SEAL_KINDS);
        ggi_seal_line_write(&again, &line);
    }

    fuzz_check(rest.len == 0 && !again.failed);
    fuzz_check(again.len == note->lines.len
               && (again.len == 0 || memcmp(again.data, note->lines.data, again.len) == 0));
    free(again.data);
}


/* Notes one behind the other, by the public key: after the first faulty one none is judged. */
static void
check_seals(ggi_str_t verifier, ggi_str_t text)
{
    size_t            len;
    int64_t           number;
    ggi_str_t         whole;
    ggi_seal_note_t   note;
    ggi_seal_check_t  check;

    if (!ggi_seal_check_start(&check, verifier)) {
        return;
    }

    while ((len = ggi_seal_note_length(text.data, text.len)) > 0) {
        whole.data = text.data;
        whole.len = len;
        number = check.number;

        if (ggi_seal_check_note(&check, whole, 0, &note) != NULL) {
            fuzz_check(check.number == number);
            break;
        }

        fuzz_check(check.number == number + 1);
        text.data += len;
        text.len -= len;
    }

    ggi_seal_check_free(&check);
}


static void
check_verifier(ggi_str_t text)
{
    char           again[GGI_SEAL_VERIFIER_MAX];
    ggi_str_t      name;
    unsigned char  key[GGI_SEAL_KEY];

    if (ggi_seal_verifier_read(text, &name, key)) {
        fuzz_check(ggi_seal_verifier_write(again, name, key));
        fuzz_check(strlen(again) == text.len && memcmp(again, text.data, text.len) == 0);
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t           len;
    ggi_str_t        verifier, whole;
    const char      *fault;
    ggi_seal_note_t  note;

    fuzz_begin(data, size);
    verifier = fuzz_line();
    check_verifier(verifier);
    whole = fuzz_rest();
    check_seals(verifier, whole);
    len = ggi_seal_note_length(whole.data, whole.len);
    fuzz_check(len <= whole.len);
    fault = ggi_seal_note_read(&note, whole);

    if (fault == NULL) {
        fuzz_check(len == whole.len && note.number > 0 && ggi_seal_name_good(note.name));
        fuzz_check(note.text.len < whole.len && note.text.data[note.text.len - 1] == '\n');
        (void) ggi_seal_note_verify(&note, note.name, note.next);
        check_lines(&note);

    } else {
        fuzz_check(fault[0] && strchr(fault, '\n') == NULL);
    }

    return fuzz_end();
}
