/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include "ggi_html.h"
#include "ggi_status_page_redis.h"


/* Whose Redis it is, by how the names of the families about that begin. */
static const struct {
    const char  *prefix;
    const char  *name[GGI_LANGS];
} ggi_page_redis_of[] = {
    { "ggi_autorisatie_redis", { "Profiles", "Profielen" } },
    { "ggi_functie_redis", { "Functions", "Functies" } },
    { "ggi_doelbinding_toestemmingen_redis", { "Consents", "Toestemmingen" } }
};

enum { GGI_PAGE_REDIS_N = sizeof(ggi_page_redis_of) / sizeof(ggi_page_redis_of[0]) };


/* Returns the family whose name is a prefix and an ending, or NULL when there is none. */
static const ggi_status_family_t *
ggi_page_redis_family(const ggi_page_t *page, const char *prefix, const char *ending)
{
    size_t                      len;
    const ggi_status_family_t  *family;

    len = strlen(prefix);

    for (family = page->status->families; family; family = family->next) {
        if (strncmp(family->name, prefix, len) == 0 && strcmp(family->name + len, ending) == 0) {
            return family;
        }
    }

    return NULL;
}


/* Returns the sample of a server in a family, which may be NULL, or NULL when there is none. */
static const ggi_status_sample_t *
ggi_page_redis_sample(const ggi_status_family_t *family, ggi_str_t server)
{
    size_t  i;

    for (i = 0; family && i < family->n; i++) {
        if (ggi_str_eq(family->samples[i].of, server)) {
            return &family->samples[i];
        }
    }

    return NULL;
}


/* Writes a cell with a text of any bytes. */
static void
ggi_page_redis_text(const ggi_page_t *page, ggi_str_t text)
{
    ggi_html_put(page->out, "<td>");
    ggi_html_text(page->out, text);
    ggi_html_put(page->out, "</td>");
}


/* Writes the row of a server of the i-th Redis. */
static void
ggi_page_redis_row(const ggi_page_t *page, size_t i, const ggi_status_sample_t *up)
{
    ggi_str_t                   of;
    const char                 *prefix;
    const ggi_status_sample_t  *sample;

    prefix = ggi_page_redis_of[i].prefix;
    of.data = ggi_page_redis_of[i].name[page->lang];
    of.len = strlen(of.data);

    ggi_page_row(page, of);
    ggi_page_redis_text(page, up->of);
    ggi_page_redis_text(page, up->more[0]);
    ggi_page_redis_text(page, up->more[1]);

    ggi_page_cell_begin(page, up->value ? "good" : "bad");
    ggi_page_put(page, up->value ? "serves" : "does not serve",
                 up->value ? "werkt" : "werkt niet");
    ggi_html_put(page->out, "</td>");

    sample = ggi_page_redis_sample(ggi_page_redis_family(page, prefix,
                                                         "_master_timestamp_seconds"), up->of);
    ggi_html_put(page->out, "<td>");

    if (sample) {
        ggi_page_time(page, sample->value);
    } else {
        ggi_html_put(page->out, "&ndash;");
    }

    ggi_html_put(page->out, "</td>");
    sample = ggi_page_redis_sample(ggi_page_redis_family(page, prefix, "_cluster_slots"), up->of);

    if (sample) {
        ggi_page_number(page, sample->value);

    } else {
        ggi_page_cell_begin(page, "n");
        ggi_html_put(page->out, "&ndash;</td>");
    }

    ggi_page_row_end(page);
}


static void
ggi_page_redis_rows(const ggi_page_t *page)
{
    size_t                      i, k;
    const ggi_status_family_t  *up;

    for (i = 0; i < GGI_PAGE_REDIS_N; i++) {
        up = ggi_page_redis_family(page, ggi_page_redis_of[i].prefix, "_up");

        for (k = 0; up && k < up->n; k++) {
            ggi_page_redis_row(page, i, &up->samples[k]);
        }
    }
}


static const ggi_page_table_t  ggi_page_redis_table = {
    { "Servers of Redis", "Servers van Redis" },
    {
        { { "Of", "Van" }, 0 }, { { "Server", "Server" }, 0 }, { { "Role", "Rol" }, 0 },
        { { "Found by", "Gevonden via" }, 0 }, { { "State", "Toestand" }, 0 },
        { { "In use since", "In gebruik sinds" }, 0 }, { { "Slots", "Slots" }, 1 }
    },
    ggi_page_redis_rows
};


void
ggi_page_redis(const ggi_page_t *page)
{
    size_t  i;

    for (i = 0; i < GGI_PAGE_REDIS_N; i++) {
        if (ggi_page_redis_family(page, ggi_page_redis_of[i].prefix, "_up")) {
            ggi_page_table(page, &ggi_page_redis_table);
            return;
        }
    }
}


void
ggi_page_redis_doubted(const ggi_page_t *page)
{
    size_t                      i;
    ggi_str_t                   of;
    const ggi_status_family_t  *family;

    static const char *const  names[GGI_PAGE_REDIS_N][GGI_LANGS] = {
        { "Redis Cluster of profiles: slots in doubt",
          "Redis Cluster van profielen: slots in twijfel" },
        { "Redis Cluster of functions: slots in doubt",
          "Redis Cluster van functies: slots in twijfel" },
        { "Redis Cluster of consents: slots in doubt",
          "Redis Cluster van toestemmingen: slots in twijfel" }
    };

    for (i = 0; i < GGI_PAGE_REDIS_N; i++) {
        family = ggi_page_redis_family(page, ggi_page_redis_of[i].prefix, "_doubted_slots");

        if (family && family->n) {
            of.data = names[i][page->lang];
            of.len = strlen(of.data);
            ggi_page_row(page, of);
            ggi_page_number(page, family->samples[0].value);
            ggi_page_row_end(page);
        }
    }
}
