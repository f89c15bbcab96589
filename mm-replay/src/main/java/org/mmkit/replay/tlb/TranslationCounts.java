package org.mmkit.replay.tlb;

/**
 * What translating a sequence of accesses took.
 *
 * @param accesses addresses translated; an access across a page border counts twice
 * @param firstLevelMisses that the first level of TLBs did not have
 * @param walks page walks: no level had it
 * @param references page-table entries that the walks read, nested ones included
 * @param nestedReferences of these, entries of the host's tables
 * @param skipped levels that paging-structure caches spared the walks
 * @param invalidations entries and whole contents that were dropped by request
 */
public record TranslationCounts(
        long accesses, long firstLevelMisses, long walks, long references, long nestedReferences, long skipped, long invalidations) {

    /** The sum of both. */
    public TranslationCounts plus(TranslationCounts o) {
        return new TranslationCounts(accesses + o.accesses, firstLevelMisses + o.firstLevelMisses, walks + o.walks, references + o.references,
                nestedReferences + o.nestedReferences, skipped + o.skipped, invalidations + o.invalidations);
    }

    /** Walks in a thousand accesses. */
    public double walksPerThousand() {
        return accesses == 0 ? 0 : 1000.0 * walks / accesses;
    }

    /** Entries read in a walk, on average; 0 without one. */
    public double referencesPerWalk() {
        return walks == 0 ? 0 : (double) references / walks;
    }
}
