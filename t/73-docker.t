# SPDX-License-Identifier: EUPL-1.2
# docker/: what can be said of it without a Docker engine.
use strict;
use warnings;

use File::Path qw(make_path);
use File::Temp ();
use JSON::PP;
use Test::More;

use GGI::Conf ();
use GGI::Nginx;

plan skip_all => 'of the modules of the distribution\'s nginx' if $ENV{ASAN_OPTIONS};

my $root = $GGI::Nginx::ROOT;
my $dockerfile = GGI::Conf::content('docker/Dockerfile') =~ s/\\\n\s*/ /gr;
my ($build, $run) = split /^FROM debian:bookworm-slim$/m, $dockerfile;

# The libraries that the modules and the tool need are those of the packages that are installed, and of what these
# depend on.
SKIP: {
    skip 'the image is of another Debian than this one', 2
        unless qx(cat /etc/os-release) =~ /^VERSION_CODENAME=bookworm$/m;
    my ($installed) = $run =~ /apt-get install -y --no-install-recommends ([\w.\- ]+?) +&&/;
    my %have = map { $_ => 1 } split ' ', $installed;
    my %needed;
    for my $file (glob("$root/build/modules/*.so"), "$root/build/ggictl") {
        for my $library (qx(ldd $file) =~ /=> (\S+)/g) {
            my ($package) = map { qx(dpkg -S $_ 2>/dev/null) =~ /^([^:]+):/ ? $1 : () } grep {-e} $library,
                $library =~ s{^/lib/}{/usr/lib/}r, $library =~ s{^/usr/lib/}{/lib/}r;
            $needed{$package} = 1 if $package;
        }
    }
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

# what is copied before is enough to build from
my $dir = File::Temp->newdir('ggi-docker-XXXXXX', TMPDIR => 1);
make_path("$dir/src/scripts");
for my $copy ($build =~ /^COPY (.*)/mg) {
    my ($from, $to) = split ' ', $copy;
    system('cp', '-rT', "$root/$from", "$dir/src/$to") == 0 or die "cp of $from failed\n";
}
is qx(cd $dir/src && scripts/build 2>&1), '', 'it builds from what it copies';
is_deeply [map {s{.*/}{}r} glob "$dir/src/build/modules/*.so"], [map {s{.*/}{}r} glob "$root/build/modules/*.so"],
    'all modules';

# the tool is there with its manual page and its completion, as its README installs them
my %copied = map { my ($from, $to) = split; ($from => $to) } $run =~ m{^COPY --from=build /src/(\S+ \S+)}mg;
my %installed = GGI::Conf::content('modules/ggictl/README.md') =~ m{^    install -D -m \d+ (\S+) /usr/local(/\S+)$}mg;
is scalar keys %installed, 3, 'what is installed of the tool';
is $copied{$_}, "/usr$installed{$_}", "the image has $_" for sort keys %installed;

system("$root/scripts/setup", 'python3-yaml') == 0 or die "python3-yaml cannot be installed\n";
my $as_json = 'import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)';
my $compose = decode_json(qx(python3 -c '$as_json' $root/docker/compose.yaml));
is_deeply [sort keys %{ $compose->{services} }], [qw(gate redis)], 'the services';
ok -e "$root/docker/$compose->{services}{gate}{build}{context}/$compose->{services}{gate}{build}{dockerfile}",
    'the Dockerfile is where compose looks for it';
for my $volume (grep {/^\.\./} map { @{ $_->{volumes} } } values %{ $compose->{services} }) {
    my ($source) = split /:/, $volume;
    ok -e "$root/docker/$source", "mounted: $source";
}

done_testing;
