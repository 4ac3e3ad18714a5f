# SPDX-License-Identifier: EUPL-1.2
package GGI::Child;

# A process of a test that ends with its object, whose pid it has.

use strict;
use warnings;

sub DESTROY {
    my ($self) = @_;
    local ($?, $!);
    kill 'KILL', $self->{pid};
    waitpid $self->{pid}, 0;
    return;
}

1;
