# SPDX-License-Identifier: EUPL-1.2
# Every request that reaches an API for a call stands in a record: the servers that were tried, those of subrequests,
# and the background update of a cache; and an answer from a cache is recorded as one.
use strict;
use warnings;

use Test::More;
use Time::HiRes qw(sleep);

use GGI::Audit qw(completions decisions);
use GGI::Gate;

my $pki = GGI::Pki->new;
my $dead = join ' ', map {"server 127.0.0.1:%%PORT2$_%% max_fails=0;"} 1 .. 3;
my $many = join ' ', map {"server 127.0.0.$_:%%PORT21%% max_fails=0;"} 1 .. 20;
my $gate = GGI::Gate->new(
    odd => 1,
    pki => $pki,
    api => <<'CONF',
        location /cached/ {
            add_header Last-Modified "Mon, 01 Jan 2024 00:00:00 GMT";
            add_header X-Accel-Expires $lasts;
            if ($http_if_modified_since) { return 304; }
            return 200 "ok\n";
        }
        location /ssi/ {
            default_type text/html;
            return 200 '<!--# include virtual="/part/1" --><!--# include virtual="/part/2" -->';
        }
        location /lots/ { default_type text/html; return 200 '%%LOTS%%'; }
        location /500 { return 500; }
        location = /accel { add_header X-Accel-Redirect /accelerated; return 200; }
CONF
    more => <<"CONF",
    map \$arg_lasts \$lasts { '' 1; default \$arg_lasts; }    # for how many seconds a cache may keep an answer
    proxy_cache_path %%PREFIX%%/cache keys_zone=cache:1m;
    upstream retried { $dead server 127.0.0.1:%%PORT2%% backup; }
    upstream dead { $dead }
    upstream many { $many }
CONF
    locations => <<'CONF');
        ggi_dienst brp;
        location / { proxy_pass http://api; }
        location /retried/ { proxy_pass http://retried/; }
        location /dead/ { proxy_pass http://dead; }
        location /many/ { proxy_pass http://many; }
        location /cut { proxy_pass http://127.0.0.1:%%PORT9%%; }
        location /page { proxy_intercept_errors on; error_page 500 = @page; proxy_pass http://api/500; }
        location @page { proxy_pass http://api; }
        location = /accelerated { internal; proxy_pass http://api; }
        location /cached/ { proxy_cache cache; proxy_cache_key $uri$ggi_oin$ggi_doelbinding; proxy_pass http://api; }
        location /cached/revalidate {
            proxy_cache cache;
            proxy_cache_key $uri$ggi_oin$ggi_doelbinding;
            proxy_cache_revalidate on;
            proxy_pass http://api;
        }
        location /cached/update {
            proxy_cache cache;
            proxy_cache_key $uri$ggi_oin$ggi_doelbinding;
            proxy_cache_use_stale updating error;
            proxy_cache_background_update on;
            proxy_pass http://api;
        }
        location /cached/stale {
            proxy_cache cache;
            proxy_cache_key $uri$ggi_oin$ggi_doelbinding;
            proxy_cache_use_stale http_502 error;
            proxy_pass http://$arg_to;
        }
        location /ssi/ { ssi on; proxy_pass http://api; }
        location /lots/ { ssi on; proxy_pass http://api; }
        location /mirrored/ { mirror /to-mirror; mirror /elsewhere; auth_request /to-auth; proxy_pass http://api; }
        location /to-mirror { internal; proxy_pass http://retried; }
        location /mirrored-late/ { mirror /to-late; proxy_pass http://api; }
        location /to-late { internal; proxy_pass http://127.0.0.1:%%PORT9%%/late; }
        location /to-auth { internal; proxy_pass http://api; }
        location /elsewhere { internal; ggi_dienst off; proxy_pass http://api; }
        location /after/ { post_action @after; proxy_pass http://api; }
        location @after { rewrite ^ /500 break; proxy_pass http://api; }
CONF
my $lots = join '', map {qq(<!--# include virtual="/part/$_" -->)} 1 .. 40;
$gate->write('nginx.conf', $gate->read('nginx.conf') =~ s/%%LOTS%%/$lots/r);
$gate->start;
my $server = '127.0.0.1:' . $gate->port(2);
my @dead = map { '127.0.0.1:' . $gate->port("2$_") } 1 .. 3;

# The attributes of the completions of one call, that of the call itself first.
sub completed {
    my ($path, $status, $n) = @_;
    $gate->mark;
    is $gate->call($path)->{status}, $status, "$path: $status";
    my $text = $gate->since(1, $n // 1);
    sleep 0.1;
    $text = $gate->since(1, $n // 1);
    is scalar(my @decisions = decisions($text)), 1, 'one decision';
    my @completions = completions($text);
    is scalar @completions, $n // 1, 'as many completions as expected';
    my @updates = grep { $_->{attributes}{'ggi.background_update'} } @completions;
    return ((grep { !$_->{attributes}{'ggi.background_update'} } @completions), @updates);
}

# "address status" of each that was tried; their durations are numbers of seconds.
sub tried {
    my ($completion) = @_;
    my $tried = $completion->{attributes}{'ggi.upstream.tried'} or return;
    is scalar(grep { $_->{duration} !~ /^\d+\.\d{3}$/ && $_->{duration} !~ /^\d+(?:\.\d+)?$/ } @$tried), 0,
        'each took some seconds';
    return [map { join ' ', $_->{address}, $_->{status} // '-', $_->{subrequest} ? 'subrequest' : () } @$tried];
}

subtest 'servers that were tried' => sub {
    my ($one) = completed('/x', 200);
    is $one->{attributes}{'ggi.upstream.tried'}, undef, 'no list of one';
    my ($retried) = completed('/retried/x', 200);
    is_deeply [sort @{ tried($retried) }[0 .. 2]], [sort map {"$_ 502"} @dead], 'those that did not answer';
    is tried($retried)->[3], "$server 200", 'then that which did';
    is $retried->{attributes}{'server.address'}, $server, 'which is the server of the call';
    is $retried->{attributes}{'ggi.upstream.tried_more'}, undef, 'all are listed';
    is scalar @{ tried((completed('/dead/x', 502))[0]) }, 3, 'where none answers';
    my ($many) = completed('/many/x', 502);
    is scalar @{ tried($many) }, 16, 'at most 16 are listed';
    is $many->{attributes}{'ggi.upstream.tried_more'}, 4, 'and the others counted';
    is_deeply tried((completed('/page', 200))[0]), ["$server 500", "$server 200"], 'the one before an error_page too';
    is_deeply tried((completed('/accel', 200))[0]), ["$server 200", "$server 200"],
        'and the one before an X-Accel-Redirect';
};

subtest 'subrequests' => sub {
    is_deeply tried((completed('/ssi/x', 200))[0]), ["$server 200", ("$server 200 subrequest") x 2], 'SSI';
    my ($mirrored) = completed('/mirrored/x', 200);
    my @tried = @{ tried($mirrored) };
    is $tried[0], "$server 200", 'the call';
    is scalar(grep {/subrequest/} @tried), 5,
        'auth_request, and a mirror with three servers before that which answered; none outside of the dienst';
    my ($lots) = completed('/lots/x', 200);
    is_deeply [scalar @{ tried($lots) }, $lots->{attributes}{'ggi.upstream.tried_more'}], [16, 25], 'many';
};

subtest 'a mirror that takes longer than the call' => sub {
    for my $version ('--http1.1', '--http2') {
        $gate->mark;
        is $gate->call('/mirrored-late/x', $version)->{status}, 200, "$version: the client has its answer, and goes";
        my ($completion) = completions($gate->since(1, 1));
        is $completion->{attributes}{'error.type'}, undef, "$version: it did not break the call off";
        is_deeply [map { $_->{subrequest} ? 1 : 0 } @{ $completion->{attributes}{'ggi.upstream.tried'} }], [0, 1],
            "$version: both are listed";
    }
};

subtest 'post_action' => sub {
    my ($after) = completed('/after/x', 200);
    is_deeply tried($after), ["$server 200", "$server 500"], 'is listed';
    is $after->{attributes}{'http.response.status_code'}, 200, 'the status is that of the answer';
};

subtest 'a cache' => sub {
    my $cache = sub { return [@{ $_[0]{attributes} }{qw(ggi.from_cache ggi.cache_status)}] };
    my ($first) = completed('/cached/x?lasts=600', 200);
    is_deeply $cache->($first), [undef, undef], 'not from the cache';
    is $first->{attributes}{'server.address'}, $server, 'but from the API';
    my ($second) = completed('/cached/x?lasts=600', 200);
    is_deeply $cache->($second), [JSON::PP::true, 'HIT'], 'from the cache';
    is $second->{attributes}{'server.address'}, undef, 'the API did not see it';

    completed('/cached/revalidate', 200);
    completed('/cached/update', 200);
    completed("/cached/stale?to=$server", 200);
    sleep 2.1;
    my ($revalidated) = completed('/cached/revalidate', 200);
    is_deeply $cache->($revalidated), [JSON::PP::true, 'REVALIDATED'], 'the API said that it is still good';
    is_deeply [@{ $revalidated->{attributes} }{qw(server.address ggi.upstream.status_code)}], [$server, 304],
        'as is recorded';
    my ($stale) = completed("/cached/stale?to=$dead[0]", 200);
    is_deeply $cache->($stale), [JSON::PP::true, 'STALE'], 'the API is down';
    is $stale->{attributes}{'ggi.upstream.status_code'}, 502, 'as is recorded';

    my ($answered, $update) = completed('/cached/update?lasts=600', 200, 2);
    is_deeply $cache->($answered), [JSON::PP::true, 'STALE'], 'a stale answer';
    is_deeply [@{ $answered->{attributes} }{qw(server.address ggi.background_update)}], [undef, undef],
        'for which the API was not asked';
    is $update->{attributes}{'ggi.background_update'}, JSON::PP::true, 'and the update of the cache';
    is_deeply [@{ $update->{attributes} }{qw(server.address http.response.status_code ggi.upstream.status_code)}],
        [$server, 200, 200], 'for which it was';
    is $update->{trace_id}, $answered->{trace_id}, 'in the same trace';
    is $update->{parent_span_id}, $answered->{span_id}, 'below the call';
    isnt $update->{span_id}, $answered->{span_id}, 'with a span of its own';
    is $update->{attributes}{'ggi.transaction_id'}, $answered->{attributes}{'ggi.transaction_id'},
        'in the same transaction';
    is_deeply $cache->((completed('/cached/update', 200))[0]), [JSON::PP::true, 'HIT'],
        'after which the cache is fresh';
};

my $completions = () = completions($gate->audit_text);
my $updates = grep { $_->{attributes}{'ggi.background_update'} } completions($gate->audit_text);
is $completions - $updates, scalar(() = decisions($gate->audit_text)),
    'one completion for each call, and those of updates besides';
$gate->stop;
done_testing;
