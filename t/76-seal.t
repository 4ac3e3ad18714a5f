# SPDX-License-Identifier: EUPL-1.2
# ggictl audit seal: every line is sealed once, one seal an interval, whatever happens to the files and to the sealer.
use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use Fcntl qw(:mode);
use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep time);

use GGI::Child;
use GGI::Disk;
use GGI::Folder ();
use GGI::Gate;
use GGI::Nginx;
use GGI::Preload;
use GGI::Seals qw(append %chain);
use GGI::Slow;

my $ggictl = "$GGI::Nginx::BUILD/ggictl";

# A log with a directory of keys beside it.
sub fresh {
    my $dir = GGI::Folder->new;
    mkdir "$dir/log" or die $!;
    return ($dir, "$dir/log/audit.jsonl", "$dir/keys");
}

sub seal {
    my ($dir, @more) = @_;
    return GGI::Folder::run(
        $ggictl, qw(audit seal --node gate1 --log), "$dir/log/audit.jsonl", '--keys', "$dir/keys",
        @more);
}

sub follow {
    my ($dir, @more) = @_;
    return GGI::Child->command(
        { err => "$dir/err", out => "$dir/out" }, $ggictl, qw(audit seal --node gate1 --follow --log),
        "$dir/log/audit.jsonl", '--keys', "$dir/keys", '--interval', '200ms', @more);
}

sub seals { my ($dir) = @_; return -e "$dir/log/audit.seals" ? GGI::Folder::content("$dir/log/audit.seals") : '' }
sub notes { my ($dir) = @_; return GGI::Seals::notes(seals($dir)) }

sub wait_for { my ($so, $what) = @_; return GGI::Slow::wait_for($so, $what, 20) }

# Waits for so many seals more than there are.
sub more_seals {
    my ($dir, $more) = @_;
    my $n = $more + notes($dir);
    return wait_for(sub { notes($dir) >= $n }, 'more seals');
}

sub is_sealed {
    my ($dir, $name, @files) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    @files = glob "$dir/log/*.jsonl*" if !@files;
    return is_deeply [GGI::Seals::faults(GGI::Folder::content("$dir/keys/public"), seals($dir), @files)], [], $name;
}

subtest 'one seal' => sub {
    my ($dir) = fresh();
    append("$dir/log/audit.$_.jsonl", 3 + $_) for 0 .. 1;
    append("$dir/log/other.0.jsonl", 2);
    open my $torn, '>>', "$dir/log/audit.1.jsonl" or die $!;
    print $torn '{"half';
    close $torn or die $!;
    open my $empty, '>', "$dir/log/audit.2.jsonl" or die $!;
    close $empty or die $!;
    my ($exit, $said) = seal($dir);
    is $exit, 0, 'is made' or diag $said;
    my $public = GGI::Folder::content("$dir/keys/public");
    like $said, qr/^The public key of the first seal.*\n\Q$public\Eseal 1: 7 lines\n\z/m, 'it shows the key to keep';
    like $public, qr{\Agate1/audit\+[0-9a-f]{8}\+\S+\n\z}, 'which has the name of node and log';
    is_sealed($dir, 'all whole lines are sealed', map {"$dir/log/audit.$_.jsonl"} 0 .. 1);
    my ($note) = notes($dir);
    is_deeply [sort map {"@$_"} @{ $note->{chain} }],
        [sort map {"$chain{$_}{id} $chain{$_}{n} $chain{$_}{hash}"} map {"$dir/log/audit.$_.jsonl"} 0 .. 1],
        'the last record of each chain is named';
    is sprintf('%04o', S_IMODE((stat "$dir/keys/$_")[2])), '0600', "$_ is for its user alone" for qw(slot.0 slot.1);
    is sprintf('%04o', S_IMODE((stat "$dir/keys")[2])), '0700', 'and so is the directory';
    ($exit, $said) = seal($dir, '-o', 'json');
    is_deeply [$exit, decode_json($said)], [0, { seal => 2, lines => 0 }], 'another one, as JSON, with nothing in it';
    my ($secret) = GGI::Folder::content("$dir/keys/slot.1") =~ /^secret (\S+)$/m;
    append("$dir/log/audit.0.jsonl", 1);
    seal($dir);
    unlike GGI::Folder::content("$dir/keys/slot.1"), qr/[^\0]/, 'the secret that was used is overwritten';
    isnt((GGI::Folder::content("$dir/keys/slot.0") =~ /^secret (\S+)$/m)[0], $secret, 'and another one is in force');
    is_sealed($dir, 'a line that came later', map {"$dir/log/audit.$_.jsonl"} 0 .. 1);
};

subtest 'what it cannot do' => sub {
    my ($dir) = fresh();
    for (
        [['--interval', '10'], qr/--interval: expected a time of 100ms to 24h, such as 10s, and not "10"/],
        [['--interval', '99ms'], qr/--interval: expected/], [['--interval', '25h'], qr/--interval: expected/],
        [['--expire', 'x'], qr/--expire and --reason belong together/],
        [['--expire', 'x', '--reason', "a\tb"], qr/--reason: expected 1 to 200 printable/],
        [['--expire', 'x', '--reason', 'P5Y', '--follow'], qr/without --follow/],
        [['--node', 'gate 1'], qr{"gate 1/audit" cannot be the name of a key}],
    ) {
        my ($exit, $said) = seal($dir, @{ $_->[0] });
        is $exit, 2, "@{ $_->[0] }";
        like $said, $_->[1], 'is told';
    }
    append("$dir/log/audit.0.jsonl", 1);
    is((seal($dir))[0], 0, 'otherwise it can');
    chmod 0750, "$dir/keys" or die $!;
    my ($exit, $said) = seal($dir);
    is $exit, 2, 'a directory of keys that others can reach';
    like $said, qr/keys holds secrets, and others than its owner can reach it: chmod 700 it/, 'is told';
    chmod 0700, "$dir/keys" or die $!;
    rename "$dir/keys", "$dir/kept" or die $!;
    ($exit, $said) = seal($dir);
    is $exit, 2, 'seals whose keys are elsewhere';
    like $said, qr/audit\.seals has seals already, and \S+keys has not their key/, 'are told';
    system('rm', '-r', "$dir/keys");
    rename "$dir/kept", "$dir/keys" or die $!;
    seal($dir) for 1 .. 2;
    my $good = seals($dir);
    my $last = ($good =~ /.*^(ggi-audit-seal.*)/ms)[0];
    for (
        [$good =~ s/..\n\z/xx\n/r, qr/was changed since the last seal was made/],
        ["$good\n", qr/bytes, and not the \d+ that it was left with/],
        [$good =~ s/\Q$last\E\z//r =~ s/\n\z//r, qr/bytes, and not the \d+ that it was left with/],
        ['', qr/bytes, and not the \d+ that it was left with/],
        [$good =~ s/^time \d/time 3/mr, qr/seal 2: it is not the one that follows/],
    ) {
        my ($changed, $message) = @$_;
        $dir->file('log/audit.seals', $changed);
        ($exit, $said) = seal($dir);
        is $exit, 2, 'seals that somebody changed';
        like $said, $message, 'are told';
        $dir->file('log/audit.seals', $good);
    }
    $dir->file('log/audit.seals', substr $good, 0, -20);
    is((seal($dir))[0], 0, 'the last one is finished when its end is missing');
    is((seal($dir))[0], 0, 'as they were they are gone on with');
    is_sealed($dir, 'and good');
};

subtest 'each interval, and a closing one' => sub {
    my ($dir) = fresh();
    append("$dir/log/audit.0.jsonl", 3);
    my $began = time;
    my $sealer = follow($dir);
    more_seals($dir, 5);
    my ($exit, $said) = seal($dir);
    is $exit, 2, 'there is one sealer at a time';
    like $said, qr/keys: another process makes seals with these keys$/m, 'which is told';
    system('cp', '-r', "$dir/keys", "$dir/other");
    ($exit, $said) = seal($dir, '--keys', "$dir/other");
    is $exit, 2, 'also with a copy of the keys';
    like $said, qr/audit\.seals: another process appends seals to it$/m, 'which is told';
    append("$dir/log/audit.$_.jsonl", 2) for 0 .. 1;
    more_seals($dir, 2);
    append("$dir/log/audit.0.jsonl", 1);
    kill 'TERM', $sealer->{pid};
    is $sealer->wait, 0, 'SIGTERM ends it';
    my $took = time - $began;
    my @notes = notes($dir);
    is_deeply [map { $_->{closed} ? 1 : 0 } @notes], [(0) x $#notes, 1], 'with a closing seal';
    cmp_ok @notes - 1, '<=', 1 + $took / 0.2, 'there was no more than one an interval';
    is_sealed($dir, 'and all is sealed');
    is_deeply [map { scalar @{ $_->{file} // [] } } grep { !$_->{file} } @notes], [map {0} grep { !$_->{file} } @notes],
        'idle intervals have a seal too';
    cmp_ok scalar(grep { !$_->{file} } @notes), '>=', 3, 'some were idle';
};

subtest 'files that are renamed, packed and removed' => sub {
    my ($dir) = fresh();
    my $file = "$dir/log/audit.0.jsonl";
    my $sealer = follow($dir);
    append($file, 5);
    more_seals($dir, 2);

    # a worker writes on to a file that was renamed, until it has the new one
    rename $file, "$file-1" or die $!;
    $chain{"$file-1"} = $chain{$file};
    append("$file-1", 4);
    append($file, 3);
    more_seals($dir, 3);
    append("$file-1", 1);
    my @kept = map { GGI::Folder::content($_) } "$file-1";
    system('gzip', "$file-1") == 0 or die;
    append($file, 2);
    more_seals($dir, 4);
    ok -s "$dir/keys/packed", 'a packed file is read once';

    # one that was written and moved away within an interval: it was open
    append($file, 2);
    more_seals($dir, 1);
    open my $writer, '>>', $file or die $!;
    rename $file, "$dir/moved" or die $!;
    $chain{"$dir/moved"} = $chain{$file};
    append("$dir/moved", 2);
    my $second = append("$dir/log/audit.1.jsonl", 4);
    more_seals($dir, 3);
    $dir->file('unpacked', @kept);
    kill 'TERM', $sealer->{pid};
    is $sealer->wait, 0, 'it ends';
    is_sealed($dir, 'each line is sealed once', "$dir/unpacked", "$dir/moved", $second);
    is GGI::Folder::content("$dir/err"), '', 'and nothing was wrong';
};

subtest 'a file that was packed while nobody made seals' => sub {
    for my $tool (['gzip', 'gz'], ['zstd', 'zst']) {
        my ($dir) = fresh();
        my $file = append("$dir/log/audit.0.jsonl", 300);
        seal($dir);
        append($file, 200);
        my $content = GGI::Folder::content($file);
        system($tool->[0], '-q', $file) == 0 or die;
        unlink $file;
        my $sealer = follow($dir);
        wait_for(sub { -s "$dir/keys/packed" }, 'it is read');
        kill 'TERM', $sealer->{pid};
        $sealer->wait;
        is_sealed($dir, "what $tool->[0] packed is sealed to its end", $dir->file('unpacked', $content));
        my $n = notes($dir);
        $sealer = follow($dir);
        more_seals($dir, 3);
        kill 'TERM', $sealer->{pid};
        $sealer->wait;
        is scalar(grep { $_->{file} } (notes($dir))[$n .. $n + 3]), 0, 'once';
    }
};

subtest 'a file that is cut, and one that cannot be read' => sub {
    my ($dir) = fresh();
    my $file = append("$dir/log/audit.0.jsonl", 30);
    append("$dir/log/audit.1.jsonl", 3);
    seal($dir);
    my $content = GGI::Folder::content($file);
    truncate $file, 1000 or die $!;
    my ($exit, $said) = seal($dir);
    is $exit, 0, 'the other files are sealed on';
    like $said, qr/audit\.0\.jsonl is shorter than what was sealed of it: it was cut$/m, 'a file that was cut is told';
    $dir->file('log/audit.0.jsonl', $content);
    $dir->file('log/audit.2.jsonl.xz', "\xfd7zXZ\0...");
    ($exit, $said) = seal($dir);
    is $exit, 0, 'and with a file that is packed in another way';
    like $said, qr/xz is packed, but not by gzip or zstd/, 'which is told';
    unlink "$dir/log/audit.2.jsonl.xz";
    is_sealed($dir, 'what is there is sealed');
SKIP: {
        skip 'root may read all files', 2 if $> == 0 && !-x '/usr/bin/setpriv';
        chmod 0, $file or die $!;
        my @as = $> == 0 ? qw(setpriv --bounding-set -all --inh-caps -all --ambient-caps -all) : ();
        ($exit, $said) = GGI::Folder::run(
            @as, $ggictl, qw(audit seal --node gate1 --log),
            "$dir/log/audit.jsonl", '--keys', "$dir/keys");
        is $exit, 2, 'there is no seal without a file that cannot be read';
        like $said, qr/audit\.0\.jsonl: Permission denied/, 'which is told';
    }
};

subtest 'files that go by retention' => sub {
    my ($dir) = fresh();
    my $old = append("$dir/log/audit.0.jsonl-1", 5);
    my $new = append("$dir/log/audit.0.jsonl", 2);
    seal($dir);
    my $first = sha256_hex(GGI::Folder::content($old) =~ /\A(.*?\n)/s);
    append($old, 2);
    my ($size, $n) = (-s $old, 1);
    my @expire = ('--expire', $old, '--reason', 'bewaartermijn P5Y is over');
    my ($exit, $said) = seal($dir, @expire);
    is $exit, 0, 'without a sealer' or diag $said;
    like $said, qr/audit\.0\.jsonl-1 may be removed: a seal says that it expired$/m, 'it is told when';
    my @expired = map { @{ $_->{expired} // [] } } notes($dir);
    is_deeply [map {"@$_"} @expired], ["$first 0 $size bewaartermijn P5Y is over"], 'all of the file, and the reason';
    is_sealed($dir, 'what was not sealed of it was so before', $old, $new);
    is((seal($dir, @expire))[0], 0, 'again');
    is scalar(map { @{ $_->{expired} // [] } } notes($dir)), 1, 'is not said again';

    my $sealer = follow($dir);
    more_seals($dir, 1);
    ($exit, $said) = seal($dir, '--expire', $new, '--reason', 'P5Y');
    is $exit, 0, 'with a sealer' or diag $said;
    unlink $new;
    is scalar(map { @{ $_->{expired} // [] } } notes($dir)), 2, 'which says so';
    my $strange = append("$dir/strange", 1);
    ($exit, $said) = seal($dir, '--expire', $strange, '--reason', 'P5Y', '-o', 'json');
    is $exit, 1, 'a file that is none of the log';
    is_deeply decode_json($said), { expired => JSON::PP::false }, 'is told';
    kill 'TERM', $sealer->{pid};
    is $sealer->wait, 0, 'it ends';
    is GGI::Folder::content("$dir/err"), '', 'and nothing was wrong';
    is_deeply [grep { !/^(?:slot\.[01]|public|packed)\z/ } map {m{([^/]+)\z}} glob "$dir/keys/*"], [],
        'no request is left';
};

subtest 'killed at any point' => sub {
    plan skip_all => 'the sanitizers preload a library' if !GGI::Preload::possible();
    my $preload = GGI::Preload->new(<<'C');
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

/* The process kills itself at a call, of which it does a half before; AT has its number. */
static int
now(void)
{
    static int  calls;
    const char *at = getenv("AT");

    return at && ++calls == atoi(at);
}

ssize_t
write(int fd, const void *data, size_t n)
{
    ssize_t (*real)(int, const void *, size_t) = (ssize_t (*)(int, const void *, size_t)) dlsym(RTLD_NEXT, "write");

    if (now()) {
        real(fd, data, n / 2);
        kill(getpid(), SIGKILL);
    }

    return real(fd, data, n);
}

ssize_t
pwrite(int fd, const void *data, size_t n, off_t offset)
{
    ssize_t (*real)(int, const void *, size_t, off_t) =
        (ssize_t (*)(int, const void *, size_t, off_t)) dlsym(RTLD_NEXT, "pwrite");

    if (now()) {
        real(fd, data, n / 2, offset);
        kill(getpid(), SIGKILL);
    }

    return real(fd, data, n, offset);
}

#define CALL(name)                                                             \
int                                                                            \
name(int fd)                                                                   \
{                                                                              \
    if (now()) {                                                               \
        kill(getpid(), SIGKILL);                                               \
    }                                                                          \
                                                                               \
    return ((int (*)(int)) dlsym(RTLD_NEXT, #name))(fd);                       \
}

CALL(fsync)
CALL(fdatasync)

int
ftruncate(int fd, off_t size)
{
    if (now()) {
        kill(getpid(), SIGKILL);
    }

    return ((int (*)(int, off_t)) dlsym(RTLD_NEXT, "ftruncate"))(fd, size);
}
C
    for my $begun (0, 1) {
        my $killed = 0;
        for my $at (1 .. 40) {
            my ($dir) = fresh();
            append("$dir/log/audit.$_.jsonl", 3) for 0 .. 1;
            if ($begun) {
                seal($dir) for 1 .. $at % 2 + 1;
                append("$dir/log/audit.0.jsonl", 2);
            }
            my $status = GGI::Child->command(
                '/usr/bin/env', "AT=$at", 'LD_PRELOAD=' . $preload->path, $ggictl, qw(audit seal --node gate1 --log),
                "$dir/log/audit.jsonl", '--keys', "$dir/keys")->wait;
            append("$dir/log/audit.1.jsonl", 2);
            my ($exit, $said) = seal($dir);
            my @faults =
                  $exit
                ? $said
                : GGI::Seals::faults(GGI::Folder::content("$dir/keys/public"), seals($dir), glob "$dir/log/*.jsonl");
            is_deeply \@faults, [], "it goes on after call $at" if @faults;
            $killed += ($status & 127) == 9;
            last if !$status;
        }
        cmp_ok $killed, '>=', 8,
            "it was killed at each of $killed calls, " . ($begun ? 'in a later seal' : 'in the first');
    }
};

subtest 'killed now and then' => sub {
    my ($dir) = fresh();
    my $kills = 15;
    for my $kill (1 .. $kills) {
        my $sealer = follow($dir, '--interval', '100ms');
        my $until = time + rand 0.5;
        do {
            append("$dir/log/audit." . int(rand 3) . '.jsonl', 1 + rand 50);
            sleep 0.01;
        } while (time < $until);
        if ($kill % 5 == 0) {
            rename "$dir/log/audit.0.jsonl", "$dir/log/audit.0.jsonl-$kill" if -e "$dir/log/audit.0.jsonl";
        }
        $sealer->stop;
    }
    my ($exit, $said) = seal($dir);
    is $exit, 0, 'it goes on' or diag $said;
    is_sealed($dir, "each line was sealed once, with $kills kills");
    is GGI::Folder::content("$dir/err"), '', 'and nothing was wrong';
};

subtest 'a disk that is full' => sub {
    plan skip_all => $GGI::Disk::WHY if !GGI::Disk->available;
    my $disk = GGI::Disk->new(size => '1m');
    my ($dir) = fresh();
    rmdir "$dir/log" or die $!;
    symlink $disk->path, "$dir/log" or die $!;
    append("$dir/log/audit.0.jsonl", 20);
    my $sealer = follow($dir);
    more_seals($dir, 2);
    append("$dir/log/audit.0.jsonl", 5);
    $disk->fill;
    wait_for(sub { GGI::Folder::content("$dir/err") =~ /audit\.seals: No space left on device/ }, 'it is told');
    my $n = notes($dir);
    $disk->free;
    more_seals($dir, 2);
    kill 'TERM', $sealer->{pid};
    is $sealer->wait, 0, 'it ends';
    is_sealed($dir, 'a seal that was appended by half is finished', "$dir/log/audit.0.jsonl");
};

subtest 'the log of a gateway' => sub {
    my $gate = GGI::Gate->new(workers => 2)->start;
    my $dir = GGI::Folder->new;
    my $log = $gate->audit_file(0) =~ s/\.0\.jsonl$/.jsonl/r;
    my $sealer = GGI::Child->command(
        { err => "$dir/err" }, $ggictl, qw(audit seal --follow --interval 200ms --log), $log,
        '--keys', "$dir/keys");
    my $seals = $log =~ s/jsonl$/seals/r;
    my $sealed = sub {
        return -e $seals ? scalar(GGI::Seals::notes(GGI::Folder::content($seals))) : 0;
    };
    for my $round (1 .. 3) {
        $gate->call("/brp/$_") for 1 .. 4;
        $gate->signal('HUP') if $round == 1;
        if ($round == 2) {
            rename $_, "$_-$round" or die $! for grep {-e} map { $gate->audit_file($_) } 0 .. 1;
            $gate->signal('USR1');
        }
        my $n = $sealed->();
        wait_for(sub { $sealed->() > $n }, 'a seal');
    }
    $gate->stop;
    kill 'TERM', $sealer->{pid};
    is $sealer->wait, 0, 'the sealer ends';
    is_deeply [
        GGI::Seals::faults(
            GGI::Folder::content("$dir/keys/public"), GGI::Folder::content($seals),
            glob $log =~ s/jsonl$/[0-9]*jsonl*/r)],
        [], 'each line is sealed once, over a reload and a rotation';
    is GGI::Folder::content("$dir/err"), '', 'and nothing was wrong';
};

done_testing;
