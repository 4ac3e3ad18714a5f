/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Memory that all processes of an nginx share, and in which the revocation lists are
 * held once, however many workers there are.
 *
 * The master makes it while it reads the configuration: one anonymous file (memfd) of
 * which only the pages that are written take memory, mapped before the workers are
 * forked, and handed over from configuration to configuration. Whoever wants to change
 * the lists takes a lock, writes beside what is in use, and publishes that with one
 * store of a number. Nobody waits for anybody: readers take no lock, and who cannot get
 * the lock tries again later.
 *
 * Why so, and not otherwise. A list is made when nginx runs, long after fork(), when a
 * worker can no longer share new memory or descriptors with the others; so there has to
 * be a place beforehand, and a file in a folder would need one that the workers' user
 * may write to, and would outlive nginx. The locks are those of fcntl(), which the
 * kernel gives back when a process ends, in whatever way: a worker that is killed while
 * it reads a list leaves a lock that is free, and memory that the next holder of the
 * lock finds and frees. A lock in the memory itself would have to be taken from the dead.
 *
 * Memory that is no longer in use is freed when no reader can see it any more: each
 * reader says which state of the lists it last looked at, and is known to be alive by a
 * lock of its own.
 */

#ifndef GGI_CRL_STORE_H
#define GGI_CRL_STORE_H

#include <stddef.h>
#include <stdint.h>

#define GGI_CRL_BLOCKS   4096           /* blocks of memory that the store can have */
#define GGI_CRL_READERS  1024           /* processes that read at a time, of all configurations */
#define GGI_CRL_TABLE    (2 * 1024 * 1024)      /* bytes of the table, see below */


typedef struct {
    uint64_t  offset;
    uint64_t  size;
    uint64_t  used;                     /* 1: in use; 0: free */
    uint64_t  last;                     /* the last state that has it; 0: being written */
} ggi_crl_block_t;


/* The start of the memory. All of it but current and seen is for the holder of the lock. */
typedef struct {
    uint64_t         current;           /* number and block of the state in use; 0: none yet */
    uint64_t         looked;            /* for the caller, as is the next; both 0 at first */
    uint64_t         full;
    uint64_t         top;               /* no block from this one on was ever in use */
    uint64_t         seen[GGI_CRL_READERS];     /* number of the state that a reader looks at */
    ggi_crl_block_t  blocks[GGI_CRL_BLOCKS];
} ggi_crl_shared_t;


/* The store, as one process has it. */
typedef struct {
    int                fd;
    int                reader;          /* index of this process; -1: it does not read */
    int                locked;
    uint8_t           *base;
    size_t             size;
    ggi_crl_shared_t  *shared;
} ggi_crl_store_t;


/*
 * Makes a store for at most size bytes of lists, or for fewer where the process may not
 * have so much address space; nothing of it takes memory until it is written. Returns 1,
 * or 0 with errno.
 */
int ggi_crl_store_create(ggi_crl_store_t *store, size_t size);

/*
 * Ends the use of a store by this process: unmaps its memory and closes its file. Other
 * processes may still use it.
 */
void ggi_crl_store_close(ggi_crl_store_t *store);

/*
 * Takes the lock of the store, without waiting. Returns 1, or 0 when another process has
 * it. When it has been taken, what others left half-done has been cleared.
 */
int ggi_crl_store_lock(ggi_crl_store_t *store);

/* Gives back the lock that ggi_crl_store_lock() has taken. */
void ggi_crl_store_unlock(ggi_crl_store_t *store);

/*
 * Makes this process a reader, so that no state that it looks at is freed. Each process
 * that reads without the lock calls it, after it has been forked. Returns 1, or 0 when
 * GGI_CRL_READERS processes are readers already; the process must not read then.
 */
int ggi_crl_store_join(ggi_crl_store_t *store);

/* Returns the number of the state in use, which grows; 0: there is none yet. */
uint64_t ggi_crl_store_generation(const ggi_crl_store_t *store);

/*
 * Returns the state in use, or NULL when there is none yet. It is valid until the next
 * call of ggi_crl_store_seen() in this process. Its first 8 bytes are its number.
 */
const void *ggi_crl_store_current(const ggi_crl_store_t *store);

/*
 * Tells the other processes that this one looks at the state with the number generation from
 * now on, and at no older one any more, so that the memory of older ones may be freed.
 */
void ggi_crl_store_seen(ggi_crl_store_t *store, uint64_t generation);

/*
 * Returns the table of the store: GGI_CRL_TABLE bytes, zero at first, aligned to 8, for
 * what the caller wants to share and does not replace.
 */
void *ggi_crl_store_table(const ggi_crl_store_t *store);

/* Returns the memory of a block, which is aligned to a page. */
void *ggi_crl_store_block(const ggi_crl_store_t *store, int block);

/*
 * For the holder of the lock: allocates a block of at least size bytes, all zero. Returns the
 * number of the block, whose memory ggi_crl_store_block() gives. The caller publishes it or
 * frees it by ggi_crl_store_free(). Returns -1 when there is no room for it.
 */
int ggi_crl_store_alloc(ggi_crl_store_t *store, size_t size);

/*
 * For the holder of the lock: makes a block smaller, so that only its first size bytes stay,
 * and gives back the memory behind them.
 */
void ggi_crl_store_trim(ggi_crl_store_t *store, int block, size_t size);

/* For the holder of the lock: frees a block that has not been published. */
void ggi_crl_store_free(ggi_crl_store_t *store, int block);

/*
 * For the holder of the lock: says that the state that is published next has this block.
 * To be called for each block of it, except that of the state itself.
 */
void ggi_crl_store_keep(ggi_crl_store_t *store, int block);

/*
 * For the holder of the lock: makes the block the state in use, and writes its number to
 * its first 8 bytes. Blocks that it does not keep are freed when nobody sees them any
 * more: see ggi_crl_store_reclaim().
 */
void ggi_crl_store_publish(ggi_crl_store_t *store, int block);

/*
 * For the holder of the lock: frees the blocks that no reader sees any more. Returns the
 * number of blocks that are left although the state in use does not have them.
 */
size_t ggi_crl_store_reclaim(ggi_crl_store_t *store);


#endif
