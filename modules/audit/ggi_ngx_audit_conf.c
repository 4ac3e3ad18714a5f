/* SPDX-License-Identifier: EUPL-1.2 */

/* The configuration of the audit module. */

#include "ggi_ngx_audit_conf.h"
#include "ggi_ngx_audit_loc.h"
#include "ggi_ngx_directive.h"
#include "ggi_ngx_slot_check.h"
#include "ggi_record_decision.h"

#include <grp.h>
#include <openssl/rand.h>


#define GGI_AUDIT_NODE_MAX  253         /* bytes of a name */


ggi_audit_main_conf_t *
ggi_audit_conf(ngx_cycle_t *cycle)
{
    ggi_audit_main_conf_t  *amcf;

    amcf = ngx_http_cycle_get_module_main_conf(cycle,
                                               ngx_http_ggi_audit_module);

    return (amcf && amcf->log.name.len) ? amcf : NULL;
}


GGI_CREATE_CONF(ggi_audit_create_main_conf, ggi_audit_main_conf_t,
                .user = NGX_CONF_UNSET_UINT, .commit.durability = GGI_DURABILITY_WRITTEN);


/* Sets the key of pseudonyms. Returns NGX_CONF_OK, or NGX_CONF_ERROR after a message. */
static char *
ggi_audit_set_key(ngx_conf_t *cf, ggi_audit_main_conf_t *amcf, ggi_str_t bytes)
{
    if (ggi_pseudonym_key_set(&amcf->key, bytes)) {
        return NGX_CONF_OK;
    }

    ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                  "OpenSSL cannot make the pseudonyms of audit records: look in openssl.cnf "
                  "for a provider that has HMAC and SHA-256");
    return NGX_CONF_ERROR;
}


char *
ggi_audit_init_main_conf(ngx_conf_t *cf, void *conf)
{
    ggi_audit_main_conf_t *amcf = conf;

    u_char     *key;
    ggi_str_t   bytes;

    ngx_conf_init_uint_value(amcf->user, GGI_USER_PSEUDONYM);

    if (amcf->key.bytes.len) {
        return NGX_CONF_OK;
    }

    key = ngx_pnalloc(cf->pool, GGI_PSEUDONYM_KEY_MIN);

    if (key == NULL || RAND_bytes(key, GGI_PSEUDONYM_KEY_MIN) != 1) {
        return NGX_CONF_ERROR;
    }

    bytes.data = (char *) key;
    bytes.len = GGI_PSEUDONYM_KEY_MIN;
    amcf->key_made = 1;

    return ggi_audit_set_key(cf, amcf, bytes);
}


/* Returns the value behind "name=" in a parameter, or NULL when it is another parameter. */
static const char *
ggi_audit_parameter_value(const ngx_str_t *parameter, const char *name)
{
    size_t  len;

    len = ngx_strlen(name);

    return ngx_strncmp(parameter->data, name, len) == 0
           ? (const char *) parameter->data + len : NULL;
}


/* Sets the durability. Returns NGX_OK, or NGX_DECLINED when there is none of that name. */
static ngx_int_t
ggi_audit_set_durability(ggi_commit_conf_t *commit, const char *value)
{
    if (ngx_strcmp(value, "written") == 0) {
        commit->durability = GGI_DURABILITY_WRITTEN;

    } else if (ngx_strcmp(value, "buffered") == 0) {
        commit->durability = GGI_DURABILITY_BUFFERED;

    } else if (ngx_strcmp(value, "synced") == 0) {
        commit->durability = GGI_DURABILITY_SYNCED;

    } else {
        return NGX_DECLINED;
    }

    return NGX_OK;
}


/*
 * Sets the mode of the files. Returns NGX_OK, or NGX_DECLINED when it is none of the
 * three that are allowed.
 */
static ngx_int_t
ggi_audit_set_mode(ggi_slot_conf_t *log, const char *value)
{
    if (ngx_strcmp(value, "0600") == 0) {
        log->mode = 0600;

    } else if (ngx_strcmp(value, "0640") == 0) {
        log->mode = 0640;

    } else if (ngx_strcmp(value, "0644") == 0) {
        log->mode = 0644;

    } else {
        return NGX_DECLINED;
    }

    return NGX_OK;
}


/*
 * Sets the group of the files. Returns NGX_OK, or NGX_DECLINED when there is no group
 * of that name.
 */
static ngx_int_t
ggi_audit_set_group(ggi_slot_conf_t *log, const char *name)
{
    struct group  *group;

    group = getgrnam(name);

    if (group == NULL) {
        return NGX_DECLINED;
    }

    log->group = group->gr_gid;

    return NGX_OK;
}


static ngx_int_t
ggi_audit_read_parameter(ngx_conf_t *cf, ggi_audit_main_conf_t *amcf,
    const ngx_str_t *parameter)
{
    const char  *value;

    if ((value = ggi_audit_parameter_value(parameter, "durability=")) != NULL) {
        return ggi_audit_set_durability(&amcf->commit, value);
    }

    if ((value = ggi_audit_parameter_value(parameter, "mode=")) != NULL) {
        return ggi_audit_set_mode(&amcf->log, value);
    }

    if ((value = ggi_audit_parameter_value(parameter, "group=")) != NULL) {
        return ggi_audit_set_group(&amcf->log, value);
    }

    return NGX_DECLINED;
}


/*
 * Returns how many bytes of the log's name stand before the number of a file, which
 * goes before the extension if there is one.
 */
static size_t
ggi_audit_stem(const ngx_str_t *name)
{
    size_t  i;

    for (i = name->len; i-- > 1 && name->data[i] != '/'; ) {
        if (name->data[i] == '.' && name->data[i - 1] != '/') {
            return i;
        }
    }

    return name->len;
}


/*
 * Returns 1 when the first argument of ggi_audit_log is a path, 0 otherwise. Words that
 * nginx's own logs take for something else would make files of these names, and so
 * would a variable, which is not expanded here.
 */
static ngx_uint_t
ggi_audit_is_path(const ngx_str_t *name)
{
    return ngx_strchr(name->data, '$') == NULL
           && ngx_strcmp(name->data, "off") != 0
           && ngx_strcmp(name->data, "stderr") != 0
           && ngx_strncmp(name->data, "syslog:", 7) != 0
           && ngx_strncmp(name->data, "memory:", 7) != 0;
}


char *
ggi_audit_log_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_audit_main_conf_t *amcf = conf;

    ngx_int_t         rc;
    ngx_str_t        *value, name;
    ngx_uint_t        i;
    ggi_slot_conf_t  *log;

    log = &amcf->log;

    if (log->name.len) {
        return "is duplicate";
    }

    if (ggi_parameters_once(cf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;
    name = value[1];

    if (name.len == 0) {
        return "needs the name of a file";
    }

    if (!ggi_audit_is_path(&name)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" is no path of a file: \"ggi_audit_log\" takes "
                           "one without variables, and \"ggi_audit off;\" is what "
                           "turns the gate off,", &name);
        return NGX_CONF_ERROR;
    }

    amcf->commit.pool = ngx_thread_pool_add(cf, NULL);
    if (amcf->commit.pool == NULL) {
        return NGX_CONF_ERROR;
    }

    log->mode = 0640;
    log->group = (gid_t) -1;

    if (geteuid() == 0) {
        (void) ggi_audit_set_group(log, "adm");
    }

    for (i = 2; i < cf->args->nelts; i++) {
        rc = ggi_audit_read_parameter(cf, amcf, &value[i]);

        if (rc == NGX_DECLINED) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid parameter \"%V\" of \"ggi_audit_log\": "
                               "expected \"durability=buffered\", "
                               "\"durability=written\" or "
                               "\"durability=synced\", \"mode=\" with 0600, "
                               "0640 or 0644, \"group=\" with a group of this "
                               "machine", &value[i]);
        }

        if (rc != NGX_OK) {
            return NGX_CONF_ERROR;
        }
    }

    if (ngx_conf_full_name(cf->cycle, &name, 0) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    log->name = name;
    log->stem = ggi_audit_stem(&name);
    log->spares = 1;
    log->leftover = NGX_INVALID_FILE;
    log->chains = NGX_INVALID_FILE;
    log->conf_file = cf->conf_file->file.name.data;
    log->conf_line = cf->conf_file->line;

    return ggi_slot_check(cf, log) == NGX_OK ? NGX_CONF_OK : NGX_CONF_ERROR;
}


/* A directive of http that a part of the module reads, into its member of the configuration. */
#define GGI_AUDIT_DIRECTIVE(name, read, member)                                \
    char *                                                                     \
    name(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)                       \
    {                                                                          \
        ggi_audit_main_conf_t *amcf = conf;                                    \
                                                                               \
        return read(cf, &amcf->member);                                        \
    }

GGI_AUDIT_DIRECTIVE(ggi_audit_anonymous_directive, ggi_anonymous_directive, anonymous)
GGI_AUDIT_DIRECTIVE(ggi_audit_seal_directive, ggi_seal_directive, seal)
GGI_AUDIT_DIRECTIVE(ggi_audit_signals_directive, ggi_signal_zone_directive, signals)


char *
ggi_audit_signal_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_audit_loc_conf_t *alcf = conf;

    ggi_audit_main_conf_t  *amcf;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_audit_module);

    return ggi_signal_directive(cf, cmd, &alcf->signals, &amcf->signals);
}


char *
ggi_audit_check_node(ngx_conf_t *cf, void *post, void *data)
{
    size_t      i;
    ngx_str_t  *name = data;

    if (name->len == 0 || name->len > GGI_AUDIT_NODE_MAX) {
        goto invalid;
    }

    for (i = 0; i < name->len; i++) {
        if (name->data[i] <= ' ' || name->data[i] >= 0x7f
            || name->data[i] == '"' || name->data[i] == '\\')
        {
            goto invalid;
        }
    }

    return NGX_CONF_OK;

invalid:

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid node \"%V\" in \"ggi_audit_node\": expected a "
                       "name of 1 to %d printable ASCII characters, without "
                       "blanks, quotes and backslashes", name,
                       GGI_AUDIT_NODE_MAX);
    return NGX_CONF_ERROR;
}


char *
ggi_audit_pseudonym_key_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_audit_main_conf_t *amcf = conf;

    ssize_t                len;
    ngx_fd_t               fd;
    ngx_str_t             *value, file;
    ggi_str_t              bytes;
    const char            *wrong;
    ggi_pseudonym_keys_t  *keys;

    char  data[GGI_PSEUDONYM_FILE_MAX + 1];

    if (amcf->key.bytes.len) {
        return "is duplicate";
    }

    value = cf->args->elts;
    file = value[1];

    if (ngx_conf_full_name(cf->cycle, &file, 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    keys = ngx_palloc(cf->pool, sizeof(ggi_pseudonym_keys_t));
    if (keys == NULL) {
        return NGX_CONF_ERROR;
    }

    /* a FIFO without a writer must not be waited for: it reads as empty */
    fd = open((char *) file.data, O_RDONLY|O_CLOEXEC|O_NONBLOCK);
    len = (fd == NGX_INVALID_FILE) ? -1 : read(fd, data, sizeof(data));

    if (len == -1) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           "\"ggi_audit_pseudonym_key\": pseudonym key \"%V\" "
                           "cannot be read", &file);
    }

    if (fd != NGX_INVALID_FILE) {
        (void) close(fd);
    }

    if (len == -1) {
        return NGX_CONF_ERROR;
    }

    bytes.data = data;
    bytes.len = (size_t) len;
    wrong = (len > GGI_PSEUDONYM_FILE_MAX) ? "is too large for a file of keys"
                                           : ggi_pseudonym_keys_read(keys, bytes);
    explicit_bzero(data, sizeof(data));

    if (wrong) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"ggi_audit_pseudonym_key\": pseudonym key \"%V\" %s", &file, wrong);
        return NGX_CONF_ERROR;
    }

    amcf->key = keys->key[0];
    amcf->keys = keys;

    return NGX_CONF_OK;
}
