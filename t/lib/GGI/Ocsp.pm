# SPDX-License-Identifier: EUPL-1.2
package GGI::Ocsp;

# An OCSP responder of all CAs of a GGI::Pki that answers as it is told. nginx asks by GET in the handshake, and always
# gets an answer that is good but for what is revoked; the gate asks by POST, and gets what set() says.
#
#   my $ocsp = GGI::Ocsp->new($pki);
#   $ocsp->set(revoked => ['bad'], next => 3);      from now on; what is not named is as it was at first
#   $ocsp->url, $ocsp->asked('good'), $ocsp->stop
#
# What can be set, besides revoked and unknown (names of certificates of the pki):
#   next      seconds from now to nextUpdate; none by itself
#   this      seconds from now to thisUpdate, 0 by itself
#   late      seconds before it answers
#   held      1: it answers after release()
#   signer    the name of the certificate that signs, instead of the CA, and that is in the answer
#   as        how it misbehaves: hang, close, endless, cut, html, status (503), malformed, trylater, signature (a wrong
#             one), serial (of another certificate), nonce (a wrong one), plain (no nonce), critical (an extension)

use strict;
use warnings;

use parent 'GGI::Child';

use Digest::SHA qw(sha1);
use File::Temp ();
use IO::Socket::INET;
use MIME::Base64 qw(decode_base64);
use POSIX ();
use Storable ();
use Time::HiRes qw(sleep);

use GGI::Crl ();
use GGI::Der qw(elements extension from_pem inner integer oid read_file signature subject time_of tlv);
use GGI::Nginx;
use GGI::Port ();

my $BASIC = '1.3.6.1.5.5.7.48.1.1';
my $NONCE = '1.3.6.1.5.5.7.48.1.2';

sub new {
    my ($class, $pki) = @_;
    my $dir = File::Temp->newdir('ggi-ocsp-XXXXXX', TMPDIR => 1);
    my $self = bless { pki => $pki->dir, dir => $dir, port => GGI::Port::free() }, $class;
    $self->{ca}{ sha1(scalar subject("$self->{pki}/$_.crt")) } = $_ for qw(root domain issuing);
    return $self->set->begin;
}

sub url { return "http://127.0.0.1:$_[0]{port}" }

sub begin {
    my ($self) = @_;
    my $listen = IO::Socket::INET->new(
        LocalAddr => '127.0.0.1',
        LocalPort => $self->{port},
        Listen => 128,
        ReuseAddr => 1) or die "OCSP responder: $!\n";
    $self->{pid} = fork // die "fork: $!\n";
    $self->answer_all($listen) unless $self->{pid};
    return $self;
}

# The life of the process that answers.
sub answer_all {
    my ($self, $listen) = @_;
    local $SIG{CHLD} = 'IGNORE';
    while (1) {
        my $client = $listen->accept or next;
        if (fork) {
            close $client;
            next;
        }
        local $SIG{CHLD} = 'DEFAULT';
        eval { $self->serve($client); 1 } or print STDERR $@;
        POSIX::_exit(0);
    }
    return;
}

sub set {
    my ($self, %state) = @_;
    unlink "$self->{dir}/release";
    Storable::store(\%state, "$self->{dir}/new");
    rename "$self->{dir}/new", "$self->{dir}/state" or die "state: $!\n";
    return $self;
}

sub release {
    my ($self) = @_;
    open my $fh, '>', "$self->{dir}/release" or die "release: $!\n";
    close $fh;
    return;
}

# The serial number of a certificate of the pki.
sub serial {
    my ($self, $name) = @_;
    return (subject("$self->{pki}/$name.crt"))[1];
}

# How often the gate has asked about a certificate of the pki.
sub asked {
    my ($self, $name) = @_;
    return $self->noted("POST " . $self->serial($name));
}

# How often the gate was sent an answer about it that is not one of the ways to misbehave.
sub answered {
    my ($self, $name) = @_;
    return $self->noted("answered " . $self->serial($name));
}

sub noted {
    my ($self, $line) = @_;
    open my $fh, '<', "$self->{dir}/asked" or return 0;
    return scalar grep { $_ eq "$line\n" } <$fh>;
}

# The CertID of a request, in its parts and as a whole, and its extensions.
sub question {
    my ($der) = @_;
    my @parts = elements(inner(inner($der)));
    my ($list) = grep { $_->[0] == 0x30 } @parts;
    my ($extensions) = grep { $_->[0] == 0xa2 } @parts;
    my ($id) = elements(inner($list->[1]));
    return ([elements($id->[1])], $id->[2], $extensions ? $extensions->[1] : '');
}

sub status {
    my ($self, $state, $serial) = @_;
    for my $what (['revoked', tlv(0xa1, time_of(time - 60))], ['unknown', "\x82\0"]) {
        return $what->[1] if grep { $self->serial($_) eq $serial } @{ $state->{ $what->[0] } // [] };
    }
    return "\x80\0";
}

# The DER of an answer.
sub answer {
    my ($self, $state, $der) = @_;
    my $as = $state->{as} // '';
    return tlv(0x30, "\x0a\x01\x03") if $as eq 'trylater';
    my ($parts, $id, $extensions) = question($der);
    my ($algorithm, $name, $key, $serial) = @$parts;
    my $status = $self->status($state, unpack 'H*', $serial->[1]);
    $id = tlv(0x30, (map { $_->[2] } $algorithm, $name, $key), integer('1234')) if $as eq 'serial';
    my $ca = $self->{ca}{ $name->[1] };
    my $signer = $state->{signer} // $ca;
    my $single = tlv(
        0x30,
        $id, $status,
        time_of(time + ($state->{this} // 0)),
        defined $state->{next} ? tlv(0xa0, time_of(time + $state->{next})) : '',
        $as eq 'critical' ? tlv(0xa1, tlv(0x30, GGI::Crl::unknown(1))) : '');
    $extensions = tlv(0x30, extension($NONCE, tlv(4, 'another one'))) if $as eq 'nonce';
    $extensions = '' if $as eq 'plain';
    my $data = tlv(
        0x30,
        tlv(0xa1, scalar subject("$self->{pki}/$signer.crt")),
        time_of(time), tlv(0x30, $single), $extensions ? tlv(0xa1, $extensions) : '');
    my $signature = signature("$self->{pki}/$signer.key", $data);
    substr($signature, -1) ^= "\1" if $as eq 'signature';
    my $shown = $signer eq $ca ? '' : tlv(0xa0, tlv(0x30, from_pem(read_file("$self->{pki}/$signer.crt"))));
    my $basic = tlv(0x30, $data, $GGI::Der::ECDSA, tlv(3, "\0$signature"), $shown);
    return tlv(0x30, "\x0a\x01\0", tlv(0xa0, tlv(0x30, oid($BASIC), tlv(4, $basic))));
}

# The method and the DER of a request.
sub request {
    my ($client) = @_;
    my $text = '';
    while ($text !~ /\A(.*?)\r\n\r\n(.*)\z/s || length $2 < ($1 =~ /^Content-Length: (\d+)/mi ? $1 : 0)) {
        sysread($client, my $part, 65536) or return;
        $text .= $part;
    }
    my ($head, $body) = $text =~ /\A(.*?)\r\n\r\n(.*)\z/s;
    my ($method, $path) = $head =~ m{^(\w+) /*(\S*)};
    $path =~ s/%(..)/chr hex $1/ge;
    return ($method, $method eq 'POST' ? $body : decode_base64($path));
}

# Each gives all that is sent instead of an answer.
my %instead = (
    close => sub {''},
    html => sub {"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body>Sign in</body></html>"},
    status => sub {"HTTP/1.0 503 Busy\r\n\r\n"},
    malformed => sub {"HTTP/1.0 200 OK\r\n\r\n\x30\x82\xff\xff\x0a\x01\0"},
    cut => sub { substr $_[0], 0, length($_[0]) - 20 },
);

sub serve {
    my ($self, $client) = @_;
    my ($method, $der) = request($client) or return;
    my $state = Storable::retrieve("$self->{dir}/state");
    $state = { revoked => $state->{revoked}, next => 86400 } if $method ne 'POST';
    my $as = $state->{as} // '';
    my $serial = unpack 'H*', (question($der))[0][3][1];
    open my $fh, '>>', "$self->{dir}/asked" or die "asked: $!\n";
    syswrite $fh, "$method $serial\n";
    sleep $state->{late} if $state->{late};
    sleep 0.01 while $state->{held} && !-e "$self->{dir}/release";
    if ($as eq 'hang') {
        sysread $client, my $end, 1;
        return;
    }
    my $body = $self->answer($state, $der);
    my $whole =
          "HTTP/1.0 200 OK\r\nContent-Type: application/ocsp-response\r\nContent-Length: "
        . length($body)
        . "\r\n\r\n$body";
    if ($as eq 'endless') {
        local $SIG{PIPE} = 'DEFAULT';
        syswrite $client, "HTTP/1.0 200 OK\r\n";
        syswrite $client, 'X-More: ' . 'x' x 65536 while 1;
    }
    syswrite $client, $instead{$as} ? $instead{$as}->($whole) : $whole;
    syswrite $fh, "answered $serial\n" if $method eq 'POST' && !$instead{$as};
    return;
}

1;
