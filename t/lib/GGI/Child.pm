# SPDX-License-Identifier: EUPL-1.2
package GGI::Child;

# A process of a test, which ends with its object at the latest.
#
#   my $child = GGI::Child->command('curl', '-s', $url);      a program, without input, whose output goes nowhere
#   my $child = GGI::Child->command({ in => $handle, out => $file, err => $file }, @command);
#   my $child = GGI::Child->function(sub { ... });            a function, in a process of its own
#   $child->pid;                                              its number
#   $child->wait;                                             waits for its end and returns its exit status, as in $?
#   $child->stop;                                             kills it

use strict;
use warnings;

use POSIX ();

# What a shell starts in its background ignores SIGINT and SIGQUIT, as does all that it starts in turn; what a test
# starts ends by them all the same.
sub take_signals {
    $SIG{$_} = 'DEFAULT' for qw(INT QUIT);    ## no critic (RequireLocalizedPunctuationVars)
    return;
}

# Starts a program, and returns the number of its process. Without "err" its errors go where its output goes.
sub spawn {
    my ($how, @command) = @_;
    my $pid = fork // die "fork: $!\n";
    return $pid if $pid;
    take_signals();
    open STDIN, ref $how->{in} ? '<&' : '<', $how->{in} // '/dev/null' or POSIX::_exit(126);
    open STDOUT, ref $how->{out} ? '>&' : '>>', $how->{out} // '/dev/null' or POSIX::_exit(126);
    open STDERR, $how->{err} ? '>>' : '>&', $how->{err} // \*STDOUT or POSIX::_exit(126);
    exec @command or POSIX::_exit(127);
}

sub command {
    my ($class, @command) = @_;
    my $how = ref $command[0] ? shift @command : {};
    return bless { pid => spawn($how, @command) }, $class;
}

sub function {
    my ($class, $function, %more) = @_;
    my $pid = fork // die "fork: $!\n";
    if ($pid == 0) {
        take_signals();
        my $good = eval { $function->(); 1 } or print STDERR $@;
        POSIX::_exit($good ? 0 : 1);
    }
    return bless { pid => $pid, %more }, $class;
}

sub pid { return $_[0]{pid} }

sub wait {
    my ($self) = @_;
    my $pid = delete $self->{pid} or return;
    waitpid $pid, 0;
    return $?;
}

sub stop {
    my ($self) = @_;
    kill 'KILL', $self->{pid} if $self->{pid};
    $self->wait;
    return;
}

sub DESTROY {
    my ($self) = @_;
    local ($?, $!);
    $self->stop;
    return;
}

1;
