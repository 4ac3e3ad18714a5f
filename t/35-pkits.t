# SPDX-License-Identifier: EUPL-1.2
# scripts/pkits, with a few certificates and lists in the place of those of NIST: it signs them again, calls the gate
# with them, and tells where the gate is laxer or stricter than it has to be.
use strict;
use warnings;

use Test::More;

use GGI::Certificate qw(certificate constraints name policies usage);
use GGI::Crl ();
use GGI::Der qw(new_key read_file write_file);
use GGI::Folder ();
use GGI::Nginx;

plan skip_all => 'runs nothing of the modules that t/34 does not' if GGI::Nginx::under_instrument();

my $dir = GGI::Folder->new;
my $data = "$dir/data";
mkdir $_ for $data, "$data/certs", "$data/crls";
my ($policy, $other) = map {"2.16.840.1.101.3.2.1.48.$_"} 1, 2;

# A certificate of the data: its file, the name of its owner, that of its issuer, and what is special.
my $serial = 1;

sub issue {
    my ($file, $subject, $issuer, @extensions) = @_;
    for my $owner ($subject, $issuer) {
        -e "$dir/$owner.key" or new_key("$dir/$owner.key");
    }
    return write_file(
        "$data/certs/$file.crt",
        certificate(
            subject => name(C => 'US', CN => $subject),
            issuer => name(C => 'US', CN => $issuer),
            key => "$dir/$subject.key",
            signer => "$dir/$issuer.key",
            serial => sprintf('%02x', $serial++),
            extensions => \@extensions));
}

sub leaf {
    my ($file, @policies) = @_;
    return issue($file, $file, 'Good', usage('digitalSignature'), @policies ? policies(@policies) : ());
}

sub list {
    my ($file, $issuer, @revoked) = @_;
    my %of = (issuer => name(C => 'US', CN => $issuer), key => "$dir/$issuer.key", number => 1);
    return write_file("$data/crls/$file.crl", GGI::Crl::list(%of, revoked => \@revoked));
}

my @ca = (constraints(), usage('keyCertSign', 'cRLSign'));
issue('TrustAnchorRootCertificate', 'Root', 'Root', @ca);
issue('GoodCACert', 'Good', 'Root', @ca, policies($policy, $other));
leaf('ValidCertificatePathTest1EE', $policy);
leaf('InvalidRevokedEETest3EE', $policy);
my $signed = leaf('InvalidEESignatureTest3EE', $policy);
my $der = read_file($signed);
substr($der, -1) ^= "\1";
write_file($signed, $der);
leaf('AllCertificatesNoPoliciesTest2EE');
list('TrustAnchorRootCRL', 'Root');
list('GoodCACRL', 'Good', '04');

sub compare { return GGI::Folder::run("$GGI::Nginx::ROOT/scripts/pkits", @_) }

my ($exit, $said) = compare('--verbose', $data);
is $exit, 0, 'as expected' or diag $said;
like $said, qr/^ggi_pkio_crl: 45 as expected \(9 of PKITS\)$/m, 'the directory: all cases';
like $said, qr/^ssl_crl and further keys: 45 as expected \(9 of PKITS\)$/m, 'and the file of lists';
like $said, qr/^ggi_pkio_crl: 4\.8\.1 ValidCertificatePathTest1EE at 1, as in PKITS: 200: as expected$/m, 'let in';
like $said, qr/^ggi_pkio_crl: 4\.8\.1 \S+ at 2, as in PKITS: 403 certificate_policy_not_allowed: as expected$/m,
    'another policy';
like $said, qr/^ssl_crl: 4\.8\.2 \S+ at any, as in PKITS: 200: as expected$/m, 'none, where none is asked for';
like $said, qr/^ggi_pkio_crl: 4\.4\.3 \S+ at all, as in PKITS: 403 certificate_revoked: as expected$/m, 'revoked';
like $said, qr/^ssl_crl: 4\.1\.3 \S+ at all, as in PKITS: 403 certificate_untrusted: as expected$/m,
    'a bad signature stays bad';

leaf('InvalidkeyUsageTest9EE', $policy);
list('GoodCACRL', 'Good', '04', '08');
leaf('ValidkeyUsageTest8EE', $policy);
($exit, $said) = compare($data);
is $exit, 1, 'faults';
like $said, qr/^ggi_pkio_crl: 4\.7\.9 InvalidkeyUsageTest9EE at all, as in PKITS: 200: laxer$/m, 'one that is laxer';
like $said, qr/^ssl_crl: 4\.7\.8 \S+ at all, as in PKITS: 403 certificate_revoked: stricter, NOBODY KNOWS WHY$/m,
    'one that is stricter';
unlike $said, qr/as expected$/m, 'and none that is as it should be';
($exit) = compare();
is $exit, 2, 'without a folder';

done_testing;
