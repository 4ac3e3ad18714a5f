/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE                     /* asprintf(), scandir() */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ggi_source.h"
#include "ggictl_check.h"
#include "ggictl_documents.h"
#include "ggictl_gather.h"
#include "ggictl_input.h"
#include "ggictl_out.h"


/* Adds the name of a file, which the store takes over, to those of a store. */
static int
ggictl_gather_file(ggictl_store_t *store, char *name)
{
    ggictl_file_t  *files;

    files = name ? realloc(store->files, (store->files_n + 1) * sizeof(ggictl_file_t)) : NULL;

    if (files == NULL) {
        free(name);
        (void) ggictl_fail("no memory");
        return 0;
    }

    store->files = files;
    files[store->files_n].name = name;
    files[store->files_n++].n = 0;

    return 1;
}


/* Returns 1 for an entry of a directory whose name is that of a file of documents, else 0. */
static int
ggictl_gather_wanted(const struct dirent *entry)
{
    const char  *end;

    end = strrchr(entry->d_name, '.');

    return end && end != entry->d_name
           && (strcmp(end, ".json") == 0 || strcmp(end, ".yaml") == 0 || strcmp(end, ".yml") == 0);
}


/* Adds the files of a directory to a store. Returns 1, or 0 after a message. */
static int
ggictl_gather_directory(ggictl_store_t *store, const char *directory)
{
    int              i, n, good;
    char            *name;
    struct dirent  **entries;

    n = scandir(directory, &entries, ggictl_gather_wanted, alphasort);

    if (n == -1) {
        (void) ggictl_fail("%s: %s", directory, strerror(errno));
        return 0;
    }

    good = (n > 0);

    if (!good) {
        (void) ggictl_fail("%s: has no file of .json, .yaml or .yml", directory);
    }

    for (i = 0; i < n; i++) {
        if (good && asprintf(&name, "%s/%s", directory, entries[i]->d_name) == -1) {
            name = NULL;
        }

        good = good && ggictl_gather_file(store, name);
        free(entries[i]);
    }

    free(entries);

    return good;
}


/* Adds the files that the arguments name to a store. Returns 1, or 0 after a message. */
static int
ggictl_gather_files(const ggictl_args_t *args, ggictl_store_t *store)
{
    int           i, good;
    struct stat   st;
    const char   *name;

    for (i = 0; i < args->n; i++) {
        name = args->arguments[i];

        good = (strcmp(name, "-") != 0 && stat(name, &st) == 0 && S_ISDIR(st.st_mode))
               ? ggictl_gather_directory(store, name) : ggictl_gather_file(store, strdup(name));

        if (!good) {
            return 0;
        }
    }

    return 1;
}


int
ggictl_gather_document(ggictl_store_t *store, json_t *document)
{
    char        *versie, *text;
    const char  *name;

    if (asprintf(&versie, "%" JSON_INTEGER_FORMAT,
                 json_integer_value(json_object_get(document, "versie")))
        < 0)
    {
        return 0;
    }

    text = json_dumps(document, JSON_COMPACT);

    if (text == NULL) {
        free(versie);
        return 0;
    }

    name = store->args->command->kind->stored->shape->key;

    return ggictl_store_add(store, json_string_value(json_object_get(document, name)), versie,
                            text);
}


static int
ggictl_gather_add(void *data, json_t *document, const char *where, const ggi_str_t *key,
    ggi_fault_t *fault)
{
    (void) where;
    (void) key;
    (void) fault;

    return ggictl_gather_document(data, document);
}


/* Adds the documents of a file that was checked. Returns 1, or 0 after a message. */
static int
ggictl_gather_read(ggictl_store_t *store, ggictl_file_t *file)
{
    int          good;
    size_t       before;
    json_t      *root;
    ggi_fault_t  fault = ggi_fault_init;

    root = ggi_source_read(ggictl_input(file->name), &fault);

    if (root == NULL) {
        (void) ggictl_fail("%s: %s", ggictl_input_name(file->name), fault.text);
        return 0;
    }

    before = store->n;
    store->source = ggictl_input_name(file->name);
    good = ggi_documents_walk(store->args->command->kind->documents, root, ggictl_gather_add,
                              store, &fault);
    file->n = store->n - before;
    json_decref(root);

    if (!good) {
        (void) ggictl_fail("%s: no memory", store->source);
    }

    return good;
}


/* Compares the keys of two documents. */
static int
ggictl_gather_compare(const void *one, const void *two)
{
    return strcmp(((const ggictl_located_t *) one)->name, ((const ggictl_located_t *) two)->name);
}


/* Notes where each document is. Returns 1, or 0 after a message, as when two have one key. */
static int
ggictl_gather_locate(ggictl_store_t *store)
{
    size_t                  i;
    const ggictl_stored_t  *one, *two;

    store->located = calloc(store->n, sizeof(ggictl_located_t));

    if (store->located == NULL) {
        (void) ggictl_fail("no memory");
        return 0;
    }

    store->located_n = store->n;

    for (i = 0; i < store->n; i++) {
        store->located[i].name = store->list[i].name;
        store->located[i].at = i;
    }

    qsort(store->located, store->n, sizeof(ggictl_located_t), ggictl_gather_compare);

    for (i = 1; i < store->n; i++) {
        one = &store->list[store->located[i - 1].at];
        two = &store->list[store->located[i].at];

        if (strcmp(one->name, two->name) == 0) {
            (void) ggictl_fail("%s: stands in %s and in %s", one->name, one->source, two->source);
            return 0;
        }
    }

    return 1;
}


/*
 * Checks the files of the arguments, and adds their documents to the store. Returns an exit
 * status. The caller frees all by ggictl_store_free() in each case.
 */
static int
ggictl_gather(ggictl_args_t *args, ggictl_store_t *store)
{
    int     rc, one;
    size_t  i;

    if (!ggictl_gather_files(args, store)) {
        return GGICTL_ERROR;
    }

    rc = GGICTL_OK;

    for (i = 0; i < store->files_n; i++) {
        one = ggictl_check_quietly(args, store->files[i].name);
        rc = (one > rc) ? one : rc;
    }

    for (i = 0; i < store->files_n && rc == GGICTL_OK; i++) {
        rc = ggictl_gather_read(store, &store->files[i]) ? GGICTL_OK : GGICTL_ERROR;
    }

    if (rc == GGICTL_OK && store->n == 0) {
        return ggictl_fail("%s: no %s to load", store->source,
                           args->command->kind->documents->plural);
    }

    return (rc == GGICTL_OK && !ggictl_gather_locate(store)) ? GGICTL_ERROR : rc;
}


int
ggictl_gather_and(ggictl_args_t *args, int (*run)(ggictl_store_t *store))
{
    int             rc;
    ggictl_redis_t  redis;
    ggictl_store_t  store = { .args = args, .redis = &redis };

    if (!ggictl_redis_named(args)) {
        return GGICTL_ERROR;
    }

    rc = ggictl_gather(args, &store);

    if (rc == GGICTL_OK) {
        rc = GGICTL_ERROR;

        if (ggictl_connect(&redis, args)) {
            rc = run(&store);
            ggictl_redis_close(&redis);
        }
    }

    ggictl_store_free(&store);

    return rc;
}


ggictl_stored_t *
ggictl_gather_find(const ggictl_store_t *store, const char *name)
{
    ggictl_located_t         key = { .name = name };
    const ggictl_located_t  *found;

    found = bsearch(&key, store->located, store->located_n, sizeof(ggictl_located_t),
                    ggictl_gather_compare);

    return found ? &store->list[found->at] : NULL;
}
