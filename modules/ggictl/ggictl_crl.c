/* SPDX-License-Identifier: EUPL-1.2 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <openssl/objects.h>

#include "ggi_crl_dir.h"
#include "ggi_crl_state.h"
#include "ggi_signature.h"
#include "ggi_trust.h"
#include "ggictl_crl.h"
#include "ggictl_input.h"
#include "ggictl_lists.h"
#include "ggictl_out.h"

#define GGICTL_CRL_ALGORITHM  64        /* bytes of the name of an algorithm */


typedef struct {
    json_t           *result;           /* result of the command; NULL: print text */
    json_t           *wrong;            /* what is wrong with one list; NULL: print text */
    time_t            now;
    ggi_trust_t       trust;            /* trust.n is 0 without --trust */
    ggictl_folder_t   folder;           /* all lists that were shown */
    const char       *shown;            /* name of the file for messages */
    int               rc;
} ggictl_crl_t;


/* Tells what is wrong with the list that was shown last, or with a file. */
static void
ggictl_crl_wrong(ggictl_crl_t *crl, const char *text)
{
    ggictl_say(crl->result, "  wrong: %s\n", text);
    json_array_append_new(crl->wrong, crl->result ? ggictl_json_cstr(text) : NULL);
    crl->rc = GGICTL_NO;
}


/* Writes the name of the algorithm of a signature; of RSASSA-PSS its digest as well. */
static void
ggictl_crl_algorithm(const ggi_crl_list_t *list, char name[GGICTL_CRL_ALGORITHM])
{
    ggi_der_t                     der = { ggi_crl_part(list, algorithm), list->algorithm.len };
    X509_ALGOR                   *algorithm;
    ggi_signature_t               scheme;
    const ASN1_OBJECT            *object;
    const unsigned char          *data = der.data;

    snprintf(name, GGICTL_CRL_ALGORITHM, "?");
    algorithm = d2i_X509_ALGOR(NULL, &data, (long) der.len);

    if (algorithm) {
        X509_ALGOR_get0(&object, NULL, NULL, algorithm);
        OBJ_obj2txt(name, GGICTL_CRL_ALGORITHM, object, 0);
    }

    if (ggi_signature_read(&scheme, &der) && scheme.key == NID_rsassaPss) {
        snprintf(name, GGICTL_CRL_ALGORITHM, "RSASSA-PSS with %s", EVP_MD_get0_name(scheme.md));
    }

    X509_ALGOR_free(algorithm);
}


/* Tells what is wrong with a list: by itself, by the time and by who should have signed it. */
static void
ggictl_crl_judge(ggictl_crl_t *crl, const ggi_crl_list_t *list, const X509_NAME *issuer)
{
    char                   weak[GGICTL_WEAK_MAX];
    const ggi_trust_ca_t  *ca;

    if (list->wrong[0]) {
        ggictl_crl_wrong(crl, list->wrong);
    }

    if (ggictl_lists_weak(list, crl->trust.level, weak)) {
        ggictl_crl_wrong(crl, weak);
    }

    if (crl->now > list->next_update) {
        ggictl_crl_wrong(crl, "has expired: fetch a newer one");
    }

    if (crl->now < list->this_update) {
        ggictl_crl_wrong(crl, "is not in force yet: look whether the clock is right");
    }

    if (crl->trust.n) {
        ca = issuer ? ggi_trust_find(&crl->trust, issuer) : NULL;

        if (ca == NULL) {
            ggictl_crl_wrong(crl, "is of a CA whose certificate --trust does not have");

        } else if (list->wrong[0] == '\0' && ggi_trust_signer(&crl->trust, ca, list) == NULL) {
            ggictl_crl_wrong(crl, "no key that --trust has of this CA signed it");
        }
    }
}


static void
ggictl_crl_list(ggictl_crl_t *crl, const ggi_crl_list_t *list)
{
    char        file[GGI_CRL_PATH_MAX], name[GGI_TRUST_NAME_MAX], number[GGI_CRL_NUMBER_TEXT];
    char        from[GGI_CRL_TIME_TEXT], until[GGI_CRL_TIME_TEXT], algorithm[GGICTL_CRL_ALGORITHM];
    X509_NAME  *issuer;

    snprintf(file, sizeof(file), "%s", crl->shown);
    ggi_one_line(file);
    issuer = ggi_crl_list_issuer(list);
    name[0] = '\0';

    if (issuer) {
        ggi_crl_name_text(issuer, name, sizeof(name));
    }

    ggi_crl_number_text(&list->number, number);
    ggi_crl_time_text(list->this_update, from);
    ggi_crl_time_text(list->next_update, until);
    ggictl_crl_algorithm(list, algorithm);

    ggictl_say(crl->result,
               "%s: %s\n  number %s, from %s until %s, %" PRIu64 " %s, signed with %s\n",
               file, name, number, from, until, list->n, list->n == 1 ? "entry" : "entries",
               algorithm);

    if (crl->result) {
        crl->wrong = json_array();
        json_array_append_new(
            json_object_get(crl->result, "lists"),
            json_pack("{s:o, s:o, s:o, s:s, s:s, s:I, s:s, s:O}", "file",
                      ggictl_json_cstr(crl->shown), "issuer", ggictl_json_cstr(name), "number",
                      list->number.len ? json_string(number) : json_null(), "this_update", from,
                      "next_update", until, "entries", (json_int_t) list->n, "algorithm",
                      algorithm, "wrong", crl->wrong));
    }

    ggictl_crl_judge(crl, list, issuer);

    json_decref(crl->wrong);
    crl->wrong = NULL;
    X509_NAME_free(issuer);
}


static void
ggictl_crl_unreadable(ggictl_crl_t *crl, const ggi_fault_t *fault)
{
    ggictl_say(crl->result, "%s\n", fault->text);
    json_array_append_new(json_object_get(crl->result, "unreadable"),
                          crl->result ? ggictl_json_cstr(fault->text) : NULL);
    crl->rc = GGICTL_NO;
}


/* Shows the lists of the file at path, or tells that it cannot be read. */
static void
ggictl_crl_file(void *data, const char *path)
{
    ggi_fault_t            fault = ggi_fault_init;
    ggictl_crl_t          *crl = data;
    const ggictl_lists_t  *lists;
    const ggi_crl_list_t  *list = NULL;

    crl->shown = (strncmp(path, "/proc/self/fd/", 14) == 0) ? ggictl_input_name("-") : path;

    lists = ggictl_folder_add(&crl->folder, path, &fault);

    if (lists == NULL) {
        ggictl_crl_unreadable(crl, &fault);
        return;
    }

    while ((list = ggi_crl_room_next(&lists->room, list)) != NULL) {
        ggictl_crl_list(crl, list);
    }
}


/* Tells of each CA of --trust by whose lists, of those that were shown, no call is allowed. */
static void
ggictl_crl_missing(ggictl_crl_t *crl)
{
    size_t              i;
    ggi_crl_standing_t  standing;

    for (i = 0; i < crl->trust.n; i++) {
        if (!ggictl_folder_standing(&crl->folder, crl->trust.cas[i].subject,
                                    crl->trust.certificates, crl->now, &standing))
        {
            ggictl_say(crl->result,
                       "no usable list of %s: calls with its certificates are refused with "
                       "revocation_unknown\n",
                       crl->trust.cas[i].name);
            json_array_append_new(json_object_get(crl->result, "missing"),
                                  crl->result ? ggictl_json_cstr(crl->trust.cas[i].name) : NULL);
            crl->rc = GGICTL_NO;
        }
    }
}


/* Tells by what name audit records call all lists that were shown, those of one directory. */
static void
ggictl_crl_state(ggictl_crl_t *crl)
{
    char  state[GGI_STATE_LEN];

    if (crl->folder.crls.n && ggi_crls_state(&crl->folder.crls, state)) {
        ggictl_say(crl->result, "the audit records of a gate that has these lists name them %.*s\n",
                   GGI_STATE_LEN, state);
        json_object_set_new(crl->result, "state",
                            crl->result ? json_stringn(state, GGI_STATE_LEN) : NULL);
    }
}


/* Shows the lists of a directory. Returns 1, or 0 after a message when it cannot be read. */
static int
ggictl_crl_dir(ggictl_crl_t *crl, const char *dir)
{
    size_t       before;
    ggi_fault_t  fault = ggi_fault_init;

    before = crl->folder.n;

    if (!ggictl_folder_each(dir, ggictl_crl_file, crl, &fault)) {
        ggictl_fail("%s", fault.text);
        return 0;
    }

    if (crl->folder.n == before) {
        ggi_fault(&fault, dir, "no revocation list that can be read");
        ggictl_crl_unreadable(crl, &fault);
    }

    return 1;
}


/* Shows all that was given. Returns GGICTL_ERROR after a message, or the exit status. */
static int
ggictl_crl_all(ggictl_args_t *args, ggictl_crl_t *crl)
{
    int           i, dirs;
    const char   *path;
    struct stat   st;

    dirs = 0;

    for (i = 0; i < args->n; i++) {
        if (stat(args->arguments[i], &st) == 0 && S_ISDIR(st.st_mode)) {
            dirs = 1;

            if (!ggictl_crl_dir(crl, args->arguments[i])) {
                return GGICTL_ERROR;
            }

            continue;
        }

        path = ggictl_input(args->arguments[i]);

        if (path == NULL) {
            return GGICTL_ERROR;
        }

        ggictl_crl_file(crl, path);
    }

    if (dirs) {
        ggictl_crl_missing(crl);

        if (args->n == 1) {
            ggictl_crl_state(crl);
        }
    }

    return crl->rc;
}


int
ggictl_crl_show(ggictl_args_t *args)
{
    int            rc;
    const char    *path, *trust = args->option[GGICTL_TRUST];
    ggi_fault_t    fault = ggi_fault_init;
    ggictl_crl_t   crl;

    memset(&crl, 0, sizeof(ggictl_crl_t));
    crl.result = args->result;
    crl.now = time(NULL);

    if (args->result) {
        json_object_set_new(args->result, "lists", json_array());
        json_object_set_new(args->result, "unreadable", json_array());
        json_object_set_new(args->result, "missing", json_array());
    }

    if (trust) {
        path = ggictl_input(trust);

        if (path == NULL) {
            return GGICTL_ERROR;
        }

        if (!ggi_trust_read(&crl.trust, path, crl.now, &fault)) {
            return ggictl_fail("%s", fault.text);
        }
    }

    crl.trust.level = ggictl_lists_level(args->option[GGICTL_LEVEL]);
    crl.folder.crls.level = crl.trust.level;
    rc = ggictl_crl_all(args, &crl);

    ggictl_folder_free(&crl.folder);
    ggi_trust_free(&crl.trust);

    return rc;
}
