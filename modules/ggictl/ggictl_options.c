/* SPDX-License-Identifier: EUPL-1.2 */

/* The table of the options of ggictl. */

#include "ggictl_options.h"


const ggictl_option_t  ggictl_options[GGICTL_OPTIONS] = {
    [GGICTL_REGISTER] = {
        .name = "register", .argument = "FILE",
        .text = "The register of doelbindingen; \"-\" is standard input."
    },
    [GGICTL_PROFILES] = {
        .name = "profiles", .argument = "FILE",
        .text = "Takes the profiles from a file instead of Redis; \"-\" is standard input."
    },
    [GGICTL_FUNCTIONS] = {
        .name = "functions", .argument = "FILE",
        .text = "Takes the functions from a file instead of Redis; \"-\" is standard input."
    },
    [GGICTL_TOEPASSING] = {
        .name = "toepassing", .argument = "NAME",
        .text = "The application that calls, as in X-Toepassing."
    },
    [GGICTL_FUNCTIE] = {
        .name = "functie", .argument = "NAME",
        .text = "The function that it calls for, as in X-Functie."
    },
    [GGICTL_GEBRUIKER] = {
        .name = "gebruiker", .argument = "NAME",
        .text = "The user on whose behalf it calls, as in X-Gebruiker."
    },
    [GGICTL_OIN] = {
        .name = "oin", .argument = "OIN",
        .text =
            "The OIN of the caller's certificate, or of \"ggi_dienst_organisation\" at a consumer; "
            "of a call in a log also the OIN on whose behalf it was made."
    },
    [GGICTL_DIENST] = {
        .name = "dienst", .argument = "NAME",
        .text = "The dienst that is called: the name in \"ggi_dienst\"."
    },
    [GGICTL_DIENST_NAMES] = {
        .name = "dienst-names", .argument = "PROVIDER=CONSUMER,...",
        .text =
            "Diensten to which the consumer gives another name than the provider does: both names, "
            "that of the provider first, with a comma between two such diensten."
    },
    [GGICTL_METHOD] = {
        .name = "method", .argument = "METHOD",
        .text = "The method of the call, in capitals."
    },
    [GGICTL_PATH] = {
        .name = "path", .argument = "PATH",
        .text =
            "The path of the call: for \"explain\" as the caller sends it, percent-encoded, with "
            "or without a query; for a log as it is recorded, where * stands for any characters."
    },
    [GGICTL_DESTINATION] = {
        .name = "destination", .argument = "URI",
        .text =
            "The header Destination of COPY or MOVE: an absolute path or URI, percent-encoded. "
            "Other methods have none."
    },
    [GGICTL_CLAIM] = {
        .name = "claim", .argument = "ID",
        .text = "The doelbinding that the call claims. It is judged when --register is given."
    },
    [GGICTL_NIVEAU] = {
        .name = "niveau", .argument = "LEVEL",
        .text =
            "The level of assurance that the call claims, as in X-Betrouwbaarheidsniveau. It is "
            "judged with the claim."
    },
    [GGICTL_ASKED] = {
        .name = "asked", .argument = "LEVEL", .values = "laag substantieel hoog",
        .text =
            "The level of assurance that \"ggi_doelbinding_niveau\" asks for where the call comes "
            "in. The register may ask for a higher one."
    },
    [GGICTL_FIELDS] = {
        .name = "fields", .argument = "FIELDS",
        .text =
            "The fields that the call asks for, with commas between them, such as "
            "naam,geboorte.datum."
    },
    [GGICTL_FIELDS_ALWAYS] = {
        .name = "always", .argument = "FIELD,...",
        .text =
            "The fields that \"ggi_levering_always\" names where the call comes in, with commas "
            "between them."
    },
    [GGICTL_FIELDS_ALIAS] = {
        .name = "alias", .argument = "FIELD=FIELD,...",
        .text =
            "What \"ggi_levering_alias\" has where the call comes in, with a comma "
            "between two aliases."
    },
    [GGICTL_NAMENS] = {
        .name = "namens", .argument = "OIN",
        .text = "The OIN on whose behalf the call is made."
    },
    [GGICTL_CONSENT_ID] = {
        .name = "id", .argument = "ID",
        .text =
            "The id of the consent. The default is a new UUID. A consent that has it is replaced "
            "by its next version, when it is of the same person."
    },
    [GGICTL_AFNEMER] = {
        .name = "afnemer", .argument = "OIN",
        .text = "The organisation that the consent is given to."
    },
    [GGICTL_FOR_DIENSTEN] = {
        .name = "dienst", .argument = "NAME,...",
        .text = "The diensten that it is given for, with commas between them."
    },
    [GGICTL_FOR_DOELBINDING] = {
        .name = "doelbinding", .argument = "ID",
        .text = "The doelbinding that it is given for."
    },
    [GGICTL_GIVEN] = {
        .name = "given", .argument = "TIME",
        .text =
            "When it was given: a date (2026-01-01) or a time of RFC 3339. The default is now."
    },
    [GGICTL_VALID_UNTIL] = {
        .name = "until", .argument = "TIME",
        .text =
            "Until when it is valid. Without it the consent is valid until it is withdrawn."
    },
    [GGICTL_AT] = {
        .name = "at", .argument = "TIME",
        .text =
            "Judges as at this time: a date (2026-01-01) or a time of RFC 3339. The default is "
            "now."
    },
    [GGICTL_FORCE] = {
        .name = "force",
        .text = "Loads what the file has whatever its version."
    },
    [GGICTL_PRUNE] = {
        .name = "prune",
        .text = "Withdraws what is in Redis and in none of the files, after showing it."
    },
    [GGICTL_PARTIAL] = {
        .name = "partial",
        .text = "Accepts that the log begins in files that are not given."
    },
    [GGICTL_LOG] = {
        .name = "log", .argument = "FILE",
        .text =
            "The audit log, by the path that \"ggi_audit_log\" has. Its seals are beside it, with "
            "the extension .seals."
    },
    [GGICTL_KEYS] = {
        .name = "keys", .argument = "DIR",
        .text =
            "The directory of the keys, which nobody but the user of this command may reach. It "
            "is made when it is not there."
    },
    [GGICTL_INTERVAL] = {
        .name = "interval", .argument = "TIME",
        .text = "The time between two seals, such as 500ms, 10s or 1m. The default is 10s."
    },
    [GGICTL_SEAL_FOLLOW] = {
        .name = "follow",
        .text = "Makes seals until SIGTERM or SIGINT, and a closing one then."
    },
    [GGICTL_NODE] = {
        .name = "node", .argument = "NAME",
        .text =
            "The name of the gateway in the seals. The default is the name of the host. It counts "
            "with the first seal alone."
    },
    [GGICTL_WITNESS] = {
        .name = "witness", .argument = "URL",
        .text =
            "An authority that gives time stamps (RFC 3161), of http:// or https://. It stamps the "
            "first seal that is made, and one an hour."
    },
    [GGICTL_WITNESS_CA] = {
        .name = "witness-ca", .argument = "FILE",
        .text =
            "The CAs of the witness, in PEM, by which the time stamps in the seals are verified."
    },
    [GGICTL_KEY] = {
        .name = "key", .argument = "PUBLIC",
        .text =
            "Verifies by the seals too: the public key of the first one, as \"audit seal\" has "
            "shown it, or a file with that."
    },
    [GGICTL_EXPIRE] = {
        .name = "expire", .argument = "FILE",
        .text =
            "Has a seal say that this file of the log will be removed by retention, and waits for "
            "that seal."
    },
    [GGICTL_DEFAULT] = {
        .name = "default", .argument = "TERM",
        .text = "The bewaartermijn of records without one, such as P5Y. Else they are kept."
    },
    [GGICTL_DRY_RUN] = {
        .name = "dry-run", .text = "Tells what would be changed, and changes nothing."
    },
    [GGICTL_WHY] = {
        .name = "reason", .argument = "TEXT",
        .text = "Why the file is removed."
    },
    [GGICTL_TRUST] = {
        .name = "trust", .argument = "FILE",
        .text = "The certificates of the CAs, in PEM."
    },
    [GGICTL_TO] = {
        .name = "to", .argument = "DIR",
        .text = "The directory of the lists, as ggi_pkio_crl names it."
    },
    [GGICTL_INIT_TO] = {
        .name = "to", .argument = "DIR",
        .text = "The directory that the files are written to. The default is the current one."
    },
    [GGICTL_LEVEL] = {
        .name = "level", .argument = "LEVEL", .values = "0 1 2 3 4 5",
        .text =
            "The security level of the server's TLS, by which signatures count: @SECLEVEL in "
            "\"ssl_ciphers\". The default is that of OpenSSL on this host."
    },
    [GGICTL_TIMEOUT] = {
        .name = "timeout", .argument = "SECONDS",
        .text = "Ends a download that takes longer. The default is 120, the most 3600."
    },
    [GGICTL_FROM] = {
        .name = "from", .argument = "TIME",
        .text =
            "Only what was recorded at this time or later: a date (2026-01-01, in UTC), a time of "
            "RFC 3339, or how long ago (90s, 15m, 12h or 30d)."
    },
    [GGICTL_FROM_DATABASE] = {
        .name = "from", .argument = "URL", .begins = "postgresql://",
        .text =
            "Reads the database that \"audit ship\" ships to, with the records of all gateways, "
            "instead of files. The URL is that of its --to."
    },
    [GGICTL_FROM_SHIPPED] = {
        .name = "from", .argument = "URL",
        .text =
            "Has records go in the database or the Redis that \"audit ship\" ships to, instead of "
            "in files. The URL is that of its --to. The default is GGI_EXPIRE_FROM of the "
            "environment, where the URL of Redis may have a user and a password."
    },
    [GGICTL_OF_NODE] = {
        .name = "node", .argument = "NAME",
        .text = "The gateway that recorded the call, by the name of ggi_audit_node."
    },
    [GGICTL_UNTIL] = {
        .name = "to", .argument = "TIME",
        .text = "Only what was recorded before this time; of a date until the end of that day."
    },
    [GGICTL_DOELBINDING] = {
        .name = "doelbinding", .argument = "ID",
        .text = "The doelbinding that the call claimed."
    },
    [GGICTL_DECISION] = {
        .name = "decision", .argument = "WORD", .values = "allowed refused observed",
        .text = "Only calls that were let through; only those that were refused; or only those "
                "that a gate in mode observe would have refused, for which --reason is that of "
                "the refusal."
    },
    [GGICTL_REASON] = {
        .name = "reason", .argument = "NAME",
        .text = "The reason of the refusal, such as claim_missing."
    },
    [GGICTL_TRANSACTION] = {
        .name = "transaction", .argument = "UUID",
        .text = "The transaction of the call, as in Fsc-Transaction-Id."
    },
    [GGICTL_TRACE] = {
        .name = "trace", .argument = "ID",
        .text = "The trace of the call, or a traceparent of it."
    },
    [GGICTL_SUBJECT] = {
        .name = "subject", .argument = "BSN",
        .text =
            "Who the call was about: a BSN, for which --pseudonym-key is needed, or a pseudonym "
            "of the log. With - it is the line of standard input, which no list of processes shows."
    },
    [GGICTL_OF_TOEPASSING] = {
        .name = "toepassing", .argument = "NAME",
        .text = "The application that called, as a consumer's gateway recorded it."
    },
    [GGICTL_OF_FUNCTIE] = {
        .name = "functie", .argument = "NAME",
        .text = "The function for which it called, as a consumer's gateway recorded it."
    },
    [GGICTL_OF_TOESTEMMING] = {
        .name = "toestemming", .argument = "ID",
        .text = "The consent by which the call was judged."
    },
    [GGICTL_USER] = {
        .name = "user", .argument = "NAME",
        .text =
            "The user for whom the call was made: a name, for which --pseudonym-key is needed "
            "where the log has pseudonyms, or a pseudonym of the log."
    },
    [GGICTL_PSEUDONYM_KEY] = {
        .name = "pseudonym-key", .argument = "FILE",
        .text = "The file of ggi_audit_pseudonym_key."
    },
    [GGICTL_EVENT] = {
        .name = "event", .argument = "NAME",
        .text =
            "Records in which the log tells of itself: the name of an event, such as gap, or all."
    },
    [GGICTL_CLOCK] = {
        .name = "clock", .argument = "TIME",
        .text =
            "By how much the clocks of provider and consumer may differ, such as 500ms, 30s or 2h, "
            "up to 24h. The default is 5m."
    },
    [GGICTL_LIMIT] = {
        .name = "limit", .argument = "NUMBER",
        .text = "Shows so many at the most: \"tail\" the last calls, otherwise the first."
    },
    [GGICTL_FOLLOW] = {
        .name = "follow", .letter = 'f',
        .text = "Goes on with what is recorded from now on."
    },
    [GGICTL_BY_WHAT] = {
        .name = "by", .argument = "WHAT", .values = "dienst organisation doelbinding reason hour",
        .text = "Counts by this alone."
    },
    [GGICTL_INDEX] = {
        .name = "index", .argument = "DIR",
        .text = "Where the indexes of \"audit index\" are. The default is beside each file."
    },
    [GGICTL_AS] = {
        .name = "as", .argument = "FORM",
        .values = "adl ldv otlp fsc verwerkingenlogging csv log",
        .text =
            "The form: adl (Authorization Decision Log), ldv (Logboek Dataverwerkingen), otlp "
            "(OpenTelemetry, traces), fsc (its transaction log), verwerkingenlogging (VNG) or csv; "
            "or log, the records of a database as they were written, for \"audit verify\"."
    },
    [GGICTL_GRANT] = {
        .name = "grant", .argument = "HASH",
        .text = "The hash of the grant of FSC by which the calls were made."
    },
    [GGICTL_SHIP_TO] = {
        .name = "to", .argument = "URL",
        .text =
            "Where to: a database, as postgresql://[USER@]HOST[:PORT]/NAME[?sslmode=verify-full], "
            "or Redis, as redis://HOST[:PORT][/DB] or rediss:// for TLS. The default is "
            "GGI_SHIP_TO of the environment, where the URL of Redis may have a user and a "
            "password. Those of a database stand in the file of PGPASSFILE."
    },
    [GGICTL_ONCE] = {
        .name = "once",
        .text = "Ends when all that is recorded was shipped. This is the default."
    },
    [GGICTL_CONFIG] = {
        .name = "config", .argument = "FILE",
        .text =
            "What \"nginx -T\" has written; \"-\" is standard input. The default is to run it, "
            "which root alone can."
    },
    [GGICTL_STATUS] = {
        .name = "status", .argument = "URL",
        .text = "The location of ggi_status of the running gate, or a file with its JSON."
    },
    [GGICTL_BUNDLE] = {
        .name = "bundle", .argument = "FILE",
        .text =
            "Writes a new file for a supporter: what was found, the configuration and the status, "
            "without secrets and personal data."
    },
    [GGICTL_REDIS] = {
        .name = "redis", .argument = "URL",
        .text =
            "Redis, as redis://[[USER]:PASSWORD@]HOST[:PORT][/DB], rediss:// for TLS, "
            "unix://PATH, sentinel://HOST[:PORT],.../MASTER[/DB] for the master that Sentinels "
            "name, or redis-cluster://HOST[:PORT],... for a Cluster. The default is GGI_REDIS of "
            "the environment, where a password belongs, since each user of the host can see "
            "arguments; or redis://127.0.0.1:6379/0."
    },
    [GGICTL_REDIS_CA] = {
        .name = "redis-ca", .argument = "FILE",
        .text =
            "The CAs, in PEM, that the certificate of Redis has to be from. The default is "
            "GGI_REDIS_CA of the environment, or the CAs of the system."
    },
    [GGICTL_REDIS_CERT] = {
        .name = "redis-cert", .argument = "FILE",
        .text =
            "A client certificate for a Redis that asks for one, and those of its CAs, in PEM. "
            "The default is GGI_REDIS_CERT of the environment."
    },
    [GGICTL_REDIS_KEY] = {
        .name = "redis-key", .argument = "FILE",
        .text =
            "The private key of that certificate, in PEM, without a passphrase. The default is "
            "GGI_REDIS_KEY of the environment."
    },
    [GGICTL_CHANGES] = {
        .name = "changes", .argument = "FILE",
        .text =
            "The log in which it is recorded who changes what; without it nothing is changed. The "
            "default is that of /etc/ggictl.conf, or else GGI_CHANGES of the environment."
    },
    [GGICTL_OUTPUT] = {
        .name = "output", .letter = 'o', .argument = "FORMAT", .values = "text json",
        .text = "Writes the result as text, the default, or as JSON."
    },
    [GGICTL_HELP] = {
        .name = "help", .letter = 'h',
        .text = "Shows the help of the command, or which commands there are."
    },
    [GGICTL_VERSION] = {
        .name = "version",
        .text = "Shows the version."
    },
    [GGICTL_MAN] = { .name = "man" },
    [GGICTL_COMPLETION] = {
        .name = "completion", .argument = "SHELL", .values = "bash"
    }
};


int
ggictl_options_have(const uint8_t *list, size_t option)
{
    for ( /* void */ ; list && *list != GGICTL_OPTIONS; list++) {
        if (*list == option) {
            return 1;
        }
    }

    return 0;
}
