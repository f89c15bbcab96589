package org.mmkit.api.space;

/**
 * A page fault being handled (Linux: struct vm_fault). One object is reused for all faults of a machine's thread; handlers
 * must not keep it.
 */
public final class Fault {

    /** The access is a write. */
    public static final int WRITE = 1;
    /** The access came from user mode. */
    public static final int USER = 1 << 1;
    /** The access is an instruction fetch. */
    public static final int INSTRUCTION = 1 << 2;
    /** The kernel reaches for user memory on its own account (get_user_pages, populate). */
    public static final int REMOTE = 1 << 3;
    /** Copy-on-write must be broken although the area is not writable, or for a pin (Linux: FAULT_FLAG_UNSHARE). */
    public static final int UNSHARE = 1 << 4;

    /** Outcome of a handler: resolved. */
    public static final int DONE = 0;
    /** No memory. */
    public static final int OOM = 1;
    /** The backing has nothing there: SIGBUS. */
    public static final int SIGBUS = 2;
    /** A read from the backing store was needed. */
    public static final int MAJOR = 4;
    /** No such area or no permission: SIGSEGV. */
    public static final int SIGSEGV = 0x40;
    /** Not handled at this level; try the next lower one. */
    public static final int FALLBACK = 0x800;
    /** Outcomes that end the access. */
    public static final int ERROR = OOM | SIGBUS | SIGSEGV;

    private Vma vma;
    private long address;
    private int flags;
    private long slot;
    private long entry;
    private boolean major;

    /** Made once per thread of a machine. */
    public Fault(Vma vma) {
        this.vma = vma;
    }

    /** Starts a new fault. */
    public void begin(Vma vma, long address, int flags) {
        this.vma = vma;
        this.address = address;
        this.flags = flags;
        this.slot = -1;
        this.entry = 0;
        this.major = false;
    }

    /** A page had to be read from the backing store. */
    public void setMajor() {
        major = true;
    }

    /** Whether one had. */
    public boolean isMajor() {
        return major;
    }

    /** Says where the page-table walk stands: the slot of the level that is asked next, and what was read there. */
    public void at(long slot, long entry) {
        this.slot = slot;
        this.entry = entry;
    }

    /** The area that holds {@link #address}. */
    public Vma vma() {
        return vma;
    }

    /** The faulting address, not rounded. */
    public long address() {
        return address;
    }

    /** Bits such as {@link #WRITE}. */
    public int flags() {
        return flags;
    }

    /** Whether the access is a write. */
    public boolean isWrite() {
        return (flags & WRITE) != 0;
    }

    /** Whether copy-on-write is to be broken without making the page writable. */
    public boolean isUnshare() {
        return (flags & UNSHARE) != 0;
    }

    /** The page-table slot of the level being asked. */
    public long slot() {
        return slot;
    }

    /** The entry that was read from {@link #slot}. */
    public long entry() {
        return entry;
    }
}
