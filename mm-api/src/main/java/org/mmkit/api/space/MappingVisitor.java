package org.mmkit.api.space;

/** Is shown the places at which a folio may be mapped. */
public interface MappingVisitor {

    /**
     * The first page of the folio belongs at {@code va} of {@code vma}; {@code va} may lie outside the area when only later pages of the
     * folio are inside.
     *
     * @return whether to go on
     */
    boolean visit(Vma vma, long va);
}
