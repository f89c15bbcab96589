package org.mmkit.arch.riscv64;

import com.google.auto.service.AutoService;
import java.util.Arrays;
import java.util.List;
import org.mmkit.api.arch.Architecture;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.MmuGeometry;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.arch.PhysicalMap;
import org.mmkit.api.arch.VirtualLayout;
import org.mmkit.api.config.Configuration;

/** The RISC-V backend: Sv39, Sv48 and Sv57, 4 KiB pages, huge pages of 2 MiB and 1 GiB, 64 KiB runs with Svnapot. */
@AutoService(Architecture.class)
public final class Riscv64 implements Architecture {

    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;

    private static final int PAGE_SHIFT = 12;
    private static final int INDEX_BITS = 9;

    /** Linux maps user memory by entries of the three lowest levels; the architecture allows leaves at every level. */
    private static final int LEAF_LEVELS = 1 << 1 | 1 << 2 | 1 << 3;

    /** The PPN of an entry has 44 bits (Privileged Architecture, section "Sv39"). */
    private static final int PA_BITS = 56;

    /** arch/riscv/include/asm/sparsemem.h, SECTION_SIZE_BITS: 128 MiB. */
    private static final int SECTION_BITS = 27;

    /** log2 of the entries of the one run that Linux uses (NAPOT_CONT64KB_ORDER). */
    private static final int NAPOT_BITS = 4;

    /** Where memory begins on the machine "virt" of QEMU and on SiFive's boards; the first 2 MiB are the firmware's. */
    private static final long MEMORY_START = 2 * GIB;

    private static final long FIRMWARE_BYTES = 2 * MIB;
    private static final long HIGH_MEMORY = 4 * GIB;
    private static final long LEAST_MEMORY = 16 * MIB;

    /** The least distance of mmap_base from the stack's end (mm/util.c, MIN_GAP). */
    private static final long MMAP_GAP = 128 * MIB;

    /** Default of vm.mmap_min_addr of distributions. */
    private static final long USER_START = 64L << 10;

    /** sizeof(struct page). */
    private static final int STRUCT_PAGE_SHIFT = 6;

    /** Programs get addresses of at most so many bits unless they ask for more (MMAP_VA_BITS_64). */
    private static final int MMAP_VA_BITS = 48;

    /** The field MODE of satp and its values. */
    private static final int MODE_SHIFT = 60;

    private static final int MODE_SV39 = 8;

    private static final long PPN = (1L << 44) - 1;

    @Override
    public String id() {
        return "riscv64";
    }

    @Override
    public String configSymbol() {
        return "RISCV";
    }

    @Override
    public String name() {
        return "riscv64";
    }

    private static int levels(Configuration configuration) {
        return configuration.isEnabled("RISCV_SV39") ? 3 : configuration.isEnabled("RISCV_SV57") ? 5 : 4;
    }

    /** {@inheritDoc} EM_RISCV. */
    @Override
    public int elfMachine() {
        return 243;
    }

    @Override
    public PageTableLayout layout(Configuration configuration) {
        int levels = levels(configuration);
        int[] bits = new int[levels];
        Arrays.fill(bits, INDEX_BITS);
        int[] runs = new int[levels];
        runs[0] = configuration.isEnabled("RISCV_ISA_SVNAPOT") ? NAPOT_BITS : 0;
        return new PageTableLayout(PAGE_SHIFT, bits, LEAF_LEVELS, PAGE_SHIFT + levels * INDEX_BITS, PA_BITS, true, runs);
    }

    @Override
    public EntryFormat entryFormat(Configuration configuration) {
        return Riscv64Entry.INSTANCE;
    }

    /**
     * {@inheritDoc}
     *
     * <p>arch/riscv/include/asm/page.h and pgtable.h; Documentation/arch/riscv/vm-layout.rst. Below the direct map lies an eighth of
     * the upper half for vmalloc, and the memory map below that.
     */
    @Override
    public VirtualLayout virtualLayout(Configuration configuration) {
        int bits = PAGE_SHIFT + levels(configuration) * INDEX_BITS;
        long directMap = bits == 57 ? 0xFF60_0000_0000_0000L : bits == 48 ? 0xFFFF_AF80_0000_0000L : 0xFFFF_FFD6_0000_0000L;
        long vmalloc = 1L << bits - 3;
        long memmapBytes = 1L << bits - PAGE_SHIFT - 1 + STRUCT_PAGE_SHIFT;
        long top = 1L << Math.min(bits, MMAP_VA_BITS) - 1;
        return new VirtualLayout(
                USER_START, 1L << bits - 1, top - MMAP_GAP, top, directMap, directMap - vmalloc - memmapBytes);
    }

    @Override
    public PhysicalMap physicalMap(long bytes) {
        if (bytes < LEAST_MEMORY) {
            throw new IllegalArgumentException(bytes + " bytes are too little memory, " + LEAST_MEMORY + " is the least");
        }
        long whole = bytes & -(1L << PAGE_SHIFT);
        return new PhysicalMap(
                List.of(
                        new PhysicalMap.Range(MEMORY_START, FIRMWARE_BYTES, false),
                        new PhysicalMap.Range(MEMORY_START + FIRMWARE_BYTES, whole - FIRMWARE_BYTES, true)),
                0,
                HIGH_MEMORY);
    }

    /** {@inheritDoc} SiFive U74-MC Core Complex Manual, section "Memory management": the L2 TLB is mapped directly and holds 4 KiB pages. */
    @Override
    public MmuGeometry mmu() {
        return new MmuGeometry(
                List.of(
                        new MmuGeometry.Tlb("L1 DTLB", 1, 40, 40, 1 << 1 | 1 << 2 | 1 << 3),
                        new MmuGeometry.Tlb("L2 TLB", 2, 512, 1, 1 << 1)),
                List.of());
    }

    @Override
    public int sectionOrder(Configuration configuration) {
        return SECTION_BITS - PAGE_SHIFT;
    }

    /** {@inheritDoc} satp: the mode in bits 63 to 60, the ASID in 59 to 44, the page number of the root in 43 to 0. */
    @Override
    public long rootAddress(Configuration configuration, long register) {
        int mode = (int) (register >>> MODE_SHIFT);
        if (mode == 0) {
            return register;
        }
        // Sv39 is mode 8, Sv48 9, Sv57 10.
        int levels = mode - MODE_SV39 + 3;
        if (levels != levels(configuration)) {
            throw new IllegalArgumentException("satp 0x" + Long.toHexString(register) + " says mode " + mode + (levels >= 3 && levels <= 5
                    ? ", Sv" + (PAGE_SHIFT + levels * INDEX_BITS) + "; set RISCV_SV" + (PAGE_SHIFT + levels * INDEX_BITS) + "=y"
                    : ", which is none of Sv39 (8), Sv48 (9) and Sv57 (10)"));
        }
        return (register & PPN) << PAGE_SHIFT;
    }
}
