# SPDX-License-Identifier: EUPL-1.2
# ggictl audit match: the logs of a consumer's gate and of the provider's, and what is open between them.
use strict;
use warnings;

use Test::More;

use GGI::Audit qw(match_logs);
use GGI::Folder ();
use GGI::Gate;
use GGI::Nginx;
use GGI::Problem qw(allowed refused);

my $ggictl = "$GGI::Nginx::BUILD/ggictl";
my $own = $GGI::Gate::OIN;

# The consumer knows a purpose that is another one outside, and claims one that the profile at the provider lacks.
my $entries = join ', ',
    map {qq({ "id": "$_", "doel": "x", "grondslag": { "avg": "6.1.e" }, "diensten": ["brp"] })}
    qw(BRPACT-AlgemeneTaken Niet-in-profiel);
my $inside = q({ "id": "Parkeren", "extern": "BRPACT-AlgemeneTaken", "doel": "x", "grondslag": { "avg": "6.1.e" },
    "diensten": ["brp"] });
my $functions = <<'JSON';
[ { "toepassing": "zaaksysteem", "versie": 3, "functies": { "parkeren": { "diensten": { "brp": {
    "methoden": ["GET"], "paden": ["/brp/**"],
    "doelbindingen": ["BRPACT-AlgemeneTaken", "Parkeren", "Niet-in-profiel"] } } } } } ]
JSON
my $provider = GGI::Gate->new(register => qq({ "versie": "1", "doelbindingen": [$entries] }))->start;
my $leaf = $provider->{pki}->leaf('caller', '--oin', $own);
my ($port, $roots) = ($provider->port, $provider->{pki}->dir . '/roots.pem');
my $consumer = GGI::Gate->new(
    tls => 0,
    gates => [qw(doelbinding audit)],
    functions => $functions,
    register => qq({ "versie": "1", "doelbindingen": [$entries, $inside] }),
    organisation => "ggi_dienst_organisation $own Gemeente;",
    server => <<"CONF",
        proxy_ssl_certificate $leaf.pem;
        proxy_ssl_certificate_key $leaf.key;
        proxy_ssl_trusted_certificate $roots;
        proxy_ssl_verify on;
        proxy_ssl_name localhost;
        proxy_ssl_verify_depth 4;
CONF
    locations => <<"CONF",
        location /brp/ { ggi_dienst brp role=afnemer; proxy_pass https://127.0.0.1:$port; }
        location /brp/gone/ { ggi_dienst brp role=afnemer; proxy_pass http://127.0.0.1:1; }
CONF
)->start;

sub call {
    my ($path, $claim, @more) = @_;
    my @headers = ('X-Toepassing: zaaksysteem', 'X-Gebruiker: jan', 'X-Functie: parkeren', @more);
    return $consumer->call($path, { claim => "X-Doelbinding: $claim" }, map { (-H => $_) } @headers);
}

my $transaction = '01900000-0000-7000-8000-000000000001';
allowed(call('/brp/1', 'BRPACT-AlgemeneTaken'), 'a call through both gates');
allowed(call('/brp/2', 'Parkeren'), 'one with a purpose of the inside');
refused(call('/brp/3', 'Niet-in-profiel'), 403, 'claim_not_in_profile', 'one that the provider refuses');
is call('/brp/gone/4', 'Parkeren')->{status}, 502, 'one that reaches nobody';
refused(call('/brp/5', 'Onbekend'), 403, 'claim_unknown', 'one that stays inside');
allowed(call("/brp/$_", 'BRPACT-AlgemeneTaken', "Fsc-Transaction-Id: $transaction"), "call $_ of one transaction")
    for 6, 7;
allowed($provider->call('/brp/8', { as => [$provider->{pki}->client('other', '--oin', $own)] }), 'one without a gate');

my @provider = split /^/, $provider->since(6, 5);
my @consumer = split /^/, $consumer->since(7, 6);
my $dir = GGI::Folder->new;

# Matches logs of these lines. Returns the exit status, and the result.
sub match {
    my ($ours, $theirs, @options) = @_;
    $dir->file('provider.jsonl', @$ours);
    $dir->file('consumer.jsonl', @$theirs);
    return match_logs("$dir/provider.jsonl", "$dir/consumer.jsonl", @options);
}

# What is open, a line each: in what a call differs, or where it or its decision is missing and why.
sub open_calls {
    my ($result) = @_;
    my @open;
    for my $call (@{ $result->{open} }) {
        my $path = ($call->{consumer} // $call->{provider})->{path};
        my @what = @{ $call->{differ} // [] };
        push @what, "missing $call->{missing}" if $call->{missing};
        push @what, "undecided @{ $call->{undecided} }" if $call->{undecided};
        my $why = exists $call->{explained} ? ', ' . ($call->{explained}{why} // '-') : '';
        push @open, "$path: @what$why";
    }
    return [sort @open];
}

sub without {
    my ($pattern, @lines) = @_;
    return [grep { !/$pattern/ } @lines];
}

subtest 'logs that tell the same' => sub {
    my ($exit, $result) = match(without(qr{/brp/8}, @provider), \@consumer);
    is $exit, 0, 'nothing is open';
    is_deeply $result->{open}, [], 'no call is';
    my %counts = %{ $result->{counts} };
    is_deeply [@counts{qw(consumer provider same stayed unreached others)}], [6, 5, 5, 1, 1, 0], 'what is counted';
    my ($first, $last) = @{ $counts{ahead_ms} };
    cmp_ok $last - $first, '<', 60000, 'by how much the clocks differ';
    my @both = ("$dir/provider.jsonl", "$dir/consumer.jsonl");
    my ($status, $text) = GGI::Folder::run($ggictl, qw(audit match), @both);
    is $status, 0, 'two names need no --';
    like $text, qr/^calls that left the consumer 6, that came to the provider 5\n/, 'as text';
    system 'gzip', '-k', "$dir/provider.jsonl";
    system 'zstd', '-q', "$dir/consumer.jsonl", '-o', "$dir/consumer.jsonl.zst";
    ($status, my $packed) =
        GGI::Folder::run($ggictl, qw(audit match), "$dir/provider.jsonl.gz", "$dir/consumer.jsonl.zst");
    is "$status $packed", "0 $text", 'packed files tell the same';
    unlink map {"$dir/$_"} qw(provider.jsonl.gz consumer.jsonl.zst);
};

subtest 'calls that one side has' => sub {
    my ($exit, $result) = match(\@provider, \@consumer);
    is $exit, 1, 'a call that no gate of the consumer made';
    like join('|', @{ open_calls($result) }), qr{^/brp/8: missing consumer, \S+\z}, 'is open';
    my @ours = @{ without(qr{/brp/8}, @provider) };
    ($exit, $result) = match(without(qr{/brp/2}, @ours), \@consumer);
    is $exit, 1, 'a call that the provider lost';
    is_deeply open_calls($result), ['/brp/2: missing provider, missing'], 'is open: numbers are missing in a chain';
    is $result->{open}[0]{explained}{records}, 2, 'two of them';
    is $result->{open}[0]{consumer}{claim_inside}, 'Parkeren', 'it has the purpose of the inside';
    ($exit, $result) = match(\@ours, without(qr{/brp/[36]}, @consumer));
    is_deeply open_calls($result), ['/brp/3: missing consumer, missing', '/brp/6: missing consumer, missing'],
        'one that was refused, and one of two in a transaction';
    is_deeply open_calls((match(without('call_completed', @ours), \@consumer))[1]), [],
        'without completions nothing differs';
    ($exit, $result) = match([$ours[0]], \@consumer);
    is scalar @{ $result->{open} }, 5, 'an empty log of the provider';
    is $result->{counts}{explained}, 5, 'explains all';
    is_deeply open_calls((match(\@ours, without('call_completed', @consumer)))[1]),
        ['/brp/gone/4: missing provider, -'], 'but for one that may have reached the provider';
};

subtest 'calls of which a log has the end, and not the decision' => sub {
    my @ours = @{ without(qr{/brp/8}, @provider) };
    my $undecided = sub {
        my ($path, @lines) = @_;
        return without(qr{access_evaluation.*/brp/$path"}, @lines);
    };
    my %cases = (
        'at the provider' => [$undecided->(1, @ours), \@consumer, '/brp/1: undecided provider, missing'],
        'at the consumer' => [\@ours, $undecided->(2, @consumer), '/brp/2: undecided consumer, missing'],
        'at both' =>
            [$undecided->(7, @ours), $undecided->(7, @consumer), '/brp/7: undecided provider consumer, missing'],
        'of a call that reached nobody' =>
            [\@ours, $undecided->('gone/4', @consumer), '/brp/gone/4: undecided consumer, missing'],
    );
    for my $case (sort keys %cases) {
        my ($provider, $consumer, $open) = @{ $cases{$case} };
        my ($exit, $result) = match($provider, $consumer);
        is "$exit @{ open_calls($result) }", "1 $open", $case;
        is_deeply [@{ $result->{counts} }{qw(undecided explained different)}], [1, 1, 0], '... is counted as such';
    }
    my ($provider, $consumer) = @{ $cases{'at the provider'} };
    match($provider, $consumer);
    my ($status, $text) =
        GGI::Folder::run($ggictl, qw(audit match), "$dir/provider.jsonl", '--', "$dir/consumer.jsonl");
    like $text, qr{ GET /brp/1  200  decision missing at the provider: 1 records are missing in a chain }, 'as text';
    like $text, qr/^the same in both logs 4, .* without a decision 1 \(explained 1\)$/m, 'counted';
    my @renamed = map {s{/brp/1"}{/brp/11"}gr} @$consumer;
    match($provider, \@renamed);
    ($status, $text) = GGI::Folder::run($ggictl, qw(audit match), "$dir/provider.jsonl", '--', "$dir/consumer.jsonl");
    like $text, qr{ at the provider; decision missing at the provider: 1 records}, 'one that differs as well';
};

subtest 'calls that differ' => sub {
    my @ours = @{ without(qr{/brp/8}, @provider) };
    my %change = (
        oin => sub {s/"id":"$own"/"id":"00000001002564440000"/r},
        dienst => sub {s/"type":"dienst","id":"brp"/"type":"dienst","id":"brk"/r},
        claim => sub {s/"doelbinding":"BRPACT-AlgemeneTaken"/"doelbinding":"Parkeren"/r},
        method => sub {s/"action":\{"name":"GET"/"action":{"name":"PUT"/r},
        path => sub {s{"path":"/brp/2"}{"path":"/brp/22"}r},
        status => sub {s/"http.response.status_code":200/"http.response.status_code":404/r},
    );
    for my $what (sort keys %change) {
        my @changed = map { m{/brp/2"} ? $change{$what}->() : $_ } @ours;
        my ($exit, $result) = match(\@changed, \@consumer);
        is "$exit @{ open_calls($result) }", "1 /brp/2: $what", "another $what";
    }
    my @let = map {s/"decision":false.*?,"status":403/"decision":true,"context":{"status":200/r} @ours;
    is_deeply open_calls((match(\@let, \@consumer))[1]), ['/brp/3: status'],
        'the consumer got a refusal, of which the provider does not tell';
    my $refusal = '"decision":false,"context":{"reason":"x"';
    my @refused = map { m{/brp/2"} ? s/"decision":true,"context":\{/$refusal/r : $_ } @consumer;
    is_deeply open_calls((match(\@ours, \@refused))[1]), ['/brp/2: decision'], 'what the consumer says it refused';
};

subtest 'clocks and times' => sub {
    my @ours = @{ without(qr{/brp/8}, @provider) };
    my @behind = map {s/"timestamp":(\d+)/'"timestamp":' . ($1 - 240000)/er} @ours;
    my ($exit, $result) = match(\@behind, \@consumer);
    is $exit, 0, 'a clock that is four minutes behind';
    cmp_ok $result->{counts}{ahead_ms}[0], '<', -200000, 'is told';
    my (undef, $said) = GGI::Folder::run($ggictl, qw(audit match), "$dir/provider.jsonl", "$dir/consumer.jsonl");
    like $said, qr/^times at the provider are 2\d{5} to 2\d{5} ms earlier than those at the consumer$/m, 'in words too';
    my @lost = map { /chain_opened/ ? $_ : s/"timestamp":(\d+)/'"timestamp":' . ($1 + 420000)/er }
        @{ without(qr{/brp/2"}, @ours) };
    for (['5m', ''], ['8m', 'missing']) {
        my (undef, $told) = match(\@lost, \@consumer, '--clock', $_->[0]);
        is $told->{open}[0]{explained}{why} // '', $_->[1], "a clock that is seven minutes ahead, and --clock $_->[0]";
    }
    my @options = qw(--from 2020-01-01 --to 2020-01-02);
    is_deeply [@{ (match([], \@consumer, @options))[1]{counts} }{qw(consumer missing_at_provider)}], [0, 0],
        'what is not of the time that is asked for';
    is_deeply [@{ (match([], \@consumer, '--dienst', 'brk'))[1]{counts} }{qw(consumer missing_at_provider)}], [0, 0],
        'or of another dienst';
    ($exit, $result) = match([], \@consumer, '--limit', 2);
    is_deeply [scalar @{ $result->{open} }, $result->{counts}{missing_at_provider}], [2, 5], 'a limit to what is shown';
};

subtest 'diensten with two names' => sub {
    my @theirs = map {s/"type":"dienst","id":"brp"/"type":"dienst","id":"onze-brp"/r} @consumer;
    my @ours = @{ without(qr{/brp/8}, @provider) };
    my ($exit, $result) = match(\@ours, \@theirs);
    is_deeply $result->{open}[0]{differ}, ['dienst'], 'differ';
    my @names = ('--dienst-names', 'bag=adressen,brp=onze-brp');
    ($exit, $result) = match(\@ours, \@theirs, @names);
    is $exit, 0, 'unless both are told';
    is $result->{counts}{same}, 5, 'each call is the same';
    for my $name (qw(brp onze-brp)) {
        my $counts = (match(\@ours, \@theirs, @names, '--dienst', $name))[1]{counts};
        is_deeply [@{$counts}{qw(same consumer stayed)}], [5, 6, 1], "--dienst $name: by the name of either";
    }
};

subtest 'calls of one transaction that are alike' => sub {
    my $alike = sub {
        my ($left, @lines) = @_;
        return [map {s{/brp/7"}{/brp/6"}gr} @{ without($left, @lines) }];
    };
    my ($exit, $result) = match($alike->(qr{/brp/[68]"}, @provider), $alike->(qr{/brp/7"}, @consumer));
    is_deeply [sort map { $_->{missing} // 'differs' } @{ $result->{open} }], [qw(consumer provider)],
        'each log lacks another one';
};

subtest 'more than fits into memory' => sub {
    my ($ours) = grep {m{access_evaluation.*/brp/1"}} @provider;
    my ($theirs) = grep {m{access_evaluation.*/brp/1"}} @consumer;
    my $many = sub {
        my ($line, @numbers) = @_;
        my $long = 'x' x 8000;
        $line =~ s/"(?:path|on_behalf_of|doelbinding)":"|"type":"dienst","id":"|"action":\{"name":"/$&$long/g;
        return map { my $n = sprintf '%08x', $_; $line =~ s/(transaction_id":"[^"]{28})[^"]*/$1$n/r } @numbers;
    };
    my $tmp = GGI::Folder->new;
    local $ENV{TMPDIR} = "$tmp";
    my ($exit, $result) = match([$many->($ours, reverse 1 .. 900)], [$many->($theirs, 2 .. 901)]);
    is $exit, 1, 'two calls are open';
    is_deeply [@{ $result->{counts} }{qw(same missing_at_consumer missing_at_provider)}], [899, 1, 1],
        'all are matched';
    is_deeply [glob "$tmp/*"], [], 'nothing is left of what was written';
    local $ENV{TMPDIR} = "$tmp/none";
    my ($status, $said) = GGI::Folder::run($ggictl, qw(audit match), "$dir/provider.jsonl", "$dir/consumer.jsonl");
    like "$status $said", qr{^2 ggictl: \Q$tmp\E/none: no temporary file can be made: .*TMPDIR},
        'without a directory for it';
};

subtest 'what cannot be done' => sub {
    my $try = sub { my ($exit, $said) = GGI::Folder::run($ggictl, qw(audit match), @_); return "$exit $said" };
    my $log = "$dir/provider.jsonl";
    like $try->($log), qr/^2 ggictl: audit match: expected PROVIDER\.\.\. -- CONSUMER\.\.\.\n/, 'one log';
    like $try->($log, $log, $log), qr/^2 .*"--" stands between/, 'three, without what stands between both';
    like $try->($log, $log, '--'), qr/^2 .*"--" stands between/, 'none of the consumer';
    like $try->('--clock', $_, $log, $log), qr/^2 ggictl: --clock: expected a time of 1ms to 24h, .* not "\Q$_\E"/,
        "--clock $_" for '0s', '5', '25h', '-1s', 'x';
    like $try->('--dienst-names', 'brp=brk,x', $log, $log),
        qr/^2 ggictl: --dienst-names: expected PROVIDER=CONSUMER, .* and not "x"$/, 'a dienst with one name';
    $dir->file('provider.jsonl', @provider);
    $dir->file('consumer.jsonl', @consumer);
    like $try->("$dir/consumer.jsonl", '--', $log),
        qr/^2 ggictl: audit match: the first log is that of a consumer .*: expected PROVIDER\.\.\. -- CONSUMER\.\.\.$/,
        'the logs the other way round';
    like $try->($log, '--', $log), qr/^1 .*missing at the consumer/s, 'a log with itself';
    is + ($try->("$dir", '--', "$dir") =~ /^(\d)/)[0], 1, 'logs of both on each side';
    like $try->("$dir/none", '--', $log), qr/^2 ggictl: \Q$dir\E\/none/, 'one that is not there';
};

$consumer->stop;
$provider->stop;
done_testing;
