# SPDX-License-Identifier: EUPL-1.2
# ggictl audit export: the forms of FSC and of Verwerkingenlogging, field by field and by schemas that restate theirs.
use strict;
use warnings;

use JSON::PP qw(decode_json);
use Test::More;

use GGI::Folder ();
use GGI::Nginx;

system("$GGI::Nginx::ROOT/scripts/setup", 'python3-jsonschema') == 0 or die "python3-jsonschema cannot be installed\n";

my $ggictl = "$GGI::Nginx::BUILD/ggictl";
my $dir = GGI::Folder->new;
my $oin = '00000001823288444000';
my $namens = '00000001002564440000';
my $holder = '00000001003214345000';
my $uuid = '5f0bef4c-f66f-4311-84a5-19e8bf359eaf';
my $pseudonym = 'hmac:0badcafe:0123456789abcdef0123456789abcdef';

# Of logging.yaml of fsc-logging 1.1 and of the OAS of the inzage API of Verwerkingenlogging 0.9.
my %peer = (type => 'string', pattern => '^[0-9]{20}$');
my %hex =
    (16 => { type => 'string', pattern => '^[0-9a-f]{16}$' }, 32 => { type => 'string', pattern => '^[0-9a-f]{32}$' });
my %object = (type => 'object', additionalProperties => JSON::PP::false);
sub object { my (%more) = @_; return { %object, %more } }
my %uuid = (type => 'string', pattern => '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$');
my %uri = (type => 'string', pattern => '^[a-z]+:[^ ]+$');
my %time = (type => 'string', pattern => '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}[.][0-9]{3}Z$');
my %name = (type => 'string', minLength => 1, maxLength => 242);
my %fsc = (
    transaction_id => \%uuid,
    direction => { enum => ['DIRECTION_INCOMING', 'DIRECTION_OUTGOING'] },
    grant_hash => { type => 'string', pattern => '^[$]1[$][1-4][$][-A-Za-z0-9_]{86}$' },
    service_name => { type => 'string', pattern => '^[a-zA-Z0-9-._]{1,100}$' },
    created_at => { type => 'integer', minimum => 1_000_000_000, maximum => 9_999_999_999 },
    source => {
        oneOf => [
            object(
                required => ['type', 'outway_peer_id'],
                properties => { type => { const => 'SOURCE_TYPE_SOURCE' }, outway_peer_id => \%peer }),
            object(
                required => ['type', 'outway_peer_id', 'delegator_peer_id'],
                properties => {
                    type => { const => 'SOURCE_TYPE_DELEGATED_SOURCE' },
                    outway_peer_id => \%peer, delegator_peer_id => \%peer
                })]
    },
    destination => {
        %object,
        required => ['type', 'service_peer_id'],
        properties => { type => { const => 'DESTINATION_TYPE_DESTINATION' }, service_peer_id => \%peer }
    },
    trace_id => $hex{32},
    span_id => $hex{16});
my %action = (
    url => \%uri, actieId => \%uuid, actieNaam => \%name, handelingNaam => \%name, verwerkingNaam => \%name,
    verwerkingId => \%uuid, verwerkingsactiviteitId => \%uuid, verwerkingsactiviteitUrl => \%uri,
    vertrouwelijkheid => { enum => ['normaal', 'vertrouwelijk', 'opgeheven'] },
    bewaartermijn => { type => 'string', pattern => '^P[0-9YMWDTHS]+$' }, uitvoerder => \%peer,
    soortAfnemerId => { enum => ['OIN', 'BSN'] }, afnemerId => { type => 'string' }, tijdstip => \%time,
    tijdstipRegistratie => \%time);
my %vng = (
    url => \%uri, verwerktObjectId => \%uuid, objecttype => { const => 'persoon' }, soortObjectId => \%name,
    objectId => { type => 'string', minLength => 1, maxLength => 40 },
    betrokkenheid => \%name,
    verwerkteSoortenGegevens => { type => 'array' },
    verwerkingsactie => {
        %object, properties => \%action,
        required => ['url', 'actieId', 'vertrouwelijkheid', 'tijdstip', 'tijdstipRegistratie']
    });
my %schema = (
    fsc => { %object, properties => \%fsc, required => [grep { !/^(?:trace|span)_id$/ } sort keys %fsc] },
    verwerkingenlogging => {
        %object, properties => \%vng,
        required => ['url', 'verwerktObjectId', 'objecttype', 'soortObjectId', 'objectId']
    });

# What is wrong with lines of JSON, each of which has to conform to a schema.
sub faults {
    my ($schema, $text) = @_;
    my $file = $dir->file('schema.json', JSON::PP->new->encode($schema));
    my $lines = $dir->file('lines', $text);
    local @ENV{qw(LD_PRELOAD ASAN_OPTIONS)};
    delete @ENV{qw(LD_PRELOAD ASAN_OPTIONS)};
    my $python =
          'import json, sys; from jsonschema import Draft202012Validator as V; s = json.load(open(sys.argv[1])); '
        . 'V.check_schema(s); [print(e.json_path, e.message) for l in open(sys.argv[2]) '
        . 'for e in V(s).iter_errors(json.loads(l))]';
    return (GGI::Folder::run('python3', '-c', $python, $file, $lines))[1];
}

# The decision about a call that is known by a digit, with what else the record says; and its completion.
sub call {
    my ($n, %more) = @_;
    my $span = $n x 16;
    my $ms = 1_795_726_762_986 + $n;
    my $ended = $ms + 1500;
    my $child = 'a' . substr $span, 1;
    my $resource = $more{holder} ? qq(,"ggi.organisation.id":"$more{holder}","ggi.organisation.name":"G") : '';
    my $attributes = $more{subject} ? qq(,"dpl.core.data_subject_id":"$more{subject}") : '';
    my $behalf = $more{namens} ? qq(,"on_behalf_of":"$more{namens}") : '';
    my $decision = $more{reason} ? qq("decision":false,"context":{"reason":"$more{reason}"}) : '"decision":true';
    my $begin = qq({"resource":{"service.instance.id":"gate1"$resource},"attributes":{)
        . qq("ggi.transaction_id":"01a218bc-ecb9-70cd-88f2-c2e98100000$n");
    my @lines =
          $begin
        . qq(,"ggi.api.span_id":"$child"$attributes},"event_name":"adl.access_evaluation",)
        . qq("timestamp":$ms,"status":"Ok","trace_id":"$span$span","span_id":"$span","body":{"adl.core.request":{)
        . qq("subject":{"type":"organisation","id":"$oin","properties":{"name":"Gemeente"$behalf}},)
        . qq("action":{"name":"GET"},"resource":{"type":"dienst","id":"brp","properties":{"path":"/p"}},"context":{)
        . join(',', map {qq("$_":"$more{context}{$_}")} sort keys %{ $more{context} })
        . qq(}},"adl.core.response":{$decision}}}\n);
    push @lines,
        $begin
        . qq(,"ggi.call.dienst":"brp","ggi.call.oin":"$oin","http.request.method":"GET",)
        . qq("http.response.status_code":200,"http.server.request.duration":1.500},"event_name":"ggi.call_completed",)
        . qq("timestamp":$ended,"status":"Ok","trace_id":"$span$span","span_id":"$child","parent_span_id":"$span"}\n)
        if !$more{reason};
    return @lines;
}

my $log = $dir->file(
    'audit.0.jsonl',
    call(
        1,
        holder => $holder, subject => $pseudonym, namens => $namens,
        context => {
            doelbinding => 'D', verwerking => $uuid, bewaartermijn => 'P5Y', vertrouwelijkheid => 'vertrouwelijk',
            verwerkingsactiviteit => "https://register.example.nl/verwerkingsactiviteiten/$uuid",
            gebruiker => 'hmac:jansen', toepassing => 'zaaksysteem'
        }),
    call(2, holder => $holder, subject => $pseudonym, context => { doelbinding => 'D', verwerking => 'Verhuizing' }),
    call(3, holder => $holder, context => {}),
    call(4, subject => $pseudonym, context => {}),
    call(5, holder => $holder, subject => $pseudonym, reason => 'claim_missing'),
    (call(6, holder => $holder, subject => $pseudonym))[1]);
my $grant = '$1$3$' . 'A' x 86;

sub export {
    my ($as, @more) = @_;
    my ($exit, $text) = GGI::Folder::run($ggictl, qw(audit export --as), $as, @more, $log);
    is $exit, 0, "$as @more" or diag $text;
    is faults($schema{$as}, $text), '', 'conforms to the schema';
    return map { decode_json($_) } split /\n/, $text;
}

subtest 'FSC' => sub {
    my @records = export('fsc', '--grant', $grant);
    is_deeply [map { $_->{transaction_id} =~ /(.)$/ } @records], [1, 2, 3, 6],
        'calls that were let through, and for which an organisation answers';
    is_deeply $records[0],
        {
        transaction_id => '01a218bc-ecb9-70cd-88f2-c2e981000001', direction => 'DIRECTION_INCOMING',
        grant_hash => $grant, service_name => 'brp', created_at => 1_795_726_762,
        source => { type => 'SOURCE_TYPE_DELEGATED_SOURCE', outway_peer_id => $oin, delegator_peer_id => $namens },
        destination => { type => 'DESTINATION_TYPE_DESTINATION', service_peer_id => $holder },
        trace_id => '1' x 32, span_id => 'a' . '1' x 15
        },
        'field by field';
    is_deeply $records[1]{source}, { type => 'SOURCE_TYPE_SOURCE', outway_peer_id => $oin }, 'on nobody else\'s behalf';
    is_deeply [@{ $records[3] }{qw(created_at span_id)}], [1_795_726_762, 'a' . '6' x 15],
        'one of which only the completion is there';
    for my $wrong (['fsc'], ['ldv', '--grant', $grant]) {
        my ($exit, $said) = GGI::Folder::run($ggictl, qw(audit export --as), @$wrong, $log);
        is $exit, 2, "--as @$wrong";
        like $said, qr/^ggictl: audit export: --as fsc needs --grant, /, 'is told';
    }
    isnt faults($schema{fsc}, JSON::PP->new->encode({ %{ $records[0] }, group_id => 'x' }) . "\n"), '',
        'the schema would find another field';
};

subtest 'Verwerkingenlogging' => sub {
    my @objects = export('verwerkingenlogging');
    is_deeply [map { $_->{verwerkingsactie}{tijdstip} =~ /(\d{3})Z/ } @objects], [987, 988, 990],
        'calls that were let through, and are about a person';
    my ($object, $action) = ($objects[0], $objects[0]{verwerkingsactie});
    is_deeply [@$object{qw(objecttype soortObjectId objectId verwerkteSoortenGegevens)}],
        ['persoon', 'hmac:0badcafe', '0123456789abcdef0123456789abcdef', []], 'whom, by the pseudonym';
    is "$object->{url} $action->{url}", "urn:uuid:$object->{verwerktObjectId} urn:uuid:$action->{actieId}",
        'their URIs';
    delete @$action{qw(url actieId)};
    is_deeply $action,
        {
        actieNaam => 'GET brp', verwerkingId => $uuid, verwerkingsactiviteitId => $uuid,
        verwerkingsactiviteitUrl => "https://register.example.nl/verwerkingsactiviteiten/$uuid",
        vertrouwelijkheid => 'vertrouwelijk', bewaartermijn => 'P5Y', uitvoerder => $holder, soortAfnemerId => 'OIN',
        afnemerId => $oin, tijdstip => '2026-11-26T20:59:22.987Z', tijdstipRegistratie => '2026-11-26T20:59:22.987Z'
        },
        'the action field by field, without user, application and source';
    is_deeply [@{ $objects[1]{verwerkingsactie} }{qw(verwerkingNaam verwerkingId vertrouwelijkheid)}],
        ['Verhuizing', undef, 'normaal'], 'a processing by its name';
    my %ids;
    $ids{$_}++ for map { @$_{ 'verwerktObjectId', 'url' } } @objects;
    is scalar keys %ids, 6, 'each has ids of its own';
    is_deeply [map { $_->{verwerktObjectId} } export('verwerkingenlogging')],
        [map { $_->{verwerktObjectId} } @objects], 'the same each time';
    my $key = $dir->file('key', 'k' x 32);
    my $by = (GGI::Folder::run($ggictl, qw(audit pseudonym), $key, '999990019'))[1] =~ s/\n.*//sr;
    $log = $dir->file('bsn.jsonl', call(7, holder => $holder, subject => $by));
    ($object) = export('verwerkingenlogging', '--subject', '999990019', '--pseudonym-key', $key);
    is_deeply [@$object{qw(soortObjectId objectId)}], ['BSN', '999990019'],
        'by the BSN for who asks for it with the key';
};

done_testing;
