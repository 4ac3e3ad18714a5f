# SPDX-License-Identifier: EUPL-1.2
# A Redis Cluster whose nodes say what they should not: no call waits longer than it may, or is let in by that.
use strict;
use warnings;

use Test::More;

use GGI::Api;
use GGI::Cluster ();
use GGI::Gate;
use GGI::Pki;
use GGI::Port ();
use GGI::Slow ();

my $pki = GGI::Pki->new;
my $oin = $GGI::Gate::OIN;
my $slot = GGI::Cluster->slot("ggi:profiel:$oin");
my $port = GGI::Port::free();

sub bulk { my ($text) = @_; return '$' . length($text) . "\r\n$text\r\n" }
sub array { my (@elements) = @_; return '*' . @elements . "\r\n" . join '', @elements }
sub range {
    my ($first, $last, $host, $at) = @_;
    return array(":$first\r\n", ":$last\r\n", array(bulk($host), ":$at\r\n"));
}

my $profile = bulk(qq({ "oin": "$oin", "versie": 1, "diensten": { "brp": { "methoden": ["GET"], "paden": ["/**"], )
        . '"doelbindingen": ["BRPACT-AlgemeneTaken"] } } }');
my $all = array(range(0, 16383, '127.0.0.1', $port));

# The only node of a Cluster, which answers some words by functions: of the key, and of how many were asked before.
sub node {
    my (%more) = @_;
    my $marker = array(bulk('mock'), bulk(1), "\$-1\r\n");
    my %said = (
        HELLO => sub {
            array(map { bulk($_) } qw(server redis mode cluster role master));
        },
        ROLE => sub { array(bulk('master'), ":0\r\n", array()) },
        INFO => sub { bulk("cluster_state:ok\r\ncluster_current_epoch:1\r\n") },
        SLOTS => sub {$all}, GET => sub {$profile}, HMGET => sub {$marker},
        PING => sub { array(bulk('pong'), bulk('')) },
        SUBSCRIBE => sub { array(bulk('subscribe'), bulk('x'), ":1\r\n") },
        %more);
    return GGI::Api->serving(
        $port,
        sub {
            my ($client) = @_;
            my $asked = 0;
            while (defined(my $head = readline $client)) {
                my ($n) = $head =~ /\A\*(\d+)/ or return;
                my @words =
                    map { read $client, my $text, 2 + substr readline($client), 1; substr $text, 0, -2 } 1 .. $n;
                my $word = uc(uc $words[0] eq 'CLUSTER' ? $words[1] : $words[0]);
                print $client $said{$word} ? $said{$word}->($words[1], $asked++) : "+OK\r\n";
            }
        });
}

sub moved { my ($to) = @_; return "-MOVED $slot $to\r\n" }
sub anywhere { return 2 + int rand 60_000 }

my $map = sub {
    my (@ranges) = @_;
    my $text = array(@ranges);
    return (SLOTS => sub {$text});
};
my @whole = (0, 16383, '127.0.0.1');
for my $case (
    ['what it should', 200],
    ['ranges that overlap', 503, $map->(range(@whole, $port), range(5, 6, '127.0.0.1', 1))],
    ['no ranges', 503, $map->()],
    ['a range without an end', 503, $map->(range(0, '4611686018427387904', '127.0.0.1', $port))],
    ['a master at port 0', 503, $map->(range(@whole, 0))],
    ['a master by a name', 503, $map->(range(0, 16383, 'redis.example.invalid', $port))],
    ['a range for each slot', 503, $map->(map { range($_, $_, '127.0.0.1', $port) } 0 .. 16383)],
    ['MOVED in a circle', 503, GET => sub { moved("127.0.0.1:$port") }],
    ['MOVED of another slot', 503, GET => sub { moved("127.0.0.1:$port") =~ s/$slot/($slot + 1) % 16384/er }],
    ['MOVED to a name', 503, GET => sub { moved("redis.example.invalid:$port") }],
    ['MOVED to an address of IPv6', 503, GET => sub { moved("::1:$port") }],
    ['MOVED to wherever', 503, GET => sub { moved('127.0.0.1:' . anywhere()) }],
    ['ASK to itself', 503, GET => sub {"-ASK $slot 127.0.0.1:$port\r\n"}],
    ['TRYAGAIN for ever', 503, GET => sub {"-TRYAGAIN\r\n"}],
    ['markers that are wherever', 503, HMGET => sub { "-ASK $slot 127.0.0.1:" . anywhere() . "\r\n" }],
) {
    my ($name, $status, %more) = @$case;
    subtest $name => sub {
        my $node = node(%more);
        my $gate = GGI::Gate->new(
            redis => "redis-cluster://127.0.0.1:$port timeout=400ms", pki => $pki,
            zone => 'profielen:1m ttl=0s negative_ttl=0s stale=0s')->start;
        my $worker;
        $gate->wait_for(sub { ($worker) = $gate->workers }, 'a worker');
        my $slowest = 0;
        for (1 .. 3) {
            my $took = $gate->took(sub { is $gate->call('/x')->{status}, $status, "status $status" });
            $slowest = $took if $took > $slowest;
        }
        cmp_ok $slowest, '<', 1.2 * $GGI::Slow::FACTOR, sprintf 'no call waits longer than it may: %.2f s', $slowest;
        is + ($gate->workers)[0], $worker, 'the worker lives';
        my @connections = glob "/proc/$worker/fd/*";
        cmp_ok scalar @connections, '<', 80, 'with few connections';
        my $lines = () = $gate->read('logs/error.log') =~ /\[(?:error|alert)\]/g;
        cmp_ok $lines, '<', 100, "and $lines lines in its log";
        $gate->stop;
        $node->stop;
    };
}

done_testing;
