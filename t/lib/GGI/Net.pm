# SPDX-License-Identifier: EUPL-1.2
package GGI::Net;

# Network namespaces in which servers run, each with an address of its own, and links that a test cuts: what is sent on
# one that is cut gets lost, and nobody is told. The test itself is the place "here".
#
#   plan skip_all => GGI::Net::lacks() if GGI::Net::lacks();
#   my $net = GGI::Net->new([qw(here master)], [qw(here others)], [qw(master others)]);      the links
#   GGI::Redis->new(%{ $net->at('master') });
#   $net->cut('here', 'master');
#   $net->heal('here', 'master');

use strict;
use warnings;

use GGI::Folder ();
use GGI::Port ();

# Why there can be no namespaces here, or undef.
sub lacks {
    my ($exit, $said) = GGI::Folder::run(qw(ip netns add), "ggi-$$-try");
    return "network namespaces need CAP_SYS_ADMIN and CAP_NET_ADMIN: $said" if $exit;
    ($exit, $said) = GGI::Folder::run(qw(ip -n), "ggi-$$-try", qw(link add name try type veth peer name yrt));
    ip(qw(netns delete), "ggi-$$-try");
    return $exit ? "network namespaces need links of the kind veth: $said" : undef;
}

sub ip {
    my (@words) = @_;
    my ($exit, $said) = GGI::Folder::run('ip', @words);
    die "ip @words: $said" if $exit;
    return;
}

# Each block of ports is one test's alone, and so is 100.64.BLOCK.0/24, of addresses for networks of providers.
sub new {
    my ($class, @links) = @_;
    my $block = int((GGI::Port::free() - 10_000) / 500);
    my $self = bless { net => "100.64.$block", places => {}, ends => {} }, $class;
    my $n = 200;
    for my $place (map {@$_} @links) {
        next if $place eq 'here' || $self->{places}{$place};
        $self->{places}{$place} = { name => "ggi-$$-$place", host => $self->{net} . '.' . $n++ };
        ip(qw(netns add), "ggi-$$-$place");
        ip($self->in($place), qw(link set lo up));
        ip($self->in($place), qw(address add), $self->{places}{$place}{host} . '/32', qw(dev lo));
    }
    my $first = 1;
    for my $link (@links) {
        $self->link(@$link, $first);
        $first += 4;
    }
    return $self;
}

# The words by which ip works in a place.
sub in { my ($self, $place) = @_; return $place eq 'here' ? () : ('-n', $self->{places}{$place}{name}) }

# What a server is given to run in a place.
sub at {
    my ($self, $place) = @_;
    my $at = $self->{places}{$place};
    return { host => $at->{host}, by => [qw(ip netns exec), $at->{name}] };
}

# Makes a link, whose two addresses are the second and the third of four.
sub link {
    my ($self, $one, $two, $first) = @_;
    my $here = "ggi$$" . substr $two, 0, 3;
    my ($from, $to) = ($one eq 'here' ? $here : "to-$two", "to-$one");
    ip($self->in($one), qw(link add name), $from, qw(type veth peer name), $to, 'netns', $self->{places}{$two}{name});
    my @ends = ([$one, $from, $two, 0], [$two, $to, $one, 1]);
    for my $end (@ends) {
        my ($place, $device, undef, $i) = @$end;
        ip($self->in($place), qw(address add), "$self->{net}." . ($first + $i) . '/30', 'dev', $device);
    }
    $self->{ends}{"$one $two"} = [map { [@$_[0 .. 2], "$self->{net}." . ($first + 1 - $_->[3])] } @ends];
    $self->up(@$_) for @{ $self->{ends}{"$one $two"} };
    return;
}

# Has an end of a link be up, and the place at the other end be found by it.
sub up {
    my ($self, $place, $device, $other, $via) = @_;
    ip($self->in($place), qw(link set), $device, 'up');
    return if $other eq 'here';
    my @from = $place eq 'here' ? () : ('src', $self->{places}{$place}{host});
    ip($self->in($place), qw(route replace), "$self->{places}{$other}{host}/32", 'via', $via, 'dev', $device, @from);
    return;
}

# The places are named in the order in which new() was told them.
sub cut {
    my ($self, $one, $two) = @_;
    my ($place, $device) = @{ $self->{ends}{"$one $two"}[1] };
    ip($self->in($place), qw(link set), $device, 'down');
    return;
}

sub heal { my ($self, $one, $two) = @_; $self->up(@{ $self->{ends}{"$one $two"}[1] }); return }

# The links go with their namespaces, whose servers have ended before.
sub DESTROY {
    my ($self) = @_;
    local ($?, $!);
    eval { ip(qw(netns delete), $_->{name}) } for values %{ $self->{places} };
    return;
}

1;
