package org.mmkit.core.dump;

import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.pgtable.PhysicalWords;

/** The tables of one address space of the model, by the physical address of their entries. Not thread-safe. */
public final class ModelWords implements PhysicalWords {

    private static final int WORD_SHIFT = 3;

    private final PageTables tables;
    private final int pageShift;

    /** The words of {@code tables}. */
    public ModelWords(PageTables tables) {
        this.tables = tables;
        this.pageShift = tables.layout().pageShift();
    }

    @Override
    public boolean holds(long address) {
        try {
            tables.firstSlot(address >>> pageShift);
            return true;
        } catch (IllegalArgumentException e) {
            return false; // the frame holds no table
        }
    }

    @Override
    public long word(long address) {
        int index = (int) (address & (1L << pageShift) - 1) >>> WORD_SHIFT;
        try {
            return tables.read(tables.firstSlot(address >>> pageShift) + index);
        } catch (IllegalArgumentException e) {
            throw new IndexOutOfBoundsException("no table at 0x" + Long.toHexString(address));
        }
    }
}
