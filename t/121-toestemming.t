# SPDX-License-Identifier: EUPL-1.2
# Consent: a doelbinding with "toestemming" lets in only the calls that the person has consented to.
use strict;
use warnings;

use JSON::PP ();
use Test::More;
use Time::HiRes ();

use GGI::Audit qw(decisions verdicts);
use GGI::Child ();
use GGI::Curl ();
use GGI::Folder ();
use GGI::Gate;
use GGI::Problem qw(allowed refused);
use GGI::Redis;
use GGI::Slow qw(least sleep time);

my $pki = GGI::Pki->new;
my $oin = $GGI::Gate::OIN;
my $namens = '00000001002564440000';
my $other = '00000001000000008000';
my $own = '00000004000000068000';    # of GGI::Gate::ORGANISATION
my ($person, $another) = qw(999990019 999993653);
my $eight = '12345672';    # of a third one
my $json = JSON::PP->new->utf8->canonical;
my $claim = 'X-Doelbinding: Wonen';

my $register = <<'JSON';
{ "versie": "2026-11-01", "doelbindingen": [
  { "id": "Wonen", "doel": "Woonlasten", "grondslag": { "avg": "6.1.a" }, "diensten": ["brp", "brp2"],
      "toestemming": true },
  { "id": "Sporten", "doel": "Sportpas", "grondslag": { "avg": "6.1.a" }, "diensten": ["brp"], "toestemming": true,
      "betrouwbaarheidsniveau": "hoog" },
  { "id": "BRPACT-AlgemeneTaken", "doel": "Taken", "grondslag": { "avg": "6.1.e" }, "diensten": ["brp"],
      "toestemming": false } ] }
JSON

sub profile {
    my ($of) = @_;
    my %dienst = (
        methoden => ['GET'], paden => ['/**'], namens => [$namens],
        doelbindingen => [qw(Wonen Sporten BRPACT-AlgemeneTaken)]);
    return { oin => $of, versie => 7, diensten => { brp => \%dienst, brp2 => \%dienst } };
}
my %shared = (pki => $pki, register => $register, profiles => $json->encode([profile($oin), profile($other)]));

# Two keys of pseudonyms: the second one is older, and consents under it still count.
my $keys = "# ggi-pseudonym-keys\n" . '6b' x 32 . "\n" . '6f' x 32 . "\n";
my $dir = GGI::Folder->new;
my $key_file = $dir->file('keys', $keys);
my (%pseudonym, %old);
($pseudonym{$_}, $old{$_}) = split /\n/, qx($GGI::Nginx::ROOT/scripts/ggictl audit pseudonym $key_file $_)
    for $person, $another;

# A consent of the person to the agreed caller, but for what is given; undef leaves a member out.
sub consent {
    my ($id, %other) = @_;
    my %consent = (
        id => $id, versie => 3, betrokkene => $pseudonym{$person}, afnemer => $oin, diensten => ['brp'],
        doelbinding => 'Wonen', gegeven => '2026-01-01T10:00:00Z', geldig_tot => '2099-01-01', %other);
    defined $consent{$_} or delete $consent{$_} for keys %consent;
    return \%consent;
}

sub rfc3339 {
    my ($at) = @_;
    my @t = gmtime $at;
    return sprintf '%d-%02d-%02dT%02d:%02d:%02dZ', $t[5] + 1900, $t[4] + 1, @t[3, 2, 1, 0];
}

sub gate {
    my ($consents, %args) = @_;
    my $new = GGI::Gate->new(%shared, %args);
    $new->write('pseudonym.key', $keys);
    $new->write('toestemmingen.json', $json->encode($consents)) if $consents;
    return $new->start;
}

my $locations = <<'CONF';
        location /brp/ { ggi_dienst brp; ggi_audit_data_subject $http_x_betrokkene; proxy_pass http://api; }
        location /brp2/ { ggi_dienst brp2; ggi_audit_data_subject $http_x_betrokkene; proxy_pass http://api; }
        location /query/ { ggi_dienst brp; ggi_audit_data_subject $arg_bsn; proxy_pass http://api; }
        location /cookie/ { ggi_dienst brp; ggi_audit_data_subject $cookie_bsn; proxy_pass http://api; }
        location /path/ { ggi_dienst brp; proxy_pass http://api; }
        location /told/ {
            ggi_dienst brp;
            ggi_audit_data_subject $http_x_betrokkene;
            ggi_doelbinding_toestemming_person told;
            proxy_pass http://api;
        }
        location /named/ {
            ggi_dienst brp;
            ggi_audit_data_subject $http_x_betrokkene;
            ggi_doelbinding_toestemming_header X-Consent;
            proxy_pass http://api;
        }
        location /cached/ {
            ggi_dienst brp;
            ggi_audit_data_subject $http_x_betrokkene;
            proxy_cache answers;
            proxy_cache_valid 1m;
            proxy_cache_key $ggi_cache_key$request_uri;
            proxy_pass http://api;
        }
        location /observe/ {
            ggi_dienst brp;
            ggi_audit_data_subject $http_x_betrokkene;
            ggi_doelbinding observe;
            proxy_pass http://api;
        }
        location /redirected/ {
            ggi_dienst brp;
            ggi_audit_data_subject $http_x_betrokkene;
            error_page 418 = /brp2/x;
            proxy_pass http://127.0.0.1:%%PORT4%%;
            proxy_intercept_errors on;
        }
        location /page/ {
            ggi_dienst brp;
            ggi_audit_data_subject $http_x_betrokkene;
            ssi on;
            ssi_types text/plain;
            proxy_pass http://127.0.0.1:%%PORT4%%;
        }
CONF
my $consents = [
    consent('goed'), consent('oude-sleutel', betrokkene => $old{$person}), consent('zonder-eind', geldig_tot => undef),
    consent('ander', betrokkene => $pseudonym{$another}),
    consent('ander-oud', betrokkene => $old{$another}),
    consent('andere-sleutel', betrokkene => $pseudonym{$person} =~ s/^hmac:\K.{8}/00000000/r),
    consent('andere-afnemer', afnemer => $other), consent('namens', afnemer => $namens),
    consent('andere-dienst', diensten => ['brp2']), consent('beide-diensten', diensten => ['brp2', 'brp']),
    consent('ander-doel', doelbinding => 'Sporten'),
    consent('verlopen', geldig_tot => '2026-01-02'), consent('later', gegeven => '2098-01-01'),
    consent('ingetrokken', ingetrokken => '2026-01-03T00:00:00Z'),
    consent('wordt-ingetrokken', ingetrokken => '2090-01-01'),
    consent('verlopen-ander', betrokkene => $pseudonym{$another}, geldig_tot => '2026-01-02'),
    consent('bijna-voorbij', geldig_tot => rfc3339(CORE::time() + 4)),
];
my $gate = gate(
    $consents,
    locations => $locations,
    server => 'underscores_in_headers on;',
    answer => '"$http_x_toestemming|$http_x_consent"',
    more => <<"CONF");
    ggi_doelbinding_toestemmingen %%PREFIX%%/toestemmingen.json;
    proxy_cache_path %%PREFIX%%/cache keys_zone=answers:1m;
    server {
        listen 127.0.0.1:%%PORT4%%;
        location /redirected/ { return 418; }
        location /page/ { return 200 '<!--#include virtual="/brp/x" -->'; }
        location /page/other { return 200 '<!--#include virtual="/brp/$another" -->'; }
    }
CONF

# A call about the person with these headers, at the dienst brp.
sub call {
    my ($id, @more) = @_;
    my $path = @more && $more[0] =~ m{^/} ? shift @more : '/brp/x';
    return $gate->call(
        $path, { claim => $claim }, (defined $id ? (-H => "X-Toestemming: $id") : ()),
        (grep {/^X.Betrokkene/} @more) ? () : (-H => "X-Betrokkene: $person"), map { (-H => $_) } @more);
}

subtest 'a call has the consent that it needs, or none is let in' => sub {
    is allowed(call('goed'), 'a consent for the call'), 'goed|', 'and the API is told which';
    allowed(call($_), $_) for qw(oude-sleutel zonder-eind beide-diensten);
    allowed($gate->call('/brp/x', -H => 'X-Betrokkene: 1'), 'a doelbinding without consent');
    is allowed($gate->call('/brp/x', -H => 'X-Toestemming: goed'), 'and with an id that nobody judges'), '|',
        'which the API does not get';
    my $answer = call(undef);
    refused($answer, 400, 'consent_missing', 'no consent');
    like $answer->{body}, qr/X-Toestemming/, 'the answer names the header';
    refused(call($_->[0]), 403, $_->[1], $_->[0]) for ['nergens', 'consent_unknown'], ['GOED', 'consent_unknown'],
        (map { [$_, 'consent_not_for_call'] }
            qw(ander ander-oud andere-sleutel andere-afnemer andere-dienst ander-doel namens verlopen-ander)),
        ['verlopen', 'consent_expired'], ['later', 'consent_expired'],
        (map { [$_, 'consent_withdrawn'] } qw(ingetrokken wordt-ingetrokken));
    allowed(call('andere-dienst', '/brp2/x'), 'the other dienst');
    refused(call('goed', '/brp2/x'), 403, 'consent_not_for_call', 'for which this one is not');
    refused(
        $gate->call('/brp/x', { claim => 'X-Doelbinding: Sporten' }, -H => 'X-Toestemming: nergens'), 400,
        'assurance_missing', 'a level of assurance comes first');
};

subtest 'for whom a call is made' => sub {
    allowed(call('namens', "X-Origin-OIN: $namens"), 'the consent of whom it is made for');
    refused(call('goed', "X-Origin-OIN: $namens"), 403, 'consent_not_for_call', 'and not that of the caller');
    my %as = (as => [$pki->client('other', '--oin', $other)], claim => $claim);
    my @headers = map { (-H => $_) } "X-Betrokkene: $person";
    refused(
        $gate->call('/brp/x', \%as, @headers, -H => 'X-Toestemming: goed'), 403, 'consent_not_for_call',
        'the consent of another organisation');
    allowed($gate->call('/brp/x', \%as, @headers, -H => 'X-Toestemming: andere-afnemer'), 'and its own');
};

subtest 'about whom a call is' => sub {
    my @not = (403, 'consent_not_for_call');
    refused(call('goed', "X-Betrokkene: $another"), @not, 'another person');
    refused(call('goed', 'X-Betrokkene: x'), @not, 'a person who is not told');
    refused(call('goed', 'X-Betrokkene;'), @not, 'nor by an empty header');
    refused(call('goed', "X-Betrokkene: $person, $another"), @not, 'two persons');
    refused(call('goed', "X-Betrokkene: $person, 00$another"), @not, 'one of them with zeros before it');
    refused(call('goed', "X-Betrokkene: $person", "X-Betrokkene: $another"), @not, 'in two headers');
    refused(call('goed', "/brp/$another"), @not, 'another in the path');
    refused(call('goed', "/brp/x?bsn=$another"), @not, 'another in the arguments');
    refused(call('goed', '/brp/x?bsn=%39' . substr $another, 1), @not, 'however it is spelled');
    allowed(call('goed', "/brp/$person?bsn=$person"), 'the same everywhere');
    allowed($gate->call("/query/x?bsn=$person", { claim => $claim }, -H => 'X-Toestemming: goed'), 'by an argument');
    refused(
        $gate->call("/query/x?bsn=$person&bsn=$another", { claim => $claim }, -H => 'X-Toestemming: goed'),
        @not, 'and by two');
    refused(
        $gate->call("/query/x?$_", { claim => $claim }, -H => 'X-Toestemming: goed'),
        @not, "an argument that comes again with something else: $_")
        for "bsn=$person&bsn=$eight", "bsn=$person&bsn=00$another", "bsn=$person&BSN=x", "x=1;bsn=1&bsn=$person",
        "bsn=$person&b%73n[]=x", "b%53n%5b1%5d=$eight&bsn=$person", "bsn=$person&bsn",
        join '&', map {"bsn$_=$person"} '', 1 .. 40;
    allowed(
        $gate->call("/query/x?bsn=$person&$_", { claim => $claim }, -H => 'X-Toestemming: goed'),
        "with others: $_") for "bsn=$person", "b=$eight&bsn2=x&sn=y", "bsn%", "bsn=$person&x=1&x=2&&;=;=1";
    refused(
        $gate->call('/cookie/x', { claim => $claim }, map { (-H => $_) } 'X-Toestemming: goed', "Cookie: $_"),
        @not, "a cookie that comes again with something else: $_"
    ) for "bsn=$person; bsn=$eight", "bsn=$person; bsn=00$another", "x=$eight; bsn=$person; bsn=$another";
    allowed(
        $gate->call('/cookie/x', { claim => $claim }, -H => 'X-Toestemming: goed', -H => "Cookie: a=1; bsn=$person"),
        'a cookie once');
    allowed($gate->call("/path/$person", { claim => $claim }, -H => 'X-Toestemming: goed'), 'by the path');
    refused($gate->call("/path/$another", { claim => $claim }, -H => 'X-Toestemming: goed'), @not, 'of another');
    refused($gate->call('/path/x', { claim => $claim }, -H => 'X-Toestemming: goed'), @not, 'of nobody');
    allowed(call('goed', '/told/x', 'X-Betrokkene: x'), 'not told, where that may be');
    refused(call('goed', '/told/x', "X-Betrokkene: $another"), @not, 'another person, there too');
};

subtest 'ways to get around it' => sub {
    is allowed(call('goed', '/cached/x'), 'cached'), 'goed|', 'an answer for a consent';
    is allowed(call('ander', '/cached/x', "X-Betrokkene: $another"), 'and of another'), 'ander|', 'has its own answer';
    refused(call('goed', 'X-Toestemming: goed'), 400, 'claim_malformed', 'the header twice');
    refused(call('ander', 'X-Toestemming: goed'), 400, 'claim_malformed', 'with two ids');
    refused(call('ander', 'X_Toestemming: goed'), 400, 'claim_malformed', 'once with an underscore');
    allowed(call(undef, 'X_Toestemming: goed'), 'only with an underscore');
    refused(call("goed\x01"), 400, 'claim_malformed', 'a control character');
    refused(call("go\xebd"), 400, 'claim_malformed', 'no UTF-8');
    refused(call('x' x 1025), 400, 'claim_malformed', '1025 bytes');
    refused(call($_), 403, 'consent_unknown', substr $_, 0, 20)
        for 'goe?', '*', 'goed*', '[g]oed', 'goed,ander', 'goed ander', '../goed', 'x' x 65, 'x' x 1024, '"goed"',
        'goed:3',
        "go\xc3\xabd", 'goed%00';
    allowed(call('  goed  '), 'blanks around it');
    is allowed(
        $gate->call(
            '/named/x', { claim => $claim }, map { (-H => $_) } 'X-Consent: goed', 'X-Toestemming: ander',
            "X-Betrokkene: $person"),
        'a header of another name'),
        '|goed', 'of which the default does not reach the API';
    refused(call('goed', '/redirected/x'), 403, 'consent_not_for_call', 'a redirect to a dienst without consent');
    $gate->mark;
    is call('goed', '/page/x')->{body}, 'goed|', 'a part of a page is judged by the consent too';
    unlike call('goed', '/page/other')->{body}, qr/goed/, 'as is one about another';
    is_deeply [verdicts($gate->since(3, 2))], [qw(allowed allowed consent_not_for_call)], 'which is recorded';
};

subtest 'what is recorded' => sub {
    $gate->mark;
    call('goed');
    call('ander');
    call('nergens');
    call("x $person");
    my @decisions = decisions($gate->since(4, 1));
    my @context = map { $_->{body}{'adl.core.request'}{context} } @decisions;
    is_deeply [map { $_->{toestemming} } @context], ['goed', 'ander', 'nergens', 'x *********'], 'the id that was sent';
    is_deeply [map { $_->{attributes}{'adl.core.information'}{toestemming} } @decisions],
        ['urn:ggi:toestemming:goed:3', 'urn:ggi:toestemming:ander:3', undef, undef], 'the consent that judged';
    is $decisions[0]{attributes}{'dpl.core.data_subject_id'}, $pseudonym{$person}, 'beside the person';
    is $decisions[1]{attributes}{'ggi.refusal.header'}, 'X-Toestemming', 'and the header at fault';

    $gate->mark;
    is allowed(call('ander', '/observe/x'), 'observed'), '|', 'without a consent for the API';
    allowed(call(undef, '/observe/x'), 'observed without any');
    is allowed(call('goed', '/observe/x'), 'a good one'), 'goed|', 'with it';
    is_deeply [map { $_->{body}{'adl.core.response'}{context}{would_refuse} } decisions($gate->since(3, 3))],
        [qw(consent_not_for_call consent_missing), undef], 'what would have been refused';

    my $logs = $gate->prefix . '/logs';
    my $where = GGI::Folder->new;
    my $by = sub {
        my ($exit, $said) = GGI::Folder::run("$GGI::Nginx::BUILD/ggictl", qw(audit query --toestemming), @_, $logs);
        return ($exit, split /\n/, $said);
    };
    my @all = grep { ($_->{attributes}{'adl.core.information'}{toestemming} // '') eq 'urn:ggi:toestemming:goed:3' }
        decisions($gate->audit_text);
    my ($exit, @goed) = $by->('goed');
    is $exit, 0, 'the log tells';
    is scalar @goed, scalar @all, 'which calls were judged by a consent';
    is_deeply [grep { !/ toestemming goed:3\z/ } @goed], [], 'with its version';
    is_deeply [$by->('nergens')], [1], 'what is no consent judges none';
    is_deeply [$by->('goed', '--decision', 'refused')], [$by->('goed', '--reason', 'consent_not_for_call')],
        'or why not';
    GGI::Folder::run("$GGI::Nginx::BUILD/ggictl", qw(audit index --index), $where, $logs);
    is_deeply [$by->('goed', '--index', $where)], [$exit, @goed], 'an index finds the same';
    is_deeply [$by->('nergens', '--index', $where)], [1], 'and nothing where nothing is';

    my $answer = call('ingetrokken', 'Content-Type: text/xml', 'Accept-Language: nl');
    like $answer->{body}, qr/<faultcode>.*urn:ggi:problem:consent_withdrawn/s, 'a fault of SOAP';
    like $answer->{body}, qr/heeft de genoemde toestemming ingetrokken/, 'in Dutch';
};

subtest 'the end of its term' => sub {
    allowed(call('bijna-voorbij'), 'just before') if rfc3339(CORE::time() + 1) lt $consents->[-1]{geldig_tot};
    $gate->wait_for(sub { rfc3339(CORE::time()) ge $consents->[-1]{geldig_tot} }, 'the end');
    refused(call('bijna-voorbij'), 403, 'consent_expired', 'just after');
};
$gate->stop;

# Whether nginx accepts a configuration of locations with these arguments, and what it says.
sub tests {
    my ($location, %args) = @_;
    my $document = $json->encode(delete $args{consents} // $consents);
    my $new = GGI::Gate->new(
        %shared, allow_errors => [qr/./],
        more => 'ggi_doelbinding_toestemmingen %%PREFIX%%/toestemmingen.json;',
        locations => "location / { ggi_dienst brp; $location proxy_pass http://api; }", %args);
    $new->write('pseudonym.key', $keys);
    $new->write('toestemmingen.json', $document);
    return $new->test_configuration;
}

subtest 'nginx -t' => sub {
    my $named = 'ggi_audit_data_subject $http_x_betrokkene;';
    my ($good, $said) = tests($named);
    ok $good, 'a location that tells whom a call is about';
    unlike $said, qr/\[warn\].*toestemming/, 'without a warning';
    ($good, $said) = tests('');
    ok $good, 'one where the path does';
    like $said, qr/\[warn\].*dienst "brp" has "toestemming".*only by a BSN.*nginx\.conf:\d+/, 'with a warning';
    ($good, $said) = tests('ggi_audit_data_subject off;');
    ok !$good, 'none that does not';
    like $said, qr/nothing tells whom its calls are about: give.*ggi_audit_data_subject.*nginx\.conf:\d+/, 'says why';
    ($good, $said) = tests('ggi_audit_data_subject off; ggi_doelbinding_toestemming_person told;');
    ok $good, 'unless it says so' or diag $said;
    ($good) = tests('ggi_audit_data_subject off; ggi_doelbinding off;');
    ok $good, 'or the gate is off';
    ($good, $said) = tests($named, users => '');
    ok !$good, 'no key of pseudonyms';
    like $said, qr/ggi_audit_pseudonym_key/, 'says why';
    ($good, $said) = tests($named, more => '');
    ok !$good, 'no consents';
    like $said, qr/needs "ggi_doelbinding_toestemmingen_redis" or "ggi_doelbinding_toestemmingen" in http/, 'says why';
    ($good) = tests(
        $named, more => '',
        register => $register =~ s/"toestemming": true,?/"geldig_van": "2026-01-01",/gr =~ s/,\s*\}/ }/gr);
    ok $good, 'which are needed only where the register says so';
    ($good, $said) = tests($named, register => $register =~ s/"toestemming": true/"toestemming": "ja"/r);
    like $said, qr/doelbindingen\[0\]\.toestemming: invalid, expected true or false/, 'neither true nor false';
    ($good, $said) = tests($named, consents => [consent('a', ingetroken => '2026-01-01')]);
    like $said, qr/\[emerg\] consents in .* unknown member "ingetroken" in .*nginx\.conf:\d+/, 'a member misspelt';
};

subtest 'a consumer judges by its own consents' => sub {
    my $consumer = gate(
        [consent('goed', afnemer => $own), consent('ander', afnemer => $own, betrokkene => $pseudonym{$another})],
        tls => 0,
        gates => [qw(doelbinding audit)],
        more => 'ggi_doelbinding_toestemmingen %%PREFIX%%/toestemmingen.json;',
        functions => $json->encode(
            {
                toepassing => 'app', versie => 1,
                functies => { f => { diensten => profile($own)->{diensten} } }
            }),
        locations => 'location / { ggi_dienst brp role=afnemer; ggi_audit_data_subject $http_x_betrokkene; '
            . 'proxy_pass http://api; }',
        answer => '"$http_x_toestemming"');
    my $made = sub {
        my ($id, $of, $claimed) = @_;
        return $consumer->call(
            '/x', { claim => "X-Doelbinding: $claimed" }, map { (-H => $_) } "X-Toestemming: $id", "X-Betrokkene: $of",
            'X-Toepassing: app', 'X-Functie: f', 'X-Gebruiker: u');
    };
    is allowed($made->('goed', $person, 'Wonen'), 'a consent'), 'goed', 'which leaves, since the provider judges too';
    is allowed($made->('elders', $person, 'BRPACT-AlgemeneTaken'), 'of a claim that needs none here'), 'elders',
        'the provider may need one';
    is allowed($made->('el*', $person, 'BRPACT-AlgemeneTaken'), 'what can be no id'), '', 'does not leave';
    my $calls = $consumer->api_calls;
    refused($made->('goed', $another, 'Wonen'), 403, 'consent_not_for_call', 'another person');
    refused($made->('ander', $person, 'Wonen'), 403, 'consent_not_for_call', 'the consent of another');
    refused($made->('elders', $person, 'Wonen'), 403, 'consent_unknown', 'none');
    is $consumer->api_calls, $calls, 'nothing of those leaves';
    $consumer->stop;
};

my $redis = GGI::Redis->new;

sub put {
    my ($consent) = @_;
    $redis->cli('set', "ggi:toestemming:$consent->{id}", $json->encode($consent));
    return $redis->cli('publish', 'ggi:toestemming:gewijzigd', $consent->{id});
}

# A gate with its consents in Redis, once all workers hear of changes.
sub with_redis {
    my (%args) = @_;
    my $zone = delete $args{zone} // 'ttl=60s';
    my $cache = 'proxy_cache_path %%PREFIX%%/cache keys_zone=answers:1m;';
    my $started = gate(
        undef,
        locations => $locations, answer => '"$http_x_toestemming"',
        more => "$cache ggi_doelbinding_toestemmingen_zone toestemmingen:64k $zone; "
            . "ggi_doelbinding_toestemmingen_redis @{[ $redis->url ]} timeout=2s;\n"
            . 'server { listen 127.0.0.1:%%PORT4%%; }', %args);
    $started->wait_for(sub { $started->status->{ggi_toestemming_redis_subscribed} == $started->{workers} }, 'told');
    return $started;
}

subtest 'in Redis' => sub {
    put(consent('goed'));
    put(consent('ander', betrokkene => $pseudonym{$another}));
    $redis->cli('set', 'ggi:toestemming:scheef', '{"id":"recht"}');
    $redis->cli('hset', 'ggi:toestemming:hash', 'a', 'b');
    $gate = with_redis();
    my $gets = $redis->calls('get');
    my $codes = $gate->begin(
        '/brp/[1-60]', { claim => $claim }, '--parallel', '--parallel-max', 60, -H => 'X-Toestemming: goed',
        -H => "X-Betrokkene: $person");
    is_deeply [GGI::Curl::said($codes)], [(200) x 60], '60 calls at once';
    is $redis->calls('get') - $gets, 1, 'ask once';
    refused(call('ander'), 403, 'consent_not_for_call', 'the consent of another');
    refused(call('nieuw'), 403, 'consent_unknown', 'none');
    $gets = $redis->calls('get');
    refused(call('nieuw'), 403, 'consent_unknown', 'none again');
    refused(call($_), 403, 'consent_unknown', $_) for '*', 'goed*', 'x' x 65, "go\xc3\xabd";
    is $redis->calls('get'), $gets, 'for which Redis is not asked';
    put(consent('nieuw'));
    $gate->wait_for(sub { call('nieuw')->{status} == 200 }, 'a new one');
    refused(call($_), 503, 'consent_unavailable', $_) for qw(scheef hash);
    push @{ $gate->{allow_errors} }, qr/ggi:toestemming:/;
    my $status = $gate->status;
    cmp_ok $status->{ggi_toestemming_redis_gets_total}, '>=', 4, 'it is counted';
    my ($counts) = grep { $_->{dienst} eq 'brp' } @{ $gate->counted };
    is $counts->{refused}{consent_not_for_call}, 1, 'and so are refusals';
    $gate->stop;
};

# Withdraws a consent for which calls are made on 100 open connections. Returns how many seconds later, by the records,
# the last of them was allowed.
sub withdrawn {
    put(consent('goed'));
    $gate = with_redis(workers => 2);
    my $calls = GGI::Child->command(
        'curl', '-s', '--http1.1', '--parallel', '--parallel-max', 100, $gate->caller_options(claim => $claim),
        -H => 'X-Toestemming: goed', -H => "X-Betrokkene: $person", $gate->https('/brp/[1-100000]'));
    ok $gate->wait_for(sub { (() = $gate->audit_text =~ /"decision":true/g) > 300 }, 'calls', 60), 'calls are allowed';
    my $withdrawn = Time::HiRes::time();
    put(consent('goed', versie => 4, ingetrokken => rfc3339($withdrawn)));
    my $published = Time::HiRes::time();
    ok $gate->wait_for(sub { $gate->audit_text =~ /consent_withdrawn/ }, 'refusals'), 'and refused';
    sleep 1;
    $calls->stop;
    my (%last, %versions);
    for (grep {/"adl\.access_evaluation"/} split /\n/, $gate->audit_text) {
        my ($at) = /"timestamp":(\d+)/;
        my ($version) = /"urn:ggi:toestemming:(goed:\d+)"/;
        my $verdict = /"decision":true/ ? 'allowed' : 'refused';
        $last{$verdict} = $at if $at > ($last{$verdict} // 0);
        $versions{"$verdict $version"} = 1;
    }
    my $after = $last{allowed} / 1000 - $published;
    is_deeply [sort keys %versions], ['allowed goed:3', 'refused goed:4'],
        'the records prove which consent there was';
    $gate->stop;
    return $after;
}

subtest 'a withdrawal ends the calls of 100 open connections within a second' => sub {
    my $after = least($GGI::Slow::FACTOR, \&withdrawn);
    cmp_ok $after, '<=', $GGI::Slow::FACTOR, sprintf 'the last one was allowed %.3f s after it', $after;
};

# The statuses of calls that name these consents, by how many there are of each.
sub statuses {
    my (@ids) = @_;
    my ($same, @options) = ('', $gate->caller_options(claim => $claim));
    while (defined(my $option = shift @options)) {
        $same .= @options && $options[0] !~ /^-/ ? qq($option "@{[ shift @options ]}"\n) : "$option\n";
    }
    my $calls = $dir->file('calls', join "next\n", map { <<"CURL" } @ids);
url = "@{[ $gate->https('/brp/x') ]}"
output = /dev/null
write-out = "%{http_code}\\n"
header = "X-Toestemming: $_"
header = "X-Betrokkene: $person"
$same
CURL
    my %n;
    $n{$_}++ for split /\n/, qx(curl -s --config $calls);
    return \%n;
}

subtest 'who names many consents that there are not pushes none out' => sub {
    my @ids = map {"blijft-$_"} 1 .. 20;
    put(consent($_)) for @ids;
    $gate = with_redis(workers => 1, zone => 'ttl=60s negative_ttl=60s stale=60s', allow_errors => [qr/redis/]);
    is_deeply statuses(@ids), { 200 => 20 }, 'consents';
    is_deeply statuses(map {"nergens-$_"} 1 .. 500), { 403 => 500 }, 'more than the zone has room for';
    my $gets = $redis->calls('get');
    is_deeply statuses(@ids), { 200 => 20 }, 'the consents';
    is $redis->calls('get'), $gets, 'are still known';
    put(consent('nieuwer'));
    is_deeply statuses(('nieuwer') x 3), { 200 => 3 }, 'a new one';
    is $redis->calls('get'), $gets + 1, 'is kept beside them';
    $redis->stop;
    $gate->wait_for(sub { !$gate->status->{ggi_toestemming_redis_connected} }, 'no Redis');
    is_deeply statuses(map {"nooit-$_"} 1 .. 100), { 503 => 100 }, 'nor without Redis';
    is_deeply statuses(@ids), { 200 => 20 }, 'are they pushed out';
    $redis->start;
    $gate->stop;
};

subtest 'without Redis' => sub {
    put(consent('goed'));
    my $short = with_redis(zone => 'ttl=1s stale=1s', allow_errors => [qr/redis/]);
    my $long = with_redis(zone => 'ttl=1s stale=60s', allow_errors => [qr/redis/]);
    for (['a short time', $short], ['a long time', $long]) {
        (my $name, $gate) = @$_;
        allowed(call('goed'), "with Redis: $name");
    }
    $redis->stop;
    sleep 1.2;
    $gate->mark;
    allowed(call('goed'), 'a stale consent');
    my ($decision) = decisions($gate->since(1, 1));
    cmp_ok $decision->{attributes}{'ggi.toestemming.stale_ms'}, '>=', 1000, 'which the record says';
    ok !exists $decision->{attributes}{'ggi.profiel.stale_ms'}, 'of the consent alone';
    refused(call('ander'), 503, 'consent_unavailable', 'one that was not asked before');
    is call('ander')->{headers}{'retry-after'}, 5, 'to be tried again';
    $gate->stop;
    $gate = $short;
    sleep 1.1;
    refused(call('goed'), 503, 'consent_unavailable', 'one that is too old');
    $redis->start;
    $gate->wait_for(sub { call('goed')->{status} == 403 }, 'Redis');
    refused(call('goed'), 403, 'consent_unknown', 'an empty Redis');
    $gate->stop;
};

done_testing;
