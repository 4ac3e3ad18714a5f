/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * A path: the chain of a certificate that was verified up to a root of some server, with
 * what has been found about it.
 */

#ifndef GGI_NGX_PATH_H
#define GGI_NGX_PATH_H

#include <ngx_config.h>
#include <ngx_core.h>

#include <openssl/x509.h>

#include "ggi_certificate.h"
#include "ggi_policies.h"
#include "ggi_reason.h"


typedef struct {
    ngx_uint_t           id;            /* no other path of this process has it */
    ngx_uint_t           users;         /* it is freed when there are none left */
    STACK_OF(X509)      *chain;         /* leaf first, root last */
    ggi_period_t         period;        /* the period in which all CAs of the chain are valid */
    ggi_policies_t       policies;
    ngx_uint_t           crl_generation;        /* of the lists for the verdict below; 0: none */
    time_t               crl_until;
    ggi_reason_e         revocation;
    struct ggi_ocsp_key_s  *ocsp_keys;  /* of the answers about its certificates; NULL: not made */
} ggi_path_t;


/*
 * Makes a path of a chain that was verified, leaf first and root last, which stays the
 * caller's. A path with a CA whose times cannot be read is valid at no time. Returns
 * the path, with the caller as its user, or NULL without memory.
 */
ggi_path_t *ggi_path_create(STACK_OF(X509) *chain, ngx_log_t *log);

/* Ends a use of a path, which is freed with the last one. Does nothing for NULL. */
void ggi_path_release(ggi_path_t *path);

/* Returns 1 when all CAs of a path are valid at the time now, 0 otherwise. */
static inline ngx_uint_t
ggi_path_holds(const ggi_path_t *path, time_t now)
{
    return now >= path->period.from && now < path->period.until;
}


#endif
