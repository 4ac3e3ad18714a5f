# SPDX-License-Identifier: EUPL-1.2
# A Redis that misbehaves, and one that is stopped and killed under load.
use strict;
use warnings;

use Fcntl qw(O_CREAT O_EXCL);
use IO::Select;
use IO::Socket::SSL ();
use Test::More;
use Time::HiRes ();

use GGI::Api;
use GGI::Audit qw(decisions verdicts chains_hold);
use GGI::Curl qw(said);
use GGI::Folder;
use GGI::Gate;
use GGI::Port ();
use GGI::Preload;
use GGI::Problem qw(allowed refused);
use GGI::Raw;
use GGI::Redis;
use GGI::Slow qw(least sleep time);

my $pki = GGI::Pki->new;
my $oin = $GGI::Gate::OIN;
my $profile =
      qq({ "oin": "$oin", "versie": 1, "diensten": { "brp": { "methoden": ["GET"], "paden": ["/**"], )
    . qq("doelbindingen": ["BRPACT-AlgemeneTaken"] } } });

sub gate {
    my ($url, %args) = @_;
    return GGI::Gate->new(redis => $url, pki => $pki, %args)->start;
}

# The reply that tells the data set at the change of a number.
sub dataset { my ($number) = @_; return "*3\r\n\$4\r\nmock\r\n\$1\r\n$number\r\n\$-1\r\n" }

# A server that answers the set-up properly, as the Sentinel of a master too, which it is itself, and has a data set. It
# answers GET with what it is told to, or what a function of the number of the connection (from 0) and the key tells;
# undef closes, and so does a reference to what is said before that. After '' nothing else is answered before that is.
# Other words are answered by what a function tells, if there is one: of how often the word came on the connection (from
# 1), and of the number of the connection. Instead of an answer there may be a function that gives it to the client.
# With tls, the path of a certificate without its suffix, all is said over TLS.
sub mock {
    my ($port, $told, %more) = @_;
    my $answer = ref $told ? $told : sub {$told};
    return GGI::Api->serving(
        $port,
        sub {
            my ($client, $number) = @_;
            my ($text, $silent, %asked) = ('', 0);
            my @files = $more{tls} ? (SSL_cert_file => "$more{tls}.pem", SSL_key_file => "$more{tls}.key") : ();
            return if @files && !IO::Socket::SSL->start_SSL($client, SSL_server => 1, @files);
            while (sysread $client, my $part, 65536) {
                $text .= $part;
                while ($text =~ s/\A\*(\d+)\r\n//) {
                    my ($word, $key) = map {
                        $text =~ s/\A\$(\d+)\r\n//;
                        my $one = substr $text, 0, $1, '';
                        $text =~ s/\A\r\n//;
                        $one
                    } 1 .. $1;
                    $word = uc $word;
                    my %said = (
                        SUBSCRIBE => "*3\r\n\$9\r\nsubscribe\r\n\$1\r\nx\r\n:1\r\n",
                        HMGET => dataset(1),
                        PING => "*2\r\n\$4\r\npong\r\n\$0\r\n\r\n",
                        ROLE => "*3\r\n\$6\r\nmaster\r\n:0\r\n*0\r\n",
                        SENTINEL => "*2\r\n\$9\r\n127.0.0.1\r\n\$" . length($port) . "\r\n$port\r\n");
                    my $reply =
                          $word eq 'GET' ? $answer->($number, $key)
                        : $silent ? ''
                        : $more{$word} ? $more{$word}->(++$asked{$word}, $number)
                        : $said{$word} // "+OK\r\n";
                    $silent ||= defined $reply && $reply eq '';
                    return $reply->($client) if ref $reply eq 'CODE';
                    print $client ref $reply ? $$reply : $reply // '';
                    $client->flush;
                    return if ref $reply || !defined $reply;
                }
            }
        });
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
    ['two answers', $bulk->($profile) x 2, 200, qr/sent an unexpected reply/],
    ['no JSON', $bulk->('{'), 503, qr/profile in ggi:profiel:$oin: \$: line 1/],
    ['JSON that nests deeply', $bulk->($deep), 503, qr/profile in ggi:profiel:$oin: \$: line 1/],
    [   'a profile of another OIN', $bulk->($profile =~ s/$oin/00000001002564440000/r), 503,
        qr/\$\.oin: invalid, expected "$oin"/],
    ['a profile with a fault', $bulk->($profile =~ s/\["GET"\]/7/r), 503, qr/\$\.diensten\.brp\.methoden: invalid/],
) {
    my ($name, $answer, $status, $message) = @$case;
    subtest $name => sub {
        my $port = GGI::Port::free();
        my $mock = mock($port, $answer);
        my $gate = gate("redis://127.0.0.1:$port timeout=1s");
        $gate->connected;
        my $took = least(
            2,
            sub {
                $gate->took(sub { is $gate->call('/x')->{status}, $status, "status $status" });
            });
        cmp_ok $took, '<', 2, 'within the time-out';
        ok $gate->wait_for(sub { $gate->read('logs/error.log') =~ $message }, 'the message'), 'the log says why'
            if $message;
        $mock->stop;
        $gate->stop;
    };
}

# The load of one call at a time, as often as it is called, each for its own.
my $asking = 'profielen:1m ttl=0s negative_ttl=0s stale=0s';

subtest 'a reply about the data set that is older than what another worker knows' => sub {
    my $port = GGI::Port::free();
    my $mock = mock($port, $bulk->($profile), HMGET => sub { return dataset($_[0] % 3 ? 2 : 1) });
    my $gate = gate("redis://127.0.0.1:$port timeout=1s", zone => $asking);
    $gate->connected;
    is_deeply [map { $gate->call('/x')->{status} } 1 .. 9], [(200) x 9], 'has the data set asked for once more';
    unlike $gate->read('logs/error.log'), qr/counts as not answering/, 'before it counts';
    $mock->stop;
    $gate->stop;
};

# What breaks off, or is no RESP, says nothing of the server: neither of its data set nor of its role.
my @bad = ("HTTP/1.1 400 Bad Request\r\n\r\n", \"*3\r\n\$4\r\nmo", '$409600' . "\r\n" . 'x' x 409_600);
my $told = qr/does not speak RESP|has closed the connection amid a reply|sends too large a reply/;
for my $case (['HMGET', 'redis', '', dataset(1)], ['ROLE', 'sentinel', '/mymaster', "*1\r\n\$6\r\nmaster\r\n"]) {
    my ($word, $scheme, $path, $good) = @$case;
    subtest "each second reply to $word cannot be read" => sub {
        my $port = GGI::Port::free();
        my $reply = sub { my ($asked, $number) = @_; return $asked % 2 ? $good : $bad[$number % @bad] };
        my $mock = mock($port, $bulk->($profile), $word => $reply);
        my $gate = gate("$scheme://127.0.0.1:$port$path timeout=1s", zone => $asking);
        $gate->connected;
        my @status = map { $gate->call('/x')->{status} } 1 .. 9;
        ok $gate->wait_for(sub { $gate->read('logs/error.log') =~ $told }, 'the message'), 'the log tells of it';
        is_deeply [@status, $gate->call('/x')->{status}], [(200) x 10], 'calls go on';
        unlike $gate->read('logs/error.log'), qr/counts as not answering|does not tell its/,
            'nothing is held against the server';
        $mock->stop;
        $gate->stop;
    };
}

subtest 'a server that says more than can be read' => sub {
    my $port = GGI::Port::free();
    my $record = "*3\r\n\$7\r\nmessage\r\n\$8\r\nprofiles\r\n\$20\r\n00000001002564440000\r\n" x 256;    # of 16 KB
    my $flood = sub {
        my ($client) = @_;
        print $client "*3\r\n\$9\r\nsubscribe\r\n\$1\r\nx\r\n:1\r\n";
        1 while syswrite $client, $record;
        return;
    };
    my $dir = $pki->dir;
    my $mock = mock($port, $bulk->($profile), SUBSCRIBE => sub { return $flood }, tls => "$dir/server");
    my $gate = gate("rediss://localhost:$port timeout=1s ca=$dir/roots.pem", zone => $asking);
    $gate->subscribed;
    is_deeply [map { $gate->call('/x')->{status} } 1 .. 9], [(200) x 9], 'calls go on beside it';
    $mock->stop;
    $gate->stop;
};

subtest 'connections that Redis closes in order' => sub {
    my $redis = GGI::Redis->new;
    $redis->cli('set', "ggi:profiel:$oin", $profile);
    my $gate = gate($redis->url, zone => $asking);
    allowed($gate->call('/x'), 'up');
    for my $kill (['kill', 'type', 'normal'], ['kill', 'type', 'pubsub'], ['kill', 'type', 'normal']) {
        my %status;
        for (1 .. 5) {
            $redis->cli('client', @$kill);
            $status{ $gate->call('/x')->{status} }++;
            sleep 0.1;
        }
        is_deeply \%status, { 200 => 5 }, "each call after CLIENT @$kill";
    }
    $redis->cli('config', 'set', 'timeout', 1);
    for (1 .. 2) {
        sleep 1.3;
        allowed($gate->call('/x'), 'after a second of silence with timeout 1');
    }
    like $gate->read('logs/error.log'), qr/redis 127\.0\.0\.1:@{[ $redis->port ]} has closed the connection/,
        'the log tells of it';
    $gate->stop;
};

subtest 'a call when Redis is back finds it, however long it was away' => sub {
    my $redis = GGI::Redis->new;
    my $gate = gate($redis->url, workers => 2, zone => $asking);
    for my $away (0.1, 0.5, 3) {
        $redis->stop('KILL');
        $gate->connected(0);
        refused($gate->call('/x'), 503, 'profile_unavailable', 'down');
        sleep $away;
        $redis->start;
        $redis->cli('set', "ggi:profiel:$oin", $profile);
        my %status;
        $status{ $gate->call('/x')->{status} }++ for 1 .. 5;
        is_deeply \%status, { 200 => 5 }, "after $away s";
    }
    $gate->stop;
};

subtest 'what was asked on a connection that was closed is asked again, once' => sub {
    my $dir = GGI::Folder->new;
    my @oins = map { sprintf '00000001%09d000', $_ } 1 .. 4;
    my @clients = map { [$pki->client("again$_", '--oin', $oins[$_])] } 0 .. 3;
    my $proper = sub { my ($key) = @_; return $bulk->($profile =~ s/$oin/$key =~ s{.*:}{}r/er) };
    # each connection is a process of its own; on the first that is asked, four questions come before anything is said
    my ($asked, $first) = (0);
    my $to_all = sub {
        my ($said) = @_;
        return sub {
            my (undef, $key) = @_;
            $first //= sysopen(my $fh, "$dir/asked", O_CREAT | O_EXCL) ? 1 : 0;
            return $proper->($key) if !$first;
            return ++$asked < 4 ? '' : $said;
        };
    };
    for my $case (
        ['closed without an answer', $to_all->(undef), [200, 200, 200, 200]],
        ['closed each time', sub {undef}, [503, 503, 503, 503]],
        ['closed amid the answer to the first', $to_all->(\"\$100\r\nhalf"), [503, 200, 200, 200]],
    ) {
        my ($name, $answer, $want) = @$case;
        my $port = GGI::Port::free();
        unlink "$dir/asked";
        my $mock = mock($port, $answer);
        my $gate = gate("redis://127.0.0.1:$port timeout=5s", zone => $asking);
        $gate->subscribed;
        my @calls = $gate->begin('/x', { as => $clients[0] });
        $gate->wait_for(sub { -e "$dir/asked" }, 'the first question') if $want->[1] == 200;
        push @calls, map { $gate->begin('/x', { as => $_ }) } @clients[1 .. 3];
        is_deeply [map { said($_) } @calls], $want, $name;
        $mock->stop;
        $gate->stop;
    }
};

subtest 'the words of Redis' => sub {
    my $full = GGI::Redis->new(options => ['--maxclients', 1]);
    my $only;
    for (1 .. 100) {
        $only = GGI::Raw::connect_to($full->port);
        print $only "PING\r\n";
        last if readline($only) =~ /PONG/;
        sleep 0.02;
    }
    my $orphan = GGI::Redis->new(options => ['--replicaof', '127.0.0.1', 1, '--replica-serve-stale-data', 'no']);
    my ($port, $secretive) = (GGI::Port::free(), GGI::Port::free());
    my @mocks = (
        mock($port, "-ERR \x1b[31mred\n\\\xff" . ('x' x 1000) . "\r\n"),
        mock($secretive, "-ERR unknown command 'AUTH', with args beginning with: 'open sesame'\r\n"));
    for my $case (
        [$full->url, qr/redis 127\.0\.0\.1:@{[ $full->port ]} refuses ERR max number of clients reached/],
        [$orphan->url, qr/redis 127\.0\.0\.1:@{[ $orphan->port ]} is a replica of 127\.0\.0\.1:1 \(connect(?:ing)?\)/],
        [   "redis://127.0.0.1:$port",
            qr/redis answers for ggi:profiel:$oin: ERR \\x1b\[31mred\\x0a\\x5c\\xffx{100,240}(?!x)/],
        ["redis://:open%20sesame\@127.0.0.1:$secretive", qr/beginning with: '\*\*\*'/],
    ) {
        my ($url, $message) = @$case;
        my $gate = gate($url, zone => $asking);
        my $since = Time::HiRes::time();
        refused($gate->call('/x'), 503, 'profile_unavailable', 'a call') for 1 .. 20;
        my $seconds = Time::HiRes::time() - $since;
        ok $gate->wait_for(sub { $gate->read('logs/error.log') =~ $message }, 'the words'), 'the log has them';
        my $log = $gate->read('logs/error.log');
        unlike $log, qr/sesame/, 'but no password';
        my $lines = () = $log =~ /\[error\].*(?:redis|ggi:profiel)/g;
        cmp_ok $lines, '<=', 8 + 2 * $seconds, 'and not at each call';
        $gate->stop;
    }
    $_->stop for @mocks;
};

subtest 'a Redis that is away for long is told of rarely' => sub {
    my $port = GGI::Port::free();
    my $gate = gate("redis://127.0.0.1:$port", zone => $asking);
    my ($calls, $lines, $since) = (0, 0, Time::HiRes::time());
    while (Time::HiRes::time() < $since + 4 || ($lines < 2 && Time::HiRes::time() < $since + 60)) {
        $gate->call('/x');
        $calls++;
        $lines = () = $gate->read('logs/error.log') =~
            /\[error\] .*redis 127\.0\.0\.1:$port cannot be connected to: .*Connection refused/g;
    }
    my $seconds = Time::HiRes::time() - $since;
    ok $lines >= 2 && $lines <= 2 + $seconds, sprintf '%d lines about %d calls in %.1f s', $lines, $calls, $seconds;
    like $gate->read('logs/error.log'), qr/and \d+ times more/, 'with how many were left out';
    my $ends = least(
        2,
        sub {
            $gate->start if !$gate->{pid};
            my $start = time;
            $gate->stop;
            return time - $start;
        });
    cmp_ok $ends, '<', 2, 'a worker that looks for Redis ends without delay';
};

# A proper profile of so many bytes: with one long list, or padded by blanks.
sub listed {
    my ($n) = @_;
    return $profile =~ s/"BRPACT-AlgemeneTaken"/join ',', '"BRPACT-AlgemeneTaken"', map {qq("D$_")} 1 .. $n/er;
}
sub padded { my ($bytes) = @_; return $profile . ' ' x ($bytes - length $profile) }

# redis-cli takes no argument of that length.
sub put {
    my ($redis, $number, $text) = @_;
    open my $in, '|-', "redis-cli -p @{[ $redis->port ]} -x set ggi:profiel:$number >/dev/null" or die;
    print $in $text =~ s/$oin/$number/r;
    close $in;
    return;
}

for my $case (['small', $profile], ['large', listed(5000)]) {
    my ($size, $text) = @$case;
    subtest "a misspelt member of a profile, a $size one" => sub {
        my $redis = GGI::Redis->new;
        put($redis, $oin, $text =~ s/"versie"/"geldigtot": "2020-01-01", "namenss": [], "versie"/r);
        my $gate = gate($redis->url, zone => $asking);
        my $since = Time::HiRes::time();
        allowed($gate->call('/x'), 'a call') for 1 .. 20;
        my $seconds = Time::HiRes::time() - $since;
        my @lines = $gate->read('logs/error.log') =~
            /\[warn\] .*profile in ggi:profiel:$oin: (\S+): unknown member, which is passed over \(server:/g;
        cmp_ok scalar(@lines), '>=', 1, 'the log warns of it';
        cmp_ok scalar(@lines), '<=', 2 + $seconds, 'not more than once a second';
        like $lines[0], qr/^\$\.(?:geldigtot|namenss)$/, 'with its place';
        $gate->stop;
    };
}

subtest 'a faulty profile is remembered, until it is mended' => sub {
    my $redis = GGI::Redis->new;
    put($redis, $oin, $profile =~ s/\["GET"\]/7/r);
    my $gate = gate($redis->url, workers => 2, zone => 'profielen:1m ttl=60s negative_ttl=60s');
    $gate->subscribed;
    refused($gate->call('/x'), 503, 'profile_unavailable', 'faulty') for 1 .. 10;
    is $redis->calls('get'), 1, 'ten calls cost one GET';
    is scalar(my @lines = $gate->read('logs/error.log') =~ /profile in ggi:profiel:$oin: \$\.diensten/g), 1,
        'and one line';
    for my $other (
        [padded(262_145), qr/too large, expected at most 262144 bytes/],
        [padded(5_000_000), qr/too large, expected at most 262144 bytes/]
    ) {
        my ($text, $message) = @$other;
        my $mark = length $gate->read('logs/error.log');
        put($redis, $oin, $text);
        $redis->cli('publish', 'ggi:profiel:gewijzigd', $oin);
        my $before = $redis->calls('get');
        my $told = sub { return scalar(() = substr($gate->read('logs/error.log'), $mark) =~ /$oin: \$: $message/g) };
        $gate->wait_for(sub { $gate->call('/x'); $told->() }, 'the change');
        refused($gate->call('/x'), 503, 'profile_unavailable', length($text) . ' bytes') for 1 .. 5;
        is $redis->calls('get') - $before, 1, 'all calls cost one GET';
        is $told->(), 1, 'one line names key and bound';
    }
    $redis->cli('del', "ggi:profiel:$oin");
    $redis->cli('rpush', "ggi:profiel:$oin", 'x');
    my $before = $redis->calls('get');
    $redis->cli('publish', 'ggi:profiel:gewijzigd', $oin);
    my $why = sub { $gate->call('/x'); return $gate->read('logs/error.log') =~ /ggi:profiel:$oin: WRONGTYPE/ };
    ok $gate->wait_for($why, 'the reason'), 'the log says why it is none';
    refused($gate->call('/x'), 503, 'profile_unavailable', 'a list') for 1 .. 5;
    is $redis->calls('get') - $before, 1, 'one GET as well';
    put($redis, $oin, padded(262_144));
    $redis->cli('publish', 'ggi:profiel:gewijzigd', $oin);
    $gate->wait_for(sub { $gate->call('/x')->{status} == 200 }, 'the change');
    allowed($gate->call('/x'), 'mended: the largest profile that may be') for 1 .. 2;
    $gate->stop;
};

subtest 'faulty profiles do not fill the log' => sub {
    my $redis = GGI::Redis->new;
    my @oins = map { sprintf '00000001%09d000', $_ } 1 .. 3;
    my $faulty = $profile =~ s/\["GET"\]/7/r;
    put($redis, $_, $faulty) for @oins;
    my $gate = gate($redis->url, zone => $asking);
    my $lines = sub { my ($of) = @_; return () = $gate->read('logs/error.log') =~ /ggi:profiel:$of: \$\.diensten/g };
    my @clients = map { [$pki->client("faulty$_", '--oin', $_)] } @oins;
    my $calls = sub {
        for my $as (@clients) {
            refused($gate->call('/x', { as => $as }), 503, 'profile_unavailable', 'faulty') for 1 .. 10;
        }
    };
    $calls->();
    cmp_ok $redis->calls('get'), '>=', 30, 'each call asks Redis';
    is_deeply [map { scalar $lines->($_) } @oins], [1, 1, 1], 'each profile is told of once';
    put($redis, $oins[0], $faulty =~ s/"versie": 1/"versie": 2/r);
    $calls->();
    is_deeply [map { scalar $lines->($_) } @oins], [2, 1, 1], 'and again when it is another one';
    like $gate->read('logs/error.log'), qr/ggi:profiel:$oins[0]: .*such faults left out: 9\)/, 'with how many were not';
    $gate->stop;
};

subtest 'a faulty profile does not shut out by its earlier version, and ends with negative_ttl' => sub {
    my $redis = GGI::Redis->new;
    put($redis, $oin, $profile);
    my $gate = gate($redis->url, zone => 'profielen:1m ttl=1s negative_ttl=1s stale=1m');
    allowed($gate->call('/x'), 'proper');
    put($redis, $oin, '{');
    sleep 1.1;
    my ($before, $since) = ($redis->calls('get'), time);
    allowed($gate->call('/x'), 'the earlier version serves as stale') for 1 .. 3;
    my $asked = $redis->calls('get') - $before;
    cmp_ok $asked, '>=', 1, 'Redis is asked';
    cmp_ok $asked, '<=', 1 + int(time - $since), 'once in negative_ttl';
    put($redis, $oin, $profile =~ s/"GET"/"PUT"/r);
    sleep 1.2;
    refused($gate->call('/x'), 403, 'method_not_authorised', 'a mended one is found after negative_ttl');
    $gate->stop;
};

subtest 'a value of megabytes harms nobody else' => sub {
    my $redis = GGI::Redis->new;
    my @oins = ($oin, map { sprintf '00000001%09d000', $_ } 1 .. 3);
    put($redis, $_, $profile) for @oins[1 .. 3];
    put($redis, $oin, padded(50_000_000));
    my $gate = gate($redis->url . ' timeout=10s', zone => $asking);
    my @clients = map { [$pki->client("huge$_", '--oin', $oins[$_])] } 0 .. 3;
    my @calls = map { $gate->begin('/[1-20]', { as => $_ }) } @clients;
    is_deeply [map { [said($_)] } @calls], [map { [($_) x 20] } 503, 200, 200, 200],
        'its calls are refused, the others let in';
    $gate->stop;
};

subtest 'a large profile is parsed in a thread' => sub {
    my $redis = GGI::Redis->new;
    put($redis, $oin, listed(20_000));
    my $gate = gate($redis->url . ' timeout=5s', zone => $asking, main => 'thread_pool default threads=1;');
    allowed($gate->call('/x'), 'a call') for 1 .. 30;
    my ($worker) = $gate->workers;
    my $ticks = 0;
    for my $task (grep { !m{/$worker/stat\z} } glob "/proc/$worker/task/*/stat") {
        open my $in, '<', $task or next;
        $ticks += (split ' ', readline($in) =~ s/.*\)//r)[11];
    }
    cmp_ok $ticks, '>', 0, "the threads of the worker have taken $ticks ticks";
    $gate->stop;
};

# The thread waits where it parses a large profile.
my $PARSER = <<'C';
#include <stddef.h>

void *json_loadb(const char *text, size_t n, size_t flags, void *error)
{
    void *(*next)(const char *, size_t, size_t, void *) = dlsym(RTLD_NEXT, "json_loadb");

    if (n > 16384) {
        hold();
    }

    return next(text, n, flags, error);
}
C

subtest 'a large profile that changes while it is parsed, and Redis that answers no more' => sub {
    plan skip_all => 'has no place before the sanitizer' if !GGI::Preload::possible();
    my $slow = GGI::Preload->new($PARSER);
    my $redis = GGI::Redis->new;
    put($redis, $oin, listed(5000));
    my $gate = GGI::Gate->new(redis => $redis->url . ' timeout=2s', pki => $pki, zone => 'profielen:1m stale=0s');
    { local $ENV{LD_PRELOAD} = $slow->path; $gate->start; }
    my @seen;
    my $waited = least(
        3,
        sub {
            $gate->connected;
            $gate->subscribed;
            $redis->cli('publish', 'ggi:profiel:gewijzigd', $oin) if @seen;
            $slow->hold;
            my $call = $gate->begin('/x');
            ok $gate->wait_for(sub { $slow->held }, 'the thread'), 'a thread parses it';
            $redis->cli('publish', 'ggi:profiel:gewijzigd', $oin);
            sleep 0.3;
            $redis->signal('STOP');
            my $start = time;
            $slow->release;
            push @seen, said($call);
            my $took = time - $start;
            $redis->signal('CONT');
            return $seen[-1] == 503 ? $took : 9;    # it may not have heard of the change before Redis halted
        });
    is $seen[-1], 503, 'the call is refused';
    cmp_ok $waited, '<', 3, "when it has waited for Redis as long as it may: $waited s, where timeout is 2";
    $gate->stop;
};

subtest 'a worker that looks on while another one parses a large profile' => sub {
    plan skip_all => 'has no place before the sanitizer' if !GGI::Preload::possible();
    my $slow = GGI::Preload->new($PARSER);
    my $asked = $slow->state . '/asked';
    my $text = listed(5000);
    my $mock = mock(
        my $port = GGI::Port::free(),
        sub {
            open my $fh, '>>', $asked or die "$asked: $!\n";
            syswrite $fh, '.';
            sleep 0.3;
            return '$' . length($text) . "\r\n$text\r\n";
        });
    my $gate = GGI::Gate->new(
        redis => "redis://127.0.0.1:$port timeout=2s", pki => $pki, workers => 2,
        listen => 'listen 127.0.0.1:%%PORT%% ssl http2 reuseport;');
    { local $ENV{LD_PRELOAD} = $slow->path; $gate->start; }
    $gate->subscribed;
    $slow->hold;

    # with "reuseport" each connection goes to either worker
    my @calls = map { $gate->begin('/x') } 1 .. 20;
    ok $gate->wait_for(sub { $slow->held }, 'the thread'), 'a thread parses it';
    ok $gate->wait_for(sub { -s $asked == 2 }, 'the other worker'), 'after timeout the other worker asks as well';
    sleep 0.5;
    ok !IO::Select->new(@calls)->can_read(0), 'no call has waited for Redis for timeout';
    $slow->release;
    is_deeply [map { said($_) } @calls], [(200) x 20], 'all are let in';
    $gate->stop;
};

subtest 'a profile that is larger than its part of the zone pushes nobody out' => sub {
    my $redis = GGI::Redis->new;
    my @oins = map { sprintf '00000001%09d000', $_ } 1 .. 20;
    put($redis, $_, $profile) for @oins;
    my @clients = map { [$pki->client("o$_", '--oin', $_)] } @oins;
    for my $case (['profielen:1m', 20_000], ['profielen:64k', 650]) {
        my ($zone, $n) = @$case;
        my $gate = gate($redis->url, zone => "$zone ttl=60s");
        $gate->subscribed;    # what it fetches before that, it fetches once more
        is $gate->call('/x', { as => $_ })->{status}, 200, 'let in' for @clients;
        put($redis, $oin, listed($n));
        my ($before, $since) = ($redis->calls('get'), Time::HiRes::time());
        allowed($gate->call('/x'), 'a large profile') for 1 .. 5;
        my $seconds = Time::HiRes::time() - $since;
        is $redis->calls('get') - $before, 5, 'it is not cached';
        my @lines = $gate->read('logs/error.log') =~
            /\[error\].*zone "profielen" of \d+ bytes is too small for the profile in ggi:profiel:$oin: it takes \d+ /g;
        ok @lines >= 1 && (@lines < 5 || $seconds > 4), 'the log names zone and need, and not at each call';
        $before = $redis->calls('get');
        is $gate->call('/x', { as => $_ })->{status}, 200, 'let in' for @clients;
        is $redis->calls('get') - $before, 0, 'the others still are';
        $gate->stop;
    }
};

subtest 'more profiles than fit' => sub {
    my $redis = GGI::Redis->new;
    my $gate = gate($redis->url, zone => 'profielen:64k');
    my $large = $profile =~ s/"BRPACT-AlgemeneTaken"/join ',', '"BRPACT-AlgemeneTaken"', map {qq("D$_")} 1 .. 100/er;
    my @oins = map { sprintf '00000001%09d000', $_ } 1 .. 40;
    $redis->cli('set', "ggi:profiel:$_", $large =~ s/$oin/$_/r) for @oins;
    for my $round (1, 2) {
        my %status;
        $status{ $gate->call('/x', { as => [$pki->client("o$_", '--oin', $_)] })->{status} }++ for @oins;
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
    my $gate = gate(
        $redis->url . ' timeout=200ms', workers => 2,
        zone => 'profielen:1m ttl=300ms negative_ttl=100ms stale=1m');
    my @clients = map { [$pki->client("load$_", '--oin', $oins[$_])] } 0 .. 3;
    for my $n (0 .. 3) {
        my $warm = sub { return $gate->call('/warm', { as => $clients[$n] })->{status} == ($n < 3 ? 200 : 403) };
        ok $gate->wait_for($warm, "the profile of caller $n"), "warm-up $n";
    }
    $gate->mark;    # a slow machine may not have got an answer in 200 ms before
    my $rounds = GGI::Nginx::under_instrument() ? 6 : 12;
    my $many = 38 * $rounds;
    my @calls = map { $gate->begin("/[1-$many]", { as => $_ }, '--rate', '50/s') } @clients;
    for my $n (1 .. $rounds) {
        sleep 0.25;
        if ($n % 2) { $redis->signal('STOP'); sleep 0.4; $redis->signal('CONT') }
        else { $redis->stop('KILL'); sleep 0.2; $redis->start; $fill->() }
    }
    # they end by themselves: a client killed while its call waits for Redis would be a call refused before it was
    # judged
    said($_) for @calls;
    my %verdicts;
    for my $decision (decisions($gate->since(0, 0))) {
        my ($request, $response) = @{ $decision->{body} }{qw(adl.core.request adl.core.response)};
        $verdicts{ $request->{subject}{id} }{ $response->{decision} ? 'allowed' : $response->{context}{reason} }++;
    }
    for my $n (0 .. 2) {
        my $of = $verdicts{ $oins[$n] };
        # right after a restart Redis has no profiles until they are put back: a refusal then is what a working Redis
        # would say
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
