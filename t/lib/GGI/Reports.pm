# SPDX-License-Identifier: EUPL-1.2
package GGI::Reports;

# Judges what AddressSanitizer, LeakSanitizer, UndefinedBehaviorSanitizer or Valgrind wrote into a folder.
# Every report counts, except leaks of memory that nginx itself allocated: it leaves its first pool and PCRE's contexts
# to the system when it ends, and memory of a pool belongs to whoever made the pool.

use strict;
use warnings;

# A report on a leak, and whether it is ours: our code is on the stack, and it did not take the memory from a pool.
sub is_leak { return $_[0] =~ /^(?:(?:Direct|Indirect) leak of|[\d,]+ (?:\([^)]*\) )?bytes in [\d,]+ blocks are)/m }
sub is_ours { return $_[0] =~ /\bggi(?:ctl)?_\w+/ && $_[0] !~ /\bngx_palloc\w*\b|\bngx_pnalloc\b|\bngx_pcalloc\b/ }

# The reports in the text of one file.
sub reports {
    my ($text) = @_;
    $text =~ s/^==\d+==(?: |$)//mg;
    return grep {/^(?:\s+#\d+ 0x|\s+(?:at|by) 0x)|runtime error/m} split /\n\n+/, $text;
}

# All reports that count, from the files of a folder: of those that are the same, one.
sub counted {
    my ($dir) = @_;
    my %seen;
    for my $path (glob "$dir/*") {
        open my $file, '<', $path or die "$path: $!\n";
        my $text = do { local $/; <$file> };
        for my $report (grep { !is_leak($_) || is_ours($_) } reports($text // '')) {
            $seen{ $report =~ s/0x[0-9a-fA-F]+//gr } //= "$path\n$report\n";
        }
    }
    my @sorted = sort values %seen;
    return @sorted;
}

# For scripts/test: prints them and ends with 1 when there are any.
sub judge {
    my ($dir) = @_;
    my @all = counted($dir);
    print "$_\n" for @all[0 .. ($#all < 9 ? $#all : 9)];
    printf "%s: %d reports\n", $dir, scalar @all;
    return @all ? 1 : 0;
}

1;
