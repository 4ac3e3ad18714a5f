# SPDX-License-Identifier: EUPL-1.2
package GGI::Layout;

# How the sources hang together.

use strict;
use warnings;

use GGI::Conf ();
use GGI::Nginx ();

# Whether FOLDER/NAME.c includes "NAME.h".
sub includes_own_header {
    my ($file) = @_;
    my ($unit) = $file =~ m{(\w+)\.c\z};
    return GGI::Conf::content($file) =~ /^#include "\Q$unit\E\.h"/m;
}

# The macros that are defined at the end of modules/FOLDER/NAME.c, by its own compiler flags in a folder of nginx's
# objects.
sub macros {
    my ($objects, $file) = @_;
    my ($name) = $file =~ m{^modules/(\w+/\w+)\.c\z};
    my $object = "objs/addon/$name.o";
    my $command = qx(make -s -n -C $objects -f objs/Makefile -W $GGI::Nginx::ROOT/$file $object);
    $command =~ s/\\\n/ /g;
    my ($compile) = $command =~ /^(.*\S)\s+-o \Q$object\E\s/m or die "$file: make does not compile it: $command\n";
    return scalar qx(cd $objects && $compile -E -dM $GGI::Nginx::ROOT/$file);
}

# The functions of a C source that have more than so many lines, braces included.
sub long_functions {
    my ($code, $most) = @_;
    my %lines = $code =~ /^(\w+)\([^;{}]*\)\n(\{\n.*?^\})/gms;
    my @long = sort grep { 1 + ($lines{$_} =~ tr/\n//) > $most } keys %lines;
    return @long;
}

# The units that are in a circle with others, or between two circles, sorted. Given is { unit => { what it uses => 1 }
# }. Those that use nothing, and those that nobody uses, are taken away again and again: what is left is in a circle.
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

# The comments of a C source, each as [ first line, last line, text ]. The text is one line without the marks of a
# comment.
sub comments {
    my ($code) = @_;
    my @comments;
    while ($code =~ m{"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|/\*(.*?)\*/}gs) {
        next unless defined $1;
        my ($text, $first) = ($1, 1 + substr($code, 0, $-[0]) =~ tr/\n//);
        push @comments, [$first, $first + $text =~ tr/\n//, $text =~ s/^\s*\*//gmr =~ s/\s+/ /gr =~ s/\A | \z//gr];
    }
    return @comments;
}

# What is wrong with a comment that leans on its neighbour or has no subject, or undef.
my $opening = qr/\A(?:the same|that|of all|as above|1 when|whether|NGX_[A-Z]+:)(?!\w)/i;
my $sentence = qr/(?:NULL|NGX_[A-Z]+): (?:no memory|logged)|what \S+ says goes/i;

sub unclear {
    my ($text) = @_;
    return $text =~ /($opening|$sentence)/ ? $1 : undef;
}

# The numbers of the lines of a C source that have more than 100 columns.
sub long_lines_of_c {
    my ($code) = @_;
    my @lines = (undef, split /\n/, $code);
    return grep { length $lines[$_] > 100 } 1 .. $#lines;
}

1;
