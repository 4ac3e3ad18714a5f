# SPDX-License-Identifier: EUPL-1.2
# The nginx-free code, by the cmocka programs of t/unit.
use strict;
use warnings;

use Test::More;

use GGI::Nginx;

my $out = "$GGI::Nginx::BUILD/unit";
my $made = qx(make -s -C '$GGI::Nginx::ROOT/t/unit' 'OUT=$out' 2>&1);
is $?, 0, 'the unit tests build' or diag $made;

my @programs = sort map {s{.*/(.*)\.c$}{$1}r} glob "$GGI::Nginx::ROOT/t/unit/test_*.c";
ok @programs > 0, 'there are unit tests';

for my $program (@programs) {
    my $output = qx(cd '$GGI::Nginx::ROOT/t/unit' && '$out/$program' 2>&1);
    my ($passed) = $output =~ /PASSED\s+\] (\d+) test/;
    ok $? == 0 && $passed, "$program: " . ($passed // 0) . ' tests' or diag $output;
}

done_testing;
