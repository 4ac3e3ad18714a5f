# SPDX-License-Identifier: EUPL-1.2
# The documentation is true and whole: every directive, variable, reason and metric has its entry, and what it shows
# works.
use strict;
use warnings;

use File::Temp ();
use JSON::PP;
use Test::More;

use GGI::Conf ();
use GGI::Nginx;
use GGI::Pki;

my $root = $GGI::Nginx::ROOT;
my @folders = map {m{modules/(\w+)/}} glob "$root/modules/*/ngx_http_ggi_*_module.c";
my %readme = map { $_ => GGI::Conf::content("modules/$_/README.md") } @folders;

# What the code of a module has: directives and variables.
sub names {
    my ($folder) = @_;
    my $code = join '', map { GGI::Conf::content($_ =~ s{^\Q$root\E/}{}r) } sort glob "$root/modules/$folder/*.c";
    my %table =
        map { my $type = $_; ($type => join '', $code =~ /^static $type\s+\w+\[\] = \{(.*?)^\};/msg) } 'ngx_command_t',
        'ngx_http_variable_t';
    return map { [sort $table{$_} =~ /"(ggi_\w+)"/g] } qw(ngx_command_t ngx_http_variable_t);
}

# The entry of a directive: its heading names it, perhaps among others.
sub entry {
    my ($text, $directive) = @_;
    my ($section) = $text =~ /^### [^\n]*\b$directive\b[^\n]*\n(.*?)(?=^##|\z)/ms;
    return $section // '';
}

# What is missing in the text of a module's README, and what is in it that is not there.
sub complaints {
    my ($folder, $text) = @_;
    my ($directives, $variables) = names($folder);
    my @complaints;
    for my $directive (@$directives) {
        my $entry = entry($text, $directive);
        $entry =~ /^    $_: +\S/m or push @complaints, "$directive: no $_" for qw(Syntax Default Context);
        my $prose = $entry =~ s/^(?: {4}.*)?\n//mgr;
        length $prose > 40 or push @complaints, "$directive: nothing is said of it";
    }
    for my $variable (@$variables) {
        $text =~ /^\| `\$$variable` \| \S/m or push @complaints, "\$$variable: no entry";
    }
    my %known = map { $_ => 1 } @$directives, map {"\$$_"} @$variables;
    for my $heading ($text =~ /^### (ggi_[^\n]*)/mg) {
        $known{$_} or push @complaints, "$_: no such directive" for split /, /, $heading;
    }
    for my $variable ($text =~ /^\| `(\$ggi_\w+)` \|/mg) {
        $known{$variable} or push @complaints, "$variable: no such variable";
    }
    return @complaints;
}

sub reason_complaints {
    my ($text) = @_;
    my ($table) = $text =~ /^## Refusals\n(.*?)(?=^## |\z)/ms;
    my @rows = ($table // '') =~ /^\| `(\w+)` \| [^|]+ \| [^|]{10,}/mg;
    my @reasons = GGI::Conf::content('modules/dienst/ggi_reason.h') =~ /X\(\w+, "(\w+)", \d+/g;
    my %row = map { $_ => 1 } @rows;
    return "@rows" eq "@reasons"
        ? ()
        : ((map { $row{$_} ? () : "$_: no such row" } @reasons), 'the rows are not the reasons in their order');
}

for my $folder (@folders) {
    my ($directives, $variables) = names($folder);
    is_deeply [complaints($folder, $readme{$folder})], [], "$folder: the entries of " . join ' ', @$directives,
        map {"\$$_"} @$variables;
    ok @$directives > 0, 'which are some';

    # without any one of them this test would fail
    for my $directive (@$directives) {
        my $entry = entry($readme{$folder}, $directive);
        my $without = $readme{$folder} =~ s/\Q$entry\E//r;
        like join("\n", complaints($folder, $without)), qr/^$directive: no Syntax$/m, "it would be missed: $directive";
    }
    for my $variable (@$variables) {
        my $without = $readme{$folder} =~ s/^\| `\$$variable` .*\n//mr;
        like join("\n", complaints($folder, $without)), qr/^\$$variable: no entry$/m, "it would be missed: \$$variable";
    }
}

is_deeply [reason_complaints($readme{dienst})], [], 'the reasons, in the order in which they are given';
for my $reason (GGI::Conf::content('modules/dienst/ggi_reason.h') =~ /X\(\w+, "(\w+)", \d+/g) {
    like join("\n", reason_complaints($readme{dienst} =~ s/^\| `$reason` .*\n//mr)), qr/^$reason: no such row$/m,
        "it would be missed: $reason";
}

my @lines = split /\n/, GGI::Conf::content('README.md');
cmp_ok scalar @lines, '<=', 150, 'the README is for ten minutes';

my $pki = GGI::Pki->new;

sub loads {
    my ($name, $text) = @_;
    my ($good, $output) = GGI::Conf::nginx($text, $pki)->test_configuration;
    return ok $good, "$name loads" || diag $output;
}

for my $path ('README.md', 'conf/README.md', map {"modules/$_/README.md"} @folders) {
    my $text = GGI::Conf::content($path);
    for my $json ($text =~ /^```json\n(.*?)^```/msg) {
        ok eval { decode_json($json); 1 }, "$path: JSON" or diag $@;
    }
    for my $link ($text =~ /\]\(([^):#]+)\)/g) {
        ok -e "$root/" . ($path =~ m{(.*/)} ? $1 : '') . $link, "$path: link to $link";
    }
    $text =~ s/\A.*?^(?=## The examples$)//ms;    # of the operator's guide, which t/113 follows
    my @snippets = grep { !/_by_lua_block/ } $text =~ /^```nginx\n(.*?)^```/msg;    # those are for t/126
    ok @snippets > 0, "$path shows how it is used";
    loads("$path: snippet $_", $snippets[$_ - 1]) for 1 .. @snippets;

    # a default that is a whole directive can be written down
    for my $default ($text =~ /^    Default: +(ggi_\w+ [^-;][^;]*;)/mg) {
        loads("$path: default $default", $default =~ s/\s+/ /gr);
    }
}

# The page of the examples: each is in its table, and its commands run.
my %row =
    map { $_ => 1 } GGI::Conf::content('conf/README.md') =~ /^\| \[[^\]]+\]\(([^)]+)\) \| [^|]{10,} \| [^|]+ \|$/mg;
my @examples = grep { $_ ne 'README.md' } map {m{([^/]+)$}} glob "$root/conf/*";
is_deeply [sort keys %row], [sort @examples], 'conf/README.md tells of each file and folder of conf';
my $place = File::Temp->newdir('ggi-conf-XXXXXX', TMPDIR => 1);
my @commands = GGI::Conf::content('conf/README.md') =~ m{^ +(scripts/.*)\n}mg;
is scalar @commands, 5, 'its commands';
for my $command (map {s{/etc/nginx/ggi}{$place}gr} @commands) {
    my $said = qx(cd '$root' && $command 2>&1);
    is $?, 0, $command or diag $said;
}

# What the reference of the tool says for its installation, on a machine that has none of the folders.
my @installs = GGI::Conf::content('modules/ggictl/README.md') =~ m{^    (install .*)\n}mg;
is scalar @installs, 3, 'the tool, its manual page and its completion are installed';
for my $command (map {s{/usr/local}{$place/local}r} @installs) {
    my ($file) = $command =~ /(\S+)\z/;
    my $said = qx(cd '$root' && $command 2>&1);
    ok -s $file, $command or diag $said;
}

# The commands of the README, and those that the tool has itself.
my ($command) = GGI::Conf::content('README.md') =~ m{^    (scripts/ggictl explain .*?[^\\])\n}ms;
like qx(cd '$root' && $command), qr/^allowed$/m, 'the explanation of the README';
my $help = qx($root/scripts/ggictl --help);
for my $word ($help =~ /^  ggictl ((?:profiel |functie |toestemming |register )?[a-z]+)/mg) {
    my ($last) = $word =~ /(\w+)$/;
    like GGI::Conf::content('README.md'), qr/\b$last\b/, "ggictl $word is in the README";
}

done_testing;
