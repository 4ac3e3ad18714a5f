# SPDX-License-Identifier: EUPL-1.2
package GGI::Raw;

# Requests byte by byte, over a plain socket or TLS.

use strict;
use warnings;

use Exporter qw(import);
use IO::Select;
use IO::Socket::INET;
use POSIX ();
use Socket qw(AF_UNIX PF_UNSPEC SOCK_STREAM SOL_SOCKET SO_LINGER);
use Time::HiRes qw(time);

our @EXPORT_OK = qw(connect_to tls_to raw receive reset_connection);

sub connect_to {
    my ($port) = @_;
    return IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port) // die "connect: $!\n";
}

# A socket behind which openssl speaks TLS to a port, with its own options, and the process to be ended.
sub tls_to {
    my ($port, @options) = @_;
    socketpair my $near, my $far, AF_UNIX, SOCK_STREAM, PF_UNSPEC or die "socketpair: $!\n";
    my $pid = fork // die "fork: $!\n";
    if ($pid == 0) {
        open STDIN, '<&', $far;
        open STDOUT, '>&', $far;
        open STDERR, '>', '/dev/null';
        exec 'openssl', 's_client', '-quiet', '-verify_quiet', '-connect', "127.0.0.1:$port", @options or POSIX::_exit(127);
    }
    close $far;
    return ($near, $pid);
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
    my $socket = connect_to($port);
    local $SIG{PIPE} = 'IGNORE';
    syswrite $socket, $request;
    return receive($socket, $args{until}, $args{seconds});
}

# Ends a connection with a reset instead of a proper end.
sub reset_connection {
    my ($socket) = @_;
    setsockopt $socket, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0;
    close $socket;
    return;
}

1;
