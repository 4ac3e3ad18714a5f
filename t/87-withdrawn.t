# SPDX-License-Identifier: EUPL-1.2
# Calls of an audit log that were withdrawn, and calls of which only the end is there: how audit query, tail, stats and
# export show them, what is asked for by decision and reason, and the same with an index.
use strict;
use warnings;

use JSON::PP qw(decode_json);
use Test::More;

use GGI::Child;
use GGI::Folder ();
use GGI::Gate ();

my $tool = "$GGI::Nginx::BUILD/ggictl";
my $dir = GGI::Folder->new;
my $oin = '00000001823288444000';
my $begin = 1795726760000;
my $number = 0;

# The attributes of a record, and what it says of itself behind them.
sub record {
    my ($event, $ms, $attributes, $more) = @_;
    $number++;
    $ms += $begin;
    return qq({"resource":{"service.instance.id":"gate1"},"attributes":{"ggi.chain.id":"c","ggi.chain.number":$number)
        . qq($attributes},"event_name":"$event","timestamp":$ms,"status":"Ok",$more}\n);
}

# The decision about a call, which is known by a letter; padded when it is to be long.
sub decision {
    my ($call, $ms, $reason, $padding) = @_;
    my $span = sprintf '%016x', ord $call;
    my $decision = $reason ? 'false' : 'true';
    my $context = $reason ? qq("reason":"$reason","status":403) : '';
    my $blank = ' ' x ($padding // 0);
    return record(
        'adl.access_evaluation', $ms,
        qq(,"ggi.transaction_id":"t-$call"),
        qq("trace_id":"$span$span","span_id":"$span","body":{"adl.core.request":{"subject":{"type":"organisation",)
            . qq("id":"$oin"},"action":{"name":"GET"},"resource":{"type":"dienst","id":"brp","properties":{)
            . qq("path":"/$call"}},"context":{"doelbinding":"B"$blank}},)
            . qq("adl.core.response":{"decision":$decision,"context":{$context}}}));
}

# What ended a call: ms is when, took how long.
sub end {
    my ($call, $ms, $took, $more) = @_;
    my $span = sprintf '%016x', ord $call;
    my $below = $span =~ s/^./a/r;
    return record(
        'ggi.call_completed', $ms,
        qq(,"ggi.transaction_id":"t-$call","ggi.call.dienst":"brp","ggi.call.oin":"$oin","http.request.method":"GET",)
            . qq("url.path":"/$call","http.response.status_code":200,"http.server.request.duration":$took)
            . ($more // ''),
        qq("trace_id":"$span$span","span_id":"$below","parent_span_id":"$span"));
}

sub withdrawal {
    my ($call, $ms) = @_;
    my $span = sprintf '%016x', ord $call;
    my $below = $span =~ s/^./a/r;
    return record(
        'ggi.call_withdrawn', $ms,
        qq(,"ggi.transaction_id":"t-$call","ggi.call.dienst":"brp","ggi.call.oin":"$oin",)
            . '"ggi.withdrawn.reason":"audit_unavailable","http.response.status_code":503',
        qq("trace_id":"$span$span","span_id":"$below","parent_span_id":"$span"));
}

# Exit status and output of a command of the log, the times left out.
sub audit {
    my ($command, @arguments) = @_;
    my ($exit, $text) = GGI::Folder::run($tool, 'audit', $command, @arguments);
    return ($exit, $text =~ s/^\S+Z  //gmr);
}

# The letters of the calls that a command shows; "-" for one that tells no path.
sub shown {
    my (@arguments) = @_;
    return join '', map { m{ /(\w)  } ? $1 : '-' } split /\n/, (audit(@arguments))[1];
}

my @lines = (
    decision('a', 0), end('a', 5, '0.005'), decision('b', 10), decision('c', 20, 'claim_missing'), withdrawal('b', 30),
    decision('d', 40), end('e', 50, '0.100'), end('e', 60, '0.050', ',"ggi.background_update":true'),
    end('b', 70, '0.060'), withdrawal('f', 80), decision('g', 90, 'audit_unavailable'), end('g', 100, '0.010'),
    decision('h', 110), end('h', 5000, '4.890'));
my $log = $dir->file('audit.0.jsonl', @lines);

my $caller = "$oin  -  brp";
my %line = (
    a => "$caller  B  GET /a  allowed  200  0.005s", b => "$caller  B  GET /b  withdrawn audit_unavailable  503  -",
    c => "$caller  B  GET /c  refused claim_missing  403  -", d => "$caller  B  GET /d  allowed  open  -",
    e => "$caller  -  GET /e  undecided  200  0.100s",
    f => "$caller  -  - -  withdrawn audit_unavailable (undecided)  503  -",
    g => "$caller  B  GET /g  refused audit_unavailable  403  -", h => "$caller  B  GET /h  allowed  200  4.890s");
for my $command ('query', 'tail') {
    is_deeply [split /\n/, (audit($command, $log))[1]], [@line{ 'a' .. 'h' }],
        "audit $command: a withdrawn call is no allowed one, and a call without its decision is there";
}

my @filters = (
    [['--decision', 'refused'], 'bc-g'], [['--decision', 'allowed'], 'adh'],
    [['--reason', 'audit_unavailable'], 'b-g'], [['--reason', 'claim_missing'], 'c'],
    [['--reason', 'audit_unavailable', '--doelbinding', 'B'], 'bg'], [['--doelbinding', 'B'], 'abcdgh'],
    [['--oin', $oin], 'abcde-gh'], [['--dienst', 'other'], ''], [['--decision', 'refused', '--limit', 2], 'bc'],
);
for my $filter (@filters) {
    my ($options, $found) = @$filter;
    is shown('query', @$options, $log), $found, "@$options";
    is + (audit('query', @$options, $log))[0], $found eq '' ? 1 : 0, 'and the exit status';
}
my $copy = $dir->file('copy.jsonl', @lines);
is shown('query', $log, $copy), 'abcde-gh', 'a second copy of the log changes nothing';
unlink $copy;

subtest 'the ends of calls that are not asked for' => sub {
    my @from = map { sprintf '2026-11-26T20:59:%02dZ', $_ } 20 .. 26;
    is shown('query', '--from', $from[1], $log), '', 'begun before, and ended behind the first time';
    my $whole = $dir->file('whole.jsonl', map { (decision($_, 0), end($_, 4000, '4.000')) } 'a' .. 'c');
    is shown('query', '--to', $from[1], $whole), 'abc', 'ended behind the last time';
    my $long = $dir->file(
        'long.jsonl',
        decision('a', 0), (map { decision('b', 10 + $_, 'claim_missing', 60_000) } 1 .. 40), end('a', 100, '0.100'));
    is shown('tail', '--limit', 3, $long), 'bbb', 'tail does not read the decision, and does not say that it lacks';
    is shown('tail', '--limit', 41, $long), 'a' . 'b' x 40, 'unless it has to';
    unlink $whole, $long;
};

subtest 'as JSON' => sub {
    my $found = decode_json((audit('query', '-o', 'json', $log))[1])->{found};
    is_deeply [
        map {
            [map { $_ ? $_->{event_name} =~ s/.*\.//r : '-' } @$_{qw(decision completion withdrawal)}]
        } @$found],
        [
        [qw(access_evaluation call_completed -)], [qw(access_evaluation - call_withdrawn)],
        [qw(access_evaluation - -)], [qw(access_evaluation - -)], [qw(- call_completed -)], [qw(- - call_withdrawn)],
        [qw(access_evaluation - -)], [qw(access_evaluation call_completed -)]],
        'which records each call has';
};

subtest 'counted' => sub {
    my $stats = decode_json((audit('stats', '-o', 'json', $log))[1]);
    is_deeply [@{ $stats->{all} }{qw(calls allowed refused withdrawn undecided open)}], [8, 4, 4, 2, 1, 1], 'in all';
    is_deeply {
        map { $_->{name} => $_->{calls} } @{ $stats->{reason} }
    },
        { allowed => 4, audit_unavailable => 3, claim_missing => 1 }, 'by reason';
    is_deeply $stats->{events}, {}, 'a withdrawal is no event beside that';
    like + (audit('stats', '--by', 'reason', $log))[1],
        qr/^ +3 +0 +3 +2 +0 +0 +0 +0 +- +0  audit_unavailable$/m, 'as text';
};

subtest 'exported' => sub {
    my @adl = map { decode_json($_) } split /\n/, (audit('export', '--as', 'adl', $log))[1];
    is_deeply [map { $_->{body}{'adl.core.response'}{decision} ? 1 : 0 } @adl], [1, 0, 0, 1, 0, 1],
        'as ADL: the decisions as they were in the end';
    is_deeply [@{ $adl[1] }{qw(status span_id)}, $adl[1]{body}{'adl.core.response'}{context}],
        ['Error', sprintf('%016x', ord 'b'), { reason => 'audit_unavailable', status => 503 }], 'with the reason';
    is $adl[1]{attributes}{'ggi.withdrawn.reason'}, 'audit_unavailable', 'and a mark that the log has it otherwise';
    my @ldv = map { decode_json($_) } split /\n/, (audit('export', '--as', 'ldv', $log))[1];
    is_deeply [map { [@$_{qw(span_id start_time end_time status)}] } @ldv],
        [
        map { [sprintf('%016x', ord $_->[0]), $begin + $_->[1], $begin + $_->[2], $_->[3]] }['a', 0, 5, 'Ok'],
        ['d', 40, 40, 'Unset'], ['e', -50, 50, 'Ok'], ['h', 110, 5000, 'Ok']],
        'as LDV: those that processed data';
    my @csv = split /\r\n/, (audit('export', '--as', 'csv', $log))[1];
    like $csv[2], qr{,"GET","/b","false","audit_unavailable",.*,"503",""$}, 'as CSV: a withdrawn one';
    like $csv[5], qr{,"GET","/e","","",.*,"200","0\.100"$}, 'and one without its decision';
};

subtest 'with an index' => sub {
    my $folder = GGI::Folder->new;
    my $block = join '', map { decision('x', 200 + $_, 'claim_missing', 60_000) } 1 .. 20;
    my @more = (decision('w', 10_000), $block =~ s/claim_missing/claim_expired/gr);
    my $indexed = $folder->file(
        'audit.0.jsonl', decision('v', 150), $block, @lines, $block, $block, withdrawal('v', 300),
        @more);
    is + (audit('index', $indexed))[0], 0, 'that is made';
    open my $fh, '>>', $indexed or die "$indexed: $!\n";
    print $fh withdrawal('w', 20_000), end('y', 21_000, '0.001');
    close $fh or die "$indexed: $!\n";
    is shown('query', '--reason', 'audit_unavailable', $indexed), 'vb-gw', 'withdrawn calls by their reason';
    is shown('query', '--reason', 'audit_unavailable', '--doelbinding', 'B', $indexed), 'vbgw', 'and by what else';
    is shown('query', '--decision', 'allowed', $indexed), 'adh', 'are not allowed';
    is shown('query', '--trace', sprintf('%016x', ord 'y') x 2, $indexed), 'y', 'a call without its decision';
    is shown('query', '--trace', sprintf('%016x', ord 'v') x 2, $indexed), 'v', 'one that was withdrawn far behind';
};

subtest 'without an index' => sub {
    my $folder = GGI::Folder->new;
    my $allowed = decision('v', 0);
    my $ended = withdrawal('v', 300);
    my @rotated = map { $folder->file("audit.0.jsonl$_->[0]", $_->[1]) } ['-1', $allowed], ['', $ended];
    is shown('query', '--decision', 'refused', @rotated), 'v', 'a call whose withdrawal is in the next file';

    # the withdrawal stands across the first 256 KB, which are read at once
    my $end = 256 * 1024 - index($ended, 'ggi.call_withdrawn') - 9;
    my $long = decision('x', 200, 'claim_missing', $end - length($allowed . decision('x', 200, 'claim_missing')));
    is length($allowed . $long), $end, 'a file with a withdrawal at some byte';
    my $across = $folder->file('across.jsonl', $allowed, $long, $ended);
    is shown('query', '--decision', 'refused', $across), 'vx', 'in which it is found';
    system('gzip', '-k', $across) == 0 or die;
    is shown('query', '--decision', 'refused', "$across.gz"), 'vx', 'packed, too';
};

subtest 'followed' => sub {
    my $live = $dir->file('live.jsonl', decision('p', 0));
    my $child = GGI::Child->command(
        { out => "$dir/said", err => "$dir/error" },
        $tool, qw(audit tail -f --decision allowed), $live);
    my $comes = sub {
        my ($line) = @_;
        my $said = sub { return -e "$dir/said" && index(GGI::Folder::content("$dir/said"), $line) >= 0 };
        return ok GGI::Slow::wait_for($said, $line, 10), $line;
    };
    $comes->('GET /p  allowed  open');
    open my $fh, '>>', $live or die "$live: $!\n";
    print $fh withdrawal('p', 10);
    close $fh or die "$live: $!\n";
    $comes->('GET /p  withdrawn audit_unavailable  503');
    $child->stop;
};

done_testing;
