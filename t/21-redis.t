# SPDX-License-Identifier: EUPL-1.2
# autorisatie from Redis: the cache, withdrawal, and all that can happen to Redis.
use strict;
use warnings;

use IO::Select;
use Test::More;
use Time::HiRes ();

use GGI::Api;
use GGI::Audit qw(decisions verdicts);
use GGI::Curl qw(said);
use GGI::Folder ();
use GGI::Gate;
use GGI::Port ();
use GGI::Preload;
use GGI::Problem qw(allowed refused);
use GGI::Redis;
use GGI::Slow qw(least sleep time);

my $pki = GGI::Pki->new;
my $oin = $GGI::Gate::OIN;

sub profile {
    my ($number, $version, %more) = @_;
    my $until = $more{until} ? qq("geldig_tot": "$more{until}",) : '';
    return qq({ "oin": "$number", "versie": $version, $until "diensten": { "brp": { "methoden": ["GET"], "paden": )
        . qq(["/**"], "doelbindingen": ["BRPACT-AlgemeneTaken"] } } });
}

sub gate {
    my ($url, %args) = @_;
    return GGI::Gate->new(redis => $url, pki => $pki, %args)->start;
}

# Makes calls of as many connections, several at a time, and returns their status codes; {} in the path is the number.
sub parallel {
    my ($gate, $count, $path, @options) = @_;
    my $options = join ' ', map {"'$_'"} @options, $gate->caller_options, $gate->https($path);
    my $codes = qx(seq $count | xargs -P 20 -I {} curl -s -o /dev/null -w '%{http_code} ' $options);
    return $codes;
}

sub put { my ($redis, $number, $json) = @_; $redis->cli('set', "ggi:profiel:$number", $json); return }
sub publish { my ($redis, $number) = @_; return $redis->cli('publish', 'ggi:profiel:gewijzigd', $number) }

my $redis = GGI::Redis->new;
put($redis, $oin, profile($oin, 3));

subtest 'a profile is fetched once, for all workers' => sub {
    my $gate = gate($redis->url, workers => 2);
    $gate->subscribed;
    my $answer = $gate->call('/x');
    allowed($answer, 'a call');
    my ($decision) = decisions($gate->since(1, 1));
    is_deeply $decision->{attributes}{'adl.core.policies'},
        { autorisatieprofiel => "urn:ggi:profiel:$oin:3", doelbindingen => 'urn:ggi:doelbindingen:2026-11-01' },
        'its version is recorded';
    my $before = $redis->calls('get');
    cmp_ok $before, '<=', 3, 'few GETs';
    parallel($gate, 60, '/{}');
    is scalar(my @decisions = grep { $_ eq 'allowed' } verdicts($gate->since(61, 61))), 61, 'all allowed';
    cmp_ok $redis->calls('get') - $before, '<=', 2,
        'none for calls of a known caller (a worker that subscribes later asks once)';

    refused(
        $gate->call('/x', { as => [$pki->client('unknown', '--oin', '00000001002564440000')] }), 403,
        'profile_not_found',
        'none in Redis');
    $before = $redis->calls('get');
    refused($gate->call('/x', { as => [$pki->client('unknown')] }), 403, 'profile_not_found', 'again') for 1 .. 5;
    is $redis->calls('get'), $before, 'which is remembered as well';

    put($redis, '00000001002564440000', profile('00000001002564440000', 1));
    publish($redis, '00000001002564440000');
    my %unknown = (as => [$pki->client('unknown')]);
    $gate->wait_for(sub { $gate->call('/x', \%unknown)->{status} == 200 }, 'the change');
    allowed($gate->call('/x', \%unknown), 'until it is told of a change');
    $gate->stop;
};

# Has a worker wait where it compares a method with "SLOWEST".
my $SLOWEST = <<'C';
#include <stddef.h>

int memcmp(const void *one, const void *two, size_t n)
{
    const unsigned char *a = one, *b = two;

    size_t       i;
    const char  *slow = "SLOWEST";

    for (i = 0; i < n && a[i] == b[i]; i++) {
        /* up to the difference */
    }

    if (i < n) {
        return a[i] - b[i];
    }

    for (i = 0; i < n && i < 7 && a[i] == (unsigned char) slow[i]; i++) {
        /* up to the difference */
    }

    if (n == 7 && i == 7) {
        hold();
    }

    return 0;
}
C

sub large {
    my ($version, $paths) = @_;
    return profile($oin, $version) =~ s/"GET"/"GET", "SLOWEST"/r =~
        s{"/\*\*"}{join ', ', '"/x"', map {qq("/path/number/$_")} 1 .. $paths}er;
}

# While a worker judges by a large profile, which it does not do under the lock that all workers share, others go on.
subtest 'a large profile keeps no other worker waiting' => sub {
    my $slow = GGI::Preload->new($SLOWEST);
    my $small = '00000001002564440000';
    put($redis, $small, profile($small, 1));
    put($redis, $oin, large(7, 2000));
    my $gate = GGI::Gate->new(redis => $redis->url, pki => $pki, workers => 2, zone => 'profielen:8m ttl=60s');
    {
        local $ENV{LD_PRELOAD} = $slow->path;
        $gate->start;
    }
    my %small = (as => [$pki->client('small', '--oin', $small)]);
    $gate->subscribed;
    allowed($gate->call('/x'), 'the large profile is cached');
    allowed($gate->call('/x', \%small), 'and another one');
    $gate->mark;
    $slow->hold;
    my $slowest = $gate->begin('/x', '-X', 'SLOWEST');
    ok $gate->wait_for(sub { $slow->held }, 'the judgement'), 'a call is judged by the large profile';
    allowed($gate->call('/x', \%small), 'a call by another profile meanwhile') for 1 .. 2;
    allowed($gate->call('/x'), 'and one by the same');
    put($redis, $oin, large(8, 2000));
    publish($redis, $oin);
    my $versions = sub {
        my ($path, $text) = @_;
        return map { $_->{attributes}{'adl.core.policies'}{autorisatieprofiel} =~ /$oin:(\d+)\z/ }
            grep { $_->{body}{'adl.core.request'}{resource}{properties}{path} eq $path } decisions($text);
    };
    my $n = 0;
    my $newer = sub {
        $n++;
        $gate->call('/path/number/1');
        return ($versions->('/path/number/1', $gate->since(3 + $n, 0)))[-1] == 8;
    };
    ok $gate->wait_for($newer, 'the change'), 'and one by a new version, which takes its place';
    ok !IO::Select->new($slowest)->can_read(0), 'do not wait for it';
    $slow->release;
    is_deeply [said($slowest)], [200], 'the call is judged by the profile that was there when it began';
    is_deeply [$versions->('/x', $gate->since(4 + $n, 4 + $n))], [7, 7], 'as the records say';
    $gate->stop;
    }
    if GGI::Preload::possible();

subtest 'workers that are killed while they judge by a large profile' => sub {
    my $slow = GGI::Preload->new($SLOWEST);
    put($redis, $oin, large(1, 4000));
    my $gate = GGI::Gate->new(
        redis => $redis->url, pki => $pki, zone => 'profielen:1m ttl=60s',
        allow_errors => [qr/exited on signal 9/]);
    {
        local $ENV{LD_PRELOAD} = $slow->path;
        $gate->start;
    }
    for my $version (2 .. 13) {
        $gate->subscribed;
        allowed($gate->call('/x'), "version $version is cached");
        $slow->hold;
        my $slowest = $gate->begin('/x', '-X', 'SLOWEST');
        $gate->wait_for(sub { $slow->held }, 'the judgement');
        my ($worker) = $gate->workers;
        kill 'KILL', $worker;
        $slow->release;
        put($redis, $oin, large($version, 4000));
        $gate->wait_for(
            sub {
                my ($next) = $gate->workers;
                return $next && $next != $worker;
            },
            'another worker');
        publish($redis, $oin);
    }
    $gate->subscribed;
    allowed($gate->call('/x'), 'the last version');
    my $before = $redis->calls('get');
    allowed($gate->call('/x'), "again $_") for 1 .. 3;
    is $redis->calls('get'), $before, 'the zone has room for it, since what they held is free again';
    $gate->stop;
    }
    if GGI::Preload::possible();

# A worker whose thread is slow ends its fetch when another worker has fetched a later version.
subtest 'what was asked for earlier does not replace what was asked for later' => sub {
    my $slow = GGI::Preload->new(<<'C');
#include <stddef.h>
#include <string.h>

void *json_loadb(const char *text, size_t len, size_t flags, void *error)
{
    if (memmem(text, len, "slow", 4)) {
        hold();
    }

    return ((void *(*)(const char *, size_t, size_t, void *)) dlsym(RTLD_NEXT, "json_loadb"))(text, len, flags, error);
}
C
    my $gate = GGI::Gate->new(
        redis => $redis->url . ' timeout=1s', pki => $pki, workers => 2, zone => 'profielen:8m ttl=60s',
        listen => 'listen 127.0.0.1:%%PORT%% ssl http2 reuseport;');
    {
        local $ENV{LD_PRELOAD} = $slow->path;
        $gate->start;
    }
    $gate->subscribed;    # what a worker fetches before that, it fetches once more
    my $new = profile($oin, 12);
    put($redis, $oin,
        profile($oin, 11) =~ s{"/\*\*"}{join ', ', '"/slow"', '"/**"', map {qq("/path/number/$_")} 1 .. 2000}er);
    $slow->hold;
    my $first = $gate->begin('/first');
    ok $gate->wait_for(sub { $slow->held }, 'the first fetch'), 'a thread has the earlier version';
    put($redis, $oin, $new);
    # with "reuseport" each connection goes to either worker: of 20 calls at once one does not go to the first one,
    # whose thread waits
    my @calls = map { $gate->begin('/x') } 1 .. 20;
    my ($quick) = IO::Select->new(@calls)->can_read(20);
    is_deeply [said($quick)], [200], 'another worker has fetched the later version';
    ok !IO::Select->new($first)->can_read(0), 'while the first one has not ended its fetch';
    $slow->release;
    is_deeply [said($first)], [200], 'the call that asked first is let in by what it got';
    is_deeply [map { said($_) } grep { $_ != $quick } @calls], [(200) x 19], 'as are those that waited with it';
    is_deeply [
        map { $_->{attributes}{'adl.core.policies'}{autorisatieprofiel} =~ /:(\d+)\z/ }
            grep { $_->{body}{'adl.core.request'}{resource}{properties}{path} eq '/first' }
            decisions($gate->since(21, 21))],
        [11], 'the earlier version';
    $gate->mark;
    $gate->call('/x') for 1 .. 4;
    my @policies =
        map { $_->{attributes}{'adl.core.policies'}{autorisatieprofiel} =~ /:(\d+)\z/ } decisions($gate->since(4, 4));
    is_deeply \@policies, [(12) x 4], 'the later version stays';
    $gate->stop;
    }
    if GGI::Preload::possible();

subtest 'a change bites on an open connection' => sub {
    my $gate = gate(
        $redis->url, workers => 2,
        locations => 'ggi_dienst brp; location / { proxy_pass http://api; } '
            . 'location /waits/ { proxy_pass http://127.0.0.1:%%PORT9%%; }');
    my $go = $gate->prefix . '/go';
    my $api = GGI::Api->serving(
        $gate->port(9),
        sub {
            my ($client) = @_;
            sysread $client, my $request, 65536;
            Time::HiRes::sleep(0.01) while !-e $go;
            print $client "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n";
        });
    for my $protocol ('--http1.1', '--http2') {
        put($redis, $oin, profile($oin, 4));
        publish($redis, $oin);
        unlink $go;
        $gate->wait_for(sub { $gate->call('/0')->{status} == 200 }, 'the profile');
        $gate->mark;
        # the client makes the third call when the API answers the second one, which it does when the profile is gone
        my $calls =
            $gate->begin('/{1,waits/2,3}', { tell => '%{http_code} %{num_connects}' }, $protocol, '--max-time', 60);
        $gate->since(2, 1);
        $redis->cli('del', "ggi:profiel:$oin");
        publish($redis, $oin);
        $gate->write('go', '');
        is_deeply [said($calls)], ['200 1', '200 0', '403 0'], "$protocol: a withdrawal is there at the next call";
    }
    put($redis, $oin, profile($oin, 5));
    publish($redis, $oin);
    ok $gate->wait_for(sub { $gate->call('/x')->{status} == 200 }, 'the profile'), 'given back';
    $redis->cli('del', "ggi:profiel:$oin");
    publish($redis, 'all-profiles-changed');
    ok $gate->wait_for(sub { $gate->call('/x')->{status} == 403 }, 'the withdrawal'),
        'a message that is as long as an OIN, and none, may stand for any profile';
    like $gate->read('logs/error.log'), qr/\[warn\].*publishes a message on ggi:profiel:gewijzigd that is no OIN/,
        'and is told of';
    put($redis, $oin, profile($oin, 5));
    publish($redis, $oin);
    $gate->stop;
};

subtest 'a profile ends at its time, though cached' => sub {
    my $gate = gate($redis->url);
    my ($until, $answer);
    for my $seconds (2, 4, 8) {    # a later time for a machine that stood still until the first one
        $until = CORE::time() + $seconds * $GGI::Slow::FACTOR;
        put($redis, $oin, profile($oin, 6, until => POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $until)));
        publish($redis, $oin);
        $gate->wait_for(
            sub { ($answer = $gate->call('/x'))->{status} == 200 || CORE::time() >= $until },
            'the profile');
        last if CORE::time() < $until;
    }
    allowed($answer, 'valid');
    $gate->wait_for(sub { $gate->call('/x')->{status} == 403 }, 'the end', 20);
    cmp_ok CORE::time(), '>=', $until, 'until then';
    refused($gate->call('/x'), 403, 'profile_expired', 'not any more');
    put($redis, $oin, profile($oin, 7));
    publish($redis, $oin);
    $gate->stop;
};

subtest 'a thousand calls at once cost one GET' => sub {
    my $gate = gate($redis->url, workers => 2, zone => 'profielen:1m ttl=60s');
    $gate->subscribed;
    my $before = $redis->calls('get');
    said($_) for map { $gate->begin('/[1-250]', '--http2', '--parallel', '--parallel-max', 100) } 1 .. 4;
    is scalar(my @all = grep { $_ eq 'allowed' } verdicts($gate->since(1000, 1000))), 1000, 'all allowed';
    is $redis->calls('get') - $before, 1, 'one GET';
    $gate->stop;
};

subtest 'ttl: asked for again before a call has to wait' => sub {
    my $gate = gate($redis->url, zone => 'profielen:1m ttl=1s negative_ttl=1s');
    my $before = $redis->calls('get');
    my $start = time;
    my ($n, $gets) = (0, 0);
    while (time < $start + 3 || (($n <= 20 || $gets < 3) && time < $start + 60)) {
        $n += $gate->call('/x')->{status} == 200;
        $gets = $redis->calls('get') - $before;
        sleep 0.05;
    }
    my $seconds = time - $start;
    cmp_ok $n, '>', 20, "$n calls";
    ok $gets >= 3 && $gets <= 2 * $seconds, sprintf '%d GETs in %.1f seconds', $gets, $seconds;
    $gate->stop;
};

subtest 'Redis stopped, and started again' => sub {
    my $own = GGI::Redis->new;
    put($own, $oin, profile($oin, 1));
    my $gate = gate($own->url, zone => 'profielen:1m ttl=1s stale=6s', allow_errors => []);
    allowed($gate->call('/x'), 'up');
    $own->stop('KILL');
    $gate->connected(0);
    for my $when ('down', 'down, past its ttl') {
        sleep 1.1 if $when ne 'down';
        my $took = least(
            1,
            sub {
                $gate->mark;
                return $gate->took(sub { allowed($gate->call('/x'), "$when: a cached profile serves") });
            });
        cmp_ok $took, '<', 1, 'at once: it does not wait for Redis, whose timeout is 5 s';
        my ($decision) = decisions($gate->since(1, 1));
        like $decision->{attributes}{'ggi.profiel.stale_ms'}, qr/^\d+$/,
            'the record says that it is stale, and how old';
    }
    my $answer = $gate->call('/x', { as => [$pki->client('unknown')] });
    refused($answer, 503, 'profile_unavailable', 'no other organisation is let in');
    is $answer->{headers}{'retry-after'}, 5, 'Retry-After';
    $gate->wait_for(sub { $gate->call('/x')->{status} == 503 }, 'the bound');
    refused($gate->call('/x'), 503, 'profile_unavailable', 'nor this one past its bound');
    $own->start;
    $gate->wait_for(sub { $gate->call('/x')->{status} == 403 }, 'the new Redis, which is empty');
    refused($gate->call('/x'), 403, 'profile_not_found', 'an empty Redis has no profile, whatever was cached');
    put($own, $oin, profile($oin, 2));
    publish($own, $oin);
    $gate->wait_for(sub { $gate->call('/x')->{status} == 200 }, 'the new profile');
    allowed($gate->call('/x'), 'back to normal');
    $gate->stop;
};

subtest 'Redis that hangs' => sub {
    my $own = GGI::Redis->new;
    put($own, $oin, profile($oin, 1));
    my $gate = gate($own->url . ' timeout=1s', zone => 'profielen:1m ttl=1s stale=1m');
    allowed($gate->call('/x'), 'up');
    $own->signal('STOP');
    sleep 1.2;
    for my $n (1 .. 5) {
        my $took = least(
            2,
            sub {
                $gate->took(sub { allowed($gate->call('/x'), "stopped, call $n") });
            });
        cmp_ok $took, '<', 2, 'waits no longer than its time-out';
    }
    my %unknown = (as => [$pki->client('unknown')]);
    my $nobody = sub { refused($gate->call('/x', \%unknown), 503, 'profile_unavailable', 'nobody else') };
    my $took = least(2, sub { $gate->took($nobody) });
    cmp_ok $took, '<', 2, 'within the time-out';
    # a change while it hangs is seen when it goes on
    $own->signal('CONT');
    $own->cli('del', "ggi:profiel:$oin");
    $gate->wait_for(sub { $gate->call('/x')->{status} == 403 }, 'the change');
    refused($gate->call('/x'), 403, 'profile_not_found', 'a change that was not told of is found on reconnecting');
    $gate->stop;
};

subtest 'AUTH, SELECT, ACL' => sub {
    my $own = GGI::Redis->new(
        options => [
            '--requirepass', 'p@ss:w/rd', '--user',
            qw(gate on >gate-pass ~ggi:* &ggi:* +get +hmget +auth +subscribe +ping +select)],
        cli => ['-a', 'p@ss:w/rd', '--no-auth-warning', '-n', 2]);
    put($own, $oin, profile($oin, 1));
    my $port = $own->port;
    for my $case (
        ['redis://:p%40ss%3aw%2frd@127.0.0.1:' . $port . '/2', 200],
        ['redis://gate:gate-pass@127.0.0.1:' . $port . '/2', 200],
        ['unix://gate:gate-pass@' . $own->dir . '/socket?db=2', 200],
        ['redis://gate:gate-pass@127.0.0.1:' . $port . '/1', 503, qr/no data set: .* by "ggictl profiel load"/],
        ['redis://gate:wrong@127.0.0.1:' . $port . '/2', 503], ['redis://127.0.0.1:' . $port . '/2', 503]
    ) {
        my ($url, $status, $missing) = @$case;
        my $gate = gate($url, allow_errors => [$missing // ()]);
        if ($status == 503) {
            my $why = $missing // qr/redis 127\.0\.0\.1:$port refuses (?:WRONGPASS|NOAUTH)/;
            ok $gate->wait_for(sub { $gate->read('logs/error.log') =~ $why }, 'the reason'), 'the log says why';
        }
        else {
            $gate->connected;
        }
        is $gate->call('/x')->{status}, $status, "$status with " . ($url =~ s/127.*//r);
        unlike $gate->read('logs/error.log'), qr/gate-pass|wrong|p\@ss|p%40/, 'no password in the log';
        $gate->stop;
    }
};

subtest 'TLS' => sub {
    my $dir = $pki->dir;
    $pki->leaf('elsewhere', '--san', 'DNS:elsewhere');
    my $own = GGI::Redis->with_tls($pki, 'server');
    my $port = $own->tls_port;
    put($own, $oin, profile($oin, 1));
    for my $case (
        ["rediss://localhost:$port/0 ca=$dir/roots.pem", 200, ''],
        ["rediss://localhost:$port/0", 503, 'does not verify'],
        ["rediss://127.0.0.2:$port/0 ca=$dir/roots.pem", 503, 'connect'],
        ["redis://localhost:$port/0", 503, 'closed']
    ) {
        my ($url, $status, $message) = @$case;
        my $gate = gate($url);
        $gate->connected if $status == 200;
        is $gate->call('/x')->{status}, $status, "$status with $url";
        ok $gate->wait_for(sub { $gate->read('logs/error.log') =~ /redis .*$message/ }, 'the reason'),
            'the log says why'
            if $message;
        $gate->stop;
    }
    $pki->leaf('six', '--san', 'DNS:127.0.0.1,IP:::1');
    my ($other, $six) =
        (GGI::Redis->with_tls($pki, 'elsewhere'), GGI::Redis->with_tls($pki, 'six', '--bind', '127.0.0.1', '::1'));
    put($six, $oin, profile($oin, 1));
    for my $case (
        [   'localhost', $other, 503,
            qr/redis localhost:\d+ over TLS \(127\.0\.0\.1:\d+\) has a certificate of another name: hostname mismatch/i
        ],
        [   '127.0.0.1', $other, 503,
            qr/redis 127\.0\.0\.1:\d+ over TLS has a certificate of another name: IP address mismatch/i],
        ['127.0.0.1', $own, 200], ['[::1]', $six, 200],
        ['127.0.0.1', $six, 503, qr/IP address mismatch/i],    # an address as a DNS name is no address
    ) {
        my ($host, $server, $status, $message) = @$case;
        my $gate = gate("rediss://$host:" . $server->tls_port . "/0 ca=$dir/roots.pem");
        $gate->connected if $status == 200;
        is $gate->call('/x')->{status}, $status, "$status at $host with a certificate of " . $server->{certificate};
        ok $gate->wait_for(sub { $gate->read('logs/error.log') =~ $message }, 'the reason'), 'the log says why'
            if $message;
        $gate->stop;
    }
};

subtest 'the name that is sent to a TLS server is none for an address' => sub {
    my $dir = $pki->dir;
    for my $host ('localhost', '127.0.0.1') {
        my $port = GGI::Port::free();
        my $log = $dir . "/handshakes.$port";
        pipe my $input, my $open or die;    # s_server ends at the end of its input
        my $server = GGI::Child->command(
            { in => $input, out => $log },
            'openssl', 's_server', '-accept', "127.0.0.1:$port", '-cert', "$dir/server.pem", '-key', "$dir/server.key",
            '-tlsextdebug');
        my $gate = gate("rediss://$host:$port ca=$dir/roots.pem timeout=100ms");
        my $text = '';
        $gate->wait_for(
            sub {
                $text = -e $log ? do { open my $in, '<', $log; local $/; <$in> } : '';
                $text =~ /signature algorithms/;
            },
            'a handshake');
        $gate->stop;
        $server->stop;
        like $text, qr/TLS client extension/, "a handshake with $host";
        is $text =~ /server name/ ? 1 : 0, $host eq 'localhost' ? 1 : 0, 'and its name';
    }
};

subtest 'a server that asks for a client certificate' => sub {
    my $dir = $pki->dir;
    my $own = GGI::Redis->with_tls($pki, 'server', '--tls-auth-clients', 'yes');
    my $older = GGI::Redis->with_tls($pki, 'server', '--tls-auth-clients', 'yes', '--tls-protocols', 'TLSv1.2');
    put($_, $oin, profile($oin, 1)) for $own, $older;
    $pki->leaf('gate', '--oin', $oin);
    $pki->leaf('stranger', '--ca', 'self');
    my $files = sub {
        my ($name) = @_;
        return "cert=$dir/$name.pem key=$dir/$name.key";
    };
    my $asks = 'asks for a client certificate, which "cert=" and "key=" name:';
    my $refuses = 'does not accept the client certificate of "cert=":';
    for my $case (
        [$own, $files->('gate'), 200],
        [$own, '', 503, $asks], [$own, $files->('stranger'), 503, $refuses],
        [$older, $files->('gate'), 200],
        [$older, '', 503, $asks], [$older, $files->('stranger'), 503, $refuses],
    ) {
        my ($server, $named, $status, $message) = @$case;
        my $port = $server->tls_port;
        my $gate = gate("rediss://127.0.0.1:$port/0 ca=$dir/roots.pem $named");
        $gate->connected if $status == 200;
        is $gate->call('/x')->{status}, $status, "$status with " . ($named || 'none');
        like $gate->read('logs/error.log'), qr/\[error\].* redis 127\.0\.0\.1:$port over TLS \Q$message\E \w/,
            'the log says why'
            if $message;
        $gate->stop;
    }
    my $gate = GGI::Gate->new(
              redis => 'rediss://127.0.0.1:'
            . $own->tls_port
            . "/0 ca=$dir/roots.pem cert=%%PREFIX%%/used.pem "
            . 'key=%%PREFIX%%/used.key',
        pki => $pki, allow_errors => [qr/key values mismatch|cannot be used/]);
    my $use = sub {
        my ($name) = @_;
        $gate->write("used.$_", GGI::Folder::content("$dir/$name.$_")) for qw(pem key);
    };
    $use->('stranger');
    $gate->start;
    refused($gate->call('/x'), 503, 'profile_unavailable', 'before it is renewed');
    $use->('gate');
    refused($gate->call('/x'), 503, 'profile_unavailable', 'before a reload');
    $gate->reload;
    $gate->connected;
    allowed($gate->call('/x'), 'a reload takes the renewed one');
    $use->('stranger');
    $gate->write('used.key', GGI::Folder::content("$dir/gate.key"));
    my ($good, $said) = $gate->test_configuration;
    ok !$good, 'a key of another certificate is an error of nginx -t';
    $gate->signal('HUP');
    $gate->wait_for(
        sub { $gate->read('logs/error.log') =~ /"cert=\S+used\.pem" and .* cannot be used/ },
        'the message');
    $own->cli(qw(client kill type normal));
    $gate->connected;
    allowed($gate->call('/x'), 'and a reload with it changes nothing');
    $gate->stop;
};

my $at = $pki->leaf('gate', '--oin', $oin);
system('openssl', 'pkey', '-in', "$at.key", '-aes256', '-passout', 'pass:x', '-out', "$at.secret.key") == 0 or die;

for my $case (
    ['ggi_autorisatie_redis http://x;', qr/invalid redis URL: URL: expected redis/],
    ['ggi_autorisatie_redis redis://;', qr/invalid redis URL: URL: expected host/],
    ['ggi_autorisatie_redis redis://secret@host/;', qr/invalid redis URL: URL: expected user:password@/],
    [   'ggi_autorisatie_redis rediss://::1;',
        qr/invalid redis URL: URL: expected host or host:port, an IPv6 address in brackets/],
    ['ggi_autorisatie_redis redis://[::x];', qr/an IPv6 address in brackets/],
    ['ggi_autorisatie_redis redis://127.0.0.1/x;', qr/invalid redis URL: URL: expected the number/],
    ['ggi_autorisatie_redis redis://127.0.0.1 timeout=0;', qr/invalid parameter "timeout=0"/],
    ['ggi_autorisatie_redis redis://127.0.0.1 ca=x;', qr/invalid parameter "ca=x"/],
    [   'ggi_autorisatie_redis rediss://127.0.0.1 ca=/nonexistent;',
        qr{certificates of "ca=/nonexistent" in "ggi_autorisatie_redis" cannot be used: expected a file}],
    [   'ggi_autorisatie_redis sentinel://127.0.0.1/mymaster sentinel_user=x;',
        qr/"ggi_autorisatie_redis" has "sentinel_user=" without "sentinel_password="/],
    ['ggi_autorisatie_redis redis://127.0.0.1 sentinel_user=x;', qr/invalid parameter "sentinel_user=x"/],
    ['ggi_autorisatie_redis redis://127.0.0.1 cert=x key=x;', qr/invalid parameter "cert=x"/],
    [   "ggi_autorisatie_redis rediss://127.0.0.1 cert=$at.pem;",
        qr/"ggi_autorisatie_redis" has "cert=" without "key=": expected both, or none of them/],
    ["ggi_functie_redis rediss://127.0.0.1 key=$at.key;", qr/"ggi_functie_redis" has "key=" without "cert="/],
    [   "ggi_functie_redis rediss://127.0.0.1 cert=/nonexistent key=$at.key;",
        qr{cannot load certificate "/nonexistent": .*No such file.*"cert=/nonexistent" and "key=\Q$at\E.key" in }s
            . qr/"ggi_functie_redis" cannot be used: expected a file with a client certificate and those of its CAs/],
    [   "ggi_autorisatie_redis rediss://127.0.0.1 cert=$at.pem key=/nonexistent;",
        qr{cannot load certificate key "/nonexistent": .*No such file.* in "ggi_autorisatie_redis" cannot be used}s],
    [   "ggi_autorisatie_redis rediss://127.0.0.1 cert=$at.pem key=@{[ $pki->dir ]}/issuing.key;",
        qr/key values mismatch.* in "ggi_autorisatie_redis" cannot be used: .* its own private key/s],
    [   "ggi_autorisatie_redis rediss://127.0.0.1 cert=$at.pem key=$at.secret.key;",
        qr/cannot load certificate key .* private key without a passphrase, in PEM/s],
    [   'ggi_autorisatie_redis redis://no.such.host.invalid;',
        qr/"ggi_autorisatie_redis" names server "no.such.host.invalid", which cannot be found: host not found in /],
    [   'limit_req_zone $ggi_oin zone=profielen:1m rate=1r/s; ggi_autorisatie_zone profielen:1m;',
        qr/zone "profielen" is already declared for a different use in /],
    ['ggi_autorisatie_zone profielen;', qr/invalid zone "profielen"/],
    ['ggi_autorisatie_zone profielen:1k;', qr/invalid size/],
    ['ggi_autorisatie_zone profielen:1m ttl=x;', qr/invalid parameter "ttl=x"/],
    ['ggi_autorisatie_redis redis://127.0.0.1; ggi_autorisatie_redis redis://127.0.0.1;', qr/is duplicate/],
) {
    GGI::Nginx->refuses($case->[0], qr/$case->[1].*nginx\.conf:\d+/s, http => $case->[0]);
}

done_testing;
