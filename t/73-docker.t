# SPDX-License-Identifier: EUPL-1.2
# docker/Dockerfile: it has what it needs to build, and the image what it needs to run.
use strict;
use warnings;

use File::Basename qw(dirname);
use File::Path qw(make_path);
use File::Temp ();
use Test::More;

use GGI::Conf ();
use GGI::Nginx;

plan skip_all => 'of the modules of the distribution\'s nginx' if GGI::Nginx::under_instrument();

my $root = $GGI::Nginx::ROOT;
my $dockerfile = GGI::Conf::content('docker/Dockerfile') =~ s/\\\n\s*/ /gr;
my %stage = $dockerfile =~ /^FROM \S+ AS (\w+)\n(.*?)(?=^FROM |\z)/msg;
my ($build, $run) = @stage{qw(build runtime)};

# The libraries that the modules and the tool need are those of the packages that are installed, and of what these
# depend on.
SKIP: {
    skip 'the image is of another Debian than this one', 2
        unless qx(cat /etc/os-release) =~ /^VERSION_CODENAME=bookworm$/m;
    my ($installed) = $run =~ /apt-get install -y --no-install-recommends ([\w.\- ]+?) +&&/;
    my %have = map { $_ => 1 } split ' ', $installed;
    my %library = map { $_ => 1 } map { qx(ldd $_) =~ /=> (\S+)/g } glob("$root/build/modules/*.so"),
        "$root/build/ggictl";
    my @files = grep {-e} map { ($_, s{^/lib/}{/usr/lib/}r, s{^/usr/lib/}{/lib/}r) } keys %library;
    my %needed = map { $_ => 1 } qx(dpkg -S @files 2>/dev/null) =~ /^([^:\n]+):/mg;
    ok $needed{libjansson4} && $needed{'libhiredis0.14'}, 'the libraries are found';
    my $dependencies =
        qx(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces \\
            --no-enhances $installed);
    is_deeply [grep { !$have{$_} && $dependencies !~ /^\Q$_\E$/m } sort keys %needed], [], 'the image has all of them';
}

for my $source ($dockerfile =~ /^COPY (?!--from)(\S+)/mg) {
    ok -e "$root/$source", "COPY $source";
}
for my $source ($run =~ m{^COPY --from=build /src/(\S+)}mg) {
    ok -e "$root/$source", "COPY of what is built: $source";
}
like $build, qr/^RUN scripts\/build$/m, 'it is built as everywhere';

# What is copied before is enough to build from. The compiler reads each source there with all that it includes, and
# then takes the object that was compiled of it before, since compiling it all again takes minutes.
my $dir = File::Temp->newdir('ggi-docker-XXXXXX', TMPDIR => 1);
make_path("$dir/bin");
for my $copy ($build =~ /^COPY (.*)/mg) {
    my ($from, $to) = split ' ', $copy;
    make_path(dirname("$dir/src/$to"));
    system('cp', '-rT', "$root/$from", "$dir/src/$to") == 0 or die "cp of $from failed\n";
}
my ($compiler) = qx(which cc) =~ /(.*)/;
open my $script, '>', "$dir/bin/cc" or die $!;
print $script <<"SH";
#!/bin/bash
PATH=\${PATH#*:} line=" \$*"
[[ \$line = *' -c '*' -o '* ]] || exec $compiler "\$@"
object=\${line##* -o } object=\${object%% *} made=$root/build/nginx/\$object
[[ \$object != $dir/src/* ]] || made=$root/\${object#$dir/src/}
[ -e "\$made" ] || exec $compiler "\$@"
$compiler "\$@" -M && cp "\$made" "\$object"
SH
close $script or die $!;
chmod 0755, "$dir/bin/cc";
{
    local @ENV{qw(PATH CFLAGS_EXTRA)} = ("$dir/bin:$ENV{PATH}", '-O0 -g0 -Wno-cpp');
    is qx(cd $dir/src && scripts/build 2>&1), '', 'it builds from what it copies';
}
is_deeply [map {s{.*/}{}r} glob "$dir/src/build/modules/*.so"], [map {s{.*/}{}r} glob "$root/build/modules/*.so"],
    'all modules';

# the tool is there with its manual page and its completion, as its README installs them
my %copied = map { my ($from, $to) = split; ($from => $to) } $run =~ m{^COPY --from=build /src/(\S+ \S+)}mg;
my %installed = GGI::Conf::content('modules/ggictl/README.md') =~ m{^    install -D -m \d+ (\S+) /usr/local(/\S+)$}mg;
is scalar keys %installed, 3, 'what is installed of the tool';
is $copied{$_}, "/usr$installed{$_}", "the image has $_" for sort keys %installed;

done_testing;
