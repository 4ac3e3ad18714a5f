# SPDX-License-Identifier: EUPL-1.2
# audit: a record of every decision and every completed call, in chains.
use strict;
use warnings;

use Test::More;
use Time::HiRes qw(sleep);
use Time::Piece ();

use GGI::Audit qw(records call_records decisions completions verdicts chains_hold);
use GGI::Curl qw(said);
use GGI::Disk;
use GGI::Gate;
use GGI::Problem qw(allowed refused);

my $pki = GGI::Pki->new;
my $oin = $GGI::Gate::OIN;
my ($version) = qx($GGI::Nginx::ROOT/scripts/ggictl --version) =~ /([\d.]+)/;
my $profiles = <<"JSON";
[ { "oin": "$oin", "naam": "Gemeente Voorbeeld", "versie": 7, "glo": "GLO-2026-014", "diensten": { "brp-bevragen": {
    "methoden": ["GET", "POST"], "paden": ["/**"], "doelbindingen": ["BRPACT-AlgemeneTaken"],
        "namens": ["00000001002564440000"] } } } ]
JSON
my $register = <<'JSON';
{ "versie": "2026-11-01", "doelbindingen": [ { "id": "BRPACT-AlgemeneTaken", "doel": "Uitvoering algemene taken",
    "grondslag": { "avg": "6.1.e", "wet": "Wet BRP art. 3.1" },
  "verwerkingsactiviteit": "https://register.example.nl/5f0bef4c", "diensten": ["brp-bevragen"],
      "vertrouwelijkheid": "normaal", "bewaartermijn": "P5Y" } ] }
JSON

$pki->leaf('caller', '--oin', $oin, '--organisation', 'Gemeente Één');

# The pseudonym of a text by the key of GGI::Gate, as openssl makes it.
sub hmac { return lc qx(printf '%s' '$_[0]' | openssl mac -digest SHA256 -macopt key:@{[ 'k' x 32 ]} HMAC) }

sub pseudonym {
    my ($text) = @_;
    return join ':', 'hmac', substr(hmac('ggi-pseudonym-key'), 0, 8), substr hmac($text), 0, 32;
}

# A gateway that makes the key of its pseudonyms of users itself, unless it is told otherwise.
sub gate {
    my (%args) = @_;
    return GGI::Gate->new(
        pki => $pki, profiles => $profiles, register => $register, users => '',
        server => 'ggi_dienst brp-bevragen;',
        locations => <<'CONF',
        location / { proxy_pass http://api; }
        location /observe { ggi_audit observe; proxy_pass http://api; }
        location /unaudited { ggi_audit off; proxy_pass http://api; }
CONF
        api => 'location /broken { return 500; }', %args)->start;
}

# The log once it has so many lines: a completion record can follow its answer by a moment.
sub lines {
    my ($gate, $n) = @_;
    $gate->wait_for(sub { $gate->{trail}->text =~ tr/\n// >= $n }, "$n records");
    return $gate->{trail}->text;
}

my $gate = gate();
my $trace = '0af7651916cd43dd8448eb211c80319c';
my $answer = $gate->call(
    '/brp/personen/123456782/x?bsn=123456782', -H => "traceparent: 00-$trace-b7ad6b7169203331-01",
    -H => 'Fsc-Transaction-Id: 0192a1b2-c3d4-7fff-bfff-ffffffffffff',
    -H => "X-Verwerking: Financi\xc3\xable \"administratie\"",
    -H => 'X-Gebruiker: j.jansen', -H => 'X-Toepassing: zac', -H => 'X-Origin-OIN: 00000001002564440000');
allowed($answer, 'a call');
my $text = lines($gate, 3);
my ($decision, $completion) = call_records($text);
is scalar(my @all = call_records($text)), 2, 'two records' or diag $text;

subtest 'the decision record is an Authorization Decision Log record' => sub {
    is_deeply [sort keys %$decision],
        [sort qw(trace_id span_id parent_span_id event_name timestamp status attributes resource body)], 'its fields';
    is $decision->{trace_id}, $trace, 'trace_id of the caller';
    like $decision->{span_id}, qr/^(?!b7ad6b7169203331)[0-9a-f]{16}$/, 'a span_id of its own';
    is $decision->{parent_span_id}, 'b7ad6b7169203331', 'the caller\'s span as parent';
    is $decision->{event_name}, 'adl.access_evaluation', 'event_name';
    ok abs($decision->{timestamp} - time * 1000) < 10_000, 'timestamp in ms';
    is $decision->{status}, 'Ok', 'status';
    is_deeply $decision->{attributes}{'adl.core.policies'},
        { autorisatieprofiel => "urn:ggi:profiel:$oin:7", doelbindingen => 'urn:ggi:doelbindingen:2026-11-01' },
        'policies';
    is_deeply $decision->{attributes}{'adl.core.configuration'}, { gate => $version }, 'the version of the suite';
    is $decision->{attributes}{'ggi.transaction_id'}, '0192a1b2-c3d4-7fff-bfff-ffffffffffff', 'transaction';
    ok !exists $decision->{attributes}{'adl.fsc.transaction_id'}, 'which is none of FSC';
    is $decision->{attributes}{'ggi.api.span_id'}, $completion->{span_id}, 'the span of the request to the API';
    like $_, qr/^(?:(?:adl|ggi|dpl)\.[a-z]+\.[a-z_]+|ggi\.(?:transaction_id|role))$/, "attribute $_"
        for keys %{ $decision->{attributes} };
    my ($request, $response) = @{ $decision->{body} }{qw(adl.core.request adl.core.response)};
    is_deeply $request->{subject}, {
        type => 'organisation',
        id => $oin,
        properties => {
            name => "Gemeente \x{c9}\x{e9}n",
            certificate_sha256 => qx(openssl x509 -in @{[ $pki->leaf('caller') ]}.crt -outform DER | sha256sum) =~
                s/ .*//sr,
            on_behalf_of => '00000001002564440000', glo => 'GLO-2026-014'
        }
        },
        'subject';
    is_deeply $request->{action}, { name => 'GET' }, 'action';
    is_deeply $request->{resource},
        { type => 'dienst', id => 'brp-bevragen', properties => { path => '/brp/personen/*********/x' } },
        'resource, BSN masked';
    my $began = delete $request->{context}{time};
    like $began, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'the time of the request, by RFC 3339';
    my ($seconds, $ms) = $began =~ /(.*)\.(\d+)Z/;
    my $epoch = Time::Piece->strptime($seconds, '%Y-%m-%dT%H:%M:%S')->epoch * 1000 + $ms;
    ok $epoch <= $decision->{timestamp} && $epoch > $decision->{timestamp} - 10_000, 'which is before its decision';
    my $user = delete $request->{context}{gebruiker};
    like $user, qr/^hmac:[0-9a-f]{8}:[0-9a-f]{32}$/, 'the user is a pseudonym';
    is $decision->{attributes}{'dpl.core.data_subject_id_type'}, 'BSN',
        'the BSN in the path is that of the data subject';
    like $decision->{attributes}{'dpl.core.data_subject_id'}, qr/^hmac:[0-9a-f]{8}:[0-9a-f]{32}$/, 'by a pseudonym';
    is substr($decision->{attributes}{'dpl.core.data_subject_id'}, 0, 13), substr($user, 0, 13), 'of the same key';
    is_deeply $request->{context}, {
        doelbinding => 'BRPACT-AlgemeneTaken', verwerking => "Financi\x{eb}le \"administratie\"", toepassing => 'zac',
        grondslag => { avg => '6.1.e', wet => 'Wet BRP art. 3.1' },
        verwerkingsactiviteit => 'https://register.example.nl/5f0bef4c',
        vertrouwelijkheid => 'normaal', bewaartermijn => 'P5Y', client_address => '127.0.0.1'
        },
        'context';
    is_deeply $response, { decision => JSON::PP::true, context => {} }, 'response';
};

{
    my $host = `hostname` =~ s/\s+\z//r;
    is_deeply [@{ $_->{resource} }{qw(service.instance.id host.name)}], [$host, $host],
        "the host is the node of the $_->{event_name}" for $decision, $completion;
}

subtest 'the completion record' => sub {
    is $completion->{event_name}, 'ggi.call_completed';
    is $completion->{trace_id}, $trace, 'trace_id of the caller';
    is $completion->{parent_span_id}, $decision->{span_id}, 'below the decision';
    like $completion->{span_id}, qr/^(?!$decision->{span_id}|b7ad6b7169203331)[0-9a-f]{16}$/, 'a span_id of its own';
    my $attributes = $completion->{attributes};
    is $attributes->{'ggi.call.dienst'}, 'brp-bevragen', 'the dienst';
    is $attributes->{'ggi.call.oin'}, $oin, 'the OIN of the caller';
    is $attributes->{'http.response.status_code'}, 200;
    is $attributes->{'http.request.method'}, 'GET';
    is $attributes->{'url.path'}, '/brp/personen/*********/x';
    is $attributes->{'http.response.body.size'}, 3;
    is $attributes->{'ggi.upstream.status_code'}, 200;
    is $attributes->{'server.address'}, '127.0.0.1:' . $gate->port(2);
    is $attributes->{'ggi.transaction_id'}, '0192a1b2-c3d4-7fff-bfff-ffffffffffff';
};
unlike $text, qr/123456782|bsn=|jansen/, 'no BSN, no arguments, no user in the log';

is_deeply [@{ $_->{resource} }{qw(ggi.organisation.id ggi.organisation.name)}],
    ['00000004000000068000', 'Basisregistratie'],
    "the organisation of http answers for the $_->{event_name}" for $decision, $completion;

subtest 'refusals have one record each' => sub {
    refused($gate->call('/', { as => [$pki->anonymous] }), 403, 'certificate_missing', 'no certificate');
    refused($gate->call('/', { claim => '' }), 400, 'claim_missing', 'no claim');
    refused($gate->call('/', -H => 'X-Doelbinding: x'), 400, 'claim_malformed', 'two claims');
    refused($gate->call('/', '-X', 'DELETE'), 403, 'method_not_authorised', 'DELETE');
    my @new = records(substr lines($gate, 7), length $text);
    is_deeply [map { $_->{body}{'adl.core.response'}{context} } @new],
        [
        map { { reason => $_->[1], status => $_->[0] } } [403, 'certificate_missing'], [400, 'claim_missing'],
        [400, 'claim_malformed'], [403, 'method_not_authorised']],
        'with reason and status';
    is_deeply [map { $_->{status} } @new], ['Ok', 'Ok', 'Ok', 'Ok'], 'a denial is not an error';
    is_deeply $new[0]{body}{'adl.core.request'}{subject}, { type => 'unknown', id => 'unknown', properties => {} },
        'nobody is known as the subject without a certificate';
    is $new[1]{body}{'adl.core.request'}{subject}{id}, $oin, 'the caller is known of a refused call';
};

subtest 'several organisations answer' => sub {
    my $server = sub {
        my ($port, $directives) = @_;
        return
              "server { listen 127.0.0.1:%%PORT$port%%; $directives $GGI::Gate::OPEN"
            . ' location / { ggi_dienst brp-bevragen; proxy_pass http://api; } '
            . ' location /unaudited { ggi_dienst brp-bevragen; ggi_audit off; proxy_pass http://api; } } ';
    };
    my @oins = map { sprintf '00000001%09d000', $_ } 1 .. 2;
    my $first = "ggi_dienst_organisation $oins[0] 'Gemeente \xc3\x89\xc3\xa9n \"E\"';";
    my $gate = gate(
        organisation => $first,
        more => $server->(3, "ggi_dienst_organisation $oins[1] 'Provincie';") . $server->(4, $first));
    my $call = sub { my ($port) = @_; return GGI::Curl::curl($gate->url('/x', $port))->{status} };
    my @order = (3, 4, 3, 3, 4);
    is_deeply [map { $call->($_) } @order], [(200) x 5], 'calls of both';
    my $text = $gate->since(5, 5);
    chains_hold($text, 'one chain');
    my %told = map { $_->{trace_id} => [@{ $_->{resource} }{qw(ggi.organisation.id ggi.organisation.name)}] }
        grep { $_->{body} } records($text);
    is_deeply [@told{ map { $_->{trace_id} } decisions($text) }],
        [map { $_ == 3 ? [$oins[1], 'Provincie'] : [$oins[0], "Gemeente \x{c9}\x{e9}n \"E\""] } @order],
        'each decision has that of its server, or of http';
    is_deeply [map { $_->{resource}{'ggi.organisation.id'} } completions($text)],
        [map { $told{ $_->{trace_id} }[0] } completions($text)], 'and so has its completion';
    is system("$GGI::Nginx::ROOT/scripts/ggictl audit verify " . $gate->audit_file . ' >/dev/null'), 0,
        'ggictl audit verify finds no fault';
    is_deeply [grep {/organisation/} GGI::Nginx::warnings_in(($gate->test_configuration)[1])], [], 'no warning';
    $gate->stop;

    my $none = gate(organisation => '', more => $server->(3, ''));
    is $call->(3), 200, 'a call that nobody answers for' if $gate = $none;
    is_deeply [grep {/organisation/} keys %{ (records($none->since(1, 1)))[0]{resource} }], [],
        'no organisation is made up';
    my @warnings = grep {/organisation/} GGI::Nginx::warnings_in(($none->test_configuration)[1]);
    is scalar @warnings, 2, 'nginx -t warns of each server';
    like $warnings[0],
        qr/audit\ records\ of\ dienst\ "brp-bevragen"\ do\ not\ name\ the\ organisation\ that\ answers\ for\ them:
            \ "ggi_dienst_organisation"\ in\ http,\ or\ in\ its\ server,.*nginx\.conf:\d+/x, 'with the remedy';
    $none->stop;
};
for my $case (
    ['ggi_dienst_organisation 123 x;', qr/invalid OIN "123" in "ggi_dienst_organisation": expected 20 digits and/],
    ["ggi_dienst_organisation $oin '';", qr/invalid name "" in "ggi_dienst_organisation": expected 1 to 255 bytes/],
    ["ggi_dienst_organisation $oin 'a\tb';", qr/invalid name "a\tb"/],
    ["ggi_dienst_organisation $oin 'a\xff';", qr/invalid name "a\xff"/],
    ["ggi_dienst_organisation $oin " . 'a' x 256 . ';', qr/invalid name "a{256}"/],
    ["ggi_dienst_organisation $oin a; ggi_dienst_organisation $oin b;", qr/directive is duplicate/]
) {
    my ($directive, $message) = @$case;
    GGI::Nginx->refuses(substr($directive, 0, 60), $message, http => $directive);
}

subtest 'other endings' => sub {
    my $before = length $gate->{trail}->text;
    is $gate->call('/broken')->{status}, 500;
    allowed($gate->call('/unaudited'), 'audit off');
    allowed($gate->call('/observe'), 'audit observed');
    my @new = records(substr lines($gate, 11), $before);
    is_deeply [map { $_->{event_name} } @new], [('adl.access_evaluation', 'ggi.call_completed') x 2],
        'nothing of where the audit is off';
    is $new[1]{status}, 'Error', 'an error of the API is one';
    is $new[1]{attributes}{'ggi.upstream.status_code'}, 500;
};

my $logs = $gate->prefix . '/logs';
subtest 'rotation' => sub {
    my $old = $gate->{trail}->text;
    rename "$logs/audit.0.jsonl", "$logs/audit.0.jsonl.1" or die $!;
    $gate->signal('USR1');
    ok $gate->opened("$logs/audit.0.jsonl"), 'SIGUSR1 opens the file anew';
    allowed($gate->call('/'), 'a call');
    $gate->wait_for(sub { $gate->read('logs/audit.0.jsonl') =~ tr/\n// >= 2 }, 'its records');
    is scalar(my @new = records($gate->read('logs/audit.0.jsonl'))), 2, 'goes into the new file';
    is $gate->read('logs/audit.0.jsonl.1'), $old, 'the old one is as it was';
    chains_hold($gate->{trail}->text, 'the chain goes on over both');
};

subtest 'sha256sum checks a chain' => sub {
    my ($second) = (records($gate->read('logs/audit.0.jsonl.1')))[1];
    is qx(sed -n 1p $logs/audit.0.jsonl.1 | sha256sum) =~ s/ .*//sr, $second->{attributes}{'ggi.chain.previous'};
};

subtest 'many at once' => sub {
    my $before = () = decisions($gate->{trail}->text);
    my $records = $gate->{trail}->text =~ tr/\n//;
    my @calls = map { $gate->begin('/n/[1-100]', '--parallel', '--parallel-max', 20) } 1 .. 3;
    said($_) for @calls;
    $text = lines($gate, $records + 600);
    is scalar(() = decisions($text)) - $before, 300, 'decisions';
    is scalar(() = completions($gate->read('logs/audit.0.jsonl'))),
        scalar(() = decisions($gate->read('logs/audit.0.jsonl'))), 'as many completions';
    chains_hold($text, 'the chain holds');
};
$gate->stop;

subtest 'a full disk' => sub {
    plan skip_all => $GGI::Disk::WHY if !GGI::Disk->available;
    my $disk = GGI::Disk->new;
    $disk->fill;
    my $full = gate(log => $disk->path . '/audit', allow_errors => [qr/audit/]);
    refused($full->call('/'), 503, 'audit_unavailable', 'no record, no call');
    is $full->call('/')->{headers}{'retry-after'}, 5, 'Retry-After';
    refused($full->call('/', { claim => '' }), 400, 'claim_missing', 'a refusal keeps its reason');
    allowed($full->call('/observe'), 'observed');
    is $full->read('logs/api.log') =~ tr/\n//, 1, 'the API saw that one alone';
    like $full->read('logs/error.log'),
        qr/\[alert\].*write\(\) to audit log "@{[ $disk->path ]}\/audit\.0" failed.*No space left/,
        'the error log says so';
    $disk->free;
    allowed($full->call('/'), 'room again');
    my $now = $full->{trail}->text;
    is_deeply [verdicts($now)], [qw(audit_unavailable audit_unavailable claim_missing allowed allowed)],
        'the records that waited were written first';
    is((decisions($now))[0]{status}, 'Error', 'no decision could be made of the first');
    chains_hold($now, 'in one chain');
    $full->stop;
};

subtest 'durability=buffered' => sub {
    my $buffered = gate(log => '%%PREFIX%%/logs/audit.jsonl durability=buffered');
    allowed($buffered->call('/'), 'a call');
    ok $buffered->wait_for(sub { (() = call_records($buffered->{trail}->text)) == 2 }, 'records'),
        'its records are written within a second or so';
    allowed($buffered->call('/'), 'another');
    $buffered->stop;
    is scalar(() = call_records($buffered->{trail}->text)), 4, 'none is lost at the end';
    chains_hold($buffered->{trail}->text, 'the chain holds');
};

subtest 'users' => sub {
    my $key = File::Temp->new;
    print $key 'k' x 32;
    close $key;
    my %seen;
    for my $users ('ggi_audit_user plain;', 'ggi_audit_user omit;', "ggi_audit_pseudonym_key $key;") {
        my $named = gate(users => $users);
        $named->call('/', -H => "X-Gebruiker: $_") for qw(j.jansen Systeem);
        $seen{$users} = [map { $_->{body}{'adl.core.request'}{context}{gebruiker} } decisions($named->{trail}->text)];
        $named->stop;
    }
    is_deeply \%seen, {
        'ggi_audit_user plain;' => ['j.jansen', 'Systeem'], 'ggi_audit_user omit;' => [undef, undef],
        "ggi_audit_pseudonym_key $key;" => [pseudonym('j.jansen'), 'Systeem']
        },
        'as configured; a standard value is no user';
};

subtest 'whom a call is about' => sub {
    my $gate = gate(
        users => 'ggi_audit_pseudonym_key %%PREFIX%%/pseudonym.key;',
        more => 'ggi_audit_data_subject $http_x_betrokkene;',
        locations => <<'CONF');
        location / { proxy_pass http://api; }
        location /query/ { ggi_audit_data_subject "$arg_a$arg_bsn"; proxy_pass http://api; }
        location /off/ { ggi_audit_data_subject off; proxy_pass http://api; }
        location /mild/ { ggi_autorisatie off; proxy_pass http://api; }
CONF
    my @header = (-H => 'X-Betrokkene: 111222333');
    my %expected = (
        '/path/123456782' => '123456782', '/path/12345%3678-2/x' => '123456782',
        '/two/123456782/111222333' => '123456782',
        '/mild/10000021' => undef, '/path/123456783' => undef, '/path/x' => undef,
        '/query/x?bsn=123456782' => '123456782', '/query/x?bsn=10000021' => '010000021',
        '/query/111222333?bsn=1234%35678%32' => '123456782', '/query/111222333?bsn=zaak-1' => '111222333',
        '/query/111222333' => '111222333', '/off/123456782' => undef);
    my @paths = sort keys %expected;
    my @told = map {
        $gate->mark;
        allowed($gate->call($_), $_);
        my $attributes = (decisions($gate->since(1, 1)))[0]{attributes};
        [$_, @{$attributes}{qw(dpl.core.data_subject_id dpl.core.data_subject_id_type)}]
    } @paths;
    is_deeply \@told, [map { [$_, $expected{$_} ? (pseudonym($expected{$_}), 'BSN') : (undef, undef)] } @paths],
        'is in the record by its pseudonym';
    $gate->mark;
    $gate->call('/path/123456782', @header);
    refused($gate->call('/path/x', { claim => '' }, @header), 400, 'claim_missing', 'a refusal');
    refused($gate->call('/path/123456782', '-X', 'DELETE'), 403, 'method_not_authorised', 'another');
    is_deeply [map { $_->{attributes}{'dpl.core.data_subject_id'} } decisions($gate->since(3, 1))],
        [pseudonym('111222333'), pseudonym('111222333'), pseudonym('123456782')],
        'the value goes before the path, and refusals have it too';
    unlike $gate->audit_text, qr/123456782|111222333|10000021/, 'no BSN itself is in the log';
    for my $bsn ('123456782', '111222333', '10000021') {
        my $query =
              "$GGI::Nginx::ROOT/scripts/ggictl audit query --subject $bsn --pseudonym-key "
            . $gate->prefix
            . '/pseudonym.key '
            . $gate->audit_file;
        my $pseudonym = pseudonym(sprintf '%09d', $bsn);
        my $wanted = () = $gate->audit_text =~ /"dpl\.core\.data_subject_id":"$pseudonym"/g;
        my $found = () = qx($query) =~ /brp-bevragen/g;
        is $found, $wanted, "ggictl audit query finds those about $bsn";
    }
    $gate->stop;
};
for my $case (
    [   'ggi_audit_data_subject $http_a; ggi_audit_data_subject off;',
        qr/"ggi_audit_data_subject" directive is duplicate/],
    ['ggi_audit_data_subject $nothing_of_the_kind;', qr/unknown "nothing_of_the_kind" variable/]
) {
    my ($directive, $message) = @$case;
    GGI::Nginx->refuses($directive, $message, http => $directive);
}

subtest 'the node' => sub {
    my $name = 'gate-' . 'a' x 248;
    my $named = gate(more => "ggi_audit_node $name;");
    $named->call('/');
    $named->stop;
    my $host = $decision->{resource}{'host.name'};
    is_deeply [map { @{ $_->{resource} }{qw(service.instance.id host.name)} } call_records($named->{trail}->text)],
        [$name, $host, $name, $host], 'as configured, on the same host';
};

for my $case (
    ['ggi_audit_log /tmp/x durability=maybe;', qr/invalid parameter "durability=maybe"/],
    ['ggi_audit_log %%PREFIX%%/a; ggi_audit_log %%PREFIX%%/b;', qr/"ggi_audit_log" directive is duplicate/],
    ['ggi_audit_log "";', qr/needs the name of a file/],
    [   'ggi_audit_log %%PREFIX%%/a; access_log %%PREFIX%%/a;',
        qr{"ggi_audit_log" names the file of another log, "[^"]*/a": give it one of its own}],
    ['access_log %%PREFIX%%/a combined buffer=4k; ggi_audit_log %%PREFIX%%/a;', qr/names the file of another log/],
    ['ggi_audit_log a; server { location / { error_log a; } }', qr/names the file of another log/],
    ['ggi_audit_node "";', qr/invalid node "" in "ggi_audit_node": expected a name of 1 to 253/],
    ['ggi_audit_node "a b";', qr/invalid node "a b"/],
    [q(ggi_audit_node 'a"';), qr/invalid node "a""/],
    ['ggi_audit_node ' . 'a' x 254 . ';', qr/invalid node "a{254}"/],
    ['ggi_audit_node a; ggi_audit_node b;', qr/"ggi_audit_node" directive is duplicate/],
    ['ggi_audit_user maybe;', qr/invalid value "maybe"/],
    ['ggi_audit_pseudonym_key /nonexistent;', qr{pseudonym key "/nonexistent" cannot be read}],
    ['ggi_audit_pseudonym_key /dev/null;', qr{pseudonym key "/dev/null" has the wrong size}],
) {
    GGI::Nginx->refuses($case->[0], qr/$case->[1].*nginx\.conf:\d+/, http => $case->[0]);
}
GGI::Nginx->refuses(
    'no log', qr/dienst "a" has gate ggi_audit on, which needs "ggi_audit_log" in http.*nginx\.conf:\d+/,
    http => 'ggi_pkio off; ggi_autorisatie off; ggi_doelbinding off; server { listen 127.0.0.1:%%PORT%%; '
        . 'location / { ggi_dienst a; } }');

done_testing;
