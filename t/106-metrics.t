# SPDX-License-Identifier: EUPL-1.2
# The metrics by the conventions of Prometheus, judged by promtool: durations, APIs, organisations, modes, expiry.
use strict;
use warnings;

use IPC::Open3 qw(open3);
use JSON::PP ();
use Test::More;

use GGI::Conf ();
use GGI::Curl qw(curl);
use GGI::Folder ();
use GGI::Gate;
use GGI::Nginx;
use GGI::Problem qw(allowed refused);
use GGI::Slow qw(sleep);

plan skip_all => 'says nothing about C code' if GGI::Nginx::under_instrument();
system("$GGI::Nginx::ROOT/scripts/setup", 'prometheus') == 0 or die "prometheus cannot be installed\n";

# What promtool says of a text on its standard input, and its exit status.
sub promtool {
    my ($text, @arguments) = @_;
    my $pid = open3(my $in, my $out, undef, 'promtool', @arguments);
    print $in $text;
    close $in or die $!;
    my $said = do { local $/; <$out> };
    waitpid $pid, 0;
    return ($? >> 8, $said // '');
}

my $gate = GGI::Gate->new(
    odd => 1,
    locations => <<'CONF',
        location / { ggi_dienst brp; proxy_pass http://api; }
        location /gone/ { ggi_dienst brp; proxy_pass http://127.0.0.1:1; }
        location /slow/ { ggi_dienst brp; proxy_pass http://127.0.0.1:%%PORT9%%; }
        location /observe/ { ggi_dienst brp2; ggi_pkio observe; ggi_autorisatie off; proxy_pass http://api; }
CONF
    api => 'location = /text { ggi_status prometheus; } location = /missing { return 404; }',
    allow_errors => [qr/connect\(\) failed/],
);
my $began = time;
$gate->start;

# The samples of a metric in JSON, by some of their labels: { 'a b' => value }.
sub by {
    my ($name, @labels) = @_;
    return { map { join(' ', @$_{@labels}) => $_->{value} } @{ $gate->status->{"ggi_$name"} } };
}

subtest 'what an API answers, and how long it takes' => sub {
    allowed($gate->call('/x'), 'allowed') for 1 .. 3;
    is $gate->call('/missing')->{status}, 404, 'the API knows nothing of it';
    is $gate->call('/gone/x')->{status}, 502, 'the API is gone';
    is $gate->call('/slow/late')->{status}, 200, 'the API takes its time';
    refused($gate->call('/x', { as => [$gate->{pki}->anonymous] }), 403, 'certificate_missing', 'no certificate');
    $gate->since(7, 6);
    is_deeply by('upstream_responses_total', qw(dienst class)), { 'brp 2xx' => 4, 'brp 4xx' => 1, 'brp 5xx' => 1 },
        'each is counted by its class';

    my ($calls) = grep { $_->{dienst} eq 'brp' } @{ $gate->status->{ggi_call_duration_seconds} };
    my ($judged) = grep { $_->{dienst} eq 'brp' } @{ $gate->status->{ggi_judging_duration_seconds} };
    is $calls->{count}, 6, 'calls that were let through are timed';
    is $calls->{bucket}{'+Inf'}, 6, 'all of them are in the last bucket';
    cmp_ok $calls->{bucket}{0.25}, '<=', 5, 'the slow one is not below a quarter of a second';
    cmp_ok $calls->{sum}, '>=', 0.4, 'and is in the sum';
    is $judged->{count}, 7, 'the gates have decided about all calls';
    cmp_ok $judged->{sum}, '<', $calls->{sum} - 0.3, 'and the slow API is not in their time';
};

subtest 'organisations' => sub {
    is_deeply by('organisation_calls_total', qw(oin decision reason)),
        { "$GGI::Gate::OIN allowed " => 6, ' refused certificate_missing' => 1 },
        'calls by organisation, and those of nobody';
    my $other = '00000001002564440000';
    refused($gate->call('/x', { as => [$gate->{pki}->client('other', '--oin', $other)] }), 403, 'profile_not_found', $_)
        for 1 .. 2;
    is by('organisation_calls_total', qw(oin reason))->{"$other profile_not_found"}, 2, 'another organisation';
    my $before = by('organisation_calls_total', qw(oin reason));
    $gate->reload;
    is_deeply by('organisation_calls_total', qw(oin reason)), $before, 'a reload changes nothing of it';
    my ($calls) = grep { $_->{dienst} eq 'brp' } @{ $gate->status->{ggi_call_duration_seconds} };
    is $calls->{count}, 6, 'nor of durations';
};

subtest 'the configuration' => sub {
    my $modes = by('gate_locations', qw(dienst gate mode));
    is_deeply [@$modes{ 'brp pkio on', 'brp audit on', 'brp2 pkio observe', 'brp2 autorisatie off' }], [3, 3, 1, 1],
        'in how many locations a gate has a mode';
    ok !exists $modes->{'brp functie on'}, 'nothing of a gate of the other role';
    my $read = $gate->status->{ggi_config_last_reload_success_timestamp_seconds};
    ok $read >= $began && $read <= time, 'when it was read';
    sleep 1.1;
    my $conf = $gate->read('nginx.conf');
    $gate->reload;
    my $again = $gate->status->{ggi_config_last_reload_success_timestamp_seconds};
    cmp_ok $again, '>', $read, 'a reload is seen';

    my $servers = $gate->metric_by('pkio_server_certificate_expiry_timestamp_seconds', 'subject');
    my $cas = $gate->metric_by('pkio_ca_expiry_timestamp_seconds', 'subject');
    is scalar(keys %$servers), 1, 'the certificate of the server';
    cmp_ok scalar(keys %$cas), '>=', 1, 'and its CAs';
    for my $until (values %$servers, values %$cas) {
        cmp_ok $until, '>', time, 'expires in time to come';
    }
    like $_, qr/\ACN=/, "by its subject: $_" for keys %$servers, keys %$cas;
};

subtest 'promtool' => sub {
    my $text = curl($gate->url('/text', 2))->{body};
    my ($exit, $said) = promtool($text, qw(check metrics));
    is_deeply [$exit, $said], [0, ''], 'it has no remarks';
    ($exit, $said) = promtool("# TYPE ggi_x counter\nggi_x 1\n", qw(check metrics));
    isnt $exit, 0, 'it has some about a metric that is against the conventions';

    my %text_names = map { $_ => 1 } $text =~ /^# TYPE (\w+)/mg;
    my %json_names = map { $_ => 1 } grep {/^ggi_/} keys %{ $gate->status };
    is_deeply \%json_names, \%text_names, 'the JSON has the same names';
};

# The metrics that an expression names, those of rules as well.
sub named { my ($text) = @_; return $text =~ /\b((?:dienst:)?ggi_\w+(?::\w+)?)/g }

# The names that there can be: those of the reference, of histograms also with their endings, and those of rules.
my $conf = "$GGI::Nginx::ROOT/conf";
my %can_be =
    map { $_ => 1 }
    map { ($_, "${_}_bucket", "${_}_sum", "${_}_count") }
    GGI::Conf::content('modules/dienst/README.md') =~ /^\| `(ggi_\w+)/mg;
$can_be{$_} = 1 for GGI::Conf::content('conf/prometheus/rules.yml') =~ /record: (\S+)/g;

subtest 'rules and alerts' => sub {
    my ($exit, $said) = promtool('', qw(check rules), map {"$conf/prometheus/$_.yml"} qw(rules alerts));
    is $exit, 0, 'promtool reads them' or diag $said;
    ($exit, $said) = promtool('', qw(test rules), "$conf/prometheus/rules_test.yml");
    is $exit, 0, 'and they do what their tests say' or diag $said;
    my %tested = map { $_ => 1 } GGI::Conf::content('conf/prometheus/rules_test.yml') =~ /alertname: (\w+)/g;
    my $alerts = GGI::Conf::content('conf/prometheus/alerts.yml');
    is_deeply [sort keys %tested], [sort $alerts =~ /alert: (\w+)/g], 'each alert has a test';
    my @expressions = ($alerts . GGI::Conf::content('conf/prometheus/rules.yml')) =~ /^ ++(?!summary)(.*ggi_.*)$/mg;
    is_deeply [grep { !$can_be{$_} } map { named($_) } @expressions], [], 'they name metrics that there are';
};

subtest 'the dashboard' => sub {
    my $dashboard = JSON::PP->new->utf8->decode(GGI::Conf::content('conf/grafana/ggi.json'));
    my @expressions = map { $_->{expr} } map { @{ $_->{targets} } } @{ $dashboard->{panels} };
    cmp_ok scalar(@expressions), '>', 20, 'it asks for much';
    is_deeply [grep { !$can_be{$_} } map { named($_) } @expressions], [], 'all of it are metrics that there are';
    my $folder = GGI::Folder->new;
    open my $rules, '>', "$folder/rules.yml" or die $!;
    print $rules JSON::PP->new->encode(
        {
            groups => [
                {
                    name => 'dashboard',
                    rules => [map { { record => "x:y$_", expr => $expressions[$_] } } 0 .. $#expressions]
                }]
        });
    close $rules or die $!;
    my ($exit, $said) = promtool('', qw(check rules), "$folder/rules.yml");
    is $exit, 0, 'promtool can read each expression' or diag $said;
};
$gate->stop;

done_testing;
