#!/bin/sh
# A compiler: driver, cc1plus and the assembler on forty template instances.
exec /usr/bin/g++ -O1 -c unit.cc -o unit.o
