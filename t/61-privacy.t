# SPDX-License-Identifier: EUPL-1.2
# Privacy: no BSN and no query string of a call in the records and in nginx's own error log, at whatever level below
# debug.
use strict;
use warnings;

use Test::More;

use GGI::Audit qw(decisions completions);
use GGI::Curl qw(curl);
use GGI::Gate;
use GGI::Pki;
use GGI::Problem qw(allowed refused);
use GGI::Raw qw(connect_to raw receive reset_connection);

# A BSN, as it is told by no part of itself.
my $bsn = '123456782';
my $spelled = qr/1\D{0,9}2\D{0,9}3\D{0,9}4\D{0,9}5\D{0,9}6\D{0,9}7\D{0,9}8\D{0,9}2/;

my $pki = GGI::Pki->new;
my $gate = GGI::Gate->new(
    pki => $pki,
    odd => 1,
    listen =>
        'listen 127.0.0.1:%%PORT%% ssl http2 default_server; listen 127.0.0.1:%%PORT3%% deferred; server_name gate;',
    locations => <<'CONF' =~ s/OPEN/$GGI::Gate::OPEN/gr,
        location / { ggi_dienst brp; proxy_pass http://api; }
        location /open/ { ggi_dienst brp; OPEN proxy_pass http://api; }
        location /hang/ { ggi_dienst brp; proxy_pass http://127.0.0.1:%%PORT9%%; }
        location ~ ^/hang/.*/close$ { ggi_dienst brp; proxy_read_timeout 60s; proxy_pass http://127.0.0.1:%%PORT9%%; }
        location /refuse/ { ggi_dienst brp; proxy_pass http://127.0.0.1:1; }
        location /file/ { ggi_dienst brp; root %%PREFIX%%; }
        location /loop/ {
            ggi_dienst brp;
            error_page 404 /loop/x;
            recursive_error_pages on;
            try_files /none$uri /loop$uri;
        }
        location /rewrite/ { ggi_dienst brp; rewrite ^/rewrite/(.*)$ /ok/$1?geheim=$1 break; proxy_pass http://api; }
        location /deny/ { ggi_dienst brp; OPEN deny all; proxy_pass http://api; }
        location /limited/ { ggi_dienst brp; OPEN limit_req zone=one; proxy_pass http://api; }
        location /plain/ { ggi_dienst off; root %%PREFIX%%; }
        location /moved/ { ggi_dienst brp; OPEN try_files /none /open/123456782; }
        location /onward/ { ggi_dienst brp2; OPEN try_files /none /open/123456782; }
CONF
    more => <<"CONF",
        client_header_buffer_size 1k;
        large_client_header_buffers 2 1k;
        proxy_read_timeout 300ms;
        rewrite_log on;
        limit_req_zone \$server_name zone=one:1m rate=1r/m;
        server { listen 127.0.0.1:%%PORT%% ssl; listen 127.0.0.1:%%PORT3%%; server_name other; @{[ $pki->server ]}
            location / { root %%PREFIX%%; } }
        server { listen 127.0.0.1:%%PORT4%%; location / { root %%PREFIX%%; } }
        server { listen 127.0.0.1:%%PORT5%%; server_name gate; client_header_timeout 1s;
            location /open/ { ggi_dienst brp; $GGI::Gate::OPEN proxy_pass http://api; } }
CONF
);
$gate->start;

my $seen = 0;

# What the error log says since the last question, once it holds what it is to hold.
sub said {
    my ($pattern) = @_;
    my $text;
    $gate->wait_for(
        sub { $text = substr $gate->read('logs/error.log'), $seen; return $text =~ $pattern },
        "error log: $pattern");
    $seen += length $text;
    return $text;
}

# One thing that happens to a call: the log names it, and has nothing of the citizen.
sub tells {
    my ($name, $happen, $pattern) = @_;
    subtest $name => sub {
        $happen->();
        my $text = said($pattern);
        like $text, $pattern, 'the log tells of it';
        unlike $text, $spelled, 'without the BSN';
        unlike $text, qr/geheim|jansen/i, 'without query, referrer and header';
    };
    return;
}

my @referrer = (-H => 'Referer: https://zaak/geheim?bsn=123456782');

for my $http ('--http1.1', '--http2') {
    tells "a time-out of the API, $http", sub { $gate->call("/hang/$bsn/hang?naam=geheim&bsn=$bsn", $http, @referrer) },
        qr/upstream\ timed\ out\ .*server:\ gate,\ request:\ "GET\ \/hang\/\*{9}\/hang
            \ HTTP\/\d\.\d",\ upstream:\ "http:\/\/127\.0\.0\.1:\d+",\ host:\ "127\.0\.0\.1:\d+",
            \ dienst:\ "brp",\ transaction:\ "[0-9a-f-]{36}"$/mx;
    tells "an API that is not there, $http", sub { $gate->call("/refuse/$bsn?geheim", $http, @referrer) },
        qr/connect\(\) failed .*"GET \/refuse\/\*{9} HTTP/;
    tells "a file that is not there, $http", sub { $gate->call("/file/$bsn?geheim", $http) },
        qr/open\(\) "\S+\/file\/\*{9}" failed/;
    tells "redirects without end, $http", sub { $gate->call("/loop/$bsn?geheim", $http) },
        qr/redirection cycle while internally redirecting to "\S*\/\*{9}"/;
    tells "rewrite_log, $http", sub { $gate->call("/rewrite/$bsn?naam=geheim", $http) },
        qr/rewritten data: "\/ok\/\*{9}", args: "\.\.\."/;
    tells "access that is denied, $http", sub { $gate->call("/deny/1234.56.782/x?geheim", $http) },
        qr/access forbidden by rule/;
    tells "an API that closes, $http", sub { $gate->call("/hang/$bsn/close?naam=geheim", $http, @referrer) },
        qr/upstream prematurely closed connection .*"GET \/hang\/\*{9}\/close HTTP/;
    tells "too many calls, $http", sub { $gate->call("/limited/$bsn?naam=geheim", $http, @referrer) for 1 .. 2 },
        qr/limiting requests, .*"GET \/limited\/\*{9} HTTP/;
    tells "one with a byte order mark in it, $http", sub { $gate->call('/deny/1234%EF%BB%BF56782/x?geheim', $http) },
        qr/access forbidden by rule/;
    tells "an encoded spelling, $http", sub { $gate->call('/deny/%31%32%33456%37%38%32/x?geheim', $http) },
        qr/access forbidden by rule/;
    tells "one that is encoded twice, $http",
        sub { $gate->call('/plain/%2531%2532%2533456%2537%2538%2532/x?geheim', $http) },
        qr/open\(\) "\S+\/plain\/\*+\/x" failed/;
}

tells 'a client that is gone', sub {
    $gate->mark;
    my $socket = connect_to($gate->port(3));
    syswrite $socket, "POST /open/$bsn?geheim HTTP/1.1\r\nHost: gate\r\nContent-Length: 10\r\nReferer: geheim\r\n\r\nx";
    $gate->since(1, 0);
    reset_connection($socket);
}, qr/client prematurely closed connection|Connection reset by peer/;

my @malformed = (
    ['no HTTP at all', "GET /open/$bsn?geheim XTTP/1.1\r\n\r\n", qr/client sent invalid request/],
    ['an invalid method', "get /open/$bsn?geheim HTTP/1.1\r\n\r\n", qr/client sent invalid method/],
    ['an invalid version', "GET /open/$bsn?geheim HTTP/9.1\r\n\r\n", qr/client sent invalid version/],
    [   'no host', "GET /open/$bsn?geheim HTTP/1.1\r\n\r\n",
        qr/without "Host" header.*request: "GET \/open\/\*{9} HTTP\/1\.1"/],
    ['two hosts', "GET /open/$bsn?geheim HTTP/1.1\r\nHost: gate\r\nHost: geheim\r\n\r\n", qr/duplicate host header/],
    [   'a header without a colon', "GET /open/$bsn?geheim HTTP/1.1\r\nHost: gate\r\nX-Gebruiker jansen\r\n\r\n",
        qr/invalid header line: "X-Gebruiker/],
    [   'a header with a control character',
        "GET /open/$bsn?geheim HTTP/1.1\r\nHost: gate\r\nX-Gebruiker: jansen\x00\r\n\r\n",
        qr/invalid header line: "X-Gebruiker/],
    [   'a header that is too long',
        "GET /open/$bsn?geheim HTTP/1.1\r\nHost: gate\r\nX-Gebruiker: jansen" . 'x' x 1100 . "\r\n\r\n",
        qr/too long header line: "X-Gebruiker/],
    ['a line that is too long', "GET /open/$bsn/" . 'x' x 2100 . "?geheim HTTP/1.1\r\n\r\n", qr/too long URI/],
    [   'a path that leaves the root', "GET /../$bsn?geheim HTTP/1.1\r\nHost: gate\r\n\r\n",
        qr/client sent invalid request/],
    [   'an unknown transfer encoding',
        "POST /open/$bsn?geheim HTTP/1.1\r\nHost: gate\r\nTransfer-Encoding: x\r\n\r\n", qr/unknown "Transfer-Encoding"/
    ],
    [   'absolute form', "POST http://gate/open/$bsn?geheim HTTP/1.1\r\nHost: gate\r\nContent-Length: x\r\n\r\n",
        qr/invalid "Content-Length" header.*"POST http:\/\/gate\/open\/\*{9} HTTP/],
    ['a header that does not come', "GET /open/$bsn?geheim HTTP/1.1\r\nHost: gate\r\n", qr/client timed out/, 5],
);

for (@malformed) {
    my ($name, $request, $pattern, $port) = @$_;
    tells $name, sub { raw($gate->port($port // 3), $request) }, $pattern;
}

tells 'a location without a dienst in its server',
    sub { curl($gate->url("/plain/$bsn?geheim", 3), -H => 'Host: gate') }, qr/open\(\) "\S+\/plain\/\*{9}" failed/;

subtest 'servers without a dienst keep their log' => sub {
    for (['on the port of one with a dienst', 3, 'other'], ['on a port of their own', 4, 'x']) {
        my ($name, $port, $host) = @$_;
        curl($gate->url("/$bsn?geheim", $port), -H => "Host: $host");
        like said(qr/open\(\) .*\n/), qr/request: "GET \/$bsn\?geheim HTTP\/1\.1", host: "$host"$/m, $name;
    }
};

subtest 'the records' => sub {
    for my $path (
        $bsn, '1234.56.782', '123-456-782', '1234%2056%20782', '0123456782', '%31%3234%2e56%2e%37%38%32',
        '%253123456782', "x$bsn"
    ) {
        $gate->mark;
        $gate->call("/ok/$path", -H => "X-Verwerking: zaak 1234 56 782 van jansen", -H => 'X-Toepassing: 1234.56.782');
        my $text = $gate->since(1, $path =~ /%2[05]/ ? 0 : 1);
        unlike $text, $spelled, "no BSN: $path";
    }
    for my $path (
        '%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96%EF%BC%97%EF%BC%98%EF%BC%92', '%D9%A1%D9%A2%D9%A3456782',
        '%26%2349;%26%2350;%26%2351;456782', '%5Cu0031%5Cu0032%5Cu0033456782', '%25u0031%25u0032%25u0033456782'
    ) {
        $gate->mark;
        $gate->call("/ok/$path");
        my ($decision) = decisions($gate->since(1, 0));
        like $decision->{body}{'adl.core.request'}{resource}{properties}{path}, qr{^/ok/\*+$}, "masked: $path";
    }
    $gate->mark;
    my @kept =
        ('00000001123456782000', '5f0bef4c-f66f-4311-84a5-123456782359', '2026-11-26', '1123456782', '123456783');
    $gate->call('/ok/' . join '/', @kept);
    my ($decision) = decisions($gate->since(1, 1));
    is $decision->{body}{'adl.core.request'}{resource}{properties}{path}, '/ok/' . (join '/', @kept),
        'other numbers stay';
};

# Bytes that are no UTF-8, and what looks like their encoding.
subtest 'no two paths look alike in the records' => sub {
    my %paths = (
        '%FF' => '%FF', '%FE' => '%FE', '%25FF' => '%25FF', '%C3%AB' => "\xeb", '%C3' => '%C3', '100%25' => '100%',
        '%EF%BF%BD' => "\x{fffd}");
    for my $path (sort keys %paths) {
        $gate->mark;
        my $allowed = $gate->call("/ok/$path")->{status} == 200;
        my $text = $gate->since(1, $allowed ? 1 : 0);
        my ($decision) = decisions($text);
        is $decision->{body}{'adl.core.request'}{resource}{properties}{path}, "/ok/$paths{$path}", $path;
        is $allowed, $path ne '%25FF', 'which the API gets' . ($allowed ? '' : ' not');
        is + (completions($text))[0]{attributes}{'url.path'}, "/ok/$paths{$path}", 'as its end says' if $allowed;
    }
};

# A path without a BSN is not searched again for the completion; the one of a redirect is another path.
subtest 'a call that is redirected to a path with a BSN' => sub {
    for my $path ('/moved/x', '/onward/x') {
        $gate->mark;
        allowed($gate->call($path), $path);
        my $text = $gate->since($path eq '/moved/x' ? 1 : 2, 1);
        unlike $text, $spelled, 'no BSN in its records';
        my $recorded = (completions($text))[0]{attributes}{'url.path'};
        is $recorded, $path eq '/moved/x' ? '/moved/x' : '/open/*********', 'but the path that was judged last';
    }
};

subtest 'the destination of COPY and MOVE' => sub {
    for my $method ('COPY', 'MOVE') {
        $gate->mark;
        allowed($gate->call('/open/1', -X => $method, -H => "Destination: /open/$bsn/%FF?geheim"), $method)
            if $method eq 'COPY';
        allowed($gate->call('/open/1', -X => $method, -H => "Destination: https://gate/open/$bsn/%FF"), $method);
        my $text = $gate->since($method eq 'COPY' ? 2 : 1, $method eq 'COPY' ? 2 : 1);
        unlike $text, qr/$spelled|geheim/, 'no BSN, no query';
        is_deeply [map { $_->{body}{'adl.core.request'}{resource}{properties}{destination} } decisions($text)],
            [$method eq 'COPY' ? undef : (), '/open/*********/%FF'], 'in the decision, when it can be read';
        is_deeply [map { $_->{attributes}{'ggi.call.destination'} } completions($text)],
            [$method eq 'COPY' ? undef : (), '/open/*********/%FF'], 'and in its end';
    }
    $gate->mark;
    my $answer = $gate->call('/ok/1', -X => 'MOVE', -H => "Destination: /ok/$bsn");
    refused($answer, 403, 'method_not_authorised', 'a method that the profile does not have');
    my ($decision) = decisions($gate->since(1, 0));
    is $decision->{body}{'adl.core.request'}{resource}{properties}{destination}, '/ok/*********', 'is recorded too';
    ok !exists $decision->{attributes}{'ggi.refusal.header'}, 'and is not refused for that header';
};

$gate->stop;

done_testing;
