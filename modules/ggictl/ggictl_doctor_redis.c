/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include "ggictl_doctor_files.h"
#include "ggictl_doctor_live.h"
#include "ggictl_doctor_redis.h"

static const char *const  ggictl_doctor_redis_names[] = {
    "ggi_autorisatie_redis", "ggi_functie_redis", "ggi_doelbinding_toestemmingen_redis"
};

#define GGICTL_DOCTOR_REDIS_N                                                  \
    (sizeof(ggictl_doctor_redis_names) / sizeof(ggictl_doctor_redis_names[0]))


/* Returns the value of a parameter of a directive, such as "ca=", or NULL. */
static const char *
ggictl_doctor_parameter(const ggi_conf_directive_t *d, const char *name)
{
    size_t  i, len = strlen(name);

    for (i = 2; i < d->n; i++) {
        if (strncmp(d->words[i], name, len) == 0) {
            return d->words[i] + len;
        }
    }

    return NULL;
}


/* Returns the path of the file that a parameter names, which is kept in path, or NULL. */
static const char *
ggictl_doctor_parameter_file(ggictl_doctor_path_t *path, const ggi_conf_t *conf,
    const ggi_conf_directive_t *d, const char *name)
{
    const char  *word = ggictl_doctor_parameter(d, name);

    return word && ggictl_doctor_path_of(path, conf, word) ? path->text : NULL;
}


/* Looks at the Redis of a directive. What the options name stands in place of its files. */
static void
ggictl_doctor_redis_conf(ggi_doctor_t *doctor, const ggi_conf_t *conf,
    const ggi_conf_directive_t *d, const ggictl_args_t *args, time_t now)
{
    ggictl_doctor_path_t   ca, cert, key;
    ggictl_redis_access_t  access = {
        .url = d->words[1],
        .ca = args->option[GGICTL_REDIS_CA],
        .cert = args->option[GGICTL_REDIS_CERT],
        .key = args->option[GGICTL_REDIS_KEY],
        .sentinel_user = ggictl_doctor_parameter(d, "sentinel_user="),
        .sentinel_password = ggictl_doctor_parameter(d, "sentinel_password=")
    };

    if (access.ca == NULL) {
        access.ca = ggictl_doctor_parameter_file(&ca, conf, d, "ca=");
    }

    if (access.cert == NULL && access.key == NULL) {
        access.cert = ggictl_doctor_parameter_file(&cert, conf, d, "cert=");
        access.key = ggictl_doctor_parameter_file(&key, conf, d, "key=");
        ggictl_doctor_identity(doctor, access.cert, access.key, now);
    }

    ggictl_doctor_redis(doctor, &access);
}


void
ggictl_doctor_look_redis(ggi_doctor_t *doctor, const ggi_conf_t *conf,
    const ggictl_args_t *args, time_t now)
{
    int                          any;
    size_t                       i, n;
    ggictl_redis_access_t        access;
    const ggi_conf_directive_t  *d[GGICTL_DOCTOR_REDIS_N];

    any = 0;

    for (i = 0; i < GGICTL_DOCTOR_REDIS_N; i++) {
        d[i] = ggi_conf_next(conf, ggictl_doctor_redis_names[i], NULL);
        any |= d[i] != NULL;
    }

    ggictl_redis_access(&access, args);

    if (args->option[GGICTL_REDIS] || (access.url && any)) {
        ggictl_doctor_redis(doctor, &access);
        return;
    }

    for (i = 0; i < GGICTL_DOCTOR_REDIS_N; i++) {
        for (n = 0; d[i] && n < i; n++) {
            if (d[n] && ggi_conf_same(d[n], d[i])) {
                break;
            }
        }

        if (d[i] && d[i]->n > 1 && n == i) {
            ggictl_doctor_redis_conf(doctor, conf, d[i], args, now);
        }
    }
}
