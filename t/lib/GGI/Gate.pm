# SPDX-License-Identifier: EUPL-1.2
package GGI::Gate;

# A whole gateway: all gates with profiles, register and audit log, TLS with client certificates, and an API behind it.
#
#   my $gate = GGI::Gate->new(locations => 'location /brp/ { ggi_dienst brp; proxy_pass http://api; }')->start;
#   $gate->call('/brp/x');                        as the agreed caller, with the agreed claim
#   $gate->verdicts;                              of the audit log since the last mark()
#
# Parameters besides those of GGI::Nginx: locations and server (texts in the gateway's server), listen, more (in http),
# api (locations of the API), log (argument of ggi_audit_log), pki, profiles, register.

use strict;
use warnings;

use parent -norequire, 'GGI::Nginx';

use GGI::Audit ();
use GGI::Curl ();
use GGI::Nginx;
use GGI::Pki;
use GGI::Slow ();
use GGI::Trail;

our $OIN = '00000001823288444000';
our $CLAIM = 'X-Doelbinding: BRPACT-AlgemeneTaken';

our $PROFILES = <<"JSON";
[ { "oin": "$OIN", "naam": "Gemeente Voorbeeld", "versie": 7, "glo": "GLO-2026-014", "diensten": {
    "brp": { "methoden": ["GET", "POST"], "paden": ["/**"], "doelbindingen": ["BRPACT-AlgemeneTaken"],
        "namens": ["00000001002564440000"] },
    "brp2": { "methoden": ["GET", "POST"], "paden": ["/**"], "doelbindingen": ["BRPACT-AlgemeneTaken"] } } } ]
JSON

our $REGISTER = <<'JSON';
{ "versie": "2026-11-01", "doelbindingen": [ { "id": "BRPACT-AlgemeneTaken", "doel": "Uitvoering algemene taken",
  "grondslag": { "avg": "6.1.e", "wet": "Wet BRP art. 3.1" }, "diensten": ["brp", "brp2", "brp3"] } ] }
JSON

sub new {
    my ($class, %args) = @_;
    my $pki = $args{pki} // GGI::Pki->new;
    my $listen = $args{listen} // 'listen 127.0.0.1:%%PORT%% ssl http2;';
    my $log = $args{log} // '%%PREFIX%%/logs/audit.jsonl';
    my $key =
        ($args{more} // '') =~ /ggi_audit_(?:pseudonym_key|user)/
        ? ''
        : 'ggi_audit_pseudonym_key %%PREFIX%%/pseudonym.key;';
    my $self = $class->SUPER::new(
        %args,
        pki => $pki,
        marked => 0,
        http => <<"HTTP");
    ggi_autorisatie_file %%PREFIX%%/profielen.json;
    ggi_doelbinding_register %%PREFIX%%/doelbindingen.json;
    ggi_audit_log $log;
    $key
    @{[ $args{more} // '' ]}
    upstream api {
        server 127.0.0.1:%%PORT2%%;
    }
    server {
        $listen
        @{[ $pki->server ]}
        @{[ $args{server} // '' ]}
        @{[ $args{locations} // 'location / { ggi_dienst brp; proxy_pass http://api; }' ]}
    }
    server {
        listen 127.0.0.1:%%PORT2%%;
        access_log %%PREFIX%%/logs/api.log;
        client_max_body_size 100m;
        @{[ $args{api} // '' ]}
        location = /ggi-status {
            access_log off;
            ggi_status;
        }
        location / {
            return 200 "ok\\n";
        }
    }
HTTP
    $self->{trail} = GGI::Trail->new($self->expand($log =~ s/\s.*//sr));
    $self->write('pseudonym.key', 'k' x 32);
    $self->write('profielen.json', $args{profiles} // $PROFILES);
    $self->write('doelbindingen.json', $args{register} // $REGISTER);
    return $self;
}

# The same gateway with its profiles in Redis. Parameters besides: zone (of the cache).
sub with_redis {
    my ($class, $url, %args) = @_;
    $url .= ' timeout=500ms' unless $url =~ /timeout=/;
    my $zone = $args{zone} // 'profielen:1m ttl=60s';
    my $source = GGI::Slow::stretched("ggi_autorisatie_zone $zone; ggi_autorisatie_redis $url;");
    my $self = $class->new(%args, more => "$source " . ($args{more} // ''));
    $self->write('nginx.conf', $self->read('nginx.conf') =~ s/ggi_autorisatie_file [^;]*;//r);
    return $self;
}

# The options of curl for the agreed caller and claim.
sub caller_options {
    my ($self) = @_;
    return ($self->{pki}->client('caller', '--oin', $OIN), '-H', $CLAIM);
}

sub call {
    my ($self, $path, @options) = @_;
    return GGI::Curl::curl($self->https($path), $self->caller_options, @options);
}

# The same without a certificate, or with another.
sub call_as {
    my ($self, $certificate, $path, @options) = @_;
    return GGI::Curl::curl($self->https($path), @$certificate, '-H', $CLAIM, @options);
}

# The options of curl for a POST of so many bytes.
sub body {
    my ($self, $bytes) = @_;
    return ('--data-binary', '@' . $self->write("body.$bytes", 'x' x $bytes));
}

# What is recorded from now on is of calls that come from now on. nginx writes a completion after the client has got its
# answer, so the calls that were let in since the last mark are waited for; one that a test keeps open, for two seconds.
sub mark {
    my ($self) = @_;
    my $deadline = GGI::Slow::time() + 2;
    my $text = $self->audit_text;
    while ($self->open_calls(substr $text, $self->{marked}) && GGI::Slow::time() < $deadline) {
        GGI::Slow::sleep(0.01);
        $text = $self->audit_text;
    }
    $self->{marked} = length $text;
    return;
}

# How many calls of a log's text were let in and are not completed there.
sub open_calls {
    my ($self, $text) = @_;
    my %open;
    for my $line (split /\n/, $text) {
        my ($span) = $line =~ /"span_id":"([0-9a-f]{16})"/ or next;
        $open{$span} = 1 if $line =~ /"adl\.access_evaluation"/ && $line =~ /"adl\.core\.response":\{"decision":true/;
        delete $open{$span} if $line =~ /"ggi\.call_completed"/;
    }
    return scalar keys %open;
}

# All that has been recorded, in all files of the log, renamed ones too: a text that only grows.
sub audit_text { return $_[0]{trail}->text }

# The path of one of its files.
sub audit_file { my ($self, $slot) = @_; return $self->{trail}->file($slot // 0) }

# What has been recorded since the mark, as soon as there are so many decisions and completions.
sub since {
    my ($self, $decisions, $completions) = @_;
    my $text;
    $self->wait_for(
        sub {
            $text = substr $self->audit_text, $self->{marked};
            return (() = $text =~ /"adl\.access_evaluation"/g) >= $decisions
                && (() = $text =~ /"ggi\.call_completed"/g) >= $completions;
        },
        "$decisions decisions, $completions completions");
    return $text;
}

# What ggi_status tells, decoded.
sub status {
    my ($self) = @_;
    return JSON::PP->new->utf8->decode(
        GGI::Curl::curl($self->url('/ggi-status', 2), '-H', 'Accept: application/json')->{body});
}

# What ggi_status has counted is what the audit log holds, and what is not audited:
# "dienst: allowed or reason" => number.
sub counts_what_it_records {
    my ($self, $name, %recorded) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my %counted;
    my ($text, $status);
    $self->wait_for(
        sub {
            $text = $self->audit_text;
            $status = $self->status;
            return $text eq $self->audit_text;    # calls that are still coming in would be in one of them alone
        },
        'the last calls');
    for my $record (GGI::Audit::decisions($text)) {
        my $dienst = $record->{body}{'adl.core.request'}{resource}{id};
        my $verdict = GGI::Audit::verdict($record);
        $recorded{"$dienst: $verdict"}++;
    }
    for my $dienst (@{ $status->{diensten} }) {
        my %verdicts = (allowed => $dienst->{allowed}, %{ $dienst->{refused} });
        $verdicts{$_} and $counted{"$dienst->{dienst}: $_"} = $verdicts{$_} for keys %verdicts;
    }
    return Test::More::is_deeply(\%counted, \%recorded, $name);
}

# How many calls the API has seen.
sub api_calls { return $_[0]->read('logs/api.log') =~ tr/\n// }

1;
