/* SPDX-License-Identifier: EUPL-1.2 */

/* The commands that all kinds of documents have, in the table of commands. */

#ifndef GGICTL_TABLE_DOCUMENTS_H
#define GGICTL_TABLE_DOCUMENTS_H

#include "ggictl_check.h"
#include "ggictl_diff.h"
#include "ggictl_documents.h"
#include "ggictl_history.h"
#include "ggictl_load.h"
#include "ggictl_recorded.h"

/* Options that several commands take, for GGICTL_SOME(). */
#define GGICTL_ALL    GGICTL_OUTPUT, GGICTL_HELP
#define GGICTL_TLS    GGICTL_REDIS_CA, GGICTL_REDIS_CERT, GGICTL_REDIS_KEY
#define GGICTL_STORE  GGICTL_REDIS, GGICTL_TLS


/*
 * Rows of the table, for documents of a kind. word is the first word of their names, formal what
 * the documents are, what one of them is called, several what all of them are called; key is what
 * each stands under, of one whose it is, and argument how the help names that.
 */

#define GGICTL_CHECK_COMMAND(word, of_kind, formal, several)                   \
    {                                                                          \
        .name = word " check", .arguments = "FILE...", .min = 1, .max = GGICTL_MANY, \
        .options = GGICTL_SOME(GGICTL_ALL, GGICTL_REGISTER),                   \
        .summary = "names all faults of " several " in files, with their JSON path", \
        .text =                                                                \
            "Checks files of " formal " as a gate reads them, and names every fault with its " \
            "JSON path. Members that are unknown are faults as well. Warns about what is valid " \
            "and most likely wrong. With --register, a doelbinding that the register does not " \
            "have is a fault. \"-\" is standard input.",                       \
        .status = "0 when all files are good, 1 when a file has a fault.",     \
        .run = ggictl_documents_check, .kind = (of_kind)                       \
    }

/* takes are its options, by GGICTL_SOME(), and more tells what those do. */
#define GGICTL_LOAD_COMMAND(word, of_kind, several, key, takes, more)          \
    {                                                                          \
        .name = word " load", .arguments = "FILE|DIR...", .min = 1, .max = GGICTL_MANY, \
        .options = (takes),                                                    \
        .summary = "checks " several " and puts them into Redis, all or none", \
        .text =                                                                \
            "Checks files of " several ", and the .json, .yaml and .yml in directories, puts all " \
            "of them into Redis in one step, and tells the gates which have changed. Those of " \
            "each " key " have to be what is there already, or have a higher versie than that; " \
            "otherwise nothing is changed. " more "\"-\" is standard input.",  \
        .status =                                                              \
            "0 when the " several " are in Redis; 1, and nothing is changed, when a file has a " \
            "fault, Redis has a newer versie, or the change is refused otherwise.", \
        .run = ggictl_documents_load, .kind = (of_kind)                        \
    }

#define GGICTL_DIFF_COMMAND(word, of_kind, several, key)                       \
    {                                                                          \
        .name = word " diff", .arguments = "FILE|DIR...", .min = 1, .max = GGICTL_MANY, \
        .options = GGICTL_SOME(GGICTL_ALL, GGICTL_STORE),                      \
        .summary = "how " several " in files differ from those in Redis",      \
        .text =                                                                \
            "Compares files of " several ", named as for \"load\", with what is in Redis, and " \
            "changes nothing. Each line has the difference, " key ", versie in Redis, versie in " \
            "the file, and naam, with a tab between; below it stand the members that differ. " \
            "New is what is in a file alone, absent what is in Redis alone, changed what has a " \
            "higher versie in the file, and older what does not: --force loads that.", \
        .status = "0 when nothing differs, 1 when something does or a file has a fault.", \
        .run = ggictl_documents_diff, .kind = (of_kind)                        \
    }

#define GGICTL_SHOW_COMMAND(word, of_kind, what, of, argument)                 \
    {                                                                          \
        .name = word " show", .arguments = (argument), .min = 1, .max = 1,     \
        .options = GGICTL_SOME(GGICTL_ALL, GGICTL_STORE),                      \
        .summary = "shows the " what " in Redis",                              \
        .text = "Shows what Redis has as the " what " of " of ".",             \
        .status = "0 when there is something, 1 when there is nothing or it is no JSON.", \
        .run = ggictl_documents_show, .kind = (of_kind)                        \
    }

#define GGICTL_PAST_COMMANDS(word, of_kind, what, several, key, of, argument)  \
    {                                                                          \
        .name = word " verify", .arguments = "[LOG...]", .min = 0, .max = GGICTL_MANY, \
        .options = GGICTL_SOME(GGICTL_ALL, GGICTL_STORE, GGICTL_CHANGES),      \
        .summary = "whether the " several " in Redis are those that were recorded last", \
        .text =                                                                \
            "Compares the " what " of each " key " in Redis with the last record in the log of " \
            "changes, and names what was loaded, changed or withdrawn without ggictl. The log is " \
            "named as for \"audit verify\", or else it is that in which changes are recorded. " \
            "Redis has to be named as it was when the " several " were loaded.", \
        .status = "0 when all is as recorded, 1 when something is not.",       \
        .run = ggictl_documents_verify, .kind = (of_kind)                      \
    },                                                                         \
    {                                                                          \
        .name = word " export", .arguments = "", .min = 0, .max = 0,           \
        .options = GGICTL_SOME(GGICTL_ALL, GGICTL_STORE),                      \
        .summary = "all " several " in Redis, as a file that \"load\" takes",  \
        .text =                                                                \
            "Writes all " several " in Redis as one array of JSON, in the order of " key ". What " \
            "is no JSON is left out, and named on standard error.",            \
        .status = "0 when all are written, 1 when one was left out.",          \
        .run = ggictl_documents_export, .kind = (of_kind)                      \
    },                                                                         \
    {                                                                          \
        .name = word " history", .arguments = (argument), .min = 1, .max = 1,  \
        .options = GGICTL_SOME(GGICTL_ALL, GGICTL_STORE),                      \
        .summary = "who changed the " what " of " of " in Redis, and when",    \
        .text =                                                                \
            "Lists the changes of the " what " of " of " that Redis has in its stream of " \
            "changes, the oldest first, with a tab between: time, change (such as load), versie " \
            "before and after, who made it, and the number of the data set. Redis keeps " \
            "the last million changes.",                                       \
        .status = "0 when there is a change, 1 when none is noted.",           \
        .run = ggictl_documents_history, .kind = (of_kind)                     \
    }


#endif
