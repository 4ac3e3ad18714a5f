# SPDX-License-Identifier: EUPL-1.2
# Subrequests (SSI, mirror, auth_request) and post_action: none is a way to a location of the dienst that would refuse
# the call.
use strict;
use warnings;

use Test::More;
use Time::HiRes qw(sleep);

use GGI::Audit qw(decisions completions verdicts summary);
use GGI::Curl qw(curl);
use GGI::Gate;
use GGI::Problem qw(allowed refused);
use GGI::RawApi;
use GGI::Redis;

my $pki = GGI::Pki->new;
my $oin = $GGI::Gate::OIN;
my $other = '00000099823288444000';    # of a prefix that is no OIN's, but where a location says so
my $dienst =
    '"methoden":["GET","POST"],"paden":["/brp/publiek","/brp/publiek/**"],"doelbindingen":["BRPACT-AlgemeneTaken"]';
my $profiles = join ',', map {qq({"oin":"$_","versie":1,"diensten":{"brp":{$dienst}}})} $oin, $other;

# Each is stricter than /brp/publiek/ in one thing, for the call that is made below.
my %stricter = (
    policy => 'ggi_pkio_policy 1.2.3.4;',
    prefix => '',
    netwerk => 'ggi_netwerk nowhere;',
    claim => 'ggi_doelbinding_header X-Ander;',
    verwerking => 'ggi_doelbinding_verwerking_header X-Ander-Verwerking;',
    origin => 'ggi_dienst_origin_header X-Namens;',
    niveau => 'ggi_doelbinding_niveau hoog;',
);
my $strict = join '',
    map {"location /brp/publiek/$_/ { ggi_dienst brp; $stricter{$_} proxy_pass http://api; }\n"} sort keys %stricter;
my $ways = join '', map { my $to = "/brp/publiek/$_/x"; <<"CONF" } sort keys %stricter;
    location /brp/publiek/mirror-$_/ {
        ggi_dienst brp;
        ggi_pkio_oin_prefix 00000099;
        mirror $to;
        proxy_pass http://api;
    }
    location /brp/publiek/auth-$_/ {
        ggi_dienst brp;
        ggi_pkio_oin_prefix 00000099;
        auth_request $to;
        proxy_pass http://api;
    }
    location /brp/publiek/after-$_/ {
        ggi_dienst brp;
        ggi_pkio_oin_prefix 00000099;
        post_action $to;
        proxy_pass http://api;
    }
CONF
my %conf = (
    pki => $pki,
    api => q[location ~ /ssi { default_type text/html; return 200 '[<!--# include virtual="$arg_u" -->]'; }],
    networks => ['10.0.0.0/8,nowhere'],
    more => 'log_format api "$request $http_x_origin_oin $http_x_namens";',
    api_format => 'api',
    locations => <<"CONF");
        $ways$strict
        location /brp/ { ggi_dienst brp; ggi_pkio_oin_prefix 00000099; ssi on; proxy_pass http://api; }
        location = /to-mirror { internal; ggi_dienst brp; proxy_pass http://api\$request_uri; }
        location = /to-auth { internal; ggi_dienst brp; proxy_pass http://api/auth; }
        location = /open { ggi_dienst off; proxy_pass http://api/open; }
        location /brp/publiek/legitimate/ {
            ggi_dienst brp;
            mirror /to-mirror;
            auth_request /to-auth;
            proxy_pass http://api;
        }
        location /brp/publiek/opened/ { ggi_dienst brp; mirror /open; auth_request /open; proxy_pass http://api; }
        location /brp/publiek/inner/ {
            ggi_dienst brp;
            ssi on;
            proxy_pass http://api;
            location /brp/publiek/inner/hidden/ { internal; proxy_pass http://api/hidden/; }
        }
        location /other/ { ggi_dienst brp2; proxy_pass http://api; }
        location /page/ { ggi_dienst off; ssi on; proxy_pass http://api; }
        location /asked/ { ggi_dienst off; auth_request /to-auth; proxy_pass http://api; }
        location /hidden/ { internal; ggi_dienst brp; proxy_pass http://api; }
        location /brp/publiek/after-lax/ { ggi_dienst brp; post_action /brp/lax/x; proxy_pass http://api; }
        location /brp/lax/ { ggi_dienst brp; $GGI::Gate::OPEN proxy_pass http://api; }
        location /brp/publiek/itself/ {
            ggi_dienst brp;
            error_page 404 = /brp/publiek/itself/again;
            proxy_intercept_errors on;
            post_action /brp/publiek/itself/after;
            proxy_pass http://127.0.0.1:%%PORT9%%;
        }
CONF

# What the API has got since the last question: "METHOD path", sorted. Subrequests in the background may take a moment.
my $seen = 0;
sub api_got {
    my ($gate, $n) = @_;
    my $text;
    $gate->wait_for(
        sub { $text = substr $gate->read('logs/api.log'), $seen; return ($text =~ tr/\n//) >= $n },
        "$n calls at the API");
    sleep 0.2 if $n < 2;
    $text = substr $gate->read('logs/api.log'), $seen;
    $seen += length $text;
    return [sort map {s/ HTTP.*//r} split /\n/, $text];
}

my $gate = GGI::Gate->new(%conf, profiles => "[$profiles]")->start;
my @certificate = $pki->client('prefix', '--oin', $other);
my @headers = (-H => 'X-Namens: 00000001002564440000', -H => "X-Ander-Verwerking: a\x01b");

for my $name (sort keys %stricter) {
    subtest "a location that is stricter in: $name" => sub {
        my @as = (
            $name eq 'prefix' ? @certificate : $pki->client('caller', '--oin', $oin), -H => $GGI::Gate::CLAIM,
            $name eq 'origin' ? @headers[0, 1] : $name eq 'verwerking' ? @headers[2, 3] : ());
        is curl($gate->https("/brp/publiek/$name/x"), @as)->{status},
            $name =~ /^(?:claim|verwerking|niveau)$/ ? 400 : 403, 'refuses the call itself';
        is_deeply api_got($gate, 0), [], 'which the API does not see';

        my $answer = curl($gate->https("/brp/publiek/ssi?u=/brp/publiek/$name/x"), @as);
        is $answer->{status}, 200, 'SSI: the page';
        unlike $answer->{body}, qr/ok/, 'does not have what it includes';
        is_deeply api_got($gate, 1), ["GET /brp/publiek/ssi?u=/brp/publiek/$name/x"], 'which the API was not asked for';

        is curl($gate->https("/brp/publiek/mirror-$name/x"), @as)->{status}, 200, 'mirror: the call';
        is_deeply api_got($gate, 1), ["GET /brp/publiek/mirror-$name/x"], 'is not mirrored';

        is curl($gate->https("/brp/publiek/auth-$name/x"), @as)->{status}, 403, 'auth_request: refused';
        is_deeply api_got($gate, 0), [], 'the API sees neither';

        is curl($gate->https("/brp/publiek/after-$name/x"), @as)->{status}, 200, 'post_action: the call';
        is_deeply api_got($gate, 1), ["GET /brp/publiek/after-$name/x"], 'has no action after it';
    };
}

subtest 'after a refused call' => sub {
    $gate->mark;
    refused(curl($gate->https("/brp/publiek/after-$_/x"), $pki->anonymous), 403, 'certificate_missing', "the call ($_)")
        for qw(policy lax);
    is_deeply api_got($gate, 0), [], 'no post_action, be its location stricter or not';
    is_deeply [verdicts($gate->since(2, 0))], [('certificate_missing') x 2], 'one record each';
    is scalar(my @none = completions($gate->since(2, 0))), 0, 'of a refusal';
};

subtest 'the method and the path of what an answer includes' => sub {
    for my $path ('/brp/geheim', '/hidden/x', '/brp/publiek/../geheim') {
        my $answer = $gate->call("/brp/publiek/ssi?u=$path");
        unlike $answer->{body}, qr/ok/, "$path is not included";
        is_deeply api_got($gate, 1), ["GET /brp/publiek/ssi?u=$path"], 'nor asked for';
    }
    like $gate->call('/brp/publiek/ssi?u=/brp/publiek/1')->{body}, qr/ok/, 'a path that the profile has is included';
    is_deeply api_got($gate, 2), ['GET /brp/publiek/1', 'GET /brp/publiek/ssi?u=/brp/publiek/1'], 'and asked for';
    like $gate->read('logs/error.log'), qr/subrequest to dienst "brp" refused: path_not_authorised/,
        'the error log names the reason';
};

# What the decisions of a text say, without those that were allowed: "dienst METHOD path reason status".
sub refusals {
    return [sort grep { !/ allowed\z/ } @{ summary(@_) }];
}

subtest 'a subrequest that is refused is recorded' => sub {
    $gate->mark;
    $gate->call('/brp/publiek/ssi?u=/brp/geheim');
    my $text = $gate->since(2, 1);
    is_deeply refusals($text), ['brp GET /brp/geheim path_not_authorised 403'], 'SSI';
    my ($refusal) = grep { !$_->{body}{'adl.core.response'}{decision} } decisions($text);
    my ($call) = grep { $_->{body}{'adl.core.response'}{decision} } decisions($text);
    is $refusal->{trace_id}, $call->{trace_id}, 'in the trace of its call';
    is $refusal->{parent_span_id}, $call->{span_id}, 'in a span below that of the call';
    is $refusal->{attributes}{'ggi.subrequest'}, JSON::PP::true, 'as what it is';
    ok !exists $call->{attributes}{'ggi.subrequest'}, 'which the call is not';
    is $refusal->{body}{'adl.core.request'}{subject}{id}, $oin, 'with its caller';
    is scalar(my @ends = completions($text)), 1, 'the call alone is completed';

    for my $case (['mirror-policy', 'a mirror', 2, 1], ['auth-policy', 'auth_request', 2, 1]) {
        my ($path, $name, @n) = @$case;
        $gate->mark;
        $gate->call("/brp/publiek/$path/x");
        is_deeply refusals($gate->since(@n)), ['brp GET /brp/publiek/policy/x certificate_policy_not_allowed 403'],
            $name;
    }

    $gate->mark;
    $gate->call('/brp/publiek/ssi?u=/other/x');
    is_deeply refusals($gate->since(2, 1)), ['brp2 GET /other/x request_rejected 403'],
        'one to a dienst that the call was not admitted to';
    $gate->mark;
    like curl($gate->https('/page/ssi?u=/brp/publiek/1'), $pki->anonymous)->{body}, qr/\[/,
        'a page outside of a dienst';
    $text = $gate->since(1, 0);
    is_deeply refusals($text), ['brp GET /brp/publiek/1 request_rejected 403'], 'one of a request that is no call';
    is scalar(my @all = decisions($text)), 1, 'which has no record itself';
    $gate->mark;
    is curl($gate->https('/asked/x'), $pki->anonymous)->{status}, 403, 'auth_request of a location without a dienst';
    is_deeply refusals($gate->since(1, 0)), ['brp GET /to-auth request_rejected 403'],
        'one to an internal location has the method and path of the subrequest, since there is no call';
    $gate->counts_what_it_records('the metrics have counted each');
    is scalar(@{ api_got($gate, 4) }), 4, 'the API has seen the calls, and no subrequest';
};

subtest 'what is let in still' => sub {
    allowed(
        $gate->call('/brp/publiek/legitimate/x?y=1', -d => 'z'),
        'mirror and auth_request to internal locations of the dienst');
    is_deeply api_got($gate, 3),
        ['GET /auth', 'POST /brp/publiek/legitimate/x?y=1', 'POST /brp/publiek/legitimate/x?y=1'], 'reach the API';
    allowed($gate->call('/brp/publiek/opened/x'), 'to a location without a dienst');
    is_deeply api_got($gate, 3), ['GET /brp/publiek/opened/x', 'GET /open', 'GET /open'], 'reach it';
    my @lines = grep {/legitimate/} split /\n/, $gate->read('logs/api.log');
    is scalar(grep {/ $oin -$/} @lines), 2, 'with the established OIN';
};

subtest 'a location that leads to itself' => sub {
    my $api = GGI::RawApi->new($gate->port(9), $gate->prefix . '/api.raw', '404 Not Found');
    $gate->call('/brp/publiek/itself/x', -H => 'X-Origin-OIN:');
    my @requests;
    $gate->wait_for(sub { push @requests, $api->requests; return @requests >= 5 }, 'the calls at the API');
    like $requests[0], qr{\AGET /brp/publiek/itself/x }, 'passes the call on';
    ok scalar(grep {m{\AGET /brp/publiek/itself/again }} @requests), 'again for the error page';
    ok scalar(grep {m{\AGET /brp/publiek/itself/after }} @requests), 'and for the action after it';
    for my $name (qw(traceparent Fsc-Transaction-Id X-Origin-OIN)) {
        is_deeply [map { scalar(() = /^$name:/mg) } @requests], [(1) x @requests], "with one $name each time";
    }
};
$gate->stop;

subtest 'with a profile that has to be asked for again' => sub {
    my $redis = GGI::Redis->new;
    $seen = 0;
    $redis->cli('set', "ggi:profiel:$oin", qq({"oin":"$oin","versie":1,"diensten":{"brp":{$dienst}}}));
    my $from_redis = GGI::Gate->new(redis => $redis->url, %conf, zone => 'profielen:1m ttl=1ms')->start;
    for (1 .. 20) {
        like $from_redis->call('/brp/publiek/ssi?u=/brp/publiek/1')->{body}, qr/ok/, 'included';
    }
    cmp_ok $redis->calls('get'), '>', 20, 'for which the subrequest waits';
    unlike $from_redis->call('/brp/publiek/ssi?u=/brp/geheim')->{body}, qr/ok/, 'not included';
    is_deeply [grep {/geheim$/} @{ api_got($from_redis, 41) }], ['GET /brp/publiek/ssi?u=/brp/geheim'], 'nor asked for';
    allowed($from_redis->call('/brp/publiek/legitimate/x'), 'mirror and auth_request');
    is scalar(@{ api_got($from_redis, 3) }), 3, 'reach the API';
    $from_redis->stop;
};

done_testing;
