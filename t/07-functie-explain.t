# SPDX-License-Identifier: EUPL-1.2
# ggictl functie explain and a running gate of a consumer decide the same on generated calls.
use strict;
use warnings;

use JSON::PP qw(decode_json);
use Test::More;

use GGI::Audit qw(verdicts);
use GGI::Folder ();
use GGI::Gate;
use GGI::Redis;

my $tool = "$GGI::Nginx::BUILD/ggictl";
my $seed = $ENV{GGI_SEED} // time;
note "GGI_SEED=$seed";
srand $seed;

my ($own, $agreed) = ('00000004000000068000', '00000001002564440000');    # the first of GGI::Gate::ORGANISATION
my $functions = <<"JSON";
{ "toepassingen": [
  { "toepassing": "zaak", "versie": 3, "functies": {
      "klachten": { "diensten": {
          "brp": { "methoden": ["GET"], "paden": ["/brp/a", "/brp/b/*"], "doelbindingen": ["Een", "Binnen", "Weg"],
                   "namens": ["$agreed"] },
          "brp2": { "methoden": ["GET", "POST"], "paden": ["/brp2/**"], "doelbindingen": ["Een"] } } },
      "leeg": { "diensten": {} } } },
  { "toepassing": "oud", "versie": 1, "geldig_tot": "2020-01-01", "functies": {} } ] }
JSON
my $register = <<'JSON';
{ "versie": "1", "doelbindingen": [
  { "id": "Een", "doel": "d", "grondslag": { "avg": "6.1.e" }, "diensten": ["brp", "brp2"] },
  { "id": "Twee", "doel": "d", "grondslag": { "avg": "6.1.e" }, "diensten": ["brp"] },
  { "id": "Weg", "doel": "d", "grondslag": { "avg": "6.1.e" }, "diensten": ["brp"], "geldig_tot": "2020-01-01" },
  { "id": "Binnen", "extern": "Een", "doel": "d", "grondslag": { "avg": "6.1.e" }, "diensten": ["brp"] } ] }
JSON
my %location = map { $_ => "location /$_/ { ggi_dienst $_ role=afnemer; proxy_pass http://api; }" } qw(brp brp2);
my %gate = (
    tls => 0, gates => [qw(doelbinding audit)], claim => '', register => $register, functions => $functions,
    more => 'ggi_audit_anonymous off;',
    locations => join(' ', @location{ sort keys %location }));
my $gate = GGI::Gate->new(%gate)->start;

# What a call may say, in its headers and in the options of the tool: what is right stands there more than once.
my %header = (
    toepassing => 'X-Toepassing', gebruiker => 'X-Gebruiker', functie => 'X-Functie',
    claim => 'X-Doelbinding', namens => 'X-Origin-OIN');
my $long = 'x' x 1025;
my %values = (
    toepassing => [('zaak') x 12, ' zaak ', 'Zaak', 'oud', 'geen', 'a b', "zaak\xe9", '', undef],
    gebruiker => [('j.jansen') x 9, "Andr\xe9", "Andr\xc3\xa9", "a\x01", "\xc2\x85", $long, '', ' ', undef],
    functie => [('klachten') x 12, " klachten\t", 'leeg', 'geen', "klachten\xe9", "k\x7f", '', undef],
    claim => [('Een') x 6, ('Binnen') x 2, 'Twee', 'Weg', 'Onbekend', "Een\xff", '', undef],
    namens => [(undef) x 8, $agreed, $own, '00000009999999990000', "${agreed}1", ''],
    method => [('GET') x 4, 'POST', 'DELETE'],
    path => [('/brp/a') x 3, '/brp/b/1', '/brp//b/./1', '/brp/b/%61', '/brp/b/c/d', '/brp/x', '/brp2/a/b', '/brp2/'],
);
my $calls = 150;
my @calls = map {
    +{ map { $_ => $values{$_}[rand @{ $values{$_} }] } keys %values }
} 1 .. $calls;

sub curl_text {
    my ($call) = @_;
    my @lines = ('silent', 'path-as-is', 'output = /dev/null', 'url = ' . $gate->url($call->{path}));
    push @lines, "request = $call->{method}";
    for my $name (grep { defined $call->{$_} } sort keys %header) {
        push @lines, sprintf 'header = "%s"',
            length $call->{$name} ? "$header{$name}: $call->{$name}" : "$header{$name};";
    }
    return join "\n", @lines;
}

sub judged {
    my ($call, @more) = @_;
    my @options = map {"--$_=$call->{$_}"} grep { defined $call->{$_} } sort keys %$call;
    my ($dienst) = $call->{path} =~ m{^/(\w+)};
    my ($exit, $said) = GGI::Folder::run($tool, qw(functie explain -o json --dienst), $dienst, @options, @more);
    $exit <= 1 or die "functie explain: $exit: $said";
    return decode_json($said);
}

my @sources = map { $gate->prefix . "/$_.json" } qw(functies doelbindingen);
my @own = ('--oin', $own, '--functions', $sources[0], '--register', $sources[1]);

subtest 'generated calls' => sub {
    $gate->write('curl.conf', join "\nnext\n", map { curl_text($_) } @calls);
    system 'curl', '-K', $gate->prefix . '/curl.conf';
    my @gate = verdicts($gate->since($calls, 0));
    is scalar @gate, $calls, 'each call is judged';
    my @differ;
    for my $i (0 .. $#calls) {
        my $said = judged($calls[$i], @own);
        my $verdict = $said->{decision} ? 'allowed' : $said->{reason};
        push @differ, { gate => $gate[$i], tool => $verdict, call => $calls[$i] } if $verdict ne $gate[$i];
    }
    is_deeply \@differ, [], 'the tool says what the gate decided';
    my %kinds = map { $_ => 1 } @gate;
    cmp_ok scalar keys %kinds, '>=', 6, join ', ', sort keys %kinds;
};

my %good = (
    toepassing => 'zaak', gebruiker => 'j', functie => 'klachten', claim => 'Binnen', method => 'GET',
    path => '/brp/a');

subtest 'each reason' => sub {
    my @cases = (
        [allowed => {}],
        [application_unknown => { toepassing => undef }],
        [application_expired => { toepassing => 'oud' }],
        [user_missing => { gebruiker => undef }],
        [function_missing => { functie => undef }],
        [function_unknown => { functie => 'geen' }],
        [dienst_not_authorised => { functie => 'leeg' }],
        [method_not_authorised => { method => 'PUT' }],
        [path_not_authorised => { path => '/brp/x' }],
        [on_behalf_of_not_authorised => { namens => '00000009999999990000' }],
        [claim_missing => { claim => undef }],
        [claim_unknown => { claim => 'Onbekend' }],
        [claim_expired => { claim => 'Weg' }],
        [claim_not_in_profile => { claim => 'Twee' }]);
    for my $case (@cases) {
        my $said = judged({ %good, %{ $case->[1] } }, @own);
        is $said->{reason} // 'allowed', $case->[0], $case->[0];
        next if $case->[0] !~ /_not_authorised|_not_in_profile/;
        like $said->{detail}, qr/the function that your application calls for/, 'says what is judged by';
        unlike $said->{detail}, qr/provider/, 'and does not send the caller to the provider';
    }
    my @headers = map {"$header{$_}: $good{$_}"} grep { $header{$_} } sort keys %good;
    my $answer = $gate->call('/brp/a', -X => 'PUT', map { (-H => $_) } @headers, 'Accept-Language: nl');
    like $answer->{body}, qr/de functie waarvoor uw toepassing aanroept, bevat deze methode niet/, 'in Dutch too';
};

subtest 'what it tells' => sub {
    my $said = judged({%good}, @own);
    is_deeply [@$said{qw(decision toepassing versie path)}], [JSON::PP::true, 'zaak', 3, '/brp/a'], 'by what';
    is $said->{doelbinding}{extern}, 'Een', 'the claim that leaves';
    is_deeply $said->{namens}, [$agreed], 'what the function may';
    my @call = map {"--$_=$good{$_}"} sort keys %good;
    my ($exit, $text) = GGI::Folder::run($tool, qw(functie explain --dienst brp), @call, @own);
    like $text, qr/^functions: version 3, zaak\n(?:.*\n)*extern: Een\nallowed$/m, 'as text';
    ($exit, $text) = GGI::Folder::run($tool, qw(functie explain --dienst brp), @call, @own[2, 3]);
    like $text, qr/^allowed by the functions; the claim was not judged/m, 'without a register';
    ($exit, $text) = GGI::Folder::run($tool, qw(functie explain --toepassing zaak));
    is $exit, 2, 'a call without a dienst' or diag $text;
    like $text, qr/functie explain: expected --dienst, --method, --path/, 'is none';
};

subtest 'by Redis' => sub {
    my $redis = GGI::Redis->new;
    my @redis = ('--redis', $redis->url);
    is judged({%good}, @redis)->{reason}, 'application_unknown', 'which has nothing';
    my $versions = $functions =~ s/.*?(\{ "toepassing": "zaak".*)\n  \{ "toepassing": "oud".*/$1/sr =~ s/,\s*\z//r;
    $redis->cli('set', 'ggi:functie:zaak', $versions);
    is judged({%good}, @redis)->{versie}, 3, 'which has them';
    $redis->cli('set', 'ggi:functie:zaak', '{}');
    my $said = judged({%good}, @redis);
    is $said->{reason}, 'functions_unavailable', 'which has a faulty one';
    like $said->{fault}, qr/^\$\.toepassing: missing/, 'whose fault it tells';
};

$gate->stop;
done_testing;
