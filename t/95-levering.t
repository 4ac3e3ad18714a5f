# SPDX-License-Identifier: EUPL-1.2
# levering: a call gets no further than the fields that are agreed on.
use strict;
use warnings;

use Test::More;

use GGI::Api ();
use GGI::Audit;
use GGI::Gate;
use GGI::H2 ();
use GGI::Problem qw(allowed refused);
use GGI::Raw qw(connect_to raw receive);
use GGI::Slow ();

my $dienst = '{ "methoden": ["GET", "POST"], "paden": ["/**"], "doelbindingen": ["BRPACT-AlgemeneTaken"]';
my $agreed = qq($dienst, "velden": ["naam", "geboorte.datum", "adressering"] });
my $gate = GGI::Gate->new(
    profiles => qq([{ "oin": "$GGI::Gate::OIN", "versie": 7, "diensten": { "brp": $agreed, "brp2": $dienst } } }]),
    functions => qq([{ "toepassing": "zaaksysteem", "versie": 3, "functies": { "f": { "diensten": {
        "brp": $agreed, "brp2": $dienst, "velden": ["*"] } } } } }]),
    listen => 'listen 127.0.0.1:%%PORT%% ssl http2; listen 127.0.0.1:%%PORT3%%; listen 127.0.0.1:%%PORT4%% http2;',
    server => 'proxy_http_version 1.1; ggi_levering_always inOnderzoek; ggi_levering_alias '
        . 'adresseringBinnenland=adressering verblijfplaatsBinnenland=verblijfplaats;',
    locations => join "\n",
    map { my ($path, $text) = @$_; "location $path { $text proxy_pass http://127.0.0.1:%%PORT9%%; }" }
        ['/p/', 'ggi_dienst brp; ggi_levering_fields body=fields;'],
    ['/p/none/', 'ggi_dienst brp2; ggi_levering_fields body=fields;'],
    ['/p/all/', 'ggi_dienst brp; ggi_levering_fields off;'],
    ['/p/observe/', 'ggi_dienst brp; ggi_levering_fields body=fields; ggi_levering observe;'],
    ['/p/q/', 'ggi_dienst brp; ggi_levering_fields query=fields;'],
    ['/a/', 'ggi_dienst brp role=afnemer; ggi_levering_fields body=fields;'],
    ['/a/any/', 'ggi_dienst brp2 role=afnemer; ggi_levering_fields body=fields;'],
    [   '/a/file/',
        'ggi_dienst brp role=afnemer; ggi_levering_fields body=fields; client_body_in_file_only clean;'
            . 'proxy_request_buffering off;'],
    ['/a/small/', 'ggi_dienst brp role=afnemer; ggi_levering_fields body=fields; ggi_levering_body_max 100;'],
    [   '/a/max/',
        'ggi_dienst brp role=afnemer; ggi_levering_fields body=fields; ggi_levering_body_max 100; '
            . 'client_max_body_size 200; error_page 400 408 413 = /a/page;'],
    [   '/a/waits/',
        'ggi_dienst brp role=afnemer; ggi_levering_fields body=fields; error_page 408 = /a/page; '
            . 'client_body_timeout 1s;'],
);
my $api = GGI::Api->serving(
    $gate->port(9),
    sub {
        my ($client) = @_;
        my $text = '';
        while ($text !~ /\r\n\r\n/
            || length($text =~ s/.*?\r\n\r\n//sr) < ($text =~ /^content-length: (\d+)/mi ? $1 : 0)) {
            sysread $client, $text, 65536, length $text or return;
        }
        print $client "HTTP/1.1 200 OK\r\nContent-Length: @{[ length $text ]}\r\nConnection: close\r\n\r\n$text";
    });
$gate->start;

my @json = (-H => 'Content-Type: application/json');

# A call of the provider's with a body, and what its API got as one.
sub post { my ($path, $body, @more) = @_; return $gate->call($path, @json, '--data-binary', $body, @more) }
sub got { my ($answer, $name) = @_; return allowed($answer, $name) =~ s/.*?\r\n\r\n//sr }

subtest 'the body' => sub {
    my $body = qq( {"type":"RaadpleegMetBurgerservicenummer",\n "burgerservicenummer":["999993653"],)
        . '"fields":["naam.voornamen","geboorte.datum"]} ';
    $gate->mark;
    for my $version ('--http1.1', '--http2') {
        is got(post('/p/x', $body, $version), "agreed fields, $version"), $body, 'and the API gets the same bytes';
        is got(post('/p/x', $body, $version, -H => 'Transfer-Encoding: chunked'), "in chunks, $version"), $body,
            'the same';
        is got(post('/p/x', $body, $version, -H => 'Expect: 100-continue'), "that waits for 100, $version"), $body,
            'the same';
    }
    my ($first) = GGI::Audit::decisions($gate->since(6, 6));
    is_deeply $first->{body}{'adl.core.request'}{context}{velden}, ['naam.voornamen', 'geboorte.datum'],
        'they are recorded';

    for (
        ['{"fields":["naam","geboorte"]}', 403, 'field_not_authorised'],
        ['{"fields":["naam"],"fields":["geboorte"]}', 400, 'fields_malformed'],
        ['{"fields":["naam"],"\u0066ields":["geboorte"]}', 400, 'fields_malformed'], ['[]', 400, 'fields_malformed'],
        ['{"fields":"naam"}', 400, 'fields_malformed'], ['{}', 400, 'field_missing'], ['', 400, 'field_missing'],
        ['{"fields":[]}', 400, 'field_missing']
    ) {
        my ($text, $status, $reason) = @$_;
        refused(post('/p/x', $text), $status, $reason, $text);
    }
    like post('/p/x', '{"fields":["naam","geboorte"]}')->{body}, qr/The field is geboorte\./,
        'the answer names the field';
    got(post('/p/x', '{"fields":["adresseringBinnenland.adresregel1","inOnderzoek"]}'),
        'an alias, and one that is always there');
    refused(post('/p/x', '{"fields":["verblijfplaatsBinnenland"]}'), 403, 'field_not_authorised', 'another alias');
    refused(post('/p/none/x', '{"fields":["naam"]}'), 403, 'field_not_authorised', 'a dienst without velden');
    refused($gate->call('/p/x'), 400, 'field_missing', 'GET');
    refused($gate->call('/p/x', '-X', 'POST'), 400, 'field_missing', 'no body');
    $gate->mark;
    got(post('/p/all/x', 'anything'), 'where no fields are judged');
    got(post('/p/observe/x', '{"fields":["geboorte"]}'), 'where fields are observed');
    my (undef, $observed) = GGI::Audit::decisions($gate->since(2, 2));
    is $observed->{body}{'adl.core.response'}{context}{would_refuse}, 'field_not_authorised', 'that is recorded';
};

subtest 'how the body comes' => sub {
    my $body = '{"fields":["naam"]}';
    for (
        ['Content-Type: application/json; charset=UTF-8', 200], ['Content-Type: application/vnd.x+json', 200],
        ['Content-Type: application/json; charset=utf-16', 400], ['Content-Type: text/plain', 400],
        ['Content-Type:', 400],
        ['Content-Type: application/x-www-form-urlencoded', 400]
    ) {
        my ($header, $status) = @$_;
        is $gate->call('/p/x', -H => $header, '--data-binary', $body)->{status}, $status, $header;
    }
    refused(post('/p/x', $body, -H => "Content-Encoding: $_"), 400, 'fields_malformed', "encoded: $_")
        for qw(gzip identity);
    like post('/p/x', $body, '--http1.1', -H => 'Content-Type: text/plain')->{body}, qr/Content-Type\./,
        'two media types';
};

subtest 'the query' => sub {
    got($gate->call("/p/q/x$_"), $_)
        for '?fields=naam', '?x=1&fields=naam.x,geboorte.datum&fields=adressering', '?fields=naam%2Cadressering';
    for (
        ['?fields=naam,geboorte', 403, 'field_not_authorised'],
        ['?fields=naam&fields=geboorte', 403, 'field_not_authorised'],
        ['?fields=geboorte&fields=naam', 403, 'field_not_authorised'], ['', 400, 'field_missing'],
        ['?fields=', 400, 'field_missing'],
        map { [$_, 400, 'fields_malformed'] } '?fields=naam&%66ields=x', '?fields=naam&fields[]=x',
        '?fields=naam;fields=x',
        '?fields=naam&FIELDS=x', '?fields=(naam)'
    ) {
        my ($query, $status, $reason) = @$_;
        refused($gate->call("/p/q/x$query"), $status, $reason, $query);
    }
    refused($gate->call('/p/q/x?fields=naam', '--data', 'fields=x'), 400, 'fields_malformed', 'a form');
    for my $cookie ('fields=geboorte', 'a=b; fields=geboorte', 'a=b;Fields[]=x', 'a=b; %66ields=x', 'a=b, fields=x') {
        for my $version ('--http1.1', '--http2') {
            my @cookie = ($version, -H => 'Cookie: x=y', -H => "Cookie: $cookie");
            my $answer = $gate->call('/p/q/x?fields=naam', @cookie);
            refused($answer, 400, 'fields_malformed', "a cookie $cookie");
            like $answer->{body}, qr/Cookie\./, 'whose header is named';
            refused(post('/p/x', '{"fields":["naam"]}', @cookie), 400, 'fields_malformed', "$cookie, and a body");
        }
    }
    allowed($gate->call('/p/q/x?fields=naam', -H => "Cookie: $_"), "a cookie $_")
        for 'xfields=geboorte; a="b c"', 'session=fields; fields-x=a', 'a=%66ields=';
    like allowed(
        $gate->call('/p/q/x?fields=naam#&fields=x', '--request-target', '/p/q/x?fields=naam#&fields=x'),
        'a fragment'),
        qr{\A\S+ /p/q/x\?fields=naam }, 'is not passed on';
};

my $plain = $gate->port(3);
my $headers = "Host: gate\r\n$GGI::Gate::CLAIM\r\nX-Toepassing: zaaksysteem\r\nX-Gebruiker: jan\r\nX-Functie: f\r\n"
    . "Content-Type: application/json\r\n";

# A call of the consumer's, byte by byte.
sub sent {
    my ($path, $rest, @more) = @_;
    return raw($plain, "POST $path HTTP/1.1\r\n$headers$rest", until => qr/\r\n\r\n.*\}|ok/s, @more);
}

subtest 'a consumer' => sub {
    my $long = '{"x":"' . 'y' x 40_000 . '","fields":["naam"]}';
    my $length = 'Connection: close' . "\r\nContent-Length: " . length $long;
    for my $path ('/a/x', '/a/file/x') {
        my $got = raw($plain, "POST $path HTTP/1.1\r\n$headers$length\r\n\r\n$long", seconds => 10);
        is substr($got, -length $long), $long, "$path: a body that nginx puts into a file";
        $got = raw(
                  $plain, "POST $path HTTP/1.1\r\n${headers}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                . join('', map { sprintf "%x\r\n%s\r\n", length, $_ } unpack '(a9000)*', $long)
                . "0\r\n\r\n", seconds => 10);
        is substr($got, -length $long), $long, "$path: in chunks";
    }
    my $socket = connect_to($plain);
    my $text = '{"fields":["naam"]}';
    syswrite $socket, "POST /a/x HTTP/1.1\r\n${headers}Content-Length: 19\r\n\r\n";
    for my $part (split //, $text) { syswrite $socket, $part; GGI::Slow::sleep(0.002) }
    like receive($socket, qr/\Q$text\E/), qr/\AHTTP\S+ 200.*\Q$text\E\z/s, 'byte after byte';
    syswrite $socket, "POST /a/x HTTP/1.1\r\n${headers}Content-Length: 19\r\n\r\n{\"fields\":[\"nam\"]} POST";
    like receive($socket, qr/\}\z/), qr/\AHTTP\S+ 403.*The field is nam\./s, 'and the next call of the connection';

    like sent('/a/any/x', "Content-Length: 16\r\n\r\n{\"fields\":[\"q\"]}"), qr/\A\S+ 200/,
        'a function with all fields';
};

subtest 'over HTTP/2, in several frames' => sub {
    my $text = '{"fields":["naam"]}';
    my @fields = (
        ':method' => 'POST', ':path' => '/a/x', ':scheme' => 'http', ':authority' => 'gate',
        'content-type' => 'application/json',
        'x-doelbinding' => 'BRPACT-AlgemeneTaken', 'x-toepassing' => 'zaaksysteem', 'x-gebruiker' => 'jan',
        'x-functie' => 'f');
    my $bytes =
          GGI::H2::preface()
        . GGI::H2::headers(1, 0, @fields)
        . join('', map { GGI::H2::data(1, 0, $_) } split //, $text)
        . GGI::H2::data(1, 1, '')
        . GGI::H2::headers(3, 0, @fields)
        . GGI::H2::data(3, 1, '{"fields":["x"]}');
    my $socket = connect_to($gate->port(4));
    syswrite $socket, $bytes;
    my $got = '';
    $gate->wait_for(
        sub {
            $got .= receive($socket, undef, 0.05);
            2 == grep { $_->{ended} } GGI::H2::answers($got);
        },
        'both answers');
    my ($first, $second) = GGI::H2::answers($got);
    like $first->{body}, qr/\Q$text\E\z/, 'agreed';
    is "$first->{status} $second->{status}", '200 403', 'and not agreed';
};

subtest 'too much' => sub {
    $gate->mark;
    my $long = '{"fields":["naam"],"x":"' . 'y' x 80 . '"}';
    like sent('/a/small/x', "Content-Length: 150\r\n\r\n$long"), qr/\A\S+ 413.*body_too_large/s, 'a length';
    like sent('/a/small/x', sprintf "Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", length $long, $long),
        qr/\A\S+ 413.*body_too_large/s, 'chunks';
    my $chunks = sprintf "%x\r\n%s\r\n", length $long, $long;
    like sent('/a/max/x', "Transfer-Encoding: chunked\r\n\r\n" . $chunks x 2 . "0\r\n\r\n"),
        qr/\A\S+ 413.*request_rejected/s,
        'more chunks than nginx takes, at once';
    my $socket = connect_to($plain);
    for my $text ("POST /a/max/x HTTP/1.1\r\n${headers}Transfer-Encoding: chunked\r\n\r\n", $chunks, $chunks) {
        syswrite $socket, $text;
        GGI::Slow::sleep(0.05);    # so that nginx waits for the rest
    }
    like receive($socket, qr/\}\z/), qr/\A\S+ 413.*request_rejected/s, 'and one after the other';
    like sent('/a/max/x', "Transfer-Encoding: chunked\r\n\r\nxyz\r\n"), qr/\A\S+ 400.*request_rejected/s,
        'chunks that are none';
    is sent('/a/waits/x', "Content-Length: 50\r\n\r\n{"), '', 'a body that does not come';
    $socket = connect_to($plain);
    syswrite $socket, "POST /a/x HTTP/1.1\r\n${headers}Content-Length: 50\r\n\r\n{";
    close $socket;
    is_deeply [sort map { GGI::Audit::outcome($_) } GGI::Audit::decisions($gate->since(7, 0))],
        [
        'body_too_large 413', 'body_too_large 413', 'request_rejected 400', 'request_rejected 400',
        'request_rejected 408',
        'request_rejected 413', 'request_rejected 413'],
        'each is recorded';
};

undef $api;
$gate->stop;

for (
    ['ggi_levering_fields fields;', qr/"ggi_levering_fields" takes "off", or "body=" or "query=" and a name/],
    ['ggi_levering_fields body=a-b;', qr/invalid value "body=a-b"/],
    ['ggi_levering_fields off; ggi_levering_fields off;', qr/"ggi_levering_fields" directive is duplicate/],
    ['ggi_levering_body_max 2m;', qr/"ggi_levering_body_max" directive has to be at least 1 byte, and at most 1m/],
    ['ggi_levering_always a-b;', qr/"ggi_levering_always" has "a-b", expected the path of a field/],
    ['ggi_levering_alias a;', qr/"ggi_levering_alias" has "", expected the path of a field/]
) {
    my ($directive, $message) = @$_;
    my $one = GGI::Gate->new(tls => 0, gates => ['audit'], locations => "location / { ggi_dienst brp; $directive }");
    my ($exit, $text) = $one->test_configuration;
    like $text, $message, $directive;
}

done_testing;
