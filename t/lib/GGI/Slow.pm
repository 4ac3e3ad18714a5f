# SPDX-License-Identifier: EUPL-1.2
package GGI::Slow;

# The clock of tests that measure against time-outs. Under an instrument that makes nginx slower (Valgrind, the
# sanitizers) it goes slower by the factor GGI_SLOW: sleep() lasts longer, time() runs slower, and the configuration's
# times grow.

use strict;
use warnings;

use Exporter qw(import);
use Test::More ();
use Time::HiRes ();

our @EXPORT_OK = qw(sleep time stretched wait_for least);
our $FACTOR = $ENV{GGI_SLOW} // 1;

# The prototypes are those of the built-ins that these stand in for.
sub sleep ($) { return Time::HiRes::sleep($_[0] * $FACTOR) }    ## no critic (ProhibitSubroutinePrototypes)
sub time () { return Time::HiRes::time() / $FACTOR }    ## no critic (ProhibitSubroutinePrototypes)

# Waits until something is so, for some seconds at the most: a failed test when it does not become so.
sub wait_for {
    my ($so, $what, $seconds) = @_;
    my $until = GGI::Slow::time() + $seconds;
    my $late = 0;    # the time was over before this look, which is the last: a machine that stood still has time for it
    while (!$so->()) {
        return Test::More::fail("$what: in time") if $late;
        Time::HiRes::sleep(0.05);
        $late = GGI::Slow::time() > $until;
    }
    return 1;
}

# The least of what a function measures, in up to three turns, until that is less than it may be: a machine that stands
# still during one makes it long, and what is slow by itself is slow each time.
sub least {
    my ($may_be, $measure) = @_;
    my $least;
    for (1 .. 3) {
        my $one = $measure->();
        $least = $one if !defined $least || $one < $least;
        last if $least < $may_be;
    }
    return $least;
}

# A configuration text with its times (name=10ms, name=2s) stretched by the factor.
sub stretched {
    my ($text) = @_;
    return $text =~ s/=(\d+)(ms|s)\b/'=' . $1 * $FACTOR . $2/ger;
}

1;
