package org.mmkit.api.pgtable;

/** 64-bit words by physical address: a machine's memory, a dump of one, or the tables of the model. */
public interface PhysicalWords {

    /** Whether the word at {@code address}, a multiple of 8, can be read. */
    boolean holds(long address);

    /**
     * The word at {@code address}, in the byte order of the machine.
     *
     * @throws IndexOutOfBoundsException when it is not held
     */
    long word(long address);
}
