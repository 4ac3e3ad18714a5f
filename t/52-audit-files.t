# SPDX-License-Identifier: EUPL-1.2
# The files of the audit log: one for each worker, never shared, with the right owner; and what cannot be one.
use strict;
use warnings;

use Fcntl qw(:flock :mode);
use File::Temp ();
use IO::Socket::UNIX;
use POSIX qw(mkfifo);
use Test::More;
use Time::HiRes qw(sleep);

use GGI::Audit qw(decisions chains_hold);
use GGI::Gate;
use GGI::Nginx;
use GGI::Problem qw(allowed refused);

my $root = $> == 0;
my $user = $root ? getpwnam 'nobody' : $>;
our $group = $root ? scalar getgrnam 'adm' : undef;

# Which files of the log the workers have open for writing: path => number of workers.
sub held {
    my ($gate) = @_;
    my (%held, $log);
    $log = $gate->audit_file(0) =~ s/0\.jsonl$//r;
    for my $worker ($gate->workers) {
        for my $fd (glob "/proc/$worker/fd/*") {
            my $path = readlink $fd or next;
            next if index($path, $log) != 0;
            open my $info, '<', $fd =~ s{/fd/}{/fdinfo/}r or next;
            $held{$path}++ if grep {/^lock:.*FLOCK\s+ADVISORY\s+WRITE/} <$info>;
        }
    }
    return \%held;
}

sub owner_is_right {
    my ($path, $name, $mode) = @_;
    my @stat = stat $path;
    return is_deeply [sprintf('%04o', S_IMODE($stat[2])), $stat[4], defined $group ? $stat[5] : 'any'],
        [$mode // '0640', $user, $group // 'any'], $name;
}

# A call that takes some seconds: $call->wait waits for its end.
sub slow_call {
    my ($gate) = @_;
    return GGI::Child->command('curl', '-s', $gate->caller_options, $gate->https('/slow'));
}

my $gate =
    GGI::Gate->new(workers => 2, api => "location /slow { limit_rate 20; return 200 '@{[ 'x' x 80 ]}'; }")->start;
my $trail = $gate->{trail};

subtest 'one file for each worker' => sub {
    is_deeply [map {m{([^/]+)$}} $trail->files], [qw(audit.0.jsonl audit.1.jsonl audit.2.jsonl)], 'and one to spare';
    $gate->wait_for(sub { keys %{ held($gate) } == 2 }, 'both workers');
    is_deeply held($gate), { map { $gate->audit_file($_) => 1 } 0 .. 1 }, 'each is locked by one worker';
    owner_is_right($_, "owner, group and mode of $_") for $trail->files;
    $gate->call("/$_") for 1 .. 8;
    $gate->since(8, 8);
    for my $path ($trail->files) {
        my $text = do { local (@ARGV, $/) = $path; <> }
            // '';
        my %chains = map { $_->{attributes}{'ggi.chain.id'} => 1 } GGI::Audit::records($text);
        cmp_ok scalar(keys %chains), '<=', 1, "one chain in $path";
    }
};

subtest 'SIGUSR1' => sub {
    my @held = sort keys %{ held($gate) };
    rename $_, "$_-old" or die $! for $trail->files;
    $gate->signal('USR1');
    ok $gate->wait_for(sub { join(' ', sort keys %{ held($gate) }) eq "@held" }, 'new files'),
        'the workers have new files of the same names';
    owner_is_right($_, "owner, group and mode of $_") for map { $gate->audit_file($_) } 0 .. 2;
    $gate->mark;
    $gate->call("/$_") for 1 .. 4;
    $gate->since(4, 4);
    chains_hold($gate->audit_text, 'the chains go on');
    $gate->signal('USR1');
    sleep 0.3;
    is_deeply [sort keys %{ held($gate) }], \@held, 'nothing changes when nothing was renamed';
};

subtest 'reload while calls are open' => sub {
    $gate->mark;
    my @old = $gate->workers;
    my $client = slow_call($gate);
    $gate->since(1, 0);
    $gate->signal('HUP');
    $gate->wait_for(
        sub {
            my %now = map { $_ => 1 } $gate->workers;
            keys(%now) >= 3 && keys %{ held($gate) } >= 3;
        },
        'old and new workers');
    ok !(grep { $_ != 1 } values %{ held($gate) }), 'no file is held by two';
    is $client->wait, 0, 'the open call ends well';
    $gate->wait_for(
        sub {
            my %now = map { $_ => 1 } $gate->workers;
            !grep { $now{$_} } @old;
        },
        'the old ones end');
    $gate->mark;
    $gate->call("/$_") for 1 .. 4;
    $gate->since(4, 4);
    chains_hold($gate->audit_text, 'the chains hold');
};
$gate->stop;

subtest 'an upgrade of nginx' => sub {
    # nginx clears the environment of the one that it starts, in which the sanitizers look for their options
    my $up =
        GGI::Gate->new(workers => 2, main => join ' ', map {"env $_;"} qw(ASAN_OPTIONS LSAN_OPTIONS UBSAN_OPTIONS));
    $up->write('nginx.conf', $up->read('nginx.conf') =~ s/^daemon off;//mr)
        ;    # nginx upgrades no process whose parent lives
    system($up->command) == 0 or die "nginx does not start\n";
    $up->wait_for(sub { -s $up->prefix . '/nginx.pid' && $up->accepts }, 'nginx');
    ($up->{pid}) = $up->read('nginx.pid') =~ /(\d+)/;
    $up->call("/old$_") for 1 .. 4;
    $up->since(4, 4);
    my @old = sort keys %{ held($up) };
    my $old = $up->{pid};
    $up->signal('USR2');
    $up->wait_for(sub { -e $up->prefix . '/nginx.pid.oldbin' && -s $up->prefix . '/nginx.pid' }, 'the new master');
    my ($new) = $up->read('nginx.pid') =~ /(\d+)/;
    $up->{pid} = $new;
    $up->wait_for(sub { keys %{ held($up) } == 2 }, 'its workers');
    my @new = sort keys %{ held($up) };
    $up->{pid} = $old;
    is_deeply [sort keys %{ held($up) }], \@old, 'the old workers have their files still';
    my %both;
    $both{$_}++ for @old, @new;
    is_deeply [grep { $_ > 1 } values %both], [], 'the new ones have others';
    owner_is_right($_, "owner, group and mode of $_") for @new;
    $up->signal('QUIT');
    $up->{pid} = $new;
    $up->wait_for(sub { !-e $up->prefix . '/nginx.pid.oldbin' }, 'the end of the old master');
    allowed($up->call('/new'), 'a call to the new ones');
    $up->since(5, 5);
    chains_hold($up->audit_text, 'the chains hold');
    my $why = sub {
        my %why = map { $_->{attributes}{'ggi.chain.reason'} => 1 }
            grep { $_->{event_name} eq 'ggi.chain_closed' } GGI::Audit::records($up->audit_text);
        return join ' ', sort keys %why;
    };
    is $why->(), 'binary_upgrade', 'those of the old workers tell why they were closed';
    # the master of the new workers started in the foreground, and that of the old ones went into the background
    $up->signal('HUP');
    $up->wait_for(sub { $why->() eq 'binary_upgrade reload' }, 'a reload');
    is $why->(), 'binary_upgrade reload', 'and those of a reload of the new ones';
    allowed($up->call('/last'), 'a call to the last ones');
    $up->since(6, 6);
    kill 'QUIT', $new;
    $up->wait_for(sub { !-e $up->prefix . '/nginx.pid' }, 'the end');
    ok $up->wait_for(sub { $why->() eq 'binary_upgrade reload stop' }, 'the stop'), 'and of the stop';
    unlike $up->read('logs/error.log'), qr/\[(?:alert|crit|emerg)\]/, 'without an alert';
    delete $up->{pid};
};

subtest 'mode and group' => sub {
    my $own = GGI::Gate->new(log => '%%PREFIX%%/logs/audit.jsonl mode=0600' . ($root ? ' group=nogroup' : ''))->start;
    local $group = $root ? scalar getgrnam 'nogroup' : undef;
    owner_is_right($own->audit_file, 'as configured', '0600');
    $own->stop;
};

# What stands at the path of the log, or of one of its files, and what nginx -t says of it.
my %strange = (
    'a FIFO' => sub { mkfifo($_[0], oct '666') or die $! },
    'a directory' => sub { mkdir $_[0] or die $! },
    'a socket' => sub { IO::Socket::UNIX->new(Local => $_[0], Listen => 1) or die $! },
    'a device' => sub { symlink '/dev/null', $_[0] or die $! },
);
for my $name (sort keys %strange) {
    for my $file ('audit.jsonl', 'audit.0.jsonl', 'audit.3.jsonl') {
        my $dir = File::Temp->newdir;
        my $keep = $strange{$name}->("$dir/$file");
        my $log = "ggi_audit_log $dir/audit.jsonl;";
        local $SIG{ALRM} = sub { die "nginx -t hangs\n" };
        alarm 60;
        GGI::Nginx->refuses(
            "$name at $file",
            qr{audit log "$dir/\Q$file\E" is no regular file.*give "ggi_audit_log" the path of a file.*nginx\.conf:\d+},
            http => $log);
        alarm 0;
    }
}
GGI::Nginx->refuses(
    'a directory that is missing',
    qr{audit log "/nonexistent/audit\.0\.jsonl" cannot be created: make its directory.*No such file.*nginx\.conf:\d+},
    http => 'ggi_audit_log /nonexistent/audit.jsonl;');
# nginx -t of a directive, whose standard output is a regular file: its exit status, and what it says.
sub tested {
    my ($directive) = @_;
    my $nginx = GGI::Nginx->new(http => $directive);
    my $dir = File::Temp->newdir;
    system(join(' ', map {"'$_'"} $nginx->command, '-t') . " >$dir/out 2>$dir/err");
    return (
        $?,
        do { local (@ARGV, $/) = "$dir/err"; <> }
            // '');
}
for my $name (
    '/dev/stdout', '/dev/fd/1', '/dev/shm/audit.jsonl', '/proc/self/fd/1', '//dev/stdout', '/./dev/stdout',
    '/tmp/../dev/stdout'
) {
    my ($exit, $said) = tested("ggi_audit_log $name;");
    isnt $exit, 0, "$name is an error, though the output is a file";
    like $said, qr{audit log "\Q$name\E" is in /(?:dev|proc), where no file can be kept.*nginx\.conf:\d+},
        'which says why';
}
for my $mode ('0600', '0640', '0644') {
    my $dir = File::Temp->newdir;
    is_deeply [(tested("ggi_audit_log $dir/audit.jsonl mode=$mode;"))[0]], [0], "mode=$mode is accepted";
}
for my $parameter (
    'mode=0604', 'mode=0000', 'mode=0777', 'mode=640', 'mode=00640', 'mode=+640', 'mode=0666',
    'mode=0640x', 'mode=0400', 'mode=', 'group=nosuchgroup', 'size=1'
) {
    GGI::Nginx->refuses(
        $parameter, qr{invalid parameter "\Q$parameter\E".*nginx\.conf:\d+},
        http => "ggi_audit_log /tmp/x $parameter;");
}
for my $name ('a', 'a.0', 'a.17') {
    GGI::Nginx->refuses(
        "an access_log $name", qr{"ggi_audit_log" names the file of another log},
        http => "ggi_audit_log %%PREFIX%%/a; access_log %%PREFIX%%/$name;");
}

subtest 'a file that is a symbolic link' => sub {
    my $dir = File::Temp->newdir;
    chmod 0755, "$dir";
    mkdir "$dir/$_" for qw(real log);
    open my $fh, '>', "$dir/real/file" or die $!;
    close $fh;
    chmod 0666, "$dir/real/file";
    symlink "$dir/real/file", "$dir/log/audit.0.jsonl" or die $!;
    my $linked = GGI::Gate->new(log => "$dir/log/audit.jsonl")->start;
    allowed($linked->call('/x'), 'a call');
    $linked->wait_for(sub { -s "$dir/real/file" }, 'its record');
    is sprintf('%04o', S_IMODE((stat "$dir/real/file")[2])), '0666', 'what it points to keeps its mode';
    $linked->signal('USR1');
    $linked->wait_for(sub { $linked->read('logs/error.log') =~ /: reopening logs.*: reopening logs/s }, 'SIGUSR1');
    my @stat = stat "$dir/real/file";
    is_deeply [sprintf('%04o', S_IMODE($stat[2])), $stat[4]], ['0666', $>], 'and its owner, at SIGUSR1 too';
    $linked->stop;
};

# At SIGUSR1 nginx's master is root, and must neither wait for what stands at the path of a file nor follow it.
$strange{'a link to nothing'} = sub { symlink "$_[0]-nothing", $_[0] or die $! };
for my $name (sort keys %strange) {
    subtest "$name where a file was, at SIGUSR1" => sub {
        my $own = GGI::Gate->new(allow_errors => [qr/audit\.0\.jsonl/])->start;
        my ($zero, $one) = map { $own->audit_file($_) } 0, 1;
        allowed($own->call('/w'), 'a call, by which the worker has its file');
        rename $_, "$_-old" or die $! for $zero, $one;
        my $keep = $strange{$name}->($zero);
        $own->signal('USR1');
        ok $own->wait_for(sub { -f $one }, 'the spare file'), 'the other files are made';
        allowed($own->call('/x'), 'another call');
        ok !-e "$zero-nothing", 'nothing is made elsewhere';
        -d $zero ? rmdir $zero : unlink $zero;
        $own->signal('USR1');
        ok $own->wait_for(sub { -f $zero }, 'the file'), 'so is this one, once there is nothing in its place';
        allowed($own->call('/y'), 'a third call');
        is scalar(my @decisions = decisions($own->since(3, 3))), 3, 'each is recorded';
        $own->stop;
    };
}

subtest 'a reload for which no file can be made' => sub {
    plan skip_all => 'needs chattr, which root alone may use' unless $root;
    my $dir = File::Temp->newdir('ggi-audit-XXXXXX', TMPDIR => 1);
    chmod 0755, "$dir";
    my $full = GGI::Gate->new(
        workers => 1, log => "$dir/audit.jsonl", allow_errors => [qr/audit log/], odd => 1,
        locations => 'ggi_dienst brp; location / { proxy_pass http://api; } '
            . 'location /hold { proxy_pass http://127.0.0.1:%%PORT9%%; }')->start;
    my $master = $full->read('nginx.pid');
    my @calls = GGI::Child->command('curl', '-s', $full->caller_options, $full->https('/hold'));
    $full->since(1, 0);

    # the old worker keeps its file, the first reload takes the spare one, and the second finds none
    if (system("chattr +i '$dir' 2>/dev/null") != 0) {
        $_->stop for @calls;
        $full->stop;
        plan skip_all => 'no file attributes here';
    }
    my $none = qr/cannot be created or opened/;
    for my $reload (1, 2) {
        my @before = $full->workers;
        $full->signal('HUP');
        $full->wait_for(
            sub {
                my %was = map { $_ => 1 } @before;
                grep { !$was{$_} } $full->workers;
            },
            'new workers');
        if ($reload == 2) {
            $full->wait_for(sub { $full->read('logs/error.log') =~ $none }, 'the second reload');
            next;
        }
        push @calls, GGI::Child->command('curl', '-s', $full->caller_options, $full->https('/hold'));
        $full->since(2, 0);
    }
    like $full->read('logs/error.log'), $none, 'the error log says so';
    is $full->read('nginx.pid'), $master, 'the master';
    ok kill(0, $master =~ /(\d+)/), 'goes on';
    system("chattr -i '$dir'");
    $_->stop for @calls;
    ok $full->wait_for(sub { $full->call('/x')->{status} == 200 }, 'a file'),
        'a call is let in as soon as there is a file';
    $full->stop;
};

subtest 'a file that is held by somebody else' => sub {
    my $held = GGI::Gate->new;
    my $path = $held->audit_file;
    open my $fh, '>', $path or die $!;
    flock $fh, LOCK_EX or die $!;
    $held->start;
    allowed($held->call('/x'), 'a call');
    is((stat $path)[7], 0, 'nothing is written there');
    is scalar(() = decisions($held->audit_text)), 1, 'but in another file';
    $held->stop;
};

done_testing;
