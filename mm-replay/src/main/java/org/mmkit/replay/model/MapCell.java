package org.mmkit.replay.model;

/**
 * 2 MiB of address space of the largest process at the moment of the peak, as the address-space map shows it.
 *
 * @param address first address, a multiple of 2 MiB
 * @param mappedPages pages of anonymous areas in it
 * @param residentPages anonymous pages present
 * @param touchedPages of these, pages that the recording touched
 * @param hugePages pages present through a 2 MiB mapping
 * @param largeFolioPages pages present in folios larger than a page, 2 MiB mappings included
 */
public record MapCell(long address, int mappedPages, int residentPages, int touchedPages, int hugePages, int largeFolioPages) {}
