package org.mmkit.thp;

import org.mmkit.api.config.Configuration;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.space.VmFlags;

/**
 * The knobs of anonymous huge pages and of khugepaged, as {@code /sys/kernel/mm/transparent_hugepage} shows them. Each is read when it
 * matters, so a change affects the next fault or scan.
 */
public final class Settings {

    /** Values of {@code enabled}. */
    public enum Enabled {
        ALWAYS,
        MADVISE,
        NEVER
    }

    /** Values of {@code defrag}. */
    public enum Defrag {
        ALWAYS,
        DEFER,
        DEFER_MADVISE,
        MADVISE,
        NEVER
    }

    public Enabled enabled;
    public Defrag defrag = Defrag.MADVISE;
    public boolean useZeroPage = true;
    public boolean shrinkUnderused = true;

    /** Orders whose {@code enabled} is always. */
    public int anonAlways;
    /** Orders whose {@code enabled} is madvise. */
    public int anonMadvise;
    /** Orders whose {@code enabled} is inherit. */
    public int anonInherit;

    public boolean khugepagedDefrag = true;
    public long pagesToScan;
    public long scanSleepMillis = 10_000;
    public long allocSleepMillis = 60_000;
    public int maxPtesNone;
    public int maxPtesSwap;
    public int maxPtesShared;

    /** The defaults of a kernel built with {@code configuration} for huge pages of {@code pmdOrder}. */
    public Settings(Configuration configuration, int pmdOrder) {
        if (configuration.isEnabled("TRANSPARENT_HUGEPAGE_ALWAYS")) {
            enabled = Enabled.ALWAYS;
        } else if (configuration.isEnabled("TRANSPARENT_HUGEPAGE_MADVISE")) {
            enabled = Enabled.MADVISE;
        } else {
            enabled = Enabled.NEVER;
        }
        int pages = 1 << pmdOrder;
        anonInherit = 1 << pmdOrder;
        pagesToScan = 8L * pages;
        maxPtesNone = pages - 1;
        maxPtesSwap = pages / 8;
        maxPtesShared = pages / 2;
    }

    /** What Linux does on machines of less than 512 MiB: nothing is on until somebody asks for it (mm/huge_memory.c, hugepage_init). */
    public void clearForSmallMachine() {
        enabled = Enabled.NEVER;
        defrag = Defrag.NEVER;
        useZeroPage = false;
        khugepagedDefrag = false;
    }

    /** Makes {@code word} the value of {@code enabled} of the sizes in the mask {@code orders}. */
    public void setAnon(int orders, String word) {
        anonAlways &= ~orders;
        anonMadvise &= ~orders;
        anonInherit &= ~orders;
        switch (word) {
            case "always" -> anonAlways |= orders;
            case "madvise" -> anonMadvise |= orders;
            case "inherit" -> anonInherit |= orders;
            case "never" -> { }
            default -> throw new IllegalArgumentException("not a value of enabled: " + word);
        }
    }

    /** Orders for which the knobs allow anonymous memory with {@code vmFlags} to be huge. */
    public int anonOrders(long vmFlags) {
        boolean advised = (vmFlags & VmFlags.HUGEPAGE) != 0;
        int orders = anonAlways;
        if (advised) {
            orders |= anonMadvise;
        }
        if (enabled == Enabled.ALWAYS || advised && enabled == Enabled.MADVISE) {
            orders |= anonInherit;
        }
        return orders;
    }

    /** Whether anonymous memory may be huge of {@code order} anywhere. */
    public boolean isAnonOrderOn(int order) {
        int bit = 1 << order;
        return ((anonAlways | anonMadvise) & bit) != 0 || (anonInherit & bit) != 0 && enabled != Enabled.NEVER;
    }

    /** How hard a fault tries for a huge page, by {@code defrag} (Linux: vma_thp_gfp_mask). */
    public int faultGfp(boolean advised) {
        return switch (defrag) {
            case ALWAYS -> Gfp.TRANSHUGE | (advised ? 0 : Gfp.NORETRY);
            case DEFER -> Gfp.TRANSHUGE_LIGHT | Gfp.KSWAPD_RECLAIM;
            case DEFER_MADVISE -> Gfp.TRANSHUGE_LIGHT | (advised ? Gfp.DIRECT_RECLAIM : Gfp.KSWAPD_RECLAIM);
            case MADVISE -> Gfp.TRANSHUGE_LIGHT | (advised ? Gfp.DIRECT_RECLAIM : 0);
            case NEVER -> Gfp.TRANSHUGE_LIGHT;
        };
    }

    /** How hard khugepaged tries for a huge page, by {@code khugepaged/defrag}. */
    public int khugepagedGfp() {
        return khugepagedDefrag ? Gfp.TRANSHUGE : Gfp.TRANSHUGE_LIGHT;
    }
}
