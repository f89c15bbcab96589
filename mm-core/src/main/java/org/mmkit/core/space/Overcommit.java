package org.mmkit.core.space;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.mmkit.api.space.VmFlags;
import org.mmkit.core.boot.Engine;

/**
 * How much memory may be promised (Documentation/mm/overcommit-accounting.rst; Linux: __vm_enough_memory). What was promised is
 * the size of private writable areas and of shared memory; it is added up when it is asked for. Processes are root's, so nothing is
 * kept back for root. Not thread-safe.
 */
@SuppressWarnings("exports") // made by the engine alone, whose packages are not exported
public final class Overcommit {

    /** Refuse what could never fit. */
    public static final int GUESS = 0;
    /** Refuse nothing. */
    public static final int ALWAYS = 1;
    /** Refuse what goes beyond {@link #limit}. */
    public static final int NEVER = 2;

    private final Engine engine;
    private final List<LongSupplier> setAside = new ArrayList<>();
    private LongSupplier swapPages = () -> 0;
    private int mode = GUESS;
    private int ratio = 50;
    private long kilobytes;
    private long userReserveKilobytes = -1;
    private long sharedMemory;

    /** Made once per machine. */
    public Overcommit(Engine engine) {
        this.engine = engine;
    }

    /** Says how large swap is, in pages. */
    public void setSwap(LongSupplier pages) {
        swapPages = pages;
    }

    /** As many {@code pages} as this says do not count as memory of which {@link #ratio} per cent may be promised. */
    public void addSetAside(LongSupplier pages) {
        setAside.add(pages);
    }

    /** vm.overcommit_memory. */
    public int mode() {
        return mode;
    }

    /** Sets it: {@link #GUESS}, {@link #ALWAYS} or {@link #NEVER}. */
    public void setMode(int value) {
        mode = value;
    }

    /** vm.overcommit_ratio: per cent of memory that may be promised; 0 when kilobytes were given instead. */
    public int ratio() {
        return ratio;
    }

    /** Sets it; {@link #kilobytes} is 0 then. */
    public void setRatio(int percent) {
        ratio = percent;
        kilobytes = 0;
    }

    /** vm.overcommit_kbytes: takes the place of the ratio unless it is 0. */
    public long kilobytes() {
        return kilobytes;
    }

    /** Sets it; {@link #ratio} is 0 then. */
    public void setKilobytes(long value) {
        kilobytes = value;
        ratio = 0;
    }

    /** vm.user_reserve_kbytes: what one process may not have of the limit; 1/32 of the memory free at boot, at most 128 MiB, unless set. */
    public long userReserveKilobytes() {
        if (userReserveKilobytes < 0) {
            long free = engine.memory.allocator().freePages() << engine.pageShift - 10;
            userReserveKilobytes = Math.min(free / 32, 128 << 10);
        }
        return userReserveKilobytes;
    }

    /** Sets it. */
    public void setUserReserveKilobytes(long value) {
        userReserveKilobytes = value;
    }

    /** Shared memory was promised {@code pages} more; negative when less. */
    public void addSharedMemory(long pages) {
        sharedMemory += pages;
    }

    /** Pages promised (Committed_AS). */
    public long committed() {
        long pages = sharedMemory;
        for (UserAddressSpace space : engine.spaces()) {
            for (VmArea area : space.areas()) {
                pages += area.has(VmFlags.ACCOUNT) ? area.pages() : 0;
            }
        }
        return pages;
    }

    /** Pages that may be promised (CommitLimit). */
    public long limit() {
        long pages = kilobytes > 0
                ? kilobytes >>> engine.pageShift - 10
                : ordinaryPages() * ratio / 100;
        return pages + swapPages.getAsLong();
    }

    private long ordinaryPages() {
        long pages = engine.memory.allocator().managedPages();
        for (LongSupplier aside : setAside) {
            pages -= aside.getAsLong();
        }
        return pages;
    }

    /** Whether {@code pages} more may be promised to {@code space}. */
    public boolean allows(UserAddressSpace space, long pages) {
        return allows(pages, Math.min(space.mappedPages() / 32, userReserveKilobytes() >>> engine.pageShift - 10));
    }

    /** Whether {@code pages} more may be promised to nobody in particular. */
    public boolean allows(long pages) {
        return allows(pages, 0);
    }

    private boolean allows(long pages, long reserve) {
        return switch (mode) {
            case ALWAYS -> true;
            case GUESS -> pages <= engine.memory.allocator().managedPages() + swapPages.getAsLong();
            default -> committed() + pages < limit() - reserve;
        };
    }
}
