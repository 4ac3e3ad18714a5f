/* SPDX-License-Identifier: EUPL-1.2 */

#include <arpa/inet.h>

#include "ggi_ngx_redis_address.h"


socklen_t
ggi_redis_address(ngx_sockaddr_t *sockaddr, const char *text, int port)
{
    socklen_t  socklen;

    ngx_memzero(sockaddr, sizeof(ngx_sockaddr_t));

    if (inet_pton(AF_INET, text, &sockaddr->sockaddr_in.sin_addr) == 1) {
        sockaddr->sockaddr.sa_family = AF_INET;
        socklen = sizeof(struct sockaddr_in);

#if (NGX_HAVE_INET6)
    } else if (inet_pton(AF_INET6, text, &sockaddr->sockaddr_in6.sin6_addr) == 1) {
        sockaddr->sockaddr.sa_family = AF_INET6;
        socklen = sizeof(struct sockaddr_in6);
#endif

    } else {
        return 0;
    }

    ngx_inet_set_port(&sockaddr->sockaddr, (in_port_t) port);

    return socklen;
}
