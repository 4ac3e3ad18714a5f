# SPDX-License-Identifier: EUPL-1.2
# The page of ggi_status: who gets it, what stands in it, that nothing in it is foreign, and that it can be read.
use strict;
use warnings;

use Digest::SHA qw(sha256_base64);
use Encode qw(FB_CROAK decode encode);
use JSON::PP qw(decode_json);
use Test::More;

use GGI::Curl qw(curl);
use GGI::Gate;
use GGI::Pki;
use GGI::Problem qw(allowed refused);
use GGI::Redis;

my $BROWSER = 'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

my $gate = GGI::Gate->new(
    locations => <<'CONF',
        location / { ggi_dienst brp; proxy_pass http://api; }
        location /observe/ { ggi_dienst brp2; ggi_pkio observe; ggi_autorisatie off; proxy_pass http://api; }
CONF
    more => 'ggi_pkio_crl %%PREFIX%%/crl;',
    api => 'location = /page { ggi_status html; } location = /text { ggi_status prometheus; }',
);
$gate->{pki}->run('crls', $gate->prefix . '/crl');
$gate->start;
allowed($gate->call('/x'), 'a call') for 1 .. 3;
refused($gate->call('/x', { as => [$gate->{pki}->anonymous] }), 403, 'certificate_missing', 'no certificate');
allowed($gate->call('/observe/x', { as => [$gate->{pki}->anonymous] }), 'an observed call');
$gate->since(5, 4);

sub page {
    my (@options) = @_;
    return curl($gate->url('/ggi-status', 2), map { (-H => $_) } $BROWSER, @options);
}

# The rows of a page as texts, its cells with a blank between.
sub rows {
    my ($html) = @_;
    my @rows = $html =~ m{<tr>(.*?)</tr>}gs;
    return map { s/<[^>]*>/ /gr =~ s/\s+/ /gr =~ s/\A | \z//gr } @rows;
}

subtest 'who gets it' => sub {
    my $page = page();
    is $page->{headers}{'content-type'}, 'text/html; charset=utf-8', 'a browser';
    like curl($gate->url('/ggi-status', 2))->{headers}{'content-type'}, qr{^text/plain}, 'not who asks for nothing';
    like curl($gate->url('/text', 2), -H => $BROWSER)->{headers}{'content-type'}, qr{^text/plain},
        'nor where the form is fixed';
    like curl($gate->url('/page', 2))->{headers}{'content-type'}, qr{^text/html}, 'whoever asks where it is the page';
    like $page->{headers}{'cache-control'}, qr/no-store/, 'it is kept nowhere';
    is $page->{headers}{vary}, 'Accept, Accept-Language', 'and depends on what was asked for';
};

subtest 'what stands in it' => sub {
    my $html = page()->{body};
    my @rows = rows($html);
    my $has = sub {
        my ($pattern, $name) = @_;
        ok scalar(grep {/$pattern/} @rows), $name or diag join "\n", @rows;
    };
    $has->(qr/^brp 3 1 0 .* 3 0 0 0$/, 'calls of a dienst: allowed, refused, durations, answers of its API');
    $has->(qr/^brp2 1 0 1 /, 'one that would have been refused');
    $has->(qr/^brp refused certificate_missing .+ 1$/, 'a refusal by its reason');
    $has->(qr/^brp2 would be refused certificate_missing .+ 1$/, 'one that was not carried out');
    $has->(qr/^$GGI::Gate::OIN allowed 3$/, 'an organisation');
    $has->(qr/^not known refused certificate_missing .+ 1$/, 'nobody');
    $has->(qr/^CN=.* CA 20\d\d-\S+Z \d{2,} days$/, 'a CA with the days left');
    $has->(qr/certificate of a server 20\d\d-\S+Z (?:\d+ days|expired)$/, 'the certificate of the server');
    $has->(qr/^CN=.* revocation list 20\d\d-\S+Z 2[34] hours$/, 'a list that is made daily, with the hours left');
    like $html, qr/<td class="n">2[34] hours</, 'which is no warning';
    $has->(qr/^brp2 pkio observe 1$/, 'a gate that observes');
    $has->(qr/^Audit log: bytes that wait 0$/, 'the audit log');
    $has->(qr/^Register of doelbindingen: version \S+$/, 'the version of the register');
    $has->(qr/^Profiles: file modified 20\d\d-/, 'the profiles');
    ok !scalar(grep {/Redis/} @rows), 'nothing of a Redis that there is not';
};

subtest 'languages' => sub {
    my $page = page('Accept-Language: nl-NL,nl;q=0.9,en;q=0.5');
    like $page->{body}, qr/<html lang="nl">/, 'Dutch';
    like $page->{body}, qr/Aanroepen per dienst/, 'in its texts';
    ok scalar(grep {/ intrekkingslijst \S+ 2[34] uur$/} rows($page->{body})), 'its units';
    ok scalar(grep {/^brp geweigerd certificate_missing \S/} rows($page->{body})), 'and reasons';
    like page('Accept-Language: fr')->{body}, qr/<html lang="en">/, 'English for others';
};

subtest 'nothing foreign' => sub {
    my $page = page();
    my $html = $page->{body};
    unlike $html, qr/\b(?:src|href|srcset|action|style|on\w+)\s*=\s*"|url\(|\@import|https?:/, 'no address, no handler';
    my ($style) = $html =~ m{<style>(.*?)</style>}s;
    my ($script) = $html =~ m{<script>(.*?)</script>}s;
    my %policy = map { split / /, $_, 2 } split /; /, $page->{headers}{'content-security-policy'};
    is_deeply \%policy, {
        'default-src' => q{'none'}, 'connect-src' => q{'self'}, 'base-uri' => q{'none'}, 'form-action' => q{'none'},
        'frame-ancestors' => q{'none'}, 'style-src' => sprintf(q{'sha256-%s='}, sha256_base64($style)),
        'script-src' => sprintf(q{'sha256-%s='}, sha256_base64($script)),
        },
        'the policy allows this style, this script, and asking the gate';
    is_deeply [map { $page->{headers}{$_} } qw(x-content-type-options referrer-policy)], [qw(nosniff no-referrer)],
        'and the rest';
};

# Looks whether each element of a page ends, and each row has a cell for each column. Returns the number of tables.
sub whole {
    my ($html) = @_;
    $html =~ s{<(style|script)>.*?</\1>}{}gs;
    my (@open, @faults);
    while ($html =~ m{<(/?)(\w+)[^>]*>}g) {
        my ($end, $tag) = ($1, $2);
        next if $tag =~ /\A(?:meta|br)\z/;
        if (!$end) { push @open, $tag }
        elsif (@open && $open[-1] eq $tag) { pop @open }
        else { push @faults, $tag }
    }
    is_deeply [@open, @faults], [], 'each element ends';
    my @tables = $html =~ m{<table>(.*?)</table>}gs;
    for my $table (@tables) {
        my $columns = () = $table =~ /<th scope="col"/g;
        my @wrong = grep { my $cells = () = /<t[hd][ >]/g; $cells != $columns } $table =~ m{<tr>(.*?)</tr>}gs;
        is_deeply \@wrong, [], "each row has $columns cells";
    }
    return scalar @tables;
}

subtest 'it is whole' => sub {
    my $html = page()->{body};
    is whole($html), 6, 'all tables';
    like $html, qr/<meta name="viewport" content="width=device-width,initial-scale=1">/, 'for a telephone too';
};

# The luminance of a colour by WCAG 2.
sub luminance {
    my @part = map { my $part = hex($_) / 255; $part <= 0.04045 ? $part / 12.92 : (($part + 0.055) / 1.055)**2.4 }
        $_[0] =~ /\A#(..)(..)(..)\z/;
    return 0.2126 * $part[0] + 0.7152 * $part[1] + 0.0722 * $part[2];
}

subtest 'Redis' => sub {
    my $redis = GGI::Redis->new;
    my $with = GGI::Gate->new(redis => $redis->url, pki => $gate->{pki})->start;
    $with->connected;
    my $look = sub { return curl($with->url('/ggi-status', 2), -H => $BROWSER, @_)->{body} };
    my $at = '127\.0\.0\.1:' . $redis->port;
    my $html = $look->();
    is whole($html), 7, 'a table more';
    ok scalar(grep {/^Profiles $at master server serves 20\d\d-\S+Z &ndash;$/} rows($html)), 'the server in use'
        or diag join "\n", rows($html);
    ok scalar(grep {/^Redis: masters last known 20\d\d-/} rows($html)), 'and when it was last known';
    my ($said) = @{ $with->status->{ggi_autorisatie_redis_up} };
    is_deeply $said, { server => '127.0.0.1:' . $redis->port, role => 'master', found => 'server', value => 1 },
        'as JSON has it';
    my $master = GGI::Redis->new;
    $redis->cli('replicaof', '127.0.0.1', $master->port);
    $with->connected(0);
    $with->wait_for(sub { $with->status->{ggi_autorisatie_redis_up}[0]{role} eq 'replica' }, 'another role');
    $html = $look->(-H => 'Accept-Language: nl');
    ok scalar(grep {/^Profielen $at replica server werkt niet &ndash; &ndash;$/} rows($html)), 'one that may not serve'
        or diag join "\n", rows($html);
    like $html, qr/<td class="bad">werkt niet</, 'is told in words, and not by colour alone';
    $with->stop;
};

# Names that come from certificates, files and documents: nobody gets markup, a line or a code of a terminal in by them.
subtest 'hostile names' => sub {
    my $odd = qq(</td><script>alert("1")</script>&amp;'\\\\{}\x{e9}\x{202e});
    my ($text, $long) = (encode('UTF-8', $odd), "\xc3\xa9" x 30_000);
    my $pki = GGI::Pki->new;
    my $ca = $pki->dir . '/odd';
    my $quoted = $text =~ s/(["'\\\$])/\\$1/gr;
    open my $fh, '>', "$ca.cnf" or die "$ca.cnf: $!\n";
    print {$fh} "[req]\nprompt = no\nutf8 = yes\nstring_mask = utf8only\ndistinguished_name = dn\n[dn]\n"
        . "name = $long\norganizationalUnitName = $quoted\n";
    close $fh or die $!;
    my $made =
        system "openssl req -x509 -newkey rsa:2048 -nodes -keyout $ca.key -out $ca.crt -config $ca.cnf 2>$ca.log";
    is $made, 0, 'a CA';
    system "cat $ca.crt >>" . $pki->dir . '/roots.pem';
    my $with = GGI::Gate->new(
        pki => $pki, gates => [qw(pkio autorisatie doelbinding)], allow_errors => [qr/./],
        register => $GGI::Gate::REGISTER =~ s/2026-11-01/$text =~ s{(["\\])}{\\$1}gr/er,
        more => 'ggi_pkio_crl %%PREFIX%%/crl;');
    $with->{pki}->run('crls', $with->prefix . '/crl');
    for my $name ($text =~ tr{/}{|}r . "\n\e[2J\x9b.crl", "\xff\xc3.crl") {
        open my $file, '>', $with->prefix . "/crl/$name" or die "$name: $!\n";
        close $file or die $!;
    }
    $with->start;
    my $at = $with->url('/ggi-status', 2);
    my $get = sub { return curl($at, -H => $_[0])->{body} };
    my $html = decode('UTF-8', $get->($BROWSER), FB_CROAK);
    is whole($html), 6, 'all tables';
    is scalar(my @scripts = $html =~ /<script/g), 1, 'there is one script';
    my $shown = $odd =~ s/&/&amp;/gr =~ s/</&lt;/gr =~ s/>/&gt;/gr =~ s/"/&quot;/gr =~ s/'/&#39;/gr;
    like $html, qr/<td class="n">\Q$shown\E</, 'the version of the register is a text';
    like $html, qr/<th scope="row">OU=\\&lt;.*name=\x{e9}+</, 'and so is the name of a CA, cut off at a character';
    my $prometheus = decode('UTF-8', $get->('Accept: text/plain'), FB_CROAK);
    my $label = qr/\w+="(?:[^"\\\n]|\\[\\"n])*"/;
    my $line = qr/# (?:HELP|TYPE) \w+ .+|\w+(?:\{(?:$label,)*$label\})? [\d.+-]+/;
    is_deeply [grep { !/\A$line\z/ } split /\n/, $prometheus], [], 'each line is one of metrics';
    like $prometheus, qr/^ggi_pkio_crl_faulty\{file="<\|td>.*\Q\n?[2J?.crl\E"\} 1$/m, 'a file by its name';
    my $terminal = qr/[^\n\P{Cc}]|[\x{200e}\x{200f}\x{2028}-\x{202e}\x{2066}-\x{2069}]/;
    unlike $prometheus, $terminal, 'without a code of a terminal';
    is decode_json($get->('Accept: application/json'))->{ggi_doelbinding_register_info}[0]{versie}, $odd, 'as JSON';
    unlike decode('UTF-8', $with->read('logs/error.log'), FB_CROAK), $terminal, 'nor has the error log one';
    $with->stop;
};

subtest 'contrast' => sub {
    my ($style) = page()->{body} =~ m{<style>(.*?)</style>}s;
    my @schemes = $style =~ /:root\{([^}]*)\}/g;
    is scalar(@schemes), 2, 'light and dark';
    for my $scheme (@schemes) {
        my %colour = $scheme =~ /--(\w+):(#\w{6})/g;
        for my $name (qw(text quiet good warn bad)) {
            my ($dark, $light) = sort { $a <=> $b } map { luminance($_) } @colour{ 'back', $name };
            my $ratio = ($light + 0.05) / ($dark + 0.05);
            cmp_ok $ratio, '>=', 4.5, sprintf '%s on %s: %.1f', $name, $colour{back}, $ratio;
        }
    }
};
$gate->stop;

done_testing;
