/* SPDX-License-Identifier: EUPL-1.2 */

/* The addresses to which a configuration of nginx leads, and those on which its servers listen. */

#ifndef GGI_DOCTOR_TARGET_H
#define GGI_DOCTOR_TARGET_H

#include "ggi_conf_tree.h"

#define GGI_DOCTOR_TARGET_MAX  200     /* bytes of an address; the rest of it is not compared */
#define GGI_DOCTOR_URL_MAX      1024    /* bytes of a URL; a longer one is cut off */


/*
 * Writes the address that a URL or an argument of "server" in an upstream has: without scheme and
 * path, in lower case, with the port that is the default of the scheme. localhost is 127.0.0.1.
 */
void ggi_doctor_target(char address[GGI_DOCTOR_TARGET_MAX], const char *url);

/* Returns the block "upstream" of http or stream, top, that a URL names, or 0. */
size_t ggi_doctor_upstream(const ggi_conf_tree_t *tree, size_t top, const char *url);

/*
 * Writes to text a URL whose host is a variable, with a value that the configuration gives to it by
 * "set", "map", "geo" or "split_clients"; values that have variables themselves are left out. after
 * is 0 for the first value, and then what was returned for the one before. Returns 0 when there
 * is no other value, or the host is no variable.
 */
size_t ggi_doctor_value(const ggi_conf_tree_t *tree, char text[GGI_DOCTOR_URL_MAX],
    const char *url, size_t after);

/*
 * Returns 1 when the argument of a "listen" makes a server be at an address, as written by
 * ggi_doctor_target(), and others than this machine can come there; 0 otherwise.
 */
int ggi_doctor_listens(const char *listen, const char *address);

/* Returns 1 when a server has "deny all", and no "satisfy any" is in force in it; 0 otherwise. */
int ggi_doctor_denies(const ggi_conf_tree_t *tree, size_t server);


#endif
