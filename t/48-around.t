# SPDX-License-Identifier: EUPL-1.2
# Attempts to get around a gate, or the record, by ways that nginx offers.
use strict;
use warnings;

use Test::More;
use Time::HiRes qw(sleep);

use GGI::Audit qw(records decisions completions summary chains_hold);
use GGI::Disk;
use GGI::Gate;
use GGI::Problem qw(allowed refused);
use GGI::Raw qw(connect_to raw);

my $pki = GGI::Pki->new;
my $oin = $GGI::Gate::OIN;
my @anonymous = $pki->anonymous;

subtest 'from a lax location of a dienst to a strict one' => sub {
    my $lax = $GGI::Gate::OPEN;
    my $gate = GGI::Gate->new(
        pki => $pki, listen => 'listen 127.0.0.1:%%PORT%% ssl http2; listen 127.0.0.1:%%PORT3%%;',
        api => q{location /ssi/ { return 200 '[<!--# include virtual="/strict/x" -->]'; }},
        locations => <<"CONF");
        location /audit-off/ {
            ggi_dienst brp;
            $lax ggi_audit off;
            proxy_pass http://127.0.0.1:%%PORT8%%;
            error_page 502 504 = \@strict;
        }
        location /lax/ { ggi_dienst brp; $lax try_files /none \@strict; }
        location /body/ {
            ggi_dienst brp;
            $lax ggi_audit off;
            client_max_body_size 1k;
            error_page 400 413 = \@lax;
            proxy_pass http://api;
        }
        location \@lax { ggi_dienst brp; $lax proxy_pass http://api; }
        location /alike/ { ggi_dienst brp; try_files /none \@strict; }
        location \@strict { ggi_dienst brp; proxy_pass http://api; }
        location /ssi/ { ggi_dienst brp; $lax ssi on; ssi_types *; proxy_pass http://api/ssi/; }
        location /strict/ { ggi_dienst brp; proxy_pass http://api; }
CONF
    $gate->start;
    refused(
        $gate->call('/audit-off/x', { as => \@anonymous }), 403, 'certificate_missing',
        'error_page out of an unaudited one');
    refused(
        $gate->call('/lax/x', { as => \@anonymous }), 403, 'certificate_missing',
        'try_files out of one with gates off');
    unlike $gate->call('/ssi/x', { as => \@anonymous })->{body}, qr/ok/, 'a subrequest';
    is $gate->api_calls, 1, 'the API saw the page that includes, alone';
    is_deeply summary($gate->since(5, 2)),
        [
        'brp GET /audit-off/x certificate_missing 403', 'brp GET /lax/x allowed',
        'brp GET /lax/x certificate_missing 403', 'brp GET /ssi/x allowed',
        'brp GET /strict/x certificate_missing 403'],
        'recorded';
    $gate->mark;
    allowed($gate->call('/audit-off/x'), 'who may everywhere');
    allowed($gate->call('/alike/x'), 'gates that are alike');
    is_deeply summary($gate->since(2, 2)), ['brp GET /audit-off/x allowed', 'brp GET /alike/x allowed'],
        'one record each';

    # a body that breaks off, or is refused, after its call was let in where nothing is recorded
    for my $case (
        ['POST /body/x HTTP/1.1', 413, "Transfer-Encoding: chunked\r\n\r\n7d0\r\n" . 'x' x 2000 . "\r\n0\r\n\r\n"],
        ['POST /body/y HTTP/1.1', 400, "Transfer-Encoding: chunked\r\n\r\nnonsense\r\n"]
    ) {
        my ($line, $status, $rest) = @$case;
        $gate->mark;
        my $api = $gate->api_calls;
        raw($gate->port(3), "$line\r\nHost: localhost\r\nConnection: close\r\n$rest");
        my $text = $gate->since(1, 0);
        is_deeply summary($text), ['brp ' . ($line =~ s/ HTTP.*//r) . " request_rejected $status"],
            "$status is recorded where that leads into an audited location";
        is scalar(my @ends = completions($text)), 0, 'and nothing is completed';
        is $gate->api_calls, $api, 'the API has not seen it';
    }
    $gate->counts_what_it_records('the metrics have counted each, and what is not audited', 'brp: allowed' => 4);
    $gate->stop;
};

subtest '$request_uri is the path that was judged' => sub {
    my $profiles =
          qq([{"oin":"$oin","versie":1,"diensten":{"brp":{"methoden":["GET"],"paden":["/brp/personen"],)
        . qq("doelbindingen":["BRPACT-AlgemeneTaken"]}}}]);
    my $gate = GGI::Gate->new(pki => $pki, profiles => $profiles, odd => 1, locations => <<'CONF');
        location / {
            ggi_dienst brp;
            if ($request_uri ~ never) { return 418; }
            proxy_set_header X-Request-Uri $request_uri;
            proxy_set_header X-Organisation $http_x_origin_oin;
            if ($http_x_origin_oin ~ never) { return 418; }
            proxy_pass http://127.0.0.1:%%PORT9%%$request_uri;
        }
CONF
    $gate->start;
    for my $path ('/brp/admin/..%2fpersonen?a=%2e', '/brp/admin/%2e%2e/personen?a=%2e') {
        my $body = allowed($gate->call($path, -H => 'OIN: 99999999999999999999'), $path);
        like $body, qr{\AGET /brp/personen\?a=%2e HTTP}, 'in proxy_pass';
        like $body, qr{^X-Request-Uri: /brp/personen\?a=%2e\r$}m, 'in a header';
        like $body, qr{^X-Organisation: $oin\r$}m,
            'nor is a variable that was evaluated before the gates what the client sent';
        like $body, qr{^OIN: $oin\r$}mi, 'nor the header OIN';
    }
    $gate->stop;
};

subtest 'error pages' => sub {
    my $profiles =
          qq([{"oin":"$oin","versie":1,"diensten":{"brp":{"methoden":["GET","POST"],"paden":["/**"],)
        . qq("doelbindingen":["BRPACT-AlgemeneTaken"]},)
        . qq("brp2":{"methoden":["POST"],"paden":["/**"],"doelbindingen":["BRPACT-AlgemeneTaken"]}}}]);
    my $gate = GGI::Gate->new(
        pki => $pki, profiles => $profiles,
        server => 'client_max_body_size 1k; proxy_intercept_errors on;',
        locations => <<'CONF', api => 'location /first/404 { return 404; } location /first/500 { return 500; }');
        ggi_dienst brp;
        error_page 405 413 /pages/50x.html;
        location / { proxy_pass http://api; }
        location /first/ { error_page 404 /second/y; error_page 500 /third/y; proxy_pass http://api; }
        location /second/ { ggi_dienst brp2; proxy_pass http://api; }
        location /third/ { ggi_dienst brp3; proxy_pass http://api; }
CONF
    $gate->start;
    is $gate->call('/x', '-X', 'TRACE')->{status}, 405, 'TRACE';
    is $gate->call('/x', $gate->body(5000))->{status}, 413, 'a body that is too large';
    is_deeply summary($gate->since(2, 0)), ['brp TRACE /x request_rejected 405', 'brp POST /x request_rejected 413'],
        'recorded as they came, with nginx\'s status';
    is $gate->api_calls, 0, 'the page is no way to the API';
    $gate->mark;
    refused(
        $gate->call('/first/404', '-d', 'x'), 403, 'method_not_authorised',
        'an error page that turns POST into GET');
    refused($gate->call('/first/500'), 403, 'dienst_not_authorised', 'a refusal after an error has its own status');
    is_deeply summary($gate->since(4, 2)),
        [
        'brp POST /first/404 allowed', 'brp2 GET /second/y method_not_authorised 403', 'brp GET /first/500 allowed',
        'brp3 GET /third/y dienst_not_authorised 403'],
        'recorded';

    # the header with the caller's own OIN was added for the API of the first dienst
    for my $claim ('', $oin) {
        $gate->mark;
        $gate->call('/first/500', $claim ? (-H => "X-Origin-OIN: $claim") : ());
        is_deeply [map { $_->{body}{'adl.core.request'}{context}{origin_claimed} } decisions($gate->since(2, 1))],
            [($claim || undef) x 2],
            'what is claimed in the second dienst is what the caller sent: ' . ($claim || 'nothing');
    }
    $gate->stop;
};

subtest 'a journal without room' => sub {
    plan skip_all => $GGI::Disk::WHY if !GGI::Disk->available;
    my $disk = GGI::Disk->new(size => '64m');
    $disk->fill;
    my $gate = GGI::Gate->new(
        pki => $pki, log => $disk->path . '/log', server => 'large_client_header_buffers 8 64k;',
        allow_errors => [qr/audit/])->start;
    my @big = map { (-H => "$_: " . '"' x 1000) } qw(X-Verwerking X-Toepassing);
    my $path = '/' . '%22' x 4000;
    system 'curl', '-s', '-o', '/dev/null', '--parallel', '--parallel-max', 50, '--no-progress-meter',
        $gate->caller_options, @big, $gate->https("$path?[1-1500]");
    is $gate->api_calls, 0, 'nothing was let through';
    ok $gate->wait_for(sub { $gate->read('logs/error.log') =~ /[1-9]\d* audit records lost/ }, 'the alert'),
        'there was no room for all';
    my %alerts;
    $alerts{$_}++ for $gate->read('logs/error.log') =~ /^(\S+ \S+) \[alert\]/mg;
    is scalar(grep { $_ > 1 } values %alerts), 0, 'no more than one alert a second';
    $disk->free;
    allowed($gate->call('/first'), 'the first call afterwards');
    my $text = $gate->audit_text;
    my @records = records($text);    # 20 MB, which take long to decode
    my @gaps = grep { $_->{event_name} eq 'ggi.gap' } @records;
    my @decisions = grep { $_->{event_name} eq 'adl.access_evaluation' } @records;
    is scalar @gaps, 1, 'one record tells of those that are missing' or diag explain \@gaps;
    my $gap = $gaps[0]{attributes};
    is $gap->{'ggi.gap.records'} + @decisions, 1501, 'how many';
    cmp_ok $gap->{'ggi.gap.from'}, '<=', $gap->{'ggi.gap.to'}, 'from when to when, in milliseconds';
    cmp_ok abs($gap->{'ggi.gap.to'} / 1000 - time), '<', 300, 'of today';
    is $gap->{'ggi.gap.reason'}, 'No space left on device', 'and why';
    chains_hold($text, 'the chain goes on over it');
    is scalar(grep { GGI::Audit::verdict($_) eq 'allowed' } @decisions), 1, 'has its record';
    $gate->stop;
};

subtest 'small things' => sub {
    my $gate = GGI::Gate->new(
        pki => $pki,
        locations => <<'CONF', api => 'location /own { add_header Fsc-Transaction-Id other; return 200; }');
        location / { ggi_dienst brp; proxy_pass http://api; }
        location /observe/ { ggi_dienst brp3; ggi_autorisatie observe; proxy_pass http://api; }
CONF
    $gate->start;
    my $answer = $gate->call('/own', -H => 'Fsc-Transaction-Id: 0192a1b2-c3d4-7fff-bfff-ffffffffffff');
    is $answer->{headers}{'fsc-transaction-id'}, '0192a1b2-c3d4-7fff-bfff-ffffffffffff',
        'an allowed answer has the transaction of its call, whatever the API says';
    allowed($gate->call('/observe/x'), 'an observed profile without the dienst does not refuse the claim');
    $gate->mark;
    $gate->call('/' . 'a' x 4088 . '/123456782');
    my ($decision) = decisions($gate->since(1, 1));
    unlike $decision->{body}{'adl.core.request'}{resource}{properties}{path}, qr/\d/,
        'no part of a BSN where a path is cut';
    $gate->stop;
};

done_testing;
