/* SPDX-License-Identifier: EUPL-1.2 */

/* Which names of members and arguments some reader could take for one that has fields. */

#ifndef GGI_FIELDS_NAME_H
#define GGI_FIELDS_NAME_H

#include "ggi_velden.h"


/* How far the text is alike. */
typedef enum {
    GGI_ALIKE_BEFORE = 0,               /* nothing that a name can have was there yet */
    GGI_ALIKE_WITHIN,
    GGI_ALIKE_WHOLE,                    /* the text has all of the name, and no more */
    GGI_ALIKE_YES,                      /* whatever is behind */
    GGI_ALIKE_NO                        /* unless a byte beyond ASCII follows */
} ggi_alike_e;

/* A comparison of a text with a name. Begin with the name and state GGI_ALIKE_BEFORE. */
typedef struct {
    ggi_str_t    name;                  /* what of it was not found in the text yet */
    ggi_alike_e  state;
} ggi_alike_t;


/*
 * Compares a character within the text. Capitals do not count. Characters that are no
 * letters and digits do not either, since PHP takes "my.fields" and "my[fields" for
 * "my_fields", and readers of Protocol Buffers take "myFields" for it.
 */
static inline ggi_alike_e
ggi_alike_within(ggi_alike_t *alike, char ch)
{
    int  first = (alike->state == GGI_ALIKE_BEFORE);

    if (ggi_veld_char(ch) && ch != '_') {

        while (alike->name.len && alike->name.data[0] == '_') {
            alike->name.data++;
            alike->name.len--;
        }

        if (alike->name.len == 0 || ggi_lower(ch) != ggi_lower(alike->name.data[0])) {
            return GGI_ALIKE_NO;
        }

    } else if (alike->name.data[0] != '_') {
        return first ? GGI_ALIKE_NO : GGI_ALIKE_WITHIN;
    }

    alike->name.data++;
    alike->name.len--;

    return alike->name.len ? GGI_ALIKE_WITHIN : GGI_ALIKE_WHOLE;
}


/* Compares the next character of the text. */
static inline void
ggi_alike_next(ggi_alike_t *alike, char ch)
{
    if (ch & 0x80) {
        alike->state = GGI_ALIKE_YES;   /* some readers fold it to a letter of ASCII */
        return;
    }

    switch (alike->state) {

    case GGI_ALIKE_BEFORE:
        if (ggi_veld_char(ch)) {
            alike->state = ggi_alike_within(alike, ch);
        }

        break;

    case GGI_ALIKE_WITHIN:
        alike->state = ggi_alike_within(alike, ch);
        break;

    case GGI_ALIKE_WHOLE:
        alike->state = (ggi_veld_char(ch) || ch == '-') ? GGI_ALIKE_NO : GGI_ALIKE_YES;
        break;

    default:
        break;
    }
}


/* Returns 1 when some reader could take the text for the name, 0 otherwise. */
static inline int
ggi_alike_end(const ggi_alike_t *alike)
{
    return alike->state == GGI_ALIKE_WHOLE || alike->state == GGI_ALIKE_YES;
}


/*
 * Returns 1 when some reader could take a text for a name of letters, digits and "_", of
 * at least one byte: the text is that name, in whatever capitals and with whatever other
 * characters than letters and digits within; what no name can have may stand before it,
 * and anything behind that but a letter, a digit, "_" or "-". So it is with a text that is
 * not ASCII. Returns 0 otherwise.
 */
static inline int
ggi_fields_name_alike(ggi_str_t text, ggi_str_t name)
{
    size_t       i;
    ggi_alike_t  alike = { name, GGI_ALIKE_BEFORE };

    for (i = 0; i < text.len; i++) {
        ggi_alike_next(&alike, text.data[i]);
    }

    return ggi_alike_end(&alike);
}


#endif
