/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_redis_log.h"


/*
 * Keeps what nginx itself logs about a connection, without its time and process,
 * for the message that names the server. An alert is logged at once as well.
 */
static void
ggi_redis_log_writer(ngx_log_t *log, ngx_uint_t level, u_char *buf, size_t len)
{
    u_char           *text;
    ggi_redis_log_t  *rl = log->wdata;

    while (len && (buf[len - 1] == LF || buf[len - 1] == CR)) {
        len--;
    }

    text = ngx_strlcasestrn(buf, buf + len, (u_char *) ": ", 2 - 1);

    if (text) {
        text += 2;
        len -= (size_t) (text - buf);
        buf = text;
    }

    ggi_redis_printable(rl->heard, sizeof(rl->heard), (char *) buf, len,
                        &rl->conf->url);

    if (level <= NGX_LOG_ALERT) {
        ngx_log_error(level, rl->log, 0, "redis %V: %s", &rl->conf->name,
                      rl->heard);
    }
}


void
ggi_redis_log_init(ggi_redis_log_t *rl, ggi_redis_conf_t *conf, ngx_uint_t sentinel,
    ngx_log_t *log)
{
    ngx_memzero(rl, sizeof(ggi_redis_log_t));

    rl->conf = conf;
    rl->sentinel = sentinel;
    rl->log = log;
    rl->heard_log.log_level = NGX_LOG_INFO;
    rl->heard_log.writer = ggi_redis_log_writer;
    rl->heard_log.wdata = rl;
}


/* Logs what is wrong with the server, and how many such messages were left out before. */
static void
ggi_redis_log_write(ggi_redis_log_t *rl, ngx_uint_t level,
    const ngx_str_t *addr, const char *what, const char *detail)
{
    u_char            more[64], *p;
    ngx_uint_t        named;
    static ngx_str_t  none = ngx_null_string;

    /* a name, or several hosts, have several addresses: it matters which one it was */
    named = addr && rl->conf->url.nhosts
            && (rl->conf->url.kind != GGI_REDIS_SERVER || !rl->conf->url.hosts[0].address[0]);

    p = more;
    if (rl->left_out) {
        p = ngx_snprintf(more, sizeof(more), " (and %uL times more)",
                         rl->left_out);
        rl->left_out = 0;
    }

    if (rl->sentinel) {
        level = NGX_LOG_WARN;
    }

    ngx_log_error(level, rl->log, 0,
                  "%sredis %V%s%V%s %s%s%s%*s", rl->sentinel ? "a Sentinel of " : "",
                  &rl->conf->name, named ? " (" : "", named ? addr : &none,
                  named ? ")" : "", what, detail[0] ? " " : "", detail,
                  (size_t) (p - more), more);
}


void
ggi_redis_log_lost(ggi_redis_log_t *rl, const ngx_str_t *addr,
    ngx_uint_t waited, const char *what, const char *detail)
{
    if (ggi_limit_pass(&rl->lost_limit, ngx_current_msec, &rl->left_out)) {
        ggi_redis_log_write(rl, waited ? NGX_LOG_ERR : NGX_LOG_WARN, addr,
                            what, detail);
    }
}


void
ggi_redis_log_attempt(ggi_redis_log_t *rl, const ngx_str_t *addr,
    ngx_uint_t first, const char *what, const char *detail)
{
    if (first) {
        rl->loud = (ngx_uint_t) ggi_limit_pass(&rl->attempt_limit,
                                               ngx_current_msec,
                                               &rl->left_out);
    }

    if (rl->loud) {
        ggi_redis_log_write(rl, NGX_LOG_ERR, addr, what, detail);
    }
}


void
ggi_redis_log_away(ggi_redis_log_t *rl)
{
    rl->told |= rl->loud;
}


void
ggi_redis_log_back(ggi_redis_log_t *rl)
{
    if (rl->told) {
        ngx_log_error(NGX_LOG_NOTICE, rl->log, 0, "%sredis %V is back",
                      rl->sentinel ? "a Sentinel of " : "", &rl->conf->name);
    }

    rl->told = 0;
}
