# SPDX-License-Identifier: EUPL-1.2
# What scripts/soak judges by: the ledger of calls, and what a process holds. .ci/run has it judge a gateway.
use strict;
use warnings;

use List::Util qw(sum);
use Socket qw(AF_UNIX PF_UNSPEC SOCK_STREAM);
use Test::More;

use GGI::Child;
use GGI::Footprint;
use GGI::Ledger;
use GGI::Nginx;

plan skip_all => 'says nothing about C code' if GGI::Nginx::under_instrument();

my @SPAN = map { sprintf '%016x', $_ } 0 .. 9;

sub allowed {
    my ($path, $span) = @_;
    return qq({"event_name":"adl.access_evaluation","ggi.api.span_id":"$span","path":"$path","decision":true}\n);
}

sub refused {
    my ($path, $reason) = @_;
    return qq({"event_name":"adl.access_evaluation","path":"$path","decision":false,"reason":"$reason"}\n);
}

sub completed {
    my ($span) = @_;
    return qq({"event_name":"ggi.call_completed","span_id":"$span","parent_span_id":"$SPAN[9]"}\n);
}

# What a ledger finds in parts of calls: [called, '/1/1', 200], [seen, '/1/1', SPAN], [recorded, LINE], as they come.
sub found {
    my (@parts) = @_;
    my $ledger = GGI::Ledger->new;
    for my $part (@parts) {
        my ($method, @arguments) = @$part;
        $ledger->$method(@arguments);
    }
    my $open = $ledger->open;
    $ledger->close;
    return ([$ledger->faults], $ledger->counts, $open);
}

my @answer = (called => '/1/1', 200);
my @sight = (seen => '/1/1', $SPAN[1]);
my @decision = (recorded => allowed('/1/1', $SPAN[1]));
my @completion = (recorded => completed($SPAN[1]));
my @whole = (\@answer, \@sight, \@decision, \@completion);

subtest 'calls that have what they should' => sub {
    is_deeply [found(@whole)], [[], { allowed => 1 }, 0], 'a call that was let in';
    is_deeply [found(reverse @whole)], [[], { allowed => 1 }, 0], 'whichever is read first';
    is_deeply [found([called => '/2/7', 403], [recorded => refused('/2/7', 'claim_missing')])],
        [[], { claim_missing => 1 }, 0], 'one that was refused';
    is_deeply [found([called => '/2/8', 0])], [[], { 'not reached' => 1 }, 0], 'one that did not reach the gateway';
    is_deeply [found([called => '/1/1', 0], @whole[1 .. 3])], [[], { allowed => 1 }, 0], 'one whose answer was lost';
    is_deeply [found([called => '/1/1', 200, 1], @whole[1 .. 3])], [[], { allowed => 1 }, 0],
        'one over a new connection';
};

subtest 'what is missing' => sub {
    my @names = ('answer', 'sight at the API', 'decision', 'completion');
    for my $i (0 .. 3) {
        my ($faults, undef, $open) = found(@whole[grep { $_ != $i } 0 .. 3]);
        is $open, 1, "no $names[$i]: the call stays open";
        ok @$faults && !grep({/an? \Q$names[$i]\E and|and an? \Q$names[$i]\E$/} @$faults), "and says so: @$faults";
    }
    my ($faults) = found([called => '/2/7', 403]);
    is_deeply $faults, ['/2/7 has no more than an answer'], 'a refusal that is not recorded';
    ($faults) = found([recorded => refused('/2/7', 'claim_missing')]);
    is_deeply $faults, ['/2/7 has no more than a decision'], 'a record of a call that nobody made';
    ($faults) = found([seen => '/2/7', $SPAN[2]]);
    is_deeply $faults, ['/2/7 has no more than a sight at the API'], 'a call that is seen at the API alone';
    for my $rest ([], [@whole[1 .. 3]]) {
        ($faults) = found([called => '/1/1', 0, 1], @$rest);
        is_deeply $faults, ['/1/1 has no answer over a new connection'], 'no answer over a new connection';
    }
};

subtest 'what is there too often, or wrong' => sub {
    is_deeply [(found(@whole, \@answer))[0]], [['/1/1 has an answer too many']], 'two answers';
    is_deeply [(found(@whole, \@sight))[0]], [['/1/1 has a sight at the API too many']], 'seen twice';
    is_deeply [(found(@whole, \@decision))[0]], [['/1/1 has a decision too many']], 'two decisions';
    is_deeply [(found(\@decision, \@decision, @whole[0, 1, 3]))[0]],
        [['/1/1 has a decision too many']], 'before it is whole';
    is_deeply [(found(@whole, \@completion))[0]], [["$SPAN[1] has a completion without a decision"]], 'two completions';
    is_deeply [(found(\@answer, [seen => '/1/1', $SPAN[2]], @whole[2, 3]))[0]],
        [['/1/1 was seen at the API as another call than is recorded']], 'another span';
    is_deeply [(found([called => '/1/1', 502], @whole[1 .. 3]))[0]], [['/1/1 was allowed and answered with 502']],
        'an error of the gateway';
    my @refusal = (recorded => refused('/1/1', 'claim_missing'));
    is_deeply [(found(\@answer, \@refusal))[0]], [['/1/1 was refused and answered with 200']], 'refused with 200';
    is_deeply [(found(\@sight, [called => '/1/1', 403], \@refusal))[0]], [['/1/1 was refused and is at the API']],
        'refused and passed on';
    for my $kind (qw(ggi.gap ggi.call_withdrawn)) {
        like + (found([recorded => qq({"event_name":"$kind"})]))[0][0], qr/^a record of the kind \Q$kind\E/, $kind;
    }
    like + (found([recorded => '{"torn']))[0][0], qr/^no record: /, 'a torn line';
};

subtest 'signals are counted by their names' => sub {
    my $ledger = GGI::Ledger->new;
    $ledger->recorded(qq({"attributes":{"ggi.signal.name":"$_"},"event_name":"ggi.signal"}\n)) for qw(a b a);
    is_deeply $ledger->signals, { a => 2, b => 1 }, 'each';
    is_deeply [$ledger->faults], [], 'and are no fault';
    $ledger->recorded(qq({"attributes":{},"event_name":"ggi.signal"}\n));
    like + ($ledger->faults)[0], qr/^a signal without a name: /, 'but for one without a name';
};

subtest 'rounds' => sub {
    is_deeply [GGI::Footprint::rounds(1)], [(1 / 3) x 3], 'three of a minute';
    is_deeply [GGI::Footprint::rounds(3)], [1, 1, 1], 'and of three minutes';
    is_deeply [GGI::Footprint::rounds(4)], [1, 1, 2], 'of more, the last is the half of all';
    is_deeply [GGI::Footprint::rounds(60)], [(1) x 30, 30], 'however many';
    for my $minutes (0.5, 3.1, 7.5, 60.25) {
        my @rounds = GGI::Footprint::rounds($minutes);
        cmp_ok abs(sum(@rounds) - $minutes), '<', 1e-9, "they last $minutes minutes";
        cmp_ok $rounds[-1], '>=', $minutes / 2, 'and a worker lives through a half' if $minutes > 3;
        cmp_ok scalar @rounds, '>=', 3, 'with reloads before, over which the master is judged';
    }
};

subtest 'what a process holds' => sub {
    my $before = GGI::Footprint::of($$);
    my $text = 'x' x (8 << 20);
    open my $file, '<', $0 or die "$0: $!\n";
    pipe my $in, my $out or die "pipe: $!\n";
    socketpair my $near, my $far, AF_UNIX, SOCK_STREAM, PF_UNSPEC or die "socketpair: $!\n";
    my $now = GGI::Footprint::of($$);
    cmp_ok $now->{memory}, '>=', $before->{memory} + length($text) / 1024, 'memory that is taken is counted';
    is_deeply {
        map { $_ => $now->{$_} - $before->{$_} } qw(files others sockets)
    },
        { files => 1, others => 2, sockets => 2 }, 'and so is a descriptor of each kind';
    close $_ for $file, $in, $out, $near, $far;
    $now = GGI::Footprint::of($$);
    is_deeply [@$now{qw(files others sockets)}], [@$before{qw(files others sockets)}], 'until it is closed';
    my $child = GGI::Child->command('true');
    my $pid = $child->{pid};
    $child->wait;
    is GGI::Footprint::of($pid), undef, 'nothing, when the process is gone';
};

subtest 'what grows' => sub {
    is_deeply [GGI::Footprint::grown('it', 10, 100, 180, 90, 200, 120, 150, 110, 190, 95)], [], 'up and down';
    is_deeply [GGI::Footprint::grown('it', 10, 100, 100, 100, 105, 106, 107, 108, 109, 110)], [], 'by what is allowed';
    is_deeply [GGI::Footprint::grown('it', 10, 100, 100, 101, 105, 106, 107, 112, 113, 114)],
        ['it has grown from 101 to 112, by more than 10'], 'by more';
    is_deeply [GGI::Footprint::grown('it', 10, 1, 100)], [], 'too few values say nothing';
};

done_testing;
