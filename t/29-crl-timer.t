# SPDX-License-Identifier: EUPL-1.2
# From the CA to the refusal: conf/systemd is sound, and what its timer runs has the gate of conf/nginx.conf refuse a
# caller as soon as its CA has revoked it.
use strict;
use warnings;

use File::Temp ();
use Test::More;
use Time::HiRes qw(sleep time);

use GGI::Conf;
use GGI::Crl;
use GGI::CrlServer;
use GGI::Curl qw(curl);
use GGI::Nginx;
use GGI::Pki;
use GGI::Problem qw(allowed refused);
use GGI::Slow ();

delete @ENV{qw(http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY)};

my %unit = map { $_ => GGI::Conf::content("conf/systemd/ggi-crl.$_") } qw(service timer sysusers);
my ($command) = $unit{service} =~ /^ExecStart=(.*)$/m;
my ($place) = $command =~ / --to (\S+)/;

# The settings of a unit: a hash of lists, by section and name.
sub settings {
    my ($text) = @_;
    my ($section, %settings) = ('');
    for my $line (grep { !/^(?:#|$)/ } split /\n/, $text) {
        if ($line =~ /^\[(\w+)\]$/) { $section = $1 }
        elsif ($line =~ /^(\w+)=(.*)$/) { push @{ $settings{"$section.$1"} }, $2 }
        else { fail "a line of a unit: $line" }
    }
    return %settings;
}

subtest 'the units' => sub {
    my %service = settings($unit{service});
    my %timer = settings($unit{timer});
    my ($directory) = GGI::Conf::content('conf/nginx.conf') =~ /^\s*ggi_pkio_crl\s+(\S+);/m;
    is $place, $directory, 'the lists go where conf/nginx.conf has them';
    is_deeply $service{'Service.ReadWritePaths'}, [$directory], 'and nothing else can be written';
    is_deeply $service{'Service.ProtectSystem'}, ['strict'], 'whatever it is';
    my ($user) = @{ $service{'Service.User'} };
    like $unit{sysusers}, qr/^u \Q$user\E /m, 'the user is made';
    like $unit{service}, qr/^#   install -d -o \Q$user -g $user\E -m 755 \Q$directory\E$/m, 'the directory is its own';
    is_deeply $timer{'Timer.OnCalendar'}, ['*:0/30'], 'every half hour';
    is_deeply $timer{'Install.WantedBy'}, ['timers.target'], 'once the timer is enabled';
    my ($binary) = $command =~ /^(\S+)/;
    my ($folder) = $binary =~ m{(.*/)};
    like GGI::Conf::content('README.md'), qr/^    install -m 755 build\/ggictl \Q$folder\E$/m, 'the tool is there';

SKIP: {
        skip 'there is no systemd-analyze', 3 unless grep { -x "$_/systemd-analyze" } split /:/, $ENV{PATH};
        my $dir = File::Temp->newdir('ggi-units-XXXXXX', TMPDIR => 1);
        for my $name (qw(service timer)) {
            open my $fh, '>', "$dir/ggi-crl.$name" or die $!;
            print $fh $unit{$name} =~ s/\Q$binary\E/$GGI::Nginx::BUILD\/ggictl/r;
            close $fh or die $!;
        }
        is qx(systemd-analyze verify --man=no $dir/ggi-crl.service $dir/ggi-crl.timer 2>&1), '',
            'systemd knows all of it';
        my $said = qx(systemd-analyze security --no-pager --offline=true --threshold=20 $dir/ggi-crl.service 2>&1);
        is $?, 0, 'the service is closed to what it does not need' or diag $said;
        is qx(systemd-sysusers --dry-run $GGI::Nginx::ROOT/conf/systemd/ggi-crl.sysusers 2>&1 >/dev/null) =~
            s/^(?:Creating
            |Would).*\n//gmrx, '', 'and so are its users';
    }
};

# A hierarchy whose lists are at a server, and the gateway of conf/nginx.conf with an empty directory of lists.
my $pki = GGI::Pki->new;
my $dir = $pki->dir;
my $www = "$dir/www";
mkdir $www or die "$www: $!\n";
my $server = GGI::CrlServer->new($www);
$pki->run('renew', 'domain', '--extension', 'crlDistributionPoints = URI:' . $server->url('/root.crl'));
$pki->run('renew', 'issuing', '--extension', 'crlDistributionPoints = URI:' . $server->url('/domain.crl'));
my $oin = '00000001823288444000';
my @good = $pki->client('good', '--oin', $oin, '--crl-point', $server->url('/issuing.crl'));
my @bad = $pki->client('bad', '--oin', $oin);
my %crl = map { $_ => GGI::Crl->new($pki, $_) } qw(root domain issuing);
$crl{$_}->write("$www/$_.crl", number => 1) for keys %crl;

my $text = GGI::Conf::content('conf/nginx.conf');
$text =~ s{^http \{}{http \{\n    server \{ listen 127.0.0.1:%%PORT2%%; location / \{ return 200 "the API"; \} \}}m
    or die;
my $nginx = GGI::Conf::nginx($text, $pki);
my $etc = $nginx->prefix;
unlink glob "$etc/crl/*";
$nginx->write('crl.pem', join '', map { GGI::CrlServer::content("$dir/$_.crt") } qw(root domain issuing good));

# What the service runs, as a user of its own where that can be.
system('cp', "$GGI::Nginx::BUILD/ggictl", "$etc/ggictl") == 0 or die "cp ggictl failed\n";
my $run = $command =~ s{^\S+}{$etc/ggictl}r =~ s{/etc/nginx/ggi}{$etc}gr;
if ($> == 0 && !GGI::Nginx::under_instrument()) {
    chown 65534, 65534, "$etc/crl" or die "chown: $!\n";
    $run = "setpriv --reuid 65534 --regid 65534 --clear-groups $run";
}

sub service {
    my $said = qx($run 2>&1);
    return ($? >> 8, $said);
}

sub call {
    my (@who) = @_;
    return curl(
        'https://127.0.0.1:' . $nginx->port . '/brp/personen/1', @who, '-H',
        'X-Doelbinding: BRPACT-AlgemeneTaken');
}

my ($status, $said) = service();
is $status, 0, 'the first lists are fetched' or diag $said;
$nginx->start;
allowed(call(@$_), 'a caller') for \@good, \@bad;

subtest 'revoked while its connection is open' => sub {
    my @options = (@bad, '-H', 'X-Doelbinding: BRPACT-AlgemeneTaken');
    my $url = 'https://127.0.0.1:' . $nginx->port . '/brp/personen/[1-240]';
    my $pid = open my $out, '-|', 'sh', '-c', 'exec curl "$@" 2>&1', 'curl', '-s', '--noproxy', '*', '--rate', '120/m',
        '-w',
        '%{stderr}%{http_code} %{num_connects}\n', '-o', "$etc/answer", @options, $url
        or die "curl: $!\n";
    my $first = <$out>;
    is $first, "200 1\n", 'it is allowed';
    my $bad = 0;
    $crl{issuing}->write("$www/issuing.crl", number => 2, revoked => ['bad']);
    is((service())[0], 0, 'the CA has a new list, which is fetched');
    my $from = time;
    my @answers;
    while (my $line = <$out>) {
        push @answers, $line;
        last if $line !~ /^200/;
    }
    my $took = time - $from;
    kill 'TERM', $pid;
    close $out;
    is $answers[-1], "403 0\n", 'it is refused on the connection that was open';
    is_deeply [grep { $_ ne "200 0\n" } @answers[0 .. $#answers - 1]], [], 'and was allowed before';
    cmp_ok $took, '<', 5 * $GGI::Slow::FACTOR, sprintf 'after %.1f s', $took;
};
refused(call(@bad), 403, 'certificate_revoked', 'on a new connection');
allowed(call(@good), 'the other caller');

subtest 'an older list' => sub {
    $crl{issuing}->write("$www/issuing.crl", number => 1);
    ($status, $said) = service();
    is $status, 1, 'the service fails';
    like $said,
        qr{^ggictl: CN=TSP PKIoverheid Private Services CA - TEST,.*: \S+/issuing\.crl: the list has number 0x01 },
        'the journal says why';
    refused(call(@bad), 403, 'certificate_revoked', 'the caller stays out');
};

subtest 'a server of lists that is down' => sub {
    my $at = $server->url('');
    undef $server;
    ($status, $said) = service();
    is $status, 1, 'the service fails';
    is scalar(() = $said =~ m{: \Q$at\E/\w+\.crl: Failed to connect}gi), 3, 'for each list';
    is scalar(() = $said =~ m{ stays in place, which can be used until 20}g), 3, 'and the lists stay';
    allowed(call(@good), 'so that calls go on');
    refused(call(@bad), 403, 'certificate_revoked', 'but for the one that was revoked');
};

my @warnings = GGI::Nginx::warnings_in($nginx->read('logs/error.log'));
is_deeply [grep { !/ ggi signal=second_certificate / } @warnings], [],
    'the gate has no complaints but for the two certificates of one organisation';
$nginx->stop;

done_testing;
