# SPDX-License-Identifier: EUPL-1.2
# Requests that nginx gives up before the gates: each has a decision record, request_rejected, with nginx's status.
use strict;
use warnings;

use Test::More;

use GGI::Audit qw(decisions completions records call_records chains_hold);
use GGI::Gate;
use GGI::Problem qw(allowed refused);
use GGI::Raw qw(connect_to raw receive reset_connection taken tls_options);

my $pki = GGI::Pki->new;

# A server without a dienst, by its port, its name, and whether it asks for client certificates.
sub tls_server {
    my ($where, $name, $verify) = @_;
    my $tls = $pki->server =~ s/(ssl_verify_client) optional/$1 $verify/r;
    return "server { listen 127.0.0.1:$where ssl; server_name $name; $tls location / { return 200 open; } } ";
}

my $gate = GGI::Gate->new(
    pki => $pki,
    listen =>
        'listen 127.0.0.1:%%PORT%% ssl http2 default_server; listen 127.0.0.1:%%PORT3%%; listen 127.0.0.1:%%PORT6%%; '
        . 'server_name gate;',
    server => <<'CONF',
        ssl_verify_depth 3;
        client_max_body_size 1k;
        client_header_buffer_size 1k;
        large_client_header_buffers 2 1k;
        ggi_doelbinding off;
        ggi_autorisatie off;
CONF
    locations => <<'CONF',
        error_page 404 /errors/404;
        location /brp/ {
            ggi_dienst brp;
            ggi_pkio off;
            proxy_pass http://api;
        }
        location /limited/ {
            ggi_dienst brp;
            ggi_pkio off;
            limit_except GET {
                deny all;
            }
            proxy_pass http://api;
        }
        location /unaudited/ {
            ggi_dienst brp;
            ggi_pkio off;
            ggi_audit off;
            proxy_pass http://api;
        }
        location /gone {
            error_page 410 /errors/410;
            return 410;
        }
        location /plain/ {
            root %%PREFIX%%;
        }
        location /errors/ {
            return 200 "own page\n";
        }
        location /returns/ {
            ggi_dienst brp;
            ggi_pkio off;
            location /returns/403 { return 403; }
            location /returns/404 { return 404 text; }
            location /returns/200 { return 200 text; }
            location /returns/301 { return 301 /x; }
        }
        location /with-page/ {
            error_page 413 /errors/413;
            ggi_dienst brp;
            ggi_pkio off;
            proxy_pass http://api;
        }
CONF
    more => 'server { listen 127.0.0.1:%%PORT4%%; location / { return 200 other; } } '
        . 'server { listen 127.0.0.1:%%PORT6%% default_server; location / { return 200 default; } } '
        . 'server { listen 127.0.0.1:%%PORT8%%; client_header_timeout 1s; client_body_timeout 1s; location /brp/ { '
        . "ggi_dienst brp; $GGI::Gate::OPEN proxy_pass http://api; } "
        . "location /unaudited/ { ggi_dienst brp; ggi_audit off; $GGI::Gate::OPEN proxy_pass http://api; } } "
        . tls_server('%%PORT%%', 'open', 'off')
        . tls_server('%%PORT7%%', 'open', 'off')
        . tls_server('%%PORT7%%', 'strict', 'on'),
)->start;
my $port = $gate->port(3);

# One request, its status, and one record of it.
sub rejected {
    my ($name, $status, $request, %args) = @_;
    subtest $name => sub {
        $gate->mark;
        my $answer = raw($args{port} // $port, $request, until => qr/\r\n\r\n/, %args);
        my ($came) = $answer =~ m{\AHTTP/1\.1 (\d+)};
        is $came, $args{silent} ? undef : $status, 'answer' or diag $answer;
        my @records = call_records($gate->since(1, 0));
        is scalar @records, 1, 'one record' or return;
        my $response = $records[0]{body}{'adl.core.response'};
        is_deeply $response,
            { decision => JSON::PP::false, context => { reason => 'request_rejected', status => $status } },
            'rejected, with the status';
        my $resource = $records[0]{body}{'adl.core.request'}{resource};
        is $resource->{id}, $args{dienst} // 'unknown', 'the dienst as far as it was known';
        is $resource->{properties}{path}, $args{path}, 'the path likewise';
    };
    return;
}

my $host = "Host: localhost\r\n";
rejected('no HTTP', 400, "nonsense\r\n\r\n");
rejected('an invalid method', 400, "get /brp/x HTTP/1.1\r\n$host\r\n");
rejected('a path that leaves the root', 400, "GET /../../x HTTP/1.1\r\n$host\r\n");
rejected('an encoded NUL', 400, "GET /brp/%00 HTTP/1.1\r\n$host\r\n");
rejected('another version', 505, "GET /brp/x HTTP/3.0\r\n$host\r\n");
rejected('a line that is too long', 414, 'GET /brp/' . 'x' x 2000 . " HTTP/1.1\r\n$host\r\n");
rejected('no Host', 400, "GET /brp/x HTTP/1.1\r\n\r\n", path => '/brp/x');
rejected('two Hosts', 400, "GET /brp/x HTTP/1.1\r\n$host$host\r\n", path => '/brp/x');
rejected(
    'a header that is too large', 400, "GET /brp/x HTTP/1.1\r\n${host}X: " . 'x' x 2000 . "\r\n\r\n",
    path => '/brp/x');
rejected(
    'length and chunks at once', 400,
    "POST /brp/x HTTP/1.1\r\n${host}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", path => '/brp/x');
rejected('an unknown encoding', 501, "POST /brp/x HTTP/1.1\r\n${host}Transfer-Encoding: odd\r\n\r\n", path => '/brp/x');
rejected('TRACE', 405, "TRACE /brp/x HTTP/1.1\r\n$host\r\n", path => '/brp/x');
rejected(
    'a body that is too large', 413, "POST /brp/x HTTP/1.1\r\n${host}Content-Length: 5000\r\n\r\n",
    dienst => 'brp', path => '/brp/x');
rejected(
    'and its own page', 413, "POST /with-page/x HTTP/1.1\r\n${host}Content-Length: 5000\r\n\r\n",
    path => '/with-page/x');
my %impatient = (port => $gate->port(8), silent => 1);
rejected('a time-out in the line', 408, 'GET /brp/', %impatient);
rejected('a time-out in the headers', 408, "GET /brp/x HTTP/1.1\r\nHo", %impatient, path => '/brp/x');

subtest 'a client that goes away in the headers' => sub {
    $gate->mark;
    my $socket = connect_to($port);
    syswrite $socket, "GET /brp/x HTTP/1.1\r\nHo";
    taken($socket);
    reset_connection($socket);
    my ($record) = records($gate->since(1, 0));
    is $record->{body}{'adl.core.response'}{context}{reason}, 'request_rejected';
};

rejected(
    "an answer of \"return\" with $_", $_, "GET /returns/$_ HTTP/1.1\r\n$host\r\n", dienst => 'brp',
    path => "/returns/$_") for 403, 404;

subtest 'over HTTP/2' => sub {
    $gate->mark;
    is $gate->call('/brp/x', $gate->body(5000))->{status}, 413, 'a body that is too large';
    is $gate->call('/brp/x', '-X', 'TRACE')->{status}, 405, 'TRACE';
    my @contexts = map { $_->{body}{'adl.core.response'}{context} } decisions($gate->since(2, 0));
    is_deeply \@contexts, [map { { reason => 'request_rejected', status => $_ } } 413, 405], 'recorded';
};

# nginx does not let a request into a server that asks for client certificates when the handshake named another one.
subtest 'a handshake for another server' => sub {
    my $leaf = $pki->leaf('caller', '--oin', $GGI::Gate::OIN);
    my $as = sub { return [@{ tls_options($leaf) }, SSL_hostname => $_[0]] };
    for my $request ("GET /brp/x HTTP/1.1\r\nHost: gate\r\n\r\n", "GET https://gate/brp/x HTTP/1.1\r\n\r\n") {
        $gate->mark;
        like raw($gate->port, $request, tls => $as->('open'), until => qr/\r\n\r\n/), qr{\AHTTP/1.1 421 },
            'is answered with 421';
        my ($decision, @more) = decisions($gate->since(1, 0));
        is_deeply $decision->{body}{'adl.core.response'}{context}, { reason => 'request_rejected', status => 421 },
            'is recorded, though the server of the handshake has no dienst';
        is $decision->{body}{'adl.core.request'}{resource}{properties}{path}, '/brp/x', 'with the path';
        is scalar @more, 0, 'once';
    }
    $gate->mark;
    like raw($gate->port, "GET / HTTP/1.1\r\nHost: open\r\n\r\n", tls => $as->('open'), until => qr/open/),
        qr{\AHTTP/1.1 200 }, 'a request for the server of the handshake';
    like raw($gate->port(7), "GET / HTTP/1.1\r\nHost: strict\r\n\r\n", tls => $as->('open'), until => qr/\r\n\r\n/),
        qr{\AHTTP/1.1 421 }, 'a misdirected one at an address without a dienst';
    is substr($gate->audit_text, $gate->{marked}), '', 'are not recorded';
};

subtest 'after the gates' => sub {
    $gate->mark;
    my $chunks = "POST /brp/x HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n";
    like raw($port, $chunks . "7d0\r\n" . 'x' x 2000 . "\r\n0\r\n\r\n"), qr{HTTP/1.1 413}, 'too many chunks';
    like raw($port, "${chunks}nonsense\r\n"), qr{HTTP/1.1 400}, 'a bad chunk';
    is raw($gate->port(8), "POST /brp/x HTTP/1.1\r\n${host}Content-Length: 10\r\n\r\nx"), '', 'a time-out in the body';
    like raw($port, "POST /limited/x HTTP/1.1\r\n${host}Content-Length: 0\r\n\r\n", until => qr/403/), qr/403/,
        'limit_except';
    my $text = $gate->since(4, 4);
    is_deeply [map { $_->{body}{'adl.core.response'}{decision} ? 'allowed' : 'refused' } decisions($text)],
        [('allowed') x 4], 'allowed by the gates';
    is_deeply [map { $_->{attributes}{'http.response.status_code'} } completions($text)], [413, 400, 408, 403],
        'completed with nginx\'s status';
    is_deeply [map { $_->{attributes}{'server.address'} } completions($text)], [(undef) x 4], 'none was forwarded';
};

subtest 'what is no call' => sub {
    $gate->mark;
    like raw($port, "GET /plain/none HTTP/1.1\r\n$host\r\n", until => qr/page/), qr/404.*own page/s,
        'a page that is not there, with a page of its own';
    like raw($port, "GET /none HTTP/1.1\r\n$host\r\n", until => qr/page/), qr/404.*own page/s, 'no location';
    like raw($port, "POST /plain/none HTTP/1.1\r\n${host}Content-Length: 5000\r\n\r\n", until => qr/413/), qr/413/,
        'a body too large elsewhere';
    like raw($gate->port(4), "nonsense\r\n\r\n"), qr/400/, 'a server without a dienst';
    like raw($gate->port(6), "GET /../../x HTTP/1.1\r\nHost: gate\r\n\r\n"), qr/400/,
        'a request that names a host with a dienst, but is rejected before that is known, where another server '
        . 'is the default';
    like raw($port, "GET /returns/$_ HTTP/1.1\r\n$host\r\n", until => qr/\r\n\r\n/), qr/\A\S+ $_/,
        "a \"return\" with $_" for 200, 301;
    like raw($port, "GET /gone HTTP/1.1\r\n$host\r\n", until => qr/page/), qr/410.*own page/s,
        'an answer of the configuration, with a page of its own';
    like raw($port, "POST /unaudited/x HTTP/1.1\r\n${host}Content-Length: 5000\r\n\r\n", until => qr/413/), qr/413/,
        'a dienst without audit';
    is raw(
        $gate->port(8), "POST /unaudited/x HTTP/1.1\r\n${host}$GGI::Gate::CLAIM\r\nContent-Length: 5\r\n\r\nab",
        seconds => 20),
        '', 'a body that does not come, to a dienst without audit';
    is raw($gate->port(8), ''), '', 'nothing at all';
    is substr($gate->audit_text, $gate->{marked}), '', 'is not recorded';
};

chains_hold($gate->audit_text, 'the chain holds');
$gate->counts_what_it_records(
    'ggi_status has counted what is recorded, and what is not audited',
    'brp: request_rejected' => 1, 'brp: allowed' => 1);
$gate->stop;
done_testing;
