/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What a new dienst begins with: a location of nginx, an autorisatieprofiel and an entry of the
 * register of doelbindingen, in which GGI_SKELETON_TODO marks what is to be filled in.
 */

#ifndef GGI_SKELETON_H
#define GGI_SKELETON_H

#include <stdio.h>

#include "ggi_dienst_name.h"
#include "ggi_openapi.h"

#define GGI_SKELETON_TODO  "FILL IN"


/*
 * Writes the name of a dienst that is made from the title of an API to name, terminated: its
 * letters and digits in small letters, and "-" for what is between them. Returns 1, or 0 when
 * that is no name of a dienst.
 */
int ggi_skeleton_name(char name[GGI_DIENST_NAME_MAX + 1], ggi_str_t title);

/*
 * Writes the location of a dienst, for the configuration of nginx, to out. dienst has to be a
 * valid name. Nothing that the document of the API says of itself can end the block or add a
 * directive to it.
 */
void ggi_skeleton_location(FILE *out, const ggi_openapi_t *api, const char *dienst);

/*
 * Returns a new file of autorisatieprofielen with one profile that allows all methods and paths
 * of an API; its OIN is one that nobody has. The caller releases it by json_decref(). Returns
 * NULL without memory.
 */
json_t *ggi_skeleton_profiles(const ggi_openapi_t *api, const char *dienst);

/*
 * Returns a new register with one doelbinding, the one that the profile of
 * ggi_skeleton_profiles() names, for the dienst. What somebody has to fill in is marked. The
 * caller releases it by json_decref(). Returns NULL without memory.
 */
json_t *ggi_skeleton_register(const char *dienst);


#endif
