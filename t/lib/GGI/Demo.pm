# SPDX-License-Identifier: EUPL-1.2
package GGI::Demo;

# What scripts/demo and scripts/demo-two share: looking at the records of the calls that they make. They load nothing
# that is for tests alone.

use strict;
use warnings;

use Exporter qw(import);
use JSON::PP ();
use Time::HiRes qw(sleep);

our @EXPORT_OK = qw(records_of verdict);

# The records that a GGI::Trail has behind an offset of its text, decoded, but for those about its chains. It waits for
# as many as are wanted, for some seconds at the most: a completion may follow the answer of its call by a moment.
sub records_of {
    my ($trail, $offset, $wanted) = @_;
    my @lines;
    for (1 .. 100) {
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

1;
