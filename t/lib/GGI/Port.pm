# SPDX-License-Identifier: EUPL-1.2
package GGI::Port;

# Free ports of loopback, which no other test that runs at the same time is given.
#
#   my $port = GGI::Port::free();
#
# A port at which a test wants nobody to answer would otherwise be another test's gateway sooner or later, which then
# records calls that its own test did not send.

use strict;
use warnings;

use Fcntl qw(:flock);
use IO::Socket::INET;
use List::Util qw(shuffle);

# Below the range of ephemeral ports, so that nobody's outgoing connection takes one between this and nginx's bind.
my ($FIRST, $BLOCKS, $SIZE) = (10_000, 40, 500);

# The lock lasts as long as this process has the file open. A program that it starts does not have it.
my ($lock, $first);
my $next = 0;

sub take_block {
    for my $block (shuffle 0 .. $BLOCKS - 1) {
        open my $file, '>>', "/tmp/ggi-ports-$>-$block.lock" or die "/tmp/ggi-ports-$>-$block.lock: $!\n";
        next unless flock $file, LOCK_EX | LOCK_NB;
        $lock = $file;
        return $FIRST + $block * $SIZE;
    }
    die "no free block of ports: $BLOCKS tests hold one each\n";
}

# One after the other, so that a port that is left without a listener stays so.
sub free {
    $first //= take_block();
    for (1 .. $SIZE) {
        my $port = $first + $next++ % $SIZE;
        my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 1) or next;
        close $socket;
        return $port;
    }
    die "no free port from $first on\n";
}

1;
