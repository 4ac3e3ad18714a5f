# SPDX-License-Identifier: EUPL-1.2
# levering under attack: whatever reader of JSON or of queries an API has, it gets no call that could ask for more than
# was judged.
use strict;
use warnings;

use IO::Compress::Gzip ();
use Test::More;

use GGI::Gate;
use GGI::Problem qw(allowed refused);

my $agreed = '{ "methoden": ["GET", "POST"], "paden": ["/**"], "doelbindingen": ["BRPACT-AlgemeneTaken"], '
    . '"velden": ["naam"] }';
my %places = (
    body => 'ggi_levering_fields body=fields; proxy_pass http://api;',
    query => 'ggi_levering_fields query=fields; proxy_pass http://api;',
    both => 'ggi_levering_fields query=my_fields; proxy_pass http://api;',
);
my %ways = (
    target => 'ggi_levering_fields query=fields; proxy_pass http://127.0.0.1:%%PORT2%%$request_uri;',
    set => 'set $args fields=naam; ggi_levering_fields query=fields; '
        . 'proxy_pass http://127.0.0.1:%%PORT2%%$request_uri;',
    rewrite => 'rewrite ^ /p/query/got?fields=geboorte? last;',
    try => 'ggi_levering_fields query=fields; try_files /none /p/query/got?fields=geboorte;',
    page => 'ggi_levering_fields query=fields; error_page 403 = /p/query/got?fields=geboorte; proxy_pass http://api;',
    accel => 'ggi_levering_fields query=fields; proxy_pass http://api;',
    ssi => 'ggi_levering_fields query=fields; ssi on; proxy_pass http://api;',
    ssibody => 'ggi_levering_fields off; ssi on; proxy_pass http://api;',
    mirror => 'ggi_levering_fields off; mirror /p/body/got; proxy_pass http://api;',
    auth => 'ggi_levering_fields off; auth_request /p/query/got; proxy_pass http://api;',
);
my $gate = GGI::Gate->new(
    profiles => qq([{ "oin": "$GGI::Gate::OIN", "versie": 7, "diensten": { "brp": $agreed } }]),
    functions =>
        qq([{ "toepassing": "zaaksysteem", "versie": 3, "functies": { "f": { "diensten": { "brp": $agreed } } } }]),
    server => 'recursive_error_pages on;',
    locations => join(
        "\n",
        map {
            my $place = $_;
            map { "location $_/$place/ { ggi_dienst brp@{[ m{/a} ? ' role=afnemer' : '' ]};" . " $places{$place} }" }
                '/p', '/a'
        } sort keys %places)
        . join("\n", map {"location /p/$_/ { ggi_dienst brp; $ways{$_} }"} sort keys %ways),
    more => 'log_format api "$request";',
    api_format => 'api',
    api => 'location ~ /accel/ { add_header X-Accel-Redirect /p/query/got?fields=geboorte; return 200; } '
        . 'location ~ /ssi/ { default_type text/html; '
        . 'return 200 \'<!--# include virtual="/p/query/got?fields=geboorte" -->\'; } '
        . 'location ~ /ssibody/ { default_type text/html; '
        . 'return 200 \'<!--# include virtual="/p/body/got" -->\'; }',
);
$gate->start;

my @json = (-H => 'Content-Type: application/json');
my @inside = map { (-H => $_) } 'X-Toepassing: zaaksysteem', 'X-Gebruiker: jan', 'X-Functie: f';

# Calls over both versions of HTTP and in both roles; each of the paths is one of its own.
my $n = 0;

# Both roles, by both versions of HTTP. Under an instrument, which makes a connection slow, one of these in turn.
my @ways = (['/p', '--http1.1'], ['/a', '--http2', @inside], ['/p', '--http2'], ['/a', '--http1.1', @inside]);
my $at_once = GGI::Nginx::under_instrument() ? 1 : @ways;

sub each_way {
    my ($name, $place, $query, $options, $look) = @_;
    push @ways, splice @ways, 0, $at_once;
    for my $how (@ways[-$at_once .. -1]) {
        my ($role, @more) = @$how;
        $n++;
        $look->($gate->call("$role/$place/$n$query", '-g', @more, @$options), "$name, $role, $more[0]");
    }
    return;
}

sub is_refused {
    my ($reason) = @_;
    return sub {
        my ($answer, $name) = @_;
        refused(
            $answer, $reason eq 'field_not_authorised' ? 403 : $reason eq 'body_too_large' ? 413 : 400, $reason,
            $name);
    };
}

sub file { my ($text) = @_; return ('--data-binary', '@' . $gate->write('body.' . ++$n, $text)) }

# How many requests the API has got.
sub got { my @lines = split /\n/, $gate->read('logs/api.log'); return scalar @lines }

my $good = '{"fields":["naam"]}';
my $bad = '{"fields":["geboorte"]}';

subtest 'what is right' => sub {
    each_way('a body', 'body', '', [@json, file($good)], \&allowed);
    each_way(
        'huge numbers', 'body', '',
        [@json, file('{"a":1e999999999,"b":-' . '9' x 5000 . '.' . '9' x 5000 . ',"fields":["naam"]}')], \&allowed);
    each_way(
        'escapes elsewhere', 'body', '',
        [@json, file('{"a":{"\u0066ields":["geboorte"]},"b":"\ud800\u0000","fields":["naam"]}')], \&allowed);
    each_way(
        'as deep as may be', 'body', '',
        [@json, file('{"fields":["naam"],"a":' . '[' x 31 . ']' x 31 . '}')], \&allowed);
    each_way('other arguments', 'body', '?expand=x&a=fields', [@json, file($good)], \&allowed);
    each_way('a query', 'query', '?x=1&fields=naam', [], \&allowed);
    each_way('an encoded & elsewhere', 'query', '?q=R%26D&fields=naam', [], \&allowed);
    each_way('an empty body', 'query', '?fields=naam', [-X => 'POST', '--data-binary', ''], \&allowed);
};

my $right = got();
is $right, $at_once * 8, 'the API has got them';

subtest 'the JSON of a body' => sub {
    my $twice = '"fields":["geboorte"]';
    my %cases = (
        'a name twice' => qq({$twice,"fields":["naam"]}),
        'twice, the other way round' => qq({"fields":["naam"],$twice}),
        'an escape in a name' => '{"fields":["naam"],"\u0066ields":["geboorte"]}',
        'an escape in a name before' => '{"\u0066ields":["geboorte"],"fields":["naam"]}',
        'an escape with capitals' => '{"fields":["naam"],"f\u0049ELDS":["geboorte"]}',
        'capitals' => '{"fields":["naam"],"Fields":["geboorte"]}',
        'a blank in a name' => '{"fields":["naam"],"fields ":["geboorte"]}',
        'a NUL behind a name' => '{"fields":["naam"],"fields\u0000":["geboorte"]}',
        'a name beyond ASCII' => qq({"fields":["naam"],"field\xc5\xbf":["geboorte"]}),
        'an element by its name' => '{"fields":["naam"],"fields[1]":"geboorte"}',
        'an element with a dot' => '{"fields":["naam"],"fields.1":"geboorte"}',
        'an escape in a field' => '{"fields":["naam","\u0067eboorte"]}',
        'fields in one string' => '{"fields":["naam,geboorte"]}', 'a string' => '{"fields":"geboorte"}',
        'an object' => '{"fields":{"0":"geboorte"}}', 'a list in a list' => '{"fields":["naam",["geboorte"]]}',
        'all' => '{"fields":["naam","*"]}', 'a blank in a field' => '{"fields":["naam"," geboorte"]}',
        'too deep' => '{"fields":["naam"],"a":' . '[' x 32 . ']' x 32 . '}',
        'much too deep' => '{"a":' . '[' x 60_000,
        'a byte order mark' => "\xef\xbb\xbf$good",
        'UTF-16' => "\xfe\xff" . join('', map {"\0$_"} split //, $bad),
        'UTF-16, the other way round' => "\xff\xfe" . join('', map {"$_\0"} split //, $bad),
        'UTF-16 without a mark' => join('', map {"$_\0"} split //, $bad),
        'UTF-32' => join('', map {"\0\0\0$_"} split //, $bad),
        'bytes that are not UTF-8' => qq({"a":"\xff","fields":["naam"]}),
        'UTF-8 that is too long' => qq({"a":"\xc0\xa2,\xc0\xa2fields\xc0\xa2:[","fields":["naam"]}),
        'half a surrogate pair' => qq({"a":"\xed\xa0\x80","fields":["naam"]}),
        'garbage behind' => "$good,$bad", 'another document' => "$good$bad", 'another line' => "$good\n$bad\n",
        'a NUL behind' => "$good\0$bad", 'a comment' => qq({"fields":["naam"]/*],"fields":["geboorte"]/**/}),
        'a comment of a line' => qq({"fields":["naam"] //\n,$twice}),
        'single quotes' => q({'fields':['geboorte']}), 'names without quotes' => '{fields:["geboorte"]}',
        'a comma too many' => '{"fields":["naam",]}', 'no number' => '{"a":NaN,"fields":["naam"]}',
        'a list of calls' => "[$good,$bad]", 'a string with JSON' => '"{\"fields\":[\"geboorte\"]}"',
        'a control character' => qq({"a":"\n","fields":["naam"]}),
        'another blank' => qq({\xc2\xa0"fields":["naam"]}), 'a form feed' => qq({\f"fields":["naam"]}),
    );
    each_way($_, 'body', '', [@json, file($cases{$_})], is_refused('fields_malformed')) for sort keys %cases;
    each_way('another field', 'body', '', [@json, file($bad)], is_refused('field_not_authorised'));
    each_way(
        'other capitals of a field', 'body', '', [@json, file('{"fields":["Naam"]}')],
        is_refused('field_not_authorised'));
    each_way(
        'a group above', 'body', '', [@json, file('{"fields":["naam","naamx.y"]}')],
        is_refused('field_not_authorised'));
    each_way('null', 'body', '', [@json, file('{"fields":null}')], is_refused('fields_malformed'));
    each_way('none', 'body', '', [@json, file('{"fields":[]}')], is_refused('field_missing'));
    each_way('elsewhere', 'body', '', [@json, file('{"query":{"fields":["naam"]}}')], is_refused('field_missing'));
    each_way('nothing', 'body', '', [@json, -X => 'POST'], is_refused('field_missing'));
    each_way(
        'chunks', 'body', '', [@json, file(qq({$twice,"fields":["naam"]})), -H => 'Transfer-Encoding: chunked'],
        is_refused('fields_malformed'));
    each_way(
        'a body that waits for 100', 'body', '', [@json, file($bad), -H => 'Expect: 100-continue'],
        is_refused('field_not_authorised'));
    each_way(
        'more than is read', 'body', '',
        [@json, file('{"fields":["naam"],"a":"' . 'x' x 66_000 . '"}')], is_refused('body_too_large'));
};

subtest 'what the headers say of a body' => sub {
    IO::Compress::Gzip::gzip(\$bad => \my $packed) or die;
    each_way(
        'packed', 'body', '', [@json, file($packed), -H => 'Content-Encoding: gzip'],
        is_refused('fields_malformed'));
    each_way('packed, which is not said', 'body', '', [@json, file($packed)], is_refused('fields_malformed'));
    each_way(
        'not packed, as is said', 'body', '', [@json, file($good), -H => 'Content-Encoding: identity, gzip'],
        is_refused('fields_malformed'));
    each_way('a form of parts', 'body', '', ['-F', 'fields=geboorte'], is_refused('fields_malformed'));
    my $both = '{"a":"&fields=geboorte&","fields":["naam"]}';    # a form as well, to who takes it for one
    each_way($_, 'body', '', [file($both), -H => "Content-Type: $_"], is_refused('fields_malformed'))
        for 'application/x-www-form-urlencoded', 'application/x-www-form-urlencoded x+json',
        'application/x-www-form-urlencoded+json', 'application/x-www-form-urlencoded,application/json',
        'application/json, application/x-www-form-urlencoded',
        'application/json; x=1, application/x-www-form-urlencoded', 'multipart/form-data; x=+json',
        'application/json; charset=utf-7', 'application/json; charset=utf-8; charset=utf-16',
        'application/json; charset*=utf-16', 'application/xml+json x', 'text/plain';
    each_way('no type', 'body', '', [file($both), -H => 'Content-Type:'], is_refused('fields_malformed'));
    each_way(
        'two types', 'body', '', [@json, file($good), -H => 'content-type: text/plain'],
        is_refused('fields_malformed'));
};

subtest 'a query beside a body' => sub {
    each_way($_, 'body', "?$_", [@json, file($good)], is_refused('fields_malformed'))
        for 'fields=geboorte', 'fields=naam', 'x=1&f%69elds=geboorte', 'fields[]=geboorte', 'Fields=geboorte',
        'x=1;fields=geboorte', 'x=1%26fields=geboorte';
    each_way('JSON', 'query', '?fields=naam', [@json, file($bad)], is_refused('fields_malformed'));
    each_way('a form', 'query', '?fields=naam', [file('fields=geboorte')], is_refused('fields_malformed'));
    each_way('a form of parts', 'query', '?fields=naam', [-F => 'fields=geboorte'], is_refused('fields_malformed'));
    each_way(
        'a body of no type', 'query', '?fields=naam', [file('fields=geboorte'), -H => 'Content-Type:'],
        is_refused('fields_malformed'));
    each_way(
        'a body of GET', 'query', '?fields=naam', [-X => 'GET', @json, file($bad)],
        is_refused('fields_malformed'));
    each_way(
        'a body in chunks', 'query', '?fields=naam', [@json, file($bad), -H => 'Transfer-Encoding: chunked'],
        is_refused('fields_malformed'));
};

subtest 'the query' => sub {
    each_way($_, 'query', "?$_", [], is_refused('fields_malformed'))
        for 'fields=naam&f%69elds=geboorte', 'f%69elds=geboorte', 'fields=naam&%2566ields=geboorte',
        'fields=naam&%u0066ields=geboorte', 'fields=naam&fields[]=geboorte', 'fields=naam&fields%5B%5D=geboorte',
        'fields=naam&fields[0]=geboorte', 'fields=naam&fields.0=geboorte', 'fields=naam&[fields]=geboorte',
        'fields=naam&+fields=geboorte', 'fields=naam&fields+=geboorte', 'fields=naam&%20fields=geboorte',
        'fields=naam&fields%00=geboorte', 'fields=naam&fields%00x=geboorte', 'fields=naam&FIELDS=geboorte',
        'fields=naam&field%C5%BF=geboorte', 'fields=naam;fields=geboorte', 'x=1;fields=geboorte&fields=naam',
        'fields=naam&x=1%26fields=geboorte', 'fields=naam&x=1%26fields%3Dgeboorte', 'fields=naam%26fields=geboorte',
        'fields=naam&x=1%3Bfields=geboorte', 'fields=naam&amp;fields=geboorte', 'fields=naam&?fields=geboorte',
        'fields=naam+geboorte', 'fields=naam%20geboorte', 'fields=naam%00geboorte', 'fields=naam%2Cgeb%256forte',
        'fields=naam|geboorte', 'fields=(naam,geboorte)', 'fields=["geboorte"]', 'fields=*', 'fields=naam,',
        'fields==geboorte', 'fields=naam%', 'fields=naam%0Ageboorte', "fields=na\xc3\xa4m";
    each_way($_, 'query', "?$_", [], is_refused('field_not_authorised'))
        for 'fields=naam&fields=geboorte', 'fields=geboorte&fields=naam', 'fields=naam,geboorte',
        'fields=naam%2Cgeboorte', 'fields=g%65boorte', 'fields=Naam';
    each_way($_, 'query', "?$_", [], is_refused('field_missing'))
        for 'x=1', 'fields', 'fields=', 'fields=naam&fields=', 'fields=naam&fields', 'xfields=naam';
    each_way($_, 'both', "?my_fields=naam&$_=geboorte", [], is_refused('fields_malformed'))
        for 'my.fields', 'my+fields', 'my[fields', 'myFields', 'my%2Efields', 'my-fields';
};

is got(), $right, 'the API has got none of all these';

subtest 'other ways to another location' => sub {
    my $forbidden = sub { my ($answer, $name) = @_; isnt $answer->{body}, "ok\n", "$name: not the API's answer" };
    for my $way (qw(rewrite try page accel ssi)) {
        my $query = $way eq 'page' ? '?fields=geboorte' : '?fields=naam';
        $forbidden->($gate->call("/p/$way/x$query", $_), "$way, $_") for '--http1.1', '--http2';
    }
    for my $way (qw(ssibody mirror auth)) {
        for my $version ('--http1.1', '--http2') {
            $gate->call("/p/$way/x", @json, $version, '--data-binary', $bad);
            $gate->call("/p/$way/x", @json, $version, '--data-binary', $bad, -H => 'Transfer-Encoding: chunked');
            $gate->call("/p/$way/x?fields=geboorte", $version);
        }
    }
    for my $version ('--http1.1', '--http2') {
        $gate->call('/p/target/x', '--request-target', '/p/target/x?fields=naam#&fields=geboorte', $version);
        $gate->call('/p/set/x?fields=geboorte', $version);
    }
    my $log = $gate->read('logs/api.log');
    unlike $log, qr{/got}, 'the API is not called there';
    is_deeply [grep { /geboorte/ && !m{/(?:ssibody|mirror|auth)/} } split /\n/, $log], [],
        'and not asked for the field elsewhere';
    like $log, qr{/p/$_/x}, "$_: the call itself is let through" for qw(accel ssi ssibody mirror);
    like $log, qr{/p/$_/x\?fields=naam HTTP}, "$_: what was judged is passed on" for qw(target set);
};

subtest 'the tool' => sub {
    my $tool = "$GGI::Nginx::BUILD/ggictl";
    my $call = '--dienst brp --method GET --path /x';
    my $from = '--toepassing zaaksysteem --gebruiker jan --functie f';
    my $dir = $gate->prefix;
    my @commands = (
        "$tool explain --profiles $dir/profielen.json --oin $GGI::Gate::OIN $call",
        "$tool functie explain --functions $dir/functies.json $from $call");
    for my $command (@commands) {
        like qx($command --fields naam.x,naam), qr/^fields: naam\.x naam\nallowed by the /m, 'agreed fields';
        like qx($command --fields naam,geboorte.datum),
            qr/^field: geboorte\.datum\nrefused: field_not_authorised \(403\)/m, 'another field';
        like qx($command --fields=), qr/^refused: field_missing \(400\)/m, 'none';
        like qx($command --fields 'na am'), qr/^refused: fields_malformed \(400\)/m, 'what is no field';
        like qx($command), qr/^the fields were not judged: --fields names them\nallowed/m, 'not judged';
        like qx($command -o json --fields naam,x), qr/"fields": \[\s*"naam",\s*"x"\s*\],\s*"field": "x",/, 'as JSON';
        my @lists = ('--always inOnderzoek,a.b', '--alias adresseringBinnenland=naam,c=d');
        like qx($command --fields inOnderzoek.x,a.b.c,adresseringBinnenland.x @lists), qr/^allowed by the /m,
            'what the source adds by itself, and gives under another name';
        like qx($command --fields $_->[0] @lists), qr/^field: \Q$_->[1]\E\nrefused: field_not_authorised/m, $_->[0]
            for ['inOnderzoek,a', 'a'], ['naam,c', 'c'], ['adresseringBinnenlandx', 'adresseringBinnenlandx'];
        like qx($command --fields naam --always '$_' 2>&1),
            qr/ --always: expected FIELD,\.\.\., and not ".*" as the path/,
            "--always '$_'" for 'a,', ',a', 'a=b', 'a b';
        like qx($command --fields naam --alias '$_' 2>&1),
            qr/ --alias: expected FIELD=FIELD,\.\.\., and not ".*" as the/,
            "--alias '$_'" for 'a', 'a=', '=a', 'a=b,', 'a=b=c';
        like qx($command --always a 2>&1), qr/ --always is for the fields that --fields names/, '--always alone';
        like qx($command --method PUT --fields x), qr/^refused: method_not_authorised/m, 'after what comes before';
    }

    $gate->call('/p/query/999993653?fields=naam,naam.x');
    my $log = "$dir/logs/audit.jsonl";
    like qx($tool audit query --path '/p/query/*' --decision allowed $log), qr/ allowed .*  velden naam,naam\.x$/m,
        'the log shows what was asked for';
    like qx($tool audit export --as verwerkingenlogging $log),
        qr/"verwerkteSoortenGegevens":\s*\[\{"soortGegeven":\s*"naam"\},\s*\{"soortGegeven":\s*"naam\.x"\}\]/,
        'as kinds of data';
};

$gate->stop;

# Where velden are agreed on, a location says where fields are asked for, or that all may be given.
my $plain = '{ "methoden": ["GET"], "paden": ["/**"], "doelbindingen": ["BRPACT-AlgemeneTaken"] }';
my %two = (
    profiles => qq([{ "oin": "$GGI::Gate::OIN", "versie": 7, "diensten": { "brp": $agreed, "brp2": $plain,
        "brp3": @{[ $agreed =~ s/naam/*/r ]} } }]),
    functions =>
        qq([{ "toepassing": "zaaksysteem", "versie": 3, "functies": { "f": { "diensten": { "brp": $agreed } } } }]),
);
my $unsaid = qr/"velden" in an agreement, and its location does not say where .*ggi_levering_fields.*nginx\.conf:\d+/;

sub locations {
    my %texts = @_;
    return join "\n", map {"location $_ { ggi_dienst $texts{$_} proxy_pass http://api; }"} sort keys %texts;
}

subtest 'a location that does not say where fields are asked for' => sub {
    my $other = GGI::Gate->new(
        %two,
        allow_errors => [qr/"velden" are agreed on for dienst "brp"/],
        locations => locations(
            '/p/' => 'brp;',
            '/p/off/' => 'brp; ggi_levering off;', '/p/fields-off/' => 'brp; ggi_levering_fields off;',
            '/p/observe/' => 'brp; ggi_levering observe;', '/p/said/' => 'brp; ggi_levering_fields query=fields;',
            '/p/brp2/' => 'brp2;', '/p/brp3/' => 'brp3;', '/a/' => 'brp role=afnemer;'))->start;
    for my $path ('/p/x', '/a/x') {
        my $answer = $other->call($path, @inside);
        refused($answer, 503, 'fields_unavailable', $path);
    }
    allowed($other->call("/p/$_"), $_)
        for 'off/x', 'fields-off/x', 'observe/x', 'said/x?fields=naam', 'brp2/x', 'brp3/x';
    my @warnings = grep {/velden/} GGI::Nginx::warnings_in($other->read('logs/error.log'));
    is scalar(grep {/$unsaid/} @warnings), 3, 'nginx -t warns of the three';
    like $other->read('logs/error.log'), qr/\[error\].*does not say where calls ask for fields: give it "ggi_lev/,
        'the error log says what to do';
    $other->stop;
};

subtest 'without the module' => sub {
    my $other = GGI::Gate->new(
        %two,
        allow_errors => [qr/levering_module\.so is not loaded/, qr/could not judge a call/],
        modules => [map {"ngx_http_ggi_${_}_module"} qw(dienst netwerk pkio autorisatie functie doelbinding audit)],
        locations => locations('/p/' => 'brp;', '/p/off/' => 'brp; ggi_levering off;', '/p/brp2/' => 'brp2;'))->start;
    refused($other->call('/p/x'), 503, 'fields_unavailable', 'velden');
    allowed($other->call("/p/$_/x"), $_) for qw(off brp2);
    is scalar(grep { /$unsaid/ && /load ngx_http_ggi_lev/ } GGI::Nginx::warnings_in($other->read('logs/error.log'))),
        1, 'nginx -t warns';
    $other->stop;
};

for (
    ['ggi_autorisatie', 'brp; ggi_autorisatie off; ggi_levering_fields body=fields;'],
    ['ggi_functie', 'brp role=afnemer; ggi_functie off; ggi_levering_fields query=fields;'],
    ['ggi_autorisatie', 'brp; ggi_autorisatie off; ggi_levering observe; ggi_levering_fields body=fields;']
) {
    my ($needed, $text) = @$_;
    my $place = qr/"brp" has gate ggi_levering on, which needs "$needed on;" .*or "ggi_levering off;" in .*conf:\d+/;
    my ($good, $said) = GGI::Gate->new(%two, locations => locations('/' => $text))->test_configuration;
    like $said, $place, "refused: $text";
    ok !$good, 'nginx -t fails';
    ($good, $said) = GGI::Gate->new(
        %two,
        locations => locations('/' => $text =~ s/ggi_levering observe;//r =~ s/$/ ggi_levering off;/r)
    )->test_configuration;
    ok $good, 'not where the gate is off' or diag $said;
}

done_testing;
