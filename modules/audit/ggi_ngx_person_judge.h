/* SPDX-License-Identifier: EUPL-1.2 */

/* Compares the person whom a call is about with that of a pseudonym, for who judges consents. */

#ifndef GGI_NGX_PERSON_JUDGE_H
#define GGI_NGX_PERSON_JUDGE_H

#include "ggi_ngx_person.h"


/*
 * Compares the person whom a call is about with that of a pseudonym: all that its location says
 * of that, and BSNs of nine digits in the path and the arguments, have to be of that person. A
 * pseudonym counts under any key of the operator.
 */
extern const ggi_person_judge_t  ggi_person_by_record;


#endif
