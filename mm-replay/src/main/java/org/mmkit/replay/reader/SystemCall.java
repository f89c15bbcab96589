package org.mmkit.replay.reader;

/** The system calls that change a program's memory and that recordings show. Arguments are in the order of the manual page. */
enum SystemCall {
    MMAP,
    MUNMAP,
    BRK,
    MADVISE,
    MREMAP,
    MPROTECT,
    PRCTL;

    /** Largest number of arguments. */
    static final int MAX_ARGUMENTS = 6;

    /** Whether it takes effect when it is entered: others may use the addresses before it returns. */
    boolean actsAtEntry() {
        return this == MUNMAP || this == MADVISE;
    }
}
