package org.mmkit.thp.shmem;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.Errno;
import org.mmkit.api.feature.ShmemFolioPolicy;
import org.mmkit.api.file.FileMapping;
import org.mmkit.api.file.ShmemMapping;
import org.mmkit.api.space.Vma;
import org.mmkit.api.space.VmFlags;
import org.mmkit.thp.Settings;

/**
 * Which folio sizes shared memory may use (Linux: mm/shmem.c, shmem_allowable_huge_orders): a mount goes by its option {@code huge=};
 * memory without a name (memfd, shared anonymous, System V) by {@code shmem_enabled} of each size, and where that
 * inherits by the top-level one. The top level's deny and force overrule both.
 */
public final class ShmemSizes implements ShmemFolioPolicy {

    private static final String[] MOUNT_OPTIONS = {"never", "always", "within_size", "advise"};
    /** Words of a size's {@code shmem_enabled}, in the order the file shows them. */
    public static final List<String> SIZE_MODES = List.of("always", "inherit", "within_size", "advise", "never");
    private static final int NEVER = 0;
    private static final int ALWAYS = 1;
    private static final int WITHIN_SIZE = 2;
    private static final int ADVISE = 3;

    /** Values of the top-level {@code shmem_enabled}, in the order the file shows them. */
    public enum Mode {
        ALWAYS,
        WITHIN_SIZE,
        ADVISE,
        NEVER,
        DENY,
        FORCE
    }

    /** Says whether a process or an area refuses huge pages, see {@link org.mmkit.thp.Eligibility#isOptedOut}. */
    public interface OptOut {
        /** Whether {@code vma} has none, {@code forced} by MADV_COLLAPSE or not. */
        boolean test(Vma vma, boolean forced);
    }

    private final Settings settings;
    private final int pageShift;
    private final int pmdOrder;
    private final int fileOrders;
    private OptOut optOut = (vma, forced) -> false;
    private Mode mode = Mode.NEVER;
    /** The option of the kernel's own mount: the last mode that was neither deny nor force. */
    private int internalOption = NEVER;
    private int tmpfsDefault = NEVER;
    private int always;
    private int withinSize;
    private int advise;
    private int inherit;

    /** Shared memory starts without huge pages. */
    public ShmemSizes(Settings settings, int pageShift, int pmdOrder, boolean smallFolios) {
        this.settings = settings;
        this.pageShift = pageShift;
        this.pmdOrder = pmdOrder;
        this.fileOrders = fileOrders(pmdOrder, smallFolios);
        this.inherit = 1 << pmdOrder;
    }

    /** Orders that files can have at all. */
    public static int fileOrders(int pmdOrder, boolean smallFolios) {
        return smallFolios ? (2 << pmdOrder) - 1 & ~1 : 1 << pmdOrder;
    }

    /** Sets who is asked for opt-outs. */
    public void setOptOut(OptOut optOut) {
        this.optOut = optOut;
    }

    /** The top-level mode. */
    public Mode mode() {
        return mode;
    }

    /**
     * Changes the top-level mode.
     *
     * @return 0, or {@code -EINVAL} for force while a size other than that of a PMD inherits
     */
    public int setMode(Mode mode) {
        if (mode == Mode.FORCE && inherit != 1 << pmdOrder) {
            return -Errno.EINVAL;
        }
        this.mode = mode;
        switch (mode) {
            case ALWAYS -> internalOption = ALWAYS;
            case WITHIN_SIZE -> internalOption = WITHIN_SIZE;
            case ADVISE -> internalOption = ADVISE;
            case NEVER -> internalOption = NEVER;
            case DENY, FORCE -> { }
        }
        return 0;
    }

    /** The option that tmpfs mounts without {@code huge=} get. */
    public void setTmpfsDefault(int option) {
        tmpfsDefault = option;
    }

    /** The word of {@code shmem_enabled} of {@code order}. */
    public String sizeMode(int order) {
        int bit = 1 << order;
        if ((always & bit) != 0) {
            return "always";
        }
        if ((inherit & bit) != 0) {
            return "inherit";
        }
        if ((withinSize & bit) != 0) {
            return "within_size";
        }
        return (advise & bit) != 0 ? "advise" : "never";
    }

    /**
     * Sets {@code shmem_enabled} of {@code order}.
     *
     * @return 0, or {@code -EINVAL} for an unknown word, and for a size below that of a PMD that would inherit force
     */
    public int setSizeMode(int order, String word) {
        int bit = 1 << order;
        if (word.equals("inherit") && mode == Mode.FORCE && order != pmdOrder) {
            return -Errno.EINVAL;
        }
        if (!SIZE_MODES.contains(word)) {
            return -Errno.EINVAL;
        }
        always &= ~bit;
        inherit &= ~bit;
        withinSize &= ~bit;
        advise &= ~bit;
        switch (word) {
            case "always" -> always |= bit;
            case "inherit" -> inherit |= bit;
            case "within_size" -> withinSize |= bit;
            case "advise" -> advise |= bit;
            default -> { }
        }
        return 0;
    }

    /** Whether huge pages of the PMD order are possible anywhere in shared memory, so that khugepaged has work (Linux: shmem_hpage_pmd_enabled). */
    public boolean isPmdOrderOn() {
        int bit = 1 << pmdOrder;
        if (mode == Mode.DENY) {
            return false;
        }
        return ((always | advise | withinSize) & bit) != 0 || (inherit & bit) != 0 && mode != Mode.NEVER;
    }

    /** The largest order that memory without a name may have by now, for aligning its mappings; 0 for none. */
    public int largestAnonymousOrder() {
        if (mode == Mode.DENY) {
            return 0;
        }
        if (mode == Mode.FORCE) {
            return pmdOrder;
        }
        int orders = always | withinSize | advise | (internalOption == NEVER ? 0 : inherit);
        return orders == 0 ? 0 : 31 - Integer.numberOfLeadingZeros(orders);
    }

    /** Whether {@code vma} maps shared memory. */
    public boolean isShmem(Vma vma) {
        return vma.hasFile() && vma.file() instanceof ShmemMapping;
    }

    /** Orders that {@code vma}, which maps shared memory, may have at page {@code index} of the file. */
    public int orders(Vma vma, long index, boolean forced) {
        FileMapping file = vma.file();
        return file instanceof ShmemMapping shmem ? orders(shmem, vma, index, 0, forced) : 0;
    }

    @Override
    public int orders(ShmemMapping file, @Nullable Vma vma, long index, long writeEnd) {
        return orders(file, vma, index, writeEnd, false);
    }

    private int orders(ShmemMapping file, @Nullable Vma vma, long index, long writeEnd, boolean forced) {
        if (vma != null && optOut.test(vma, forced)) {
            return 0;
        }
        boolean advised = vma != null && vma.has(VmFlags.HUGEPAGE);
        // A fault tries no other size than that of a PMD; a write or a preallocation goes on to the smaller ones.
        int mount = mountOrders(file, vma == null ? fileOrders : 1 << pmdOrder, advised, index, writeEnd, forced);
        if (vma == null || !file.isAnonymous(vma)) {
            return mount;
        }
        if (mode == Mode.DENY) {
            return 0;
        }
        if (mode == Mode.FORCE) {
            return inherit;
        }
        int orders = always | withinSize(file, withinSize, index, 0);
        if (advised) {
            orders |= advise;
        }
        if (mount != 0) {
            orders |= inherit;
        }
        return orders;
    }

    /** What the mount allows, the largest order to be tried first (Linux: shmem_huge_global_enabled). */
    private int mountOrders(
            ShmemMapping file, int candidates, boolean advised, long index, long writeEnd, boolean forced) {
        if (mode == Mode.DENY) {
            return 0;
        }
        if (forced || mode == Mode.FORCE) {
            return 1 << pmdOrder;
        }
        int option = option(file);
        if (option == ALWAYS) {
            return candidates;
        }
        if (option == WITHIN_SIZE) {
            int within = withinSize(file, candidates, index, writeEnd);
            if (within != 0) {
                return within;
            }
        }
        return (option == WITHIN_SIZE || option == ADVISE) && advised ? candidates : 0;
    }

    private int option(ShmemMapping file) {
        return file.hugeOption() == ShmemMapping.INTERNAL ? internalOption : file.hugeOption();
    }

    /** {@code orders} without the largest ones whose block around {@code index} reaches beyond the end of the file. */
    private int withinSize(ShmemMapping file, int orders, long index, long writeEnd) {
        long size = Math.max(file.size(), writeEnd);
        long pages = size + (1L << pageShift) - 1 >>> pageShift;
        while (orders != 0) {
            int order = 31 - Integer.numberOfLeadingZeros(orders);
            long blockEnd = (index >>> order) + 1 << order;
            if (pages >= blockEnd) {
                return orders;
            }
            orders &= ~(1 << order);
        }
        return 0;
    }

    @Override
    public int gfp(@Nullable Vma vma) {
        return settings.faultGfp(vma != null && vma.has(VmFlags.HUGEPAGE));
    }

    @Override
    public boolean isHuge(ShmemMapping file) {
        return mountOrders(file, fileOrders, false, 0, 0, false) != 0;
    }

    @Override
    public boolean hasLargeFolios(ShmemMapping file) {
        return option(file) != NEVER;
    }

    @Override
    public int areaOrder(ShmemMapping file, boolean opened) {
        if (mode == Mode.DENY) {
            return 0;
        }
        if (mode == Mode.FORCE || option(file) != NEVER && opened) {
            return pmdOrder;
        }
        if (opened) {
            return 0;
        }
        int orders = always | withinSize | advise | (option(file) == NEVER ? 0 : inherit);
        return orders == 0 ? (option(file) == NEVER ? 0 : pmdOrder) : 31 - Integer.numberOfLeadingZeros(orders);
    }

    @Override
    public int mountOption(String value) {
        for (int i = 0; i < MOUNT_OPTIONS.length; i++) {
            if (MOUNT_OPTIONS[i].equals(value)) {
                return i;
            }
        }
        return -Errno.EINVAL;
    }

    @Override
    public int defaultMountOption() {
        return tmpfsDefault;
    }
}
