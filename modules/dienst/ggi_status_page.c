/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include "ggi_html.h"
#include "ggi_page.h"
#include "ggi_status_page.h"
#include "ggi_status_page_redis.h"
#include "ggi_status_style.h"
#include "ggi_version.h"

#define GGI_PAGE_HOUR       3600        /* seconds */
#define GGI_PAGE_DAY        (24 * GGI_PAGE_HOUR)

/* seconds before an expiry from which it is a warning */
#define GGI_PAGE_CERT_SOON  (14 * GGI_PAGE_DAY)
#define GGI_PAGE_LIST_SOON  GGI_PAGE_HOUR


/* Metrics of the list that the page shows as a line each, by what they are in both languages. */
static const struct {
    ggi_metric_e  metric;
    const char   *text[GGI_LANGS];
} ggi_page_lines[] = {
    { GGI_METRIC_RELOADED, { "Configuration read", "Configuratie gelezen" } },
    { GGI_METRIC_WORKERS, { "Worker processes", "Werkprocessen" } },
    { GGI_METRIC_PROFILE_FILE, { "Profiles: file modified", "Profielen: bestand gewijzigd" } },
    { GGI_METRIC_PROFILE_HIT, { "Profiles: found in the cache",
                                "Profielen: in de cache gevonden" } },
    { GGI_METRIC_PROFILE_MISS, { "Profiles: not in the cache", "Profielen: niet in de cache" } },
    { GGI_METRIC_PROFILE_STALE, { "Calls judged by a stale profile",
                                  "Aanroepen beoordeeld met een verouderd profiel" } },
    { GGI_METRIC_PROFILE_CONNECTED, { "Redis: workers connected", "Redis: verbonden processen" } },
    { GGI_METRIC_PROFILE_SUBSCRIBED, { "Redis: workers told of changes",
                                       "Redis: processen die wijzigingen horen" } },
    { GGI_METRIC_PROFILE_DOUBTING, { "Redis: workers that doubt its data",
                                     "Redis: processen die aan de gegevens twijfelen" } },
    { GGI_METRIC_PROFILE_FAILURES, { "Redis: connections failed",
                                     "Redis: verbroken verbindingen" } },
    { GGI_METRIC_PROFILE_ANSWERED, { "Redis: last answer", "Redis: laatste antwoord" } },
    { GGI_METRIC_PROFILE_TOPOLOGY, { "Redis: masters last known",
                                     "Redis: masters laatst bekend" } },
    { GGI_METRIC_PROFILE_MOVED, { "Redis Cluster: questions sent on by MOVED",
                                  "Redis Cluster: vragen doorverwezen met MOVED" } },
    { GGI_METRIC_PROFILE_ASKED, { "Redis Cluster: questions sent on by ASK",
                                  "Redis Cluster: vragen doorverwezen met ASK" } },
    { GGI_METRIC_FUNCTIE_FILE, { "Functions: file modified", "Functies: bestand gewijzigd" } },
    { GGI_METRIC_FUNCTIE_CONNECTED, { "Redis of functions: workers connected",
                                      "Redis van functies: verbonden processen" } },
    { GGI_METRIC_TOESTEMMING_FILE, { "Consents: file modified",
                                     "Toestemmingen: bestand gewijzigd" } },
    { GGI_METRIC_TOESTEMMING_CONNECTED, { "Redis of consents: workers connected",
                                          "Redis van toestemmingen: verbonden processen" } },
    { GGI_METRIC_REGISTER, { "Register of doelbindingen: modified",
                             "Register van doelbindingen: gewijzigd" } },
    { GGI_METRIC_DATABASE, { "Database of networks built", "Database van netwerken gemaakt" } },
    { GGI_METRIC_CRL, { "Oldest revocation list issued", "Oudste intrekkingslijst uitgegeven" } },
    { GGI_METRIC_CRL_LOOK, { "Revocation lists looked for", "Naar intrekkingslijsten gekeken" } },
    { GGI_METRIC_OCSP_ANSWERED, { "OCSP: last answer", "OCSP: laatste antwoord" } },
    { GGI_METRIC_AUDIT_RECORDS, { "Audit log: records written", "Auditlog: regels geschreven" } },
    { GGI_METRIC_AUDIT_WAITING, { "Audit log: bytes that wait", "Auditlog: bytes die wachten" } },
    { GGI_METRIC_AUDIT_ERRORS, { "Audit log: failed writes", "Auditlog: mislukte schrijfacties" } },
    { GGI_METRIC_AUDIT_LOST, { "Audit log: records lost", "Auditlog: verloren regels" } },
    { GGI_METRIC_AUDIT_SEAL, { "Audit log: last seal", "Auditlog: laatste zegel" } }
};


/* Writes below how many ms a share of the durations lies. */
static void
ggi_page_percentile(const ggi_page_t *page, const ggi_histogram_t *histogram, unsigned percent)
{
    uint64_t  ms;

    ms = ggi_histogram_percentile(histogram, percent);
    ggi_page_cell_begin(page, "n");

    if (ms == UINT64_MAX) {
        ggi_html_put(page->out, "&gt; 30 s");

    } else if (ms) {
        ggi_html_put(page->out, "&le; ");
        ggi_html_number(page->out, ms);
        ggi_html_put(page->out, " ms");

    } else {
        ggi_html_put(page->out, "&ndash;");
    }

    ggi_html_put(page->out, "</td>");
}


static uint64_t
ggi_page_refused(const uint64_t counts[GGI_REASON_COUNT])
{
    uint64_t      n;
    ggi_reason_e  reason;

    for (n = 0, reason = 1; reason < GGI_REASON_COUNT; reason++) {
        n += counts[reason];
    }

    return n;
}


static void
ggi_page_diensten(const ggi_page_t *page)
{
    size_t                      i, k;
    const ggi_status_dienst_t  *dienst;

    for (i = 0; i < page->status->n; i++) {
        dienst = &page->status->diensten[i];

        if (dienst->dienst.len == 0) {
            continue;
        }

        ggi_page_row(page, dienst->dienst);
        ggi_page_number(page, dienst->calls[GGI_REASON_NONE]);
        ggi_page_number(page, ggi_page_refused(dienst->calls));
        ggi_page_number(page, ggi_page_refused(dienst->would_refuse));
        ggi_page_percentile(page, &dienst->duration, 50);
        ggi_page_percentile(page, &dienst->duration, 95);
        ggi_page_percentile(page, &dienst->judging, 99);

        for (k = 2; k < GGI_STATUS_CLASSES; k++) {
            ggi_page_number(page, dienst->upstream[k]);
        }

        ggi_page_row_end(page);
    }
}


/* Writes a row for each reason with a count, which decision says what it is of. */
static void
ggi_page_reasons(const ggi_page_t *page, ggi_str_t of, const uint64_t counts[GGI_REASON_COUNT],
    const char *decision)
{
    ggi_str_t            title;
    ggi_reason_e         reason;
    const ggi_reason_t  *r;

    for (reason = 1; reason < GGI_REASON_COUNT; reason++) {
        if (counts[reason] == 0) {
            continue;
        }

        r = ggi_reason_get(reason);
        ggi_page_row(page, of);
        ggi_page_cell(page, decision);
        ggi_html_put(page->out, "<td><code>");
        ggi_html_put(page->out, r->name);
        ggi_html_put(page->out, "</code><br><span class=\"quiet\">");
        title.data = r->title[page->lang];
        title.len = strlen(title.data);
        ggi_html_text(page->out, title);
        ggi_html_put(page->out, "</span></td>");
        ggi_page_number(page, counts[reason]);
        ggi_page_row_end(page);
    }
}


static void
ggi_page_refusals(const ggi_page_t *page)
{
    size_t                      i;
    const ggi_status_dienst_t  *dienst;

    for (i = 0; i < page->status->n; i++) {
        dienst = &page->status->diensten[i];
        ggi_page_reasons(page, dienst->dienst, dienst->calls,
                         ggi_page_of(page, "refused", "geweigerd"));
        ggi_page_reasons(page, dienst->dienst, dienst->would_refuse,
                         ggi_page_of(page, "would be refused", "zou geweigerd zijn"));
    }
}


static void
ggi_page_callers(const ggi_page_t *page)
{
    size_t                     i;
    ggi_str_t                  of;
    const ggi_caller_shown_t  *caller;

    for (i = 0; i < page->status->callers_n; i++) {
        caller = &page->status->callers[i];
        of = caller->oin;

        if (of.len != GGI_OIN_LEN) {
            of.data = of.len ? ggi_page_of(page, "all others", "alle andere")
                             : ggi_page_of(page, "not known", "niet bekend");
            of.len = strlen(of.data);
        }

        if (caller->calls[GGI_REASON_NONE]) {
            ggi_page_row(page, of);
            ggi_page_cell(page, ggi_page_of(page, "allowed", "toegestaan"));
            ggi_page_cell(page, "");
            ggi_page_number(page, caller->calls[GGI_REASON_NONE]);
            ggi_page_row_end(page);
        }

        ggi_page_reasons(page, of, caller->calls, ggi_page_of(page, "refused", "geweigerd"));
    }
}


static void
ggi_page_modes(const ggi_page_t *page)
{
    size_t                    i;
    const ggi_status_mode_t  *mode;

    for (i = 0; i < page->status->modes_n; i++) {
        mode = &page->status->modes[i];
        ggi_page_row(page, mode->dienst);
        ggi_page_cell(page, mode->gate);
        ggi_page_cell_begin(page, strcmp(mode->mode, "on") == 0 ? "good" : "warn");
        ggi_html_put(page->out, mode->mode);
        ggi_html_put(page->out, "</td>");
        ggi_page_number(page, mode->locations);
        ggi_page_row_end(page);
    }
}


/* Writes how long a number of seconds is: in days, or below two of them in hours or minutes. */
static void
ggi_page_left(const ggi_page_t *page, uint64_t left)
{
    if (left >= 2 * GGI_PAGE_DAY) {
        ggi_html_number(page->out, left / GGI_PAGE_DAY);
        ggi_page_put(page, " days", " dagen");

    } else if (left >= 2 * GGI_PAGE_HOUR) {
        ggi_html_number(page->out, left / GGI_PAGE_HOUR);
        ggi_page_put(page, " hours", " uur");

    } else {
        ggi_html_number(page->out, left / 60);
        ggi_html_put(page->out, " min");
    }
}


/* Writes a row of what expires: when, and how long that is, a warning below soon seconds. */
static void
ggi_page_expiry(const ggi_page_t *page, ggi_str_t of, const char *what, uint64_t until,
    uint64_t soon)
{
    ggi_page_row(page, of);
    ggi_page_cell(page, what);
    ggi_html_put(page->out, "<td>");
    ggi_page_time(page, until);
    ggi_html_put(page->out, "</td>");

    if (until <= page->status->now) {
        ggi_page_cell_begin(page, "n bad");
        ggi_page_put(page, "expired", "verlopen");

    } else {
        ggi_page_cell_begin(page, until - page->status->now < soon ? "n warn" : "n");
        ggi_page_left(page, until - page->status->now);
    }

    ggi_html_put(page->out, "</td>");
    ggi_page_row_end(page);
}


/*
 * Tells what a family of expiries is of, or NULL when it is none. Sets *soon to the seconds before
 * an expiry of that kind from which it is a warning.
 */
static const char *
ggi_page_family(const ggi_page_t *page, const char *name, uint64_t *soon)
{
    *soon = GGI_PAGE_CERT_SOON;

    if (strcmp(name, "ggi_pkio_crl_next_update_timestamp_seconds") == 0) {
        *soon = GGI_PAGE_LIST_SOON;

        return ggi_page_of(page, "revocation list", "intrekkingslijst");
    }

    if (strcmp(name, "ggi_pkio_server_certificate_expiry_timestamp_seconds") == 0) {
        return ggi_page_of(page, "certificate of a server", "certificaat van een server");
    }

    if (strcmp(name, "ggi_pkio_ca_expiry_timestamp_seconds") == 0) {
        return "CA";
    }

    return NULL;
}


static void
ggi_page_expiries(const ggi_page_t *page)
{
    size_t                      i;
    uint64_t                    soon;
    ggi_str_t                   oin = { .len = GGI_OIN_LEN };
    const char                 *what;
    const ggi_status_family_t  *family;

    for (family = page->status->families; family; family = family->next) {
        what = ggi_page_family(page, family->name, &soon);

        for (i = 0; what && i < family->n; i++) {
            ggi_page_expiry(page, family->samples[i].of, what, family->samples[i].value, soon);
        }
    }

    for (i = 0; i < page->status->expiries_n; i++) {
        oin.data = page->status->expiries[i].oin;
        ggi_page_expiry(page, oin, ggi_page_of(page, "certificate of a caller",
                                               "certificaat van een afnemer"),
                        (uint64_t) page->status->expiries[i].not_after, GGI_PAGE_CERT_SOON);
    }
}


/* Tells which version the register of doelbindingen has, if there is one. */
static void
ggi_page_register(const ggi_page_t *page)
{
    ggi_str_t                   of;
    const ggi_status_family_t  *family;

    for (family = page->status->families; family; family = family->next) {
        if (strcmp(family->name, "ggi_doelbinding_register_info") != 0) {
            continue;
        }

        of.data = ggi_page_of(page, "Register of doelbindingen: version",
                              "Register van doelbindingen: versie");
        of.len = strlen(of.data);
        ggi_page_row(page, of);
        ggi_page_cell_begin(page, "n");
        ggi_html_text(page->out, family->samples[0].of);
        ggi_html_put(page->out, "</td>");
        ggi_page_row_end(page);
    }
}


static void
ggi_page_values(const ggi_page_t *page)
{
    size_t       i;
    uint64_t     value;
    ggi_str_t    of;
    const char  *text;
    ggi_kind_e   kind;

    for (i = 0; i < sizeof(ggi_page_lines) / sizeof(ggi_page_lines[0]); i++) {
        if (!ggi_status_value(page->status, ggi_page_lines[i].metric, &value)) {
            continue;
        }

        text = ggi_page_lines[i].text[page->lang];
        kind = ggi_metric_get(ggi_page_lines[i].metric)->kind;
        of.data = text;
        of.len = strlen(text);
        ggi_page_row(page, of);

        if (kind == GGI_KIND_TIME || kind == GGI_KIND_MONOTONIC) {
            ggi_page_cell_begin(page, "n");
            ggi_page_time(page, value);
            ggi_html_put(page->out, "</td>");

        } else {
            ggi_page_number(page, value);
        }

        ggi_page_row_end(page);
    }

    ggi_page_register(page);
    ggi_page_redis_doubted(page);
}


/* The columns of a table of ggi_page_reasons(), behind the one that says what a row is of. */
#define GGI_PAGE_REASONS                                                        \
    { { "Decision", "Besluit" }, 0 },                                           \
    { { "Reason", "Reden" }, 0 },                                               \
    { { "Calls", "Aanroepen" }, 1 }


/* The tables, in the order of the page. */
static const ggi_page_table_t  ggi_page_tables[] = {
    {
        { "Calls by dienst", "Aanroepen per dienst" },
        {
            { { "Dienst", "Dienst" }, 0 },
            { { "Allowed", "Toegestaan" }, 1 }, { { "Refused", "Geweigerd" }, 1 },
            { { "Would be refused", "Zou geweigerd zijn" }, 1 },
            { { "Half take", "Helft duurt" }, 1 }, { { "95 % take", "95 % duurt" }, 1 },
            { { "Gates, 99 %", "Poorten, 99 %" }, 1 },
            { { "API 2xx", "API 2xx" }, 1 }, { { "API 3xx", "API 3xx" }, 1 },
            { { "API 4xx", "API 4xx" }, 1 }, { { "API 5xx", "API 5xx" }, 1 }
        },
        ggi_page_diensten
    },
    {
        { "Refusals by reason", "Weigeringen per reden" },
        { { { "Dienst", "Dienst" }, 0 }, GGI_PAGE_REASONS },
        ggi_page_refusals
    },
    {
        { "Calls by organisation", "Aanroepen per organisatie" },
        { { { "OIN", "OIN" }, 0 }, GGI_PAGE_REASONS },
        ggi_page_callers
    },
    {
        { "Lists and certificates", "Lijsten en certificaten" },
        {
            { { "Of", "Van" }, 0 }, { { "What", "Wat" }, 0 },
            { { "Expires", "Verloopt" }, 0 }, { { "Left", "Resteert" }, 1 }
        },
        ggi_page_expiries
    },
    {
        { "Sources and audit log", "Bronnen en auditlog" },
        { { { "What", "Wat" }, 0 }, { { "Value", "Waarde" }, 1 } },
        ggi_page_values
    },
    {
        { "Gates", "Poorten" },
        {
            { { "Dienst", "Dienst" }, 0 }, { { "Gate", "Poort" }, 0 },
            { { "Mode", "Stand" }, 0 }, { { "Locations", "Locaties" }, 1 }
        },
        ggi_page_modes
    }
};


void
ggi_status_page(ggi_json_t *out, const ggi_status_t *status, ggi_lang_e lang)
{
    size_t      i;
    ggi_page_t  page = { out, status, lang };

    ggi_html_put(out, "<!DOCTYPE html>\n");
    ggi_page_put(&page, "<html lang=\"en\">", "<html lang=\"nl\">");
    ggi_html_put(out, "<head><meta charset=\"utf-8\"><title>");
    ggi_page_put(&page, "Status of the gate", "Status van de poort");
    ggi_html_put(out, "</title><meta name=\"viewport\" content=\"width=device-width,"
                 "initial-scale=1\"><style>");
    ggi_html_put(out, ggi_status_style);
    ggi_html_put(out, "</style></head>\n<body>"
                 "<p id=\"stale\" class=\"bad\" role=\"status\" hidden>");
    ggi_page_put(&page, "The gate does not answer: what is shown is old.",
                 "De poort antwoordt niet: wat hier staat is oud.");
    ggi_html_put(out, "</p><main><h1>");
    ggi_page_put(&page, "Status of the gate", "Status van de poort");
    ggi_html_put(out, "</h1>\n<p class=\"quiet\">GGI " GGI_VERSION ", nginx ");
    ggi_html_text(out, status->nginx);
    ggi_html_put(out, ", ");
    ggi_page_time(&page, status->now);
    ggi_html_put(out, "</p>\n");

    for (i = 0; i < sizeof(ggi_page_tables) / sizeof(ggi_page_tables[0]); i++) {
        ggi_page_table(&page, &ggi_page_tables[i]);
    }

    ggi_page_redis(&page);
    ggi_html_put(out, "</main><script>");
    ggi_html_put(out, ggi_status_script);
    ggi_html_put(out, "</script></body></html>\n");
}
