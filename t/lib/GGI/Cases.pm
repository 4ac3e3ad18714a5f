# SPDX-License-Identifier: EUPL-1.2
package GGI::Cases;

# Paths of certificates with their revocation lists, many of them for one gate: each has a CA of its own below a root
# that all share, and a leaf.
#
#   my $cases = GGI::Cases->new;
#   my $leaf = $cases->add(ca => { usage => usage('cRLSign') }, list => { revoked => ['03'] });
#   $cases->finish;                                then the files are there that server() names
#
# ca, sub and leaf have parameters of GGI::Certificate::certificate(), and usage, basic and policies: extensions, where
# '' leaves one out; extensions holds further ones. sub is a CA between the CA and the leaf, which is there when it is
# named; its key is another one. list and sub_list have parameters of GGI::Crl::list() for the list of ca and that of
# sub; an array has several such lists, or none. Serial numbers are the number of the case for a CA, 02 for sub, and 03
# for a leaf. revoked_ca revokes the CA. known has certificates for ssl_trusted_certificate, and chain those that a
# client sends besides.

use strict;
use warnings;

use File::Temp ();

use GGI::Certificate qw(certificate constraints name policies usage);
use GGI::Crl ();
use GGI::Der qw(new_key to_pem write_file);
use GGI::Gate ();

our $POLICY = '1.2.3.1';

sub new {
    my ($class) = @_;
    my $dir = File::Temp->newdir('ggi-cases-XXXXXX', TMPDIR => 1);
    my $self = bless { n => 0, known => [], revoked => [], dir => $dir, made => time }, $class;
    chmod 0755, "$self->{dir}";
    mkdir "$self->{dir}/lists";
    new_key($self->key($_)) for qw(root other server ca sub leaf further);
    for my $root ('root', 'other') {
        $self->{$root} = $self->_root($root);
        $self->list($root, { issuer => root_name($root), key => $self->key($root) });
    }
    write_file("$self->{dir}/roots.pem", to_pem('CERTIFICATE', $self->{root}) . to_pem('CERTIFICATE', $self->{other}));
    my $server = certificate(
        subject => name(CN => 'localhost'),
        issuer => name(CN => 'localhost'), key => $self->key('server'), signer => $self->key('server'));
    write_file("$self->{dir}/server.pem", to_pem('CERTIFICATE', $server));
    return $self;
}

# The path of a key: of root, other (a second root), ca, sub, leaf, or further.
sub key { my ($self, $name) = @_; return "$self->{dir}/$name.key" }

sub root_name { return name(O => 'Cases', CN => $_[0]) }

# The names of a case's CA and sub, by its number.
sub ca_name { return name(O => 'Cases', CN => "CA $_[0]") }
sub sub_name { return name(O => 'Cases', CN => "Sub-CA $_[0]") }

sub _root {
    my ($self, $name) = @_;
    my %by = map { $_ => root_name($name) } 'subject', 'issuer';
    return certificate(
        %by, key => $self->key($name), signer => $self->key($name),
        extensions => [constraints(), usage('keyCertSign', 'cRLSign')]);
}

# A certificate with the extensions of its kind.
sub _certificate {
    my ($self, %of) = @_;
    my @extensions = grep { $_ ne '' } delete @of{qw(usage basic policies)};
    return certificate(%of, extensions => [@extensions, @{ $of{extensions} // [] }]);
}

# A CA with a subject and a key.
sub authority {
    my ($self, %of) = @_;
    my $usage = usage('keyCertSign', 'cRLSign');
    return $self->_certificate(usage => $usage, basic => constraints(), policies => policies($POLICY), %of);
}

# Writes a list to the directory. Lists of which no time is given are all of one second, so that only their numbers tell
# which is the newer one, however long it takes to make them.
sub list {
    my ($self, $name, $list) = @_;
    return write_file("$self->{dir}/lists/$name.crl", GGI::Crl::list(from => $self->{made}, %$list));
}

sub _lists {
    my ($self, $name, $lists, %of) = @_;
    my $i = 0;
    $self->list($name . '.' . ++$i, { number => 1, %of, %$_ }) for ref $lists eq 'ARRAY' ? @$lists : $lists // {};
    return;
}

# The number of the case that is added next.
sub next_number { return $_[0]{n} + 1 }

# Adds a case. Returns the path of its leaf without the suffix, for tls_options() of GGI::Raw.
sub add {
    my ($self, %case) = @_;
    my $n = ++$self->{n};
    my $serial = sprintf '%04x', $n;
    my %ca = (
        subject => ca_name($n),
        issuer => root_name('root'),
        key => $self->key('ca'), signer => $self->key('root'), serial => $serial, %{ $case{ca} // {} });
    my %above = %ca;
    my @path = $self->authority(%ca);
    $self->_lists("$n.ca", $case{list}, issuer => $ca{subject}, key => $ca{key});
    if ($case{sub}) {
        %above = (
            subject => sub_name($n),
            issuer => $ca{subject},
            key => $self->key('sub'), signer => $ca{key}, serial => '02', %{ $case{sub} });
        unshift @path, $self->authority(%above);
        $self->_lists("$n.sub", $case{sub_list}, issuer => $above{subject}, key => $above{key});
    }
    my $leaf = $self->_certificate(
        subject => name(C => 'NL', O => "Case $n", serialNumber => $GGI::Gate::OIN),
        issuer => $above{subject},
        key => $self->key('leaf'), signer => $above{key}, serial => '03', usage => usage('digitalSignature'),
        basic => '',
        policies => policies($POLICY),
        %{ $case{leaf} // {} });
    push @{ $self->{known} }, @{ $case{known} // [] };
    push @{ $self->{revoked} }, $serial if $case{revoked_ca};
    write_file("$self->{dir}/$n.pem", join '', map { to_pem('CERTIFICATE', $_) } $leaf, @path, @{ $case{chain} // [] });
    symlink $self->key('leaf'), "$self->{dir}/$n.key";
    return "$self->{dir}/$n";
}

# Writes what depends on all cases.
sub finish {
    my ($self) = @_;
    my $root = { issuer => root_name('root'), key => $self->key('root'), number => 2, revoked => $self->{revoked} };
    $self->list('root', $root);
    return write_file("$self->{dir}/known.pem", join '', map { to_pem('CERTIFICATE', $_) } @{ $self->{known} });
}

# The directives of a TLS server, as those of GGI::Pki.
sub server {
    my ($self) = @_;
    my $dir = $self->{dir};
    return <<"CONF";
        ssl_certificate $dir/server.pem;
        ssl_certificate_key $dir/server.key;
        ssl_protocols TLSv1.2 TLSv1.3;
        ssl_client_certificate $dir/roots.pem;
        @{[ @{ $self->{known} } ? "ssl_trusted_certificate $dir/known.pem;" : '' ]}
        ssl_verify_client optional;
CONF
}

1;
