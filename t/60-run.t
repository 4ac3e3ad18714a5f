# SPDX-License-Identifier: EUPL-1.2
# scripts/run: the demo, and the gateway that people try by hand with the lines it prints.
use strict;
use warnings;

use Test::More;
use Time::HiRes qw(sleep time);

use GGI::Child ();
use GGI::Nginx;

my $run = "$GGI::Nginx::ROOT/scripts/run";
local $ENV{GGI_PORT} = GGI::Nginx::free_port();

my $demo = qx($run --demo 2>&1);
is $?, 0, 'scripts/run --demo ends well' or diag $demo;
like $demo, qr/all calls went as they should\n\z/, 'and says so';
is scalar(() = $demo =~ /^== /mg), 8, 'it made eight calls';
like $demo, qr/^ {7}"event_name" : "adl.access_evaluation",$/m, 'it shows a decision record whole';
like $demo, qr/^ {7}"event_name" : "ggi.call_completed",$/m, 'and a completion record';
like $demo, qr/^== No doelbinding\n.*\n.*\n   record  .*: Gemeente Voorbeeld, GET .*, refused, claim_missing$/m,
    'and of others what they tell';

$demo = qx($run --redis --demo 2>&1);
is $?, 0, 'scripts/run --redis --demo ends well' or diag $demo;
like $demo, qr/answers: 200, 403, 200 on one connection\n/,
    'and shows a withdrawal on an open connection';

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
kill 'INT', -$pid;
my $end = time + 60;
sleep 0.05 while waitpid($pid, 1) == 0 && time < $end;
is $?, 0, 'Ctrl-C ends it well';
ok !-e $dir, 'nothing is left behind';
is qx(pgrep -f $dir), '', 'nothing runs on';

done_testing;
