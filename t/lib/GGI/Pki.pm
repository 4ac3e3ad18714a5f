# SPDX-License-Identifier: EUPL-1.2
package GGI::Pki;

# A PKIoverheid-like hierarchy in a folder of its own, by scripts/pki.
#
#   my $pki = GGI::Pki->new;
#   curl($url, $pki->client('name', '--oin', $oin));      the options of curl for a leaf made on the fly

use strict;
use warnings;

use File::Temp ();

use GGI::Folder ();
use GGI::Nginx;

sub new {
    my ($class) = @_;
    my $self = bless { dir => File::Temp->newdir('ggi-pki-XXXXXX', TMPDIR => 1, CLEANUP => 1), made => {} }, $class;
    chmod 0755, "$self->{dir}";
    $self->run('init');
    return $self;
}

sub dir { return "$_[0]{dir}" }

sub run {
    my ($self, $command, @arguments) = @_;
    system("$GGI::Nginx::ROOT/scripts/pki", $command, $self->dir, @arguments) == 0
        or die "scripts/pki $command failed\n";
    return;
}

sub leaf {
    my ($self, $name, @options) = @_;
    $self->run('leaf', $name, @options) unless $self->{made}{$name}++;
    return $self->dir . "/$name";
}

# Leaves whose key, or whose signature or that of their CA, is weaker than some levels of security allow, and a good
# one. The issuing CA is the weakest in the end.
sub weak_leaves {
    my ($self, $oin) = @_;
    my %leaf = (
        good => $self->leaf('good', '--oin', $oin),
        'RSA-2048' => $self->leaf('rsa2048', '--oin', $oin, '--key', 'rsa:2048'),
        'RSA-1024' => $self->leaf('rsa1024', '--oin', $oin, '--key', 'rsa:1024'),
        'SHA-1' => $self->leaf('sha1', '--oin', $oin, '--digest', 'sha1'),
    );
    $self->run('renew', 'issuing', '--digest', 'sha1');
    $leaf{'a CA of SHA-1'} = $self->leaf('under-sha1', '--oin', $oin);
    $self->run('renew', 'issuing', '--key', 'rsa:1024');
    $leaf{'a CA of RSA-1024'} = $self->leaf('under-rsa1024', '--oin', $oin);
    return %leaf;
}

# Trust in the server alone: a client without a certificate.
sub anonymous {
    my ($self) = @_;
    return ('--cacert', $self->dir . '/roots.pem');
}

# The text of those roots.
sub roots {
    my ($self) = @_;
    open my $fh, '<', $self->dir . '/roots.pem' or die "roots.pem: $!\n";
    local $/;
    return scalar <$fh>;
}

# The certificates of CAs and leaves by their names, one behind the other in PEM.
sub certificates {
    my ($self, @names) = @_;
    return join '', map { GGI::Folder::content($self->dir . "/$_.crt") } @names;
}

sub client {
    my ($self, $name, @options) = @_;
    my $leaf = $self->leaf($name, @options);
    return ($self->anonymous, '--cert', "$leaf.pem", '--key', "$leaf.key");
}

# The directives of a TLS server that asks for client certificates.
sub server {
    my ($self) = @_;
    my $dir = $self->dir;
    return <<"CONF";
        ssl_certificate $dir/server.pem;
        ssl_certificate_key $dir/server.key;
        ssl_protocols TLSv1.2 TLSv1.3;
        ssl_client_certificate $dir/roots.pem;
        ssl_verify_client optional;
CONF
}

1;
