/* SPDX-License-Identifier: EUPL-1.2 */

/* The style and the script of the page of ggi_status: all that the page has of these. */

#ifndef GGI_STATUS_STYLE_H
#define GGI_STATUS_STYLE_H


/* Both end with NUL, and are allowed by their hashes in the policy that goes with the page. */
extern const char  ggi_status_style[];
extern const char  ggi_status_script[];


#endif
