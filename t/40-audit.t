# SPDX-License-Identifier: EUPL-1.2
# audit: a record of every decision and every completed call, in chains.
use strict;
use warnings;

use Test::More;
use Time::HiRes qw(sleep);

use GGI::Audit qw(records decisions completions verdicts chains_hold);
use GGI::Curl qw(curl);
use GGI::Disk;
use GGI::Nginx;
use GGI::Pki;
use GGI::Problem qw(allowed refused);
use GGI::Trail;

my $pki = GGI::Pki->new;
my $oin = '00000001823288444000';
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

sub gate {
    my (%args) = @_;
    my $log = $args{log} // '%%PREFIX%%/logs/audit.jsonl';
    my $nginx = GGI::Nginx->new(
        %args,
        http => <<"HTTP");
    ggi_autorisatie_file %%PREFIX%%/profielen.json;
    ggi_doelbinding_register %%PREFIX%%/doelbindingen.json;
    ggi_audit_log $log;
    @{[ $args{more} // '' ]}
    server {
        listen 127.0.0.1:%%PORT%% ssl http2;
        @{[ $pki->server ]}
        location / {
            ggi_dienst brp-bevragen;
            proxy_pass http://127.0.0.1:%%PORT2%%;
        }
        location /observe {
            ggi_dienst brp-bevragen;
            ggi_audit observe;
            proxy_pass http://127.0.0.1:%%PORT2%%;
        }
        location /unaudited {
            ggi_dienst brp-bevragen;
            ggi_audit off;
            proxy_pass http://127.0.0.1:%%PORT2%%;
        }
    }
    server {
        listen 127.0.0.1:%%PORT2%%;
        access_log %%PREFIX%%/logs/api.log;
        location / {
            return 200 "ok\\n";
        }
        location /broken {
            return 500;
        }
    }
HTTP
    $nginx->{trail} = GGI::Trail->new($nginx->expand($log =~ s/\s.*//sr));
    $nginx->write('profielen.json', $profiles);
    $nginx->write('doelbindingen.json', $register);
    return $nginx->start;
}

# The log once it has so many lines: a completion record can follow its answer by a moment.
sub lines {
    my ($nginx, $n) = @_;
    $nginx->wait_for(sub { $nginx->{trail}->text =~ tr/\n// >= $n }, "$n records");
    return $nginx->{trail}->text;
}

my @caller = $pki->client('caller', '--oin', $oin, '--organisation', 'Gemeente Één');
my $claim = 'X-Doelbinding: BRPACT-AlgemeneTaken';
sub call { my ($nginx, $path, @options) = @_; return curl($nginx->https($path), @caller, '-H', $claim, @options) }

my $nginx = gate();
my $trace = '0af7651916cd43dd8448eb211c80319c';
my $answer = call(
    $nginx, '/brp/personen/123456782/x?bsn=123456782', -H => "traceparent: 00-$trace-b7ad6b7169203331-01",
    -H => 'Fsc-Transaction-Id: 0192a1b2-c3d4-7fff-bfff-ffffffffffff',
    -H => "X-Verwerking: Financi\xc3\xable \"administratie\"",
    -H => 'X-Gebruiker: j.jansen', -H => 'X-Toepassing: zac', -H => 'X-Origin-OIN: 00000001002564440000');
allowed($answer, 'a call');
my $text = lines($nginx, 2);
my ($decision, $completion) = records($text);
is scalar(my @all = records($text)), 2, 'two records' or diag $text;

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
        ["urn:ggi:profiel:$oin:7", 'urn:ggi:doelbindingen:2026-11-01'], 'policies';
    is $decision->{attributes}{'adl.fsc.transaction_id'}, '0192a1b2-c3d4-7fff-bfff-ffffffffffff', 'transaction';
    like $_, qr/^(?:adl|ggi)\.[a-z]+\.[a-z_]+$/, "attribute $_" for keys %{ $decision->{attributes} };
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
    my $user = delete $request->{context}{gebruiker};
    like $user, qr/^hmac:[0-9a-f]{32}$/, 'the user is a pseudonym';
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
    is $completion->{$_}, $decision->{$_}, $_ for qw(trace_id span_id parent_span_id);
    my $attributes = $completion->{attributes};
    is $attributes->{'ggi.call.dienst'}, 'brp-bevragen', 'the dienst';
    is $attributes->{'ggi.call.oin'}, $oin, 'the OIN of the caller';
    is $attributes->{'http.response.status_code'}, 200;
    is $attributes->{'http.request.method'}, 'GET';
    is $attributes->{'url.path'}, '/brp/personen/*********/x';
    is $attributes->{'http.response.body.size'}, 3;
    is $attributes->{'ggi.upstream.status_code'}, 200;
    is $attributes->{'server.address'}, '127.0.0.1:' . $nginx->port(2);
    is $attributes->{'adl.fsc.transaction_id'}, '0192a1b2-c3d4-7fff-bfff-ffffffffffff';
};
unlike $text, qr/123456782|bsn=|jansen/, 'no BSN, no arguments, no user in the log';

subtest 'refusals have one record each' => sub {
    refused(curl($nginx->https('/'), $pki->anonymous), 403, 'certificate_missing', 'no certificate');
    refused(curl($nginx->https('/'), @caller), 400, 'claim_missing', 'no claim');
    refused(call($nginx, '/', -H => 'X-Doelbinding: x'), 400, 'claim_malformed', 'two claims');
    refused(call($nginx, '/', '-X', 'DELETE'), 403, 'method_not_authorised', 'DELETE');
    my @new = records(substr lines($nginx, 6), length $text);
    is_deeply [map { $_->{body}{'adl.core.response'}{context} } @new],
        [
        map { { reason => $_->[1], status => $_->[0] } } [403, 'certificate_missing'], [400, 'claim_missing'],
        [400, 'claim_malformed'], [403, 'method_not_authorised']],
        'with reason and status';
    is_deeply [map { $_->{status} } @new], ['Ok', 'Ok', 'Ok', 'Ok'], 'a denial is not an error';
    is $new[0]{body}{'adl.core.request'}{subject}{id}, '', 'nobody is the subject without a certificate';
    is $new[1]{body}{'adl.core.request'}{subject}{id}, $oin, 'the caller is known of a refused call';
};

subtest 'other endings' => sub {
    my $before = length $nginx->{trail}->text;
    is call($nginx, '/broken')->{status}, 500;
    allowed(call($nginx, '/unaudited'), 'audit off');
    allowed(call($nginx, '/observe'), 'audit observed');
    my @new = records(substr lines($nginx, 10), $before);
    is_deeply [map { $_->{event_name} } @new], [('adl.access_evaluation', 'ggi.call_completed') x 2],
        'nothing of where the audit is off';
    is $new[1]{status}, 'Error', 'an error of the API is one';
    is $new[1]{attributes}{'ggi.upstream.status_code'}, 500;
};

my $logs = $nginx->prefix . '/logs';
subtest 'rotation' => sub {
    my $old = $nginx->{trail}->text;
    rename "$logs/audit.0.jsonl", "$logs/audit.0.jsonl.1" or die $!;
    $nginx->signal('USR1');
    ok $nginx->wait_for(sub { -e "$logs/audit.0.jsonl" }, 'the new file'), 'SIGUSR1 opens the file anew';
    sleep 0.2;
    allowed(call($nginx, '/'), 'a call');
    $nginx->wait_for(sub { $nginx->read('logs/audit.0.jsonl') =~ tr/\n// >= 2 }, 'its records');
    is scalar(my @new = records($nginx->read('logs/audit.0.jsonl'))), 2, 'goes into the new file';
    is $nginx->read('logs/audit.0.jsonl.1'), $old, 'the old one is as it was';
    chains_hold($nginx->{trail}->text, 'the chain goes on over both');
};

subtest 'sha256sum checks a chain' => sub {
    my ($second) = (records($nginx->read('logs/audit.0.jsonl.1')))[1];
    is qx(sed -n 1p $logs/audit.0.jsonl.1 | sha256sum) =~ s/ .*//sr, $second->{attributes}{'ggi.chain.previous'};
};

subtest 'many at once' => sub {
    my $before = () = decisions($nginx->{trail}->text);
    my $records = $nginx->{trail}->text =~ tr/\n//;
    my @children = map {
        my $pid = fork // die;
        if ($pid == 0) {
            open STDOUT, '>', '/dev/null';
            open STDERR, '>', '/dev/null';
            exec 'curl', '-s', '--parallel', '--parallel-max', 20, @caller, '-H', $claim, $nginx->https('/n/[1-100]');
        }
        $pid;
    } 1 .. 3;
    waitpid $_, 0 for @children;
    $text = lines($nginx, $records + 600);
    is scalar(() = decisions($text)) - $before, 300, 'decisions';
    is scalar(() = completions($nginx->read('logs/audit.0.jsonl'))),
        scalar(() = decisions($nginx->read('logs/audit.0.jsonl'))), 'as many completions';
    chains_hold($text, 'the chain holds');
};
$nginx->stop;

subtest 'a full disk' => sub {
    plan skip_all => $GGI::Disk::WHY if !GGI::Disk->available;
    my $disk = GGI::Disk->new;
    $disk->fill;
    my $full = gate(log => $disk->path . '/audit', allow_errors => [qr/audit/]);
    refused(call($full, '/'), 503, 'audit_unavailable', 'no record, no call');
    is call($full, '/')->{headers}{'retry-after'}, 5, 'Retry-After';
    refused(curl($full->https('/'), @caller), 400, 'claim_missing', 'a refusal keeps its reason');
    allowed(call($full, '/observe'), 'observed');
    is $full->read('logs/api.log') =~ tr/\n//, 1, 'the API saw that one alone';
    like $full->read('logs/error.log'),
        qr/\[alert\].*write\(\) to audit log "@{[ $disk->path ]}\/audit\.0" failed.*No space left/,
        'the error log says so';
    $disk->free;
    allowed(call($full, '/'), 'room again');
    my $now = $full->{trail}->text;
    is_deeply [verdicts($now)], [qw(audit_unavailable audit_unavailable claim_missing allowed allowed)],
        'the records that waited were written first';
    is((decisions($now))[0]{status}, 'Error', 'no decision could be made of the first');
    chains_hold($now, 'in one chain');
    $full->stop;
};

subtest 'durability=buffered' => sub {
    my $buffered = gate(log => '%%PREFIX%%/logs/audit.jsonl durability=buffered');
    allowed(call($buffered, '/'), 'a call');
    ok $buffered->wait_for(sub { (() = records($buffered->{trail}->text)) == 2 }, 'records'),
        'its records are written within a second or so';
    allowed(call($buffered, '/'), 'another');
    $buffered->stop;
    is scalar(() = records($buffered->{trail}->text)), 4, 'none is lost at the end';
    chains_hold($buffered->{trail}->text, 'the chain holds');
};

subtest 'users' => sub {
    my $key = File::Temp->new;
    print $key 'k' x 32;
    close $key;
    my %seen;
    for my $more ('ggi_audit_user plain;', 'ggi_audit_user omit;', "ggi_audit_pseudonym_key $key;") {
        my $named = gate(more => $more);
        call($named, '/', -H => "X-Gebruiker: $_") for qw(j.jansen Systeem);
        $seen{$more} = [map { $_->{body}{'adl.core.request'}{context}{gebruiker} } decisions($named->{trail}->text)];
        $named->stop;
    }
    my $hmac =
        substr qx(printf j.jansen | openssl mac -digest SHA256 -macopt key:kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk HMAC), 0,
        32;
    is_deeply \%seen, {
        'ggi_audit_user plain;' => ['j.jansen', 'Systeem'], 'ggi_audit_user omit;' => [undef, undef],
        "ggi_audit_pseudonym_key $key;" => ['hmac:' . lc $hmac, 'Systeem']
        },
        'as configured; a standard value is no user';
};

subtest 'the node' => sub {
    my $name = 'gate-' . 'a' x 248;
    my $named = gate(more => "ggi_audit_node $name;");
    call($named, '/');
    $named->stop;
    my $host = $decision->{resource}{'host.name'};
    is_deeply [map { @{ $_->{resource} }{qw(service.instance.id host.name)} } records($named->{trail}->text)],
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
