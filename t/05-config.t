# SPDX-License-Identifier: EUPL-1.2
# config and config.make, by nginx's own configure: no flag of ours reaches another module or nginx, our sources get
# theirs, and a library that is missing is named with its Debian package.
use strict;
use warnings;

use Cwd ();
use File::Path qw(make_path);
use Test::More;

use GGI::Folder ();
use GGI::Nginx;

plan skip_all => 'runs nothing of the modules' if GGI::Nginx::under_instrument();

my $source = Cwd::abs_path("$GGI::Nginx::BUILD/nginx/auto") =~ s{/auto\z}{}r;
my $dir = GGI::Folder->new;
my @parts = grep { -e "$source/$_" } qw(auto configure src conf contrib man html);

# Runs configure in a tree of its own. Returns its exit status, what it said, and the tree.
my $trees = 0;
sub configure {
    my (@options) = @_;
    my $tree = "$dir/tree" . $trees++;
    make_path($tree);
    symlink "$source/$_", "$tree/$_" or die "$tree/$_: $!\n" for @parts;
    my @without = map {"--without-http_${_}_module"} qw(rewrite gzip);
    my $said = qx(cd $tree && ./configure --with-compat @without @options 2>&1);
    return ($? >> 8, $said, $tree);
}

# The command by which make would compile an object.
sub command {
    my ($tree, $object, @variables) = @_;
    my $said = qx(make -n -B -C $tree -f objs/Makefile $object @variables 2>&1);
    my ($command) = $said =~ /^(\S+ -c (?:.*\\\n)*.*\Q-o $object\E(?:.*\\\n)*.*)$/m;
    return ($command // "none: $said") =~ s/\s*\\\n\s*/ /gr;
}

make_path("$dir/foreign");
$dir->file('foreign/config', <<'SH');
ngx_addon_name=ngx_http_foreign_module
ngx_module_type=HTTP
ngx_module_name=ngx_http_foreign_module
ngx_module_srcs="$ngx_addon_dir/foreign.c"
ngx_module_incs=
ngx_module_deps=
ngx_module_libs=
ngx_module_order=
. auto/module
SH
$dir->file('foreign/foreign.c', "int foreign;\n");
my $ours = "--add-dynamic-module=$GGI::Nginx::ROOT";
my $foreign = "--add-dynamic-module=$dir/foreign";

my ($exit, $said, $alone) = configure($foreign);
is $exit, 0, 'a foreign module alone' or diag $said;
($exit, $said, my $both) = configure($ours, $foreign);
is $exit, 0, 'together with ours' or diag $said;

for my $object (qw(objs/addon/foreign/foreign.o objs/ngx_http_foreign_module_modules.o)) {
    my $command = command($both, $object, 'GGI_CFLAGS=-Wvla');
    like $command, qr/ -c .* -o \Q$object\E /, "$object is compiled";
    is $command, command($alone, $object), 'as it is without ours';
}

# A rule of the Makefile, or a variable of it. Sources of nginx itself are not where there are only its headers.
for my $name (
    'CFLAGS =', 'ALL_INCS =', 'CORE_INCS =', 'LINK =', 'objs/ngx_http_foreign_module.so:',
    'objs/src/core/nginx.o:'
) {
    my ($text, $text_alone) = map { qx(cat $_/objs/Makefile) =~ /^(\Q$name\E.*\n(?:.*\\\n|\t.*\n|.*\S.*\n)*)/m } $both,
        $alone;
    ok $text, "the Makefile has $name";
    is $text, $text_alone, 'as it is without ours';
}

my $own = command($both, 'objs/addon/netwerk/ggi_netwerk.o', 'GGI_CFLAGS=-Wvla');
like $own, qr/ $_ /, "our own are compiled with $_"
    for qw(-fvisibility=hidden -Wvla), "-I $GGI::Nginx::ROOT/modules/base";

# Reads config alone, as configure does once it knows the system. Returns the exit status and what was said.
sub read_config {
    my ($link, $compiler) = @_;
    my $tree = "$dir/tree" . $trees++;
    make_path("$tree/objs");
    symlink "$source/auto", "$tree/auto" or die "$tree/auto: $!\n";
    my $text = qx(cd $tree && CC=$compiler NGX_OBJS=objs ngx_module_link=$link ngx_addon_dir=$GGI::Nginx::ROOT \\
        sh -c '. auto/init; . \$ngx_addon_dir/config' 2>&1);
    return ($? >> 8, $text);
}

($exit, $said) = read_config('DYNAMIC', 'cc');
is $exit, 0, 'config alone' or diag $said;

# A compiler that does not find a header.
my %libraries = (
    'openssl/ssl.h' => ['OpenSSL', 'libssl-dev'],
    'jansson.h' => ['jansson', 'libjansson-dev'],
    'hiredis/hiredis.h' => ['hiredis', 'libhiredis-dev'],
    'maxminddb.h' => ['libmaxminddb', 'libmaxminddb-dev'],
);
for my $header (sort keys %libraries) {
    my ($name, $package) = @{ $libraries{$header} };
    my $compiler = $dir->file('cc.' . $header =~ tr{/.}{__}r, <<"SH");
#!/bin/sh
for argument; do
    case \$argument in
        *.c) grep -q '#include <$header>' "\$argument" && exit 1 ;;
    esac
done
exec cc "\$@"
SH
    chmod oct 755, $compiler;
    ($exit, $said) = read_config('DYNAMIC', $compiler);
    isnt $exit, 0, "without $name configure fails";
    like $said, qr/^checking for the library \Q$name\E \.\.\. not found$/m, 'since it looked';
    like $said, qr/error: the GGI modules need the library \Q$name\E, on Debian the package \Q$package\E$/m,
        'and names the package';
}

($exit, $said) = read_config('ADDON', 'cc');
isnt $exit, 0, 'linked into nginx itself they are refused';
like $said, qr/error: the GGI modules are dynamic: use --add-dynamic-module=/, 'with the option to use instead';

done_testing;
