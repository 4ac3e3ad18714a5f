/* SPDX-License-Identifier: EUPL-1.2 */

/* Reads the directives of a configuration by the rules of nginx for words and quotes. */

#include "ggi_conf.h"

#include <stdlib.h>

#include "ggi_room.h"

#define GGI_CONF_MARK  "# configuration file "


/* Where the reading of a configuration is. */
typedef struct {
    ggi_conf_t   *conf;
    char         *pos;
    char         *end;                  /* there is a NUL */
    const char   *file;
    unsigned      line;
    size_t        depth;                /* blocks of this file that are open */
    size_t        first;                /* word of the directive that is being read */
    unsigned      first_line;
    size_t        words_room;
    size_t        directives_room;
    ggi_fault_t  *fault;
} ggi_conf_reader_t;


/* Notes what is wrong where the reader is. Returns 0. */
static int
ggi_conf_fault(ggi_conf_reader_t *reader, const char *what)
{
    char  where[GGI_SOURCE_WHERE_MAX];

    ggi_where(where, "%.150s:%u", reader->file, reader->line);
    (void) ggi_fault(reader->fault, where, "%s", what);

    return 0;
}


/* Adds a word to the directive that is being read. Returns 1, or 0 without memory. */
static int
ggi_conf_add(ggi_conf_reader_t *reader, const char *word)
{
    void        *words;
    ggi_conf_t  *conf = reader->conf;

    words = ggi_room(conf->words, conf->words_n, &reader->words_room, sizeof(char *));

    if (words == NULL) {
        return ggi_conf_fault(reader, "no memory");
    }

    conf->words = words;
    conf->words[conf->words_n++] = word;

    return 1;
}


/* Ends the directive that is being read, at ";" or "{". Returns 1, or 0 with a fault. */
static int
ggi_conf_end(ggi_conf_reader_t *reader, char ch)
{
    void                  *directives;
    ggi_conf_t            *conf = reader->conf;
    ggi_conf_directive_t  *directive;

    if (conf->words_n == reader->first) {
        return ggi_conf_fault(reader, "unexpected \";\" or \"{\"");
    }

    directives = ggi_room(conf->directives, conf->n, &reader->directives_room,
                          sizeof(ggi_conf_directive_t));

    if (directives == NULL) {
        return ggi_conf_fault(reader, "no memory");
    }

    conf->directives = directives;
    directive = &conf->directives[conf->n++];
    directive->file = reader->file;
    directive->line = reader->first_line;
    directive->n = conf->words_n - reader->first;
    directive->depth = reader->depth;
    directive->block = ch == '{';
    reader->depth += ch == '{';
    directive->words = NULL;            /* the list of words may move: see ggi_conf_settle() */
    reader->first = conf->words_n;

    return 1;
}


/* Goes over a comment, which outside of all blocks may tell that a file begins. */
static void
ggi_conf_comment(ggi_conf_reader_t *reader)
{
    char    *end;
    size_t   len;

    end = strchr(reader->pos, '\n');
    end = end ? end : reader->end;
    len = strlen(GGI_CONF_MARK);

    if (strncmp(reader->pos, GGI_CONF_MARK, len) == 0 && end > reader->pos + len
        && end[-1] == ':' && reader->depth == 0
        && (reader->pos == reader->conf->text || reader->pos[-1] == '\n'))
    {
        end[-1] = '\0';
        reader->file = reader->pos + len;
        reader->conf->marked = 1;
        reader->line = 0;               /* the end of this line counts */
    }

    reader->pos = end;
}


/* Returns 1 when an unquoted word ends at p, 0 otherwise. */
static int
ggi_conf_ends(const char *p, const char *start)
{
    return *p == '\0' || strchr(" \t\r\n;", *p) || (*p == '{' && (p == start || p[-1] != '$'));
}


/*
 * Reads the word at the reader's place, and sets *next to the byte behind it, which is no longer
 * there: the word ends in its place. Returns 1, or 0 with a fault.
 */
static int
ggi_conf_word(ggi_conf_reader_t *reader, char *next)
{
    char   quote, *p, *out, *word;

    p = reader->pos;
    quote = '\0';

    if (*p == '"' || *p == '\'') {
        quote = *p++;
    }

    word = p;

    for (out = p; quote ? *p != quote : !ggi_conf_ends(p, word); p++) {
        if (*p == '\0') {
            return ggi_conf_fault(reader, "a quote has no end");
        }

        if (*p == '\\' && p[1] && strchr("\"' \\", p[1])) {
            p++;
        }

        reader->line += *p == '\n';
        *out++ = *p;
    }

    *next = *p;
    reader->pos = p + (*p != '\0');
    *out = '\0';

    return ggi_conf_add(reader, word);
}


/*
 * Returns the end of a long bracket of Lua that begins at p, such as [[ ]] or [==[ ]==], or NULL
 * when none begins there. One that does not end reaches to the NUL.
 */
static char *
ggi_conf_lua_long(char *p)
{
    char    *end;
    size_t   level;

    level = strspn(p + 1, "=");

    if (*p != '[' || p[1 + level] != '[') {
        return NULL;
    }

    for (end = strchr(p + 2 + level, ']'); end; end = strchr(end + 1, ']')) {
        if (strspn(end + 1, "=") == level && end[1 + level] == ']') {
            return end + 2 + level;
        }
    }

    return p + strlen(p);
}


/* Returns the end of what begins at p in Lua: a comment, a string, or one byte of anything else. */
static char *
ggi_conf_lua_next(char *p)
{
    char  *end, quote = *p;

    if (*p == '-' && p[1] == '-') {
        end = ggi_conf_lua_long(p + 2);
        return end ? end : p + strcspn(p, "\n");
    }

    if (*p != '"' && *p != '\'') {
        end = ggi_conf_lua_long(p);
        return end ? end : p + 1;
    }

    for (p++; *p && *p != quote; p++) {
        p += (*p == '\\' && p[1]);
    }

    return p + (*p != '\0');
}


/*
 * Goes over the block of Lua behind the "{" of a directive such as content_by_lua_block, whose
 * braces count but for those in strings and comments. Returns 1, or 0 with a fault.
 */
static int
ggi_conf_lua(ggi_conf_reader_t *reader)
{
    char    *next;
    size_t   open;

    for (open = 1; open && *reader->pos; reader->pos = next) {
        next = ggi_conf_lua_next(reader->pos);
        open += (*reader->pos == '{');
        open -= (*reader->pos == '}');

        for (/* void */; reader->pos < next; reader->pos++) {
            reader->line += (*reader->pos == '\n');
        }
    }

    return open == 0 || ggi_conf_fault(reader, "a block of Lua has no end");
}


/* Returns 1 when the directive that is being read has a block of Lua, 0 otherwise. */
static int
ggi_conf_is_lua(const ggi_conf_reader_t *reader)
{
    size_t       len;
    const char  *name;

    static const char  end[] = "_by_lua_block";

    if (reader->conf->words_n == reader->first) {
        return 0;
    }

    name = reader->conf->words[reader->first];
    len = strlen(name);

    return len > sizeof(end) - 1 && strcmp(name + len - (sizeof(end) - 1), end) == 0;
}


/* Takes a byte that is part of no word. Returns 1, or 0 with a fault. */
static int
ggi_conf_byte(ggi_conf_reader_t *reader, char ch)
{
    if (ch == '{' && ggi_conf_is_lua(reader)) {
        return ggi_conf_lua(reader) && ggi_conf_end(reader, ';');
    }

    if (ch == ';' || ch == '{') {
        return ggi_conf_end(reader, ch);
    }

    if (ch == '}') {
        if (reader->conf->words_n != reader->first || reader->depth == 0) {
            return ggi_conf_fault(reader, "unexpected \"}\"");
        }

        reader->depth--;
    }

    reader->line += ch == '\n';

    return 1;
}


/* Reads everything. Returns 1, or 0 with a fault. */
static int
ggi_conf_all(ggi_conf_reader_t *reader)
{
    char         next = '\0';
    ggi_conf_t  *conf = reader->conf;

    while (*reader->pos) {
        if (*reader->pos == '#') {
            ggi_conf_comment(reader);

        } else if (strchr(" \t\r\n;{}", *reader->pos)) {
            if (!ggi_conf_byte(reader, *reader->pos++)) {
                return 0;
            }

        } else {
            reader->first_line = (conf->words_n == reader->first) ? reader->line
                                 : reader->first_line;

            if (!ggi_conf_word(reader, &next)
                || (next != '"' && next != '\'' && next && !ggi_conf_byte(reader, next)))
            {
                return 0;
            }
        }
    }

    if (conf->words_n != reader->first) {
        return ggi_conf_fault(reader, "a directive has no end");
    }

    return reader->depth == 0 || ggi_conf_fault(reader, "a block has no end");
}


/* Has each directive point to its words, which no longer move. */
static void
ggi_conf_settle(ggi_conf_t *conf)
{
    size_t  i, word;

    for (word = 0, i = 0; i < conf->n; i++) {
        conf->directives[i].words = conf->words + word;
        word += conf->directives[i].n;
    }
}


int
ggi_conf_read(ggi_conf_t *conf, const char *text, size_t len, ggi_fault_t *fault)
{
    int                good;
    ggi_conf_reader_t  reader = { .conf = conf, .file = "nginx.conf", .line = 1, .fault = fault };

    memset(conf, 0, sizeof(ggi_conf_t));
    conf->text = malloc(len + 1);

    if (conf->text == NULL) {
        return ggi_conf_fault(&reader, "no memory");
    }

    memcpy(conf->text, text, len);
    conf->text[len] = '\0';
    reader.pos = conf->text;
    reader.end = conf->text + len;

    good = (memchr(text, '\0', len) == NULL
            || ggi_conf_fault(&reader, "a byte of zero is in no configuration"))
           && ggi_conf_all(&reader);

    if (good) {
        ggi_conf_settle(conf);

    } else {
        ggi_conf_free(conf);
    }

    return good;
}


void
ggi_conf_free(ggi_conf_t *conf)
{
    free(conf->text);
    free(conf->words);
    free(conf->directives);
    memset(conf, 0, sizeof(ggi_conf_t));
}


const ggi_conf_directive_t *
ggi_conf_next(const ggi_conf_t *conf, const char *name, const ggi_conf_directive_t *after)
{
    size_t  i;

    for (i = after ? (size_t) (after - conf->directives) + 1 : 0; i < conf->n; i++) {
        if (strcmp(conf->directives[i].words[0], name) == 0) {
            return &conf->directives[i];
        }
    }

    return NULL;
}


int
ggi_conf_same(const ggi_conf_directive_t *one, const ggi_conf_directive_t *other)
{
    size_t  i;

    for (i = 1; i < one->n && i < other->n && strcmp(one->words[i], other->words[i]) == 0; i++) { }

    return i == one->n && i == other->n;
}


int
ggi_conf_has(const ggi_conf_directive_t *directive, const char *word)
{
    size_t  i;

    for (i = 1; i < directive->n && strcmp(directive->words[i], word) != 0; i++) { }

    return i < directive->n;
}
