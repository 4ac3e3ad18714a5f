/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE                     /* memfd_create(), fallocate() */

#include "ggi_crl_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define GGI_CRL_PAGE       4096
#define GGI_CRL_STORE_MIN  ((size_t) 16 * 1024 * 1024)

#define ggi_crl_pages(size)                                                   \
    (((size) + GGI_CRL_PAGE - 1) & ~(size_t) (GGI_CRL_PAGE - 1))

/* Where the blocks begin: behind the head and the table. */
#define GGI_CRL_BLOCKS_AT                                                     \
    (ggi_crl_pages(sizeof(ggi_crl_shared_t)) + GGI_CRL_TABLE)

#define ggi_crl_load(at)          __atomic_load_n(at, __ATOMIC_SEQ_CST)
#define ggi_crl_put(at, value)    __atomic_store_n(at, value, __ATOMIC_SEQ_CST)


/* Makes a file without a name of the size, and maps it. Returns 1, or 0 with errno. */
static int
ggi_crl_store_map(ggi_crl_store_t *store, size_t size)
{
    void  *base;

    if (ftruncate(store->fd, (off_t) size) != 0) {
        return 0;
    }

    base = mmap(NULL, size, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_NORESERVE,
                store->fd, 0);

    if (base == MAP_FAILED) {
        return 0;
    }

    store->base = base;
    store->size = size;
    store->shared = base;

    return 1;
}


int
ggi_crl_store_create(ggi_crl_store_t *store, size_t size)
{
    struct rlimit  limit;

    memset(store, 0, sizeof(ggi_crl_store_t));
    store->reader = -1;
    store->fd = memfd_create("ggi_pkio_crl", MFD_CLOEXEC);

    if (store->fd == -1) {
        return 0;
    }

    size = ggi_crl_pages(size) + GGI_CRL_BLOCKS_AT;

    /* a file beyond this limit would be answered with a signal */

    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY
        && limit.rlim_cur < size)
    {
        size = (size_t) limit.rlim_cur & ~(size_t) (GGI_CRL_PAGE - 1);
    }

    errno = EFBIG;

    while (size >= GGI_CRL_STORE_MIN) {
        if (ggi_crl_store_map(store, size)) {
            memset(store->shared->seen, 0xff, sizeof(store->shared->seen));
            return 1;
        }

        size = ggi_crl_pages(size / 2);
    }

    (void) close(store->fd);

    return 0;
}


void
ggi_crl_store_close(ggi_crl_store_t *store)
{
    (void) munmap(store->base, store->size);
    (void) close(store->fd);
    store->base = NULL;
    store->shared = NULL;
    store->fd = -1;
}


/*
 * Takes or releases the lock of one byte of the file: 0 is that of the store, those after
 * it are of the readers. Returns 1, or 0 when another process has it.
 */
static int
ggi_crl_store_byte(const ggi_crl_store_t *store, short type, off_t byte)
{
    struct flock  lock;

    memset(&lock, 0, sizeof(lock));
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_start = byte;
    lock.l_len = 1;

    return fcntl(store->fd, F_SETLK, &lock) == 0;
}


/* Returns 1 when a process holds the lock of a reader, 0 otherwise. */
static int
ggi_crl_store_alive(const ggi_crl_store_t *store, int reader)
{
    struct flock  lock;

    if (reader == store->reader) {
        return 1;
    }

    memset(&lock, 0, sizeof(lock));
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = 1 + reader;
    lock.l_len = 1;

    return fcntl(store->fd, F_GETLK, &lock) != 0 || lock.l_type != F_UNLCK;
}


/* Gives the pages of a block back, which reads as zeros then, and its place. */
static void
ggi_crl_store_drop(ggi_crl_store_t *store, ggi_crl_block_t *block)
{
    if (fallocate(store->fd, FALLOC_FL_PUNCH_HOLE|FALLOC_FL_KEEP_SIZE,
                  (off_t) block->offset, (off_t) block->size)
        != 0)
    {
        memset(store->base + block->offset, 0, block->size);
    }

    block->used = 0;
}


int
ggi_crl_store_lock(ggi_crl_store_t *store)
{
    uint64_t          i;
    ggi_crl_block_t  *block;

    if (store->locked || !ggi_crl_store_byte(store, F_WRLCK, 0)) {
        return 0;
    }

    store->locked = 1;

    for (i = 0; i < store->shared->top; i++) {
        block = &store->shared->blocks[i];

        if (block->used && block->last == 0) {
            /* who had the lock before ended while it was writing this */
            ggi_crl_store_drop(store, block);
        }
    }

    return 1;
}


void
ggi_crl_store_unlock(ggi_crl_store_t *store)
{
    store->locked = 0;
    (void) ggi_crl_store_byte(store, F_UNLCK, 0);
}


int
ggi_crl_store_join(ggi_crl_store_t *store)
{
    int  i;

    for (i = 0; i < GGI_CRL_READERS && store->reader == -1; i++) {
        if (ggi_crl_store_byte(store, F_WRLCK, 1 + i)) {

            /* nothing is freed until it is known what this reader looks at */

            ggi_crl_put(&store->shared->seen[i], 0);
            store->reader = i;
        }
    }

    return store->reader != -1;
}


uint64_t
ggi_crl_store_generation(const ggi_crl_store_t *store)
{
    return ggi_crl_load(&store->shared->current) / GGI_CRL_BLOCKS;
}


const void *
ggi_crl_store_current(const ggi_crl_store_t *store)
{
    uint64_t  current;

    current = ggi_crl_load(&store->shared->current);

    return current ? ggi_crl_store_block(store, (int) (current % GGI_CRL_BLOCKS))
                   : NULL;
}


void
ggi_crl_store_seen(ggi_crl_store_t *store, uint64_t generation)
{
    if (store->reader != -1) {
        ggi_crl_put(&store->shared->seen[store->reader], generation);
    }
}


void *
ggi_crl_store_table(const ggi_crl_store_t *store)
{
    return store->base + GGI_CRL_BLOCKS_AT - GGI_CRL_TABLE;
}


void *
ggi_crl_store_block(const ggi_crl_store_t *store, int block)
{
    return store->base + store->shared->blocks[block].offset;
}


static int
ggi_crl_block_compare(const void *one, const void *two)
{
    const ggi_crl_block_t *const  *a = one;
    const ggi_crl_block_t *const  *b = two;

    return ((*a)->offset > (*b)->offset) - ((*a)->offset < (*b)->offset);
}


/*
 * Returns the offset of the first gap between blocks that has size bytes, or 0 when
 * there is none.
 */
static uint64_t
ggi_crl_store_gap(ggi_crl_store_t *store, uint64_t size)
{
    size_t            i, n;
    uint64_t          at;
    ggi_crl_block_t  *used[GGI_CRL_BLOCKS];

    n = 0;
    used[0] = NULL;

    for (i = 0; i < store->shared->top; i++) {
        if (store->shared->blocks[i].used) {
            used[n++] = &store->shared->blocks[i];
        }
    }

    qsort(used, n, sizeof(ggi_crl_block_t *), ggi_crl_block_compare);

    at = GGI_CRL_BLOCKS_AT;

    for (i = 0; i < n && used[i]->offset - at < size; i++) {
        at = used[i]->offset + used[i]->size;
    }

    return (i < n || store->size - at >= size) ? at : 0;
}


int
ggi_crl_store_alloc(ggi_crl_store_t *store, size_t size)
{
    int               i;
    ggi_crl_block_t  *block;

    size = ggi_crl_pages(size ? size : 1);

    for (i = 0; i < GGI_CRL_BLOCKS; i++) {
        block = &store->shared->blocks[i];

        if (block->used) {
            continue;
        }

        block->offset = ggi_crl_store_gap(store, size);

        if (block->offset == 0) {
            return -1;
        }

        block->size = size;
        block->last = 0;

        if ((uint64_t) i >= store->shared->top) {
            ggi_crl_put(&store->shared->top, (uint64_t) i + 1);
        }

        ggi_crl_put(&block->used, 1);

        return i;
    }

    return -1;
}


void
ggi_crl_store_trim(ggi_crl_store_t *store, int block, size_t size)
{
    ggi_crl_block_t  tail;

    size = ggi_crl_pages(size ? size : 1);
    tail = store->shared->blocks[block];

    if (size < tail.size) {
        tail.offset += size;
        tail.size -= size;

        /* before the block is cut off: who is killed in between leaves nothing there */

        ggi_crl_store_drop(store, &tail);
        store->shared->blocks[block].size = size;
    }
}


void
ggi_crl_store_free(ggi_crl_store_t *store, int block)
{
    ggi_crl_store_drop(store, &store->shared->blocks[block]);
}


void
ggi_crl_store_keep(ggi_crl_store_t *store, int block)
{
    store->shared->blocks[block].last = ggi_crl_store_generation(store) + 1;
}


void
ggi_crl_store_publish(ggi_crl_store_t *store, int block)
{
    uint64_t   generation;
    uint64_t  *number;

    generation = ggi_crl_store_generation(store) + 1;
    number = ggi_crl_store_block(store, block);
    *number = generation;

    ggi_crl_store_keep(store, block);
    ggi_crl_put(&store->shared->current,
                generation * GGI_CRL_BLOCKS + (uint64_t) block);
}


/* Returns the number of the oldest state that a reader looks at, or that in use. */
static uint64_t
ggi_crl_store_oldest(const ggi_crl_store_t *store)
{
    int        i;
    uint64_t   seen, oldest;

    oldest = ggi_crl_store_generation(store);

    for (i = 0; i < GGI_CRL_READERS; i++) {
        seen = ggi_crl_load(&store->shared->seen[i]);

        if (seen < oldest && ggi_crl_store_alive(store, i)) {
            oldest = seen;
        }
    }

    return oldest;
}


size_t
ggi_crl_store_reclaim(ggi_crl_store_t *store)
{
    size_t            left;
    uint64_t          i, oldest, generation;
    ggi_crl_block_t  *block;

    left = 0;
    oldest = 0;
    generation = ggi_crl_store_generation(store);

    for (i = 0; i < store->shared->top; i++) {
        block = &store->shared->blocks[i];

        if (!block->used || block->last == 0 || block->last >= generation) {
            continue;
        }

        if (oldest == 0) {
            oldest = ggi_crl_store_oldest(store);
        }

        if (block->last < oldest) {
            ggi_crl_store_drop(store, block);
        } else {
            left++;
        }
    }

    return left;
}
