# SPDX-License-Identifier: EUPL-1.2
package GGI::Raw;

# Requests byte by byte, over a plain socket or over TLS.
#
#   raw($port, $bytes)                            sends, and returns what comes until the server closes
#   raw($port, $bytes, tls => tls_options($leaf)) sends them over TLS, with the client certificate of GGI::Pki
#   taken($socket)                                waits until a server of this machine has read all that was sent

use strict;
use warnings;

use Exporter qw(import);
use IO::Select;
use IO::Socket::INET;
use Socket qw(AF_UNIX IPPROTO_TCP PF_UNSPEC SOCK_STREAM SOL_SOCKET SO_LINGER TCP_NODELAY);
use Time::HiRes qw(sleep time);

use GGI::Child ();

our @EXPORT_OK = qw(connect_to tls_to raw raw_resumed receive reset_connection taken tls_options tls_options_unseen);

# A connection; with a list of options of IO::Socket::SSL one over TLS, whose server certificate is not looked at.
sub connect_to {
    my ($port, $tls) = @_;
    my @peer = (PeerAddr => '127.0.0.1', PeerPort => $port);
    return IO::Socket::INET->new(@peer) // die "connect: $!\n" unless $tls;
    require IO::Socket::SSL;
    return IO::Socket::SSL->new(@peer, SSL_verify_mode => 0, @$tls) // die "connect: $IO::Socket::SSL::SSL_ERROR\n";
}

# The options of IO::Socket::SSL for many connections with a leaf of GGI::Pki, or with none, and other options besides.
sub tls_options {
    my ($leaf, @options) = @_;
    require IO::Socket::SSL;
    my @certificate = $leaf ? (SSL_cert_file => "$leaf.pem", SSL_key_file => "$leaf.key") : ();
    my $context = IO::Socket::SSL::SSL_Context->new(SSL_verify_mode => 0, SSL_ca => [], @certificate, @options)
        // die "TLS: $IO::Socket::SSL::SSL_ERROR\n";
    return [SSL_reuse_ctx => $context];
}

# Such options with certificates in which OpenSSL sees faults, for which it would not take the file.
sub tls_options_unseen {
    my ($leaf, @options) = @_;
    require Net::SSLeay;
    my ($pem, $key) = map { Net::SSLeay::BIO_new_file($_, 'r') } "$leaf.pem", "$leaf.key";
    my @certificates;
    while (my $certificate = Net::SSLeay::PEM_read_bio_X509($pem)) {
        push @certificates, $certificate;
    }
    Net::SSLeay::ERR_clear_error();
    my $private = Net::SSLeay::PEM_read_bio_PrivateKey($key);
    Net::SSLeay::BIO_free($_) for $pem, $key;
    return tls_options('', SSL_cert => \@certificates, SSL_key => $private, @options);
}

# A socket behind which openssl speaks TLS to a port, with its own options, and the GGI::Child that does.
sub tls_to {
    my ($port, @options) = @_;
    socketpair my $near, my $far, AF_UNIX, SOCK_STREAM, PF_UNSPEC or die "socketpair: $!\n";
    my $child = GGI::Child->command(
        { in => $far, out => $far, err => '/dev/null' },
        'openssl', 's_client', '-quiet', '-verify_quiet', '-connect', "127.0.0.1:$port", @options);
    close $far;
    return ($near, $child);
}

# All that comes until the end, a pattern, or the time is over.
sub receive {
    my ($socket, $pattern, $seconds) = @_;
    my ($text, $end) = ('', time + ($seconds // 10));
    my $select = IO::Select->new($socket);
    while (time < $end && !($pattern && $text =~ $pattern)) {
        next unless $select->can_read(($seconds // 10) < 0.1 ? $seconds : 0.1);
        sysread($socket, my $part, 65536) or last;
        $text .= $part;
    }
    return $text;
}

# Sends, closes the sending side unless told to keep it open, and returns the answer.
sub raw {
    my ($port, $request, %args) = @_;
    my $socket = connect_to($port, $args{tls});
    local $SIG{PIPE} = 'IGNORE';
    syswrite $socket, $request;
    return receive($socket, $args{until}, $args{seconds});
}

# The answers over connections of one client in a version of TLS (TLSv1_2, TLSv1_3), which has such certificates and
# offers the session that it got last: so many connections, or fewer, until one is resumed. Returns [text, whether it
# was resumed], ... of each.
sub raw_resumed {
    my ($port, $request, $leaf, $version, $connections) = @_;
    my $tls = tls_options_unseen($leaf, SSL_version => $version, SSL_session_cache_size => 1);
    my @answers;
    while (@answers < $connections && !($answers[-1] && $answers[-1][1])) {
        my $socket = connect_to($port, $tls);
        setsockopt $socket, IPPROTO_TCP, TCP_NODELAY, 1;
        syswrite $socket, $request;
        push @answers, [receive($socket, undef, 60), $socket->get_session_reused ? 1 : 0];
        close $socket;    # with the alert of TLS, without which OpenSSL forgets the session
    }
    return @answers;
}

# Waits until the other side of a connection, which is on this machine, has accepted it and read all that was sent. It
# would hear of neither when it is reset before that.
sub taken {
    my ($socket) = @_;
    my ($there, $here) = map { sprintf '0100007F:%04X', $_ } $socket->peerport, $socket->sockport;
    for (1 .. 2000) {
        open my $fh, '<', '/proc/net/tcp' or die "/proc/net/tcp: $!\n";
        while (my $line = <$fh>) {
            my (undef, $local, $remote, undef, $queues, undef, undef, undef, undef, $inode) = split ' ', $line;
            return 1 if $local eq $there && $remote eq $here && $inode && $queues =~ /:0+\z/;
        }
        sleep 0.01;
    }
    die "nobody reads what was sent to port @{[ $socket->peerport ]}\n";
}

# Ends a connection with a reset instead of a proper end.
sub reset_connection {
    my ($socket) = @_;
    setsockopt $socket, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0;
    close $socket;
    return;
}

1;
