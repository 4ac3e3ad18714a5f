# SPDX-License-Identifier: EUPL-1.2
# A cache of answers in a dienst: nginx -t warns where it would give one caller what was answered to another.
use strict;
use warnings;

use Test::More;

use GGI::Gate;
use GGI::Nginx;
use GGI::Problem qw(allowed);

my $pki = GGI::Pki->new;
my $oin = $GGI::Gate::OIN;
my $other = '00000001002564440000';
my $third = '00000003123456780000';
my $cache =
      'proxy_cache_path %%PREFIX%%/cache keys_zone=answers:1m; '
    . 'fastcgi_cache_path %%PREFIX%%/fcache keys_zone=fanswers:1m; proxy_cache_valid any 1h;';
my @three = ('$ggi_oin', '$http_x_origin_oin', '$ggi_doelbinding');

# The warnings of nginx -t about a server with these locations that are about a cache or a store.
sub warnings_about {
    my ($locations, %args) = @_;
    my $gate = GGI::Gate->new(pki => $pki, more => $cache, locations => $locations, %args);
    my ($good, $text) = $gate->test_configuration;
    ok $good, 'a good configuration' or diag $text;
    my %lines;
    my @lines = split /\n/, $gate->read('nginx.conf');
    return map { /nginx\.conf:(\d+)/ ? [$lines[$1 - 1] =~ s/^\s+|\s+$//gr, $_] : ['', $_] }
        grep {/cached|store/} GGI::Nginx::warnings_in($text);
}

sub warns {
    my ($name, $line, $message, @configuration) = @_;
    subtest $name => sub {
        my @warnings = warnings_about(@configuration);
        is scalar @warnings, 1, 'one warning' or diag join "\n", map { $_->[1] } @warnings;
        like $warnings[0][0] // '', $line, 'names the line';
        like $warnings[0][1] // '', $message, 'and what to do';
    };
    return;
}

sub silent {
    my ($name, @configuration) = @_;
    subtest $name => sub {
        is_deeply [map { $_->[1] } warnings_about(@configuration)], [], 'no warning';
    };
    return;
}

my $cached = qr/the answers of dienst "brp" are cached.*put \$ggi_cache_key into "proxy_cache_key"/;
warns(
    'the default key', qr{^location /a/}, $cached,
    "\nlocation /a/ {\n ggi_dienst brp;\n proxy_cache answers; proxy_pass http://api; }");
for my $case (['a key of its own', '$scheme$request_uri'], ['a key without variables', 'all']) {
    my ($name, $key) = @$case;
    warns(
        $name, qr{^location /}, $cached,
        "location / { ggi_dienst brp; proxy_cache answers; proxy_cache_key $key; proxy_pass http://api; }");
}
for my $missing (0 .. 2) {
    my $key = join '', @three[grep { $_ != $missing } 0 .. 2];
    warns(
        "a key without $three[$missing]", qr{^location /}, $cached,
        "location / { ggi_dienst brp; proxy_cache answers; proxy_cache_key $key\$request_uri; proxy_pass http://api; }"
    );
}
silent(
    'a key with all three',
    "location / { ggi_dienst brp; proxy_cache answers; proxy_cache_key @{[ join '', @three ]}\$request_uri; "
        . "proxy_pass http://api; }");
silent(
    'a key with $ggi_cache_key',
    'location / { ggi_dienst brp; proxy_cache answers; proxy_cache_key $ggi_cache_key$request_uri; '
        . 'proxy_pass http://api; }');
silent(
    'another name for the origin',
    'location / { ggi_dienst brp; ggi_dienst_origin_header X-Namens; proxy_cache answers; '
        . 'proxy_cache_key $ggi_oin$http_x_namens$ggi_doelbinding$request_uri; proxy_pass http://api; }');
warns(
    'which the key does not hold', qr{^location /}, $cached,
    "location / { ggi_dienst brp; ggi_dienst_origin_header X-Namens; proxy_cache answers; "
        . "proxy_cache_key @{[ join '', @three ]}\$request_uri; proxy_pass http://api; }");
warns(
    'inherited from http, where one location has a good key', qr{^location /bad/}, $cached,
    <<'CONF', more => "$cache proxy_cache answers;");
    location /good/ { ggi_dienst brp; proxy_cache_key $ggi_cache_key$request_uri; proxy_pass http://api; }
    location /bad/ { ggi_dienst brp; proxy_pass http://api; if ($arg_x) { set $x 1; } }
    location /off/ { ggi_dienst brp; proxy_cache off; proxy_pass http://api; }
    location /return/ { ggi_dienst brp; return 204; }
    location /plain/ { ggi_dienst off; proxy_pass http://api; }
    location /fastcgi/ { ggi_dienst brp; fastcgi_pass 127.0.0.1:%%PORT2%%; }
CONF
warns(
    'a variable in proxy_pass', qr{^location /}, $cached,
    'location / { ggi_dienst brp; proxy_cache answers; proxy_pass http://api$request_uri; }');
warns(
    'a variable for the zone', qr{^location /}, $cached,
    'location / { ggi_dienst brp; proxy_cache $arg_zone; proxy_pass http://api; }');
warns(
    'fastcgi_cache', qr{^location /}, qr/"brp" are cached.*into "fastcgi_cache_key"/,
    'location / { ggi_dienst brp; fastcgi_cache fanswers; fastcgi_cache_key $request_uri; '
        . 'fastcgi_pass 127.0.0.1:%%PORT2%%; }');
silent(
    'fastcgi_cache with a good key',
    'location / { ggi_dienst brp; fastcgi_cache fanswers; fastcgi_cache_key $ggi_cache_key$request_uri; '
        . 'fastcgi_pass 127.0.0.1:%%PORT2%%; }');
warns(
    'POST', qr{^location /}, qr/to POST are cached.*\$request_body/,
    'location / { ggi_dienst brp; proxy_cache answers; proxy_cache_methods POST; '
        . 'proxy_cache_key $ggi_cache_key$request_uri; proxy_pass http://api; }');
silent(
    'POST with its body',
    'location / { ggi_dienst brp; proxy_cache answers; proxy_cache_methods POST; '
        . 'proxy_cache_key $ggi_cache_key$request_uri$request_body; proxy_pass http://api; }');
warns(
    'proxy_store on', qr{^location /}, qr/"proxy_store on" keeps the answers of dienst "brp" in files/,
    'location / { ggi_dienst brp; proxy_store on; proxy_pass http://api; }');
silent(
    'proxy_store with a path',
    'location / { ggi_dienst brp; proxy_store %%PREFIX%%/store/$ggi_cache_key; proxy_pass http://api; }');
silent('no dienst', 'location / { proxy_cache answers; proxy_pass http://api; }');

subtest 'a cache with $ggi_cache_key' => sub {
    my $dienst =
        '{"methoden":["GET"],"paden":["/**"],"doelbindingen":["BRPACT-AlgemeneTaken","BRPACT-Andere"],"namens":["'
        . $third . '"]}';
    my $gate = GGI::Gate->new(
        pki => $pki, more => $cache,
        profiles => '['
            . join(',', map {qq({"oin":"$_","versie":1,"diensten":{"brp":$dienst,"brp2":$dienst}})} $oin, $other) . ']',
        register => '{"versie":"1","doelbindingen":[' . join(
            ',',
            map {qq({"id":"BRPACT-$_","doel":"x","grondslag":{"avg":"6.1.e"},"diensten":["brp","brp2"]})}
                qw(AlgemeneTaken Andere))
            . ']}',
        api => 'location /answer { add_header Cache-Control max-age=60; '
            . 'return 200 "$http_x_origin_oin $http_x_doelbinding $http_fsc_transaction_id"; }',
        locations => <<'CONF');
        proxy_cache answers;
        proxy_cache_key $ggi_cache_key$scheme$proxy_host/answer$is_args$args;
        add_header X-Cache $upstream_cache_status always;
        location / { ggi_dienst brp; proxy_pass http://api/answer; }
        location /two/ { ggi_dienst brp2; proxy_pass http://api/answer; }
        location /early/ { ggi_dienst brp; if ($ggi_cache_key = x) { return 418; } proxy_pass http://api/answer; }
CONF
    $gate->start;
    my $call = sub {
        my ($caller, $path, $claim, @options) = @_;
        my @certificate = $pki->client("caller-$caller", '--oin', $caller);
        my $answer = GGI::Curl::curl($gate->https($path), @certificate, '-H', "X-Doelbinding: $claim", @options);
        allowed($answer, "$caller $path $claim");
        return $answer;
    };
    my @calls = map {
        my $caller = $_;
        map {
            my $claim = $_;
            map { [$caller, '/x', $claim, @$_] } [], [-H => "X-Origin-OIN: $third"]
        } 'BRPACT-AlgemeneTaken', 'BRPACT-Andere'
    } $oin, $other;
    push @calls, [$oin, '/two/x', 'BRPACT-AlgemeneTaken'],
        map { [$oin, '/x', 'BRPACT-AlgemeneTaken', -H => "X-Betrouwbaarheidsniveau: $_"] } qw(laag hoog);
    for my $status ('MISS', 'HIT') {
        for my $one (@calls) {
            my $answer = $call->(@$one);
            is $answer->{headers}{'x-cache'}, $status, "$status: each its own answer";
            my $for = "@$one" =~ /X-Origin-OIN/ ? $third : $one->[0];
            like $answer->{body}, qr/^\Q$for $one->[2]\E /, 'which is for this call';
        }
    }
    is $call->($oin, '/x', 'BRPACT-AlgemeneTaken', '-H', "X-Origin-OIN: $oin")->{headers}{'x-cache'}, 'HIT',
        'on behalf of oneself is the same';
    is $gate->call('/early/x')->{status}, 500, 'it cannot be known before the gates';
    $gate->stop;
};

done_testing;
