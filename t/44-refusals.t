# SPDX-License-Identifier: EUPL-1.2
# What a refusal looks like: form, language, contact, HEAD, Retry-After, and the connection after it.
use strict;
use warnings;

use JSON::PP;
use Test::More;

use GGI::Audit ();
use GGI::Curl qw(curl);
use GGI::Disk;
use GGI::Gate;
use GGI::H2 ();

my $gate = GGI::Gate->new(
    locations => <<'CONF',
        location / { ggi_dienst brp; proxy_pass http://api; }
        location /down { ggi_dienst brp; ggi_netwerk nowhere; proxy_pass http://api; }
        location /own-page { error_page 403 /page; ggi_dienst brp; proxy_pass http://api; }
        location /page { return 200 page; }
CONF
    more => 'ggi_dienst_contact https://ggi.example.nl/hulp?a=1&b=2;',
    networks => ['10.0.0.0/8,nowhere'],
);
$gate->start;

# A call that lacks its claim, made by the agreed caller.
sub refusal {
    my ($path, @options) = @_;
    return curl($gate->https($path), $gate->{pki}->client('caller', '--oin', $GGI::Gate::OIN), @options);
}

subtest 'JSON' => sub {
    my $answer = refusal('/');
    is $answer->{status}, 400;
    my $problem = decode_json($answer->{body});
    is_deeply [sort keys %$problem], [qw(detail instance status title type)], 'members';
    is $answer->{headers}{'content-language'}, 'en';
    like $problem->{detail}, qr{Send the .* Questions go to https://ggi\.example\.nl/hulp\?a=1&b=2$},
        'what to do, and to whom to turn';
    is $answer->{headers}{'cache-control'}, 'no-store';
    is $answer->{headers}{'retry-after'}, undef, 'no Retry-After: it would be refused again';
};

subtest 'Dutch' => sub {
    my $answer = refusal('/', -H => 'Accept-Language: nl-NL,nl;q=0.9,en;q=0.8');
    my $problem = decode_json($answer->{body});
    is $answer->{headers}{'content-language'}, 'nl';
    is $problem->{title}, 'Geen doelbinding';
    is refusal('/', -H => 'Accept-Language: en;q=0.1', -H => 'Accept-Language: nl')->{headers}{'content-language'},
        'nl', 'in the second of two headers';
    like $problem->{detail}, qr{^De aanroep noemt geen doelbinding\. .* Vragen kunt u stellen aan https://ggi};
};

for my $case (
    ['1.1', 'text/xml; charset=utf-8', 'http://schemas.xmlsoap.org/soap/envelope/', 'Client'],
    ['1.2', 'application/soap+xml; charset=utf-8', 'http://www.w3.org/2003/05/soap-envelope', 'Sender']
) {
    my ($version, $type, $namespace, $code) = @$case;
    subtest "SOAP $version" => sub {
        my $answer = refusal('/', -H => "Content-Type: $type", -H => 'Accept-Language: nl', '-d', '<Envelope/>');
        is $answer->{status}, 400, 'status as of any refusal';
        is $answer->{headers}{'content-type'}, $type, 'media type';
        like $answer->{body}, qr/\Q$namespace\E/, 'namespace';
        like $answer->{body}, qr/>soap:$code</, 'code';
        like $answer->{body}, qr{<type>urn:ggi:problem:claim_missing</type>}, 'reason';
        like $answer->{body}, qr{xml:lang="nl">Geen doelbinding<}, 'in Dutch';
        like $answer->{body}, qr{hulp\?a=1&amp;b=2}, 'contact, escaped';
        like $answer->{body}, qr{<instance>urn:uuid:$answer->{headers}{'fsc-transaction-id'}</instance>}, 'instance';
        $gate->write('fault.xml', $answer->{body} =~ s/%%//gr);
        my $path = $gate->prefix . '/fault.xml';
        my $parse = 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1]); print("well-formed")';
        is qx(python3 -c '$parse' $path 2>&1), "well-formed\n", 'well-formed XML'
            if qx(python3 -c 'import xml.dom.minidom' 2>&1) eq '';
    };
}

subtest 'gRPC' => sub {
    my $problem = GGI::Gate->new(
        pki => $gate->{pki},
        listen => 'listen 127.0.0.1:%%PORT%% ssl http2; listen 127.0.0.1:%%PORT3%% http2;', locations => <<'CONF');
        location / { ggi_dienst brp; proxy_pass http://api; }
        location /plain/ { ggi_dienst brp; ggi_pkio off; ggi_autorisatie off; proxy_pass http://api; }
CONF
    $problem->start;
    my @body = ('--data-binary', "\0\0\0\0\0");
    my %as = (
        caller => [$gate->{pki}->client('caller', '--oin', $GGI::Gate::OIN)],
        stranger => [$gate->{pki}->client('stranger', '--oin', '00000001002564440000')],
        anonymous => [$gate->{pki}->anonymous]);
    for my $case (
        ['--http2', 'application/grpc', 'caller', 3, 'claim_missing', 400],
        ['--http2', 'application/grpc+proto', 'stranger', 7, 'profile_not_found', 403],
        ['--http2', 'Application/gRPC;x=y', 'anonymous', 16, 'certificate_missing', 403],
        ['--http1.1', 'application/grpc-web+proto', 'anonymous', 16, 'certificate_missing', 403],
        ['--http1.1', 'application/grpc-web-text', 'caller', 3, 'claim_missing', 400],
    ) {
        my ($protocol, $type, $who, $status, $reason, $http) = @$case;
        $problem->mark;
        my $answer = curl(
            $problem->https('/brp.Personen/Zoek'), $protocol, @{ $as{$who} }, -H => "Content-Type: $type",
            -H => 'TE: trailers', -H => 'Accept-Language: nl', @body);
        is $answer->{status}, 200, "$type: HTTP has no status for it";
        is $answer->{headers}{'grpc-status'}, $status, 'gRPC has';
        like $answer->{headers}{'grpc-message'}, qr/^$reason: [ -~]+$/, 'with the reason, in printable ASCII';
        is $answer->{headers}{'content-type'}, $type =~ /web/ ? 'application/grpc-web' : 'application/grpc',
            'media type';
        is $answer->{body}, '', 'no body';
        my ($decision) = GGI::Audit::decisions($problem->since(1, 0));
        my $context = $decision->{body}{'adl.core.response'}{context};
        is_deeply [@{$context}{qw(reason status)}], [$reason, $http], 'recorded as any refusal';
    }
    my @frames =
        grep { $_->[2] == 1 } GGI::H2::exchange(
        $problem->port(3), 'xxxxx', ':method' => 'POST', ':path' => '/plain/x', ':scheme' => 'http',
        ':authority' => 'x', 'content-type' => 'application/grpc', 'te' => 'trailers');
    is_deeply [grep { $_ != 8 && $_ != 3 } map { $_->[0] } @frames], [1], 'one frame of headers, no data';
    is $frames[0][1] & 5, 5, 'which ends the stream' or diag explain \@frames;
    my @codes = split /\n/,
        qx(curl -s --http1.1 -o /dev/null -o /dev/null -w '%{http_code} %{num_connects}\\n' \\
            @{[ $gate->{pki}->anonymous ]} -H 'Content-Type: application/grpc-web' -d xxxxx \\
            @{[ $problem->https('/') ]} @{[ $problem->https('/') ]});
    is_deeply \@codes, ['200 1', '200 0'], 'the connection stays usable';
    like curl($problem->https('/'), $gate->{pki}->anonymous, -H => 'Content-Type: application/grp', @body)->{body},
        qr/urn:ggi:problem:certificate_missing/, 'another media type gets a problem';
    $problem->stop;
};

subtest 'HEAD' => sub {
    my $answer = refusal('/', '-I', '--http1.1');
    is $answer->{body}, '', 'no body';
    like $answer->{headers}{'content-length'}, qr/^[1-9]/, 'but its length';
    my @codes = split /\n/,
        qx(curl -s --http1.1 -I -o /dev/null -o /dev/null -w '%{http_code} %{num_connects}\\n' \\
            @{[ $gate->{pki}->anonymous ]} @{[ $gate->https('/') ]} @{[ $gate->https('/') ]});
    is_deeply \@codes, ['403 1', '403 0'], 'the connection stays usable';
};

subtest 'an unread body' => sub {
    # curl gives up a connection on which it is refused in the midst of a large upload over HTTP/1.1
    for my $case (['--http1.1', 15_000], ['--http2', 500_000]) {
        my ($protocol, $size) = @$case;
        my @body = $gate->body($size);
        my $url = $gate->https('/');
        my @codes = split /\n/,
            qx(curl -s $protocol -o /dev/null -o /dev/null -w '%{http_code} %{num_connects}\\n' \\
                @body @{[ $gate->{pki}->anonymous ]} $url $url);
        is_deeply \@codes, ['403 1', '403 0'], "$protocol: is not taken for the next request";
    }
};

is refusal('/own-page')->{status}, 400, 'error_page does not replace a refusal';
unlike $gate->call('/own-page', '-X', 'DELETE')->{body}, qr/page"?\z/, 'whatever its status';

$gate->stop;

# No room for records: a 503 says when to try again.
SKIP: {
    skip $GGI::Disk::WHY, 1 if !GGI::Disk->available;
    my $disk = GGI::Disk->new;
    $disk->fill;
    my $full =
        GGI::Gate->new(log => $disk->path . '/audit.jsonl', allow_errors => [qr/audit/], pki => $gate->{pki})->start;
    my $answer = $full->call('/');
    is $answer->{status}, 503;
    is $answer->{headers}{'retry-after'}, 5, 'Retry-After with a 503';
    is $full->call('/', '--http2', -H => 'Content-Type: application/grpc', '-d', 'x')->{headers}{'grpc-status'}, 14,
        'unavailable in gRPC';
    like $full->call('/', -H => 'Content-Type: text/xml', '-d', 'x')->{body}, qr/>soap:Server</,
        'a fault of the server in SOAP';
    $full->stop;
}

done_testing;
