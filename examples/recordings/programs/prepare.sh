#!/bin/sh
# Makes the inputs: no program's input comes from outside.
cc -O1 -o hugetlb-areas hugetlb-areas.c
javac -d . Retain.java Churn.java
sh ./parser-source > parser.c
perl -e 'srand(7); for (1..120000) { printf "%08x %s\n", int(rand(2**32)), "x" x int(rand(40)) }' > lines.txt
perl -e '
  print "#include <map>\n#include <string>\n#include <vector>\n#include <algorithm>\n";
  for my $i (0..5) {
    print "struct T$i { int a; std::string s; bool operator<(const T$i &o) const { return a < o.a; } };\n";
    print "int f$i(std::map<T$i, std::vector<T$i>> &m, std::vector<T$i> v) { std::sort(v.begin(), v.end()); m[v[0]] = v; return (int) m.size(); }\n";
  }' > unit.cc
rm -rf repo && git init -q repo && cd repo && git config user.email a@b && git config user.name a &&
  perl -e 'for my $i (1..300) { open my $f, ">", "file$i"; print $f "line $_ of $i\n" for 1..200 }' &&
  git add . && git commit -qm one && perl -pi -e 's/line 7/row 7/' file* && git add . && git commit -qm two
