# SPDX-License-Identifier: EUPL-1.2
package GGI::Preload;

# A C library that is loaded before those of a program, so that its functions stand in for theirs.
#
#   my $preload = GGI::Preload->new($c_source);
#   { local $ENV{LD_PRELOAD} = $preload->path; $nginx->start; }
#
# A program with the address sanitizer cannot be started that way: ask GGI::Preload::possible() first.

use strict;
use warnings;

use File::Temp ();

sub possible { return !$ENV{ASAN_OPTIONS} }

sub new {
    my ($class, $source) = @_;
    my $dir = File::Temp->newdir('ggi-preload-XXXXXX', TMPDIR => 1);
    chmod 0755, "$dir";
    open my $fh, '>', "$dir/preload.c" or die "preload.c: $!\n";
    print $fh "#define _GNU_SOURCE\n#include <dlfcn.h>\n$source";
    close $fh or die "preload.c: $!\n";
    system('gcc', '-shared', '-fPIC', '-o', "$dir/preload.so", "$dir/preload.c", '-ldl') == 0 or die "gcc failed\n";
    return bless { dir => $dir }, $class;
}

sub path { return "$_[0]{dir}/preload.so" }

1;
