# SPDX-License-Identifier: EUPL-1.2
# A Redis that was emptied, went back to an earlier state or is another one counts as not answering.
use strict;
use warnings;

use JSON::PP ();
use Test::More;

use GGI::Audit ();
use GGI::Child;
use GGI::Curl qw(said);
use GGI::Folder;
use GGI::Gate;
use GGI::Halt;
use GGI::Nginx;
use GGI::Problem qw(allowed refused);
use GGI::Redis;
use GGI::Slow qw(sleep time);

plan skip_all => 'it is about Redis, not about memory: t/21 and t/22 go the same ways'
    if GGI::Nginx::under_instrument();

my $pki = GGI::Pki->new;
my $oin = $GGI::Gate::OIN;
my ($other, $third) = ('00000001002564440000', '00000004003214345000');
my $dir = GGI::Folder->new;
my $ggictl = "$GGI::Nginx::BUILD/ggictl";
mkdir "$dir/log" or die $!;
local $ENV{GGI_CHANGES} = "$dir/log/changes.jsonl";

sub profile {
    my ($number, $version) = @_;
    return qq({ "oin": "$number", "versie": $version, "diensten": { "brp": { "methoden": ["GET"], "paden": ["/**"],)
        . ' "doelbindingen": ["BRPACT-AlgemeneTaken"] } } }';
}

# ggictl with its arguments about a Redis, which it is named first; returns what it says.
sub tool {
    my ($redis, @words) = @_;
    my ($exit, $said) = GGI::Folder::run($ggictl, @words, '--redis', $redis->url);
    return wantarray ? ($exit, $said) : $said;
}

sub load {
    my ($redis, @profiles) = @_;
    my $file = $dir->file('profielen.json', '[' . join(',', @profiles) . ']');
    my ($exit, $said) = tool($redis, qw(profiel load --force), $file);
    is $exit, 0, "loaded: $said";
    return;
}

sub id { return tool($_[0], qw(dataset show)) =~ /^id +(\S+)/m ? $1 : 'none' }
sub number { return tool($_[0], qw(dataset show)) =~ /^number +(\d+)/m ? $1 : 0 }

sub gate {
    my ($redis, %args) = @_;
    my $gate = GGI::Gate->new(
        redis => $redis->url,
        pki => $pki,
        workers => 2,
        zone => 'profielen:1m ttl=60s negative_ttl=60s stale=60s',
        allow_errors => [qr/counts as not answering/],
        %args)->start;
    $gate->subscribed;
    return $gate;
}

# What the log of changes has of a command about markers: each change with its outcome, as [change, result].
sub adoptions { return recorded('dataset adopt') }
sub recorded {
    my ($command) = @_;
    my @records = GGI::Audit::records(join '', map { GGI::Folder::content($_) } sort glob "$dir/log/changes.*.jsonl");
    my %end = map { $_->{trace_id} => $_->{attributes} } grep { $_->{event_name} eq 'ggi.change_ended' } @records;
    return map { [$_->{attributes}, $end{ $_->{trace_id} }] }
        grep { ($_->{attributes}{'ggi.change.kind'} // '') eq 'dataset' }
        grep { ($_->{attributes}{'ggi.change.command'} // '') eq $command } @records;
}

sub doubting {
    my ($gate, $n) = @_;
    return $gate->wait_for(sub { $gate->status->{ggi_redis_doubting} == $n }, "$n doubt");
}
sub alerts { return scalar(() = $_[0]->read('logs/error.log') =~ /\[alert\]/g) }
my %unknown = (as => [$pki->client('unknown', '--oin', $third)]);

subtest 'each change moves the data set on' => sub {
    my $redis = GGI::Redis->new(dataset => 0);
    is_deeply [tool($redis, qw(dataset show))], [1, "no data set\n"], 'an empty Redis has none';
    load($redis, profile($oin, 1));
    my $id = id($redis);
    like tool($redis, qw(dataset show)), qr/^number +1\nchanged +20\d\d-\S+Z\nby +\S+@\S+$/m,
        'the first load makes one';
    load($redis, profile($oin, 1));
    is number($redis), 1, 'a load that changes nothing leaves it as it is';
    load($redis, profile($oin, 2));
    tool($redis, qw(profiel withdraw), $oin);
    tool($redis, qw(profiel withdraw), $oin);
    is number($redis), 3, 'a load and a withdrawal that change something move it on';
    is id($redis), $id, 'and its id stays';
    like tool($redis, qw(dataset adopt)), qr/^data set \S+ at change 4$/, 'adopted';
    isnt id($redis), $id, 'it has another id';
    like tool($redis, qw(dataset show)), qr/^replaces +$id$/m, 'and takes the place of the other';
    my ($adopted, $result) = @{ (adoptions())[0] };
    is_deeply [@$adopted{ map {"ggi.change.$_"} qw(command target item before.version after.version) }],
        ['dataset adopt', $redis->url, id($redis), 3, 4], 'the log of changes has it, with both numbers';
    my $document = JSON::PP::decode_json($adopted->{'ggi.change.after.document'});
    is_deeply [@$document{qw(id number replaces)}], [id($redis), '4', $id], 'and what the marker is to be';
    is_deeply {
        map { $_ => $redis->cli('hget', 'ggi:dataset', $_) } keys %$document
    }, $document, 'which it is';
    is $result->{'ggi.change.result'}, 'done', 'and what came of it';
    tool($redis, qw(dataset adopt), $id, 'another', id($redis));
    is tool($redis, qw(dataset show)) =~ /^replaces +(.*)/m && $1, "$id another $document->{id}",
        'an id that is named twice is kept once';
    is((adoptions())[1][0]{'ggi.change.before.sha256'}, $adopted->{'ggi.change.after.sha256'}, 'a chain of markers');

    my $halt = GGI::Halt->new($redis->port, qr/redis\.call\('DEL'/);
    my $child = GGI::Child->command($ggictl, qw(dataset adopt --redis), $halt->url);
    $halt->reached;
    $redis->cli('hset', 'ggi:dataset', 'number', 41);
    $halt->go_on;
    is $child->wait, 0, 'while somebody else changes it';
    is number($redis), 42, 'it comes after what is there by then';
    is_deeply [map { $_->[1]{'ggi.change.result'} } (adoptions())[2, 3]], [qw(refused done)], 'and that is recorded';

    my ($exit, $said) = tool($redis, qw(dataset adopt), 'a b');
    is "$exit $said", qq(2 ggictl: dataset adopt: expected the id of a data set, not "a b"\n), 'no id';
    $redis->cli('del', 'ggi:dataset');
    $redis->cli('set', 'ggi:dataset', 'x');
    ($exit, $said) = tool($redis, qw(dataset adopt));
    is "$exit $said", "2 ggictl: nothing is changed: ggi:dataset is a string\n", 'a key of something else stays';
    is_deeply [@{ (adoptions())[4][1] }{qw(ggi.change.result ggi.change.why)}],
        ['refused', 'ggi:dataset is a string'], 'which is recorded too';
    like((GGI::Folder::run($ggictl, qw(audit verify), "$dir/log"))[1], qr/ 0 faults/, 'the log verifies');
};

# The entries of the stream of changes, each as { field => value }.
sub stream {
    my ($redis) = @_;
    my @words = map { s/^\s*\d+\)\s*//r =~ s/\A(?:\s*\d+\)\s*)*//r } split /\n/,
        $redis->cli(qw(--raw xrange ggi:wijzigingen - +));
    my @entries;
    for (@words) {
        if (/\A\d+-\d+\z/) { push @entries, [] }
        else { push @{ $entries[-1] }, $_ }
    }
    return map { +{ @$_, @$_ % 2 ? '' : () } } @entries;
}

subtest 'a marker that is made is recorded, also when nothing else is changed' => sub {
    my $redis = GGI::Redis->new(dataset => 0);
    my $before = () = recorded('dataset create');
    load($redis, profile($oin, 1));
    my @made = recorded('dataset create');
    is @made - $before, 1, 'the first load makes one';
    is $made[-1][0]{'ggi.change.item'}, id($redis), 'with this id';
    is $made[-1][1]{'ggi.change.result'}, 'done', 'and that it was made';
    $redis->cli('del', 'ggi:dataset');
    load($redis, profile($oin, 1));
    @made = recorded('dataset create');
    is @made - $before, 2, 'a load of what is there already makes one where none is';
    my ($change, $result) = @{ $made[-1] };
    is_deeply [@$change{ map {"ggi.change.$_"} qw(target item after.version) }], [$redis->url, id($redis), 1],
        'which is recorded';
    my $document = JSON::PP::decode_json($change->{'ggi.change.after.document'});
    is_deeply {
        map { $_ => $redis->cli('hget', 'ggi:dataset', $_) } keys %$document
    }, $document, 'as it is';
    is $result->{'ggi.change.result'}, 'done', 'with what came of it';
    is_deeply [map {"$_->{change} $_->{key} $_->{number}"} stream($redis)],
        ["load ggi:profiel:$oin 1", 'mark ggi:dataset 1'], 'and the stream in Redis has it too';
    is((tool($redis, qw(profiel verify)))[0], 0, 'profiel verify finds nothing that is not recorded');
    $redis->cli('del', 'ggi:dataset');
    tool($redis, qw(profiel withdraw), $other);
    is scalar(() = recorded('dataset create')) - $before, 2, 'a withdrawal of nothing makes no marker';
    tool($redis, qw(profiel withdraw), $oin);
    is scalar(() = recorded('dataset create')) - $before, 3, 'one of something does';

    $redis->cli('del', 'ggi:dataset');
    my $halt = GGI::Halt->new($redis->port, qr/redis\.call\('SET'/);
    my $file = $dir->file('halt.json', '[' . profile($oin, 1) . ']');
    my $child = GGI::Child->command($ggictl, qw(profiel load), $file, '--redis', $halt->url);
    $halt->reached;
    $redis->cli(qw(hset ggi:dataset id theirs number 7));
    $halt->go_on;
    is $child->wait, 0, 'while somebody else makes a marker';
    is id($redis) . ' ' . number($redis), 'theirs 8', 'that one stays';
    is_deeply [map { $_->[1]{'ggi.change.result'} } (recorded('dataset create'))[-1]], ['refused'],
        'and it is recorded that this one was not made';
};

subtest 'adopted while calls run' => sub {
    my $redis = GGI::Redis->new(dataset => 0);
    load($redis, profile($oin, 1), profile($other, 1));
    my $gate = gate($redis);
    my %cached = (as => [$pki->client('cached', '--oin', $other)]);
    allowed($gate->call('/x', \%cached), 'up');
    my @calls = map { $gate->begin("/$_-[1-400]", $_ % 2 ? () : \%cached) } 1 .. 4;
    my @unknown = map { $gate->begin("/$_-[1-400]", \%unknown) } 5, 6;
    for (1 .. 10) {
        is((tool($redis, qw(dataset adopt)))[0], 0, 'adopted');
        $redis->cli('publish', 'ggi:profiel:gewijzigd', $_) for $oin, $other, $third;
    }
    my %seen;
    $seen{$_}++ for map { said($_) } @calls;
    is_deeply \%seen, { 200 => 1600 }, 'no call is refused that has a profile';
    %seen = ();
    $seen{$_}++ for map { said($_) } @unknown;
    is_deeply \%seen, { 403 => 800 }, 'and who has none is told so';
    doubting($gate, 0);
    is alerts($gate), 0, 'without an alert';
    $gate->stop;
};

subtest 'emptied under load: what is cached goes on, and nobody is told that he is unknown' => sub {
    my $redis = GGI::Redis->new(dataset => 0);
    load($redis, profile($oin, 1), profile($other, 1));
    my $id = id($redis);
    my $gate = gate($redis);
    allowed($gate->call('/x'), 'up');
    my @calls = map { $gate->begin("/$_-[1-150]") } 1 .. 4;
    $redis->cli('flushall');
    my @fresh = map { $gate->begin('/y', { as => [$pki->client('fresh', '--oin', $other)] }) } 1 .. 10;
    is_deeply [grep { $_ != 200 } map { said($_) } @calls], [], 'each call of a cached profile is let through';
    is_deeply [grep { $_ != 200 && $_ != 503 } map { said($_) } @fresh], [], 'no other is refused for good';
    doubting($gate, 2);
    refused($gate->call('/x', \%unknown), 503, 'profile_unavailable', 'not known, and not said to be unknown');
    allowed($gate->call('/x'), 'stale');
    my $log = $gate->read('logs/error.log');
    is alerts($gate), 1, 'one alert by two workers';
    like $log, qr/counts as not answering for profiles: it has no data set: .* "ggictl dataset adopt $id"/,
        'its remedy';
    unlike $gate->read('logs/audit.jsonl'), qr/profile_not_found/, 'and so say the records';

    $gate->reload;
    doubting($gate, 2);
    refused($gate->call('/x', \%unknown), 503, 'profile_unavailable', 'a reload still knows');
    load($redis, profile($oin, 2));
    refused($gate->call('/x', \%unknown), 503, 'profile_unavailable', 'a data set that begins anew is another one');
    $gate->wait_for(
        sub { $gate->read('logs/error.log') =~ /has data set \S+, and data set $id is known/ },
        'the alert');
    like tool($redis, qw(dataset adopt), $id), qr/^data set/, 'the operator takes it';
    doubting($gate, 0);
    refused($gate->call('/x', \%unknown), 403, 'profile_not_found', 'now it is known that there is none');
    allowed($gate->call('/x'), 'and the others are let through');
    is_deeply $gate->metric_by('autorisatie_dataset_number', 'id'), { id($redis) => number($redis) },
        'the status has it';
    like $gate->read('logs/error.log'), qr/\[notice\] .*has data set @{[ id($redis) ]} at change 2, which is good/,
        'so does the log';
    $gate->stop;
};

subtest 'restarted empty, and restarted with an old dump' => sub {
    my $redis = GGI::Redis->new(dataset => 0);
    load($redis, profile($oin, 1), profile($other, 1));
    $redis->cli('save');
    tool($redis, qw(profiel withdraw), $other);
    my $gate = gate($redis);
    my %withdrawn = (as => [$pki->client('withdrawn', '--oin', $other)]);
    allowed($gate->call('/x'), 'up');
    refused($gate->call('/x', \%withdrawn), 403, 'profile_not_found', 'withdrawn');
    $redis->stop;
    $redis->start;
    doubting($gate, 2);
    refused($gate->call('/x', \%withdrawn), 503, 'profile_unavailable', 'an old dump has a profile that was withdrawn');
    allowed($gate->call('/x'), 'cached');
    like $gate->read('logs/error.log'), qr/at change 1, and had change 2 of it before/, 'the log says so';
    tool($redis, qw(profiel withdraw), $other);
    doubting($gate, 0);
    refused($gate->call('/x', \%withdrawn), 403, 'profile_not_found', 'withdrawn once more, it goes on');

    unlink $redis->dir . '/dump.rdb';
    $redis->stop;
    $redis->start;
    doubting($gate, 2);
    allowed($gate->call('/x'), 'restarted empty, what is cached goes on');
    refused($gate->call('/x', \%withdrawn), 503, 'profile_unavailable', 'and others are told to come back');
    $gate->stop;
};

subtest 'an upgrade, and another database' => sub {
    my $redis = GGI::Redis->new(dataset => 0);
    $redis->cli('set', "ggi:profiel:$oin", profile($oin, 1));
    my $gate = gate($redis);
    doubting($gate, 2);
    refused($gate->call('/x'), 503, 'profile_unavailable', 'filled before there was a marker');
    is alerts($gate), 1, 'one alert';
    like $gate->read('logs/error.log'), qr/run "ggictl dataset adopt"/, 'names the remedy';
    tool($redis, qw(dataset adopt));
    doubting($gate, 0);
    allowed($gate->call('/x'), 'adopted');
    my $wrong =
        GGI::Gate->new(redis => $redis->url =~ s{/0$}{/1}r, pki => $pki, allow_errors => [qr/it has no data set/])
        ->start;
    doubting($wrong, 1);
    refused($wrong->call('/x'), 503, 'profile_unavailable', 'a database that is not the right one');
    $wrong->stop;
    $gate->stop;
};

done_testing;
