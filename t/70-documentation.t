# SPDX-License-Identifier: EUPL-1.2
# The documentation is true: every directive, variable and reason is in it, and its configurations load.
use strict;
use warnings;

use JSON::PP;
use Test::More;

use GGI::Nginx;
use GGI::Pki;

my $root = $GGI::Nginx::ROOT;

sub content {
    my ($path) = @_;
    open my $fh, '<:raw', "$root/$path" or die "$path: $!\n";
    local $/;
    return scalar <$fh>;
}

for my $source (glob "$root/modules/*/ngx_http_ggi_*_module.c") {
    my ($folder) = $source =~ m{modules/(\w+)/};
    my $code = content("modules/$folder/ngx_http_ggi_${folder}_module.c");
    my $readme = content("modules/$folder/README.md");

    my ($commands) = $code =~ /^static ngx_command_t\s+\w+\[\] = \{(.*?)^\};/ms;
    for my $directive (sort $commands =~ /"(ggi_\w+)"/g) {
        my ($section) = $readme =~ /^### [^\n]*\b$directive\b[^\n]*\n(.*?)(?=^##|\z)/ms;
        ok $section && 3 == (() = $section =~ /^    (?:Syntax|Default|Context): +\S/mg), "$folder: $directive";
    }
    my ($variables) = $code =~ /^static ngx_http_variable_t\s+\w+\[\] = \{(.*?)^\};/ms;
    for my $variable (sort(($variables // '') =~ /ngx_string\("(ggi_\w+)"\)/g)) {
        like $readme, qr/^\| `\$$variable` \|/m, "$folder: \$$variable";
    }
}

my $reasons = content('modules/dienst/ggi_reason.h');
my ($table) = content('modules/dienst/README.md') =~ /^## Refusals\n(.*?)(?=^## |\z)/ms;
my @rows = $table =~ /^\| `(\w+)` \|/mg;
my @names = $reasons =~ /X\(\w+, "(\w+)", \d+/g;
is_deeply \@rows, \@names, 'the reasons, in the order in which they are given';

for my $path ('README.md', map {s{\Q$root/}{}r} glob "$root/modules/*/README.md") {
    my $text = content($path);
    for my $json ($text =~ /^```json\n(.*?)^```/msg) {
        ok eval { decode_json($json); 1 }, "$path: JSON" or diag $@;
    }
    for my $link ($text =~ /\]\(([^):#]+)\)/g) {
        ok -e "$root/" . ($path =~ m{(.*/)} ? $1 : '') . $link, "$path: link to $link";
    }
}

# The commands of the README, and those that the tool has itself.
my ($command) = content('README.md') =~ m{^    (scripts/ggictl explain .*?[^\\])\n}ms;
like qx(cd '$root' && $command), qr/^allowed$/m, 'the explanation of the README';
my $help = qx($root/scripts/ggictl --help);
my $readme = content('README.md');
for my $word ($help =~ /^  ggictl ((?:profiel |register )?[a-z]+)/mg) {
    my ($last) = $word =~ /(\w+)$/;
    like $readme, qr/\b$last\b/, "ggictl $word is in the README";
}

# The configurations, their paths filled in.
my $pki = GGI::Pki->new;
for my $case (['README.md', content('README.md') =~ /^```nginx\n(.*?)^```/ms], ['conf/nginx.conf', content('conf/nginx.conf')]) {
    my ($name, $conf) = @$case;
    my $nginx = GGI::Nginx->new;
    my $dir = $nginx->prefix;
    $conf =~ s{modules/ngx_}{$GGI::Nginx::BUILD/modules/ngx_}g;
    $conf =~ s{/etc/nginx/ggi|/var/log/nginx|/run/}{$dir/}g;
    $conf =~ s{listen 443 ssl}{listen 127.0.0.1:%%PORT%% ssl};
    $conf =~ s{^user .*}{}m;
    $nginx->write('nginx.conf', $conf);
    $nginx->write('profielen.json', content('conf/profielen.json'));
    $nginx->write('doelbindingen.json', content('conf/doelbindingen.json'));
    system("$root/scripts/mmdb", "$root/conf/netwerken.csv", "$dir/netwerken.mmdb") == 0 or die;
    system('cp', $pki->dir . "/$_", $dir) for qw(server.pem server.key);
    system('cp', $pki->dir . '/roots.pem', "$dir/pkioverheid-private.pem");
    $pki->run('crls', "$dir/crl");
    my ($good, $output) = $nginx->test_configuration;
    ok $good, "$name loads" or diag $output;
}

done_testing;
