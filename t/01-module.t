# SPDX-License-Identifier: EUPL-1.2
# The core module in the distribution's nginx: ggi_dienst and $ggi_dienst.
use strict;
use warnings;

use Test::More;

use GGI::Curl qw(curl);
use GGI::Nginx;

my $nginx = GGI::Nginx->new(modules => ["ngx_http_ggi_dienst_module"], http => <<'HTTP');
    server {
        listen 127.0.0.1:%%PORT%%;
        add_header X-Dienst "<$ggi_dienst>" always;

        location /none/ {
            return 204;
        }

        location /brp/ {
            ggi_dienst brp-bevragen;
            ggi_pkio off;
            ggi_autorisatie off;
            ggi_doelbinding off;
            ggi_audit off;
            return 204;

            location /brp/inner/ {
                return 204;
            }
        }
    }
HTTP
$nginx->start;

is curl($nginx->url('/none/'))->{headers}{'x-dienst'}, '<>', 'no dienst, empty variable';
is curl($nginx->url('/brp/x'))->{headers}{'x-dienst'}, '<brp-bevragen>', 'the dienst of the location';
is curl($nginx->url('/brp/inner/'))->{headers}{'x-dienst'}, '<brp-bevragen>', 'inherited by a nested location';
ok $nginx->reload, 'reloads';
is curl($nginx->url('/brp/x'))->{headers}{'x-dienst'}, '<brp-bevragen>', 'and works after a reload';
$nginx->stop;

for my $name ('', 'a' x 65, 'Brp', '-brp', 'brp bevragen', 'brp/x', "br\xc3\xabp") {
    GGI::Nginx->refuses(
        "dienst name '$name'", qr/invalid dienst name .* in \S+nginx\.conf:\d+/,
        http => qq{server { listen 127.0.0.1:%%PORT%%; location / { ggi_dienst "$name"; } }});
}
GGI::Nginx->refuses(
    'the name that records have for none',
    qr/"ggi_dienst" directive may not be "unknown", which is what records say where no dienst was found/,
    http => 'server { listen 127.0.0.1:%%PORT%%; location / { ggi_dienst unknown; } }');
GGI::Nginx->refuses(
    'twice', qr/"ggi_dienst" directive is duplicate/,
    http => 'server { listen 127.0.0.1:%%PORT%%; location / { ggi_dienst a; ggi_dienst b; } }');

done_testing;
