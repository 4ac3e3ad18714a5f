# SPDX-License-Identifier: EUPL-1.2
# A TLS session that was made at a server without a dienst, with the same certificate, CA names, session cache and
# ticket key, does not vouch for its client at a dienst: there the handshake is a full one, and the certificate is
# judged by the dienst's trust.
use strict;
use warnings;

use Test::More;

use GGI::Gate;
use GGI::Pki;
use GGI::Preload;

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

sub gateway {
    my ($sessions, $where, $crl) = @_;
    my ($http, $server) = $where eq 'http' ? ($sessions, '') : ('', $sessions);
    my @quic = map { $http3 ? "listen 127.0.0.1:$_ quic reuseport; keepalive_timeout 3s;" : '' } '%%PORT%%',
        '%%PORT3%%';
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
        location / { return 200 "\$ssl_client_verify \$ssl_session_reused"; }
    }
    server {
        listen 127.0.0.1:%%PORT%% ssl http2;
        server_name portal;
        @{[ $pki->server ]}
        ssl_verify_depth 3;
        $server
        location / { return 200 portal; }
    }
HTTP
}

# What openssl s_client says of a connection and of one call by it.
sub call {
    my ($port, $name, $version, @options) = @_;
    my $request = join '\r\n', 'GET /x HTTP/1.1', 'Host: localhost', $GGI::Gate::CLAIM, 'Connection: close', '', '';
    my ($sni) = grep {/^-servername/} @options;
    push @options, '-servername localhost' unless $sni;
    push @options, "-cert $leaf{$name}.crt -cert_chain $leaf{$name}.pem -key $leaf{$name}.key";
    my $client = "timeout 60 openssl s_client -ign_eof -connect 127.0.0.1:$port -$version @options";
    return scalar qx(printf '$request' | $client 2>&1);
}

my $session = "$dir/session";

# A session of the neighbour's, offered to the dienst.
sub attack {
    my ($gate, $name, $version) = @_;
    my ($dienst, $neighbour) = ($gate->port, $gate->port(3));
    unlink $session;
    my $first = call($neighbour, $name, $version, "-sess_out $session");
    like $first, qr/^SUCCESS \./m, 'the other port verifies it and gives a session';
    my $second = call($dienst, $name, $version, "-sess_in $session");
    unlike $second, qr/^Reused/m, 'which the dienst does not resume';
    like $second, qr/^New, TLS/m, 'but makes a handshake';
    like $second, qr{^HTTP/1.1 403 }m, 'that has the call refused';
    like $second, qr/urn:ggi:problem:$attack{$name}[1]"/, "as $attack{$name}[1]";
    like call($neighbour, $name, $version, "-sess_in $session"), qr/^SUCCESS r/m, 'the other port resumes it';
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
    unlink $session, "$session.tp";
    call_http3($dienst, $name);
    ok !-s $session, 'and gives no session of its own';
    return;
}

sub no_harm {
    my ($gate, $version) = @_;
    my ($dienst, $neighbour) = ($gate->port, $gate->port(3));
    unlink $session;
    like call($neighbour, 'good', $version, "-sess_out $session"), qr/^SUCCESS \./m, 'a session of the other port';
    my $second = call($dienst, 'good', $version, "-sess_in $session");
    like $second, qr/^New, TLS.*^HTTP\/1.1 200 /ms, 'leads to a full handshake and to the API';
    for my $sni ('localhost', 'portal') {
        unlink $session;
        call($dienst, 'good', $version, "-servername $sni", "-sess_out $session");
        for my $port (-s $session ? ($dienst, $neighbour) : ()) {
            my $again = call($port, 'good', $version, "-servername $sni", "-sess_in $session");
            unlike $again, qr/^Reused/m, "$sni, on the address of the dienst, gives none";
        }
    }
    return;
}

for my $where ('http', 'server') {
    for my $tickets (sort keys %sessions) {
        for my $name (sort keys %attack) {
            my $gate = gateway($sessions{$tickets}, $where, $attack{$name}[0])->start;
            for my $version ('tls1_2', 'tls1_3') {
                subtest "$name, $version, $tickets, in $where" => sub { attack($gate, $name, $version) };
                subtest "a good one, $version, $tickets, in $where" => sub { no_harm($gate, $version) };
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

/* Another module, or an OpenSSL of its own mind: what takes resumption away does nothing. */

typedef SSL_SESSION *(*get_cb_pt)(SSL *, const unsigned char *, int, int *);

void SSL_CTX_sess_set_get_cb(SSL_CTX *ctx, get_cb_pt cb)
{
    if (cb) {
        ((void (*)(SSL_CTX *, get_cb_pt)) dlsym(RTLD_NEXT, "SSL_CTX_sess_set_get_cb"))(ctx, cb);
    }
}

int SSL_CTX_set_session_id_context(SSL_CTX *ctx, const unsigned char *id, unsigned len)
{
    return 1;
}

SSL *SSL_new(SSL_CTX *ctx)
{
    SSL  *ssl = ((SSL *(*)(SSL_CTX *)) dlsym(RTLD_NEXT, "SSL_new"))(ctx);

    if (ssl) {
        SSL_set_session_id_context(ssl, (const unsigned char *) "one", 3);
    }

    return ssl;
}
C
    my $gate = gateway($sessions{'no tickets'}, 'http', '');
    {
        local $ENV{LD_PRELOAD} = $resuming->path;
        $gate->start;
    }
    for my $version ('tls1_2', 'tls1_3') {
        for my $name ('good', 'stranger') {
            unlink $session;
            call($gate->port(3), $name, $version, "-sess_out $session");
            my $second = call($gate->port, $name, $version, "-sess_in $session");
            like $second, qr/^Reused.*^HTTP\/1.1 403 .*:certificate_untrusted"/ms, "$name, $version: is refused";
        }
    }
    my $why = qr/\[error\].*not\ verified\ in\ the\ handshake\ of\ this\ connection,\ whose\ session\ was
            \ resumed:\ its\ calls\ are\ refused/x;
    is scalar(() = $gate->read('logs/error.log') =~ /$why/g), 4, 'the error log says why, once per connection';
    is $gate->api_calls, 0, 'the API saw nothing';
    $gate->stop;
};

done_testing;
