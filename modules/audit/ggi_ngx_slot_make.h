/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Makes the files of an audit log, in the master: workers as a rule may create none
 * in the directory of logs.
 */

#ifndef GGI_NGX_SLOT_MAKE_H
#define GGI_NGX_SLOT_MAKE_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ggi_ngx_slot_file.h"


/*
 * Makes files until there is one that nobody holds for each worker and for each
 * spare of the configuration, and makes anew those that this process has made
 * before and that were removed. nginx -t makes the first one alone. Gives each its
 * owner, group and mode. Returns NGX_OK, or NGX_ERROR after a message when one could
 * not be made.
 */
ngx_int_t ggi_slot_make_files(ngx_cycle_t *cycle, const ggi_slot_conf_t *conf);

/*
 * Opens the two files beside a log, in which workers leave word to those after them, and
 * sets conf->leftover to DIR/NAME.gap, for records that could not be written, and
 * conf->chains to DIR/NAME.chains, for the ends of chains, where it notes conf->start.
 * They are closed with the cycle. Does nothing for nginx -t. When a file cannot be opened
 * that is logged as a warning, and its descriptor stays NGX_INVALID_FILE.
 */
void ggi_slot_open_besides(ngx_cycle_t *cycle, ggi_slot_conf_t *conf);


#endif
