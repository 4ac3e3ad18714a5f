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
            return ggi_fault(fault, "file", "could not be read whole: %s",
                             n < 0 ? strerror(errno) : "it became shorter");
        }
    }

    return 1;
}


/* libmaxminddb opens by name and maps the file: it gets a copy that nobody else can change. */
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


int
ggi_netwerk_open(ggi_netwerk_t *netwerk, const char *file, ggi_fault_t *fault)
{
    int  fd, ok;

    fd = open(file, O_RDONLY | O_CLOEXEC);
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

    return ok;
}


void
ggi_netwerk_close(ggi_netwerk_t *netwerk)
{
    MMDB_close(&netwerk->mmdb);
}


/* The same for an address in the form of IPv6. */
static int
ggi_netwerk_look_up(const ggi_netwerk_t *netwerk, const unsigned char *address,
    ggi_str_t *name)
{
    int                   error;
    struct sockaddr_in    in;
    struct sockaddr_in6   in6;
    MMDB_lookup_result_s  result;

    memset(&in6, 0, sizeof(in6));
    in6.sin6_family = AF_INET6;
    memcpy(&in6.sin6_addr, address, 16);

    if (IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr)) {
        memset(&in, 0, sizeof(in));
        in.sin_family = AF_INET;
        memcpy(&in.sin_addr, address + 12, 4);
        result = MMDB_lookup_sockaddr(&netwerk->mmdb,
                                      (const struct sockaddr *) &in, &error);
    } else {
        result = MMDB_lookup_sockaddr(&netwerk->mmdb,
                                      (const struct sockaddr *) &in6, &error);
    }

    if (error == MMDB_IPV6_LOOKUP_IN_IPV4_DATABASE_ERROR) {
        return 0;
    }

    if (error != MMDB_SUCCESS) {
        return -1;
    }

    if (!result.found_entry) {
        return 0;
    }

    return ggi_netwerk_name(&result.entry, name) ? 1 : -1;
}


/* Where an address is remembered: neighbours in a network stand apart. */
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
