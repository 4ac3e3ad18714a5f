/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE                     /* memfd_create() */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <netinet/in.h>

#include "ggi_netwerk.h"
#include "ggi_time.h"

#define GGI_NETWERK_IPV4_DEPTH  96      /* bits of the prefix ::/96 */


static int
ggi_netwerk_copy(int from, int to, ggi_fault_t *fault)
{
    off_t        left;
    ssize_t      n;
    struct stat  st;

    if (fstat(from, &st) != 0) {
        return ggi_fault(fault, "file", "%s", strerror(errno));
    }

    if (!S_ISREG(st.st_mode) || st.st_size > GGI_NETWERK_FILE_MAX) {
        return ggi_fault(fault, "file", "expected a regular file of at most "
                         "%d bytes", GGI_NETWERK_FILE_MAX);
    }

    for (left = st.st_size; left > 0; left -= n) {
        n = sendfile(to, from, NULL, (size_t) left);

        if (n <= 0) {
            return ggi_fault(fault, "file", "the last %lld of its %lld bytes could "
                             "not be read: %s", (long long) left,
                             (long long) st.st_size,
                             n < 0 ? strerror(errno)
                                   : "it became shorter; write a new one "
                                     "beside it and rename that");
        }
    }

    return 1;
}


/*
 * Copies the database to a file in memory (memfd) and opens that. libmaxminddb opens a
 * file by its name and maps it, so that the original would have to stay as it is.
 * Returns 1, or 0 with the fault.
 */
static int
ggi_netwerk_open_copy(ggi_netwerk_t *netwerk, int from, ggi_fault_t *fault)
{
    int   copy, status;
    char  name[64];

    copy = memfd_create("ggi_netwerk", MFD_CLOEXEC);
    if (copy == -1) {
        return ggi_fault(fault, "memory", "%s", strerror(errno));
    }

    if (!ggi_netwerk_copy(from, copy, fault)) {
        close(copy);
        return 0;
    }

    snprintf(name, sizeof(name), "/proc/self/fd/%d", copy);
    status = MMDB_open(name, MMDB_MODE_MMAP, &netwerk->mmdb);
    close(copy);

    if (status != MMDB_SUCCESS) {
        return ggi_fault(fault, "metadata", "%s", MMDB_strerror(status));
    }

    return 1;
}


static int
ggi_netwerk_is_name(MMDB_entry_data_s *data)
{
    return data->has_data && data->type == MMDB_DATA_TYPE_UTF8_STRING
           && data->data_size > 0;
}


static int
ggi_netwerk_name(MMDB_entry_s *entry, ggi_str_t *name)
{
    int                 status;
    MMDB_entry_data_s   data;
    static const char  *map[] = { "netwerk", NULL };
    static const char  *itself[] = { NULL };

    status = MMDB_aget_value(entry, &data, itself);

    if (status == MMDB_SUCCESS && data.has_data
        && data.type == MMDB_DATA_TYPE_MAP)
    {
        status = MMDB_aget_value(entry, &data, map);
    }

    if (status != MMDB_SUCCESS || !ggi_netwerk_is_name(&data)) {
        return 0;
    }

    name->data = data.utf8_string;
    name->len = data.data_size;

    return 1;
}


static int
ggi_netwerk_check_record(uint8_t type, MMDB_entry_s *entry, uint32_t node,
    ggi_fault_t *fault)
{
    char       where[GGI_SOURCE_WHERE_MAX];
    ggi_str_t  name;

    if (type == MMDB_RECORD_TYPE_SEARCH_NODE || type == MMDB_RECORD_TYPE_EMPTY
        || (type == MMDB_RECORD_TYPE_DATA && ggi_netwerk_name(entry, &name)))
    {
        return 1;
    }

    ggi_where(where, "node %u", node);

    return ggi_fault(fault, where, "%s", type == MMDB_RECORD_TYPE_DATA
                     ? "invalid, expected a name, or a map with one under "
                       "\"netwerk\""
                     : "points outside of the database");
}


static int
ggi_netwerk_check(ggi_netwerk_t *netwerk, ggi_fault_t *fault)
{
    uint32_t            i;
    MMDB_search_node_s  node;

    for (i = 0; i < netwerk->mmdb.metadata.node_count; i++) {

        if (MMDB_read_node(&netwerk->mmdb, i, &node) != MMDB_SUCCESS) {
            return ggi_fault(fault, "tree", "node %u cannot be read", i);
        }

        if (!ggi_netwerk_check_record(node.left_record_type,
                                      &node.left_record_entry, i, fault)
            || !ggi_netwerk_check_record(node.right_record_type,
                                         &node.right_record_entry, i, fault))
        {
            return 0;
        }
    }

    return 1;
}


/*
 * Returns the node below which the IPv4 networks of an IPv6 database lie, or node_count
 * when it has none. Call it for a tree that has been checked, in which every node can
 * be read.
 */
static uint32_t
ggi_netwerk_ipv4_node(const MMDB_s *mmdb)
{
    uint32_t            depth, node;
    MMDB_search_node_s  pair;

    node = 0;

    for (depth = 0; depth < GGI_NETWERK_IPV4_DEPTH; depth++) {

        if (MMDB_read_node(mmdb, node, &pair) != MMDB_SUCCESS
            || pair.left_record_type != MMDB_RECORD_TYPE_SEARCH_NODE)
        {
            return mmdb->metadata.node_count;
        }

        node = (uint32_t) pair.left_record;
    }

    return node;
}


/* Writes when the database was made, in UTC. */
static void
ggi_netwerk_write_build(ggi_netwerk_t *netwerk)
{
    uint64_t           epoch;
    ggi_time_second_t  second = { 0 };

    epoch = netwerk->mmdb.metadata.build_epoch;
    epoch = (epoch < UINT64_MAX / 1000) ? epoch * 1000 : UINT64_MAX;
    memcpy(netwerk->build, ggi_time_write(&second, epoch), GGI_NETWERK_BUILD);
    netwerk->build[GGI_NETWERK_BUILD - 1] = 'Z';
}


int
ggi_netwerk_open(ggi_netwerk_t *netwerk, const char *file, ggi_fault_t *fault)
{
    int  fd, ok;

    /* O_NONBLOCK: a FIFO is refused below, without waiting for its writer */
    fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd == -1) {
        return ggi_fault(fault, "file", "%s", strerror(errno));
    }

    memset(netwerk->recent, 0, sizeof(netwerk->recent));
    ok = ggi_netwerk_open_copy(netwerk, fd, fault);
    close(fd);

    if (ok && !ggi_netwerk_check(netwerk, fault)) {
        ggi_netwerk_close(netwerk);
        ok = 0;
    }

    if (ok) {
        netwerk->ipv4 = ggi_netwerk_ipv4_node(&netwerk->mmdb);
        ggi_netwerk_write_build(netwerk);
    }

    return ok;
}


void
ggi_netwerk_close(ggi_netwerk_t *netwerk)
{
    MMDB_close(&netwerk->mmdb);
}


/* Sets known[i] to 1 when the name of an entry of the tree is one of the n names. */
static void
ggi_netwerk_mark(uint8_t type, MMDB_entry_s *entry, const ggi_str_t *names,
    unsigned char *known, size_t n)
{
    size_t     i;
    ggi_str_t  name;

    if (type != MMDB_RECORD_TYPE_DATA || !ggi_netwerk_name(entry, &name)) {
        return;
    }

    for (i = 0; i < n; i++) {
        if (ggi_str_eq(names[i], name)) {
            known[i] = 1;
        }
    }
}


void
ggi_netwerk_known(const ggi_netwerk_t *netwerk, const ggi_str_t *names,
    unsigned char *known, size_t n)
{
    uint32_t            i;
    MMDB_search_node_s  node;

    for (i = 0; i < netwerk->mmdb.metadata.node_count; i++) {

        if (MMDB_read_node(&netwerk->mmdb, i, &node) == MMDB_SUCCESS) {
            ggi_netwerk_mark(node.left_record_type, &node.left_record_entry,
                             names, known, n);
            ggi_netwerk_mark(node.right_record_type, &node.right_record_entry,
                             names, known, n);
        }
    }
}


static int
ggi_netwerk_look_up_ipv4(const ggi_netwerk_t *netwerk, const unsigned char *address,
    MMDB_entry_s *entry)
{
    int                   error;
    struct sockaddr_in    in;
    MMDB_lookup_result_s  result;

    memset(&in, 0, sizeof(in));
    in.sin_family = AF_INET;
    memcpy(&in.sin_addr, address, 4);

    result = MMDB_lookup_sockaddr(&netwerk->mmdb,
                                  (const struct sockaddr *) &in, &error);
    *entry = result.entry;

    return error == MMDB_SUCCESS ? result.found_entry : -1;
}


/*
 * Returns 1 when the entry that was found for an IPv6 address after depth bits counts
 * for it, 0 otherwise. In ::/96 an entry deeper than 96 bits belongs to an IPv4 network
 * and does not count. The exception is the loopback address ::1, which shares its place
 * with 0.0.0.1, an address that no client has: an entry of all 128 bits counts.
 */
static int
ggi_netwerk_is_ipv6(const struct in6_addr *address, uint32_t depth)
{
    if (IN6_IS_ADDR_LOOPBACK(address)) {
        return depth < GGI_NETWERK_IPV4_DEPTH || depth == 128;
    }

    return depth < GGI_NETWERK_IPV4_DEPTH
           || !(IN6_IS_ADDR_V4COMPAT(address) || IN6_IS_ADDR_UNSPECIFIED(address));
}


/*
 * Walks the tree from its root to the entry of an IPv6 address. libmaxminddb's own
 * look-up cannot be used: it does not tell whether it passed the root of IPv4, and
 * databases alias ::/96, and often 2001::/32 and 2002::/16, to that root.
 */
static int
ggi_netwerk_look_up_ipv6(const ggi_netwerk_t *netwerk, const struct in6_addr *address,
    MMDB_entry_s *entry)
{
    int                  right;
    uint8_t              type;
    uint32_t             depth;
    uint64_t             node;
    MMDB_search_node_s   pair;

    if (netwerk->mmdb.metadata.ip_version != 6) {
        return 0;
    }

    node = 0;

    for (depth = 0; depth < 128; depth++) {

        if (node == netwerk->ipv4 && !IN6_IS_ADDR_LOOPBACK(address)) {
            return 0;
        }

        if (MMDB_read_node(&netwerk->mmdb, (uint32_t) node, &pair) != MMDB_SUCCESS) {
            return -1;
        }

        right = (address->s6_addr[depth / 8] >> (7 - depth % 8)) & 1;
        type = right ? pair.right_record_type : pair.left_record_type;
        node = right ? pair.right_record : pair.left_record;

        if (type == MMDB_RECORD_TYPE_DATA) {
            *entry = right ? pair.right_record_entry : pair.left_record_entry;
            return ggi_netwerk_is_ipv6(address, depth + 1);
        }

        if (type != MMDB_RECORD_TYPE_SEARCH_NODE) {
            return type == MMDB_RECORD_TYPE_EMPTY ? 0 : -1;
        }
    }

    return -1;
}


/*
 * Looks up an address of 16 bytes, IPv4 in its mapped form, in the database. Returns 1
 * and sets *name, 0 when the address is in no network, or -1 when the record cannot be
 * read.
 */
static int
ggi_netwerk_look_up(const ggi_netwerk_t *netwerk, const unsigned char *bytes,
    ggi_str_t *name)
{
    int               found;
    MMDB_entry_s      entry;
    struct in6_addr   address;

    memcpy(&address, bytes, 16);

    found = IN6_IS_ADDR_V4MAPPED(&address)
            ? ggi_netwerk_look_up_ipv4(netwerk, bytes + 12, &entry)
            : ggi_netwerk_look_up_ipv6(netwerk, &address, &entry);

    if (found == 1) {
        return ggi_netwerk_name(&entry, name) ? 1 : -1;
    }

    return found;
}


/*
 * Returns the place in which an address is remembered. The hash puts neighbouring
 * addresses of a network in different places.
 */
static ggi_netwerk_recent_t *
ggi_netwerk_recent(ggi_netwerk_t *netwerk, const unsigned char *address)
{
    uint32_t  i, part, hash;

    hash = 0;

    for (i = 0; i < 16; i += 4) {
        memcpy(&part, address + i, 4);
        hash = (hash ^ part) * 0x9e3779b1u;
    }

    return &netwerk->recent[(hash >> 16) & (GGI_NETWERK_RECENT - 1)];
}


int
ggi_netwerk_find(ggi_netwerk_t *netwerk, const struct sockaddr *address,
    ggi_str_t *name)
{
    unsigned char          bytes[16] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
    ggi_netwerk_recent_t  *recent;

    if (address->sa_family == AF_INET6) {
        memcpy(bytes, &((const struct sockaddr_in6 *) (const void *) address)->sin6_addr, 16);

    } else if (address->sa_family == AF_INET) {
        memcpy(bytes + 12, &((const struct sockaddr_in *) (const void *) address)->sin_addr, 4);

    } else {
        return 0;
    }

    recent = ggi_netwerk_recent(netwerk, bytes);

    if (!recent->known || memcmp(recent->address, bytes, 16) != 0) {
        recent->found = ggi_netwerk_look_up(netwerk, bytes, &recent->name);
        memcpy(recent->address, bytes, 16);
        recent->known = 1;
    }

    if (recent->found == 1) {
        *name = recent->name;
    }

    return recent->found;
}
