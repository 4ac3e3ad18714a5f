/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE                     /* explicit_bzero() */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/rand.h>

#include "ggi_toestemming_compile.h"
#include "ggi_uuid.h"
#include "ggictl_documents.h"
#include "ggictl_input.h"
#include "ggictl_load.h"
#include "ggictl_out.h"
#include "ggictl_pseudonym.h"
#include "ggictl_toestemming.h"

#define GGICTL_TOESTEMMING_NOW   32     /* bytes of the present time as a text, with a NUL */
#define GGICTL_TOESTEMMING_FILE  1024   /* most bytes of a file with a BSN */


/* The pseudonyms of a person under all keys of a file, the newest first, each with a NUL. */
typedef struct {
    char    text[GGI_PSEUDONYM_KEYS][GGI_PSEUDONYM_LEN + 1];
    size_t  n;
} ggictl_person_t;


/* Returns the present time as consents have it. */
static const char *
ggictl_toestemming_now(char text[GGICTL_TOESTEMMING_NOW])
{
    time_t     now;
    struct tm  utc;

    now = time(NULL);
    (void) gmtime_r(&now, &utc);
    (void) strftime(text, GGICTL_TOESTEMMING_NOW, "%Y-%m-%dT%H:%M:%SZ", &utc);

    return text;
}


/* Reads the one BSN in a file. Returns 1, or 0 after a message, which never tells what it has. */
static int
ggictl_toestemming_bsn(char bsn[GGI_BSN_LEN], const char *name)
{
    char       text[GGICTL_TOESTEMMING_FILE + 1];
    ssize_t    n;
    unsigned   persons;
    ggi_str_t  read = { 0, text };

    n = ggictl_input_secret(name, text, sizeof(text));
    read.len = (n > 0) ? (size_t) n : 0;
    persons = (read.len > GGICTL_TOESTEMMING_FILE) ? 2
                                                   : ggi_bsn_persons(bsn, read, GGI_BSN_LEN - 1);
    explicit_bzero(text, sizeof(text));

    if (n >= 0 && persons != 1) {
        (void) ggictl_fail("%s: expected one BSN, of eight or nine digits",
                           ggictl_input_name(name));
    }

    return n >= 0 && persons == 1;
}


/* Makes the pseudonyms of the person whose BSN is in a file. Returns 1, or 0 after a message. */
static int
ggictl_toestemming_person(ggictl_person_t *person, const ggictl_args_t *args)
{
    int                   good;
    char                  bsn[GGI_BSN_LEN];
    ggi_str_t             subject = { GGI_BSN_LEN, bsn };
    ggi_pseudonym_keys_t  keys;

    good = ggictl_toestemming_bsn(bsn, args->arguments[0])
           && ggictl_pseudonym_keys(&keys, args->option[GGICTL_PSEUDONYM_KEY]);

    for (person->n = 0; good && person->n < keys.n; person->n++) {
        good = ggictl_pseudonym_write(person->text[person->n], subject, &keys.key[person->n], 0);
    }

    explicit_bzero(bsn, sizeof(bsn));
    explicit_bzero(&keys, sizeof(keys));

    return good;
}


/* Returns an array of the diensten in a list with commas, or NULL without memory. */
static json_t *
ggictl_toestemming_diensten(const char *list)
{
    json_t     *diensten;
    ggi_str_t   rest = ggictl_str(list), one;

    for (diensten = json_array(); diensten && rest.len; ) {
        one = ggi_str_cut(&rest, ',');
        (void) json_array_append_new(diensten, json_stringn(one.data, one.len));
    }

    return diensten;
}


/* Returns 1 when a consent is one that a gate accepts, 0 after a message otherwise. */
static int
ggictl_toestemming_good(const ggictl_args_t *args, json_t *consent, const char *id)
{
    char               *text;
    ggi_str_t           stored = ggictl_str(id);
    ggi_fault_t         fault = ggi_fault_init;
    ggi_toestemming_t  *compiled;

    text = json_dumps(consent, JSON_COMPACT);
    compiled = text ? ggi_toestemming_parse(text, strlen(text), &stored, &fault) : NULL;

    if (compiled == NULL) {
        (void) ggictl_fail("%s: %s", args->command->name, text ? fault.text : "no memory");
    }

    free(text);
    free(compiled);

    return compiled != NULL;
}


/*
 * Gets the consent of an id from Redis. Returns 1 and sets *consent to it, which the caller
 * releases, or to NULL when there is none; or 0 after a message.
 */
static int
ggictl_toestemming_get(json_t **consent, const ggictl_args_t *args, ggictl_redis_t *redis,
    const char *id)
{
    redisReply  *reply;

    *consent = NULL;
    reply = ggictl_documents_get(redis, args->command->kind, id);

    if (reply && reply->type == REDIS_REPLY_STRING) {
        *consent = json_loadb(reply->str, reply->len, JSON_REJECT_DUPLICATES, NULL);

        if (*consent == NULL) {
            (void) ggictl_fail("%s: what Redis has is no JSON", id);
            freeReplyObject(reply);
            return 0;
        }
    }

    freeReplyObject(reply);

    return reply != NULL;
}


/* Returns 1 when a consent is of a person, under whatever key; 0 otherwise. */
static int
ggictl_toestemming_is_of(json_t *consent, const ggictl_person_t *person)
{
    size_t       i;
    const char  *betrokkene;

    betrokkene = json_string_value(json_object_get(consent, "betrokkene"));

    for (i = 0; betrokkene && i < person->n; i++) {
        if (strcmp(betrokkene, person->text[i]) == 0) {
            return 1;
        }
    }

    return 0;
}


/* Makes a consent as the options say. Returns it, which the caller releases, or NULL. */
static json_t *
ggictl_toestemming_make(const ggictl_args_t *args, const char *id, const ggictl_person_t *person,
    json_int_t versie)
{
    char         now[GGICTL_TOESTEMMING_NOW];
    json_t      *consent;
    const char  *given = args->option[GGICTL_GIVEN], *until = args->option[GGICTL_VALID_UNTIL];

    consent = json_pack("{s:s, s:I, s:s, s:s, s:o, s:s, s:s}", "id", id, "versie", versie,
                        "betrokkene", person->text[0], "afnemer", args->option[GGICTL_AFNEMER],
                        "diensten", ggictl_toestemming_diensten(args->option[GGICTL_FOR_DIENSTEN]),
                        "doelbinding", args->option[GGICTL_FOR_DOELBINDING],
                        "gegeven", given ? given : ggictl_toestemming_now(now));

    if (consent && until) {
        (void) json_object_set_new(consent, "geldig_tot", ggictl_json_cstr(until));
    }

    if (consent == NULL) {
        (void) ggictl_fail("%s: an option is not UTF-8", args->command->name);
    }

    return consent;
}


/*
 * Puts the next version of a consent into Redis, over the one that is there, if that is of the
 * same person. Returns the exit status.
 */
static int
ggictl_toestemming_put(ggictl_args_t *args, ggictl_redis_t *redis, const char *id,
    const ggictl_person_t *person)
{
    int          rc;
    json_t      *there, *consent;
    json_int_t   versie;

    if (!ggictl_toestemming_get(&there, args, redis, id)) {
        return GGICTL_ERROR;
    }

    if (there && !ggictl_toestemming_is_of(there, person)) {
        json_decref(there);
        return ggictl_fail("%s: is the consent of another person", id);
    }

    versie = json_integer_value(json_object_get(there, "versie")) + 1;
    json_decref(there);
    consent = ggictl_toestemming_make(args, id, person, versie);
    rc = (consent && ggictl_toestemming_good(args, consent, id))
         ? ggictl_documents_put(args, redis, consent) : GGICTL_ERROR;

    if (rc == GGICTL_OK) {
        ggictl_say(args->result, "%s: granted, versie %lld\n", id, (long long) versie);
        json_object_set(args->result, "consent", consent);
    }

    json_decref(consent);

    return rc;
}


int
ggictl_toestemming_grant(ggictl_args_t *args)
{
    int              rc;
    char             made[GGI_UUID_LEN + 1];
    const char      *id = args->option[GGICTL_CONSENT_ID];
    unsigned char    random[GGI_UUID_RANDOM];
    ggictl_redis_t   redis;
    ggictl_person_t  person;

    if (id == NULL) {
        if (RAND_bytes(random, sizeof(random)) != 1) {
            return ggictl_fail("OpenSSL has no random numbers");
        }

        ggi_uuid7_write(made, (uint64_t) time(NULL) * 1000, random);
        made[GGI_UUID_LEN] = '\0';
        id = made;
    }

    if (!ggictl_key_good(args, id) || !ggictl_toestemming_person(&person, args)
        || !ggictl_connect(&redis, args))
    {
        return GGICTL_ERROR;
    }

    rc = ggictl_toestemming_put(args, &redis, id, &person);
    ggictl_redis_close(&redis);

    return rc;
}


/* Withdraws a consent that is in Redis, and of which NULL is none. Returns the exit status. */
static int
ggictl_toestemming_end(ggictl_args_t *args, ggictl_redis_t *redis, json_t *consent,
    const char *id)
{
    int          rc;
    char         now[GGICTL_TOESTEMMING_NOW];
    json_int_t   versie;
    const char  *before;

    json_object_set_new(args->result, "id", ggictl_json_cstr(id));
    before = json_string_value(json_object_get(consent, "ingetrokken"));

    if (consent == NULL || before) {
        ggictl_say(args->result, before ? "%s: was withdrawn before, %s\n" : "%s: %s\n", id,
                   before ? before : args->command->kind->absent);
        json_object_set_new(args->result, "withdrawn", json_false());
        return GGICTL_NO;
    }

    versie = json_integer_value(json_object_get(consent, "versie")) + 1;
    (void) json_object_set_new(consent, "ingetrokken", json_string(ggictl_toestemming_now(now)));
    (void) json_object_set_new(consent, "versie", json_integer(versie));

    rc = ggictl_toestemming_good(args, consent, id) ? ggictl_documents_put(args, redis, consent)
                                                    : GGICTL_ERROR;

    if (rc == GGICTL_OK) {
        ggictl_say(args->result, "%s: withdrawn, versie %lld\n", id, (long long) versie);
        json_object_set_new(args->result, "withdrawn", json_true());
        json_object_set(args->result, "consent", consent);
    }

    return rc;
}


int
ggictl_toestemming_withdraw(ggictl_args_t *args)
{
    int              rc;
    json_t          *consent;
    const char      *id = args->arguments[0];
    ggictl_redis_t   redis;

    if (!ggictl_key_good(args, id) || !ggictl_connect(&redis, args)) {
        return GGICTL_ERROR;
    }

    rc = GGICTL_ERROR;

    if (ggictl_toestemming_get(&consent, args, &redis, id)) {
        rc = ggictl_toestemming_end(args, &redis, consent, id);
        json_decref(consent);
    }

    ggictl_redis_close(&redis);

    return rc;
}
