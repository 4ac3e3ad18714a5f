# SPDX-License-Identifier: EUPL-1.2
# Both gates of a call, the consumer's and two of the provider, with an API behind them: many calls of all kinds, while
# the provider's gates die, stop and are started again. What "ggictl audit match" makes of the logs of both has to be
# what the clients, the API and the records themselves tell.
#
#   GGI_BOTH_CALLS=5000 GGI_BOTH_SEED=2 prove -It/lib t/101-both.t
use strict;
use warnings;

use List::Util qw(min shuffle);
use Test::More;
use Time::HiRes qw(sleep time);

use GGI::Audit qw(match_logs);
use GGI::Clients;
use GGI::Folder ();
use GGI::Gate;
use GGI::Nginx;
use GGI::Slow ();

my $calls = $ENV{GGI_BOTH_CALLS} // (GGI::Nginx::under_instrument() ? 300 : 600);
my $seed = $ENV{GGI_BOTH_SEED} // 1;
srand $seed;
diag "$calls calls, seed $seed" if $ENV{GGI_BOTH_CALLS} || $ENV{GGI_BOTH_SEED};

my ($own, $provider_oin) = ($GGI::Gate::OIN, '00000004000000068000');
my $pki = GGI::Pki->new;
my $roots = $pki->dir . '/roots.pem';
my $caller = $pki->leaf('caller', '--oin', $own);
my $right = $pki->leaf('provider', '--oin', $provider_oin, '--san', 'DNS:api.example');
my $wrong = $pki->leaf('wrong', '--oin', '00000001002564440000', '--san', 'DNS:api.example');
my $entries = join ', ',
    map {qq({ "id": "$_", "doel": "x", "grondslag": { "avg": "6.1.e" }, "diensten": ["brp"] })}
    qw(BRPACT-AlgemeneTaken Niet-in-profiel);
my $inside = q({ "id": "Parkeren", "extern": "BRPACT-AlgemeneTaken", "doel": "x", "grondslag": { "avg": "6.1.e" },
    "diensten": ["brp"] });

# The API: its log tells which of the provider's gates a request came through, and in which span.
my $hanging = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 4096) or die "socket: $!\n";
my $api = GGI::Nginx->new(
    modules => [],
    workers => 2,
    http => <<"CONF");
    log_format api '\$http_x_via \$http_fsc_transaction_id \$http_traceparent \$status';
    keepalive_requests 100000;
    server {
        listen 127.0.0.1:%%PORT%% backlog=4096;
        access_log %%PREFIX%%/logs/api.log api;
        location / { return 200 "ok\\n"; }
        location /brp/open/big/ { root %%PREFIX%%; try_files /big =404; }
        location /brp/open/late/ {
            proxy_pass http://127.0.0.1:@{[ $hanging->sockport ]};
            proxy_read_timeout 200ms;
            error_page 504 =200 /late;
        }
        location = /late { internal; return 200 "late\\n"; }
    }
CONF
$api->write('big', 'x' x 300000);
$api->start;

my @dies = (qr/exited on signal 9/, qr/could not be closed|SSL_shutdown|SSL_do_handshake/);

# One of the provider's gates.
sub provider {
    my ($name, $durability) = @_;
    return GGI::Gate->new(
        tls => 0,
        workers => 2,
        pki => $pki,
        listen => 'listen 127.0.0.1:%%PORT%% ssl backlog=4096;',
        log => "%%PREFIX%%/logs/$name.jsonl durability=$durability",
        profiles => $GGI::Gate::PROFILES =~ s{/\*\*}{/brp/open/**}gr,
        register => qq({ "versie": "1", "doelbindingen": [$entries] }),
        organisation => qq(ggi_dienst_organisation $provider_oin "Basisregistratie";),
        allow_errors => \@dies,
        server => $pki->server =~ s/server\.(pem|key)/provider.$1/gr,
        more => "upstream behind { server 127.0.0.1:@{[ $api->port ]}; keepalive 8; }",
        locations => <<"CONF");
        location / {
            ggi_dienst brp;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header X-Via $name;
            proxy_pass http://behind;
        }
CONF
}
my %provider = (a => provider('a', 'written')->start, b => provider('b', 'buffered')->start);
my %servers = map { $_ => 'server 127.0.0.1:' . $provider{$_}->port . ' max_fails=0;' } keys %provider;
my ($connect, $read) = map { int($_ * $GGI::Slow::FACTOR) . 'ms' } 2000, 800;
my $pass = "ggi_dienst brp role=afnemer; ggi_functie_aanbieder $provider_oin; proxy_pass";

my $consumer = GGI::Gate->new(
    tls => 0,
    workers => 2,
    pki => $pki,
    gates => [qw(doelbinding audit)],
    listen => 'listen 127.0.0.1:%%PORT%% backlog=4096; listen 127.0.0.1:%%PORT3%% http2 backlog=4096;',
    log => '%%PREFIX%%/logs/consumer.jsonl',
    functions => <<'JSON',
[ { "toepassing": "zaaksysteem", "versie": 3, "functies": { "parkeren": { "diensten": { "brp": {
    "methoden": ["GET", "POST"], "paden": ["/brp/**"],
    "doelbindingen": ["BRPACT-AlgemeneTaken", "Parkeren", "Niet-in-profiel"] } } } } } ]
JSON
    register => qq({ "versie": "1", "doelbindingen": [$entries, $inside] }),
    organisation => "ggi_dienst_organisation $own Gemeente;",
    allow_errors => [qr/upstream SSL certificate|the provider is not trusted|SSL_do_handshake|SSL_shutdown/],
    more => <<"CONF",
    upstream both { $servers{a} $servers{b} keepalive 8; }
    upstream one { $servers{b} keepalive 8; }
    server {
        listen 127.0.0.1:%%PORT5%% ssl;
        ssl_certificate $wrong.pem;
        ssl_certificate_key $wrong.key;
        location / { return 200 wrong; }
    }
CONF
    server => <<"CONF",
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_connect_timeout $connect;
        proxy_read_timeout $read;
        proxy_ssl_certificate $caller.pem;
        proxy_ssl_certificate_key $caller.key;
        proxy_ssl_trusted_certificate $roots;
        proxy_ssl_verify on;
        proxy_ssl_name api.example;
        proxy_ssl_verify_depth 4;
CONF
    locations => <<"CONF")->start;
        location /brp/ { $pass https://both; }
        location /brp/open/one/ { $pass https://one; }
        location /brp/open/nowhere/ { $pass https://127.0.0.1:%%PORT7%%; }
        location /brp/open/wrong/ { $pass https://127.0.0.1:%%PORT5%%; }
CONF

# The kinds of calls: how many in a hundred there are; their path; whether the client waits; and other headers.
my %kinds = (
    ok => [34, 'open/x'], post => [8, 'open/x', 'whole', {}, 'x' x 2000], one => [10, 'open/one'],
    late => [5, 'open/late'], twin => [8, 'open/x'], purpose => [4, 'open/x', 'whole', { Doelbinding => 'Parkeren' }],
    function => [3, 'open/x', 'whole', { Functie => 'geen' }], user => [2, 'open/x', 'whole', { Gebruiker => undef }],
    claim => [2, 'open/x', 'whole', { Doelbinding => 'Onbekend' }], closed => [4, 'closed'],
    profile => [4, 'open/x', 'whole', { Doelbinding => 'Niet-in-profiel' }],
    abort => [5, 'open/late', 'abort'], leave => [4, 'open/big', 'leave'],
    part => [2, 'open/x', 'part', {}, 'x' x 4000],
    nowhere => [2, 'open/nowhere'], wrong => [3, 'open/wrong'],
);
my %answer = (
    function => '403 function_unknown', user => '400 user_missing', claim => '403 claim_unknown',
    closed => '403 path_not_authorised', profile => '403 claim_not_in_profile', nowhere => '502 ',
    wrong => '502 provider_not_trusted',
);
my %stays = map { $_ => 1 } qw(function user claim part);

sub transaction { return '01900000-0000-7000-8000-' . sprintf '%012x', $_[0] }

# A call of a kind; three twins follow each other in one transaction, and are the same in all.
sub planned {
    my ($n, $kind, $t) = @_;
    my (undef, $path, $how, $other, $body) = @{ $kinds{$kind} };
    my %headers = (
        Toepassing => 'zaaksysteem', Gebruiker => 'jan', Functie => 'parkeren', Doelbinding => 'BRPACT-AlgemeneTaken',
        %{ $other // {} });
    return {
        n => $n, kind => $kind, transaction => transaction($t), path => "/brp/$path/$t", how => $how // 'whole',
        method => defined $body ? 'POST' : 'GET', body => $body,
        headers => [
            ['Fsc-Transaction-Id', transaction($t)],
            map { ["X-$_", $headers{$_}] } grep { defined $headers{$_} } sort keys %headers],
    };
}

my @of_kind = map { ($_) x ($kinds{$_}[0] / ($_ eq 'twin' ? 3 : 1) + 0.5) } sort keys %kinds;
my (@plan, @runs);
while (@plan < $calls) {
    my $kind = $of_kind[rand @of_kind];
    my $t = @plan + 1;
    push @plan, planned(scalar @plan, $kind, $t) for 1 .. ($kind eq 'twin' ? 3 : 1);
}
my %plan = map { $_->{n} => $_ } @plan;
for (my $i = 0; $i < @plan;) {
    my $n = min(1 + int rand 12, @plan - $i);
    push @runs, [(qw(kept new h2))[rand 3], @plan[$i .. $i + $n - 1]];
    $i += $n;
}

# What happens to the provider's gates, by the number of calls that are over.
sub killed { my ($gate) = @_; kill 'KILL', $gate->workers; return }

# Its records are looked at in the end, which takes longer than it is to be away.
sub restarted { my ($gate) = @_; $gate->GGI::Nginx::stop; sleep 0.3; $gate->start; return }

my %paused;

sub paused {
    my ($gate, $name) = @_;
    my @workers = $gate->workers;
    kill 'STOP', @workers;
    $paused{$name} = [time + 1 * $GGI::Slow::FACTOR, @workers];
    return;
}

sub go_on {
    my ($all) = @_;
    for my $name (keys %paused) {
        my ($until, @workers) = @{ $paused{$name} };
        next if time < $until && !$all;
        kill 'CONT', @workers;
        delete $paused{$name};
    }
    return;
}

my @events = ([\&killed, 'b'], [\&killed, 'a'], [\&paused, 'a'], [\&restarted, 'b'], [\&killed, 'b']);
push @events, [(\&killed, \&killed, \&killed, \&paused, \&restarted)[rand 5], (qw(a b))[rand 2]] for 1 .. @plan / 150;
my @at = map { int(@plan * $_ / (@events + 1)) } 1 .. @events;

my $begun = time;
my $clients = GGI::Clients->new({ h1 => $consumer->port, h2 => $consumer->port(3) }, 8, @runs);
while (!$clients->over) {
    go_on();
    while (@at && keys %{ $clients->answers } >= $at[0]) {
        my ($event, $name) = @{ shift @events };
        shift @at;
        go_on(1) if $paused{$name};
        $event->($provider{$name}, $name);
    }
}
go_on(1);
my $took = time - $begun;
is $clients->failed, 0, 'each client comes to its end';
my %got = %{ $clients->answers };
is scalar keys %got, scalar @plan, 'each call is over';
is $consumer->status->{ggi_provider_not_trusted_total}, scalar(grep { $_->[1] eq 'provider_not_trusted' } values %got),
    'those to a wrong provider are counted';
$_->stop for $consumer, values %provider, $api;

# What the logs tell, by other means than those of ggictl.
sub logged {
    my ($text) = @_;
    my (@decisions, %ended);
    for my $line (split /\n/, $text) {
        my ($event) = $line =~ /"event_name":"([^"]+)"/;
        my ($span) = $line =~ /"span_id":"(\w+)"/;
        my ($parent) = $line =~ /"parent_span_id":"(\w+)"/;
        my ($t) = $line =~ /"ggi.transaction_id":"([^"]+)"/;
        if ($event eq 'adl.access_evaluation') {
            my ($child) = $line =~ /"ggi.api.span_id":"(\w+)"/;
            my ($reason) = $line =~ /"reason":"(\w+)"/;
            my ($time) = $line =~ /"timestamp":(\d+)/;
            push @decisions,
                { span => $span, parent => $parent, t => $t, child => $child, reason => $reason, time => $time };
        }
        elsif ($event eq 'ggi.call_completed') {
            my ($status) = $line =~ /"http.response.status_code":(\d+)/;
            my ($answer) = $line =~ /"ggi.upstream.status_code":(\d+)/;
            my ($provider) = $line =~ /"ggi.provider.oin":"(\d+)"/;
            $ended{$parent} = {
                status => $status // 0, answer => $answer // 0, left => $line =~ /"server.address"/ ? 1 : 0,
                provider => $provider // '',
            };
        }
    }
    $_->{end} = $ended{ $_->{span} } for @decisions;
    return @decisions;
}

my %text = (consumer => $consumer->audit_text, map { $_ => $provider{$_}->audit_text } keys %provider);
my @consumer = logged($text{consumer});
my %at = map { $_ => [logged($text{$_})] } keys %provider;
my (%of_transaction, %of_span);
push @{ $of_transaction{ $_->{t} } }, $_ for @consumer;
for my $name (sort keys %at) {
    push @{ $of_span{ $_->{parent} } }, { %$_, via => $name } for @{ $at{$name} };
}

subtest 'the clients and the consumer' => sub {
    my (@faults, %planned, %seen);
    push @{ $planned{ $_->{transaction} } }, $_ for @plan;
    for my $t (sort keys %planned) {
        my @told = @{ $of_transaction{$t} // [] };
        my @made = @{ $planned{$t} };
        push @faults, "$t: " . @told . ' decisions about ' . @made . ' calls' if @told != @made;
        next if $made[0]{how} ne 'whole';
        for my $call (@made) {
            my ($status, $reason, $how) = @{ $got{ $call->{n} } };
            $seen{ $call->{kind} }{"$status $reason"}++;
            push @faults, "$t: $call->{kind} ended $how" if $how ne 'whole';
        }
        my @statuses = sort map { $_->{end} ? $_->{end}{status} : $_->{reason} } @told;
        my @answers = sort map { $stays{ $_->{kind} } ? $got{ $_->{n} }[1] : $got{ $_->{n} }[0] } @made;
        push @faults, "$t: $made[0]{kind}: the clients saw @answers, recorded are @statuses"
            if "@answers" ne "@statuses";
    }
    my %other = map { $_ => 1 } keys %of_transaction;
    delete @other{ keys %planned };
    push @faults, "$_: nobody made it" for sort keys %other;
    is_deeply \@faults, [], 'each call has its decision and its status';
    my @wrong = grep {
        my $kind = $_;
        my $always = $answer{$kind} // '200 ';
        my $slow = $kind eq 'wrong' ? qr/504 / : qr/50[24] /;
        my $may = $stays{$kind} ? qr/\A\Q$always\E\z/ : qr/\A(?:\Q$always\E|$slow)\z/;
        grep { $_ !~ $may } keys %{ $seen{$kind} }
    } sort keys %seen;
    is_deeply \@wrong, [], 'each kind has its answer' or diag explain \%seen;
    note explain \%seen;
};

# The log of the API against that of the gates: what came through the gate that writes at once is in its log.
subtest 'the provider and the API' => sub {
    my %let = map {
        my $name = $_;
        $name => { map { $_->{child} // '' => 1 } @{ $at{$name} } }
    } keys %at;
    my %lost = (a => 0, b => 0);
    my %came = (a => 0, b => 0);
    for my $line (split /\n/, $api->read('logs/api.log')) {
        my ($via, undef, $span) = $line =~ /\A(\w) (\S+) \w+-\w+-(\w+)-\w+ /;
        $came{$via}++;
        $lost{$via}++ unless $let{$via}{$span};
    }
    is $lost{a}, 0, 'the API got nothing that is not in the log of a gate that writes before';
    note "the API got $came{a} by one and $came{b} by the other gate, of which $lost{b} are not in its log";
    cmp_ok $came{$_}, '>', 0, "by gate $_" for qw(a b);
};

# A call of which the consumer got no answer that is the API's own may be unknown to the provider.
sub unreached { my ($end) = @_; return $end->{answer} == 0 || $end->{answer} =~ /\A50[24]\z/ }

# What has to become of the calls of both logs.
my (%truth, %open, %whole);
for my $call (@consumer) {
    my $end = $call->{end};
    my @there = $call->{child} ? @{ delete $of_span{ $call->{child} } // [] } : ();
    if (@there) {
        $truth{same}++;
        $truth{repeated} += @there - 1;
        $truth{consumer}++;
        $truth{provider} += @there;
        push @{ $whole{ $call->{t} } }, $call if @there == 1 && $end && !unreached($end);
    }
    elsif ($call->{reason} || ($end && !$end->{left})) { $truth{stayed}++ }
    elsif ($end->{provider} ne '' && $end->{provider} ne $provider_oin) { $truth{elsewhere}++ }
    elsif (unreached($end)) { $truth{unreached}++; $truth{consumer}++ }
    else {
        $truth{consumer}++;
        $truth{missing_at_provider}++;
        push @{ $open{ $call->{t} } }, $call;
    }
}
is_deeply [sort keys %of_span], [], 'the provider got nothing else';

my $dir = GGI::Folder->new;
mkdir "$dir/$_" for qw(provider consumer);

# Writes the logs of both, and matches them. Returns the exit status, and the result.
sub match {
    my ($ours, $theirs, @options) = @_;
    $dir->file('provider/audit.jsonl', @$ours);
    $dir->file('consumer/audit.jsonl', @$theirs);
    return match_logs("$dir/provider", "$dir/consumer", @options);
}

my @provider_lines = map { split /^/, $text{$_} } sort keys %provider;
my @consumer_lines = split /^/, $text{consumer};

subtest 'what ggictl makes of both' => sub {
    my ($exit, $result) = match(\@provider_lines, \@consumer_lines);
    my %counts = %{ $result->{counts} // {} };
    my @names = qw(consumer provider same different missing_at_provider missing_at_consumer explained stayed unreached
        repeated others elsewhere);
    my %expected = (
        (map { $_ => 0 } @names), %truth,
        explained => $truth{missing_at_provider} // 0);
    is_deeply {
        map { $_ => $counts{$_} } @names
    }, \%expected, 'each call is counted where it belongs';
    is $exit, $truth{missing_at_provider} ? 1 : 0, 'the exit status';
    my %of_chain;
    for my $line (@provider_lines) {
        my ($chain) = $line =~ /"ggi.chain.id":"([^"]+)"/;
        $of_chain{$chain}{closed} = 1 if $line =~ /"event_name":"ggi.chain_closed"/;
        $of_chain{$chain}{last} = $1 if $line =~ /"timestamp":(\d+)/;
    }
    my @faults;
    my %lost = map { $_ => [@{ $open{$_} }] } keys %open;
    for my $call (@{ $result->{open} }) {
        my ($t, $why) = ($call->{transaction}, $call->{explained});
        my $truly = shift @{ $lost{$t} // [] };
        if (!$truly || ($call->{missing} // '') ne 'provider') {
            push @faults, "$t is not to be open: " . JSON::PP->new->canonical->encode($call);
        }
        elsif (($why->{why} // '') !~ /crash|gap/ || ($why->{chain} && $of_chain{ $why->{chain} }{closed})) {
            push @faults, "$t: " . JSON::PP->new->canonical->allow_nonref->encode($why);
        }
    }
    push @faults, map {"$_ is to be open"} grep { @{ $lost{$_} } } sort keys %lost;
    is_deeply \@faults, [], 'what is open is what was lost with a worker';
    my %also = (took => sprintf('%.1f', $took), %counts);
    note explain \%also;
    diag join ' ', map { "$_=" . (ref $also{$_} ? "[@{ $also{$_} }]" : $also{$_}) } sort keys %also
        if $ENV{GGI_BOTH_CALLS};
};

# Calls of which one log loses its records, and twins of which each log loses those of another one.
subtest 'records that are taken away' => sub {
    my @single = shuffle grep { @{ $whole{$_} } == 1 } sort keys %whole;
    my @twins = shuffle grep { @{ $whole{$_} } == 3 } sort keys %whole;
    cmp_ok scalar @$_, '>=', 3, 'there are enough calls' for \@single, \@twins;
    my (%ours, %theirs, @expected);
    for my $t (@single[0 .. 2], @twins[0 .. 2]) {
        $ours{ $whole{$t}[0]{child} } = 1;
        push @expected, "$t provider";
    }
    for my $t (@single[3 .. 5], @twins[0 .. 2]) {
        my $call = $whole{$t}[-1];
        @theirs{ grep {defined} @{$call}{qw(span child)} } = (1, 1);
        push @expected, "$t consumer";
    }
    my %gone = map { $_->{span} => 1 } map {
        grep { $ours{ $_->{parent} // '' } }
            @{ $at{$_} }
    } keys %at;
    my $without = sub {
        my ($gone, @lines) = @_;
        return [grep { !(/"span_id":"(\w+)"/ && $gone->{$1}) && !(/"parent_span_id":"(\w+)"/ && $gone->{$1}) } @lines];
    };
    my ($exit, $result) = match($without->(\%gone, @provider_lines), $without->(\%theirs, @consumer_lines));
    is $exit, 1, 'calls are open';
    my @lost = map {"$_ provider"} map { ($_) x @{ $open{$_} } } keys %open;
    is_deeply [sort map { "$_->{transaction} " . ($_->{missing} // 'differs') } @{ $result->{open} }],
        [sort @expected, @lost], 'those';
    is_deeply [map { $_->{explained} ? () : $_->{transaction} } @{ $result->{open} }], [],
        'and the log that lacks them tells why';
};

done_testing;
