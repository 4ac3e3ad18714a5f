/* SPDX-License-Identifier: EUPL-1.2 */

/* The commands for consents, in the table of commands. */

#ifndef GGICTL_TABLE_CONSENTS_H
#define GGICTL_TABLE_CONSENTS_H

#include "ggictl_table_documents.h"
#include "ggictl_toestemming.h"


/* Rows of the table. */
#define GGICTL_CONSENT_COMMANDS                                                \
    GGICTL_CHECK_COMMAND("toestemming", &ggictl_kind_toestemming, "consents", "consents"), \
    GGICTL_LOAD_COMMAND("toestemming", &ggictl_kind_toestemming, "consents", "id", \
                        GGICTL_SOME(GGICTL_ALL, GGICTL_STORE, GGICTL_FORCE, GGICTL_DRY_RUN, \
                                    GGICTL_CHANGES),                           \
                        "A consent that is in no file stays as it is: \"withdraw\" ends it. "), \
    GGICTL_DIFF_COMMAND("toestemming", &ggictl_kind_toestemming, "consents", "id"), \
    {                                                                          \
        .name = "toestemming grant", .arguments = "FILE", .min = 1, .max = 1,  \
        .options = GGICTL_SOME(GGICTL_ALL, GGICTL_STORE, GGICTL_CHANGES, GGICTL_PSEUDONYM_KEY, \
                               GGICTL_CONSENT_ID, GGICTL_AFNEMER, GGICTL_FOR_DIENSTEN, \
                               GGICTL_FOR_DOELBINDING, GGICTL_GIVEN, GGICTL_VALID_UNTIL), \
        .required = GGICTL_SOME(GGICTL_PSEUDONYM_KEY, GGICTL_AFNEMER, GGICTL_FOR_DIENSTEN, \
                                GGICTL_FOR_DOELBINDING),                       \
        .summary = "puts a consent of a person into Redis and tells the gates", \
        .text =                                                                \
            "Puts a consent into Redis, by the pseudonym of the person whose BSN is in a file, " \
            "under the newest key, and tells the gates. The BSN itself is kept nowhere. \"-\" is " \
            "standard input.",                                                 \
        .status = "0.",                                                        \
        .run = ggictl_toestemming_grant, .kind = &ggictl_kind_toestemming      \
    },                                                                         \
    GGICTL_SHOW_COMMAND("toestemming", &ggictl_kind_toestemming, "consent", "an id", "ID"), \
    {                                                                          \
        .name = "toestemming list", .arguments = "", .min = 0, .max = 0,       \
        .options = GGICTL_SOME(GGICTL_ALL, GGICTL_STORE),                      \
        .summary = "lists all consents in Redis",                              \
        .text =                                                                \
            "Lists id, versie, afnemer, doelbinding, gegeven, geldig_tot and ingetrokken of all " \
            "consents in Redis, a line for each, with a tab between. What no gate accepts has " \
            "the word \"faulty\" and its first fault instead.",                \
        .status = "0.",                                                        \
        .run = ggictl_documents_list, .kind = &ggictl_kind_toestemming         \
    },                                                                         \
    {                                                                          \
        .name = "toestemming withdraw", .arguments = "ID", .min = 1, .max = 1, \
        .options = GGICTL_SOME(GGICTL_ALL, GGICTL_STORE, GGICTL_CHANGES),      \
        .summary = "withdraws a consent in Redis and tells the gates",         \
        .text =                                                                \
            "Notes in the consent of an id that it is withdrawn now, and tells the gates, which " \
            "refuse the next call with it. The consent stays in Redis, as its next version.", \
        .status = "0 when it was withdrawn, 1 when there was none or it had been withdrawn.", \
        .run = ggictl_toestemming_withdraw, .kind = &ggictl_kind_toestemming   \
    },                                                                         \
    GGICTL_PAST_COMMANDS("toestemming", &ggictl_kind_toestemming, "consent", "consents", "id", \
                         "an id", "ID")


#endif
