/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_oin.h"
#include "ggi_profile_compile.h"
#include "ggi_profile_kind.h"
#include "ggi_profiles.h"
#include "ggi_redis_keys.h"


static const void *
ggi_profile_kind_find(const void *file, ggi_str_t key)
{
    return ggi_profiles_find(file, key);
}


static void *
ggi_profile_kind_parse(const char *text, size_t len, ggi_str_t key, ggi_fault_t *fault)
{
    return ggi_profile_parse(text, len, &key, fault);
}


const ggi_kind_t  ggi_profile_kind = {
    .name = "profile",
    .names = "profiles",
    .key = "OIN",
    .file_directive = "ggi_autorisatie_file",
    .redis_directive = "ggi_autorisatie_redis",
    .zone_directive = "ggi_autorisatie_zone",
    .prefix = GGI_REDIS_KEY_PREFIX,
    .channel = GGI_REDIS_CHANNEL,
    .zone = "ggi_profielen:16m",
    .text_max = GGI_DOCUMENT_TEXT_MAX,
    .key_valid = ggi_oin_spelled,
    .find = ggi_profile_kind_find,
    .parse = ggi_profile_kind_parse,
    .metrics = {
        .hit = GGI_METRIC_LOOKUP_HIT,
        .none = GGI_METRIC_LOOKUP_NONE,
        .faulty = GGI_METRIC_LOOKUP_FAULTY,
        .expired = GGI_METRIC_LOOKUP_EXPIRED,
        .miss = GGI_METRIC_LOOKUP_MISS,
        .stale = GGI_METRIC_STALE,
        .connected = GGI_METRIC_REDIS_CONNECTED,
        .subscribed = GGI_METRIC_REDIS_SUBSCRIBED,
        .gets = GGI_METRIC_REDIS_GETS,
        .failures = GGI_METRIC_REDIS_FAILURES,
        .answered = GGI_METRIC_REDIS_ANSWERED
    }
};
