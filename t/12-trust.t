# SPDX-License-Identifier: EUPL-1.2
# The trust that counts is that of the dienst's server, whatever server the handshake was made with, as long as its CAs
# are valid, and found once; revocation by OCSP and by parts of a list.
use strict;
use warnings;

use POSIX qw(strftime);
use Test::More;
use Time::HiRes qw(sleep time);

use GGI::Audit qw(decisions);
use GGI::Curl qw(curl);
use GGI::Gate;
use GGI::Kept qw(opened);
use GGI::Port ();
use GGI::Preload;
use GGI::Problem qw(allowed refused);

my $oin = $GGI::Gate::OIN;
my $pki = GGI::Pki->new;

subtest 'another server of the address has another CA' => sub {
    my $other = GGI::Pki->new;
    my $leaf = $other->leaf('impostor', '--oin', $oin);
    my @impostor = ('-k', '--cert', "$leaf.pem", '--key', "$leaf.key", '-H', $GGI::Gate::CLAIM);
    my $gate = GGI::Gate->new(
        pki => $pki, server => 'server_name gate.example;',
        more => GGI::Gate::portal($other, 'ssl_verify_depth 3;'))->start;
    my $port = $gate->port;
    for my $protocol ('--http1.1', '--http2') {
        for my $name ('gate.example', '127.0.0.1', 'unknown.example') {
            refused(
                curl(
                    "https://$name:$port/x", $protocol, '--resolve', "$name:$port:127.0.0.1", @impostor, '-H',
                    'Host: gate.example'),
                403,
                'certificate_untrusted',
                "$protocol, SNI $name");
        }
    }
    is $gate->api_calls, 0, 'the API saw nothing';
    my @caller = $gate->caller_options;
    allowed(
        curl("https://gate.example:$port/x", '-k', '--resolve', "gate.example:$port:127.0.0.1", @caller),
        'a good certificate with SNI');
    is curl("https://127.0.0.1:$port/x", '-k', @caller, '-H', 'Host: gate.example')->{status}, 403,
        'without SNI the portal\'s handshake does not trust it';
    $gate->stop;
};

# A gateway behind a portal.
sub behind_a_portal {
    my ($depth, $more) = @_;
    return GGI::Gate->new(
        pki => $pki, server => 'server_name gate.example;',
        more => ($more // '') . GGI::Gate::portal($pki, $depth));
}

subtest 'a chain with two CAs, by the handshake of a server without a dienst' => sub {
    for my $case (['nothing', ''], ['2', 'ssl_verify_depth 2;'], ['2 in http', '', 'ssl_verify_depth 2;']) {
        my ($name, @depth) = @$case;
        my $gate = behind_a_portal(@depth)->start;
        my $port = $gate->port;
        for my $host ('127.0.0.1', 'unknown.example', 'gate.example') {
            my @options =
                ('--resolve', "$host:$port:127.0.0.1", $gate->caller_options, '-k', '-H', 'Host: gate.example');
            allowed(
                curl("https://$host:$port/x", @options),
                "the portal says $name of the depth, the client calls $host");
        }
        $gate->stop;
    }
    for my $case (['server', 'ssl_verify_depth 1;'], ['http', '', 'ssl_verify_depth 1;']) {
        my ($name, @depth) = @$case;
        my $gate = behind_a_portal(@depth);
        my ($good, $output) = $gate->test_configuration;
        like $output,
            qr/\[warn\].*"ssl_verify_depth\ 1"\ of\ the\ default\ server\ of\ "listen
                \ 127[^"]*".*calls\ to\ dienst\ "brp"\ without\ SNI.*nginx.conf:\d+/x,
            "a depth of 1 in $name is warned of";
        $gate->start;
        refused(
            $gate->call('/x', '-H', 'Host: gate.example'), 403, 'certificate_untrusted',
            "a depth of 1 in $name stays");
        is $gate->call('/x', '-H', 'Host: portal.example')->{status}, 400, 'for the portal itself too';
        $gate->stop;
    }
};

subtest 'another server of the address has the same CA' => sub {
    $pki->leaf($_, '--oin', $oin) for 'good', 'revoked';
    $pki->run('revoke', 'revoked');
    $pki->run('crls', $pki->dir . '/crl');
    qx(cat @{[ $pki->dir ]}/crl/*.crl > @{[ $pki->dir ]}/all.crl);
    for my $crl ("ssl_crl @{[ $pki->dir ]}/all.crl;", '') {
        my $gate = GGI::Gate->new(
            pki => $pki, server => "server_name gate.example; $crl",
            more => GGI::Gate::portal($pki, 'ssl_verify_depth 3;') . ($crl ? '' : "ggi_pkio_crl @{[ $pki->dir ]}/crl;")
        )->start;
        my $port = $gate->port;
        for my $case (['good', 200], ['revoked', 403]) {
            my ($name, $status) = @$case;
            is curl(
                "https://127.0.0.1:$port/x", $pki->client($name), '-H', $GGI::Gate::CLAIM, '-H',
                'Host: gate.example')->{status}, $status, "$name, without SNI, " . ($crl ? 'ssl_crl' : 'ggi_pkio_crl');
        }
        $gate->stop;
    }
};

subtest 'a list in parts' => sub {
    my $parts = GGI::Pki->new;
    my ($one, $two) = ('http://crl.example/1', 'http://crl.example/2');
    $parts->leaf('first', '--oin', $oin, '--crl-point', $one);
    $parts->leaf('second', '--oin', $oin, '--crl-point', $two);
    $parts->leaf('third', '--oin', $oin);
    my $crl = $parts->dir . '/crl';
    my $part = sub {
        local $ENV{GGI_CRL_POINT} = $_[0];
        $parts->run('crls', "$crl.part", 'issuing');
        rename "$crl.part/issuing.crl", "$crl/$_[1].crl" or die;
    };
    $parts->run('crls', $crl, 'root', 'domain');
    $parts->run('revoke', 'first');
    $part->($one, 'one');
    sleep 1.1;
    # the newer part says nothing of the first one
    $parts->run('leaf', 'unrelated');
    open my $in, '<', $parts->dir . '/.work/issuing.txt' or die;
    my $all = do { local $/; <$in> };
    open my $out, '>', $parts->dir . '/.work/issuing.txt' or die;
    print $out join "\n", (grep { !/^R/ } split /\n/, $all), '';
    close $out;
    $part->($two, 'two');
    my $gate = GGI::Gate->new(pki => $parts, more => "ggi_pkio_crl $crl;")->start;
    refused(
        $gate->call('/x', { as => [$parts->client('first')] }), 403, 'certificate_revoked',
        'on the part that it names');
    allowed($gate->call('/x', { as => [$parts->client('second')] }), 'not on the part that it names');
    refused(
        $gate->call('/x', { as => [$parts->client('third')] }), 503, 'revocation_unknown',
        'one that names no part is on none');
    $gate->stop;
};

subtest 'lists that can be read later' => sub {
    plan skip_all => 'root reads what nobody may read' if $> != 0;
    my $late = GGI::Pki->new;
    my $crl = $late->dir . '/crl';
    $late->leaf('bad', '--oin', $oin);
    $late->run('crls', $crl);
    my $gate = GGI::Gate->new(pki => $late, more => "ggi_pkio_crl $crl;")->start;
    allowed($gate->call('/x', { as => [$late->client('bad')] }), 'not revoked');
    $late->run('revoke', 'bad');
    my $mask = umask 0077;
    $late->run('crls', $crl);
    umask $mask;
    ok $gate->wait_for(
        sub { $gate->read('logs/error.log') =~ /Permission denied; those read before are kept/ },
        'the error'),
        'nobody may read them yet';
    sleep 2.5;
    my @said = $gate->read('logs/error.log') =~ m{/crl/(\w+)\.crl: Permission denied}g;
    is_deeply [sort @said], ['domain', 'issuing', 'root'], 'which is said once of each file';
    chmod 0644, glob "$crl/*";
    ok $gate->wait_for(sub { $gate->call('/x', { as => [$late->client('bad')] })->{status} == 403 }, 'the lists'),
        'read as soon as they can be';
    $gate->stop;
};

subtest 'OCSP' => sub {
    my $port = GGI::Port::free();
    my $dir = $pki->dir;
    my $server = GGI::Child->command(
        { out => "$dir/ocsp" },
        'openssl', 'ocsp', '-index', "$dir/.work/issuing.txt", '-port', $port, '-rsigner', "$dir/issuing.crt",
        '-rkey', "$dir/issuing.key", '-CA', "$dir/issuing.crt", '-ndays', 1);
    for (1 .. 500) {
        last if qx(cat $dir/ocsp) =~ /^ACCEPT/m;
        sleep 0.02;
    }
    qx(cat $dir/roots.pem $dir/domain.crt $dir/issuing.crt > $dir/chain.pem);
    for my $case (
        [$port, 'good', 200, undef], [$port, 'revoked', 403, 'certificate_revoked'],
        [GGI::Port::free(), 'good', 503, 'revocation_unknown']
    ) {
        my ($responder, $name, $status, $reason) = @$case;
        my $gate = GGI::Gate->new(
            pki => $pki,
            server =>
                "ssl_ocsp leaf; ssl_ocsp_responder http://127.0.0.1:$responder; ssl_trusted_certificate $dir/chain.pem;"
        )->start;
        my $answer = $gate->call('/x', { as => [$pki->client($name)] });
        $reason ? refused($answer, $status, $reason, $name) : allowed($answer, $name);
        $gate->stop;
    }
    # without SNI the handshake is that of the default server of the address, and the gate asks for the server called
    my $ocsp = "ssl_ocsp leaf; ssl_ocsp_responder http://127.0.0.1:$port; ssl_trusted_certificate $dir/chain.pem;";
    for my $case (
        ['good', ''],
        ['revoked', '', 403, 'certificate_revoked'],
        ['good', $ocsp =~ s/127.0.0.1/localhost/r],
        ['good', $ocsp],
        ['revoked', $ocsp, 403, 'certificate_revoked'],
    ) {
        my ($name, $default, $status, $reason) = @$case;
        my $gate = GGI::Gate->new(
            pki => $pki, server => "server_name gate.example; $ocsp",
            more => GGI::Gate::portal($pki, "ssl_verify_depth 3; $default"))->start;
        my $with = $default =~ s{ssl_trusted.*}{}r;
        my $what = "$name, for a server with OCSP, by a handshake of one with '$with'";
        my $answer = $gate->call('/x', { as => [$pki->client($name)] }, '-H', 'Host: gate.example');
        $reason ? refused($answer, $status, $reason, $what) : allowed($answer, $what);
        $gate->stop;
    }
};

# Makes a hierarchy in which a CA expires after so many seconds, and a gateway; and a call, when it is still valid, on a
# connection of each protocol. Undef: the machine was so slow that it had expired by then.
sub with_expiring_ca {
    my ($ca, $seconds) = @_;
    my $short = GGI::Pki->new;
    my $old = $short->dir . '/issuing.old';
    qx(cp @{[ $short->dir ]}/issuing.crt $old);
    my $until = int(time) + $seconds;
    $short->run(
        'renew', $ca eq 'renewed' ? 'issuing' : $ca, '--not-after',
        strftime('%Y%m%d%H%M%SZ', gmtime $until));
    my $leaf = $short->leaf('caller', '--oin', $oin);
    qx(cat $old >> $leaf.pem) if $ca eq 'renewed';
    my $gate = GGI::Gate->new(pki => $short)->start;
    my (%kept, %first);
    for my $protocol ('http1.1', 'h2') {
        $kept{$protocol} = opened($gate->port, $leaf, $protocol);
        $first{$protocol} = $kept{$protocol}->();
    }
    return { gate => $gate, leaf => $leaf, kept => \%kept, first => \%first, until => $until } if time < $until;
    $gate->stop;
    return;
}

subtest 'a CA that expires on an open connection' => sub {
    my %cases;
    for my $ca ('root', 'domain', 'issuing', 'renewed') {
        for my $seconds (3, 6, 12, 24) {
            $cases{$ca} = with_expiring_ca($ca, $seconds * $GGI::Slow::FACTOR) and last;
        }
        is_deeply $cases{$ca}{first}, { 'http1.1' => '200', h2 => '200' }, "$ca: calls are let in";
    }
    for my $ca (sort keys %cases) {
        my ($gate, $leaf, $kept, $until) = @{ $cases{$ca} }{qw(gate leaf kept until)};
        $gate->wait_for(sub { time > $until + 1 }, 'its end', 30);
        my $second = $ca eq 'renewed' ? '200' : '403 certificate_expired';
        for my $protocol ('http1.1', 'h2') {
            my $what = $second eq '200' ? 'another chain holds' : 'the next call is refused';
            is $kept->{$protocol}->(), $second, "$ca, $protocol: $what";
        }
        my $fresh = $gate->call('/x', { as => ['-k', '--cert', "$leaf.pem", '--key', "$leaf.key"] });
        if ($second eq '200') {
            allowed($fresh, 'as by a new connection');
        }
        else {
            refused($fresh, 403, 'certificate_expired', "$ca: as by a new connection");
            my @records = grep { GGI::Audit::verdict($_) ne 'allowed' } decisions($gate->since(5, 2));
            my @said = map { GGI::Audit::verdict($_) . " of '$_->{body}{'adl.core.request'}{subject}{id}'" } @records;
            is_deeply \@said, [("certificate_expired of 'unknown'") x 3], 'and recorded as that';
        }
        $gate->stop;
    }
};

# One connection without SNI, a call for each host: how often each status was answered.
sub calls_for {
    my ($gate, @hosts) = @_;
    my $leaf = $pki->leaf('good');
    my @requests = map {"GET /x HTTP/1.1\r\nHost: $_\r\n$GGI::Gate::CLAIM\r\n"} @hosts;
    $requests[-1] .= "Connection: close\r\n";
    my $file = $gate->write('requests', join '', map {"$_\r\n"} @requests);
    my $client = "timeout 60 openssl s_client -quiet -noservername -connect 127.0.0.1:" . $gate->port;
    my $out = qx($client -cert $leaf.crt -cert_chain $leaf.pem -key $leaf.key < $file 2>/dev/null);
    my %count;
    $count{$_}++ for $out =~ m{HTTP/1\.1 (\d+)}g;
    return \%count;
}

subtest 'a certificate is verified once for each server that it calls on a connection' => sub {
    my $counted = GGI::Preload::possible() ? GGI::Preload->new(<<'C') : undef;
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include <openssl/x509_vfy.h>

static int  count = -1;

__attribute__((constructor)) static void open_count(void)
{
    count = open(getenv("GGI_COUNT"), O_WRONLY|O_CREAT|O_APPEND, 0666);
}

int X509_verify_cert(X509_STORE_CTX *ctx)
{
    if (write(count, ".", 1) != 1) {
        abort();
    }

    return ((int (*)(X509_STORE_CTX *)) dlsym(RTLD_NEXT, "X509_verify_cert"))(ctx);
}
C
    my @hosts = map {"h$_.example"} 1 .. 12;
    my $others = join '', map { <<"HTTP" } @hosts[1 .. 11];
        server {
            listen 127.0.0.1:%%PORT%% ssl http2;
            server_name $_;
            @{[ $pki->server ]}
            location / { ggi_dienst brp; proxy_pass http://api; }
        }
HTTP
    my $gate = GGI::Gate->new(pki => $pki, server => 'server_name h1.example;', more => $others);
    {
        local $ENV{GGI_COUNT} = $gate->prefix . '/count';
        local $ENV{LD_PRELOAD} = $counted->path if $counted;
        $gate->start;
    }
    my $verified = sub {
        my $before = length $gate->read('count');
        my $got = calls_for($gate, @_);
        return ($got, length($gate->read('count')) - $before);
    };
    my ($got, $times) = $verified->((@hosts[0, 1]) x 20);
    is_deeply $got, { 200 => 40 }, 'two hosts in turn';
    is $times, 2, 'two verifications' if $counted;
    ($got, $times) = $verified->((@hosts[1 .. 8]) x 5);
    is_deeply $got, { 200 => 40 }, 'eight hosts in turn';
    is $times, 8, 'eight verifications' if $counted;
    ($got) = $verified->((@hosts) x 4);
    is_deeply $got, { 200 => 48 }, 'more hosts than are remembered';
    $gate->stop;
};

done_testing;
