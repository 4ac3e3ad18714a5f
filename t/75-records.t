# SPDX-License-Identifier: EUPL-1.2
# The schemas of the audit records: what they say is what the documentation says, and a record that is nearly right does
# not conform. That each record of each test conforms is looked at by GGI::Gate and GGI::Audit.
use strict;
use warnings;

use JSON::PP;
use Storable qw(dclone);
use Test::More;

use GGI::Audit qw(decisions completions);
use GGI::Conf;
use GGI::Gate;
use GGI::Problem qw(allowed refused);
use GGI::Schema;

my $json = JSON::PP->new->utf8->canonical;
my %schema =
    map { m{([^/]+)\.schema\.json\z} ? ($1 => $json->decode(GGI::Conf::content("conf/schema/$1.schema.json"))) : () }
    grep {m{/(?:adl|ggi)\.[^/]+\z}} glob "$GGI::Nginx::ROOT/conf/schema/*.schema.json";
is_deeply [sort keys %schema],
    [
    qw(adl.access_evaluation ggi.anonymous_refusals ggi.call_completed ggi.call_withdrawn ggi.chain_closed
        ggi.chain_moved ggi.chain_opened ggi.change ggi.change_ended ggi.gap ggi.signal ggi.tombstone)],
    'each kind has a schema';

# The kinds that the code makes.
my $code = join '',
    map { GGI::Conf::content($_) }
    map {s{^\Q$GGI::Nginx::ROOT\E/}{}r} glob "$GGI::Nginx::ROOT/modules/audit/ggi_record*.c";
my ($tombstone) = GGI::Conf::content('modules/audit/ggi_tombstone.c') =~ /\\"event_name\\":\\"([^"\\]+)/;
my @kinds = map {/"([a-z_]+\.[a-z_]+)"/g} $code =~ /ggi_record_(?:close_attributes|end)\(&json,([^;]+);/g;
is_deeply [sort $tombstone, @kinds], [sort keys %schema], 'and there are no other kinds';

# Goes through the fields of a schema: "path" => [schema, whether it is required].
sub fields {
    my ($schema, $path, $all) = @_;
    my %required = map { $_ => 1 } @{ $schema->{required} // [] };
    for my $name (keys %{ $schema->{properties} // {} }) {
        my $field = $schema->{properties}{$name};
        my $at = $path eq '' ? $name : "$path/$name";
        $all->{$at} = [$field, $required{$name} ? 1 : 0];
        fields($field, $at, $all);
        fields($field->{items}, "$at\[]", $all) if $field->{items};
    }
    return $all;
}

sub type_of {
    my ($field) = @_;
    return $field->{type} if $field->{type};
    my $value = exists $field->{const} ? $field->{const} : ($field->{enum} // ['x'])->[0];
    return ref $value ? 'boolean' : $json->encode([$value]) =~ /"/ ? 'string' : 'integer';
}

my %of = map { $_ => fields($schema{$_}, '', {}) } keys %schema;
for my $kind (sort keys %schema) {
    my %all = %{ $of{$kind} };
    is_deeply [grep { length($all{$_}[0]{description} // '') < 5 } sort keys %all], [],
        "$kind: each field is described";
    my @objects = ($schema{$kind}, map { ($_->[0], $_->[0]{items} // ()) } values %all);
    is_deeply [grep { ($_->{type} // '') eq 'object' && ($_->{additionalProperties} // 1) } @objects], [],
        "$kind: no object has other fields";
    is $schema{$kind}{'$id'}, "urn:ggi:schema:record:$kind", "$kind: its id";
    is $schema{$kind}{properties}{event_name}{const}, $kind, "$kind: its event_name";
}
my @reasons = GGI::Conf::content('modules/dienst/ggi_reason.h') =~ /^ +X\([A-Z_]+, *"(\w+)"/mg;
my $context = $of{'adl.access_evaluation'};
is_deeply [sort @{ $context->{"body/adl.core.response/context/$_"}[0]{enum} }], [sort @reasons], "$_: all reasons"
    for qw(reason would_refuse);

# The tables of the documentation: kind => { path => type, with "?" when it can be absent }. Tables of their own tell
# what is in every record, and in every one of a gate; those of changes are made by ggictl, and a tombstone has its own
# fields alone.
sub documented {
    my ($text) = @_;
    my ($section) = $text =~ /^## The fields of the records\n(.*)/ms;
    my (%table, $kind, $prefix);
    for (split /\n/, $section) {
        $kind = $1 if /^### (?|`([^`]+)`|(Every record(?: of a gate)?))$/;
        $prefix = $1 ? "$1/" : '' if /^In (?:`([^`]+)`|the record itself):$/;
        $table{$kind}{ $prefix . $1 } = $2 if /^\| `([^`]+)` \| (\w+\??) \|(?: [^|]+ \|){3}$/;
    }
    my %every = %{ delete $table{'Every record'} };
    my %gate = %{ delete $table{'Every record of a gate'} };
    my $tombstone = delete $table{'ggi.tombstone'};
    return {
        'ggi.tombstone' => $tombstone,
        map { $_ => { %every, /^ggi\.change/ ? () : %gate, %{ $table{$_} } } } keys %table
    };
}
my %schemas = map {
    my $kind = $_;
    my %all = %{ $of{$kind} };
    my @leaves = grep {
        my $path = $_;
        !(grep {/\A\Q$path\E\//} keys %all)
            || $path =~ m{\Aattributes/adl\.core\.|/(?:grondslag|claimed_certificate)\z}
    } keys %all;
    $kind => { map { $_ => type_of($all{$_}[0]) . ($all{$_}[1] ? '' : '?') } @leaves }
} keys %schema;
my $readme = GGI::Conf::content('modules/audit/README.md');
is_deeply documented($readme), \%schemas, 'the documentation has the same fields, of the same types';
my $less = documented($readme =~ s/^\| `properties\/glo` .*\n//mr);
ok !exists $less->{'adl.access_evaluation'}{'body/adl.core.request/subject/properties/glo'},
    'a missing one would be seen';

# Records that are nearly right.
my $gate = GGI::Gate->new->start;
allowed($gate->call('/personen/123456782', -H => 'X-Gebruiker: jan'), 'a call');
refused($gate->call('/x', { as => [$gate->{pki}->anonymous] }), 403, 'certificate_missing', 'a refusal');
my $text = $gate->since(2, 1);
$gate->stop;
my ($allowed, $refused) = decisions($text);
my ($completion) = completions($text);

# What is left of a record is one of a kind, too.
my $buried = $json->decode(<<'JSON');
{"tombstone":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","attributes":{"ggi.chain.id":
"01a218bc-ecb9-70cd-88f2-c2e981000001","ggi.chain.number":3,"ggi.chain.previous":
"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad","ggi.tombstone.retention":"P1Y6M"},
"event_name":"ggi.tombstone","timestamp":1420070400000,"status":"Ok"}
JSON

sub fault_of { my ($record) = @_; return GGI::Schema::fault($json->encode($record)) }
is fault_of($_), '', "the $_->{event_name} conforms" for $allowed, $refused, $completion, $buried;
my $shown = GGI::Schema::faults($json->encode({ %$allowed, trace_id => 'x' }) =~ s/\A\{/{"resource":{},/r . "\n");
ok $shown, 'a record of a log that does not conform is a fault';

# Each object and each value of a record, by what leads to it.
sub places {
    my ($node, @path) = @_;
    return ref $node eq 'HASH' ? ([@path], map { places($node->{$_}, @path, $_) } sort keys %$node) : [@path];
}

sub changed {
    my ($record, $path, $change) = @_;
    my $copy = dclone($record);
    my @path = @$path;
    my $last = pop @path;
    my $node = $copy;
    $node = $node->{$_} for @path;
    $change->($node, $last);
    return $copy;
}
for my $record ($allowed, $refused, $completion, $buried) {
    my $kind = $record->{event_name};
    my $verdict = $record->{body} ? GGI::Audit::verdict($record) : $record->{tombstone} ? 'expired' : 'completed';
    my (@accepted, $n);
    for my $path (grep {@$_} places($record)) {
        my $name = join '/', @$path;
        my %change = (
            'empty' => sub { $_[0]{ $_[1] } = '' }, 'null' => sub { $_[0]{ $_[1] } = undef },
            'an array' => sub { $_[0]{ $_[1] } = [] }, 'misspelt' => sub { $_[0]{"$_[1]x"} = delete $_[0]{ $_[1] } },
            'more in it' => sub { $_[0]{ $_[1] }{more} = 1 if ref $_[0]{ $_[1] } eq 'HASH' },
            $of{$kind}{$name} && $of{$kind}{$name}[1] ? ('left out' => sub { delete $_[0]{ $_[1] } }) : (),
        );
        for my $what (sort keys %change) {
            my $copy = changed($record, $path, $change{$what});
            next if $json->encode($copy) eq $json->encode($record);
            $n++;
            push @accepted, "$name $what" if fault_of($copy) eq '';
        }
    }
    is_deeply \@accepted, [], "$kind, $verdict: none of $n that are nearly right conforms";
}

# What the records were before they conformed.
my %before = (
    'policies as an array' => sub { $_[0]{attributes}{'adl.core.policies'} = ['urn:ggi:profiel:x:1'] },
    'a transaction of FSC' => sub {
        $_[0]{attributes}{'adl.fsc.transaction_id'} = delete $_[0]{attributes}{'ggi.transaction_id'};
    },
    'an empty caller' => sub { $_[0]{body}{'adl.core.request'}{subject}{id} = '' },
    'an unknown organisation' => sub { $_[0]{body}{'adl.core.request'}{subject}{id} = 'unknown' },
    'a decision that allows without the span of the API' => sub { delete $_[0]{attributes}{'ggi.api.span_id'} },
    'a decision that allows with a reason' => sub {
        $_[0]{body}{'adl.core.response'}{context}{reason} = 'claim_missing';
    },
    'an organisation without a name' => sub { delete $_[0]{resource}{'ggi.organisation.name'} },
    'a BSN' => sub { $_[0]{attributes}{'dpl.core.data_subject_id'} = '123456782' },
    'a time without zone' => sub { $_[0]{body}{'adl.core.request'}{context}{time} =~ s/Z// },
    'a trace of zeros' => sub { $_[0]{trace_id} = '0' x 32 },
);
for my $name (sort keys %before) {
    my $copy = dclone($allowed);
    $before{$name}->($copy);
    isnt fault_of($copy), '', $name;
}

done_testing;
