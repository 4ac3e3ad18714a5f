# SPDX-License-Identifier: EUPL-1.2
# doelbinding: the claim of a call.
use strict;
use warnings;

use Test::More;

use GGI::Gate;
use GGI::Problem qw(allowed refused);

my $pki = GGI::Pki->new;
my @modules = map {"ngx_http_ggi_${_}_module"} qw(dienst pkio autorisatie doelbinding);
my $profiles = <<"JSON";
[ { "oin": "$GGI::Gate::OIN", "versie": 7, "diensten": { "brp-bevragen": { "methoden": ["GET"], "paden": ["/**"],
    "doelbindingen": ["BRPACT-AlgemeneTaken", "Oud", "Elders"] } } } ]
JSON
my $register = <<'JSON';
{ "versie": "2026-11-01", "doelbindingen": [
  { "id": "BRPACT-AlgemeneTaken", "doel": "Uitvoering", "grondslag": { "avg": "6.1.e", "wet": "Wet BRP art. 3.1" },
      "geldig_van": "2026-01-01", "diensten": ["brp-bevragen"] },
  { "id": "BRPACT-Totaal", "doel": "Uitvoering", "grondslag": { "avg": "6.1.e" }, "diensten": ["brp-bevragen"] },
  { "id": "Oud", "doel": "Uitvoering", "grondslag": { "avg": "6.1.e" }, "geldig_tot": "2020-01-01",
      "diensten": ["brp-bevragen"] },
  { "id": "Elders", "doel": "Uitvoering", "grondslag": { "avg": "6.1.e" }, "diensten": ["kadaster"] } ] }
JSON
my $gate = GGI::Gate->new(
    pki => $pki,
    modules => \@modules,
    gates => [qw(pkio autorisatie doelbinding)],
    profiles => $profiles,
    register => $register,
    server => 'ggi_dienst brp-bevragen; add_header X-Claim "$ggi_doelbinding" always;',
    locations => <<'CONF',
        location / { proxy_pass http://api; }
        location /named {
            ggi_doelbinding_header X-Purpose;
            ggi_doelbinding_verwerking_header X-Process;
            ggi_doelbinding_gebruiker_header X-User;
            ggi_doelbinding_toepassing_header X-App;
            proxy_pass http://api;
        }
        location /observe { ggi_doelbinding observe; proxy_pass http://api; }
        location /without-profile { ggi_autorisatie off; proxy_pass http://api; }
CONF
    answer => '"$http_x_doelbinding|$http_x_verwerking|$http_x_gebruiker|$http_x_toepassing"',
    claim => '',
)->start;

sub call {
    my ($path, @headers) = @_;
    return $gate->call($path, map { (-H => $_) } @headers);
}

my $claim = 'X-Doelbinding: BRPACT-AlgemeneTaken';
my $answer = call(
    '/', $claim, "X-Verwerking: Financi\xc3\xable administratie\@Correspondentie factuur",
    'X-Gebruiker: BurgerZelf', 'x-toepassing: zac');
is allowed($answer, 'a whole claim'),
    "BRPACT-AlgemeneTaken|Financi\xc3\xable administratie\@Correspondentie factuur|BurgerZelf|zac", 'reaches the API';
is $answer->{headers}{'x-claim'}, 'BRPACT-AlgemeneTaken', 'and is a variable';
allowed(call('/', lc($claim) =~ s/brp.*/BRPACT-AlgemeneTaken/r), 'in lower case, alone');

refused(call('/'), 400, 'claim_missing', 'no claim');
refused(call('/', 'X-Doelbinding;'), 400, 'claim_missing', 'an empty claim');
refused(call('/', 'X-Verwerking: x'), 400, 'claim_missing', 'companions alone');
refused(call('/', 'X-Doelbinding;', "X-Gebruiker: \x01"), 400, 'claim_missing', 'missing comes before malformed');
refused(call('/', $claim, $claim), 400, 'claim_malformed', 'a repeated claim');
refused(call('/', 'X-Doelbinding;', 'X-Doelbinding;'), 400, 'claim_malformed', 'a repeated empty claim');
refused(call('/', "X-Doelbinding: BRPACT\x01"), 400, 'claim_malformed', 'a control character');
refused(call('/', "X-Doelbinding: Financi\xeble"), 400, 'claim_malformed', 'no UTF-8');
refused(call('/', 'X-Doelbinding: ' . 'x' x 1025), 400, 'claim_malformed', '1025 bytes');
refused(call('/', 'X-Doelbinding: ' . 'x' x 1024), 403, 'claim_unknown', '1024 bytes');
allowed(call('/', $claim, "X-Gebruiker: \xff"), 'a companion that is ISO-8859-1');
refused(
    call('/', $claim, "X-Gebruiker: \x80"), 400, 'claim_malformed',
    'a companion with a control character of ISO-8859-1');
refused(call('/', $claim, 'X-Toepassing: a', 'X-Toepassing: b'), 400, 'claim_malformed', 'a repeated companion');
refused(call('/', 'X-Doelbinding: BRPACT-algemenetaken'), 403, 'claim_unknown', 'another case');
refused(call('/', 'X-Doelbinding: BRPACT-AlgemeneTaken,BRPACT-Totaal'), 403, 'claim_unknown', 'a list');
refused(call('/', 'X-Doelbinding: Oud'), 403, 'claim_expired', 'one of the past');
refused(call('/', 'X-Doelbinding: Elders'), 403, 'claim_not_for_dienst', 'one for another dienst');
$answer = call('/', 'X-Doelbinding: BRPACT-Totaal');
refused($answer, 403, 'claim_not_in_profile', 'one that was not agreed');
is $answer->{headers}{'x-claim'}, 'BRPACT-Totaal', 'which is known all the same';

allowed(call('/named', 'X-Purpose: BRPACT-AlgemeneTaken'), 'a header of the operator');
refused(call('/named', $claim), 400, 'claim_missing', 'which is then the only one');
refused(call('/named', 'X-Purpose: BRPACT-AlgemeneTaken', "$_: \x01"), 400, 'claim_malformed', $_)
    for qw(X-Process X-User X-App);
allowed(call('/observe'), 'observed');
allowed(call('/without-profile', 'X-Doelbinding: BRPACT-Totaal'), 'without a profile to look at');

$gate->write($_, "\xef\xbb\xbf" . $gate->read($_)) for 'doelbindingen.json', 'profielen.json';
ok $gate->reload, 'files that begin with a byte order mark';
allowed(call('/', $claim), 'are read');
unlike $gate->read('logs/error.log'), qr/\[emerg\]/, 'without an error';

$gate->write('doelbindingen.json', $register =~ s/"6.1.e"/7/r);
$gate->signal('HUP');
ok $gate->wait_for(
    sub {
        $gate->read('logs/error.log') =~ m{register\ of\ doelbindingen\ in\ "\S+doelbindingen\.json":
                \ \$\.doelbindingen\[0\]\.grondslag\.avg:\ invalid.*\ in\ \S+nginx\.conf:\d+}x;
    },
    'the error'),
    'a reload with a bad register names the place';
allowed(call('/', $claim), 'what runs is kept');
push @{ $gate->{allow_errors} }, qr/doelbindingen\.json/;
$gate->stop;

GGI::Nginx->refuses(
    'no register', qr/dienst "a" has gate ggi_doelbinding on, which needs .*ggi_doelbinding_register.*nginx\.conf:\d+/,
    modules => \@modules,
    http => 'ggi_pkio off; ggi_autorisatie off; ggi_audit off; server { listen 127.0.0.1:%%PORT%%; '
        . 'location / { ggi_dienst a; } }');

done_testing;
