/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The paths that this worker has verified, so that a caller that connects anew is not
 * verified anew: all that depends on its certificate, its CAs and the server that it
 * calls is known. Nothing is found here that this worker did not verify itself.
 */

#ifndef GGI_NGX_PATHS_H
#define GGI_NGX_PATHS_H

#include "ggi_facts.h"
#include "ggi_ngx_path.h"

#define GGI_PATHS_MAX  2048             /* a further one replaces the least recently used */


/* What a path is found by: a digest of its server, the client's certificate and its CAs. */
typedef struct {
    u_char  digest[SHA256_DIGEST_LENGTH];
} ggi_path_key_t;


/*
 * Sets the key of the path of a certificate, by the trust with an id. certificate is its
 * SHA-256 in 64 hexadecimal digits; facts name the CAs.
 */
void ggi_paths_key(ggi_path_key_t *key, ngx_uint_t id, const char *certificate,
    const ggi_facts_t *facts);

/*
 * Returns the path that this worker has verified and keeps under a key. The caller is a user of
 * it from then on, and ends that by ggi_path_release(). Returns NULL when no such path is kept,
 * or when one of its CAs is not valid at the time now.
 */
ggi_path_t *ggi_paths_find(const ggi_path_key_t *key, time_t now);

/*
 * Keeps a path that was just verified under a key, so that ggi_paths_find() finds it; a path
 * that was kept under that key before is given up. The caller stays a user of the path, and
 * ends that by ggi_path_release(). Without memory the path is not kept, and nothing else comes
 * of it.
 */
void ggi_paths_keep(const ggi_path_key_t *key, ggi_path_t *path,
    ngx_log_t *log);

/* Forgets all paths that were verified, and frees them. Meant for the end of a worker. */
void ggi_paths_clear(void);


#endif
