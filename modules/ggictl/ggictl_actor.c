/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ggictl_actor.h"
#include "ggictl_args.h"

#define GGICTL_ACTOR_LOGIN   "/proc/self/loginuid"
#define GGICTL_ACTOR_RECORD  16384      /* bytes of an entry of passwd(5) */


/* Writes the name of a user to name, which has room for GGICTL_ACTOR_NAME bytes. Returns it. */
static ggi_str_t
ggictl_actor_name(char *name, uid_t user)
{
    char            record[GGICTL_ACTOR_RECORD];
    struct passwd   entry, *found;

    name[0] = '\0';

    if (getpwuid_r(user, &entry, record, sizeof(record), &found) == 0 && found) {
        snprintf(name, GGICTL_ACTOR_NAME, "%s", found->pw_name);
    }

    return ggictl_str(name);
}


/*
 * Returns the user id of the login that this process descends from, which the kernel keeps
 * since pam_loginuid(8) has set it, through su and sudo; or -1 when it is not known.
 */
static int64_t
ggictl_actor_login(void)
{
    char            text[32], *end;
    FILE           *in;
    unsigned long   login;

    in = fopen(GGICTL_ACTOR_LOGIN, "re");

    if (in == NULL) {
        return -1;
    }

    end = fgets(text, sizeof(text), in);
    (void) fclose(in);

    if (end == NULL) {
        return -1;
    }

    login = strtoul(text, &end, 10);

    return (end > text && login < UINT32_MAX) ? (int64_t) login : -1;
}


/* Finds the terminal of standard input, output or error. */
static ggi_str_t
ggictl_actor_tty(char tty[GGICTL_ACTOR_NAME])
{
    int  fd;

    for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (ttyname_r(fd, tty, GGICTL_ACTOR_NAME) == 0) {
            return ggictl_str(tty);
        }
    }

    return ggictl_str(NULL);
}


/* Finds the address in SSH_CONNECTION, which stands before its first blank. */
static ggi_str_t
ggictl_actor_client(char client[GGICTL_ACTOR_NAME])
{
    const char  *ssh;

    ssh = getenv("SSH_CONNECTION");
    ssh = ssh ? ssh : "";
    snprintf(client, GGICTL_ACTOR_NAME, "%.*s", (int) strcspn(ssh, " "), ssh);

    return ggictl_str(client);
}


void
ggictl_actor_find(ggictl_actor_t *found)
{
    ggi_actor_t  *actor;

    memset(found, 0, sizeof(ggictl_actor_t));
    actor = &found->actor;
    actor->user = geteuid();
    actor->user_name = ggictl_actor_name(found->user, geteuid());
    actor->real_user = getuid();
    actor->real_user_name = ggictl_actor_name(found->real_user, getuid());
    actor->login = ggictl_actor_login();

    if (actor->login >= 0) {
        actor->login_name = ggictl_actor_name(found->login, (uid_t) actor->login);
    }

    actor->tty = ggictl_actor_tty(found->tty);
    actor->sudo_user = ggictl_str(getenv("SUDO_USER"));
    actor->client = ggictl_actor_client(found->client);
}
