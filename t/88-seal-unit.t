# SPDX-License-Identifier: EUPL-1.2
# Seals in use: the unit of conf/systemd, the logrotate of conf, and the page of shell that verifies without ggictl.
use strict;
use warnings;

use File::Temp ();
use Test::More;
use Time::HiRes qw(sleep);

use GGI::Child;
use GGI::Conf ();
use GGI::Folder ();
use GGI::Nginx;
use GGI::Seals qw(append);
use GGI::Slow;
use GGI::Unit;

my $ggictl = "$GGI::Nginx::BUILD/ggictl";
my $unit = GGI::Unit->new('ggi-seal');
my $command = $unit->command;

subtest 'the unit' => sub {
    my ($log) = GGI::Conf::content('conf/nginx.conf') =~ /^\s*ggi_audit_log\s+(\S+?);?\s/m;
    my $user = $unit->setting('User');
    my $state = $unit->setting('StateDirectory');
    like $command, qr/ --log \Q$log\E /, 'it seals the log of conf/nginx.conf';
    like $command, qr{ --keys /var/lib/\Q$state\E }, 'with its keys where systemd makes the directory';
    is $unit->setting('StateDirectoryMode'), '0700', 'which nobody else can reach';
    my ($folder) = $log =~ m{(.*)/};
    is $unit->setting('ReadWritePaths'), $folder, 'it can write there';
    my $seals = $log =~ s/jsonl$/seals/r;
    like $unit->{service}, qr/^#   install -o \Q$user\E -g adm -m 640 \/dev\/null \Q$seals\E$/m, 'and so are the seals';
    $unit->sound;
    my $rotate = GGI::Conf::content('conf/logrotate');
    my ($keys) = $command =~ /--keys (\S+)/;
    like $rotate, qr/^ +#preremove\n.* --log \Q$log\E --keys \Q$keys\E [^\n]*\n +# +--expire "\$1" --reason/m,
        'logrotate can say what it removes';
};

subtest 'the unit for the log of changes' => sub {
    my $other = GGI::Unit->new('ggi-seal-changes');
    my ($log) = GGI::Conf::content('conf/README.md') =~ /`changes (\S+)` in `\/etc\/ggictl\.conf`/;
    my ($user, $state) = map { $other->setting($_) } qw(User StateDirectory);
    like $other->command, qr{ --log \Q$log\E --keys /var/lib/\Q$state\E --follow\z},
        'it seals the log of conf/README.md';
    isnt $user, $unit->setting('User'), 'as another user than the seals of a gate are made';
    is $other->setting('ReadWritePaths'), $log =~ s{/[^/]+\z}{}r, 'it can write there';
    $other->sound;
    my $folder = GGI::Folder->new;
    mkdir "$folder/log" or die $!;
    my @sealer = split ' ', $other->command =~ s/^\S+/$ggictl/r =~ s{(--log) \S+}{$1 $folder/log/changes.jsonl}r =~
        s{(--keys) \S+}{$1 $folder/keys}r;
    my $rotate = GGI::Conf::content('conf/logrotate-changes');
    like $rotate, qr/^\Q${\($log =~ s{jsonl}{*.jsonl}r)}\E \{\n +su root (\S+)\n/m, 'logrotate rotates that log';
    my ($group) = $rotate =~ /^ +su root (\S+)$/m;
    like $other->{sysusers}, qr/^g \Q$group\E -$/m, 'with the group that is made';
    is $other->setting('SupplementaryGroups'), $group, 'which the unit has';
    system("$GGI::Nginx::ROOT/scripts/setup", 'logrotate') == 0 or die "logrotate cannot be installed\n";
    my $conf = $folder->file(
        'logrotate',
        $rotate =~ s{\Q${\($log =~ s{/[^/]+\z}{}r)}\E}{$folder/log}r =~ s/su root \S+/su root root/r);
    chmod 0644, $conf or die $!;

    my $rotated = 0;
    for my $n (1 .. 2) {
        my ($exit, $said) = GGI::Folder::run(
            $ggictl, qw(audit seal --node gate1 --changes), "$folder/log/changes.jsonl", '--log', "$folder/$n.jsonl",
            '--keys', "$folder/keys.$n");
        is $exit, 0, "change $n" or diag $said;
        my $made = sub {
            return
                scalar(() = (-e "$folder/log/changes.seals" ? GGI::Folder::content("$folder/log/changes.seals") : '') =~
                    /^file /mg);
        };
        my $before = $made->();
        my $child = GGI::Child->command({ err => "$folder/err" }, @sealer);
        GGI::Slow::wait_for(sub { $made->() > $before }, 'a seal', 30);
        kill 'TERM', $child->{pid};
        is $child->wait, 0, 'is sealed';
        GGI::Slow::wait_for(sub { time > $rotated }, 'another second, which the name of a rotated file has', 30);
        is qx(/usr/sbin/logrotate --force --state $folder/state $conf 2>&1), '', 'and rotated';
        $rotated = time;
        ok !-e "$folder/log/changes.0.jsonl", 'away';
    }
    my @files = glob "$folder/log/changes.*.jsonl*";
    is scalar @files, 2, 'two files were rotated' or diag "@files";
    my ($exit, $said) = GGI::Folder::run(
        $ggictl, qw(audit verify --key), "$folder/keys/public",
        "$folder/log/changes.jsonl");
    is $exit, 0, 'the log of changes is whole' or diag $said;
    is
        scalar(() = (GGI::Folder::run($ggictl, qw(audit query --event change), "$folder/log/changes.jsonl"))[1] =~
            /^.*audit seal.*done/mg), 2, 'and has both';
};

# A log of two workers that was sealed, as another user would: by what the unit runs.
my $dir = GGI::Folder->new;
mkdir "$dir/log" or die $!;
my $log = "$dir/log/audit";
my @run = split ' ', $command =~ s/^\S+/$ggictl/r =~ s/(--log) \S+/$1 $log.jsonl/r =~ s/(--keys) \S+/$1 $dir\/keys/r;

sub sealed {
    my ($more) = @_;
    my $count = sub { my $n = () = (-e "$log.seals" ? GGI::Folder::content("$log.seals") : '') =~ /^seal /mg; $n };
    my $before = $count->();
    my $sealer = GGI::Child->command({ err => "$dir/err" }, @run);
    for (1 .. 400) {
        last if $count->() > $before;
        sleep 0.05;
    }
    kill 'TERM', $sealer->{pid};
    return is $sealer->wait, 0, "what the unit runs ends well: $more";
}
append("$log.$_.jsonl", 6 + $_) for 0 .. 1;
sealed('the first seals');
rename "$log.0.jsonl", "$log.0.jsonl-1" or die $!;
append("$log.0.jsonl", 4);
sealed('more');
system('gzip', "$log.0.jsonl-1") == 0 or die;
ok !-s "$dir/err", 'and has nothing to tell' or diag GGI::Folder::content("$dir/err");

my ($page) = GGI::Conf::content('modules/audit/README.md') =~ /^```sh\n(#!\/bin\/sh\n# verify-seals.*?)^```/ms;
ok $page, 'the documentation has a page of shell';
cmp_ok scalar(() = $page =~ /\n/g), '<=', 66, 'which is a page';
my $script = $dir->file('verify-seals', $page);

sub by_shell { my (@files) = @_; return GGI::Folder::run('sh', $script, "$dir/keys/public", "$log.seals", @files) }

# Runs a function over a copy of the log, and gives what the page says of it then.
sub changed {
    my ($change) = @_;
    my $copy = GGI::Folder->new;
    system('cp', '-a', "$dir/log", "$dir/keys", "$copy/") == 0 or die;
    my $other = "$copy/log/audit";
    $change->($other);
    return GGI::Folder::run('sh', $script, "$copy/keys/public", "$other.seals", glob "$other.*jsonl*");
}

sub edit {
    my ($file, $change) = @_;
    local $_ = GGI::Folder::content($file);
    $change->();
    open my $fh, '>:raw', $file or die $!;
    print $fh $_;
    close $fh or die $!;
    return;
}

subtest 'the page of shell' => sub {
    is qx(shellcheck -s sh $script 2>&1), '', 'shellcheck finds nothing'
        if grep { -x "$_/shellcheck" } split /:/, $ENV{PATH};
    my ($exit, $said) = by_shell(glob "$log.*jsonl*");
    is $exit, 0, 'a log that is whole' or diag $said;
    like $said, qr/^4 seals, the last of \d\S+Z, a closing one$/, 'is told so';
    my $why = sub {
        my ($name, $message, $change) = @_;
        ($exit, $said) = changed($change);
        is $exit, 1, $name;
        like $said, $message, 'is told';
    };
    $why->(
        'a line that is changed',
        qr/seal 1: other lines in \S+ from byte 0/,
        sub {
            edit("$_[0].1.jsonl", sub {s/(.*"pad)/$1d/s});
        });
    $why->(
        'a last line that is cut off',
        qr/seal 3: other lines in/,
        sub {
            edit("$_[0].0.jsonl", sub {s/[^\n]+\n\z//});
        });
    $why->(
        'a file that is gone', qr/seal 1: the file whose first line has the hash \S+ is missing/,
        sub { unlink "$_[0].1.jsonl" });
    $why->(
        'a seal that is changed',
        qr/seal 2: not signed by the key/,
        sub {
            edit("$_[0].seals", sub {s/^closed\n//m});
        });
    $why->(
        'a seal that is left out', qr/seal 2: not signed by the key/,
        sub {
            edit("$_[0].seals", sub {s/^ggi-audit-seal\/1 [^\n]+\nseal 2\n.*?(?=^ggi-audit)//ms});
        });
    $why->(
        'no seals',
        qr/there is none/,
        sub {
            edit("$_[0].seals", sub { $_ = '' });
        });
    my $file = "$log.1.jsonl";
    GGI::Folder::run(
        $ggictl, qw(audit seal --log), "$log.jsonl", '--keys', "$dir/keys", '--expire', $file, '--reason',
        'P5Y');
    unlink $file;
    ($exit, $said) = by_shell(glob "$log.*jsonl*");
    is $exit, 0, 'a file that went by retention is not asked for' or diag $said;
};

done_testing;
