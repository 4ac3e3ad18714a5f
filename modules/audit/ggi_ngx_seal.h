/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * How long ago the audit log was sealed, by the process that makes seals. Each worker looks
 * once a second how large the file of seals is.
 */

#ifndef GGI_NGX_SEAL_H
#define GGI_NGX_SEAL_H

#include <ngx_config.h>
#include <ngx_core.h>


typedef struct {
    ngx_msec_t   required;              /* ms after which calls are refused; 0: never */
    u_char      *path;                  /* of the seals, with a NUL; NULL: there is no log */
    u_char      *conf_file;             /* where the directive stands */
    ngx_uint_t   conf_line;
} ggi_seal_conf_t;


/*
 * Reads the directive "ggi_audit_seal required=TIME | off" into conf; TIME is 1s to 1d.
 * Returns NGX_CONF_OK; NGX_CONF_ERROR after a message; or "is duplicate", the end of a
 * message that nginx logs.
 */
char *ggi_seal_directive(ngx_conf_t *cf, ggi_seal_conf_t *conf);

/*
 * Sets conf->path, in postconfiguration, to the path of the seals of a log, whose path is log,
 * with a NUL behind it. Logs a warning when seals are required and there are none. The path is
 * allocated from the pool of the configuration. Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_seal_init(ngx_conf_t *cf, ggi_seal_conf_t *conf, const ngx_str_t *log);

/*
 * Begins, when a worker starts, to look once a second at the file of seals that conf names, so
 * that ggi_seal_overdue() can tell how old the last seal is. conf has to live as long as the
 * worker.
 */
void ggi_seal_init_process(ngx_cycle_t *cycle, const ggi_seal_conf_t *conf);

/* Returns 1 when seals are required and the last one is too old, 0 otherwise. */
ngx_uint_t ggi_seal_overdue(void);


#endif
