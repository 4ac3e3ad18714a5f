# SPDX-License-Identifier: EUPL-1.2
# Mistakes in a configuration that nginx would pass over in silence: each is a warning or an error of nginx -t, with
# the line.
use strict;
use warnings;

use POSIX qw(mkfifo);
use Test::More;

use GGI::Gate;

my $pki = GGI::Pki->new;
my $dienst = 'location /brp/ { ggi_dienst brp; proxy_pass http://api; }';
my @networks = (networks => ['10.0.0.0/8,diginetwerk', '2001:db8::/32,ggi-netwerk']);

# nginx -t of a gateway: (true when it is good, its output). change: of the text of nginx.conf
sub try_it {
    my (%args) = @_;
    my $change = delete $args{change};
    my $nginx = GGI::Gate->new(pki => $pki, allow_errors => [qr/./], %args);
    $pki->run('crls', $nginx->prefix . '/crl');
    $nginx->write(
        'nginx.conf',
        $nginx->read('nginx.conf') =~ s/^http \{/"http {\n    ggi_pkio_crl " . $nginx->prefix . '\/crl;'/mer);
    if ($change) {
        local $_ = $nginx->read('nginx.conf');
        $change->();
        $nginx->write('nginx.conf', $_);
    }
    return $nginx->test_configuration;
}

# The configuration is good, and has these warnings, each with its line.
sub warns {
    my ($name, $expected, %args) = @_;
    my ($good, $output) = try_it(%args);
    my @warnings = GGI::Nginx::warnings_in($output);
    subtest $name => sub {
        ok $good, 'loads' or diag $output;
        is scalar @warnings, scalar @$expected, 'as many warnings as expected' or diag $output;
        like $warnings[$_] // '', qr/$expected->[$_].* in \S+nginx\.conf:\d+$/, "warning $_" for 0 .. $#$expected;
    };
    return;
}

sub fails {
    my ($name, $expected, %args) = @_;
    my ($good, $output) = try_it(%args);
    my @errors = grep {/\[emerg\]/} split /\n/, $output;
    subtest $name => sub {
        ok !$good, 'nginx -t fails';
        is scalar @errors, scalar @$expected, 'as many errors as expected' or diag $output;
        like $errors[$_] // '', qr/$expected->[$_].* in \S+nginx\.conf:\d+$/, "error $_" for 0 .. $#$expected;
    };
    return;
}

warns('a good configuration', [], @networks, locations =>
        'location /brp/ { ggi_dienst brp; ggi_netwerk observe diginetwerk ggi-netwerk; proxy_pass http://api; }');

# files that are none: whoever opens a FIFO to read it waits for a writer
subtest 'a FIFO is no source' => sub {
    my %sources = (
        'profielen.json' =>
            qr/profiles in "\S+": \$: expected a regular file of at most \d+ bytes in \S+nginx\.conf:\d+/,
        'doelbindingen.json' =>
            qr/register\ of\ doelbindingen\ in\ "\S+":\ \$:\ expected\ a\ regular\ file\ of\ at\ most
                \ \d+\ bytes\ in\ \S+nginx\.conf:\d+/x,
        'key' => qr/pseudonym key "\S+" has the wrong size: expected \d+ to \d+ bytes in \S+nginx\.conf:\d+/,
        'other.mmdb' =>
            qr/database of networks in "\S+": file: expected a regular file of at most \d+ bytes in \S+nginx\.conf:\d+/,
    );
    for my $file (sort keys %sources) {
        my %named = (
            'other.mmdb' => [more => 'ggi_netwerk_database %%PREFIX%%/other.mmdb;'],
            key => [users => 'ggi_audit_pseudonym_key %%PREFIX%%/key;']);
        my $nginx = GGI::Gate->new(pki => $pki, allow_errors => [qr/./], @{ $named{$file} // [] });
        my $path = $nginx->prefix . "/$file";
        unlink $path;
        mkfifo($path, oct '600') or die "$path: $!\n";
        my $output = qx(timeout -s KILL 60 @{[ $nginx->command ]} -t 2>&1);
        is $? >> 8, 1, "nginx -t refuses $file";
        like $output, $sources{$file}, 'with its line';
    }
};

# ggi_netwerk
sub netwerk {
    my ($text) = @_;
    return (@networks, locations => "location /brp/ { ggi_dienst brp; $text proxy_pass http://api; }");
}
fails(
    'a mode behind a name',
    [   qr/"ggi_netwerk"\ has\ the\ mode\ "observe"\ behind\ a\ name:\ it\ stands\ in\ front\ of\ the
        \ names,\ as\ in\ "ggi_netwerk\ observe\ diginetwerk;"/x
    ],
    netwerk('ggi_netwerk diginetwerk observe;'));
fails(
    'a mode between names', [qr/has the mode "OFF" behind a name/],
    netwerk('ggi_netwerk diginetwerk OFF ggi-netwerk;'));
fails('two modes', [qr/"ggi_netwerk" has a second mode, "observe"/], netwerk('ggi_netwerk on observe diginetwerk;'));
fails('two modes, one behind the names', [qr/has a second mode, "on"/], netwerk('ggi_netwerk observe diginetwerk on;'));
fails('off and another mode', [qr/has a second mode, "observe"/], netwerk('ggi_netwerk off observe;'));
fails(
    'two directives with a mode each', [qr/"ggi_netwerk" directive is duplicate/],
    netwerk('ggi_netwerk observe; ggi_netwerk diginetwerk;'));
fails('an empty name', [qr/empty name of a network in "ggi_netwerk"/], netwerk('ggi_netwerk "";'));
warns('a mode in capitals', [], netwerk('ggi_netwerk OBSERVE diginetwerk;'));
warns(
    'a network that the database does not know',
    [qr/"ggi_netwerk" names network "digi-netwerk", in which "ggi_netwerk_database" has no address/],
    netwerk('ggi_netwerk ggi-netwerk digi-netwerk;'));
warns(
    'a mode without names', [qr/"ggi_netwerk on" without names lets calls over every network pass/],
    netwerk('ggi_netwerk on;'));
warns(
    'a mode with the names of an outer block', [], @networks, more => 'ggi_netwerk diginetwerk;',
    locations => 'location /brp/ { ggi_dienst brp; ggi_netwerk observe; proxy_pass http://api; }');

# What the API gets of a call.
sub passing {
    my ($text) = @_;
    return (locations => "location /brp/ { ggi_dienst brp; $text proxy_pass http://api; }");
}
warns(
    'no headers', [qr/"proxy_pass_request_headers off": the API of dienst "brp" gets no header of a call/],
    passing('proxy_pass_request_headers off; if ($arg_a) { set $a 1; }'));
warns(
    'no headers of FastCGI', [qr/"fastcgi_pass_request_headers off": the API of dienst "brp" gets no header/],
    locations => 'location /brp/ { ggi_dienst brp; fastcgi_pass_request_headers off; fastcgi_pass 127.0.0.1:1; }');
warns('no headers of another module', [], passing('fastcgi_pass_request_headers off;'));

# files
my $profiles = $GGI::Gate::PROFILES;
warns(
    'an unknown member of a profile', [qr/profiles in "\S+profielen\.json": \$\[0\]\.geldigtot: unknown member/],
    profiles => $profiles =~ s/"versie"/"geldigtot": "2020-01-01", "versie"/r);
warns(
    'an unknown member of a dienst', [qr/\$\[0\]\.diensten\.brp\.methode: unknown member/],
    profiles => $profiles =~ s/"brp": \{/"brp": { "methode": "GET",/r);
warns(
    'an unknown member beside the profiles', [qr/\$\.versies: unknown member/],
    profiles => "{ \"versies\": 1, \"profielen\": $profiles }");
warns(
    'an unknown member in many profiles',
    [(qr/\$\[\d\]\.geldigtot: unknown member/) x 10, qr/profiles in "\S+": 40 more of such mistakes/],
    profiles => '[' . join(
        ',',
        map {
            sprintf '{"oin":"00000001%09d000","versie":1,"geldigtot":"2020-01-01","diensten":{"brp":{"methoden":[],'
                . '"paden":[],"doelbindingen":[]}}}',
                $_
        } 1 .. 50)
        . ']');
warns(
    'an unknown member of the register',
    [qr/register of doelbindingen in "\S+doelbindingen\.json": \$\.doelbindingen\[0\]\.bewaartemijn: unknown member/],
    register => $GGI::Gate::REGISTER =~ s/"doel":/"bewaartemijn": "P5Y", "doel":/r);
warns(
    'an unknown member of a grondslag', [qr/\$\.doelbindingen\[0\]\.grondslag\.wett: unknown member/],
    register => $GGI::Gate::REGISTER =~ s/"wet":/"wett": "x", "wet":/r);

subtest 'a reload tells the error log what nginx -t warns of' => sub {
    my $mistake = qr/\[warn\].*register of doelbindingen in "\S+": \$\.doelbindingen\[0\]\.geldigtot: unknown member/;
    my $gate = GGI::Gate->new(pki => $pki)->start;
    unlike $gate->read('logs/error.log'), $mistake, 'a good register';
    $gate->write('doelbindingen.json', $GGI::Gate::REGISTER =~ s/"doel":/"geldigtot": "2020-01-01", "doel":/r);
    $gate->reload;
    like $gate->read('logs/error.log'), $mistake, 'a misspelt member';
    $gate->stop;
};

# a dienst that nothing knows
warns(
    'a dienst that no profile has',
    [qr/dienst "brp3" is in no profile of "ggi_autorisatie_file": gate ggi_autorisatie lets no call to it pass/],
    locations =>
        "$dienst location /3/ { ggi_dienst brp3; proxy_pass http://api; location /3/a { proxy_pass http://api; } } "
        . "location /4/ { ggi_dienst brp3; proxy_pass http://api; }");
warns(
    'a dienst that neither profile nor register has',
    [   qr/dienst "brpp" is in no profile/,
        qr/dienst "brpp" is in no entry of "ggi_doelbinding_register": gate ggi_doelbinding/],
    locations => 'location / { ggi_dienst brpp; proxy_pass http://api; }');
warns(
    'the same, where these gates are off', [],
    locations => 'location / { ggi_dienst brpp; ggi_autorisatie off; ggi_doelbinding off; proxy_pass http://api; }');

# ggi_status
my $answers = qr/"ggi_status" is in a location that something else answers/;
fails(
    'ggi_status before proxy_pass', [$answers],
    locations => "$dienst location = /s { ggi_status; proxy_pass http://api; }");
fails(
    'ggi_status behind proxy_pass', [qr/"ggi_status" directive is in a location that something else answers/],
    locations => "$dienst location = /s { proxy_pass http://api; ggi_status; }");
fails(
    'ggi_status before fastcgi_pass', [$answers],
    locations => "$dienst location = /s { ggi_status json; fastcgi_pass 127.0.0.1:1; }");
warns('ggi_status alone', [], locations => "$dienst location = /s { ggi_status; }");
for my $return ('return 200 x;', 'return http://x/;', 'set $x y; return 404;', 'if ($arg_a) { set $x y; } return 200;')
{
    fails("ggi_status beside $return", [$answers], locations => "$dienst location = /s { ggi_status; $return }");
    fails(
        "ggi_status in a server with $return", [$answers],
        server => $return, locations => "$dienst location = /s { ggi_status; }");
}
warns(
    'ggi_status beside a return in an "if"',
    [], locations => "$dienst location = /s { ggi_status; set \$x y; if (\$arg_a) { set \$x z; return 403; } }");

# what runs before the gates
my $unknown = do {
    my $path = "$GGI::Nginx::ROOT/modules/dienst/README.md";
    open my $fh, '<', $path or die "$path: $!\n";
    local $/;
    join ' ', <$fh> =~ /^\| (.*) \| cannot be known: the call is refused \|$/mg;
};
my @unknown = grep { $_ ne 'ggi_dienst' } $unknown =~ /`\$(\w+)`/g;
cmp_ok scalar @unknown, '>=', 6, "the README names what cannot be known: @unknown";
my %rules = (
    $unknown[0] => [
        'if ($V = x) { return 403; }', 'if ($arg_a = "x$V") { return 403; }', 'set $x "a$V";',
        'rewrite ^/(a)$ /$V break;',
        'if ($arg_a) { set $x $V; }', 'if ($arg_a) { return 403 $V; }']);
for my $name (@unknown) {
    my $early = qr/"\$$name" is read in "if", "set", "rewrite" or "return", before the gates, when it is not known/;
    for my $rule ('if ($V) { return 403; }', @{ $rules{$name} // [] }) {
        my $text = $rule =~ s/\$V/\$$name/r;
        warns(
            "$text in a dienst", [$early],
            locations => "location / { ggi_dienst brp; $text proxy_pass http://api; }");
    }
}
my $name = $unknown[0];
warns("\$$name in a server", [qr/"\$$name" is read in "if", "set"/], server => "if (\$$name) { return 403; }");
warns(
    "\$$name where it is known, or where there is no dienst",
    [],
    locations => "location / { ggi_dienst brp; proxy_set_header X \$$name; add_header X \$$name; try_files x \@b; } "
        . "location \@b { ggi_dienst brp; if (\$$name) { return 403; } proxy_pass http://api; } "
        . "location /off/ { ggi_dienst off; if (\$$name) { return 403; } proxy_pass http://api; }");
my $dienst_early = qr/"\$ggi_dienst" is read in "if", "set"/;
warns('$ggi_dienst in a server with diensten', [$dienst_early], server => 'if ($ggi_dienst = x) { return 403; }');
warns(
    '$ggi_dienst where it is known', [],
    server => 'ggi_dienst brp; if ($ggi_dienst = x) { return 403; }',
    locations => 'location / { proxy_pass http://api; }');
my $returns = qr/"return" answers all calls to dienst "brp" before any gate, without a record/;
warns('a dienst that returns', [$returns], locations => 'location / { ggi_dienst brp; return 200 x; }');
warns(
    'a dienst that is closed, one that returns in an "if", and a location without one of its own',
    [],
    server => 'ggi_dienst brp;',
    locations =>
        'location /a { ggi_dienst brp; return 403; } location /b { ggi_dienst brp; if ($arg_a) { return 204; } '
        . 'proxy_pass http://api; } location = /health { return 200; }');

# pseudonyms
my $pseudonyms =
    qr/pseudonyms of users and data subjects, which differ after each start and reload: "ggi_audit_pseudonym_key" in/;
warns('no key of pseudonyms', [$pseudonyms], users => '');
warns('no key of pseudonyms, said so', [$pseudonyms], users => 'ggi_audit_user pseudonym;');
warns('no users, but data subjects', [$pseudonyms], users => 'ggi_audit_user omit;');
warns('no audit', [], users => 'ggi_audit_user pseudonym;', more => 'ggi_audit off;');

# words that a directive does not know
fails(
    "$_ with another word", [qr/"$_" takes "off", "observe" or "on": invalid value "enforce"/],
    locations => "location / { ggi_dienst brp; $_ enforce; proxy_pass http://api; }"
) for qw(ggi_pkio ggi_autorisatie ggi_doelbinding ggi_audit);
fails(
    'ggi_audit_user with another word',
    [qr/"ggi_audit_user" takes "pseudonym", "plain" or "omit": invalid value "hash"/], users => 'ggi_audit_user hash;');
fails(
    'two modes of a gate', [qr/"ggi_pkio" directive is duplicate/],
    locations => 'location / { ggi_dienst brp; ggi_pkio on; ggi_pkio observe; proxy_pass http://api; }');
fails(
    'a header name', [qr/invalid header name "X_Namens" in "ggi_dienst_origin_header"/],
    more => 'ggi_dienst_origin_header X_Namens;');
fails('a contact', [qr/invalid contact "nobody" in "ggi_dienst_contact"/], more => 'ggi_dienst_contact nobody;');
fails("a policy $_", [qr/invalid policy "\Q$_\E" in "ggi_pkio_policy"/], more => "ggi_pkio_policy $_;")
    for '1.2.', '1.2..3', '1.2.03';
warns(
    'a directory without revocation lists',
    [qr{"ggi_pkio_crl" names "\S+/none", in which there is no revocation list}],
    change => sub { mkdir "$1/none" if m{ggi_pkio_crl (\S+)/crl;}; s{/crl;}{/none;} });
fails("an audit log $_", [qr/"\Q$_\E" is no path of a file/], log => $_)
    for 'off', 'stderr', 'syslog:server=localhost', 'memory:10m', '/tmp/$host.jsonl';
fails(
    'a parameter twice', [qr/"ggi_audit_anonymous" has the parameter "rate=" twice/],
    more => 'ggi_audit_anonymous rate=1r/s rate=2r/s;');
fails('a policy', [qr/invalid policy "x" in "ggi_pkio_policy"/], more => 'ggi_pkio_policy x;');
fails('a prefix', [qr/invalid OIN prefix "1" in "ggi_pkio_oin_prefix"/], more => 'ggi_pkio_oin_prefix 1;');
fails(
    'a durability', [qr/invalid parameter "durability=none" of "ggi_audit_log"/],
    log => '%%PREFIX%%/logs/audit.jsonl durability=none');

for my $case (
    ['ggi_autorisatie_redis', 'timeout', 'timeout=1s', 'timeout=2s'],
    ['ggi_autorisatie_zone', 'ttl', 'ttl=1s', 'stale=1m ttl=5s']
) {
    my ($directive, $parameter, $before, $more) = @$case;
    my $twice = sub {
        s/ggi_autorisatie_file [^;]*;/ggi_autorisatie_zone x:1m ttl=1s;/;
        s/(?=ggi_autorisatie_zone)/ggi_autorisatie_redis redis:\/\/127.0.0.1:1 timeout=1s; /;
        s/$before/$before $more/;
    };
    fails("$parameter twice", [qr/"$directive" has the parameter "$parameter=" twice/], change => $twice);
}
fails(
    'a durability twice', [qr/"ggi_audit_log" has the parameter "durability=" twice/],
    log => '%%PREFIX%%/logs/audit.jsonl durability=synced durability=buffered');
fails(
    'a CA without a name', [qr/invalid parameter "ca=" of "ggi_autorisatie_redis"/],
    change => sub {s/ggi_autorisatie_file [^;]*;/ggi_autorisatie_redis rediss:\/\/127.0.0.1:1 ca=;/});

fails(
    'a header for two parts of the claim', [qr/header "X-A" stands for two parts of the claim/],
    more => "ggi_doelbinding_header X-A;\n ggi_doelbinding_gebruiker_header X-A;");
fails(
    'a header that is the default of another', [qr/header "x-TOEPASSING" stands for two parts of the claim/],
    locations =>
        'location / { ggi_dienst brp; ggi_doelbinding_verwerking_header x-TOEPASSING; proxy_pass http://api; }');
warns(
    'headers that change places', [],
    more => 'ggi_doelbinding_gebruiker_header X-Toepassing; ggi_doelbinding_toepassing_header X-Gebruiker;');
fails(
    "$_ as a header of the caller",
    [qr/header "$_" in "ggi_doelbinding_verwerking_header" is one that the gate gives the API itself/],
    more => "ggi_doelbinding_verwerking_header $_;") for qw(Traceparent OIN Fsc-Transaction-Id);
fails(
    "$_ as a header of the caller", [qr/header "$_" in "ggi_dienst_origin_header" has a meaning of its own in HTTP/],
    more => "ggi_dienst_origin_header $_;") for qw(Host Connection Content-Length Destination);
for my $name ('X-Doelbinding', 'x-verwerking', 'X-GEBRUIKER', 'X-Toepassing', 'X-Betrouwbaarheidsniveau') {
    fails(
        "$name for whom is called on behalf of",
        [qr/header "$name" stands for a part of the claim and for "ggi_dienst_origin_header"/],
        locations => "location / { ggi_dienst brp; ggi_dienst_origin_header $name; proxy_pass http://api; }");
}
fails(
    'a part of the claim in the header for whom is called on behalf of',
    [qr/header "X-Origin-OIN" stands for a part of the claim and for "ggi_dienst_origin_header"/],
    more => 'ggi_doelbinding_verwerking_header X-Origin-OIN;');
warns(
    'headers that change places with that',
    [], more => 'ggi_dienst_origin_header X-Verwerking; ggi_doelbinding_verwerking_header X-Origin-OIN;');
fails(
    "$_ as a header of the claim",
    [qr/header "$_" in "ggi_doelbinding_gebruiker_header" has a meaning of its own in HTTP/],
    more => "ggi_doelbinding_gebruiker_header $_;") for qw(Transfer-Encoding Upgrade TE Authorization Cookie);

# directives without a dienst
sub no_effect {
    my ($directive) = @_;
    return qr/"$directive" has no effect: there is no dienst in its block, nor in one within it/;
}
for my $directive (
    'ggi_doelbinding observe', 'ggi_pkio off', 'ggi_netwerk observe diginetwerk', 'ggi_pkio_policy any',
    'ggi_pkio_oin_prefix 00000099', 'ggi_doelbinding_header X-A',
    'ggi_dienst_contact mailto:a@example.nl', 'ggi_dienst_origin_header X-B', 'ggi_dienst_upgrade on'
) {
    my ($name) = split / /, $directive;
    warns(
        "$name in a location without a dienst", [no_effect($name)], @networks,
        locations => "$dienst location /files/ { $directive; root /nonexistent; }");
}
warns(
    'where the dienst is off', [no_effect('ggi_audit')],
    locations => "$dienst location / { ggi_dienst off; ggi_audit off; proxy_pass http://api; }");
warns(
    'in a server without a dienst', [no_effect('ggi_pkio')],
    more => "server { listen 127.0.0.1:%%PORT4%%; ggi_pkio off; location / { return 404; } }");
# directives of a gate that is off
sub judges_nothing {
    my ($directive, $gate) = @_;
    return qr/"$directive" has no effect: "$gate off;" holds for each dienst in its block/;
}
for my $case (
    ['ggi_doelbinding_niveau hoog', 'ggi_doelbinding'],
    ['ggi_pkio_policy any', 'ggi_pkio'],
    ['ggi_pkio_oin_prefix 00000099', 'ggi_pkio']
) {
    my ($directive, $mode) = @$case;
    my ($name) = split / /, $directive;
    my $here = sub { return (locations => "location / { ggi_dienst brp; $_[0] proxy_pass http://api; }") };
    warns("$name where its gate is off", [judges_nothing($name, $mode)], $here->("$mode off; $directive;"));
    warns(
        "$name where its gate is off around it", [judges_nothing($name, $mode)], server => "$mode off;",
        $here->("$directive;"));
    warns("$name where its gate observes", [], $here->("$mode observe; $directive;"));
    warns(
        "$name for one location of two", [], server => "$directive;",
        locations => "location / { ggi_dienst brp; proxy_pass http://api; } "
            . "location /off/ { ggi_dienst brp; $mode off; proxy_pass http://api; }");
}
warns(
    'the name of a header, which is kept from the API', [],
    locations => 'location / { ggi_dienst brp; ggi_doelbinding off; ggi_doelbinding_header X-A; '
        . 'proxy_pass http://api; }');
warns('in a server, for its locations', [], server => 'ggi_audit on;');
warns(
    'in a location, for one within it', [],
    locations => 'location / { ggi_audit on; root /nonexistent; location /brp/ { location /brp/x/ { ggi_dienst brp; '
        . 'proxy_pass http://api; } } }');
warns('in http', [], more => 'ggi_pkio on;', locations => 'location / { root /nonexistent; }');
warns(
    'a zone without Redis', [qr/"ggi_autorisatie_zone" has no effect without "ggi_autorisatie_redis"/],
    more => 'ggi_autorisatie_zone profielen:1m;');

# all that is missing at once
my $needs = sub {
    my ($gate, $what) = @_;
    return qr/dienst "brp" has gate ggi_$gate on, which needs $what.*, or "ggi_$gate off;"/;
};
my $bare = sub {
    s/ggi_(?:autorisatie_file|doelbinding_register|audit_log|audit_pseudonym_key) [^;]*;//g;
    s/ssl_verify_client optional;//;
};
my @all = (
    $needs->('audit', '"ggi_audit_log" in http'), $needs->('doelbinding', '"ggi_doelbinding_register" in http'),
    $needs->('autorisatie', '"ggi_autorisatie_redis" or "ggi_autorisatie_file" in http'),
    $needs->('pkio', '"ssl_verify_client optional;" in its server'),
    qr/"ggi_netwerk" needs "ggi_netwerk_database" in http/);
my ($good, $output) = try_it(
    change => $bare,
    locations => 'location /brp/ { ggi_dienst brp; ggi_netwerk diginetwerk; proxy_pass http://api; }');
my @errors = sort grep {/\[emerg\]/} split /\n/, $output;
subtest 'all that is missing for a dienst' => sub {
    ok !$good, 'nginx -t fails';
    is scalar @errors, scalar @all, 'with an error for each' or diag $output;
    for my $expected (@all) {
        is scalar(grep {/$expected.* in \S+nginx\.conf:\d+$/} @errors), 1, "$expected" or diag $output;
    }
};
($good, $output) = try_it(
    modules => [map {"ngx_http_ggi_${_}_module"} qw(dienst netwerk pkio)],
    change => $bare,
);
is_deeply [map {/has gate (\w+) on/} $output =~ /\[emerg\] (.*)/g],
    [qw(ggi_pkio ggi_autorisatie ggi_doelbinding ggi_audit)], 'modules that are not loaded, in the same list';

done_testing;
