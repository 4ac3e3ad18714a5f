# SPDX-License-Identifier: EUPL-1.2
package GGI::Trail;

# The files of an audit log, one for each worker, read as one text.
#
#   my $trail = GGI::Trail->new("$dir/logs/audit.jsonl");      as in ggi_audit_log; audit.0.jsonl ... are read
#   $trail->text                                               all records so far, in the order in which they came
#   $trail->files                                              the paths of the files, renamed ones (NAME.0.jsonl.1) too
#
# Packed files are passed over: what is in them was read before.
#
# A line that stands in two files, since the first may not have been on the disk, is there once. The text only grows:
# where it ended before is where the new records begin, over rotations too.

use strict;
use warnings;

sub new {
    my ($class, $path) = @_;
    my ($stem, $extension) = $path =~ m{^(.*[^/])(\.[^./]+)$} ? ($1, $2) : ($path, '');
    return bless { stem => $stem, extension => $extension, text => '', read => {}, seen => {} }, $class;
}

sub files {
    my ($self) = @_;
    my $pattern = qr/^\Q$self->{stem}\E\.(\d+)\Q$self->{extension}\E(?:[-.].*)?$/;
    my @files =
        sort { ($a =~ $pattern)[0] <=> ($b =~ $pattern)[0] || $b cmp $a }
        grep { /$pattern/ && !/\.(?:gz|zst)$/ } glob "$self->{stem}.*";
    return @files;
}

# The path of the file of one worker.
sub file { my ($self, $slot) = @_; return "$self->{stem}.$slot$self->{extension}" }

# What was appended to each file since the last time: whole lines; and what stands behind the last of them.
sub appended {
    my ($self) = @_;
    my (@lines, @rest);
    for my $path ($self->files) {
        open my $fh, '<:raw', $path or next;
        my ($dev, $ino) = stat $fh;
        my $offset = \($self->{read}{"$dev:$ino"} //= 0);
        ${$offset} = 0 if -s $fh < ${$offset};
        seek $fh, ${$offset}, 0;
        my @new = <$fh>;
        push @rest, pop @new if @new && $new[-1] !~ /\n\z/;
        ${$offset} += length for @new;
        push @lines, \@new if @new;
    }
    return (\@lines, \@rest);
}

sub timestamp { my ($line) = @_; return $line =~ /"timestamp":(\d+)/ ? $1 : 0 }

sub text {
    my ($self) = @_;
    my ($files, $rest) = $self->appended;
    while (@$files) {
        my ($first) = sort { timestamp($a->[0]) <=> timestamp($b->[0]) } @$files;
        my $line = shift @$first;
        $self->{text} .= $line unless $self->{seen}{$line}++;
        @$files = grep {@$_} @$files;
    }
    return join '', $self->{text}, @$rest;
}

1;
