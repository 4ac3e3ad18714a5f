/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdlib.h>
#include <string.h>

#include "ggi_profile_compile.h"
#include "ggi_profiles.h"
#include "ggictl_caller.h"
#include "ggictl_documents.h"
#include "ggictl_out.h"
#include "ggictl_warn.h"


/*
 * Reads the caller's profile from a file. Sets *profile to a copy, which the caller
 * frees with free(), or to NULL when the file has none for this OIN. Returns the exit
 * status.
 */
static int
ggictl_caller_file(const ggictl_args_t *args, ggi_profile_t **profile)
{
    const char           *path;
    ggi_fault_t           fault;
    ggictl_warn_t         warn;
    ggi_documents_t        profiles;
    const ggi_profile_t  *found;

    path = ggictl_warn_input(&warn, &fault, args->result, args->option[GGICTL_PROFILES]);

    if (path == NULL) {
        return GGICTL_ERROR;
    }

    if (!ggi_profiles_read(&profiles, path, &fault)) {
        return ggictl_fail("%s: %s", warn.name, fault.text);
    }

    found = ggi_profiles_find(&profiles, ggictl_str(args->option[GGICTL_OIN]));
    *profile = found ? malloc(found->document.size) : NULL;

    if (*profile) {
        memcpy(*profile, found, found->document.size);
    }

    ggi_documents_free(&profiles);

    return (found && *profile == NULL) ? ggictl_fail("no memory") : GGICTL_OK;
}


/*
 * Reads the caller's profile from Redis. Sets *profile, which the caller frees with
 * free(). Leaves it as it is when there is none, and when it has a fault; then *reason
 * says so. Returns the exit status.
 */
static int
ggictl_caller_redis(const ggictl_args_t *args, ggi_profile_t **profile, ggi_reason_e *reason)
{
    ggi_str_t        oin;
    redisReply      *reply;
    ggi_fault_t      fault;
    ggictl_warn_t    warn;
    ggictl_redis_t   redis;

    if (!ggictl_connect(&redis, args)) {
        return GGICTL_ERROR;
    }

    oin = ggictl_str(args->option[GGICTL_OIN]);
    reply = ggictl_documents_get(&redis, &ggictl_kind_profiel, oin.data);
    ggictl_redis_close(&redis);

    if (reply == NULL) {
        return GGICTL_ERROR;
    }

    if (reply->type == REDIS_REPLY_STRING) {
        fault = ggictl_warn(&warn, args->result, "the profile in Redis");
        *profile = ggi_profile_parse(reply->str, reply->len, &oin, &fault);

        if (*profile == NULL) {
            *reason = GGI_REASON_PROFILE_UNAVAILABLE;
            ggictl_say(args->result, "the profile in Redis is faulty: %s\n", fault.text);
            json_object_set_new(args->result, "fault", ggictl_json_cstr(fault.text));
        }
    }

    freeReplyObject(reply);

    return GGICTL_OK;
}


int
ggictl_caller(const ggictl_args_t *args, ggi_profile_t **profile, ggi_reason_e *reason)
{
    return args->option[GGICTL_PROFILES] ? ggictl_caller_file(args, profile)
                                         : ggictl_caller_redis(args, profile, reason);
}
