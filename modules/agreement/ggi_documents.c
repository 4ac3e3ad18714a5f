/* SPDX-License-Identifier: EUPL-1.2 */

/* Many documents from one file, by key. */

#include <stdio.h>
#include <stdlib.h>

#include "ggi_documents.h"


typedef int (*ggi_documents_visit_pt)(void *data, json_t *document,
    const char *where, const ggi_str_t *key, ggi_fault_t *fault);


static int
ggi_documents_walk_array(json_t *array, const char *parent,
    ggi_documents_visit_pt visit, void *data, ggi_fault_t *fault)
{
    char     where[GGI_SOURCE_WHERE_MAX];
    size_t   i;
    json_t  *document;

    json_array_foreach(array, i, document) {
        ggi_where(where, "%s[%zu]", parent, i);

        if (!visit(data, document, where, NULL, fault)) {
            return 0;
        }
    }

    return 1;
}


static int
ggi_documents_walk_object(json_t *object, ggi_documents_visit_pt visit,
    void *data, ggi_fault_t *fault)
{
    char         where[GGI_SOURCE_WHERE_MAX];
    json_t      *document;
    ggi_str_t    name;
    const char  *key;

    json_object_foreach(object, key, document) {
        name.data = key;
        name.len = strlen(key);
        ggi_where(where, "$.%.64s", key);

        if (!visit(data, document, where, &name, fault)) {
            return 0;
        }
    }

    return 1;
}


int
ggi_documents_walk(const ggi_document_kind_t *kind, json_t *root,
    ggi_documents_visit_pt visit, void *data, ggi_fault_t *fault)
{
    char         where[GGI_SOURCE_WHERE_MAX];
    json_t      *array;
    const char  *known[1];

    if (json_is_array(root)) {
        return ggi_documents_walk_array(root, "$", visit, data, fault);
    }

    if (!json_is_object(root)) {
        ggi_fault(fault, "$", "invalid, expected an array of %s", kind->plural);
        return 0;
    }

    known[0] = kind->list;
    array = json_object_get(root, kind->list);

    if (json_is_array(array)) {
        ggi_where(where, "$.%s", kind->list);

        return ggi_source_members(root, "$", known, 1, fault)
               && ggi_documents_walk_array(array, where, visit, data, fault);
    }

    if (json_object_get(root, kind->shape->key) || json_object_get(root, kind->body)) {
        return visit(data, root, "$", NULL, fault);
    }

    return ggi_documents_walk_object(root, visit, data, fault);
}


/* What is made while a file is read. */
typedef struct {
    const ggi_document_kind_t  *kind;
    ggi_documents_t            *documents;
    json_t                     *seen;   /* the JSON paths of the documents, by key */
} ggi_documents_reader_t;


/* Notes where the document of a key stands; a second one of a key is a fault. */
static int
ggi_documents_once(ggi_documents_reader_t *reader, json_t *document, const char *where,
    ggi_fault_t *fault)
{
    char                        place[GGI_SOURCE_WHERE_MAX];
    json_t                     *first;
    const char                 *key;
    const ggi_document_kind_t  *kind;

    kind = reader->kind;
    key = json_string_value(json_object_get(document, kind->shape->key));

    if (key == NULL) {
        return 1;
    }

    first = json_object_get(reader->seen, key);

    if (first) {
        ggi_where(place, "%s.%s", where, kind->shape->key);

        return ggi_fault(fault, place, "%s %.64s has two %s, expected one: "
                         "the first one is %s", kind->key_title, key, kind->plural,
                         json_string_value(first));
    }

    return json_object_set_new(reader->seen, key, json_string(where)) == 0
           || ggi_fault(fault, where, "no memory for the %s", kind->key_title);
}


static int
ggi_documents_add(void *data, json_t *root, const char *where,
    const ggi_str_t *key, ggi_fault_t *fault)
{
    ggi_document_t          *document;
    ggi_documents_t         *documents;
    ggi_documents_reader_t  *reader = data;

    /* who checks a file wants to put it into Redis, where the gate takes no larger ones */

    if (fault->each
        && json_dumpb(root, NULL, 0, JSON_COMPACT) > GGI_DOCUMENT_TEXT_MAX)
    {
        (void) ggi_fault(fault, where, "too large, expected at most %d bytes "
                         "of JSON, which is what a gate takes from Redis",
                         GGI_DOCUMENT_TEXT_MAX);
    }

    document = ggi_document_compile(reader->kind->shape, root, where, key, fault);

    if (document) {
        documents = reader->documents;
        documents->documents[documents->n++] = document;

    } else if (!fault->each) {
        return 0;
    }

    return ggi_documents_once(reader, root, where, fault);
}


/* Mixes eight bytes into a hash, in such a way that all of them tell in its lower half. */
static inline uint64_t
ggi_documents_mix(uint64_t hash, const char *eight)
{
    uint64_t  word;

    memcpy(&word, eight, 8);
    hash = (hash ^ word) * 0x9e3779b97f4a7c15;

    return hash ^ hash >> 32;
}


/* Who reads the file has chosen its keys: no need of a keyed hash. */
static uint32_t
ggi_documents_hash(ggi_str_t key)
{
    char      padded[8] = "";
    size_t    i;
    uint64_t  hash;

    hash = key.len;

    if (key.len < 8) {
        if (key.len) {
            memcpy(padded, key.data, key.len);
        }

        return (uint32_t) ggi_documents_mix(hash, padded);
    }

    for (i = 0; i + 8 < key.len; i += 8) {
        hash = ggi_documents_mix(hash, key.data + i);
    }

    return (uint32_t) ggi_documents_mix(hash, key.data + key.len - 8);
}


/* Makes the table in which they are found, however many there are, at the same cost. */
static int
ggi_documents_index(const ggi_document_kind_t *kind, ggi_documents_t *documents,
    ggi_fault_t *fault)
{
    size_t                 i, k, size;
    uint32_t               hash;
    const ggi_document_t  *document;

    for (size = 4; size <= 2 * documents->n; size *= 2) {
        /* a power of two */
    }

    documents->slots = calloc(size, sizeof(ggi_documents_slot_t));
    if (documents->slots == NULL || documents->n >= UINT32_MAX) {
        return ggi_fault(fault, "$", "no memory for %zu %s", documents->n, kind->plural);
    }

    documents->mask = size - 1;

    for (i = 0; i < documents->n; i++) {
        document = documents->documents[i];
        hash = ggi_documents_hash(ggi_document_text(document, document->key));

        for (k = hash & documents->mask; documents->slots[k].number;
             k = (k + 1) & documents->mask)
        {
            /* the next free one */
        }

        documents->slots[k].hash = hash;
        documents->slots[k].number = (uint32_t) i + 1;
    }

    return 1;
}


static int
ggi_documents_compile(ggi_documents_reader_t *reader, json_t *root, ggi_fault_t *fault)
{
    int     ok;
    size_t  n;

    /* as many as there can be, in whatever shape */
    n = json_is_object(root) ? json_object_size(root) : json_array_size(root);
    n += json_array_size(json_object_get(root, reader->kind->list));

    reader->seen = json_object();
    reader->documents->documents = calloc(n + 1, sizeof(ggi_document_t *));

    ok = reader->seen && reader->documents->documents
         ? ggi_documents_walk(reader->kind, root, ggi_documents_add, reader, fault)
         : ggi_fault(fault, "$", "no memory for %zu %s", n, reader->kind->plural);

    json_decref(reader->seen);

    return ok;
}


int
ggi_documents_read(const ggi_document_kind_t *kind, ggi_documents_t *documents,
    const char *file, ggi_fault_t *fault)
{
    int                     ok;
    size_t                  faults;
    json_t                 *root;
    ggi_documents_reader_t  reader;

    faults = fault->n;
    memset(documents, 0, sizeof(ggi_documents_t));

    root = ggi_source_read(file, fault);
    if (root == NULL) {
        return 0;
    }

    reader.kind = kind;
    reader.documents = documents;

    ok = ggi_documents_compile(&reader, root, fault)
         && ggi_documents_index(kind, documents, fault)
         && fault->n == faults;

    json_decref(root);

    if (!ok) {
        ggi_documents_free(documents);
    }

    return ok;
}


void
ggi_documents_free(ggi_documents_t *documents)
{
    size_t  i;

    for (i = 0; i < documents->n; i++) {
        free(documents->documents[i]);
    }

    free(documents->documents);
    free(documents->slots);
    memset(documents, 0, sizeof(ggi_documents_t));
}


const ggi_document_t *
ggi_documents_find(const ggi_documents_t *documents, ggi_str_t key)
{
    size_t                       k;
    uint32_t                     hash;
    const ggi_document_t        *document;
    const ggi_documents_slot_t  *slot;

    hash = ggi_documents_hash(key);

    for (k = hash & documents->mask; ; k = (k + 1) & documents->mask) {
        slot = &documents->slots[k];

        if (slot->number == 0) {
            return NULL;
        }

        if (slot->hash != hash) {
            continue;
        }

        document = documents->documents[slot->number - 1];

        if (ggi_str_eq(key, ggi_document_text(document, document->key))) {
            return document;
        }
    }
}
