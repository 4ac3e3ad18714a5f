# SPDX-License-Identifier: EUPL-1.2
# A refused certificate is named in the record as what it claims to be, and never as the caller.
use strict;
use warnings;

use MIME::Base64 qw(encode_base64);
use POSIX qw(strftime);
use Test::More;

use GGI::Audit qw(chains_hold decisions verdict);
use GGI::Gate;
use GGI::Problem qw(allowed refused);

sub day { return strftime('%Y%m%d%H%M%SZ', gmtime(time + 86400 * $_[0])) }

my $pki = GGI::Pki->new;
my $stranger = GGI::Pki->new;
my $oin = $GGI::Gate::OIN;
my $crl = $pki->dir . '/crl';
my $ca = 'CN=TSP PKIoverheid Private Services CA - TEST,O=Staat der Nederlanden (test),C=NL';

# The member of a certificate that openssl shows by an option.
sub shown {
    my ($leaf, $option) = @_;
    my $text = qx(openssl x509 -in '$leaf.crt' -noout $option);
    return $text =~ s/\A\w+=|\n\z//gr;
}

# What a leaf claims, as openssl reads it; %of replaces members, and removes those that are undef.
sub claim {
    my ($leaf, %of) = @_;
    my $until = shown($leaf, '-enddate -dateopt iso_8601');
    my %claim = (
        oin => $oin,
        issuer => $ca,
        serial => shown($leaf, '-serial'),
        not_after => $until =~ s/ /T/r,
        %of,
    );
    delete @claim{ grep { !defined $claim{$_} } keys %claim };
    return \%claim;
}

my %leaf;

sub leaf {
    my ($name, @options) = @_;
    my $from = $name =~ /\Astranger/ ? $stranger : $pki;
    return $leaf{$name} = $from->leaf($name, '--organisation', "Gemeente $name", @options);
}

sub as {
    my ($name) = @_;
    return [$pki->anonymous, '--cert', "$leaf{$name}.pem", '--key', "$leaf{$name}.key"];
}

leaf('good', '--oin', $oin);
leaf('expired', '--oin', $oin, '--not-before', day(-10), '--not-after', day(-1));
leaf('early', '--oin', $oin, '--not-before', day(1), '--not-after', day(2));
leaf('stranger', '--oin', $oin);
leaf('self', '--oin', $oin, '--ca', 'self');
leaf('usage', '--oin', $oin, '--usage', 'serverAuth');
leaf('revoked', '--oin', $oin);
leaf('policy', '--oin', $oin, '--policy', '1.2.3');
leaf('nameless');
leaf('two', '--oin', $oin, '--oin', '00000001002564440000');
leaf('odd', '--oin', 'KVK 12345678');
$pki->run('revoke', 'revoked');
$pki->run('crls', $crl);

# Each: the reason, what is wrong, and what else differs from a claim of the agreed caller under the issuing CA.
my %case = (
    expired => ['certificate_expired', 'certificate has expired'],
    early => ['certificate_expired', 'certificate is not yet valid'],
    stranger => ['certificate_untrusted', qr/self-signed certificate in certificate chain|unable to get .*issuer/],
    self => [
        'certificate_untrusted', 'self-signed certificate', issuer => "CN=self,serialNumber=$oin,O=Gemeente self,C=NL"],
    usage => ['certificate_untrusted', qr/\A(?:unsupported|unsuitable) certificate purpose\z/],
    revoked => ['certificate_revoked', 'certificate revoked'],
    policy => ['certificate_policy_not_allowed', 'certificate policy not allowed'],
    nameless => ['oin_missing', 'no serialNumber in subject', oin => undef],
    two => ['oin_invalid', 'more than one serialNumber in subject', oin => "$oin, 00000001002564440000"],
    odd => ['oin_invalid', 'serialNumber in subject is not an OIN', oin => 'KVK 12345678'],
);

my $gate = GGI::Gate->new(pki => $pki, more => "ggi_pkio_crl $crl; ggi_audit_anonymous off;")->start;

# The only decision since the last mark, and the certificate that is claimed in it.
sub claimed {
    my ($which) = @_;
    my ($decision, @more) = decisions(($which // $gate)->since(1, 0));
    is scalar @more, 0, 'one record';
    return ($decision, $decision->{body}{'adl.core.request'}{context}{claimed_certificate});
}

# Who called, by a decision; and how that is somebody with a certificate who has not been established.
sub subject { return $_[0]{body}{'adl.core.request'}{subject} }

sub nobody {
    my ($leaf) = @_;
    my $sha256 = qx(openssl x509 -in '$leaf.crt' -outform DER | sha256sum) =~ s/ .*//sr;
    return { type => 'unknown', id => 'unknown', properties => { certificate_sha256 => $sha256 } };
}

for my $name (sort keys %case) {
    my ($reason, $error, %of) = @{ $case{$name} };
    for my $protocol ('--http1.1', '--http2') {
        subtest "$name, $protocol" => sub {
            $gate->mark;
            refused($gate->call('/x', { as => as($name) }, $protocol), 403, $reason, 'refused');
            my ($decision, $claimed) = claimed();
            is verdict($decision), $reason, 'recorded as that';
            my $told = delete $claimed->{error};
            ref $error ? like($told, $error, 'what is wrong') : is($told, $error, 'what is wrong');
            is_deeply $claimed, claim($leaf{$name}, organisation => "Gemeente $name", %of), 'what it claims';
            is_deeply subject($decision), nobody($leaf{$name}), 'which is not who called';
        };
    }
}

subtest 'who is not refused claims nothing' => sub {
    for my $case ([as('good'), 200, 'allowed'], [[$pki->anonymous], 403, 'certificate_missing']) {
        my ($as, $status, $verdict) = @$case;
        $gate->mark;
        is $gate->call('/x', { as => $as })->{status}, $status, $verdict;
        my ($decision, $claimed) = claimed();
        is verdict($decision), $verdict, 'recorded';
        is $claimed, undef, 'without a claim';
    }
    $gate->mark;
    refused($gate->call('/x', { as => as('good'), claim => '' }), 400, 'claim_missing', 'by another gate');
    my ($decision, $claimed) = claimed();
    is $decision->{body}{'adl.core.request'}{subject}{id}, $oin, 'the caller is known';
    is $claimed, undef, 'and claims nothing';
};

subtest 'one connection, read once' => sub {
    $gate->mark;
    my @urls = map { ('-o', '/dev/null', $gate->https("/$_")) } 1 .. 3;
    my $codes = qx(curl -s -w '%{http_code} %{num_connects} ' @{ as('policy') } @urls);
    is $codes, '403 1 403 0 403 0 ', 'three calls';
    my @claimed = map { $_->{body}{'adl.core.request'}{context}{claimed_certificate} } decisions($gate->since(3, 0));
    is_deeply [@claimed[1, 2]], [@claimed[0, 0]], 'name the certificate alike';
    is $claimed[0]{organisation}, 'Gemeente policy', 'by what it says';
};

subtest 'a hostile certificate' => sub {
    leaf(
        'bsn', '--oin', '123456782', '--organisation', 'J. Jansen 123456782', '--not-after', day(-1),
        '--not-before', day(-2));
    $gate->mark;
    refused($gate->call('/x', { as => as('bsn') }), 403, 'certificate_expired', 'with a BSN');
    my ($decision, $claimed) = claimed();
    is "$claimed->{oin} $claimed->{organisation}", '********* J. Jansen *********', 'which is masked';
    unlike $gate->audit_text, qr/123456782/, 'and nowhere else';
};

subtest 'a list that is missing is nothing against the certificate' => sub {
    my $empty = $pki->dir . '/empty';
    mkdir $empty or die "$empty: $!\n";
    my $unsure =
        GGI::Gate->new(pki => $pki, more => "ggi_pkio_crl $empty;", allow_errors => [qr/revocation list/])->start;
    refused($unsure->call('/x', { as => as('good') }), 503, 'revocation_unknown', 'refused');
    my ($decision, $claimed) = claimed($unsure);
    is subject($decision)->{id}, $oin, 'the caller is known';
    is $claimed, undef, 'and claims nothing';
    $unsure->stop;
};

subtest 'observed' => sub {
    my $observing = GGI::Gate->new(
        pki => $pki,
        more => "ggi_pkio_crl $crl;",
        locations => 'location / { ggi_dienst brp; ggi_pkio observe; proxy_pass http://api; }'
            . 'location /off/ { ggi_dienst brp; ggi_pkio off; ggi_autorisatie off; proxy_pass http://api; }')->start;
    for my $name ('revoked', 'policy') {
        $observing->mark;
        allowed($observing->call('/x', { as => as($name) }), $name);
        my ($decision) = decisions($observing->since(1, 1));
        my $request = $decision->{body}{'adl.core.request'};
        is $request->{context}{claimed_certificate}{error}, $case{$name}[1], 'what is wrong';
        is $request->{subject}{id}, $oin, 'who was let in, since the gate only observes';
    }
    for my $protocol ('--http1.1', '--http2') {
        $observing->mark;
        is $observing->call('/x', { as => as('expired') }, $protocol)->{status}, 400, "expired, $protocol: by nginx";
        my ($decision, $claimed) = claimed($observing);
        is verdict($decision), 'request_rejected', 'recorded as that';
        is $claimed->{error}, 'certificate has expired', 'what is wrong';
        is $claimed->{organisation}, 'Gemeente expired', 'what it claims';
        is_deeply subject($decision), nobody($leaf{expired}), 'which is not who called';
        $observing->mark;
        my $anonymous = $observing->call('/off/x', { as => as('expired') }, $protocol);
        is $anonymous->{status}, 400, 'where the gate is off';
        is((claimed($observing))[1], undef, 'nobody looks at certificates');
    }
    $observing->stop;
};

subtest 'refusals of a certificate that a trusted CA has issued are recorded without limit' => sub {
    my $limited = GGI::Gate->new(pki => $pki, more => "ggi_pkio_crl $crl; ggi_audit_anonymous rate=1r/s burst=0;");
    $limited->start;
    my @urls = map { ('-o', '/dev/null', $limited->https("/$_")) } 1 .. 10;
    my $codes = qx(curl -s -w '%{http_code} ' @{ as('revoked') } @urls);
    is $codes, '403 ' x 10, 'revoked: each call is answered';
    is scalar(my @recorded = decisions($limited->since(10, 0))), 10, 'and has its record';
    $codes = qx(curl -s -w '%{http_code} ' @{ as('stranger') } @urls);
    like $codes, qr/\b000 /, 'of another CA: some get no answer' or diag $codes;
    $limited->stop;
};

# DER, to make what openssl does not: a tag and its contents.
sub der {
    my ($tag, @contents) = @_;
    my $text = join '', @contents;
    my $length = length $text;
    return pack('CC', $tag, $length) . $text if $length < 128;
    return pack('CCn', $tag, 0x82, $length) . $text if $length < 65_536;
    return pack('CCCn', $tag, 0x83, $length >> 16, $length & 0xffff) . $text;
}

# A name of one attribute a line: its OID's last octet, the tag of its type and its bytes.
sub name {
    my @attributes = @_;
    return der(0x30, map { der(0x31, der(0x30, der(6, "\x55\x04" . chr $_->[0]), der($_->[1], $_->[2]))) } @attributes);
}

# A leaf that nobody has signed, of a good key: nginx sees it, and no CA vouches for it. $until is the DER of its end.
sub forged {
    my ($name, $subject, $issuer, $serial, $until) = @_;
    my $path = $pki->dir . "/$name";
    my $key = $pki->dir . '/good.key';
    my $public = qx(openssl pkey -in '$key' -pubout -outform DER);
    my $algorithm = der(0x30, der(6, "\x2a\x86\x48\xce\x3d\x04\x03\x02"));
    my $validity = der(0x30, der(0x17, '250101000000Z'), $until // der(0x18, '20990102030405Z'));
    my $version = der(0xa0, der(2, "\x02"));
    my $content = der(0x30, $version, der(2, $serial), $algorithm, $issuer, $validity, $subject, $public);
    my $signature = der(3, "\0" . der(0x30, der(2, "\x01"), der(2, "\x01")));
    my $text = encode_base64(der(0x30, $content, $algorithm, $signature), '') =~ s/(.{64})/$1\n/gr;
    open my $fh, '>', "$path.pem" or die "$path.pem: $!\n";
    print {$fh} "-----BEGIN CERTIFICATE-----\n$text\n-----END CERTIFICATE-----\n";
    close $fh or die "$path.pem: $!\n";
    return [$pki->anonymous, '--cert', "$path.pem", '--key', $key];
}

# Attributes serialNumber, organizationName and commonName; types UTF8String, T61String and BMPString.
my ($serial, $organisation, $common) = (5, 10, 3);
my ($utf8, $t61, $bmp) = (0x0c, 0x14, 0x1e);
# OpenSSL makes no session of a certificate that is larger than 64 KB, and then ends the handshake
my $large = 'y' x 30_000;
my %forged = (
    'control characters' => [
        name([$organisation, $utf8, "A\0B\r\n\x1b[2J\x7f"], [$serial, $utf8, "$oin\0"]),
        name([$common, $utf8, "C\nA"]), "\x01",
        organisation => 'A\\00B\\0D\\0A\\1B[2J\\7F', oin => "$oin\\00", issuer => 'CN=C\\0AA', serial => '01'],
    'names of 30,000 bytes' => [
        name([$organisation, $utf8, $large]), name([$common, $utf8, $large]), "\x7f" x 1000,
        organisation => 'y' x 256, issuer => 'CN=' . 'y' x 509, serial => '7F' x 32],
    'many serialNumbers' => [
        name(map { [$serial, $utf8, $oin] } 1 .. 1000), name([$common, $utf8, 'CA']), "\x80",
        oin => substr(join(', ', ($oin) x 10), 0, 128), issuer => 'CN=CA', serial => '-80'],
    'T61String and BMPString' => [
        name([$organisation, $t61, "Gemeente \xcb"], [$serial, $bmp, join '', map {"\0$_"} split //, $oin]),
        name([$common, $bmp, "\x20\xac"]), "\x01\x00",
        organisation => "Gemeente \x{cb}", oin => $oin, issuer => "CN=\x{20ac}", serial => '0100'],
    'empty names' => [name([$organisation, $utf8, ''], [$serial, $utf8, '']), name(), "\x01", serial => '01'],
);

for my $name (sort keys %forged) {
    my ($subject, $issuer, $number, %claim) = @{ $forged{$name} };
    my $as = forged('forged', $subject, $issuer, $number);
    for my $protocol ('--http1.1', '--http2') {
        subtest "$name, $protocol" => sub {
            $gate->mark;
            refused($gate->call('/x', { as => $as }, $protocol), 403, 'certificate_untrusted', 'refused');
            my ($decision, $claimed) = claimed();
            ok delete $claimed->{error}, 'what is wrong';
            is_deeply $claimed, { not_after => '2099-01-02T03:04:05Z', %claim }, 'what it claims';
        };
    }
}

# nothing that a stranger sends is a fault of the gate, which would be 503 and an error in its log
my %until = (
    'a month that there is not' => der(0x18, '20991301000000Z'),
    'no time' => der(0x17, 'tomorrow'),
    'nothing' => der(0x18),
);
for my $name (sort keys %until) {
    subtest "a certificate that is valid until $name" => sub {
        my $before = () = $gate->read('logs/error.log') =~ /\[error\]/g;
        $gate->mark;
        my $as = forged('forged', name([$serial, $utf8, $oin]), name([$common, $utf8, 'CA']), "\x01", $until{$name});
        refused($gate->call('/x', { as => $as }), 403, 'certificate_untrusted', 'refused');
        my ($decision, $claimed) = claimed();
        is_deeply $claimed, {
            oin => $oin, issuer => 'CN=CA', serial => '01', error => q(format error in certificate's notAfter field),
            },
            'what it claims';
        my $after = () = $gate->read('logs/error.log') =~ /\[error\]/g;
        is $after, $before, 'no error is logged';
    };
}
chains_hold($gate->audit_text, 'the chain holds');
$gate->stop;
done_testing;
