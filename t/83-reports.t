# SPDX-License-Identifier: EUPL-1.2
# What scripts/test makes of the reports of its instruments: which count, and that one that counts fails the run.
use strict;
use warnings;

use File::Temp ();
use Test::More;

use GGI::Nginx ();
use GGI::Reports;

plan skip_all => 'runs nothing of the modules' if GGI::Nginx::under_instrument();

my $use =
      "==7==ERROR: AddressSanitizer: heap-use-after-free on address 0x6\nREAD of size 1 at 0x6 thread T0\n"
    . "    #0 0x1 in ngx_http_x src/x.c:1\n\n";
my $undefined =
    "modules/audit/ggi_x.c:1:2: runtime error: signed integer overflow\n    #0 0x1 in ggi_x modules/audit/ggi_x.c:1\n";
my $leak =
      "==7==ERROR: LeakSanitizer: detected memory leaks\n\nDirect leak of 9 byte(s) in 1 object(s) "
    . "allocated from:\n    #0 0x1 in malloc\n    #1 0x2 in json_loadb\n    #2 0x3 in %s\n\nSUMMARY: ...\n";
my $invalid =
      "==7== Invalid read of size 4\n==7==    at 0x1: ggi_x (ggi_x.c:1)\n==7==  Address 0x6 is 0 bytes "
    . "after a block\n==7== \n";
my $lost =
      "==7== 9 (1 direct, 8 indirect) bytes in 1 blocks are definitely lost in loss record 1 of 1\n"
    . "==7==    at 0x1: malloc\n==7==    by 0x2: %s (x.c:1)\n==7== \n";

for (
    ['nothing', '', 0],
    ['memory that was freed', $use, 1],
    ['undefined behaviour', $undefined, 1],
    ['the same twice', "$undefined\n$undefined\n", 1],
    ['a leak of the modules', sprintf($leak, 'ggi_profiles_read modules/x.c:1'), 1],
    ['a leak of the tool', sprintf($leak, 'ggictl_show modules/ggictl/main.c:1'), 1],
    ['a leak of nginx', sprintf($leak, 'ngx_ssl_create src/x.c:1'), 0],
    ['memory of a pool', sprintf($leak, "ngx_palloc src/x.c:1\n    #3 0x4 in ggi_x modules/x.c:1"), 0],
    ['an invalid read', $invalid, 1],
    ['what is lost by the modules', sprintf($lost, 'ggi_x'), 1],
    ['what is lost by nginx', sprintf($lost, 'ngx_x'), 0],
) {
    my ($name, $text, $expected) = @$_;
    my $dir = File::Temp->newdir('ggi-reports-XXXXXX', TMPDIR => 1);
    open my $file, '>', "$dir/7" or die "$dir/7: $!\n";
    print $file $text;
    close $file or die "$dir/7: $!\n";
    my $said = qx($^X -I $GGI::Nginx::ROOT/t/lib -MGGI::Reports -e 'exit GGI::Reports::judge(shift)' $dir);
    is $? >> 8, $expected, "$name: " . ($expected ? 'fails' : 'does not count');
    like $said, qr/^\Q$dir\E: $expected reports$/m, 'with the number';
}

done_testing;
