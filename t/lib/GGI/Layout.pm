# SPDX-License-Identifier: EUPL-1.2
package GGI::Layout;

# How the sources hang together.

use strict;
use warnings;

use GGI::Conf ();

# Whether FOLDER/NAME.c includes "NAME.h".
sub includes_own_header {
    my ($file) = @_;
    my ($unit) = $file =~ m{(\w+)\.c\z};
    return GGI::Conf::content($file) =~ /^#include "\Q$unit\E\.h"/m;
}

# The units that are in a circle with others, or between two circles, sorted. Given is { unit => { what it uses => 1 } }.
# Those that use nothing, and those that nobody uses, are taken away again and again: what is left is in a circle.
sub circle {
    my ($uses) = @_;
    my %left = %$uses;
    my @ends = keys %left;
    while (@ends) {
        my %used = map { $_ => 1 } map { keys %$_ } values %left;
        @ends = grep {
                   !$used{$_}
                || !grep { $left{$_} }
                keys %{ $left{$_} }
        } keys %left;
        delete @left{@ends};
    }
    my @circle = sort keys %left;
    return @circle;
}

1;
