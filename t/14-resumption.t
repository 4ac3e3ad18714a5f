# SPDX-License-Identifier: EUPL-1.2
# A TLS session that was made at a server without a dienst, with the same certificate, CA names, session cache and
# ticket key, does not vouch for its client at a dienst: its certificate is judged by the dienst's trust. What else has
# to do with sessions: settings that are refused, and servers that share an address with a dienst.
use strict;
use warnings;

use Test::More;

use GGI::Gate;
use GGI::Pki;
use GGI::Preload;
use GGI::Slow ();
use GGI::Tls qw(tls_call);

my $pki = GGI::Pki->new;
my $stranger = GGI::Pki->new;
my $oin = $GGI::Gate::OIN;
my $dir = $pki->dir;

my %leaf = (
    good => $pki->leaf('good', '--oin', $oin),
    revoked => $pki->leaf('revoked', '--oin', $oin),
    stranger => $stranger->leaf('stranger', '--oin', $oin),
);
my %attack = (
    revoked => ["ssl_crl $dir/all.crl;", 'certificate_revoked'],
    stranger => ['', 'certificate_untrusted'],
);
$pki->run('revoke', 'revoked');
$pki->run('crls', "$dir/crl");
qx(cat $dir/crl/*.crl > $dir/all.crl; head -c 80 /dev/urandom > $dir/ticket.key);

# What the dienst's server and its neighbours say of sessions, in http or in each server.
my %sessions = (
    tickets => "ssl_session_cache shared:sessions:1m; ssl_session_ticket_key $dir/ticket.key;",
    'no tickets' => 'ssl_session_cache shared:sessions:1m; ssl_session_tickets off;',
);

# HTTP/3, where nginx has it, and a client that resumes a session of it: gtlsclient, of ngtcp2.
my $http3 = qx($GGI::Nginx::BINARY -V 2>&1) =~ /--with-http_v3_module/ && !system 'command -v gtlsclient > /dev/null';

# A gateway, a neighbour that trusts the stranger too, and two servers at the address of the gateway: one with its
# trust, and one that lets every certificate in.
sub gateway {
    my ($sessions, $where, $crl) = @_;
    my ($http, $server) = $where eq 'http' ? ($sessions, '') : ('', $sessions);
    my @quic = map { $http3 ? "listen 127.0.0.1:$_ quic reuseport; keepalive_timeout 3s;" : '' } '%%PORT%%',
        '%%PORT3%%';
    my $says = '"$ssl_client_verify $ssl_session_reused"';
    return GGI::Gate->new(
        pki => $pki, workers => 3, server => "$server server_name localhost; $crl $quic[0]",
        more => <<"HTTP");
    $http
    server {
        listen 127.0.0.1:%%PORT3%% ssl;
        $quic[1]
        server_name localhost;
        @{[ $pki->server ]}
        ssl_verify_depth 3;
        ssl_trusted_certificate @{[ $stranger->dir ]}/roots.pem;
        $server
        location / { return 200 $says; }
    }
    server {
        listen 127.0.0.1:%%PORT%% ssl http2;
        server_name portal;
        @{[ $pki->server ]}
        ssl_verify_depth 3;
        $server
        location / { return 200 $says; }
    }
    server {
        listen 127.0.0.1:%%PORT%% ssl http2;
        server_name lenient;
        @{[ $pki->server =~ s/optional;/optional_no_ca;/r ]}
        $server
        location / { return 200 $says; }
    }
HTTP
}

my $session = "$dir/session";

# A session of the neighbour's, offered to the dienst.
sub attack {
    my ($gate, $name, $version) = @_;
    my ($dienst, $neighbour) = ($gate->port, $gate->port(3));
    my @as = (leaf => $leaf{$name}, version => $version, sni => 'localhost');
    unlink $session;
    like tls_call($neighbour, @as, keep => $session)->{body}, qr/^SUCCESS \./,
        'the other port verifies it and gives a session';
    my $second = tls_call($dienst, @as, take => $session);
    ok !$second->{reused}, 'which the dienst does not resume';
    like $second->{text}, qr/^New, TLS/m, 'but makes a handshake';
    is "$second->{status} $second->{reason}", "403 $attack{$name}[1]", 'that has the call refused';
    like tls_call($neighbour, @as, take => $session)->{body}, qr/^SUCCESS r/, 'the other port resumes it';

    # the dienst gives such a client a session, and is not misled by it
    for my $sni ('localhost', 'portal', 'lenient') {
        unlink $session;
        tls_call($dienst, @as, sni => $sni, keep => $session);
        next unless -s $session;
        for my $to (undef, 'localhost', 'portal', 'lenient') {
            my $again = tls_call($dienst, @as, sni => $to, take => $session, host => 'localhost');
            isnt $again->{status}, 200, "with a session of $sni, by the handshake of " . ($to // 'no name');
        }
    }
    return;
}

# A call over HTTP/3: the status and what can be read of the body.
sub call_http3 {
    my ($port, $name) = @_;
    my @files =
        ("--session-file=$session", "--tp-file=$session.tp", "--key=$leaf{$name}.key", "--cert=$leaf{$name}.pem");
    my @options = ('--quiet', '--disable-early-data', '--exit-on-all-streams-close', "--download=$dir", @files);
    my $out = qx(timeout 20 gtlsclient @options 127.0.0.1 $port https://localhost:$port/x 2>&1);
    open my $body, '<', "$dir/x" or return $out;
    unlink "$dir/x";
    return join '', <$body>;
}

sub attack_http3 {
    my ($gate, $name) = @_;
    my ($dienst, $neighbour) = ($gate->port, $gate->port(3));
    unlink $session, "$session.tp";
    like call_http3($neighbour, $name), qr/^SUCCESS \./, 'the other port verifies it and gives a session';
    like call_http3($neighbour, $name), qr/^SUCCESS r/, 'and resumes it';
    like call_http3($dienst, $name), qr/urn:ggi:problem:$attack{$name}[1]"/, "the dienst refuses as $attack{$name}[1]";
    like call_http3($dienst, $name), qr/urn:ggi:problem:$attack{$name}[1]"/, 'and again, with its own session';
    return;
}

sub no_harm {
    my ($gate, $version) = @_;
    my ($dienst, $neighbour) = ($gate->port, $gate->port(3));
    my @as = (leaf => $leaf{good}, version => $version, sni => 'localhost');
    unlink $session;
    like tls_call($neighbour, @as, keep => $session)->{body}, qr/^SUCCESS \./, 'a session of the other port';
    my $second = tls_call($dienst, @as, take => $session);
    is "$second->{status} $second->{reused}", '200 0', 'leads to a full handshake and to the API';
    return;
}

# The sessions of each server at the address of the dienst are resumed there.
sub resumed {
    my ($gate, $version) = @_;
    my @as = (leaf => $leaf{good}, version => $version);
    $gate->by_worker(
        1,
        sub {
            for my $sni ('localhost', 'portal') {
                unlink $session;
                tls_call($gate->port, @as, sni => $sni, keep => $session);
                my $again = tls_call($gate->port, @as, sni => $sni, take => $session, keep => $session);
                is "$again->{status} $again->{reused}", '200 1', "$sni resumes its session";
                $again = tls_call($gate->port, @as, sni => $sni, take => $session);
                is "$again->{status} $again->{reused}", '200 1', 'and one that was resumed before';
            }
            unlink $session;
            tls_call($gate->port, version => $version, sni => 'portal', keep => $session);
            my $again = tls_call($gate->port, version => $version, sni => 'portal', take => $session);
            is $again->{body}, 'NONE r', 'the portal resumes one of a client without certificate';
            $again = tls_call($gate->port, version => $version, host => 'localhost', take => $session);
            my $refused = $version eq 'tls1_2' ? '421 ' : '403 certificate_missing';   # 421: nginx knows the name in it
            is "$again->{status} $again->{reason}", $refused, 'which gives nobody a name at the dienst';
            @as = (leaf => $leaf{stranger}, version => $version);
            unlink $session;
            tls_call($gate->port, @as, sni => 'lenient', keep => $session);
            $again = tls_call($gate->port, @as, sni => 'lenient', take => $session);
            like $again->{body}, qr/^FAILED:.* r$/, 'a server that takes every certificate resumes a bad one';
        });
    return;
}

for my $where ('http', 'server') {
    for my $tickets (sort keys %sessions) {
        for my $name (sort keys %attack) {
            my $gate = gateway($sessions{$tickets}, $where, $attack{$name}[0])->start;
            for my $version ('tls1_2', 'tls1_3') {
                subtest "$name, $version, $tickets, in $where" => sub { attack($gate, $name, $version) };
                subtest "a good one, $version, $tickets, in $where" => sub { no_harm($gate, $version) };
                subtest "sessions of its own, $version, $tickets, in $where" => sub { resumed($gate, $version) };
            }
            subtest "$name, HTTP/3, $tickets, in $where" => sub {
                plan skip_all => 'this nginx has no HTTP/3, or there is no gtlsclient' unless $http3;
                attack_http3($gate, $name);
            };
            $gate->stop;
        }
    }
}

subtest 'a session that is resumed all the same' => sub {
    plan skip_all => 'has no place before the sanitizer' unless GGI::Preload::possible();
    my $resuming = GGI::Preload->new(<<'C');
#include <openssl/ssl.h>

/* Another module, or an OpenSSL of its own mind: what lets the gate decide does nothing. */

typedef SSL_SESSION *(*get_cb_pt)(SSL *, const unsigned char *, int, int *);
typedef SSL_TICKET_RETURN (*dec_cb_pt)(SSL *, SSL_SESSION *, const unsigned char *, size_t, SSL_TICKET_STATUS, void *);

void SSL_CTX_sess_set_get_cb(SSL_CTX *ctx, get_cb_pt cb)
{
    if (SSL_CTX_sess_get_get_cb(ctx) == NULL) {
        ((void (*)(SSL_CTX *, get_cb_pt)) dlsym(RTLD_NEXT, "SSL_CTX_sess_set_get_cb"))(ctx, cb);
    }
}

int SSL_CTX_set_session_ticket_cb(SSL_CTX *ctx, SSL_CTX_generate_session_ticket_fn gen, dec_cb_pt dec, void *arg)
{
    return 1;
}
C
    for my $tickets (sort keys %sessions) {
        my $gate = gateway($sessions{$tickets}, 'http', '');
        {
            local $ENV{LD_PRELOAD} = $resuming->path;
            $gate->start;
        }
        for my $version ('tls1_2', 'tls1_3') {
            for my $name ('good', 'stranger') {
                my @as = (leaf => $leaf{$name}, version => $version, sni => 'localhost');
                unlink $session;
                tls_call($gate->port(3), @as, keep => $session);
                my $second = tls_call($gate->port, @as, take => $session);
                is "$second->{reused} $second->{status} $second->{reason}", '1 403 certificate_untrusted',
                    "$name, $version, $tickets: is refused";
            }
        }
        my %told;
        $told{$_}++ for $gate->read('logs/error.log') =~ /^.*?\[error\]\ (\d+)\#.*not\ verified\ in\ the\ handshake\ of
                \ this\ connection,\ whose\ session\ was\ resumed\ and\ does\ not\ name\ its\ CAs:\ its\ calls\ are
                \ refused\ \(messages\ left\ out:\ 0\)/mgx;
        ok %told && !grep({ $_ > 1 } values %told), 'the error log says why, once a worker in a minute'
            or diag explain \%told;
        is $gate->api_calls, 0, 'the API saw nothing';
        $gate->stop;
    }
};

# What nginx -t says of a gateway, and of a server at its address or at another.
sub tested {
    my ($gateway, $portal, $port) = @_;
    my $gate = GGI::Gate->new(
        pki => $pki, allow_errors => [qr/./], server => "server_name localhost; $gateway",
        more => "server { listen 127.0.0.1:%%$port%% ssl; server_name portal; @{[ $pki->server ]} $portal }");
    return $gate->test_configuration;
}

subtest 'what no gate could judge is refused by nginx -t' => sub {
    my %refused = (
        'ssl_session_cache builtin;' =>
            qr/"ssl_session_cache\ builtin".*unseen;\ expected\ "shared:NAME:SIZE",\ "none"/x,
        'ssl_session_cache builtin:1000;' => qr/"ssl_session_cache builtin"/,
        'ssl_session_cache builtin:1000 shared:one:1m;' => qr/"ssl_session_cache builtin"/,
        'ssl_early_data on;' => qr/"ssl_early_data\ on".*repeat\ a\ call;\ expected\ "off"/x,
    );
    for my $setting (sort keys %refused) {
        my ($good, $output) = tested($setting, '', 'PORT');
        ok !$good, "$setting in the server of the dienst";
        like $output, qr/\[emerg\] $refused{$setting}.*nginx\.conf:\d+/, 'is refused';
        is scalar(() = $output =~ /\[emerg\]/g), 1, 'once';
        ($good, $output) = tested('', $setting, 'PORT');
        ok !$good, 'in another server of its address';
        like $output, qr/\[emerg\] $refused{$setting}.*nginx\.conf:\d+/, 'is refused';
        ($good) = tested('', $setting, 'PORT3');
        ok $good, 'at another address it stays';
    }
    my ($good) = tested('ssl_session_cache shared:one:1m; ssl_early_data off;', 'ssl_session_cache none;', 'PORT');
    ok $good, 'what a gate can judge is not';
};

subtest 'a session is not resumed for longer than it lasts' => sub {
    for my $version ('tls1_2', 'tls1_3') {
        my $lasts = 4 * $GGI::Slow::FACTOR;
        my $gate = GGI::Gate->new(pki => $pki, server => "ssl_session_timeout $lasts;")->start;
        my @as = (leaf => $leaf{good}, version => $version, keep => $session);
        my $first = time;
        tls_call($gate->port, @as);
        my ($resumed, $full) = (0, 0);
        while (!$full && time < $first + $lasts + 20 * $GGI::Slow::FACTOR) {
            my $again = tls_call($gate->port, @as, take => $session);
            $again->{reused} ? $resumed++ : $full++;
            is $again->{status}, 200, 'a call' if $again->{status} != 200;
            GGI::Slow::sleep(0.5);
        }
        cmp_ok $resumed, '>', 0, "$version: a client resumes a session, also one that came of resuming";
        ok $full && time >= $first + $lasts, 'until its last handshake is too long ago';
        $gate->stop;
    }
};

done_testing;
