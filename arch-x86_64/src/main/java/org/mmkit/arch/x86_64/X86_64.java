package org.mmkit.arch.x86_64;

import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.mmkit.api.arch.Architecture;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.MmuGeometry;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.arch.PhysicalMap;
import org.mmkit.api.arch.VirtualLayout;
import org.mmkit.api.config.Configuration;

/** The x86-64 backend: 4 KiB pages, huge pages of 2 MiB and 1 GiB, tables of 4 levels or, with X86_5LEVEL, of 5. */
@AutoService(Architecture.class)
public final class X86_64 implements Architecture {

    private static final String FIVE_LEVELS = "X86_5LEVEL";

    private static final int PAGE_SHIFT = 12;
    private static final long PAGE = 1L << PAGE_SHIFT;

    /** Nine bits of the address index the 512 entries of each table (Intel SDM 3A, section 5.5.4). */
    private static final int INDEX_BITS = 9;

    /** Levels 1, 2 and 3 may hold a leaf: 4 KiB, 2 MiB and 1 GiB pages. */
    private static final int LEAF_LEVELS = 1 << 1 | 1 << 2 | 1 << 3;

    /** Bits of a physical address that an entry holds (Intel SDM 3A, section 5.1.4: MAXPHYADDR is at most 52). */
    private static final int PA_BITS = 52;

    /** arch/x86/include/asm/sparsemem.h, SECTION_SIZE_BITS: 128 MiB. */
    private static final int SECTION_BITS = 27;

    private static final long KIB = 1L << 10;
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;

    /** The page below the end of the lower half stays unmapped (arch/x86/include/asm/page_64_types.h, TASK_SIZE_MAX). */
    private static final long USER_END = (1L << 47) - PAGE;

    private static final long USER_END_5 = (1L << 56) - PAGE;

    /** The least distance of mmap_base from the stack's end (arch/x86/mm/mmap.c); the default stack limit of 8 MiB is less. */
    private static final long MMAP_GAP = 128 * MIB;

    /** Default of vm.mmap_min_addr of distributions. */
    private static final long USER_START = 64 * KIB;

    /** Base memory ends here, extended BIOS data begins; memory goes on at 1 MiB. */
    private static final long BASE_MEMORY_END = 0x9F000;

    /** Devices are decoded between the top of low memory and 4 GiB. */
    private static final long LOW_MEMORY_END = 3 * GIB;

    private static final long HIGH_MEMORY = 4 * GIB;

    /** ISA devices reach 24 address bits. */
    private static final long DMA_END = 16 * MIB;

    @Override
    public String id() {
        return "x86_64";
    }

    @Override
    public String configSymbol() {
        return "X86_64";
    }

    @Override
    public String name() {
        return "x86_64";
    }

    /** {@inheritDoc} EM_X86_64. */
    @Override
    public int elfMachine() {
        return 62;
    }

    @Override
    public PageTableLayout layout(Configuration configuration) {
        int levels = levels(configuration);
        int[] bits = new int[levels];
        Arrays.fill(bits, INDEX_BITS);
        return new PageTableLayout(PAGE_SHIFT, bits, LEAF_LEVELS, PAGE_SHIFT + levels * INDEX_BITS, PA_BITS, true);
    }

    private static int levels(Configuration configuration) {
        return configuration.isEnabled(FIVE_LEVELS) ? 5 : 4;
    }

    @Override
    public EntryFormat entryFormat(Configuration configuration) {
        return X86Entry.INSTANCE;
    }

    /**
     * {@inheritDoc}
     *
     * <p>With five levels user space ends at 2^56, but addresses are still given from below 2^47 unless asked for: older programs
     * keep data in the upper bits of pointers (Documentation/arch/x86/x86_64/5level-paging.rst).
     */
    @Override
    public VirtualLayout virtualLayout(Configuration configuration) {
        boolean five = configuration.isEnabled(FIVE_LEVELS);
        return new VirtualLayout(
                USER_START,
                five ? USER_END_5 : USER_END,
                USER_END - MMAP_GAP,
                USER_END,
                five ? 0xFF11_0000_0000_0000L : 0xFFFF_8880_0000_0000L,
                five ? 0xFFD4_0000_0000_0000L : 0xFFFF_EA00_0000_0000L);
    }

    /** {@inheritDoc} The e820 map of a virtual machine: holes below 1 MiB and from 3 to 4 GiB. */
    @Override
    public PhysicalMap physicalMap(long bytes) {
        if (bytes < 2 * MIB) {
            throw new IllegalArgumentException(bytes + " bytes are too little memory, 2 MiB is the least");
        }
        long whole = bytes & -PAGE;
        List<PhysicalMap.Range> ranges = new ArrayList<>();
        ranges.add(new PhysicalMap.Range(0, BASE_MEMORY_END, true));
        ranges.add(new PhysicalMap.Range(BASE_MEMORY_END, MIB - BASE_MEMORY_END, false));
        ranges.add(new PhysicalMap.Range(MIB, Math.min(whole, LOW_MEMORY_END) - MIB, true));
        if (whole > LOW_MEMORY_END) {
            ranges.add(new PhysicalMap.Range(HIGH_MEMORY, whole - LOW_MEMORY_END, true));
        }
        return new PhysicalMap(ranges, DMA_END, HIGH_MEMORY);
    }

    /**
     * {@inheritDoc}
     *
     * <p>TLBs: Intel 64 and IA-32 Architectures Optimization Reference Manual, TLB parameters of the Skylake microarchitecture.
     * Paging-structure caches are not published; entries of levels 2 and 3 as measured by van Schaik and others, Reverse
     * Engineering Hardware Page Table Caches, 2017.
     */
    @Override
    public MmuGeometry mmu() {
        int page = 1 << 1;
        int large = 1 << 2;
        int giant = 1 << 3;
        return new MmuGeometry(
                List.of(
                        new MmuGeometry.Tlb("DTLB 4K", 1, 64, 4, page),
                        new MmuGeometry.Tlb("DTLB 2M/4M", 1, 32, 4, large),
                        new MmuGeometry.Tlb("DTLB 1G", 1, 4, 4, giant),
                        new MmuGeometry.Tlb("STLB 4K/2M", 2, 1536, 12, page | large),
                        new MmuGeometry.Tlb("STLB 1G", 2, 16, 4, giant)),
                List.of(32, 4));
    }

    @Override
    public int sectionOrder(Configuration configuration) {
        return SECTION_BITS - PAGE_SHIFT;
    }

    /** {@inheritDoc} CR3: the PCID or PWT and PCD in bits 11 to 0, no flush in bit 63 (Intel SDM 3A, table 5-12). */
    @Override
    public long rootAddress(Configuration configuration, long register) {
        return register & X86Entry.FRAME;
    }
}
