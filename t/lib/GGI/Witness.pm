# SPDX-License-Identifier: EUPL-1.2
package GGI::Witness;

# An authority that gives time stamps (RFC 3161) over HTTP, made of openssl ts. By its path:
#   /          a stamp
#   /other     a stamp of another hash
#   /old       the stamp that it gave last
#   /refuse    an answer that refuses
#   /status    500
#   /junk      no answer of RFC 3161
#   /spoiled   a stamp whose signature is another one
#   /moved     303 to /
#
#   my $witness = GGI::Witness->new;
#   $witness->url('/'); $witness->ca;              the URL, and the file of its CA
#   $witness->requests;                            how many it has had

use strict;
use warnings;

use parent 'GGI::Child';

use File::Temp ();
use IO::Socket::INET;
use POSIX ();

use GGI::Folder ();
use GGI::Nginx;
use GGI::Port ();

sub openssl {
    my (@arguments) = @_;
    system("openssl @arguments 2>/dev/null") == 0 or die "openssl @arguments\n";
    return;
}

sub authority {
    my ($dir) = @_;
    open my $fh, '>', "$dir/ts.cnf" or die $!;
    print $fh <<"CNF";
[tsa]
default_tsa = t
[t]
serial = $dir/serial
crypto_device = builtin
signer_cert = $dir/tsa.pem
certs = $dir/ca.pem
signer_key = $dir/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
CNF
    close $fh or die $!;
    open $fh, '>', "$dir/tsa.ext" or die $!;
    print $fh "extendedKeyUsage = critical,timeStamping\nkeyUsage = critical,digitalSignature\n";
    close $fh or die $!;
    openssl("req -x509 -newkey rsa:2048 -nodes -days 30 -subj '/CN=Test CA' -keyout $dir/ca.key -out $dir/ca.pem");
    openssl("req -newkey rsa:2048 -nodes -subj '/CN=Test Witness' -keyout $dir/tsa.key -out $dir/tsa.csr");
    openssl(  "x509 -req -in $dir/tsa.csr -CA $dir/ca.pem -CAkey $dir/ca.key -CAcreateserial -days 20 "
            . "-extfile $dir/tsa.ext -out $dir/tsa.pem");
    return;
}

sub new {
    my ($class) = @_;
    my $dir = File::Temp->newdir('ggi-witness-XXXXXX', TMPDIR => 1);
    authority("$dir");
    my $port = GGI::Port::free();
    my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 16, ReuseAddr => 1)
        or die "witness: $!\n";
    my $pid = fork // die "fork: $!\n";
    if ($pid == 0) {
        while (1) {
            my $client = $listen->accept or next;
            eval { serve($client, "$dir"); 1 } or print STDERR $@;
            close $client;
        }
    }
    close $listen;
    return bless { pid => $pid, dir => $dir, port => $port }, $class;
}

sub url { my ($self, $path) = @_; return "http://127.0.0.1:$self->{port}$path" }
sub ca { my ($self) = @_; return "$self->{dir}/ca.pem" }

sub requests {
    my ($self) = @_;
    return -s "$self->{dir}/requests" // 0;
}

sub put {
    my ($path, $mode, $text) = @_;
    open my $fh, "$mode:raw", $path or die "$path: $!\n";
    print $fh $text;
    close $fh or die "$path: $!\n";
    return;
}

sub serve {
    my ($client, $dir) = @_;
    my ($head, $length) = ('', undef);
    while ($head !~ /\r\n\r\n/ || length($head) < $+[0] + ($head =~ /^Content-Length: (\d+)/mi)[0]) {
        sysread $client, $head, 65536, length $head or return;
    }
    my ($path, $type) = ($head =~ m{^POST (\S+)}, $head =~ /^Content-Type: (\S+)/mi);
    my ($body) = $head =~ /\r\n\r\n(.*)/s;
    put("$dir/requests", '>>', '.');
    my ($status, $answer) = (200, '');
    if (($type // '') ne 'application/timestamp-query' || $path eq '/status') {
        $status = 500;
    }
    elsif ($path eq '/junk') {
        $answer = 'a page';
    }
    elsif ($path eq '/moved') {
        $status = 303;
    }
    elsif ($path eq '/old') {
        $answer = GGI::Folder::content("$dir/answer");
    }
    else {
        $body =~ s/\x04\x20\K(.)/$1 ^ "\x01"/se if $path eq '/other';
        $body = substr $body, 0, 20 if $path eq '/refuse';
        put("$dir/query", '>', $body);
        system("openssl ts -reply -config $dir/ts.cnf -section t -queryfile $dir/query -out $dir/answer 2>/dev/null");
        $answer = GGI::Folder::content("$dir/answer");
        $answer =~ s/(.)\z/$1 ^ "\x01"/se if $path eq '/spoiled';
    }
    my $header = "Location: /\r\nContent-Type: application/timestamp-reply\r\nContent-Length: " . length($answer);
    syswrite $client, "HTTP/1.1 $status x\r\n$header\r\nConnection: close\r\n\r\n$answer";
    return;
}

1;
