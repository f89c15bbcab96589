package org.mmkit.api.space;

/** Flags of a memory area; names and values are those of Linux (include/linux/mm.h, VM_*). */
public final class VmFlags {

    public static final long READ = 0x1;
    public static final long WRITE = 0x2;
    public static final long EXEC = 0x4;
    public static final long SHARED = 0x8;
    public static final long MAYREAD = 0x10;
    public static final long MAYWRITE = 0x20;
    public static final long MAYEXEC = 0x40;
    public static final long MAYSHARE = 0x80;
    public static final long GROWSDOWN = 0x100;
    public static final long PFNMAP = 0x400;
    /** Guard markers may lie in the area (Linux: VM_MAYBE_GUARD); never taken away, and no obstacle to a merge. */
    public static final long MAYBE_GUARD = 0x800;
    public static final long LOCKED = 0x2000;
    public static final long IO = 0x4000;
    public static final long SEQ_READ = 0x8000;
    public static final long RAND_READ = 0x10000;
    public static final long DONTCOPY = 0x20000;
    public static final long DONTEXPAND = 0x40000;
    public static final long LOCKONFAULT = 0x80000;
    public static final long ACCOUNT = 0x100000;
    public static final long NORESERVE = 0x200000;
    public static final long HUGETLB = 0x400000;
    public static final long SYNC = 0x800000;
    public static final long WIPEONFORK = 0x2000000;
    public static final long DONTDUMP = 0x4000000;
    public static final long SOFTDIRTY = 0x8000000;
    public static final long MIXEDMAP = 0x10000000;
    public static final long HUGEPAGE = 0x20000000;
    public static final long NOHUGEPAGE = 0x40000000L;
    public static final long MERGEABLE = 0x80000000L;
    public static final long DROPPABLE = 1L << 37;

    /** Flags that do not keep areas from merging, and stay with what they become. */
    public static final long STICKY = MAYBE_GUARD;
    /** READ, WRITE and EXEC. */
    public static final long ACCESS = READ | WRITE | EXEC;
    /** An area of which nothing can be locked, merged or made huge. */
    public static final long SPECIAL = IO | DONTEXPAND | PFNMAP | MIXEDMAP;

    private VmFlags() {}
}
