/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The tables of a database that an audit log is shipped to: "ggi_audit", which has a partition
 * for each day, "ggi_audit_aside" and "ggi_audit_place".
 */

#ifndef GGICTL_TABLES_H
#define GGICTL_TABLES_H

#include "ggictl_postgres.h"

/* Why "audit ship" sets a line aside, as "why" of "ggi_audit_aside" has it, in quotes of SQL. */
#define GGICTL_TABLES_NONE   "'it is no record of a chain'"
#define GGICTL_TABLES_OTHER  "'another record has its number in the chain'"


/*
 * Makes all tables, with their indexes, when they are not there, also while another process
 * does so. Returns 1, or 0 with pg->error.
 */
int ggictl_tables_all(ggictl_postgres_t *pg);

/*
 * Makes the partition of a day, in days since 2000-01-01, when it is not there. Returns 1, or 0
 * with pg->error.
 */
int ggictl_tables_day(ggictl_postgres_t *pg, int day);


#endif
