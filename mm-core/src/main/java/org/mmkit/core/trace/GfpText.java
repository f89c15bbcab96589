package org.mmkit.core.trace;

import org.mmkit.api.memory.Gfp;

/** Allocation flags as the kernel's traces name them (include/trace/events/mmflags.h, in the order and with the bits of 6.18). */
final class GfpText {

    private static final long DMA = 0x1;
    private static final long HIGHMEM = 0x2;
    private static final long DMA32 = 0x4;
    private static final long MOVABLE = 0x8;
    private static final long RECLAIMABLE = 0x10;
    private static final long HIGH = 0x20;
    private static final long IO_FS = 0xc0;
    private static final long ZERO = 0x100;
    private static final long DIRECT_RECLAIM = 0x400;
    private static final long KSWAPD_RECLAIM = 0x800;
    private static final long NOWARN = 0x2000;
    private static final long NOFAIL = 0x8000;
    private static final long RETRY_MAYFAIL = 0x4000;
    private static final long NORETRY = 0x10000;
    private static final long COMP = 0x40000;
    private static final long NOMEMALLOC = 0x80000;
    private static final long HARDWALL = 0x100000;
    private static final long THISNODE = 0x200000;

    private static final String[] NAMES = {
        "GFP_TRANSHUGE", "GFP_TRANSHUGE_LIGHT", "GFP_HIGHUSER_MOVABLE", "GFP_HIGHUSER", "GFP_USER", "GFP_KERNEL_ACCOUNT", "GFP_KERNEL",
        "GFP_NOFS", "GFP_ATOMIC", "GFP_NOIO", "GFP_NOWAIT", "GFP_DMA", "GFP_DMA32", "__GFP_RECLAIM", "__GFP_DMA", "__GFP_HIGHMEM",
        "__GFP_DMA32", "__GFP_MOVABLE", "__GFP_RECLAIMABLE", "__GFP_HIGH", "__GFP_IO", "__GFP_FS", "__GFP_ZERO",
        "__GFP_DIRECT_RECLAIM", "__GFP_KSWAPD_RECLAIM", "__GFP_WRITE", "__GFP_NOWARN", "__GFP_RETRY_MAYFAIL", "__GFP_NOFAIL",
        "__GFP_NORETRY", "__GFP_MEMALLOC", "__GFP_COMP", "__GFP_NOMEMALLOC", "__GFP_HARDWALL", "__GFP_THISNODE", "__GFP_ACCOUNT"
    };

    private static final long[] MASKS = {
        0x1c24ca, 0x1c20ca, 0x100cca, 0x100cc2, 0x100cc0, 0x400cc0, 0xcc0,
        0xc40, 0x820, 0xc00, 0x2800, 0x1, 0x4, 0xc00, 0x1, 0x2,
        0x4, 0x8, 0x10, 0x20, 0x40, 0x80, 0x100,
        0x400, 0x800, 0x1000, 0x2000, 0x4000, 0x8000,
        0x10000, 0x20000, 0x40000, 0x80000, 0x100000, 0x200000, 0x400000
    };

    private GfpText() {}

    /** The kernel's bits for {@code gfp}, bits of {@link Gfp}: what may reclaim may do so with file systems; users' pages obey cpusets. */
    static long kernelBits(int gfp) {
        boolean user = (gfp & (Gfp.HIGHMEM | Gfp.MOVABLE)) != 0;
        long bits = user || (gfp & Gfp.DIRECT_RECLAIM) != 0 ? IO_FS : 0;
        bits |= user ? HARDWALL : 0;
        bits |= map(gfp, Gfp.MOVABLE, MOVABLE) | map(gfp, Gfp.RECLAIMABLE, RECLAIMABLE) | map(gfp, Gfp.HIGHMEM, HIGHMEM);
        bits |= map(gfp, Gfp.DMA, DMA) | map(gfp, Gfp.DMA32, DMA32) | map(gfp, Gfp.ATOMIC, HIGH) | map(gfp, Gfp.ZERO, ZERO);
        bits |= map(gfp, Gfp.DIRECT_RECLAIM, DIRECT_RECLAIM) | map(gfp, Gfp.KSWAPD_RECLAIM, KSWAPD_RECLAIM);
        bits |= map(gfp, Gfp.NORETRY, NORETRY) | map(gfp, Gfp.NOWARN, NOWARN) | map(gfp, Gfp.NOMEMALLOC, NOMEMALLOC);
        bits |= map(gfp, Gfp.RETRY_MAYFAIL, RETRY_MAYFAIL);
        return bits | map(gfp, Gfp.COMP, COMP) | map(gfp, Gfp.NOFAIL, NOFAIL) | map(gfp, Gfp.THISNODE, THISNODE);
    }

    private static long map(int gfp, int from, long to) {
        return (gfp & from) != 0 ? to : 0;
    }

    /** The pairs of bits and names as a print format lists them. */
    static String pairs() {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < NAMES.length; i++) {
            out.append("{0x").append(Long.toHexString(MASKS[i])).append("UL, \"").append(NAMES[i]).append("\"}, ");
        }
        return out.append("{ 0, ((void *)0) }").toString();
    }

    /** Appends the names of {@code gfp}, bits of {@link Gfp}, with bars between them. */
    static void print(StringBuilder out, int gfp) {
        long left = kernelBits(gfp);
        if (left == 0) {
            out.append("none");
            return;
        }
        boolean first = true;
        for (int i = 0; i < NAMES.length && left != 0; i++) {
            if ((left & MASKS[i]) == MASKS[i]) {
                out.append(first ? "" : "|").append(NAMES[i]);
                left &= ~MASKS[i];
                first = false;
            }
        }
    }
}
