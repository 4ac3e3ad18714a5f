/* SPDX-License-Identifier: EUPL-1.2 */

/* Revocation lists in shared memory: taken over file by file, judged by, freed, and left by who is killed. */

#define _GNU_SOURCE                     /* mkdtemp(), RTLD_NEXT */

#include "unit_crl.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ggi_crl_judge.h"
#include "ggi_crl_standing.h"
#include "ggi_crl_update.h"

#define MB  (1024 * 1024)


static ggi_crl_store_t   store;
static ggi_crl_known_t   known;
static ggi_crl_watch_t   watch;
static ggi_crl_news_t    news;
static char              dir[64];
static int               entries_left = -1;     /* of a directory that breaks off; -1: none does */
static void            (*listed)(void);         /* is called once, when a directory was listed */


typedef struct dirent *(*readdir_pt)(DIR *open);

/*
 * Stands in for readdir() of the C library, for a directory on a disk that fails while it is read, and for files
 * that change between the listing of a directory and the reading of its files.
 */
struct dirent *failing_readdir(DIR *open) __asm__("readdir");


struct dirent *
failing_readdir(DIR *open)
{
    struct dirent      *entry;
    static readdir_pt   next;

    if (next == NULL) {
        next = (readdir_pt) dlsym(RTLD_NEXT, "readdir");
    }

    if (entries_left == 0) {
        errno = EIO;
        return NULL;
    }

    entries_left -= (entries_left > 0);
    entry = next(open);

    if (entry == NULL && listed) {
        listed();
        listed = NULL;
        errno = 0;
    }

    return entry;
}


/* What the store's file takes in memory, in pages. */
static long
pages(void)
{
    struct stat  st;

    assert_int_equal(fstat(store.fd, &st), 0);

    return (long) st.st_blocks / 8;
}


static int
block_of(size_t size, uint8_t fill)
{
    int  block;

    block = ggi_crl_store_alloc(&store, size);
    assert_true(block >= 0);
    assert_int_equal(*(uint8_t *) ggi_crl_store_block(&store, block), 0);
    memset(ggi_crl_store_block(&store, block), fill, size);

    return block;
}


static void
test_blocks(void **state)
{
    int   state_one, state_two, large, i;
    long  before;

    (void) state;

    assert_int_equal(ggi_crl_store_create(&store, 64 * MB), 1);
    assert_null(ggi_crl_store_current(&store));
    assert_int_equal(ggi_crl_store_generation(&store), 0);
    assert_int_equal(ggi_crl_store_lock(&store), 1);
    assert_int_equal(ggi_crl_store_lock(&store), 0);

    large = block_of(8 * MB, 1);
    before = pages();
    ggi_crl_store_trim(&store, large, 2 * MB);
    assert_true(before - pages() == 6 * MB / 4096);

    state_one = block_of(100, 2);
    ggi_crl_store_keep(&store, large);
    ggi_crl_store_publish(&store, state_one);
    assert_int_equal(ggi_crl_store_generation(&store), 1);
    assert_int_equal(*(const uint64_t *) ggi_crl_store_current(&store), 1);
    assert_int_equal(ggi_crl_store_reclaim(&store), 0);
    assert_int_equal(((uint8_t *) ggi_crl_store_block(&store, large))[2 * MB - 1], 1);

    /* the second state has not got the large block, which nobody reads */

    state_two = block_of(100, 3);
    ggi_crl_store_publish(&store, state_two);
    before = pages();
    assert_int_equal(ggi_crl_store_reclaim(&store), 0);
    assert_true(before - pages() >= 2 * MB / 4096);

    /* as often as there is room, and not once more; and again when it has been freed */

    for (i = 0; ggi_crl_store_alloc(&store, 8 * MB) >= 0; i++) { /* void */ }

    assert_true(i >= 6 && i <= 8);
    ggi_crl_store_unlock(&store);
    assert_int_equal(ggi_crl_store_lock(&store), 1);
    assert_true(ggi_crl_store_alloc(&store, 8 * MB) >= 0);

    while (ggi_crl_store_alloc(&store, 1) >= 0) { /* void */ }

    ggi_crl_store_unlock(&store);
    assert_int_equal(ggi_crl_store_lock(&store), 1);
    assert_true(pages() < 100);
    ggi_crl_store_unlock(&store);
    ggi_crl_store_close(&store);
}


/* A process that does something to the store, and then waits until it is told to go on or is killed. */
static pid_t
other(void (*first)(void), void (*then)(void), int *go)
{
    char   c;
    int    told[2] = { -1, -1 }, done[2] = { -1, -1 };
    pid_t  pid;

    assert_true(pipe(told) == 0 && pipe(done) == 0);
    go[0] = told[1];
    go[1] = done[0];
    pid = fork();
    assert_true(pid >= 0);

    if (pid == 0) {
        first();

        while (write(done[1], "", 1) == 1 && read(told[0], &c, 1) == 1) {
            then();
        }

        _exit(0);
    }

    assert_int_equal(read(go[1], &c, 1), 1);

    return pid;
}


static void
tell(const int *go)
{
    char  c;

    assert_true(write(go[0], "", 1) == 1 && read(go[1], &c, 1) == 1);
}


static void
end(pid_t pid)
{
    int  status;

    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
}


static void
reader_begins(void)
{
    if (!ggi_crl_store_join(&store)) {
        _exit(1);
    }

    ggi_crl_store_seen(&store, *(const uint64_t *) ggi_crl_store_current(&store));
}


static void
writer_begins(void)
{
    if (!ggi_crl_store_lock(&store)) {
        _exit(1);
    }

    memset(ggi_crl_store_block(&store, ggi_crl_store_alloc(&store, MB)), 1, MB);
}


static void
nothing(void)
{
}


static void
publish_large(void)
{
    int  large;

    large = block_of(MB, 4);
    ggi_crl_store_keep(&store, large);
    ggi_crl_store_publish(&store, block_of(100, 5));
}


static void
test_others(void **state)
{
    int    go[2], more[2];
    long   before;
    pid_t  reader, late, writer;

    (void) state;

    assert_int_equal(ggi_crl_store_create(&store, 64 * MB), 1);
    assert_int_equal(ggi_crl_store_lock(&store), 1);
    publish_large();
    ggi_crl_store_unlock(&store);

    reader = other(reader_begins, reader_begins, go);
    late = other(nothing, reader_begins, more);

    assert_int_equal(ggi_crl_store_lock(&store), 1);
    publish_large();
    assert_int_equal(ggi_crl_store_reclaim(&store), 2);

    /* the reader goes on, and what it does not see any more is freed */

    before = pages();
    tell(go);
    assert_int_equal(ggi_crl_store_reclaim(&store), 0);
    assert_true(before - pages() >= MB / 4096);

    /* one that has begun to read later, and is killed */

    tell(more);
    publish_large();
    tell(go);
    assert_int_equal(ggi_crl_store_reclaim(&store), 2);
    end(late);
    assert_int_equal(ggi_crl_store_reclaim(&store), 0);
    ggi_crl_store_unlock(&store);

    /* one that has the lock, and is killed in the middle */

    before = pages();
    writer = other(writer_begins, nothing, more);
    assert_int_equal(ggi_crl_store_lock(&store), 0);
    assert_true(pages() - before >= MB / 4096);
    end(writer);
    assert_int_equal(ggi_crl_store_lock(&store), 1);
    assert_int_equal(pages(), before);
    ggi_crl_store_unlock(&store);

    end(reader);
    ggi_crl_store_close(&store);
}


static const EVP_MD  *digest;          /* that put() signs; NULL: SHA-256 */

/* Writes a list beside its place and renames it: of a CA, with a number, that begins and ends at those times. */
static void
put(const char *file, const char *ca, int with, const char *n, int from, int until, const char *serial)
{
    FILE           *fp;
    int             len;
    char            path[128], beside[128];
    X509_CRL       *crl;
    ASN1_TIME      *time;
    unsigned char  *der = NULL;

    crl = list_new(ca);
    time = ASN1_TIME_set(NULL, NOW + from);
    X509_CRL_set1_lastUpdate(crl, time);
    ASN1_TIME_set(time, NOW + until);
    X509_CRL_set1_nextUpdate(crl, time);

    if (n) {
        list_number(crl, n);
    }

    if (serial) {
        revoked_add(crl, serial, 1);
    }

    assert_true(X509_CRL_sign(crl, list_key(with), digest ? digest : EVP_sha256()));
    len = i2d_X509_CRL(crl, &der);
    snprintf(path, sizeof(path), "%s/%s", dir, file);
    snprintf(beside, sizeof(beside), "%s/.%s", dir, file);
    fp = fopen(beside, "wbe");
    assert_true(fp && fwrite(der, 1, (size_t) len, fp) == (size_t) len && fclose(fp) == 0);
    assert_int_equal(rename(beside, path), 0);

    ASN1_TIME_free(time);
    X509_CRL_free(crl);
    OPENSSL_free(der);
}


static void
gone(const char *file)
{
    char  path[128];

    snprintf(path, sizeof(path), "%s/%s", dir, file);
    assert_int_equal(unlink(path), 0);
}


static int  told_level;                /* security level that lists are told by */

/* Returns 1 when a line of the news has this text. */
static int
told(const char *text)
{
    const char       *line;
    ggi_crl_level_e   level;

    line = ggi_crl_news_next(&news, NULL, &level);

    while (line && strstr(line, text) == NULL) {
        line = ggi_crl_news_next(&news, line, &level);
    }

    return line != NULL;
}


/* Takes over what has changed at a time. Returns 1 when something is told that has this text. */
static int
update(int at, const char *text)
{
    const ggi_crl_look_t  look = { .dir = dir, .known = &known, .level = told_level, .now = NOW + at };

    news.len = 0;
    news.lost = 0;
    assert_int_equal(ggi_crl_store_lock(&store), 1);
    (void) ggi_crl_update(&store, &look, &news);
    ggi_crl_store_unlock(&store);

    return told(text);
}


static X509  *root, *leaf, *bad;

/* What the lists in use say of a leaf, and until when, at a time. */
static ggi_reason_e
judge(X509 *x509, int at, int *until)
{
    time_t            end;
    ggi_crls_t        crls;
    ggi_reason_e      reason;
    STACK_OF(X509)   *chain;

    chain = sk_X509_new_null();
    sk_X509_push(chain, x509);
    sk_X509_push(chain, root);
    assert_int_equal(ggi_crl_set_view(&store, ggi_crl_store_current(&store), &crls), 1);
    reason = ggi_crls_judge(&crls, chain, NULL, NOW + at, &end);
    ggi_crls_free(&crls);
    sk_X509_free(chain);

    if (until) {
        *until = (int) (end - NOW);
    }

    return reason;
}

/* Takes over what has changed at a time; the lists then say reason of a leaf. */
#define assert_updated(at, x509, reason)                                       \
    do {                                                                       \
        (void) update(at, "");                                                 \
        assert_int_equal(judge(x509, at, NULL), reason);                       \
    } while (0)


/* How the root stands with its lists at a time. Adds what is told to news. */
static ggi_crl_state_e
look(int at)
{
    ggi_crls_t           crls;
    STACK_OF(X509)      *certs;
    ggi_crl_standing_t   standing;

    news.len = 0;
    certs = sk_X509_new_null();
    assert_int_equal(ggi_crl_known_read(&known, certs), 1);
    assert_int_equal(ggi_crl_set_view(&store, ggi_crl_store_current(&store), &crls), 1);
    ggi_crl_standing(&standing, &crls, X509_get_subject_name(root), certs, NOW + at);
    ggi_crl_watch_look(&watch, &crls, certs, NOW + at, &news);
    ggi_crls_free(&crls);
    sk_X509_pop_free(certs, X509_free);

    return standing.state;
}


static int
setup(void **state)
{
    (void) state;

    memset(&known, 0, sizeof(known));
    memset(&watch, 0, sizeof(watch));
    strcpy(dir, "/tmp/ggi-unit-crl-XXXXXX");
    assert_non_null(mkdtemp(dir));
    assert_int_equal(ggi_crl_store_create(&store, 64 * MB), 1);
    root = certificate("root", 1, "01", NULL, 0, 1);
    leaf = certificate("leaf", 4, "1234", root, 1, 0);
    bad = certificate("bad", 4, "5678", root, 1, 0);
    assert_int_equal(ggi_crl_known_add(&known, root), 1);
    assert_int_equal(ggi_crl_known_add(&known, root), 1);
    assert_int_equal(known.n, 1);

    return 0;
}


static int
teardown(void **state)
{
    size_t          i;
    ggi_fault_t     fault = ggi_fault_init;
    ggi_crl_dir_t   left;

    (void) state;

    assert_int_equal(ggi_crl_dir_read(&left, dir, &fault), 1);

    for (i = 0; i < left.n; i++) {
        gone(left.files[i].name);
    }

    ggi_crl_dir_free(&left);
    assert_int_equal(rmdir(dir), 0);
    X509_free(root);
    X509_free(leaf);
    X509_free(bad);
    ggi_crl_store_close(&store);

    return 0;
}


static void
test_files(void **state)
{
    FILE      *fp;
    char       path[128];
    uint64_t   generation;

    (void) state;

    assert_int_equal(update(0, "0 revocation lists read"), 0);
    assert_int_equal(judge(leaf, 0, NULL), GGI_REASON_REVOCATION_UNKNOWN);

    put("root.crl", "root", 1, "05", 0, 1000, "5678");
    put("other.crl", "other", 4, "01", 0, 1000, NULL);
    assert_int_equal(update(0, "2 revocation lists read"), 1);
    assert_int_equal(judge(leaf, 0, NULL), GGI_REASON_NONE);
    assert_int_equal(judge(bad, 0, NULL), GGI_REASON_CERTIFICATE_REVOKED);

    generation = ggi_crl_store_generation(&store);
    assert_int_equal(update(0, ""), 0);
    assert_int_equal(ggi_crl_store_generation(&store), generation);

    /* a file that cannot be read keeps what was read of it, and the others are taken over */

    snprintf(path, sizeof(path), "%s/root.crl", dir);
    fp = fopen(path, "wbe");
    assert_true(fp && fputs("half a list", fp) >= 0 && fclose(fp) == 0);
    put("third.crl", "third", 4, "01", 0, 1000, NULL);
    assert_int_equal(update(0, "/root.crl: expected revocation lists in PEM or DER; those read before"), 1);
    assert_non_null(ggi_crl_set_find(ggi_crl_store_current(&store), "third.crl"));
    assert_true(ggi_crl_set_find(ggi_crl_store_current(&store), "root.crl")->fault[0] != '\0');
    assert_int_equal(judge(leaf, 0, NULL), GGI_REASON_NONE);
    assert_int_equal(judge(bad, 0, NULL), GGI_REASON_CERTIFICATE_REVOKED);
    assert_int_equal(update(0, ""), 0);

    put("root.crl", "root", 1, "06", 0, 1000, NULL);
    assert_int_equal(update(0, "3 revocation lists read"), 1);
    assert_int_equal(judge(bad, 0, NULL), GGI_REASON_NONE);
    assert_true(ggi_crl_set_find(ggi_crl_store_current(&store), "root.crl")->fault[0] == '\0');

    gone("third.crl");
    gone("other.crl");
    assert_int_equal(update(0, "1 revocation lists read"), 1);

    /* so does a directory that is gone */

    snprintf(path, sizeof(path), "%s.away", dir);
    assert_int_equal(rename(dir, path), 0);
    assert_int_equal(update(0, "No such file or directory; those read before are kept"), 1);
    assert_int_equal(judge(leaf, 0, NULL), GGI_REASON_NONE);
    assert_int_equal(update(0, ""), 0);
    assert_int_equal(rename(path, dir), 0);
    assert_int_equal(update(0, ""), 0);
    assert_int_equal(judge(leaf, 0, NULL), GGI_REASON_NONE);
}


/* A disk that fails for a moment takes no list away, and what it could not give is asked for again. */
static void
test_failing_disk(void **state)
{
    int                    i;
    char                   path[128], aside[128];
    const ggi_crl_file_t  *file;

    (void) state;

    put("root.crl", "root", 1, "05", 0, 1000, "5678");
    put("other.crl", "other", 4, "01", 0, 1000, NULL);
    update(0, "");

    /* "." and ".." are entries too */

    for (i = 0; i < 4; i++) {
        entries_left = i;
        assert_int_equal(update(0, "Input/output error; those read before are kept"), i == 0);
        assert_int_equal(judge(leaf, 0, NULL), GGI_REASON_NONE);
        assert_int_equal(judge(bad, 0, NULL), GGI_REASON_CERTIFICATE_REVOKED);
    }

    entries_left = -1;
    update(0, "");
    assert_string_equal(((const ggi_crl_set_t *) ggi_crl_store_current(&store))->fault, "");

    /* the memory of this process is a regular file, and cannot be read from its start */

    snprintf(path, sizeof(path), "%s/root.crl", dir);
    snprintf(aside, sizeof(aside), "%s/.root", dir);
    assert_int_equal(symlink("/proc/self/mem", aside), 0);
    assert_int_equal(rename(aside, path), 0);
    assert_int_equal(update(0, "/root.crl: Input/output error; those read before are kept"), 1);
    file = ggi_crl_set_find(ggi_crl_store_current(&store), "root.crl");
    assert_int_equal(file->again, 1);
    assert_int_equal(judge(bad, 0, NULL), GGI_REASON_CERTIFICATE_REVOKED);
    assert_int_equal(update(0, ""), 0);

    /* what is no list does not become one by itself */

    put("root.crl", "root", 1, "06", 0, 1000, "5678");
    assert_int_equal(truncate(path, 100), 0);
    assert_int_equal(update(0, "/root.crl: expected revocation lists"), 1);
    file = ggi_crl_set_find(ggi_crl_store_current(&store), "root.crl");
    assert_int_equal(file->again, 0);
}


static void
test_older(void **state)
{
    (void) state;

    put("root.crl", "root", 1, "05", 0, 2000, "5678");
    assert_updated(0, bad, GGI_REASON_CERTIFICATE_REVOKED);

    /* in its place a lower number, however new it is */

    put("root.crl", "root", 1, "04", 10, 9000, NULL);
    assert_int_equal(update(20, "CRL number 0x04"), 1);
    assert_int_equal(judge(bad, 20, NULL), GGI_REASON_CERTIFICATE_REVOKED);
    assert_int_equal(judge(leaf, 20, NULL), GGI_REASON_NONE);
    assert_int_equal(judge(leaf, 2001, NULL), GGI_REASON_REVOCATION_UNKNOWN);

    put("root.crl", "root", 1, "03", 30, 9000, NULL);
    assert_updated(40, bad, GGI_REASON_CERTIFICATE_REVOKED);

    /* beside it, under another name, and in place of all of them */

    put("second.crl", "root", 1, "04", 50, 9000, NULL);
    assert_updated(60, bad, GGI_REASON_CERTIFICATE_REVOKED);
    gone("root.crl");
    assert_updated(70, bad, GGI_REASON_REVOCATION_UNKNOWN);
    assert_int_equal(look(70), GGI_CRL_OUTDATED);

    /* one of the same number, and a higher one */

    put("third.crl", "root", 1, "05", 0, 9000, "5678");
    assert_updated(80, bad, GGI_REASON_CERTIFICATE_REVOKED);
    assert_int_equal(judge(leaf, 80, NULL), GGI_REASON_NONE);
    put("second.crl", "root", 1, "0100", 0, 9000, NULL);
    assert_updated(90, bad, GGI_REASON_NONE);
    assert_int_equal(look(90), GGI_CRL_CURRENT);

    /* a list of another hand, with a high number, has not been in force */

    put("zzz.crl", "root", 0, "ffffff", 0, 9000, "1234");
    assert_updated(100, leaf, GGI_REASON_NONE);
    gone("zzz.crl");
    assert_updated(110, leaf, GGI_REASON_NONE);
    put("second.crl", "root", 0, "fffffe", 0, 9000, "1234");
    assert_updated(120, leaf, GGI_REASON_REVOCATION_UNKNOWN);

    /* so a good list takes its place, and nobody says that it does not */

    put("second.crl", "root", 1, "0101", 0, 9000, NULL);
    assert_int_equal(update(130, "is not taken over"), 0);
    assert_int_equal(judge(leaf, 130, NULL), GGI_REASON_NONE);
    assert_true(ggi_crl_set_find(ggi_crl_store_current(&store), "second.crl")->kept == -1);

    /* of a CA of which no certificate is known, nobody can tell who signed: its lists are compared */

    put("other.crl", "other", 0, "09", 0, 9000, NULL);
    update(140, "");
    put("other.crl", "other", 0, "08", 0, 9000, NULL);
    assert_int_equal(update(150, "is not taken over"), 1);

    /* what is told stays one line, whatever the name of a file is */

    put("a\n[error] \x1b.crl", "other", 0, "07", 0, 9000, NULL);
    update(160, "");
    put("a\n[error] \x1b.crl", "other", 0, "06", 0, 9000, NULL);
    assert_int_equal(update(170, "/a?[error] ?.crl: the list of CA"), 1);
}


/* When there is no room for a further mark, the one goes whose list expired first: none as old is current any more. */
static void
test_marks(void **state)
{
    size_t           i, n;
    ggi_crl_room_t   room;
    ggi_crl_mark_t  *marks;
    STACK_OF(X509)  *certs;

    (void) state;

    put("root.crl", "root", 1, "05", 0, 1000, NULL);
    update(0, "");
    certs = sk_X509_new_null();
    assert_int_equal(ggi_crl_known_read(&known, certs), 1);
    ggi_crl_image_room(&store, ggi_crl_set_find(ggi_crl_store_current(&store), "root.crl")->image, &room);

    marks = calloc(GGI_CRL_MARKS_MAX, sizeof(ggi_crl_mark_t));

    for (n = 0; n < GGI_CRL_MARKS_MAX; n++) {
        memcpy(marks[n].id, &n, sizeof(n));
        marks[n].next_update = NOW - 5000 + (int64_t) (n * 7 % GGI_CRL_MARKS_MAX);
    }

    marks[300].next_update = NOW - 9000;
    ggi_crl_marks_note(marks, &n, &room, certs, NOW);
    assert_int_equal(n, GGI_CRL_MARKS_MAX);
    assert_true(marks[300].next_update == NOW + 1000 && marks[300].number.octets[0] == 5);

    /* a second time it is known, and one that expires before all others has no place */

    ggi_crl_marks_note(marks, &n, &room, certs, NOW);

    for (i = 0; i < n; i++) {
        assert_int_equal(marks[i].number.len, i == 300);
        marks[i].next_update += 60000;
        marks[i].number.len = 0;
        marks[i].id[31] ^= 1;
    }

    ggi_crl_marks_note(marks, &n, &room, certs, NOW);

    for (i = 0; i < n; i++) {
        assert_int_equal(marks[i].number.len, 0);
    }

    free(marks);
    sk_X509_pop_free(certs, X509_free);
}


static void
root_goes(void)
{
    gone("root.crl");
}


static void
root_becomes_fifo(void)
{
    char  path[128];

    gone("root.crl");
    snprintf(path, sizeof(path), "%s/root.crl", dir);
    assert_int_equal(mkfifo(path, 0600), 0);
}


/* A file that goes, or becomes another one, after the directory was listed. */
static void
test_race(void **state)
{
    (void) state;

    /* a file that was never read: nothing is lost, and nothing is told */

    put("root.crl", "root", 1, "04", 0, 1000, NULL);
    listed = root_goes;
    assert_int_equal(update(0, "root.crl"), 0);
    assert_null(listed);

    /* one that was: its lists stay in use until the next look, as when somebody puts another file in its place */

    put("root.crl", "root", 1, "05", 0, 1000, "5678");
    assert_int_equal(update(0, "1 revocation lists read"), 1);
    put("root.crl", "root", 1, "06", 0, 1000, "1234");
    listed = root_goes;
    assert_int_equal(update(0, "root.crl"), 0);
    assert_int_equal(judge(bad, 0, NULL), GGI_REASON_CERTIFICATE_REVOKED);
    put("root.crl", "root", 1, "06", 0, 1000, "1234");
    assert_updated(0, leaf, GGI_REASON_CERTIFICATE_REVOKED);

    put("root.crl", "root", 1, "07", 0, 1000, NULL);
    listed = root_goes;
    update(0, "");
    assert_int_equal(update(0, "0 revocation lists read"), 1);

    put("root.crl", "root", 1, "07", 0, 1000, "5678");
    update(0, "");
    put("root.crl", "root", 1, "08", 0, 1000, NULL);
    listed = root_becomes_fifo;
    assert_int_equal(update(0, "/root.crl: expected a regular file; those read before are kept"), 1);
    assert_int_equal(judge(bad, 0, NULL), GGI_REASON_CERTIFICATE_REVOKED);
    gone("root.crl");
}


/*
 * Puts a list in place of another one, which are signed so, and looks at what is told: that the one before stays in
 * use, and how long in a server of security level 1, for which SHA-1 is too weak. The new one is newer and begins
 * later, or is older.
 */
static void
assert_follows(const EVP_MD *before, const EVP_MD *after, int newer, const char *text)
{
    static const char  never[] = ", but not in a server of security level 1, which refuses its signature with ";
    static const char  neither[] = "; from then on a server of security level 1 uses neither";

    told_level = 1;
    digest = before;
    put("root.crl", "root", 1, "06", 0, 9000, NULL);
    update(0, "");
    digest = after;
    put("root.crl", "root", 1, newer ? "07" : "05", newer ? 5000 : 0, 9000, NULL);
    assert_int_equal(update(0, newer ? "stays in use until then" : "is not taken over, and the one before"), 1);
    assert_int_equal(told(never), strcmp(text, "not") == 0);
    assert_int_equal(told(neither), strcmp(text, "neither") == 0);
    digest = NULL;
    told_level = 0;
}


static void
test_waiting_weak(void **state)
{
    size_t  i;

    static const struct {
        int          before;            /* 1: with SHA-1, 0: with SHA-256 */
        int          after;
        int          newer;
        const char  *text;
    } cases[] = {
        { 0, 0, 1, "" }, { 1, 0, 1, "not" }, { 0, 1, 1, "neither" }, { 1, 1, 1, "not" }, { 0, 0, 0, "" },
        { 1, 0, 0, "not" }, { 0, 1, 0, "" }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        setup(state);
        assert_follows(cases[i].before ? EVP_sha1() : EVP_sha256(), cases[i].after ? EVP_sha1() : EVP_sha256(),
                       cases[i].newer, cases[i].text);
        teardown(state);
    }
}


static void
test_waiting(void **state)
{
    int  until;

    (void) state;

    put("root.crl", "root", 1, "05", 0, 2000, "5678");
    update(0, "");
    assert_int_equal(judge(leaf, 0, &until), GGI_REASON_NONE);
    assert_int_equal(until, 2001);

    /* in its place, one of the near future: the old one serves until then */

    put("root.crl", "root", 1, "06", 100, 3000, NULL);
    assert_int_equal(update(50, "the one before it stays in use until then"), 1);
    assert_int_equal(judge(bad, 50, NULL), GGI_REASON_CERTIFICATE_REVOKED);
    assert_int_equal(judge(leaf, 50, &until), GGI_REASON_NONE);
    assert_int_equal(until, 100);

    /* another one, while the first of them has not begun */

    put("root.crl", "root", 1, "07", 200, 3000, "1234");
    assert_updated(60, bad, GGI_REASON_CERTIFICATE_REVOKED);
    assert_int_equal(judge(leaf, 60, &until), GGI_REASON_NONE);
    assert_int_equal(until, 200);
    assert_int_equal(judge(leaf, 200, NULL), GGI_REASON_CERTIFICATE_REVOKED);
    assert_int_equal(judge(bad, 200, &until), GGI_REASON_NONE);

    /* once it has begun, the old one is given back */

    assert_true(ggi_crl_set_find(ggi_crl_store_current(&store), "root.crl")->kept >= 0);
    assert_int_equal(update(201, "1 revocation lists read"), 1);
    assert_true(ggi_crl_set_find(ggi_crl_store_current(&store), "root.crl")->kept == -1);

    /* alone, there is nothing to judge by until it begins */

    gone("root.crl");
    update(210, "");
    put("later.crl", "root", 1, "08", 300, 3000, NULL);
    update(220, "");
    assert_int_equal(judge(bad, 220, &until), GGI_REASON_REVOCATION_UNKNOWN);
    assert_int_equal(until, 221);
    assert_int_equal(look(220), GGI_CRL_WAITING);
    assert_int_equal(judge(bad, 300, NULL), GGI_REASON_NONE);
}


static void
test_standing(void **state)
{
    (void) state;

    update(0, "");
    ggi_crl_watch_add(&watch, X509_get_subject_name(root));
    assert_int_equal(look(0), GGI_CRL_MISSING);
    assert_true(news.len && strstr(news.text + 1, "there is no list of CA \"CN=root\" that counts"));
    look(1);
    assert_int_equal(news.len, 0);

    put("root.crl", "root", 1, "05", 0, 10000, NULL);
    update(2, "");
    assert_int_equal(look(2), GGI_CRL_CURRENT);
    assert_true(news.len && strstr(news.text + 1, "there is a list of CA \"CN=root\" again, in root.crl"));
    look(10000 - GGI_CRL_SOON - 1);
    assert_int_equal(news.len, 0);
    assert_int_equal(look(10000 - GGI_CRL_SOON), GGI_CRL_EXPIRING);
    assert_true(news.len && strstr(news.text + 1, "in root.crl expires at 2026-09-21T17:00:00Z"));
    look(10000);
    assert_int_equal(news.len, 0);
    assert_int_equal(look(10001), GGI_CRL_EXPIRED);
    assert_true(news.len && strstr(news.text + 1, "in root.crl expired at 2026-09-21T17:00:00Z"));

    /* of another hand */

    put("root.crl", "root", 0, "06", 10001, 30000, NULL);
    update(10002, "");
    assert_int_equal(look(10002), GGI_CRL_MISSING);
}


/* A leaf with the name of its CA does not vouch for itself by a list that its own key signed. */
static void
test_own_list(void **state)
{
    X509    *namesake;
    size_t   i;

    static const struct {
        int           key;              /* that signs the list */
        const char   *number;
        ggi_reason_e  reason;
    } lists[] = { { 4, "05", GGI_REASON_REVOCATION_UNKNOWN }, { 1, "06", GGI_REASON_NONE } };

    (void) state;

    namesake = certificate("root", 4, "1234", root, 1, 0);

    for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        put("root.crl", "root", lists[i].key, lists[i].number, 0, 1000, NULL);
        update(0, "");
        assert_int_equal(judge(namesake, 0, NULL), lists[i].reason);
    }

    X509_free(namesake);
}


/* A CA that signs its lists with another key, which has a certificate of its own. */
static void
test_other_key(void **state)
{
    X509             *new, *stranger;
    time_t            until;
    ggi_crls_t        crls;
    X509_STORE       *trusted;
    STACK_OF(X509)   *chain;
    ggi_crl_trust_t   trust;

    (void) state;

    new = certificate("ca", 0, "20", root, 1, 1);
    stranger = certificate("ca", 3, "21", NULL, 0, 1);
    trusted = X509_STORE_new();
    X509_STORE_add_cert(trusted, root);
    memset(&trust, 0, sizeof(trust));
    trust.store = trusted;
    trust.depth = 3;
    trust.level = 1;
    trust.known = sk_X509_new_null();
    chain = sk_X509_new_null();
    sk_X509_push(chain, certificate("leaf", 4, "1234", new, 4, 0));
    sk_X509_push(chain, certificate("ca", 4, "10", root, 1, 1));
    X509_up_ref(root);
    sk_X509_push(chain, root);

    put("root.crl", "root", 1, "05", 0, 1000, NULL);
    put("ca.crl", "ca", 0, "05", 0, 900, NULL);
    update(0, "");
    assert_int_equal(ggi_crl_set_view(&store, ggi_crl_store_current(&store), &crls), 1);

    assert_int_equal(ggi_crls_judge(&crls, chain, NULL, NOW, &until), GGI_REASON_REVOCATION_UNKNOWN);
    assert_int_equal(ggi_crls_judge(&crls, chain, &trust, NOW, &until), GGI_REASON_REVOCATION_UNKNOWN);
    sk_X509_push(trust.known, new);
    assert_int_equal(ggi_crls_judge(&crls, chain, &trust, NOW, &until), GGI_REASON_NONE);
    assert_int_equal(until - NOW, 901);
    ggi_crls_free(&crls);

    /* the new key's certificate itself has been revoked */

    put("root.crl", "root", 1, "06", 0, 1000, "20");
    update(0, "");
    assert_int_equal(ggi_crl_set_view(&store, ggi_crl_store_current(&store), &crls), 1);
    assert_int_equal(ggi_crls_judge(&crls, chain, &trust, NOW, &until), GGI_REASON_REVOCATION_UNKNOWN);
    ggi_crls_free(&crls);

    /* a certificate of that name that leads to no root that is trusted */

    put("root.crl", "root", 1, "07", 0, 1000, NULL);
    put("ca.crl", "ca", 3, "05", 0, 1000, NULL);
    update(0, "");
    assert_int_equal(ggi_crl_set_view(&store, ggi_crl_store_current(&store), &crls), 1);
    sk_X509_push(trust.known, stranger);
    assert_int_equal(ggi_crls_judge(&crls, chain, &trust, NOW, &until), GGI_REASON_REVOCATION_UNKNOWN);
    ggi_crls_free(&crls);

    sk_X509_pop_free(trust.known, X509_free);
    sk_X509_pop_free(chain, X509_free);
    X509_STORE_free(trusted);
}


/* A list whose signature is weaker than the security level of the server that is called. */
static void
test_weak(void **state)
{
    size_t            i;
    time_t            until;
    ggi_crls_t        crls;
    STACK_OF(X509)   *chain, *certs;
    ggi_crl_trust_t   trust = { .depth = 3 };

    ggi_crl_standing_t  standing;

    const struct {
        const EVP_MD  *digest;
        int            level;           /* the highest that it counts at */
        const char    *name;
        const char    *number;
    } lists[] = {
        { EVP_sha384(), 4, "SHA384", "05" }, { EVP_sha256(), 3, "SHA256", "06" }, { EVP_sha1(), 0, "SHA1", "07" }
    };

    (void) state;

    chain = sk_X509_new_null();
    certs = sk_X509_new_null();
    sk_X509_push(chain, leaf);
    sk_X509_push(chain, root);
    sk_X509_push(certs, root);

    for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        digest = lists[i].digest;
        put("root.crl", "root", 1, lists[i].number, 0, 90000, NULL);
        told_level = lists[i].level + 1;
        assert_true(update(0, "which the security level of a server"));
        assert_non_null(strstr(news.text, lists[i].name));
        assert_int_equal(ggi_crl_set_view(&store, ggi_crl_store_current(&store), &crls), 1);

        for (trust.level = 0; trust.level <= 5; trust.level++) {
            assert_int_equal(ggi_crls_judge(&crls, chain, &trust, NOW, &until),
                             trust.level <= lists[i].level ? GGI_REASON_NONE : GGI_REASON_REVOCATION_UNKNOWN);
            crls.level = trust.level;
            ggi_crl_standing(&standing, &crls, X509_get_subject_name(root), certs, NOW);
            assert_int_equal(standing.state, trust.level <= lists[i].level ? GGI_CRL_CURRENT : GGI_CRL_MISSING);
        }

        ggi_crls_free(&crls);
    }

    /* an older one that is strong is not hidden by it */

    digest = EVP_sha256();
    put("strong.crl", "root", 1, "06", 0, 1000, "1234");
    told_level = 3;
    assert_false(update(0, "which the security level of a server"));
    assert_int_equal(ggi_crl_set_view(&store, ggi_crl_store_current(&store), &crls), 1);
    trust.level = 2;
    assert_int_equal(ggi_crls_judge(&crls, chain, &trust, NOW, &until), GGI_REASON_CERTIFICATE_REVOKED);
    ggi_crls_free(&crls);

    digest = NULL;
    told_level = 0;
    sk_X509_free(chain);
    sk_X509_free(certs);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_others),
        cmocka_unit_test_setup_teardown(test_files, setup, teardown),
        cmocka_unit_test_setup_teardown(test_failing_disk, setup, teardown),
        cmocka_unit_test_setup_teardown(test_older, setup, teardown),
        cmocka_unit_test_setup_teardown(test_marks, setup, teardown),
        cmocka_unit_test_setup_teardown(test_race, setup, teardown),
        cmocka_unit_test_setup_teardown(test_waiting, setup, teardown),
        cmocka_unit_test(test_waiting_weak),
        cmocka_unit_test_setup_teardown(test_standing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_own_list, setup, teardown),
        cmocka_unit_test_setup_teardown(test_other_key, setup, teardown),
        cmocka_unit_test_setup_teardown(test_weak, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
