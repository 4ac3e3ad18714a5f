# SPDX-License-Identifier: EUPL-1.2
package GGI::Der;

# DER for tests: certificates and revocation lists that openssl would not make, signed by keys in PEM.
#
#   my $extension = extension('2.5.29.19', tlv(0x30, tlv(1, "\xff")), 1);
#   my $der = signed($key, tlv(0x30, ...));
#   my ($tbs, $algorithm, $signature) = elements(inner($der));
#
# Elements of DER that are read are [tag, content, all of it].

use strict;
use warnings;

use Exporter qw(import);
use File::Temp ();
use MIME::Base64 qw(decode_base64 encode_base64);
use POSIX qw(strftime);

our @EXPORT_OK =
    qw(elements extension from_pem inner integer new_key oid oid_text public_key read_file signature signed subject
    time_of tlv to_pem write_file);

# The AlgorithmIdentifiers of ECDSA, by the digest; and that with SHA-256.
our %ECDSA = (sha1 => tlv(0x30, oid('1.2.840.10045.4.1')), sha256 => tlv(0x30, oid('1.2.840.10045.4.3.2')));
our $ECDSA = $ECDSA{sha256};

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

# An OBJECT IDENTIFIER of its dotted text.
sub oid {
    my ($text) = @_;
    my ($one, $two, @arcs) = split /\./, $text;
    return tlv(6, pack 'w*', 40 * $one + $two, @arcs);
}

# The dotted text of the content of an OBJECT IDENTIFIER.
sub oid_text {
    my ($bytes) = @_;
    my ($first, @arcs) = unpack 'w*', $bytes;
    my $one = $first < 80 ? int $first / 40 : 2;
    return join '.', $one, $first - 40 * $one, @arcs;
}

# A GeneralizedTime.
sub time_of { return tlv(0x18, strftime('%Y%m%d%H%M%SZ', gmtime $_[0])) }

# An extension by its dotted OID.
sub extension {
    my ($oid, $value, $critical) = @_;
    return tlv(0x30, oid($oid), $critical ? tlv(1, "\xff") : '', tlv(4, $value));
}

# The elements that follow each other in a text.
sub elements {
    my ($der) = @_;
    my @elements;
    for (my $at = 0; $at < length $der;) {
        my ($tag, $length) = unpack 'CC', substr $der, $at, 2;
        my $head = 2;
        if ($length >= 128) {
            my $bytes = $length & 127;
            $head += $bytes;
            $length = unpack 'N', "\0" x (4 - $bytes) . substr $der, $at + 2, $bytes;
        }
        push @elements, [$tag, substr($der, $at + $head, $length), substr($der, $at, $head + $length)];
        $at += $head + $length;
    }
    return @elements;
}

# The content of the one element of a text.
sub inner { return (elements($_[0]))[0][1] }

sub read_file {
    my ($path) = @_;
    open my $fh, '<:raw', $path or die "$path: $!\n";
    return join '', <$fh>;
}

sub write_file {
    my ($path, $bytes) = @_;
    open my $fh, '>:raw', $path or die "$path: $!\n";
    print $fh $bytes;
    close $fh or die "$path: $!\n";
    return $path;
}

# The first element of PEM in a text.
sub from_pem { return decode_base64($_[0] =~ /-----BEGIN [^-]*-----\n(.*?)-----END/s ? $1 : '') }

# The subject of the certificate in a file of PEM, and its serial number in hexadecimal.
sub subject {
    my ($file) = @_;
    my @parts = elements(inner(inner(from_pem(read_file($file)))));
    shift @parts if $parts[0][0] == 0xa0;
    my ($serial, $subject) = (unpack('H*', $parts[0][1]), $parts[4][2]);
    return wantarray ? ($subject, $serial) : $subject;
}

# An element as PEM, under a name such as "CERTIFICATE".
sub to_pem {
    my ($name, $der) = @_;
    return "-----BEGIN $name-----\n" . encode_base64($der) . "-----END $name-----\n";
}

# Makes a key of P-256 at a path, and returns the path.
sub new_key {
    my ($path) = @_;
    system('openssl', 'genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', $path) == 0
        or die "openssl genpkey failed\n";
    return $path;
}

# The SubjectPublicKeyInfo of the key at a path.
sub public_key {
    my ($path) = @_;
    my $der = qx(openssl pkey -in '$path' -pubout -outform DER);
    die "openssl pkey failed\n" if $?;
    return $der;
}

# The signature of a text, by the key at a path, with SHA-256 or another digest.
sub signature {
    my ($key, $text, $digest) = @_;
    $digest //= 'sha256';
    my $file = File::Temp->new(TEMPLATE => 'ggi-der-XXXXXX', TMPDIR => 1);
    print $file $text;
    close $file or die "$file: $!\n";
    my $signature = qx(openssl dgst -$digest -sign '$key' '$file');
    die "openssl dgst failed\n" if $?;
    return $signature;
}

# A text with its AlgorithmIdentifier and its signature, as certificates and lists are.
sub signed {
    my ($key, $tbs, $algorithm, $digest) = @_;
    return tlv(0x30, $tbs, $algorithm // $ECDSA, tlv(3, "\0" . signature($key, $tbs, $digest)));
}

1;
