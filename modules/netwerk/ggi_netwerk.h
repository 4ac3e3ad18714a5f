/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The network that a client's address belongs to, looked up in a database in MaxMind DB
 * format (MMDB).
 */

#ifndef GGI_NETWERK_H
#define GGI_NETWERK_H

#include <maxminddb.h>

#include "ggi_source.h"
#include "ggi_str.h"

#define GGI_NETWERK_FILE_MAX  (256 * 1024 * 1024)       /* bytes that a database may have */
#define GGI_NETWERK_RECENT    64                        /* remembered addresses; a power of two */
#define GGI_NETWERK_BUILD     20                        /* bytes of a time of RFC 3339 in seconds */


/*
 * An address that was looked up, and the result, so that the next call from it needs no
 * look-up.
 */
typedef struct {
    unsigned char  address[16];         /* an IPv4 address in its mapped form */
    int            known;
    int            found;               /* what ggi_netwerk_find() returned */
    ggi_str_t      name;
} ggi_netwerk_recent_t;

typedef struct {
    MMDB_s                mmdb;
    char                  build[GGI_NETWERK_BUILD];     /* when it was made, as its metadata say */
    uint32_t              ipv4;         /* root of IPv4, 96 zero bits down; node_count: none */
    ggi_netwerk_recent_t  recent[GGI_NETWERK_RECENT];   /* indexed by a hash of the address */
} ggi_netwerk_t;


/*
 * Reads a database and checks every record of its tree: each is a name, or a map that
 * has the name under "netwerk". The file is copied to memory, so that overwriting it
 * afterwards does no harm. Takes as long as the database is large: call it when the
 * configuration is read. Returns 1; the caller frees the database with
 * ggi_netwerk_close(). Returns 0 with the fault, and nothing to free, when the file
 * cannot be read or is no such database.
 */
int ggi_netwerk_open(ggi_netwerk_t *netwerk, const char *file,
    ggi_fault_t *fault);

/*
 * Frees what ggi_netwerk_open() allocated. The names that ggi_netwerk_find() gave are
 * void afterwards.
 */
void ggi_netwerk_close(ggi_netwerk_t *netwerk);

/*
 * Sets known[i] to 1 for each of the n names that is the name of a network in the
 * database, and leaves known[i] as it is for the others. It walks the whole tree once:
 * call it at start only.
 */
void ggi_netwerk_known(const ggi_netwerk_t *netwerk, const ggi_str_t *names,
    unsigned char *known, size_t n);

/*
 * Finds the network that an address belongs to. Returns 1 and sets *name, which is
 * valid until the database is closed; 0 when the address is in no network, as for a
 * UNIX socket; -1 when the record in the database cannot be read. The results for the
 * last GGI_NETWERK_RECENT addresses are remembered.
 *
 * An IPv4-mapped address (::ffff:0:0/96) counts as IPv4. No other IPv6 address does:
 * neither ::10.1.2.3, nor an address of 6to4, Teredo or NAT64, even when the database
 * makes aliases of their prefixes for its IPv4 networks.
 */
int ggi_netwerk_find(ggi_netwerk_t *netwerk, const struct sockaddr *address,
    ggi_str_t *name);


#endif
