package org.mmkit.replay.model;

/**
 * What the kernel did besides answering faults.
 *
 * @param bytesZeroed memory cleared
 * @param bytesCopied memory copied
 * @param pmdSplits 2 MiB mappings split into page mappings
 * @param folioSplits folios split
 * @param collapses ranges that khugepaged or MADV_COLLAPSE made huge
 * @param copiesAfterFork copy-on-write faults on memory shared by fork
 */
public record WorkFigures(long bytesZeroed, long bytesCopied, long pmdSplits, long folioSplits, long collapses, long copiesAfterFork) {}
