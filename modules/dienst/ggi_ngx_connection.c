/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What a caller says about its connection, and an API about its own. None of it
 * may take a call out of the gate's sight, or a header away from the API.
 */

#include "ggi_ngx_conf.h"
#include "ggi_ngx_connection.h"
#include "ggi_ngx_limits.h"


#define GGI_CONNECTION_CLOSE       1
#define GGI_CONNECTION_KEEP_ALIVE  2
#define GGI_CONNECTION_UPGRADE     4


static ggi_limits_t  ggi_connection_limits;

static ggi_name_t  ggi_connection = ggi_name("Connection", "connection");

static const ggi_name_t  ggi_connection_upgrade = ggi_name("Upgrade",
                                                           "upgrade");

/* The value of Connection for each set of the options above. */
static const ggi_str_t  ggi_connection_values[] = {
    ggi_str(""),
    ggi_str("close"),
    ggi_str("keep-alive"),
    ggi_str("close, keep-alive"),
    ggi_str("upgrade"),
    ggi_str("close, upgrade"),
    ggi_str("keep-alive, upgrade"),
    ggi_str("close, keep-alive, upgrade")
};


/* Which option of the connection a token is; 0: none, such as the name of a header. */
static ngx_uint_t
ggi_connection_option(u_char *p, u_char *end)
{
    while (p < end && (*p == ' ' || *p == '\t')) {
        p++;
    }

    while (p < end && (end[-1] == ' ' || end[-1] == '\t')) {
        end--;
    }

    if (end - p == 5 && ngx_strncasecmp(p, (u_char *) "close", 5) == 0) {
        return GGI_CONNECTION_CLOSE;
    }

    if (end - p == 10 && ngx_strncasecmp(p, (u_char *) "keep-alive", 10) == 0) {
        return GGI_CONNECTION_KEEP_ALIVE;
    }

    if (end - p == 7 && ngx_strncasecmp(p, (u_char *) "upgrade", 7) == 0) {
        return GGI_CONNECTION_UPGRADE;
    }

    return 0;
}


/* The options in all values of the header. */
static ngx_uint_t
ggi_connection_options(ngx_http_request_t *r)
{
    u_char           *p, *end, *comma;
    ngx_uint_t        i, options;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    options = 0;

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {

            if (h[i].key.len != ggi_connection.lowcase.len
                || ngx_memcmp(h[i].lowcase_key, ggi_connection.lowcase.data,
                              h[i].key.len)
                   != 0)
            {
                continue;
            }

            p = h[i].value.data;
            end = p + h[i].value.len;

            while (p < end) {
                comma = ngx_strlchr(p, end, ',');
                options |= ggi_connection_option(p, comma ? comma : end);
                p = comma ? comma + 1 : end;
            }
        }
    }

    return options;
}


ngx_uint_t
ggi_connection_may_upgrade(ngx_http_request_t *r)
{
    ngx_uint_t              n;
    ngx_table_elt_t        *h;
    ggi_dienst_loc_conf_t  *dlcf;

    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_dienst_module);

    if (!dlcf->upgrade || r->http_version != NGX_HTTP_VERSION_11
        || r != r->main || r->headers_in.upgrade == NULL)
    {
        return 0;
    }

    /* $http_upgrade is the first of several with nginx 1.22, and all of them from 1.23 on */

    h = ggi_header_find(r, &ggi_connection_upgrade, &n);

    return n == 1
           && ngx_strlcasestrn(h->value.data, h->value.data + h->value.len,
                               (u_char *) "h2c", 2)
              == NULL;
}


ggi_str_t
ggi_connection_value(ngx_http_request_t *r)
{
    ngx_uint_t  options;

    options = ggi_connection_options(r);

    if (!ggi_connection_may_upgrade(r)) {
        options &= ~GGI_CONNECTION_UPGRADE;
    }

    return ggi_connection_values[options];
}


ngx_int_t
ggi_connection_forward(ngx_http_request_t *r, ggi_header_filter_t *filter)
{
    ggi_str_t  value;

    if (r->headers_in.upgrade && !ggi_connection_may_upgrade(r)) {
        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "the call's \"Upgrade\" is not passed on: "
                      "\"ggi_dienst_upgrade\" is off, or it asks for \"h2c\", "
                      "comes in several headers or not over HTTP/1.1");
        r->headers_in.upgrade = NULL;

        if (ggi_header_remove_one(r, *filter, &ggi_connection_upgrade) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    if (!ggi_header_maybe(*filter, &ggi_connection)
        || ggi_header_find(r, &ggi_connection, NULL) == NULL)
    {
        return NGX_OK;
    }

    value = ggi_connection_value(r);

    if (value.len == 0) {
        return ggi_header_remove_one(r, *filter, &ggi_connection);
    }

    return ggi_header_set(r, filter, &ggi_connection, value);
}


/*
 * Drops an answer of the API of which nginx could not read the status line. It would give
 * the caller the bytes as they came, without a header of ours. Returns the status to
 * answer with instead.
 */
static ngx_int_t
ggi_connection_drop_headless(ngx_http_request_t *r, const ggi_call_t *call)
{
    u_char    *p;
    uint64_t   left_out;

    if (ggi_limits_allow(&ggi_connection_limits, call->dienst.len, call->dienst.data,
                         "no status line", &left_out))
    {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "the API of dienst \"%*s\" sent no status line of HTTP: its answer is "
                      "dropped (messages left out: %uL)", call->dienst.len, call->dienst.data,
                      left_out);
    }

    /* nginx made HTTP/0.9 of a request that came as "HTTP/1.1", or another version of that form */

    p = r->http_protocol.data;
    r->http_version = (ngx_uint_t) (p[5] - '0') * 1000 + (ngx_uint_t) (p[7] - '0');

    return NGX_HTTP_BAD_GATEWAY;
}


ngx_int_t
ggi_connection_answer(ngx_http_request_t *r, ggi_call_t *call)
{
    uint64_t                left_out;
    ngx_http_upstream_t    *u;
    ggi_dienst_loc_conf_t  *dlcf;

    u = r->upstream;

    if (u && r->http_version < NGX_HTTP_VERSION_10 && r->http_protocol.data) {
        return ggi_connection_drop_headless(r, call);
    }

    if (r->headers_out.status != NGX_HTTP_SWITCHING_PROTOCOLS) {
        return NGX_OK;
    }

    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_dienst_module);

    if (u == NULL || dlcf->place.dienst.len == 0) {
        return NGX_OK;
    }

    if (!u->upgrade || !ggi_connection_may_upgrade(r)) {
        if (ggi_limits_allow(&ggi_connection_limits, dlcf->place.dienst.len,
                             dlcf->place.dienst.data, "switched protocols", &left_out))
        {
            ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                          "the API of dienst \"%V\" switched protocols without "
                          "being asked to: its answer is dropped; where callers may "
                          "ask for that, set \"ggi_dienst_upgrade on;\" (messages left "
                          "out: %uL)", &dlcf->place.dienst, left_out);
        }

        /* of the API's headers none goes with the answer that is given instead */
        ngx_http_clean_header(r);

        return NGX_HTTP_BAD_GATEWAY;
    }

    call->state.tunnel = 1;
    call->state.tunnel_request = u->peer.connection
                           ? (uint64_t) u->peer.connection->sent : 0;

    return NGX_OK;
}
