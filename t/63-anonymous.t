# SPDX-License-Identifier: EUPL-1.2
# Callers without an identity cannot fill the audit log: beyond a rate their refusals are counted, and none is
# forgotten.
use strict;
use warnings;

use IO::Socket::INET;
use Test::More;

use GGI::Audit qw(records decisions verdicts chains_hold);
use GGI::Gate;
use GGI::Problem qw(allowed refused);

my $pki = GGI::Pki->new;

sub gate {
    my (%args) = @_;
    return GGI::Gate->new(
        pki => $pki,
        listen => 'listen 127.0.0.1:%%PORT%% ssl http2; listen 127.0.0.1:%%PORT3%%;',
        locations => <<"CONF",
            location / { ggi_dienst brp; proxy_pass http://api; }
            location /open/ { ggi_dienst brp; $GGI::Gate::OPEN proxy_pass http://api; }
CONF
        %args,
    )->start;
}

# Sends requests to a port without TLS, on a connection each, and returns how many were answered and how many were not.
sub flood {
    my ($gate, %args) = @_;
    my $request = $args{request} // "GET /x HTTP/1.1\r\nHost: gate\r\nConnection: close\r\n\r\n";
    my ($answered, $closed) = (0, 0);
    for (1 .. $args{times}) {
        my $socket =
            IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $gate->port(3), LocalAddr => $args{from})
            or die "connect: $!\n";
        syswrite $socket, $request;
        local $/;
        my $answer = <$socket> // '';
        $answer eq '' ? $closed++ : $answered++;
    }
    return ($answered, $closed);
}

# Of the records of a text: how many refusals of an address there are one by one, and how many in the counts.
sub accounted {
    my ($text, $address) = @_;
    my @decisions = grep { $_->{body}{'adl.core.request'}{context}{client_address} eq $address } decisions($text);
    my @counts = map { $_->{attributes} } grep { $_->{event_name} eq 'ggi.anonymous_refusals' } records($text);
    my $counted = 0;
    for my $count (grep { ($_->{'client.address'} // '') eq $address } @counts) {
        $counted += $count->{'ggi.anonymous.refusals'};
        cmp_ok $count->{'ggi.anonymous.from'}, '<=', $count->{'ggi.anonymous.to'}, 'a count says from when to when';
    }
    return (scalar @decisions, $counted);
}

for my $workers (1, 2) {
    subtest "a flood from two addresses, $workers worker(s)" => sub {
        my $gate = gate(workers => $workers);
        my $start = time;
        my @first = flood($gate, from => '127.0.0.1', times => 600);
        my @second = flood($gate, from => '127.0.0.2', times => 300);
        my $lasted = time - $start + 1;
        cmp_ok $first[0], '>=', 51, 'as many as the burst are answered';
        cmp_ok $first[0], '<=', 51 + 10 * $lasted, 'and the rate';
        cmp_ok $second[0], '>=', 51, 'another address has a burst of its own';
        is $gate->status->{ggi_audit_anonymous_total}, $first[1] + $second[1],
            'the metric has all that were not answered';
        allowed($gate->call('/'), 'a caller with an identity, from the same address');
        $gate->stop;
        my $text = $gate->audit_text;
        is_deeply [accounted($text =~ s/^.*"decision":true.*\n//mgr, '127.0.0.1')], \@first,
            'what was answered has a record, the rest is counted';
        is_deeply [accounted($text, '127.0.0.2')], \@second, 'for each address';
        chains_hold($text, 'in chains that hold');
    };
}

subtest 'a count comes within seconds, and for each second' => sub {
    my $gate = gate();
    my ($answered, $closed) = flood($gate, from => '127.0.0.3', times => 200);
    ok $gate->wait_for(sub { (accounted($gate->audit_text, '127.0.0.3'))[1] == $closed }, 'the count'),
        'while nginx runs';
    my @counts =
        map { $_->{attributes} } grep { $_->{event_name} eq 'ggi.anonymous_refusals' } records($gate->audit_text);
    is_deeply [sort keys %{ $counts[0] }],
        [
        sort 'client.address', map({"ggi.anonymous.$_"} qw(refusals from to)),
        map {"ggi.chain.$_"} qw(id number previous)],
        'its attributes';
    cmp_ok scalar @counts, '<=', 30, 'few records';
    $gate->stop;
};

subtest 'who has an identity is not limited' => sub {
    my $gate = gate();
    flood($gate, from => '127.0.0.1', times => 100);
    $gate->mark;
    my @caller = $pki->client('caller', '--oin', $GGI::Gate::OIN);
    my $answers = qx(curl -sk @caller -o /dev/null -w '%{http_code}\\n' '@{[ $gate->https('/[1-200]') ]}');
    is_deeply [grep { $_ != 400 } split /\n/, $answers], [], 'each of its refusals is answered';
    my $text = $gate->since(200, 0);
    is_deeply [grep { $_ ne 'claim_missing' } verdicts($text)], [], 'and recorded';
    is scalar(() = verdicts($text)), 200, 'all of them';
    $answers = qx(curl -sk -o /dev/null -w '%{http_code}\\n' '@{[ $gate->https('/open/[1-200]') ]}');
    is scalar(() = $answers =~ /^200$/mg), 200, 'nor is who is admitted without one';
    $gate->stop;
};

for my $http ('--http1.1', '--http2') {
    subtest "over TLS without a certificate, $http" => sub {
        my $gate = gate();
        my $answers = qx(curl -sk $http -o /dev/null -w '%{http_code}\\n' '@{[ $gate->https('/[1-200]') ]}');
        my ($answered, $closed) = (scalar(() = $answers =~ /^403$/mg), scalar(() = $answers =~ /^000$/mg));
        is $answered + $closed, 200, 'each is answered or not';
        cmp_ok $closed, '>', 0, 'some are not';
        my $metric = $gate->status->{ggi_audit_anonymous_total};
        $gate->stop;
        my ($one_by_one, $counted) = accounted($gate->audit_text, '127.0.0.1');
        is $one_by_one, $answered, 'those that are answered are recorded';
        is $counted, $metric, 'the others are counted';
        cmp_ok $counted, '>=', $closed, 'all of them, and what curl tried again';
    };
}

subtest 'requests that nginx rejects' => sub {
    my $gate = gate();
    my ($answered) = flood(
        $gate, from => '127.0.0.1', times => 200,
        request => "GET /x HTTP/1.1\r\nHost: gate\r\nHost: gate\r\n\r\n");
    is $answered, 200, 'nginx answers them all';
    $gate->stop;
    my ($one_by_one, $counted) = accounted($gate->audit_text, '127.0.0.1');
    is $one_by_one + $counted, 200, 'each is recorded or counted';
    cmp_ok $counted, '>', 0, 'some are counted';
};

subtest 'other settings' => sub {
    my $gate = gate(more => 'ggi_audit_anonymous rate=1r/s burst=5;');
    my $start = time;
    my ($answered, $closed) = flood($gate, from => '127.0.0.1', times => 100);
    cmp_ok $answered, '>=', 6, 'a smaller burst';
    cmp_ok $answered, '<=', 7 + (time - $start), 'and rate';
    $gate->stop;

    $gate = gate(more => 'ggi_audit_anonymous off;');
    is_deeply [flood($gate, from => '127.0.0.1', times => 200)], [200, 0], 'off: all are answered';
    is scalar(() = decisions($gate->since(200, 0))), 200, 'and recorded';
    $gate->stop;
};

for my $case (
    [   'ggi_audit_anonymous rate=0r/s;',
        qr/invalid parameter "rate=0r\/s" of "ggi_audit_anonymous": expected rate=1r\/s/],
    ['ggi_audit_anonymous rate=10;', qr/invalid parameter "rate=10"/],
    ['ggi_audit_anonymous burst=;', qr/invalid parameter "burst="/],
    ['ggi_audit_anonymous burst=-1;', qr/invalid parameter "burst=-1"/],
    ['ggi_audit_anonymous burst=1000001;', qr/invalid parameter "burst=1000001"/],
    ['ggi_audit_anonymous off burst=1;', qr/invalid parameter "off"/],
    ['ggi_audit_anonymous off; ggi_audit_anonymous off;', qr/"ggi_audit_anonymous" directive is duplicate/],
) {
    GGI::Nginx->refuses($case->[0], qr/$case->[1].*nginx\.conf:\d+/, http => $case->[0]);
}

done_testing;
