# SPDX-License-Identifier: EUPL-1.2
# ggictl audit query: the calls of a log that are asked for, packed files too.
use strict;
use warnings;

use JSON::PP qw(decode_json);
use Test::More;

use GGI::Audit qw(decisions);
use GGI::Folder ();
use GGI::Gate;

my $tool = "$GGI::Nginx::BUILD/ggictl";
my $dir = GGI::Folder->new;
my $key = $dir->file('pseudonym.key', 'k' x 32);

sub query { my (@arguments) = @_; return GGI::Folder::run($tool, 'audit', 'query', @arguments) }

# The paths of the calls that are found, and the exit status.
sub paths {
    my (@arguments) = @_;
    my ($exit, $text) = query(@arguments);
    return [$exit, $text =~ m{  [A-Z]+ /brp/(\w+)  }g];
}

my $gate = GGI::Gate->new(
    workers => 2,
    locations => 'location / { ggi_dienst brp; proxy_pass http://api; }
        location /brp/other { ggi_dienst brp2; proxy_pass http://api; }');
$gate->start;
my $oin = $GGI::Gate::OIN;
my $other = '00000001002564440000';
my @other = { as => [$gate->{pki}->client('other', '--oin', $other)] };
my $transaction = '0192a1b2-c3d4-7fff-bfff-ffffffffffff';
my $trace = '0af7651916cd43dd8448eb211c80319c';
$gate->call('/brp/a');
$gate->call('/brp/b', '-H', "Fsc-Transaction-Id: \U$transaction");
$gate->call('/brp/c', '-H', "traceparent: 00-$trace-b7ad6b7169203331-01");
$gate->call('/brp/d', '-H', 'X-Gebruiker: jan');
$gate->call('/brp/e', '-H', "X-Origin-OIN: $other");
$gate->call('/brp/f', { claim => '' });
$gate->call('/brp/g', @other);
$gate->call('/brp/h', '-X', 'POST', '-d', 'x');
$gate->call('/brp/other');
$gate->since(9, 7);
my $text = $gate->audit_text;
my $log = $gate->prefix . '/logs';
$gate->stop;

is_deeply paths($log), [0, 'a' .. 'h', 'other'], 'all calls, in the order of time';

my @filters = (
    [['--oin', $oin], 'a' .. 'f', 'h', 'other'],
    [['--oin', $other], 'e', 'g'],
    [['--dienst', 'brp2'], 'other'],
    [['--dienst', 'br']],
    [['--method', 'POST'], 'h'],
    [['--path', '/brp/a'], 'a'],
    [['--path', '/brp/*e*'], 'e', 'other'],
    [['--path', '/brp']],
    [['--doelbinding', 'BRPACT-AlgemeneTaken', '--oin', $other], 'e'],
    [['--decision', 'refused'], 'f', 'g'],
    [['--decision', 'allowed', '--dienst', 'brp'], 'a' .. 'e', 'h'],
    [['--reason', 'claim_missing'], 'f'],
    [['--transaction', $transaction], 'b'],
    [['--transaction', "urn:uuid:\U$transaction"], 'b'],
    [['--trace', $trace], 'c'],
    [['--trace', "00-$trace-b7ad6b7169203331-01"], 'c'],
    [['--user', 'jan', '--pseudonym-key', $key], 'd'],
    [['--user', 'jan']],
    [['--user', 'piet', '--pseudonym-key', $key]],
    [['--limit', 2], 'a', 'b'],
    [['--limit', 1, '--decision', 'refused'], 'f'],
    [['--from', '1h'], 'a' .. 'h', 'other'],
    [['--from', '2999-01-01']],
    [['--to', '2020-01-01']],
);
for my $filter (@filters) {
    my ($options, @found) = @$filter;
    is_deeply paths(@$options, $log), [@found ? 0 : 1, @found], "@$options";
}

subtest 'times' => sub {
    my ($first) = decisions($text);
    my $rfc3339 = sub {
        my ($seconds) = @_;
        my @t = gmtime $seconds;
        return sprintf '%04d-%02d-%02dT%02d:%02d:%02dZ', $t[5] + 1900, $t[4] + 1, @t[3, 2, 1, 0];
    };
    my $second = int $first->{timestamp} / 1000;
    my $last = int((decisions($text))[-1]{timestamp} / 1000);
    my $day = substr $rfc3339->($second), 0, 10;
    is_deeply paths('--from', $day, '--to', substr($rfc3339->($last), 0, 10), $log), [0, 'a' .. 'h', 'other'],
        'of a day';
    is_deeply paths('--from', $rfc3339->($last + 1), $log), [1], 'from behind the last';
    is_deeply paths('--to', $rfc3339->($second), $log), [1], 'to before the first';
    my @found = @{ paths('--to', $rfc3339->($second + 1), $log) };
    is_deeply \@found, [0, map { path($_) } grep { $_->{timestamp} < ($second + 1) * 1000 } decisions($text)],
        'those before a time';
};
sub path { my ($record) = @_; return $record->{body}{'adl.core.request'}{resource}{properties}{path} =~ s{.*/}{}r }

subtest 'as JSON' => sub {
    my ($exit, $said) = query('-o', 'json', '--path', '/brp/[ab]*', $log);
    is_deeply [$exit, decode_json($said)], [1, { found => [] }], 'nothing';
    ($exit, $said) = query('-o', 'json', '--decision', 'allowed', '--limit', 2, $log);
    my $found = decode_json($said)->{found};
    is_deeply [map { path($_->{decision}) } @$found], ['a', 'b'], 'the decisions';
    is_deeply [map { $_->{completion}{trace_id} } @$found], [map { $_->{decision}{trace_id} } @$found],
        'and their completions';
    my ($line) = $text =~ /(.*claim_missing.*)\n/;
    like + (query('-o', 'json', '--reason', 'claim_missing', $log))[1], qr/"decision":\Q$line\E,"completion":null/,
        'as they stand in the log';
};

subtest 'how many there are' => sub {
    my $stats = sub { my (@arguments) = @_; return GGI::Folder::run($tool, 'audit', 'stats', @arguments, $log) };
    my ($exit, $said) = $stats->('-o', 'json');
    is $exit, 0, 'exit status';
    my $counted = decode_json($said);
    is_deeply [@{ $counted->{all} }{qw(calls allowed refused open)}], [9, 7, 2, 0], 'in all';
    my $rows = sub {
        my ($by) = @_;
        return [map { [@$_{qw(name calls allowed refused)}] } @{ $counted->{$by} }];
    };
    my $hour = substr +(query($log))[1], 0, 13;
    is_deeply $rows->('dienst'), [['brp', 8, 6, 2], ['brp2', 1, 1, 0]], 'by dienst';
    is_deeply $rows->('organisation'), [["$oin Gemeente caller", 8, 7, 1], ["$other Gemeente other", 1, 0, 1]],
        'by organisation';
    is_deeply $rows->('doelbinding'), [['BRPACT-AlgemeneTaken', 7, 7, 0], ['', 2, 0, 2]], 'by doelbinding';
    is_deeply $rows->('reason'),
        [['allowed', 7, 7, 0], ['claim_missing', 1, 0, 1], ['profile_not_found', 1, 0, 1]], 'by reason';
    is_deeply $rows->('hour'), [[$hour, 9, 7, 2]], 'by hour';
    ($exit, $said) = $stats->('--by', 'reason', '--decision', 'refused');
    my $zeros = '0 0 0 0 0 - 0';
    is_deeply [map { join ' ', split } grep { !/ calls / } split /\n/, $said],
        ["2 0 2 $zeros in all", '', "1 0 1 $zeros claim_missing", "1 0 1 $zeros profile_not_found"],
        'as text, by one thing, of those that are asked for';
    like $said, qr/ calls [^\n]* reason\n/, 'with a head';
    ($exit) = $stats->('--dienst', 'none');
    is $exit, 1, 'when there are none';
};

subtest 'in the form of other standards' => sub {
    my $export = sub {
        my (@arguments) = @_;
        my ($exit, $said) = GGI::Folder::run($tool, 'audit', 'export', @arguments, $log);
        is $exit, 0, "@arguments";
        return split /(?<=\n)/, $said;
    };
    is_deeply [$export->('--as', 'adl', '--oin', $oin)],
        [grep {/"adl\.access_evaluation".*"id":"$oin"/} $text =~ /(.*\n)/g],
        'decisions as they stand in the log';
    my %decision = map { $_->{span_id} => $_ } decisions($text);
    my @ldv = map { decode_json($_) } $export->('--as', 'ldv');
    is scalar @ldv, 7, 'a processing for each call that was let through';
    for my $record (@ldv) {
        my $decision = $decision{ $record->{span_id} };
        is_deeply [@$record{qw(trace_id status name start_time)}],
            [$decision->{trace_id}, 'Ok', $record->{name}, $decision->{timestamp}], "$record->{name}";
        like $record->{name}, qr/^(?:GET|POST) brp2?$/, 'its name';
        ok $record->{end_time} >= $record->{start_time} && $record->{end_time} - $record->{start_time} < 60_000,
            'its end';
        is $record->{resource}{attributes}{'service.instance.id'}, $decision->{resource}{'service.instance.id'},
            'its resource';
    }
    my @spans =
        map { @{ $_->{resourceSpans}[0]{scopeSpans}[0]{spans} } } map { decode_json($_) } $export->('--as', 'otlp');
    is_deeply [map { [$_->{traceId}, $_->{spanId}, $_->{startTimeUnixNano}, $_->{status}{code}] } @spans],
        [map { [$_->{trace_id}, $_->{span_id}, "$_->{start_time}000000", 1] } @ldv], 'the same as OTLP';
    my ($head, @rows) = $export->('--as', 'csv');
    my @names = split /,/, $head =~ s/\r\n//r;
    is scalar @rows, 9, 'all calls as CSV';
    is scalar(() = $_ =~ /"(?:[^"]|"")*"/g), scalar @names, 'with as many values as the head' for @rows;
    my ($exit) = GGI::Folder::run($tool, 'audit', 'export', '--as', 'ldv', '--decision', 'refused', $log);
    is $exit, 1, 'a call that was refused processed nothing';
    my $hostile = $dir->file('hostile.jsonl', $text =~ s{"/brp/a"}{"=1+\\"x\\"\\n"}gr);
    ($exit, my $said) = GGI::Folder::run($tool, 'audit', 'export', '--as', 'csv', '--path', '=*', $hostile);
    like $said, qr/,"'=1\+""x""\n",/, 'a value that a spreadsheet would compute';
};

subtest 'a file on standard input' => sub {
    my $whole = $dir->file('whole', $text);
    my $said = sub { my ($command) = @_; return GGI::Folder::run('sh', '-c', "$tool audit $command - <$whole") };
    for my $command ('query', "query --from 1h", "query --transaction $transaction", 'tail', 'export --as csv') {
        is_deeply [$said->($command)], [GGI::Folder::run('sh', '-c', "$tool audit $command $whole")],
            "audit $command reads it as it reads the file";
        unlike + ($said->($command))[1], qr/\A\s*\z/, 'and finds something';
    }
    like + ($said->('stats -o json'))[1], qr/"calls": 9\b/, 'audit stats counts all';
};

subtest 'packed files, in any order' => sub {
    system("$GGI::Nginx::ROOT/scripts/setup", 'zstd') == 0 or die "zstd cannot be installed\n";
    my @records = $text =~ /(.*\n)/g;
    my $packed = GGI::Folder->new;
    my $half = int @records / 2;
    my $old = $packed->file('audit.0.jsonl-1', @records[0 .. $half]);
    my $new = $packed->file('audit.0.jsonl-2', @records[$half + 1 .. $#records]);
    system('gzip', $old);
    system('zstd', '-q', '--rm', $new);
    is_deeply paths($packed), [0, 'a' .. 'h', 'other'], 'all calls';
    is_deeply paths("$new.zst", "$old.gz"), [0, 'a' .. 'h', 'other'], 'by name';
    is_deeply paths('--transaction', $transaction, $packed), [0, 'b'], 'one of them';
    my ($exit, $said) = GGI::Folder::run('sh', '-c', "cat $old.gz | $tool audit query --path /brp/a -");
    like $said, qr{ /brp/a  allowed  200  }, 'on standard input';
    truncate "$new.zst", 200;
    ($exit, $said) = query($packed);
    is $exit, 2, 'one whose end is missing is an error';
    like $said, qr/^ggictl: \S+\.zst: cannot be unpacked: its end is missing$/m, 'which is named';
};

subtest 'a log of many records' => sub {
    my @records = $text =~ /(.*\n)/g;
    my $many = GGI::Folder->new;
    my ($decision) = grep { path($_) eq 'a' } decisions($text);
    my $n = 3000;
    for my $file (0, 1) {
        my @lines;
        for my $i (1 .. $n) {
            my $span = sprintf '%016x', 2 * $i + $file;
            my $time = 1795726762000 + 100 * $i + 10 * $file;
            for my $line (grep {/\Q$decision->{trace_id}\E/} @records) {
                push @lines, $line =~ s/"span_id":"\w+"/"span_id":"$span"/r =~ s/"timestamp":\d+/"timestamp":$time/r =~
                    s{/brp/a"}{/brp/$i"}r;
            }
        }
        $many->file("audit.$file.jsonl", @lines);
    }
    my ($exit, $said) = query($many);
    my @times = $said =~ /^(\S+Z)  /mg;
    is scalar @times, 2 * $n, 'each is found once';
    is_deeply \@times, [sort @times], 'in the order of time';
    is scalar(grep {/  allowed  200  /} split /\n/, $said), 2 * $n, 'with its completion';
    my ($exit2, $some) = query('--from', '2026-11-26T21:01:50Z', '--to', '2026-11-26T21:01:51Z', $many);
    is_deeply [$some =~ m{ /brp/(\d+) }g], [map { ($_, $_) } 1480 .. 1489], 'a second of it';
    is_deeply [(query('--path', '/brp/2999', '--limit', 1, $many))[1] =~ m{ (/brp/\d+) }g], ['/brp/2999'],
        'one near the end';
};

subtest 'an index' => sub {
    my @records = $text =~ /(.*\n)/g;
    my @call = grep {/\Q$transaction\E/} @records;

    # Calls of a block and more, which fill the log between a decision and its completion.
    my $long = join '', map {
        my $span = sprintf '%016x', $_;
        map {
            s/"(?:span_id|parent_span_id|ggi\.api\.span_id)":"\w+"/"span_id":"$span"/gr =~ s/\Q$transaction\E/T$span/r
        } @call
    } 1 .. 1500;
    my $indexed = GGI::Folder->new;
    my $where = GGI::Folder->new;
    my $old = $indexed->file('audit.0.jsonl', $long, $call[0], $long =~ s/T0/U0/gr, $call[1], $long =~ s/T0/V0/gr);
    my ($exit, $said) = GGI::Folder::run($tool, 'audit', 'index', '--index', $where, $indexed);
    is $exit, 0, 'is made';
    like $said, qr{\A\Q$old: $where\E/ggi-index\.[0-9a-f]{16}, 9002 records in \d+ blocks\n\z}, 'and told of';
    my $is = sub {
        my ($name) = @_;
        my $found = paths('--index', $where, '--transaction', $transaction, $indexed);
        is_deeply $found, [0, 'b'], "$name: a call is found by it";
        my (undef, $line) = query('--index', $where, '--transaction', $transaction, $indexed);
        like $line, qr/  allowed  200  /, 'with its completion, blocks behind it';
        is + (query('--index', $where, $indexed))[1] =~ tr/\n//, 4501, 'and all calls without an option';
        is_deeply paths('--index', $where, '--reason', 'claim_missing', $indexed), [1], 'nothing where nothing is';
    };
    $is->('a plain file');
    rename $old, "$old-1" or die $!;
    $is->('renamed');
    system 'gzip', "$old-1";
    $is->('packed');
    system 'gunzip', "$old-1.gz";
    open my $more, '>>', "$old-1" or die $!;
    print $more grep {/claim_missing/} @records;
    close $more;
    is_deeply paths('--index', $where, '--reason', 'claim_missing', $indexed), [0, 'f'],
        'what was recorded since is found as well';

    # the log is changed: a line that is a byte longer moves all lines behind it
    my $changed = join '', do { local @ARGV = "$old-1"; <> };
    $changed =~ s/\n(.*?"timestamp":)/\n${1}1/;
    $indexed->file('audit.0.jsonl-1', $changed);
    ($exit, $said) = query('--index', $where, '--transaction', $transaction, $indexed);
    is $exit, 0, 'an index that is of another file by now is not used';
    $indexed->file('audit.0.jsonl-1', $long, $call[0], $long =~ s/T0/W0/gr, $call[1], $long =~ s/T0/V0/gr);
    ($exit, $said) = query('--index', $where, $indexed);
    is $exit, 2, 'lines that were changed within it are an error';
    like $said, qr/make that anew by "audit index"/, 'with the remedy';
    truncate +(glob "$where/ggi-index*")[0], 5000;
    ($exit, $said) = query('--index', $where, '--transaction', $transaction, $indexed);
    is $exit, 0, 'an index that is not whole is not used';
    ($exit, $said) = GGI::Folder::run($tool, 'audit', 'index', $indexed);
    like $said, qr{: \Q$indexed\E/ggi-index\.}, 'without --index it stands beside the log';
    is_deeply paths('--transaction', $transaction, $indexed), [0, 'b'], 'and is used from there';
    ($exit, $said) = GGI::Folder::run($tool, 'audit', 'index', '--index', "$dir/none", $indexed);
    is $exit, 2, 'a directory that is not there';
    ($exit, $said) = GGI::Folder::run('sh', '-c', "$tool audit index --index $where - <$old-1");
    is $exit, 2, 'nor of standard input, which is read once';

    # one index would be of both files, and tell of one what holds of the other
    my $both = GGI::Folder->new;
    my $one = $both->file('audit.0.jsonl', $records[0], grep {/"claim_missing"/} @records);
    my $other = $both->file('audit.1.jsonl', $records[0], @call);
    for ([$one, $other], [$other, $one]) {
        rename $_->[1], "$both/later" or die $!;
        is + (GGI::Folder::run($tool, 'audit', 'index', $_->[0]))[0], 0, 'the index of a file';
        rename "$both/later", $_->[1] or die $!;
        is_deeply paths('--transaction', $transaction, $both), [0, 'b'], 'does not count where another begins like it';
        is_deeply paths('--reason', 'claim_missing', $both), [0, 'f'], 'whichever of them is asked for';
        for my $packed ('', '.gz') {
            system 'gzip', $_->[1] if $packed;
            my ($alone, @wanted) = ("$_->[1]$packed", '--transaction', $transaction);
            @wanted = ('--reason', 'claim_missing') if $_->[1] eq $one;
            is paths(@wanted, $alone)->[0], 0, "nor for that other one alone: $alone";
            system 'gunzip', $alone if $packed;
        }
    }
    is + (GGI::Folder::run($tool, 'audit', 'index', $one))[1],
        "$one: no index, since another file begins with the same line\n", 'nor is it made by then';
    is_deeply [glob "$both/ggi-index*"], [], 'but removed';
    is_deeply paths('--transaction', $transaction, $other), [0, 'b'], 'so that a call in the other one is found';
    ($exit, $said) = GGI::Folder::run($tool, 'audit', 'index', $both);
    is $exit, 0, 'which begin with the same line';
    is $said, join('', map {"$_: no index, since another file begins with the same line\n"} $one, $other), 'have none';
    is_deeply [glob "$both/ggi-index*"], [], 'and none is made';
    is_deeply paths('--transaction', $transaction, $both), [0, 'b'], 'so that a call in either of them is found';
    is_deeply paths('--reason', 'claim_missing', $both), [0, 'f'], 'by what differs in them';
};

subtest 'what is wrong is named' => sub {
    my $wrong = sub {
        my ($message, @arguments) = @_;
        return is_deeply [query(@arguments, $log)], [2, "ggictl: $message\n"], "@arguments";
    };
    $wrong->(
        'audit query: --from: expected a date, a time of RFC 3339 or how long ago (90s, 15m, 12h, 30d), not "now"',
        '--from', 'now');
    $wrong->('--transaction: expected a UUID, not "x"', '--transaction', 'x');
    $wrong->(
        '--trace: expected 32 hexadecimal digits, in lower case, or a traceparent, not "x"',
        '--trace', 'x');
    $wrong->(
        '--subject: a BSN needs --pseudonym-key, the file of ggi_audit_pseudonym_key', '--subject',
        '999990019');
    $wrong->("$dir/none: No such file or directory", '--user', 'x', '--pseudonym-key', "$dir/none");
    $wrong->(
        "$dir/short has the wrong size: expected 16 to 256 bytes",
        '--user', 'x', '--pseudonym-key', $dir->file('short', 'x'));
    my ($exit, $said) = GGI::Folder::run('sh', '-c', "$tool audit query $log >/dev/full");
    is "$exit $said", "2 ggictl: standard output could not be written\n", 'output that cannot be written';
};

done_testing;
