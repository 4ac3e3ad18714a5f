# SPDX-License-Identifier: EUPL-1.2
# The Debian packages: what they contain, what they need, and what their scripts do to an nginx with other sites.
# GGI_PACKAGE_CHECK=1 installs them in a Debian of their own as well (scripts/package --check), which takes minutes.
use strict;
use warnings;

use Test::More;

use GGI::Conf ();
use GGI::Folder;
use GGI::Nginx;

plan skip_all => 'of the modules of the distribution\'s nginx' if GGI::Nginx::under_instrument();

my $root = $GGI::Nginx::ROOT;
my $package = "$root/scripts/package";
system("$root/scripts/setup", qw(debhelper dpkg-dev lintian)) == 0 or die "the tools cannot be installed\n";
my ($version) = GGI::Conf::content('modules/base/ggi_version.h') =~ /^#define GGI_VERSION +"(.*)"$/m;

# Not optimised, and without packages of debug symbols: half the time, and the same contents.
my $dir = GGI::Folder->new;
local $ENV{DEB_BUILD_OPTIONS} = 'noautodbgsym';
local $ENV{DEB_CFLAGS_APPEND} = '-O0 -g0 -Wno-cpp';
my $said = qx($package $dir 2>&1);
is $?, 0, 'scripts/package builds' or BAIL_OUT($said);
my ($modules, $tool) = map { (glob "$dir/${_}_*.deb")[0] // BAIL_OUT("no $_ in $said") } 'libnginx-mod-http-ggi',
    'ggictl';
is_deeply [map {m{([^/]+)\z}} glob "$dir/*.deb"], [map {m{([^/]+)\z}} split ' ', $said], 'and says what';

sub field { my ($deb, $name) = @_; return qx(dpkg-deb -f '$deb' $name) =~ s/\n\z//r }

# Path to mode and owner of what is in a package.
sub contents {
    my ($deb) = @_;
    return map { m{^(\S+) (\S+) +\d+ \S+ \S+ \.(/\S*?)(?: -> .*)?$} ? ($3 => "$1 $2") : () } qx(dpkg-deb -c '$deb');
}

subtest 'the modules' => sub {
    like field($modules, 'Version'), qr/^\Q$version\E\+\w+$/, 'the version of the header';
    my %has = contents($modules);
    is_deeply [sort grep {/\.so\z/} keys %has],
        [map {"/usr/lib/nginx/modules/$_"} map {m{([^/]+)\z}} sort glob "$root/build/modules/*.so"], 'all modules';
    is_deeply [grep { !/^\S+ root\/root$/ } values %has], [], 'they belong to root';
    my ($abi) = qx(dpkg-query -W -f '\${Provides}' nginx) =~ /(nginx-abi-[\w.-]+)/;
    like field($modules, 'Depends'), qr/(?:^|, )\Q$abi\E(?:,|$)/, 'they need the ABI of this nginx';
    like field($modules, 'Depends'), qr/\b$_/, "and $_" for qw(libssl3 libjansson4 libhiredis libmaxminddb0);
    my $tree = GGI::Folder->new;
    system('dpkg-deb', '-R', $modules, "$tree/x") == 0 or die "dpkg-deb failed\n";
    my $load = GGI::Folder::content("$tree/x/usr/share/nginx/modules-available/mod-http-ggi.conf");
    is_deeply [sort map {"/usr/lib/nginx/$_"} $load =~ /^load_module (\S+);$/mg], [sort grep {/\.so\z/} keys %has],
        'one file loads all of them';
    my $conf = $tree->file('nginx.conf', $load =~ s{modules/}{$tree/x/usr/lib/nginx/modules/}gr, "events {}\n");
    like qx($GGI::Nginx::BINARY -t -e /dev/null -c $conf -g 'error_log /dev/null; pid $tree/pid;' 2>&1), qr/successful/,
        'nginx takes them in that order';
    like GGI::Folder::content("$tree/x/DEBIAN/postinst"),
        qr{mod-http-ggi\.conf:50-mod-http-ggi\.conf}, 'and they are switched on at install';
};

# The maintainer scripts in a folder that stands for the whole machine, with an nginx that takes a configuration or not.
sub scripts {
    my (%args) = @_;
    my $here = GGI::Folder->new;
    system('dpkg-deb', '-R', $modules, "$here/x") == 0 or die "dpkg-deb failed\n";
    mkdir "$here/$_" or die $! for qw(bin etc etc/modules-enabled);
    $here->file('bin/nginx', "#!/bin/sh\n$args{nginx}\n");
    $here->file("bin/$_", "#!/bin/sh\necho $_ \"\$\@\" >>$here/did\n") for qw(invoke-rc.d dpkg-trigger);
    chmod 0755, glob "$here/bin/*";
    for my $script (qw(postinst prerm postrm)) {
        my $text = GGI::Folder::content("$here/x/DEBIAN/$script");
        $here->file($script, $text =~ s{/etc/nginx}{$here/etc}gr);
    }
    return $here;
}

sub run_script {
    my ($here, $script, @args) = @_;
    local $ENV{PATH} = "$here/bin:$ENV{PATH}";
    return GGI::Folder::run('sh', "$here/$script", @args);
}

sub on { my ($here) = @_; return -l "$here/etc/modules-enabled/50-mod-http-ggi.conf" ? 1 : 0 }

sub did { my ($here) = @_; return -e "$here/did" ? GGI::Folder::content("$here/did") : '' }

subtest 'install, upgrade, removal, purge' => sub {
    my $here = scripts(nginx => 'exit 0');
    is((run_script($here, 'postinst', 'configure'))[0], 0, 'installed');
    ok on($here), 'switched on';
    is did($here), "dpkg-trigger --no-await nginx-reload\n", 'nginx is reloaded by its trigger';
    is((run_script($here, 'postinst', 'configure', '0.1'))[0], 0, 'upgraded');
    like did($here), qr/^invoke-rc\.d nginx upgrade$/m, 'by a new process, which has the new modules';
    is((run_script($here, 'prerm', 'remove'))[0], 0, 'removed');
    ok !on($here), 'switched off';
    run_script($here, 'postrm', 'remove');
    is((run_script($here, 'postinst', 'configure', '0.1'))[0], 0, 'installed again');
    ok on($here), 'switched on again';
    unlink "$here/etc/modules-enabled/50-mod-http-ggi.conf" or die $!;
    run_script($here, 'postinst', 'configure', '0.1');
    ok !on($here), 'an upgrade switches nothing on that the operator has switched off';
    run_script($here, 'postinst', 'abort-remove');
    ok !on($here), 'nor does a removal that is refused';
    run_script($here, 'postrm', $_) for qw(remove purge);
    is_deeply [glob "$here/etc/modules-enabled/*"], [], 'purged';
};

subtest 'an nginx that would not start with them' => sub {
    my $here = scripts(
        nginx => 'ls ${0%/bin/nginx}/etc/modules-enabled/*.conf >/dev/null 2>&1 || exit 0
        echo "nginx: [emerg] already loaded" >&2; exit 1');
    my ($exit, $output) = run_script($here, 'postinst', 'configure');
    is $exit, 0, 'installed';
    ok !on($here), 'not switched on';
    like $output, qr/not switched on.*already loaded.*then: ln -s \S+ \S+/s, 'which is said with the reason and remedy';
};

subtest 'a configuration that nginx does not take' => sub {
    my $here = scripts(nginx => 'echo "nginx: [emerg] no upstream" >&2; exit 1');
    my ($exit, $output) = run_script($here, 'postinst', 'configure', '0.1');
    is $exit, 0, 'upgraded';
    like $output, qr/does not take its configuration.*no upstream/s, 'the reason is told';
    unlike did($here), qr/invoke-rc\.d nginx upgrade/, 'the nginx that runs goes on';
};

subtest 'a configuration that uses them' => sub {
    my %uses = (
        '    ggi_dienst brp;' => 1,
        'location / {ggi_dienst brp;' => 1,
        'log_format x $ggi_oin;' => 1,
        'load_module modules/ngx_http_ggi_dienst_module.so;' => 1,
        '# ggi_dienst brp;' => 0,
        'return 200;    # or ggi_dienst' => 0,
        'return 200 /my_ggi_page;' => 0,
    );
    for my $line (sort keys %uses) {
        my $here = scripts(nginx => 'cat ${0%/bin/nginx}/conf');
        $here->file(
            'conf',
            "# configuration file /etc/nginx/sites-enabled/brp:\n$line\n"
                . "# configuration file /etc/nginx/modules-enabled/50-mod-http-ggi.conf:\n"
                . "load_module modules/ngx_http_ggi_dienst_module.so;\n");
        run_script($here, 'postinst', 'configure');
        my ($exit, $output) = run_script($here, 'prerm', 'remove');
        is $exit, $uses{$line}, "$line: removal";
        is on($here), $uses{$line}, 'the modules';
        like $output, qr{^  /etc/nginx/sites-enabled/brp$}m, 'the file is named' if $uses{$line};
    }
};

subtest 'the tool' => sub {
    my %has = contents($tool);
    my @units = map {m{([^/]+)\z}} glob "$root/conf/systemd/*.service $root/conf/systemd/*.timer";
    my ($folder) = map {m{(.*)/}} grep {/ggi-seal\.service\z/} keys %has;
    ok $has{$_}, $_
        for '/usr/bin/ggictl', '/usr/share/man/man1/ggictl.1.gz', '/usr/share/bash-completion/completions/ggictl',
        '/usr/share/ggictl/mmdb', '/usr/share/ggictl/pki', '/usr/share/ggictl/lib/GGI/Script.pm',
        '/usr/share/doc/ggictl/examples/logrotate', '/usr/share/doc/ggictl/examples/nginx.conf',
        '/usr/share/doc/ggictl/CHANGELOG.md', (map {"$folder/$_"} @units),
        map { m{conf(/schema/.*)} ? "/usr/share/ggictl$1" : () } glob "$root/conf/schema/*";
    is_deeply [grep {m{^/etc/}} keys %has], [], 'nothing in /etc';
    my $tree = GGI::Folder->new;
    system('dpkg-deb', '-R', $tool, "$tree/x") == 0 or die "dpkg-deb failed\n";
    is qx($tree/x/usr/bin/ggictl --version), "ggictl $version\n", 'it runs';
    for my $unit (@units) {
        my $text = GGI::Folder::content("$tree/x$folder/$unit");
        unlike $text, qr{/usr/local|conf/systemd|(?<!doc/ggictl/)modules/}, "$unit names what is installed";
    }
    delete local $ENV{PERL5LIB};    # where prove names the modules of this checkout
    my ($exit, $output) = GGI::Folder::run(
        "$tree/x/usr/share/ggictl/mmdb", "$tree/x/usr/share/doc/ggictl/examples/netwerken.csv",
        "$tree/db");
    is $exit, 0, 'the database of networks is made' or diag $output;
    my @loaded = map {m{^(/.*)}} qx(perl -e 'END { print map {"\$_\\n"} values %INC } do shift' \\
        $tree/x/usr/share/ggictl/mmdb $root/conf/netwerken.csv $tree/db2);
    my $base = qx(dpkg -L perl-base);
    cmp_ok scalar @loaded, '>', 5, 'by modules';
    is_deeply [grep { !m{^\Q$tree\E/} && $base !~ /^\Q$_\E$/m } @loaded], [], 'that a bare Debian has';
    ($exit, $output) = GGI::Folder::run("$tree/x/usr/share/ggictl/pki", 'init', "$tree/pki");
    is $exit, 0, 'the certificates of a trial are made' or diag $output;
    my $examples = GGI::Folder::content("$tree/x/usr/share/doc/ggictl/examples/README.md");
    unlike $examples =~ s{^The Debian packages.*?\n\n}{}msr, qr{[ `]scripts/| conf/},
        'the page of the examples names no file of a checkout';
    my @named = $examples =~ m{(/usr/share/\S+?)(?=[\s`),])}g;
    is_deeply [grep { !$has{$_} && !$has{"$_/"} } @named], [], 'what it names is in the package';
    cmp_ok scalar @named, '>', 3, 'which is something';
};

is field($tool, 'Recommends'), 'openssl, perl', 'the tool asks for what its scripts pki and mmdb need';

subtest 'lintian' => sub {
    my ($changes) = glob "$dir/*.changes";
    my ($exit, $output) = GGI::Folder::run('lintian', '--allow-root', '--fail-on', 'error,warning', $changes);
    is $exit, 0, 'finds neither error nor warning' or diag $output;
};

subtest 'how it is used' => sub {
    my ($exit, $output) = GGI::Folder::run($package, '--nonsense');
    is $exit, 2, 'a mistake';
    like $output, qr{^scripts/package: unknown option --nonsense\nusage:\n +scripts/package }, 'is told how';
    ($exit, $output) = GGI::Folder::run($package, '--rpm');
    is $exit, 1, 'no RPM packages';
    like $output, qr/missing:\n(?:  \S.*\n)*  a spec file/, 'what is missing is said';
    local $ENV{SOURCE_DATE_EPOCH} = '';
    my $copy = GGI::Folder->new;
    mkdir "$copy/scripts" or die "mkdir: $!\n";
    system('cp', $package, "$root/scripts/setup", "$copy/scripts") == 0 or die "cp failed\n";
    ($exit, $output) = GGI::Folder::run("$copy/scripts/package");
    is "$exit $output",
        "1 scripts/package: this is no git checkout: give the time of the packages by SOURCE_DATE_EPOCH\n",
        'files that are no checkout';
    $copy->file('.git', "gitdir: none\n");
    ($exit, $output) = GGI::Folder::run("$copy/scripts/package");
    like "$exit $output", qr{^1 fatal: not a git repo.*\nscripts/package: git does not tell the time},
        'a checkout that git cannot read: why';
};

SKIP: {
    skip 'GGI_PACKAGE_CHECK=1 installs the packages', 1 unless $ENV{GGI_PACKAGE_CHECK};
    my ($exit, $output) = GGI::Folder::run("$root/scripts/package-check", "$dir");
    is $exit, 0, 'installed, upgraded, removed and purged in a Debian of their own' or diag $output;
}

done_testing;
