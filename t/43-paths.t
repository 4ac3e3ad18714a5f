# SPDX-License-Identifier: EUPL-1.2
# Every way that a call can take through nginx: judged once for each dienst, recorded once for each decision.
use strict;
use warnings;

use Test::More;

use GGI::Audit qw(decisions completions records verdicts chains_hold);
use GGI::Curl qw(said);
use GGI::Gate;
use GGI::Problem qw(allowed refused);
use GGI::Raw qw(connect_to raw receive reset_connection taken);

my $gate = GGI::Gate->new(
    locations => <<'CONF',
        root %%PREFIX%%/html;
        location /proxy/ { ggi_dienst brp; proxy_pass http://api; }
        location /same/ { ggi_dienst brp; try_files /nothing @same; }
        location @same { ggi_dienst brp; proxy_pass http://api; }
        location /second/ { ggi_dienst brp; try_files /nothing @second; }
        location @second { ggi_dienst brp2; proxy_pass http://api; }
        location /third/ { ggi_dienst brp; try_files /nothing @third; }
        location @third { ggi_dienst brp3; proxy_pass http://api; }
        location /out/ { ggi_dienst brp; try_files /nothing /plain/x; }
        location /in/ { try_files /nothing /proxy/x; }
        location /rewritten/ { rewrite ^/rewritten/(.*)$ /proxy/$1 last; }
        location /broken-off/ { ggi_dienst brp; rewrite ^/broken-off/(.*)$ /inside/$1 break; proxy_pass http://api; }
        location /index/ { ggi_dienst brp; index page.html; }
        location /accel/ { ggi_dienst brp; proxy_pass http://api/accel/; }
        location /accelerated/ { internal; ggi_dienst brp2; proxy_pass http://api; }
        location /forbidden/ { internal; ggi_dienst brp3; proxy_pass http://api; }
        location /errors/ {
            ggi_dienst brp;
            proxy_intercept_errors on;
            error_page 500 = @second;
            error_page 404 /plain/404;
            proxy_pass http://api/errors/;
        }
        location /auth/ { ggi_dienst brp; auth_request /authorise; proxy_pass http://api; }
        location = /authorise { internal; proxy_pass http://api/authorise; }
        location /auth-dienst/ { ggi_dienst brp; auth_request /proxy/auth; proxy_pass http://api; }
        location /auth-other/ { ggi_dienst brp; auth_request /second/auth; proxy_pass http://api; }
        location /mirrored/ { ggi_dienst brp; mirror /mirror; proxy_pass http://api; }
        location = /mirror { internal; proxy_pass http://api/mirror; }
        location /satisfy/ { ggi_dienst brp; satisfy any; allow all; deny all; proxy_pass http://api; }
        location /denied/ { ggi_dienst brp; deny all; proxy_pass http://api; }
        location /limited/ { ggi_dienst brp; limit_req zone=caller; proxy_pass http://api; }
        location /return/ { ggi_dienst brp; return 204; }
        location /ssi/ { ggi_dienst brp; ssi on; ssi_types *; proxy_pass http://api/ssi/; }
        location /plain/ { return 200 "plain\n"; }
        location /down/ { ggi_dienst brp; proxy_pass http://127.0.0.1:%%PORT8%%; }
        location /odd/ {
            ggi_dienst brp;
            proxy_read_timeout 1s;
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $http_connection;
            proxy_pass http://127.0.0.1:%%PORT9%%;
        }
CONF
    odd => 1,
    more => <<'CONF',
        limit_req_zone $ggi_oin zone=caller:1m rate=1r/m;
        client_max_body_size 100m;
CONF
    api => <<'CONF',
        location /accel/ok { add_header X-Accel-Redirect /accelerated/x; return 200; }
        location /accel/forbidden { add_header X-Accel-Redirect /forbidden/x; return 200; }
        location /errors/500 { return 500; }
        location /errors/404 { return 404; }
        location /ssi/ {
            set $proxy '<!--# include virtual="/proxy/part" -->';
            set $second '<!--# include virtual="/second/part" -->';
            set $plain '<!--# include virtual="/plain/part" -->';
            return 200 '[$proxy|$second|$plain]';
        }
CONF
);
mkdir $gate->prefix . "/$_" or die for 'html', 'html/index';
$gate->write('html/index/page.html', "page\n");
$gate->port($_) for 8;
$gate->start;

# One call, [path, options of curl], and what is recorded of it. Expected is a status, decisions as [dienst, dienst
# before, allowed or reason], and a completion of the dienst "completed", or of none. What is not named is that of a
# call that is allowed.
my $brp = ['brp', '', 'allowed'];

# By the completion alone: which decision it ends, and which ones the call had before that.
sub auditor_sees_which {
    my ($text) = @_;
    my ($completion) = completions($text) or return;
    my @decisions = grep { !$_->{attributes}{'ggi.subrequest'} } decisions($text);
    my $last = $decisions[-1];
    is $completion->{parent_span_id}, $last->{span_id}, 'the completion is of the last decision';
    is $completion->{attributes}{'ggi.call.redirected_from'},
        $last->{body}{'adl.core.request'}{context}{redirected_from}, 'and says of which dienst the call came';
    is $decisions[$_]{parent_span_id}, $decisions[$_ - 1]{span_id}, 'which is that of the decision before'
        for 1 .. $#decisions;
    return;
}

sub recorded {
    my ($name, $call, %expected) = @_;
    %expected = (status => 200, decisions => [$brp], completed => 'brp', %expected);
    my ($status, $decisions, $completed) = @expected{qw(status decisions completed)};
    subtest $name => sub {
        $gate->mark;
        my $answer = $gate->call(@$call);
        is $answer->{status}, $status, 'status' or diag $answer->{body};
        my $text = $gate->since(scalar @$decisions, $completed ? 1 : 0);
        is_deeply [
            map {
                my ($request, $response) = @{ $_->{body} }{qw(adl.core.request adl.core.response)};
                [   $request->{resource}{id}, $request->{context}{redirected_from} // '',
                    $response->{decision} ? 'allowed' : $response->{context}{reason}]
            } decisions($text)],
            $decisions, 'decisions';
        is_deeply [map { [@{ $_->{attributes} }{qw(ggi.call.dienst http.response.status_code)}] } completions($text)],
            $completed ? [[$completed, $status]] : [], 'completion';
        my %spans = map { $_->{span_id} => 1 } decisions($text);
        is scalar(keys %spans), scalar @$decisions, 'a span for each decision';
        my @records = grep { $_->{trace_id} } records($text);    # of calls
        is $_->{trace_id}, $records[0]{trace_id}, 'one trace' for @records;
        auditor_sees_which($completed ? $text : '');
    };
    return;
}

# What goes from brp to another dienst.
my %allowed_there = (decisions => [$brp, ['brp2', 'brp', 'allowed']], completed => 'brp2');
my %refused_there =
    (status => 403, decisions => [$brp, ['brp3', 'brp', 'dienst_not_authorised']], completed => 'brp3');

sub refused_once { my ($reason) = @_; return (decisions => [['brp', '', $reason]], completed => undef) }

recorded('proxied', ['/proxy/x']);
recorded('try_files to the same dienst', ['/same/x']);
recorded('try_files to another dienst', ['/second/x'], %allowed_there);
recorded('try_files to a dienst that was not agreed', ['/third/x'], %refused_there);
recorded('try_files out of the dienst', ['/out/x']);
recorded('try_files into the dienst', ['/in/x']);
recorded('rewrite last', ['/rewritten/x']);
recorded('rewrite break', ['/broken-off/x']);
recorded('index', ['/index/']);
recorded('X-Accel-Redirect to another dienst', ['/accel/ok'], %allowed_there);
recorded('X-Accel-Redirect to a dienst that was not agreed', ['/accel/forbidden'], %refused_there);
recorded('error_page to another dienst', ['/errors/500'], %allowed_there, status => 500);
recorded('error_page out of the dienst', ['/errors/404'], status => 404);
recorded('auth_request elsewhere', ['/auth/x']);
recorded('auth_request in the same dienst', ['/auth-dienst/x']);
recorded(
    'auth_request in another dienst', ['/auth-other/x'],
    status => 403, decisions => [$brp, ['brp2', '', 'request_rejected']]);
recorded('mirror', ['/mirrored/x']);
recorded('satisfy any', ['/satisfy/x']);
recorded(
    'satisfy any with two claims', ['/satisfy/x', -H => 'X-Doelbinding: x'],
    status => 400, refused_once('claim_malformed'));
recorded('deny', ['/denied/x'], status => 403);
recorded('limit_req by OIN, the first', ['/limited/x']);
recorded('limit_req by OIN, the second', ['/limited/x'], status => 503);
recorded('return in the location reaches no API', ['/return/x'], status => 204, decisions => [], completed => undef);
recorded(
    'internal from outside', ['/accelerated/x'],
    status => 404, decisions => [['brp2', '', 'request_rejected']], completed => undef);
recorded('API down', ['/down/x'], status => 502);
recorded('API slow', ['/odd/hang'], status => 504);
recorded('API that closes', ['/odd/close'], status => 502);
recorded('an answer cut off', ['/odd/cut']);

subtest 'SSI' => sub {
    $gate->mark;
    my $body = allowed($gate->call('/ssi/x'), 'the page');
    like $body, qr/\A\[ok\n\|.*\|plain\n\]/s, 'may include what its own dienst gives, and what is none';
    unlike $body, qr/ok\n.*ok\n/s, 'but not another dienst';
    is_deeply [verdicts($gate->since(2, 1))], ['allowed', 'request_rejected'], 'which is refused and recorded';
};

subtest 'mirror and auth_request reach the API after the record' => sub {
    my $api = $gate->read('logs/api.log');
    like $api, qr{GET /mirror}, 'mirrored';
    like $api, qr{GET /authorise}, 'authorised';
    unlike $api, qr{/second/auth|/forbidden/|/third/}, 'what was refused did not come';
};

subtest 'upload of 10 MB' => sub {
    my @upload = ('/proxy/x', $gate->body(10_000_000));
    my @refused = (status => 403, refused_once('method_not_authorised'));
    my @waiting = ('--http1.1', '-H', 'Expect: 100-continue');
    recorded("allowed, $_", [@upload, $_]) for '--http1.1', '--http2';
    recorded("refused, $_", [@upload, '-X', 'PUT', $_], @refused) for '--http1.1', '--http2';
    recorded('100-continue, refused', [@upload, '-X', 'PUT', @waiting], @refused);
    recorded('100-continue, allowed', [@upload, @waiting]);
};

subtest 'HTTP/2 with many streams, HTTP/1.1 with keepalive' => sub {
    for my $protocol ('--http2', '--http1.1') {
        $gate->mark;
        my %codes;
        $codes{$_}++ for said($gate->begin('/proxy/[1-300]', $protocol, '--parallel', '--parallel-max', 100));
        is_deeply \%codes, { 200 => 300 }, "$protocol: answers";
        my $text = $gate->since(300, 300);
        is scalar(() = decisions($text)), 300, 'decisions';
        my %paths = map { $_->{body}{'adl.core.request'}{resource}{properties}{path} => 1 } decisions($text);
        is scalar keys %paths, 300, 'one for each call';
    }
};

subtest 'pipelining' => sub {
    my $plain = GGI::Gate->new(tls => 0, gates => [qw(doelbinding audit)])->start;
    my $request = join '', map {
        my $claim = $_ % 3 ? "$GGI::Gate::CLAIM\r\n" : '';
        "POST /p/$_ HTTP/1.1\r\nHost: x\r\n${claim}Content-Length: 5\r\n\r\nGET /"
    } 1 .. 30;
    my $answer = raw($plain->port, $request . "GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    is_deeply [$answer =~ m{HTTP/1.1 (\d+)}g], [(map { $_ % 3 ? 200 : 400 } 1 .. 30), 400],
        'each has its answer, no body is taken for a request';
    is_deeply [map { $_->{body}{'adl.core.request'}{resource}{properties}{path} } decisions($plain->since(31, 20))],
        [(map {"/p/$_"} 1 .. 30), '/last'], 'and its record, in order';
    $plain->stop;
};

subtest 'clients that go away' => sub {
    my $plain = GGI::Gate->new(
        tls => 0, gates => [qw(doelbinding audit)], odd => 1,
        locations => 'location / { ggi_dienst brp; proxy_buffering off; proxy_pass http://127.0.0.1:%%PORT9%%; }'
    )->start;
    for my $case (
        ['before the answer', '/hold', sub { $plain->since(1, 0) }],
        ['during it', '/stall', sub { receive($_[0], qr/\r\n\r\n/) }],
        ['at once', '/hold', sub { taken($_[0]) }],
        ['after it', '/echo', sub { $plain->since(1, 1) }],
    ) {
        my ($name, $path, $wait) = @$case;
        $plain->mark;
        my $socket = connect_to($plain->port);
        syswrite $socket, "GET $path HTTP/1.1\r\nHost: x\r\n$GGI::Gate::CLAIM\r\n\r\n";
        $wait->($socket);
        reset_connection($socket);
        my $text = $plain->since(1, 1);
        is scalar(my @all = grep { $_->{trace_id} } records($text)), 2, "$name: one decision, one completion";
        my ($completion) = completions($text);
        is $completion->{attributes}{'error.type'}, $path eq '/echo' ? undef : 'client_aborted', "$name: aborted"
            or diag $text;
    }
    $plain->mark;
    my $socket = connect_to($plain->port);
    syswrite $socket, "GET /late HTTP/1.1\r\nHost: x\r\n$GGI::Gate::CLAIM\r\n\r\n";
    shutdown $socket, 1;
    is scalar(my @all = records($plain->since(1, 1))), 2, 'half-closed: one decision, one completion';
    $plain->stop;
};

subtest 'upgrade' => sub {
    my $plain = GGI::Gate->new(
        tls => 0, gates => [qw(doelbinding audit)], odd => 1,
        locations => <<'CONF');
        location / {
            ggi_dienst brp;
            ggi_dienst_upgrade on;
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $http_connection;
            proxy_pass http://127.0.0.1:%%PORT9%%;
        }
CONF
    $plain->start;
    my $socket = connect_to($plain->port);
    syswrite $socket,
        "GET /upgrade HTTP/1.1\r\nHost: x\r\n$GGI::Gate::CLAIM\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";
    like receive($socket, qr/\r\n\r\n/), qr{HTTP/1.1 101}, 'switches';
    is scalar(my @decision = decisions($plain->since(1, 0))), 1, 'the decision is there';
    syswrite $socket, 'hello';
    is receive($socket, qr/hello/), 'echo hello', 'talks';
    close $socket;
    is_deeply [map { $_->{attributes}{'http.response.status_code'} } completions($plain->since(1, 1))], [101],
        'completed at its end';
    $plain->stop;
};

chains_hold($gate->audit_text, 'the chain holds');
$gate->counts_what_it_records('ggi_status has counted what is recorded');
$gate->stop;
done_testing;
