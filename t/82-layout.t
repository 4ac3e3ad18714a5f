# SPDX-License-Identifier: EUPL-1.2
# The tree: nothing at the top level that does not belong there, a licence in each source, and the documents that a
# stranger looks for first.
use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use Encode qw(decode);
use Test::More;

use GGI::Conf ();
use GGI::Layout ();
use GGI::Nginx;

plan skip_all => 'runs nothing of the modules' if GGI::Nginx::under_instrument();

chdir $GGI::Nginx::ROOT or die "$GGI::Nginx::ROOT: $!\n";
plan skip_all => 'not a git checkout' unless -e '.git';

my @files = split /\0/, qx(git ls-files -z --cached --others --exclude-standard);
cmp_ok scalar @files, '>', 100, 'git lists the files';

my %top = map { m{^([^/]+)} ? ($1 => 1) : () } @files;
my @documents = qw(README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md LICENSE LICENSES);
is_deeply [sort grep { !/^\./ } keys %top],
    [sort qw(modules conf debian t scripts docker config config.make), @documents],
    'the top level';

my %numbered;
for my $file (grep {-f} @files) {
    push @{ $numbered{$1} }, $file if $file =~ m{^t/(\d+)-};
}
is_deeply [grep { @$_ > 1 } values %numbered], [], 'each test file has a number of its own';

my @sources = grep {
    /\.(?:c|h|t|pm|lua|conf|cfg|mk)\z|^scripts\/|^\.ci\/|^config\z|Makefile\z|Dockerfile\z/ && !m{^t/fuzz/seeds/} && -f
} @files;
cmp_ok scalar @sources, '>', 100, 'sources are seen';
# reuse does not find such a file: what .reuse/dep5 says of all files counts for one without a header too, and where
# dep5 is narrowed to the 122 files that can hold no comment, reuse asks each of the 400 others for a line with the
# holder of the copyright as well, which is nowhere but in dep5. (Tried with reuse 1.1.2.)
# In two parts, since reuse would take it for the licence of this file.
my $tag = 'SPDX-License' . '-Identifier: EUPL-1.2';
my @without = grep { GGI::Conf::content($_) !~ /\A(?:[^\n]*\n)?[^\n]*\Q$tag\E/ } @sources;
is_deeply \@without, [], 'each source has its licence';

my $licence = 'd126070e53a97387b339cc1b4c794e9bc134df061d6cb5ab37cef0bfe986228a';
is sha256_hex(GGI::Conf::content('LICENSE')), $licence, 'the licence is the text of SPDX, to the byte';
is readlink 'LICENSES/EUPL-1.2.txt', '../LICENSE', 'which is where reuse looks for it';

my $changelog = GGI::Conf::content('CHANGELOG.md');
my $release = qr/\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d/;
my @headings = $changelog =~ /^## (.*)/mg;
is_deeply [grep { !/\A(?:\[Unreleased\]|$release)\z/ } @headings], [], 'the changelog has releases with their dates';
my %kinds = map { $_ => 1 } qw(Added Changed Deprecated Removed Fixed Security);
for my $part (split /^## /m, $changelog =~ s/\A.*?(?=^## )//msr) {
    my ($name, @sections) = ($part =~ /\A(.*)/, $part =~ /^### (.*)/mg);
    next if $part eq '';
    my (%sections, %entries);
    $sections{$_}++ for @sections;
    my @wrong = grep { !$kinds{$_} || $sections{$_} > 1 } sort keys %sections;
    is_deeply \@wrong, [], "$name: the sections of Keep a Changelog, each once";
    $entries{s/\s+/ /gr}++ for $part =~ /^- (.*(?:\n  .*)*)/mg;
    is_deeply [grep { $entries{$_} > 1 } sort keys %entries], [], "$name: no change stands there twice";
    my %lines;
    $lines{$_}++ for grep { length > 60 } split /\n/, $part;
    is_deeply [grep { $lines{$_} > 1 } sort keys %lines], [], "$name: no line stands there twice";
    is_deeply [$part =~ /\.\n(  [a-z].*)/g], [], "$name: no entry ends in the rest of another";
    my @stray = grep { !/\A(?:### |- |  \S|\z)/ } (split /\n/, $part)[1 .. $part =~ tr/\n// - 1];
    is_deeply \@stray, [], "$name: nothing but sections and entries";
}

# The units of the modules: NAME.c and NAME.h are one, and use those whose headers they include.
my (%folder, %uses);
for my $file (grep { m{^modules/.*\.[ch]\z} && -f } @files) {
    my ($folder, $unit) = $file =~ m{^modules/(\w+)/(\w+)\.[ch]\z};
    $folder{$unit} = $folder;
    $uses{$unit}{$_} = 1 for grep { $_ ne $unit } GGI::Conf::content($file) =~ /^#include "(\w+)\.h"/mg;
}
cmp_ok scalar keys %uses, '>', 50, 'units are seen';

is_deeply [
    sort grep { !GGI::Layout::includes_own_header($_) }
    grep { -f && m{^modules/(?!ggictl/).*/ggi_\w+\.c\z} } @files],
    [],
    'each source includes the header of its own name';

my %shared = map { $_ => 1 } qw(base agreement dienst);
my @foreign;
for my $unit (grep { $folder{$_} ne 'ggictl' } keys %uses) {
    my %may = (%shared, $folder{$unit} => 1, $shared{ $folder{$unit} } ? () : (redis => 1));
    push @foreign, map {"$unit: $_"} grep { $folder{$_} && !$may{ $folder{$_} } } keys %{ $uses{$unit} };
}
is_deeply \@foreign, [], 'no module includes a header of another gate';
# nginx's headers for QUIC need what GNU adds to those of the system, which the first header of the system decides on
# for all.
my $objects = "$GGI::Nginx::BUILD/nginx";
my @bare = grep { GGI::Layout::macros($objects, $_) !~ /^#define __USE_GNU /m }
    grep { -f && m{^modules/\w+/ngx_http_\w+\.c\z} } @files;
is_deeply \@bare, [], 'each module has it, whatever it includes first: the flags are those of all its sources';

is_deeply [GGI::Layout::circle(\%uses)], [], 'no circle between the units';
is_deeply [GGI::Layout::circle({ a => { b => 1 }, b => { c => 1 }, c => { a => 1 }, d => { a => 1 } })], [qw(a b c)],
    'a circle would be seen';

# A file is one story, and a function fits on a screen.
my @code = grep { m{^modules/.*\.[ch]\z} && -f } @files;
is_deeply [grep { GGI::Conf::content($_) =~ tr/\n// > 500 } @code], [], 'no file has more than 500 lines';
is_deeply [map { GGI::Layout::long_functions(GGI::Conf::content($_), 80) } @code], [],
    'no function has more than 80 lines';
my $function = "int\nggi_long(int a,\n    int b)\n{\n" . "    a++;\n" x 79 . "}\n";
my $other = $function =~ s/ggi_long/ggi_other/r;
is_deeply [GGI::Layout::long_functions("$function$other", 80)], [qw(ggi_long ggi_other)], 'long ones would be seen';
is_deeply [GGI::Layout::long_functions($function, 81)], [], 'counted to the line';

# The map of the code: each file and function that it names is there, and it lists the headers of the core for gates.
my %there = map { m{^modules/.*?([^/]+\.[ch])\z} ? ($1 => 1) : () } @files;
my %functions;
for my $file (grep { m{^modules/.*\.[ch]\z} && -f } @files) {
    for my $line (GGI::Conf::content($file) =~ /^(\w.*)/mg) {
        $functions{$_} = 1 for $line =~ /(?:\A|[ *])(\w+)(?=\()/g;
    }
}
my $map = GGI::Conf::content('modules/README.md');

sub is_there {
    my ($name) = @_;
    return $there{$name} unless $name =~ s/\(\)\z//;
    return $functions{$name};
}

sub not_there {
    my ($text) = @_;
    my %named = map { $_ => 1 } $text =~ /\b(?:ggi|ggictl|ngx_http_ggi)_\w+(?:\.[ch]\b|\(\))/g;
    return grep { !is_there($_) } sort keys %named;
}

is_deeply [not_there($map)], [], 'what the map of the code names is there';
is_deeply [not_there("$map ggi_no_such.c ggi_no_such()")], ['ggi_no_such()', 'ggi_no_such.c'], 'it would be missed';

my ($for_gates) = $map =~ /^The headers of the core that a gate may include.*?\n\n(.*?)\n\n/ms;
my %for_gates = map { $_ => 1 } $for_gates =~ /`(\w+)\.h`/g;
my @gates = grep { $folder{$_} ne 'ggictl' && !$shared{ $folder{$_} } } keys %folder;
my %by_gates = map { $_ => 1 } grep { ($folder{$_} // '') eq 'dienst' } map { keys %{ $uses{$_} // {} } } @gates;
is_deeply [sort keys %for_gates], [sort keys %by_gates], 'the map lists the headers of the core that gates include';

# The map is whole: each unit of the modules has its room, the folders have a row, and so do the words of Dutch law.
sub without_room {
    my ($text) = @_;
    my ($rooms) = $text =~ /^## The rooms\n(.*?)^## /ms;
    my %named = map { $_ => 1 } map {/`(\w+)\.[ch]`/g} $rooms =~ /^\|([^|]+)\|/mg;
    return grep { !$named{$_} } sort keys %folder;
}

is_deeply [without_room($map)], [], 'each unit has a room in the map';
is_deeply [without_room($map =~ s/^\| `ggi_ngx_judge.c` .*\n//mr)], ['ggi_ngx_judge'], 'it would be missed';
my %folders = map { $_ => 1 } values %folder;
is_deeply [grep { $map !~ /^\| \[$_\]\($_\) \|/m } sort keys %folders], [], 'each folder has a row in the map';

# It tells of each reason for a refusal where it is decided: each file of the row gives that reason, but for those that
# only help, which stand in brackets or behind ", by".
sub without_place {
    my ($text) = @_;
    my ($table) = $text =~ /^\| reason \| decided in \|\n(.*?)\n\n/ms;
    my %place;
    for my $row (split /\n/, $table) {
        my (undef, $reasons, $files) = split /\s*\|\s*/, $row;
        my @files = $files =~ s/\(.*?\)|, by .*//gr =~ /`(\w+)\.c`/g or next;
        my @sources = map { GGI::Conf::content("modules/$folder{$_}/$_.c") } @files;
        for my $reason ($reasons =~ /`(\w+)`/g) {
            $place{$reason} = 1 if !grep { !/\bGGI_REASON_\U$reason\E\b/ } @sources;
        }
    }
    my @reasons = GGI::Conf::content('modules/dienst/ggi_reason.h') =~ /^ +X\([A-Z_]+, "(\w+)"/mg;
    cmp_ok scalar @reasons, '>', 20, 'reasons are seen';
    return grep { !$place{$_} } @reasons;
}

is_deeply [without_place($map)], [], 'the map tells where each reason is decided';
is_deeply [without_place($map =~ s/^\| `audit_un.*\n//mr =~ s/(`profile_expired` \| )`ggi_profile/$1`ggi_path/r)],
    [qw(profile_expired audit_unavailable)], 'one that is missing or elsewhere would be seen';
is_deeply [without_place($map =~ s/`ggi_ngx_agreement\.c` when/`ggi_ngx_authorise.c` when/r)],
    ['on_behalf_of_not_authorised'], 'and so would a second file that has nothing to do with it';

# A line over 120 columns is one word, such as an address or a list of ciphers, behind at most one other.
sub long_lines {
    my ($text) = @_;
    return grep { length > 120 && !/\A\s*(?:\S+\s+)?\S+\z/ } split /\n/, $text;
}

# Neither HAProxy nor the ACL of Redis can go on in another line, and descriptions in JSON cannot either.
my $unbreakable = qr{^t/fuzz/seeds/|^conf/schema/|^conf/redis-users\.acl\z|^t/bench/haproxy\.cfg\z};
my @long;
for my $file (grep { /\.md\z|^(?:t|scripts|conf|debian|docker|\.ci)\// && !/$unbreakable/ && -f && !-l } @files) {
    push @long, map {"$file: $_"} long_lines(decode('UTF-8', GGI::Conf::content($file)));
}
is_deeply \@long, [], 'no line of a document, a test, a script or a configuration has more than 120 columns';
is scalar long_lines('x ' x 61), 1, 'one would be seen';

# Links between the documents lead somewhere: to a file or folder, and to a heading in it.
sub headings {
    my ($text) = @_;
    $text =~ s/^```.*?^```//msg;
    return { map { s/[^\w\- ]//gr =~ tr/ /-/r => 1 } map {lc} $text =~ /^#+ (.*)/mg };
}

sub dead_links {
    my ($file, $text) = @_;
    my $folder = $file =~ m{(.*/)} ? $1 : '';
    my @dead;
    for my $link ($text =~ /\]\(([^)\s]+)\)/g) {
        next if $link =~ /^https?:/;
        my ($path, $anchor) = $link =~ /^([^#]*)#?(.*)/;
        my $target = $path eq '' ? $file : "$folder$path";
        my $there = -e $target && ($anchor eq '' || headings(GGI::Conf::content($target))->{$anchor});
        push @dead, "$file: $link" unless $there;
    }
    return @dead;
}

is_deeply [map { dead_links($_, GGI::Conf::content($_)) } grep { /\.md\z/ && -f } @files], [],
    'each link leads somewhere';
is_deeply [dead_links('README.md', '[x](modules/README.md#no-such) [y](no/such)')],
    ['README.md: modules/README.md#no-such', 'README.md: no/such'], 'one that does not would be seen';

# The C sources: each comment stands alone, and a line has at most 100 columns.
my (@unclear, @wide);
for my $file (sort grep { m{^modules/.*\.[ch]\z} && -f } @files) {
    my $text = GGI::Conf::content($file);
    for my $comment (GGI::Layout::comments($text)) {
        my $words = GGI::Layout::unclear($comment->[2]);
        push @unclear, "$file:$comment->[0]: $words" if defined $words;
    }
    push @wide, map {"$file:$_"} GGI::Layout::long_lines_of_c($text);
}
is_deeply \@unclear, [], 'no comment leans on its neighbour';
is_deeply \@wide, [], 'no line of C has more than 100 columns';

# What these take for a letter, or for the same letter, is a matter of the locale: ggi_str.h has what ASCII says of it.
my $locale = qr/\b(?:strn?casecmp|strcasestr|strn?coll|strxfrm|is(?:alpha|alnum|digit|xdigit|space|blank|upper|lower|
    print|graph|punct|cntrl)|to(?:lower|upper)|setlocale|strto[df]|ctype\.h|strings\.h)\b/x;
is_deeply [grep { GGI::Conf::content($_) =~ $locale } grep { m{^modules/.*\.[ch]\z} && -f } @files], [],
    'no source compares texts by the locale';
like $_, $locale, "$_ would be seen" for 'strncasecmp(a, b, 2)', 'isdigit(*p)', '#include <ctype.h>';
unlike $_, $locale, "$_ is not by the locale" for 'ngx_strncasecmp(a, b, 2)', 'ggi_is_digit(*p)', 'ngx_tolower(ch)';

my $sample = <<"EOF";
char  *s = "/* That is no comment */";  /* a name */
/*
 * The same for a list.
 * @{[ 'x' x 98 ]}
 */
/* @{[ 'x' x 94 ]} */
/* Whether it ends. */  /* @{[ 'x' x 72 ]} */
/* Returns it. NULL: no memory. */
int  @{[ 'x' x 97 ]};
EOF
my @texts = map { $_->[2] } GGI::Layout::comments($sample);
is_deeply [map { GGI::Layout::unclear($_) // () } @texts], ['The same', 'Whether', 'NULL: no memory'],
    'one that does would be seen';
is_deeply [GGI::Layout::long_lines_of_c($sample)], [4, 7, 9], 'a long line would be seen';

done_testing;
