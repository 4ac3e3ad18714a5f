/* SPDX-License-Identifier: EUPL-1.2 */

/* A profile as Redis holds it, after lines with the dienst, method, path and on_behalf_of of a call. */

#include "fuzz_query.h"

#include "ggi_advice.h"
#include "ggi_agreement.h"
#include "ggi_block.h"
#include "ggi_path.h"
#include "ggi_profile_compile.h"
#include "ggi_uri.h"
#include "ggi_velden.h"


/* Each text of a compiled profile lies within its block. */
static void
check_text(const ggi_profile_t *profile, ggi_ref_t ref)
{
    fuzz_check(ref.offset <= profile->document.size && ref.len <= profile->document.size - ref.offset);
}


static void
check_list(const ggi_profile_t *profile, ggi_ref_t list)
{
    size_t     i;
    ggi_str_t  item;

    for (i = 0; i < list.len; i++) {
        item = ggi_document_item(&profile->document, list, i);
        fuzz_check(item.data >= (const char *) profile
                   && item.data + item.len <= (const char *) profile + profile->document.size);
    }
}


/* The velden allow each of themselves, and what is below it, but no other that it is the start of. */
static void
check_velden(const ggi_profile_t *profile, ggi_ref_t list)
{
    char       text[GGI_VELD_MAX + 2];
    size_t     i;
    ggi_str_t  velden[64], veld;

    for (i = 0; i < list.len && i < 64; i++) {
        velden[i] = ggi_document_item(&profile->document, list, i);
        fuzz_check(i == 0 || ggi_veld_compare(velden[i - 1], velden[i]) < 0);
    }

    for (i = 0; list.len <= 64 && i < list.len; i++) {
        if (!ggi_veld_valid(velden[i])) {
            fuzz_check(list.len == 1 && velden[i].len == 1 && velden[i].data[0] == '*');
            continue;
        }

        memcpy(text, velden[i].data, velden[i].len);
        memcpy(text + velden[i].len, ".x", 2);
        veld.data = text;
        veld.len = velden[i].len;
        fuzz_check(ggi_velden_allow(velden, list.len, veld));
        veld.len += 2;
        fuzz_check(ggi_velden_allow(velden, list.len, veld));
        veld.len--;
        text[veld.len - 1] = '_';
        fuzz_check(ggi_velden_allow(velden, list.len, veld)
                   == (ggi_str_in(velden, list.len, veld)));
    }
}


static void
check_dienst(const ggi_profile_t *profile, const ggi_agreement_t *dienst)
{
    if (dienst) {
        check_text(profile, dienst->naam);
        check_list(profile, dienst->methoden);
        check_list(profile, dienst->paden);
        check_list(profile, dienst->doelbindingen);
        check_list(profile, dienst->namens);
        check_list(profile, dienst->velden);
        check_velden(profile, dienst->velden);
    }
}


/* A profile is judged wherever its block lies: it is copied into shared memory and out of it. */
static void
check_profile(const ggi_profile_t *profile, ggi_agreement_query_t *query)
{
    ggi_str_t                    block;
    ggi_reason_e                 reason;
    const ggi_agreement_t  *dienst;

    block = fuzz_copy(profile, profile->document.size);
    profile = (const ggi_profile_t *) (const void *) block.data;
    query->oin = ggi_document_text(&profile->document, profile->document.key);
    fuzz_check(query->oin.len == 20);
    check_text(profile, profile->naam);
    check_text(profile, profile->glo);
    check_text(profile, profile->document.versie_text);
    fuzz_check(profile->document.geldig_van < profile->document.geldig_tot);

    query->now = profile->document.geldig_van;
    reason = ggi_profile_judge(profile, query, &dienst);
    check_dienst(profile, dienst);
    fuzz_check(reason != GGI_REASON_PROFILE_EXPIRED);

    if (reason == GGI_REASON_NONE) {
        fuzz_check(dienst && ggi_path_plain(query->path) && ggi_uri_unambiguous(query->path));
    }

    query->now = profile->document.geldig_tot;
    fuzz_check(query->now == INT64_MAX
               || ggi_profile_judge(profile, query, &dienst) == GGI_REASON_PROFILE_EXPIRED);
}


/* What is advised of a profile is text, whatever its faults are. */
static void
check_warning(void *data, const char *text)
{
    size_t  *n = data;

    fuzz_check(strlen(text) > 0 && strchr(text, '\n') == NULL);
    (*n)++;
}


/* The path of a reference takes no more room than the reference. */
static void
check_reference(ggi_str_t reference)
{
    char       *buffer;
    ggi_str_t   path;

    buffer = malloc(reference.len ? reference.len : 1);
    fuzz_check(buffer != NULL);

    if (ggi_uri_path(reference, buffer, &path)) {
        fuzz_check(path.len > 0 && path.len <= reference.len && path.data[0] == '/');
    }

    free(buffer);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t                warnings;
    json_t               *root;
    ggi_str_t             text;
    ggi_fault_t           fault = ggi_fault_init;
    ggi_profile_t        *profile;
    ggi_agreement_query_t   query = { .now = 0 };

    fuzz_begin(data, size);
    fuzz_query(&query);
    query.on_behalf_of = fuzz_line();
    text = fuzz_rest();
    check_reference(query.path);

    root = ggi_source_parse(text.data, text.len, &fault);

    if (root) {
        profile = ggi_profile_compile(root, "$", NULL, &fault);
        fuzz_check((profile == NULL) == (fault.n > 0));

        warnings = 0;
        fault.warn = check_warning;
        fault.data = &warnings;
        ggi_advice_profile(root, "$", 0, NULL, &fault);
        fuzz_check(profile == NULL || warnings > 0
                   || json_object_size(json_object_get(root, "diensten")) > 0);
        json_decref(root);

        if (profile) {
            check_profile(profile, &query);
        }

        free(profile);
    }

    fuzz_check(memchr(fault.text, '\0', sizeof(fault.text)));

    return fuzz_end();
}
