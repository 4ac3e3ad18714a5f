# SPDX-License-Identifier: EUPL-1.2
package GGI::Apparmor;

# What a profile of AppArmor lets a program do with files, and what a program did by strace.
#
#   my $profile = GGI::Apparmor->new($file);             apparmor_parser has put into it what it includes
#   $profile->lacks('/var/log/nginx/x', 'rw')            those of the rights that no rule gives
#   my %did = GGI::Apparmor::traced($place, @files);     path => rights, by files of strace -ff -y; $place, a function,
#                                                        gives the path that a path would have where the profile holds
#
# The rights are r, w, k (locks) and m (code). Denials and rules for a hat or another program are not looked at.

use strict;
use warnings;

sub new {
    my ($class, $file) = @_;
    open my $out, '-|', 'apparmor_parser', '-p', $file or die "apparmor_parser: $!\n";
    my $self = bless { variables => {}, rules => [] }, $class;
    while (<$out>) {
        if (/^\s*\@\{(\w+)\}\s*\+?=\s*(.*\S)/) { push @{ $self->{variables}{$1} }, split ' ', $2 }
        elsif (/^\s*(?:owner\s+)?"?((?:\/|\@\{)\S*?)"?\s+([a-zA-Z]+),/) { push @{ $self->{rules} }, [$1, $2] }
    }
    close $out or die "apparmor_parser -p $file failed\n";
    for my $rule (@{ $self->{rules} }) {
        my $pattern = $self->pattern($rule->[0]);
        $rule->[0] = qr/\A$pattern\z/;
    }
    return $self;
}

# A path of a rule as a regular expression.
sub pattern {
    my ($self, $glob) = @_;
    1 while $glob =~ s/\@\{(\w+)\}/'{' . join(',', map { s{\/\z}{}r } @{ $self->{variables}{$1} }) . '}'/e;
    $glob =~ s{//+}{/}g;
    my ($pattern, $depth) = ('', 0);
    while ($glob =~ /\G(\*\*|\[[^\]]*\]|\\.|.)/gs) {
        my $part = $1;
        if ($part eq '**') { $pattern .= '.*' }
        elsif ($part eq '*') { $pattern .= '[^/]*' }
        elsif ($part eq '?') { $pattern .= '[^/]' }
        elsif ($part eq '{') { $pattern .= '(?:'; $depth++ }
        elsif ($part eq '}') { $pattern .= ')'; $depth-- }
        elsif ($part eq ',' && $depth) { $pattern .= '|' }
        elsif ($part =~ /\A\[/) { $pattern .= $part }
        else { $pattern .= quotemeta($part =~ s/\A\\//r) }
    }
    return $pattern;
}

sub lacks {
    my ($self, $path, $rights) = @_;
    my %has = map { $_ => 1 } map { split //, $_->[1] } grep { $path =~ $_->[0] } @{ $self->{rules} };
    return join '', grep { !$has{$_} } split //, $rights;
}

# A call that names a descriptor in /proc/self/fd is passed over: the descriptor was opened by a call that is not.
sub traced {
    my ($place, @files) = @_;
    my %did;
    my $did = sub {
        my ($path, $rights) = @_;
        $did{ $place->($path) }{$_} = 1 for split //, $rights;
        return;
    };
    for my $file (@files) {
        open my $in, '<', $file or die "$file: $!\n";
        while (<$in>) {
            next if m{= -1 (?!EACCES|EPERM)};
            if (/^open(?:at)?\(.* (O_\S+?)[,)].* = \d+<([^>]+)>/) {
                my ($flags, $path) = ($1, $2);
                my $rights = $flags =~ /O_RDWR/ ? 'rw' : $flags =~ /O_WRONLY/ ? 'w' : 'r';
                $rights .= 'w' if $flags =~ /O_CREAT/;
                $rights .= 'm' if $path =~ /\.so(?:\.[\d.]+)?\z/;
                $did->($flags =~ /O_DIRECTORY/ ? "$path/" : $path, $rights);
            }
            elsif (/^mkdir(?:at)?\(.*?"([^"]+)"/) { $did->("$1/", 'w') }
            elsif (/^(?:unlink|rename|link|chmod|chown|truncate)(?:at)?2?\(/) {
                for my $path (m{"([^"]+)"}g) {
                    $did->($path, 'w') if $path !~ m{\A/proc/self/fd/};
                }
            }
            elsif (/^(?:flock\(|fcntl\(.*F_(?:OFD_)?SETLK)/ && /^\w+\(\d+<([^>]+)>/) { $did->($1, 'k') }
        }
        close $in or die "$file: $!\n";
    }
    my %rights = map { $_ => join '', sort keys %{ $did{$_} } } keys %did;
    return %rights;
}

1;
