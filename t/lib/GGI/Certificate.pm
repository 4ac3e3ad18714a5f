# SPDX-License-Identifier: EUPL-1.2
package GGI::Certificate;

# Certificates that openssl ca does not make: with any extension, any name, any time, and faults in them.
#
#   my $der = certificate(
#       subject => name(CN => 'leaf'), issuer => name(CN => 'CA'), key => $key, signer => $ca_key,
#       extensions => [usage('digitalSignature')]);
#
# Parameters besides these: serial (in hexadecimal; serial_der: its DER), from and until (times, or DER), version (3),
# digest and inner_digest (AlgorithmIdentifiers in the place of the true one, outside and inside of what is signed),
# uids (DER that follows the key), bad (the signature is not good). Keys are paths of keys of P-256. A certificate with
# extensions has the identifiers of both keys too.

use strict;
use warnings;

use Digest::SHA qw(sha1);
use Exporter qw(import);

use GGI::Der qw(extension integer oid public_key signature time_of tlv);

our @EXPORT_OK = qw(certificate constraints name policies usage);

my %attributes = (
    C => '2.5.4.6', O => '2.5.4.10', OU => '2.5.4.11', CN => '2.5.4.3', serialNumber => '2.5.4.5',
    email => '1.2.840.113549.1.9.1');
my @usages = qw(
    digitalSignature contentCommitment keyEncipherment dataEncipherment keyAgreement keyCertSign cRLSign);

# A Name of attributes and values, in that order. A value is text, of which a UTF8String is made, or DER.
sub name {
    my (@pairs) = @_;
    my $name = '';
    while (my ($attribute, $value) = splice @pairs, 0, 2) {
        my $string = ref $value ? $$value : tlv(0x0c, $value);
        $name .= tlv(0x31, tlv(0x30, oid($attributes{$attribute}), $string));
    }
    return tlv(0x30, $name);
}

# keyUsage with these uses, critical.
sub usage {
    my (@uses) = @_;
    my %has = map { $_ => 1 } @uses;
    my $bits = join '', map { $has{$_} ? 1 : 0 } @usages;
    $bits =~ s/0+\z//;
    return extension('2.5.29.15', tlv(3, pack('C', -length($bits) % 8), pack 'B*', $bits), 1);
}

# basicConstraints of a CA, critical, perhaps with a length of the path.
sub constraints {
    my ($length) = @_;
    my $below = defined $length ? integer(sprintf '%x', $length) : '';
    return extension('2.5.29.19', tlv(0x30, tlv(1, "\xff"), $below), 1);
}

# certificatePolicies with these OIDs.
sub policies {
    return extension('2.5.29.32', tlv(0x30, map { tlv(0x30, oid($_)) } @_));
}

my %public;

sub _public { my ($key) = @_; return $public{$key} //= public_key($key) }

# subjectKeyIdentifier and authorityKeyIdentifier.
sub _identifiers {
    my ($key, $signer) = map { sha1(_public($_)) } @_;
    return (extension('2.5.29.14', tlv(4, $key)), extension('2.5.29.35', tlv(0x30, tlv(0x80, $signer))));
}

sub certificate {
    my (%of) = @_;
    my ($from, $until) = map { /\A\d+\z/ ? time_of($_) : $_ } $of{from} // time - 86400, $of{until} // time + 864000;
    my $version = $of{version} // 3;
    my $tbs = tlv(
        0x30,
        $version > 1 ? tlv(0xa0, tlv(2, pack 'C', $version - 1)) : '',
        $of{serial_der} // integer($of{serial} // unpack 'H*', pack 'n4', map { 1 + int rand 30000 } 1 .. 4),
        $of{inner_digest} // $GGI::Der::ECDSA,
        $of{issuer}, tlv(0x30, $from, $until), $of{subject},
        _public($of{key}),
        $of{uids} // '',
        $of{extensions} ? tlv(0xa3, tlv(0x30, _identifiers(@of{qw(key signer)}), @{ $of{extensions} })) : '');
    my $signature = signature($of{signer}, $tbs);
    substr($signature, -1) ^= "\1" if $of{bad};
    return tlv(0x30, $tbs, $of{digest} // $GGI::Der::ECDSA, tlv(3, "\0$signature"));
}

1;
