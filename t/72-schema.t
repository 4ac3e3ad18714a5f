# SPDX-License-Identifier: EUPL-1.2
# The JSON Schemas of profiles and register say the same as the code, of some hundred documents that are nearly right.
use strict;
use warnings;

use File::Temp ();
use JSON::PP;
use Storable qw(dclone);
use Test::More;

use GGI::Folder ();
use GGI::Nginx;

my $root = $GGI::Nginx::ROOT;
my $dir = File::Temp->newdir('ggi-schema-XXXXXX', TMPDIR => 1);
my $json = JSON::PP->new->utf8->canonical->allow_nonref;

system("$root/scripts/setup", 'python3-jsonschema') == 0 or die "python3-jsonschema cannot be installed\n";

# The verdicts of a schema: 1 for each document that it accepts.
sub validate {
    my ($schema, @documents) = @_;
    open my $fh, '>:raw', "$dir/documents" or die "$dir/documents: $!\n";
    print $fh "$_\n" for @documents;
    close $fh or die "$dir/documents: $!\n";
    open my $out, '-|', 'python3', '-c', <<'PYTHON', $schema, "$dir/documents" or die "python3: $!\n";
import json, sys
from jsonschema import Draft202012Validator
schema = json.load(open(sys.argv[1]))
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema)
for line in open(sys.argv[2], encoding="utf-8"):
    print(int(validator.is_valid(json.loads(line))))
PYTHON
    chomp(my @verdicts = <$out>);
    close $out or die "$schema: python3 failed\n";
    return @verdicts;
}

# What the tool says of a document.
sub accepts {
    my ($kind, $document) = @_;
    open my $fh, '>:raw', "$dir/document.json" or die "$dir/document.json: $!\n";
    print $fh $document;
    close $fh or die "$dir/document.json: $!\n";
    my $said = qx($GGI::Nginx::BUILD/ggictl $kind check $dir/document.json 2>&1);
    my $exit = $? >> 8;
    $exit <= 1 or die "ggictl $kind check: $exit: $said";
    return ($exit == 0 ? 1 : 0, $said);
}

my $text = 'x' x 1024;
my @values = (
    undef, '', 'x', 0, 1, -1, 1.5, JSON::PP::true, [], {}, [undef], [''], ['x', 1], $text, "${text}x", "a\nb", "a\n",
    "a\x7f", "\x{e9}", [$text], ["${text}x"]);
my @times = qw(2026-01-01 2026-1-1 2026-13-01 2026-00-10 1899-12-31 1900-01-01 9999-12-31 2026-01-01T00:00:00Z
    2026-01-01t00:00:00z 2026-01-01T24:00:00Z
    2026-01-01T00:60:00Z 2026-01-01T00:00:60Z 2026-01-01T00:00:00 2026-01-01T00:00:00.5Z 2026-01-01T00:00:00+01:00
    2026-01-01T00:00:00+24:00 2026-01-01T00:00:00+0100);
my @paths = map { [$_] } '/', '/a', '/a/', 'a', '', '//', '/a//b', '/a/.', '/a/./b', '/a/..', '/../a', '/...', '/.a',
    '/a/..b', '/a;x', '/a/..;x', '/a/.;/b', '/;', '/a/;x/b',
    '/*', '/*/', '/*/a', '/a*', '/*a', '/**', '/**/', '/a/**', '/**/a', '/***', '/a/*/b/**', '/a?b', '/a#b', '/a%20b',
    '/a\\b', "/a\n", '/a b', "/\x{e9}";
my %special = (
    betrokkene => [
        'hmac:5f0bef4c:0b6c1d0c7f1f4a27a3e2f1d5c6b7a89', 'hmac:5F0bef4c:0b6c1d0c7f1f4a27a3e2f1d5c6b7a890',
        "hmac:5f0bef4c:0b6c1d0c7f1f4a27a3e2f1d5c6b7a890\n"],
    toestemming => [JSON::PP::false, 'true'],
    toepassing => ['a', 'Zaak_1.x-y', 'x' x 64, 'x' x 65, 'a b', "a\n", "\x{e9}"],
    functies => [{ 'a b' => { diensten => {} } }, { a => { diensten => {} } }],
    oin => [
        qw(00000001823288444000 0000000700AB1C234000 0000000700ab1c234000 0000000182328844400 000000018232884440001
            00000001823288444-00),
        "00000001823288444000\n"],
    versie => [0, 7, -1, '7', 1.5, 9_223_372_036_854_775_807],
    geldig_van => \@times, geldig_tot => [@times[0, 1, 3, 6, 7]], paden => \@paths,
    vertrouwelijkheid => [qw(normaal vertrouwelijk opgeheven Normaal geheim)],
    betrouwbaarheidsniveau => [qw(laag substantieel hoog Hoog off), 'hoog ', "hoog\n"],
    bewaartermijn => [qw(P5Y P1Y6M PT12H P1Y6MT12H P P5 5Y PT P5YT PTT5Y P5X P5T5 PY p5y), "P5Y\n"],
);

# Documents that differ from a good one in one place: [what was done, the document].
sub variants {
    my ($document, $name, $place) = @_;
    my @variants;
    my $vary = sub {
        my ($what, $change) = @_;
        my $copy = dclone($document);
        $change->($place->($copy));
        push @variants, ["$name: $what", $copy];
        return;
    };
    my $object = $place->($document);
    for my $key (sort keys %$object) {
        $vary->("without $key", sub { delete $_[0]{$key} });
        $vary->("$key misspelt", sub { $_[0]{"${key}n"} = delete $_[0]{$key} });
        for my $value (@values, @{ $special{$key} // [] }) {
            $vary->("$key " . substr($json->encode($value), 0, 40), sub { $_[0]{$key} = $value });
        }
    }
    $vary->('another member', sub { $_[0]{another} = 1 });
    return @variants;
}

my ($profiles, $register, $functions, $consents) =
    map { $json->decode(GGI::Folder::content("$root/conf/$_.json")) }
    qw(profielen doelbindingen functies toestemmingen);
$consents->[0]{ingetrokken} = '2026-11-02T10:00:00Z';
my $application = $functions->{toepassingen}[0];
$register->{doelbindingen}[0]{betrouwbaarheidsniveau} = 'substantieel';
$register->{doelbindingen}[0]{toestemming} = JSON::PP::true;
my $profile = $profiles->[0];
@$application{qw(geldig_van geldig_tot)} = @$profile{qw(geldig_van geldig_tot)};
my %documents = (
    profiel => [
        ['the example', $profiles],
        ['one profile', $profile],
        ['in profielen', { profielen => $profiles }],
        ['in profielen, and more', { profielen => $profiles, more => 1 }],
        ['by OIN', { map { $_->{oin} => $_ } @$profiles }],
        ['by no OIN', { x => $profile }],
        (   map { ['shape ' . $json->encode($_), $_] } [], {}, 1, 'x', undef, [1], { profielen => 1 },
            { profielen => [] }, [[]]),
        variants($profile, 'profile', sub { $_[0] }),
        variants([$profile], 'dienst', sub { $_[0][0]{diensten}{'brp-bevragen'} }),
    ],
    functie => [
        ['the example', $functions],
        ['of one application', $application],
        ['in an array', [$application]],
        ['in toepassingen, and more', { %$functions, more => 1 }],
        ['by name', { zaaksysteem => $application }],
        ['by another name', { 'a b' => $application }],
        (map { ['shape ' . $json->encode($_), $_] } [], {}, 1, 'x', undef, [1], { toepassingen => 1 }, [[]]),
        variants($application, 'application', sub { $_[0] }),
        variants($application, 'function', sub { $_[0]{functies}{'parkeervergunning-afgeven'} }),
    ],
    toestemming => [
        ['the example', $consents],
        ['of one person', $consents->[0]],
        ['in toestemmingen, and more', { toestemmingen => $consents, more => 1 }],
        ['by id', { $consents->[0]{id} => $consents->[0] }],
        (map { ['shape ' . $json->encode($_), $_] } [], {}, 1, undef, [1], { toestemmingen => 1 }),
        variants($consents->[0], 'consent', sub { $_[0] }),
    ],
    register => [
        ['the example', $register],
        (   map { ['shape ' . $json->encode($_), $_] } [], {}, 1, undef, { versie => '1' },
            { versie => '1', doelbindingen => [] }, { versie => '1', doelbindingen => [1] }),
        variants($register, 'register', sub { $_[0] }),
        variants($register, 'doelbinding', sub { $_[0]{doelbindingen}[0] }),
        variants($register, 'grondslag', sub { $_[0]{doelbindingen}[0]{grondslag} }),
    ],
);

# What no schema can say, as their $comment tells.
my %code_only =
    map { ("profile: $_" => 1, "application: $_" => 1) } 'geldig_van "9999-12-31"', 'geldig_tot "1900-01-01"',
    'geldig_tot "2026-01-01"', 'geldig_tot "2026-01-01T00:00:00Z"';
$code_only{"consent: $_"} = 1
    for 'geldig_tot "1900-01-01"', 'geldig_tot "2026-01-01"', 'geldig_tot "2026-01-01T00:00:00Z"',
    'gegeven "9999-12-31"';

my %schema = (
    profiel => 'autorisatieprofielen', functie => 'functies', register => 'doelbindingen',
    toestemming => 'toestemmingen');
for my $kind (sort keys %documents) {
    my @texts = map { $json->encode($_->[1]) } @{ $documents{$kind} };
    my @verdicts = validate("$root/conf/schema/$schema{$kind}.schema.json", @texts);
    is scalar @verdicts, scalar @texts, "$kind: a verdict of each of " . @texts;
    my (@differ, %count);
    for my $i (0 .. $#texts) {
        my $name = $documents{$kind}[$i][0];
        my ($accepted, $said) = accepts($kind, $texts[$i]);
        $count{$accepted}++;
        my $differs = $accepted != $verdicts[$i];
        push @differ, "$name: schema $verdicts[$i], code $accepted: $said"
            if $differs xor $code_only{$name} && $verdicts[$i] && !$accepted;
    }
    is_deeply \@differ, [], "$kind: schema and code agree";
    ok $count{0} > 50 && $count{1} > 10, "of $count{1} that are right and $count{0} that are not";
    is $verdicts[0], 1, "$kind: the example is right";
}

my $long = "\x{e9}" x 600;
for my $case (
    ['a text of more bytes than characters', 'profiel', { %$profile, naam => $long }],
    ['a day that does not exist', 'profiel', { %$profile, geldig_van => '2026-02-30' }],
    ['an OIN twice', 'profiel', [$profile, $profile]],
    ['an application twice', 'functie', [$application, $application]],
    ['under the name of another application', 'functie', { another => $application }],
    ['under another OIN', 'profiel', { '00000001002564440000' => $profile }],
    ['an id twice', 'register', { %$register, doelbindingen => [@{ $register->{doelbindingen} }[0, 0]] }]
) {
    my ($name, $kind, $document) = @$case;
    my $encoded = $json->encode($document);
    my ($accepted) = accepts($kind, $encoded);
    my ($verdict) = validate("$root/conf/schema/$schema{$kind}.schema.json", $encoded);
    is "$verdict$accepted", '10', "left to the code, as the schema says: $name";
}

# What a function may do at a dienst is what a profile may, in the words of the same definitions.
my ($of_profiles, $of_functions) =
    map { $json->decode(GGI::Folder::content("$root/conf/schema/$schema{$_}.schema.json"))->{'$defs'} }
    qw(profiel functie);
is_deeply $of_functions->{$_}, $of_profiles->{$_}, "both schemas have the same definition of $_"
    for qw(dienst pad text time);

done_testing;
