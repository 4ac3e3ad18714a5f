# SPDX-License-Identifier: EUPL-1.2
package GGI::Api;

# An API that misbehaves on purpose, by its path:
#   /hang      never answers
#   /hold      does not answer for as long as it is waited for
#   /stall     sends the head and half of the body, and then as /hold
#   /late      answers after half a second
#   /drip      sends the head and half of the body, then nothing
#   /cut       sends half of the body and closes
#   /close     closes without an answer
#   /upgrade   switches protocols and echoes what comes
#   otherwise  echoes the request's head as its body

use strict;
use warnings;

use parent 'GGI::Child';

use IO::Socket::INET;
use Time::HiRes qw(sleep);

sub new { my ($class, $port) = @_; return $class->serving($port, \&serve) }

# A server on a port, which has a function talk with each connection, in a process of its own: with its socket, and with
# its number from 0.
sub serving {
    my ($class, $port, $talk) = @_;
    my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 128, ReuseAddr => 1)
        or die "API: $!\n";
    return $class->function(
        sub {
            local @SIG{qw(CHLD PIPE)} = ('IGNORE', 'IGNORE');
            my $number = 0;
            while (1) {
                my $client = $listen->accept or next;
                my $n = $number++;
                next if fork // die "fork: $!\n";
                $client->autoflush(1);
                $talk->($client, $n);
                return;
            }
        });
}

sub serve {
    my ($client) = @_;
    my $head = '';
    while ($head !~ /\r\n\r\n/) {
        sysread($client, my $part, 65536) or return;
        $head .= $part;
    }
    my ($path) = $head =~ m{^\w+ \S*/(\w+)};
    $path //= '';
    if ($path eq 'hang') { sleep 3; return }
    if ($path eq 'close') {return}
    if ($path eq 'hold') { sysread $client, my $end, 1; return }
    if ($path eq 'upgrade') {
        print $client "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";
        while (sysread $client, my $part, 65536) { print $client "echo $part" }
        return;
    }
    sleep 0.5 if $path eq 'late';
    my $body = $head;
    my $length = length $body;
    print $client "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: $length\r\nConnection: close\r\n\r\n",
        substr $body, 0, 20;
    if ($path eq 'drip') { sleep 3; return }
    if ($path eq 'stall') { sysread $client, my $end, 1; return }
    return if $path eq 'cut';
    print $client substr $body, 20;
    return;
}

1;
