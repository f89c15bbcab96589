package org.mmkit.replay.reader;

/**
 * What one event of an {@link EventLog} is, and what its columns {@code a}, {@code b} and {@code aux} hold.
 *
 * <p>Bytes rather than an enum, because they live in a column and are switched on millions of times a second.
 */
public final class EventKind {

    /** Nothing: a place kept for a system call that then failed. Absent from a finished log. */
    public static final byte NONE = 0;

    /** The process starts a new program: its address space is empty from here. {@code aux} = index of the program's name. */
    public static final byte EXEC = 1;

    /** The new program is complete and about to run its first instruction. */
    public static final byte EXEC_DONE = 2;

    /** A mapping that the kernel made itself (program segments, bss, stack, vdso, System V memory). {@code aux} = row of {@link MappingTable}. */
    public static final byte MAP = 3;

    /** A successful mmap. {@code aux} = row of {@link MappingTable}. */
    public static final byte MMAP = 4;

    /** A successful munmap of [{@code a}, {@code a + b}). */
    public static final byte MUNMAP = 5;

    /** The first brk of a program tells where its heap starts: {@code a}. */
    public static final byte BRK_START = 6;

    /** A brk moved the end of the heap from {@code b} to {@code a}. */
    public static final byte BRK = 7;

    /** A successful madvise of [{@code a}, {@code a + b}); {@code aux} = advice. */
    public static final byte MADVISE = 8;

    /** A successful mremap of {@code b} bytes at {@code a}. {@code aux} = row of {@link MappingTable} with the new place, length and flags. */
    public static final byte MREMAP = 9;

    /** A successful mprotect of [{@code a}, {@code a + b}); {@code aux} = protection. */
    public static final byte MPROTECT = 10;

    /** The program's own {@code prctl(PR_SET_THP_DISABLE, a, b)}. */
    public static final byte THP_DISABLE = 11;

    /** The recorder's {@code prctl(PR_SET_THP_DISABLE, a, b)}: part of the recording's settings, not of the program. */
    public static final byte THP_DISABLE_BY_RECORDER = 12;

    /** fork: {@code aux} = index of the child process, which gets a copy of the address space. */
    public static final byte FORK = 13;

    /** vfork or posix_spawn: {@code aux} = index of the child process, which shares the address space until its exec or exit. */
    public static final byte VFORK = 14;

    /** The last thread of the process is gone. */
    public static final byte EXIT = 15;

    /** A page fault taken in user mode. {@code a} = address, {@code aux} = the x86 error code, or {@link #ERROR_UNKNOWN}. */
    public static final byte FAULT_USER = 16;

    /** A page fault taken in the kernel on a user address. Columns as {@link #FAULT_USER}. */
    public static final byte FAULT_KERNEL = 17;

    /** Error code of a fault whose source did not tell it. */
    public static final int ERROR_UNKNOWN = -1;

    /** Error code bit: the page was present, so its protection was violated (Intel SDM 3A, 4.7). */
    public static final int ERROR_PRESENT = 1;

    /** Error code bit: the access was a write. */
    public static final int ERROR_WRITE = 2;

    /** Error code bit: the access was an instruction fetch. */
    public static final int ERROR_FETCH = 16;

    private EventKind() {}
}
