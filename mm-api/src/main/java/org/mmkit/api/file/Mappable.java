package org.mmkit.api.file;

import org.mmkit.api.space.Vma;
import org.mmkit.api.space.VmaOperations;

/** What mmap(2) can map: an open file, shared anonymous memory, a pool of huge pages. */
public interface Mappable {

    /** The page cache behind it. */
    FileMapping mapping();

    /** How areas that map it answer. */
    VmaOperations operations();

    /** Whether it was opened for reading: what cannot be read cannot be mapped. */
    default boolean isReadable() {
        return true;
    }

    /** Whether it was opened for writing: only then a shared mapping may be writable. */
    default boolean isWritable() {
        return true;
    }

    /** Whether a seal forbids new shared mappings that can be written to. */
    default boolean isWriteSealed() {
        return false;
    }

    /** Area flags (bits of {@link org.mmkit.api.space.VmFlags}) that every mapping of it has. */
    default long areaFlags() {
        return 0;
    }

    /** Pages that addresses, lengths and offsets of mappings must be multiples of, as a byte count; the base page size or larger. */
    default long granularity() {
        return 0;
    }

    /**
     * The alignment in bytes to try for a mapping of {@code length} bytes at file offset {@code offset} without a given address, 0 for none.
     */
    default long alignment(long length, long offset) {
        return 0;
    }

    /**
     * The area {@code vma} has been made for this file and is not visible yet: the place for reservations.
     *
     * @return 0 or a negated error number, which undoes the mapping
     */
    default int mapped(Vma vma) {
        return 0;
    }
}
