/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include "ggi_json.h"
#include "ggi_logged.h"

#define GGI_LOGGED_DEPTH  64            /* most objects and arrays within each other */
#define GGI_LOGGED_NONE   GGI_LOGGED_FIELDS


/* A member of a record. */
typedef struct ggi_logged_member_s  ggi_logged_member_t;

struct ggi_logged_member_s {
    ggi_str_t                   name;
    ggi_logged_field_e          field;  /* GGI_LOGGED_NONE: it is looked into only */
    const ggi_logged_member_t  *inside; /* the members of the object that it is; NULL: none */
};

typedef struct {
    const char    *pos;
    const char    *end;
    ggi_logged_t  *logged;
} ggi_logged_walk_t;


#define GGI_LOGGED_LAST  { ggi_str(""), GGI_LOGGED_NONE, NULL }

static const ggi_logged_member_t  ggi_logged_resource[] = {
    { ggi_str("service.instance.id"), GGI_LOGGED_NODE, NULL },
    { ggi_str("service.version"), GGI_LOGGED_VERSION, NULL },
    { ggi_str("ggi.organisation.id"), GGI_LOGGED_HOLDER, NULL },
    { ggi_str("ggi.organisation.name"), GGI_LOGGED_HOLDER_NAME, NULL },
    GGI_LOGGED_LAST
};

/* Of the names of one field the one that a record has first counts. */
static const ggi_logged_member_t  ggi_logged_information[] = {
    { ggi_str("toestemming"), GGI_LOGGED_CONSENT, NULL },
    GGI_LOGGED_LAST
};

static const ggi_logged_member_t  ggi_logged_attributes[] = {
    { ggi_str("ggi.chain.id"), GGI_LOGGED_CHAIN, NULL },
    { ggi_str("ggi.chain.number"), GGI_LOGGED_NUMBER, NULL },
    { ggi_str("ggi.chain.previous"), GGI_LOGGED_PREVIOUS, NULL },
    { ggi_str("ggi.transaction_id"), GGI_LOGGED_TRANSACTION, NULL },
    { ggi_str("adl.fsc.transaction_id"), GGI_LOGGED_TRANSACTION, NULL },     /* 0.9 */
    { ggi_str("ggi.api.span_id"), GGI_LOGGED_API_SPAN, NULL },
    { ggi_str("dpl.core.data_subject_id"), GGI_LOGGED_SUBJECT, NULL },
    { ggi_str("dpl.core.data_subject_id_type"), GGI_LOGGED_SUBJECT_TYPE, NULL },
    { ggi_str("ggi.subrequest"), GGI_LOGGED_SUBREQUEST, NULL },
    { ggi_str("ggi.call.dienst"), GGI_LOGGED_DIENST, NULL },
    { ggi_str("ggi.call.oin"), GGI_LOGGED_OIN, NULL },
    { ggi_str("ggi.call.destination"), GGI_LOGGED_DESTINATION, NULL },
    { ggi_str("ggi.call.redirected_from"), GGI_LOGGED_REDIRECTED, NULL },
    { ggi_str("ggi.withdrawn.reason"), GGI_LOGGED_REASON, NULL },
    { ggi_str("http.request.method"), GGI_LOGGED_METHOD, NULL },
    { ggi_str("url.path"), GGI_LOGGED_PATH, NULL },
    { ggi_str("http.response.status_code"), GGI_LOGGED_ANSWER, NULL },
    { ggi_str("http.request.size"), GGI_LOGGED_RECEIVED, NULL },
    { ggi_str("http.response.body.size"), GGI_LOGGED_SENT, NULL },
    { ggi_str("http.server.request.duration"), GGI_LOGGED_DURATION, NULL },
    { ggi_str("server.address"), GGI_LOGGED_UPSTREAM, NULL },
    { ggi_str("ggi.background_update"), GGI_LOGGED_UPDATE, NULL },
    { ggi_str("error.type"), GGI_LOGGED_ERROR, NULL },
    { ggi_str("client.address"), GGI_LOGGED_CLIENT, NULL },
    { ggi_str("ggi.gap.records"), GGI_LOGGED_COUNT, NULL },
    { ggi_str("ggi.gap.from"), GGI_LOGGED_FROM, NULL },
    { ggi_str("ggi.gap.to"), GGI_LOGGED_TO, NULL },
    { ggi_str("ggi.gap.reason"), GGI_LOGGED_WHY, NULL },
    { ggi_str("ggi.chain.records"), GGI_LOGGED_COUNT, NULL },
    { ggi_str("ggi.tombstone.retention"), GGI_LOGGED_WHY, NULL },
    { ggi_str("ggi.chain.reason"), GGI_LOGGED_WHY, NULL },
    { ggi_str("ggi.chain.place"), GGI_LOGGED_PLACE, NULL },
    { ggi_str("ggi.configuration.sha256"), GGI_LOGGED_CONFIGURATION, NULL },
    { ggi_str("ggi.chain.before.id"), GGI_LOGGED_BEFORE, NULL },
    { ggi_str("ggi.chain.before.number"), GGI_LOGGED_BEFORE_NUMBER, NULL },
    { ggi_str("ggi.chain.before.end"), GGI_LOGGED_BEFORE_END, NULL },
    { ggi_str("ggi.anonymous.refusals"), GGI_LOGGED_COUNT, NULL },
    { ggi_str("ggi.anonymous.from"), GGI_LOGGED_FROM, NULL },
    { ggi_str("ggi.anonymous.to"), GGI_LOGGED_TO, NULL },
    { ggi_str("ggi.signal.name"), GGI_LOGGED_SIGNAL, NULL },
    { ggi_str("ggi.signal.count"), GGI_LOGGED_COUNT, NULL },
    { ggi_str("ggi.signal.threshold"), GGI_LOGGED_THRESHOLD, NULL },
    { ggi_str("ggi.signal.since"), GGI_LOGGED_FROM, NULL },
    { ggi_str("ggi.signal.certificate_sha256"), GGI_LOGGED_HASH, NULL },
    { ggi_str("ggi.signal.netwerk"), GGI_LOGGED_NETWERK, NULL },
    { ggi_str("ggi.signal.of"), GGI_LOGGED_PLACE, NULL },
    { ggi_str("ggi.signal.expires"), GGI_LOGGED_TO, NULL },
    { ggi_str("ggi.signal.gate"), GGI_LOGGED_GATE, NULL },
    { ggi_str("ggi.signal.mode"), GGI_LOGGED_MODE, NULL },
    { ggi_str("ggi.signal.clock_ms"), GGI_LOGGED_CLOCK, NULL },
    { ggi_str("ggi.signal.reason"), GGI_LOGGED_REASON, NULL },
    { ggi_str("ggi.signal.gebruiker"), GGI_LOGGED_USER, NULL },
    { ggi_str("ggi.change.command"), GGI_LOGGED_COMMAND, NULL },
    { ggi_str("ggi.change.target"), GGI_LOGGED_TARGET, NULL },
    { ggi_str("ggi.change.oin"), GGI_LOGGED_OIN, NULL },
    { ggi_str("ggi.change.item"), GGI_LOGGED_ITEM, NULL },
    { ggi_str("ggi.change.reason"), GGI_LOGGED_WHY, NULL },
    { ggi_str("ggi.change.before.version"), GGI_LOGGED_OLD_VERSION, NULL },
    { ggi_str("ggi.change.before.sha256"), GGI_LOGGED_OLD_HASH, NULL },
    { ggi_str("ggi.change.after.version"), GGI_LOGGED_NEW_VERSION, NULL },
    { ggi_str("ggi.change.after.sha256"), GGI_LOGGED_NEW_HASH, NULL },
    { ggi_str("ggi.change.login.name"), GGI_LOGGED_USER, NULL },
    { ggi_str("process.user.name"), GGI_LOGGED_USER, NULL },
    { ggi_str("ggi.change.claimed.sudo_user"), GGI_LOGGED_SUDO, NULL },
    { ggi_str("ggi.change.claimed.client_address"), GGI_LOGGED_CLIENT, NULL },
    { ggi_str("ggi.change.result"), GGI_LOGGED_RESULT, NULL },
    { ggi_str("ggi.change.why"), GGI_LOGGED_WHY, NULL },
    { ggi_str("ggi.role"), GGI_LOGGED_ROLE, NULL },
    { ggi_str("ggi.upstream.status_code"), GGI_LOGGED_API_STATUS, NULL },
    { ggi_str("ggi.upstream.tried"), GGI_LOGGED_TRIED, NULL },
    { ggi_str("ggi.provider.oin"), GGI_LOGGED_PROVIDER, NULL },
    { ggi_str("ggi.provider.expected"), GGI_LOGGED_EXPECTED, NULL },
    { ggi_str("adl.core.information"), GGI_LOGGED_NONE, ggi_logged_information },
    GGI_LOGGED_LAST
};

static const ggi_logged_member_t  ggi_logged_subject[] = {
    { ggi_str("name"), GGI_LOGGED_ORGANISATION, NULL },
    { ggi_str("on_behalf_of"), GGI_LOGGED_NAMENS, NULL },
    { ggi_str("glo"), GGI_LOGGED_GLO, NULL },
    GGI_LOGGED_LAST
};

static const ggi_logged_member_t  ggi_logged_caller[] = {
    { ggi_str("id"), GGI_LOGGED_OIN, NULL },
    { ggi_str("properties"), GGI_LOGGED_NONE, ggi_logged_subject },
    GGI_LOGGED_LAST
};

static const ggi_logged_member_t  ggi_logged_action[] = {
    { ggi_str("name"), GGI_LOGGED_METHOD, NULL },
    GGI_LOGGED_LAST
};

static const ggi_logged_member_t  ggi_logged_properties[] = {
    { ggi_str("path"), GGI_LOGGED_PATH, NULL },
    { ggi_str("destination"), GGI_LOGGED_DESTINATION, NULL },
    GGI_LOGGED_LAST
};

static const ggi_logged_member_t  ggi_logged_dienst[] = {
    { ggi_str("id"), GGI_LOGGED_DIENST, NULL },
    { ggi_str("properties"), GGI_LOGGED_NONE, ggi_logged_properties },
    GGI_LOGGED_LAST
};

static const ggi_logged_member_t  ggi_logged_context[] = {
    { ggi_str("time"), GGI_LOGGED_BEGUN, NULL },
    { ggi_str("doelbinding"), GGI_LOGGED_DOELBINDING, NULL },
    { ggi_str("doelbinding_extern"), GGI_LOGGED_EXTERN, NULL },
    { ggi_str("verwerking"), GGI_LOGGED_VERWERKING, NULL },
    { ggi_str("verwerkingsactiviteit"), GGI_LOGGED_ACTIVITEIT, NULL },
    { ggi_str("vertrouwelijkheid"), GGI_LOGGED_VERTROUWELIJKHEID, NULL },
    { ggi_str("bewaartermijn"), GGI_LOGGED_BEWAARTERMIJN, NULL },
    { ggi_str("gebruiker"), GGI_LOGGED_USER, NULL },
    { ggi_str("toepassing"), GGI_LOGGED_TOEPASSING, NULL },
    { ggi_str("functie"), GGI_LOGGED_FUNCTIE, NULL },
    { ggi_str("netwerk"), GGI_LOGGED_NETWERK, NULL },
    { ggi_str("client_address"), GGI_LOGGED_CLIENT, NULL },
    { ggi_str("redirected_from"), GGI_LOGGED_REDIRECTED, NULL },
    { ggi_str("velden"), GGI_LOGGED_VELDEN, NULL },
    GGI_LOGGED_LAST
};

static const ggi_logged_member_t  ggi_logged_request[] = {
    { ggi_str("subject"), GGI_LOGGED_NONE, ggi_logged_caller },
    { ggi_str("action"), GGI_LOGGED_NONE, ggi_logged_action },
    { ggi_str("resource"), GGI_LOGGED_NONE, ggi_logged_dienst },
    { ggi_str("context"), GGI_LOGGED_NONE, ggi_logged_context },
    GGI_LOGGED_LAST
};

static const ggi_logged_member_t  ggi_logged_answer[] = {
    { ggi_str("reason"), GGI_LOGGED_REASON, NULL },
    { ggi_str("status"), GGI_LOGGED_ANSWER, NULL },
    { ggi_str("would_refuse"), GGI_LOGGED_WOULD_REFUSE, NULL },
    GGI_LOGGED_LAST
};

static const ggi_logged_member_t  ggi_logged_response[] = {
    { ggi_str("decision"), GGI_LOGGED_DECISION, NULL },
    { ggi_str("context"), GGI_LOGGED_NONE, ggi_logged_answer },
    GGI_LOGGED_LAST
};

static const ggi_logged_member_t  ggi_logged_body[] = {
    { ggi_str("adl.core.request"), GGI_LOGGED_NONE, ggi_logged_request },
    { ggi_str("adl.core.response"), GGI_LOGGED_NONE, ggi_logged_response },
    GGI_LOGGED_LAST
};

static const ggi_logged_member_t  ggi_logged_record[] = {
    { ggi_str("resource"), GGI_LOGGED_RESOURCE, ggi_logged_resource },
    { ggi_str("attributes"), GGI_LOGGED_ATTRIBUTES, ggi_logged_attributes },
    { ggi_str("event_name"), GGI_LOGGED_EVENT, NULL },
    { ggi_str("timestamp"), GGI_LOGGED_TIMESTAMP, NULL },
    { ggi_str("status"), GGI_LOGGED_STATUS, NULL },
    { ggi_str("trace_id"), GGI_LOGGED_TRACE, NULL },
    { ggi_str("span_id"), GGI_LOGGED_SPAN, NULL },
    { ggi_str("parent_span_id"), GGI_LOGGED_PARENT, NULL },
    { ggi_str("body"), GGI_LOGGED_BODY, ggi_logged_body },
    GGI_LOGGED_LAST
};


static void
ggi_logged_blank(ggi_logged_walk_t *walk)
{
    walk->pos = ggi_json_blanks(walk->pos, walk->end);
}


/* Moves behind a character, and blanks before it. Returns 1, or 0 when it is another one. */
static int
ggi_logged_take(ggi_logged_walk_t *walk, char ch)
{
    ggi_logged_blank(walk);

    if (walk->pos == walk->end || *walk->pos != ch) {
        return 0;
    }

    walk->pos++;

    return 1;
}


/* Reads what is behind the first quote of a string. Returns 1, or 0 when it has no other. */
static int
ggi_logged_string(ggi_logged_walk_t *walk, ggi_str_t *text)
{
    const char  *quote, *p;

    text->data = walk->pos;

    for (p = walk->pos; ; p = quote + 1) {
        quote = memchr(p, '"', (size_t) (walk->end - p));

        if (quote == NULL) {
            return 0;
        }

        for (p = quote; p > text->data && p[-1] == '\\'; p--) { /* void */ }

        if ((quote - p) % 2 == 0) {
            break;
        }
    }

    text->len = (size_t) (quote - text->data);
    walk->pos = quote + 1;

    return 1;
}


static const ggi_logged_member_t *
ggi_logged_find(const ggi_logged_member_t *member, ggi_str_t name)
{
    while (member && member->name.len) {
        if (ggi_str_eq(member->name, name)) {
            return member;
        }

        member++;
    }

    return NULL;
}


/* Reads a number or a word. Returns 1, or 0 when there is none. */
static int
ggi_logged_scalar(ggi_logged_walk_t *walk)
{
    const char  *first;

    first = walk->pos;

    while (walk->pos < walk->end
           && (ggi_is_digit(*walk->pos) || (*walk->pos >= 'a' && *walk->pos <= 'z')
               || *walk->pos == '.' || *walk->pos == '-' || *walk->pos == '+'
               || *walk->pos == 'E'))
    {
        walk->pos++;
    }

    return walk->pos > first;
}


static int ggi_logged_value(ggi_logged_walk_t *walk, const ggi_logged_member_t *member, int depth);


/* Reads what is behind the first brace of an object or array. Returns 1, or 0 without its end. */
static int
ggi_logged_inside(ggi_logged_walk_t *walk, const ggi_logged_member_t *inside, char close,
    int depth)
{
    ggi_str_t                   name;
    const ggi_logged_member_t  *member;

    if (ggi_logged_take(walk, close)) {
        return 1;
    }

    do {
        member = NULL;

        if (close == '}') {
            if (!ggi_logged_take(walk, '"') || !ggi_logged_string(walk, &name)
                || !ggi_logged_take(walk, ':'))
            {
                return 0;
            }

            member = ggi_logged_find(inside, name);
        }

        if (!ggi_logged_value(walk, member, depth)) {
            return 0;
        }
    } while (ggi_logged_take(walk, ','));

    return ggi_logged_take(walk, close);
}


/*
 * Reads a value, which is that of a member of the table, or of another one when that is
 * NULL. Returns 1, or 0 when there is no value.
 */
static int
ggi_logged_value(ggi_logged_walk_t *walk, const ggi_logged_member_t *member, int depth)
{
    int        good;
    ggi_str_t  text, *field;

    ggi_logged_blank(walk);

    if (walk->pos == walk->end || depth == GGI_LOGGED_DEPTH) {
        return 0;
    }

    text.data = walk->pos;

    switch (*walk->pos) {
    case '"':
        walk->pos++;
        good = ggi_logged_string(walk, &text);
        break;

    case '{':
    case '[':
        walk->pos++;
        good = ggi_logged_inside(walk, member && *text.data == '{' ? member->inside : NULL,
                                 *text.data == '{' ? '}' : ']', depth + 1);
        text.len = (size_t) (walk->pos - text.data);
        break;

    default:
        good = ggi_logged_scalar(walk);
        text.len = (size_t) (walk->pos - text.data);
    }

    if (good && member && member->field != GGI_LOGGED_NONE) {
        field = &walk->logged->field[member->field];

        if (field->len == 0) {
            *field = text;
        }
    }

    return good;
}


ggi_logged_kind_e
ggi_logged_kind(ggi_str_t event)
{
    size_t  i;

    static const struct {
        ggi_str_t          event;
        ggi_logged_kind_e  kind;
    } kinds[] = {
        { ggi_str("adl.access_evaluation"), GGI_LOGGED_IS_DECISION },
        { ggi_str("ggi.call_completed"), GGI_LOGGED_IS_COMPLETION },
        { ggi_str("ggi.call_withdrawn"), GGI_LOGGED_IS_WITHDRAWAL },
        { ggi_str("ggi.change_ended"), GGI_LOGGED_IS_OUTCOME }
    };

    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (ggi_str_eq(event, kinds[i].event)) {
            return kinds[i].kind;
        }
    }

    return GGI_LOGGED_IS_TRAIL;
}


/* Parts the reference to a consent, urn:ggi:toestemming:ID:VERSION, in both of its fields. */
static void
ggi_logged_consent(ggi_logged_t *logged)
{
    ggi_str_t  rest = logged->field[GGI_LOGGED_CONSENT];

    static const ggi_str_t  urn = ggi_str("urn:ggi:toestemming:");

    logged->field[GGI_LOGGED_CONSENT].len = 0;

    if (rest.len > urn.len && memcmp(rest.data, urn.data, urn.len) == 0) {
        rest.data += urn.len;
        rest.len -= urn.len;
        logged->field[GGI_LOGGED_CONSENT] = ggi_str_cut(&rest, ':');
        logged->field[GGI_LOGGED_CONSENT_VERSION] = rest;
    }
}


int
ggi_logged_read(ggi_logged_t *logged, const char *line, size_t len)
{
    size_t             i;
    ggi_logged_walk_t  walk = { line, line + len, logged };

    static const ggi_str_t           unknown = ggi_str("unknown");
    static const ggi_logged_field_e  known[] = {
        GGI_LOGGED_OIN, GGI_LOGGED_DIENST, GGI_LOGGED_METHOD
    };

    memset(logged, 0, sizeof(ggi_logged_t));

    if (!ggi_logged_take(&walk, '{') || !ggi_logged_inside(&walk, ggi_logged_record, '}', 0)) {
        return 0;
    }

    ggi_logged_blank(&walk);

    if (walk.pos != walk.end) {
        return 0;
    }

    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (ggi_str_eq(logged->field[known[i]], unknown)) {
            logged->field[known[i]].len = 0;
        }
    }

    ggi_logged_consent(logged);
    logged->kind = ggi_logged_kind(logged->field[GGI_LOGGED_EVENT]);
    logged->time = ggi_logged_number(logged->field[GGI_LOGGED_TIMESTAMP]);

    return 1;
}


void
ggi_logged_move(ggi_logged_t *logged, const char *line, const char *copy)
{
    size_t  i;

    for (i = 0; i < GGI_LOGGED_FIELDS; i++) {
        if (logged->field[i].len) {
            logged->field[i].data = copy + (logged->field[i].data - line);
        }
    }
}
