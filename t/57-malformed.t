# SPDX-License-Identifier: EUPL-1.2
# What nginx rejects has no way to the API, whatever error_page and post_action say, and is recorded once, with
# nginx's status.
use strict;
use warnings;

use Test::More;

use GGI::Api;
use GGI::Audit qw(completions decisions outcome);
use GGI::Gate;
use GGI::H2;
use GGI::Raw qw(raw tls_options);

my $host = "Host: localhost\r\n";
my $chunked = "Transfer-Encoding: chunked\r\n";

# Since 1.30 nginx reads a host and a port after this method, and there are none.
my $connect = "CONNECT /brp/x HTTP/1.1\r\n$host\r\n";
my $knows_connect = qx($GGI::Nginx::BINARY -v 2>&1) =~ m{nginx/1\.(\d+)} && $1 >= 29;

# [what is wrong, nginx's status, the request, name of a form => its status there]
# pathless: nginx has no path of it, and answers 500 where a named location is the page.
my @malformed = (
    ['no HTTP', 400, "nonsense\r\n\r\n", pathless => 1],
    ['a method in lower case', 400, "get /brp/x HTTP/1.1\r\n$host\r\n", pathless => 1],
    ['no path', 400, "GET\r\n\r\n", pathless => 1],
    ['a path that leaves the root', 400, "GET /../../x HTTP/1.1\r\n$host\r\n", pathless => 1],
    ['an encoded NUL', 400, "GET /brp/%00 HTTP/1.1\r\n$host\r\n", pathless => 1],
    ['a bad escape', 400, "GET /brp/%zz HTTP/1.1\r\n$host\r\n", pathless => 1],
    ['a version to come', 505, "GET /brp/x HTTP/3.0\r\n$host\r\n", pathless => 1],
    ['no version, but a blank', 505, "GET /brp/x \r\n"],
    ['HTTP/0.9', 505, "GET /brp/x\r\n"],
    ['HTTP/0.9 with arguments', 505, "GET /brp/x?a=b\r\n"],
    ['HTTP/0.9 with an encoded path', 505, "GET /brp/%70ersonen\r\n"],
    ['HTTP/0.9 with a host', 505, "GET http://localhost/brp/x\r\n"],
    ['a version that is none', 400, "GET /brp/x HTTP/x\r\n$host\r\n", pathless => 1],
    ['a line that is too long', 414, 'GET /brp/' . 'x' x 2000 . " HTTP/1.1\r\n$host\r\n", pathless => 1],
    ['a host that is none in the line', 400, "GET http://a:b:c/brp/x HTTP/1.1\r\n$host\r\n", pathless => 1],
    ['no Host', 400, "GET /brp/x HTTP/1.1\r\n\r\n"],
    ['two Hosts', 400, "GET /brp/x HTTP/1.1\r\n$host$host\r\n"],
    ['an empty Host', 400, "GET /brp/x HTTP/1.1\r\nHost:\r\n\r\n"],
    ['a Host that is none', 400, "GET /brp/x HTTP/1.1\r\nHost: a/../b\r\n\r\n"],
    ['a header that is too large', 400, "GET /brp/x HTTP/1.1\r\n${host}X: " . 'x' x 2000 . "\r\n\r\n"],
    ['headers that are too large', 400, "GET /brp/x HTTP/1.1\r\n$host" . "X: @{['x' x 800]}\r\n" x 5 . "\r\n"],
    ['a NUL in a header', 400, "GET /brp/x HTTP/1.1\r\n${host}X: a\0b\r\n\r\n"],
    ['length and chunks at once', 400, "POST /brp/x HTTP/1.1\r\n${host}Content-Length: 1\r\n$chunked\r\n0\r\n\r\n"],
    ['chunks and length at once', 400, "POST /brp/x HTTP/1.1\r\n$host${chunked}Content-Length: 5\r\n\r\n0\r\n\r\n"],
    ['two lengths', 400, "POST /brp/x HTTP/1.1\r\n${host}Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx"],
    ['a length that is none', 400, "POST /brp/x HTTP/1.1\r\n${host}Content-Length: 1x\r\n\r\nx"],
    ['a negative length', 400, "POST /brp/x HTTP/1.1\r\n${host}Content-Length: -1\r\n\r\nx"],
    ['an unknown encoding', 501, "POST /brp/x HTTP/1.1\r\n${host}Transfer-Encoding: odd\r\n\r\n"],
    ['two encodings', 501, "POST /brp/x HTTP/1.1\r\n${host}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"],
    ['chunks in HTTP/1.0', 400, "POST /brp/x HTTP/1.0\r\n$host$chunked\r\n0\r\n\r\n"],
    ['TRACE', 405, "TRACE /brp/x HTTP/1.1\r\n$host\r\n"],
    ['CONNECT', $knows_connect ? (400, $connect, pathless => 1) : (405, $connect)],
    ['a body that is too large', 413, "POST /brp/x HTTP/1.1\r\n${host}Content-Length: 5000\r\n\r\n" . 'x' x 5000],
    ['a body that is too large, to come', 413, "POST /brp/x HTTP/1.1\r\n${host}Content-Length: 5000\r\n\r\n"],
    [   'a body that is too large, outside of a dienst', 413,
        "POST /small/x HTTP/1.1\r\n${host}Content-Length: 50\r\n\r\n" . 'x' x 50, only_pages => 1],
);

my @h2 = (':method' => 'GET', ':scheme' => 'https', ':path' => '/brp/x', ':authority' => 'localhost');
my @malformed_h2 = (
    ['no path', 400, GGI::H2::headers(1, 1, @h2[0 .. 3], @h2[6, 7]), pathless => 1],
    ['an empty path', 400, GGI::H2::headers(1, 1, @h2[0 .. 3], ':path' => '', @h2[6, 7]), pathless => 1],
    ['a path that is none', 400, GGI::H2::headers(1, 1, @h2[0 .. 3], ':path' => 'brp/x', @h2[6, 7]), pathless => 1],
    [   'a path that leaves the root', 400, GGI::H2::headers(1, 1, @h2[0 .. 3], ':path' => '/../../x', @h2[6, 7]),
        pathless => 1],
    ['two paths', 400, GGI::H2::headers(1, 1, @h2, ':path' => '/brp/y')],
    ['no method', 400, GGI::H2::headers(1, 1, @h2[2 .. 7]), 'pages of pages' => 405],
    ['a method that is none', 400, GGI::H2::headers(1, 1, ':method' => 'g t', @h2[2 .. 7]), pathless => 1],
    ['a host that is none', 400, GGI::H2::headers(1, 1, @h2[0 .. 5], ':authority' => 'a/../b')],
    ['a name in capitals', 400, GGI::H2::headers(1, 1, @h2, 'X-Y' => 'z')],
    ['a NUL in a value', 400, GGI::H2::headers(1, 1, @h2, x => "a\0b")],
    ['a pseudo-header that is unknown', 400, GGI::H2::headers(1, 1, @h2, ':odd' => 'x')],
    ['a length that is none', 400, GGI::H2::headers(1, 0, ':method' => 'POST', @h2[2 .. 7], 'content-length' => '1x')],
    ['a length without a body', 400, GGI::H2::headers(1, 1, ':method' => 'POST', @h2[2 .. 7], 'content-length' => '5')],
    ['TRACE', 405, GGI::H2::headers(1, 1, ':method' => 'TRACE', @h2[2 .. 7])],
    [   'a body that is too large', 413,
        GGI::H2::headers(1, 0, ':method' => 'POST', @h2[2 .. 7], 'content-length' => '5000')
            . GGI::H2::data(1, 1, 'x' x 5000), 'a page that is not there' => 500],
);

# Ways out of an error: [name, in the server, answer of nginx's own (1) or of the dienst (0)]
my $statuses = '400 405 408 413 414 421 494 495 496 497 500 501 505';
my @forms = (
    ['no page', '', 1],
    ['a named location', "error_page $statuses \@dienst;"],
    ['a named location, its status', "error_page $statuses = \@dienst;"],
    ['a named location, 200', "error_page $statuses =200 \@dienst;"],
    ['a path', "error_page $statuses /page/x?a=b;"],
    ['a path, its status', "error_page $statuses = /page/x?a=b;"],
    ['a path with variables, 200', "error_page $statuses =200 /page/\$status\$uri?\$args;"],
    ['a page that is not there', "recursive_error_pages on; error_page $statuses = /none/; error_page 404 = \@dienst;"],
    ['a page that is tried', "error_page $statuses = /try/;"],
    ['a page that is rewritten', "error_page $statuses = /rewrite/;"],
    ['pages of pages', "recursive_error_pages on; error_page $statuses = \@again;"],
    ['an action afterwards', 'post_action @dienst;', 1],
    ['an action afterwards, on a path', "error_page $statuses =200 /own; post_action /page/x;", 2],
    ['a page without a dienst', "error_page $statuses =200 /own;", 2],
);

my $number = 10;
my ($servers, @ports) = ('');
for my $form (@forms) {
    my ($plain, $tls) = ($number++, $number++);
    push @ports, [$plain, $tls];
    $servers .= <<"CONF";
    server {
        listen 127.0.0.1:%%PORT$plain%%;
        listen 127.0.0.1:%%PORT$tls%% ssl http2;
        %%TLS%%
        $form->[1]
        client_max_body_size 1k;
        client_header_buffer_size 1k;
        large_client_header_buffers 2 1k;
        lingering_timeout 100ms;
        location /brp/ { ggi_dienst brp; %%LAX%% proxy_pass http://api; }
        location /page/ { ggi_dienst brp; %%LAX%% proxy_pass http://api; }
        location \@dienst { ggi_dienst brp2; %%LAX%% proxy_pass http://api; }
        location \@again { error_page 404 = \@dienst; root %%PREFIX%%/none; }
        location /none/ { root %%PREFIX%%/none; }
        location /try/ { try_files /none \@dienst; }
        location /rewrite/ { rewrite ^ /page/rewritten last; }
        location /own { return 200 "own page\\n"; }
        location /small/ { client_max_body_size 10; root %%PREFIX%%; }
    }
CONF
}

# A gateway with a server for each form; its gates are in the modes that are given.
sub gateway {
    my ($modes) = @_;
    my $pki = GGI::Pki->new;
    my $tls = $pki->server . 'ssl_verify_depth 3;';
    my $lax = join ' ', map {"ggi_$_ $modes;"} qw(pkio autorisatie doelbinding);
    my $gate = GGI::Gate->new(
        pki => $pki,
        more => "ggi_audit_anonymous off; " . $servers =~ s/%%TLS%%/$tls/gr =~ s/%%LAX%%/$lax/gr);
    return $gate->start;
}

# Sends each of the requests to a form, at one of its ports, as raw() does, and looks at what is answered, recorded, and
# seen by the API.
sub sends {
    my ($gate, $form, %args) = @_;
    my ($port, $requests) = delete @args{qw(port requests)};
    my ($name, $pages, $own) = @{ $forms[$form] };
    my $first_is_named = $pages =~ /^[^;]*(?:recursive_error_pages on;)?[^;]*error_page $statuses [^;]*@/;
    my (@expected, @answers);
    $gate->mark;
    for my $request (@$requests) {
        my ($what, $status, $bytes, %traits) = @$request;
        next if $traits{only_pages} && (!$forms[$form][1] || $own);
        $status = 500 if $traits{pathless} && $first_is_named;
        $status = $traits{$name} // $status;
        my $answer = raw($gate->port($port), $bytes, %args);
        push @expected, "$what: $status";
        my $good = ($own // 0) == 2 ? qr{200|505} : $status;
        push @answers, "$what: $answer"
            if $answer =~ /^ok/m || ($answer =~ m{\AHTTP/1} && $answer !~ m{\AHTTP/1\.1 $good });
    }
    is_deeply \@answers, [], "$name: nginx's answers, or the dienst's refusals";
    my $text = $gate->since(scalar @expected, 0);
    my @recorded =
        map { /"adl.core.response":\{"decision":false,"context":\{"reason":"(\w+)","status":(\d+)/ ? "$1 $2" : $_ }
        grep {/"adl.access_evaluation"/} split /\n/, $text;
    is_deeply \@recorded, [map { 'request_rejected ' . s/.*: //r } @expected], "$name: each is recorded, once"
        or diag join "\n",
        map { ($expected[$_] // '') . ' - ' . ($recorded[$_] // '') }
        grep { ($recorded[$_] // '') ne 'request_rejected ' . (($expected[$_] // '') =~ s/.*: //r) }
        0 .. ($#recorded > $#expected ? $#recorded : $#expected);
    is scalar(() = $text =~ /"ggi.call_completed"/g), 0, "$name: none was let through";
    is $gate->api_calls, 0, "$name: the API saw nothing";
    return;
}

for my $modes (qw(off observe on)) {
    my $gate = gateway($modes);
    my $leaf = $gate->{pki}->leaf('caller', '--oin', $GGI::Gate::OIN);
    my %tls = (tls => tls_options($leaf));
    my %h2 = (tls => tls_options($leaf, SSL_alpn_protocols => ['h2']), until => qr/\0\0\0\x01/);
    my @h2_requests =
        map { my ($what, $status, $bytes, @traits) = @$_; [$what, $status, GGI::H2::preface() . $bytes, @traits] }
        @malformed_h2;
    for my $form ($modes eq 'off' ? (0 .. $#forms) : (0 .. 5)) {
        subtest "gates $modes, $forms[$form][0]" => sub {
            my ($plain, $tls) = @{ $ports[$form] };
            sends($gate, $form, port => $tls, requests => [GGI::Nginx::few(5, $form, @malformed)], %tls);
            return if $modes ne 'off';
            sends($gate, $form, port => $plain, requests => [GGI::Nginx::few(5, $form + 2, @malformed)]);
            sends($gate, $form, port => $tls, requests => [GGI::Nginx::few(5, $form, @h2_requests)], %h2);
        };
    }
    unlike $gate->read('logs/error.log'), qr/exited on signal/, 'no worker has died';
    $gate->counts_what_it_records('ggi_status has counted what is recorded');
    $gate->stop;
}

my $pki = GGI::Pki->new;
my $caller = $pki->leaf('caller', '--oin', $GGI::Gate::OIN);
my $strange_pki = GGI::Pki->new;
my $stranger = $strange_pki->leaf('stranger', '--oin', $GGI::Gate::OIN);
my $lax = $GGI::Gate::OPEN;

# The decisions of a text: dienst, verdict and status.
sub outcomes {
    return [map { "$_->{body}{'adl.core.request'}{resource}{id} " . outcome($_) } decisions(@_)];
}

subtest 'what goes wrong after the gates' => sub {
    my $gate = GGI::Gate->new(
        pki => $pki, listen => 'listen 127.0.0.1:%%PORT%% ssl http2; listen 127.0.0.1:%%PORT3%%;',
        server => 'ssl_verify_depth 3; client_max_body_size 1k; recursive_error_pages on;', locations => <<"CONF");
        error_page 400 413 500 = \@other;
        ggi_dienst brp;
        $lax
        location / { proxy_pass http://api; }
        location /same/ { error_page 400 413 =200 /again/; proxy_pass http://api; }
        location /again/ { proxy_pass http://api; }
        location /unbuffered/ {
            error_page 400 413 = \@other;
            proxy_request_buffering off;
            proxy_http_version 1.1;
            proxy_pass http://api;
        }
        location \@other { ggi_dienst brp2; proxy_pass http://api; }
CONF
    $gate->start;
    for my $path ('/x', '/same/x') {
        for ([413, "7d0\r\n" . 'x' x 2000 . "\r\n0\r\n\r\n"], [400, "nonsense\r\n"], [400, "5\r\nxxxxxnonsense\r\n"]) {
            my ($status, $body) = @$_;
            $gate->mark;
            my $answer = raw($gate->port(3), "POST $path HTTP/1.1\r\n$host$chunked\r\n$body");
            like $answer, qr{\AHTTP/1\.1 $status .*"urn:ggi:problem:request_rejected"}s, "$path: $status";
            my $text = $gate->since(1, 1);
            is_deeply outcomes($text), ['brp allowed'], 'one decision';
            is_deeply [map { $_->{attributes}{'http.response.status_code'} } completions($text)], [$status],
                'completed with nginx\'s status';
        }
    }
    $gate->mark;
    my $request = GGI::H2::headers(1, 0, ':method' => 'POST', @h2[2 .. 7]) . GGI::H2::data(1, 1, 'x' x 2000);
    unlike raw(
        $gate->port, GGI::H2::preface() . $request, tls => tls_options($caller, SSL_alpn_protocols => ['h2']),
        until => qr/\0\0\0\x01/),
        qr/ok\n/, 'HTTP/2';
    is_deeply outcomes($gate->since(1, 1)), ['brp allowed'], 'one decision';
    is $gate->api_calls, 0, 'the API saw nothing';
    my $answer = raw($gate->port(3), "POST /unbuffered/x HTTP/1.1\r\n$host$chunked\r\n5\r\nxxxxx\r\nnonsense\r\n");
    unlike $answer, qr/^ok/m, 'a body that goes wrong on its way to the API';
    cmp_ok $gate->api_calls, '<=', 1, 'is not sent to another';
    $gate->stop;
};

subtest 'an answer of the API that begins with no status line' => sub {
    my $gate = GGI::Gate->new(
        pki => $pki, more => 'proxy_cache_path %%PREFIX%%/cache keys_zone=answers:1m;',
        api => 'location = /page { return 200 page; }', locations => <<'CONF');
        location / { ggi_dienst brp; proxy_pass http://127.0.0.1:%%PORT9%%; }
        location /page/ { ggi_dienst brp; error_page 502 =200 /page; proxy_pass http://127.0.0.1:%%PORT9%%; }
        location = /page { ggi_dienst brp; proxy_pass http://api; }
        location /cached/ {
            ggi_dienst brp;
            proxy_cache answers;
            proxy_cache_key $ggi_cache_key$uri;
            proxy_cache_valid any 1m;
            proxy_pass http://127.0.0.1:%%PORT9%%;
        }
CONF
    my @heads = ('', "\0", 'HTTP/2 200 OK', 'HTTP/1.1 abc', 'ICY 200 OK');
    my $api = GGI::Api->serving(
        $gate->port(9),
        sub {
            my ($client) = @_;
            sysread $client, my $request, 65536;
            my ($n) = $request =~ m{\A\w+ /(?:\w+/)?(\d)} or return;    # a look whether it is there
            print $client "$heads[$n]\r\nFsc-Transaction-Id: none\r\n\r\nbare\n";
        });
    $gate->start;
    for my $n (0 .. $#heads) {
        for my $way (map { ([$_, '--http1.1'], [$_, '--http2']) } '/', '/page/', '/cached/', '/cached/') {
            my ($path, $protocol) = @$way;
            $gate->mark;
            my $answer = $gate->call("$path$n", $protocol);
            my $name = "$path$n $protocol";
            is $answer->{status}, $path eq '/page/' ? 200 : 502, "$name: the answer is dropped";
            unlike $answer->{body}, qr/bare/, 'nothing of it comes to the caller';
            my ($decision) = decisions($gate->since(1, 1));
            is $answer->{headers}{'fsc-transaction-id'}, $decision->{attributes}{'ggi.transaction_id'},
                'who gets the transaction';
        }
    }
    like $gate->read('logs/error.log'), qr/\[error\].*the API of dienst "brp" sent no status line of HTTP/,
        'the error log tells of it';
    $gate->stop;
};

subtest 'certificates that nginx rejects, where their path has no dienst' => sub {
    my $gate = GGI::Gate->new(pki => $pki, locations => <<"CONF");
        error_page 495 496 = \@dienst;
        location /plain/ { root %%PREFIX%%; }
        location /own/ { error_page 495 =200 /brp/x; root %%PREFIX%%; }
        location /brp/ { ggi_dienst brp; $lax proxy_pass http://api; }
        location \@dienst { ggi_dienst brp2; $lax proxy_pass http://api; }
CONF
    $gate->start;
    for my $path ('/plain/x', '/own/x', '/brp/x', '/none') {
        $gate->mark;
        like raw($gate->port, "GET $path HTTP/1.1\r\n$host\r\n", tls => tls_options($stranger)), qr{\AHTTP/1\.1 400 },
            $path;
        my ($summary) = @{ outcomes($gate->since(1, 0)) };
        like $summary, qr/\Abrp2? request_rejected 400\z/, 'recorded';
    }
    $gate->mark;
    like raw($gate->port, "GET /brp/x\r\n", tls => tls_options($stranger)), qr/request_rejected/, 'with HTTP/0.9';
    is_deeply outcomes($gate->since(1, 0)), ['brp request_rejected 400'], 'recorded';
    is $gate->api_calls, 0, 'the API saw nothing';
    $gate->stop;
};

subtest 'pages that are good ways to a dienst' => sub {
    my $gate = GGI::Gate->new(pki => $pki, locations => <<'CONF', api => <<'API');
        location /fallback/ { error_page 404 = @dienst; root %%PREFIX%%/none; }
        location /kept/ { error_page 404 @dienst; root %%PREFIX%%/none; }
        location /path/ { error_page 404 =200 /brp/path?x=$arg_x; root %%PREFIX%%/none; }
        location /tried/ { try_files /none @dienst; }
        location /idiom/ { ggi_dienst brp; error_page 418 = @dienst; return 418; }
        location /fails/ {
            ggi_dienst brp;
            error_page 500 = /brp/second;
            proxy_intercept_errors on;
            proxy_pass http://api;
        }
        location /down/ { ggi_dienst brp; error_page 502 = @dienst; proxy_pass http://127.0.0.1:%%PORT8%%; }
        location /moved/ { ggi_dienst off; proxy_pass http://api; }
        location /brp/ { ggi_dienst brp; proxy_pass http://api; }
        location @dienst { ggi_dienst brp2; proxy_pass http://api; }
CONF
        location /fails/ { return 500; }
        location /moved/ { add_header X-Accel-Redirect /brp/moved; return 200; }
API
    $gate->start;
    my @cases = (
        ['/fallback/x', 200, 'brp2 allowed'], ['/kept/x', 404, 'brp2 allowed'], ['/path/x?x=y', 200, 'brp allowed'],
        ['/tried/x', 200, 'brp2 allowed'], ['/idiom/x', 200, 'brp2 allowed'],
        ['/down/x', 200, 'brp allowed', 'brp2 allowed'], ['/moved/x', 200, 'brp allowed'],
    );
    for my $case (@cases) {
        my ($path, $status, @decisions) = @$case;
        for my $options ([], ['-d', 'body=x']) {
            next if $path =~ /moved/ && @$options;
            $gate->mark;
            my $answer = $gate->call($path, @$options);
            is $answer->{status}, $status, "$path @$options";
            is $answer->{body}, "ok\n", 'answered by the API';
            is_deeply outcomes($gate->since(scalar @decisions, 1)), \@decisions, 'judged';
        }
    }
    is $gate->call('/fails/x', '-d', 'x')->{body}, "ok\n", 'an error of the API';
    my @arguments = grep {/path/} split /\n/, $gate->read('logs/api.log');
    like $arguments[0], qr{GET /brp/path\?x=y }, 'with the arguments of the page';
    $gate->stop;
};

subtest 'HTTP/0.9 outside of a dienst' => sub {
    my $gate = GGI::Gate->new(
        pki => $pki,
        locations => 'location /brp/ { ggi_dienst brp; proxy_pass http://api; } location / { return 200 "page\n"; } '
            . 'location /open/ { ggi_dienst off; proxy_pass http://api; }');
    $gate->start;
    my %tls = (tls => tls_options($caller));
    is raw($gate->port, "GET /x\r\n", %tls), "page\n", 'a page';
    is raw($gate->port, "GET /open/\r\n", %tls), "ok\n", 'an API';
    is $gate->audit_text, '', 'is not recorded';
    my $answer = raw($gate->port, "GET /brp/x\r\n", %tls);
    like $answer, qr/\A\{"type":"urn:ggi:problem:request_rejected",.*"status":505/,
        'in a dienst it is refused, without a head';
    is_deeply outcomes($gate->since(1, 0)), ['brp request_rejected 505'], 'and recorded';
    $gate->stop;
};

done_testing;
