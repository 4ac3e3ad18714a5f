# SPDX-License-Identifier: EUPL-1.2
# A reload that fails after the whole configuration has been read, and workers that are started after it.
use strict;
use warnings;

use IO::Socket::INET;
use Test::More;

use GGI::Audit qw(verdicts);
use GGI::Gate;
use GGI::Nginx;
use GGI::Port ();
use GGI::Problem qw(allowed refused);

my $gate = GGI::Gate->new(
    workers => 2,
    allow_errors =>
        [qr/bind\(\) to|still could not bind|open\(\) "\S*missing|exited on signal 9|the changed configuration/],
    locations => <<'CONF',
        location / { ggi_dienst brp; add_header X-Late "$ggi_oin $ggi_doelbinding" always; proxy_pass http://api; }
        location /rule/ { ggi_dienst brp; if ($ggi_oin = 00000001823288444000) { return 418; } proxy_pass http://api; }
CONF
)->start;
my $good = $gate->read('nginx.conf');
my $transaction = '0192a1b2-c3d4-7fff-bfff-ffffffffffff';

# A call has all that it had: its transaction, its record, its variables, and is counted.
sub works {
    my ($name) = @_;
    subtest $name => sub {
        my $before = calls_counted();
        $gate->mark;
        my $answer = $gate->call('/x', -H => "Fsc-Transaction-Id: $transaction");
        allowed($answer, 'a call');
        is $answer->{headers}{'fsc-transaction-id'}, $transaction, 'its transaction';
        is $answer->{headers}{'x-late'}, "$GGI::Gate::OIN BRPACT-AlgemeneTaken", 'its variables';
        is $gate->call('/rule/x')->{status}, 418, 'variables before the gates';
        refused($gate->call('/x', -X => 'PUT'), 403, 'method_not_authorised', 'a refusal');
        is_deeply [sort(verdicts($gate->since(3, 1)))], ['allowed', 'method_not_authorised', 'request_rejected'],
            'their records';
        is calls_counted() - $before, 3, 'counted';
    };
    return;
}

sub calls_counted {
    my ($brp) = grep { $_->{dienst} eq 'brp' } @{ $gate->counted };
    my $n = $brp->{allowed} // 0;
    $n += $_ for values %{ $brp->{refused} // {} };
    return $n;
}

sub kill_workers {
    my @old = $gate->workers;
    kill 'KILL', @old;
    $gate->wait_for(
        sub {
            my %now = map { $_ => 1 } $gate->workers;
            keys %now == @old && !grep { $now{$_} } @old;
        },
        'the master starts other workers');
    return;
}

# Reads a configuration that cannot be used, and waits until nginx has said so.
sub fails {
    my ($name, $configuration, $message) = @_;
    $gate->write('nginx.conf', $configuration);
    my $before = length $gate->read('logs/error.log');
    $gate->signal('HUP');
    ok $gate->wait_for(sub { substr($gate->read('logs/error.log'), $before) =~ $message }, $name),
        "$name: the reload fails";
    $gate->write('nginx.conf', $good);
    return;
}

my $taken = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => GGI::Port::free(), Listen => 1) or die;
my $port = $taken->sockport;

works('at first');
fails('an address in use', $good =~ s/http \{/http { server { listen 127.0.0.1:$port; }/r, qr/still could not bind/);
works('with the old workers');
kill_workers();
works('with new ones');
fails(
    'a log that cannot be opened',
    $good =~ s{http \{}{http \{ server { listen 127.0.0.1:$port; access_log /missing/log; }}r, qr/missing/);
kill_workers();
works('with new ones again');

subtest 'a reload without the modules, which fails' => sub {
    fails('without', <<"CONF" . 'http { server { listen 127.0.0.1:' . $port . '; } }', qr/still could not bind/);
daemon off;
worker_processes 2;
pid %%PREFIX%%/nginx.pid;
error_log %%PREFIX%%/logs/error.log info;
events { }
CONF
    kill_workers();
    works('with new workers');
};

ok $gate->reload, 'a reload that succeeds';
works('after it');
kill_workers();
works('and with new workers');
$gate->stop;

done_testing;
