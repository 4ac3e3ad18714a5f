# SPDX-License-Identifier: EUPL-1.2
# The command line of a script in Perl, and how the script is used: the lines "#   scripts/..." at its head.
package GGI::Script;

use strict;
use warnings;

use Exporter qw(import);
use File::Basename qw(basename);

our @EXPORT_OK = qw(read_options wrong_usage);

sub usage {
    open my $self, '<', $0 or die "$0: $!\n";
    my @lines = map {s/^#   //r} grep {m{^#   (?:scripts|/usr/share/ggictl)/}} <$self>;
    return join '', map {"usage: $_"} @lines;
}

# Says on standard error what is wrong with the command line and how the script is used, and ends with exit status 2.
sub wrong_usage {
    my ($fault) = @_;
    print STDERR 'scripts/', basename($0), ": $fault\n", usage();
    exit 2;
}

# Reads the options, which @spec gives as GetOptions() takes them, out of @ARGV into %$option. --help and -h say how the
# script is used, on standard output, and end it; a faulty option is wrong usage.
sub read_options {
    my ($option, @spec) = @_;
    require Getopt::Long;
    Getopt::Long::Configure('bundling');
    my @faults;
    {
        local $SIG{__WARN__} = sub { push @faults, lcfirst $_[0] =~ s/\n//r };
        Getopt::Long::GetOptions($option, @spec, 'help|h');
    }
    if ($option->{help}) {
        print usage();
        exit 0;
    }
    wrong_usage($faults[0]) if @faults;
    return;
}

1;
