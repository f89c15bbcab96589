#!/bin/sh
# OpenJDK with its standard collector (G1): a cache and its garbage, many threads.
exec java -Xmx160m -cp . Churn
