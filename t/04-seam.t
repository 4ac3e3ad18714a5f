# SPDX-License-Identifier: EUPL-1.2
# The seam between the core and the gates: it works in every order of load_module, also when all modules are replaced
# under a running nginx, and modules that were not built together are refused with the remedy.
use strict;
use warnings;

use File::Path qw(make_path);
use Test::More;

use GGI::Conf ();
use GGI::Gate;
use GGI::Pki;
use GGI::Problem qw(allowed refused);

plan skip_all => 'looks at how modules are loaded and refused' if GGI::Nginx::under_instrument();

my $build = $GGI::Nginx::BUILD;
my @names = map {m{/ngx_http_ggi_(\w+)_module\.so\z}} sort glob "$build/modules/*.so";
my @gates = grep { $_ ne 'dienst' } @names;
is scalar @names, 8, 'the modules are seen';
my $pki = GGI::Pki->new;

sub so { return "ngx_http_ggi_$_[0]_module.so" }

# Has a gateway load the modules in an order, from a folder.
sub load {
    my ($gate, $folder, @order) = @_;
    my $rest = $gate->read('nginx.conf') =~ s/^load_module .*\n//mgr;
    return $gate->write('nginx.conf', join('', map { "load_module $folder/" . so($_) . ";\n" } @order) . $rest);
}

sub orders {
    my (@left) = @_;
    return [] unless @left;
    return map {
        my $first = $_;
        map { [$first, @$_] } orders(grep { $_ ne $first } @left)
    } @left;
}

# The digest of the headers that the modules of this build were made with.
my ($seam) = GGI::Conf::content("$build/nginx/objs/ggi_seam_digest.h" =~ s{^\Q$GGI::Nginx::ROOT\E/}{}r) =~
    /GGI_SEAM +"([0-9a-f]{16})"/;
ok $seam, 'the build has a digest of the seam';

for my $name (@gates) {
    my @symbols = qx(nm -D --undefined-only $build/modules/@{[ so($name) ]}) =~ /\b(ggi_\w+)/g;
    is_deeply \@symbols, [], "$name asks the loader for nothing of the core";
}

subtest 'every order is good' => sub {
    my $gate = GGI::Gate->new(pki => $pki, networks => ['10.0.0.0/8,nowhere'], locations => <<'CONF');
        location / { ggi_dienst brp; ggi_netwerk nowhere; proxy_pass http://api; }
CONF
    my @orders = orders(qw(audit autorisatie dienst doelbinding netwerk pkio));
    is scalar @orders, 720, 'all of six modules';
    for my $n (0 .. $#orders) {
        splice @{ $orders[$n] }, $n % 7, 0, 'functie';
        splice @{ $orders[$n] }, $n / 7 % 8, 0, 'levering';
    }
    if (GGI::Nginx::under_instrument()) {
        @orders = @orders[map { 97 * $_ % 720 } 1 .. 20];
    }
    my @bad;
    for my $order (@orders) {
        load($gate, "$build/modules", @$order);
        my ($good, $output) = $gate->test_configuration;
        push @bad, "@$order: $output" unless $good;
    }
    is_deeply \@bad, [], 'nginx -t takes each';
};

# realip comes before the gates in each of them, and what the gates find is there for limit_req.
for my $order (\@names, [reverse @names], [qw(dienst netwerk pkio autorisatie functie doelbinding levering audit)]) {
    subtest "calls, loaded in the order @$order" => sub {
        my $gate = GGI::Gate->new(
            pki => $pki,
            networks => ['10.0.0.0/8,inside'],
            more => 'limit_req_zone $ggi_oin zone=organisations:1m rate=1r/m;',
            locations => <<'CONF');
        set_real_ip_from 127.0.0.1;
        location / { ggi_dienst brp; ggi_netwerk inside; proxy_pass http://api; }
        location /limited/ { ggi_dienst brp; ggi_netwerk off; limit_req zone=organisations; proxy_pass http://api; }
CONF
        load($gate, "$build/modules", @$order);
        $gate->start;
        allowed($gate->call('/x', '-H', 'X-Real-IP: 10.1.2.3'), 'a call from the network');
        refused($gate->call('/x', '-H', 'X-Real-IP: 11.1.2.3'), 403, 'network_not_allowed', 'a call from another');
        allowed($gate->call('/limited/x'), 'the first call of an organisation');
        is $gate->call('/limited/x')->{status}, 503, 'the second is limited by its OIN';
        $gate->stop;
    };
}

subtest 'one file for each module, in the order of their names, as Debian has them' => sub {
    my $gate = GGI::Gate->new(pki => $pki);
    my $folder = $gate->prefix . '/modules-enabled';
    make_path($folder);
    $gate->write("modules-enabled/50-mod-http-ggi-$_.conf", "load_module $build/modules/" . so($_) . ";\n") for @names;
    my $rest = $gate->read('nginx.conf') =~ s/^load_module .*\n//mgr;
    $gate->write('nginx.conf', "include $folder/*.conf;\n$rest");
    $gate->start;
    allowed($gate->call('/x'), 'a call');
    refused($gate->call('/x', { as => [$pki->anonymous] }), 403, 'certificate_missing', 'a call without a certificate');
    $gate->stop;
};

for my $name (@gates) {
    GGI::Nginx->refuses(
        "$name without the core",
        qr/\[emerg\]\ ngx_http_ggi_${name}_module\ needs\ the\ module\ ngx_http_ggi_dienst_module,\ which\ is\ not
        \ loaded:\ add\ "load_module"\ of\ ngx_http_ggi_dienst_module\.so/x, modules => ["ngx_http_ggi_${name}_module"]
    );
}

# Builds a gate as this build did, but with an altered header: change alters its text, which is $_. Returns the path of
# the module.
sub rebuilt {
    my ($dir, %args) = @_;
    my $root = $GGI::Nginx::ROOT;
    make_path($dir);
    system("cp -r $root/modules $dir/ && cp -r $build/nginx $dir/nginx") == 0 or die;
    my %changes = (
        "$dir/nginx/objs/Makefile" => sub {s{\Q$root\E/modules}{$dir/modules}g},
        "$dir/modules/$args{header}" => $args{change},
    );
    for my $file (sort keys %changes) {
        open my $in, '<', $file or die "$file: $!\n";
        local $_ = do { local $/; <$in> };
        close $in;
        $changes{$file}->() or die "$file is not as it was\n";
        open my $out, '>', $file or die "$file: $!\n";
        print $out $_;
        close $out or die "$file: $!\n";
    }
    my $target = 'objs/' . so($args{gate});
    my $said = qx(make -s -C $dir/nginx -f objs/Makefile $target 2>&1);
    return $? == 0 ? "$dir/nginx/$target" : BAIL_OUT("$target: $said");
}

my ($version) = GGI::Conf::content('modules/base/ggi_version.h') =~ /GGI_VERSION +"([\d.]+)"/;
my @altered = (
    {
        what => 'a member in another place', version => $version, header => 'dienst/ggi_status.h',
        change => sub {s{( +uint64_t +now;[^\n]*\n)( +int64_t +offset;[^\n]*\n)}{$2$1}},
    },
    {
        what => 'another version', version => '7.8.9', header => 'base/ggi_version.h',
        change => sub {s/"\Q$version\E"/"7.8.9"/},
    },
);
for my $case (@altered) {
    my $other = $case->{version};
    subtest "a gate that was built with $case->{what}" => sub {
        my $gate = GGI::Gate->new(pki => $pki, allow_errors => [qr/./]);
        my $module = rebuilt($gate->prefix . '/altered', gate => 'netwerk', %$case);
        $gate->write(
            'nginx.conf',
            $gate->read('nginx.conf') =~ s{^load_module \S*netwerk_module\.so}{load_module $module}mr);
        my ($good, $output) = $gate->test_configuration;
        ok !$good, 'is refused';
        my $wants = qr/ngx_http_ggi_netwerk_module has version \Q$other\E with interface (?!$seam)[0-9a-f]{16}/;
        my $has = qr/ngx_http_ggi_dienst_module has version \Q$version\E with interface $seam/;
        like $output, qr/\[emerg\] $wants, and $has: install the modules of one build/, 'and both versions are named';
    };
}

# A folder of its own with the modules.
sub copied {
    my ($folder) = @_;
    make_path($folder);
    system("cp $build/modules/*.so $folder") == 0 or die;
    return $folder;
}

subtest 'a reload that names the modules in another folder' => sub {
    my $gate = GGI::Gate->new(pki => $pki, allow_errors => [qr/comes from another file than before this reload/]);
    my @folders = map { copied($gate->prefix . "/modules$_") } 1 .. 3;
    load($gate, $folders[0], @names);
    $gate->start;
    allowed($gate->call('/x'), 'a call');

    for my $folder (@folders[1, 2]) {
        load($gate, $folder, @names);
        ok $gate->reload, 'reloads';
        allowed($gate->call('/x'), 'a call goes on being allowed');
        refused($gate->call('/x', { as => [$pki->anonymous] }), 403, 'certificate_missing', 'and refused');
        is $gate->status->{ggi_workers}, 1, 'the worker counts';
    }

    my ($worker) = $gate->workers;
    my $conf = $gate->read('nginx.conf');
    $gate->write('nginx.conf', $conf =~ s{\Q$folders[2]\E(/\S*dienst)}{$folders[0]$1}r);
    $gate->signal('HUP');
    my $message = qr/\[emerg\].*:\ ngx_http_ggi_dienst_module\.so\ comes\ from\ another\ file\ .*,\ and
            \ ngx_http_ggi_\w+_module\.so\ does\ not:\ load/x;
    ok $gate->wait_for(sub { $gate->read('logs/error.log') =~ $message }, 'the message'),
        'the core alone: the reload is given up';
    is_deeply [$gate->workers], [$worker], 'the worker of before stays';
    allowed($gate->call('/x'), 'and serves');

    load($gate, $folders[1], @names);
    ok $gate->reload, 'all from one folder: reloads';
    allowed($gate->call('/x'), 'and a call is allowed');
    $gate->stop;
};

done_testing;
