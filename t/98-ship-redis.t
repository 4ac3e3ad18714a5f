# SPDX-License-Identifier: EUPL-1.2
# ggictl audit ship to a real Redis: a stream for each chain, in which each record is once and to the byte.
use strict;
use warnings;

use JSON::PP qw(decode_json);
use Test::More;
use Time::HiRes qw(sleep);

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
