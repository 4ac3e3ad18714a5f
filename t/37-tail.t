# SPDX-License-Identifier: EUPL-1.2
# ggictl audit tail: a line a call, of all workers, decision and completion joined, over rotations.
use strict;
use warnings;

use JSON::PP ();
use Test::More;

use GGI::Child;
use GGI::Folder ();
use GGI::Gate;

my $tool = "$GGI::Nginx::BUILD/ggictl";
my $dir = GGI::Folder->new;

sub tail { my (@arguments) = @_; return GGI::Folder::run($tool, 'audit', 'tail', @arguments) }

# What stands in a line behind its time, and without the duration of the call; not where chains begin and end.
sub told {
    my ($text) = @_;
    return grep { !/^ggi\.chain_\w+: .*, in chain [0-9a-f]{8}-/ } map {s/^\S+Z  | ? \d+\.\d{3}s//gr} split /\n/, $text;
}

my $gate = GGI::Gate->new(
    workers => 2,
    api => 'location = /brp/slow { limit_rate_after 1000; limit_rate 1; set $x "'
        . 'x' x 1500
        . '"; return 200 $x$x$x; }');
$gate->start;
my $log = $gate->prefix . '/logs';
my $caller = '00000001823288444000  Gemeente caller  brp';
my $known = "$caller  BRPACT-AlgemeneTaken";

my ($exit, $text) = tail($log);
is_deeply [$exit, told($text)], [0], 'no call of a log in which there is none';

$gate->call("/brp/$_") for 1 .. 3;
$gate->call('/brp/4', { claim => '' });
$gate->call('/brp/5', { claim => 'X-Doelbinding: other' });
$gate->call('/brp/6', '-X', 'POST', '-d', 'x');
$gate->call('/brp/%1b%5b31m%c2%9bx');
$gate->since(7, 4);
my @lines = (
    (map {"$known  GET /brp/$_  allowed  200"} 1 .. 3), "$caller  -  GET /brp/4  refused claim_missing  400  -",
    "$caller  other  GET /brp/5  refused claim_unknown  403  -", "$known  POST /brp/6  allowed  200",
    "$caller  -  GET /brp/\\u001b[31m??x  refused path_not_authorised  403  -");
($exit, $text) = tail($log);
is $exit, 0, 'the last calls';
is_deeply [told($text)], \@lines, 'a line each, in the order of time';
like $text, qr/\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z  /, 'which begins with the time';
is_deeply [told((tail('--limit', 2, $log))[1])], [@lines[5, 6]], 'as many as are asked for';
is_deeply [told((tail('--decision', 'refused', $log))[1])], [@lines[3, 4, 6]], 'and only those that are';
is_deeply [told((tail("$log/audit.jsonl"))[1])], \@lines, 'by the path that ggi_audit_log has';
is + (tail('-o', 'json', '--reason', 'claim_missing', $log))[1] =~ tr/\n//, 1, 'a line of JSON each';

subtest 'decision and completion in two files' => sub {
    my @records = $gate->audit_text =~ /(.*\n)/g;
    my $two = GGI::Folder->new;
    $two->file('a.jsonl', grep {/"ggi\.call_completed"/} @records);
    $two->file('b.jsonl', grep { !/"ggi\.call_completed"/ } @records);
    is_deeply [told((tail($two))[1])], \@lines, 'are joined';
    $two->file('c.jsonl', @records);
    is_deeply [told((tail($two))[1])], \@lines, 'and told once when they are there twice';
};

subtest 'records in which the log tells of itself' => sub {
    my $own = GGI::Folder->new;
    my $record = sub {
        my ($event, $attributes) = @_;
        return
              '{"resource":{"service.instance.id":"gate1","service.version":"1.2.3"},'
            . qq("attributes":{"ggi.chain.id":"c1",$attributes},)
            . qq("event_name":"$event","timestamp":1795726762986,"status":"Ok"}\n);
    };
    $own->file(
        'audit.0.jsonl',
        $record->(
            'ggi.gap',
            '"ggi.gap.records":12,"ggi.gap.from":1795726760000,"ggi.gap.to":1795726761500,"ggi.gap.reason":"No space"'),
        $record->(
            'ggi.anonymous_refusals',
            '"client.address":"10.0.0.1","ggi.anonymous.refusals":40,"ggi.anonymous.from":1795726760000,'
                . '"ggi.anonymous.to":1795726760999'),
        $record->('ggi.chain_opened', '"ggi.chain.before.end":"none"'),
        $record->(
            'ggi.chain_opened',
            '"ggi.chain.place":3,"process.pid":7,"ggi.configuration.sha256":"'
                . 'ab' x 32 . '",'
                . '"ggi.chain.before.end":"not_closed","ggi.chain.before.id":"c0","ggi.chain.before.number":12'),
        $record->(
            'ggi.chain_moved',
            '"ggi.chain.place":2,"ggi.chain.before.end":"closed","ggi.chain.before.id":"c2",'
                . '"ggi.chain.before.number":9'),
        $record->('ggi.chain_closed', '"ggi.chain.records":120,"ggi.chain.reason":"reload"'),
        $record->(
            'ggi.call_withdrawn',
            '"ggi.transaction_id":"t1","ggi.call.dienst":"brp","ggi.call.oin":"00000001823288444000",'
                . '"ggi.withdrawn.reason":"audit_unavailable","http.response.status_code":503'
        ) =~ s/"status":"Ok"/$&,"trace_id":"aa","span_id":"bb","parent_span_id":"cc"/r,
        $record->(
            'ggi.signal',
            '"ggi.signal.name":"persons_by_user","ggi.signal.count":101,"ggi.signal.threshold":100,'
                . '"ggi.signal.since":1795726760000,"ggi.signal.gebruiker":"hmac:1","ggi.transaction_id":"t2",'
                . '"ggi.role":"aanbieder","ggi.call.dienst":"brp","ggi.call.oin":"00000001823288444000"'),
        '{"torn');
    is_deeply [told((tail($own))[1])],
        [
              'ggi.gap: 12 records were lost from 2026-11-26T20:59:20.000Z to 2026-11-26T20:59:21.500Z: No space, '
            . 'in chain c1 of gate1',
        'ggi.anonymous_refusals: 40 refusals were only counted from 2026-11-26T20:59:20.000Z to '
            . '2026-11-26T20:59:20.999Z, of 10.0.0.1, in chain c1 of gate1',
        'ggi.chain_opened: version 1.2.3; no chain before it, in chain c1 of gate1',
        'ggi.chain_opened: version 1.2.3, configuration abababababab, place 3; after a chain that was not closed: '
            . 'c0 up to number 12, in chain c1 of gate1',
        'ggi.chain_moved: to place 2; after a chain that was closed: c2 up to number 9, in chain c1 of gate1',
        'ggi.chain_closed: 120 records, closed by reload, in chain c1 of gate1',
        '00000001823288444000  -  brp  -  - -  withdrawn audit_unavailable (undecided)  503  -',
        'ggi.signal: persons_by_user, 101 of 100 since 2026-11-26T20:59:20.000Z, dienst brp, OIN '
            . '00000001823288444000, user hmac:1, transaction t2, in chain c1 of gate1'],
        'are told';
    is_deeply [told((tail('--event', 'call_withdrawn', $own))[1])],
        [     'ggi.call_withdrawn: the call was refused, audit_unavailable, with 503; decision aa-cc, transaction t1, '
            . 'dienst brp, of 00000001823288444000, in chain c1 of gate1'],
        'a withdrawal too, where no calls are asked for';
    is_deeply [
        (told((tail('--event', 'gap', $own))[1]))[0] =~ /^(\S+:)/,
        scalar told((tail('--event', 'gap', $own))[1])],
        ['ggi.gap:', 1], 'one kind of them';
};

subtest 'records that are no calls do not count' => sub {
    my $mixed = GGI::Folder->new;
    my ($call) = grep { m{/brp/4"} && !/"ggi\.call_completed"/ } split /^/, $gate->audit_text;
    my ($opened) = grep {/"ggi\.chain_opened"/} split /^/, $gate->audit_text;
    my $span = 0;
    my $next = sub { my $id = sprintf '%016x', ++$span; return $call =~ s/"span_id":"\w+"/"span_id":"$id"/r };
    my $shown = sub {
        my (@arguments) = @_;
        return join '', map { /^\S+Z  ggi\.chain_opened/ ? 'o' : 'c' } split /\n/, (tail(@arguments, $mixed))[1];
    };
    my @records = ($opened, $next->(), $opened, $next->(), ($opened) x 3, $next->(), $opened);
    my $time = 1_795_726_762_000;
    my $write = sub {
        $mixed->file('a.jsonl', map { my $at = $time++; s/"timestamp":\d+/"timestamp":$at/r } @_);
    };
    $write->(@records);
    is $shown->('--limit', 2), 'coooco', 'those between the calls and behind them are shown';
    is $shown->('--limit', 3), 'cocoooco', 'not those before the first call';
    is $shown->(), 'ococoooco', 'unless there are fewer calls';
    is $shown->('--limit', 2, '--event', 'chain_opened'), 'oo', 'they count where no calls are asked for';
    $write->($records[1], ($opened) x 150);
    is $shown->('--limit', 1), 'c' . 'o' x 100, 'at most 100';
};

SKIP: {
    skip 'there is no script(1)', 8 if system('script --version >/dev/null 2>&1') != 0;
    my (undef, $shown) = GGI::Folder::run('script', '-qec', "$tool audit tail $log", '/dev/null');
    like $shown, qr/\e\[32mallowed\e\[0m/, 'on a terminal green is allowed';
    like $shown, qr/\e\[31mrefused\e\[0m claim_missing/, 'and red is refused';
    my $hostile = GGI::Folder->new;
    my ($call) = grep { m{/brp/4"} && !/"ggi\.call_completed"/ } split /^/, $gate->audit_text;
    my $names = "\xc3\xa9\xc2\x9b31m\xd8\x9c\xe2\x80\xae\xf0\x9f\x98\x80";
    $hostile->file('a.jsonl', $call =~ s{/brp/4"}{/$names"}r);
    for my $command ('query -o json', 'export --as adl') {
        my $there = (GGI::Folder::run($tool, 'audit', split(' ', $command), $hostile))[1];
        my $here = (GGI::Folder::run('script', '-qec', "$tool audit $command $hostile", '/dev/null'))[1] =~ s/\r//gr;
        like $there, qr/\Q$names\E/, "JSON is as it is where no terminal is: $command";
        like $here, qr/\xc3\xa9\\u009b31m\\u061c\\u202e\xf0\x9f\x98\x80/, 'and does nothing to one';
        is_deeply JSON::PP::decode_json($here), JSON::PP::decode_json($there), 'the same JSON';
    }
}

subtest 'followed' => sub {
    my $said = "$dir/said";
    my $child = GGI::Child->command(
        { out => $said, err => "$dir/error" }, $tool, 'audit', 'tail', '-f', '--limit', 1,
        "$log/audit.jsonl");
    my $read = sub {
        open my $fh, '<', $said or return;
        my @told = told(join '', <$fh>);
        return @told;
    };
    my $comes = sub {
        my ($line, $name) = @_;
        my $there = sub {
            return scalar grep { $_ eq $line } $read->();
        };
        return ok $gate->wait_for($there, $name), $name;
    };
    $comes->($lines[-1], 'the last line');
    my $slow = GGI::Child->command('curl', '-s', '-k', $gate->caller_options, $gate->address('/brp/slow'));
    $comes->("$known  GET /brp/slow  allowed  open  -", 'a call that has not ended');
    $gate->call('/brp/7');
    $comes->("$known  GET /brp/7  allowed  200", 'a call that comes');
    my @files = map { $gate->audit_file($_) } 0 .. 2;
    rename $_, "$_.1" or die $! for @files;
    $gate->signal('USR1');
    for my $file (@files[0, 1]) {
        $gate->wait_for(sub { -e $file }, 'the new log');
    }
    system('gzip', '-k', "$files[0].1");
    $slow->stop;
    $comes->("$known  GET /brp/slow  allowed  200  client_aborted", 'the end of the one that was open');
    $gate->call("/brp/$_") for 8 .. 10;
    $comes->("$known  GET /brp/$_  allowed  200", "call $_ over a rotation") for 8 .. 10;
    $child->stop;
    my @told = $read->();
    is scalar @told, 7, 'each once, but for the one that was open' or diag join "\n", @told;
    is -s "$dir/error", 0, 'without a message';
};

subtest 'packed files' => sub {
    my $packed = GGI::Folder->new;
    my @records = $gate->audit_text =~ /(.*\n)/g;
    my $half = int @records / 2;
    system('gzip', $packed->file('audit.0.jsonl-1', @records[0 .. $half])) == 0 or die "gzip\n";
    my $all = $packed->file('audit.0.jsonl', @records[$half + 1 .. $#records]);
    my $whole = $dir->file('unpacked', @records);
    for my $limit (1, 3, 10_000) {
        my @expected = tail('--limit', $limit, $whole);
        is_deeply [tail('--limit', $limit, $packed)], \@expected, "the last $limit of some files, one of them packed";
    }
    unlink $all;
    like + (tail($packed))[1], qr/  allowed  200/, 'and of a packed one alone';
};

is_deeply [tail("$dir/none")], [2, "ggictl: $dir/none: No such file or directory\n"], 'a log that is not there';
is_deeply [tail('--limit', 0, $log)], [2, "ggictl: --limit: expected a number from 1 to 999999999, not \"0\"\n"],
    'a limit that is none';
$gate->stop;

done_testing;
