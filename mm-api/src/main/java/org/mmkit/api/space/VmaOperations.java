package org.mmkit.api.space;

import org.jspecify.annotations.Nullable;

/** How the backing of an area answers (Linux: struct vm_operations_struct). All methods have Linux's defaults. */
public interface VmaOperations {

    /** The area {@code vma} was made of {@code source} by a split, a move or a fork (then it is in another address space). */
    default void open(Vma vma, Vma source) {}

    /** An area goes away. */
    default void close(Vma vma) {}

    /** Whether {@link #close} does something: then areas never vanish in a merge. */
    default boolean endsWithClose() {
        return false;
    }

    /** Whether the area may be cut at {@code address}: 0, or a negated error number. */
    default int maySplit(Vma vma, long address) {
        return 0;
    }

    /** Whether the area may be moved by mremap: 0, or a negated error number. */
    default int mayMove(Vma vma) {
        return 0;
    }

    /** log2 of the page size of the area as smaps shows it; 0 for the base page size. */
    default int pageShift(Vma vma) {
        return 0;
    }

    /** Handlers that do all page-table work of the area themselves (HugeTLB); null when the engine does it. */
    default @Nullable AreaPaging paging() {
        return null;
    }

    /** Whether the area maps pages of the kernel that have no counts, such as the vdso. */
    default boolean special() {
        return false;
    }

    /**
     * Whether a fault may map more than the page it needs, be it the neighbours or all of a folio below the size of a huge leaf; not so
     * in attachments of System V segments, whose operations lack map_pages.
     */
    default boolean mapsAround() {
        return true;
    }

    /**
     * Whether one mremap may move the area together with its neighbours; not so in attachments of System V segments, whose file has an
     * address search of its own (Linux: vma_multi_allowed).
     */
    default boolean movesWithOthers() {
        return true;
    }

    /** The name that {@code maps} and {@code smaps} show; empty for none. */
    default String name(Vma vma) {
        return vma.hasFile() ? vma.file().name() : "";
    }
}
