# SPDX-License-Identifier: EUPL-1.2
package GGI::Chain;

# Records of an audit log as the gate writes them, of any time and doelbinding, for what depends on these.
#
#   my @lines = chain($id, call($ms, 'kort'), ...);     lines of one chain, whose id ends in $id
#   my @records = call($ms, $doelbinding, $bewaartermijn);
#                                     the decision about a call and its completion, each for chain()

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use Exporter qw(import);

our @EXPORT_OK = qw(call chain);
our $OIN = '00000001823288444000';
my $calls = 0;

# A log's records as a chain: each a code for what it is made of it. Returns its lines.
sub chain {
    my ($id, @records) = @_;
    my ($number, $hash, @lines) = (0, '0' x 64);
    for my $record (@records) {
        $number++;
        push @lines,
            '{"resource":{"service.name":"ggi-gate","service.version":"1","service.instance.id":"gate1"},"attributes":{'
            . qq("ggi.chain.id":"01a218bc-ecb9-70cd-88f2-$id","ggi.chain.number":$number,"ggi.chain.previous":"$hash",)
            . "$record\n";
        $hash = sha256_hex($lines[-1]);
    }
    return @lines;
}

# The decision about a call, and its completion, at a time; without a doelbinding it is refused.
sub call {
    my ($ms, $doelbinding, $term) = @_;
    my $span = sprintf '%016x', ++$calls;
    my $claim = $doelbinding ? qq("doelbinding":"$doelbinding") : '';
    $claim .= qq(,"bewaartermijn":"$term") if $term;
    my $response = $doelbinding ? '"decision":true' : '"decision":false,"context":{"reason":"claim_missing"}';
    my $ids = qq("trace_id":"$span$span","span_id":");
    my @records =
        qq("ggi.transaction_id":"01a218bc-ecb9-70cd-88f2-$calls"},"event_name":"adl.access_evaluation","timestamp":$ms,)
        . qq("status":"Ok",$ids$span","body":{"adl.core.request":{"subject":{"type":"organisation","id":"$OIN",)
        . qq("properties":{"name":"Gemeente Geheim"}},"action":{"name":"GET"},"resource":{"type":"dienst","id":"brp",)
        . qq("properties":{"path":"/geheim/$calls"}},"context":{$claim}},"adl.core.response":{$response}}});
    return @records if !$doelbinding;
    $ms += 5;
    return (
        @records,
        qq("ggi.transaction_id":"01a218bc-ecb9-70cd-88f2-$calls","ggi.call.dienst":"brp","ggi.call.oin":"$OIN",)
            . qq("http.request.method":"GET","url.path":"/geheim/$calls","http.response.status_code":200,)
            . qq("http.request.size":100,"http.response.body.size":200,"http.server.request.duration":0.005},)
            . qq("event_name":"ggi.call_completed","timestamp":$ms,"status":"Ok",$ids)
            . ('a' . substr $span, 1)
            . qq(","parent_span_id":"$span"}));
}

1;
