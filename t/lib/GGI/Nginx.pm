# SPDX-License-Identifier: EUPL-1.2
package GGI::Nginx;

# A real nginx with the suite's modules, in a temporary prefix on free ports of loopback.
#
#   my $nginx = GGI::Nginx->new(modules => [...], main => '...', http => '... listen %%PORT%% ...');
#   $nginx->start;
#   $nginx->url('/path');
#
# In every configuration text %%PREFIX%% is the temporary folder and %%PORT%%, %%PORT2%% ... are free ports.
# When a test ends, nginx is stopped by its process id, and any [alert], [crit] or [emerg] in its error log that
# allow_errors did not name fails the test.

use strict;
use warnings;

use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Temp ();
use IO::Socket::INET;
use POSIX qw(:sys_wait_h);
use Test::More;
use Time::HiRes qw(sleep time);

use GGI::Child ();
use GGI::Port ();
use GGI::Slow ();

our $ROOT = abs_path(dirname(__FILE__) . '/../../..');
our $BUILD = $ENV{GGI_BUILD} // "$ROOT/build";

# A log for what ggictl changes, which anybody may write, so that it does not tell that nothing is recorded.
our $CHANGES = File::Temp->newdir('ggi-changes-XXXXXX', TMPDIR => 1);
chmod 01777, "$CHANGES";
$ENV{GGI_CHANGES} //= "$CHANGES/changes.jsonl";    ## no critic (RequireLocalizedPunctuationVars)
our $BINARY = $ENV{GGI_NGINX} // '/usr/sbin/nginx';

# Whether scripts/test runs with --sanitize or --valgrind: a test of other things than nginx has no place there.
sub under_instrument { return $ENV{ASAN_OPTIONS} || $BINARY =~ /ggi-tool/ }

# All cases of a list; under an instrument, which makes them slow, one in so many: at each turn others, so that over the
# turns all are asked for.
sub few {
    my ($one_in, $turn, @cases) = @_;
    return under_instrument() ? @cases[grep { ($_ + $turn) % $one_in == 0 } 0 .. $#cases] : @cases;
}

my @all_modules =
    map {"ngx_http_ggi_${_}_module"} qw(dienst netwerk pkio autorisatie functie doelbinding levering audit);

sub new {
    my ($class, %args) = @_;
    my $self = bless {
        modules => \@all_modules,
        main => '', events => '', http => '', workers => 1, allow_errors => [], %args, ports => {},
    }, $class;
    $self->{binary} = $BINARY;
    $self->{prefix} = File::Temp->newdir('ggi-XXXXXX', TMPDIR => 1, CLEANUP => 1);
    chmod 0755, "$self->{prefix}";
    mkdir "$self->{prefix}/logs";
    $self->write('nginx.conf', $self->configuration);
    return $self;
}

sub prefix { return "$_[0]{prefix}" }

sub port {
    my ($self, $name) = @_;
    return $self->{ports}{ $name // '' } //= GGI::Port::free();
}

sub url {
    my ($self, $path, $name) = @_;
    return 'http://127.0.0.1:' . $self->port($name) . $path;
}

sub https {
    my ($self, $path, $name) = @_;
    return 'https://127.0.0.1:' . $self->port($name) . $path;
}

sub expand {
    my ($self, $text) = @_;
    $text =~ s/%%PREFIX%%/$self->prefix/ge;
    $text =~ s/%%ROOT%%/$ROOT/g;
    $text =~ s/%%PORT(\d*)%%/$self->port($1)/ge;
    return $text;
}

sub configuration {
    my ($self) = @_;
    my $load = join '', map {"load_module $BUILD/modules/$_.so;\n"} @{ $self->{modules} };
    my $user = $> == 0 ? "user nobody nogroup;\n" : '';
    my $temp = join '', map {"    ${_}_temp_path %%PREFIX%%/tmp_$_;\n"} qw(client_body proxy fastcgi uwsgi scgi);
    return $self->expand(<<"CONF");
$load${user}daemon off;
worker_processes $self->{workers};
pid %%PREFIX%%/nginx.pid;
error_log %%PREFIX%%/logs/error.log info;
$self->{main}
events {
    worker_connections 1024;
    $self->{events}
}
http {
    log_format timed '\$remote_addr "\$request" \$status \$request_time';
    access_log %%PREFIX%%/logs/access.log timed;
$temp$self->{http}
}
CONF
}

# Writes a file below the prefix and returns its path. The text is expanded.
sub write {
    my ($self, $name, $text) = @_;
    my $path = $self->prefix . "/$name";
    open my $fh, '>:raw', $path or die "$path: $!\n";
    print $fh $self->expand($text);
    close $fh or die "$path: $!\n";
    return $path;
}

sub read {
    my ($self, $name) = @_;
    open my $fh, '<:raw', $self->prefix . "/$name" or return '';
    local $/;
    return scalar <$fh>;
}

sub command {
    my ($self) = @_;
    return (
        $self->{binary}, '-p', $self->prefix, '-c', $self->prefix . '/nginx.conf', '-e',
        $self->prefix . '/logs/error.log');
}

# The warnings in what nginx said, but for that of a newer nginx on the only form of http2 that 1.22 knows.
sub warnings_in {
    my ($text) = @_;
    return grep { !/"listen \.\.\. http2" directive is deprecated/ } $text =~ /^.*\[warn\].*$/mg;
}

# nginx -t: (true when the configuration is good, its output)
sub test_configuration {
    my ($self) = @_;
    my $pid = open(my $out, '-|') // die "fork: $!\n";
    if ($pid == 0) {
        open STDERR, '>&', \*STDOUT;
        exec $self->command, '-t' or POSIX::_exit(127);
    }
    my $text = do { local $/; <$out> };
    close $out;
    return ($? == 0, $text);
}

# One question of a configuration: does nginx -t refuse it, and with this message?
sub refuses {
    my ($class, $name, $message, %args) = @_;
    my $nginx = $class->new(%args, allow_errors => [qr/./]);
    my ($good, $output) = $nginx->test_configuration;
    subtest $name => sub {
        ok !$good, 'nginx -t fails';
        like $output, $message, 'and says why';
    };
    return;
}

sub start {
    my ($self) = @_;
    $self->{pid} = GGI::Child::spawn({ out => $self->prefix . '/logs/stdout' }, $self->command);
    # the pid file names another process when nginx is a daemon, which nobody would end
    $self->wait_for(
        sub { $self->read('nginx.pid') eq "$self->{pid}\n" && $self->accepts },
        'nginx starts in the foreground', 60) or BAIL_OUT($self->read('logs/stdout') . $self->read('logs/error.log'));
    return $self;
}

sub accepts {
    my ($self) = @_;
    for my $port (values %{ $self->{ports} }) {
        return 1 if IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port, Timeout => 1);
    }
    return !%{ $self->{ports} };
}

# Polls until the condition holds; false when it has not after ten seconds, or as many as are given (of GGI::Slow).
sub wait_for {
    my ($self, $condition, $what, $seconds) = @_;
    $seconds //= 10;
    my $end = time + $seconds * $GGI::Slow::FACTOR;
    my $late = 0;    # the time was over before this look, which is the last: a machine that stood still has time for it
    while (!$late) {
        $late = time >= $end;
        return 1 if $condition->();
        if ($self->{pid} && waitpid($self->{pid}, WNOHANG) == $self->{pid}) {
            delete $self->{pid};
            diag("nginx ended by itself while waiting: $what");
            return 0;
        }
        sleep 0.02;
    }
    diag("waited $seconds seconds in vain: $what");
    return 0;
}

# How long nginx took for the requests that a function makes one after the other: the longest, in seconds of GGI::Slow.
# Neither the start of a client nor its handshake is in that.
sub took {
    my ($self, $function) = @_;
    my $before = length $self->read('logs/access.log');
    $function->();
    my @took;
    $self->wait_for(
        sub { @took = substr($self->read('logs/access.log'), $before) =~ / ([\d.]+)\n/g },
        'a line of the access log');
    my ($longest) = sort { $b <=> $a } @took;
    return $longest / $GGI::Slow::FACTOR;
}

sub signal {
    my ($self, $signal) = @_;
    kill $signal, $self->{pid} or die "kill $signal: $!\n";
    return;
}

# Reads the configuration again and waits until the old workers are gone.
sub reload {
    my ($self) = @_;
    my %old = map { $_ => 1 } $self->workers;
    $self->signal('HUP');
    return $self->wait_for(
        sub {
            my @now = $self->workers;
            @now && !grep { $old{$_} } @now;
        },
        'the reload ends');
}

sub workers {
    my ($self) = @_;
    open my $fh, '<', "/proc/$self->{pid}/task/$self->{pid}/children" or return;
    return split ' ', <$fh> // '';
}

# Does something while one of the workers alone runs, by its number: the others are stopped, and take no connection.
sub by_worker {
    my ($self, $number, $do) = @_;
    my @others = sort { $a <=> $b } $self->workers;
    splice @others, $number, 1;
    kill 'STOP', @others;
    $self->wait_for(
        sub {
            !grep { state_of($_) ne 'T' } @others;
        },
        'the other workers stop');
    my @result = eval { $do->() };
    my $fault = $@;
    kill 'CONT', @others;
    $self->wait_for(
        sub {
            !grep { state_of($_) eq 'T' } @others;
        },
        'the other workers go on');
    die $fault if $fault;
    return wantarray ? @result : $result[0];
}

# Waits until a worker, by its pid, has heard that it is to end, or has ended.
sub told_to_end {
    my ($self, $pid) = @_;
    return $self->wait_for(
        sub {
            open my $fh, '<', "/proc/$pid/cmdline" or return 1;
            return (<$fh> // '') =~ /shutting down/;
        },
        "worker $pid is to end");
}

# The state of a process, as ps shows it: T for a stopped one; empty when it is gone.
sub state_of {
    my ($pid) = @_;
    open my $fh, '<', "/proc/$pid/stat" or return '';
    my ($state) = scalar(<$fh>) =~ /\) (\w)/;
    return $state // '';
}

sub stop {
    my ($self) = @_;
    my $pid = delete $self->{pid} or return;
    kill 'QUIT', $pid;
    my $end = time + 10 * $GGI::Slow::FACTOR;
    while (waitpid($pid, WNOHANG) == 0) {
        if (time > $end) {
            kill 'KILL', $pid;
            fail("nginx does not stop: $pid");
            waitpid $pid, 0;
            last;
        }
        sleep 0.02;
    }
    my $exit = $?;
    is $exit, 0, 'nginx ends well';
    my @bad = grep {
        my $line = $_;
        $line =~ /\[(?:alert|crit|emerg)\]|runtime error:/ && !grep { $line =~ $_ } @{ $self->{allow_errors} }
    } split /\n/, $self->read('logs/error.log') . $self->read('logs/stdout');
    ok !@bad, 'no unexpected [alert], [crit] or [emerg]' or diag(join "\n", @bad);
    return;
}

sub DESTROY {
    my ($self) = @_;
    local ($?, $@, $!);
    my $pid = $self->{pid} or return;

    # its workers outlive a master that is killed
    kill 'TERM', $pid;
    for (1 .. 300) {
        return if waitpid($pid, WNOHANG) == $pid;
        sleep 0.01;
    }
    kill 'KILL', $pid;
    waitpid $pid, 0;
    return;
}

1;
