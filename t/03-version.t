# SPDX-License-Identifier: EUPL-1.2
# The version of the suite stands in one header, and is told wherever somebody asks what runs: in the error log at
# start and at a reload, in the metrics, and in each record, with nginx's beside it.
use strict;
use warnings;

use Test::More;

use GGI::Audit qw(decisions);
use GGI::Conf ();
use GGI::Curl qw(curl);
use GGI::Gate;
use GGI::Problem qw(allowed);

my ($version) = GGI::Conf::content('modules/base/ggi_version.h') =~ /^#define GGI_VERSION +"(\d+\.\d+\.\d+)"$/m;
ok $version, 'the header has a version' or BAIL_OUT('no version');
my ($nginx_version) = qx($GGI::Nginx::BINARY -v 2>&1) =~ m{nginx/([\d.]+)};

my $gate = GGI::Gate->new;

# How often the error log tells the version of a module.
sub told {
    my ($name) = @_;
    return
        scalar(() = $gate->read('logs/error.log') =~ /\[notice\] \d+#\d+: ngx_http_ggi_${name}_module \Q$version\E$/mg);
}

my ($good, $output) = $gate->test_configuration;
ok $good, 'the configuration is good';
unlike $output . $gate->read('logs/error.log'), qr/_module \Q$version\E/,
    'nginx -t starts nothing, and tells no version';

$gate->start;
is told($_), 1, "$_ tells its version at start"
    for qw(dienst netwerk pkio autorisatie functie doelbinding levering audit);

allowed($gate->call('/x'), 'a call');
my ($record) = decisions($gate->since(1, 1));
is $record->{resource}{'service.version'}, $version, 'the record has the version of the suite';
is $record->{resource}{'ggi.nginx.version'}, $nginx_version, 'and that of nginx';

my $text = curl($gate->url('/ggi-status', 2))->{body};
like $text, qr/^# HELP ggi_build_info \S.*\n# TYPE ggi_build_info gauge\n/m, 'the metrics have an entry for the build';
like $text, qr/^ggi_build_info\{version="\Q$version\E",nginx="\Q$nginx_version\E"\} 1$/m, 'with both versions';
is_deeply $gate->status->{ggi_build_info}, [{ version => $version, nginx => $nginx_version, value => 1 }],
    'as JSON too';

ok $gate->reload, 'reloads';
is told($_), 2, "$_ tells its version at a reload"
    for qw(dienst netwerk pkio autorisatie functie doelbinding levering audit);
$gate->stop;

my $bare =
    GGI::Nginx->new(modules => ['ngx_http_ggi_dienst_module'], http => 'server { listen 127.0.0.1:%%PORT%%; }')->start;
is_deeply [$bare->read('logs/error.log') =~ /(ngx_http_ggi_\w+_module) \Q$version\E$/mg],
    ['ngx_http_ggi_dienst_module'],
    'a module that is not loaded has no version';
$bare->stop;

my $tree = join ' ', map {"$GGI::Nginx::ROOT/$_"} qw(modules scripts config);
is qx(grep -rlF --exclude=README.md '"$version"' $tree), "$GGI::Nginx::ROOT/modules/base/ggi_version.h\n",
    'no other source has the version';
like GGI::Conf::content('modules/audit/README.md'), qr/"service\.version":"\Q$version\E"/,
    'the record in the reference has it';

done_testing;
