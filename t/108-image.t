# SPDX-License-Identifier: EUPL-1.2
# The images of docker/: what its files promise, what the service "init" makes, and the health check against a real
# nginx. GGI_IMAGE_CHECK=1 also builds and runs them (scripts/image --check), which takes minutes.
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

system("$root/scripts/setup", 'python3-yaml') == 0 or die "python3-yaml cannot be installed\n";
my $as_json = 'import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)';
my $yaml = sub { return JSON::PP::decode_json(scalar qx(python3 -c '$as_json' $root/docker/$_[0])) };
my $compose = $yaml->('compose.yaml');
my $services = $compose->{services};

subtest 'the services of compose.yaml' => sub {
    is_deeply [sort keys %$services], [qw(api gate init profiles prometheus redis)], 'all that belongs to a gate';
    my %built = map { $_->{build} ? ($_->{image} => $_->{build}) : () } values %$services;
    for my $build (values %built) {
        ok -e "$root/docker/$build->{context}/$build->{dockerfile}", 'the Dockerfile is where compose looks for it';
        ok $stage{ $build->{target} }, "it has the stage $build->{target}";
        like $stage{ $build->{target} }, qr/^USER 33:33$/m, 'which is not of root';
    }
    for my $name (sort keys %$services) {
        my $service = $services->{$name};
        ok $built{ $service->{image} }, "$name: its image is built here";
        is_deeply [@$service{qw(read_only cap_drop security_opt)}],
            [JSON::PP::true, ['ALL'], ['no-new-privileges:true']], "$name has no more rights than it needs";
        ok !$service->{privileged} && !$service->{user}, "$name is not root";
        is_deeply [grep { !/^127\.0\.0\.1:/ } @{ $service->{ports} // [] }], [], "$name: only this machine comes in";
        my @from = map { [split /:/] } @{ $service->{volumes} // [] };
        is_deeply [grep { !exists $compose->{volumes}{ $_->[0] } } @from], [], "$name: its volumes are known";
        is_deeply [grep { $_->[1] =~ m{^/(?:ggi|etc)/} && ($_->[2] // '') ne 'ro' } @from],
            $name eq 'init' ? \@from : [], "$name: only init writes secrets";
    }
    my %mounts = map {
        $_ => { map { (split /:/)[0] => 1 } @{ $services->{$_}{volumes} // [] } }
    } keys %$services;
    my $readers = sub {
        my ($volume) = @_;
        return join ' ', grep { $mounts{$_}{$volume} } sort keys %mounts;
    };
    is $readers->('pki'), 'init', 'nobody else has the keys of the CAs';
    is $readers->('client'), 'init', 'nor the key of the caller';
    is $readers->('beheer'), 'init profiles', 'nor may anybody else change profiles';
};

subtest 'what they run is there' => sub {
    my %has = map { s{.*/(\w+)}{$1}r => 1 } $stage{demo} =~ m{^COPY (\w+) /usr/share/ggi/\1$}mg;
    is_deeply \%has, { conf => 1, docker => 1 }, 'the stage demo has the files of conf and docker';
    my @named = grep {m{^(?:--config\.file=)?/usr/share/ggi/}}
        map { (@{ $_->{command} // [] }, @{ $_->{entrypoint} // [] }) } values %$services;
    is scalar @named, 5, 'five are named';
    for my $name (map {m{/usr/share/ggi/(.*)}} @named) {
        ok -e "$root/$name", $name;
        ok -x _, "$name can be run" if $name =~ m{/(?:init|beheer)\z};
    }
    my $prometheus = $yaml->('prometheus.yml');
    ok -e "$root/docker/$_", "rules of Prometheus: $_" for @{ $prometheus->{rule_files} };
    is_deeply $prometheus->{scrape_configs}[0]{static_configs}[0]{targets}, ['gate:9145'], 'it reads the gate';
};

# The commands of a first try, which scripts/image --check runs as the head of compose.yaml has them.
subtest 'the first call' => sub {
    my $commands = sub {
        my ($text) = @_;
        return [map { s/\\\n[# ]+/ /gr =~ s/ +/ /gr } $text =~ /^(?:#  |   ) ((?:docker compose|curl) .*?[^\\])$/msg];
    };
    my $head = $commands->(GGI::Conf::content('docker/compose.yaml'));
    my ($section) = GGI::Conf::content('conf/README.md') =~ /^## The image\n(.*?)^## /ms;
    is_deeply $commands->($section), [@$head[0 .. 2]], 'the guide has it as the head of compose.yaml';
    my ($port) = $head->[2] =~ m{ https://localhost:(\d+)/brp/personen/1$};
    ok + (grep { $_ eq "127.0.0.1:$port:443" } @{ $services->{gate}{ports} }), 'the port is that of the gate';
    like GGI::Conf::content('README.md'), qr/`\Q$head->[0]\E`/, 'the README names the first of them';
};

# What the service "init" makes, twice: nothing is made anew, but the lists.
subtest 'init' => sub {
    my $dir = GGI::Folder->new;
    mkdir "$dir/$_" or die $! for qw(pki client users beheer gate);
    my $init = sub {
        my ($exit, $output) = GGI::Folder::run("$root/docker/init", "$dir");
        is $exit, 0, 'succeeds' or diag $output;
        my %made;
        for my $path (glob "$dir/client/* $dir/users/* $dir/beheer/* $dir/gate/*.*") {
            $made{ $path =~ s{^\Q$dir\E/}{}r } = GGI::Folder::content($path);
        }
        return \%made;
    };
    my $made = $init->();
    is_deeply [grep { (stat)[2] & oct 77 } glob "$dir/*/*"], [], 'nobody else can read what it makes';
    my %password = $made->{'users/users.acl'} =~ /^user (\w+) on >(\w+) /mg;
    is_deeply [sort keys %password], [qw(beheer gate)], 'users of Redis';
    like $made->{'users/users.acl'}, qr/^user default off$/m, 'nobody else is one';
    like $_, qr/^[0-9a-f]{48}$/, 'a long password' for values %password;
    isnt $password{gate}, $password{beheer}, 'each has its own';
    is $made->{'beheer/redis'}, "redis://beheer:$password{beheer}\@redis:6379/0\n", 'one is for who loads profiles';
    like $made->{'gate/redis.conf'}, qr{ redis://gate:$password{gate}\@redis:6379/0 }, 'the other for the gate';
    my $conf = $made->{'gate/nginx.conf'};
    unlike $conf, qr/ggi_autorisatie_file|127\.0\.0\.1|^user /m, 'the gate is that of conf, but for where others are';
    like $conf, qr/^ +$_/m, "it has $_"
        for 'include /etc/nginx/ggi/redis\.conf;', 'server api:8080;', 'server \{ listen 9145;';
    my $again = $init->();
    my @changed = grep { $made->{$_} ne $again->{$_} } sort keys %$made;
    is_deeply [grep { $_ ne 'gate/netwerken.mmdb' } @changed], [], 'a second time it leaves what is there';
    my ($until) = qx(openssl crl -in $dir/gate/crl/issuing.crl -noout -nextupdate) =~ /^nextUpdate=(.*)/;
    my $days = (qx(date -d '$until' +%s) - time) / 86400;
    ok $days > 29 && $days < 31, 'the lists are in force for 30 days' or diag $days;
};

SKIP: {
    skip 'GGI_IMAGE_CHECK=1 builds and runs the image', 1 unless $ENV{GGI_IMAGE_CHECK};
    my ($exit, $output) = GGI::Folder::run("$root/scripts/image", '--check');
    is $exit, 0, 'built, and run in a Docker engine' or diag $output;
}

done_testing;
