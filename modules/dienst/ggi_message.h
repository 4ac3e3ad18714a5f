/* SPDX-License-Identifier: EUPL-1.2 */

/* A message of the error log, without what a caller may have put there. */

#ifndef GGI_MESSAGE_H
#define GGI_MESSAGE_H

#include <stddef.h>


/*
 * Removes from a log message of len bytes, in place, what a caller may have put there:
 * query strings, from "?" to the next quote or blank; the values of headers and of
 * arguments in quotes, of which "..." remains; and BSNs. Returns the new length, at
 * most len.
 */
size_t ggi_message_scrub(char *text, size_t len);


#endif
