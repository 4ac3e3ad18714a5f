# SPDX-License-Identifier: EUPL-1.2
# pkio: a large revocation list is held once for all workers, is taken over soon and without growth, and callers are
# refused by it on connections that are open. By hand with GGI_ENTRIES=1000000 and GGI_REPLACEMENTS=40.
use strict;
use warnings;

use Test::More;
use Time::HiRes ();

use GGI::Crl;
use GGI::Gate;
use GGI::Pki;
use GGI::Problem qw(allowed);
use GGI::Raw qw(connect_to receive tls_options);
use GGI::Slow qw(sleep time);

my $entries = $ENV{GGI_ENTRIES} // 100_000;
my $replacements = $ENV{GGI_REPLACEMENTS} // 6;
my $MB = 1024 * 1024;

# Of a list: its serial numbers, and some pages.
my $one = 21 * $entries + $MB / 4;

my $pki = GGI::Pki->new;
my $dir = $pki->dir . '/crl';
mkdir $dir;
$pki->leaf($_, '--oin', $GGI::Gate::OIN) for 'good', 'bad';
my %lists = map { $_ => GGI::Crl->new($pki, $_) } qw(root domain issuing);
$lists{$_}->write("$dir/$_.crl", number => 1) for 'root', 'domain';
my $number = 1;
$lists{issuing}->write("$dir/issuing.crl", number => $number, count => $entries);

my $gate = GGI::Gate->new(
    pki => $pki, workers => 3,
    more => "ggi_pkio_crl $dir; keepalive_timeout 1000s; keepalive_requests 100000;");

my $began = Time::HiRes::time();
my ($good, $output) = $gate->test_configuration;
ok $good, 'nginx -t' or diag $output;
my $took = Time::HiRes::time() - $began;
cmp_ok $took, '<', 2 * $GGI::Slow::FACTOR, sprintf 'in %.1f s', $took;
$gate->start;

# The bytes of the lists in the memory that all processes share, which the master has as a file without a name.
sub shared {
    my ($file) = grep { (readlink($_) // '') =~ /^\/memfd:ggi_pkio_crl/ } glob "/proc/$gate->{pid}/fd/*";
    my $blocks = (stat $file)[12];
    return 512 * $blocks;
}

# The bytes that belong to the master and the workers alone.
sub private {
    my $sum = 0;
    for my $pid ($gate->{pid}, $gate->workers) {
        open my $fh, '<', "/proc/$pid/smaps_rollup" or next;
        $sum += 1024 * $_ for map { /^Private_Dirty: +(\d+)/ ? $1 : () } <$fh>;
    }
    return $sum;
}

sub taken_over { return scalar(() = $gate->read('logs/error.log') =~ /revocation lists read from/g) }

# Puts another list in place, and waits until it is taken over. Returns the most that was shared meanwhile.
sub replace {
    my (%list) = @_;
    my ($before, $peak) = (taken_over(), 0);
    $lists{issuing}->write("$dir/issuing.crl", number => ++$number, count => $entries, start => $number, %list);
    my $there =
        $gate->wait_for(sub { my $now = shared(); $peak = $now if $now > $peak; taken_over() > $before }, 'the list');
    return $there ? $peak : fail 'a list is taken over';
}

# Waits until no more is shared than one list.
sub freed {
    return $gate->wait_for(sub { shared() < $one }, 'the memory of the list before');
}

sub ask {
    my ($connection) = @_;
    print $connection "GET /x HTTP/1.1\r\nHost: localhost\r\n$GGI::Gate::CLAIM\r\n\r\n";
    my ($status) = receive($connection, qr/\r\n\r\n(?:ok\n|\{.*\})/s) =~ m{^HTTP/1\.1 (\d+)};
    return $status // 'none';
}

# How many of the connections get each status.
sub answers {
    my (@connections) = @_;
    my %count;
    $count{ ask($_) }++ for @connections;
    return \%count;
}

my $tls = tls_options($pki->dir . '/bad');
my @open = map { connect_to($gate->port, $tls) } 1 .. 100;
is_deeply answers(@open), { 200 => 100 }, 'a hundred connections of a caller';
cmp_ok shared(), '<', $one, sprintf 'a list of %d entries takes %.1f MB for all workers', $entries, shared() / $MB;

subtest 'refused on open connections' => sub {
    my $before = taken_over();
    my $der = $lists{issuing}->der(number => ++$number, count => $entries, start => $number, revoked => ['bad']);
    GGI::Crl::place("$dir/issuing.crl", $der);
    my $since = Time::HiRes::time();
    ok $gate->wait_for(sub { ask($open[0]) eq '403' }, 'the first refusal'), 'the first one';
    is_deeply answers(@open), { 403 => 100 }, 'and all of them, whatever worker has them';
    my $seconds = Time::HiRes::time() - $since;
    cmp_ok $seconds, '<', 5 * $GGI::Slow::FACTOR, sprintf '%.1f s after the new list', $seconds;
    allowed($gate->call('/x', { as => [$pki->client('good')] }), 'another caller');
    sleep 1.5;
    is taken_over() - $before, 1, 'one of three workers has read it, once';
    ok freed(), 'the memory of the list before is given back';
};

subtest 'replaced again and again' => sub {
    my $peak = 0;
    replace();
    freed();
    my ($shared, $private) = (shared(), private());
    for (1 .. $replacements) {
        my $meanwhile = replace();
        $peak = $meanwhile if $meanwhile > $peak;
    }
    cmp_ok $peak, '<', 3 * $one, sprintf 'at most %.1f MB are shared meanwhile', $peak / $MB;
    ok freed(), 'and afterwards as much as before';
    cmp_ok shared(), '<=', $shared + $MB / 4, sprintf '%.1f MB', shared() / $MB;
SKIP: {
        skip 'the memory of the sanitizer is not that of nginx', 1 if GGI::Nginx::under_instrument();
        my $grown = private() - $private;
        cmp_ok $grown, '<', 4 * $MB, sprintf 'what each process has of its own has grown by %.1f MB', $grown / $MB;
    }
    is_deeply answers(@open), { 200 => 100 }, 'the connections are allowed again';
};

subtest 'reloads' => sub {
    my $before = taken_over();
    my ($old) = $gate->workers;

    # a call that goes on, so that its worker does not end
    my $slow = connect_to($gate->port, $tls);
    print $slow "POST /x HTTP/1.1\r\nHost: localhost\r\n$GGI::Gate::CLAIM\r\nContent-Length: 10\r\n\r\n12345";
    $gate->since(1, 0);
    for (1 .. 3) {
        $gate->signal('HUP');
        sleep 1;
    }
    ok $gate->wait_for(sub { $gate->workers == 4 }, 'the workers'), 'three new workers, and one that shuts down';
    is taken_over(), $before, 'the list has not been read again';
    ok freed(), 'and is there once';
    ok replace(), 'replaced' for 1 .. 3;
    ok freed(), 'the memory is given back, although an old worker is there';
    print $slow '67890';
    like receive($slow, qr/ok\n/), qr{^HTTP/1\.1 200 }, 'which ends its call';
    ok $gate->wait_for(sub { $gate->workers == 3 }, 'its end'), 'and then itself';
    is ask(connect_to($gate->port, $tls)), '200', 'the new ones serve';
};

diag sprintf '%d entries: %.1f MB', $entries, shared() / $MB if $ENV{GGI_ENTRIES};
$gate->stop;
done_testing;
