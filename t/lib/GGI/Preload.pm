# SPDX-License-Identifier: EUPL-1.2
package GGI::Preload;

# A C library that is loaded before those of a program, so that its functions stand in for theirs.
#
#   my $preload = GGI::Preload->new($c_source);
#   { local $ENV{LD_PRELOAD} = $preload->path; $nginx->start; }
#
# Where the source calls hold(), the program waits between $preload->hold and $preload->release, and $preload->held is
# true as soon as it does. number("x") is the number in the file "x" of STATE, 0 when there is none in it, and -1 when
# there is no such file; there("x") tells whether there is. room(data, n) is how many of n bytes of lines have room
# where number("lines") lines have, of all that it is asked for; or -1, with errno ENOSPC, when none has.
# $preload->set(x => 3) writes such a file, and $preload->clear('x') takes it away.
#
# A program with the address sanitizer cannot be started that way: ask GGI::Preload::possible() first.

use strict;
use warnings;

use File::Temp ();

my $SHARED = <<'C';
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <unistd.h>

__attribute__((unused)) static int there(const char *name)
{
    char  path[256];

    snprintf(path, sizeof(path), STATE "/%s", name);
    return access(path, F_OK) == 0;
}

__attribute__((unused)) static int number(const char *name)
{
    int      fd;
    char     path[256], text[16];
    ssize_t  n;

    snprintf(path, sizeof(path), STATE "/%s", name);
    fd = open(path, O_RDONLY|O_CLOEXEC);
    if (fd == -1) {
        return -1;
    }
    n = read(fd, text, sizeof(text) - 1);
    close(fd);
    text[n > 0 ? n : 0] = '\0';
    return atoi(text);
}

__attribute__((unused)) static ssize_t room(const void *data, size_t n)
{
    int          lines = number("lines");
    static int   written;
    const char  *p = data, *end = p + n;

    if (lines == -1) {
        return n;
    }
    while (written < lines && p < end && (p = memchr(p, '\n', (size_t) (end - p))) != NULL) {
        p++;
        written++;
    }
    errno = ENOSPC;
    return p == data ? -1 : p - (const char *) data;
}

__attribute__((unused)) static void hold(void)
{
    if (access(STATE "/hold", F_OK) == 0) {
        close(open(STATE "/held", O_CREAT|O_WRONLY|O_CLOEXEC, 0666));
    }

    while (access(STATE "/hold", F_OK) == 0) {
        usleep(10000);
    }
}
C

sub possible { return !$ENV{ASAN_OPTIONS} }

sub new {
    my ($class, $source) = @_;
    my $dir = File::Temp->newdir('ggi-preload-XXXXXX', TMPDIR => 1);
    chmod 0755, "$dir";
    mkdir "$dir/state" or die "$dir/state: $!\n";
    chmod 0777, "$dir/state";
    open my $fh, '>', "$dir/preload.c" or die "preload.c: $!\n";
    print $fh "#define _GNU_SOURCE\n#include <dlfcn.h>\n#define STATE \"$dir/state\"\n$SHARED$source";
    close $fh or die "preload.c: $!\n";
    system('gcc', '-shared', '-fPIC', '-o', "$dir/preload.so", "$dir/preload.c", '-ldl') == 0 or die "gcc failed\n";
    return bless { dir => $dir }, $class;
}

# A folder of its own, which is STATE in the source and which the program may write to.
sub state { return "$_[0]{dir}/state" }

sub hold {
    my ($self) = @_;
    return $self->set('hold');
}

sub held { return -e "$_[0]{dir}/state/held" }
sub release {
    my ($self) = @_;
    return $self->clear(qw(hold held));
}

sub set {
    my ($self, $name, $value) = @_;
    open my $fh, '>', "$self->{dir}/state/$name" or die "$name: $!\n";
    print $fh $value // '';
    close $fh or die "$name: $!\n";
    return;
}

sub clear {
    my ($self, @names) = @_;
    unlink map {"$self->{dir}/state/$_"} @names;
    return;
}

sub path { return "$_[0]{dir}/preload.so" }

1;
