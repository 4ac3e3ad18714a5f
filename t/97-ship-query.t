# SPDX-License-Identifier: EUPL-1.2
# Two gateways ship to one PostgreSQL, and audit query, stats and export find there what they find in the files of both.
use strict;
use warnings;

use JSON::PP qw(decode_json);
use Test::More;

use GGI::Chain qw(call chain);
use GGI::Child ();
use GGI::Folder ();
use GGI::Gate;
use GGI::Postgres;

my $tool = "$GGI::Nginx::BUILD/ggictl";
my $dir = GGI::Folder->new;
my $key = $dir->file('pseudonym.key', 'k' x 32);
my $transaction = '0192a1b2-c3d4-7fff-bfff-ffffffffffff';
my $trace = '0af7651916cd43dd8448eb211c80319c';
my $oin = $GGI::Gate::OIN;
my $other = '00000001002564440000';
my $pki = GGI::Pki->new;
my $db = GGI::Postgres->new;
local $ENV{PGPASSFILE} = $db->passfile;

sub audit { my (@arguments) = @_; return GGI::Folder::run($tool, 'audit', @arguments) }

# A gateway that is called, and then ships its log, which is left.
sub gateway {
    my ($name, @calls) = @_;
    my $gate = GGI::Gate->new(
        pki => $pki, workers => 2, more => "ggi_audit_node $name;",
        locations => 'location / { ggi_dienst brp; proxy_pass http://api; }
            location /brp/other { ggi_dienst brp2; proxy_pass http://api; }');
    $gate->start;
    $gate->call(@$_) for @calls;
    $gate->since(scalar @calls, scalar @calls);
    $gate->stop;
    my ($exit, $said) = audit('ship', '--log', $gate->prefix . '/logs/audit.jsonl', '--to', $db->url);
    is $exit, 0, "$name ships" or diag $said;
    return $gate;
}

my @gates = (
    gateway(
        'gate1',
        ['/brp/a'],
        ['/brp/b', '-H', "Fsc-Transaction-Id: \U$transaction"],
        ['/brp/c', '-H', "traceparent: 00-$trace-b7ad6b7169203331-01"],
        ['/brp/d', '-H', 'X-Gebruiker: jan'],
        ['/brp/it%27s_%25', '-X', 'POST', '-d', 'x']),
    gateway(
        'gate2',
        ['/brp/e', '-H', "X-Origin-OIN: $other"],
        ['/brp/f/123456782'],
        ['/brp/other'],
        ['/brp/c2', '-H', "traceparent: 00-$trace-b7ad6b7169203331-01"]));

# A third one, whose calls were withdrawn, or have lost their decision.
my $number = 0;

sub record {
    my ($event, $span, $more, $body) = @_;
    return
          sprintf '{"resource":{"service.instance.id":"gate3"},"attributes":{"ggi.chain.id":'
        . '"01a218bc-ecb9-70cd-88f2-c2e981000001","ggi.chain.number":%d,"ggi.chain.previous":"%064d"%s},"event_name":'
        . qq("$event","timestamp":%d,"status":"Ok","trace_id":"%032x","span_id":"%016x"%s}\n), ++$number, 0, $more,
        1795726762000 + $number, $span, $span + ($event =~ /^ggi/ ? 99 : 0),
        $event =~ /^ggi/ ? sprintf ',"parent_span_id":"%016x"', $span : $body;
}

my $allowed =
      qq(,"body":{"adl.core.request":{"subject":{"type":"organisation","id":"$oin"},"action":{"name":"GET"},)
    . '"resource":{"type":"dienst","id":"brp","properties":{"path":"/w"}},"context":{"toepassing":"zaaksysteem",'
    . '"functie":"parkeren"}},"adl.core.response":{"decision":true}}';
my $end = qq(,"ggi.call.dienst":"brp","ggi.call.oin":"$oin","http.response.status_code":503);
my $third = $dir->file(
    'third.0.jsonl',
    record('adl.access_evaluation', 1, '', $allowed),
    record('ggi.call_withdrawn', 1, "$end,\"ggi.withdrawn.reason\":\"audit_unavailable\""),
    record('adl.access_evaluation', 2, '', $allowed =~ s/true\}/true,"context":{"would_refuse":"claim_missing"}}/r),
    record('ggi.call_completed', 2, $end),
    record('ggi.call_completed', 3, $end),
    record('ggi.call_withdrawn', 4, "$end,\"ggi.withdrawn.reason\":\"audit_unavailable\""));
is((audit('ship', '--log', "$dir/third.jsonl", '--to', $db->url))[0], 0, 'gate3 ships');
my @files = ((map { $_->prefix . '/logs' } @gates), $third);
my @from = ('--from', $db->url('lezer'));
is $db->psql('audit', 'GRANT SELECT ON ggi_audit TO lezer'), '', 'who reads may read alone';

# How many chains each gateway has: a worker without calls has none.
my @chains = map {
    scalar(() = join('', map { GGI::Folder::content($_) } glob "$_/audit.*.jsonl") =~ /"ggi\.chain_opened"/g)
} @files[0, 1];

# Whether a command finds in the database what it finds in the files, and how many lines that are.
sub same {
    my ($lines, @arguments) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my @of_files = audit(@arguments, @files);
    my @of_database = audit(@arguments, @from);
    # records of one millisecond are in no order
    is_deeply [map { sort split /\n/ } @of_database], [map { sort split /\n/ } @of_files], "@arguments";
    my $n = () = $of_database[1] =~ /\n/g;
    return is $n, $lines, "... finds $lines";
}

same(@$_)
    for (
    [13, 'query'],
    [9, 'query', '--from', '1h'],
    [4, 'query', '--to', '2026-11-26'],
    [0, 'query', '--from', '2099-01-01'],
    [5, 'query', '--node', 'gate1'],
    [4, 'query', '--node', 'gate2', '--node', 'gate2'],
    [13, 'query', '--oin', $oin],
    [1, 'query', '--oin', $other],
    [0, 'query', '--doelbinding', "' OR true --"],
    [1, 'query', '--dienst', 'brp2'],
    [1, 'query', '--method', 'POST'],
    [1, 'query', '--path', '/brp/a'],
    [1, 'query', '--path', '/brp/*_%'],
    [0, 'query', '--path', '/brp/_'],
    [2, 'query', '--path', '*c*', '--trace', $trace],
    [9, 'query', '--doelbinding', 'BRPACT-AlgemeneTaken'],
    [2, 'query', '--toepassing', 'zaaksysteem'],
    [1, 'query', '--toepassing', 'zaaksysteem', '--functie', 'parkeren', '--decision', 'allowed'],
    [0, 'query', '--functie', 'park'],
    [0, 'query', '--toepassing', "' OR true --"],
    [2, 'query', '--decision', 'refused'],
    [10, 'query', '--decision', 'allowed'],
    [1, 'query', '--decision', 'observed'],
    [1, 'query', '--decision', 'observed', '--reason', 'claim_missing'],
    [0, 'query', '--decision', 'observed', '--reason', 'claim_unknown'],
    [0, 'query', '--decision', 'observed', '--dienst', 'brp2'],
    [2, 'query', '--reason', 'audit_unavailable'],
    [1, 'query', '--transaction', $transaction],
    [2, 'query', '--trace', "00-$trace-b7ad6b7169203331-01"],
    [1, 'query', '--user', 'jan', '--pseudonym-key', $key],
    [1, 'query', '--subject', '123456782', '--pseudonym-key', $key],
    [3, 'query', '--limit', '3'],
    [$chains[0] + $chains[1], 'query', '--event', 'chain_opened'],
    [2 * $chains[0], 'query', '--event', 'all', '--node', 'gate1'],
    [14, 'export', '--as', 'csv'],
    [4, 'export', '--as', 'adl', '--node', 'gate2'],
    );
my @stats = map { (audit('stats', @$_))[1] } \@files, \@from;
is $stats[1], $stats[0], 'stats counts the same';
is_deeply decode_json((audit('query', @from, '--node', 'gate1', '-o', 'json'))[1]),
    decode_json((audit('query', '-o', 'json', '--node', 'gate1', @files))[1]), 'and as JSON it gives the same records';

for my $node ('gate1', 'gate2') {
    my ($exit, $said) =
        GGI::Folder::run('sh', '-c', qq($tool audit export --as log @from --node $node | $tool audit verify -));
    is $exit, 0, "the chains of $node verify from the database" or diag $said;
}
my @lines = split /(?<=\n)/, (audit('export', '--as', 'log', @from))[1];
my %written = map { $_ => 1 } map { split /(?<=\n)/, GGI::Folder::content($_) } $third,
    map { glob $_->prefix . '/logs/audit.*.jsonl' } @gates;
is_deeply [grep { !$written{$_} } @lines], [], 'each record is as it was written';
is scalar @lines, scalar keys %written, 'and all are there';
subtest 'records that expire' => sub {
    my $register = $dir->file(
        'register.json',
        '{ "versie": "1", "doelbindingen": [ { "id": "BRPACT-AlgemeneTaken", "doel": "d", "grondslag": '
            . '{ "avg": "6.1.e" }, "diensten": ["brp"], "bewaartermijn": "P0D" } ] }');
    mkdir "$dir/$_" or die $! for 'log', 'changes';
    for my $file (glob($gates[0]->prefix . '/logs/audit.*.jsonl'), $third) {
        system('cp', $file, "$dir/log/" . ($file =~ m{([^/]+)/logs/([^/]+)$} ? "$2-$1" : 'third.0.jsonl-1')) == 0
            or die;
    }
    my @how = ('--register', $register, '--default', 'PT1H', '--changes', "$dir/changes/changes.jsonl");
    is $db->psql('audit', 'GRANT SELECT ON ggi_audit_aside TO lezer'), '', 'who tries may read what was set aside';
    my ($exit, $told) = audit('expire', @how, '--dry-run', @from);
    is $exit, 0, 'dry, as who may read alone' or diag $told;
    is( ($db->ask('SELECT count(*) FROM ggi_audit WHERE kind = 0 AND line LIKE \'{"tombstone"%\''))[0],
        0, 'nothing expires');
    ($exit, $told) = audit('expire', @how, @from);
    is $exit, 2, 'who may read alone cannot have records go';
    like $told, qr/permission denied/, 'as is told';
    my $url = $db->url;
    ($exit, $told) = audit('expire', @how, '-o', 'json', '--from', $url);
    is $exit, 0, 'who ships can' or diag $told;
    my $of_database = decode_json($told =~ s/^ggictl: .*\n//mgr);
    my $of_files = decode_json((audit('expire', @how, '-o', 'json', "$dir/log"))[1] =~ s/^ggictl: .*\n//mgr);
    cmp_ok $of_files->{expired}, '>', 10, 'files of which records expire';
    my %gone =
        map { $_ => 1 } grep {/\A\{"tombstone"/} map { split /(?<=\n)/, GGI::Folder::content($_) } glob "$dir/log/*";
    my @kept = split /(?<=\n)/, (audit('export', '--as', 'log', @from))[1];
    my $same = grep { $gone{$_} } @kept;
    is $same, $of_files->{expired}, 'the database has the same tombstones, to the byte';
    is scalar(grep {/\A\{"tombstone"/} @kept), $of_database->{expired}, 'and those of the other gateway';
    is scalar @kept, scalar @lines, 'all other records are there';
    is( (   $db->ask(
                q{SELECT count(*) FROM ggi_audit WHERE event = 'ggi.tombstone' AND (kind <> 0 OR
        coalesce(oin, namens, dienst, method, path, doelbinding, decision, reason, transaction, trace, subject,
        gebruiker) IS NOT NULL)}))[0],
        0,
        'nothing of a record is left beside the line');
    ($exit, $told) =
        GGI::Folder::run('sh', '-c', "$tool audit export --as log @from --node gate1 | $tool audit verify -");
    is $exit, 0, 'the chains verify as before' or diag $told;
    is decode_json((audit('expire', @how, '-o', 'json', '--from', $url))[1] =~ s/^ggictl: .*\n//mgr)->{expired}, 0,
        'nothing expires twice';
    $db->ask('DELETE FROM ggi_audit_place');
    for my $log ($gates[0]->prefix . '/logs/audit.jsonl', "$dir/log/third.jsonl") {
        ($exit, $told) = audit('ship', '--log', $log, '--to', $url);
        is $exit, 0, 'a record and its tombstone are known as one' or diag $told;
        like $told, qr/^records shipped: 0; there already: \d+; lines set aside: 0;/, 'and nothing is set aside';
    }
    my ($change) = grep { $_->{event_name} eq 'ggi.change' && $_->{attributes}{'ggi.change.target'} eq $url }
        map { decode_json($_) } map { split /\n/, GGI::Folder::content($_) } glob "$dir/changes/*.jsonl";
    like $change->{attributes}{'ggi.change.item'}, qr/\A20\d\d-\d\d-\d\d\z/, 'who did that is recorded, for each day';
};

subtest 'what was set aside expires' => sub {
    my ($old, $now) = (1_420_070_400_000, time() * 1000);
    my $register = $dir->file(
        'register.json',
        '{ "versie": "1", "doelbindingen": [ { "id": "kort", "doel": "d", "grondslag": { "avg": "6.1.e" }, '
            . '"diensten": ["brp"], "bewaartermijn": "P5Y" } ] }');
    my @how = ('--register', $register, '--changes', "$dir/changes/changes.jsonl", '-o', 'json');
    my $log = GGI::Folder->new;
    my $ship = sub {
        my ($status, $text) = audit('ship', '-o', 'json', '--log', "$log/audit.jsonl", '--to', $db->url);
        my $counts = $text =~ /(\{.*\})/s ? decode_json($1) : {};
        return "$status: " . join ' ', map { $_ // '-' } @$counts{qw(shipped known aside)};
    };
    my $expired = sub {
        my (@more) = @_;
        my ($status, $text) = audit('expire', @how, @more, '--from', $db->url);
        is $status, 0, 'is done' or diag $text;
        return { map { $_->{file} => $_->{expired} } @{ decode_json($text)->{files} } }->{ggi_audit_aside};
    };
    my $id = 'c2e983000001';
    my @lines = chain($id, call($old, 'kort'), call($now, 'kort'), call($old, 'kort'));
    my @others = chain($id, call($old, 'kort'), call($now, 'kort'));
    $log->file('audit.0.jsonl-1', @lines);
    $log->file('audit.1.jsonl-1', @others, "torn /geheim/0\n", "torn /geheim/1\n");
    is $ship->(), '1: 6 0 6', 'records that differ from those with their numbers, and lines that are no records';
    $db->ask(q{UPDATE ggi_audit_aside SET why = 'database says /geheim' WHERE line LIKE '%number":2,%'});
    $db->ask(q{UPDATE ggi_audit_aside SET shipped = now() - interval '5 years 1 day' WHERE line LIKE '%geheim/1%'});
    my $all = q{SELECT rtrim(encode(line, 'escape'), chr(10)) || '|' || why FROM ggi_audit_aside ORDER BY place};
    my @before = $db->ask($all);
    is $expired->('--dry-run'), 3, 'are counted';
    is_deeply [$db->ask($all)], \@before, 'and left where nothing is to be changed';
    is $expired->(), 3, 'expire';
    my @after = $db->ask($all);
    like $after[$_], qr/\A\{"tombstone":"[0-9a-f]{64}",/, 'a record is a tombstone' for 0, 1;
    like $after[0], qr/\|another record has its number in the chain\z/, 'of which it is told why it was set aside';
    unlike $after[1], qr/geheim/, 'but not in the words of a message that may have something of it';
    is_deeply [@after[2 .. 4]], [@before[2 .. 4]], 'what has not expired is as it was';
    is $after[5], '|it is no record of a chain', 'and of what is no record nothing is left';
    is $expired->(), 0, 'once';
    is $ship->(), '0: 0 0 0', 'they do not come again';
    my ($status, $text) = audit('expire', @how, "$log");
    is $status, 0, 'the files expire' or diag $text;
    is $ship->(), '0: 0 0 0', 'and are the same ones, though their first and last records are tombstones';
    $db->ask('DELETE FROM ggi_audit_place');
    is $ship->(), '0: 0 12 0', 'and all is known where places were lost';
};

for (
    [['expire', @from, $files[0]], qr/not read together with files/],
    [['expire', '--from', 'mysql://x'], qr/--from: expected a URL of postgresql:\/\/, redis:/],
    [['expire'], qr/expected FILE\|DIR\.\.\., or --from URL/],
) {
    my ($exit, $text) = audit(@{ $_->[0] });
    is $exit, 2, 'what cannot expire';
    like $text, $_->[1], 'is told';
}

subtest 'gateways that begin to ship at once' => sub {
    for my $new (1 .. 3) {
        $db->psql('postgres', "CREATE DATABASE begin$new OWNER ship");
        my @to = ('--to', $db->url =~ s/audit$/begin$new/r);
        my @ships =
            map { GGI::Child->command($tool, qw(audit ship --log), "$dir/third.jsonl", @to) } 1 .. 4;
        is_deeply [map { $_->wait >> 8 } @ships], [0, 0, 0, 0], 'make the tables together';
    }
};

$db->ask(
    q{UPDATE ggi_audit SET line = replace(encode(line, 'escape'), '/brp/a', '/brp/z')::bytea WHERE path = '/brp/a'});
my (undef, $said) = GGI::Folder::run('sh', '-c', "$tool audit export --as log @from | $tool audit verify -");
like $said, qr/record 2 of chain \S+ is not the one that was written/,
    'a record that was changed in the database is found';

for (
    [['query', @from, $files[0]], qr/a file and a database cannot be read together/],
    [['tail', @from], qr/audit tail: --from postgresql:\/\/ is not an option of this command/],
    [['export', '--as', 'log', $files[0]], qr/--as log takes --from postgresql:/],
    [['export', '--as', 'log', @from, '--oin', $oin], qr/--as log takes --from postgresql:/],
    [['query', '--from', $db->url =~ s/audit$/none/r], qr/"none" does not exist/],
    [['query', '--from', $db->url =~ s/audit$/postgres/r], qr/relation "ggi_audit" does not exist/],
) {
    my ($exit, $text) = audit(@{ $_->[0] });
    is $exit, 2, 'what cannot be';
    like $text, $_->[1], 'is told';
}

done_testing;
