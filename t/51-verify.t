# SPDX-License-Identifier: EUPL-1.2
# ggictl audit verify: a log of the gate is whole, and every way to change it is seen.
use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use JSON::PP;
use Test::More;

use GGI::Folder ();
use GGI::Gate;
use GGI::Nginx;

my $ggictl = "$GGI::Nginx::ROOT/scripts/ggictl";
my $dir = GGI::Folder->new;

sub verify {
    my (@arguments) = @_;
    my $text = qx($ggictl audit verify @arguments 2>&1);
    return ($? >> 8, $text);
}

# Two workers, each with its chain, and a rotation in between.
my $gate = GGI::Gate->new(workers => 2);
$gate->start;
$gate->call("/brp/$_") for 1 .. 6;
$gate->since(6, 6);
my @log = map { $gate->audit_file($_) } 0 .. 1;
rename $_, "$_.1" or die $! for @log;
$gate->signal('USR1');
$gate->wait_for(
    sub {
        !grep { !-e } @log;
    },
    'the new log');
$gate->call("/brp/$_") for 7 .. 12;
$gate->since(12, 12);
my ($old, $new) = (join(' ', map {"$_.1"} @log), join ' ', @log);

my ($exit, $text) = verify($old, $new);
is $exit, 0, 'the log of two workers, over a rotation, is whole' or diag $text;
my $records = $gate->audit_text =~ tr/\n//;
cmp_ok $records, '>', 24, 'calls, and what opens the chains';
like $text, qr/^$records records, 0 faults$/m, 'all records were looked at';
($exit, $text) = verify($new, $old);
is $exit, 0, 'whatever the order of the files' or diag $text;
($exit, $text) = verify("- < $log[0]", $old, $log[1]);
is $exit, 0, 'one of them on standard input' or diag $text;

my @lines = $gate->audit_text =~ /(.*?\n)/g;
$gate->stop;
my %last;    # of each chain: what became of that cannot be seen
for my $i (0 .. $#lines) {
    $last{ decode_json($lines[$i])->{attributes}{'ggi.chain.id'} } = $i;
}
my %end = map { $_ => 1 } values %last;
my @inner = grep { !$end{$_} } 0 .. $#lines;

subtest 'a record that is changed' => sub {
    for my $i (@inner) {
        my @forged = @lines;
        $forged[$i] =~ s/00000001823288444000/00000001002564440000/ or $forged[$i] =~ s/"timestamp":\d/"timestamp":9/;
        ($exit, $text) = verify($dir->file('log', @forged));
        my $line = $i + 1;
        like $text, qr{^\S+/log:$line: record \d+ of chain \S+ is not .*its hash differs}m, "line $line is named";
        unlike $text, qr{/log:(?!$line:)}, 'and no other';
        is $exit, 1, 'fails';
    }
};

subtest 'a record that is taken out' => sub {
    for my $i (@inner) {
        ($exit, $text) = verify($dir->file('log', @lines[grep { $_ != $i } 0 .. $#lines]));
        like $text, qr/from \d+ to \d+ are missing|begins with record 2: those before it are not here/,
            'line ' . ($i + 1);
    }
};

subtest 'otherwise' => sub {
    my $seen = sub {
        my ($name, $message, @forged) = @_;
        ($exit, $text) = verify($dir->file('log', @forged));
        is $exit, 1, $name;
        like $text, $message, 'and it says why';
    };
    my $number = decode_json($lines[$inner[1]])->{attributes}{'ggi.chain.number'};
    $seen->(
        'one that comes too late', qr/comes after record/, @lines[grep { $_ != $inner[1] } 0 .. $#lines],
        $lines[$inner[1]]);
    $seen->(
        'one of a number that is there', qr/comes after record \d+, and is another one than that of its number/,
        @lines, $lines[$inner[1]] =~ s/"timestamp":\d/"timestamp":9/r);
    $seen->(
        'one that is added', qr/comes after record|its hash differs/, @lines[0 .. 1],
        $lines[1] =~ s/"timestamp":\d/"timestamp":9/r, @lines[2 .. $#lines]);
    $seen->('what is no record', qr/log:1: no record of a chain/, "{}\n", @lines);
    $seen->('an empty line', qr/log:2: no record of a chain/, $lines[0], "\n", @lines[1 .. $#lines]);
    $seen->('half a record at the end', qr/no whole record/, @lines, substr $lines[0], 0, 40);
    $seen->(
        'half a record within', qr/log:2: no whole record, and so no record of a chain[^\n]*\nchain/, $lines[0],
        substr($lines[1], 0, 40) . "\n", @lines[1 .. $#lines]);
    $seen->(
        'a first record that is none', qr/record 1 of chain \S+ has a hash of one before it/,
        $lines[0] =~ s/("ggi\.chain\.previous":")0/${1}1/r);
    $seen->('a member twice', qr/no record of a chain/, $lines[0] =~ s/\{/{"status":"x",/r);
};

subtest 'records that are in the files twice' => sub {
    my $half = int @lines / 2;
    for my $files (
        [[@lines[0 .. $half + 3]], [@lines[$half .. $#lines]]],
        [[@lines[$half .. $#lines]], [@lines[0 .. $half + 3]]], [[@lines[3 .. 5]], \@lines]
    ) {
        my $n = @{ $files->[0] } + @{ $files->[1] } - @lines;
        ($exit, $text) = verify($dir->file('one', @{ $files->[0] }), $dir->file('two', @{ $files->[1] }));
        is $exit, 0, 'no fault' or diag $text;
        like $text, qr/^$n records are in the files twice$/m, 'but told';
    }
    my @forged = map {s/"timestamp":\d/"timestamp":9/r} @lines[$half .. $half + 3];
    ($exit, $text) = verify($dir->file('one', @forged), $dir->file('two', @lines));
    is $exit, 1, 'not when they differ';
};

($exit, $text) = verify('--partial', $dir->file('log', @lines[12 .. $#lines]));
is $exit, 0, 'a part of a log, if that is said' or diag $text;
($exit, $text) = verify($dir->file('log', @lines[12 .. $#lines]));
is $exit, 1, 'not otherwise';
is system("cat $dir/log | $ggictl audit verify --partial - >/dev/null"), 0, 'standard input';
($exit, $text) = verify("$dir/none");
is $exit, 2, 'a file that is not there';
like $text, qr/none: No such file/, 'is named';
($exit, $text) = verify();
is $exit, 2, 'no file at all';

subtest 'rotated files that are packed' => sub {
    system("$GGI::Nginx::ROOT/scripts/setup", 'zstd', 'xz-utils') == 0 or die "zstd cannot be installed\n";
    my $log = GGI::Folder->new;
    my @third = (0, int(@lines / 3), int(2 * @lines / 3), scalar @lines);
    my @part = map { [@lines[$third[$_] .. $third[$_ + 1] - 1]] } 0 .. 2;
    my @file = map { $log->file("audit.0.jsonl-$_", @{ $part[$_] }) } 0, 1;
    my $last = $log->file('audit.0.jsonl', @{ $part[2] });
    system('gzip', $file[0]);
    system('zstd', '-q', '--rm', $file[1]);
    for my $named ("$log", "$log/audit.jsonl", "$log/audit*.jsonl*", "$last $file[1].zst $file[0].gz") {
        ($exit, $text) = verify($named);
        is $exit, 0, "$named is the whole log" or diag $text;
        like $text, qr/^$records records, 0 faults$/m, 'with all records';
    }
    ($exit, $text) = verify("- < $file[0].gz");
    like $text, qr/^$third[1] records, 0 faults$/m, 'a packed file on standard input';
    for my $kind (['gzip', 'gz'], ['zstd', 'zst']) {
        my ($tool, $extension) = @$kind;
        my $several = $log->file("several.$extension");
        for my $part (@part) {
            my $one = $log->file('one', @$part);
            system "$tool -c $one >> $several";
        }
        ($exit, $text) = verify($several);
        is $exit, 0, "parts that $tool packed one behind the other" or diag $text;
        like $text, qr/^$records records, 0 faults$/m, 'with all records';
        my $whole = -s $several;
        truncate $several, $whole - 5 or die $!;
        ($exit, $text) = verify($several);
        is $exit, 2, 'the end is missing';
        like $text, qr/^ggictl: \Q$several\E: cannot be unpacked: its end is missing$/m, 'which is told';
        open my $fh, '+<:raw', $several or die $!;
        seek $fh, int $whole / 5, 0;
        print $fh "\0" x 40;
        close $fh or die $!;
        ($exit, $text) = verify($several);
        is $exit, 2, 'its middle is damaged';
        like $text, qr/^ggictl: \Q$several\E: cannot be unpacked: /m, 'which is told';
        unlink $several;
    }
    my $other = $log->file('other', @lines);
    system('xz', $other);
    ($exit, $text) = verify("$other.xz");
    is $exit, 2, 'a file packed in another way';
    like $text, qr/^ggictl: \S+other\.xz is packed, but not by gzip or zstd: give it unpacked$/m, 'is told';
    ($exit, $text) = verify("$log/none.jsonl");
    is $exit, 2, 'a log of which there is no file';
    like $text, qr{^ggictl: \S+/none\.jsonl: No such file or directory$}m,
        'is named';
    symlink "$log/gone", "$log/audit.1.jsonl" or die $!;
    for my $named ("$log", "$log/audit.jsonl") {
        ($exit, $text) = verify($named);
        is $exit, 2, "$named, of which a file cannot be found";
        like $text, qr{^ggictl: \S+/audit\.1\.jsonl: No such file or directory$}m, 'is named';
    }
    ($exit, $text) = verify(GGI::Folder->new);
    is $exit, 2, 'a directory without a log';
    like $text, qr{^ggictl: \S+: no file in this directory has "\.jsonl" in its name$}m, 'is named';
};

# Lines of a chain of this test's own making.
sub chain {
    my ($count, $pad) = @_;
    my $previous = '0' x 64;
    my @chain;
    for my $number (1 .. $count) {
        push @chain,
            qq({"attributes":{"ggi.chain.id":"01a218bc-ecb9-70cd-88f2-c2e981ede4d3","ggi.chain.number":$number,)
            . qq("ggi.chain.previous":"$previous","pad":"$pad"},"timestamp":1795711375208}\n);
        $previous = sha256_hex($chain[-1]);
    }
    return \@chain;
}

subtest 'a log that is larger than the memory' => sub {
    my $k = GGI::Nginx::under_instrument() ? 100 : 1000;    # the sanitizers are slow
    my $large = chain(150 * $k, 'x' x 700);
    my $file = $dir->file('large', @$large);
    my ($size, $limit) = (-s $file, 64 * 1024);
    cmp_ok $size, '>', 2 * $limit * $k, "$size bytes";
    my ($least) = qx(bash -c 'ulimit -v $limit; $ggictl audit verify $dir/log' 2>&1) =~ /(\d+ records)/;
SKIP: {
        skip 'an instrument needs more address space than that' unless defined $least;
        $text = qx(bash -c 'ulimit -v $limit; $ggictl audit verify $file' 2>&1);
        is $?, 0, 'is verified in 64 MB' or diag $text;
        like $text, qr/^@{[150 * $k]} records, 0 faults$/m, 'whole';
    }
    my @old = ($dir->file('before', @$large[0 .. 100 * $k - 1]), $dir->file('after', @$large[99 * $k .. 150 * $k - 1]));
    for my $order ("@old", "@old[1, 0]") {
        ($exit, $text) = verify($order);
        is $exit, 0, 'what was written again to the next file, in any order' or diag substr $text, 0, 500;
        like $text, qr/^$k records are in the files twice$/m, 'and told';
    }
SKIP: {
        skip 'all of so short a log is remembered', 4 if $k < 1000;
        my @middle = ($file, $dir->file('middle', @$large[60 * $k .. 60 * $k + 100]));
        ($exit, $text) = verify(@middle);
        is $exit, 1, 'what was copied out of the middle';
        like $text, qr/middle:101: record @{[60 * $k + 101]} of chain \S+ stands in two files.* the oldest first$/m,
            'has a remedy';
        ($exit, $text) = verify(reverse @middle);
        is $exit, 0, 'which works' or diag substr $text, 0, 500;
    }
    my @forged = @$large[99 * $k .. 150 * $k - 1];
    $forged[$k / 2] =~ s/xxx/xyx/;
    ($exit, $text) = verify($old[0], $dir->file('forged', @forged));
    is $exit, 1, 'a changed one among them';
    like $text, qr{/forged:@{[$k / 2 + 1]}: record @{[99.5 * $k + 1]} }, 'is named';
};

# Each takes the lines of a log and changes them, with the place and another one; the last lines stay as they are.
my %manipulations = (
    'a byte' => sub { my ($log, $i) = @_; substr $log->[$i], -20, 1, 'Z' },
    'a hash' => sub { my ($log, $i) = @_; $log->[$i] =~ s/(previous":")./${1}g/ },
    'taken out' => sub { my ($log, $i) = @_; splice @$log, $i, 1 },
    'several taken out' => sub { my ($log, $i) = @_; splice @$log, $i, 1 + int rand 3 },
    'moved' => sub { my ($log, $i, $j) = @_; splice @$log, $j, 0, splice @$log, $i, 1 },
    'swapped' => sub { my ($log, $i, $j) = @_; @$log[$i, $j] = @$log[$j, $i] },
    'cut off' => sub { my ($log, $i) = @_; $log->[$i] = substr($log->[$i], 0, 10 + int rand 100) . "\n" },
    'joined' => sub { my ($log, $i) = @_; chomp $log->[$i] },
    'renumbered' => sub { my ($log, $i) = @_; $log->[$i] =~ s/(number":)(\d+)/$1 . ($2 + 1)/e },
    'another chain' => sub { my ($log, $i) = @_; $log->[$i] =~ s/-70cd-/-70ce-/ },
    'a member twice' => sub { my ($log, $i) = @_; $log->[$i] =~ s/"pad"/"pad":"","pad"/ },
    'put in' => sub { my ($log, $i) = @_; splice @$log, $i, 0, $log->[$i] =~ s/xxx/yyy/r },
    'an empty line' => sub { my ($log, $i) = @_; splice @$log, $i, 0, "\n" },
    'bytes of nothing' => sub { my ($log, $i) = @_; splice @$log, $i, 0, "\0" x 30 . "\n" },
    'a blank' => sub { my ($log, $i) = @_; $log->[$i] =~ s/\{/{ / },
);

subtest 'every manipulation before the last records of a chain' => sub {
    my $chain = chain(60, 'x' x 50);
    for my $name (sort keys %manipulations) {
        my $missed = 0;
        for (1 .. 12) {
            my @log = @$chain;
            my $i = 1 + int rand 40;
            my $j = 45 + int rand 10;
            $manipulations{$name}->(\@log, $i, $j);
            ($exit) = verify($dir->file('log', @log));
            $missed++ if $exit != 1;
        }
        is $missed, 0, "$name: found 12 times of 12";
    }
};

done_testing;
