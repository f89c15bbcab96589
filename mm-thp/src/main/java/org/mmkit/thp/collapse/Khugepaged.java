package org.mmkit.thp.collapse;

import org.jspecify.annotations.Nullable;
import org.mmkit.api.policy.PagePolicy;
import org.mmkit.api.space.AddressSpace;
import org.mmkit.api.space.VmFlags;
import org.mmkit.api.space.Vma;
import org.mmkit.api.time.KernelThread;
import org.mmkit.thp.Eligibility.Asker;
import org.mmkit.thp.Settings;
import org.mmkit.thp.Thp;

/**
 * The kernel thread that collapses small pages in the background (Linux: mm/khugepaged.c). It looks at pages_to_scan pages, sleeps
 * scan_sleep_millisecs, and goes on where it was; it exists while huge pages are possible anywhere.
 *
 * <p>With {@code SMP=y} it runs beside other calls and has the mmap lock of the address space it looks at for writing, where Linux has it for
 * reading until a block is worth it. Blocks of files and shared memory, and those that need more than memory at hand, it does alone.
 */
public final class Khugepaged implements KernelThread {

    private static final long MILLISECOND = 1_000_000;
    /**
     * From waking up to the first look at a page: the thread first has every processor empty its lists of fresh pages. 0.15 to 2.6 ms
     * in recordings of Linux 6.18, the longer the less often the running program sleeps.
     */
    private static final long DRAIN_NANOSECONDS = 150_000;

    /** What looking at one entry costs; keeps time moving when the thread does not sleep at all. */
    private static final long SCAN_NANOSECONDS_PER_PAGE = 20;

    /** Areas whose pages are shared or special are not for calls beside others. */
    private static final long UNUSUAL = VmFlags.SPECIAL | VmFlags.HUGETLB | VmFlags.SHARED | VmFlags.MAYSHARE;

    /** What the thread does while it is not running. */
    private enum State {
        STOPPED,
        /** Sleeps until somebody registers. */
        WAITING_FOR_WORK,
        /** Sleeps for scan_sleep_millisecs. */
        BETWEEN_SCANS,
        /** Sleeps for alloc_sleep_millisecs, in the middle of a scan. */
        AFTER_FAILED_ALLOCATION
    }

    private final Thp thp;
    private final Settings settings;
    private final boolean smp;
    private final ScanList list;
    private final AnonCollapse anon;
    private final FileCollapse file;
    private @Nullable PagePolicy policy;
    private State state = State.STOPPED;
    private long progress;
    private long pagesCollapsed;
    private long fullScans;
    private ScanResult lastResult = ScanResult.FAIL;
    /** The last run met what it may not do beside others, and goes on alone where it was. */
    private boolean interrupted;

    Khugepaged(Thp thp, ScanList list, AnonCollapse anon, FileCollapse file) {
        this.thp = thp;
        this.settings = thp.settings;
        this.smp = thp.context.locks().isSmp();
        this.list = list;
        this.anon = anon;
        this.file = file;
    }

    /** Lets the thread run, if {@code machinePolicy} wants it and as the knobs say. */
    public void start(PagePolicy machinePolicy) {
        policy = machinePolicy;
        startOrStop();
    }

    @Override
    public String name() {
        return "khugepaged";
    }

    @Override
    public boolean runsBesideOthers() {
        PagePolicy asked = policy;
        return asked != null && !asked.reserves() && !asked.watchesFaults();
    }

    @Override
    public boolean hasReclaimCounters() {
        return thp.profile.countsReclaimOfKhugepaged();
    }

    /** Blocks collapsed so far. */
    public long pagesCollapsed() {
        return pagesCollapsed;
    }

    /** Passes over all registered address spaces so far. */
    public long fullScans() {
        return fullScans;
    }

    /** Starts or stops the thread as the knobs say (Linux: start_stop_khugepaged); a new one scans at once. */
    public void startOrStop() {
        if (policy == null || !policy.usesKhugepaged() || !thp.isPmdOrderOn()) {
            if (state != State.STOPPED) {
                state = State.STOPPED;
                list.stop();
            }
        } else if (state == State.STOPPED) {
            state = State.BETWEEN_SCANS;
            wakeNow();
        } else {
            workArrived();
        }
        thp.memory.setHugePagesWanted(state != State.STOPPED);
    }

    /** Somebody registered: a thread that waits for work scans at once, another one sleeps on. */
    void workArrived() {
        if (state == State.WAITING_FOR_WORK && !list.isEmpty()) {
            state = State.BETWEEN_SCANS;
            wakeNow();
        }
    }

    /** One of the two sleeps was changed: the one under way ends. */
    public void sleepChanged() {
        if (state == State.BETWEEN_SCANS || state == State.AFTER_FAILED_ALLOCATION) {
            wakeNow();
        }
    }

    private void wakeNow() {
        thp.context.wake(this, thp.context.clock().now() + DRAIN_NANOSECONDS);
    }

    @Override
    public long run(long now) {
        if (state == State.STOPPED) {
            return NEVER;
        }
        boolean mayWait = state != State.AFTER_FAILED_ALLOCATION;
        if (mayWait && !interrupted) {
            progress = 0;
        }
        long before = progress;
        boolean failed = scan(mayWait);
        interrupted = thp.memory.isStalled();
        if (interrupted) {
            return now;
        }
        // Whoever registers meanwhile has the list's monitor too, and then finds the thread waiting or the list not empty.
        synchronized (list) {
            if (failed) {
                state = State.AFTER_FAILED_ALLOCATION;
                return now + Math.max(1, settings.allocSleepMillis * MILLISECOND);
            }
            if (list.isEmpty() || !thp.isPmdOrderOn()) {
                state = State.WAITING_FOR_WORK;
                return NEVER;
            }
            state = State.BETWEEN_SCANS;
        }
        long sleep = settings.scanSleepMillis * MILLISECOND;
        return now + (sleep > 0 ? sleep : Math.max(1, (progress - before) * SCAN_NANOSECONDS_PER_PAGE));
    }

    /**
     * Scans until the batch is done (Linux: khugepaged_do_scan).
     *
     * @return whether it stopped for want of a huge page and is to go on after a sleep
     */
    private boolean scan(boolean mayWait) {
        long batch = settings.pagesToScan;
        int passesBegun = 0;
        thp.memory.lru().drain();
        while (true) {
            if (!list.isInPass()) {
                passesBegun++;
            }
            if (!list.isEmpty() && thp.isPmdOrderOn() && passesBegun < 2) {
                scanLocked(batch);
                if (thp.memory.isStalled()) {
                    return false;
                }
            } else {
                progress = batch;
            }
            if (progress >= batch) {
                return false;
            }
            if (lastResult == ScanResult.ALLOC_FAIL) {
                return mayWait;
            }
        }
    }

    /** Goes on in the present address space (Linux: khugepaged_scan_mm_slot) until it is done, a block was collapsed or the batch is full. */
    private void scanLocked(long batch) {
        lastResult = ScanResult.FAIL;
        AddressSpace space = list.current();
        progress++;
        space.mmapLock().writeLock();
        try {
            scanSpace(space, batch);
        } finally {
            space.mmapLock().writeUnlock();
        }
    }

    private void scanSpace(AddressSpace space, long batch) {
        Vma vma = mayScan(space) ? space.findOrNext(list.address()) : null;
        while (vma != null) {
            if (!thp.eligibility.allows(vma, Asker.KHUGEPAGED)) {
                progress++;
            } else if (scanArea(vma, batch)) {
                return;
            }
            vma = nextArea(space, vma);
        }
        if (list.advance()) {
            fullScans++;
        }
    }

    private @Nullable Vma nextArea(AddressSpace space, Vma vma) {
        return space.findOrNext(vma.end());
    }

    private boolean mayScan(AddressSpace space) {
        return !space.isDead() && !space.testFlag(thp.disabled);
    }

    /** Scans the blocks of {@code vma}; returns whether the scan is to be interrupted with more to do in this address space. */
    private boolean scanArea(Vma vma, long batch) {
        long first = thp.block(vma.start() + thp.size - 1);
        long end = thp.block(vma.end());
        if (Long.compareUnsigned(list.address(), first) < 0) {
            list.setAddress(first);
        }
        while (Long.compareUnsigned(list.address(), end) < 0) {
            long va = list.address();
            lastResult = look(vma, va);
            if (thp.memory.isStalled()) {
                return true;
            }
            if (lastResult == ScanResult.SUCCEED) {
                pagesCollapsed++;
            }
            list.setAddress(va + thp.size);
            progress += thp.pages;
            // A file's block is looked at without the lock, and an attempt to collapse drops it: areas may have changed then.
            boolean lockDropped =
                    !vma.isAnonymous() || lastResult == ScanResult.SUCCEED || lastResult == ScanResult.ALLOC_FAIL;
            if (lockDropped || progress >= batch) {
                return true;
            }
        }
        return false;
    }

    private ScanResult look(Vma vma, long va) {
        if (policy == null || !policy.isCandidate(vma, va)) {
            return ScanResult.VMA_CHECK;
        }
        if (smp && (!vma.isAnonymous() || (vma.flags() & UNUSUAL) != 0)) {
            thp.memory.stall();
            if (thp.memory.isStalled()) {
                return ScanResult.FAIL;
            }
        }
        return vma.isAnonymous() ? anon.run(vma, va, false) : file.run(vma, va, false);
    }
}
