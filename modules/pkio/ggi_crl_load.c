/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_crl_load.h"
#include "ggi_crl_parse.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>


/*
 * Reads the lists of an open file into a new block. Returns the block, or -1 with the
 * fault; *again is then set to 1 when the file may be readable later as it is.
 */
static int
ggi_crl_load_lists(const ggi_crl_load_t *load, int fd, off_t size, ggi_fault_t *fault, int *again)
{
    int               block, good;
    ggi_crl_room_t    room;
    ggi_crl_image_t  *image;

    block = ggi_crl_store_alloc(load->store, sizeof(ggi_crl_image_t)
                                           + ggi_crl_room_size(size));
    if (block == -1) {
        (void) ggi_fault(fault, load->path, "no room for its lists");
        *again = 1;
        return -1;
    }

    image = ggi_crl_store_block(load->store, block);

    memset(&room, 0, sizeof(room));
    room.base = (uint8_t *) image + sizeof(ggi_crl_image_t);
    room.size = ggi_crl_room_size(size);
    room.pace.pause = load->pause;

    good = ggi_crl_parse(&room, fd, load->path, fault, again);

    if (!good) {
        ggi_crl_store_free(load->store, block);
        return -1;
    }

    image->used = room.used;
    image->n = room.n;
    ggi_crl_store_trim(load->store, block, sizeof(ggi_crl_image_t) + room.used);

    return block;
}


/* Reads an open file as ggi_crl_load() does. */
static int
ggi_crl_load_file(const ggi_crl_load_t *load, int fd, ggi_crl_stat_t *stat, ggi_fault_t *fault,
    int *again)
{
    struct stat  st;

    if (fstat(fd, &st) != 0) {
        (void) ggi_fault(fault, load->path, "%s", strerror(errno));
        *again = 1;
        return -1;
    }

    ggi_crl_stat_set(stat, &st);

    if (!S_ISREG(st.st_mode)) {
        (void) ggi_fault(fault, load->path, "expected a regular file");
        return -1;
    }

    if (st.st_size > GGI_CRL_FILE_MAX) {
        (void) ggi_fault(fault, load->path, "expected at most %d bytes", GGI_CRL_FILE_MAX);
        return -1;
    }

    return ggi_crl_load_lists(load, fd, st.st_size, fault, again);
}


int
ggi_crl_load(const ggi_crl_load_t *load, ggi_crl_stat_t *stat, ggi_fault_t *fault, int *again)
{
    int  fd, block;

    *again = 0;
    fd = open(load->path, O_RDONLY|O_CLOEXEC|O_NONBLOCK|O_NOCTTY);

    if (fd == -1) {
        *again = 1;

        if (errno == ENOENT) {
            return GGI_CRL_LOAD_GONE;
        }

        (void) ggi_fault(fault, load->path, "%s", strerror(errno));
        return -1;
    }

    block = ggi_crl_load_file(load, fd, stat, fault, again);
    (void) close(fd);

    return block;
}
