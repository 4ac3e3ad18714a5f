# SPDX-License-Identifier: EUPL-1.2
package GGI::Audit;

# Reading an audit log, and checking its chains.

use strict;
use warnings;

use Cpanel::JSON::XS ();
use Digest::SHA qw(sha256_hex);
use Exporter qw(import);
use JSON::PP ();
use Test::More;

use GGI::Demo qw(verdict);
use GGI::Folder ();
use GGI::Nginx ();
use GGI::Schema ();

our @EXPORT_OK = qw(records call_records decisions completions verdict verdicts outcome summary chains_hold match_logs);

# It decodes a hundred times as fast as what comes with Perl, and to the same.
my $decoder = Cpanel::JSON::XS->new->utf8;

# All records of a log's text, decoded; dies on a line that is no JSON object. A record that does not conform to the
# schema of its kind fails the test.
sub records {
    my ($text) = @_;
    GGI::Schema::look($text);
    return map { $decoder->decode($_) } split /\n/, $text;
}

# The same, but for those that open and close a chain.
sub call_records {
    return grep { $_->{event_name} !~ /^ggi\.chain_/ } records(@_);
}

sub decisions {
    return grep { $_->{event_name} eq 'adl.access_evaluation' } records(@_);
}
sub completions {
    return grep { $_->{event_name} eq 'ggi.call_completed' } records(@_);
}

# "allowed" or the reason of each decision, in order
sub verdicts {
    return map { verdict($_) } decisions(@_);
}

# "allowed", or the reason and the status of a decision
sub outcome {
    my ($record) = @_;
    my $status = $record->{body}{'adl.core.response'}{context}{status};
    return join ' ', verdict($record), $status // ();
}

# Each decision of a log's text as "dienst METHOD path outcome", in order; "-" for what was not known.
sub summary {
    my ($text) = @_;
    return [
        map {
            my $request = $_->{body}{'adl.core.request'};
            join ' ', $request->{resource}{id}, $request->{action}{name} // '-',
                $request->{resource}{properties}{path} // '-', outcome($_)
        } decisions($text)];
}

# Every line carries the number and hash that its chain asks for.
sub chains_hold {
    my ($text, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my (%number, %hash, @faults);
    for my $line ($text =~ /(.*\n?)/g) {
        next if $line eq '';
        my $record = eval { $decoder->decode($line) };
        if (!$record || $line !~ /\n\z/) {
            push @faults, "torn: $line";
            next;
        }
        my ($id, $number, $previous) = @{ $record->{attributes} }{ map {"ggi.chain.$_"} qw(id number previous) };
        push @faults, "number $number of $id" if $number != ($number{$id} // 0) + 1;
        push @faults, "hash of $number of $id" if $previous ne ($hash{$id} // '0' x 64);
        $number{$id} = $number;
        $hash{$id} = sha256_hex($line);
    }
    return ok(!@faults, $name) || diag join "\n", @faults[0 .. ($#faults > 5 ? 5 : $#faults)];
}

# What "ggictl audit match" makes of two logs, each a file or a folder. Returns the exit status, and the result; or what
# it said, as "said", when that is no JSON.
sub match_logs {
    my ($provider, $consumer, @options) = @_;
    my ($exit, $said) =
        GGI::Folder::run("$GGI::Nginx::BUILD/ggictl", qw(audit match -o json), @options, $provider, '--', $consumer);
    return ($exit, eval { JSON::PP::decode_json($said) } // { said => $said });
}

1;
