# SPDX-License-Identifier: EUPL-1.2
package GGI::Crl;

# Revocation lists that openssl ca does not make: of any number, time and size, with any extension, signed by any key.
#
#   my $crl = GGI::Crl->new($pki, 'issuing');
#   $crl->write("$dir/issuing.crl", number => 7, revoked => ['bad']);
#
# Parameters of a list: number (none without), from and until (times, default now and a day later), revoked (names of
# leaves of the pki, or serial numbers in hexadecimal), count (so many more, that no leaf has), start (of those),
# entry_extensions and extensions (DER), key (file of another key). Each file is written beside its place and renamed.

use strict;
use warnings;

use File::Temp ();
use MIME::Base64 qw(decode_base64);
use POSIX qw(strftime);

sub new {
    my ($class, $pki, $ca) = @_;
    my $self = bless { pki => $pki, dir => $pki->dir, ca => $ca }, $class;
    $self->{issuer} = _subject(_der("$self->{dir}/$ca.crt"));
    return $self;
}

# An element of DER.
sub tlv {
    my ($tag, @content) = @_;
    my $content = join '', @content;
    my $length = length $content;
    my $bytes = $length < 128 ? '' : pack('N', $length) =~ s/^\0+//r;
    return pack('C', $tag) . ($bytes eq '' ? pack('C', $length) : pack('C', 0x80 | length $bytes) . $bytes) . $content;
}

# An INTEGER of hexadecimal digits.
sub integer {
    my ($hex) = @_;
    my $bytes = pack('H*', length($hex) % 2 ? "0$hex" : $hex) =~ s/^\0+(?=.)//sr;
    return tlv(2, ord($bytes) >= 128 ? "\0$bytes" : $bytes);
}

# An extension by the numbers of its OID below 2.5.29, or by the DER of its OID.
sub extension {
    my ($oid, $value, $critical) = @_;
    $oid = tlv(6, pack 'C*', 0x55, 0x1d, $oid) if $oid =~ /^\d+$/;
    return tlv(0x30, $oid, $critical ? tlv(1, "\xff") : '', tlv(4, $value));
}

# One that nobody knows: 1.2.3.4.
sub unknown { return extension(tlv(6, "\x2a\x03\x04"), "\x05\0", $_[0]) }

sub _time { return tlv(0x18, strftime('%Y%m%d%H%M%SZ', gmtime $_[0])) }

sub _der {
    my ($file) = @_;
    open my $fh, '<', $file or die "$file: $!\n";
    my ($base64) = do { local $/; <$fh> }
        =~ /-----BEGIN CERTIFICATE-----\n(.*?)-----END/s;
    return decode_base64($base64);
}

# The head's length, and the length of the whole element.
sub _lengths {
    my ($der, $at) = @_;
    my $length = ord substr $der, $at + 1, 1;
    return (2, 2 + $length) if $length < 128;
    my $bytes = $length & 127;
    $length = unpack 'N', "\0" x (4 - $bytes) . substr $der, $at + 2, $bytes;
    return (2 + $bytes, 2 + $bytes + $length);
}

# The subject of a certificate, and its serial number in hexadecimal.
sub _subject {
    my ($der) = @_;
    my $at = (_lengths($der, 0))[0];
    $at += (_lengths($der, $at))[0];
    $at += (_lengths($der, $at))[1] if ord(substr $der, $at, 1) == 0xa0;
    my ($head, $whole) = _lengths($der, $at);
    my $serial = unpack 'H*', substr $der, $at + $head, $whole - $head;
    $at += (_lengths($der, $at))[1] for 1 .. 4;
    my $subject = substr $der, $at, (_lengths($der, $at))[1];
    return wantarray ? ($subject, $serial) : $subject;
}

sub _serial {
    my ($self, $name) = @_;
    return $name if $name =~ /\A[0-9a-f]+\z/ && !-e "$self->{dir}/$name.crt";
    return (_subject(_der("$self->{dir}/$name.crt")))[1];
}

# What the signature is of. As many serial numbers as are asked for, of 16 bytes each, in no order.
sub _tbs {
    my ($self, $algorithm, %list) = @_;
    my $from = $list{from} // time;
    my $rest = _time($from) . ($list{entry_extensions} ? tlv(0x30, $list{entry_extensions}) : '');
    my $plain = tlv(0x17, strftime('%y%m%d%H%M%SZ', gmtime $from));
    my $entries = join '', map { tlv(0x30, integer($self->_serial($_)), $rest) } @{ $list{revoked} // [] };
    my $start = $list{start} // 0;
    for my $i ($start + 1 .. $start + ($list{count} // 0)) {
        my $n = ($i * 2654435761) & 0xffffffff;
        $entries .= "\x30\x21\x02\x10" . pack('N4', 0x40000000 | $n >> 2, $n, $i, ~$n & 0xffffffff) . $plain;
    }
    my $number = defined $list{number} ? extension(20, integer(sprintf '%x', $list{number})) : '';
    my $extensions = $number . ($list{extensions} // '');
    return tlv(
        0x30,
        tlv(2, "\1"), $algorithm, $self->{issuer}, _time($from), _time($list{until} // $from + 86400),
        $entries eq '' ? '' : tlv(0x30, $entries),
        $extensions eq '' ? '' : tlv(0xa0, tlv(0x30, $extensions)));
}

# The DER of a list, signed with ECDSA and SHA-256.
sub der {
    my ($self, %list) = @_;
    my $key = $list{key} // "$self->{dir}/$self->{ca}.key";
    my $algorithm = tlv(0x30, tlv(6, "\x2a\x86\x48\xce\x3d\x04\x03\x02"));
    my $tbs = $self->_tbs($algorithm, %list);
    my $file = File::Temp->new(TEMPLATE => 'ggi-crl-XXXXXX', TMPDIR => 1);
    print $file $tbs;
    close $file or die "$file: $!\n";
    my $signature = qx(openssl dgst -sha256 -sign '$key' '$file');
    die "openssl dgst failed\n" if $?;
    return tlv(0x30, $tbs, $algorithm, tlv(3, "\0$signature"));
}

sub write {
    my ($self, $path, %list) = @_;
    return place($path, $self->der(%list));
}

# Writes a file beside its place, and renames it, so that no reader sees half of it.
sub place {
    my ($path, $bytes) = @_;
    my $beside = $path =~ s{([^/]*)\z}{.$1.new}r;
    open my $fh, '>:raw', $beside or die "$beside: $!\n";
    print $fh $bytes;
    close $fh or die "$beside: $!\n";
    rename $beside, $path or die "$path: $!\n";
    return $path;
}

1;
