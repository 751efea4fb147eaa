#!/usr/bin/perl
# example.pl - an API that knows nothing of keys: it answers whatever the gateway lets through, and says who calls.
#
#   example.pl SOCKET     HTTP/1.1 on that Unix socket, one request at a time, one request a connection
#
# Who calls is what the gateway says in the X-Keydesk-* headers: nobody else can reach the socket.
use strict;
use warnings;
use IO::Socket::UNIX;

use constant { HEAD_BYTES => 65536, BODY_BYTES => 1048576, SECONDS => 10 };

my $path = shift // die "usage: example.pl SOCKET\n";
unlink $path;
umask 0117;
my $listener = IO::Socket::UNIX->new(Local => $path, Listen => 64) or die "$path: $!\n";
$SIG{PIPE} = 'IGNORE';

# A text as JSON has it, byte by byte: whatever stands in it, it does not end the string.
sub json {
    my ($text) = @_;
    $text =~ s/([^\x20\x21\x23-\x5b\x5d-\x7e])/sprintf '\\u%04x', ord $1/ge;
    return qq("$text");
}

# Its head, its headers by their names in small letters, its body; nothing when it is no request.
sub receive {
    my ($socket) = @_;
    my ($text, %headers) = ('');
    until ($text =~ /\r\n\r\n/) {
        return if length $text > HEAD_BYTES || !sysread $socket, $text, 8192, length $text;
    }
    my ($head, $body) = split /\r\n\r\n/, $text, 2;
    my ($line, @lines) = split /\r\n/, $head;
    my ($method, $target) = $line =~ m{^([A-Z]+) (\S+) HTTP/1\.[01]$} or return;
    for (@lines) { $headers{lc $1} = $2 if /^([^:\s]+):\s*(.*?)\s*$/ }
    my $length = $headers{'content-length'} // 0;
    return if $length !~ /^\d{1,7}$/ || $length > BODY_BYTES || exists $headers{'transfer-encoding'};
    while (length $body < $length) { sysread $socket, $body, $length - length $body, length $body or return }
    return ($method, $target, \%headers, $body);
}

sub answer {
    my ($socket) = @_;
    my ($method, $target, $headers, $body) = receive($socket) or return;
    my @said = (method => $method, address => $target, body => $body, headers => join ' ', sort keys %$headers);
    for my $name (qw(client organization environment secret permission)) {
        push @said, $name => $headers->{"x-keydesk-$name"} if length($headers->{"x-keydesk-$name"} // '');
    }
    my @members;
    while (my ($name, $value) = splice @said, 0, 2) { push @members, '  ' . json($name) . ': ' . json($value) }
    my $text = "{\n" . join(",\n", @members) . "\n}\n";
    my $shown = $method eq 'HEAD' ? '' : $text;
    syswrite $socket, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " . length($text) .
        "\r\nConnection: close\r\n\r\n$shown";
}

while (1) {
    my $socket = $listener->accept or next;
    eval {
        local $SIG{ALRM} = sub { die "too slow\n" };
        alarm SECONDS;
        answer($socket);
    };
    alarm 0;
    close $socket;
}
