# SPDX-License-Identifier: EUPL-1.2
# Odd and hostile input: right decisions, valid records, nothing spoofed at the API.
use strict;
use warnings;

use Encode qw(decode);
use Test::More;

use GGI::Audit qw(decisions records chains_hold verdicts);
use GGI::Curl qw(curl);
use GGI::Gate;
use GGI::Problem qw(allowed refused);
use GGI::Raw qw(raw);

my $oin = $GGI::Gate::OIN;
my $profiles = <<"JSON";
[ { "oin": "$oin", "versie": 7, "diensten": { "brp": { "methoden": ["GET", "POST"],
    "doelbindingen": ["BRPACT-AlgemeneTaken"],
    "paden": ["/brp/personen", "/brp/personen/*", "/brp/personen/*/adressen", "/open/**"] } } } ]
JSON
my $gate = GGI::Gate->new(
    profiles => $profiles,
    odd => 1,
    server => 'underscores_in_headers on; large_client_header_buffers 8 64k;',
    locations => <<'CONF',
        location / { ggi_dienst brp; proxy_pass http://127.0.0.1:%%PORT9%%; }
        location /uri/ { ggi_dienst brp; rewrite ^/uri(/.*)$ $1 break; proxy_pass http://127.0.0.1:%%PORT9%%; }
CONF
);
$gate->start;

# The request line, and the values of a header, as the API saw them.
sub line { return $_[0]{body} =~ /\A(\S+ \S+)/ ? $1 : '' }
sub values_of { my ($answer, $name) = @_; return [$answer->{body} =~ /^$name: (.*?)\r$/mig] }

subtest 'texts in the claim' => sub {
    my @texts = (
        "Financi\xc3\xable administratie\@Correspondentie factuur", "a \"quoted\" \\ text", "</script><!--",
        '{"json": true}', '%00%0a', "\xf0\x9f\x98\x80",
        "\xe2\x80\xae right to left", 'x' x 1024, '$ggi_oin ${oin}', "'; DROP TABLE",
    );
    for my $text (@texts) {
        $gate->mark;
        allowed($gate->call('/brp/personen', -H => "X-Verwerking: $text"), substr $text, 0, 20);
        my ($decision) = decisions($gate->since(1, 1));
        is $decision->{body}{'adl.core.request'}{context}{verwerking}, decode('UTF-8', $text), 'recorded as sent';
    }
    for my $text ("\xff\xfe", "\xc3", "\xc0\xaf") {
        $gate->mark;
        allowed(
            $gate->call('/brp/personen', -H => "X-Verwerking: $text"), sprintf 'no UTF-8 of %d bytes',
            length $text);
        my ($decision) = decisions($gate->since(1, 1));
        is $decision->{body}{'adl.core.request'}{context}{verwerking}, decode('ISO-8859-1', $text),
            'recorded as ISO-8859-1';
    }
    for my $text ("a\x01b", "a\x7fb", "tab\tin", "\xed\xa0\x80", 'x' x 1025, 'x' x 8192) {
        $gate->mark;
        refused(
            $gate->call('/brp/personen', -H => "X-Verwerking: $text"), 400, 'claim_malformed',
            sprintf 'a text of %d bytes that is not well-formed', length $text);
        is scalar(my @all = decisions($gate->since(1, 0))), 1, 'one valid record';
    }
    $gate->mark;
    allowed(
        $gate->call('/brp/personen', -H => 'X-Verwerking: zaak 123456782', -H => 'X-Toepassing: 111222333'),
        'BSNs in texts');
    unlike $gate->since(1, 1), qr/123456782|111222333/, 'are masked in the record';
};

subtest 'what the gateway establishes is not taken from the client' => sub {
    my $answer = $gate->call(
        '/brp/personen', map { (-H => $_) } 'x_origin_oin: 00000001002564440000',
        'X_Origin_OIN: 00000001002564440000');
    refused($answer, 403, 'on_behalf_of_not_authorised', 'an origin in two spellings');
    $answer = $gate->call('/brp/personen', -H => "X_Origin-OIN: $oin");
    is_deeply values_of($answer, 'X.Origin.OIN'), [$oin], 'one spelling: the API gets it once';
    my $trace = '0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331';
    $answer = $gate->call(
        '/brp/personen', map { (-H => $_) } 'fsc_transaction_id: 0192a1b2-c3d4-7fff-bfff-ffffffffffff',
        'Fsc-Transaction-Id: 0192a1b2-c3d4-7fff-bfff-fffffffffffe',
        "TraceParent: 00-$trace-01", "traceparent: 00-$trace-00", 'X-Other: kept', 'X-HTTP-Method-Override: DELETE',
        'x_http_method: DELETE', 'X-Original-URL: /admin', 'X-Rewrite-URL: /admin',
        'X-Method-Override: PUT');
    is scalar @{ values_of($answer, 'Fsc.Transaction.Id') }, 1, 'one transaction';
    unlike values_of($answer, 'Fsc.Transaction.Id')->[0], qr/^0192a1b2/, 'a new one';
    is scalar @{ values_of($answer, 'traceparent') }, 1, 'one trace';
    unlike values_of($answer, 'traceparent')->[0], qr/$trace/, 'a new one';
    is_deeply values_of($answer, 'X-Other'), ['kept'], 'the rest passes';
    unlike $answer->{body}, qr/override|x.http.method|original-url|rewrite-url/i, 'no other method or path';
    refused(
        $gate->call('/brp/personen', -H => 'X_Doelbinding: other'), 400, 'claim_malformed',
        'a claim in two spellings');
    is_deeply values_of($gate->call('/brp/personen', -H => 'tracestate: a=b'), 'tracestate'), ['a=b'],
        'tracestate is left alone';
};

subtest 'trailers' => sub {
    my $plain = GGI::Gate->new(
        tls => 0, gates => [qw(doelbinding audit)], odd => 1,
        locations => 'location / { ggi_dienst brp; proxy_pass http://127.0.0.1:%%PORT9%%; }')->start;
    my $answer = raw(
        $plain->port,
        "POST /x HTTP/1.1\r\nHost: x\r\n$GGI::Gate::CLAIM\r\nTransfer-Encoding: chunked\r\nTrailer: "
            . "X-Origin-OIN\r\nConnection: close\r\n\r\n"
            . "1\r\nx\r\n0\r\nX-Origin-OIN: 00000001002564440000\r\nX-Doelbinding: other\r\n\r\n");
    like $answer, qr/200 OK/, 'allowed';
    unlike $answer, qr/00000001002564440000|other/, 'the trailers do not reach the API';
    unlike $answer, qr/x-origin-oin: /i, 'without an established organisation there is no origin';
    $plain->stop;
};

subtest 'paths: judged as the API will see them' => sub {
    my %seen = (
        '/brp/personen' => '/brp/personen', '/brp/%70ersonen' => '/brp/personen', '/brp//personen' => '/brp/personen',
        '/brp/./personen' => '/brp/personen',
        '/brp/x/../personen' => '/brp/personen', '/brp/x/%2e%2e/personen' => '/brp/personen',
        '/brp/admin/..%2fpersonen' => '/brp/personen', '/brp/admin%2f..%2fpersonen' => '/brp/personen',
        '/brp/personen/%31' => '/brp/personen/1', '/brp/personen/a+b' => '/brp/personen/a+b',
        '/brp/personen/a%2Bb' => '/brp/personen/a+b', '/brp/personen/a;b=c' => '/brp/personen/a;b=c',
        '/brp/personen/%25' => '/brp/personen/%25', '/brp/personen/%C3%AB' => '/brp/personen/%C3%AB',
        '/brp/personen?x=%2e%2e%2f' => '/brp/personen?x=%2e%2e%2f', '/brp/personen/1#frag' => '/brp/personen/1',
        '/uri/brp/personen' => '/brp/personen',
    );
    for my $path (sort keys %seen) {
        is line($gate->call($path)), "GET $seen{$path}", $path;
    }
    my @refused = (
        '/brp/admin', '/brp/personen/', '/brp/Personen', '/BRP/personen', '/brp/personen/1/2', '/brp/personen/1%2f2',
        '/brp/personen/..', '/brp/personen/../admin', '/brp/personen/%2e%2e/admin',
        '/brp/personen/..%2fadmin', '/brp/personen/..;/admin', '/brp/personen/..;', '/brp/personen/.;x/adressen',
        '/brp/personen/..%3b/adressen', '/open/..;/brp/admin', '/open/a/..;x=1/b', '/open/a%5c..%5cb', '/open/a\\b',
        '/brp/personen/%3f', '/brp/personen/%23', '/brp/personen/%2541', '/open/a%20b', '/open/a%0d%0ab',
        '/open/a%7fb', '/brp/personen;x', '/brp;x/personen', '/brp/personen%20', '/brp/personen%2f', '/', '//', '/%2f',
        '/brp/personen/1/adressen/',
    );
    for my $path (@refused) {
        refused($gate->call($path), 403, 'path_not_authorised', $path);
    }
    is $gate->call($_)->{status}, 400, "$_ is no path at all"
        for '/brp/personen/%00', '/brp/personen/%zz', '/../../etc/passwd';
};

subtest 'methods' => sub {
    refused($gate->call('/brp/personen', '-X', $_), 403, 'method_not_authorised', $_)
        for qw(PUT DELETE PATCH OPTIONS PROPFIND FOO);
    is line($gate->call('/brp/personen', '-X', 'POST')), 'POST /brp/personen', 'an agreed one';
    is $gate->call('/brp/personen', '-X', 'get', '--http1.1')->{status}, 400, 'in lower case it is none for nginx';
};

subtest 'records' => sub {
    my $text = $gate->audit_text;
    ok eval { records($text); 1 }, 'every line parses';
    chains_hold($text, 'the chain holds');
    ok $text !~ /x=%2e|frag/, 'no arguments';
};
$gate->counts_what_it_records('ggi_status has counted what is recorded');
$gate->stop;
done_testing;
