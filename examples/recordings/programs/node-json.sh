#!/bin/sh
# Node: a JIT, reserved address space, and several threads.
exec node --single-threaded-gc node-json.js
