# As `readers.py`, with WWW::Mechanize. The file stands in the working directory: of a path it would send all of it.
use strict;
use warnings;
use WWW::Mechanize;

my ($url, $upload, $file, $button) = @ARGV;
my $browser = WWW::Mechanize->new(autocheck => 1);
$browser->get($url);
# The form around the page is the last one; an empty one may stand before it.
$browser->form_number(scalar @{[$browser->forms]});
$browser->field($upload, $file);
if (defined $button) {
    my ($value) = $browser->content =~ /value="([^"]*)"[^>]*>\Q$button\E<\/button>/ or die "no button $button";
    $browser->click_button(value => $value);
} else {
    $browser->submit;
}
binmode STDOUT, ':utf8';
print $_->text, "\n" for grep { defined $_->text } $browser->links;
