# SPDX-License-Identifier: EUPL-1.2
package GGI::Conf;

# Configurations of conf/ and of the documentation, made ready for the real nginx: their paths and ports are filled
# in, and what they name is there.
#
#   my $nginx = GGI::Conf::nginx($text, $pki);        a GGI::Nginx; %%PORT%% is the port of 443, %%PORT2%% of the API
#
# A text without "events" is what stands in http: the modules, and the sources that it does not name itself, are put
# around it. What the Debian package has in modules-enabled, the modules, is put where that is included.

use strict;
use warnings;

use GGI::Nginx;

my @modules =
    map {"modules/ngx_http_ggi_${_}_module.so"} qw(dienst netwerk pkio autorisatie functie doelbinding levering audit);

my $load = join "\n", map {"load_module $_;"} @modules;

my @around = (
    ['ggi_netwerk_database', 'ggi_netwerk_database /etc/nginx/ggi/netwerken.mmdb;'],
    ['ggi_autorisatie_(?:file|redis)', 'ggi_autorisatie_file /etc/nginx/ggi/profielen.json;'],
    ['ggi_functie_(?:file|redis)', 'ggi_functie_file /etc/nginx/ggi/functies.json;'],
    ['ggi_doelbinding_register', 'ggi_doelbinding_register /etc/nginx/ggi/doelbindingen.json;'],
    ['ggi_audit_log', 'ggi_audit_log /var/log/nginx/ggi-audit.jsonl;'],
    ['ssl_certificate', 'ssl_certificate /etc/nginx/ggi/server.pem; ssl_certificate_key /etc/nginx/ggi/server.key;'],
    [   'ssl_client_certificate',
        'ssl_client_certificate /etc/nginx/ggi/pkioverheid-private.pem; ssl_verify_client optional;'],
    ['upstream', 'upstream brp { server 127.0.0.1:8080; }'],
);

sub content {
    my ($path) = @_;
    open my $fh, '<:raw', "$GGI::Nginx::ROOT/$path" or die "$path: $!\n";
    local $/;
    return scalar <$fh>;
}

sub whole {
    my ($text) = @_;
    return $text if $text =~ /^events\b/m;
    my @missing = map { $text =~ /^\s*$_->[0]\b/m ? () : $_->[1] } @around;
    return join "\n", $load, 'events {}', 'http {', @missing, $text, '}';
}

sub nginx {
    my ($text, $pki, %args) = @_;
    my $nginx = GGI::Nginx->new(%args);
    my $dir = $nginx->prefix;
    $text = whole($text);
    $text =~ s{^include /etc/nginx/modules-enabled/\*\.conf;}{$load}m;
    $text =~ s{modules/ngx_}{$GGI::Nginx::BUILD/modules/ngx_}g;
    $text =~ s{/etc/nginx/ggi|/run(?=/nginx)}{$dir}g;
    $text =~ s{/var/log/nginx}{$dir/logs}g;
    $text =~ s{listen 443 ssl}{listen 127.0.0.1:%%PORT%% ssl}g;
    $text =~ s{server 127.0.0.1:8080}{server 127.0.0.1:%%PORT2%%}g;
    $text =~ s{listen 127.0.0.1:9145}{listen 127.0.0.1:%%PORT3%%}g;
    $text =~ s{^user .*}{}m;
    my $temporary = join ' ', map {"${_}_temp_path $_;"} qw(client_body proxy fastcgi uwsgi scgi);
    $text =~ s/^http \{/http {\n    $temporary/m;
    $nginx->write('nginx.conf', "daemon off;\n$text");
    $nginx->write($_, content("conf/$_")) for qw(profielen.json doelbindingen.json functies.json);
    $nginx->write('redis-ca.pem', $pki->roots);
    system("$GGI::Nginx::ROOT/scripts/mmdb", "$GGI::Nginx::ROOT/conf/netwerken.csv", "$dir/netwerken.mmdb") == 0
        or die "scripts/mmdb failed\n";
    system('cp', $pki->dir . "/$_", $dir) == 0 or die "cp $_ failed\n" for qw(server.pem server.key);
    $nginx->write('pkioverheid-private.pem', $pki->roots);
    $nginx->write('pseudonym.key', 'k' x 32);
    $pki->run('crls', "$dir/crl");
    return $nginx;
}

1;
