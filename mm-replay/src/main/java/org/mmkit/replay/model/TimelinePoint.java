package org.mmkit.replay.model;

/**
 * Memory of all processes at one moment, in KiB.
 *
 * @param seconds since the recording began
 */
public record TimelinePoint(double seconds, long rss, long anonymous, long huge, long pageTables) {}
