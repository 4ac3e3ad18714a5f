/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdio.h>
#include <string.h>

#include "ggi_redis_role.h"


/* Returns 1 when a reply is the string, and 0 otherwise. */
static int
ggi_redis_role_is(const ggi_reply_t *reply, const char *text)
{
    return reply->type == GGI_REPLY_STRING && strcmp(reply->data, text) == 0;
}


static ggi_redis_role_e
ggi_redis_role_of(const ggi_reply_t *reply)
{
    if (ggi_redis_role_is(reply, "master")) {
        return GGI_REDIS_ROLE_MASTER;
    }

    /* ROLE says slave, HELLO says replica */

    if (ggi_redis_role_is(reply, "slave") || ggi_redis_role_is(reply, "replica")) {
        return GGI_REDIS_ROLE_REPLICA;
    }

    return ggi_redis_role_is(reply, "sentinel") ? GGI_REDIS_ROLE_SENTINEL
                                                : GGI_REDIS_ROLE_UNKNOWN;
}


/* Reads the reply to HELLO: names, each with its value behind it. */
static void
ggi_redis_role_read_hello(ggi_redis_role_t *role, const ggi_reply_t *reply)
{
    size_t              i;
    const ggi_reply_t  *value;

    for (i = 0; i + 1 < reply->n; i += 2) {
        value = reply->elements[i + 1];

        if (ggi_redis_role_is(reply->elements[i], "mode")) {
            role->cluster |= ggi_redis_role_is(value, "cluster");

            if (ggi_redis_role_is(value, "sentinel")) {
                role->role = GGI_REDIS_ROLE_SENTINEL;
            }

        } else if (ggi_redis_role_is(reply->elements[i], "role")
                   && role->role == GGI_REDIS_ROLE_UNKNOWN)
        {
            role->role = ggi_redis_role_of(value);
        }
    }
}


void
ggi_redis_role_read(ggi_redis_role_t *role, const ggi_reply_t *reply)
{
    ggi_redis_role_e   known;
    ggi_reply_t      **elements;

    if (reply->type != GGI_REPLY_ARRAY || reply->n == 0) {
        return;
    }

    elements = reply->elements;

    if (ggi_redis_role_is(elements[0], "server")) {
        ggi_redis_role_read_hello(role, reply);
        return;
    }

    known = ggi_redis_role_of(elements[0]);

    if (known != GGI_REDIS_ROLE_UNKNOWN) {
        role->role = known;
    }

    if (known == GGI_REDIS_ROLE_REPLICA && reply->n > 3
        && elements[1]->type == GGI_REPLY_STRING
        && elements[2]->type == GGI_REPLY_INTEGER
        && elements[3]->type == GGI_REPLY_STRING)
    {
        snprintf(role->master, sizeof(role->master), "%.255s:%d", elements[1]->data,
                 (int) elements[2]->integer);
        snprintf(role->link, sizeof(role->link), "%.15s", elements[3]->data);
    }
}


/* Writes the fault of a server that a plain URL names, and is not alone. */
static const char *
ggi_redis_role_not_alone(const ggi_redis_role_t *role, const ggi_redis_url_t *url, char *text)
{
    char         at[300];
    const char  *s;

    s = url->tls ? "s" : "";
    snprintf(at, sizeof(at), "%.255s:%d", url->nhosts ? url->hosts[0].name.data : "HOST",
             url->nhosts ? url->hosts[0].port : 6379);

    if (role->role == GGI_REDIS_ROLE_SENTINEL) {
        snprintf(text, GGI_REDIS_ROLE_TEXT_LEN, "is a Sentinel, which has no data: name it as "
                 "sentinel%s://%s/MASTER, with the name by which it knows the master", s, at);

    } else if (role->cluster) {
        snprintf(text, GGI_REDIS_ROLE_TEXT_LEN, "is a node of a Cluster, which has a part of the "
                 "data: name it as redis-cluster%s://%s", s, at);

    } else {
        snprintf(text, GGI_REDIS_ROLE_TEXT_LEN, "is a replica of %s (%s), which may have old data: "
                 "name the master, as redis%s://%s, or its Sentinels, as sentinel%s://HOST/MASTER",
                 role->master[0] ? role->master : "another", role->link[0] ? role->link : "link "
                 "not told", s, role->master[0] ? role->master : "HOST:PORT", s);
    }

    return text;
}


/* Writes the fault of a server that Sentinels take for the master. */
static const char *
ggi_redis_role_no_master(const ggi_redis_role_t *role, char *text)
{
    if (role->role == GGI_REDIS_ROLE_REPLICA) {
        snprintf(text, GGI_REDIS_ROLE_TEXT_LEN, "is a replica of %s (%s), although the Sentinels "
                 "name it as the master", role->master[0] ? role->master : "another",
                 role->link[0] ? role->link : "link not told");

    } else if (role->role == GGI_REDIS_ROLE_SENTINEL) {
        snprintf(text, GGI_REDIS_ROLE_TEXT_LEN, "is a Sentinel, although the Sentinels name it as "
                 "the master");

    } else {
        snprintf(text, GGI_REDIS_ROLE_TEXT_LEN, "does not tell its role: its user needs the right "
                 "+role");
    }

    return text;
}


const char *
ggi_redis_role_fault(const ggi_redis_role_t *role, const ggi_redis_url_t *url, char *text)
{
    switch (url->kind) {

    case GGI_REDIS_SENTINEL:
        return (role->role == GGI_REDIS_ROLE_MASTER) ? NULL : ggi_redis_role_no_master(role, text);

    case GGI_REDIS_CLUSTER:
        if (role->cluster || role->role == GGI_REDIS_ROLE_UNKNOWN) {
            return NULL;
        }

        snprintf(text, GGI_REDIS_ROLE_TEXT_LEN, "is no node of a Cluster: name it as redis://, or "
                 "its Sentinels as sentinel://");
        return text;

    default:
        if (!role->cluster && (role->role == GGI_REDIS_ROLE_MASTER
                               || role->role == GGI_REDIS_ROLE_UNKNOWN))
        {
            return NULL;
        }

        return ggi_redis_role_not_alone(role, url, text);
    }
}
