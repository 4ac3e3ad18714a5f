# SPDX-License-Identifier: EUPL-1.2
package GGI::Sigma;

# Detection rules in the form of Sigma, as far as those of conf/sigma use it: values, lists of which one has to be
# equal, "|exists", and conditions of names with and, or, not and brackets. Anything else dies, so that no rule counts
# as understood by mistake.
#
#   my $rule = GGI::Sigma->new($file);
#   $rule->{title}, $rule->{level}           what is in the file
#   $rule->matches($record)                  of a record, decoded; its fields are named by what leads to them, with dots

use strict;
use warnings;

use JSON::PP ();

use GGI::Nginx ();

system("$GGI::Nginx::ROOT/scripts/setup", 'libyaml-libyaml-perl') == 0
    or die "libyaml-libyaml-perl cannot be installed\n";
require YAML::XS;

sub new {
    my ($class, $file) = @_;
    local $YAML::XS::Boolean = 'JSON::PP';
    return bless YAML::XS::LoadFile($file), $class;
}

# All values of a record by their names; those of a list have the same name.
sub fields {
    my ($node, $name, $all) = @_;
    if (ref $node eq 'HASH') { fields($node->{$_}, defined $name ? "$name.$_" : $_, $all) for keys %$node }
    elsif (ref $node eq 'ARRAY') { fields($_, $name, $all) for @$node }
    else { push @{ $all->{$name} }, JSON::PP::is_bool($node) ? ($node ? 'true' : 'false') : $node }
    return $all;
}

# Whether the fields of a record are those of a selection, in whatever case their letters are.
sub selected {
    my ($selection, $fields) = @_;
    die "a selection that is no map\n" if ref $selection ne 'HASH';
    for my $key (keys %$selection) {
        my ($name, @modifiers) = split /\|/, $key;
        my @wanted = ref $selection->{$key} eq 'ARRAY' ? @{ $selection->{$key} } : $selection->{$key};
        if ("@modifiers" eq 'exists') {
            return 0 if ($wanted[0] ? 1 : 0) != (exists $fields->{$name} ? 1 : 0);
            next;
        }
        die "a modifier that is not understood: $key\n" if @modifiers;
        my %value = map { lc $_ => 1 } @{ $fields->{$name} // [] };
        return 0 if !grep { $value{ lc $_ } } map { JSON::PP::is_bool($_) ? ($_ ? 'true' : 'false') : $_ } @wanted;
    }
    return 1;
}

sub matches {
    my ($self, $record) = @_;
    my %detection = %{ $self->{detection} };
    my $condition = delete $detection{condition};
    my $fields = fields($record, undef, {});
    my %is = map { $_ => selected($detection{$_}, $fields) } keys %detection;
    my @words = $condition =~ /(\w+|\S)/g;
    my $value = value(\@words, \%is);
    die "a condition that goes on: @words\n" if @words;
    return $value ? 1 : 0;
}

# The value of a condition: terms with "and" and "or", of which the first binds more strongly.
sub value {
    my ($words, $is) = @_;
    my $value = product($words, $is);
    while (@$words && $words->[0] eq 'or') {
        shift @$words;
        my $next = product($words, $is);
        $value ||= $next;
    }
    return $value;
}

sub product {
    my ($words, $is) = @_;
    my $value = term($words, $is);
    while (@$words && $words->[0] eq 'and') {
        shift @$words;
        my $next = term($words, $is);
        $value &&= $next;
    }
    return $value;
}

sub term {
    my ($words, $is) = @_;
    my $word = shift(@$words) // die "a condition that ends too early\n";
    return !term($words, $is) if $word eq 'not';
    if ($word eq '(') {
        my $value = value($words, $is);
        die "a bracket that is not closed\n" if (shift(@$words) // '') ne ')';
        return $value;
    }
    die "a selection that is not there: $word\n" if !exists $is->{$word};
    return $is->{$word};
}

1;
