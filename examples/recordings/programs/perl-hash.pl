# Hash order is fixed so that the run repeats.
BEGIN { unless (defined $ENV{PERL_HASH_SEED}) { $ENV{PERL_HASH_SEED} = 0; $ENV{PERL_PERTURB_KEYS} = 0; exec $^X, $0 } }
my %h;
$h{"word$_"} = [$_, "x" x ($_ % 50)] for 1 .. 60000;
my @k = sort { $h{$a}[0] <=> $h{$b}[0] } keys %h;
delete $h{$k[$_ * 2]} for 0 .. $#k / 2;
$h{"again$_"} = "y" x 100 for 1 .. 20000;
print scalar(keys %h), "\n";
