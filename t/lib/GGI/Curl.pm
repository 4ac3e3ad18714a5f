# SPDX-License-Identifier: EUPL-1.2
package GGI::Curl;

# Calls through curl. An answer is { status, headers => { lower-case name => value }, body, exit }.

use strict;
use warnings;

use Exporter qw(import);
use JSON::PP ();

our @EXPORT_OK = qw(curl);

# curl($url, @options): the options are curl's own.
sub curl {
    my ($url, @options) = @_;
    my @command = ('curl', '-s', '-i', '--max-time', '20', '--path-as-is', '--noproxy', '*', @options, $url);
    open my $out, '-|:raw', @command or die "curl: $!\n";
    my $text = join '', <$out>;
    close $out;
    my %answer = (exit => $? >> 8, status => 0, headers => {}, body => $text);
    while ($text =~ s{\AHTTP/[\d.]+ (\d+)[^\n]*\n((?:[^\r\n]+\r?\n)*)\r?\n}{}) {
        my ($status, $head) = ($1, $2);
        next if $status < 200;
        $answer{status} = $status;
        for my $line (split /\r?\n/, $head) {
            my ($name, $value) = split /:\s*/, $line, 2;
            $answer{headers}{ lc $name } = $value;
        }
        $answer{body} = $text;
        last;
    }
    return \%answer;
}

1;
