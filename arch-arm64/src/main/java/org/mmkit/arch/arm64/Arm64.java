package org.mmkit.arch.arm64;

import com.google.auto.service.AutoService;
import java.util.List;
import org.mmkit.api.arch.Architecture;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.MmuGeometry;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.arch.PhysicalMap;
import org.mmkit.api.arch.VirtualLayout;
import org.mmkit.api.config.Configuration;

/**
 * The arm64 backend: granules of 4, 16 and 64 KiB, tables of 2 to 5 levels as ARM64_VA_BITS says, physical addresses of 48 or
 * 52 bits.
 */
@AutoService(Architecture.class)
public final class Arm64 implements Architecture {

    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;

    /** Where memory begins on the machine "virt" of QEMU, and on many boards. */
    private static final long MEMORY_START = GIB;

    private static final long HIGH_MEMORY = 4 * GIB;
    private static final long LEAST_MEMORY = 16 * MIB;

    /** The least distance of mmap_base from the stack's end (mm/util.c, MIN_GAP). */
    private static final long MMAP_GAP = 128 * MIB;

    /** Default of vm.mmap_min_addr of distributions. */
    private static final long USER_START = 64L << 10;

    /** sizeof(struct page). */
    private static final int STRUCT_PAGE_SHIFT = 6;

    private static final int SMALL_PA_BITS = 48;
    private static final int LARGE_PA_BITS = 52;

    /** Choices of ARM64_VA_BITS, smallest first. */
    private static final int[] VA_BITS = {36, 39, 42, 47, 48, 52};

    private static final int USUAL_VA_BITS = 48;

    @Override
    public String id() {
        return "arm64";
    }

    @Override
    public String configSymbol() {
        return "ARM64";
    }

    @Override
    public String name() {
        return "aarch64";
    }

    private static int vaBits(Configuration configuration) {
        for (int bits : VA_BITS) {
            if (configuration.isEnabled("ARM64_VA_BITS_" + bits)) {
                return bits;
            }
        }
        return USUAL_VA_BITS;
    }

    private static int paBits(Configuration configuration) {
        return configuration.isEnabled("ARM64_PA_BITS_52") ? LARGE_PA_BITS : SMALL_PA_BITS;
    }

    /** {@inheritDoc} EM_AARCH64. */
    @Override
    public int elfMachine() {
        return 183;
    }

    @Override
    public PageTableLayout layout(Configuration configuration) {
        return Granule.of(configuration).layout(vaBits(configuration), paBits(configuration));
    }

    @Override
    public EntryFormat entryFormat(Configuration configuration) {
        return Arm64Entry.of(Granule.of(configuration), paBits(configuration) == LARGE_PA_BITS);
    }

    /** {@inheritDoc} arch/arm64/mm/contpte.c. */
    @Override
    public boolean foldsRuns(Configuration configuration) {
        return configuration.isEnabled("ARM64_CONTPTE");
    }

    /**
     * {@inheritDoc}
     *
     * <p>arch/arm64/include/asm/memory.h and processor.h. With 52 bits user space ends at 2^52, but addresses are given from below
     * 2^48 (2^47 with 16 KiB pages, VA_BITS_MIN) unless asked for. The memory map sits below the last GiB.
     */
    @Override
    public VirtualLayout virtualLayout(Configuration configuration) {
        Granule granule = Granule.of(configuration);
        int bits = vaBits(configuration);
        int window = bits <= USUAL_VA_BITS ? bits : granule == Granule.K16 ? 47 : 48;
        long top = 1L << window;
        long pageOffset = -(1L << bits);
        long directMapEnd = -(1L << window - 1);
        long memmapBytes = directMapEnd - pageOffset >>> granule.pageShift - STRUCT_PAGE_SHIFT;
        return new VirtualLayout(USER_START, 1L << bits, top - MMAP_GAP, top, pageOffset, -GIB - memmapBytes);
    }

    /** {@inheritDoc} One range from 1 GiB on, as QEMU's machine "virt" has it. ZONE_DMA reaches to 4 GiB, so ZONE_DMA32 is empty. */
    @Override
    public PhysicalMap physicalMap(long bytes) {
        if (bytes < LEAST_MEMORY) {
            throw new IllegalArgumentException(bytes + " bytes are too little memory, " + LEAST_MEMORY + " is the least");
        }
        long whole = bytes & -(1L << Granule.K64.pageShift);
        return new PhysicalMap(List.of(new PhysicalMap.Range(MEMORY_START, whole, true)), HIGH_MEMORY, HIGH_MEMORY);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Arm Neoverse N1 Core Technical Reference Manual, section "TLB organization". Runs of 64 KiB are
     * among the sizes of both levels, those of 32 MiB of the second. Partial walks are kept in the L2 TLB, which has no part of its own for
     * them.
     */
    @Override
    public MmuGeometry mmu() {
        int all = 1 << 1 | 1 << 2 | 1 << 3;
        return new MmuGeometry(
                List.of(new MmuGeometry.Tlb("L1 DTLB", 1, 48, 48, all, 1 << 1), new MmuGeometry.Tlb("L2 TLB", 2, 1280, 5, all, 1 << 1 | 1 << 2)),
                List.of());
    }

    @Override
    public int sectionOrder(Configuration configuration) {
        Granule granule = Granule.of(configuration);
        return granule.sectionBits - granule.pageShift;
    }

    @Override
    public int maxOrder(Configuration configuration) {
        return (int) configuration.number("ARCH_FORCE_MAX_ORDER").orElse(Granule.of(configuration).maxOrder);
    }

    /**
     * {@inheritDoc}
     *
     * <p>TTBR0_EL1 and TTBR1_EL1: the ASID is in bits 63 to 48, CnP in bit 0; with 52-bit physical addresses bits 5 to 2 hold bits 51
     * to 48 of the address (Arm ARM, TTBR0_EL1.BADDR).
     */
    @Override
    public long rootAddress(Configuration configuration, long register) {
        long low = register & 0x0000_FFFF_FFFF_FFC0L;
        return paBits(configuration) == LARGE_PA_BITS ? low | (register >>> 2 & 0xF) << 48 : register & 0x0000_FFFF_FFFF_FFFEL;
    }

    /** {@inheritDoc} Bits above the translated ones are all 0 (TTBR0) or all 1 (TTBR1); user space may put a tag into the top byte. */
    @Override
    public boolean isCanonical(PageTableLayout layout, long va) {
        boolean kernel = (va >>> 55 & 1) != 0;
        return kernel ? va >> layout.vaBits() == -1 : (va << 8 >>> 8) >>> layout.vaBits() == 0;
    }

    @Override
    public long canonical(PageTableLayout layout, long va, boolean kernelRoot) {
        long low = va & (1L << layout.vaBits()) - 1;
        return kernelRoot ? low | -1L << layout.vaBits() : low;
    }
}
