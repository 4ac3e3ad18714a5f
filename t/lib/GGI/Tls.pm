# SPDX-License-Identifier: EUPL-1.2
package GGI::Tls;

# Calls through openssl s_client, for what curl cannot be told: no SNI, weak keys, and TLS sessions that are kept.
#
#   my $answer = tls_call($gate->port, leaf => $pki->leaf('caller', '--oin', $oin), sni => 'gate.example');
#
# An answer is { status, reason, body, text, reused, secured }: the reason of a refusal by the gate, all that s_client
# said, whether the session was resumed, and whether there was a handshake at all.

use strict;
use warnings;

use Exporter qw(import);

use GGI::Gate ();

our @EXPORT_OK = qw(tls_call);

# Parameters: leaf (the path of a certificate without its suffix; none: no certificate), sni (none: the client names no
# server), host, path, version (tls1_2 or tls1_3), options (of s_client).
sub tls_call {
    my ($port, %of) = @_;
    my $host = $of{host} // $of{sni} // 'localhost';
    my $request = join '\r\n', "GET @{[ $of{path} // '/x' ]} HTTP/1.1", "Host: $host", $GGI::Gate::CLAIM,
        'Connection: close', '', '';
    my @options = ($of{sni} ? "-servername $of{sni}" : '-noservername', @{ $of{options} // [] });
    push @options, "-cert $of{leaf}.crt -cert_chain $of{leaf}.pem -key $of{leaf}.key" if $of{leaf};
    push @options, "-$of{version}" if $of{version};
    my $text = qx(printf '$request' | timeout 60 openssl s_client -ign_eof -connect 127.0.0.1:$port @options 2>&1);
    my ($status) = $text =~ m{^HTTP/1\.1 (\d+)}m;
    my ($reason) = $text =~ /"urn:ggi:problem:(\w+)"/;
    my ($body) = $text =~ m{^HTTP/1\.1 .*?\r\n\r\n(.*?)(?:closed\n.*)?\z}ms;
    return {
        status => $status // 0, reason => $reason // '', body => $body // '', text => $text,
        reused => $text =~ /^Reused, /m ? 1 : 0, secured => $text =~ /^(?:New|Reused), TLS/m ? 1 : 0,
    };
}

1;
