/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The levels of assurance (betrouwbaarheidsniveaus) at which an end user can have
 * authenticated: those of electronic identification in the EU, eIDAS Regulation
 * 910/2014, article 8, by their Dutch names. The words are read exactly: "Hoog" is no
 * level.
 */

#ifndef GGI_NIVEAU_H
#define GGI_NIVEAU_H

#include "ggi_str.h"


/* From low to high, so that levels can be compared. */
typedef enum {
    GGI_NIVEAU_NONE,
    GGI_NIVEAU_LAAG,
    GGI_NIVEAU_SUBSTANTIEEL,
    GGI_NIVEAU_HOOG,
    GGI_NIVEAUS
} ggi_niveau_e;


/*
 * Returns the level that a text names: "laag", "substantieel" or "hoog". Returns
 * GGI_NIVEAU_NONE for any other text, also one that differs in case or has a blank.
 */
ggi_niveau_e ggi_niveau_read(ggi_str_t text);

/*
 * Returns the word for a level, a constant that is terminated by NUL; "" for
 * GGI_NIVEAU_NONE and for a value outside the enum.
 */
ggi_str_t ggi_niveau_name(ggi_niveau_e niveau);

/* Returns the stricter of two levels. */
static inline ggi_niveau_e
ggi_niveau_stricter(ggi_niveau_e a, ggi_niveau_e b)
{
    return (a > b) ? a : b;
}


#endif
