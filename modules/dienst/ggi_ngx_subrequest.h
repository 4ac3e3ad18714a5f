/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Subrequests: the parts of a page (SSI), mirrors, auth_request. None is a call
 * of its own, and none goes where its call would be refused.
 */

#ifndef GGI_NGX_SUBREQUEST_H
#define GGI_NGX_SUBREQUEST_H

#include "ggi_ngx_conf.h"


/*
 * Judges a subrequest for the location that it has now, which has the dienst of
 * dlcf. Returns the return code of a phase handler: NGX_DECLINED lets it go on,
 * NGX_AGAIN waits, a status refuses it.
 */
ngx_int_t ggi_subrequest_judge(ngx_http_request_t *r,
    ggi_dienst_loc_conf_t *dlcf);


#endif
