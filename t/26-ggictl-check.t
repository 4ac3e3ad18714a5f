# SPDX-License-Identifier: EUPL-1.2
# ggictl profiel check: every fault is named, and what is valid and most likely wrong.
use strict;
use warnings;

use JSON::PP qw(decode_json encode_json);
use POSIX qw(strftime);
use Test::More;

use GGI::Folder ();
use GGI::Gate;

my $tool = "$GGI::Nginx::BUILD/ggictl";
my $dir = GGI::Folder->new;
my $oin = $GGI::Gate::OIN;

# What is said of a profile with a dienst "brp" of these members, and with these members itself: faults and warnings.
sub check {
    my ($dienst, $profile, @options) = @_;
    my %dienst = (methoden => ['GET'], paden => ['/brp'], doelbindingen => ['BRPACT-AlgemeneTaken'], %$dienst);
    my %profile = (oin => $oin, versie => 1, diensten => { brp => \%dienst }, %{ $profile // {} });
    $dir->file('p.json', encode_json(\%profile));
    open my $out, '-|', $tool, 'profiel', 'check', '-o', 'json', @options, "$dir/p.json" or die "$tool: $!\n";
    my $said = decode_json(do { local $/; <$out> });
    close $out;
    my ($one) = @{ $said->{files} };
    is $? >> 8, @{ $one->{faults} } ? 1 : 0, 'exit status';
    return [@$one{qw(faults warnings)}];
}

my $brp = '$.diensten.brp';
my $text = 'a string of 1 to 1024 bytes without control characters';
my $plain = 'invalid, expected a path such as "/brp/personen", without empty or dot segments and backslashes';

is_deeply check({}), [[], []], 'a good profile';
is_deeply check({ paden => ['x', '/a%20', '/a*', '/ok', "/\x01", 5, '/a/../b', '/a?b'] }), [
    [   "$brp.paden[4]: invalid, expected $text", "$brp.paden[5]: invalid, expected $text", "$brp.paden[0]: $plain",
        "$brp.paden[1]: invalid, expected a path without \"?\", \"#\" and percent-encoding",
        "$brp.paden[2]: invalid, expected \"*\" as a whole segment, or \"**\" as the last", "$brp.paden[6]: $plain",
        "$brp.paden[7]: invalid, expected a path without \"?\", \"#\" and percent-encoding",
    ],
    []],
    'all faults of paden';
is_deeply check({ methoden => ['', 1, 'GET', []] })->[0], [
    map {"$brp.methoden[$_]: invalid, expected $text"} 0,
    1, 3],
    'all faults of a list';

is_deeply check({ velden => ['naam', '*', 'a-b', 7, 'a.b'] })->[0], [
    "$brp.velden[3]: invalid, expected a string of 1 to 1024 bytes without control characters",
    "$brp.velden[1]: invalid, expected \"*\" as the only one",
    "$brp.velden[2]: invalid, expected the path of a field such as \"geboorte.datum\", of letters, digits and "
        . '"_" with a dot between names, of at most 200 bytes',
    ],
    'all faults of velden';

my @cases = (
    [   { methoden => ['get', 'GET', 'Post'] }, {},
        map { "$brp.methoden[$_->[0]]: no call has the method \"$_->[1]\": " . 'expected capitals' } [0, 'get'],
        [2, 'Post']],
    [{ methoden => [] }, {}, "$brp.methoden: empty, so that no call is allowed"],
    [{ paden => [] }, {}, "$brp.paden: empty, so that no call is allowed"],
    [{ doelbindingen => [] }, {}, "$brp.doelbindingen: empty, so that no claim is allowed"],
    [{ namens => [] }, {}],
    [   { namens => ['00000001002564440000', 'x'] }, {},
        "$brp.namens[1]: \"x\" is no OIN of the OIN-Stelsel: no caller has "
            . 'it, unless "ggi_pkio_oin_prefix" allows its prefix'],
    [   {}, { oin => '00000099823288444000' },
        '$.oin: "00000099823288444000" is no OIN of the OIN-Stelsel: no caller has it, '
            . 'unless "ggi_pkio_oin_prefix" allows its prefix'],
    [{}, { diensten => {} }, '$.diensten: empty, so that no call is allowed'],
    [{}, { geldig_tot => strftime('%Y-%m-%d', gmtime(time - 100.5 * 86400)) }, '$.geldig_tot: expired 101 days ago'],
    [{}, { geldig_tot => strftime('%Y-%m-%d', gmtime(time - 30 * 86400)) }],
    [{}, { geldig_tot => '2099-01-01' }],
);
for my $case (@cases) {
    my ($dienst, $profile, @warnings) = @$case;
    my $said = check($dienst, $profile);
    s/expired 10[01] days/expired 101 days/ for @{ $said->[1] };
    is_deeply $said, [[], \@warnings], $warnings[0] // 'no warning';
}

my %good = (methoden => ['GET'], paden => ['/'], doelbindingen => ['x']);
for my $name ('BRP', '-brp', 'brp/x', 'off', 'b' x 65, '') {
    my $said = check({}, { diensten => { $name => \%good } });
    like $said->[1][0], qr/^\$\.diensten\.\S*: no "ggi_dienst" can have this name: expected 1 to 64 characters/,
        "\"$name\"";
}
is_deeply check({}, { diensten => { $_ => \%good } }), [[], []], "\"$_\"" for 'brp', '0.b_r-p', 'b' x 64, 'offer';

my $register = "$dir/register.json";
open my $file, '>', $register or die "$register: $!\n";
print $file encode_json(
    {
        versie => '1',
        doelbindingen => [
            { id => 'A', doel => 'd', grondslag => { avg => '6.1.e' }, diensten => ['brp'] },
            { id => 'Other', doel => 'd', grondslag => { avg => '6.1.e' }, diensten => ['brp2'] },
            {
                id => 'Old', doel => 'd', grondslag => { avg => '6.1.e' }, diensten => ['brp'],
                geldig_tot => '2020-01-01'
            },
        ]
    });
close $file or die "$register: $!\n";
is_deeply check({ doelbindingen => ['A', 'B', 'Other', 'Old', 'C'] }, {}, '--register', $register), [
    ["$brp.doelbindingen[1]: \"B\" is not in the register", "$brp.doelbindingen[4]: \"C\" is not in the register"],
    [   "$brp.doelbindingen[2]: \"Other\" is not for this dienst in the register",
        "$brp.doelbindingen[3]: \"Old\" has expired in the register"],
    ],
    '--register';
is_deeply check({ doelbindingen => ['A'] }, {}, '--register', $register), [[], []], 'a good one';

my $said = qx($tool profiel check --register $dir/none $dir/p.json 2>&1);
is $? >> 8, 2, 'a register that cannot be read';
like $said, qr{^ggictl: $dir/none: No such file}, 'is an error';

check({ methoden => ['get'] });
is qx($tool profiel check $dir/p.json),
    "$dir/p.json: warning: $brp.methoden[0]: no call has the method \"get\": expected "
    . "capitals\n$dir/p.json: good, 1 profile\n", 'as text';

my @two = map { +{ oin => $_, versie => 1, diensten => { brp => \%good } } } ($oin) x 2, ('00000001002564440000') x 2;
open $file, '>', "$dir/two.json" or die "$dir/two.json: $!\n";
print $file encode_json(\@two);
close $file or die "$dir/two.json: $!\n";
is scalar(() = qx($tool profiel check $dir/two.json) =~ /has two profiles/g), 2, 'all OINs with two profiles';

# one of two profiles of an OIN is faulty, whichever it is
for my $faulty (0, 1) {
    my @both = map { +{ oin => $oin, versie => $_ == $faulty ? -1 : 1, diensten => { brp => \%good } } } 0, 1;
    open $file, '>', "$dir/two.json" or die "$dir/two.json: $!\n";
    print $file encode_json(\@both);
    close $file or die "$dir/two.json: $!\n";
    is_deeply [map {s/versie: invalid\K.*//r} sort split /\n/, qx($tool profiel check $dir/two.json)], [
        sort "$dir/two.json: \$[$faulty].versie: invalid",
        "$dir/two.json: \$[1].oin: OIN $oin has two profiles, expected one: the first one is \$[0]"],
        "number $faulty is faulty, and the second one too many";
}

# a file of the kernel is longer than what can be read of it, as one is that is cut meanwhile
SKIP: {
    my $online = '/sys/devices/system/cpu/online';
    skip "there is no $online", 1 unless -s $online;
    like qx($tool profiel check $online),
        qr/^$online: \$: only \d+ of its \d+ bytes could be read: if it is being written, write it beside this one/,
        'a file that ends early';
}

is qx($tool profiel check conf/profielen.json --register conf/doelbindingen.json),
    "conf/profielen.json: good, 2 profiles\n",
    'the example has no warning';

done_testing;
