# SPDX-License-Identifier: EUPL-1.2
# conf/rsyslog: a real rsyslogd sends the audit log to another one, where each chain verifies, over restarts of both.
use strict;
use warnings;

use Test::More;

use GGI::Child;
use GGI::Conf ();
use GGI::Folder ();
use GGI::Nginx;
use GGI::Pki;
use GGI::Port ();
use GGI::Seals qw(append);
use GGI::Slow;

plan skip_all => 'runs nothing of the modules but ggictl' if GGI::Nginx::under_instrument();

system("$GGI::Nginx::ROOT/scripts/setup", 'rsyslog', 'rsyslog-relp') == 0 or die "rsyslog cannot be installed\n";
my $pki = GGI::Pki->new;
$pki->server;
my $dir = GGI::Folder->new;
my $port = GGI::Port::free();
mkdir "$dir/$_" or die $! for qw(log spool kept);
my %certificate = (
    '/etc/ggi-rsyslog/ca.pem' => $pki->dir . '/roots.pem', '/etc/ggi-rsyslog/own.pem' => $pki->dir . '/server.pem',
    '/etc/ggi-rsyslog/own.key' => $pki->dir . '/server.key');

# One of the two, with the paths, the port and the names of this test.
sub rsyslogd {
    my ($name) = @_;
    my $text = GGI::Conf::content("conf/rsyslog/$name.conf");
    $text =~ s/\Q$_\E/$certificate{$_}/g or die $_ for sort keys %certificate;
    $text =~ s/"2514"/"$port"/ or die;
    $text =~ s/target="\S+?"/target="127.0.0.1"/;
    $text =~ s/permittedPeer=\["\S+"\]/permittedPeer=["localhost"]/ or die;
    $text =~ s{/var/log/nginx/ggi-audit}{$dir/log/audit};
    $text =~ s{/var/spool/rsyslog}{$dir/spool};
    $text =~ s{/var/log/ggi}{$dir/kept};
    $text =~ s/resumeInterval="5"/resumeInterval="1"/;
    my $file = $dir->file("$name.conf", $text);
    return GGI::Child->command({ out => "$dir/$name.log" }, 'rsyslogd', '-n', '-f', $file, '-i', "$dir/$name.pid");
}

sub kept { return -e "$dir/kept/127.0.0.1.jsonl" ? GGI::Folder::content("$dir/kept/127.0.0.1.jsonl") : '' }

sub lines_of_log {
    return map { split /(?<=\n)/, GGI::Folder::content($_) } glob "$dir/log/*";
}

# Whether the other machine has all lines of the log; $meanwhile is called once a second.
sub sent {
    my ($what, $meanwhile) = @_;
    my @lines = lines_of_log();
    my $next = time + 1;
    GGI::Slow::wait_for(
        sub {
            my %kept = map { $_ => 1 } split /(?<=\n)/, kept();
            ($next = time + 1) && $meanwhile->() if $meanwhile && time > $next;
            return !grep { !$kept{$_} } @lines;
        },
        $what,
        30);
    my %there = map { $_ => 1 } lines_of_log();
    return is_deeply [grep { !$there{$_} } split /(?<=\n)/, kept()], [], "$what: as they are";
}

append("$dir/log/audit.$_.jsonl", 20) for 0 .. 1;
my $keeper = rsyslogd('log');
my $sender = rsyslogd('gateway');
sent('all lines');
append("$dir/log/audit.0.jsonl", 5);
sent('what is appended');
rename "$dir/log/audit.0.jsonl", "$dir/log/audit.0.jsonl-1" or die $!;
append("$dir/log/audit.0.jsonl", 5);
sent('what comes behind a rotation');
$keeper->stop;
append("$dir/log/audit.1.jsonl", 30);
$keeper = rsyslogd('log');

# librelp looks at its connection only when it sends: lines that went into the broken one come with a later line.
sent('what came while the other machine was away', sub { append("$dir/log/audit.1.jsonl", 1) });
$sender->stop;
append("$dir/log/audit.1.jsonl", 10);
$sender = rsyslogd('gateway');
sent('what came while rsyslog was killed');

my ($exit, $said) = GGI::Folder::run("$GGI::Nginx::BUILD/ggictl", qw(audit verify), "$dir/kept/127.0.0.1.jsonl");
is $exit, 0, 'the chains verify on the other machine' or diag $said;
diag GGI::Folder::content("$dir/$_.log")
    for grep { -s "$dir/$_.log" && !Test::More->builder->is_passing } qw(log gateway);

done_testing;
