package org.mmkit.replay.compare;

import org.jspecify.annotations.Nullable;
import org.mmkit.api.file.Mappable;
import org.mmkit.api.space.AddressSpace;

/**
 * One process of the model as replay drives it. System calls take raw arguments and give raw results: negative is a negated error number.
 */
interface ProgramMemory {

    long mmap(long address, long length, int protection, int flags, @Nullable Mappable file, long offset);

    long munmap(long address, long length);

    long mprotect(long address, long length, int protection);

    long mremap(long address, long oldLength, long newLength, int flags, long newAddress);

    long madvise(long address, long length, int advice);

    long brk(long address);

    long prctl(int option, long arg2, long arg3);

    /** A new, empty address space. */
    void exec();

    /** A child with a copy of the address space. */
    ProgramMemory fork();

    /** A child in the same address space until its exec or exit. */
    ProgramMemory vfork();

    void exit();

    /** Whether the page tables alone answer an access. */
    boolean hits(long address, boolean write);

    /** Takes a page fault; outcome bits of {@link org.mmkit.api.space.Fault}. */
    int touch(long address, int flags);

    /** Makes the stack of exec: [{@code arguments}, {@code end}) is present, the area reaches down to {@code start}. */
    void stack(long start, long arguments, long end);

    /** Makes an area of pages that the kernel lends (vdso, vvar). */
    void special(long start, long end, int protection, String name);

    /** Says where the heap starts. */
    void heapStart(long address);

    AddressSpace space();

    /** Largest number of resident pages so far of the present address space. */
    long peakResidentPages();
}
