package org.mmkit.thp.smp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.arch.Protection;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.gup.Foll;
import org.mmkit.core.gup.UserPages;
import org.mmkit.core.process.Process;

/**
 * Threads that do to shared and own processes whatever a program can do to anonymous memory, chosen at random from a seed. After each round
 * all stop and the machine is checked; at the end all processes exit and every frame must be free again.
 */
class SmpStress {

    static final long MIB = 1L << 20;
    private static final long BASE = 0x10_0000_0000L;
    private static final long ARENA = 16 * MIB;
    /** Memory that processes share with their children, with a gap below it. */
    private static final long SHARED = BASE + 2 * ARENA;
    private static final long SHARED_LENGTH = MIB;
    private static final long SWAP = 64 * MIB;
    private static final int RW = Protection.READ | Protection.WRITE;
    private static final int MOST_PROCESSES = 12;
    private static final int MOST_HELD = 6;
    private static final String KHUGEPAGED = "/sys/kernel/mm/transparent_hugepage/khugepaged/";

    private final Machine machine;
    private final long seed;
    private final int threads;
    private final int operations;
    private final List<Process> processes = new ArrayList<>();
    /** What callers of get_user_pages hold. */
    private final List<UserPages> held = new ArrayList<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    /** By thread: operations it has done in this round. */
    private final AtomicIntegerArray progress;
    /** Seconds after which a thread that others wait for is taken for one that hangs. */
    private final int patience;
    /** Whether processes have shared memory, so that fork and exit run alone. */
    private final boolean shares;
    private int round;
    private boolean over;
    /** Whether processes use much more memory than there is, so that it is reclaimed all the time. */
    private boolean hungry;

    SmpStress(Machine machine, long seed, int threads, int operations) {
        this(machine, seed, threads, operations, 120);
    }

    SmpStress(Machine machine, long seed, int threads, int operations, int patience) {
        this.machine = machine;
        this.seed = seed;
        this.threads = threads;
        this.operations = operations;
        this.patience = patience;
        this.shares = seed % 4 == 3;
        this.progress = new AtomicIntegerArray(threads);
    }

    /** Lets processes use much more memory than a machine of 96 MiB has. */
    SmpStress hungry() {
        hungry = true;
        return this;
    }

    /** Runs {@code rounds} rounds, or as many as fit into {@code nanoseconds}; returns how many operations were done. */
    long run(int rounds, long nanoseconds) {
        machine.files().swapon(hungry ? 4 * SWAP : SWAP);
        // Small machines boot without huge pages.
        machine.write("/sys/kernel/mm/transparent_hugepage/enabled", seed % 5 == 4 ? "madvise\n" : "always\n");
        if (seed % 3 != 0) {
            // khugepaged is at it all the time.
            machine.write(KHUGEPAGED + "scan_sleep_millisecs", seed % 3 == 1 ? "0\n" : "1\n");
            machine.write(KHUGEPAGED + "alloc_sleep_millisecs", "1\n");
        }
        long free = free();
        processes.add(fresh());
        processes.add(fresh());
        long end = System.nanoTime() + nanoseconds;
        // Whether there is another round is decided once for all threads: each by its own look at the clock, some would go and others wait for them.
        CyclicBarrier barrier = new CyclicBarrier(threads, () -> {
            round++;
            check();
            over = round >= rounds || System.nanoTime() > end || failure.get() != null;
        });
        List<Thread> running = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int number = t;
            SplittableRandom random = new SplittableRandom(seed * 1_000_003 + t);
            Thread thread = new Thread(() -> rounds(number, random, barrier), "stress-" + t);
            thread.setDaemon(true);
            running.add(thread);
            thread.start();
        }
        join(running);
        if (failure.get() != null) {
            throw new AssertionError("seed " + seed + ", round " + round + ": " + failure.get().getMessage(), failure.get());
        }
        for (Process process : List.copyOf(machine.processes())) {
            process.exit();
        }
        letGo(new SplittableRandom(seed), 0);
        machine.verify();
        long swapped = swapped();
        if (swapped != 0) {
            throw new AssertionError("seed " + seed + ": " + swapped + " KiB are in swap after all processes are gone, "
                    + meminfo("SwapCached:") + " KiB of them in the swap cache");
        }
        long left = free();
        if (left != free) {
            throw new AssertionError("seed " + seed + ": " + free + " pages were free before, " + left + " are after all processes are gone");
        }
        return (long) round * threads * operations;
    }

    /** Waits for all threads, but not for those that hang after a failure. */
    private void join(List<Thread> running) {
        for (Thread thread : running) {
            try {
                while (thread.isAlive() && failure.get() == null) {
                    thread.join(100);
                }
                thread.join(1000);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private void rounds(int number, SplittableRandom random, CyclicBarrier barrier) {
        try {
            do {
                for (int i = 0; i < operations && failure.get() == null; i++) {
                    progress.lazySet(number, i);
                    tryOperation(random);
                }
                progress.lazySet(number, operations);
                barrier.await(patience, TimeUnit.SECONDS);
            } while (!over);
        } catch (TimeoutException e) {
            failure.compareAndSet(null, new AssertionError(whatHangs(), e));
        } catch (BrokenBarrierException e) {
            // Whoever was the first to lose patience tells of it.
        } catch (InterruptedException e) {
            failure.compareAndSet(null, e);
        }
    }

    /** A failure ends the round for all; its thread comes to the barrier too, so nobody waits for it. */
    private void tryOperation(SplittableRandom random) {
        try {
            operate(random);
        } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
        }
    }

    private void check() {
        if (failure.get() != null) {
            return;
        }
        try {
            machine.verify();
        } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
        }
    }

    /** How far each thread is, now and a second later, who has or wants which locks, and where all threads are. */
    private String whatHangs() {
        StringBuilder text = new StringBuilder("a thread has not come in " + patience + " s; operations done of " + operations + ": " + progress);
        try {
            Thread.sleep(1000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        text.append(", a second later ").append(progress).append(System.lineSeparator()).append(machine.showLocks());
        for (Map.Entry<Thread, StackTraceElement[]> thread : Thread.getAllStackTraces().entrySet()) {
            text.append(System.lineSeparator()).append(thread.getKey().getName()).append(' ').append(thread.getKey().getState());
            for (StackTraceElement frame : thread.getValue()) {
                text.append(System.lineSeparator()).append("\tat ").append(frame);
            }
        }
        return text.toString();
    }

    /** Free pages, those on the lists of processors too, when caches such as the huge zero page are dropped. */
    private long free() {
        machine.write("/proc/sys/vm/drop_caches", "3\n");
        return meminfo("MemFree:") / 4 + machine.read("/proc/zoneinfo").lines()
                .filter(line -> line.strip().startsWith("count:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }

    /** KiB of swap that are in use. */
    private long swapped() {
        return meminfo("SwapTotal:") - meminfo("SwapFree:");
    }

    private long meminfo(String name) {
        return machine.read("/proc/meminfo").lines()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }

    private Process fresh() {
        Process process = machine.newProcess();
        int flags = MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_FIXED;
        process.mmap(BASE, ARENA, RW, flags, null, 0);
        if (shares) {
            process.mmap(SHARED, SHARED_LENGTH, RW, MapFlags.MAP_SHARED | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_FIXED, null, 0);
        }
        return process;
    }

    private Process any(SplittableRandom random) {
        synchronized (processes) {
            return processes.get(random.nextInt(processes.size()));
        }
    }

    /** One operation, chosen at random. */
    void operate(SplittableRandom random) {
        Process process = any(random);
        long page = BASE + ((random.nextLong() >>> 1) % (ARENA >> 12) << 12);
        long length = (1 + random.nextInt(random.nextInt(4) == 0 ? 1024 : 32)) << 12;
        length = Math.min(length, BASE + ARENA - page);
        long block = page & -(2 * MIB);
        switch (random.nextInt(60)) {
            case 0 -> process.munmap(page, length);
            case 1, 2 -> process.mmap(page, length, RW, MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_FIXED, null, 0);
            case 3 -> process.mprotect(page, length, Protection.READ);
            case 4 -> process.mprotect(page, length, RW);
            case 5, 6 -> process.madvise(page, length, Advice.MADV_DONTNEED);
            case 7 -> process.madvise(block, 2 * MIB, Advice.MADV_DONTNEED);
            case 8 -> process.madvise(block, 2 * MIB, Advice.MADV_COLLAPSE);
            case 9 -> process.madvise(page, length, Advice.MADV_FREE);
            case 10 -> fork(process);
            case 11 -> exit(process);
            case 12 -> process.madvise(block, 4 * MIB, random.nextBoolean() ? Advice.MADV_HUGEPAGE : Advice.MADV_NOHUGEPAGE);
            case 13 -> process.madvise(page, length, Advice.MADV_COLD);
            case 15, 16 -> process.madvise(page, length, Advice.MADV_PAGEOUT);
            case 17 -> process.madvise(page, length, Advice.MADV_FREE);
            case 14, 23 -> remap(process, random, page, length);
            case 24 -> remap(process, random, block, 2 * MIB);
            case 18 -> process.mlock(page, length);
            case 19 -> process.mlock2(page, length, random.nextBoolean() ? MapFlags.MLOCK_ONFAULT : 0);
            case 20, 21 -> process.munlock(page, length);
            case 22 -> lockAll(process, random);
            case 25 -> process.madvise(page, length, Advice.MADV_GUARD_INSTALL);
            case 26 -> process.madvise(page, length, Advice.MADV_GUARD_REMOVE);
            case 27 -> process.madvise(page, length, random.nextBoolean() ? Advice.MADV_POPULATE_READ : Advice.MADV_POPULATE_WRITE);
            case 28 -> process.madvise(page, length, Advice.MADV_DONTNEED_LOCKED);
            case 29 -> process.mmap(page, length, RW, MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_FIXED | MapFlags.MAP_POPULATE, null, 0);
            // Where memory is short many pages held would leave none that can be reclaimed, and each call would look through all of them.
            case 30, 31 -> hold(process, random, page, (int) Math.min(length >> 12, hungry ? 32 : 1024));
            case 32, 33 -> letGo(random, MOST_HELD / 2);
            case 34, 35, 36 -> touchShared(process, random);
            default -> touch(process, random, page);
        }
    }

    private void remap(Process process, SplittableRandom random, long from, long length) {
        long to = BASE + ((random.nextLong() >>> 1) % (ARENA - length + 4096 >> 12) << 12);
        int fixed = MapFlags.MREMAP_MAYMOVE | MapFlags.MREMAP_FIXED;
        switch (random.nextInt(8)) {
            case 0 -> process.mremap(from, length, length / 2 + 4096, 0, 0);
            case 1 -> process.mremap(from, 4096, length, 0, 0);
            case 2 -> {
                // Somewhere outside of the arena, where nobody else looks: it goes at once.
                long moved = process.mremap(from, length, length + 4096, MapFlags.MREMAP_MAYMOVE, 0);
                if (moved > 0) {
                    touch(process, random, moved);
                    process.munmap(moved, length + 4096);
                }
            }
            case 3 -> process.mremap(from, length, length, fixed | MapFlags.MREMAP_DONTUNMAP, to);
            case 4, 5 -> process.mremap(from, length, length, fixed, from % (2 * MIB) == 0 ? to & -(2 * MIB) : to);
            case 6 -> process.mremap(from, length, length / 2 + 4096, fixed, to);
            default -> process.mremap(from, length, length, fixed, to);
        }
    }

    /** References or pins to some pages, for some time. */
    private void hold(Process process, SplittableRandom random, long page, int pages) {
        int flags = (random.nextBoolean() ? Foll.WRITE : 0)
                | (random.nextBoolean() ? Foll.PIN : 0)
                | (random.nextBoolean() ? Foll.FAST : 0)
                | (random.nextInt(4) == 0 ? Foll.PIN | Foll.LONGTERM : 0)
                | (random.nextInt(8) == 0 ? Foll.FORCE : 0);
        try {
            UserPages taken = process.getUserPages(page, pages, flags);
            synchronized (held) {
                held.add(taken);
            }
        } catch (ErrnoException e) {
            // A hole, or a place that may not be written.
        }
        letGo(random, MOST_HELD);
    }

    /** Gives back some of the pages held until they are {@code most} at the most. */
    private void letGo(SplittableRandom random, int most) {
        while (true) {
            UserPages given;
            synchronized (held) {
                if (held.size() <= most) {
                    return;
                }
                given = held.remove(random.nextInt(held.size()));
            }
            given.release();
        }
    }

    private void lockAll(Process process, SplittableRandom random) {
        switch (random.nextInt(8)) {
            case 0 -> process.mlockall(MapFlags.MCL_CURRENT);
            case 1 -> process.mlockall(MapFlags.MCL_CURRENT | MapFlags.MCL_FUTURE | MapFlags.MCL_ONFAULT);
            case 2 -> process.mlockall(MapFlags.MCL_FUTURE);
            default -> process.munlockall();
        }
    }

    private void touch(Process process, SplittableRandom random, long page) {
        int pages = hungry && random.nextInt(4) == 0 ? 1024 : 16;
        for (int i = 0; i < pages; i++) {
            long va = page + ((long) i << 12);
            if (va == BASE + ARENA) {
                return;
            }
            int got = random.nextBoolean() ? process.store(va, 1 + random.nextInt(255)) : process.load(va);
            if (got < 0 && got != -Process.SIGSEGV && got != -Process.SIGKILL) {
                throw new AssertionError("signal " + -got + " at " + Long.toHexString(va));
            }
        }
    }

    private void touchShared(Process process, SplittableRandom random) {
        if (!shares) {
            return;
        }
        long page = SHARED + ((long) random.nextInt((int) (SHARED_LENGTH >> 12)) << 12);
        switch (random.nextInt(8)) {
            case 0 -> process.madvise(page, 16 << 12, random.nextBoolean() ? Advice.MADV_DONTNEED : Advice.MADV_REMOVE);
            case 1 -> process.madvise(page, 16 << 12, Advice.MADV_PAGEOUT);
            case 2 -> process.mprotect(page, 4096, random.nextBoolean() ? RW : Protection.READ);
            default -> {
                for (long va = page; va < Math.min(page + (16 << 12), SHARED + SHARED_LENGTH); va += 4096) {
                    int got = random.nextBoolean() ? process.store(va, 1 + random.nextInt(255)) : process.load(va);
                    if (got < 0 && got != -Process.SIGSEGV && got != -Process.SIGKILL) {
                        throw new AssertionError("signal " + -got + " at " + Long.toHexString(va));
                    }
                }
            }
        }
    }

    private void fork(Process process) {
        Process child;
        try {
            child = process.fork();
        } catch (ErrnoException e) {
            return;
        }
        synchronized (processes) {
            if (processes.size() < MOST_PROCESSES && !process.space().isDead()) {
                processes.add(child);
                return;
            }
        }
        child.exit();
    }

    private void exit(Process process) {
        synchronized (processes) {
            processes.remove(process);
            while (processes.size() < 2) {
                processes.add(fresh());
            }
        }
        process.exit();
    }
}
