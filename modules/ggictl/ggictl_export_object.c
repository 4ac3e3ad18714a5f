/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include <openssl/evp.h>

#include "ggi_logged_text.h"
#include "ggi_uuid.h"
#include "ggictl_export_object.h"
#include "ggictl_out.h"
#include "ggictl_pseudonym.h"
#include "ggictl_show_text.h"

#define GGICTL_OBJECT_HASH     32       /* bytes of a SHA-256 */
#define GGICTL_OBJECT_NAME     242      /* most characters of a name */
#define GGICTL_OBJECT_DIGITS   32       /* digits of a pseudonym behind its key */


/*
 * Writes a UUID of version 8 (RFC 9562) that is made of a word and of trace and span of a
 * decision, so that it is the same at each export. Returns 1, or 0 when OpenSSL cannot hash.
 */
static int
ggictl_object_uuid(char uuid[GGI_UUID_LEN + 1], const char *word, const ggi_str_t *field)
{
    int            n;
    char           text[128];
    size_t         i, k;
    unsigned char  hash[GGICTL_OBJECT_HASH];

    static const char  digits[] = "0123456789abcdef";

    n = snprintf(text, sizeof(text), "%s %.*s %.*s", word, (int) field[GGI_LOGGED_TRACE].len,
                 field[GGI_LOGGED_TRACE].data, (int) field[GGI_LOGGED_SPAN].len,
                 field[GGI_LOGGED_SPAN].data);

    if (n < 0 || (size_t) n >= sizeof(text)
        || !EVP_Digest(text, (size_t) n, hash, NULL, EVP_sha256(), NULL))
    {
        return 0;
    }

    hash[6] = (unsigned char) ((hash[6] & 0x0f) | 0x80);
    hash[8] = (unsigned char) ((hash[8] & 0x3f) | 0x80);

    for (k = 0, i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            uuid[k++] = '-';
        }

        uuid[k++] = digits[hash[i] >> 4];
        uuid[k++] = digits[hash[i] & 0x0f];
    }

    uuid[k] = '\0';

    return 1;
}


/*
 * Sets who the call was about: the BSN that was asked for by --subject, or the digits of the
 * pseudonym, whose key the kind names.
 */
static void
ggictl_object_person(json_t *object, const ggi_str_t *field, const ggictl_args_t *args)
{
    char         bsn[GGI_BSN_LEN], kind[64];
    ggi_str_t    person, subject;
    const char  *asked;

    subject = field[GGI_LOGGED_SUBJECT];
    asked = args->option[GGICTL_SUBJECT];

    if (asked && strncmp(asked, "hmac:", 5) != 0) {
        person = ggictl_pseudonym_subject(asked, bsn);
        json_object_set_new(object, "soortObjectId", json_string("BSN"));
        json_object_set_new(object, "objectId", ggictl_json_str(person.data, person.len));
        return;
    }

    person = subject;

    if (person.len > GGICTL_OBJECT_DIGITS) {
        person.data += person.len - GGICTL_OBJECT_DIGITS;
        person.len = GGICTL_OBJECT_DIGITS;
    }

    snprintf(kind, sizeof(kind), "%.*s", (int) (subject.len - person.len), subject.data);
    kind[strlen(kind) ? strlen(kind) - 1 : 0] = '\0';
    json_object_set_new(object, "soortObjectId", ggictl_json_cstr(kind[0] ? kind : "hmac"));
    ggictl_export_add(object, "objectId", person);
}


/* Adds the activity by its URI, and by its UUID when the URI ends in one. */
static void
ggictl_object_activity(json_t *action, ggi_str_t uri)
{
    char    uuid[GGI_UUID_LEN];
    size_t  len;

    len = uri.len < GGI_UUID_LEN ? uri.len : GGI_UUID_LEN;

    if (uri.len && ggi_uuid_read(uuid, uri.data + uri.len - len, len)) {
        json_object_set_new(action, "verwerkingsactiviteitId", ggictl_json_str(uuid, len));
    }

    ggictl_export_add(action, "verwerkingsactiviteitUrl", uri);
}


/* Adds the processing that the caller has claimed: by its UUID, or by its name. */
static void
ggictl_object_claimed(json_t *action, ggi_str_t verwerking)
{
    char  uuid[GGI_UUID_LEN];

    if (ggi_uuid_read(uuid, verwerking.data, verwerking.len)) {
        json_object_set_new(action, "verwerkingId", ggictl_json_str(uuid, sizeof(uuid)));

    } else if (verwerking.len <= GGICTL_OBJECT_NAME) {
        ggictl_export_add(action, "verwerkingNaam", verwerking);
    }
}


/* Returns the action, or NULL when OpenSSL cannot hash. */
static json_t *
ggictl_object_action(const ggi_str_t *field, const ggictl_processing_t *processing)
{
    char     uuid[GGI_UUID_LEN + 1], time[GGICTL_SHOW_TIME + 1];
    json_t  *action;

    if (!ggictl_object_uuid(uuid, "verwerkingsactie", field)) {
        return NULL;
    }

    (void) ggictl_show_time(time, processing->start);
    action = json_pack("{s:s+, s:s}", "url", "urn:uuid:", uuid, "actieId", uuid);

    if (strlen(processing->name) <= GGICTL_OBJECT_NAME) {
        json_object_set_new(action, "actieNaam", ggictl_json_cstr(processing->name));
    }

    ggictl_object_claimed(action, field[GGI_LOGGED_VERWERKING]);
    ggictl_object_activity(action, field[GGI_LOGGED_ACTIVITEIT]);
    json_object_set_new(action, "vertrouwelijkheid", json_string("normaal"));
    ggictl_export_add(action, "vertrouwelijkheid", field[GGI_LOGGED_VERTROUWELIJKHEID]);
    ggictl_export_add(action, "bewaartermijn", field[GGI_LOGGED_BEWAARTERMIJN]);
    ggictl_export_add(action, "uitvoerder", field[GGI_LOGGED_HOLDER]);

    if (field[GGI_LOGGED_OIN].len) {
        json_object_set_new(action, "soortAfnemerId", json_string("OIN"));
        ggictl_export_add(action, "afnemerId", field[GGI_LOGGED_OIN]);
    }

    json_object_set_new(action, "tijdstip", json_string(time));
    json_object_set_new(action, "tijdstipRegistratie", json_string(time));

    return action;
}


/* Returns the fields that the call asks for as kinds of data, or NULL without memory. */
static json_t *
ggictl_object_velden(ggi_str_t velden)
{
    json_t     *kinds;
    ggi_str_t   veld;

    kinds = json_array();

    while (ggi_logged_next(&velden, &veld)) {
        json_array_append_new(kinds, json_pack("{s:o}", "soortGegeven",
                                               ggictl_export_text(veld)));
    }

    return kinds;
}


json_t *
ggictl_export_object(const ggi_str_t *field, const ggictl_processing_t *processing)
{
    char     uuid[GGI_UUID_LEN + 1];
    json_t  *object, *action;

    if (field[GGI_LOGGED_SUBJECT].len == 0 || !ggictl_object_uuid(uuid, "verwerkt object", field)) {
        return NULL;
    }

    action = ggictl_object_action(field, processing);

    if (action == NULL) {
        return NULL;
    }

    object = json_pack("{s:s+, s:s, s:s}", "url", "urn:uuid:", uuid, "verwerktObjectId", uuid,
                       "objecttype", "persoon");
    ggictl_object_person(object, field, processing->args);
    json_object_set_new(object, "verwerkteSoortenGegevens",
                        ggictl_object_velden(field[GGI_LOGGED_VELDEN]));
    json_object_set_new(object, "verwerkingsactie", action);

    return object;
}
