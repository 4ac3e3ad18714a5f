/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdarg.h>
#include <stdio.h>

#include "ggi_json.h"
#include "ggi_problem.h"
#include "ggi_uuid.h"

#define GGI_PROBLEM_TEXT_MAX  1024


static const char  *ggi_problem_turn_to[GGI_LANGS] = {
    "Questions go to", "Vragen kunt u stellen aan"
};

static const char  *ggi_problem_header[GGI_LANGS] = {
    "The header is", "Het gaat om de header"
};

static const char  *ggi_problem_asked[GGI_LANGS] = {
    "The level that is asked is", "Het gevraagde niveau is"
};

static const char  *ggi_problem_field[GGI_LANGS] = {
    "The field is", "Het gaat om het veld"
};

static const ggi_str_t  ggi_problem_lang_tags[GGI_LANGS] = {
    ggi_str("en"), ggi_str("nl")
};


/* The texts of a refusal, each terminated by NUL. */
typedef struct {
    char         type[64];
    const char  *title;
    char         detail[GGI_PROBLEM_TEXT_MAX];
    char         instance[64];
} ggi_problem_texts_t;


/*
 * Adds a sentence to the n bytes of a detail: its beginning in the language of the refusal,
 * and what it is about, of which max bytes are shown. Adds nothing when that is empty.
 * Returns how many bytes the detail has.
 */
static int
ggi_problem_add(char detail[GGI_PROBLEM_TEXT_MAX], int n, const char *beginning,
    ggi_str_t what, size_t max)
{
    if (what.len) {
        n += snprintf(detail + n, GGI_PROBLEM_TEXT_MAX - (size_t) n, " %s %.*s.", beginning,
                      (int) (what.len < max ? what.len : max), what.data);
    }

    return n;
}


/*
 * Writes the detail of a refusal: the text of its reason, the header or the field that is
 * at fault, the level of assurance that is asked and the address to turn to.
 */
static void
ggi_problem_detail(char detail[GGI_PROBLEM_TEXT_MAX], const ggi_problem_t *problem)
{
    int  n;

    n = snprintf(detail, GGI_PROBLEM_TEXT_MAX, "%s",
                 ggi_reason_get(problem->reason)->detail[problem->lang]);

    n = ggi_problem_add(detail, n, ggi_problem_header[problem->lang], problem->header,
                        GGI_PROBLEM_HEADER_MAX);
    n = ggi_problem_add(detail, n, ggi_problem_asked[problem->lang], problem->asked,
                        GGI_PROBLEM_HEADER_MAX);
    n = ggi_problem_add(detail, n, ggi_problem_field[problem->lang], problem->field,
                        GGI_PROBLEM_FIELD_MAX);

    if (problem->contact.len) {
        snprintf(detail + n, GGI_PROBLEM_TEXT_MAX - (size_t) n, " %s %.*s",
                 ggi_problem_turn_to[problem->lang],
                 (int) problem->contact.len, problem->contact.data);
    }
}


static void
ggi_problem_texts(ggi_problem_texts_t *texts, const ggi_problem_t *problem)
{
    const ggi_reason_t  *reason;

    reason = ggi_reason_get(problem->reason);

    snprintf(texts->type, sizeof(texts->type), "urn:ggi:problem:%s",
             reason->name);
    snprintf(texts->instance, sizeof(texts->instance), "urn:uuid:%.*s",
             GGI_UUID_LEN, problem->transaction_id);
    texts->title = reason->title[problem->lang];

    ggi_problem_detail(texts->detail, problem);
}


static size_t
ggi_problem_json(char *buf, size_t size, const ggi_problem_t *problem,
    const ggi_problem_texts_t *texts)
{
    ggi_json_t  json;

    ggi_json_init(&json, buf, size);
    ggi_json_open(&json, NULL, '{');
    ggi_json_cstr(&json, "type", texts->type);
    ggi_json_cstr(&json, "title", texts->title);
    ggi_json_int(&json, "status", problem->status);
    ggi_json_cstr(&json, "detail", texts->detail);
    ggi_json_cstr(&json, "instance", texts->instance);
    ggi_json_close(&json, '}');

    return ggi_json_len(&json);
}


/*
 * Copies a text and escapes it for XML. Only "&" is escaped: of all texts only the
 * contact can hold a special character, and the directive that sets it refuses the
 * others.
 */
static void
ggi_problem_xml(char dst[2 * GGI_PROBLEM_TEXT_MAX], const char *src)
{
    char  *end;

    end = dst + 2 * GGI_PROBLEM_TEXT_MAX - 6;

    for ( /* void */ ; *src && dst < end; src++) {
        if (*src == '&') {
            memcpy(dst, "&amp;", 5);
            dst += 5;
        } else {
            *dst++ = *src;
        }
    }

    *dst = '\0';
}


/* A version of SOAP: its namespace, its words for the two codes, and what is around each part. */
typedef struct {
    const char  *xmlns;
    const char  *client;
    const char  *server;
    const char  *code;                  /* before the code */
    const char  *reason;                /* between the code and the language of the reason */
    const char  *detail;                /* between the reason and the detail */
    const char  *end;
} ggi_problem_soap_t;

static const ggi_problem_soap_t  ggi_problem_soap_11 = {
    "http://schemas.xmlsoap.org/soap/envelope/", "Client", "Server", "<faultcode>",
    "</faultcode><faultstring", "</faultstring><detail>", "</detail>"
};

static const ggi_problem_soap_t  ggi_problem_soap_12 = {
    "http://www.w3.org/2003/05/soap-envelope", "Sender", "Receiver", "<soap:Code><soap:Value>",
    "</soap:Value></soap:Code><soap:Reason><soap:Text",
    "</soap:Text></soap:Reason><soap:Detail>", "</soap:Detail>"
};


static size_t
ggi_problem_soap(char *buf, size_t size, const ggi_problem_t *problem,
    const ggi_problem_texts_t *texts)
{
    int                        n;
    char                       detail[2 * GGI_PROBLEM_TEXT_MAX], body[GGI_PROBLEM_MAX / 2];
    const char                *lang;
    const ggi_problem_soap_t  *soap;

    soap = (problem->format == GGI_PROBLEM_SOAP_11) ? &ggi_problem_soap_11 : &ggi_problem_soap_12;
    ggi_problem_xml(detail, texts->detail);
    lang = ggi_problem_lang_tags[problem->lang].data;

    /* the problem detail in XML of RFC 9457, appendix B */
    n = snprintf(body, sizeof(body),
                 "<problem xmlns=\"urn:ietf:rfc:7807\" xml:lang=\"%s\">"
                 "<type>%s</type><title>%s</title><status>%d</status>"
                 "<detail>%s</detail><instance>%s</instance></problem>",
                 lang, texts->type, texts->title, problem->status, detail,
                 texts->instance);

    if (n < 0 || (size_t) n >= sizeof(body)) {
        return 0;
    }

    n = snprintf(buf, size,
                 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                 "<soap:Envelope xmlns:soap=\"%s\"><soap:Body><soap:Fault>"
                 "%ssoap:%s%s xml:lang=\"%s\">%s%s%s%s</soap:Fault></soap:Body>"
                 "</soap:Envelope>\n", soap->xmlns, soap->code,
                 problem->status < 500 ? soap->client : soap->server, soap->reason,
                 lang, texts->title, soap->detail, body, soap->end);

    return (n < 0 || (size_t) n >= size) ? 0 : (size_t) n;
}


/*
 * Writes the message of a gRPC status. Everything but printable ASCII, and "%", is
 * percent-encoded. Returns its length, or 0 when it does not fit in size bytes.
 */
static size_t
ggi_problem_grpc(char *buf, size_t size, const ggi_problem_t *problem,
    const ggi_problem_texts_t *texts)
{
    int            plain;
    char           text[GGI_PROBLEM_TEXT_MAX + 64];
    char          *dst;
    unsigned char  ch;
    const char    *src;

    static const char  hex[] = "0123456789ABCDEF";

    snprintf(text, sizeof(text), "%s: %s", ggi_reason_get(problem->reason)->name,
             texts->detail);

    dst = buf;

    for (src = text; *src; src++) {
        ch = (unsigned char) *src;
        plain = (ch >= 0x20 && ch <= 0x7e && ch != '%');

        if ((size_t) (dst - buf) + (plain ? 1 : 3) > size) {
            return 0;
        }

        if (plain) {
            *dst++ = (char) ch;
        } else {
            *dst++ = '%';
            *dst++ = hex[ch >> 4];
            *dst++ = hex[ch & 15];
        }
    }

    return (size_t) (dst - buf);
}


int
ggi_problem_grpc_status(ggi_reason_e reason, int status)
{
    switch (reason) {

    case GGI_REASON_CERTIFICATE_MISSING:
    case GGI_REASON_CERTIFICATE_UNTRUSTED:
    case GGI_REASON_CERTIFICATE_EXPIRED:
    case GGI_REASON_CERTIFICATE_REVOKED:
    case GGI_REASON_CERTIFICATE_POLICY_NOT_ALLOWED:
    case GGI_REASON_OIN_MISSING:
    case GGI_REASON_OIN_INVALID:
        return 16;

    default:
        break;
    }

    switch (status) {

    case 400:
        return 3;

    case 403:
        return 7;

    case 408:
        return 4;

    case 413:
    case 429:
        return 8;

    case 502:
    case 503:
    case 504:
        return 14;

    default:
        return 2;
    }
}


size_t
ggi_problem_write(char *buf, size_t size, const ggi_problem_t *problem)
{
    ggi_problem_texts_t  texts;

    ggi_problem_texts(&texts, problem);

    switch (problem->format) {

    case GGI_PROBLEM_JSON:
        return ggi_problem_json(buf, size, problem, &texts);

    case GGI_PROBLEM_GRPC:
    case GGI_PROBLEM_GRPC_WEB:
        return ggi_problem_grpc(buf, size, problem, &texts);

    default:
        return ggi_problem_soap(buf, size, problem, &texts);
    }
}


ggi_str_t
ggi_problem_media_type(ggi_problem_format_e format)
{
    static const ggi_str_t  types[] = {
        ggi_str("application/problem+json"),
        ggi_str("text/xml; charset=utf-8"),
        ggi_str("application/soap+xml; charset=utf-8"),
        ggi_str("application/grpc"),
        ggi_str("application/grpc-web")
    };

    return types[format];
}


ggi_str_t
ggi_problem_lang_tag(ggi_lang_e lang)
{
    return ggi_problem_lang_tags[lang];
}


/* Returns 1 when a Content-Type has this media type, whatever its parameters; 0 otherwise. */
static int
ggi_problem_is_type(ggi_str_t type, const char *literal)
{
    return ggi_str_skip_same(&type, literal)
           && (type.len == 0 || memchr("; \t", type.data[0], 3) != NULL);
}


/* Returns 1 when a Content-Type begins with the literal, 0 otherwise. */
static int
ggi_problem_begins(ggi_str_t type, const char *literal)
{
    return ggi_str_skip_same(&type, literal);
}


ggi_problem_format_e
ggi_problem_format(ggi_str_t content_type)
{
    if (ggi_problem_begins(content_type, "application/grpc-web")) {
        return GGI_PROBLEM_GRPC_WEB;
    }

    if (ggi_problem_begins(content_type, "application/grpc")) {
        return GGI_PROBLEM_GRPC;
    }

    if (ggi_problem_is_type(content_type, "text/xml")) {
        return GGI_PROBLEM_SOAP_11;
    }

    if (ggi_problem_is_type(content_type, "application/soap+xml")) {
        return GGI_PROBLEM_SOAP_12;
    }

    return GGI_PROBLEM_JSON;
}


/*
 * Returns the weight of a language range in thousandths: 800 for "nl;q=0.8", 1000
 * without a weight.
 */
static int
ggi_problem_weight(ggi_str_t range)
{
    int          weight, unit;
    size_t       i;
    const char  *q;

    q = range.len ? memchr(range.data, ';', range.len) : NULL;

    if (q == NULL) {
        return 1000;
    }

    for (i = (size_t) (q - range.data) + 1; i < range.len; i++) {
        if (range.data[i] != ' ' && range.data[i] != '\t') {
            break;
        }
    }

    if (range.len < i + 3 || (range.data[i] | 0x20) != 'q'
        || range.data[i + 1] != '=')
    {
        return 0;
    }

    weight = 0;
    unit = 1000;

    for (i += 2; i < range.len && unit; i++) {
        if (range.data[i] >= '0' && range.data[i] <= '9') {
            weight += (range.data[i] - '0') * unit;
            unit /= 10;
        } else if (range.data[i] != '.') {
            break;
        }
    }

    return weight;
}


/*
 * Returns 1 when a language range is the language or a variant of it ("nl", "nl-BE"), 0
 * otherwise.
 */
static int
ggi_problem_is_lang(ggi_str_t range, const char *lang)
{
    return ggi_str_skip_same(&range, lang)
           && (range.len == 0 || memchr("-; \t", range.data[0], 4) != NULL);
}


ggi_lang_e
ggi_problem_lang(ggi_str_t accept_language)
{
    int          nl, en, first;
    ggi_str_t    range;
    const char  *p, *end, *comma;

    nl = 0;
    en = 0;
    first = 0;
    p = accept_language.data;
    end = p + accept_language.len;

    while (p < end) {
        while (p < end && (*p == ' ' || *p == '\t' || *p == ',')) {
            p++;
        }

        comma = (p < end) ? memchr(p, ',', (size_t) (end - p)) : NULL;
        range.data = p;
        range.len = (size_t) ((comma ? comma : end) - p);
        p += range.len;

        if (nl == 0 && ggi_problem_is_lang(range, "nl")) {
            nl = ggi_problem_weight(range);
            first = (en == 0);

        } else if (en == 0 && ggi_problem_is_lang(range, "en")) {
            en = ggi_problem_weight(range);
        }
    }

    return (nl > en || (nl && nl == en && first)) ? GGI_LANG_NL : GGI_LANG_EN;
}
