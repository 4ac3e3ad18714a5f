# SPDX-License-Identifier: EUPL-1.2
package GGI::Demo;

# What scripts/demo and scripts/demo-two share: looking at the records of the calls that they make. They load nothing
# that is for tests alone.

use strict;
use warnings;

use Exporter qw(import);
use JSON::PP ();
use POSIX ();
use Time::HiRes qw(sleep);

our @EXPORT_OK = qw(paint records_of show_records verdict);

# The records that a GGI::Trail has behind an offset of its text, decoded, but for those about its chains. It waits for
# as many as are wanted, for some seconds at the most: a completion may follow the answer of its call by a moment.
sub records_of {
    my ($trail, $offset, $wanted) = @_;
    my @lines;
    for (1 .. 1000) {
        @lines = grep { !/"event_name":"ggi\.chain_/ } substr($trail->text, $offset) =~ /(.*\n)/g;
        last if @lines >= $wanted;
        sleep 0.02;
    }
    return map { JSON::PP::decode_json($_) } @lines;
}

# "allowed", or the reason of a refusal; undef for a record that is no decision.
sub verdict {
    my ($record) = @_;
    return unless $record && $record->{body};
    my $response = $record->{body}{'adl.core.response'};
    return $response->{decision} ? 'allowed' : $response->{context}{reason};
}

# A text in "red" or "green" where it is shown on a terminal, unless NO_COLOR is set (no-color.org).
sub paint {
    my ($colour, $text) = @_;
    return $text if !POSIX::isatty(1) || length($ENV{NO_COLOR} // '');
    return "\e[" . { red => 31, green => 32 }->{$colour} . "m$text\e[m";
}

my @rows = (
    qw(role organisation transaction trace caller), 'its name', 'its address', qw(application function user dienst call
        doelbinding), 'as it left', 'judged by', qw(decision status provider));

# What the records of a call say: its decision, and how it ended, which may not be there.
sub told {
    my ($decision, $end) = @_;
    my ($request, $of) = ($decision->{body}{'adl.core.request'}, $decision->{attributes});
    my ($subject, $context) = @$request{qw(subject context)};
    return {
        'role' => $of->{'ggi.role'},
        'organisation' => $decision->{resource}{'ggi.organisation.name'},
        'transaction' => $of->{'ggi.transaction_id'},
        'trace' => $decision->{trace_id},
        'caller' => $subject->{id},
        'its name' => $subject->{properties}{name},
        'its address' => $context->{client_address},
        'application' => $context->{toepassing},
        'function' => $context->{functie},
        'user' => $context->{gebruiker} && substr($context->{gebruiker}, 0, 20) . '...',
        'dienst' => $request->{resource}{id},
        'call' => "$request->{action}{name} $request->{resource}{properties}{path}",
        'doelbinding' => $context->{doelbinding},
        'as it left' => $context->{doelbinding_extern},
        'judged by' => $of->{'adl.core.policies'}{functies} // $of->{'adl.core.policies'}{autorisatieprofiel},
        'decision' => verdict($decision),
        'status' => $end->{attributes}{'http.response.status_code'},
        'provider' => $end->{attributes}{'ggi.provider.oin'},
    };
}

# Shows the records of two calls side by side, a line for each thing that one of them says. Given are title and records
# of each.
sub show_records {
    my ($left, $left_records, $right, $right_records) = @_;
    my @columns = map { told(@$_) } $left_records, $right_records;
    printf "   %-13s %-38s %s\n", '', $left, $right;
    for my $row (@rows) {
        next unless grep { defined $_->{$row} } @columns;
        printf "   %-13s %-38s %s\n", $row, map { $_->{$row} // '-' } @columns;
    }
    return;
}

1;
