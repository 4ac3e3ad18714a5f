/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_crl_succession.h"
#include "ggi_ngx_crl_check.h"
#include "ggi_ngx_crl_watch.h"
#include "ggi_ngx_server.h"

#include <grp.h>
#include <limits.h>
#include <sys/wait.h>


/* What is looked at, while the lock of the shared memory is held. */
typedef struct {
    ggi_crl_source_t     *source;
    const ggi_crl_set_t  *set;
    ggi_crls_t            crls;
    STACK_OF(X509)       *known;
    ggi_crl_watch_t       watch;        /* of this check, so that all is told anew */
    ggi_crl_news_t        news;
    ggi_crl_news_t        unsaid;       /* what another message says, or is not said again */
} ggi_crl_check_t;


/* Notes the CAs that a server trusts: those that it asks certificates of are looked at. */
static void
ggi_crl_check_server(ggi_crl_check_t *check, SSL_CTX *server)
{
    int                   i;
    ggi_crl_home_t       *home;
    STACK_OF(X509)       *certs;
    STACK_OF(X509_NAME)  *names;

    home = check->source->home;
    names = SSL_CTX_get_client_CA_list(server);
    certs = X509_STORE_get1_all_certs(SSL_CTX_get_cert_store(server));

    for (i = 0; i < sk_X509_NAME_num(names); i++) {
        ggi_crl_watch_add(&check->watch, sk_X509_NAME_value(names, i));
        ggi_crl_watch_add(home->watch, sk_X509_NAME_value(names, i));
    }

    for (i = 0; i < sk_X509_num(certs); i++) {
        (void) ggi_crl_known_add(home->known, sk_X509_value(certs, i));
    }

    sk_X509_pop_free(certs, X509_free);
}


/* Notes the security levels of the servers that judge by the lists. */
static void
ggi_crl_check_levels(ngx_conf_t *cf, ggi_crl_source_t *source)
{
    int                       level;
    const ggi_place_t        *place;
    ngx_http_ssl_srv_conf_t  *sscf;

    source->lowest = INT_MAX;

    for (place = ggi_server_next(cf, NULL); place; place = ggi_server_next(cf, place)) {
        sscf = place->server->ctx->srv_conf[ngx_http_ssl_module.ctx_index];

        if (sscf->ssl.ctx) {
            level = SSL_CTX_get_security_level(sscf->ssl.ctx);
            source->lowest = ngx_min(source->lowest, level);
            source->highest = ngx_max(source->highest, level);
        }
    }

    source->lowest = ngx_min(source->lowest, source->highest);
}


static void
ggi_crl_check_servers(ngx_conf_t *cf, ggi_crl_check_t *check)
{
    const ggi_place_t        *place;
    ngx_http_ssl_srv_conf_t  *sscf;

    for (place = ggi_server_next(cf, NULL); place; place = ggi_server_next(cf, place)) {
        sscf = place->server->ctx->srv_conf[ngx_http_ssl_module.ctx_index];

        if (sscf->ssl.ctx) {
            ggi_crl_check_server(check, sscf->ssl.ctx);
        }
    }
}


/* Warns of a file that could not be read, and of lists in a file that do not count. */
static void
ggi_crl_check_file(ggi_crl_check_t *check, const ggi_crl_file_t *file)
{
    char              path[GGI_CRL_PATH_MAX];
    ggi_crl_kept_t    why = { path, NULL, NULL, check->source->highest, ngx_time() };
    ggi_crl_room_t    lists, kept;
    ggi_crl_store_t  *store;

    store = &check->source->home->store;
    snprintf(path, sizeof(path), "%s/%s", check->source->home->dir, file->name);

    if (file->fault[0]) {
        ggi_crl_news_add(&check->news, GGI_CRL_ERROR,
                         "%s; %s", file->fault, (file->image >= 0)
                         ? "what was read of it before stays in use, and calls "
                           "with a certificate of its CAs are refused with "
                           "revocation_unknown when that has expired"
                         : "calls with a certificate of its CAs are refused with "
                           "revocation_unknown, unless another file has their "
                           "lists");
    }

    ggi_crl_image_room(store, file->image, &lists);
    ggi_crl_image_room(store, file->kept, &kept);
    ggi_crl_tell_wrong(&check->news, path, &lists, check->source->highest);

    why.list = ggi_crl_waits(&lists, &kept, check->source->home->known, why.now, &why.before);

    if (why.list) {
        ggi_crl_tell_kept(&check->news, &why);
    }
}


/* Looks at all files, and at all CAs. Returns NGX_OK, or NGX_ERROR without memory. */
static ngx_int_t
ggi_crl_check_all(ngx_conf_t *cf, ggi_crl_check_t *check)
{
    size_t           i;
    ggi_crl_home_t  *home;

    home = check->source->home;
    check->set = ggi_crl_store_current(&home->store);

    ggi_crl_check_servers(cf, check);

    if (check->set == NULL || !ggi_crl_known_read(home->known, check->known)
        || !ggi_crl_set_view(&home->store, check->set, &check->crls))
    {
        return NGX_ERROR;
    }

    check->crls.level = check->source->lowest;

    for (i = 0; i < check->set->nfiles; i++) {
        ggi_crl_check_file(check, &ggi_crl_set_files(check->set)[i]);
    }

    ggi_crl_watch_issuers(&check->watch, &check->crls);
    ggi_crl_watch_look(&check->watch, &check->crls, check->known, ngx_time(),
                       check->crls.n ? &check->news : &check->unsaid);

    /* so that workers do not say again what is said here */

    ggi_crl_watch_issuers(home->watch, &check->crls);
    ggi_crl_watch_look(home->watch, &check->crls, check->known, ngx_time(),
                       &check->unsaid);

    return NGX_OK;
}


ngx_int_t
ggi_crl_source_check(ngx_conf_t *cf, ggi_crl_source_t *source)
{
    ngx_int_t         rc;
    ggi_crl_check_t  *check;

    if (source->home == NULL) {
        return NGX_OK;
    }

    check = ngx_calloc(sizeof(ggi_crl_check_t), cf->log);
    if (check == NULL) {
        return NGX_ERROR;
    }

    ggi_crl_check_levels(cf, source);

    check->source = source;
    check->known = sk_X509_new_null();
    rc = NGX_OK;

    if (check->known && ggi_crl_source_lock(source)) {
        rc = ggi_crl_check_all(cf, check);
        ggi_crl_store_unlock(&source->home->store);
        ggi_crl_news_log(&check->news, source, NGX_LOG_WARN, cf->log);

    } else if (check->known) {
        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "a worker is reading the revocation lists in \"%V\": what is "
                      "wrong with the lists, and which CA has none, is not looked "
                      "at now", &source->dir);
    }

    ggi_crls_free(&check->crls);
    sk_X509_pop_free(check->known, X509_free);
    ngx_free(check);

    return rc;
}


/* Notes what this process, which has the rights of a worker, may not read. */
static void
ggi_crl_readable_list(const ggi_crl_home_t *home, const char *user,
    ggi_crl_news_t *news)
{
    int             fd;
    char            path[GGI_CRL_PATH_MAX];
    size_t          i;
    ggi_fault_t     fault = ggi_fault_init;
    ggi_crl_dir_t   dir;

    static const char  format[] = "%s: the user of the workers, \"%s\", cannot read "
                                  "it: new lists are not taken over, and calls are "
                                  "refused with revocation_unknown when those that "
                                  "have been read have expired";

    if (!ggi_crl_dir_read(&dir, home->dir, &fault)) {
        ggi_crl_news_add(news, GGI_CRL_ERROR, format, fault.text, user);
        return;
    }

    for (i = 0; i < dir.n; i++) {
        snprintf(path, sizeof(path), "%s/%s", home->dir, dir.files[i].name);
        fd = open(path, O_RDONLY|O_NONBLOCK|O_CLOEXEC|O_NOCTTY);

        if (fd != -1) {
            (void) close(fd);

        } else if (errno != ENOENT) {
            (void) ggi_fault(&fault, path, "%s", strerror(errno));
            ggi_crl_news_add(news, GGI_CRL_ERROR, format, fault.text, user);
        }
    }

    ggi_crl_dir_free(&dir);
}


/*
 * The child process: takes the rights of a worker, looks, and writes what it found to
 * out. Does not return.
 */
static void
ggi_crl_readable_child(const ggi_crl_home_t *home, const ngx_core_conf_t *ccf,
    ggi_crl_news_t *news, int out)
{
    size_t   sent;
    ssize_t  n;

    if (setgid(ccf->group) == -1 || initgroups(ccf->username, ccf->group) == -1
        || setuid(ccf->user) == -1)
    {
        _exit(1);
    }

    ggi_crl_readable_list(home, ccf->username, news);

    for (sent = 0; sent < sizeof(ggi_crl_news_t); sent += (size_t) n) {
        n = write(out, (u_char *) news + sent, sizeof(ggi_crl_news_t) - sent);

        if (n <= 0) {
            _exit(1);
        }
    }

    _exit(0);
}


/* Reads what the child found. Returns 1, or 0 when the child did not get so far. */
static ngx_uint_t
ggi_crl_readable_found(ggi_crl_news_t *news, int in)
{
    size_t   got;
    ssize_t  n;

    for (got = 0; got < sizeof(ggi_crl_news_t); got += (size_t) n) {
        n = read(in, (u_char *) news + got, sizeof(ggi_crl_news_t) - got);

        if (n == -1 && errno == EINTR) {
            n = 0;

        } else if (n <= 0) {
            return 0;
        }
    }

    return 1;
}


void
ggi_crl_source_readable(ngx_cycle_t *cycle, ggi_crl_source_t *source)
{
    int               ends[2];
    pid_t             child;
    ngx_core_conf_t  *ccf;
    ggi_crl_news_t   *news;

    ccf = (ngx_core_conf_t *) ngx_get_conf(cycle->conf_ctx, ngx_core_module);

    if (source->home == NULL || geteuid() != 0
        || ccf->user == (ngx_uid_t) NGX_CONF_UNSET_UINT)
    {
        return;
    }

    news = ngx_calloc(sizeof(ggi_crl_news_t), cycle->log);

    if (news == NULL || pipe(ends) == -1) {
        ngx_free(news);
        return;
    }

    child = fork();

    if (child == 0) {
        (void) close(ends[0]);
        ggi_crl_readable_child(source->home, ccf, news, ends[1]);
    }

    (void) close(ends[1]);

    if (child != -1) {
        if (ggi_crl_readable_found(news, ends[0])) {
            ggi_crl_news_log(news, source, NGX_LOG_WARN, cycle->log);
        }

        while (waitpid(child, NULL, 0) == -1 && errno == EINTR) { /* void */ }
    }

    (void) close(ends[0]);
    ngx_free(news);
}
