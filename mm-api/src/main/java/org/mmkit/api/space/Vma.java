package org.mmkit.api.space;

import org.mmkit.api.arch.Protection;
import org.mmkit.api.memory.MemoryPolicy;
import org.mmkit.api.file.FileMapping;

/**
 * A virtual memory area: a run of addresses of one address space with the same flags and the same backing (Linux:
 * struct vm_area_struct).
 *
 * <p>Changes only while the address space is changed by a system call.
 */
public interface Vma {

    /** The address space that the area belongs to. */
    AddressSpace space();

    /** First address, a multiple of the page size. */
    long start();

    /** First address behind the area. */
    long end();

    /** The page offset of {@link #start} in the file, or for anonymous memory in the reverse mapping. */
    long pgoff();

    /** Bits of {@link VmFlags}. */
    long flags();

    /** Whether faults are answered with anonymous memory: private and without {@link #operations}. */
    boolean isAnonymous();

    /** Whether a file, shared memory included, is mapped. */
    boolean hasFile();

    /** The mapped file; throws {@link IllegalStateException} when there is none. */
    FileMapping file();

    /** How the area's backing answers; throws {@link IllegalStateException} for an anonymous area. */
    VmaOperations operations();

    /** Whether the area already has a place for anonymous pages in the reverse mapping (Linux: vma->anon_vma). */
    boolean hasAnonVma();

    /** Which nodes its memory comes from; {@link MemoryPolicy#NONE} leaves that to the task. */
    default MemoryPolicy policy() {
        return MemoryPolicy.NONE;
    }

    /** The page offset that belongs to {@code va}. */
    default long index(long va) {
        return pgoff() + (va - start() >>> space().tables().layout().pageShift());
    }

    /** The address of page offset {@code index}; may lie outside the area. */
    default long address(long index) {
        return start() + (index - pgoff() << space().tables().layout().pageShift());
    }

    /** Whether all bits of {@code flag} are set. */
    default boolean has(long flag) {
        return (flags() & flag) == flag;
    }

    /** Permissions in the bits of {@link org.mmkit.api.arch.Protection}. */
    default int protection() {
        return (int) (flags() & VmFlags.ACCESS);
    }

    /**
     * The permissions that a new page-table entry of the area gets. In a private area the right to write is left to copy-on-write; where
     * writing is allowed so is reading, as no architecture of Linux keeps them apart (protection_map).
     */
    default int entryProtection() {
        int protection = protection();
        if ((protection & Protection.WRITE) != 0) {
            protection |= Protection.READ;
        }
        return isShared() ? protection : protection & ~Protection.WRITE;
    }

    /** Whether the area is mapped MAP_SHARED (writable or not). */
    default boolean isShared() {
        return (flags() & VmFlags.SHARED) != 0;
    }
}
