#!/bin/sh
# A JVM that asks for huge pages by madvise: allocates, keeps a quarter, collects.
exec java -Xmx96m -Xms32m -XX:+UseSerialGC -XX:+UseTransparentHugePages -XX:TieredStopAtLevel=1 -cp . Retain
