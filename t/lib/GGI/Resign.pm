# SPDX-License-Identifier: EUPL-1.2
package GGI::Resign;

# Certificates and revocation lists of others, signed again with keys of one's own: for each of their keys there is a
# new one, and all else stays as it was. So the owner of a certificate can be played, whose key nobody has.
#
#   my $tree = GGI::Resign->new(certificates => [...], lists => [...], to => $folder, oin => $oin);
#   my @path = $tree->path('GoodEE');              names, leaf first, without the root
#   $tree->{certificates}{GoodEE}{der};            signed again
#
# The files are in DER, and their names without the suffix name them here. Who signed one is found by the key that its
# authorityKeyIdentifier names. A signature that was bad is bad again. Keys of RSA become keys of P-256, and keys of DSA
# with 2,048 bits. Leaves, whose names end in "EE", get the OIN as a last part of their subject: a leaf with the name
# of its issuer gives that name to all that have it, and a leaf without a subject stays without.

use strict;
use warnings;

use GGI::Der qw(elements inner new_key oid public_key read_file signed tlv write_file);

# The AlgorithmIdentifier of DSA with SHA-256.
my $DSA = tlv(0x30, oid('2.16.840.1.101.3.4.3.2'));
my $OF_DSA = oid('1.2.840.10040.4.1');

sub new {
    my ($class, %args) = @_;
    my $self = bless { to => $args{to}, oin => $args{oin}, keys => {}, certificates => {}, lists => {} }, $class;
    for my $kind ('certificates', 'lists') {
        for my $file (@{ $args{$kind} }) {
            my ($name) = $file =~ m{([^/]*)\.\w+\z};
            $self->{$kind}{$name} = { name => $name, _read($kind, read_file($file)) };
        }
    }
    $self->_find_issuers;
    $self->_find_names;
    for my $one ($self->_all) {
        $one->{bad} = !$self->_verifies($one);
    }
    $self->_sign($_) for $self->_all;
    return $self;
}

sub _all {
    my ($self) = @_;
    return map {
        my $of = $self->{$_};
        map { $of->{$_} } sort keys %$of
    } 'certificates', 'lists';
}

# What is needed of a certificate or a list.
sub _read {
    my ($kind, $original) = @_;
    my ($tbs, $algorithm, $signature) = elements(inner($original));
    my @parts = elements($tbs->[1]);
    my $first = $parts[0][0] == 0xa0 ? 1 : 0;
    my @at =
        $kind eq 'certificates'
        ? (algorithm => $first + 1, issuer => $first + 2, subject => $first + 4, key => $first + 5)
        : (algorithm => 1, issuer => 2);
    my ($extensions) = map { $_->[1] } grep { $_->[0] == ($kind eq 'lists' ? 0xa0 : 0xa3) } @parts;
    my %id;
    for my $extension (defined $extensions ? elements(inner($extensions)) : ()) {
        my @of = elements($extension->[1]);
        $id{skid} = inner($of[-1][1]) if $of[0][2] eq oid('2.5.29.14');
        ($id{akid}) = map { $_->[1] } grep { $_->[0] == 0x80 } elements(inner($of[-1][1]))
            if $of[0][2] eq oid('2.5.29.35');
    }
    return (
        original => $original, tbs => $tbs->[2], parts => [map { $_->[2] } @parts], at => {@at}, %id,
        digest => $algorithm->[2], signature => substr($signature->[1], 1));
}

sub _part { my ($one, $which) = @_; return $one->{parts}[$one->{at}{$which}] }

# The certificates with the key that signed each: by the identifier of the key and, where several or none have it, by
# name.
sub _find_issuers {
    my ($self) = @_;
    my @certificates = map { $self->{certificates}{$_} } sort keys %{ $self->{certificates} };
    for my $one ($self->_all) {
        my @candidates = grep { !defined $one->{akid} || ($_->{skid} // '') eq $one->{akid} } @certificates;
        my @named = grep { _part($_, 'subject') eq _part($one, 'issuer') } @candidates;
        $one->{issuer} = $named[0] // $candidates[0] // die "$one->{name}: nobody has the key that signed it\n";
    }
    return;
}

# The new names of leaves, and of all that have the name of a leaf that issued itself.
sub _find_names {
    my ($self) = @_;
    for my $leaf (map { $self->{certificates}{$_} } grep {/EE\z/} sort keys %{ $self->{certificates} }) {
        my $subject = _part($leaf, 'subject');
        next if inner($subject) eq '';
        my $number = tlv(0x31, tlv(0x30, oid('2.5.4.5'), tlv(0x13, $self->{oin})));
        $leaf->{name_with_oin} = tlv(0x30, inner($subject), $number);
        $self->{names}{$subject} = $leaf->{name_with_oin} if _part($leaf, 'issuer') eq $subject;
    }
    return;
}

# Whether the original was signed by the key of its issuer. openssl reads no key of DSA without parameters.
sub _verifies {
    my ($self, $one) = @_;
    my $base = "$self->{to}/check";
    write_file("$base.key", _part($one->{issuer}, 'key'));
    write_file("$base.signature", $one->{signature});
    write_file("$base.text", $one->{tbs});
    my ($digest) = inner($one->{digest}) =~ /\A\Q@{[ oid('1.2.840.10040.4.3') ]}\E/ ? 'sha1' : 'sha256';
    my $said = qx(openssl dgst -$digest -verify $base.key -keyform DER -signature $base.signature $base.text 2>&1);
    return $said =~ /Could not read public key/ || $said =~ /Verified OK/;
}

# The key that takes the place of a certificate's: its path, and what the new certificate says of it.
sub key {
    my ($self, $one) = @_;
    my $old = _part($one, 'key');
    my $new = $self->{keys}{$old} //= { path => "$self->{to}/" . keys(%{ $self->{keys} }) . '.key' };
    return $new if $new->{public};
    my @algorithm = elements(inner(inner($old)));
    if ($algorithm[0][2] ne $OF_DSA) {
        new_key($new->{path});
    }
    else {
        my $parameters = "$self->{to}/dsa.pem";
        -e $parameters or _openssl("genpkey -genparam -algorithm DSA -pkeyopt dsa_paramgen_bits:2048 -out $parameters");
        _openssl("genpkey -paramfile $parameters -out $new->{path}");
        $new->{dsa} = 1;
    }
    $new->{public} = public_key($new->{path});
    if (@algorithm == 1) {
        my (undef, $bits) = elements(inner($new->{public}));
        $new->{public} = tlv(0x30, tlv(0x30, $OF_DSA), $bits->[2]);
    }
    return $new;
}

sub _openssl {
    my ($command) = @_;
    system("openssl $command 2>/dev/null") == 0 or die "openssl $command failed\n";
    return;
}

sub _sign {
    my ($self, $one) = @_;
    my @parts = @{ $one->{parts} };
    my $at = $one->{at};
    my $signer = $self->key($one->{issuer});
    my $algorithm = $signer->{dsa} ? $DSA : $GGI::Der::ECDSA;
    for my $name (grep { defined $at->{$_} } 'issuer', 'subject') {
        $parts[$at->{$name}] = $self->{names}{ $parts[$at->{$name}] } // $parts[$at->{$name}];
    }
    $parts[$at->{subject}] = $one->{name_with_oin} if $one->{name_with_oin};
    $parts[$at->{algorithm}] = $algorithm;
    $parts[$at->{key}] = $self->key($one)->{public} if $at->{key};
    $one->{der} = signed($signer->{path}, tlv(0x30, @parts), $algorithm);
    substr($one->{der}, -1) ^= "\1" if $one->{bad};
    return;
}

# The names of the certificates from one up to the root, which is left out.
sub path {
    my ($self, $name) = @_;
    my @path;
    for (my $one = $self->{certificates}{$name}; $one->{issuer} != $one; $one = $one->{issuer}) {
        push @path, $one->{name};
        die "$name: its issuers are a circle\n" if @path > 20;
    }
    return @path;
}

1;
