/* SPDX-License-Identifier: EUPL-1.2 */

/* Values of options that stand for headers of a call, as a gate reads them. */

#ifndef GGICTL_VALUE_H
#define GGICTL_VALUE_H

#include "ggi_value.h"
#include "ggictl_args.h"


/*
 * Returns the value of an option, which may be NULL, without the blanks and tabs around it,
 * as a gate takes them off a header.
 */
static inline ggi_str_t
ggictl_value(const char *option)
{
    return ggi_str_trim(ggictl_str(option));
}


/*
 * Returns the value of an option, which may be NULL, without the blanks and tabs around it
 * when a gate can read it as a free text, in UTF-8 or ISO-8859-1; an empty one otherwise.
 */
static inline ggi_str_t
ggictl_value_read(const char *option)
{
    ggi_str_t  value = ggictl_value(option), none = ggi_str("");

    return (ggi_value_well_formed(value) || ggi_value_is_latin1(value)) ? value : none;
}


#endif
