# SPDX-License-Identifier: EUPL-1.2
# ggictl audit ship to a real Redis: a stream for each chain, in which each record is once and to the byte.
use strict;
use warnings;

use JSON::PP qw(decode_json);
use Test::More;
use Time::HiRes qw(sleep);

use GGI::Chain qw(call chain);
use GGI::Child;
use GGI::Conf ();
use GGI::Folder ();
use GGI::Nginx;
use GGI::Pki;
use GGI::Redis;
use GGI::Seals qw(append %chain);
use GGI::Slow;

my $ggictl = "$GGI::Nginx::BUILD/ggictl";
my $pki = GGI::Pki->new;
$pki->server;
my $acl = File::Temp->new;
print $acl GGI::Conf::content('conf/redis-users.acl'), "user admin on nopass ~* &* +\@all\n";
close $acl or die $!;
my $redis = GGI::Redis->with_tls($pki, 'server', '--aclfile', "$acl");
$redis->{cli} = ['--no-auth-warning', '--user', 'admin', '-a', 'x'];
local $ENV{GGI_SHIP_TO} = "redis://ship:change-me-as-well\@127.0.0.1:" . $redis->port . '/0';
my $dir = GGI::Folder->new;
mkdir "$dir/log" or die $!;

sub ship { my (@more) = @_; return GGI::Folder::run($ggictl, qw(audit ship --log), "$dir/log/audit.jsonl", @more) }
sub counted { my (@more) = @_; return decode_json((ship('-o', 'json', @more))[1]) }

# The records of the stream of a file's chain, each with its line's end.
sub stream {
    my ($file) = @_;
    my @words = split /\n/, $redis->cli('XRANGE', "ggi:audit:$chain{$file}{id}", '-', '+');
    return join '', map {"$_\n"} grep {/^\{/} @words;
}

sub lines { my ($file) = @_; return GGI::Folder::content($file) }

my @files = map {"$dir/log/audit.$_.jsonl"} 0 .. 1;
append($files[$_], 20 + $_) for 0 .. 1;
my ($exit, $said) = ship();
is $exit, 0, 'all is shipped' or diag $said;
like $said, qr/^records shipped: 41; there already: 0; lines set aside: 0; behind: 0 bytes, 0 seconds$/m, 'and told';
is stream($_), lines($_), 'a stream has the records of a chain' for @files;
is $redis->cli('XINFO', 'STREAM', "ggi:audit:$chain{$files[0]}{id}") =~ /^last-generated-id\n(.*)$/m ? $1 : '', '20-0',
    'by their numbers';
is counted()->{shipped}, 0, 'not twice';
$redis->cli('DEL', 'ggi:audit:place');
is_deeply [@{ counted() }{qw(shipped known aside)}], [0, 41, 0], 'records are known where places were lost';

{
    # a worker that could not rely on its file has written its records to another one, and the first gets another chain
    my $twins = GGI::Folder->new;
    my @twin = map {"$twins/audit.$_.jsonl"} 0 .. 2;
    my $counted = sub {
        my ($status, $text) = GGI::Folder::run($ggictl, qw(audit ship -o json --log), "$twins/audit.jsonl");
        my $count = $text =~ /(\{.*\})/s ? decode_json($1) : {};
        return "$status: " . join ' ', map { $_ // '-' } @$count{qw(shipped known aside behind_bytes)};
    };
    append($twin[0], 3);
    is $counted->(), '0: 3 0 0 0', 'a file';
    for my $to (1, 2) {
        $twins->file("audit.$to.jsonl", lines($twin[0]));
        $chain{ $twin[$to] } = delete $chain{ $twin[$to - 1] } if $to == 1;
        append($_, 4) for @twin[0, 1];
        $counted->() for 1 .. 3;
        append($_, 2) for @twin[0, 1];
        is $counted->(), '0: 4 0 0 0', 'of files that begin with the same line what is new is shipped';
        is $counted->(), '0: 0 0 0 0', 'once';
        is stream($_), join('', (lines($_) =~ /^.*"$chain{$_}{id}".*\n/mg)), 'to the streams of their chains'
            for @twin[0, 1];
    }
    rename $twin[1], "$twins/audit.9.jsonl" or die $!;
    is $counted->(), '0: 0 0 0 0', 'renamed as well';
    my @lines = split /^/, lines($twin[0]);
    $twins->file('audit.0.jsonl', @lines[0 .. 4]);
    unlink "$twins/audit.9.jsonl", $twin[2] or die $!;
    is $counted->(), '1: 0 5 0 0', 'one that was cut, without others that begin like it, is told of';
}

{
    # what comes in another order, or is no record
    my $late = sprintf '{"attributes":{"ggi.chain.id":"%s","ggi.chain.number":3,"ggi.chain.previous":"%064d"}}' . "\n",
        $chain{ $files[0] }{id}, 0;
    $dir->file('log/audit.2.jsonl', $late, "torn\0\n");
    ($exit, $said) = ship('-o', 'json');
    is $exit, 1, 'what a stream cannot have';
    like $said, qr/audit\.2\.jsonl: 2 lines set aside/, 'is told of';
    is $redis->cli('HLEN', 'ggi:audit:aside'), 2, 'and kept';
    is((ship())[0], 0, 'once');
}

{
    # ship is killed, and Redis is away and full meanwhile
    my $follow = sub {
        GGI::Child->command(
            { err => "$dir/err" }, $ggictl, qw(audit ship --follow --log),
            "$dir/log/audit.jsonl");
    };
    my $shipper = $follow->();
    for (1 .. 4) {
        append($_, 60) for @files;
        sleep 0.15;
        $shipper->stop;
        $shipper = $follow->();
    }
    $redis->cli('CONFIG', 'SET', 'maxmemory', '1');
    append($_, 5) for @files;
    GGI::Slow::wait_for(sub { GGI::Folder::content("$dir/err") =~ /OOM command not allowed/ }, 'a full Redis', 20);
    rename $files[0], "$files[0]-1" or die $!;
    system('gzip', "$files[0]-1") == 0 or die;
    $redis->cli('CONFIG', 'SET', 'maxmemory', '0');
    GGI::Slow::wait_for(sub { GGI::Folder::content("$dir/err") =~ /: it answers again/ }, 'word of its end', 30);
    ok stream($files[0]) eq qx(zcat $files[0]-1.gz), 'each record once, of a file that was packed';
    ok stream($files[1]) eq lines($files[1]), 'and of one that was not';
}

subtest 'records that expire' => sub {
    my $log = GGI::Folder->new;
    my ($old, $now) = (1_420_070_400_000, time() * 1000);
    my $register = $log->file('register.json', <<~'END');
        { "versie": "1", "doelbindingen": [ { "id": "kort", "doel": "d", "grondslag": { "avg": "6.1.e" },
          "diensten": ["brp"], "bewaartermijn": "P5Y" } ] }
        END
    my $id = 'c2e982000001';
    my $key = "ggi:audit:01a218bc-ecb9-70cd-88f2-$id";
    my @lines = chain($id, call($old, 'kort'), call($now, 'kort'), call($old, 'kort'), call($now));
    my ($other) = chain($id, call($old, 'kort'));
    my $file = $log->file('audit.0.jsonl-1', @lines);
    my $second = $log->file('audit.1.jsonl-1', $other, "torn /geheim\n", '{"long":"' . 'y' x 1_100_000 . "\"}\n");
    my $count = sub {
        my ($status, $text) = GGI::Folder::run($ggictl, qw(audit ship -o json --log), "$log/audit.jsonl");
        my $counts = $text =~ /(\{.*\})/s ? decode_json($1) : {};
        return "$status: " . join ' ', map { $_ // '-' } @$counts{qw(shipped known aside)};
    };
    my $streamed = sub {
        join '', map {"$_\n"} grep {/^\{/} split /\n/, $redis->cli('XRANGE', $key, '-', '+');
    };
    my $from = sub { my ($user) = @_; return "redis://$user\@127.0.0.1:" . $redis->port . '/0' };
    local $ENV{GGI_EXPIRE_FROM} = $from->('ship:change-me-as-well');
    my @expire = ($ggictl, qw(audit expire --register), $register, '--changes', "$log/changes.jsonl");
    my $expire = sub { my (@more) = @_; return GGI::Folder::run(@expire, @more) };
    is $count->(), '1: 7 0 3', 'are shipped, and what is none is set aside';
    is $redis->cli('HLEN', 'ggi:audit:aside:since'), $redis->cli('HLEN', 'ggi:audit:aside'), 'since then';
    my ($status, $text) = $expire->();
    is $status, 2, 'who ships cannot have records go';
    like $text, qr/NOPERM/, 'as is told';
    local $ENV{GGI_EXPIRE_FROM} = $from->('expire:change-me-at-last');
    ($status, $text) = $expire->('--dry-run');
    is $status, 0, 'dry' or diag $text;
    like $text, qr/^\Q$key\E: 4 of 7 records expired$/m, 'it is told how many would';
    is $streamed->(), join('', @lines), 'and nothing is changed';
    $redis->cli('XGROUP', 'CREATE', $key, 'siem', '0');
    $redis->cli('XREADGROUP', 'GROUP', 'siem', 'one', 'COUNT', '2', 'STREAMS', $key, '>');
    ($status, $text) = $expire->();
    is $status, 1, 'a stream of which somebody has entries';
    like $text, qr/\Q$key\E is left as it is: a group of consumers has entries that were not acknowledged$/m,
        'is left, as is told';
    like $text, qr/^1 record expired$/m, 'and counted with nothing';
    is $streamed->(), join('', @lines), 'as it is';
    $redis->cli('XACK', $key, 'siem', '1-0', '2-0');
    $redis->cli('PEXPIRE', $key, '90000000');
    my @aside = map { $redis->cli('HGET', 'ggi:audit:aside', $_) } split /\n/, $redis->cli('HKEYS', 'ggi:audit:aside');
    is scalar(grep {/^\{"tombstone":/} @aside), 1, 'a record that was set aside is a tombstone by then';
    is scalar(grep {/geheim/} @aside), 1, 'and what is no record stays for as long as the longest bewaartermijn';

    my $kept = GGI::Folder->new;
    system('cp', $file, $second, "$kept") == 0 or die;
    GGI::Folder::run(@expire, "$kept");
    ($status, $text) = $expire->();
    is $status, 0, 'they expire' or diag $text;
    like $text, qr/^4 records expired$/m, 'once';
    is $streamed->(), lines("$kept/audit.0.jsonl-1"), 'to the same tombstones as in a file, in the same order';
    ($status, $text) = GGI::Folder::run($ggictl, qw(audit verify), $log->file('stream', $streamed->()));
    is $status, 0, 'and the chain is whole' or diag $text;
    like $redis->cli('XINFO', 'GROUPS', $key), qr/^siem\n.*^2-0$/ms, 'who reads the stream goes on where he was';
    cmp_ok $redis->cli('PTTL', $key), '>', 0, 'and it goes when it would have gone';
    is $redis->cli('KEYS', 'ggi:audit:expire:*'), '', 'nothing is left beside it';
    my ($change) = map { decode_json($_) } grep {/"\Q$key\E"/} split /\n/, lines("$log/changes.0.jsonl");
    is $change->{attributes}{'ggi.change.target'}, 'redis://127.0.0.1:' . $redis->port . '/0',
        'who did that is recorded';

    is $count->(), '0: 0 0 0', 'they do not come again';
    system('cp', '-p', "$kept/audit.0.jsonl-1", "$kept/audit.1.jsonl-1", "$log") == 0 or die;
    is $count->(), '0: 0 0 0', 'nor do tombstones, for a file is the same one when its first and last record expire';
    $redis->cli('DEL', 'ggi:audit:place');
    is $count->(), '0: 0 10 0', 'a record and its tombstone are known as one';
    $log->file('audit.0.jsonl-1', lines($file), $other =~ s/chain\.number":\K1,/8,/r);
    is $count->(), '0: 1 0 0', 'and the stream goes on';
    $redis->cli('HSET', 'ggi:audit:aside:since', $_, 1) for split /\n/, $redis->cli('HKEYS', 'ggi:audit:aside:since');
    ($status, $text) = $expire->();
    like $text, qr/^ggi:audit:aside: \d of \d records expired$/m, 'in the end what is no record goes too';
    @aside = map { $redis->cli('HGET', 'ggi:audit:aside', $_) } split /\n/, $redis->cli('HKEYS', 'ggi:audit:aside');
    is scalar(grep {/torn/} @aside), 0, 'all of it';
    $redis->cli('DEL', 'ggi:audit:place');
    like $count->(), qr/ 0\z/, 'and is known still';
    ($status, $text) = $expire->('--from', $from->('expire:secret'));
    is $status, 2, 'a password on the command line';
    like $text, qr/give the URL in GGI_EXPIRE_FROM of the environment$/, 'is told';
};

is( (   GGI::Folder::run(
            'env', 'GGI_SHIP_TO=rediss://ship:change-me-as-well@127.0.0.1:' . $redis->tls_port . '/0',
            $ggictl, qw(audit ship --redis-ca), $pki->dir . '/roots.pem', '--log', "$dir/log/audit.jsonl"))[0],
    0,
    'over TLS');
for (
    [["redis://ship:secret\@127.0.0.1:" . $redis->port], qr/a password on the command line can be read/],
    [['redis://127.0.0.1:' . $redis->port], qr/NOAUTH|WRONGPASS|NOPERM/],
    [['redis://127.0.0.1:1'], qr/Connection refused.*; 0 records were shipped, and \d+ bytes are behind/],
) {
    ($exit, $said) = ship('--to', @{ $_->[0] });
    is $exit, 2, 'what cannot be';
    like $said, $_->[1], 'is told';
    unlike $said, qr/secret/, 'without a password';
}
like $redis->cli('ACL', 'DRYRUN', 'ship', @$_), qr/no permissions/, "who ships may not: @$_"
    for [qw(DEL ggi:audit:x)], [qw(XDEL ggi:audit:x 1-0)], [qw(XTRIM ggi:audit:x MAXLEN 0)], [qw(GET ggi:profiel:x)],
    [qw(SET ggi:profiel:x 1)];

done_testing;
