# SPDX-License-Identifier: EUPL-1.2
package GGI::Crl;

# Revocation lists that openssl ca does not make: of any number, time and size, with any extension, signed by any key.
#
#   my $crl = GGI::Crl->new($pki, 'issuing');
#   $crl->write("$dir/issuing.crl", number => 7, revoked => ['bad']);
#
# Parameters of a list: number (none without), from and until (times, default now and a day later), revoked (names of
# leaves of the pki, or serial numbers in hexadecimal), count (so many more, that no leaf has), start (of those),
# entry_extensions and extensions (DER), key (file of another key), digest (sha1; of the signature, SHA-256 by itself).
# Each file is written beside its place and renamed.

use strict;
use warnings;

use POSIX qw(strftime);

use GGI::Der qw(integer signed subject time_of tlv);

sub new {
    my ($class, $pki, $ca) = @_;
    my $self = bless { pki => $pki, dir => $pki->dir, ca => $ca }, $class;
    $self->{issuer} = subject("$self->{dir}/$ca.crt");
    return $self;
}

# An extension by the last number of its OID in 2.5.29, or by its dotted OID.
sub extension {
    my ($oid, $value, $critical) = @_;
    return GGI::Der::extension($oid =~ /\./ ? $oid : "2.5.29.$oid", $value, $critical);
}

# One that nobody knows: 1.2.3.4.
sub unknown { return extension('1.2.3.4', "\x05\0", $_[0]) }

sub _serial {
    my ($self, $name) = @_;
    return $name if $name =~ /\A[0-9a-f]+\z/ && !-e "$self->{dir}/$name.crt";
    return (subject("$self->{dir}/$name.crt"))[1];
}

# An entry: a serial number in hexadecimal or, by reference, in DER; what follows it.
sub _entry { my ($serial, $rest) = @_; return tlv(0x30, ref $serial ? $$serial : integer($serial), $rest) }

# A time, or DER of one.
sub _moment { return $_[0] =~ /\A-?\d+\z/ ? time_of($_[0]) : $_[0] }

# What the signature is of. As many serial numbers as are asked for, of 16 bytes each, in no order.
sub _tbs {
    my (%list) = @_;
    my $from = $list{from} // time;
    my $rest = time_of($from) . ($list{entry_extensions} ? tlv(0x30, $list{entry_extensions}) : '');
    my $plain = tlv(0x17, strftime('%y%m%d%H%M%SZ', gmtime $from));
    my $entries = join '', map { _entry($_, $rest) } @{ $list{revoked} // [] };
    my $start = $list{start} // 0;
    for my $i ($start + 1 .. $start + ($list{count} // 0)) {
        my $n = ($i * 2654435761) & 0xffffffff;
        $entries .= "\x30\x21\x02\x10" . pack('N4', 0x40000000 | $n >> 2, $n, $i, ~$n & 0xffffffff) . $plain;
    }
    my $number = defined $list{number} ? extension(20, integer(sprintf '%x', $list{number})) : '';
    my $extensions = $number . ($list{extensions} // '');
    return tlv(
        0x30,
        $extensions . ($list{entry_extensions} // '') eq '' ? '' : tlv(2, "\1"),
        $GGI::Der::ECDSA{ $list{digest} // 'sha256' }, $list{issuer}, time_of($from),
        _moment($list{until} // $from + 86400),
        $entries eq '' ? '' : tlv(0x30, $entries),
        $extensions eq '' ? '' : tlv(0xa0, tlv(0x30, $extensions)));
}

# The DER of a list of any issuer, with the parameters of write(), and issuer (DER), key and bad (the signature is not
# good); until can be DER too, and revoked has serial numbers alone.
sub list {
    my (%list) = @_;
    my $der = signed($list{key}, _tbs(%list), $GGI::Der::ECDSA{ $list{digest} // 'sha256' }, $list{digest});
    substr($der, -1) ^= "\1" if $list{bad};
    return $der;
}

# The DER of a list, signed with ECDSA.
sub der {
    my ($self, %list) = @_;
    my @revoked = map { $self->_serial($_) } @{ $list{revoked} // [] };
    return list(key => "$self->{dir}/$self->{ca}.key", issuer => $self->{issuer}, %list, revoked => \@revoked);
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
