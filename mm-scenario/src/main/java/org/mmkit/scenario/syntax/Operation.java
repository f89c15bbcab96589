package org.mmkit.scenario.syntax;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a statement can call: system calls, touches of memory, observations. */
public enum Operation {
    MMAP("nnnnnn", 2),
    MUNMAP("nn", 2),
    MPROTECT("nnn", 3),
    MREMAP("nnnnn", 3),
    MADVISE("nnn", 3),
    MSYNC("nnn", 3),
    MLOCK("nn", 2),
    MLOCK2("nnn", 2),
    MUNLOCK("nn", 2),
    PRCTL("nnnnn", 1),
    /** {@code mbind(addr, len, mode, nodes, flags)}, the nodes as bits of a number. */
    MBIND("nnnnn", 4),
    /** {@code set_mempolicy(mode, nodes)}. */
    SET_MEMPOLICY("nn", 1),
    /** {@code move_pages(addr, node)} moves one page; gives its node then, or the error of its status. */
    MOVE_PAGES("nn", 2),
    /** {@code migrate_pages(from, to)}, sets of nodes as bits of a number. */
    MIGRATE_PAGES("nn", 2),
    /** {@code run_on(node)} moves the process to the processor of that node. */
    RUN_ON("n", 1),
    MEMFD_CREATE("sn", 1),
    OPEN("snn", 2),
    CLOSE("n", 1),
    UNLINK("s", 1),
    FTRUNCATE("nn", 2),
    FALLOCATE("nnnn", 4),
    /** F_ADD_SEALS and F_GET_SEALS. */
    FCNTL("nnn", 2),
    SHMGET("nnn", 3),
    SHMAT("nnn", 1),
    SHMDT("n", 1),
    SHMCTL("nnn", 2),
    /** {@code pwrite(fd, off, len)} writes bytes of value 1. */
    PWRITE("nnn", 3),
    PREAD("nnn", 3),
    SWAPON("n", 1),
    SWAPOFF("", 0),
    /** Moves the program break {@code len} beyond a 2M boundary and gives that boundary. */
    BRK_AREA("n", 1),
    /** {@code pin(name, addr, len)} takes long-term write pins and sets the variable. */
    PIN("wnn", 3),
    UNPIN("n", 1),
    /** Complete passes of khugepaged over all memory. */
    KHUGEPAGED("n", 1),
    STORE("nnnn", 1),
    LOAD("nnn", 1),
    SMAPS("nn", 1),
    PAGEMAP("nn", 1),
    /** {@code lru(addr, len)}: on which list the mapped pages are, and whether they are marked referenced. */
    LRU("nn", 1),
    VMSTAT("w*", 0),
    MTHP("w*", 0),
    MEMINFO("", 0),
    HUGETLB("n", 1),
    MEMMAP("", 0),
    STATUS("", 0),
    FSTAT("n", 1),
    STATFS("s", 1),
    ALIGNED("nn", 2);

    private static final Map<String, Operation> BY_LABEL = new HashMap<>();

    static {
        for (Operation operation : values()) {
            BY_LABEL.put(operation.label, operation);
        }
    }

    private final String label = name().toLowerCase(Locale.ROOT);
    private final String parameters;
    private final int required;

    Operation(String parameters, int required) {
        this.parameters = parameters;
        this.required = required;
    }

    /** The name in scenarios and recordings. */
    public String label() {
        return label;
    }

    /** The operation that scenarios call {@code label}. */
    public static Optional<Operation> of(String label) {
        return Optional.ofNullable(BY_LABEL.get(label));
    }

    /** Whether all arguments are bare words: names of counters. */
    boolean takesWords() {
        return parameters.equals("w*");
    }

    /** Whether the first argument is the variable to set. */
    boolean namesVariable() {
        return parameters.equals("wnn");
    }

    /** Whether the first argument is a string. */
    public boolean takesText() {
        return parameters.startsWith("s");
    }

    /** Whether the argument at {@code index} is a string. */
    boolean isText(int index) {
        return parameters.charAt(index) == 's';
    }

    /** Most arguments that it takes. */
    int most() {
        return parameters.length();
    }

    /** Fewest arguments that it takes; those left out are 0, or as the operation says. */
    int fewest() {
        return required;
    }
}
