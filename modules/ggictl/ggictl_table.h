/* SPDX-License-Identifier: EUPL-1.2 */

/* The table of the commands of ggictl. */

#ifndef GGICTL_TABLE_H
#define GGICTL_TABLE_H

#include "ggictl_args.h"


/* All commands, in the order of the help. The name of the last entry is NULL. */
extern const ggictl_command_t  ggictl_commands[];


#endif
