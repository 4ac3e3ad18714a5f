# SPDX-License-Identifier: EUPL-1.2
package GGI::Gate;

# A whole gateway: all gates with profiles, register and audit log, TLS with client certificates, and an API behind it.
#
#   my $gate = GGI::Gate->new(locations => 'location /brp/ { ggi_dienst brp; proxy_pass http://api; }')->start;
#   $gate->call('/brp/x');                        as the agreed caller, with the agreed claim
#   GGI::Audit::verdicts($gate->since(1, 1));     of what is recorded since the last mark()
#
# Parameters besides those of GGI::Nginx, each of which has a default:
#   gates       the gates that are on; the others are off in http and have no source: [qw(pkio autorisatie)]
#   tls         0: without TLS, and without certificates
#   listen      the directives "listen" of the gateway's server
#   server      a text in that server
#   locations   its locations
#   more        a text in http
#   api         a text in the server of the API
#   answer      what the API answers, as the text of a "return 200"
#   api_format  the format of the API's log, by the name of a log_format in more
#   odd         1: an API that misbehaves or echoes, a GGI::Api, at 127.0.0.1:%%PORT9%%
#   pki         a GGI::Pki, where several gateways have the same certificates
#   claim       the header with the claim of call(); '': none
#   profiles    the JSON of the profiles
#   redis       the URL of the Redis that has the profiles, and parameters of ggi_autorisatie_redis
#   functions   the JSON of the functions of applications, for ggi_functie_file
#   zone        of the cache of the profiles of Redis
#   register    the JSON of the doelbindingen
#   networks    lines of scripts/mmdb, for ggi_netwerk_database: ['10.0.0.0/8,nowhere']
#   log         the argument of ggi_audit_log
#   organisation  the directive for the organisation that answers for the records; its default is in http
#   users       the directive for the users in the log; its default is a key of pseudonyms

use strict;
use warnings;

use parent -norequire, 'GGI::Nginx';

use Scalar::Util qw(weaken);
use Time::HiRes ();

use GGI::Api;
use GGI::Audit ();
use GGI::Curl ();
use GGI::Nginx;
use GGI::Pki;
use GGI::Schema ();
use GGI::Slow ();
use GGI::Trail;

my @gates;    # all that there are

our $OIN = '00000001823288444000';
our $ORGANISATION = 'ggi_dienst_organisation 00000004000000068000 "Basisregistratie";';
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

# Whoever calls a location with these three needs neither certificate nor profile nor claim.
our $OPEN = 'ggi_pkio off; ggi_autorisatie off; ggi_doelbinding off;';

# What each gate has in http: its source, or that it is off.
sub sources {
    my (%args) = @_;
    my $redis = $args{redis} // '';
    $redis .= ' timeout=5s' unless $redis =~ /timeout=/;
    my $zone = $args{zone} // 'profielen:1m ttl=60s';
    my %source = (
        pkio => '',
        autorisatie => $args{redis}
        ? GGI::Slow::stretched("ggi_autorisatie_zone $zone; ggi_autorisatie_redis $redis;")
        : 'ggi_autorisatie_file %%PREFIX%%/profielen.json;',
        doelbinding => 'ggi_doelbinding_register %%PREFIX%%/doelbindingen.json;',
        audit => "ggi_audit_log $args{log}; " . ($args{users} // 'ggi_audit_pseudonym_key %%PREFIX%%/pseudonym.key;'),
    );
    my %on = map { $_ => 1 } @{ $args{gates} // [keys %source] };
    my @lines = map { $on{$_} ? $source{$_} : "ggi_$_ off;" } sort keys %source;
    push @lines, 'ggi_functie_file %%PREFIX%%/functies.json;' if $args{functions};
    push @lines, 'ggi_netwerk_database %%PREFIX%%/networks.mmdb;' if $args{networks};
    push @lines, $args{organisation} // $ORGANISATION;
    return join "\n    ", @lines;
}

my %parameters = map { $_ => 1 } qw(modules main events workers allow_errors), qw(
    gates tls listen server locations more api answer api_format odd pki claim profiles functions redis zone
    register networks
    log
    organisation users);

sub new {
    my ($class, %args) = @_;
    my @unknown = grep { !$parameters{$_} } sort keys %args;
    die "GGI::Gate has no parameter @unknown\n" if @unknown;
    my $tls = $args{tls} // 1;
    $args{pki} //= GGI::Pki->new if $tls;
    $args{log} //= '%%PREFIX%%/logs/audit.jsonl';
    my $self = $class->SUPER::new(
        claim => $CLAIM,
        %args,
        tls => $tls,
        marked => 0,
        http => <<"HTTP");
    @{[ sources(%args) ]}
    @{[ $args{more} // '' ]}
    upstream api {
        server 127.0.0.1:%%PORT2%%;
    }
    server {
        @{[ $args{listen} // 'listen 127.0.0.1:%%PORT%%' . ($tls ? ' ssl http2;' : ';') ]}
        @{[ $tls ? $args{pki}->server : '' ]}
        @{[ $args{server} // '' ]}
        @{[ $args{locations} // 'location / { ggi_dienst brp; proxy_pass http://api; }' ]}
    }
    server {
        listen 127.0.0.1:%%PORT2%%;
        access_log %%PREFIX%%/logs/api.log @{[ $args{api_format} // 'combined' ]};
        client_max_body_size 100m;
        @{[ $args{api} // '' ]}
        location = /ggi-status {
            access_log off;
            ggi_status;
        }
        location / {
            return 200 @{[ $args{answer} // '"ok\n"' ]};
        }
    }
HTTP
    $self->{trail} = GGI::Trail->new($self->expand($args{log} =~ s/\s.*//sr));
    push @gates, $self;
    weaken($gates[-1]);
    $self->write('pseudonym.key', 'k' x 32);
    $self->write('profielen.json', $args{profiles} // $PROFILES);
    $self->write('doelbindingen.json', $args{register} // $REGISTER);
    $self->write('functies.json', $args{functions}) if $args{functions};
    $self->networks(@{ $args{networks} }) if $args{networks};
    $self->{odd} = GGI::Api->new($self->port(9)) if $args{odd};
    return $self;
}

# The text of a server without a dienst, "portal.example", for "more": it stands before the gateway's server, so that it
# is the default server of its address. Its client certificates are those of a GGI::Pki.
sub portal {
    my ($pki, $directives) = @_;
    return <<"HTTP";
    server {
        listen 127.0.0.1:%%PORT%% ssl http2;
        server_name portal.example;
        @{[ $pki->server ]}
        $directives
        location / { return 200 portal; }
    }
HTTP
}

# Ends nginx, and looks whether every record that it has made conforms to the schema of its kind.
sub stop {
    my ($self, @arguments) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $ran = $self->{pid};
    $self->SUPER::stop(@arguments);
    GGI::Schema::look($self->audit_text) if $ran;
    return;
}

# A test that is done does not stop its gateways: their records are looked at all the same.
{
    my $done = \&Test::Builder::done_testing;
    no warnings 'redefine';    ## no critic (ProhibitNoWarnings)
    *Test::Builder::done_testing = sub {
        my ($builder, @arguments) = @_;
        if (!$builder->parent) {
            GGI::Schema::look($_->audit_text) for grep { $_ && $_->{pid} } @gates;
        }
        return $builder->$done(@arguments);
    };
}

# Makes the database of networks from lines of scripts/mmdb.
sub networks {
    my ($self, @lines) = @_;
    my $csv = $self->write('networks.csv', join "\n", 'prefix,name', @lines, '');
    system("$GGI::Nginx::ROOT/scripts/mmdb", $csv, $self->prefix . '/networks.mmdb') == 0
        or die "scripts/mmdb failed\n";
    return;
}

# The options of curl for the agreed caller and claim, or for others: { as => the options of a certificate, claim => a
# header, or '' for none }.
sub caller_options {
    my ($self, %how) = @_;
    my $as = $how{as} // ($self->{tls} ? [$self->{pki}->client('caller', '--oin', $OIN)] : []);
    my $claim = $how{claim} // $self->{claim};
    return (@$as, $claim eq '' ? () : ('-H', $claim));
}

# A path of the gateway as a URL; port: of another of its ports, such as 3 for %%PORT3%%.
sub address {
    my ($self, $path, %how) = @_;
    return $self->{tls} ? $self->https($path, $how{port}) : $self->url($path, $how{port});
}

# A call of the agreed caller with the agreed claim, or of another:
#   call($path, { as => ..., claim => ..., port => ... }, @options)
# The options are curl's own. Returns the answer.
sub call {
    my ($self, $path, @options) = @_;
    my %how = ref $options[0] ? %{ shift @options } : ();
    return GGI::Curl::curl($self->address($path, %how), $self->caller_options(%how), @options);
}

# Starts such calls, one or several, without waiting for them. The handle gives a line for each when it is over: what
# curl's --write-out makes of { tell => ... }, or the status. GGI::Curl::said() reads it to the end.
sub begin {
    my ($self, $path, @options) = @_;
    my %how = ref $options[0] ? %{ shift @options } : ();
    my $tell = $how{tell} // '%{http_code}';
    return GGI::Curl::begin($tell, $self->address($path, %how), $self->caller_options(%how), @options);
}

# The options of curl for a POST of so many bytes.
sub body {
    my ($self, $bytes) = @_;
    return ('--data-binary', '@' . $self->write("body.$bytes", 'x' x $bytes));
}

# What is recorded from now on is of calls that come from now on. nginx writes a completion after the client has got its
# answer, so the calls that were let in since the last mark are waited for; one that a test keeps open, for two seconds
# in which this process runs.
sub mark {
    my ($self) = @_;
    my $text = $self->audit_text;
    for (1 .. 200) {
        last if !$self->open_calls(substr $text, $self->{marked});
        GGI::Slow::sleep(0.01);
        $text = $self->audit_text;
    }
    $self->{marked} = length $text;
    return;
}

# How many calls of a log's text were let in and are not completed there. A call that was led on to another dienst is
# decided about once more, and is completed by its last decision.
sub open_calls {
    my ($self, $text) = @_;
    my (%open, %of);
    for my $line (split /\n/, $text) {
        my ($parent) = $line =~ /"parent_span_id":"([0-9a-f]{16})"/;
        my ($span) = $line =~ /"span_id":"([0-9a-f]{16})"/;
        if ($line =~ /"adl\.access_evaluation"/) {
            delete $open{ $of{ $parent // '' } // '' } if $line !~ /"ggi\.subrequest"/;
            $open{ $of{$span} = $1 } = 1 if $line =~ /"ggi\.api\.span_id":"([0-9a-f]{16})"/;
        }
        elsif ($line =~ /"ggi\.call_completed"/) { delete $open{ $span // '' } }
    }
    return scalar keys %open;
}

# All that has been recorded, in all files of the log, renamed ones too: a text that only grows.
# A reader may see the beginning of a line that is just being written: it is read again for a second, if need be.
sub audit_text {
    my ($self) = @_;
    my $text = $self->{trail}->text;
    for (1 .. 40) {
        last if $text !~ /[^\n]\z/;
        Time::HiRes::sleep(0.025);
        $text = $self->{trail}->text;
    }
    return $text;
}

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

# Waits until each worker hears of changes in Redis. What it has fetched before, it fetches once more then.
sub subscribed {
    my ($self) = @_;
    return $self->wait_for(sub { $self->status->{ggi_redis_subscribed} == $self->{workers} }, 'the subscriptions');
}

# Waits until each worker is connected to Redis; with 0, until none is.
sub connected {
    my ($self, $n) = @_;
    $n //= $self->{workers};
    return $self->wait_for(sub { $self->status->{ggi_redis_connected} == $n }, "$n connections to Redis");
}

# Waits until a worker has the file of this path open, such as one of the audit log after a rotation.
sub opened {
    my ($self, $path) = @_;
    return $self->wait_for(
        sub {
            grep { (readlink($_) // '') eq $path } map { glob "/proc/$_/fd/*" } $self->workers;
        },
        "a worker opens $path");
}

# What ggi_status tells, decoded.
sub status {
    my ($self) = @_;
    return JSON::PP->new->utf8->decode(
        GGI::Curl::curl($self->url('/ggi-status', 2), '-H', 'Accept: application/json')->{body});
}

# A metric of ggi_status that has one label: { its value => that of the sample }. Without such a metric, undef.
sub metric_by {
    my ($self, $name, $label) = @_;
    my $samples = $self->status->{"ggi_$name"} // return;
    return { map { $_->{$label} => $_->{value} } @$samples };
}

# The calls of each dienst as ggi_status tells of them, as a list: { dienst, allowed, refused, would_refuse }, of which
# the last two are { reason => number }.
sub counted {
    my ($self, $status) = @_;
    $status //= $self->status;
    my (@list, %by);
    for my $sample (@{ $status->{ggi_calls_total} }) {
        my $of = $by{ $sample->{dienst} };
        push @list, $by{ $sample->{dienst} } = $of = { dienst => $sample->{dienst}, refused => {}, would_refuse => {} }
            if !$of;
        if ($sample->{decision} eq 'allowed') { $of->{allowed} = $sample->{value} }
        else { $of->{refused}{ $sample->{reason} } = $sample->{value} }
    }
    $by{ $_->{dienst} }{would_refuse}{ $_->{reason} } = $_->{value} for @{ $status->{ggi_calls_would_refuse_total} };
    return \@list;
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
    for my $record (grep { $_->{event_name} eq 'ggi.call_withdrawn' } GGI::Audit::records($text)) {
        my $dienst = $record->{attributes}{'ggi.call.dienst'};
        $recorded{"$dienst: allowed"}--;
        $recorded{"$dienst: $record->{attributes}{'ggi.withdrawn.reason'}"}++;
    }
    for my $record (GGI::Audit::decisions($text)) {
        my $dienst = $record->{body}{'adl.core.request'}{resource}{id};
        $dienst = '' if $dienst eq 'unknown';
        my $verdict = GGI::Audit::verdict($record);
        $recorded{"$dienst: $verdict"}++;
    }
    $recorded{$_} or delete $recorded{$_} for keys %recorded;
    for my $dienst (@{ $self->counted($status) }) {
        my %verdicts = (allowed => $dienst->{allowed}, %{ $dienst->{refused} });
        $verdicts{$_} and $counted{"$dienst->{dienst}: $_"} = $verdicts{$_} for keys %verdicts;
    }
    return Test::More::is_deeply(\%counted, \%recorded, $name);
}

# How many calls the API has seen.
sub api_calls { return $_[0]->read('logs/api.log') =~ tr/\n// }

1;
