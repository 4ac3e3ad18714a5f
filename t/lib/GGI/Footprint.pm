# SPDX-License-Identifier: EUPL-1.2
package GGI::Footprint;

# What a process holds, and whether that grows.
#
#   my $now = GGI::Footprint::of($pid);      memory and shared in KiB; mappings, files, sockets, others
#   my @faults = GGI::Footprint::grown('memory of the master', 512, @values);
#   my @rounds = GGI::Footprint::rounds($minutes);      how many minutes workers live, each time, so that growth is seen

use strict;
use warnings;

use List::Util qw(max min);

# Memory of its own is that of no file and no other process. Without such a process: undef.
sub of {
    my ($pid) = @_;
    open my $rollup, '<', "/proc/$pid/smaps_rollup" or return;
    my $text = join '', <$rollup>;
    my ($own, $all) = map { $text =~ /^$_: +(\d+)/m ? $1 : return } qw(Anonymous Rss);
    open my $maps, '<', "/proc/$pid/maps" or return;
    my %now = (
        memory => $own, shared => $all - $own, mappings => scalar(() = <$maps>),
        map { $_ => 0 } qw(files sockets others));
    opendir my $dir, "/proc/$pid/fd" or return;
    for my $fd (grep { !/^\./ } readdir $dir) {
        my $what = readlink("/proc/$pid/fd/$fd") // next;
        $now{ $what =~ m{^/} ? 'files' : $what =~ /^socket:/ ? 'sockets' : 'others' }++;
    }
    return \%now;
}

# Up to three minutes are three rounds. Of more, the last round is half of them, in which a slow leak shows, and those
# before it take a minute or somewhat more.
sub rounds {
    my ($minutes) = @_;
    return ($minutes / 3) x 3 if $minutes <= 3;
    my $short = max(2, int $minutes / 2);
    return (($minutes / 2 / $short) x $short, $minutes / 2);
}

# What goes up and down does not grow. It has grown when all values of the last third lie above all of the first one, by
# more than is allowed: a fault, in words.
sub grown {
    my ($what, $allowed, @values) = @_;
    my $third = int(@values / 3) or return;
    my ($first, $last) = (max(@values[0 .. $third - 1]), min(@values[-$third .. -1]));
    return if $last <= $first + $allowed;
    return sprintf '%s has grown from %d to %d, by more than %d', $what, $first, $last, $allowed;
}

1;
