package org.mmkit.thp.smp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.arch.Protection;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.MapFlags;
import org.mmkit.api.space.RssKind;
import org.mmkit.core.Machine;
import org.mmkit.core.gup.PinnedPages;
import org.mmkit.core.process.Process;

/** SPEC T20: what threads do to one process at the same time, one race at a time. */
class SmpTest {

    private static final long PAGE = 4096;
    private static final long MIB = 1L << 20;
    private static final long HUGE = 2 * MIB;
    private static final long BASE = 0x10_0000_0000L;
    private static final int RW = Protection.READ | Protection.WRITE;
    private static final String SCAN_SLEEP = "/sys/kernel/mm/transparent_hugepage/khugepaged/scan_sleep_millisecs";
    /** Nanoseconds after which what has not happened never will. */
    private static final long PATIENCE = 120_000_000_000L;

    private final Machine machine = Machine.builder()
            .memory("1G")
            .set("SMP", "y")
            .set("PROVE_LOCKING", "y")
            .cmdline("transparent_hugepage=madvise")
            .build();
    private final Process process = machine.newProcess();

    @AfterEach
    void invariantsHold() {
        machine.verify();
        machine.close();
    }

    /** A piece of work that may fail. */
    private interface Work {
        void run() throws ErrnoException, InterruptedException, BrokenBarrierException;
    }

    /** Runs all {@code work} at the same time; the first failure is the test's. */
    private static void together(Work... work) {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (Work part : work) {
            Thread thread = new Thread(() -> {
                try {
                    part.run();
                } catch (Exception | AssertionError e) {
                    failure.compareAndSet(null, e);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        if (failure.get() != null) {
            throw new AssertionError(failure.get());
        }
    }

    private void map(long length, boolean huge) {
        int flags = MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_FIXED_NOREPLACE;
        assertThat(process.mmap(BASE, length, RW, flags, null, 0)).isEqualTo(BASE);
        process.madvise(BASE, length, huge ? Advice.MADV_HUGEPAGE : Advice.MADV_NOHUGEPAGE);
    }

    private void fill(long length) {
        for (long va = BASE; va < BASE + length; va += PAGE) {
            assertThat(process.store(va, value(va))).isZero();
        }
    }

    private static int value(long va) {
        return 1 + (int) (va / PAGE % 255);
    }

    @Test
    void T20_two_threads_that_fault_on_one_page_at_once_map_it_once() {
        map(512 * PAGE, false);
        CyclicBarrier barrier = new CyclicBarrier(2);
        Work touch = () -> {
            for (long va = BASE; va < BASE + 512 * PAGE; va += PAGE) {
                barrier.await();
                assertThat(process.store(va, 1)).isZero();
            }
        };

        together(touch, touch);

        assertThat(process.space().rss(RssKind.ANON)).isEqualTo(512);
        assertThat(machine.vmstat("nr_anon_pages")).isEqualTo(512);
    }

    @Test
    void T20_two_threads_that_fault_on_one_huge_page_at_once_map_it_once() {
        map(16 * HUGE, true);
        CyclicBarrier barrier = new CyclicBarrier(2);
        Work touch = () -> {
            for (long va = BASE; va < BASE + 16 * HUGE; va += HUGE) {
                barrier.await();
                assertThat(process.store(va, 1)).isZero();
            }
        };

        together(touch, touch);

        assertThat(machine.vmstat("thp_fault_alloc")).isEqualTo(16);
        assertThat(process.space().rss(RssKind.ANON)).isEqualTo(16 * 512);
    }

    @Test
    void T20_a_huge_page_is_split_while_another_thread_walks_through_it() {
        map(16 * HUGE, true);
        fill(16 * HUGE);
        AtomicBoolean splitting = new AtomicBoolean(true);

        together(
                () -> {
                    for (long va = BASE; va < BASE + 16 * HUGE; va += HUGE) {
                        assertThat(process.mprotect(va + PAGE, PAGE, Protection.READ)).isZero();
                    }
                    splitting.set(false);
                },
                () -> {
                    do {
                        for (long va = BASE; va < BASE + 16 * HUGE; va += 7 * PAGE) {
                            assertThat(process.load(va)).isEqualTo(value(va));
                        }
                    } while (splitting.get());
                });

        assertThat(machine.vmstat("thp_split_pmd")).isEqualTo(16);
    }

    @Test
    void T20_a_collapse_loses_no_write_of_another_thread() {
        map(4 * HUGE, false);
        fill(4 * HUGE);
        process.madvise(BASE, 4 * HUGE, Advice.MADV_HUGEPAGE);
        AtomicBoolean collapsing = new AtomicBoolean(true);

        together(
                () -> {
                    for (int i = 0; i < 20; i++) {
                        long va = BASE + i % 4 * HUGE;
                        process.madvise(va, HUGE, Advice.MADV_COLLAPSE);
                        // The second half goes, so that there is a table to collapse the next time; nobody else writes there.
                        process.madvise(va + HUGE / 2, HUGE / 2, Advice.MADV_DONTNEED);
                    }
                    collapsing.set(false);
                },
                () -> {
                    int round = 0;
                    do {
                        round++;
                        for (long block = BASE; block < BASE + 4 * HUGE; block += HUGE) {
                            long va = block + round % 256 * PAGE;
                            int written = 1 + round % 255;
                            assertThat(process.store(va, written)).isZero();
                            assertThat(process.load(va)).isEqualTo(written);
                        }
                    } while (collapsing.get());
                });

        assertThat(machine.vmstat("thp_collapse_alloc")).isPositive();
    }

    @Test
    void T20_khugepaged_collapses_beside_faults_and_loses_no_write() {
        machine.write(SCAN_SLEEP, "0\n");
        map(4 * HUGE, false);
        fill(4 * HUGE);
        process.madvise(BASE, 4 * HUGE, Advice.MADV_HUGEPAGE);
        long end = System.nanoTime() + PATIENCE;

        together(() -> {
            for (int round = 1; round < 20 || huge() < 4 && System.nanoTime() < end; round++) {
                for (long block = BASE; block < BASE + 4 * HUGE; block += HUGE) {
                    long va = block + round % 256 * PAGE;
                    int written = 1 + round % 255;
                    assertThat(process.store(va, written)).isZero();
                    assertThat(process.load(va)).isEqualTo(written);
                }
            }
        });

        assertThat(process.load(BASE + HUGE - PAGE)).isEqualTo(value(BASE + HUGE - PAGE));
        assertThat(huge()).isEqualTo(4);
    }

    /** Huge pages that the process has. */
    private long huge() {
        return Long.parseLong(machine.read("/proc/" + process.pid() + "/smaps_rollup").lines()
                .filter(line -> line.startsWith("AnonHugePages:"))
                .findFirst()
                .orElseThrow()
                .replaceAll("\\D", "")) / (HUGE >> 10);
    }

    @Test
    void T20_khugepaged_wakes_up_for_the_first_address_space_that_has_something_to_collapse() {
        machine.write(SCAN_SLEEP, "0\n");
        for (int i = 0; i < 20; i++) {
            long before = machine.vmstat("thp_collapse_alloc");
            Process other = machine.newProcess();
            other.mmap(BASE, HUGE, RW, MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_FIXED, null, 0);
            other.madvise(BASE, HUGE, Advice.MADV_NOHUGEPAGE);
            other.store(BASE, 1);
            other.madvise(BASE, HUGE, Advice.MADV_HUGEPAGE);
            long end = System.nanoTime() + PATIENCE;
            while (machine.vmstat("thp_collapse_alloc") == before && System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            assertThat(machine.vmstat("thp_collapse_alloc")).as("collapses after process %d", i).isGreaterThan(before);
            assertThat(other.load(BASE)).isOne();
            // The list is empty again, and khugepaged sleeps or is about to.
            other.exit();
        }
    }

    @Test
    void T20_a_folio_that_somebody_has_locked_to_swap_it_out_stays_dirty_whoever_frees_it_lazily() {
        Frames frames = machine.memory().frames();
        map(2 * HUGE, true);
        process.madvise(BASE + HUGE, HUGE, Advice.MADV_NOHUGEPAGE);
        fill(2 * HUGE);
        for (long va = BASE; va < BASE + 2 * HUGE; va += HUGE) {
            long block = va;
            long head = machine.pagemap().word(process.space(), va) & (1L << 55) - 1;
            frames.set(head, FolioFlags.DIRTY);
            assertThat(frames.tryLockFolio(head)).isTrue();

            together(() -> process.madvise(block, HUGE, Advice.MADV_FREE));

            assertThat(frames.test(head, FolioFlags.DIRTY)).isTrue();
            frames.unlockFolio(head);
            process.madvise(block, HUGE, Advice.MADV_FREE);
            assertThat(frames.test(head, FolioFlags.DIRTY)).isFalse();
        }
    }

    /** Has one thread do {@code disturb} again and again, {@code times} times, while another writes to each of {@code blocks} and reads back. */
    private void writeWhile(int blocks, int times, Work disturb) {
        AtomicBoolean disturbing = new AtomicBoolean(true);
        together(
                () -> {
                    try {
                        for (int i = 0; i < times; i++) {
                            disturb.run();
                        }
                    } finally {
                        disturbing.set(false);
                    }
                },
                () -> {
                    int round = 0;
                    do {
                        round++;
                        for (int block = 0; block < blocks; block++) {
                            long va = BASE + block * HUGE + round % 256 * PAGE;
                            int written = 1 + round % 255;
                            assertThat(process.store(va, written)).isZero();
                            assertThat(process.load(va)).isEqualTo(written);
                        }
                    } while (disturbing.get());
                });
    }

    @Test
    void T20_a_huge_page_that_is_split_loses_no_write_of_another_thread() {
        map(8 * HUGE, true);
        fill(8 * HUGE);
        int[] done = {0};

        // Advice on a part of a huge page splits it.
        writeWhile(8, 8, () -> process.madvise(BASE + done[0]++ * HUGE + HUGE / 2, PAGE, Advice.MADV_COLD));

        assertThat(machine.vmstat("thp_split_page")).isPositive();
        for (long va = BASE + HUGE / 2; va < BASE + HUGE; va += PAGE) {
            assertThat(process.load(va)).isEqualTo(value(va));
        }
    }

    @Test
    void T20_pages_on_their_way_to_swap_and_back_lose_no_write_of_another_thread() {
        machine.files().swapon(64 * MIB);
        map(2 * HUGE, false);
        fill(2 * HUGE);

        writeWhile(2, 20, () -> process.madvise(BASE, 2 * HUGE, Advice.MADV_PAGEOUT));

        assertThat(machine.vmstat("pswpout")).isPositive();
        for (long va = BASE + HUGE / 2; va < BASE + HUGE; va += PAGE) {
            assertThat(process.load(va)).isEqualTo(value(va));
        }
    }

    @Test
    void T20_a_child_finds_what_the_parent_wrote_though_threads_page_out_and_split_meanwhile() throws ErrnoException {
        machine.files().swapon(64 * MIB);
        map(4 * HUGE, true);
        fill(4 * HUGE);
        List<Process> children = new ArrayList<>();

        together(
                () -> {
                    for (int i = 0; i < 8; i++) {
                        children.add(process.fork());
                    }
                },
                () -> {
                    for (int i = 0; i < 8; i++) {
                        process.madvise(BASE + i % 4 * HUGE + i * PAGE, HUGE / 4, Advice.MADV_PAGEOUT);
                        process.madvise(BASE + i % 4 * HUGE + HUGE / 2, PAGE, Advice.MADV_COLD);
                    }
                });

        for (Process child : children) {
            for (long va = BASE; va < BASE + 4 * HUGE; va += 5 * PAGE) {
                assertThat(child.load(va)).isEqualTo(value(va));
            }
        }
    }

    @Test
    void T20_parent_and_child_never_see_what_the_other_writes() throws ErrnoException {
        map(4 * HUGE, true);
        fill(4 * HUGE);
        Process child = process.fork();

        together(() -> overwrite(process, 100), () -> overwrite(child, 200));
    }

    private static void overwrite(Process writer, int value) {
        for (long va = BASE; va < BASE + 4 * HUGE; va += 3 * PAGE) {
            assertThat(writer.load(va)).isEqualTo(value(va));
            assertThat(writer.store(va, value)).isZero();
        }
        for (long va = BASE; va < BASE + 4 * HUGE; va += 3 * PAGE) {
            assertThat(writer.load(va)).isEqualTo(value);
        }
    }

    @Test
    void T20_who_has_the_mmap_lock_for_reading_lets_faults_through_and_holds_munmap_off() throws InterruptedException {
        map(HUGE, false);
        AtomicBoolean unmapped = new AtomicBoolean();
        process.space().mmapLock().readLock();
        Thread unmapping = new Thread(() -> {
            process.munmap(BASE + HUGE / 2, HUGE / 2);
            unmapped.set(true);
        });

        together(() -> assertThat(process.store(BASE, 1)).isZero());
        unmapping.start();
        unmapping.join(200);
        assertThat(unmapped).isFalse();
        process.space().mmapLock().readUnlock();
        unmapping.join();

        assertThat(unmapped).isTrue();
        assertThat(process.load(BASE)).isOne();
        assertThat(process.load(BASE + HUGE / 2)).isEqualTo(-Process.SIGSEGV);
    }

    @Test
    void T20_a_pinned_huge_page_is_not_split_whoever_asks() throws ErrnoException {
        map(HUGE, true);
        fill(HUGE);
        PinnedPages pin = process.pin(BASE, PAGE);

        together(() -> process.madvise(BASE, PAGE, Advice.MADV_COLD), () -> process.madvise(BASE + PAGE, PAGE, Advice.MADV_FREE));

        assertThat(machine.vmstat("thp_split_page")).isZero();
        assertThat(machine.vmstat("thp_split_page_failed")).isPositive();
        pin.release();
    }

    @Test
    void T20_a_range_that_one_thread_gives_back_reads_as_zero_or_as_written_to_another() {
        map(HUGE, false);
        AtomicBoolean working = new AtomicBoolean(true);

        together(
                () -> {
                    for (int i = 0; i < 50; i++) {
                        fill(HUGE);
                        assertThat(process.madvise(BASE, HUGE, Advice.MADV_DONTNEED)).isZero();
                    }
                    working.set(false);
                },
                () -> {
                    do {
                        for (long va = BASE; va < BASE + HUGE; va += PAGE) {
                            assertThat(process.load(va)).isIn(0, value(va));
                        }
                    } while (working.get());
                });

        process.madvise(BASE, HUGE, Advice.MADV_DONTNEED);
        assertThat(process.space().rss(RssKind.ANON)).isZero();
    }

    @Test
    void T20_threads_of_one_process_that_map_at_once_get_different_places() {
        long[][] got = new long[4][64];
        Work[] work = new Work[4];
        for (int t = 0; t < 4; t++) {
            long[] mine = got[t];
            work[t] = () -> {
                for (int i = 0; i < mine.length; i++) {
                    mine[i] = process.mmap(0, (1 + i % 3) * PAGE, RW, MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS, null, 0);
                    assertThat(mine[i]).isPositive();
                    assertThat(process.store(mine[i], i + 1)).isZero();
                }
            };
        }

        together(work);

        for (long[] mine : got) {
            for (int i = 0; i < mine.length; i++) {
                assertThat(process.load(mine[i])).isEqualTo(i + 1);
            }
        }
    }
}
