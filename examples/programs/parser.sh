#!/bin/sh
# Writes a C program of 250 functions to standard output: what a parser generator might leave for the compiler.
i=0
while [ $i -lt 250 ]; do
    cat <<F
static int state$i(int c, int *stack, int depth) {
    switch ((c + $i) % 7) {
    case 0: stack[depth & 63] += c; return depth + 1;
    case 1: for (int k = 0; k < depth; k++) stack[k & 63] ^= c * $i; return depth;
    case 2: return depth > 0 ? depth - 1 : c;
    case 3: stack[(depth + c) & 63] = stack[c & 63] / (depth | 1); return $i;
    default: return (c ^ depth) + stack[(c * $i) & 63];
    }
}
F
    i=$((i + 1))
done
echo 'int run(int c, int *stack) { int depth = 0;'
i=0
while [ $i -lt 250 ]; do echo "    depth = state$i(c + depth, stack, depth);"; i=$((i + 1)); done
echo '    return depth; }'
