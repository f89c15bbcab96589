package org.mmkit.api.policy;

import org.mmkit.api.feature.FeatureContext;
import org.mmkit.api.space.Vma;

/** What a policy works with. Blocks are those of a huge page: aligned, of {@link #size} bytes. */
public interface PolicyHost {

    /** The machine: kernel threads, clock, boot parameters, pseudo-files, frames. */
    FeatureContext context();

    /** Order of a huge page. */
    int order();

    /** Bytes of a huge page. */
    long size();

    /** Base pages mapped in the block of {@code va}, the zero page and swapped-out pages not counted; all of them for a huge page. */
    int mappedPages(Vma vma, long va);

    /**
     * Makes the block of {@code va} huge now, whatever the limits of khugepaged say: in place where the pages are those of one
     * reserved folio, else by copying them to a new huge page.
     *
     * @return whether the block is huge now; false where madvise, prctl, the area, a pinned page or want of memory forbid it
     */
    boolean promote(Vma vma, long va);
}
