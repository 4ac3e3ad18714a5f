# SPDX-License-Identifier: EUPL-1.2
# The page of ggi_status in a headless Chromium: on a telephone and a desktop, light and dark, in Dutch and English,
# without barriers as axe-core finds them (WCAG 2.2, AA), with JavaScript and without it.
use strict;
use warnings;

use JSON::PP qw(decode_json);
use Test::More;

use GGI::Folder ();
use GGI::Gate;
use GGI::Nginx;
use GGI::Problem qw(allowed refused);

plan skip_all => 'looks at the page, not at the C code' if GGI::Nginx::under_instrument();

my $root = $GGI::Nginx::ROOT;
my @node = map { -x "/usr/bin/$_->[0]" ? () : $_->[1] } ['node', 'nodejs'], ['npm', 'npm'];
system("$root/scripts/setup", 'chromium', @node) == 0 or die "no browser\n";

# The packages of npm, once for the checkout: again when t/page/package.json was changed.
my $page = "$root/build/page";
my $wanted = GGI::Folder::content("$root/t/page/package.json");
if (!-e "$page/wanted" || GGI::Folder::content("$page/wanted") ne $wanted) {
    system('mkdir', '-p', $page) == 0 && system('cp', "$root/t/page/package.json", $page) == 0 or die "$page\n";
    my ($exit, $said) = GGI::Folder::run('npm', 'install', '--prefix', $page, qw(--no-audit --no-fund --silent));
    $exit == 0 or die "npm install: $said\n";
    system('cp', "$root/t/page/package.json", "$page/wanted") == 0 or die "$page/wanted\n";
}
system('cp', "$root/t/page/look.js", "$page/look.js") == 0 or die "look.js\n";

my $gate = GGI::Gate->new(
    locations => <<'CONF',
        location / { ggi_dienst brp; proxy_pass http://api; }
        location /observe/ { ggi_dienst brp2; ggi_pkio observe; ggi_autorisatie off; proxy_pass http://api; }
CONF
);
$gate->start;
allowed($gate->call('/x'), 'a call') for 1 .. 3;
refused($gate->call('/x', { as => [$gate->{pki}->anonymous] }), 403, 'certificate_missing', 'no certificate');
$gate->since(4, 3);

my $picture = "$page/status.png";
unlink $picture;
my ($exit, $said) =
    GGI::Folder::run('node', "$page/look.js", $gate->url('/ggi-status', 2), $gate->https('/x'), $picture);
is $exit, 0, 'the browser looks at it' or diag $said;
my $found = eval { decode_json($said) } // [];
is scalar(@$found), 11, 'in eleven ways';
is_deeply $_->{faults}, [], $_->{name} for @$found;
cmp_ok -s $picture // 0, '>', 20_000, 'and makes a picture of it';
$gate->stop;

done_testing;
