#!/bin/sh
# CPython: arenas, growing tables, half of them freed.
exec env PYTHONHASHSEED=0 /usr/bin/python3 -S words.py
