# SPDX-License-Identifier: EUPL-1.2
# Seals of files that begin with the same line: a worker that cannot rely on its file writes the records that it keeps
# to another one, and those may be all that the first one has.
use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use Test::More;

use GGI::Child;
use GGI::Conf ();
use GGI::Folder ();
use GGI::Nginx;
use GGI::Seals qw(append);
use GGI::Slow;
use GGI::Tamper qw(seal lines put);

my $ggictl = "$GGI::Nginx::BUILD/ggictl";
my $interval = int(10 * $GGI::Slow::FACTOR) . 's';

sub content { my ($path) = @_; return GGI::Folder::content($path) }

sub verify {
    my ($dir, @more) = @_;
    return GGI::Folder::run(
        $ggictl, qw(audit verify --interval), $interval, '--key', "$dir/keys/public", @more,
        "$dir/log");
}

# The same, by the page of shell in the documentation.
my ($page) = GGI::Conf::content('modules/audit/README.md') =~ /^```sh\n(#!\/bin\/sh\n# verify-seals.*?)^```/ms;

sub by_shell {
    my ($dir) = @_;
    return GGI::Folder::run('sh', $dir->file('verify', $page), "$dir/keys/public", "$dir/log/audit.seals", files($dir));
}

sub whole {
    my ($dir, $what) = @_;
    my ($exit, $said) = verify($dir);
    like $said, qr/^0 lines are not sealed yet\nwhole\n\z/m, "$what: all is sealed, and whole" or diag $said;
    is_deeply [GGI::Seals::faults(content("$dir/keys/public"), content("$dir/log/audit.seals"), files($dir))], [],
        "$what: so others find";
    return is $exit, 0, $what;
}

sub files { my ($dir) = @_; return glob "$dir/log/audit.*.jsonl*" }

# A log of which the file 1 begins with the lines of file 0, which end both.
sub again {
    my ($n) = @_;
    my $dir = GGI::Folder->new;
    mkdir "$dir/log" or die $!;
    append("$dir/log/audit.0.jsonl", $n);
    seal($dir);
    append_kept($dir, 0, 1);
    return $dir;
}

# Has one file begin with all lines of another, with which its chain goes on.
sub append_kept {
    my ($dir, $from, $to) = @_;
    put("$dir/log/audit.$to.jsonl", lines("$dir/log/audit.$from.jsonl"));
    $GGI::Seals::chain{"$dir/log/audit.$to.jsonl"} = delete $GGI::Seals::chain{"$dir/log/audit.$from.jsonl"};
    return;
}

subtest 'kept records that are written to another file' => sub {
    my $dir = again(3);
    append("$dir/log/audit.1.jsonl", 2);
    seal($dir);
    whole($dir, 'the other file goes on');
    append("$dir/log/audit.0.jsonl", 2);
    seal($dir);
    whole($dir, 'and the first one has another chain');
    append("$dir/log/audit.1.jsonl", 9);
    seal($dir);
    append("$dir/log/audit.$_.jsonl", 1) for 0, 1;
    append_kept($dir, 1, 2);
    append("$dir/log/audit.$_.jsonl", 1) for 1, 2;
    seal($dir);
    whole($dir, 'a third file, too');
    my ($first) = lines("$dir/log/audit.0.jsonl");
    my @names = sha256_hex($first);
    push @names, sha256_hex("$names[-1]\n") for 1 .. 2;
    my %sealed = map { $_ => 1 } content("$dir/log/audit.seals") =~ /^file (\S+)/mg;
    is_deeply [sort keys %sealed], [sort @names], 'each has a name of its own in the seals';

    rename "$dir/log/audit.$_->[0].jsonl", "$dir/log/audit.$_->[1]" or die $! for [0, '7.jsonl'], [1, '0.jsonl-1'];
    seal($dir);
    append("$dir/log/audit.7.jsonl", 1);
    append("$dir/log/audit.2.jsonl", 2);
    seal($dir);
    whole($dir, 'renamed');
    system('gzip', "$dir/log/audit.0.jsonl-1") == 0 or die;
    utime 1, 1, "$dir/log/audit.0.jsonl-1.gz" or die $!;
    seal($dir);
    whole($dir, 'and packed');
    my ($exit, $said) = by_shell($dir);
    is $exit, 0, 'which the page of shell finds too' or diag $said;

    my %lines = map { $_ => [lines($_)] } files($dir);
    for my $file (sort keys %lines) {
        my @lines = @{ $lines{$file} };
        put($file, @lines[0 .. $#lines - 1]);
        ($exit, $said) = verify($dir);
        is $exit, 1, "without the last line of $file";
        like $said, qr/tampered with/, 'it is tampered with' or diag $said;
        my @changed = @lines;
        $changed[1] =~ s/xx?/y/;
        put($file, @changed);
        like + (verify($dir))[1], qr/tampered with/, 'and so with another line' if $changed[1] ne $lines[1];
        unlink $file;
        ($exit, $said) = verify($dir);
        like $said, qr/^a file is missing: its first line has the SHA-256 $names[0], /m, 'and is missed without it';
        is + (by_shell($dir))[0], 1, 'by the page of shell too';
        put($file, @lines);
    }
    whole($dir, 'and with all of it');
    return;
};

subtest 'a sealer that begins later' => sub {
    my $dir = again(4);
    append("$dir/log/audit.1.jsonl", 3);
    append("$dir/log/audit.0.jsonl", 5);
    unlink "$dir/log/audit.seals", glob "$dir/keys/*";
    seal($dir);
    whole($dir, 'seals both files');
    return;
};

subtest 'a sealer that goes on' => sub {
    my $dir = again(3);
    my $seals = "$dir/log/audit.seals";
    my $sealer = GGI::Child->command(
        $ggictl, qw(audit seal --follow --interval 100ms --log), "$dir/log/audit.jsonl", '--keys',
        "$dir/keys");
    my $named = sub {
        my %named = map { $_ => 1 } content($seals) =~ /^file (\S+)/mg;
        return scalar keys %named;
    };
    GGI::Slow::wait_for(sub { $named->() == 2 }, 'both files are sealed', 30);
    append("$dir/log/audit.1.jsonl", 3);
    append("$dir/log/audit.0.jsonl", 2);
    GGI::Slow::wait_for(sub { (verify($dir))[1] =~ /^0 lines are not/m }, 'all is sealed', 30);
    rename "$dir/log/audit.0.jsonl", "$dir/log/audit.0.jsonl-1" or die $!;
    system('gzip', "$dir/log/audit.0.jsonl-1") == 0 or die;
    append("$dir/log/audit.1.jsonl", 3);
    GGI::Slow::wait_for(sub { (verify($dir))[1] =~ /^0 lines are not/m }, 'and what came since', 30);
    kill 'TERM', $sealer->{pid};
    is $sealer->wait, 0, 'it ends';
    return whole($dir, 'and all is whole');
};

subtest 'a file that is no more than the beginning of another' => sub {
    my $dir = again(3);
    append("$dir/log/audit.1.jsonl", 2);
    seal($dir);
    unlink "$dir/log/audit.0.jsonl" or die $!;
    return whole($dir, 'is not missed');
};

# Files 0 and 1 begin with the same three lines, and are sealed to their ends; or file 0 alone is.
for my $sealed (2, 1) {
    subtest "a file that no seal has yet, beside $sealed that begin with its line" => sub {
        my $dir = again(3);
        append("$dir/log/audit.0.jsonl", 2);
        $sealed == 2 ? append("$dir/log/audit.1.jsonl", 2) : unlink "$dir/log/audit.1.jsonl";
        seal($dir);
        my @kept = (lines("$dir/log/audit.0.jsonl"))[0 .. 2];
        put("$dir/log/audit.2.jsonl", @kept);
        my ($exit, $said) = verify($dir);
        is $exit, 0, 'it has no more than lines that are sealed' or diag $said;
        like $said, qr/^0 lines are not sealed yet\nwhole\n\z/m, 'which is told';
        append("$dir/log/audit.2.jsonl", 2);
        ($exit, $said) = verify($dir);
        is $exit, 0, 'it goes on with another chain' or diag $said;
        like $said, qr/^2 lines are not sealed yet\nwhole\n\z/m, 'whose lines are not sealed yet';
        is + (by_shell($dir))[0], 0, 'as the page of shell finds';

        for my $i (0 .. $sealed - 1) {
            my $file = "$dir/log/audit.$i.jsonl";
            my @lines = lines($file);
            my @other = @lines;
            $other[-1] =~ s/"pad"/"pae"/ or die;
            my %changed =
                ('another last line' => \@other, 'no last line' => [@lines[0 .. 3]], 'the kept lines' => \@kept);
            for my $what (sort keys %changed) {
                put($file, @{ $changed{$what} });
                ($exit, $said) = verify($dir);
                is $exit, 1, "file $i of $sealed has $what";
                like $said, qr/^tampered with\n\z/m, 'and was tampered with' or diag $said;
            }
            unlink $file or die $!;
            like + (verify($dir))[1], qr/^tampered with\n\z/m, 'and so when it is gone';
            put($file, @lines);
        }
        my @forged = lines("$dir/log/audit.0.jsonl");
        $forged[2] =~ s/"pad"/"pae"/ or die;
        put("$dir/log/audit.3.jsonl", @forged);
        ($exit, $said) = verify($dir);
        is $exit, 1, 'a copy that is forged';
        like $said, qr/audit\.3\.jsonl:3: /, 'is named' or diag $said;
        unlink "$dir/log/audit.3.jsonl" or die $!;
        seal($dir);
        return whole($dir, 'the next seal has it');
    };
}

subtest 'they expire together' => sub {
    my $dir = again(3);
    append("$dir/log/audit.1.jsonl", 2);
    seal($dir);
    seal($dir, '--expire', "$dir/log/audit.1.jsonl", '--reason', 'P5Y is over');
    append("$dir/log/audit.2.jsonl", 2);
    seal($dir);
    unlink map {"$dir/log/audit.$_.jsonl"} 0, 1 or die $!;
    my ($exit, $said) = verify($dir);
    is $exit, 0, 'both may be removed' or diag $said;
    like $said, qr/; 2 files expired$/m, 'as a seal says';
    return;
};

done_testing;
