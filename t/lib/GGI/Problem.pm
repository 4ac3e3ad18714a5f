# SPDX-License-Identifier: EUPL-1.2
package GGI::Problem;

# Assertions about the answers of the gate.

use strict;
use warnings;

use Exporter qw(import);
use JSON::PP ();
use Test::More;

our @EXPORT_OK = qw(allowed refused);

# refused($answer, $status, $reason, $name)
sub refused {
    my ($answer, $status, $reason, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $problem = eval { JSON::PP::decode_json($answer->{body}) } // {};
    my @have = ($answer->{status}, $answer->{headers}{'content-type'} // '', @{$problem}{qw(type status instance)});
    my @want = (
        $status, 'application/problem+json', "urn:ggi:problem:$reason", $status,
        'urn:uuid:' . ($answer->{headers}{'fsc-transaction-id'} // 'none'));
    return is_deeply(\@have, \@want, "$name: $reason") || diag $answer->{body};
}

# allowed($answer, $name): returns the body
sub allowed {
    my ($answer, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is $answer->{status}, 200, "$name: allowed" or diag $answer->{body};
    return $answer->{body};
}

1;
