/* SPDX-License-Identifier: EUPL-1.2 */

#ifndef GGI_UNIT_JOURNAL_H
#define GGI_UNIT_JOURNAL_H

#include "unit.h"

#include "ggi_journal.h"


/* Adds a text to a journal. */
static inline void
add(ggi_journal_t *journal, const char *text)
{
    char  *p;

    p = ggi_journal_room(journal, strlen(text));
    assert_non_null(p);
    memcpy(p, text, strlen(text));
    journal->len += strlen(text);
}


#endif
