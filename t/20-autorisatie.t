# SPDX-License-Identifier: EUPL-1.2
# autorisatie: profiles from a file.
use strict;
use warnings;

use Test::More;

use GGI::Gate;
use GGI::Problem qw(allowed refused);

my $pki = GGI::Pki->new;
my @modules = map {"ngx_http_ggi_${_}_module"} qw(dienst pkio autorisatie);
my ($oin, $expired, $future, $other) =
    qw(00000001823288444000 00000001002564440000 00000004003214345000 00000003123456780000);

my $dienst =
      qq({"methoden": ["GET", "POST", "COPY", "MOVE"], "paden": ["/brp/personen", "/brp/personen/*", "/named"], )
    . qq("doelbindingen": [], "namens": ["$other"]});
my $profiles = <<"JSON";
[ { "oin": "$oin", "naam": "Gemeente Voorbeeld", "versie": 7, "geldig_tot": "2099-01-01",
    "diensten": { "brp-bevragen": $dienst } },
  { "oin": "$expired", "versie": 1, "geldig_tot": "2020-01-01", "diensten": { "brp-bevragen": $dienst } },
  { "oin": "$future", "versie": 1, "geldig_van": "2099-01-01", "diensten": { "brp-bevragen": $dienst } } ]
JSON
my $gate = GGI::Gate->new(
    pki => $pki,
    modules => \@modules,
    gates => [qw(pkio autorisatie)],
    profiles => $profiles,
    server => 'ggi_dienst brp-bevragen; add_header X-Versie "$ggi_profiel_versie" always;',
    locations => <<'CONF',
        location / { proxy_pass http://api; }
        location /other { ggi_dienst other; proxy_pass http://api; }
        location /observe { ggi_autorisatie observe; proxy_pass http://api; }
        location /named { ggi_dienst_origin_header X-Namens; proxy_pass http://api; }
CONF
    answer => '"$request_uri|$http_x_origin_oin|$http_x_namens"',
    claim => '',
)->start;

sub call { my ($path, @options) = @_; return $gate->call($path, @options) }

my $answer = call('/brp/personen?bsn=1');
is allowed($answer, 'an agreed path'), "/brp/personen?bsn=1|$oin|", 'the API gets the target and the OIN';
is $answer->{headers}{'x-versie'}, 7, 'the version of the profile';
allowed(call('/brp/personen/1'), 'a path by pattern');
allowed(call('/brp/personen', '-d', 'x'), 'another agreed method');

refused(
    call('/brp/personen', { as => [$pki->client('unknown', '--oin', $other)] }), 403, 'profile_not_found',
    'no profile');
refused(
    call('/brp/personen', { as => [$pki->client('expired', '--oin', $expired)] }), 403, 'profile_expired',
    'a profile of the past');
refused(
    call('/brp/personen', { as => [$pki->client('future', '--oin', $future)] }), 403, 'profile_expired',
    'a profile of the future');
refused(call('/other'), 403, 'dienst_not_authorised', 'another dienst');
refused(call('/brp/personen', '-X', 'DELETE'), 403, 'method_not_authorised', 'another method');
is call('/brp/personen', '-I')->{status}, 403, 'HEAD is a method of its own';
refused(call($_), 403, 'path_not_authorised', "path $_")
    for '/', '/brp', '/brp/personen/', '/brp/personen/1/2', '/brp/Personen', '/brp/personen/..%2f..%2fadmin',
    '/brp/personen;x',
    '/brp/personen/..;/1', '/brp/personen/%5c..', '/brp/personen/1%0a';

subtest 'on behalf of another organisation' => sub {
    is allowed(call('/brp/personen', -H => "X-Origin-OIN: $other"), 'one in namens'), "/brp/personen|$other|",
        'the API gets it';
    is allowed(call('/brp/personen', -H => "x-origin-oin: $oin"), 'itself'), "/brp/personen|$oin|",
        'the API gets it';
    is allowed(call('/brp/personen', -H => 'X-Origin-OIN;'), 'an empty one'), "/brp/personen|$oin|",
        'is nobody';
    refused(call('/brp/personen', -H => "X-Origin-OIN: $_"), 403, 'on_behalf_of_not_authorised', $_)
        for $expired, 'x', "$other $oin", "$other,$oin", 'x' x 5000;
    is allowed(
        call('/brp/personen', -H => "X-Origin-OIN: $other "),
        'one with a blank behind it, which HTTP/1.1 takes off'),
        "/brp/personen|$other|", 'the API gets it';
    refused(
        call('/brp/personen', -H => "X-Origin-OIN: $other", -H => "X-Origin-OIN: $other"), 403,
        'on_behalf_of_not_authorised', 'twice');
    is allowed(call('/named', -H => "X-Namens: $other"), 'a header of the operator'), "/named||$other",
        'the API gets that';
    is allowed(call('/observe', -H => "X-Origin-OIN: $expired"), 'observed'), "/observe|$oin|",
        'but nothing that is not so';
};

subtest 'the API sees the path that was judged' => sub {
    is allowed(call('/brp/admin/..%2fpersonen'), 'an encoded slash'), "/brp/personen|$oin|";
    is allowed(call('/brp/%70ersonen/%31'), 'encoded letters'), "/brp/personen/1|$oin|";
    is allowed(call('/brp//personen/./1?a=%2F'), 'slashes and dots'), "/brp/personen/1?a=%2F|$oin|";
    is allowed(call('/brp/personen/a%22b%25'), 'what has to be encoded'), "/brp/personen/a%22b%25|$oin|";
};

subtest 'COPY and MOVE write to another path' => sub {
    for my $method ('COPY', 'MOVE') {
        my @copy = ('-X', $method);
        allowed(call('/brp/personen/1', @copy, -H => "Destination: $_"), "$method to $_")
            for '/brp/personen/2', '/brp/%70ersonen/%32', 'https://localhost/brp/personen/2', '/brp/personen/%c3%ab';
        refused(call('/brp/personen/1', @copy, -H => "Destination: $_"), 403, 'path_not_authorised', "$method to $_")
            for '/brp/geheim', 'https://localhost/brp/geheim', 'https://localhost', '/brp/personen/../geheim',
            '/brp/personen/%2e%2e/geheim', '/brp/personen/1/2',
            '//brp/personen/2', '/brp//personen/2', 'brp/personen/2', '/brp/personen/2?x', '/brp/personen/2#x',
            '/brp/personen/%', '/brp/personen/%252e', '/brp/personen/%00', 'x:/brp/personen/2';
        refused(
            call('/brp/personen/1', @copy, -H => 'Destination: /brp/personen/2', -H => 'Destination: /brp/geheim'),
            403, 'path_not_authorised', "$method to two");
        refused(call('/brp/personen/1', @copy, -H => 'Destination;'), 403, 'path_not_authorised', "$method to nothing");
        like call('/brp/personen/1', @copy, -H => 'Destination: /brp/geheim')->{body}, qr/The header is Destination/,
            'the answer names the header';
        allowed(call('/brp/personen/1', @copy), "$method without a destination, which does nothing");
    }
    allowed(call('/brp/personen/1', -H => 'Destination: /brp/geheim'), 'another method has none');
};

subtest 'a reload' => sub {
    $gate->write('profielen.json', $profiles =~ s/"versie": 7/"versie": 8/r);
    ok $gate->reload, 'with a new file';
    is call('/brp/personen')->{headers}{'x-versie'}, 8, 'brings it';
    $gate->write('profielen.json', $profiles =~ s/"GET"/7/r);
    $gate->signal('HUP');
    ok $gate->wait_for(
        sub {
            $gate->read('logs/error.log') =~
                /profielen\.json": \$\[0\]\.diensten\.brp-bevragen\.methoden\[0\]: invalid/;
        },
        'the error'),
        'with a bad one names the place';
    is call('/brp/personen')->{headers}{'x-versie'}, 8, 'and keeps what runs';
};
push @{ $gate->{allow_errors} }, qr/profielen\.json/;
$gate->stop;

my $server = 'server { listen 127.0.0.1:%%PORT%%; ggi_pkio off; location / { ggi_dienst a; } }';
GGI::Nginx->refuses(
    'no source', qr/dienst "a" has gate ggi_autorisatie on, which needs .*nginx\.conf:\d+/, modules => \@modules,
    http => "ggi_doelbinding off; ggi_audit off; $server");
GGI::Nginx->refuses(
    'no file', qr{profiles in "/nonexistent": \$: No such file or directory in \S+nginx\.conf:\d+},
    modules => \@modules,
    http => 'ggi_autorisatie_file /nonexistent;');
GGI::Nginx->refuses(
    'a header name', qr/invalid header name "X_Y".*nginx\.conf:\d+/, modules => \@modules,
    http => 'ggi_dienst_origin_header X_Y;');

done_testing;
