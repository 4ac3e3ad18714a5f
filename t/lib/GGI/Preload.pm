# SPDX-License-Identifier: EUPL-1.2
package GGI::Preload;

# A C library that is loaded before those of a program, so that its functions stand in for theirs.
#
#   my $preload = GGI::Preload->new($c_source);
#   { local $ENV{LD_PRELOAD} = $preload->path; $nginx->start; }
#
# Where the source calls hold(), the program waits between $preload->hold and $preload->release, and $preload->held is
# true as soon as it does.
#
# A program with the address sanitizer cannot be started that way: ask GGI::Preload::possible() first.

use strict;
use warnings;

use File::Temp ();

my $HOLD = <<'C';
#include <fcntl.h>
#include <unistd.h>

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
    print $fh "#define _GNU_SOURCE\n#include <dlfcn.h>\n#define STATE \"$dir/state\"\n$HOLD$source";
    close $fh or die "preload.c: $!\n";
    system('gcc', '-shared', '-fPIC', '-o', "$dir/preload.so", "$dir/preload.c", '-ldl') == 0 or die "gcc failed\n";
    return bless { dir => $dir }, $class;
}

# A folder of its own, which is STATE in the source and which the program may write to.
sub state { return "$_[0]{dir}/state" }

sub hold {
    my ($self) = @_;
    open my $fh, '>', "$self->{dir}/state/hold" or die "hold: $!\n";
    return;
}

sub held { return -e "$_[0]{dir}/state/held" }
sub release {
    my ($self) = @_;
    unlink map {"$self->{dir}/state/$_"} qw(hold held);
    return;
}

sub path { return "$_[0]{dir}/preload.so" }

1;
