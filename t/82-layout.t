# SPDX-License-Identifier: EUPL-1.2
# The tree: nothing at the top level that does not belong there, and a licence in each source.
use strict;
use warnings;

use Test::More;

use GGI::Conf ();
use GGI::Nginx;

plan skip_all => 'runs nothing of the modules' if GGI::Nginx::under_instrument();

chdir $GGI::Nginx::ROOT or die "$GGI::Nginx::ROOT: $!\n";
plan skip_all => 'not a git checkout' unless -e '.git';

my @files = split /\0/, qx(git ls-files -z --cached --others --exclude-standard);
cmp_ok scalar @files, '>', 100, 'git lists the files';

my %top = map { m{^([^/]+)} ? ($1 => 1) : () } @files;
is_deeply [sort grep { !/^\./ } keys %top], [sort qw(modules conf t scripts docker config README.md CHANGELOG.md)], 'the top level';

my %numbered;
for my $file (grep { -f } @files) { push @{ $numbered{$1} }, $file if $file =~ m{^t/(\d\d)-} }
is_deeply [grep { @$_ > 1 } values %numbered], [], 'each test file has a number of its own';

my @sources = grep { /\.(?:c|h|t|pm|lua|conf|cfg|mk)\z|^scripts\/|^\.ci\/|^config\z|Makefile\z|Dockerfile\z/ && !m{^t/fuzz/seeds/} && -f } @files;
cmp_ok scalar @sources, '>', 100, 'sources are seen';
is_deeply [grep { GGI::Conf::content($_) !~ /\A(?:[^\n]*\n)?[^\n]*SPDX-License-Identifier: EUPL-1\.2/ } @sources], [], 'each source has its licence';

done_testing;
