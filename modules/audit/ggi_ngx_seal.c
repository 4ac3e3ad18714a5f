/* SPDX-License-Identifier: EUPL-1.2 */

/* How long ago the audit log was sealed. */

#include "ggi_ngx_directive.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_seal.h"
#include "ggi_seal_path.h"

#include <ngx_event.h>


#define GGI_SEAL_LOOK      1000         /* ms between two looks */
#define GGI_SEAL_MOST      86400        /* seconds that can be required */


/* What a worker knows of the seals. */
typedef struct {
    const ggi_seal_conf_t  *conf;       /* NULL: it does not look */
    ngx_event_t             timer;
    ngx_uint_t              there;      /* a seal was seen */
    ngx_uint_t              overdue;
    off_t                   size;       /* of the file at the last look */
    ngx_msec_t              sealed;     /* when it grew, in time of ngx_current_msec */
} ggi_seal_watch_t;

static ggi_seal_watch_t  ggi_seal_watch;


char *
ggi_seal_directive(ngx_conf_t *cf, ggi_seal_conf_t *conf)
{
    ngx_int_t   seconds;
    ngx_str_t  *value, text;

    if (conf->conf_file) {
        return "is duplicate";
    }

    conf->conf_file = cf->conf_file->file.name.data;
    conf->conf_line = cf->conf_file->line;

    if (ggi_argument_is(cf, "off")) {
        return NGX_CONF_OK;
    }

    value = cf->args->elts;

    if (ngx_strncmp(value[1].data, "required=", 9) == 0) {
        text.data = value[1].data + 9;
        text.len = value[1].len - 9;
        seconds = ngx_parse_time(&text, 1);

        if (seconds >= 1 && seconds <= GGI_SEAL_MOST) {
            conf->required = (ngx_msec_t) seconds * 1000;
            return NGX_CONF_OK;
        }
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid parameter \"%V\" of \"ggi_audit_seal\": expected "
                       "\"required=\" with a time from 1s to 1d, such as "
                       "\"required=5m\", or \"off\"", &value[1]);

    return NGX_CONF_ERROR;
}


ngx_int_t
ggi_seal_init(ngx_conf_t *cf, ggi_seal_conf_t *conf, const ngx_str_t *log)
{
    size_t           size;
    ngx_file_info_t  fi;

    size = log->len + sizeof(GGI_SEAL_EXTENSION);
    conf->path = ngx_pnalloc(cf->pool, size);

    if (conf->path == NULL
        || !ggi_seal_path((char *) conf->path, size, (char *) log->data, log->len))
    {
        return NGX_ERROR;
    }

    if (conf->required
        && (ngx_file_info(conf->path, &fi) == NGX_FILE_ERROR || ngx_file_size(&fi) == 0))
    {
        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "\"ggi_audit_seal\" requires seals, and there are none in "
                      "\"%s\": all calls are refused until \"ggictl audit seal\" "
                      "makes one, in %s:%ui",
                      conf->path, conf->conf_file, conf->conf_line);
    }

    return NGX_OK;
}


/*
 * Notes when the last seal was made. A worker that just began knows that by the clock and
 * the time of the file; later it sees the file grow, whatever the clock does.
 */
static void
ggi_seal_look(ggi_seal_watch_t *watch)
{
    time_t           age;
    ngx_file_info_t  fi;

    if (ngx_file_info(watch->conf->path, &fi) == NGX_FILE_ERROR) {
        return;
    }

    if (ngx_file_size(&fi) > watch->size) {
        age = 0;

        if (!watch->there) {
            age = ngx_time() - ngx_file_mtime(&fi);
            age = (age > 0) ? age : 0;
        }

        watch->sealed = ngx_current_msec - (ngx_msec_t) age * 1000;
        watch->there = 1;
    }

    watch->size = ngx_file_size(&fi);
}


/* Tells of a change in whether seals are overdue, in one of the workers. */
static void
ggi_seal_tell(const ggi_seal_watch_t *watch, ngx_log_t *log)
{
    if (ngx_process == NGX_PROCESS_WORKER && ngx_worker != 0) {
        return;
    }

    if (watch->overdue) {
        ngx_log_error(NGX_LOG_ALERT, log, 0,
                      "no seal was added to \"%s\" for %M s: calls are refused with "
                      "audit_unavailable until \"ggictl audit seal --follow\" makes "
                      "one; look whether it runs, and what it says",
                      watch->conf->path, watch->conf->required / 1000);

    } else {
        ngx_log_error(NGX_LOG_NOTICE, log, 0,
                      "a seal was added to \"%s\": calls are let through again",
                      watch->conf->path);
    }
}


static void
ggi_seal_judge(ggi_seal_watch_t *watch, ngx_log_t *log)
{
    ngx_msec_t  age;
    ngx_uint_t  overdue;

    age = ngx_current_msec - watch->sealed;

    if (watch->there) {
        ggi_metric_set(GGI_METRIC_AUDIT_SEAL, (ngx_uint_t) ngx_time() - age / 1000);
    }

    overdue = watch->conf->required
              && (!watch->there || age >= watch->conf->required + GGI_SEAL_LOOK);

    if (overdue != watch->overdue) {
        watch->overdue = overdue;
        ggi_seal_tell(watch, log);
    }
}


static void
ggi_seal_timer(ngx_event_t *ev)
{
    ggi_seal_look(&ggi_seal_watch);
    ggi_seal_judge(&ggi_seal_watch, ev->log);
    ngx_add_timer(ev, GGI_SEAL_LOOK);
}


void
ggi_seal_init_process(ngx_cycle_t *cycle, const ggi_seal_conf_t *conf)
{
    ngx_memzero(&ggi_seal_watch, sizeof(ggi_seal_watch_t));
    ggi_seal_watch.conf = conf;
    ggi_seal_watch.timer.handler = ggi_seal_timer;
    ggi_seal_watch.timer.log = cycle->log;
    ggi_seal_watch.timer.data = &ggi_seal_watch;
    ggi_seal_watch.timer.cancelable = 1;
    ggi_seal_look(&ggi_seal_watch);
    ggi_seal_judge(&ggi_seal_watch, cycle->log);
    ngx_add_timer(&ggi_seal_watch.timer, GGI_SEAL_LOOK);
}


ngx_uint_t
ggi_seal_overdue(void)
{
    return ggi_seal_watch.overdue;
}
