/* SPDX-License-Identifier: EUPL-1.2 */

/* A message of the error log, without what a caller may have put there. */

#ifndef GGI_MESSAGE_H
#define GGI_MESSAGE_H

#include <stddef.h>


/*
 * Takes out of a log message, in place: query strings, from "?" to the next quote
 * or blank; the quoted values of headers and of arguments, of which "..." remains;
 * and BSNs. Returns the new length, which is not more than len.
 */
size_t ggi_message_scrub(char *text, size_t len);


#endif
