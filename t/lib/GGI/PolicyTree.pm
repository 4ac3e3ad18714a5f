# SPDX-License-Identifier: EUPL-1.2
package GGI::PolicyTree;

# Whether a path is valid as far as its policies go: section 6.1 of RFC 5280, step by step and without OpenSSL, so that
# the gate can be compared with it.
#
#   my @path = map { GGI::PolicyTree::certificate($der{$_}) } 'domain', 'issuing', 'leaf';
#   valid(\@path, explicit => 1, policies => ['1.2.3.1']);
#
# A path goes from the first CA below the root to the leaf. Parameters: policies (the user-initial-policy-set, all
# policies when it is not given), explicit, inhibit_mapping and inhibit_any (the indicators of section 6.1.1).

use strict;
use warnings;

use Exporter qw(import);

use GGI::Der qw(elements inner oid_text);

our @EXPORT_OK = qw(valid);

my $ANY = '2.5.29.32.0';

# What the steps need of a certificate.
sub certificate {
    my ($der) = @_;
    my @parts = elements(inner(inner($der)));
    shift @parts if $parts[0][0] == 0xa0;
    my ($all) = map { $_->[1] } grep { $_->[0] == 0xa3 } @parts;
    my %value;
    for my $extension (elements(defined $all ? inner($all) : '')) {
        my @of = elements($extension->[1]);
        $value{ oid_text($of[0][1]) } = $of[-1][1];
    }
    my %certificate = (self_issued => $parts[2][2] eq $parts[4][2]);
    $certificate{policies} = [map { oid_text(inner($_->[1])) } elements(inner($value{'2.5.29.32'}))]
        if defined $value{'2.5.29.32'};
    $certificate{mappings} = [
        map {
            [map { oid_text($_->[1]) } elements($_->[1])]
        } elements(inner($value{'2.5.29.33'}))]
        if defined $value{'2.5.29.33'};
    $certificate{any_below} = _number(inner($value{'2.5.29.54'})) if defined $value{'2.5.29.54'};
    for my $constraint (defined $value{'2.5.29.36'} ? elements(inner($value{'2.5.29.36'})) : ()) {
        $certificate{ $constraint->[0] == 0x80 ? 'explicit_below' : 'mapping_below' } = _number($constraint->[1]);
    }
    return \%certificate;
}

sub _number { return hex unpack 'H*', $_[0] }

sub _node {
    my ($parent, $policy, @expected) = @_;
    my $node = { parent => $parent, policy => $policy, expected => { map { $_ => 1 } @expected }, children => [] };
    push @{ $parent->{children} }, $node if $parent;
    return $node;
}

# The nodes of a tree at a depth, of which the root has 0.
sub _level {
    my ($tree, $depth) = @_;
    my @nodes = $tree // ();
    @nodes = map { @{ $_->{children} } } @nodes for 1 .. $depth;
    return @nodes;
}

sub _remove {
    my ($node) = @_;
    my $siblings = $node->{parent}{children};
    @$siblings = grep { $_ != $node } @$siblings;
    return;
}

# Takes away the nodes above a depth that have no children; undef when the root is one of them.
sub _prune {
    my ($tree, $depth) = @_;
    for my $level (reverse 1 .. $depth - 1) {
        _remove($_) for grep { !@{ $_->{children} } } _level($tree, $level);
    }
    return $depth && !@{ $tree->{children} } ? undef : $tree;
}

# 6.1.3 (d): the policies of a certificate at depth i; $any tells whether anyPolicy counts in it.
sub _grow {
    my ($tree, $certificate, $i, $any) = @_;
    my @above = _level($tree, $i - 1);
    for my $policy (grep { $_ ne $ANY } @{ $certificate->{policies} }) {
        my @expecting = grep { $_->{expected}{$policy} } @above;
        @expecting = grep { $_->{policy} eq $ANY } @above unless @expecting;
        _node($_, $policy, $policy) for @expecting;
    }
    if ($any && grep { $_ eq $ANY } @{ $certificate->{policies} }) {
        for my $node (@above) {
            my %have = map { $_->{policy} => 1 } @{ $node->{children} };
            _node($node, $_, $_) for grep { !$have{$_} } sort keys %{ $node->{expected} };
        }
    }
    return _prune($tree, $i);
}

# 6.1.4 (b): the mappings of a CA at depth i; $allowed tells whether mapping is.
sub _map {
    my ($tree, $certificate, $i, $allowed) = @_;
    my %to;
    push @{ $to{ $_->[0] } }, $_->[1] for @{ $certificate->{mappings} // [] };
    for my $from (sort keys %to) {
        my @nodes = _level($tree, $i);
        my @same = grep { $_->{policy} eq $from } @nodes;
        if (!$allowed) {
            _remove($_) for @same;
        }
        elsif (@same) {
            $_->{expected} = { map { $_ => 1 } @{ $to{$from} } } for @same;
        }
        elsif (grep { $_->{policy} eq $ANY } @nodes) {
            _node($_, $from, @{ $to{$from} }) for grep { $_->{policy} eq $ANY } _level($tree, $i - 1);
        }
    }
    return $tree && _prune($tree, $i);
}

# 6.1.5 (g): what is left of a tree of depth n for those who ask for some policies.
sub _intersect {
    my ($tree, $n, @policies) = @_;
    my %asked = map { $_ => 1 } @policies;
    my @set = grep { $_->{parent}{policy} eq $ANY } map { _level($tree, $_) } 1 .. $n;
    for my $node (grep { !$asked{ $_->{policy} } && $_->{policy} ne $ANY } @set) {
        _remove($node);
    }
    my %have = map { $_->{policy} => 1 } @set;
    for my $node (grep { $_->{policy} eq $ANY } _level($tree, $n)) {
        _node($node->{parent}, $_, $_) for grep { !$have{$_} } @policies;
        _remove($node);
    }
    return _prune($tree, $n);
}

sub _less { return $_[0] > 0 ? $_[0] - 1 : 0 }

sub _least { my ($one, $two) = @_; return defined $two && $two < $one ? $two : $one }

sub valid {
    my ($path, %how) = @_;
    my $n = @$path;
    my ($explicit, $mapping, $any) = map { $how{$_} ? 0 : $n + 1 } qw(explicit inhibit_mapping inhibit_any);
    my $tree = _node(undef, $ANY, $ANY);
    for my $i (1 .. $n) {
        my $certificate = $path->[$i - 1];
        my $own = $certificate->{self_issued};
        my $counts = $any > 0 || $i < $n && $own;
        $tree = $tree && $certificate->{policies} ? _grow($tree, $certificate, $i, $counts) : undef;
        return 0 unless $explicit > 0 || $tree;
        last if $i == $n;
        return 0 if grep { $_ eq $ANY } map {@$_} @{ $certificate->{mappings} // [] };
        $tree = _map($tree, $certificate, $i, $mapping > 0) if $tree;
        ($explicit, $mapping, $any) = map { _less($_) } $explicit, $mapping, $any unless $own;
        $explicit = _least($explicit, $certificate->{explicit_below});
        $mapping = _least($mapping, $certificate->{mapping_below});
        $any = _least($any, $certificate->{any_below});
    }
    $explicit = _less($explicit);
    $explicit = 0 if defined $path->[-1]{explicit_below} && $path->[-1]{explicit_below} == 0;
    $tree = _intersect($tree, $n, @{ $how{policies} }) if $tree && $how{policies};
    return $explicit > 0 || $tree ? 1 : 0;
}

1;
