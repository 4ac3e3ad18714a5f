# SPDX-License-Identifier: EUPL-1.2
# netwerk: the network of the client's address.
use strict;
use warnings;

use Test::More;

use GGI::Curl qw(curl);
use GGI::Gate;
use GGI::Problem qw(allowed refused);

my $gate = GGI::Gate->new(
    gates => [],
    tls => 0,
    networks => ['127.0.0.2/32,diginetwerk', '127.0.0.3/32,ggi-netwerk', '127.0.0.4/32,internet'],
    listen => 'listen 127.0.0.1:%%PORT%%; listen unix:%%PREFIX%%/socket;',
    server => 'ggi_netwerk diginetwerk ggi-netwerk; add_header X-Netwerk "<$ggi_netwerk>" always;',
    locations => <<'CONF',
        location / { ggi_dienst brp; proxy_pass http://api; }
        location /only { ggi_dienst brp; ggi_netwerk diginetwerk; proxy_pass http://api; }
        location /off { ggi_dienst brp; ggi_netwerk off; proxy_pass http://api; }
        location /observe { ggi_dienst brp; ggi_netwerk observe; proxy_pass http://api; }
        location /real {
            ggi_dienst brp;
            set_real_ip_from 127.0.0.1;
            real_ip_header X-Forwarded-For;
            proxy_pass http://api;
        }
        location /plain { proxy_pass http://api; }
CONF
);
is qx(mmdblookup -f @{[ $gate->prefix ]}/networks.mmdb -i 127.0.0.3 netwerk) =~ s/\s+//gr,
    '"ggi-netwerk"<utf8_string>', 'mmdblookup reads the database';
$gate->start;

sub from { my ($address, $path, @options) = @_; return $gate->call($path, '--interface', $address, @options) }

my $answer = from('127.0.0.2', '/');
allowed($answer, 'an agreed network');
is $answer->{headers}{'x-netwerk'}, '<diginetwerk>', 'the variable';
allowed(from('127.0.0.3', '/'), 'another agreed one');
refused(from('127.0.0.4', '/'), 403, 'network_not_allowed', 'another network');
refused(from('127.0.0.5', '/'), 403, 'network_not_allowed', 'no network');
refused(from('127.0.0.3', '/only'), 403, 'network_not_allowed', 'names of the location instead of the server\'s');
allowed(from('127.0.0.2', '/only'), 'the network of the location');
allowed(from('127.0.0.4', '/off'), 'off');
allowed(from('127.0.0.4', '/observe'), 'observed');
refused(
    curl('http://localhost/', '--unix-socket', $gate->prefix . '/socket'), 403, 'network_not_allowed',
    'a UNIX socket');
allowed(from('127.0.0.1', '/real', -H => 'X-Forwarded-For: 127.0.0.2'), 'the address that a trusted proxy gives');
refused(
    from('127.0.0.4', '/real', -H => 'X-Forwarded-For: 127.0.0.2'), 403, 'network_not_allowed',
    'but not what a client says');
is from('127.0.0.4', '/plain')->{headers}{'x-netwerk'}, '<internet>', 'the variable works without a dienst';

# An address of IPv6 in which one of IPv4 stands is no address of IPv4, unless it is a mapped one.
sub netwerk_of {
    my ($address) = @_;
    return from('127.0.0.1', '/real', -H => "X-Forwarded-For: $address")->{headers}{'x-netwerk'};
}
is netwerk_of($_), '<diginetwerk>', "$_ counts as IPv4" for '127.0.0.2', '::ffff:127.0.0.2', '::ffff:7f00:2';
is netwerk_of($_), '<>', "$_ does not"
    for '::127.0.0.2', '2002:7f00:2::1', '2001:0:7f00:2::1', '64:ff9b::127.0.0.2', '::1', '::ffff:0:127.0.0.2';

$gate->networks('127.0.0.4/32,diginetwerk');
ok $gate->reload, 'reload';
allowed(from('127.0.0.4', '/'), 'with a new database');
$gate->write('networks.mmdb', 'no database');
$gate->signal('HUP');
ok $gate->wait_for(
    sub {
        $gate->read('logs/error.log') =~
            m{database of networks in "\S+networks\.mmdb": metadata: .* in \S+nginx\.conf:\d+};
    },
    'the error'),
    'a reload with a bad database names file and place';
allowed(from('127.0.0.4', '/'), 'what runs is kept');
push @{ $gate->{allow_errors} }, qr/networks\.mmdb/;
$gate->stop;

for my $case (
    ['ggi_netwerk x;', qr/"ggi_netwerk" needs "ggi_netwerk_database" in http/],
    ['ggi_netwerk off x;', qr/takes no names/],
    ['ggi_netwerk x; ggi_netwerk y;', qr/is duplicate/],
    ['ggi_netwerk_database /nonexistent;', qr{database of networks in "/nonexistent": file: No such file}],
) {
    GGI::Nginx->refuses($case->[0], qr/$case->[1].*nginx\.conf:\d+/, http => $case->[0]);
}

done_testing;
