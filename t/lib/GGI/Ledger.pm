# SPDX-License-Identifier: EUPL-1.2
package GGI::Ledger;

# Whether each call has what it should have, and nothing twice: one answer, one decision and, when it was let in, one
# sight at the API and one completion. What is whole is forgotten, so that calls may go on for days.
#
#   my $ledger = GGI::Ledger->new;
#   $ledger->called($path, $status, $fresh);       of the client: the status of the answer, 0 for none; and whether the
#                                          call was the first over its connection
#   $ledger->seen($path, $span);           of the API: the span that it was called with
#   $ledger->recorded($line);              of the audit log
#   $ledger->open                          how many calls are not whole, of those that reached the gateway
#   $ledger->faults                        what is wrong; at the end, that calls are not whole as well: close() first
#   $ledger->counts                        { allowed or a reason => calls, not reached => calls }
#   $ledger->signals                       { name of a signal => how many were recorded }
#
# A path is that of one call, /CLIENT/CALL with numbers. A call without an answer may have been made over a connection
# that the gateway had ended: then it is nowhere else. Over a new connection each call has an answer: a reload ends none
# that has not had its first call, and the gateway is never without workers.

use strict;
use warnings;

my %PARTS = (status => 'an answer', seen => 'a sight at the API', verdict => 'a decision', completed => 'a completion');

sub new {
    my ($class) = @_;
    return bless { calls => {}, whole => [], early => {}, path => {}, counts => {}, signals => {}, faults => [] },
        $class;
}

sub open {
    my ($self) = @_;
    return scalar grep { !_not_reached($_) } values %{ $self->{calls} };
}
sub faults { return @{ $_[0]{faults} } }
sub counts { return $_[0]{counts} }
sub signals { return $_[0]{signals} }

sub _fault {
    my ($self, $fault) = @_;
    push @{ $self->{faults} }, $fault if @{ $self->{faults} } < 1000;
    return;
}

# Notes a part of a call, which it has once.
sub _note {
    my ($self, $path, $part, $value, %more) = @_;
    my ($client, $n) = $path =~ m{\A/(\d{1,4})/(\d{1,9})\z} or return $self->_fault("no call is $path");
    my $call = $self->{calls}{$path};
    if (vec($self->{whole}[$client] //= '', $n, 1) || $call && defined $call->{$part}) {
        return $self->_fault("$path has $PARTS{$part} too many");
    }
    $call = $self->{calls}{$path} //= {};
    %$call = (%$call, $part => $value, %more);
    $self->_settle($path, $call, $client, $n);
    return;
}

sub _settle {
    my ($self, $path, $call, $client, $n) = @_;
    my ($status, $verdict) = @$call{qw(status verdict)};
    return if !defined $status || !defined $verdict;
    if ($verdict eq 'allowed') {
        return if !defined $call->{seen} || !$call->{completed};
        $self->_fault("$path was seen at the API as another call than is recorded") if $call->{seen} ne $call->{span};
        $self->_fault("$path was allowed and answered with $status") if $status != 200 && $status != 0;
        delete $self->{path}{ $call->{span} };
    }
    else {
        $self->_fault("$path was refused and is at the API") if defined $call->{seen};
        $self->_fault("$path was refused and answered with $status") if $status == 200;
    }
    $self->{counts}{$verdict}++;
    vec($self->{whole}[$client], $n, 1) = 1;
    delete $self->{calls}{$path};
    return;
}

# There was no answer, and nobody knows of the call.
sub _not_reached {
    my ($call) = @_;
    return keys %$call == 1 && defined $call->{status} && $call->{status} == 0;
}

sub called {
    my ($self, $path, $status, $fresh) = @_;
    $self->_fault("$path has no answer over a new connection") if $status == 0 && $fresh;
    return $self->_note($path, 'status', $status);
}
sub seen { my ($self, $path, $span) = @_; return $self->_note($path, 'seen', $span) }

# A completion names its decision by the span of the API, and may be read before it where there are several files.
sub recorded {
    my ($self, $line) = @_;
    my ($kind) = $line =~ /"event_name":"([\w.]+)"/ or return $self->_fault("no record: $line");
    if ($kind eq 'adl.access_evaluation') {
        my ($path) = $line =~ /"path":"([^"]+)"/;
        my ($span) = $line =~ /"ggi\.api\.span_id":"([0-9a-f]{16})"/;
        my $allowed = $line =~ /"decision":true/;
        my ($reason) = $line =~ /"reason":"(\w+)"/;
        return $self->_note($path, 'verdict', $reason // 'refused') if !$allowed;
        return $self->_fault("$path was allowed without a span of the API") if !$span;
        $self->{path}{$span} = $path;
        $self->_note($path, 'verdict', 'allowed', span => $span);
        $self->_note($path, 'completed', 1) if delete $self->{early}{$span};
    }
    elsif ($kind eq 'ggi.call_completed') {
        my ($span) = $line =~ /"span_id":"([0-9a-f]{16})","parent_span_id"/;
        my $path = $self->{path}{ $span // '' };
        if ($path) { $self->_note($path, 'completed', 1) }
        elsif ($span) { $self->{early}{$span}++ && $self->_fault("$span has a completion too many") }
        else { $self->_fault("a completion of no call: $line") }
    }
    elsif ($kind eq 'ggi.signal') {
        my ($name) = $line =~ /"ggi\.signal\.name":"(\w+)"/ or return $self->_fault("a signal without a name: $line");
        $self->{signals}{$name}++;
    }
    elsif ($kind eq 'ggi.call_withdrawn' || $kind eq 'ggi.gap') { $self->_fault("a record of the kind $kind: $line") }
    return;
}

# There comes nothing more: what is not whole is a fault.
sub close {
    my ($self) = @_;
    for my $path (sort keys %{ $self->{calls} }) {
        my $call = $self->{calls}{$path};
        my @has = map { $PARTS{$_} } grep { defined $call->{$_} } sort keys %PARTS;
        if (_not_reached($call)) { $self->{counts}{'not reached'}++ }
        else { $self->_fault("$path has no more than " . join ' and ', @has) }
    }
    $self->_fault("$_ has a completion without a decision") for sort keys %{ $self->{early} };
    return;
}

1;
