/* SPDX-License-Identifier: EUPL-1.2 */

/* The commands of ggictl. */

#ifndef GGICTL_TABLE_H
#define GGICTL_TABLE_H

#include "ggictl_args.h"


/* All commands, in the order of the help; the last one has no name. */
extern const ggictl_command_t  ggictl_commands[];


#endif
