/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The table of commands. The arguments are checked by it, and the help, the manual page
 * and the shell completion are written from it.
 */

#include <stddef.h>

#include "ggictl_adopt.h"
#include "ggictl_audit.h"
#include "ggictl_crl.h"
#include "ggictl_dataset_show.h"
#include "ggictl_dienst.h"
#include "ggictl_doctor.h"
#include "ggictl_expire.h"
#include "ggictl_explain.h"
#include "ggictl_export.h"
#include "ggictl_fetch.h"
#include "ggictl_index.h"
#include "ggictl_match.h"
#include "ggictl_pseudonym.h"
#include "ggictl_query.h"
#include "ggictl_seal.h"
#include "ggictl_ship.h"
#include "ggictl_stats.h"
#include "ggictl_table.h"
#include "ggictl_table_consents.h"
#include "ggictl_table_documents.h"
#include "ggictl_tail.h"
#include "ggictl_wanted.h"

/* Options that several commands take, for GGICTL_SOME(). */
#define GGICTL_CALL   GGICTL_DIENST, GGICTL_METHOD, GGICTL_PATH
#define GGICTL_EXPLAINED                                                       \
    GGICTL_ALL, GGICTL_STORE, GGICTL_CALL, GGICTL_CLAIM, GGICTL_NAMENS, GGICTL_AT, \
    GGICTL_REGISTER, GGICTL_NIVEAU, GGICTL_ASKED, GGICTL_DESTINATION, GGICTL_FIELDS, \
    GGICTL_FIELDS_ALWAYS, GGICTL_FIELDS_ALIAS

/*
 * The commands for documents that say what is agreed, of a kind: ggictl_table_documents.h tells
 * what the parameters are.
 */
#define GGICTL_DOCUMENT_COMMANDS(word, of_kind, formal, what, several, key, of, argument) \
    GGICTL_CHECK_COMMAND(word, of_kind, formal, several),                      \
    GGICTL_LOAD_COMMAND(word, of_kind, several, key,                           \
                        GGICTL_SOME(GGICTL_ALL, GGICTL_STORE, GGICTL_FORCE, GGICTL_PRUNE, \
                                    GGICTL_DRY_RUN, GGICTL_CHANGES),           \
                        "With --prune those that are in Redis and in no file are withdrawn in " \
                        "the same step, unless they are more than those in files. "), \
    GGICTL_DIFF_COMMAND(word, of_kind, several, key),                          \
    GGICTL_SHOW_COMMAND(word, of_kind, what, of, argument),                    \
    {                                                                          \
        .name = word " list", .arguments = "", .min = 0, .max = 0,             \
        .options = GGICTL_SOME(GGICTL_ALL, GGICTL_STORE),                      \
        .summary = "lists all " several " in Redis",                           \
        .text =                                                                \
            "Lists " key ", versie, geldig_van, geldig_tot and naam of all " several " in Redis, " \
            "a line for each " key ", with a tab between. What no gate accepts has the word " \
            "\"faulty\" and its first fault instead.",                         \
        .status = "0.",                                                        \
        .run = ggictl_documents_list, .kind = (of_kind)                        \
    },                                                                         \
    {                                                                          \
        .name = word " withdraw", .arguments = (argument), .min = 1, .max = 1, \
        .options = GGICTL_SOME(GGICTL_ALL, GGICTL_STORE, GGICTL_CHANGES),      \
        .summary = "takes the " what " of " of " out of Redis and tells the gates", \
        .text =                                                                \
            "Takes the " what " of " of " out of Redis and tells the gates, which refuse the " \
            "next call of that " key ".",                                      \
        .status = "0 when something was withdrawn, 1 when nothing was there.", \
        .run = ggictl_documents_withdraw, .kind = (of_kind)                    \
    },                                                                         \
    GGICTL_PAST_COMMANDS(word, of_kind, what, several, key, of, argument)

/*
 * The command that explains how a call is judged by documents of a kind. by is what it is judged
 * by, file the option that names a file of these, and aside begins what is not judged. takes and
 * needs are the options that it takes and requires, by GGICTL_SOME().
 */
#define GGICTL_EXPLAIN_COMMAND(command, of_kind, takes, needs, by, file, aside) \
    {                                                                          \
        .name = (command), .arguments = "", .min = 0, .max = 0,                \
        .options = (takes), .required = (needs),                               \
        .summary = "the decision that the gate would take on a call, and why", \
        .text =                                                                \
            "Judges a call with the code of the gate: by " by " from Redis or " file ", and by " \
            "--register and --fields when these are given. The path is decoded and resolved as " \
            "nginx does it with \"merge_slashes on\", its default; a path or method that nginx " \
            "rejects is refused " \
            "with request_rejected. " aside " not judged, and rewrites of a configuration are " \
            "not known.",                                                      \
        .status = "0 when the call is allowed, 1 when it is refused.",         \
        .run = ggictl_explain, .kind = (of_kind)                               \
    }


const ggictl_command_t  ggictl_commands[] = {
    GGICTL_DOCUMENT_COMMANDS("profiel", &ggictl_kind_profiel, "autorisatieprofielen", "profile",
                             "profiles", "OIN", "an OIN", "OIN"),
    GGICTL_DOCUMENT_COMMANDS("functie", &ggictl_kind_functie, "functions of applications",
                             "functions", "functions", "toepassing", "an application", "NAME"),
    GGICTL_EXPLAIN_COMMAND("functie explain", &ggictl_kind_functie,
                           GGICTL_SOME(GGICTL_EXPLAINED, GGICTL_FUNCTIONS, GGICTL_TOEPASSING,
                                       GGICTL_FUNCTIE, GGICTL_GEBRUIKER, GGICTL_OIN),
                           GGICTL_SOME(GGICTL_CALL), "the functions of the application",
                           "--functions", "Network and the audit log are"),
    GGICTL_CONSENT_COMMANDS,
    {
        .name = "dataset show", .arguments = "", .min = 0, .max = 0,
        .options = GGICTL_SOME(GGICTL_ALL, GGICTL_STORE),
        .summary = "which data set Redis has, and who changed it last",
        .text =
            "Shows id and number of the data set in Redis, by which gates know that it is the "
            "right one, when and by whom it was changed last, and the ids of those that it takes "
            "the place of.",
        .status = "0 when there is one, 1 when there is none or it is malformed.",
        .run = ggictl_dataset_show
    },
    {
        .name = "dataset adopt", .arguments = "[ID...]", .min = 0, .max = GGI_DATASET_EARLIER,
        .options = GGICTL_SOME(GGICTL_ALL, GGICTL_STORE, GGICTL_CHANGES),
        .summary = "makes what Redis has the data set that gates accept",
        .text =
            "Gives what Redis has a new id, with which it takes the place of the data set that it "
            "was before, and of those whose ids are given. Gates name in their log the id that "
            "they know, when Redis has another data set or none. Look with \"profiel list\" first: "
            "gates let in whom it has, and nobody else.",
        .status = "0.",
        .run = ggictl_dataset_adopt
    },
    {
        .name = "register check", .arguments = "FILE...", .min = 1, .max = GGICTL_MANY,
        .options = GGICTL_SOME(GGICTL_ALL),
        .summary = "names all faults of registers of doelbindingen",
        .text =
            "Checks registers of doelbindingen as a gate reads them, and names every fault with"
            " its JSON path. Members that are unknown are faults as well. \"-\" is standard "
            "input.",
        .status = "0 when all files are good, 1 when a file has a fault.",
        .run = ggictl_register_check
    },
    {
        .name = "dienst init", .arguments = "OPENAPI", .min = 1, .max = 1,
        .options = GGICTL_SOME(GGICTL_ALL, GGICTL_DIENST, GGICTL_INIT_TO),
        .summary = "begins a dienst from the OpenAPI document of its API",
        .text =
            "Reads an OpenAPI document of 3.0 or 3.1, as JSON, and writes three files: the "
            "location of the dienst for nginx, a profile with its methods and paths, and an entry "
            "of the register of doelbindingen. What is to be filled in is marked FILL IN. A file "
            "that is there already is not replaced. \"-\" is standard input. Without --dienst the "
            "name is made from the title of the document.",
        .status = "0 when all was written, 1 when the document has a fault.",
        .run = ggictl_dienst_init
    },
    GGICTL_EXPLAIN_COMMAND("explain", &ggictl_kind_profiel,
                           GGICTL_SOME(GGICTL_EXPLAINED, GGICTL_PROFILES, GGICTL_OIN),
                           GGICTL_SOME(GGICTL_CALL, GGICTL_OIN), "the caller's profile",
                           "--profiles", "Network, certificate and the audit log are"),
    {
        .name = "audit verify", .arguments = "[FILE|DIR...]", .min = 0, .max = GGICTL_MANY,
        .options = GGICTL_SOME(GGICTL_ALL, GGICTL_PARTIAL, GGICTL_KEY, GGICTL_WITNESS_CA,
                               GGICTL_INTERVAL),
        .summary = "whether the records of an audit log are those that were written",
        .text =
            "Looks whether no record was changed, taken out or added. Name the log as "
            "\"ggi_audit_log\" does, its files NAME*.jsonl*, or the directory that they are in: "
            "rotated files belong to the log too, also those that are packed by gzip or zstd. "
            "\"-\" is standard input. Without a file the log is /var/log/nginx/ggi-audit.jsonl. "
            "With --key it verifies by the seals of the log as well, by which its end is known and "
            "no record can be written anew. Without, compare the last numbers that are shown with "
            "those that were seen elsewhere.",
        .status =
            "0 when no fault was found, and with --key the log is whole by its seals; 1 otherwise.",
        .run = ggictl_audit_verify
    },
    {
        .name = "audit tail", .arguments = "[FILE|DIR...]", .min = 0, .max = GGICTL_MANY,
        .options = GGICTL_SOME(GGICTL_ALL, GGICTL_WANTED, GGICTL_EVENT, GGICTL_LIMIT,
                               GGICTL_FOLLOW),
        .summary = "the last calls of an audit log, a line each, and those that come",
        .text =
            "Shows the last ten calls, or as many as --limit says, of all workers, in the order of "
            "time: time, OIN, organisation, dienst, doelbinding, method and path, decision and "
            "reason, status and duration. Records in which the log tells of itself have a line "
            "between them and do not count. With --follow it goes on with those that come, over "
            "rotations, and shows a call after 2 seconds although it is open, and again when it "
            "ends. Without a file the log is /var/log/nginx/ggi-audit.jsonl; it is named as for "
            "\"audit verify\".",
        .status = "0.",
        .run = ggictl_tail
    },
    {
        .name = "audit query", .arguments = "[FILE|DIR...]", .min = 0, .max = GGICTL_MANY,
        .options = GGICTL_SOME(GGICTL_ALL, GGICTL_WANTED, GGICTL_EVENT, GGICTL_LIMIT, GGICTL_INDEX,
                               GGICTL_FROM_DATABASE),
        .summary = "the calls of an audit log that are asked for",
        .text =
            "Shows each call for which all options hold, as \"audit tail\" shows it, with its "
            "records in packed files too, or in a database. As JSON it gives the records "
            "themselves.",
        .status = "0 when something was found, 1 when nothing was.",
        .run = ggictl_query
    },
    {
        .name = "audit index", .arguments = "FILE|DIR...", .min = 1, .max = GGICTL_MANY,
        .options = GGICTL_SOME(GGICTL_ALL, GGICTL_INDEX),
        .summary = "indexes of an audit log, so that it is searched in less time",
        .text =
            "Makes the index of each file anew, beside the file or in the directory that --index "
            "names. \"audit query\" and \"audit stats\" then read only those parts of the log that "
            "may have what is asked for. What is recorded later is searched without an index.",
        .status = "0.",
        .run = ggictl_index
    },
    {
        .name = "audit stats", .arguments = "[FILE|DIR...]", .min = 0, .max = GGICTL_MANY,
        .options = GGICTL_SOME(GGICTL_ALL, GGICTL_WANTED, GGICTL_BY_WHAT, GGICTL_INDEX,
                               GGICTL_FROM_DATABASE),
        .summary = "how many calls of an audit log there are, and of what kind",
        .text =
            "Counts the calls for which all options hold: in all, and by dienst, organisation, "
            "doelbinding, reason and hour (of UTC). Failed are those that were let through and "
            "answered with a status of 500 or more; observed those that a gate in mode observe "
            "would have refused.",
        .status = "0 when there is a call, 1 when there is none.",
        .run = ggictl_stats
    },
    {
        .name = "audit match", .arguments = "PROVIDER... -- CONSUMER...", .min = 2,
        .max = GGICTL_MANY,
        .options = GGICTL_SOME(GGICTL_ALL, GGICTL_MATCH_OPTIONS),
        .summary = "whether the logs of provider and consumer tell of the same calls",
        .text =
            "Joins the audit logs of two organisations by the transaction of each call, and shows "
            "the calls that are open: those that one log has and the other does not, with what "
            "the other tells of lost records at that time, and those of which both tell another "
            "OIN, dienst, doelbinding, method, path or status. Each log is named as for \"audit "
            "verify\", those of the provider first; options stand before \"--\". It works in a "
            "temporary file in the directory of TMPDIR, or /var/tmp.",
        .status = "0 when no call is open, 1 when one is.",
        .run = ggictl_match
    },
    {
        .name = "audit export", .arguments = "[FILE|DIR...]", .min = 0, .max = GGICTL_MANY,
        .options = GGICTL_SOME(GGICTL_WANTED, GGICTL_INDEX, GGICTL_AS, GGICTL_GRANT,
                               GGICTL_FROM_DATABASE, GGICTL_HELP),
        .required = GGICTL_SOME(GGICTL_AS),
        .summary = "the calls of an audit log in the form of another standard",
        .text =
            "Writes the calls for which all options hold, a line each. As adl these are the "
            "decisions as they stand in the log; as ldv and otlp the calls that were let through, "
            "which processed data; as fsc these as records of one grant; as verwerkingenlogging "
            "those of them that are about a person; as csv all calls.",
        .status = "0 when something was written, 1 when nothing was.",
        .run = ggictl_export
    },
    {
        .name = "audit pseudonym", .arguments = "FILE VALUE", .min = 2, .max = 2,
        .options = GGICTL_SOME(GGICTL_ALL),
        .summary = "the pseudonyms of a BSN or a user in an audit log",
        .text =
            "Shows the pseudonym of a BSN or of the name of a user under each key in a file of "
            "ggi_audit_pseudonym_key, the newest first.",
        .status = "0.",
        .run = ggictl_pseudonym
    },
    {
        .name = "audit seal", .arguments = "", .min = 0, .max = 0,
        .options = GGICTL_SOME(GGICTL_ALL, GGICTL_LOG, GGICTL_KEYS, GGICTL_INTERVAL,
                               GGICTL_SEAL_FOLLOW, GGICTL_NODE, GGICTL_WITNESS, GGICTL_EXPIRE,
                               GGICTL_WHY, GGICTL_CHANGES),
        .required = GGICTL_SOME(GGICTL_LOG, GGICTL_KEYS),
        .summary = "seals an audit log, so that its records cannot be changed later",
        .text =
            "Appends a signed note to the seals of an audit log: how far each of its files goes, "
            "the hash over the lines since the seal before, and the last record of each chain. "
            "Each seal names the public key of the next one, and the secret of the one before is "
            "erased: who takes the machine cannot change what was sealed before. Run it as a user "
            "that nginx is not, with --follow. At its first start it shows a public key, which an "
            "auditor keeps elsewhere.",
        .status =
            "0 when a seal was made, 1 when the file of --expire is none that was sealed.",
        .run = ggictl_audit_seal
    },
    {
        .name = "audit ship", .arguments = "", .min = 0, .max = 0,
        .options = GGICTL_SOME(GGICTL_ALL, GGICTL_LOG, GGICTL_SHIP_TO, GGICTL_ONCE, GGICTL_FOLLOW,
                               GGICTL_TLS),
        .required = GGICTL_SOME(GGICTL_LOG),
        .summary = "ships an audit log to a database or Redis beyond this machine",
        .text =
            "Puts each record of an audit log into a database, exactly once, and those of all "
            "workers, rotated and packed files too. How far each file was shipped is kept in the "
            "database, in one transaction with the records, so that it goes on where it was, "
            "whoever was killed. With --follow it goes on with what is recorded; where the "
            "database does not answer it says so once, keeps its place, and tries again. The "
            "gateway does not wait for any of this.",
        .status =
            "0 when all was shipped; 1 when a line had to be set aside, or something is wrong with "
            "a file; 2 when the database does not answer.",
        .run = ggictl_ship
    },
    {
        .name = "audit expire", .arguments = "[FILE|DIR...]", .min = 0, .max = GGICTL_MANY,
        .options = GGICTL_SOME(GGICTL_ALL, GGICTL_REGISTER, GGICTL_DEFAULT, GGICTL_LOG, GGICTL_KEYS,
                               GGICTL_NODE, GGICTL_INDEX, GGICTL_DRY_RUN, GGICTL_FROM_SHIPPED,
                               GGICTL_TLS, GGICTL_CHANGES),
        .summary = "has records of an audit log go when their bewaartermijn is over",
        .text =
            "Replaces each record of an audit log that was kept for as long as the bewaartermijn "
            "of its doelbinding says by a tombstone, which keeps the place of the record in its "
            "chain, its time, its hash and its length, so that all other records can be verified "
            "as before. A log that is sealed needs --log and --keys: a seal says which records "
            "expired before they are replaced. Files that a process writes to are left as they "
            "are, and so is a file in which nothing expired. With --from the records of the "
            "database or the Redis that \"audit ship\" ships to are replaced in the same way, and "
            "so is what it has set aside there.",
        .status =
            "0 when all was done, 1 when a file or a stream was left as it is, and standard error "
            "has why.",
        .run = ggictl_expire
    },
    {
        .name = "crl fetch", .arguments = "[CA=URL...]", .min = 0, .max = GGICTL_MANY,
        .options = GGICTL_SOME(GGICTL_ALL, GGICTL_TRUST, GGICTL_TO, GGICTL_LEVEL, GGICTL_TIMEOUT,
                               GGICTL_CHANGES),
        .required = GGICTL_SOME(GGICTL_TRUST, GGICTL_TO),
        .summary = "gets the revocation lists of CAs and puts them in place",
        .text =
            "Downloads the revocation list of each CA in a file over HTTP, from the distribution "
            "point that a certificate in the file names which that CA issued, or from CA=URL. "
            "Checks who issued and signed it, that it is in force, and that it is not older than "
            "the one in place, and puts it into the directory by renaming. A list that is not good "
            "does not replace one that is: that stays as it is. CA is the common name of a CA or "
            "its whole name. CA=none leaves out a CA whose list comes in another way.",
        .status =
            "0 when the current list of each CA is in place; 1 when one is not, and each is named "
            "on standard error, with URL and remedy.",
        .run = ggictl_crl_fetch
    },
    {
        .name = "crl show", .arguments = "FILE|DIR...", .min = 1, .max = GGICTL_MANY,
        .options = GGICTL_SOME(GGICTL_ALL, GGICTL_TRUST, GGICTL_LEVEL),
        .summary = "what is in revocation lists, and what is wrong with them",
        .text =
            "Shows issuer, number, times, number of entries and algorithm of each revocation list "
            "in files, or in the files of directories, and what is wrong with it: why a gate does "
            "not use it, or that it has expired or is not in force yet. With --trust a list also "
            "has to be signed by a CA of that file, and a directory has to have a list of each of "
            "them. "
            "\"-\" is standard input.",
        .status = "0 when all lists can be used, 1 when something is wrong.",
        .run = ggictl_crl_show
    },
    {
        .name = "doctor", .arguments = "", .min = 0, .max = 0,
        .options = GGICTL_SOME(GGICTL_ALL, GGICTL_STORE, GGICTL_CONFIG, GGICTL_STATUS,
                               GGICTL_BUNDLE),
        .summary = "what is missing or risky at a gate, and what to do about it",
        .text =
            "Looks at the configuration of nginx and the files that it names: modes of gates, TLS "
            "by NCSC-NL 2025, certificates, keys, revocation lists, limits, the audit log and its "
            "seals; at Redis and the clock; and with --status at the running gate. Each finding "
            "is a line with its remedy. It changes nothing. Its exit status is that of a plugin of "
            "a monitor.",
        .status =
            "0 when all is good, 1 when there are warnings, 2 when something is critical, 3 when "
            "it could not look, and standard error has why.",
        .run = ggictl_doctor
    },
    {
        .name = "help", .arguments = "[COMMAND]", .min = 0, .max = 2,
        .options = GGICTL_SOME(GGICTL_HELP),
        .summary = "shows the help of a command, or which commands there are",
        .text =
            "Shows the help of a command, or of all that begin with a word, as \"profiel\"; "
            "without either, which commands there are.",
        .status = "0.",
        .run = NULL
    },
    { .name = NULL }
};
