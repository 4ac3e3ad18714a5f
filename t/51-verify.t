# SPDX-License-Identifier: EUPL-1.2
# ggictl audit verify: a log of the gate is whole, and every way to change it is seen.
use strict;
use warnings;

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
like $text, qr/^24 records, 0 faults$/m, 'all records were looked at';
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
        $forged[$i] =~ s/00000001823288444000/00000001002564440000/ or $forged[$i] =~ s/200/201/;
        ($exit, $text) = verify($dir->file('log', @forged));
        like $text, qr/its hash differs/, 'line ' . ($i + 1);
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
    $seen->('a member twice', qr/no record of a chain/, $lines[0] =~ s/\{/{"trace_id":"x",/r);
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
    my @file = ($dir->file('audit.0.jsonl-1', @lines[0 .. 4]), $dir->file('audit.0.jsonl', @lines[5 .. $#lines]));
    utime 1, 1, $file[0];
    is system('gzip', $file[0]), 0, 'one is packed';
    ($exit, $text) = verify("$dir/audit.*.jsonl*");
    is $exit, 2, 'it cannot be verified as it is';
    like $text, qr/^ggictl: \S+audit\.0\.jsonl-1\.gz is packed: .*zcat -f/m, 'and the remedy is told';
    unlike $text, qr/no whole record/, 'instead of faults';
    ($exit, $text) = verify("- < $file[0].gz");
    is $exit, 2, 'nor on standard input';
    $text = qx(zcat -f \$(ls -tr $dir/audit.*.jsonl*) | $ggictl audit verify -);
    is $?, 0, 'the remedy works' or diag $text;
    like $text, qr/^24 records, 0 faults$/m, 'for all files';
};

done_testing;
