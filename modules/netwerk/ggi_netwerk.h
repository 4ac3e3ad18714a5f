/* SPDX-License-Identifier: EUPL-1.2 */

/* The network that an address belongs to, by an MMDB. */

#ifndef GGI_NETWERK_H
#define GGI_NETWERK_H

#include <maxminddb.h>

#include "ggi_source.h"
#include "ggi_str.h"

#define GGI_NETWERK_FILE_MAX  (256 * 1024 * 1024)       /* bytes */
#define GGI_NETWERK_RECENT    64                        /* addresses; a power of two */


/* An address that was looked up, and what came of it. */
typedef struct {
    unsigned char  address[16];         /* IPv4 as in IPv6: mapped */
    int            known;
    int            found;               /* as ggi_netwerk_find() returns */
    ggi_str_t      name;
} ggi_netwerk_recent_t;

typedef struct {
    MMDB_s                mmdb;
    uint32_t              ipv4;         /* the node behind 96 bits 0, below which IPv4 lies; node_count: none */
    ggi_netwerk_recent_t  recent[GGI_NETWERK_RECENT];   /* by a hash of the address */
} ggi_netwerk_t;


/*
 * Opens a database and looks at every record of its tree: each has to be a
 * name, or a map with the name under "netwerk". The database is copied to
 * memory, so that a file that is overwritten in place does no harm. Returns 1,
 * and ggi_netwerk_close() closes; or 0 with the fault.
 */
int ggi_netwerk_open(ggi_netwerk_t *netwerk, const char *file,
    ggi_fault_t *fault);
void ggi_netwerk_close(ggi_netwerk_t *netwerk);

/*
 * Sets known[i] to 1 for each of n names that a network of the database has,
 * and leaves the others. Walks the whole tree once.
 */
void ggi_netwerk_known(const ggi_netwerk_t *netwerk, const ggi_str_t *names,
    unsigned char *known, size_t n);

/*
 * Finds the name of the network of an address; it is valid until the database
 * is closed. An IPv4-mapped address (::ffff:0:0/96) counts as IPv4, and no
 * other IPv6 address does: neither ::10.1.2.3, nor one of 6to4, Teredo or
 * NAT64, even where the database lets their prefixes lead to its IPv4 networks.
 * Returns 1; 0 when the address is in no network, as that of a UNIX socket is;
 * -1 when the database is damaged there. The results for the last addresses
 * are remembered.
 */
int ggi_netwerk_find(ggi_netwerk_t *netwerk, const struct sockaddr *address,
    ggi_str_t *name);


#endif
