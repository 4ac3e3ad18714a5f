# SPDX-License-Identifier: EUPL-1.2
# ggi_status: what the gates of all workers count, and how old their sources are.
use strict;
use warnings;

use POSIX ();
use Test::More;
use Time::HiRes ();

use GGI::Curl qw(curl);
use GGI::Disk;
use GGI::Gate;
use GGI::Problem qw(allowed refused);
use GGI::Redis;

my $JSON = 'Accept: application/json';

# How many chains of the log have a record that opens them.
sub openings { my ($gate) = @_; return scalar(() = $gate->audit_text =~ /"ggi\.chain_opened"/g) }

# Samples of a Prometheus text: "name{labels}" => value; each line has to be one, or a comment.
sub samples {
    my ($text) = @_;
    my (%samples, %type, @faults);
    for my $line (split /\n/, $text, -1) {
        next if $line eq '';
        if ($line =~ /\A# TYPE (\w+) (counter|gauge|histogram)\z/) {
            push @faults, "twice: $line" if $type{$1}++;
        }
        elsif ($line =~ /\A((\w+)(?:\{(?:\w+="[^"\\]*",?)+\})?) (\d+(?:\.\d+)?)\z/) {
            my ($series, $name, $value) = ($1, $2, $3);
            push @faults, "no type: $line" unless $type{$name} || $type{ $name =~ s/_(?:bucket|sum|count)\z//r };
            push @faults, "twice: $line" if exists $samples{$series};
            $samples{$series} = $value;
        }
        elsif ($line !~ /\A# HELP \w+ \S/) {
            push @faults, $line;
        }
    }
    push @faults, 'no end of line' unless $text =~ /\n\z/;
    is_deeply \@faults, [], 'the Prometheus text is well-formed';
    return \%samples;
}

my $gate = GGI::Gate->new(
    workers => 2,
    networks => ['10.0.0.0/8,nowhere'],
    locations => <<'CONF',
        location / { ggi_dienst brp; proxy_pass http://api; }
        location /observe/ { ggi_dienst brp2; ggi_pkio observe; ggi_autorisatie observe; proxy_pass http://api; }
        location /off/ { ggi_dienst brp3; ggi_autorisatie off; ggi_audit off; proxy_pass http://api; }
        location /twice/ { ggi_dienst brp; error_page 502 = @second; proxy_pass http://127.0.0.1:1; }
        location @second { ggi_dienst brp2; proxy_pass http://api; }
CONF
    api => <<'CONF',
        location = /text { ggi_status prometheus; }
        location = /json { ggi_status json; }
CONF
    allow_errors => [qr/connect\(\) failed/, qr/exited on signal 9/],
);
my ($made) = time;
utime $made - 1000, $made - 1000, $gate->prefix . '/profielen.json' or die $!;
utime $made - 2000, $made - 2000, $gate->prefix . '/doelbindingen.json' or die $!;
$gate->start;

sub text { return curl($gate->url('/text', 2)) }

subtest 'before any call' => sub {
    $gate->wait_for(sub { $gate->status->{ggi_workers} == 2 }, 'both workers have begun');
    my $answer = text();
    is $answer->{status}, 200, 'answered';
    is $answer->{headers}{'content-type'}, 'text/plain; version=0.0.4; charset=utf-8', 'the type of the text format';
    my $samples = samples($answer->{body});
    is $samples->{"ggi_calls_total{dienst=\"$_\",decision=\"allowed\",reason=\"\"}"}, 0, "$_ begins at 0"
        for qw(brp brp2 brp3);
    is_deeply [grep {/(?:dienst|oin)=""/} sort keys %$samples], [], 'nothing of an unknown dienst or organisation yet';
    is $samples->{ggi_workers}, 2, 'both workers are seen';
    for ([autorisatie_file => 1000], [doelbinding_register => 2000], [netwerk_database => 0]) {
        my ($name, $age) = @$_;
        my $shown = time - ($samples->{"ggi_${name}_timestamp_seconds"} // 0);
        ok $shown >= $age && $shown < $age + 60, "the time of $name ($shown s ago)";
    }
    ok !exists $samples->{"ggi_$_"}, "no $_ where there is no source of it"
        for qw(redis_answer_timestamp_seconds pkio_crl_timestamp_seconds redis_connected functie_redis_gets_total
        autorisatie_stale_total provider_not_trusted_total), 'pkio_ocsp_answers_total{result="good"}';
};

subtest 'the reference has each metric' => sub {
    open my $file, '<', "$GGI::Nginx::ROOT/modules/dienst/README.md" or die $!;
    my $reference = do { local $/; <$file> };
    for my $name (text()->{body} =~ /^# TYPE (\w+)/mg) {
        like $reference, qr/^\|[^|]*`$name[`{][^|]*\| (?:counter|gauge|histogram) \|/m, $name;
    }
};

subtest 'calls are counted by dienst, decision and reason' => sub {
    allowed($gate->call('/x'), 'allowed') for 1 .. 7;
    refused(
        curl($gate->https('/x'), $gate->{pki}->client('caller', '--oin', $GGI::Gate::OIN)), 400, 'claim_missing',
        'no claim');
    refused($gate->call('/x', { as => [$gate->{pki}->anonymous] }), 403, 'certificate_missing', 'no certificate')
        for 1 .. 2;
    allowed($gate->call('/observe/x', { as => [$gate->{pki}->anonymous] }), 'observed') for 1 .. 3;
    allowed($gate->call('/off/x'), 'without audit');
    is curl($gate->https('/%zz'), $gate->caller_options)->{status}, 400, 'given up by nginx';

    my $samples = samples(text()->{body});
    my %expected = (
        'calls_total{dienst="brp",decision="allowed",reason=""}' => 7,
        'calls_total{dienst="brp",decision="refused",reason="claim_missing"}' => 1,
        'calls_total{dienst="brp",decision="refused",reason="certificate_missing"}' => 2,
        'calls_total{dienst="brp2",decision="allowed",reason=""}' => 3,
        'calls_would_refuse_total{dienst="brp2",reason="certificate_missing"}' => 3,
        'calls_total{dienst="brp3",decision="allowed",reason=""}' => 1,
        'calls_total{dienst="",decision="refused",reason="request_rejected"}' => 1,
        'audit_write_errors_total' => 0,
        'audit_lost_total' => 0,
        'audit_waiting_bytes' => 0,
    );
    is $samples->{"ggi_$_"}, $expected{$_}, $_ for sort keys %expected;
    $gate->since(14, 10);
    is $samples->{ggi_audit_records_total} - openings($gate), 24, 'records: 14 decisions, 10 completions';
};

subtest 'a redirect to another dienst is counted as it is recorded' => sub {
    allowed($gate->call('/twice/x'), 'by way of an error page');
    my $samples = samples(text()->{body});
    is $samples->{'ggi_calls_total{dienst="brp",decision="allowed",reason=""}'}, 8, 'a decision for the first dienst';
    is $samples->{'ggi_calls_total{dienst="brp2",decision="allowed",reason=""}'}, 4, 'and one for the second';
};

subtest 'forms' => sub {
    my $json = curl($gate->url('/json', 2));
    is $json->{headers}{'content-type'}, 'application/json', 'the JSON form';
    my $status = JSON::PP->new->utf8->decode($json->{body});
    is_deeply [map { $_->{dienst} } @{ $gate->counted($status) }], ['', qw(brp brp2 brp3)], 'all diensten';
    is_deeply $gate->counted($status)->[1], {
        dienst => 'brp', allowed => 8, refused => { claim_missing => 1, certificate_missing => 2 }, would_refuse => {},
        },
        'one of them';
    is_deeply $gate->counted($status)->[2]{would_refuse}, { certificate_missing => 3 }, 'what observation would refuse';
    is_deeply [grep { $_->{dienst} eq 'brp2' } @{ $status->{ggi_calls_would_refuse_total} }],
        [{ dienst => 'brp2', reason => 'certificate_missing', value => 3 }], 'a metric with labels';
    is $status->{ggi_workers}, 2, 'a metric without';

    like curl($gate->url('/ggi-status', 2))->{headers}{'content-type'}, qr{^text/plain},
        'text unless JSON is asked for';
    is curl($gate->url('/ggi-status', 2), -H => $JSON)->{headers}{'content-type'}, 'application/json',
        'JSON when it is';
    is curl($gate->url('/ggi-status', 2), -H => 'Accept: text/html', -H => $JSON)->{headers}{'content-type'},
        'application/json', 'also in the second of two headers';
    is curl($gate->url('/text', 2), -H => $JSON)->{headers}{'content-type'}, text()->{headers}{'content-type'},
        'not where the form is fixed';
    my $head = curl($gate->url('/text', 2), '--head');
    is $head->{body}, '', 'HEAD has no body';
    is $head->{status}, 200, 'and is answered';
    is curl($gate->url('/text', 2), '-d', 'x')->{status}, 405, 'POST is not';
};

subtest 'counters outlive a reload and a worker' => sub {
    my $conf = $gate->read('nginx.conf');
    my ($before) = map { $_->{allowed} } grep { $_->{dienst} eq 'brp' } @{ $gate->counted };
    my $records;
    $gate->write('nginx.conf', $conf =~ s/ggi_dienst brp3;/ggi_dienst brp4;/r);
    $gate->reload;
    my $status = $gate->status;
    is_deeply [map { $_->{dienst} } @{ $gate->counted($status) }], ['', qw(brp brp2 brp3 brp4)],
        'a new dienst, and the one that is gone';
    is $gate->counted($status)->[1]{allowed}, $before, 'counts go on';
    my $lines = sub { return $gate->audit_text =~ tr/\n// };
    $records = $status->{ggi_audit_records_total};
    is $records, $lines->(), 'and those of the workers before';

    my ($worker) = $gate->workers;
    kill KILL => $worker;
    $gate->wait_for(
        sub {
            my @now = $gate->workers;
            @now == 2 && !grep { $_ == $worker } @now;
        },
        'another worker');
    $gate->wait_for(sub { $gate->status->{ggi_workers} == 2 }, 'a worker that crashed is not counted');
    is $gate->status->{ggi_audit_records_total}, $records, 'nothing is lost by it';
    allowed($gate->call('/x'), 'a call') for 1 .. 4;
    is $gate->counted->[1]{allowed}, $before + 4, 'the new one counts on';
    $gate->write('nginx.conf', $conf);
};
$gate->stop;

subtest 'Redis' => sub {
    my $redis = GGI::Redis->new;
    $redis->cli(
        'SET', "ggi:profiel:$GGI::Gate::OIN",
        JSON::PP->new->utf8->encode(JSON::PP->new->utf8->decode($GGI::Gate::PROFILES)->[0]));
    my $warm =
        GGI::Gate->new(redis => $redis->url, allow_errors => [qr/redis/], zone => 'profielen:1m ttl=5s stale=10m');
    $warm->start;
    my $seen = sub { my ($name) = @_; return $warm->status->{"ggi_$name"} };
    my $looked_up = sub { return $warm->metric_by('autorisatie_lookups_total', 'result') };

    $warm->wait_for(
        sub { $seen->('redis_connected') == 1 && $seen->('redis_subscribed') == 1 },
        'both connections are up');
    allowed($warm->call('/x'), 'a call') for 1 .. 3;
    is_deeply $looked_up->(), { hit => 2, none => 0, faulty => 0, expired => 0, miss => 1 },
        'one miss, then hits';
    is $seen->('redis_gets_total'), 1, 'one GET';
    ok time - $seen->('redis_answer_timestamp_seconds') < 30, 'Redis has just answered';
    ok !defined $seen->('autorisatie_file_timestamp_seconds'), 'there is no file';

    my $stranger = [$warm->{pki}->client('stranger', '--oin', '00000001002564440000')];
    refused($warm->call('/x', { as => $stranger }), 403, 'profile_not_found', 'a stranger') for 1 .. 2;
    is $looked_up->()->{none}, 1, 'that there is none is remembered';
    $redis->cli('SET', 'ggi:profiel:00000001002564440000', '{');
    $redis->cli('PUBLISH', 'ggi:profiel:gewijzigd', '00000001002564440000');
    $warm->wait_for(sub { $warm->call('/x', { as => $stranger })->{status} == 503 }, 'the change');
    my $none = $looked_up->()->{none};
    refused($warm->call('/x', { as => $stranger }), 503, 'profile_unavailable', 'a faulty profile');
    is_deeply [@{ $looked_up->() }{qw(none faulty)}], [$none, 1],
        'that it is faulty is remembered, and counted as that';

    $redis->stop;
    $warm->wait_for(sub { $seen->('redis_connected') == 0 && $seen->('redis_subscribed') == 0 }, 'both are down');
    ok $seen->('redis_failures_total') >= 2, 'failures are counted';
    my $stale = sub { allowed($warm->call('/x'), 'a stale profile serves'); return $seen->('autorisatie_stale_total') };
    $warm->wait_for($stale, 'the end of ttl');
    is $seen->('autorisatie_stale_total'), 1, 'which is counted';
    is $looked_up->()->{expired}, 1, 'as an expired one';
    $warm->stop;
};

subtest 'an audit log that cannot be written' => sub {
    plan skip_all => $GGI::Disk::WHY if !GGI::Disk->available;
    my $disk = GGI::Disk->new;
    $disk->fill;
    my $full = GGI::Gate->new(log => $disk->path . '/audit.jsonl', allow_errors => [qr/audit/]);
    $full->start;
    refused($full->call('/x'), 503, 'audit_unavailable', 'refused');
    my $status = $full->status;
    ok $status->{ggi_audit_write_errors_total} >= 1, 'the error is counted';
    ok $status->{ggi_audit_waiting_bytes} > 500, 'the record waits';
    is $status->{ggi_audit_records_total}, 0, 'and is not counted as written';
    is_deeply $full->counted($status)->[0]{refused}, { audit_unavailable => 1 },
        'the call is counted once, for what came of it';
    $full->stop;
};

subtest 'CRLs' => sub {
    my $pki = GGI::Pki->new;
    $pki->run('crls', $pki->dir . '/crl');
    my $crl = GGI::Gate->new(pki => $pki, more => 'ggi_pkio_crl ' . $pki->dir . '/crl;');
    $crl->start;
    my $issued = $crl->status->{ggi_pkio_crl_timestamp_seconds};
    ok defined $issued && time - $issued < 3600, 'when the oldest list was issued';
    $crl->stop;
};

subtest 'callers whose certificate expires soon' => sub {
    my $expiry = 'ggi_pkio_client_certificate_expiry_timestamp_seconds';
    my $soon = GGI::Gate->new(
        workers => 2,
        locations => <<'CONF',
        location / { ggi_dienst brp; ggi_autorisatie off; proxy_pass http://api; }
        location /profile/ { ggi_dienst brp; proxy_pass http://api; }
        location /policy/ { ggi_dienst brp; ggi_pkio_policy 1.2.3.4; ggi_autorisatie off; proxy_pass http://api; }
        location /observe/ { ggi_dienst brp; ggi_pkio observe; ggi_autorisatie off; proxy_pass http://api; }
CONF
        api => 'location = /text { ggi_status prometheus; } location = /json { ggi_status json; }',
    );
    $soon->start;
    my $now = time;
    my $number = 0;
    my $oin = sub { return sprintf '00000001%09d000', ++$number };

    # A certificate that expires in so many days, and when that is
    my $leaf = sub {
        my ($name, $oin, $days, @options) = @_;
        my $until = $now + $days * 86_400;
        my $text = POSIX::strftime('%Y%m%d%H%M%SZ', gmtime $until);
        return ([$soon->{pki}->client($name, '--oin', $oin, '--not-after', $text, @options)], $until);
    };
    my $shown = sub { return $soon->metric_by('pkio_client_certificate_expiry_timestamp_seconds', 'oin') };
    is_deeply $shown->(), {}, 'none before any call';
    my %expected;
    for my $case (
        ['soon', 10, '/x', 1], ['sooner', 1, '/x', 1], ['within', 29.9, '/x', 1], ['beyond', 30.2, '/x', 0],
        ['later', 300, '/x', 0], ['refused by its profile', 5, '/profile/x', 1],
        ['refused by its policy', 5, '/policy/x', 0],
        ['observed', 5, '/observe/x', 1]
    ) {
        my ($name, $days, $path, $counts) = @$case;
        my $caller = $oin->();
        my ($as, $until) = $leaf->($name =~ tr/ /-/r, $caller, $days);
        $soon->call($path, { as => $as }) for 1 .. 3;
        $expected{$caller} = $until if $counts;
        is_deeply $shown->(), \%expected, "$name, $days days: " . ($counts ? 'shown' : 'not shown');
    }
    my $untrusted = GGI::Pki->new;
    my $tomorrow = POSIX::strftime('%Y%m%d%H%M%SZ', gmtime $now + 86_400);
    my @strange = $untrusted->client('strange', '--oin', $oin->(), '--not-after', $tomorrow);
    $soon->call($_, { as => [$soon->{pki}->anonymous, @strange[2 .. 5]] }) for '/x', '/observe/x';
    is_deeply $shown->(), \%expected, 'nor one that is not trusted, though the gate observes';

    # an organisation that renews its certificate on one of two machines
    my $two = $oin->();
    my ($old, $first) = $leaf->('old', $two, 3);
    my ($new) = $leaf->('new', $two, 20);
    $soon->call('/x', { as => $_ }) for $new, $old, $new, $new;
    is_deeply $shown->(), { %expected, $two => $first }, 'of two certificates the one that expires first';
    $soon->reload;
    is_deeply $shown->(), { %expected, $two => $first }, 'also after a reload';

    my $samples = samples(curl($soon->url('/text', 2))->{body});
    is_deeply {
        map { /^\Q$expiry\E\{oin="(\w+)"\}$/ ? ($1 => $samples->{$_}) : () } keys %$samples
    }, { %expected, $two => $first }, 'in the text too';
    $soon->stop;
};

subtest 'configuration' => sub {
    my $refuses = sub {
        my ($location, $message, $name) = @_;
        return GGI::Gate->refuses($name, $message, api => "location /s { $location }");
    };
    $refuses->(
        'ggi_status xml;', qr/invalid form "xml": expected "prometheus", "json", "html", or nothing/,
        'an unknown form');
    $refuses->('ggi_status; ggi_status;', qr/"ggi_status" directive is duplicate/, 'twice');
    $refuses->(
        'proxy_pass http://api; ggi_status;',
        qr/"ggi_status" directive is in a location that something else answers/, 'beside proxy_pass');
};

done_testing;
