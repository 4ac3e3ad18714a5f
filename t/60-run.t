# SPDX-License-Identifier: EUPL-1.2
# scripts/run: the demo, and the gateway that people try by hand with the lines it prints.
use strict;
use warnings;

use Test::More;
use Time::HiRes qw(sleep time);

use GGI::Child ();
use GGI::Folder ();
use GGI::Nginx;
use GGI::Port ();

my $run = "$GGI::Nginx::ROOT/scripts/run";
local $ENV{GGI_PORT} = GGI::Port::free();

my $demo = qx($run --demo 2>&1);
is $?, 0, 'scripts/run --demo ends well' or diag $demo;
like $demo, qr/all calls went as they should\n\z/, 'and says so';
is scalar(() = $demo =~ /^   \S.*\S +(\d{3}) +\1  \w+$/mg), 8, 'it made eight calls, each told in a line';
like $demo, qr/^   Gemeente Voorbeeld +without doelbinding +400 +400  claim_missing$/m,
    'who, what, and what came of it';
like $demo, qr/^   decision +allowed +claim_missing$/m, 'two records are shown side by side';
like $demo, qr/^   doelbinding +BRPACT-AlgemeneTaken +-$/m, 'with what differs';
is_deeply [grep { length > 120 } split /\n/, $demo], [], 'no line is longer than 120 columns';
unlike $demo, qr/[\e\r]/, 'no colour where no terminal is';

# On a terminal, with all that there is of it, and the files kept.
my $tmp = GGI::Folder->new;
chmod 0755, "$tmp";
$demo = qx(script -qec '$run --redis --demo --verbose --keep $tmp/kept' /dev/null </dev/null 2>&1) =~ s/\r\n/\n/gr;
is $?, 0, 'scripts/run --redis --demo ends well' or diag $demo;
like $demo, qr/answers: 200, 403, 200\e\[m on one connection\n/,
    'and shows a withdrawal on an open connection';
like $demo, qr/^   Gemeente Onbekend .* 403  \e\[32mprofile_not_found\e\[m$/m, 'a terminal has colour';
like $demo, qr/^     answer: \{"type":"urn:ggi:problem:profile_not_found",/m, '--verbose shows answers';
like $demo, qr/^ {7}"event_name" : "$_",$/m, "and whole records: $_" for qw(adl.access_evaluation ggi.call_completed);
like $demo, qr{\nConfiguration, certificates and audit log are in \Q$tmp\E/kept\.\n\z}, '--keep is told';
like qx($GGI::Nginx::ROOT/scripts/ggictl audit query --reason profile_not_found $tmp/kept/logs), qr/ 403\b/,
    'and the log is there';
is qx(pgrep -f $tmp/kept), '', 'while nothing runs on';
for my $wrong (
    ['--keep', '--keep needs a DIR'],
    ["--keep kept", "--keep: $tmp/kept is not empty"],
    ["--keep '$tmp/a b'", "--keep: a path of letters, digits, \"_\", \".\" and \"-\" is expected, not \"$tmp/a b\""],
    ['--verbose', '--verbose is for --demo of one gateway'],
) {
    my $said = qx(cd $tmp && $run $wrong->[0] 2>&1);
    is $? >> 8, 2, "$wrong->[0] is a mistake";
    is $said =~ s/\n.*//sr, "scripts/run: $wrong->[1]", 'which is named';
}
my $paint = qq(perl -I $GGI::Nginx::ROOT/t/lib -MGGI::Demo=paint -e "print paint(red => 1)");
is qx(NO_COLOR=1 script -qec '$paint' /dev/null </dev/null), '1', 'NO_COLOR is honoured';

# A build that takes two seconds and fails shows, on a terminal alone, that it goes on.
mkdir "$tmp/scripts" or die $!;
$tmp->file('scripts/run-common', GGI::Folder::content("$GGI::Nginx::ROOT/scripts/run-common"));
$tmp->file('scripts/build', "#!/bin/sh\nsleep 2.2\nexit 3\n");
chmod 0755, "$tmp/scripts/build";
$tmp->file('start', "set -e\ncd $tmp\n. scripts/run-common\nbuild\n");
my %builds = (terminal => "script -qec 'bash $tmp/start' /dev/null </dev/null 2>&1", pipe => "bash $tmp/start 2>&1");
for my $kind (sort keys %builds) {
    local $ENV{GGI_BUILD};
    delete $ENV{GGI_BUILD};
    my $said = qx($builds{$kind});
    is $? >> 8, 3, "a build that fails ends the script, by a $kind";
    like $said, qr{building, which takes about two minutes; its log is build/build\.log}, 'it tells what is done';
    my $shown = () = $said =~ /\r  \d seconds?, 0 files compiled/g;
    ok $kind eq 'pipe' ? $said !~ /\r/ : $shown, 'progress is for a terminal';
}

# How a script is used, when it is called in another way.
for my $call (
    'bench --nonsense', 'build --nonsense', 'demo', 'fuzz --nonsense',
    'lint --nonsense', 'mmdb one', 'nginx-source -', 'pki nonsense',
    'run --nonsense', 'run-two --nonsense', 'demo-two', 'test --nonsense', 'style'
) {
    my ($script) = split / /, $call;
    my $said = qx($GGI::Nginx::ROOT/scripts/$call 2>&1);
    is $? >> 8, 2, "scripts/$call is a mistake";
    like $said, qr{scripts/$script\b}, 'and is told how it is used';
    unlike $said, qr/\bline \d+/, 'without a line of its source';
}

# As from a terminal: its own process group, and Ctrl-C to all of it.
my $out = File::Temp->new;
my $child = GGI::Child->command({ out => "$out" }, 'setsid', $run);
my $pid = $child->{pid};
my $text = '';
for (1 .. 2000) {
    $text = do { local (@ARGV, $/) = "$out"; <> }
        // '';
    last if $text =~ /Ctrl-C/;
    sleep 0.05;
}
my @lines = $text =~ /^  (curl .*)$/mg;
is scalar @lines, 3, 'it prints three curl lines' or diag $text;
my @status = map {qx($_ -s -o /dev/null -w '%{http_code}')} @lines;
is_deeply \@status, [200, 403, 400], 'which do what is said of them';
my ($log) = $text =~ /^The audit log\s+(\S+)$/m;
my @recorded = map { local (@ARGV, $/) = $_; <> =~ /(.*\n)/g } grep {-s} glob $log;
is scalar(grep { !/"ggi\.chain_/ } @recorded), 4, 'the audit log has their records';
my ($sealed) = $text =~ m{^  (scripts/ggictl audit verify --key .*)$}m;
my $said = qx(cd $GGI::Nginx::ROOT && $sealed 2>&1);
is $?, 0, 'the log is sealed' or diag $said;
like $said, qr/^whole$/m, 'and whole';
my ($dir) = $text =~ /removes (\S+)\.$/m;
my ($status) = $text =~ /^The status page +(\S+)$/m;
like qx(curl -s $status), qr/^ggi_calls_total\{[^}]*\} 1$/m, 'the status page counts';
my ($last) = $text =~ m{^  (scripts/ggictl audit query .*)$}m;
is scalar(() = qx(cd $GGI::Nginx::ROOT && $last) =~ /"reason":/g) > 0, 1, 'the tool shows who was refused';

# The demo tells what does not go as it should: here whom it takes for the one with a profile has none.
my ($url) = $text =~ m{^The gateway listens at +(https://[^/]+)}m;
system("cp $dir/pki/onbekend.$_ $dir/pki/voorbeeld.$_") == 0 or die $! for qw(pem key);
$demo = qx($GGI::Nginx::ROOT/scripts/demo $url $dir);
is $? >> 8, 1, 'the demo fails when it should';
like $demo, qr/^ +WRONG: status 403 instead of 200; recorded as profile_not_found instead of allowed; /m, 'says where';
like $demo, qr/^[1-9]\d* faults\n\z/m, 'and how often';
kill 'INT', -$pid;
my $end = time + 60;
sleep 0.05 while waitpid($pid, 1) == 0 && time < $end;
is $?, 0, 'Ctrl-C ends it well';
ok !-e $dir, 'nothing is left behind';
is qx(pgrep -f $dir), '', 'nothing runs on';

done_testing;
