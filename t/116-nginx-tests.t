# SPDX-License-Identifier: EUPL-1.2
# scripts/test --nginx-tests: which tests of others count as faults of the modules. The tests here are such as nginx's
# own: they start the nginx that they are told of, with what they are told of at the head of its configuration.
use strict;
use warnings;

use Test::More;

use GGI::Folder ();
use GGI::Nginx;

plan skip_all => 'says nothing about C code' if GGI::Nginx::under_instrument();

my $dir = GGI::Folder->new;
mkdir "$dir/$_" or die "$_: $!\n" for 'lib', 'lib/Test';
$dir->file('lib/Test/Nginx.pm', <<'PERL');
package Test::Nginx;
use strict;
use warnings;
use File::Temp;
sub said {
    my ($text) = @_;
    my $dir = File::Temp->newdir;
    open my $out, '>', "$dir/nginx.conf" or die;
    print $out "$ENV{TEST_NGINX_GLOBALS} error_log stderr; pid $dir/pid; events {} http { access_log off; $text }";
    close $out or die;
    return scalar qx($ENV{TEST_NGINX_BINARY} -t -p $dir -c $dir/nginx.conf 2>&1);
}
1;
PERL

my $HEAD = "use Test::More tests => 1; use lib 'lib'; use Test::Nginx;\n";
my $works = q{like Test::Nginx::said(''), qr/test is successful/, 'nginx takes its configuration';};
my $known = q{like Test::Nginx::said('ggi_pkio off;'), qr/test is successful/, 'the modules are loaded';};
my $unknown = q{like Test::Nginx::said('ggi_pkio off;'), qr/unknown directive/, 'no module is loaded';};
my $broken = q{like Test::Nginx::said('nonsense;'), qr/test is successful/, 'what no nginx takes';};

# What the script says of tests: { name => text }.
sub said {
    my (%tests) = @_;
    unlink glob "$dir/*.t";
    $dir->file("$_.t", $HEAD, $tests{$_}, "\n") for keys %tests;
    return GGI::Folder::run("$GGI::Nginx::ROOT/scripts/test", '--nginx-tests', "$dir");
}

my ($exit, $said) = said(works => $works, known => $known);
is $exit, 0, 'tests that pass with the modules pass' or diag $said;
like $said, qr/^Files=2, Tests=2, /m, 'all of them';
like $said, qr/^with the modules nothing fails that passes without them$/m, 'and it says so';
like $said, qr{ is at no commit, not at [0-9a-f]{40}$}m, 'of tests that are not the pinned ones it says so';

($exit, $said) = said(works => $works, broken => $broken);
is $exit, 0, 'what fails without the modules as well is no fault of theirs';
like $said, qr/^fails without the modules as well: broken\.t$/m, 'and is named';

($exit, $said) = said(works => $works, broken => $broken, unknown => $unknown);
is $exit, 1, 'what passes without the modules alone is one';
like $said, qr/^fails with the modules alone: unknown\.t$/m, 'and is named';
like $said, qr/Failed test 'no module is loaded'/, 'with what it says';

done_testing;
