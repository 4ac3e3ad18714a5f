# SPDX-License-Identifier: EUPL-1.2
# Without memory: whichever allocation of a call fails, no worker dies, and the metrics count what is recorded.
use strict;
use warnings;

use File::Temp ();
use Test::More;

use GGI::Audit qw(decisions verdict);
use GGI::Curl qw(curl);
use GGI::Gate;
use GGI::Pki;
use GGI::Preload;
use GGI::Slow qw(sleep time);

plan skip_all => 'has no place before the sanitizer' if !GGI::Preload::possible();

# Shared with the test: the number of the allocation that fails (-1: none), whether it did, how many there were. Those
# of nginx itself and of our modules count, by where they are called from.
my $MEMORY = <<'C';
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct { int fails, failed, n; } *shared;
static struct { unsigned long from, to; } code[64];
static int parts;

static int part(struct dl_phdr_info *info, size_t size, void *data)
{
    int i;

    if (info->dlpi_name[0] != '\0' && strstr(info->dlpi_name, "ngx_http_ggi") == NULL) return 0;
    for (i = 0; i < info->dlpi_phnum && parts < 64; i++) {
        if (info->dlpi_phdr[i].p_type != PT_LOAD || !(info->dlpi_phdr[i].p_flags & PF_X)) continue;
        code[parts].from = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
        code[parts].to = code[parts].from + info->dlpi_phdr[i].p_memsz;
        parts++;
    }
    return 0;
}

__attribute__((constructor)) static void begin(void)
{
    int fd = getenv("GGI_MEMORY") ? open(getenv("GGI_MEMORY"), O_RDWR) : -1;

    if (fd != -1) {
        shared = mmap(NULL, sizeof(*shared), PROT_READ|PROT_WRITE, MAP_SHARED, fd, 0);
        close(fd);
    }
}

static int fails(void *caller)
{
    int i;
    unsigned long from = (unsigned long) caller;

    if (shared == NULL || shared->fails < 0) return 0;
    if (parts == 0) dl_iterate_phdr(part, NULL);
    for (i = 0; i < parts; i++) {
        if (from >= code[i].from && from < code[i].to) {
            if (shared->n++ != shared->fails) return 0;
            shared->failed = 1;
            errno = ENOMEM;
            return 1;
        }
    }
    return 0;
}

void *malloc(size_t n)
{
    static void *(*next)(size_t);
    if (next == NULL) next = dlsym(RTLD_NEXT, "malloc");
    return fails(__builtin_return_address(0)) ? NULL : next(n);
}

void *realloc(void *p, size_t n)
{
    static void *(*next)(void *, size_t);
    if (next == NULL) next = dlsym(RTLD_NEXT, "realloc");
    return fails(__builtin_return_address(0)) ? NULL : next(p, n);
}

int posix_memalign(void **p, size_t align, size_t n)
{
    static int (*next)(void **, size_t, size_t);
    if (next == NULL) next = dlsym(RTLD_NEXT, "posix_memalign");
    return fails(__builtin_return_address(0)) ? ENOMEM : next(p, align, n);
}
C

my $dir = File::Temp->newdir('ggi-memory-XXXXXX', TMPDIR => 1);
chmod 0755, "$dir";

sub set {
    my ($n) = @_;
    open my $fh, '+<', "$dir/memory" or die $!;
    syswrite $fh, pack 'iii', $n, 0, 0;
    return close $fh;
}

sub failed {
    open my $fh, '<', "$dir/memory" or die $!;
    sysread $fh, my $state, 12;
    return (unpack 'iii', $state)[1];
}

# Small pools have nginx allocate often. With ssl_crl the path of a certificate is verified for each connection.
my $pki = GGI::Pki->new;
my $lists = $pki->dir . '/lists.pem';
$pki->run('crls', $pki->dir . '/crl');
system("cat @{[$pki->dir]}/crl/*.crl > $lists") == 0 or die "cat failed\n";
my $gate = GGI::Gate->new(
    pki => $pki, main => 'env GGI_MEMORY;', more => 'ggi_audit_anonymous off;',
    # the last where the disk was slow, so that a thread was to write
    allow_errors => [qr/malloc|memalign|audit log cannot be written by a thread: no memory/],
    server => "request_pool_size 512; connection_pool_size 512; ssl_crl $lists;",
    locations => <<'CONF');
    location / { ggi_dienst brp; proxy_pass http://api; }
    location /small { ggi_dienst brp; client_max_body_size 1k; proxy_pass http://api; }
    location /strict { ggi_dienst brp; ggi_pkio_policy 1.2.3.4; proxy_pass http://api; }
    location /auth { ggi_dienst brp; auth_request /strict; proxy_pass http://api; }
    location /closed { ggi_dienst brp; return 403; }
    location /early { ggi_dienst brp; if ($ggi_oin = "") { return 403; } proxy_pass http://api; }
CONF
{
    open my $fh, '>', "$dir/memory" or die $!;
    print $fh pack 'iii', -1, 0, 0;
    close $fh;
    chmod 0666, "$dir/memory";
    my $preload = GGI::Preload->new($MEMORY);
    local @ENV{qw(GGI_MEMORY LD_PRELOAD)} = ("$dir/memory", $preload->path);
    $gate->start;
}

my %calls = (
    'an admitted call' => ['/x'],
    'a call over HTTP/2' => ['/x', '--http2'],
    'a refused call' => ['/strict'],
    'a SOAP call that is refused' => ['/strict', -H => 'Content-Type: text/xml', -d => '<x/>'],
    'a subrequest that is refused' => ['/auth'],
    'a variable before the gates' => ['/early'],
    'what nginx rejects' => ['/small', $gate->body(3000)],
    'what the configuration answers' => ['/closed'],
    'a body' => ['/x', $gate->body(3000)],

    # another length of the path has other allocations begin a block; a long path is a block by itself
    'a long path over HTTP/2' => ['/' . 'x' x 600, '--http2'],
    (map { ("what nginx rejects, longer by $_" => ['/small/' . 'x' x $_, $gate->body(3000)]) } map { 64 * $_ } 1 .. 7),
    (map { ("a subrequest that is refused, longer by $_" => ['/auth/' . 'x' x $_]) } map { 64 * $_ } 1 .. 7),
);

for my $name (sort keys %calls) {
    subtest $name => sub {
        my ($n, $unharmed, $untrusted, %answers) = (0, 0, 0);
        my @workers = $gate->workers;
        my $before = $gate->api_calls;
        my $allowed = grep { verdict($_) eq 'allowed' } decisions($gate->audit_text);
        while ($unharmed < 2 && $n < 400) {
            set($n++);
            my $answer = $gate->call(@{ $calls{$name} }, '--max-time', 2);
            $answers{ $answer->{status} }++;
            $untrusted++ if $answer->{body} =~ /certificate_untrusted/;
            $unharmed++ unless failed();
            set(-1);
        }
        cmp_ok $n, '>', 15, "with each of $n allocations failing";
        is_deeply [$gate->workers], \@workers, 'no worker dies';
        is_deeply [grep { !/^(?:0|200|403|413|50[023])$/ } keys %answers], [], 'no other answer is given';
        is $untrusted, 0, 'what could not be judged is not said to be untrusted';
        $gate->counts_what_it_records('the metrics count what is recorded');
        my $let_in = grep { verdict($_) eq 'allowed' } decisions($gate->audit_text);
        cmp_ok $gate->api_calls - $before, '<=', $let_in - $allowed, 'the API sees no call without its record';
    };
}
$gate->stop;

done_testing;
