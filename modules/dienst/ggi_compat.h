/* SPDX-License-Identifier: EUPL-1.2 */

/* What differs between the versions of nginx and of the libraries: the only place that asks for a version. */

#ifndef GGI_COMPAT_H
#define GGI_COMPAT_H

#include <nginx.h>

/* 1.23.0: header lines are linked lists */
#if (nginx_version >= 1023000)
#define ggi_header_unlink(h)  (h)->next = NULL
#else
#define ggi_header_unlink(h)
#endif

#endif
