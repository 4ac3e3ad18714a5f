# SPDX-License-Identifier: EUPL-1.2
# A worker ends while calls are under way: each has a completion record, which blames who ended it.
use strict;
use warnings;

use Test::More;

use GGI::Audit qw(records decisions completions chains_hold);
use GGI::Child;
use GGI::Curl qw(said);
use GGI::Gate;
use GGI::Raw qw(connect_to receive reset_connection);
use GGI::Redis;

my $pki = GGI::Pki->new;
$pki->client('caller', '--oin', $GGI::Gate::OIN);

sub gate {
    my (%args) = @_;
    my $gate = GGI::Gate->new(
        pki => $pki,
        odd => 1,
        listen => 'listen 127.0.0.1:%%PORT%% ssl http2; listen 127.0.0.1:%%PORT3%%;',
        locations => <<'CONF',
            location / { ggi_dienst brp; proxy_pass http://127.0.0.1:%%PORT9%%; }
            location /open/ {
                ggi_dienst brp;
                ggi_pkio off;
                ggi_autorisatie off;
                proxy_buffering off;
                proxy_pass http://127.0.0.1:%%PORT9%%;
            }
            location /again/ { ggi_dienst brp; try_files /none /other/hold; }
            location /other/ { ggi_dienst brp2; proxy_pass http://127.0.0.1:%%PORT9%%; }
CONF
        %args,
    );
    return $gate->start;
}

# What the completions of a text say: "path error" each, sorted.
sub endings {
    return [sort map { "$_->{attributes}{'url.path'} " . ($_->{attributes}{'error.type'} // 'none') } completions(@_)];
}

# How many connections an API serves: it has a process for each.
sub served_by {
    my ($api) = @_;
    open my $fh, '<', "/proc/$api->{pid}/task/$api->{pid}/children" or return 0;
    return scalar(my @children = split ' ', <$fh> // '');
}

# Each admitted call of a text has one completion.
sub all_complete {
    my ($text, $name) = @_;
    my @admitted = map { $_->{span_id} } grep { $_->{body}{'adl.core.response'}{decision} } decisions($text);
    return is_deeply [sort map { $_->{parent_span_id} } completions($text)], [sort @admitted], $name;
}

for my $http ('--http1.1', '--http2') {
    subtest "worker_shutdown_timeout, $http" => sub {
        my $gate = gate(main => 'worker_shutdown_timeout 1s;');
        my @calls = map { $gate->begin($_, $http) } '/hold', '/stall';
        $gate->since(2, 0);
        $gate->signal('HUP');
        my $text = $gate->since(2, 2);
        is_deeply endings($text), ['/hold gateway_shutdown', '/stall gateway_shutdown'],
            'it is the gateway that ended the calls';
        my ($hold) = grep { $_->{attributes}{'url.path'} eq '/hold' } completions($text);
        ok !exists $hold->{attributes}{'http.response.status_code'}, 'there was no answer, and no status';
        is_deeply [map { $_->{status} } completions($text)], ['Error', 'Error'], 'which is an error';
        said($_) for @calls;
        $gate->stop;
        all_complete($gate->audit_text, 'one completion each');
    };
}

subtest 'a client that goes while the worker is to end' => sub {
    my $gate = gate(main => 'worker_shutdown_timeout 60s;');
    my $socket = connect_to($gate->port(3));
    syswrite $socket, "GET /open/hold HTTP/1.1\r\nHost: x\r\n$GGI::Gate::CLAIM\r\n\r\n";
    my $call = GGI::Child->command('curl', '-s', '-k', '--http2', $gate->caller_options, $gate->address('/hold'));
    $gate->since(2, 0);
    my ($old) = $gate->workers;
    $gate->signal('HUP');
    $gate->told_to_end($old);
    reset_connection($socket);
    $call->stop;
    is_deeply endings($gate->since(2, 2)), ['/hold client_aborted', '/open/hold client_aborted'],
        'it is the client that ended its call';
    $gate->stop;
};

for my $durability (qw(written buffered synced)) {
    subtest "TERM, durability=$durability" => sub {
        my $gate = gate(log => "%%PREFIX%%/logs/audit.jsonl durability=$durability");
        my @calls = (map({ $gate->begin($_, '--http1.1') } '/hold', '/again/x'), $gate->begin('/a/hold', '--http2'));
        my $stalled = connect_to($gate->port(3));
        syswrite $stalled, "GET /open/stall HTTP/1.1\r\nHost: x\r\n$GGI::Gate::CLAIM\r\n\r\n";
        like receive($stalled, qr/\r\n\r\n/), qr{\AHTTP/1\.1 200 }, 'an answer begins';
        $gate->call('/done');
        $gate->since(6, 1);
        $gate->wait_for(sub { served_by($gate->{odd}) == 4 }, 'all four at the API');
        my $nginx = delete $gate->{pid};
        kill 'TERM', $nginx;
        waitpid $nginx, 0;
        is $?, 0, 'nginx ends well';
        said($_) for @calls;
        my $text = $gate->audit_text;
        my %endings = map { $_ => 1 } @{ endings($text) };
        is_deeply \%endings,
            {
            map { $_ => 1 } '/hold gateway_terminated', '/open/stall gateway_terminated',
            '/other/hold gateway_terminated', '/a/hold gateway_terminated', '/done none'
            },
            'what was under way was terminated';
        my %completions;
        $completions{ $_->{trace_id} }++ for completions($text);
        is_deeply [grep { $_ != 1 } values %completions], [], 'each call is completed once';
        my ($hold) = grep { $_->{attributes}{'url.path'} eq '/hold' } completions($text);
        is $hold->{attributes}{'server.address'}, '127.0.0.1:' . $gate->port(9), 'the API that was asked is named';
        ok !exists $hold->{attributes}{'http.response.status_code'}, 'there was no answer, and no status';
        is $hold->{status}, 'Error', 'which is an error';
        my ($stall) = grep { $_->{attributes}{'url.path'} eq '/open/stall' } completions($text);
        is $stall->{attributes}{'http.response.status_code'}, 200, 'the answer that had begun has its status';
        chains_hold($text, 'in a chain that holds');
        unlike $gate->read('logs/error.log'), qr/\[alert\]/, 'nothing is wrong';
    };
}

# A Redis that has stopped answering: a call waits for its profile, and no gate has decided.
for my $signal (qw(TERM HUP)) {
    subtest "$signal while calls wait for their profile" => sub {
        my $redis = GGI::Redis->new;
        my $gate = GGI::Gate->new(
            redis => $redis->url . ' timeout=20s', pki => $pki, main => 'worker_shutdown_timeout 1s;',
            zone => 'profielen:1m ttl=1ms',
            allow_errors => [qr/open socket|aborting/])->start;
        $redis->cli(
            'set', "ggi:profiel:$GGI::Gate::OIN",
            qq({"oin":"$GGI::Gate::OIN","versie":1,"diensten":{"brp":{"methoden":["GET"],"paden":["/**"],)
                . qq("doelbindingen":["BRPACT-AlgemeneTaken"]}}}));
        is $gate->call('/before')->{status}, 200, 'a call before';
        $gate->since(1, 1);
        my @worker = $gate->workers;
        $redis->signal('STOP');
        my $lookups = sub {
            my $by = $gate->metric_by('autorisatie_lookups_total', 'result');
            return $by->{miss} + $by->{expired};
        };
        my $before = $lookups->();
        my @calls = map { $gate->begin($_, '--http1.1') } '/waits/1', '/waits/2';
        push @calls, $gate->begin('/waits/3', '--http2', '--max-time', 60);
        ok $gate->wait_for(sub { $lookups->() == $before + 3 }, 'three look-ups'), 'three calls wait';
        $gate->mark;
        kill $signal, $signal eq 'TERM' ? @worker : $gate->{pid};
        my @decisions = decisions($gate->since(3, 0));
        is_deeply [map { $_->{body}{'adl.core.response'} } @decisions],
            [({ decision => JSON::PP::false, context => { reason => 'request_rejected', status => 503 } }) x 3],
            'each is recorded as given up before it was judged';
        is_deeply [sort map { $_->{body}{'adl.core.request'}{resource}{properties}{path} } @decisions],
            [map {"/waits/$_"} 1 .. 3], 'by its path';
        is_deeply [map { $_->{body}{'adl.core.request'}{subject}{id} } @decisions], [($GGI::Gate::OIN) x 3],
            'with the organisation that was established';
        $redis->signal('CONT');
        said($_) for @calls;
        $gate->counts_what_it_records('the metrics count them as well');
        chains_hold($gate->audit_text, 'in a chain that holds');
        $gate->stop;
    };
}

done_testing;
