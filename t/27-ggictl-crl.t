# SPDX-License-Identifier: EUPL-1.2
# ggictl crl show: what is in revocation lists, and what is wrong with them, by the code of the gate.
use strict;
use warnings;

use JSON::PP qw(decode_json);
use POSIX qw(strftime);
use Test::More;

use GGI::Crl;
use GGI::Folder ();
use GGI::Nginx;
use GGI::Pki;

my $tool = "$GGI::Nginx::BUILD/ggictl";
my $pki = GGI::Pki->new;
my $dir = $pki->dir;
my $crl = "$dir/crl";
mkdir $crl or die "$crl: $!\n";
my %name = (
    root => 'Staat der Nederlanden Private Root CA - TEST',
    domain => 'Staat der Nederlanden Private Services CA - TEST',
    issuing => 'TSP PKIoverheid Private Services CA - TEST',
);
$_ = "CN=$_,O=Staat der Nederlanden (test),C=NL" for values %name;
my %of = map { $_ => GGI::Crl->new($pki, $_) } keys %name;
$pki->leaf('caller', '--oin', '00000001823288444000');

# All CAs, and the certificates of the leaf as well.
my $all = "$dir/all.pem";
system("cat '$dir/caller.pem' '$dir/root.crt' >'$all'") == 0 or die "$all\n";

# The status and the text of the command, without the name of the lists, which t/11-crl.t looks at.
sub show {
    my (@arguments) = @_;
    my ($status, $text) = GGI::Folder::run($tool, 'crl', 'show', @arguments);
    return ($status, $text =~ s/^the audit records of a gate .*\n\z//mr);
}

sub is_shown {
    my ($text, $status, @arguments) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return is_deeply [show(@arguments)], [$status, $text], "crl show @arguments";
}

# What is wrong with a list of the issuing CA, by itself and with all CAs as --trust.
sub wrong {
    my ($name, $expected, %list) = @_;
    my $file = $of{issuing}->write("$dir/one.crl", %list);
    for my $trust ([], ['--trust', $all]) {
        my ($status, $text) = show(@$trust, '-o', 'json', $file);
        my $said = eval { decode_json($text) } // {};
        is_deeply $said->{lists}[0]{wrong}, [grep { @$trust || !/--trust/ } @$expected], "$name: @$trust";
        is $status, @{ $said->{lists}[0]{wrong} // [] } ? 1 : 0, 'exit status';
    }
    return;
}

sub at { return strftime '%Y-%m-%dT%H:%M:%SZ', gmtime $_[0] }

my $now = time;
$of{issuing}->write("$crl/a.crl", number => 18, revoked => ['caller', 'abcdef'], from => $now);
my $first = "$crl/a.crl: $name{issuing}\n"
    . "  number 0x12, from @{[ at($now) ]} until @{[ at($now + 86400) ]}, 2 entries, signed with ecdsa-with-SHA256\n";
is_shown($first, 0, "$crl/a.crl");
is_shown($first, 0, $crl);
is_shown($first, 0, '--trust', $all, "$crl/a.crl");
rename "$crl/a.crl", "$crl/a\n\e[2J.crl" or die $!;
is_shown($first =~ s{/a}{/a??[2J}r, 0, $crl);
rename "$crl/a\n\e[2J.crl", "$crl/a.crl" or die $!;

subtest 'a directory, and the CAs whose lists it should have' => sub {
    my $missing = sub {
        return
            map {"no usable list of $name{$_}: calls with its certificates are refused with revocation_unknown\n"} @_;
    };
    is_shown(join('', $first, $missing->('domain', 'root')), 1, '--trust', $all, $crl);
    $of{$_}->write("$crl/$_.pem", number => 1, from => $now, until => $now + 60) for 'domain', 'root';
    my ($status, $text) = show('--trust', $all, $crl);
    is $status, 0, 'all are there' or diag $text;
    my @files = $text =~ /^(\S+?):/mg;
    is_deeply \@files, ["$crl/a.crl", "$crl/domain.pem", "$crl/root.pem"], 'in the order of their names';
    is scalar(() = $text =~ /^  number 0x01, .* 0 entries, /mg), 2, 'lists without entries';
    GGI::Crl::place("$crl/.hidden", 'not looked at, as the gate does');
    GGI::Crl::place("$crl/half.crl", substr $of{root}->der, 0, 200);
    mkdir "$crl/folder" or die $!;
    ($status, $text) = show('--trust', $all, $crl);
    is $status, 1, 'a file that is cut';
    like $text, qr{^\Q$crl\E/half\.crl: expected revocation lists in PEM or DER$}m, 'is named';
    unlike $text, qr/hidden|folder/, 'others are not looked at';
    $of{root}->write("$crl/half.crl", number => 2, from => $now - 20, until => $now - 10);
    unlink "$crl/root.pem";
    ($status, $text) = show('--trust', $all, $crl);
    is $status, 1, 'a list that has expired';
    my ($last) = $missing->('root');
    like $text, qr/^  wrong: has expired: fetch a newer one\n\Q$last\E\z/m, 'does not count for its CA';
    $of{root}->write("$crl/root.pem", number => 1);
    ($status, $text) = show('--trust', $all, $crl);
    like $text, qr/\Q$last\E\z/, 'nor does an older one beside it, by which no gate judges';
    mkdir "$dir/empty" or die $!;
    is_shown("$dir/empty: no revocation list that can be read\n", 1, "$dir/empty");
};

subtest 'what is wrong with a list' => sub {
    wrong('nothing', [], number => 1);
    wrong('it has expired', ['has expired: fetch a newer one'], from => $now - 100, until => $now - 50);
    wrong('it is of the future', ['is not in force yet: look whether the clock is right'], from => $now + 3600);
    wrong(
        'a critical extension',
        ['has the unknown critical extension 1.2.3.4'], extensions => GGI::Crl::unknown(1));
    wrong(
        'a delta list', ['is a delta list'], number => 3,
        extensions => GGI::Crl::extension(27, GGI::Crl::integer('1'), 1));
    wrong('another key', ['no key that --trust has of this CA signed it'], key => "$dir/root.key");
    wrong(
        'two at once', ['is a delta list', 'has expired: fetch a newer one'], from => $now - 100, until => $now - 50,
        extensions => GGI::Crl::extension(27, GGI::Crl::integer('1'), 1));
    my $other = GGI::Crl->new($pki, 'caller');
    $other->write("$dir/other.crl", number => 1);
    my ($status, $text) = show('--trust', $all, "$dir/other.crl");
    is $status, 1, 'a list of somebody else';
    like $text, qr/^  wrong: is of a CA whose certificate --trust does not have$/m, 'is named';
};

subtest 'a signature that is weaker than the TLS of the server accepts' => sub {
    mkdir "$dir/weak" or die $!;
    $of{issuing}->write("$dir/weak/issuing.crl", number => 1, digest => 'sha1');
    system("openssl x509 -in '$dir/issuing.crt' -out '$dir/one.pem'") == 0 or die;
    my @arguments = ('--trust', "$dir/one.pem", "$dir/weak");
    for my $level (1, 2) {
        my ($status, $text) = show('--level', $level, @arguments);
        is $status, 1, "SHA-1 at level $level";
        my $wrong = "is signed with SHA1, which TLS refuses on certificates at security level $level";
        like $text, qr/, signed with ecdsa-with-SHA1\n  wrong: $wrong\nno usable list of \Q$name{issuing}\E: /,
            'is wrong, and its CA has no list';
    }
    my ($status, $text) = show('--level', 0, @arguments);
    is $status, 0, 'but for servers that accept all' or diag $text;
    ($status, $text) = show(@arguments);
    like $text, qr/wrong: is signed with SHA1, .* at security level [1-5]$/m, 'the level of OpenSSL is the default';
    is((show('--level', 3, "$crl/a.crl"))[0], 0, 'SHA-256 at level 3');
    is((show('--level', 4, "$crl/a.crl"))[0], 1, 'but not at level 4');
    is((show('--level', 9, "$crl/a.crl"))[0], 2, 'a level that there is not');
};

subtest 'PEM, standard input, and RSASSA-PSS' => sub {
    $pki->run('crls', "$dir/made", 'issuing', 'root');
    system("cat '$dir/made/issuing.crl' '$dir/made/root.crl' >'$dir/two.crl'") == 0 or die;
    my ($status, $text) = show('--trust', $all, "$dir/two.crl");
    is $status, 0, 'two lists in a file' or diag $text;
    is scalar(() = $text =~ /^\Q$dir\E\/two\.crl: CN=.*\n  number none, /mg), 2, 'are both shown';
    is qx($tool crl show - <$dir/two.crl), $text =~ s/^\Q$dir\E\/two\.crl:/standard input:/mgr, 'from standard input';

    my $rsa = GGI::Pki->new;
    $rsa->run('renew', 'issuing', '--key', 'rsa:2048');
    my $work = $rsa->dir;
    my @pss = qw(-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:64 -md sha512);
    open my $conf, '>', "$work/ca.cnf" or die $!;
    print $conf "[ca]\ndefault_ca=a\n[a]\ndatabase=$work/index\ncrlnumber=$work/number\ndefault_crl_days=1\n";
    close $conf;
    system("touch $work/index; echo 2A >$work/number; openssl ca -config $work/ca.cnf -gencrl -cert $work/issuing.crt "
            . "-keyfile $work/issuing.key @pss -out $work/pss.crl 2>$work/said") == 0
        or die "openssl ca failed\n";
    ($status, $text) = show('--trust', "$work/issuing.crt", "$work/pss.crl");
    is $status, 0, 'a list that is signed with RSASSA-PSS' or diag $text;
    like $text, qr/^  number 0x2a, .* signed with RSASSA-PSS with SHA(?:2-)?512$/m, 'is verified';
    ($status) = show('--trust', $all, "$work/pss.crl");
    is $status, 1, 'by its key alone';
};

subtest 'JSON' => sub {
    my $file = $of{domain}->write("$dir/json.crl", number => 255, from => $now);
    GGI::Crl::place("$dir/bad.crl", '<html>');
    my ($status, $text) = show('-o', 'json', '--trust', $all, $file, "$dir/bad.crl");
    is $status, 1, 'exit status';
    is_deeply eval { decode_json($text) }, {
        lists => [
            {
                file => $file, issuer => $name{domain}, number => '0xff', this_update => at($now),
                next_update => at($now + 86400), entries => 0, algorithm => 'ecdsa-with-SHA256', wrong => []
            }],
        unreadable => ["$dir/bad.crl: expected revocation lists in PEM or DER"],
        missing => []
        },
        'the result';
};

subtest 'what cannot be done' => sub {
    is_shown("ggictl: $dir/none: No such file or directory\n", 2, "$dir/none");
    is_shown("ggictl: $dir/none: No such file or directory\n", 2, '--trust', "$dir/none", $crl);
    is_shown("ggictl: $dir/root.key: expected certificates in PEM\n", 2, '--trust', "$dir/root.key", $crl);
    my $signs = 'expected the certificate of a CA that may sign revocation lists and has not expired';
    is_shown("ggictl: $dir/caller.crt: $signs\n", 2, '--trust', "$dir/caller.crt", $crl);
    system("head -c 300 '$dir/root.crt' >'$dir/half.pem'; cat '$dir/root.crt' '$dir/half.pem' >'$dir/broken.pem'");
    is_shown("ggictl: $dir/broken.pem: expected certificates in PEM\n", 2, '--trust', "$dir/broken.pem", $crl);
    $pki->run(
        'renew', 'root', '--not-before', strftime('%Y%m%d%H%M%SZ', gmtime time - 9000),
        '--not-after', strftime('%Y%m%d%H%M%SZ', gmtime time - 60));
    is_shown("ggictl: $dir/root.crt: $signs\n", 2, '--trust', "$dir/root.crt", $crl);
};

done_testing;
