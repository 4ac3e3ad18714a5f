/* SPDX-License-Identifier: EUPL-1.2 */

/* Files that a command reads: "-" is standard input. */

#ifndef GGICTL_INPUT_H
#define GGICTL_INPUT_H


/*
 * Returns the path under which a file can be read, more than once: the name as it
 * is, or for "-" that of a copy of standard input in memory, of at most
 * GGI_SOURCE_FILE_MAX bytes. Standard input is read at the first "-"; each "-"
 * gives the same copy. Returns NULL after a message when it cannot be opened. The
 * path is valid until the program ends.
 */
const char *ggictl_input(const char *name);

/* The name of a file for people: "standard input" for "-". */
const char *ggictl_input_name(const char *name);


#endif
