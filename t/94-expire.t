# SPDX-License-Identifier: EUPL-1.2
# ggictl audit expire: records whose bewaartermijn is over become tombstones, by which the rest of the log is verified
# as before; and tombstones that nobody may make are found.
use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use Fcntl qw(:flock);
use JSON::PP qw(decode_json);
use Test::More;

use GGI::Audit ();
use GGI::Chain qw(call chain);
use GGI::Child;
use GGI::Conf ();
use GGI::Folder ();
use GGI::Nginx;
use GGI::Schema ();
use GGI::Slow;

my $ggictl = "$GGI::Nginx::BUILD/ggictl";
my $old = 1_420_070_400_000;
my $now = time() * 1000;
my $oin = $GGI::Chain::OIN;

sub run { my (@arguments) = @_; return GGI::Folder::run($ggictl, 'audit', @arguments) }

my $opened = '"ggi.chain.before.end":"none"},"event_name":"ggi.chain_opened","timestamp":1420070400000,"status":"Ok"}';
my $files = GGI::Folder->new;
my $register = $files->file(
    'register.json',
    '{ "versie": "1", "doelbindingen": [ ' . join(
        ',',
        map {
            qq({ "id": "$_->[0]", "doel": "d", "grondslag": { "avg": "6.1.e" }, "diensten": ["brp"],
                 "bewaartermijn": "$_->[1]" })
        } ['kort', 'P5Y'],
        ['lang', 'P90Y'])
        . ' ] }');

# The records of a file: chain_opened, two calls of "kort", of which one is new, and one each of "lang", of a
# doelbinding that is in the record alone, and of none.
sub records {
    my ($id) = @_;
    return chain(
        $id, call($old, 'kort'), $opened,
        call($old, 'lang', 'P1Y'),
        call($old, 'eigen', 'P3Y'),
        call($old), call($now, 'kort'), call($old, 'kort'));
}

# Which lines of a file are tombstones, as 0 and 1.
sub tombstones {
    my ($text) = @_;
    return join '', map { /\A\{"tombstone":/ ? 1 : 0 } split /\n/, $text;
}

subtest 'a log without seals' => sub {
    my $dir = GGI::Folder->new;
    my @lines = records('c2e981000001');
    my $log = $dir->file('audit.0.jsonl-1', @lines);
    my ($exit, $said) = run('expire', '--dry-run', '--register', $register, $log);
    is $exit, 0, 'dry';
    is $said, "$log: 6 of 12 records expired\n         4  kort\n         2  eigen\n"
        . "6 records expired, and would be replaced\n", 'tells what would expire';
    is GGI::Folder::content($log), join('', @lines), 'and changes nothing';
    ($exit, $said) = run('expire', '--register', $register, '--default', 'P1Y', '-o', 'json', $log);
    is_deeply decode_json($said),
        {
        files => [{ file => $log, records => 12, expired => 7, left => undef }], expired => 7,
        doelbindingen => { kort => 4, eigen => 2, '-' => 1 }, dry_run => JSON::PP::false
        },
        'as JSON, and those without a doelbinding by --default';
    my @left = GGI::Folder::content($log) =~ /(.*\n)/g;
    is tombstones(join '', @left), '110001110011', 'what has expired is a tombstone';
    is_deeply [map {length} @left], [map {length} @lines], 'as long as its record';
    is_deeply [@left[2 .. 4, 8, 9]], [@lines[2 .. 4, 8, 9]], 'the rest is as it was, byte for byte';
    unlike $left[0] . $left[1], qr/geheim|$oin|trace|span/i, 'nothing of the record is in it';
    GGI::Schema::conforms(join('', grep {/\A\{"tombstone":/} @left), 'a tombstone conforms to its schema');
    my $tombstone = decode_json($left[1]);
    is_deeply [$tombstone->{tombstone}, $tombstone->{timestamp}, $tombstone->{attributes}{'ggi.tombstone.retention'}],
        [sha256_hex($lines[1]), $old + 5, 'P5Y'], 'but its hash, its time, and for how long it was kept';
    ($exit, $said) = run('verify', $log);
    is $exit, 0, 'the chain is whole' or diag $said;
    like $said, qr/^7 records expired: a tombstone stands for each\n12 records, 0 faults\n/m, 'and tells of them';
    my (undef, $found) = run('query', $log);
    is scalar(() = $found =~ /^/mg), 2, 'a query finds the others';
    (undef, $found) = run('query', '--event', 'tombstone', $log);
    like $found,
        qr/\A2015-01-01T00:00:00\.000Z  ggi\.tombstone: a record expired, as it was kept for P5Y, number 1, in/,
        'and tombstones when they are asked for';
    ($exit, $said) = run('expire', '--register', $register, '--default', 'P1Y', $log);
    is $said, "$log: 0 of 12 records expired\n0 records expired\n", 'there is nothing to do a second time';
    $left[5] =~ s/"tombstone":"./"tombstone":"x/;
    $dir->file('audit.0.jsonl-1', @left);
    is + (run('verify', $log))[0], 1, 'a tombstone whose hash is none';
    $left[5] =~ s/"tombstone":"x.../"tombstone":"0000/;
    $dir->file('audit.0.jsonl-1', @left);
    ($exit, $said) = run('verify', $log);
    is $exit, 1, 'or another one';
    like $said, qr/^\S+:6: tampered with|^\S+:[67]: /m, 'is found';
};

subtest 'packed files' => sub {
    my $dir = GGI::Folder->new;
    my @lines = records('c2e981000002');
    my %unpack = (gz => 'gzip -dc', zst => 'zstd -qdc');
    for my $kind (['gzip', 'gz'], ['zstd -q --rm', 'zst']) {
        my $log = $dir->file("audit.$kind->[1].jsonl", @lines);
        system "$kind->[0] $log";
        utime 1_500_000_000, 1_500_000_000, "$log.$kind->[1]";
        chmod 0640, "$log.$kind->[1]";
        is + (run('expire', '--register', $register, "$log.$kind->[1]"))[0], 0, $kind->[1];
        is tombstones(scalar qx($unpack{ $kind->[1] } $log.$kind->[1])), '110001100011', 'is packed again';
        is_deeply [(stat "$log.$kind->[1]")[2, 9]], [oct '100640', 1_500_000_000], 'with its mode and its time';
        is + (run('verify', "$log.$kind->[1]"))[0], 0, 'and whole';
    }
    is_deeply [grep { !/audit\./ } glob "$dir/*"], [], 'nothing is left beside them';
};

subtest 'a file that is written to' => sub {
    my $dir = GGI::Folder->new;
    my $log = $dir->file('audit.0.jsonl', my @lines = records('c2e981000003'));
    open my $fh, '>>', $log or die $!;
    flock $fh, LOCK_EX or die $!;
    my ($exit, $said) = run('expire', '--register', $register, $log);
    is $exit, 1, 'by a worker';
    like $said, qr/^ggictl: \Q$log\E is left as it is: a process writes to it: rotate it first$/m, 'is told';
    is GGI::Folder::content($log), join('', @lines), 'and left as it is';
};

# A sealed log: its directory, after a seal of all.
my @seal = qw(audit seal --node gate1 --log);
sub seal {
    my ($dir, @more) = @_;
    return GGI::Folder::run($ggictl, @seal, "$dir/log/audit.jsonl", '--keys', "$dir/keys", @more);
}
sub sealed {
    my ($id) = @_;
    my $dir = GGI::Folder->new;
    mkdir "$dir/log" or die $!;
    $dir->file('log/audit.0.jsonl-1', records($id));
    seal($dir);
    return $dir;
}
sub expire {
    my ($dir) = @_;
    return run('expire', '--register', $register, '--log', "$dir/log/audit.jsonl", '--keys', "$dir/keys", "$dir/log");
}
sub verify { my ($dir) = @_; return run('verify', '--key', "$dir/keys/public", "$dir/log") }

subtest 'a log with seals' => sub {
    my $dir = sealed('c2e981000004');
    my $log = "$dir/log/audit.0.jsonl-1";
    my ($exit, $said) = run('expire', '--register', $register, "$dir/log");
    is $exit, 2, 'needs its keys';
    like $said, qr/audit\.seals: the log is sealed, so a seal has to say which records expire/, 'which is told';
    ($exit, $said) = expire($dir);
    is $exit, 0, 'with them records expire' or diag $said;
    is tombstones(GGI::Folder::content($log)), '110001100011', 'the first of the file too';
    like GGI::Folder::content("$dir/log/audit.seals"),
        qr/^tombstones [0-9a-f]{64} 6 [0-9a-f]{64} their bewaartermijn is over$/m, 'as a seal says';
    ($exit, $said) = verify($dir);
    is $exit, 0, 'it is whole by its seals' or diag $said;
    like $said, qr/^whole$/m, 'which is told';
    $dir->file('log/audit.1.jsonl', records('c2e981000005'));
    seal($dir);
    is_deeply [GGI::Folder::content("$dir/log/audit.seals") =~ /^file /mg], [('file ') x 2],
        'the seals go on, and do not take the file for another one';
    is + (verify($dir))[0], 0, 'and the log is whole';
    system('gzip', $log);
    is + (verify($dir))[0], 0, 'packed too';
    system('gzip', '-d', "$log.gz");

    my ($page) = GGI::Conf::content('modules/audit/README.md') =~ /^```sh\n(#!\/bin\/sh\n# verify-seals.*?)^```/ms;
    my $shell = $dir->file('verify-seals', $page);
    my @page = ('sh', $shell, "$dir/keys/public", "$dir/log/audit.seals", glob "$dir/log/*.jsonl*");
    ($exit, $said) = GGI::Folder::run(@page);
    is $exit, 0, 'by openssl and sha256sum alone as well' or diag $said;

    # the last record of the file, which nothing comes after, and one that has not expired
    my @lines = GGI::Folder::content($log) =~ /(.*\n)/g;
    my $bury = sub {
        my ($line) = @_;
        my ($place) = $line =~ /("ggi\.chain\.id":"[^"]+","ggi\.chain\.number":\d+,"ggi\.chain\.previous":"[0-9a-f]+")/;
        my $tombstone = '{"tombstone":"' . sha256_hex($line) . qq(","attributes":{$place}});
        return $tombstone . ' ' x (length($line) - 1 - length $tombstone) . "\n";
    };
    my @forged = @lines;
    $forged[8] = $bury->($lines[8]);
    $dir->file('log/audit.0.jsonl-1', @forged);
    is + (run('verify', "$dir/log"))[0], 0,
        'a tombstone that somebody made of a record passes for one by the chain alone';
    ($exit, $said) = verify($dir);
    is $exit, 1, 'by the seals it does not';
    like $said, qr/^\S+audit\.0\.jsonl-1:1: tampered with: it stands for a record, as 7 lines of the file do,/m,
        'which is told';
    like $said, qr/^tampered with$/m, 'as a verdict';
    like + (GGI::Folder::run(@page))[1], qr/audit\.0\.jsonl-1 has tombstones that no seal has$/m,
        'by the page of shell too';
    @forged = @lines;
    $forged[1] =~ s/"timestamp":\K1420070400005/1420070400006/ or die;
    $dir->file('log/audit.0.jsonl-1', @forged);
    is + (verify($dir))[0], 0, 'what a tombstone says beside its hash is no part of the record';
    $forged[11] =~ s/"tombstone":"\K[0-9a-f]{4}/0000/ or die;
    $dir->file('log/audit.0.jsonl-1', @forged);
    is + (run('verify', "$dir/log"))[0], 0, 'a wrong hash of the last record is not seen by the chain alone';
    is + (verify($dir))[0], 1, 'and by the seals it is';
};

subtest 'an attempt that is killed' => sub {
    my $dir = sealed('c2e981000006');
    my $log = "$dir/log/audit.0.jsonl-1";
    my $before = GGI::Folder::content($log);
    my $slow = GGI::Child->command(
        $ggictl, @seal, "$dir/log/audit.jsonl", '--keys', "$dir/keys",
        qw(--follow --interval 1h));
    my $seals = sub { return scalar(() = GGI::Folder::content("$dir/log/audit.seals") =~ /^seal /mg) };
    ok GGI::Slow::wait_for(sub { $seals->() > 1 }, 'a seal', 30), 'while the next seal is far';
    my $child = GGI::Child->command(
        $ggictl, qw(audit expire --register), $register, '--log', "$dir/log/audit.jsonl",
        '--keys', "$dir/keys", "$dir/log");
    ok GGI::Slow::wait_for(sub { my @asked = glob "$dir/keys/expire.*"; @asked > 0 }, 'a request', 30), 'it waits';
    kill 'KILL', $child->{pid};
    $child->wait;
    is GGI::Folder::content($log), $before, 'the file is as it was';
    kill 'TERM', $slow->{pid};
    $slow->wait;
    my ($exit, $said) = verify($dir);
    is $exit, 0, 'and whole, though a seal has the tombstones already' or diag $said;
    my $sealer = GGI::Child->command(
        $ggictl, @seal, "$dir/log/audit.jsonl", '--keys', "$dir/keys",
        qw(--follow --interval 100ms));
    ($exit, $said) = expire($dir);
    is $exit, 0, 'the next one is not held up' or diag $said;
    is tombstones(GGI::Folder::content($log)), '110001100011', 'and does it, while another process makes seals';
    is_deeply [grep { !/audit\./ } glob "$dir/log/*"], [], 'nothing is left of the first';
    kill 'TERM', $sealer->{pid};
    $sealer->wait;
    is + (verify($dir))[0], 0, 'the log is whole';
};

subtest 'a process that makes seals is killed before it answers' => sub {
    my $dir = sealed('c2e981000012');
    my $before = GGI::Folder::content("$dir/log/audit.0.jsonl-1");
    my $sealer = GGI::Child->command(
        $ggictl, @seal, "$dir/log/audit.jsonl", '--keys', "$dir/keys",
        qw(--follow --interval 1h));
    GGI::Slow::wait_for(sub { GGI::Folder::content("$dir/log/audit.seals") =~ /^seal .*^seal /ms }, 'a seal', 30);
    my $child = GGI::Child->command(
        { err => "$dir/told" }, $ggictl, qw(audit expire --register), $register, '--log', "$dir/log/audit.jsonl",
        '--keys', "$dir/keys", "$dir/log");
    GGI::Slow::wait_for(sub { my @asked = glob "$dir/keys/expire.*"; @asked > 0 }, 'a request', 30);
    kill 'KILL', $sealer->{pid};
    $sealer->wait;
    kill 'KILL', $child->{pid}
        if !GGI::Slow::wait_for(sub { -s "$dir/told" }, 'the end, which does not take ten minutes', 30);
    is $child->wait >> 8, 2, 'the command ends';
    like GGI::Folder::content("$dir/told"), qr/: the process that makes seals has ended without an answer: /,
        'which is told';
    is_deeply [glob "$dir/keys/expire.*"], [], 'its request is withdrawn';
    ok GGI::Folder::content("$dir/log/audit.0.jsonl-1") eq $before, 'and the file is as it was';
    my ($exit, $said) = expire($dir);
    is $exit, 0, 'the next one makes the seal itself' or diag $said;
    is + (verify($dir))[0], 0, 'and the log is whole';
};

# While the command waits for a seal, the file gets another name, and another file has its name; or it is removed.
for my $another (1, 0) {
    subtest 'a file that is ' . ($another ? 'rotated' : 'moved away') . ' meanwhile' => sub {
        my $dir = sealed("c2e98100001$another");
        my $log = "$dir/log/audit.0.jsonl-1";
        my $before = GGI::Folder::content($log);
        my $sealer = GGI::Child->command(
            $ggictl, @seal, "$dir/log/audit.jsonl", '--keys', "$dir/keys",
            qw(--follow --interval 1h));
        my $seals = sub { return scalar(() = GGI::Folder::content("$dir/log/audit.seals") =~ /^seal /mg) };
        GGI::Slow::wait_for(sub { $seals->() > 1 }, 'a seal', 30);
        my $child = GGI::Child->command(
            { err => "$dir/told" }, $ggictl, qw(audit expire --register), $register, '--log', "$dir/log/audit.jsonl",
            '--keys', "$dir/keys", "$dir/log");
        GGI::Slow::wait_for(sub { my @asked = glob "$dir/keys/expire.*"; @asked > 0 }, 'a request', 30);
        my $new = join '', records('c2e981000008');
        if ($another) {
            rename $log, "$dir/log/audit.0.jsonl-2" or die $!;
            $dir->file('log/audit.0.jsonl-1', $new);
        }
        else {
            rename $log, "$dir/gone" or die $!;
        }
        kill 'TERM', $sealer->{pid};
        $sealer->wait;
        seal($dir);
        is $child->wait >> 8, 2, 'is not replaced';
        like GGI::Folder::content("$dir/told"), qr/\Q$log\E: it was renamed or removed meanwhile/, 'which is told';
        ok GGI::Folder::content("$dir/log/audit.0.jsonl-2") eq $before, 'it is as it was' if $another;
        ok GGI::Folder::content($log) eq $new, 'and so is the one that has its name' if $another;
        ok GGI::Folder::content("$dir/gone") eq $before, 'it is as it was' if !$another;
        ok !-e $log, 'and nothing is put in its place' if !$another;
        is_deeply [grep { !/audit\./ } glob "$dir/log/*"], [], 'nothing is left beside them';
        rename "$dir/gone", $log or die $! if !$another;
        seal($dir);
        my ($exit, $said) = verify($dir);
        is $exit, 0, 'the log is whole' or diag $said;
    };
}

subtest 'a file with another name' => sub {
    my $dir = GGI::Folder->new;
    my $log = $dir->file('audit.0.jsonl-1', my @lines = records('c2e981000007'));
    link $log, "$dir/kept" or die $!;
    my ($exit, $said) = run('expire', '--register', $register, $log);
    is $exit, 1, 'a second name';
    like $said, qr/^ggictl: \Q$log\E is left as it is: it has another name, under which its records would stay$/m,
        'is told';
    unlink $log or die $!;
    symlink "$dir/kept", $log or die $!;
    ($exit, $said) = run('expire', '--register', $register, $log);
    is $exit, 1, 'a symbolic link';
    like $said, qr/^ggictl: \Q$log\E is left as it is: it is a symbolic link/m, 'is told too';
    is GGI::Folder::content("$dir/kept"), join('', @lines), 'and the records are where they were';
};

subtest 'an answer that nobody has waited for' => sub {
    my $dir = sealed('c2e981000009');
    my ($first) = GGI::Folder::content("$dir/log/audit.0.jsonl-1") =~ /\A(.*\n)/;
    $dir->file('keys/refused.' . sha256_hex($first), '');
    my ($exit, $said) = expire($dir);
    is $exit, 0, 'is none of what is asked for now' or diag $said;
};

subtest 'who had records expire is recorded' => sub {
    my $dir = GGI::Folder->new;
    my @lines = records('c2e981000001');
    my $log = $dir->file('audit.0.jsonl-1', @lines);
    my @expire = ('expire', '--register', $register);
    local $ENV{GGI_CHANGES} = "$dir/changes.jsonl";
    run(@expire, '--dry-run', $log);
    ok !-e "$dir/changes.0.jsonl", 'not what would be done';
    symlink "$dir/elsewhere", "$dir/changes.0.jsonl";
    my ($exit, $said) = run(@expire, $log);
    is $exit, 2, 'without a record';
    like $said, qr/symbolic link: nothing is changed/, 'as is told';
    is GGI::Folder::content($log), join('', @lines), 'nothing expires';
    unlink "$dir/changes.0.jsonl";
    is((run(@expire, $log))[0], 0, 'with one');
    my (undef, $change, $end) = GGI::Audit::records(GGI::Folder::content("$dir/changes.0.jsonl"));
    is $change->{attributes}{'ggi.change.target'}, $log, 'it says which file';
    is $change->{attributes}{'ggi.change.before.sha256'}, sha256_hex($lines[0]), 'by its first line';
    is $change->{attributes}{'ggi.change.source'}, $register, 'by which register';
    is $end->{attributes}{'ggi.change.result'}, 'done', 'and that it was done';
};

done_testing;
