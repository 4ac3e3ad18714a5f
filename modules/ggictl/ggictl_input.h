/* SPDX-License-Identifier: EUPL-1.2 */

/* The files that a command reads, of which "-" is standard input. */

#ifndef GGICTL_INPUT_H
#define GGICTL_INPUT_H

#include <sys/types.h>

#define GGICTL_INPUT_LINE  1024         /* most bytes of a line that is a value */


/*
 * Returns a path from which a file can be read, several times if need be. For "-" it is
 * the path of a copy of standard input in memory, of at most GGI_SOURCE_FILE_MAX bytes,
 * which is made at the first "-" and used for every further one; for any other name it
 * is the name itself. The path is valid until the program ends. Returns NULL after a
 * message on standard error when the file cannot be opened.
 */
const char *ggictl_input(const char *name);

/*
 * Reads a file that holds a secret, or standard input for "-", to its end, but size bytes at most,
 * to data, so that no other memory of this program has them: the caller wipes data. Returns how
 * many bytes it has read, or -1 after a message, and data may hold a part of the file then.
 */
ssize_t ggictl_input_secret(const char *name, char *data, size_t size);

/*
 * Returns a value that nobody else is to see: the one line of standard input for "-", without its
 * end, at most GGICTL_INPUT_LINE bytes, and for any other text that itself. It lives as long as the
 * program. Returns NULL after a message when standard input has no line, or more than one.
 */
const char *ggictl_input_line(const char *text);

/*
 * Returns the name of a file for messages: "standard input" for "-", and the name
 * itself otherwise.
 */
const char *ggictl_input_name(const char *name);


#endif
