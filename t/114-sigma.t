# SPDX-License-Identifier: EUPL-1.2
# The detection rules of conf/sigma: each finds the records that it is for, and no others; and every signal and every
# reason of a refusal has one.
use strict;
use warnings;

use JSON::PP ();
use Storable qw(dclone);
use Test::More;

use GGI::Audit qw(records);
use GGI::Conf ();
use GGI::Gate;
use GGI::Nginx;
use GGI::Problem qw(allowed refused);
use GGI::Schema ();
use GGI::Sigma;

plan skip_all => 'says nothing about C code' if GGI::Nginx::under_instrument();

my $json = JSON::PP->new->utf8->canonical;
my %rule = map { m{([^/]+)\.yml\z} ? ($1 => GGI::Sigma->new($_)) : () } glob "$GGI::Nginx::ROOT/conf/sigma/*.yml";

subtest 'the form of the rules' => sub {
    my %ids;
    for my $name (sort keys %rule) {
        my $rule = $rule{$name};
        is_deeply [grep { !$rule->{$_} }
                qw(title id status description logsource detection fields falsepositives level)],
            [], "$name says what a rule has to say";
        like $rule->{id}, qr/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\z/, 'its id';
        ok !$ids{ $rule->{id} }++, 'is its own';
        like $rule->{level}, qr/^(?:informational|low|medium|high|critical)\z/, 'its level';
        is_deeply $rule->{logsource}, { product => 'ggi', service => 'audit' }, 'its source';
        ok length $rule->{title} <= 100, 'its title is short';
    }
};

# Real records, one of each kind that a call makes.
my $gate = GGI::Gate->new(more => 'ggi_audit_signal refusals threshold=1;')->start;
allowed($gate->call('/personen/123456782', -H => 'X-Gebruiker: jan'), 'a call');
refused($gate->call('/x', { claim => '' }), 400, 'claim_missing', 'a refusal');
my @records = records($gate->since(2, 1));
$gate->stop;
my ($allowed, $refused) = grep { $_->{event_name} eq 'adl.access_evaluation' } @records;
my ($completed, $signal) =
    map {
    my $kind = $_;
    grep { $_->{event_name} eq $kind } @records
    } qw(ggi.call_completed ggi.signal);

# A record with other values, by what leads to them; undef takes one out.
sub with {
    my ($record, %change) = @_;
    my $copy = dclone($record);
    for my $path (keys %change) {
        my @path = split m{/}, $path;
        my $last = pop @path;
        my $node = $copy;
        $node = $node->{$_} for @path;
        if (defined $change{$path}) { $node->{$last} = $change{$path} }
        else { delete $node->{$last} }
    }
    return $copy;
}

# A record of the log itself, with its chain and these attributes.
sub trail {
    my ($event, $status, %attributes) = @_;
    my %chain = map { /^ggi\.chain\./ ? ($_ => $allowed->{attributes}{$_}) : () } keys %{ $allowed->{attributes} };
    my %record = map { $_ => $allowed->{$_} } qw(resource timestamp);
    return { %record, event_name => $event, status => $status, attributes => { %chain, %attributes } };
}

my $reason = 'body/adl.core.response/context/reason';
my $transaction = $allowed->{attributes}{'ggi.transaction_id'};

my $withdrawn = trail(
    'ggi.call_withdrawn', 'Error',
    'ggi.transaction_id' => $transaction, 'ggi.withdrawn.reason' => 'audit_unavailable',
    'http.response.status_code' => 503);
$withdrawn->{$_} = $completed->{$_} for qw(trace_id span_id parent_span_id);

# What each rule finds: name of the rule => records.
my %found = (
    ggi_refused_provider => [
        with($refused, $reason => 'provider_not_trusted'),
        with($completed, 'attributes/error.type' => 'provider_not_trusted', status => 'Error')],
    ggi_observed => [with($allowed, 'body/adl.core.response/context/would_refuse' => 'claim_missing')],
    ggi_anonymous => [trail('ggi.anonymous_refusals', 'Ok', map { ("ggi.anonymous.$_" => 5) } qw(refusals from to))],
    ggi_records_lost =>
        [trail('ggi.gap', 'Error', 'ggi.gap.reason' => 'No space', map { ("ggi.gap.$_" => 5) } qw(records from to))],
    ggi_withdrawn => [$withdrawn],
);

# A rule of reasons finds those that it is documented for here, and one of signals that of its name.
my %reasons = (
    revoked => [qw(certificate_revoked)],
    certificate => [
        qw(certificate_missing certificate_untrusted certificate_expired certificate_policy_not_allowed oin_missing
            oin_invalid)],
    network => [qw(network_not_allowed)],
    not_agreed => [
        qw(profile_not_found profile_expired dienst_not_authorised method_not_authorised path_not_authorised
            on_behalf_of_not_authorised application_unknown application_expired function_unknown claim_unknown
            claim_expired claim_not_for_dienst claim_not_in_profile assurance_too_low consent_unknown
            consent_not_for_call consent_expired consent_withdrawn field_not_authorised)],
    incomplete => [
        qw(user_missing function_missing claim_missing claim_malformed assurance_missing consent_missing
            fields_malformed field_missing)],
    rejected => [qw(request_rejected body_too_large)],
    cannot_decide => [
        qw(revocation_unknown profile_unavailable functions_unavailable consent_unavailable
            register_unavailable fields_unavailable audit_unavailable)],
);
for my $name (keys %reasons) {
    $found{"ggi_refused_$name"} = [map { with($refused, $reason => $_) } @{ $reasons{$name} }];
}
my $schema = $json->decode(GGI::Conf::content('conf/schema/ggi.signal.schema.json'));
for my $name (@{ $schema->{properties}{attributes}{properties}{'ggi.signal.name'}{enum} }) {
    $found{"ggi_signal_$name"} = [with($signal, 'attributes/ggi.signal.name' => $name)];
}
is_deeply [sort keys %rule], [sort keys %found], 'each signal has a rule, and each rule has its records here';

my @known = GGI::Conf::content('modules/dienst/ggi_reason.h') =~ /^ +X\([A-Z_]+, *"(\w+)"/mg;
is_deeply [sort 'provider_not_trusted', map {@$_} values %reasons], [sort @known],
    'each reason of a refusal is found by one rule';

# Every rule looks at every record.
my @all = (
    [[], $allowed],
    [[], $completed],
    map {
        my $name = $_;
        map { [[$name], $_] } @{ $found{$name} }
    } sort keys %found);
for my $case (@all) {
    my ($names, $record) = @$case;
    is GGI::Schema::fault($json->encode($record)), '', 'a record that the schema allows';
    my $context = ($record->{body} // {})->{'adl.core.response'};
    my $what = $context ? GGI::Audit::verdict($record) : $record->{attributes}{'ggi.signal.name'} // '';
    is_deeply [grep { $rule{$_}->matches($record) } sort keys %rule], $names,
        "$record->{event_name} $what is found by " . ($names->[0] // 'none');
}
is_deeply [
    grep { $rule{$_}->matches(with($_ =~ /signal/ ? $signal : $refused, event_name => 'ggi.other')) }
        keys %rule],
    [], 'and none finds another kind of record';

# The fields that a rule shows are those of records.
my %field;
for my $file (glob "$GGI::Nginx::ROOT/conf/schema/{adl,ggi}.*.schema.json") {
    my @left = ['', $json->decode(GGI::Folder::content($file))];
    while (my $next = shift @left) {
        my ($name, $node) = @$next;
        $field{$name} = 1;
        push @left,
            map { [$name eq '' ? $_ : "$name.$_", $node->{properties}{$_}] } keys %{ $node->{properties} // {} };
    }
}
is_deeply [
    map {
        my $name = $_;
        map {"$name: $_"} grep { !$field{$_} } @{ $rule{$name}{fields} }
    } sort keys %rule],
    [],
    'the fields that the rules show exist';

# What the evaluator does not know is told.
my $made = sub {
    my ($detection) = @_;
    return bless { detection => { condition => 'selection', %$detection } }, 'GGI::Sigma';
};
for my $case (
    [{ selection => { 'event_name|startswith' => 'x' } }, qr/modifier that is not understood/],
    [{ selection => ['x'] }, qr/selection that is no map/],
    [{ selection => {}, condition => '1 of them' }, qr/selection that is not there/],
    [{ selection => {}, condition => 'selection | count() > 1' }, qr/condition that goes on/],
    [{ selection => {}, condition => 'not (selection' }, qr/bracket that is not closed/]
) {
    ok !eval { $made->($case->[0])->matches($allowed); 1 }, 'a rule that is not understood';
    like $@, $case->[1], 'is told';
}
is $made->({ a => { status => 'Ok' }, b => { status => 'x' }, condition => 'b or not (b and a) and a' })
    ->matches($allowed),
    1, 'conditions are read as Sigma has them';

done_testing;
