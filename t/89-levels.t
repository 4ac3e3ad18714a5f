# SPDX-License-Identifier: EUPL-1.2
# Servers of one nginx with other security levels of OpenSSL: keys and signatures are as strong as the server that is
# called asks for, whichever server made the handshake or the session.
use strict;
use warnings;

use Test::More;

use GGI::Gate;
use GGI::H2 ();
use GGI::Pki;
use GGI::Raw qw(receive tls_to);
use GGI::Tls qw(tls_call);

my $oin = $GGI::Gate::OIN;
my $pki = GGI::Pki->new;
my $dir = $pki->dir;

# The servers: the level, what "ssl_ciphers" says of it, and a port of each. Debian builds OpenSSL with level 2.
my $usual = 2;
my %server = (lax => [0, 0, 5], usual => [$usual, undef, 6], strict => [3, 3, 7]);
my @names = ('lax', 'usual', 'strict');

# The certificates, and the lowest level that refuses each.
my %refuses =
    (good => 4, 'RSA-2048' => 3, 'RSA-1024' => 2, 'SHA-1' => 1, 'a CA of SHA-1' => 1, 'a CA of RSA-1024' => 2);
my %leaf = $pki->weak_leaves($oin);

# What a call to a server is answered.
sub expected {
    my ($name, $server) = @_;
    return $server{$server}[0] < $refuses{$name} ? '200 ' : '403 certificate_untrusted';
}

# A gateway with those servers, the lax one first: it makes the handshake of who names none. All share their sessions.
sub gateway {
    my ($sessions) = @_;
    my $more = join '', map {
        my (undef, $level, $port) = @{ $server{$_} };
        my $ciphers = defined $level ? "ssl_ciphers DEFAULT:\@SECLEVEL=$level;" : '';
        <<"HTTP"
    server {
        listen 127.0.0.1:%%PORT%% ssl http2;
        listen 127.0.0.1:%%PORT$port%% ssl;
        server_name $_;
        @{[ $pki->server ]}
        $ciphers
        location / { ggi_dienst brp; proxy_pass http://api; }
    }
HTTP
    } @names;
    return GGI::Gate->new(pki => $pki, more => "ssl_session_cache shared:all:1m; $sessions $more");
}

# A call by s_client, which lets itself have any key.
sub said {
    my ($gate, $name, %of) = @_;
    my $answer =
        tls_call($gate->port($of{port}), leaf => $leaf{$name}, %of, options => ['-cipher DEFAULT:@SECLEVEL=0']);
    return ("$answer->{status} $answer->{reason}", $answer->{reused});
}

# Calls to all servers on one connection, which the lax server's handshake made, and what each is answered.
sub on_one_connection {
    my ($gate, $name, $protocol) = @_;
    my @hosts = (@names, reverse @names);
    my @options = ('-noservername', '-alpn', $protocol, '-cipher', 'DEFAULT:@SECLEVEL=0');
    my @as = ('-cert', "$leaf{$name}.crt", '-cert_chain', "$leaf{$name}.pem", '-key', "$leaf{$name}.key");
    my ($socket, $child) = tls_to($gate->port, @options, @as);
    my @said;
    for my $i (0 .. $#hosts) {
        my ($field, $claim) = $GGI::Gate::CLAIM =~ /(.*): (.*)/;
        my @fields = (':method', 'GET', ':scheme', 'https', ':authority', $hosts[$i], ':path', '/x', lc $field, $claim);
        my $request =
            $protocol eq 'h2'
            ? ($i ? '' : GGI::H2::preface()) . GGI::H2::headers(2 * $i + 1, 1, @fields)
            : "GET /x HTTP/1.1\r\nHost: $hosts[$i]\r\n$field: $claim\r\n\r\n";
        syswrite $socket, $request;
        my $text = receive($socket, qr/urn:ggi:problem:\w+"|ok\n/, 60);
        my ($status) = $text =~ /"status": ?(\d+)/;
        my ($reason) = $text =~ /"urn:ggi:problem:(\w+)"/;
        push @said, join ' ', $text =~ /ok\n/ ? 200 : $status // 0, $reason // '';
    }
    close $socket;
    return is_deeply \@said, [map { expected($name, $_) } @hosts], "$name, $protocol: @hosts";
}

# Calls with a session that the lax server made: to each server by its name, by its SNI, and by a port of its own.
sub resumed {
    my ($gate, $name, $version) = @_;
    my $file = "$dir/session";
    unlink $file;
    is_deeply [said($gate, $name, version => $version, host => 'lax', keep => $file)], ['200 ', 0],
        "$name, $version: a session";
    for my $server (@names) {
        my ($expected, @as) = (expected($name, $server), version => $version, take => $file);
        is_deeply [said($gate, $name, @as, host => $server)], [$expected, 1], "$server resumes it";
        my ($said) = said($gate, $name, @as, port => $server{$server}[2]);
        is $said, $expected, 'its own port is offered it';
        ($said) = said($gate, $name, @as, sni => $server);
        isnt $said, '200 ', 'it is offered by SNI' if $expected ne '200 ';
    }
    return;
}

qx(head -c 80 /dev/urandom > $dir/ticket.key);
my $gate = gateway("ssl_session_ticket_key $dir/ticket.key;")->start;
for my $name (sort keys %leaf) {
    on_one_connection($gate, $name, $_) for 'http/1.1', 'h2';
    resumed($gate, $name, $_) for 'tls1_2', 'tls1_3';
    for my $server (@names) {
        my ($said) = said($gate, $name, sni => $server);
        is $said, expected($name, $server), "$name, by the SNI of $server";
    }
}
$gate->stop;

$gate = gateway('ssl_session_tickets off;')->start;
for my $name ('good', 'RSA-1024', 'a CA of SHA-1') {
    resumed($gate, $name, $_) for 'tls1_2', 'tls1_3';
}
$gate->stop;

done_testing;
