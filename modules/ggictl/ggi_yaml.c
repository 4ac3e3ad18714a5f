/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>
#include <yaml.h>

#include "ggi_yaml.h"


/* A text that is being read. */
typedef struct {
    yaml_parser_t  parser;
    yaml_event_t   event;               /* the last one, which is freed before the next */
    ggi_fault_t   *fault;
} ggi_yaml_t;


static json_t *ggi_yaml_node(ggi_yaml_t *yaml, unsigned depth);


int
ggi_yaml_is(const char *text, size_t len)
{
    size_t  i;

    for (i = 0; i < len && memchr(" \t\r\n", text[i], 4); i++) { /* void */ }

    return i < len && text[i] != '{' && text[i] != '[';
}


/* Adds a fault at a place of the text. Returns NULL. */
static json_t *
ggi_yaml_fault(ggi_yaml_t *yaml, yaml_mark_t mark, const char *message)
{
    ggi_fault(yaml->fault, "$", "line %zu, column %zu: %s", mark.line + 1, mark.column + 1,
              message);

    return NULL;
}


/* Reads the next event. Returns 1, or 0 after a fault. */
static int
ggi_yaml_next(ggi_yaml_t *yaml)
{
    const char  *problem;

    yaml_event_delete(&yaml->event);

    if (yaml_parser_parse(&yaml->parser, &yaml->event)) {
        return 1;
    }

    problem = yaml->parser.problem ? yaml->parser.problem : "no memory";

    if (yaml->parser.error == YAML_READER_ERROR) {
        ggi_fault(yaml->fault, "$", "byte %zu: %s", yaml->parser.problem_offset + 1, problem);

    } else {
        (void) ggi_yaml_fault(yaml, yaml->parser.problem_mark, problem);
    }

    return 0;
}


/* Returns what a scalar stands for, or NULL after a fault. */
static json_t *
ggi_yaml_scalar(ggi_yaml_t *yaml)
{
    size_t       len;
    json_t      *value;
    const char  *text;

    text = (const char *) yaml->event.data.scalar.value;
    len = yaml->event.data.scalar.length;

    if (yaml->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE) {
        if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0) {
            return json_boolean(text[0] == 't');
        }

        if (len == 0 || strcmp(text, "~") == 0 || strcmp(text, "null") == 0) {
            return json_null();
        }
    }

    value = memchr(text, '\0', len) ? NULL : json_stringn(text, len);

    return value ? value
                 : ggi_yaml_fault(yaml, yaml->event.start_mark, "a text that JSON cannot have");
}


/*
 * Reads the members of a map, whose begin was read, up to its end. Returns map, or NULL after a
 * fault; then map is released.
 */
static json_t *
ggi_yaml_map(ggi_yaml_t *yaml, json_t *map, unsigned depth)
{
    int          added;
    char        *key;
    json_t      *value;
    yaml_mark_t  mark;

    while (map && ggi_yaml_next(yaml)) {
        mark = yaml->event.start_mark;

        if (yaml->event.type == YAML_MAPPING_END_EVENT) {
            return map;
        }

        if (yaml->event.type != YAML_SCALAR_EVENT
            || memchr(yaml->event.data.scalar.value, '\0', yaml->event.data.scalar.length))
        {
            (void) ggi_yaml_fault(yaml, mark, "a key that is no text");
            break;
        }

        key = strdup((const char *) yaml->event.data.scalar.value);

        if (key == NULL || json_object_get(map, key)) {
            (void) ggi_yaml_fault(yaml, mark, key ? "a key that is there twice" : "no memory");
            free(key);
            break;
        }

        value = ggi_yaml_next(yaml) ? ggi_yaml_node(yaml, depth) : NULL;
        added = value && json_object_set_new(map, key, value) == 0;
        free(key);

        if (!added) {
            if (value) {
                (void) ggi_yaml_fault(yaml, mark, "a key that JSON cannot have");
            }

            break;
        }
    }

    json_decref(map);

    return NULL;
}


/* Reads the elements of a list as ggi_yaml_map() reads the members of a map. */
static json_t *
ggi_yaml_list(ggi_yaml_t *yaml, json_t *list, unsigned depth)
{
    json_t  *value;

    while (list && ggi_yaml_next(yaml)) {
        if (yaml->event.type == YAML_SEQUENCE_END_EVENT) {
            return list;
        }

        value = ggi_yaml_node(yaml, depth);

        if (value == NULL || json_array_append_new(list, value) != 0) {
            break;
        }
    }

    json_decref(list);

    return NULL;
}


/* Reads what the last event begins. Returns a new reference, or NULL after a fault. */
static json_t *
ggi_yaml_node(ggi_yaml_t *yaml, unsigned depth)
{
    yaml_mark_t  mark = yaml->event.start_mark;

    if (depth == GGI_YAML_DEPTH_MAX) {
        return ggi_yaml_fault(yaml, mark, "too many maps and lists in each other");
    }

    switch (yaml->event.type) {

    case YAML_SCALAR_EVENT:
        return ggi_yaml_scalar(yaml);

    case YAML_MAPPING_START_EVENT:
        return ggi_yaml_map(yaml, json_object(), depth + 1);

    case YAML_SEQUENCE_START_EVENT:
        return ggi_yaml_list(yaml, json_array(), depth + 1);

    case YAML_ALIAS_EVENT:
        return ggi_yaml_fault(yaml, mark, "an alias, which is not followed: write out what it "
                                          "stands for");

    default:
        return ggi_yaml_fault(yaml, mark, "expected a document");
    }
}


/* Reads the next event that is of neither of two types. Returns 1, or 0 after a fault. */
static int
ggi_yaml_past(ggi_yaml_t *yaml, yaml_event_type_t one, yaml_event_type_t other)
{
    do {
        if (!ggi_yaml_next(yaml)) {
            return 0;
        }
    } while (yaml->event.type == one || yaml->event.type == other);

    return 1;
}


/* Reads the one document of a text. Returns a new reference, or NULL after a fault. */
static json_t *
ggi_yaml_document(ggi_yaml_t *yaml)
{
    json_t  *document;

    document = ggi_yaml_past(yaml, YAML_STREAM_START_EVENT, YAML_DOCUMENT_START_EVENT)
               ? ggi_yaml_node(yaml, 0) : NULL;

    if (document == NULL) {
        return NULL;
    }

    if (!ggi_yaml_past(yaml, YAML_DOCUMENT_END_EVENT, YAML_NO_EVENT)) {
        json_decref(document);
        return NULL;
    }

    if (yaml->event.type != YAML_STREAM_END_EVENT) {
        json_decref(document);
        return ggi_yaml_fault(yaml, yaml->event.start_mark, "a second document");
    }

    return document;
}


json_t *
ggi_yaml_parse(const char *text, size_t len, ggi_fault_t *fault)
{
    json_t      *document;
    ggi_yaml_t   yaml = { .fault = fault };

    if (!yaml_parser_initialize(&yaml.parser)) {
        ggi_fault(fault, "$", "no memory");
        return NULL;
    }

    yaml_parser_set_input_string(&yaml.parser, (const unsigned char *) text, len);
    yaml_parser_set_encoding(&yaml.parser, YAML_UTF8_ENCODING);

    document = ggi_yaml_document(&yaml);

    yaml_event_delete(&yaml.event);
    yaml_parser_delete(&yaml.parser);

    return document;
}
