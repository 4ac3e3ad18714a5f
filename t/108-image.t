# SPDX-License-Identifier: EUPL-1.2
# The image of docker/: what its files promise, and its health check against a real nginx. GGI_IMAGE_CHECK=1 also builds
# and runs it (scripts/image --check), which takes minutes.
use strict;
use warnings;

use JSON::PP ();
use Test::More;

use GGI::Conf ();
use GGI::Folder ();
use GGI::Nginx;
use GGI::Pki;
use GGI::Port ();

plan skip_all => 'runs no code of the modules' if GGI::Nginx::under_instrument();

my $root = $GGI::Nginx::ROOT;
my $file = GGI::Conf::content('docker/Dockerfile');
my $dockerfile = $file =~ s/\\\n\s*/ /gr;
my @stages = map { [split ' '] } $dockerfile =~ /^FROM (\S+ AS \w+)$/mg;
my %stage = $dockerfile =~ /^FROM \S+ AS (\w+)\n(.*?)(?=^FROM |\z)/msg;

subtest 'the stages' => sub {
    is $stages[-1][2], 'gate', 'without --target the gate is built';
    my %known = ('${BASE}' => 1);
    for my $stage (@stages) {
        my ($from, undef, $name) = @$stage;
        ok $known{$from}, "$name begins with BASE or with a stage before it";
        $known{$name} = 1;
    }
    is_deeply ["$stage{runtime}$stage{gate}" =~ /\b(gcc|make|nginx-dev|\w+-dev)\b/g], [], 'no compiler is in the gate';
};

subtest 'the gate' => sub {
    my ($user) = $stage{gate} =~ /.*^USER (\S+)$/ms;
    is $user, '33:33', 'its user is www-data, by numbers';
    my %label = $stage{gate} =~ /org\.opencontainers\.image\.([\w.]+)="([^"]+)"/g;
    my ($version) = GGI::Conf::content('modules/base/ggi_version.h') =~ /^#define GGI_VERSION +"(.*)"$/m;
    is $label{version}, $version, 'the label of its version is that of the header';
    ok $label{$_}, "label $_" for qw(title description licenses);
    like $stage{gate}, qr{^VOLUME /var/log/nginx$}m, 'the audit log is in a volume';
    my %link = reverse $stage{runtime} =~ m{\bln -s (/dev/\w+) /var/log/nginx/(\S+)}g;
    is_deeply \%link, { 'error.log' => '/dev/stderr', 'access.log' => '/dev/stdout' }, 'two logs are for "docker logs"';
    my ($audit) = GGI::Conf::content('conf/nginx.conf') =~ m{^ +ggi_audit_log +/var/log/nginx/(\S+)}m;
    ok $audit && !$link{$audit}, 'the audit log is none of them';
    like $stage{gate}, qr/^STOPSIGNAL SIGQUIT$/m, 'calls may end when it is stopped';
    my ($run) = $file =~ /^#   (docker run .*? ggi-gate)$/ms;
    like $run, qr/ $_ /, "its head says how it is run: $_"
        for qw(--read-only --cap-drop), '--tmpfs /run', '--tmpfs /var/lib/nginx';
};

subtest 'its health check' => sub {
    my ($given) = $stage{gate} =~ /^HEALTHCHECK .*?CMD (\[.*\])$/m;
    my @command = @{ JSON::PP::decode_json($given) };
    is "@command[0, 1]", 'sh -c', 'is a command of the shell';
    my $pki = GGI::Pki->new;
    my $nginx = GGI::Nginx->new(http => 'server { listen 127.0.0.1:%%PORT%% ssl; ' . $pki->server . ' return 200; }');
    $nginx->start;
    my $exit = sub {
        local $ENV{GGI_HEALTH} = $_[0];
        return (GGI::Folder::run(@command))[0];
    };
    is $exit->('127.0.0.1:' . $nginx->port), 0, 'is content where nginx answers a handshake';
    isnt $exit->('127.0.0.1:' . GGI::Port::free()), 0, 'and not where nobody listens';
    my ($default) = $stage{gate} =~ /^ENV GGI_HEALTH=127\.0\.0\.1:(\d+)$/m;
    like GGI::Conf::content('conf/nginx.conf'), qr/^ +listen $default ssl/m, 'its address is that of conf/nginx.conf';
    $nginx->stop;
};

SKIP: {
    skip 'GGI_IMAGE_CHECK=1 builds and runs the image', 1 unless $ENV{GGI_IMAGE_CHECK};
    my ($exit, $output) = GGI::Folder::run("$root/scripts/image", '--check');
    is $exit, 0, 'built, and run in a Docker engine' or diag $output;
}

done_testing;
