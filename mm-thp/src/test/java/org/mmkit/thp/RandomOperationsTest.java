package org.mmkit.thp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.arch.Protection;
import org.mmkit.api.file.FileFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.gup.Foll;
import org.mmkit.core.gup.PinnedPages;
import org.mmkit.core.gup.UserPages;
import org.mmkit.core.process.Process;
import org.mmkit.core.vfs.FileDescription;

/**
 * Long random runs over everything that huge pages touch: areas, advice, knobs, fork, pins, shared memory, swap, memory running short. The
 * machine's invariants hold on the way; at the end, when all processes are gone, so is every page they had. A failure names seed and operation.
 */
class RandomOperationsTest {

    private static final int OPERATIONS = 10_000;
    /** As many operations are checked one by one; {@code -Dmmkit.random.every=1} checks all of the heavy runs so, in an hour. */
    private static final int CHECKED_EACH = 200;
    private static final long KIB = 1L << 10;
    private static final long MIB = 1L << 20;
    private static final long PAGE = 4 * KIB;
    private static final long MEMORY = 256 * MIB;
    private static final long BASE = 0x1001_0000_0000L;
    private static final int WINDOW_PAGES = 8 * 512;
    private static final String THP = "/sys/kernel/mm/transparent_hugepage/";
    private static final int[] ADVICE = {
        Advice.MADV_DONTNEED, Advice.MADV_HUGEPAGE, Advice.MADV_NOHUGEPAGE, Advice.MADV_COLLAPSE, Advice.MADV_FREE, Advice.MADV_PAGEOUT,
        Advice.MADV_COLD, Advice.MADV_POPULATE_READ, Advice.MADV_POPULATE_WRITE, Advice.MADV_GUARD_INSTALL, Advice.MADV_GUARD_REMOVE,
        Advice.MADV_DONTFORK, Advice.MADV_DOFORK, Advice.MADV_WIPEONFORK, Advice.MADV_KEEPONFORK, Advice.MADV_REMOVE, Advice.MADV_WILLNEED
    };

    private final List<Process> processes = new ArrayList<>();
    private final List<PinnedPages> pins = new ArrayList<>();
    private final List<UserPages> held = new ArrayList<>();
    private SplittableRandom random = new SplittableRandom(0);
    private Machine machine = Machine.builder().memory("64M").build();

    @ParameterizedTest
    @CsvSource({"1, 6.18, linux", "2, 4.12, linux", "3, 6.18, reservation", "4, 6.18, ingens"})
    void random_operations_break_no_invariant_and_leave_no_page_behind(long seed, String kernel, String policy) throws Exception {
        run(seed, kernel, policy, 1000);
    }

    @Tag("heavy")
    @ParameterizedTest
    @CsvSource({"101, 6.18, linux", "102, 6.18, linux", "103, 5.14, linux", "104, 4.12, linux", "105, 6.18, reservation", "106, 6.18, ingens"})
    void random_operations_checked_often(long seed, String kernel, String policy) throws Exception {
        run(seed, kernel, policy, Integer.getInteger("mmkit.random.every", 50));
    }

    private void run(long seed, String kernel, String policy, int every) throws Exception {
        random = new SplittableRandom(seed);
        machine = Machine.builder().memory(MEMORY).kernel(kernel).policy(policy).build();
        FileDescription file = machine.vfs().memfd("m", 0);
        machine.write("/proc/sys/vm/compact_memory", "1\n");
        long used = usedAfterReclaim();
        assertThat(machine.files().swapon(64 * MIB)).isZero();
        processes.add(machine.newProcess());
        for (int i = 1; i <= OPERATIONS; i++) {
            String at = "seed " + seed + ", operation " + i;
            try {
                operation(file);
                if (i % every == 0 || i <= CHECKED_EACH) {
                    machine.verify();
                }
            } catch (RuntimeException e) {
                throw new AssertionError(at, e);
            }
        }
        pins.forEach(PinnedPages::release);
        held.forEach(UserPages::release);
        processes.forEach(Process::exit);
        assertThat(file.inode().truncate(0)).isZero();
        assertThat(machine.files().swapoff()).isZero();
        machine.verify();
        assertThat(usedAfterReclaim()).as("pages in use after seed %d", seed).isEqualTo(used);
    }

    /** Pages that somebody has a reference to when nobody uses the huge zero page any more. */
    private long usedAfterReclaim() {
        machine.write("/proc/sys/vm/drop_caches", "3\n");
        Frames frames = machine.memory().frames();
        long used = 0;
        for (long pfn = 0; pfn < MEMORY / PAGE; pfn++) {
            used += frames.head(pfn) == pfn && frames.refcount(pfn) > 0 ? frames.pages(pfn) : 0;
        }
        return used;
    }

    private void operation(FileDescription file) throws ErrnoException {
        Process p = processes.get(random.nextInt(processes.size()));
        long start = place();
        long length = length();
        long va = BASE + start * PAGE;
        switch (random.nextInt(24)) {
            case 0, 1, 2, 3, 4, 5 -> touch(p, va, length);
            case 6 -> p.mmap(va, length * PAGE, protection(), anonymous(), null, 0);
            case 7 -> p.mmap(va, length * PAGE, protection(), (random.nextBoolean() ? MapFlags.MAP_SHARED : MapFlags.MAP_PRIVATE) | MapFlags.MAP_FIXED,
                    file, random.nextInt(4) * MIB);
            case 8 -> p.munmap(va, length * PAGE);
            case 9 -> p.mprotect(va, length * PAGE, protection());
            case 10, 11, 12, 13 -> p.madvise(va, length * PAGE, ADVICE[random.nextInt(ADVICE.length)]);
            case 14 -> p.mremap(va, length * PAGE, (random.nextInt(3) > 0 ? length : length()) * PAGE,
                    MapFlags.MREMAP_MAYMOVE | MapFlags.MREMAP_FIXED | (random.nextInt(4) == 0 ? MapFlags.MREMAP_DONTUNMAP : 0),
                    BASE + (random.nextBoolean() ? start : place()) * PAGE + 64 * MIB * random.nextInt(2));
            case 15 -> forkOrExit(p);
            case 16 -> pin(p, va);
            case 17 -> hold(p, va);
            case 18 -> knob();
            case 19 -> file(file);
            case 20 -> machine.write("/proc/sys/vm/drop_caches", random.nextInt(4) == 0 ? "3\n" : "2\n");
            case 21 -> machine.clock().advanceTo(machine.clock().now() + 1_000_000_000L * (1 + random.nextInt(20)));
            case 22 -> {
                if (random.nextBoolean()) {
                    p.mlock(va, length * PAGE);
                } else {
                    p.munlock(va, length * PAGE);
                }
            }
            default -> machine.write("/sys/kernel/debug/split_huge_pages", random.nextInt(3) == 0 ? "1\n"
                    : p.pid() + ",0x" + Long.toHexString(va) + ",0x" + Long.toHexString(va + length * PAGE) + "," + (random.nextBoolean() ? 0 : 4) + "\n");
        }
    }

    private long place() {
        return switch (random.nextInt(3)) {
            case 0 -> 512L * random.nextInt(WINDOW_PAGES / 512);
            case 1 -> 16L * random.nextInt(WINDOW_PAGES / 16);
            default -> random.nextInt(WINDOW_PAGES);
        };
    }

    private long length() {
        return random.nextInt(3) == 0 ? 512L * (1 + random.nextInt(3)) : 1 + random.nextInt(700);
    }

    private int protection() {
        return random.nextInt(4) == 0 ? Protection.READ : Protection.READ | Protection.WRITE;
    }

    private int anonymous() {
        return MapFlags.MAP_ANONYMOUS | MapFlags.MAP_FIXED | (random.nextInt(5) == 0 ? MapFlags.MAP_SHARED : MapFlags.MAP_PRIVATE)
                | (random.nextInt(6) == 0 ? MapFlags.MAP_POPULATE : 0);
    }

    private void touch(Process p, long va, long pages) {
        long step = random.nextBoolean() ? 1 : 1 + random.nextInt(64);
        boolean write = random.nextInt(3) > 0;
        for (long i = 0; i < pages; i += step) {
            if ((write ? p.store(va + i * PAGE, (int) (i & 0x7f)) : p.load(va + i * PAGE)) < 0) {
                return;
            }
        }
    }

    private void forkOrExit(Process p) {
        if (processes.size() < 4) {
            try {
                processes.add(p.fork());
            } catch (ErrnoException e) {
                assertThat(e.errno()).as("fork fails for want of memory only").isEqualTo(org.mmkit.api.Errno.ENOMEM);
            }
        } else {
            p.exit();
            processes.remove(p);
        }
    }

    private void pin(Process p, long va) {
        if (pins.size() > 3) {
            pins.remove(random.nextInt(pins.size())).release();
            return;
        }
        try {
            pins.add(p.pin(va, (1 + random.nextInt(4)) * PAGE));
        } catch (ErrnoException e) {
            assertThat(e.errno()).isIn(org.mmkit.api.Errno.EFAULT, org.mmkit.api.Errno.ENOMEM);
        }
    }

    private void hold(Process p, long va) {
        if (held.size() > 3) {
            held.remove(random.nextInt(held.size())).release();
            return;
        }
        int split = machine.profile().splitsFollowedPages() ? Foll.SPLIT : Foll.SPLIT_PMD;
        int[] flags = {0, Foll.WRITE, Foll.PIN, Foll.WRITE | Foll.FORCE, split, Foll.WRITE | Foll.PIN | Foll.LONGTERM};
        try {
            held.add(p.getUserPages(va, 1 + random.nextInt(4), flags[random.nextInt(flags.length)]));
        } catch (ErrnoException e) {
            assertThat(e.errno()).isIn(org.mmkit.api.Errno.EFAULT, org.mmkit.api.Errno.ENOMEM, org.mmkit.api.Errno.EBUSY);
        }
    }

    private void knob() {
        String[][] knobs = {
            {"enabled", "always"}, {"enabled", "madvise"}, {"enabled", "never"}, {"shmem_enabled", "always"}, {"shmem_enabled", "advise"},
            {"shmem_enabled", "never"}, {"use_zero_page", "0"}, {"use_zero_page", "1"}, {"khugepaged/max_ptes_none", "0"},
            {"khugepaged/max_ptes_none", "511"}, {"defrag", "always"}, {"defrag", "never"}, {"hugepages-64kB/enabled", "always"},
            {"hugepages-64kB/enabled", "never"}, {"hugepages-256kB/enabled", "madvise"}, {"hugepages-64kB/shmem_enabled", "always"}
        };
        String[] knob = knobs[random.nextInt(knobs.length)];
        if (!knob[0].startsWith("hugepages") || machine.profile().hasSmallFolios()) {
            machine.write(THP + knob[0], knob[1] + "\n");
        }
    }

    private void file(FileDescription file) {
        long offset = random.nextInt(WINDOW_PAGES / 4) * PAGE;
        long bytes = length() * PAGE;
        switch (random.nextInt(4)) {
            case 0 -> file.inode().truncate(random.nextInt(9) * MIB + random.nextInt(2) * 12 * KIB);
            case 1 -> file.inode().allocate(FileFlags.FALLOC_FL_PUNCH_HOLE | FileFlags.FALLOC_FL_KEEP_SIZE, offset, bytes);
            case 2 -> file.inode().allocate(random.nextBoolean() ? 0 : FileFlags.FALLOC_FL_KEEP_SIZE, offset, bytes);
            default -> file.inode().write(offset, bytes, 3);
        }
    }
}
