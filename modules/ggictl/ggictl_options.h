/* SPDX-License-Identifier: EUPL-1.2 */

/* The options of ggictl, of which each command takes some. */

#ifndef GGICTL_OPTIONS_H
#define GGICTL_OPTIONS_H

#include <stddef.h>
#include <stdint.h>


typedef enum {
    GGICTL_REGISTER = 0,
    GGICTL_PROFILES,
    GGICTL_FUNCTIONS,
    GGICTL_OIN,
    GGICTL_TOEPASSING,
    GGICTL_FUNCTIE,
    GGICTL_GEBRUIKER,
    GGICTL_DIENST,
    GGICTL_DIENST_NAMES,
    GGICTL_METHOD,
    GGICTL_PATH,
    GGICTL_DESTINATION,
    GGICTL_CLAIM,
    GGICTL_NIVEAU,
    GGICTL_ASKED,
    GGICTL_FIELDS,
    GGICTL_FIELDS_ALWAYS,
    GGICTL_FIELDS_ALIAS,
    GGICTL_NAMENS,
    GGICTL_CONSENT_ID,
    GGICTL_AFNEMER,
    GGICTL_FOR_DIENSTEN,
    GGICTL_FOR_DOELBINDING,
    GGICTL_GIVEN,
    GGICTL_VALID_UNTIL,
    GGICTL_AT,
    GGICTL_FORCE,
    GGICTL_PRUNE,
    GGICTL_PARTIAL,
    GGICTL_LOG,
    GGICTL_KEYS,
    GGICTL_INTERVAL,
    GGICTL_SEAL_FOLLOW,
    GGICTL_NODE,
    GGICTL_WITNESS,
    GGICTL_KEY,
    GGICTL_WITNESS_CA,
    GGICTL_EXPIRE,
    GGICTL_DEFAULT,
    GGICTL_DRY_RUN,
    GGICTL_WHY,
    GGICTL_TRUST,
    GGICTL_TO,
    GGICTL_INIT_TO,
    GGICTL_LEVEL,
    GGICTL_TIMEOUT,
    GGICTL_FROM,
    GGICTL_FROM_DATABASE,
    GGICTL_FROM_SHIPPED,
    GGICTL_OF_NODE,
    GGICTL_UNTIL,
    GGICTL_DOELBINDING,
    GGICTL_DECISION,
    GGICTL_REASON,
    GGICTL_TRANSACTION,
    GGICTL_TRACE,
    GGICTL_SUBJECT,
    GGICTL_OF_TOEPASSING,
    GGICTL_OF_FUNCTIE,
    GGICTL_OF_TOESTEMMING,
    GGICTL_USER,
    GGICTL_PSEUDONYM_KEY,
    GGICTL_EVENT,
    GGICTL_CLOCK,
    GGICTL_LIMIT,
    GGICTL_FOLLOW,
    GGICTL_BY_WHAT,
    GGICTL_INDEX,
    GGICTL_AS,
    GGICTL_GRANT,
    GGICTL_SHIP_TO,
    GGICTL_ONCE,
    GGICTL_CONFIG,
    GGICTL_STATUS,
    GGICTL_BUNDLE,
    GGICTL_REDIS,
    GGICTL_REDIS_CA,
    GGICTL_REDIS_CERT,
    GGICTL_REDIS_KEY,
    GGICTL_CHANGES,
    GGICTL_OUTPUT,
    GGICTL_HELP,
    GGICTL_VERSION,
    GGICTL_MAN,
    GGICTL_COMPLETION,
    GGICTL_OPTIONS
} ggictl_option_e;

_Static_assert(GGICTL_OPTIONS <= UINT8_MAX, "a list of options has a byte for each");

/* A list of options, as a constant expression; GGICTL_OPTIONS ends it. */
#define GGICTL_SOME(...)  (const uint8_t[]) { __VA_ARGS__, GGICTL_OPTIONS }


typedef struct {
    const char  *name;                  /* without its two hyphens */
    char         letter;                /* letter of its short form; 0: none */
    const char  *argument;              /* name of its value in the help; NULL: takes none */
    const char  *begins;                /* what its value begins with, where that tells it from
                                           one before it of the same name; NULL: anything */
    const char  *values;                /* its allowed values, separated by a blank; NULL: any */
    const char  *text;                  /* what it does; NULL: it is not shown in the help */
} ggictl_option_t;

/*
 * All options of the tool, indexed by ggictl_option_e. Two that no command takes together may
 * have one name.
 */
extern const ggictl_option_t  ggictl_options[GGICTL_OPTIONS];


/*
 * Returns 1 when a list of options, made by GGICTL_SOME(), has an option, a ggictl_option_e; 0
 * when it has not, or when the list is NULL.
 */
int ggictl_options_have(const uint8_t *list, size_t option);


#endif
