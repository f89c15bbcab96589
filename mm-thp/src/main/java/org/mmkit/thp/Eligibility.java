package org.mmkit.thp;

import org.mmkit.api.feature.AnonFolioPolicy;
import org.mmkit.api.space.Vma;
import org.mmkit.api.space.VmFlags;
import org.mmkit.thp.shmem.ShmemSizes;

/**
 * Which orders an area may have, and for whom (Linux: thp_vma_allowable_orders). The reasons differ: a fault asks about one
 * block, smaps about the area, khugepaged about memory that is there already, MADV_COLLAPSE overrides the knobs.
 */
public final class Eligibility implements AnonFolioPolicy {

    /** Who asks. */
    public enum Asker {
        SMAPS,
        FAULT,
        KHUGEPAGED,
        FORCED_COLLAPSE
    }

    private static final long NO_KHUGEPAGED = VmFlags.SPECIAL | VmFlags.HUGETLB;

    private final Settings settings;
    private final ShmemSizes shmem;
    private final int pageShift;
    private final int pmdOrder;
    /** Every order that anonymous memory can have: no 2-page folios, they have no room for the deferred list. */
    private final int anonOrders;
    private final int fileOrders;
    private final long disabled;
    private final long disabledExceptAdvised;

    /** {@code disabled} and {@code disabledExceptAdvised} are the flags that PR_SET_THP_DISABLE sets. */
    public Eligibility(
            Settings settings,
            ShmemSizes shmem,
            int pageShift,
            int pmdOrder,
            boolean smallFolios,
            long disabled,
            long disabledExceptAdvised) {
        this.settings = settings;
        this.shmem = shmem;
        this.pageShift = pageShift;
        this.pmdOrder = pmdOrder;
        this.anonOrders = smallFolios ? (2 << pmdOrder) - 1 & ~3 : 1 << pmdOrder;
        this.fileOrders = ShmemSizes.fileOrders(pmdOrder, smallFolios);
        this.disabled = disabled;
        this.disabledExceptAdvised = disabledExceptAdvised;
    }

    /** Orders that anonymous memory can have at all. */
    public int anonOrders() {
        return anonOrders;
    }

    /** Orders that shared memory can have at all. */
    public int fileOrders() {
        return fileOrders;
    }

    /** Whether madvise or prctl keep huge pages away from {@code vma} (Linux: vma_thp_disabled). */
    public boolean isOptedOut(Vma vma, long vmFlags, boolean forced) {
        if ((vmFlags & VmFlags.NOHUGEPAGE) != 0 || vma.space().testFlag(disabled)) {
            return true;
        }
        if ((vmFlags & VmFlags.HUGEPAGE) != 0 || forced) {
            return false;
        }
        return vma.space().testFlag(disabledExceptAdvised);
    }

    /** Those of {@code orders} that {@code vma} may have if its flags were {@code vmFlags}. */
    public int allowable(Vma vma, long vmFlags, Asker asker, int orders) {
        boolean anonymous = vma.isAnonymous();
        boolean forced = asker == Asker.FORCED_COLLAPSE;
        if (anonymous && !forced) {
            orders &= settings.anonOrders(vmFlags);
        }
        orders &= anonymous ? anonOrders : fileOrders;
        if (orders == 0 || isOptedOut(vma, vmFlags, forced)) {
            return 0;
        }
        boolean fault = asker == Asker.FAULT;
        if (!fault && asker != Asker.SMAPS && (vmFlags & NO_KHUGEPAGED) != 0) {
            return 0;
        }
        if (!fault) {
            orders = suitableAtEnd(vma, orders);
            if (orders == 0) {
                return 0;
            }
        }
        if (!anonymous) {
            // Files other than shared memory would need READ_ONLY_THP_FOR_FS; they get huge pages from their own readers only.
            return fault || !shmem.isShmem(vma) ? 0 : orders & shmem.orders(vma, vma.pgoff(), forced);
        }
        if (!vma.hasAnonVma() && !fault && asker != Asker.SMAPS) {
            return 0;
        }
        return orders;
    }

    /** Whether {@code vma} may be huge of the PMD order. */
    public boolean allows(Vma vma, Asker asker) {
        return allowable(vma, vma.flags(), asker, 1 << pmdOrder) != 0;
    }

    /** Whether some order is allowed and an aligned block of it fits: the line THPeligible of smaps. */
    public boolean isEligible(Vma vma) {
        return allowable(vma, vma.flags(), Asker.SMAPS, anonOrders | fileOrders) != 0;
    }

    /**
     * Drops the largest orders until one is left of which the last possible block lies in the area; smaller ones are kept, as
     * Linux does.
     */
    private int suitableAtEnd(Vma vma, int orders) {
        while (orders != 0) {
            int order = 31 - Integer.numberOfLeadingZeros(orders);
            if (isSuitable(vma, vma.end() - (1L << order + pageShift), order)) {
                break;
            }
            orders &= ~(1 << order);
        }
        return orders;
    }

    /** Whether the aligned block of {@code order} around {@code va} lies in {@code vma}, with the same alignment in the file if there is one. */
    public boolean isSuitable(Vma vma, long va, int order) {
        long pages = 1L << order;
        if (!vma.isAnonymous() && ((vma.start() >>> pageShift) - vma.pgoff() & pages - 1) != 0) {
            return false;
        }
        long size = pages << pageShift;
        long block = va & -size;
        return Long.compareUnsigned(block, vma.start()) >= 0 && Long.compareUnsigned(block + size, vma.end()) <= 0;
    }

    @Override
    public int faultOrders(Vma vma, long va) {
        int orders = allowable(vma, vma.flags(), Asker.FAULT, anonOrders);
        int left = orders;
        while (left != 0) {
            int order = 31 - Integer.numberOfLeadingZeros(left);
            left &= ~(1 << order);
            if (!isSuitable(vma, va, order)) {
                orders &= ~(1 << order);
            }
        }
        return orders;
    }

    @Override
    public int gfp(Vma vma) {
        return settings.faultGfp(vma.has(VmFlags.HUGEPAGE));
    }
}
