/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * ggictl: the tool of operators and auditors. It judges with the same code as
 * the gate.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "ggi_profile.h"
#include "ggi_profiles.h"
#include "ggi_redis.h"
#include "ggi_register.h"
#include "ggi_time.h"
#include "ggi_verify.h"
#include "ggictl_redis.h"


enum { GGICTL_OK, GGICTL_NO, GGICTL_ERROR };    /* exit status */


typedef struct {
    const char  *redis;
    const char  *redis_ca;
    const char  *profiles;
    const char  *reg;
    const char  *oin;
    const char  *dienst;
    const char  *method;
    const char  *path;
    const char  *claim;
    const char  *namens;
    const char  *at;
    int          force;
    int          partial;
} ggictl_options_t;


static const char  ggictl_usage[] =
    "usage:\n"
    "  ggictl profiel check FILE...       all faults of the profiles in files, with their JSON path\n"
    "  ggictl profiel load FILE           checks them and puts them into Redis, all or none; each has to be newer\n"
    "                                     than what is there (--force: whatever is there)\n"
    "  ggictl profiel show OIN            the profile in Redis\n"
    "  ggictl profiel list                OIN, version, validity and name of all profiles in Redis\n"
    "  ggictl profiel withdraw OIN        takes a profile out of Redis, and tells the gates\n"
    "  ggictl register check FILE...      all faults of registers of doelbindingen\n"
    "  ggictl explain --oin OIN --dienst NAME --method METHOD --path PATH [--claim ID] [--namens OIN] [--at TIME]\n"
    "                                     the decision that the gate would take, and why: from --profiles FILE or\n"
    "                                     Redis, and from --register FILE when the claim is to be judged\n"
    "  ggictl audit verify FILE...        whether the records of an audit log are those that were written, none changed,\n"
    "                                     missing or added: all files of a log, NAME*.jsonl*, in any order; - is standard\n"
    "                                     input, the oldest first\n"
    "                                     (--partial: earlier files may be missing)\n"
    "  --redis URL                        of Redis (default: GGI_REDIS, or redis://127.0.0.1:6379/0); rediss:// is over TLS\n"
    "  --redis-ca FILE                    CAs of Redis' certificate (default: GGI_REDIS_CA, or those of the system)\n"
    "Exit status: 0 good or allowed, 1 faulty, refused or not there, 2 it could not be done.\n";


static int
ggictl_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

static int
ggictl_fail(const char *format, ...)
{
    va_list  args;

    fputs("ggictl: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);

    return GGICTL_ERROR;
}


static ggi_str_t
ggictl_str(const char *text)
{
    ggi_str_t  str = { text ? strlen(text) : 0, text };

    return str;
}


/* Ends the program: there is nothing else to be done then. */
static _Noreturn void
ggictl_give_up(ggictl_redis_t *redis)
{
    int  rc;

    rc = ggictl_fail("redis: %s", redis->error);
    ggictl_redis_close(redis);
    exit(rc);
}


/* Connects, or ends the program. */
static void
ggictl_connect(ggictl_redis_t *redis, const ggictl_options_t *options)
{
    if (!ggictl_redis_open(redis, options->redis, options->redis_ca)) {
        ggictl_give_up(redis);
    }
}


/* The reply to a command, or the end of the program. */
static redisReply *
ggictl_ask(ggictl_redis_t *redis, int argc, const char **argv)
{
    redisReply  *reply;

    reply = ggictl_redis_ask(redis, argc, argv);

    if (reply == NULL) {
        ggictl_give_up(redis);
    }

    return reply;
}


static redisReply *
ggictl_get(ggictl_redis_t *redis, const char *oin)
{
    char         key[64];
    const char  *argv[2] = { "GET", key };

    snprintf(key, sizeof(key), GGI_REDIS_KEY_PREFIX "%.32s", oin);

    return ggictl_ask(redis, 2, argv);
}


static void
ggictl_print_fault(void *data, const char *text)
{
    printf("%s: %s\n", (const char *) data, text);
}


static int
ggictl_check_files(char **files, int n, int reg)
{
    int              i, ok, rc;
    ggi_register_t   doelbindingen;
    ggi_profiles_t   profiles;

    if (n == 0) {
        return ggictl_fail("expected a file to check");
    }

    rc = GGICTL_OK;

    for (i = 0; i < n; i++) {
        ggi_fault_t  fault = { .each = ggictl_print_fault, .data = files[i] };

        if (reg) {
            ok = ggi_register_read(&doelbindingen, files[i], &fault);

            if (ok) {
                printf("%s: good, %zu doelbindingen\n", files[i], doelbindingen.n);
                ggi_register_free(&doelbindingen);
            }

        } else {
            ok = ggi_profiles_read(&profiles, files[i], &fault);

            if (ok) {
                printf("%s: good, %zu profiles\n", files[i], profiles.n);
                ggi_profiles_free(&profiles);
            }
        }

        if (!ok) {
            rc = GGICTL_NO;
        }
    }

    return rc;
}


/*
 * All or none: each profile has to be newer than what is there, or the same.
 * Redis runs this as one step. ARGV: "1" to force, and of each key its versie,
 * profile and OIN.
 */
static const char  ggictl_load_script[] =
    "local changed = {} "
    "for i, key in ipairs(KEYS) do "
    "  local versie, text = tonumber(ARGV[3 * i - 1]), ARGV[3 * i] "
    "  local kind = redis.call('TYPE', key).ok "
    "  local old = kind == 'string' and redis.call('GET', key) or nil "
    "  changed[i] = old ~= text "
    "  if old and changed[i] and ARGV[1] ~= '1' then "
    "    local ok, there = pcall(cjson.decode, old) "
    "    if ok and type(there) == 'table' and type(there.versie) == 'number' and there.versie >= versie then "
    "      return ARGV[3 * i + 1] .. ' has version ' .. string.format('%d', there.versie) .. ' there, and version ' .. versie .. ' in the file' "
    "    end "
    "  end "
    "end "
    "local n = 0 "
    "for i, key in ipairs(KEYS) do "
    "  if changed[i] then "
    "    redis.call('SET', key, ARGV[3 * i]) "
    "    redis.call('PUBLISH', '" GGI_REDIS_CHANNEL "', ARGV[3 * i + 1]) "
    "    n = n + 1 "
    "  end "
    "end "
    "return n";


/* The words of the EVAL that loads a file. */
typedef struct {
    size_t        n;
    char        **keys;
    char        **arguments;            /* three a profile */
} ggictl_load_t;


static int
ggictl_add(void *data, json_t *profile, const char *where, const ggi_str_t *oin, ggi_fault_t *fault)
{
    char           **arguments;
    ggictl_load_t   *load = data;

    (void) where;
    (void) oin;
    (void) fault;

    load->keys = realloc(load->keys, (load->n + 1) * sizeof(char *));
    load->arguments = realloc(load->arguments, 3 * (load->n + 1) * sizeof(char *));

    if (load->keys == NULL || load->arguments == NULL) {
        return 0;
    }

    arguments = load->arguments + 3 * load->n;

    if (asprintf(&load->keys[load->n], GGI_REDIS_KEY_PREFIX "%s", json_string_value(json_object_get(profile, "oin"))) < 0
        || asprintf(&arguments[0], "%" JSON_INTEGER_FORMAT, json_integer_value(json_object_get(profile, "versie"))) < 0)
    {
        return 0;
    }

    arguments[1] = json_dumps(profile, JSON_COMPACT);
    arguments[2] = load->keys[load->n] + strlen(GGI_REDIS_KEY_PREFIX);
    load->n++;

    return arguments[1] != NULL;
}


static void
ggictl_load_free(ggictl_load_t *load)
{
    size_t  i;

    for (i = 0; i < load->n; i++) {
        free(load->arguments[3 * i]);
        free(load->arguments[3 * i + 1]);
        free(load->keys[i]);
    }

    free(load->arguments);
    free(load->keys);
}


static int
ggictl_load(const ggictl_options_t *options, char **files, int n)
{
    int              rc;
    size_t           i;
    char             count[32];
    json_t          *root;
    const char     **argv;
    redisReply      *reply;
    ggi_fault_t      fault = ggi_fault_init;
    ggictl_redis_t  redis;
    ggictl_load_t    load = { 0, NULL, NULL };

    if (n != 1) {
        return ggictl_fail("expected one file to load");
    }

    if (ggictl_check_files(files, 1, 0) != GGICTL_OK) {
        return GGICTL_NO;
    }

    root = ggi_source_read(files[0], &fault);

    if (root == NULL || !ggi_profiles_walk(root, ggictl_add, &load, &fault) || load.n == 0) {
        return ggictl_fail("%s: no profiles to load", files[0]);
    }

    argv = calloc(4 + 4 * load.n, sizeof(char *));
    if (argv == NULL) {
        return ggictl_fail("no memory");
    }

    snprintf(count, sizeof(count), "%zu", load.n);
    argv[0] = "EVAL";
    argv[1] = ggictl_load_script;
    argv[2] = count;

    for (i = 0; i < load.n; i++) {
        argv[3 + i] = load.keys[i];
    }

    argv[3 + load.n] = options->force ? "1" : "0";

    for (i = 0; i < 3 * load.n; i++) {
        argv[4 + load.n + i] = load.arguments[i];
    }

    ggictl_connect(&redis, options);
    reply = ggictl_ask(&redis, (int) (4 + 4 * load.n), argv);

    if (reply->type == REDIS_REPLY_INTEGER) {
        printf("%lld of %zu profiles changed\n", reply->integer, load.n);
        rc = GGICTL_OK;

    } else {
        printf("nothing changed: %s (--force puts it there all the same)\n", reply->str ? reply->str : "");
        rc = GGICTL_NO;
    }

    freeReplyObject(reply);
    ggictl_redis_close(&redis);
    free(argv);
    ggictl_load_free(&load);
    json_decref(root);

    return rc;
}


static int
ggictl_show(const ggictl_options_t *options, const char *oin)
{
    int             rc;
    json_t         *root;
    redisReply     *reply;
    ggictl_redis_t  redis;

    if (oin == NULL) {
        return ggictl_fail("expected an OIN");
    }

    ggictl_connect(&redis, options);
    reply = ggictl_get(&redis, oin);
    root = NULL;
    rc = GGICTL_NO;

    if (reply->type != REDIS_REPLY_STRING) {
        printf("%s: no profile\n", oin);

    } else if ((root = json_loadb(reply->str, reply->len, 0, NULL)) != NULL) {
        json_dumpf(root, stdout, JSON_INDENT(2));
        putchar('\n');
        rc = GGICTL_OK;

    } else {
        printf("%.*s\n", (int) reply->len, reply->str);
    }

    json_decref(root);
    freeReplyObject(reply);
    ggictl_redis_close(&redis);

    return rc;
}


static void
ggictl_list_one(ggictl_redis_t *redis, const char *key)
{
    json_t         *root;
    ggi_str_t       oin;
    redisReply     *reply;
    ggi_fault_t     fault = ggi_fault_init;
    ggi_profile_t  *profile;

    oin = ggictl_str(key + strlen(GGI_REDIS_KEY_PREFIX));
    reply = ggictl_get(redis, oin.data);

    if (reply->type != REDIS_REPLY_STRING) {
        freeReplyObject(reply);         /* withdrawn meanwhile */
        return;
    }

    profile = ggi_profile_parse(reply->str, reply->len, &oin, &fault);
    root = profile ? json_loadb(reply->str, reply->len, 0, NULL) : NULL;

    if (profile) {
        const char  *from = json_string_value(json_object_get(root, "geldig_van"));
        const char  *until = json_string_value(json_object_get(root, "geldig_tot"));
        const char  *name = json_string_value(json_object_get(root, "naam"));

        printf("%s\t%" PRId64 "\t%s\t%s\t%s\n", oin.data, profile->versie, from ? from : "-", until ? until : "-", name ? name : "-");
    } else {
        printf("%s\tfaulty\t%s\n", oin.data, fault.text);
    }

    free(profile);
    json_decref(root);
    freeReplyObject(reply);
}


static int
ggictl_list(const ggictl_options_t *options)
{
    char          cursor[32] = "0";
    size_t        i;
    redisReply   *reply;
    const char   *argv[] = { "SCAN", cursor, "MATCH", (GGI_REDIS_KEY_PREFIX "*"), "COUNT", "1000" };
    ggictl_redis_t  redis, values;

    ggictl_connect(&redis, options);
    ggictl_connect(&values, options);

    do {
        reply = ggictl_ask(&redis, 6, argv);
        snprintf(cursor, sizeof(cursor), "%s", reply->element[0]->str);

        for (i = 0; i < reply->element[1]->elements; i++) {
            ggictl_list_one(&values, reply->element[1]->element[i]->str);
        }

        freeReplyObject(reply);
    } while (strcmp(cursor, "0") != 0);

    ggictl_redis_close(&redis);
    ggictl_redis_close(&values);

    return GGICTL_OK;
}


static int
ggictl_withdraw(const ggictl_options_t *options, const char *oin)
{
    int           rc;
    char          key[64];
    redisReply   *reply;
    const char   *argv[] = {
        "EVAL", ("local n = redis.call('DEL', KEYS[1]) redis.call('PUBLISH', '" GGI_REDIS_CHANNEL "', ARGV[1]) return n"), "1", key, oin
    };
    ggictl_redis_t  redis;

    if (oin == NULL || strlen(oin) != 20) {
        return ggictl_fail("expected an OIN of 20 positions");
    }

    snprintf(key, sizeof(key), GGI_REDIS_KEY_PREFIX "%s", oin);
    ggictl_connect(&redis, options);
    reply = ggictl_ask(&redis, 5, argv);
    rc = reply->integer ? GGICTL_OK : GGICTL_NO;
    printf("%s: %s\n", oin, reply->integer ? "withdrawn" : "there was no profile");
    freeReplyObject(reply);
    ggictl_redis_close(&redis);

    return rc;
}


/* The caller's profile from the source that was named. NULL: there is none; or the end of the program. */
static ggi_profile_t *
ggictl_profile(const ggictl_options_t *options)
{
    int                   there;
    ggi_str_t             oin;
    redisReply           *reply;
    ggi_fault_t           fault = ggi_fault_init;
    ggictl_redis_t        redis;
    ggi_profile_t        *profile;
    ggi_profiles_t        profiles;
    const ggi_profile_t  *found;

    oin = ggictl_str(options->oin);

    if (options->profiles) {
        if (!ggi_profiles_read(&profiles, options->profiles, &fault)) {
            exit(ggictl_fail("%s: %s", options->profiles, fault.text));
        }

        found = ggi_profiles_find(&profiles, oin);
        profile = found ? malloc(found->size) : NULL;

        if (profile) {
            memcpy(profile, found, found->size);
        }

        ggi_profiles_free(&profiles);
        return profile;
    }

    ggictl_connect(&redis, options);
    reply = ggictl_get(&redis, options->oin);
    there = reply->type == REDIS_REPLY_STRING;
    profile = there ? ggi_profile_parse(reply->str, reply->len, &oin, &fault) : NULL;

    freeReplyObject(reply);
    ggictl_redis_close(&redis);

    if (there && profile == NULL) {
        printf("refused: profile_unavailable (503)\nthe profile in Redis is faulty: %s\n", fault.text);
        exit(GGICTL_NO);
    }

    return profile;
}


static ggi_reason_e
ggictl_judge_claim(const ggictl_options_t *options, const ggi_profile_t *profile, const ggi_profile_dienst_t *dienst, int64_t now)
{
    size_t                    i, n;
    ggi_str_t                *doelbindingen;
    ggi_fault_t               fault = ggi_fault_init;
    ggi_reason_e              reason;
    ggi_register_t            reg;
    ggi_claim_query_t         query;
    const ggi_doelbinding_t  *found;

    query.claim = ggictl_str(options->claim);

    if (query.claim.len == 0) {
        return GGI_REASON_CLAIM_MISSING;
    }

    if (!ggi_claim_well_formed(query.claim)) {
        return GGI_REASON_CLAIM_MALFORMED;
    }

    if (!ggi_register_read(&reg, options->reg, &fault)) {
        exit(ggictl_fail("%s: %s", options->reg, fault.text));
    }

    n = dienst->doelbindingen.len;
    doelbindingen = calloc(n + 1, sizeof(ggi_str_t));

    for (i = 0; doelbindingen && i < n; i++) {
        doelbindingen[i] = ggi_profile_item(profile, dienst->doelbindingen, i);
    }

    query.now = now;
    query.dienst = ggictl_str(options->dienst);
    query.profile = doelbindingen;
    query.profile_n = n;

    reason = ggi_claim_judge(&reg, &query, &found);

    if (found) {
        printf("doelbinding: %.*s, grondslag AVG %.*s %.*s\n", (int) found->doel.len, found->doel.data, (int) found->grondslag_avg.len,
               found->grondslag_avg.data, (int) found->grondslag_wet.len, found->grondslag_wet.data);
    }

    free(doelbindingen);
    ggi_register_free(&reg);

    return reason;
}


static void
ggictl_print_list(const char *title, const ggi_profile_t *profile, ggi_ref_t list)
{
    size_t     i;
    ggi_str_t  item;

    printf("%s:", title);

    for (i = 0; i < list.len; i++) {
        item = ggi_profile_item(profile, list, i);
        printf(" %.*s", (int) item.len, item.data);
    }

    putchar('\n');
}


static int
ggictl_explain(const ggictl_options_t *options)
{
    ggi_str_t                    text;
    ggi_reason_e                 reason;
    ggi_profile_t               *profile;
    ggi_profile_query_t          query;
    const ggi_profile_dienst_t  *dienst;

    if (!options->oin || !options->dienst || !options->method || !options->path) {
        return ggictl_fail("expected --oin, --dienst, --method and --path");
    }

    memset(&query, 0, sizeof(query));
    query.now = time(NULL);

    if (options->at && !ggi_time_read(ggictl_str(options->at), &query.now)) {
        return ggictl_fail("--at: expected a date, or a time of RFC 3339");
    }

    query.oin = ggictl_str(options->oin);
    query.dienst = ggictl_str(options->dienst);
    query.method = ggictl_str(options->method);
    query.path = ggictl_str(options->path);
    query.on_behalf_of = ggictl_str(options->namens);

    profile = ggictl_profile(options);
    reason = GGI_REASON_PROFILE_NOT_FOUND;

    if (profile) {
        text = ggi_profile_text(profile, profile->naam);
        printf("profile: version %" PRId64 ", %.*s\n", profile->versie, (int) text.len, text.data);
        reason = ggi_profile_judge(profile, &query, &dienst);

        if (dienst) {
            ggictl_print_list("methoden", profile, dienst->methoden);
            ggictl_print_list("paden", profile, dienst->paden);
            ggictl_print_list("doelbindingen", profile, dienst->doelbindingen);
            ggictl_print_list("namens", profile, dienst->namens);
        }

        if (reason == GGI_REASON_NONE && options->reg) {
            reason = ggictl_judge_claim(options, profile, dienst, query.now);
        }
    }

    free(profile);

    if (reason != GGI_REASON_NONE) {
        printf("refused: %s (%d)\n%s\n", ggi_reason_get(reason)->name, ggi_reason_get(reason)->status, ggi_reason_get(reason)->detail[GGI_LANG_EN]);
        return GGICTL_NO;
    }

    printf("allowed%s\n", options->reg ? "" : " by the profile; the claim was not judged: --register names the register");

    return GGICTL_OK;
}


static void
ggictl_say_fault(void *data, const char *text)
{
    (void) data;
    printf("%s\n", text);
}


static void
ggictl_say_chain(void *data, const char *id, int64_t first, int64_t last)
{
    (void) data;
    printf("chain %s: records %" PRId64 " to %" PRId64 "\n", id, first, last);
}


/* Whether a file that was just opened begins as gzip's do; no line of an audit log does. Nothing of it is read. */
static int
ggictl_is_packed(FILE *fp)
{
    int  c;

    c = getc(fp);
    (void) ungetc(c, fp);

    return c == 0x1f;
}


static int
ggictl_verify_file(ggi_verify_t *verify, const char *name)
{
    char     *line = NULL, where[256];
    FILE     *fp;
    size_t    size = 0, number;
    ssize_t   len;

    fp = strcmp(name, "-") == 0 ? stdin : fopen(name, "re");
    if (fp == NULL) {
        return ggictl_fail("%s: %s", name, strerror(errno));
    }

    if (ggictl_is_packed(fp)) {
        if (fp != stdin) {
            fclose(fp);
        }

        return ggictl_fail("%s is packed: give all files unpacked, the oldest first: "
                           "zcat -f $(ls -tr NAME*.jsonl*) | ggictl audit verify -", name);
    }

    ggi_verify_file(verify);

    for (number = 1; (len = getline(&line, &size, fp)) > 0; number++) {
        snprintf(where, sizeof(where), "%.200s:%zu", name, number);
        ggi_verify_line(verify, where, line, (size_t) len);
    }

    free(line);

    if (ferror(fp)) {
        return ggictl_fail("%s cannot be read whole", name);
    }

    if (fp != stdin) {
        fclose(fp);
    }

    return GGICTL_OK;
}


/* The end of a log cannot be seen in it: the last numbers are for who has seen them elsewhere. */
static int
ggictl_verify(const ggictl_options_t *options, char **files, int n)
{
    int           i, rc;
    ggi_verify_t  verify;

    if (n < 1) {
        return ggictl_fail("audit verify needs the files of an audit log");
    }

    if (!ggi_verify_start(&verify, ggictl_say_fault, NULL)) {
        return ggictl_fail("no memory");
    }

    verify.partial = options->partial;

    for (rc = GGICTL_OK, i = 0; i < n && rc == GGICTL_OK; i++) {
        rc = ggictl_verify_file(&verify, files[i]);
    }

    if (rc == GGICTL_OK) {
        ggi_verify_end(&verify);
        ggi_verify_chains(&verify, ggictl_say_chain, NULL);

        if (verify.twice) {
            printf("%" PRIu64 " records stand there twice\n", verify.twice);
        }

        printf("%" PRIu64 " records, %" PRIu64 " faults\n", verify.lines, verify.faults);
        rc = verify.faults ? GGICTL_NO : GGICTL_OK;
    }

    ggi_verify_free(&verify);

    return rc;
}


static int
ggictl_options(ggictl_options_t *options, int argc, char **argv)
{
    int                          option;
    static const struct option   known[] = {
        { "redis", required_argument, NULL, 'r' }, { "redis-ca", required_argument, NULL, 'R' }, { "profiles", required_argument, NULL, 'f' },
        { "register", required_argument, NULL, 'g' }, { "oin", required_argument, NULL, 'o' },
        { "dienst", required_argument, NULL, 'd' }, { "method", required_argument, NULL, 'm' },
        { "path", required_argument, NULL, 'p' }, { "claim", required_argument, NULL, 'c' },
        { "namens", required_argument, NULL, 'n' }, { "at", required_argument, NULL, 't' },
        { "force", no_argument, NULL, 'F' }, { "partial", no_argument, NULL, 'P' }, { "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 }
    };

    memset(options, 0, sizeof(ggictl_options_t));
    options->redis = getenv("GGI_REDIS");
    options->redis_ca = getenv("GGI_REDIS_CA");

    if (options->redis == NULL) {
        options->redis = "redis://127.0.0.1:6379/0";
    }

    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        switch (option) {
        case 'r': options->redis = optarg; break;
        case 'R': options->redis_ca = optarg; break;
        case 'f': options->profiles = optarg; break;
        case 'g': options->reg = optarg; break;
        case 'o': options->oin = optarg; break;
        case 'd': options->dienst = optarg; break;
        case 'm': options->method = optarg; break;
        case 'p': options->path = optarg; break;
        case 'c': options->claim = optarg; break;
        case 'n': options->namens = optarg; break;
        case 't': options->at = optarg; break;
        case 'F': options->force = 1; break;
        case 'P': options->partial = 1; break;
        case 'h': fputs(ggictl_usage, stdout); exit(GGICTL_OK);
        default: return 0;
        }
    }

    return 1;
}


int
main(int argc, char **argv)
{
    int                n;
    char             **words;
    ggictl_options_t   options;

    if (!ggictl_options(&options, argc, argv) || optind == argc) {
        fputs(ggictl_usage, stderr);
        return GGICTL_ERROR;
    }

    words = argv + optind;
    n = argc - optind;

    if (strcmp(words[0], "explain") == 0) {
        return ggictl_explain(&options);
    }

    if (strcmp(words[0], "register") == 0 && n > 1 && strcmp(words[1], "check") == 0) {
        return ggictl_check_files(words + 2, n - 2, 1);
    }

    if (strcmp(words[0], "audit") == 0 && n > 1 && strcmp(words[1], "verify") == 0) {
        return ggictl_verify(&options, words + 2, n - 2);
    }

    /* "profiel" may be left out: there is nothing else to load, show or withdraw */
    if (strcmp(words[0], "profiel") == 0 && n > 1) {
        words++;
        n--;
    }

    if (strcmp(words[0], "check") == 0) {
        return ggictl_check_files(words + 1, n - 1, 0);
    }

    if (strcmp(words[0], "load") == 0) {
        return ggictl_load(&options, words + 1, n - 1);
    }

    if (strcmp(words[0], "show") == 0) {
        return ggictl_show(&options, words[1]);
    }

    if (strcmp(words[0], "list") == 0) {
        return ggictl_list(&options);
    }

    if (strcmp(words[0], "withdraw") == 0) {
        return ggictl_withdraw(&options, words[1]);
    }

    fputs(ggictl_usage, stderr);
    return GGICTL_ERROR;
}
