/* SPDX-License-Identifier: EUPL-1.2 */

/* The address of a server that Sentinels or a Cluster name, for a socket. */

#ifndef GGI_NGX_REDIS_ADDRESS_H
#define GGI_NGX_REDIS_ADDRESS_H

#include <ngx_config.h>
#include <ngx_core.h>


/*
 * Sets sockaddr to a port of an address, which is the text of an IPv4 address, or of an IPv6
 * address without brackets. Returns the length of sockaddr; or 0 when the text is no address, or
 * nginx was built without IPv6 and it is one of that.
 */
socklen_t ggi_redis_address(ngx_sockaddr_t *sockaddr, const char *text, int port);


#endif
