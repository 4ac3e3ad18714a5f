# SPDX-License-Identifier: EUPL-1.2
# What operators do with many profiles: compare them, load directories, withdraw what is gone, export, look back.
use strict;
use warnings;

use JSON::PP ();
use Test::More;

use GGI::Api;
use GGI::Audit ();
use GGI::Child;
use GGI::Folder;
use GGI::Halt;
use GGI::Nginx;
use GGI::Port ();
use GGI::Redis;

plan skip_all => 'the tool alone, whose memory t/23 and t/24 look at' if GGI::Nginx::under_instrument();

my $dir = GGI::Folder->new;
my $redis = GGI::Redis->new(dataset => 0);
my @oins = map { sprintf '00000001%09d000', $_ } 1 .. 5;
delete $ENV{GGI_CHANGES};

sub profile {
    my ($n, $version, %more) = @_;
    my $methods = $more{methods} // '"GET"';
    return qq({"oin":"$oins[$n]","naam":"Gemeente $n","versie":$version,"diensten":{"brp":{"methoden":[$methods],)
        . '"paden":["/**"],"doelbindingen":["D"]}}}';
}

# ggictl with these words; its exit status, and what it says but for the hint that changes are not recorded.
sub tool {
    my (@words) = @_;
    my ($exit, $said) = GGI::Folder::run("$GGI::Nginx::BUILD/ggictl", @words, '--redis', $redis->url);
    $said =~ s/^ggictl: .* not recorded.*\n//mg;
    return ($exit, $said);
}

sub json { my ($exit, $said) = tool(@_, '-o', 'json'); return ($exit, JSON::PP->new->utf8->decode($said)) }
sub listed { my (undef, $said) = tool(qw(profiel list)); return [sort $said =~ /^(\d{20})\t/mg] }

mkdir "$dir/in" or die;
mkdir "$dir/none" or die;
mkdir "$dir/log" or die;
$dir->file('in/1.json', '[' . profile(0, 1) . ',' . profile(1, 1) . ']');
$dir->file('in/2.json', profile(2, 1));
$dir->file('in/notes.txt', 'no profile');
$dir->file('more.json', profile(3, 1));

subtest 'files and directories at once' => sub {
    my ($exit, $said) = tool(qw(profiel load --dry-run), "$dir/in", "$dir/more.json");
    is "$exit\n$said", join('', "0\n", map {"new\t$oins[$_]\t-\t1\tGemeente $_\n"} 0 .. 3), 'a trial tells what is new';
    is_deeply listed(), [], 'and loads nothing';
    is $redis->cli('exists', 'ggi:dataset'), 0, 'nor begins a data set';
    ($exit, $said) = tool(qw(profiel load), "$dir/in", "$dir/more.json");
    is "$exit\n$said", "0\n$dir/in/1.json: good, 2 profiles\n$dir/in/2.json: good, 1 profile\n"
        . "$dir/more.json: good, 1 profile\n4 of 4 profiles changed\n", 'all are loaded';
    is_deeply listed(), [@oins[0 .. 3]], 'all are there';
    is $redis->cli('hget', 'ggi:dataset', 'number'), 1, 'in one change';
    $dir->file('twice.json', profile(1, 9));
    for my $case (
        [[qw(none)], qr{none: has no file of \.json, \.yaml or \.yml}, 'an empty directory'],
        [   [qw(in twice.json)], qr{$oins[1]: stands in \S+/in/1\.json and in \S+/twice\.json},
            'a profile that stands twice'],
        [[qw(in gone.json)], qr{gone\.json: No such file}, 'a file that is not there'],
    ) {
        my ($names, $why, $what) = @$case;
        ($exit, $said) = tool(qw(profiel load), map {"$dir/$_"} @$names);
        is $exit, 2, $what;
        like $said, $why, 'is named';
    }
    $dir->file('faulty.json', profile(4, 1) =~ s/"GET"/7/r);
    ($exit, $said) = tool(qw(profiel load), "$dir/in", "$dir/faulty.json");
    is $exit, 1, 'a fault in one file';
    like $said, qr{faulty\.json: \$\.diensten\.brp\.methoden}, 'is named';
    is_deeply listed(), [@oins[0 .. 3]], 'and nothing is loaded';
};

subtest 'diff' => sub {
    is_deeply [tool(qw(profiel diff), "$dir/in", "$dir/more.json")], [0, ''], 'nothing differs';
    $dir->file(
        'new.json',
        '[' . join(
            ',', profile(0, 2, methods => '"GET","PUT"'), profile(1, 1, methods => '"PUT"'),
            profile(2, 1), profile(4, 3))
            . ']');
    my ($exit, $said) = tool(qw(profiel diff), "$dir/new.json");
    is $exit, 1, 'something differs';
    is_deeply [sort split /\n/, $said], [
        sort "changed\t$oins[0]\t1\t2\tGemeente 0", '  $.versie: 1 -> 2',
        '  $.diensten.brp.methoden: ["GET"] -> ["GET","PUT"]',
        "older\t$oins[1]\t1\t1\tGemeente 1", '  $.diensten.brp.methoden: ["GET"] -> ["PUT"]',
        "absent\t$oins[3]\t1\t-\tGemeente 3",
        "new\t$oins[4]\t-\t3\tGemeente 4"],
        'by profile and member';
    ($exit, my $json) = json(qw(profiel diff), "$dir/new.json");
    my ($changed) = grep { $_->{change} eq 'changed' } @{ $json->{differences} };
    is_deeply $changed, {
        oin => $oins[0],
        change => 'changed',
        from => 1,
        to => 2,
        members => [
            { path => '$.versie', from => 1, to => 2 },
            { path => '$.diensten.brp.methoden', from => ['GET'], to => [qw(GET PUT)] }]
        },
        'as JSON';
    ($exit, $said) = tool(qw(profiel load --dry-run), "$dir/new.json");
    is $exit, 1, 'a trial tells that it would be refused';
    like $said, qr/^older\t$oins[1]\t/m, 'and why';
    unlike $said, qr/absent/, 'and nothing of what stays as it is';
    is((tool(qw(profiel load --dry-run --force), "$dir/new.json"))[0], 0, 'unless it is forced');
};

subtest 'prune' => sub {
    $dir->file('pruned.json', '[' . join(',', profile(0, 2), profile(1, 1), profile(2, 1)) . ']');
    my ($exit, $said) = tool(qw(profiel load --prune --dry-run), "$dir/pruned.json");
    is_deeply [$exit, sort split /\n/, $said],
        [
        0, sort "withdraw\t$oins[3]\t1\t-\tGemeente 3",
        "changed\t$oins[0]\t1\t2\tGemeente 0", '  $.versie: 1 -> 2'],
        'a trial shows what would be withdrawn';
    is_deeply listed(), [@oins[0 .. 3]], 'and withdraws nothing';
    my $before = $redis->cli('hget', 'ggi:dataset', 'number');
    ($exit, $said) = tool(qw(profiel load --prune), "$dir/pruned.json", '--changes', "$dir/log/changes.jsonl");
    is "$exit\n$said", "0\nwithdraw\t$oins[3]\t1\t-\tGemeente 3\n$dir/pruned.json: good, 3 profiles\n"
        . "1 of 3 profiles changed\n1 withdrawn\n", 'it is shown and withdrawn';
    is_deeply listed(), [@oins[0 .. 2]], 'and gone';
    is $redis->cli('hget', 'ggi:dataset', 'number'), $before + 1, 'in the same change';
    my @changes = map { $_->{attributes} } GGI::Audit::records(GGI::Folder::content("$dir/log/changes.0.jsonl"));
    is_deeply [
        map {
            [@$_{ map {"ggi.change.$_"} qw(oin before.version after.version source) }]
        } @changes[1, 2]],
        [[$oins[0], 1, 2, "$dir/pruned.json"], [$oins[3], 1, undef, undef]], 'each is recorded';
    is_deeply [map { $_->{'ggi.change.result'} } @changes[3, 4]], [qw(done done)], 'with what came of it';
    $dir->file('one.json', profile(0, 2));
    ($exit, $said) = tool(qw(profiel load --prune), "$dir/one.json");
    is $exit, 1, 'more than stay are not withdrawn';
    like $said, qr/^nothing changed: more would be withdrawn than stay; --force/m, 'which is said';
    is_deeply listed(), [@oins[0 .. 2]], 'and none of them';
    ($exit, $said) = tool(qw(profiel load --prune --force), "$dir/one.json");
    is $exit, 0, 'unless it is forced';
    is_deeply listed(), [$oins[0]], 'then they are';
};

# Prunes, with more options; before Redis does that, somebody else runs ggictl with words. Returns as tool() does.
sub pruned_while {
    my ($more, @words) = @_;
    my $halt = GGI::Halt->new($redis->port, qr/redis\.call\('DEL'/);
    my $child = GGI::Child->command(
        { out => "$dir/said" }, "$GGI::Nginx::BUILD/ggictl", qw(profiel load --prune), @$more, '--redis', $halt->url,
        "$dir/one.json");
    $halt->reached;
    tool(@words);
    $halt->go_on;
    my $exit = $child->wait >> 8;
    my $said = GGI::Folder::content("$dir/said");
    unlink "$dir/said";
    return ($exit, $said);
}

subtest 'prune while somebody else changes' => sub {
    my @log = ('--changes', "$dir/log/changes.jsonl");
    $dir->file('one.json', profile(0, 3));
    for my $more ([], \@log, [@log, '--force']) {
        $redis->cli('flushall');
        $dir->file('both.json', '[' . profile(0, 2) . ',' . profile(1, 1) . ']');
        $dir->file('newer.json', profile(1, 2));
        tool(qw(profiel load), "$dir/both.json");
        my ($exit, $said) = pruned_while($more, qw(profiel load), "$dir/newer.json");
        is $exit, 1, "a profile that gets another version is not withdrawn: @$more";
        like $said, qr/^withdraw\t$oins[1]\t1\t.*^nothing changed: $oins[1] was changed meanwhile by somebody else$/ms,
            'which is said';
        is((tool(qw(profiel show -o json), $oins[1]))[1] =~ /"versie": *(\d)/ && $1, 2, 'the version stays');
        is((tool(qw(profiel show -o json), $oins[0]))[1] =~ /"versie": *(\d)/ && $1, 2, 'and nothing is loaded');
    }
    my @ends = grep { $_->{event_name} eq 'ggi.change_ended' }
        GGI::Audit::records(GGI::Folder::content("$dir/log/changes.0.jsonl"));
    is_deeply [@{ $ends[-1]{attributes} }{qw(ggi.change.result ggi.change.why)}],
        ['refused', "$oins[1] was changed meanwhile by somebody else"], 'and recorded';
    my ($exit, $said) = pruned_while([], qw(profiel withdraw), $oins[1]);
    is $exit, 1, 'nor is one that is withdrawn meanwhile';
    like $said, qr/^nothing changed: $oins[1] was changed meanwhile/m, 'which is said';
    tool(qw(profiel load), "$dir/newer.json");
    ($exit, $said) = pruned_while(\@log, qw(profiel load), "$dir/more.json");
    is_deeply [$exit, listed()], [0, [@oins[0, 3]]], 'one that comes meanwhile was not shown, and stays' or diag $said;
    $redis->cli('flushall');
    $redis->cli('set', 'ggi:wijzigingen', 'x');
    ($exit, $said) = tool(qw(profiel load), "$dir/one.json");
    like $said, qr/^nothing changed: ggi:wijzigingen is a string$/m, 'what cannot be forced is not said to be';
    $redis->cli('flushall');
};

subtest 'exit statuses' => sub {
    $redis->cli('flushall');
    mkdir "$dir/empty" or die $!;
    $dir->file('list.json', '[]');
    $dir->file('same.json', profile(0, 2, methods => '"PUT"'));
    $dir->file('v2.json', profile(0, 2));
    my ($good, $changed, $fault) = map {"$dir/$_"} qw(v2.json same.json faulty.json);
    my @cases = (
        [0, 'load', $good],
        [0, 'load', '--dry-run', $good],
        [1, 'load', '--dry-run', $changed],
        [1, 'load', $changed],
        [1, 'load', $fault],
        [1, 'load', $good, $fault],
        [2, 'load', "$dir/gone.json"],
        [2, 'load', "$dir/empty"],
        [2, 'load', "$dir/list.json"],
        [2, 'load', $good, $changed],
        [2, 'load', '--changes', "$dir/nowhere/changes.jsonl", "$dir/more.json"],
        [0, 'diff', $good],
        [1, 'diff', $changed],
        [1, 'diff', $fault],
        [2, 'diff', "$dir/gone.json"],
        [2, 'diff', "$dir/empty"],
        [2, 'diff', $good, $changed]);
    for my $case (@cases) {
        my ($status, @words) = @$case;
        my ($exit, $said) = tool('profiel', @words);
        is $exit, $status, join ' ', map {s{.*/}{}r} @words or diag $said;
    }
    for my $word (qw(load diff)) {
        my ($exit) = GGI::Folder::run("$GGI::Nginx::BUILD/ggictl", $word, '--redis', 'redis://127.0.0.1:1', $good);
        is $exit, 2, "$word without Redis";
    }
    is_deeply listed(), [$oins[0]], 'nothing else was loaded';
};

subtest 'export' => sub {
    tool(qw(profiel load), "$dir/in", "$dir/more.json", '--force');
    my ($exit, $said) = tool(qw(profiel export));
    is $exit, 0, 'exported';
    is_deeply [map { $_->{oin} } @{ JSON::PP->new->utf8->decode($said) }], [@oins[0 .. 3]], 'in the order of OIN';
    $dir->file('export.json', $said);
    is_deeply [tool(qw(profiel diff), "$dir/export.json")], [0, ''], 'it is what Redis has';
    my (undef, $json) = json(qw(profiel export));
    is_deeply $json->{profiles}, JSON::PP->new->utf8->decode($said), 'as JSON too';
    $redis->cli('flushall');
    like((tool(qw(profiel load), "$dir/export.json"))[1], qr/^4 of 4 profiles changed$/m, 'it can be loaded again');
    $redis->cli('set', "ggi:profiel:$oins[4]", '{');
    ($exit, $said) = tool(qw(profiel export));
    is $exit, 1, 'what is no JSON';
    like $said, qr/^ggictl: $oins[4]: left out, since it is no JSON$/m, 'is named';
};

subtest 'history' => sub {
    $redis->cli('flushall');
    for my $version (1, 3) {
        $dir->file('v.json', profile(0, $version));
        tool(qw(profiel load), "$dir/v.json", "$dir/more.json");
    }
    tool(qw(profiel withdraw), $oins[0]);
    my ($exit, $said) = tool(qw(profiel history), $oins[0]);
    is $exit, 0, 'there is one';
    my $who = qr/20\d\d-\d\d-\d\dT\S+Z/;
    like $said, qr/\A$who\tload\t-\t1\t\S+@\S+\t1\n$who\tload\t1\t3\t\S+\t2\n$who\twithdraw\t3\t-\t\S+\t3\n\z/,
        'when, what, from which version to which, who, and the number of the data set';
    is((tool(qw(profiel history), $oins[3]))[1] =~ tr/\n//, 1, 'what did not change is not noted again');
    my (undef, $json) = json(qw(profiel history), $oins[0]);
    is_deeply [map { [@$_{qw(change from to)}] } @{ $json->{changes} }],
        [['load', undef, '1'], ['load', '1', '3'], ['withdraw', '3', undef]], 'as JSON';
    is_deeply [tool(qw(profiel history), $oins[4])], [1, "$oins[4]: no change is noted\n"], 'of another there is none';
    my ($max, $add) = ('18446744073709551615', "redis.call('xadd', 'ggi:wijzigingen', ARGV[1] .. '-' .. %s, "
            . "'change', 'load', 'key', 'ggi:profiel:$oins[4]', 'number', %s) ");
    $redis->cli('del', 'ggi:wijzigingen');
    $redis->cli('eval', 'for i = 1, 999 do ' . sprintf($add, 'i', 'i') . 'end', 0, 7);
    $redis->cli('eval', sprintf($add, "'$max'", 1000), 0, 7);
    $redis->cli('eval', sprintf($add, 0, 1001), 0, 8);
    $redis->cli('eval', sprintf($add, "'$max'", 1002), 0, $max);
    $redis->cli(qw(config set slowlog-log-slower-than 0));
    is_deeply [(tool(qw(profiel history), $oins[4]))[1] =~ /\t(\d+)$/mg], [1 .. 1002], 'more than one page of it';
    my $asked = $redis->cli(qw(slowlog get));
    $redis->cli(qw(config set slowlog-log-slower-than -1));
    like $asked, qr/XRANGE\s+ggi:wijzigingen\s+8-0\s/, 'the next page begins by an id that Redis 6.0 can read';
    $redis->cli('set', 'ggi:wijzigingen', 'x') if $redis->cli('del', 'ggi:wijzigingen');
    ($exit, $said) = tool(qw(profiel load), "$dir/v.json");
    is $exit, 1, 'where no change can be noted none is made';
    like $said, qr/ggi:wijzigingen is a string/, 'and that is said';
    is_deeply listed(), [$oins[3]], 'nothing is loaded';
};

# The users of the example may send no other command than those that the suite sends.
subtest 'commands of Redis' => sub {
    open my $in, '<', 'conf/redis-users.acl' or die $!;
    my %used = map { $_ => 1 } map {/ \+([a-z|]+)/g} <$in>;
    close $in;
    my %since = $redis->cli(qw(command docs), sort keys %used) =~ /^([\w|]+)\nsummary\n[^\n]*\nsince\n(\d+\.\d+)/mg;
    is_deeply [sort keys %since], [sort keys %used], 'this Redis knows each';
    is_deeply [grep { $since{$_} > 6.0 } sort keys %since], [], 'and Redis 6.0 as well';
};

# A server that is the master of a data set without profiles. To the nth connection it gives the nth of some replies,
# where one of these words is asked.
sub hostile {
    my ($port, $replies, @words) = @_;
    my $none = "*2\r\n\$1\r\n0\r\n*0\r\n";
    my %said = (
        ROLE => "*3\r\n\$6\r\nmaster\r\n:0\r\n*0\r\n", HMGET => "*3\r\n\$1\r\na\r\n\$1\r\n1\r\n\$-1\r\n",
        GET => "\$-1\r\n", SCAN => $none, HSCAN => $none, EVAL => "*1\r\n\$-1\r\n", XREVRANGE => "*0\r\n");
    return GGI::Api->serving(
        $port,
        sub {
            my ($client, $number) = @_;
            local @said{@words} = ($replies->[$number]) x @words;
            while (defined(my $head = readline $client)) {
                my ($n) = $head =~ /\A\*(\d+)/ or return;
                my @asked = map { read $client, my $text, 2 + substr readline($client), 1; $text } 1 .. $n;
                print $client $said{ uc substr $asked[0], 0, -2 } // "+OK\r\n";
            }
        });
}

subtest 'a server that sends what it should not' => sub {
    my $file = $dir->file('hostile.json', profile(0, 1));
    my $one = "\$1\r\n1\r\n";
    my @replies = (
        "+OK\r\n", "\$-1\r\n", "*1\r\n*0\r\n", "*2\r\n\$-1\r\n\$-1\r\n", "*2\r\n\$1\r\n0\r\n*1\r\n:1\r\n",
        "*2\r\n\$1\r\nx\r\n*0\r\n", "*2\r\n${one}*0\r\n", "*2\r\n\$1\r\n0\r\n*1\r\n$one",
        "*2\r\n\$30\r\n" . '1' x 30 . "\r\n*0\r\n", "*1\r\n*2\r\n\$3\r\n1-1\r\n*2\r\n:1\r\n:1\r\n",
        "%1\r\n+a\r\n:1\r\n",
        '*' . 2**30 . "\r\n");
    for my $case (
        ['SCAN', [0 .. $#replies], qw(profiel list)],
        ['GET', [2, 10, 11], qw(profiel show), $oins[0]],
        ['EVAL', [2, 3, 4, 9, 10, 11], qw(profiel load), $file],
        ['XREVRANGE', [2, 3, 9, 11], qw(profiel history), $oins[0]],
        ['HMGET', [1, 3, 4, 10, 11], qw(dataset adopt)],
    ) {
        my ($word, $which, @words) = @$case;
        my $port = GGI::Port::free();
        my $server = hostile($port, [@replies[@$which]], $word);
        my @bad;
        for my $i (@$which) {
            my ($exit, $said) =
                GGI::Folder::run("$GGI::Nginx::BUILD/ggictl", @words, '--redis', "redis://127.0.0.1:$port");
            $said =~ s/^ggictl: .* not recorded.*\n//mg;
            push @bad, "$i: $exit $said" if $exit > 2 || ($exit == 2 && $said !~ /^ggictl: .*\w \w/m);
            push @bad, "$i: $exit $said" if $word eq 'SCAN' && $exit != 2;
        }
        is_deeply \@bad, [], "@words: each time ggictl ends, with a message where it cannot go on";
        $server->stop;
    }
};

done_testing;
