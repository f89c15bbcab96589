#!/bin/sh
# A compiler: driver, cc1plus and the assembler on a unit full of templates.
exec /usr/bin/g++ -O1 -c unit.cc -o unit.o
