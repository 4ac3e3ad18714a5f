/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdlib.h>

#include "ggi_redis_url.h"
#include "ggictl_out.h"
#include "ggictl_redis_access.h"


/* Returns the value of an option, or else that of the environment, or NULL. */
static const char *
ggictl_redis_given(const ggictl_args_t *args, ggictl_option_e option, const char *variable)
{
    return args->option[option] ? args->option[option] : getenv(variable);
}


void
ggictl_redis_access(ggictl_redis_access_t *access, const ggictl_args_t *args)
{
    access->url = ggictl_redis_given(args, GGICTL_REDIS, "GGI_REDIS");
    access->ca = ggictl_redis_given(args, GGICTL_REDIS_CA, "GGI_REDIS_CA");
    access->cert = ggictl_redis_given(args, GGICTL_REDIS_CERT, "GGI_REDIS_CERT");
    access->key = ggictl_redis_given(args, GGICTL_REDIS_KEY, "GGI_REDIS_KEY");
    access->sentinel_user = getenv("GGI_REDIS_SENTINEL_USER");
    access->sentinel_password = getenv("GGI_REDIS_SENTINEL_PASSWORD");
}


int
ggictl_redis_without_password(const char *text, const char *variable)
{
    ggi_fault_t      fault = ggi_fault_init;
    ggi_redis_url_t  url;

    if (ggi_redis_url_parse(&url, ggictl_str(text), &fault) && url.password.len) {
        (void) ggictl_fail("a password on the command line can be read by each user of this host: "
                           "give the URL in %s of the environment", variable);
        return 0;
    }

    return 1;
}
