# SPDX-License-Identifier: EUPL-1.2
# A Redis that misbehaves, and one that is stopped and killed under load.
use strict;
use warnings;

use IO::Socket::INET;
use Test::More;

use GGI::Audit qw(decisions verdicts chains_hold);
use GGI::Curl qw(curl);
use GGI::Gate;
use GGI::Problem qw(allowed refused);
use GGI::Redis;
use GGI::Slow qw(sleep time);

my $pki = GGI::Pki->new;
my $oin = $GGI::Gate::OIN;
my $profile = qq({ "oin": "$oin", "versie": 1, "diensten": { "brp": { "methoden": ["GET"], "paden": ["/**"], "doelbindingen": ["BRPACT-AlgemeneTaken"] } } });

sub gate { return GGI::Gate->with_redis($_[0], pki => $pki, @_[1 .. $#_])->start }

# A server that answers the set-up properly, and GET with what it is told to; undef closes.
sub mock {
    my ($port, $answer) = @_;
    my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 16, ReuseAddr => 1) or die "mock: $!\n";
    my $pid = fork // die;
    return $pid if $pid;
    $SIG{CHLD} = 'IGNORE';
    $SIG{PIPE} = 'IGNORE';
    while (1) {
        my $client = $listen->accept or next;
        next if fork;
        my $text = '';
        while (sysread $client, my $part, 65536) {
            $text .= $part;
            while ($text =~ s/\A\*(\d+)\r\n//) {
                my @words = map { $text =~ s/\A\$(\d+)\r\n//; my $word = substr $text, 0, $1, ''; $text =~ s/\A\r\n//; $word } 1 .. $1;
                if (uc $words[0] eq 'SUBSCRIBE') { print $client "*3\r\n\$9\r\nsubscribe\r\n\$1\r\nx\r\n:1\r\n" }
                elsif (uc $words[0] eq 'PING') { print $client "*2\r\n\$4\r\npong\r\n\$0\r\n\r\n" }
                elsif (uc $words[0] eq 'GET') { POSIX::_exit(0) unless defined $answer; print $client $answer }
                else { print $client "+OK\r\n" }
                $client->flush;
            }
        }
        POSIX::_exit(0);
    }
    return;
}

my $bulk = sub { my ($text) = @_; return '$' . length($text) . "\r\n$text\r\n" };
my $deep = '[' x 100_000;
for my $case (
    ['a proper answer', $bulk->($profile), 200, undef],
    ['no RESP at all', "HTTP/1.1 400 Bad Request\r\n\r\n", 503, qr/does not speak RESP/],
    ['binary rubbish', "\x00\xff\xfe\x80" x 100, 503, qr/does not speak RESP/],
    ['a count of a billion elements', "*1000000000\r\n", 503, qr/does not speak RESP/],
    ['a negative length', "\$-5\r\nx\r\n", 503, qr/./],
    ['50 MB', '$52428800' . "\r\n" . 'x' x 52_428_800, 503, qr/sends too large a reply/],
    ['an error', "-LOADING Redis is loading\r\n", 503, qr/redis answers for ggi:profiel:$oin: LOADING/],
    ['a number', ":1\r\n", 503, qr/no string/],
    ['nested arrays', "*1\r\n" x 20, 503, qr/does not speak RESP/],
    ['a type of RESP3', "#t\r\n", 503, qr/does not speak RESP/],
    ['no answer, but a close', undef, 503, qr/has closed the connection/],
    ['no answer', '', 503, qr/does not answer in time/],
    ['half an answer', '$100' . "\r\nhalf", 503, qr/does not answer in time/],
    ['two answers', $bulk->($profile) x 2, 200, qr/says what it was not asked/],
    ['no JSON', $bulk->('{'), 503, qr/profile in ggi:profiel:$oin: \$: line 1/],
    ['JSON that nests deeply', $bulk->($deep), 503, qr/profile in ggi:profiel:$oin: \$: line 1/],
    ['a profile of another OIN', $bulk->($profile =~ s/$oin/00000001002564440000/r), 503, qr/\$\.oin: invalid, expected "$oin"/],
    ['a profile with a fault', $bulk->($profile =~ s/\["GET"\]/7/r), 503, qr/\$\.diensten\.brp\.methoden: invalid/],
) {
    my ($name, $answer, $status, $message) = @$case;
    subtest $name => sub {
        my $port = GGI::Nginx::free_port();
        my $pid = mock($port, $answer);
        my $gate = gate("redis://127.0.0.1:$port timeout=400ms");
        sleep 0.2;
        my $start = time;
        is $gate->call('/x')->{status}, $status, "status $status";
        cmp_ok time - $start, '<', 0.8, 'within the time-out';
        ok $gate->wait_for(sub { $gate->read('logs/error.log') =~ $message }, 'the message'), 'the log says why' if $message;
        kill 'KILL', $pid;
        waitpid $pid, 0;
        $gate->stop;
    };
}

subtest 'more profiles than fit' => sub {
    my $redis = GGI::Redis->new;
    my $gate = gate($redis->url, zone => 'profielen:64k');
    my $large = $profile =~ s/"BRPACT-AlgemeneTaken"/join ',', '"BRPACT-AlgemeneTaken"', map {qq("D$_")} 1 .. 100/er;
    my @oins = map { sprintf '00000001%09d000', $_ } 1 .. 40;
    $redis->cli('set', "ggi:profiel:$_", $large =~ s/$oin/$_/r) for @oins;
    for my $round (1, 2) {
        my %status;
        $status{ $gate->call_as([$pki->client("o$_", '--oin', $_)], '/x')->{status} }++ for @oins;
        is_deeply \%status, { 200 => 40 }, "round $round: each is let in";
    }
    my $huge = $profile =~ s/"BRPACT-AlgemeneTaken"/join ',', '"BRPACT-AlgemeneTaken"', map {qq("D$_")} 1 .. 20_000/er;
    $redis->cli('set', "ggi:profiel:$oin", $profile);
    open my $in, '|-', "redis-cli -p @{[ $redis->port ]} -x set ggi:profiel:$oin >/dev/null" or die;
    print $in $huge;
    close $in;
    allowed($gate->call('/x'), 'a profile that is larger than the cache') for 1 .. 2;
    $gate->stop;
};

subtest 'stopped, killed and restarted under load' => sub {
    my $redis = GGI::Redis->new;
    my @oins = ($oin, map { sprintf '00000001%09d000', $_ } 1 .. 3);
    my $fill = sub { $redis->cli('set', "ggi:profiel:$_", $profile =~ s/$oin/$_/r) for @oins[0 .. 2] };
    $fill->();
    my $gate = gate($redis->url . ' timeout=200ms', workers => 2, zone => 'profielen:1m ttl=300ms negative_ttl=100ms stale=1m');
    my @clients = map { [$pki->client("load$_", '--oin', $oins[$_])] } 0 .. 3;
    is $gate->call_as($clients[$_], '/warm')->{status}, $_ < 3 ? 200 : 403, "warm-up $_" for 0 .. 3;
    my @children;
    for my $n (0 .. 3) {
        my $pid = fork // die;
        if ($pid == 0) {
            open STDERR, '>', '/dev/null';
            open STDOUT, '>', '/dev/null';
            exec 'curl', '-s', '--rate', '50/s', @{ $clients[$n] }, '-H', $GGI::Gate::CLAIM, $gate->https('/[1-750]');
        }
        push @children, $pid;
    }
    for my $n (1 .. 20) {
        sleep 0.25;
        if ($n % 2) { $redis->signal('STOP'); sleep 0.4; $redis->signal('CONT') }
        else { $redis->stop('KILL'); sleep 0.2; $redis->start; $fill->() }
    }
    # they end by themselves: a client killed while its call waits for Redis would be a call refused before it was judged
    waitpid $_, 0 for @children;
    my %verdicts;
    for my $decision (decisions($gate->audit_text)) {
        my ($request, $response) = @{ $decision->{body} }{qw(adl.core.request adl.core.response)};
        $verdicts{ $request->{subject}{id} }{ $response->{decision} ? 'allowed' : $response->{context}{reason} }++;
    }
    for my $n (0 .. 2) {
        my $of = $verdicts{ $oins[$n] };
        # right after a restart Redis has no profiles until they are put back: a refusal then is what a working Redis would say
        delete $of->{profile_not_found};
        my $good = delete $of->{allowed};
        cmp_ok $good, '>', 10, "caller $n: $good calls allowed";
        is_deeply $of, {}, 'no 5xx for a cached profile';
    }
    is $verdicts{ $oins[3] }{allowed}, undef, 'nobody is let in whom a working Redis would have refused';
    cmp_ok $verdicts{ $oins[3] }{profile_not_found}, '>', 5, 'who was refused many times';
    ok $gate->wait_for(sub { $gate->call('/x')->{status} == 200 }, 'recovery'), 'it recovers by itself';
    chains_hold($gate->audit_text, 'the chains hold');
    $gate->stop;
};

done_testing;
