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


int
ggi_netwerk_find(const ggi_netwerk_t *netwerk, const struct sockaddr *address,
    ggi_str_t *name)
{
    int                         error;
    struct sockaddr_in          mapped;
    const struct sockaddr_in6  *in6;
    MMDB_lookup_result_s        result;

    if (address->sa_family != AF_INET && address->sa_family != AF_INET6) {
        return 0;
    }

    if (address->sa_family == AF_INET6) {
        in6 = (const struct sockaddr_in6 *) (const void *) address;

        if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) {
            memset(&mapped, 0, sizeof(mapped));
            mapped.sin_family = AF_INET;
            memcpy(&mapped.sin_addr, in6->sin6_addr.s6_addr + 12, 4);
            address = (const struct sockaddr *) &mapped;
        }
    }

    result = MMDB_lookup_sockaddr(&netwerk->mmdb, address, &error);

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
