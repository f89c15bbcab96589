package org.mmkit.replay.tlb;

/**
 * What several address spaces on one or more processors took.
 *
 * @param switches changes of a processor from one address space to another
 * @param flushes of these, those that dropped what the processor knew of the number that it used then
 * @param shootdowns invalidations of a page that other processors were told of
 * @param interrupts messages to other processors for them
 */
public record SpaceCounts(long switches, long flushes, long shootdowns, long interrupts) {}
