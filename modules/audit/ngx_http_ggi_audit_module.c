/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The gate audit: lets a call through to the API only when it is accounted for. The
 * decisions of one turn of the event loop are written together at its end, and the
 * calls go on once they are written.
 */

#include "ggi_ngx_array.h"
#include "ggi_ngx_audit_conf.h"
#include "ggi_ngx_audit_end.h"
#include "ggi_ngx_audit_gate.h"
#include "ggi_ngx_audit_loc.h"
#include "ggi_ngx_audit_reopen.h"
#include "ggi_ngx_check.h"
#include "ggi_ngx_commit.h"
#include "ggi_ngx_directive.h"
#include "ggi_ngx_gate.h"
#include "ggi_ngx_judge.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_person.h"
#include "ggi_ngx_person_judge.h"
#include "ggi_ngx_seam.h"
#include "ggi_ngx_signal.h"
#include "ggi_ngx_signal_check.h"
#include "ggi_ngx_slot_make.h"
#include "ggi_ngx_str.h"
#include "ggi_ngx_subject.h"
#include "ggi_ngx_trail_ends.h"
#include "ggi_ngx_trail_file.h"

#include <signal.h>


static ngx_int_t ggi_audit_init(ngx_conf_t *cf);
static ngx_int_t ggi_audit_init_module(ngx_cycle_t *cycle);
static ngx_int_t ggi_audit_init_process(ngx_cycle_t *cycle);
static void ggi_audit_exit_process(ngx_cycle_t *cycle);


static ngx_conf_enum_t  ggi_audit_users[] = {
    { ngx_string("pseudonym"), GGI_USER_PSEUDONYM },
    { ngx_string("plain"), GGI_USER_PLAIN },
    { ngx_string("omit"), GGI_USER_OMIT },
    { ngx_null_string, 0 }
};


static ngx_conf_post_t  ggi_audit_node_post = { ggi_audit_check_node };


static ngx_command_t  ggi_audit_commands[] = {

    GGI_HTTP_COMMAND("ggi_audit_log", NGX_CONF_1MORE, ggi_audit_log_directive),
    GGI_HTTP_COMMAND("ggi_audit_anonymous", NGX_CONF_TAKE12, ggi_audit_anonymous_directive),
    GGI_HTTP_COMMAND("ggi_audit_seal", NGX_CONF_TAKE1, ggi_audit_seal_directive),

    { ngx_string("ggi_audit_node"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ggi_audit_main_conf_t, node),
      &ggi_audit_node_post },

    { ngx_string("ggi_audit_user"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ggi_enum_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ggi_audit_main_conf_t, user),
      ggi_audit_users },

    GGI_HTTP_COMMAND("ggi_audit_pseudonym_key", NGX_CONF_TAKE1, ggi_audit_pseudonym_key_directive),
    GGI_BLOCK_COMMAND("ggi_audit_data_subject", NGX_CONF_TAKE1, ggi_subject_directive),
    GGI_HTTP_COMMAND("ggi_audit_signals", NGX_CONF_TAKE1, ggi_audit_signals_directive),
    GGI_BLOCK_COMMAND("ggi_audit_signal", NGX_CONF_1MORE, ggi_audit_signal_directive),

      ngx_null_command
};


GGI_NGX_GATE(ngx_http_ggi_audit_module, ggi_audit_commands, NULL, ggi_audit_init,
             GGI_CYCLE(ggi_audit_init_module, ggi_audit_init_process, ggi_audit_exit_process),
             GGI_MAIN_CONF(ggi_audit_create_main_conf, ggi_audit_init_main_conf),
             GGI_LOC_CONF(ggi_audit_create_loc_conf, ggi_audit_merge_loc_conf));


static ngx_uint_t  ggi_audit_started;   /* 1: the trail of this worker has begun */


static ngx_int_t
ggi_audit_init(ngx_conf_t *cf)
{
    ggi_audit_main_conf_t      *amcf;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_audit_module);
    ggi_person_judged_by(cf, &ggi_person_by_record);

    if (amcf->log.name.len == 0) {
        if (ggi_gate_require(cf, GGI_GATE_AUDIT, "\"ggi_audit_log\" in http")
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        return ggi_gate_register(cf, GGI_GATE_AUDIT, ggi_audit_judge);
    }

    if (ggi_audit_follow_reopen(cf, &amcf->log) != NGX_OK) {
        return NGX_ERROR;
    }

    if (amcf->key_made && ggi_gate_next_place(cf, GGI_GATE_AUDIT, NULL))
    {
        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "the audit log has pseudonyms of users and data subjects, "
                      "which differ after each start and reload: "
                      "\"ggi_audit_pseudonym_key\" in http names a file with a key "
                      "that stays, in %s:%ui",
                      amcf->log.conf_file, amcf->log.conf_line);
    }

    ggi_metric_show(cf, GGI_METRIC_AUDIT_RECORDS, GGI_METRIC_AUDIT_ANONYMOUS);

    if (ggi_signal_check(cf, &amcf->signals) != NGX_OK
        || ggi_anonymous_init(cf, &amcf->anonymous, &ngx_http_ggi_audit_module)
        != NGX_OK
        || ggi_seal_init(cf, &amcf->seal, &amcf->log.name) != NGX_OK
        || ggi_signal_init(cf, &amcf->signals, &ngx_http_ggi_audit_module) != NGX_OK
        || ggi_phase_add(cf, NGX_HTTP_LOG_PHASE, ggi_audit_record_end) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ggi_gate_register(cf, GGI_GATE_AUDIT, ggi_audit_judge);
}


/*
 * Makes the files of the log. At start nginx ends when one cannot be made. At a
 * reload an error here would end the running master: it is only logged, and a
 * worker that finds no file refuses its calls until there is one.
 */
static ngx_int_t
ggi_audit_init_module(ngx_cycle_t *cycle)
{
    ggi_audit_main_conf_t  *amcf;

    amcf = ggi_audit_conf(cycle);

    if (amcf == NULL) {
        return NGX_OK;
    }

    /*
     * A write beyond RLIMIT_FSIZE is an error as any other then: in workers,
     * their threads and the processes of a cache, which inherit this, and in
     * the master, which would end nginx when its error log is that large.
     */
    (void) signal(SIGXFSZ, SIG_IGN);

    if (!ngx_test_config) {
        amcf->digest.data = amcf->digits;
        amcf->digest.len = ggi_conf_digest(cycle, amcf->digits);
    }

    ggi_slot_open_besides(cycle, &amcf->log);

    if (ggi_slot_make_files(cycle, &amcf->log) == NGX_OK) {
        return NGX_OK;
    }

    return ngx_is_init_cycle(cycle->old_cycle) ? NGX_ERROR : NGX_OK;
}


static ngx_int_t
ggi_audit_init_process(ngx_cycle_t *cycle)
{
    ggi_audit_main_conf_t  *amcf;

    amcf = ggi_audit_conf(cycle);

    /* the manager and the loader of a cache make no records, and take no file */

    if (amcf == NULL || !ggi_process_serves()) {
        return NGX_OK;
    }

    if (ggi_trail_init(cycle, ggi_from_ngx_str(amcf->node),
                       (ggi_user_e) amcf->user, &amcf->key, amcf->digest)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    ggi_trail_init_file(cycle, &amcf->log,
                        amcf->commit.durability == GGI_DURABILITY_SYNCED);

    if (ggi_commit_init(cycle, &amcf->commit) != NGX_OK) {
        return NGX_ERROR;
    }

    ggi_anonymous_init_process(cycle, &amcf->anonymous);
    ggi_seal_init_process(cycle, &amcf->seal);
    ggi_signal_init_process(cycle, &amcf->signals);
    ggi_audit_started = 1;

    return NGX_OK;
}


static void
ggi_audit_exit_process(ngx_cycle_t *cycle)
{
    if (!ggi_audit_started) {
        return;
    }

    ggi_commit_end_calls(ggi_audit_record_terminated);
    ggi_call_each_undecided(ggi_audit_record_undecided);
    ggi_anonymous_flush(cycle->log);
    ggi_trail_close_chain(ggi_trail_slot()->conf);
    ggi_commit_exit(cycle->log);
    ggi_trail_note_closed(ggi_trail_slot(), cycle->log);
    ggi_trail_close_file();
    ggi_trail_free();
}
