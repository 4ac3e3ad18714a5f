/* SPDX-License-Identifier: EUPL-1.2 */

/* Who runs ggictl, and from where, as records of changes tell it. */

#ifndef GGICTL_ACTOR_H
#define GGICTL_ACTOR_H

#include "ggi_record_change.h"

#define GGICTL_ACTOR_NAME  256          /* bytes of a name, with its NUL */


typedef struct {
    ggi_actor_t  actor;                 /* which points to the texts below */
    char         user[GGICTL_ACTOR_NAME];
    char         real_user[GGICTL_ACTOR_NAME];
    char         login[GGICTL_ACTOR_NAME];
    char         tty[GGICTL_ACTOR_NAME];
    char         client[GGICTL_ACTOR_NAME];
} ggictl_actor_t;


/*
 * Finds out who runs this process: by the system its users, their names, the user of the
 * login and the terminal, and by the environment SUDO_USER and the client in SSH_CONNECTION,
 * which whoever runs it can set as he likes. What cannot be found is left out.
 */
void ggictl_actor_find(ggictl_actor_t *found);


#endif
