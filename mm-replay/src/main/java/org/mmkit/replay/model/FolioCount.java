package org.mmkit.replay.model;

/**
 * Large folios of one size.
 *
 * @param sizeKb size in KiB
 * @param faulted made by a fault, those included that lost a race and were given back
 * @param fallback faults that wanted this size and did not get it
 */
public record FolioCount(int sizeKb, long faulted, long fallback) {}
