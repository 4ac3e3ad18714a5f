/* SPDX-License-Identifier: EUPL-1.2 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/ssl.h>

#include "ggi_crl_dir.h"
#include "ggi_crl_signature.h"
#include "ggictl_lists.h"


int
ggictl_lists_read(ggictl_lists_t *lists, int fd, const char *path, ggi_fault_t *fault)
{
    void         *memory;
    struct stat   st;

    memset(lists, 0, sizeof(ggictl_lists_t));

    if (fstat(fd, &st) != 0 || lseek(fd, 0, SEEK_SET) != 0) {
        return ggi_fault(fault, path, "%s", strerror(errno));
    }

    if (!S_ISREG(st.st_mode)) {
        return ggi_fault(fault, path, "expected a regular file");
    }

    if (st.st_size > GGI_CRL_FILE_MAX) {
        return ggi_fault(fault, path, "expected at most %d bytes", GGI_CRL_FILE_MAX);
    }

    lists->mapped = ggi_crl_room_size(st.st_size);
    memory = mmap(NULL, lists->mapped, PROT_READ|PROT_WRITE,
                  MAP_PRIVATE|MAP_ANONYMOUS|MAP_NORESERVE, -1, 0);

    if (memory == MAP_FAILED) {
        return ggi_fault(fault, path, "no memory");
    }

    lists->room.base = memory;
    lists->room.size = lists->mapped;

    if (!ggi_crl_parse(&lists->room, fd, path, fault, NULL)) {
        ggictl_lists_free(lists);
        return 0;
    }

    return 1;
}


int
ggictl_lists_open(ggictl_lists_t *lists, const char *path, ggi_fault_t *fault)
{
    int  fd, good;

    /* it does not wait for the writer of a FIFO */

    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd == -1) {
        return ggi_fault(fault, path, "%s", strerror(errno));
    }

    good = ggictl_lists_read(lists, fd, path, fault);
    close(fd);

    return good;
}


void
ggictl_lists_free(ggictl_lists_t *lists)
{
    (void) munmap(lists->room.base, lists->mapped);
}


const ggictl_lists_t *
ggictl_folder_add(ggictl_folder_t *folder, const char *path, ggi_fault_t *fault)
{
    ggictl_lists_t        *file;
    const ggi_crl_list_t  *list = NULL;

    file = realloc(folder->files, (folder->n + 1) * sizeof(ggictl_lists_t));

    if (file == NULL) {
        (void) ggi_fault(fault, path, "no memory");
        return NULL;
    }

    folder->files = file;
    file += folder->n;

    if (!ggictl_lists_open(file, path, fault)) {
        return NULL;
    }

    folder->n++;
    file->path = strdup(path);

    while (file->path && (list = ggi_crl_room_next(&file->room, list)) != NULL) {
        if (!ggi_crls_add(&folder->crls, list, file->path)) {
            break;
        }
    }

    if (file->path == NULL || list) {
        (void) ggi_fault(fault, path, "no memory");
        return NULL;
    }

    return file;
}


int
ggictl_folder_each(const char *dir, void (*each)(void *data, const char *path), void *data,
    ggi_fault_t *fault)
{
    char             path[GGI_CRL_PATH_MAX];
    size_t           i;
    ggi_crl_dir_t    found;

    if (!ggi_crl_dir_read(&found, dir, fault)) {
        return 0;
    }

    for (i = 0; i < found.n; i++) {
        snprintf(path, sizeof(path), "%s/%s", dir, found.files[i].name);
        each(data, path);
    }

    ggi_crl_dir_free(&found);

    return 1;
}


int
ggictl_folder_standing(ggictl_folder_t *folder, const X509_NAME *ca, STACK_OF(X509) *known,
    time_t now, ggi_crl_standing_t *standing)
{
    ggi_crls_sort(&folder->crls);
    ggi_crl_standing(standing, &folder->crls, ca, known, now);

    return standing->state == GGI_CRL_CURRENT || standing->state == GGI_CRL_EXPIRING;
}


int
ggictl_lists_level(const char *text)
{
    int       level;
    SSL_CTX  *ssl;

    if (text) {
        return text[0] - '0';
    }

    ssl = SSL_CTX_new(TLS_server_method());
    level = ssl ? SSL_CTX_get_security_level(ssl) : 2;
    SSL_CTX_free(ssl);

    return level;
}


int
ggictl_lists_weak(const ggi_crl_list_t *list, int level, char why[GGICTL_WEAK_MAX])
{
    const char  *weak;

    weak = ggi_crl_weakness(list, level);

    if (weak) {
        snprintf(why, GGICTL_WEAK_MAX,
                 "is signed with %s, which TLS refuses on certificates at security level %d",
                 weak, level);
    }

    return weak != NULL;
}


void
ggictl_folder_free(ggictl_folder_t *folder)
{
    size_t  i;

    for (i = 0; i < folder->n; i++) {
        ggictl_lists_free(&folder->files[i]);
        free(folder->files[i].path);
    }

    ggi_crls_free(&folder->crls);
    free(folder->files);
    memset(folder, 0, sizeof(ggictl_folder_t));
}
