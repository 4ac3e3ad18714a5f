# SPDX-License-Identifier: EUPL-1.2
# Certificates that nginx refuses in the handshake: the same answer and record as from the gate, where there is a
# dienst.
use strict;
use warnings;

use POSIX qw(strftime);
use Test::More;

use GGI::Audit qw(decisions verdicts);
use GGI::Curl qw(curl);
use GGI::Gate;
use GGI::Problem qw(allowed refused);

sub day { return strftime('%Y%m%d%H%M%SZ', gmtime(time + 86400 * $_[0])) }

my $pki = GGI::Pki->new;
my $stranger = GGI::Pki->new;
my $oin = $GGI::Gate::OIN;
my @server = ($pki->dir . '/roots.pem');
my %bad = (
    'an unknown root' => ['certificate_untrusted', $stranger->leaf('strange', '--oin', $oin)],
    'self-signed' => ['certificate_untrusted', $pki->leaf('self', '--oin', $oin, '--ca', 'self')],
    'for servers only' => ['certificate_untrusted', $pki->leaf('usage', '--oin', $oin, '--usage', 'serverAuth')],
    'expired' =>
        ['certificate_expired', $pki->leaf('expired', '--oin', $oin, '--not-before', day(-10), '--not-after', day(-1))],
    'not valid yet' =>
        ['certificate_expired', $pki->leaf('early', '--oin', $oin, '--not-before', day(1), '--not-after', day(2))],
);
my %leaf = map { $_ => [$pki->anonymous, '--cert', "$bad{$_}[1].pem", '--key', "$bad{$_}[1].key"] } keys %bad;

my $locations = <<'CONF';
        error_page 404 /missing.html;
        if ($arg_back) {
            return 200 back-door;
        }
        rewrite ^/rewritten/(.*)$ /brp/$1 last;
        location /brp/ {
            ggi_dienst brp;
            proxy_pass http://api;
        }
        location = /brp/returned {
            ggi_dienst brp;
            return 200 'back door';
        }
        location /observe/ {
            ggi_dienst brp;
            ggi_pkio observe;
            proxy_pass http://api;
        }
        location /off/ {
            ggi_dienst brp;
            ggi_pkio off;
            proxy_pass http://api;
        }
        location /plain/ {
            return 200 plain;
        }
        location /own/ {
            error_page 495 496 = @own;
            root %%PREFIX%%;
        }
        location @own {
            return 418;
        }
CONF

my $gate = GGI::Gate->new(pki => $pki, locations => $locations)->start;

for my $protocol ('--http1.1', '--http2') {
    for my $name (sort keys %bad) {
        $gate->mark;
        refused($gate->call('/brp/x', { as => $leaf{$name} }, $protocol), 403, $bad{$name}[0], "$name, $protocol");
        my ($decision, @more) = decisions($gate->since(1, 0));
        is $decision->{body}{'adl.core.response'}{context}{reason}, $bad{$name}[0], 'recorded as that';
        is $decision->{body}{'adl.core.request'}{resource}{id}, 'brp', 'with the dienst';
        is $decision->{body}{'adl.core.request'}{subject}{id}, 'unknown', 'but not the OIN, which is not trusted';
        is scalar @more, 0, 'once';
    }
}

subtest 'methods and bodies' => sub {
    my $expired = $leaf{expired};
    refused($gate->call('/brp/x', { as => $expired }, $gate->body(300_000)), 403, 'certificate_expired', 'POST');
    refused(
        $gate->call('/brp/x', { as => $expired }, $gate->body(2_000_000), '-H', 'Expect:'), 403, 'certificate_expired',
        'a body that is too large');
    is $gate->call('/brp/x', { as => $expired }, '-I')->{status}, 403, 'HEAD';
};

subtest 'no way around' => sub {
    $gate->mark;
    my $expired = $leaf{expired};
    for my $path ('/brp/x?back=1', '/brp/returned', '/observe/x', '/off/x', '/rewritten/x') {
        my $answer = $gate->call($path, { as => $expired });
        unlike $answer->{body}, qr/back|ok/, "$path: $answer->{status}";
        cmp_ok $answer->{status}, '>=', 400, 'refused';
    }
    my @verdicts = verdicts($gate->since(4, 0));
    is_deeply \@verdicts, ['certificate_expired', 'certificate_expired', 'request_rejected', 'request_rejected'],
        'each is recorded where there is a dienst; where the gate does not refuse, nginx does';
    is $gate->api_calls, 0, 'the API saw nothing';
};

subtest 'elsewhere nginx answers as ever' => sub {
    $gate->mark;
    for my $path ('/plain/', '/none') {
        my $answer = $gate->call($path, { as => $leaf{expired} });
        is $answer->{status}, 400, "$path: 400";
        like $answer->{body}, qr/The SSL certificate error/, 'its own page';
    }
    is substr($gate->audit_text, $gate->{marked}), '', 'nothing is recorded';
    is $gate->call('/plain/', { as => [$pki->anonymous] })->{body}, 'plain', 'no certificate is needed there';
    is $gate->call('/none')->{status}, 404, 'the server\'s own error pages work';
};
allowed($gate->call('/brp/x'), 'a good certificate');
$gate->counts_what_it_records('ggi_status has counted what is recorded');
$gate->stop;

subtest 'ssl_verify_client on, own error pages' => sub {
    my $strict = GGI::Gate->new(
        pki => $pki,
        locations => 'error_page 495 496 /own.html; recursive_error_pages on; location = /own.html { return 200 own; }'
            . ($locations =~ s/error_page 404.*//r),
    );
    $strict->write('nginx.conf', $strict->read('nginx.conf') =~ s/ssl_verify_client optional/ssl_verify_client on/r);
    $strict->start;
    refused($strict->call('/brp/x', { as => [$pki->anonymous] }), 403, 'certificate_missing', 'no certificate');
    refused($strict->call('/brp/x', { as => $leaf{expired} }), 403, 'certificate_expired', 'expired');
    is_deeply [verdicts($strict->audit_text)], ['certificate_missing', 'certificate_expired'], 'recorded';
    is $strict->call('/plain/', { as => [$pki->anonymous] })->{body}, 'own', 'the operator\'s page elsewhere';
    allowed($strict->call('/brp/x'), 'a good certificate');
    $strict->stop;
};

subtest 'ssl_verify_client optional_no_ca' => sub {
    my $lenient = GGI::Gate->new(pki => $pki, locations => $locations);
    $lenient->write(
        'nginx.conf',
        $lenient->read('nginx.conf') =~ s/ssl_verify_client optional/ssl_verify_client optional_no_ca/r);
    $lenient->start;
    for my $name (sort keys %bad) {
        refused($lenient->call('/brp/x', { as => $leaf{$name} }), 403, $bad{$name}[0], $name);
    }
    $lenient->stop;
};

done_testing;
