# SPDX-License-Identifier: EUPL-1.2
package GGI::Tls;

# Calls through openssl s_client, for what curl cannot be told: no SNI, weak keys, and TLS sessions that are kept.
#
#   my $answer = tls_call($gate->port, leaf => $pki->leaf('caller', '--oin', $oin), sni => 'gate.example');
#
# An answer is { status, reason, body, worker, reused, text }: the reason of a refusal by the gate, the value of a
# header X-Worker, whether the session was resumed, and all that s_client said.

use strict;
use warnings;

use Exporter qw(import);

use GGI::Gate ();

our @EXPORT_OK = qw(tls_call);

# Parameters: leaf (the path of a certificate without its suffix; none: no certificate), sni (none: the client names no
# server), host, path, version (tls1_2 or tls1_3), take (a file with a session to offer), keep (a file for the session
# that is given), options (of s_client).
sub tls_call {
    my ($port, %of) = @_;
    my $host = $of{host} // $of{sni} // 'localhost';
    my $request = join '\r\n', "GET @{[ $of{path} // '/x' ]} HTTP/1.1", "Host: $host", $GGI::Gate::CLAIM,
        'Connection: close', '', '';
    my @options = ($of{sni} ? "-servername $of{sni}" : '-noservername', @{ $of{options} // [] });
    push @options, "-cert $of{leaf}.crt -cert_chain $of{leaf}.pem -key $of{leaf}.key" if $of{leaf};
    push @options, "-$of{version}" if $of{version};
    push @options, "-sess_in $of{take}" if $of{take};
    push @options, "-sess_out $of{keep}" if $of{keep};
    my $text = qx(printf '$request' | timeout 60 openssl s_client -ign_eof -connect 127.0.0.1:$port @options 2>&1);

    # what s_client shows of a ticket can stand before it and after it in the same line
    my ($status, $head, $rest) = $text =~ m{HTTP/1\.1 (\d+) [^\n]*\n(.*?)\r\n\r\n(.*)\z}s;
    my ($length) = ($head // '') =~ /^Content-Length: (\d+)/m;
    my $body = substr $rest // '', 0, $length // 0;
    my ($reason) = $body =~ /"urn:ggi:problem:(\w+)"/;
    my ($worker) = ($head // '') =~ /^X-Worker: (\d+)/m;
    return {
        status => $status // 0, reason => $reason // '', body => $body, worker => $worker // 0, text => $text,
        reused => $text =~ /^Reused, /m ? 1 : 0,
    };
}

1;
