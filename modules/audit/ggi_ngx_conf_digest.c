/* SPDX-License-Identifier: EUPL-1.2 */

/* The digest of nginx's configuration. */

#include "ggi_include.h"
#include "ggi_ngx_array.h"
#include "ggi_ngx_conf_digest.h"
#include "ggi_uuid.h"

#include <openssl/evp.h>

#define GGI_CONF_FILE_MAX   (64 * 1024 * 1024)  /* bytes of a file */
#define GGI_CONF_DEPTH_MAX  32          /* files that include each other */


/* A digest that is being computed. */
typedef struct {
    ngx_cycle_t  *cycle;
    ngx_pool_t   *pool;                 /* lives until it is done */
    ngx_array_t   names;                /* of the files so far, ngx_str_t */
    EVP_MD_CTX   *ctx;
    ngx_uint_t    depth;
} ggi_conf_digest_t;


static ngx_int_t ggi_conf_digest_file(ggi_conf_digest_t *digest, const ngx_str_t *name);


/*
 * Notes the name of a file. Returns NGX_OK, NGX_DECLINED when the file is in the digest
 * already, or NGX_ERROR without memory.
 */
static ngx_int_t
ggi_conf_digest_note(ggi_conf_digest_t *digest, const ngx_str_t *name)
{
    ngx_str_t   *names;
    ngx_uint_t   i;

    names = digest->names.elts;

    for (i = 0; i < digest->names.nelts; i++) {
        if (names[i].len == name->len && ngx_strncmp(names[i].data, name->data, name->len) == 0) {
            return NGX_DECLINED;
        }
    }

    return ggi_array_add(&digest->names, name);
}


/* Reads a regular file whole. Returns its text; data is NULL when it cannot be read. */
static ggi_str_t
ggi_conf_digest_read(ggi_conf_digest_t *digest, const ngx_str_t *name)
{
    char             *data;
    ssize_t           n;
    ngx_fd_t          fd;
    ggi_str_t         text = { 0, NULL };
    ngx_file_info_t   fi;

    fd = open((char *) name->data, O_RDONLY|O_CLOEXEC|O_NONBLOCK);

    if (fd == NGX_INVALID_FILE) {
        return text;
    }

    if (fstat(fd, &fi) == 0 && S_ISREG(fi.st_mode) && fi.st_size <= GGI_CONF_FILE_MAX) {
        data = ngx_palloc(digest->pool, (size_t) fi.st_size + 1);
        n = data ? pread(fd, data, (size_t) fi.st_size, 0) : -1;

        if (n == fi.st_size) {
            text.data = data;
            text.len = (size_t) n;
        }
    }

    (void) close(fd);

    return text;
}


/* Adds the files that a path names, which may be a pattern. Returns NGX_OK or NGX_ERROR. */
static ngx_int_t
ggi_conf_digest_include(ggi_conf_digest_t *digest, const char *path)
{
    ngx_int_t   rc;
    ngx_str_t   name, copy;
    ngx_glob_t  gl;

    name.len = ngx_strlen(path);
    name.data = ngx_pnalloc(digest->pool, name.len + 1);

    if (name.data == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(name.data, path, name.len + 1);

    if (ngx_conf_full_name(digest->cycle, &name, 1) != NGX_OK) {
        return NGX_ERROR;
    }

    if (strpbrk((char *) name.data, "*?[") == NULL) {
        return ggi_conf_digest_file(digest, &name);
    }

    ngx_memzero(&gl, sizeof(ngx_glob_t));
    gl.pattern = name.data;
    gl.log = digest->cycle->log;
    gl.test = 1;

    if (ngx_open_glob(&gl) != NGX_OK) {
        return NGX_ERROR;
    }

    for (rc = NGX_OK; rc == NGX_OK && ngx_read_glob(&gl, &name) == NGX_OK; ) {
        copy.len = name.len;
        copy.data = ngx_pnalloc(digest->pool, name.len + 1);

        if (copy.data == NULL) {
            rc = NGX_ERROR;
            break;
        }

        *ngx_cpymem(copy.data, name.data, name.len) = '\0';
        rc = ggi_conf_digest_file(digest, &copy);
    }

    ngx_close_glob(&gl);

    return rc;
}


/* Adds what "nginx -T" prints of a file: its name and its text. Returns NGX_OK or NGX_ERROR. */
static ngx_int_t
ggi_conf_digest_add(ggi_conf_digest_t *digest, const ngx_str_t *name, ggi_str_t text)
{
    static const char  head[] = "# configuration file ";

    return (EVP_DigestUpdate(digest->ctx, head, sizeof(head) - 1)
            && EVP_DigestUpdate(digest->ctx, name->data, name->len)
            && EVP_DigestUpdate(digest->ctx, ":\n", 2)
            && EVP_DigestUpdate(digest->ctx, text.data, text.len)
            && EVP_DigestUpdate(digest->ctx, "\n", 1)) ? NGX_OK : NGX_ERROR;
}


/* Adds a file and those that it includes, unless they are there. Returns NGX_OK or NGX_ERROR. */
static ngx_int_t
ggi_conf_digest_file(ggi_conf_digest_t *digest, const ngx_str_t *name)
{
    char       path[NGX_MAX_PATH];
    size_t     pos;
    ngx_int_t  rc;
    ggi_str_t  text;

    rc = ggi_conf_digest_note(digest, name);

    if (rc != NGX_OK) {
        return (rc == NGX_DECLINED) ? NGX_OK : NGX_ERROR;
    }

    text = ggi_conf_digest_read(digest, name);

    if (text.data == NULL || digest->depth == GGI_CONF_DEPTH_MAX) {
        ngx_log_error(NGX_LOG_WARN, digest->cycle->log, 0,
                      "configuration file \"%V\" cannot be read once more: the audit "
                      "log will not have the digest of the configuration", name);
        return NGX_ERROR;
    }

    rc = ggi_conf_digest_add(digest, name, text);
    digest->depth++;
    pos = 0;

    while (rc == NGX_OK && ggi_include_next(text, &pos, path, sizeof(path))) {
        rc = ggi_conf_digest_include(digest, path);
    }

    digest->depth--;

    return rc;
}


size_t
ggi_conf_digest(ngx_cycle_t *cycle, char digest[GGI_CONF_DIGEST_LEN])
{
    unsigned           n;
    ngx_int_t          rc;
    unsigned char      sum[EVP_MAX_MD_SIZE];
    ggi_conf_digest_t  state;

    ngx_memzero(&state, sizeof(ggi_conf_digest_t));
    state.cycle = cycle;
    state.pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, cycle->log);
    state.ctx = EVP_MD_CTX_new();

    rc = (state.pool && state.ctx
          && ngx_array_init(&state.names, state.pool, 16, sizeof(ngx_str_t)) == NGX_OK
          && EVP_DigestInit_ex(state.ctx, EVP_sha256(), NULL))
         ? ggi_conf_digest_file(&state, &cycle->conf_file) : NGX_ERROR;

    if (rc == NGX_OK && EVP_DigestFinal_ex(state.ctx, sum, &n)) {
        ggi_hex_write(digest, sum, GGI_CONF_DIGEST_LEN / 2);

    } else {
        rc = NGX_ERROR;
    }

    EVP_MD_CTX_free(state.ctx);

    if (state.pool) {
        ngx_destroy_pool(state.pool);
    }

    return (rc == NGX_OK) ? GGI_CONF_DIGEST_LEN : 0;
}
