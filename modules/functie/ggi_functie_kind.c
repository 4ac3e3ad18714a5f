/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_functie_compile.h"
#include "ggi_functie_kind.h"
#include "ggi_agreement_compile.h"


static const void *
ggi_functie_kind_find(const void *file, ggi_str_t key)
{
    return ggi_documents_find(file, key);
}


static void *
ggi_functie_kind_parse(const char *text, size_t len, ggi_str_t key, ggi_fault_t *fault)
{
    return ggi_functies_parse(text, len, &key, fault);
}


const ggi_kind_t  ggi_functie_kind = {
    .name = "functions",
    .names = "functions of applications",
    .key = "application",
    .file_directive = "ggi_functie_file",
    .redis_directive = "ggi_functie_redis",
    .zone_directive = "ggi_functie_zone",
    .prefix = GGI_FUNCTIE_KEY_PREFIX,
    .channel = GGI_FUNCTIE_CHANNEL,
    .zone = "ggi_functies:4m",
    .text_max = GGI_DOCUMENT_TEXT_MAX,
    .key_valid = ggi_functie_name_valid,
    .find = ggi_functie_kind_find,
    .parse = ggi_functie_kind_parse,
    .metrics = {
        .hit = GGI_METRIC_FUNCTIE_HIT,
        .none = GGI_METRIC_FUNCTIE_NONE,
        .faulty = GGI_METRIC_FUNCTIE_FAULTY,
        .expired = GGI_METRIC_FUNCTIE_EXPIRED,
        .miss = GGI_METRIC_FUNCTIE_MISS,
        .stale = GGI_METRIC_FUNCTIE_STALE,
        .connected = GGI_METRIC_FUNCTIE_CONNECTED,
        .subscribed = GGI_METRIC_FUNCTIE_SUBSCRIBED,
        .gets = GGI_METRIC_FUNCTIE_GETS,
        .failures = GGI_METRIC_FUNCTIE_FAILURES,
        .answered = GGI_METRIC_FUNCTIE_ANSWERED
    }
};
