package org.mmkit.thp.smp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mmkit.api.Errno;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.arch.Protection;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.MapFlags;
import org.mmkit.api.space.RssKind;
import org.mmkit.core.Machine;
import org.mmkit.core.gup.Foll;
import org.mmkit.core.gup.PinnedPages;
import org.mmkit.core.gup.UserPages;
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

    /** One of many. */
    private interface Round {
        void run(int number) throws ErrnoException;
    }

    /** Runs all {@code work} at the same time; the first failure is the test's and interrupts the others. */
    private static void together(Work... work) {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Thread> threads = new CopyOnWriteArrayList<>();
        for (Work part : work) {
            Thread thread = new Thread(() -> {
                try {
                    part.run();
                } catch (Exception | Error e) {
                    if (failure.compareAndSet(null, e)) {
                        threads.forEach(Thread::interrupt);
                    }
                }
            });
            thread.setDaemon(true);
            threads.add(thread);
        }
        threads.forEach(Thread::start);
        long end = System.nanoTime() + PATIENCE;
        for (Thread thread : threads) {
            try {
                thread.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        if (failure.get() != null) {
            throw new AssertionError(failure.get());
        }
        for (Thread thread : threads) {
            assertThat(thread.isAlive()).as(() -> "still at " + Arrays.toString(thread.getStackTrace())).isFalse();
        }
    }

    /** Runs {@code work} on one thread and {@code again}, with the number of the round from 1, at least once and until that is over on another. */
    private static void meanwhile(Work work, Round again) {
        AtomicBoolean over = new AtomicBoolean();
        together(
                () -> {
                    try {
                        work.run();
                    } finally {
                        over.set(true);
                    }
                },
                () -> {
                    int round = 0;
                    do {
                        again.run(++round);
                    } while (!over.get());
                });
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

        meanwhile(
                () -> {
                    for (long va = BASE; va < BASE + 16 * HUGE; va += HUGE) {
                        assertThat(process.mprotect(va + PAGE, PAGE, Protection.READ)).isZero();
                    }
                },
                round -> {
                    for (long va = BASE; va < BASE + 16 * HUGE; va += 7 * PAGE) {
                        assertThat(process.load(va)).isEqualTo(value(va));
                    }
                });

        assertThat(machine.vmstat("thp_split_pmd")).isEqualTo(16);
    }

    @Test
    void T20_a_collapse_loses_no_write_of_another_thread() {
        map(4 * HUGE, false);
        fill(4 * HUGE);
        process.madvise(BASE, 4 * HUGE, Advice.MADV_HUGEPAGE);
        int[] done = {0};

        writeWhile(4, 20, () -> {
            long va = BASE + done[0]++ % 4 * HUGE;
            process.madvise(va, HUGE, Advice.MADV_COLLAPSE);
            // The second half goes, so that there is a table to collapse the next time; nobody else writes there.
            process.madvise(va + HUGE / 2, HUGE / 2, Advice.MADV_DONTNEED);
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
        meanwhile(
                () -> {
                    for (int i = 0; i < times; i++) {
                        disturb.run();
                    }
                },
                round -> {
                    for (int block = 0; block < blocks; block++) {
                        long va = BASE + block * HUGE + round % 256 * PAGE;
                        int written = 1 + round % 255;
                        assertThat(process.store(va, written)).isZero();
                        assertThat(process.load(va)).isEqualTo(written);
                    }
                });
    }

    @Test
    void T20_a_thread_that_fails_ends_the_one_that_works_beside_it_and_its_failure_is_told() {
        map(PAGE, false);
        CyclicBarrier barrier = new CyclicBarrier(2);
        Work fail = () -> assertThat(process.load(0)).isZero();

        assertThatThrownBy(() -> meanwhile(fail, round -> process.load(BASE))).hasMessageContaining("-11");
        assertThatThrownBy(() -> together(fail, barrier::await)).hasMessageContaining("-11");
    }

    @Test
    void T20_pages_that_one_thread_locks_and_unlocks_keep_what_another_writes_and_are_counted_right() {
        map(2 * HUGE, true);
        fill(2 * HUGE);
        int[] done = {0};

        // Whole huge pages, parts of them, which split the leaf, and again.
        writeWhile(2, 40, () -> {
            long va = BASE + done[0] % 2 * HUGE + done[0]++ % 7 * PAGE;
            assertThat(process.mlock(va, 64 * PAGE)).isZero();
            assertThat(process.munlock(va, 32 * PAGE)).isZero();
            assertThat(process.mlock(BASE, 2 * HUGE)).isZero();
            assertThat(process.munlock(BASE, 2 * HUGE)).isZero();
        });

        assertThat(process.space().lockedPages()).isZero();
        assertThat(machine.vmstat("nr_mlock")).isZero();
        assertThat(machine.vmstat("unevictable_pgs_mlocked")).isPositive();
    }

    @Test
    void T20_threads_that_fault_in_a_locked_area_at_once_lock_each_page_once() {
        map(512 * PAGE, false);
        assertThat(process.mlock2(BASE, 512 * PAGE, MapFlags.MLOCK_ONFAULT)).isZero();
        CyclicBarrier barrier = new CyclicBarrier(2);
        Work touch = () -> {
            for (long va = BASE; va < BASE + 512 * PAGE; va += PAGE) {
                barrier.await();
                assertThat(process.store(va, 1)).isZero();
            }
        };

        together(touch, touch);

        assertThat(machine.vmstat("nr_mlock")).isEqualTo(512);
        assertThat(machine.vmstat("nr_unevictable")).isEqualTo(512);
        assertThat(process.munlockall()).isZero();
        assertThat(machine.vmstat("nr_mlock")).isZero();
        assertThat(machine.vmstat("nr_unevictable")).isZero();
    }

    @Test
    void T20_two_processes_lock_the_pages_they_share_and_each_lock_counts() throws ErrnoException {
        map(256 * PAGE, false);
        fill(256 * PAGE);
        Process child = process.fork();
        assertThat(child.mprotect(BASE, 256 * PAGE, Protection.READ)).isZero();
        assertThat(process.mprotect(BASE, 256 * PAGE, Protection.READ)).isZero();

        together(() -> lockPages(process), () -> lockPages(child));

        assertThat(machine.vmstat("nr_mlock")).isZero();
        assertThat(machine.vmstat("nr_unevictable")).isZero();
    }

    private static void lockPages(Process by) {
        for (int i = 0; i < 20; i++) {
            assertThat(by.mlock(BASE, 256 * PAGE)).isZero();
            assertThat(by.munlock(BASE, 256 * PAGE)).isZero();
        }
    }

    @Test
    void T20_a_page_locked_while_it_is_on_its_way_to_swap_is_neither_lost_nor_swapped_out_afterwards() {
        machine.files().swapon(64 * MIB);
        map(HUGE, false);
        fill(HUGE);

        together(
                () -> {
                    for (int i = 0; i < 20; i++) {
                        process.madvise(BASE, HUGE, Advice.MADV_PAGEOUT);
                    }
                },
                () -> {
                    for (int i = 0; i < 20; i++) {
                        assertThat(process.mlock(BASE, HUGE)).isZero();
                        if (i < 19) {
                            assertThat(process.munlock(BASE, HUGE)).isZero();
                        }
                    }
                });

        assertThat(process.madvise(BASE, HUGE, Advice.MADV_PAGEOUT)).isEqualTo(-Errno.EINVAL);
        assertThat(process.space().rss(RssKind.ANON)).isEqualTo(512);
        assertThat(machine.vmstat("nr_mlock")).isEqualTo(512);
        for (long va = BASE; va < BASE + HUGE; va += PAGE) {
            assertThat(process.load(va)).isEqualTo(value(va));
        }
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

    /** Moves {@code length} bytes from BASE to {@code to} and back, ten times. */
    private void moveToAndFro(long length, long to) {
        int fixed = MapFlags.MREMAP_MAYMOVE | MapFlags.MREMAP_FIXED;
        for (int i = 0; i < 10; i++) {
            assertThat(process.mremap(BASE, length, length, fixed, to)).isEqualTo(to);
            assertThat(process.mremap(to, length, length, fixed, BASE)).isEqualTo(BASE);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {16 * HUGE, 16 * HUGE + PAGE})
    void T20_memory_that_one_thread_moves_is_in_one_place_or_the_other_and_nothing_of_it_is_lost(long distance) {
        map(4 * HUGE, true);
        process.madvise(BASE + 2 * HUGE, 2 * HUGE, Advice.MADV_NOHUGEPAGE);
        fill(4 * HUGE);

        // Whole huge pages and tables when the distance is a multiple of theirs, entries otherwise.
        meanwhile(() -> moveToAndFro(4 * HUGE, BASE + distance), round -> {
            for (long va = BASE + round % 7 * PAGE; va < BASE + 4 * HUGE; va += 61 * PAGE) {
                assertThat(process.load(va)).isIn(value(va), -Process.SIGSEGV);
                assertThat(process.load(va + distance)).isIn(value(va), -Process.SIGSEGV);
            }
        });

        for (long va = BASE; va < BASE + 4 * HUGE; va += PAGE) {
            assertThat(process.load(va)).isEqualTo(value(va));
        }
        assertThat(process.space().rss(RssKind.ANON)).isEqualTo(4 * 512);
    }

    @Test
    void T20_memory_that_is_moved_while_it_is_split_and_paged_out_is_lost_in_neither_place() {
        machine.files().swapon(64 * MIB);
        long distance = 16 * HUGE + PAGE;
        map(2 * HUGE, true);
        fill(2 * HUGE);

        meanwhile(() -> moveToAndFro(2 * HUGE, BASE + distance), round -> {
            long at = (round & 1) == 0 ? BASE : BASE + distance;
            process.madvise(at + HUGE / 2, PAGE, Advice.MADV_COLD);
            process.madvise(at, 2 * HUGE, Advice.MADV_PAGEOUT);
        });

        for (long va = BASE; va < BASE + 2 * HUGE; va += PAGE) {
            assertThat(process.load(va)).isEqualTo(value(va));
        }
    }

    @Test
    void T20_an_area_grows_and_shrinks_while_another_thread_uses_what_stays() {
        map(8 * HUGE, false);
        fill(HUGE);

        writeWhile(1, 200, () -> {
            assertThat(process.mremap(BASE, 8 * HUGE, HUGE, 0, 0)).isEqualTo(BASE);
            assertThat(process.mremap(BASE, HUGE, 8 * HUGE, 0, 0)).isEqualTo(BASE);
            assertThat(process.store(BASE + 4 * HUGE, 1)).isZero();
        });

        assertThat(process.load(BASE + HUGE / 2)).isEqualTo(value(BASE + HUGE / 2));
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
    void T20_pages_that_threads_hold_at_once_are_each_held_as_often_as_taken_and_free_again_afterwards() {
        map(2 * HUGE, true);
        process.madvise(BASE + HUGE, HUGE, Advice.MADV_NOHUGEPAGE);
        Work hold = () -> {
            for (int i = 0; i < 20; i++) {
                UserPages read = process.getUserPages(BASE, 1024, Foll.FAST);
                UserPages pinned = process.getUserPages(BASE, 1024, Foll.WRITE | Foll.PIN | Foll.LONGTERM);
                assertThat(process.store(BASE + i * PAGE, i)).isZero();
                read.release();
                pinned.release();
                pinned.release();
            }
        };

        together(hold, hold, hold);

        assertThat(process.space().rss(RssKind.ANON)).isEqualTo(1024);
        for (long va = BASE; va < BASE + 2 * HUGE; va += HUGE) {
            assertThat(machine.memory().frames().pins(frame(va))).isZero();
            assertThat(machine.memory().frames().refcount(frame(va))).isOne();
        }
        assertThat(process.munmap(BASE, 2 * HUGE)).isZero();
        assertThat(machine.vmstat("nr_anon_pages")).isZero();
    }

    @Test
    void T20_a_pinned_page_stays_the_process_s_own_whatever_forks_and_splits_go_on_beside() {
        map(4 * HUGE, true);
        fill(4 * HUGE);
        int[] round = {0};

        writeWhile(4, 20, () -> {
            long va = BASE + round[0]++ % 4 * HUGE + 300 * PAGE;
            PinnedPages pin = process.pin(va, PAGE);
            long frame = frame(va);
            Process child = process.fork();
            process.madvise(va + PAGE, PAGE, Advice.MADV_COLD);
            process.madvise(va, PAGE, Advice.MADV_PAGEOUT);
            assertThat(process.store(va, round[0])).isZero();
            assertThat(frame(va)).isEqualTo(frame);
            assertThat(child.load(va)).isNotEqualTo(round[0]);
            child.exit();
            pin.release();
        });

        assertThat(process.space().pinnedPages()).isZero();
    }

    /** The frame behind {@code va}. */
    private long frame(long va) {
        long[] frame = {0};
        process.call(() -> frame[0] = machine.pagemap().word(process.space(), va) & (1L << 55) - 1);
        return frame[0];
    }

    @Test
    void T20_guards_that_one_thread_sets_and_takes_away_are_kept_while_others_fault_and_populate() {
        map(HUGE, false);

        meanwhile(
                () -> {
                    for (int i = 0; i < 100; i++) {
                        long va = BASE + i % 8 * 64 * PAGE;
                        assertThat(process.madvise(va, 32 * PAGE, Advice.MADV_GUARD_INSTALL)).isZero();
                        for (long at = va; at < va + 32 * PAGE; at += PAGE) {
                            assertThat(process.load(at)).isEqualTo(-Process.SIGSEGV);
                        }
                        assertThat(process.madvise(va, 32 * PAGE, Advice.MADV_POPULATE_READ)).isEqualTo(-Errno.EFAULT);
                        assertThat(process.madvise(va, 32 * PAGE, Advice.MADV_GUARD_REMOVE)).isZero();
                        assertThat(process.madvise(va, 32 * PAGE, Advice.MADV_POPULATE_WRITE)).isZero();
                        assertThat(process.load(va)).isZero();
                    }
                },
                round -> {
                    assertThat(process.store(BASE + 40 * PAGE + round % 8 * 64 * PAGE, 1)).isZero();
                    process.load(BASE + round % 512 * PAGE);
                    process.madvise(BASE + round % 512 * PAGE, PAGE, Advice.MADV_POPULATE_WRITE);
                });
    }

    @Test
    void T20_threads_that_populate_and_lock_what_they_map_find_every_page_there() {
        long[] found = new long[4];
        Work[] work = new Work[4];
        for (int t = 0; t < 4; t++) {
            int number = t;
            work[t] = () -> {
                for (int i = 0; i < 20; i++) {
                    int how = MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS | (i % 2 == 0 ? MapFlags.MAP_POPULATE : MapFlags.MAP_LOCKED);
                    long at = process.mmap(0, 64 * PAGE, RW, how, null, 0);
                    assertThat(at).isPositive();
                    for (long va = at; va < at + 64 * PAGE; va += PAGE) {
                        found[number] += process.hits(va, true) ? 1 : 0;
                    }
                }
            };
        }

        together(work);

        assertThat(found).containsOnly(20 * 64);
        assertThat(process.space().lockedPages()).isEqualTo(4 * 10 * 64);
    }

    /** Runs {@code work} while another process's call, which waits for a lock, is under way: what needs to be alone would wait for it. */
    private void besideACall(Work work) throws InterruptedException {
        machine.write("/proc/sys/vm/compaction_proactiveness", "0\n");
        machine.clock().advance(1_000_000_000L); // kcompactd, which runs alone, has seen it
        Process other = machine.newProcess();
        other.mmap(BASE, PAGE, RW, MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_FIXED, null, 0);
        other.space().mmapLock().readLock();
        Thread waiting = new Thread(() -> other.munmap(BASE, PAGE), "under-way");
        try {
            waiting.start();
            long end = System.nanoTime() + PATIENCE;
            while (!machine.showLocks().contains("under-way has or wants MACHINE MMAP") && System.nanoTime() < end) {
                Thread.sleep(1);
            }
            together(work);
        } finally {
            other.space().mmapLock().readUnlock();
        }
        waiting.join();
    }

    @Test
    void T20_what_a_program_does_to_its_anonymous_memory_does_not_wait_for_calls_of_others() throws InterruptedException {
        int fixed = MapFlags.MREMAP_MAYMOVE | MapFlags.MREMAP_FIXED;
        map(4 * HUGE, true);
        fill(4 * HUGE);

        besideACall(() -> {
            assertThat(process.mlock(BASE, HUGE)).isZero();
            assertThat(process.munlock(BASE, HUGE)).isZero();
            assertThat(process.mlockall(MapFlags.MCL_CURRENT)).isZero();
            assertThat(process.munlockall()).isZero();
            assertThat(process.mremap(BASE, 2 * HUGE, 2 * HUGE, fixed, BASE + 16 * HUGE)).isEqualTo(BASE + 16 * HUGE);
            assertThat(process.mremap(BASE + 16 * HUGE, 2 * HUGE, 2 * HUGE, fixed, BASE)).isEqualTo(BASE);
            assertThat(process.mremap(BASE, 4 * HUGE, HUGE, 0, 0)).isEqualTo(BASE);
            assertThat(process.mremap(BASE, HUGE, 2 * HUGE, 0, 0)).isEqualTo(BASE);
            assertThat(process.madvise(BASE + HUGE, HUGE, Advice.MADV_POPULATE_WRITE)).isZero();
            assertThat(process.madvise(BASE + HUGE, PAGE, Advice.MADV_GUARD_INSTALL)).isZero();
            assertThat(process.madvise(BASE + HUGE, PAGE, Advice.MADV_GUARD_REMOVE)).isZero();
            UserPages pages = process.getUserPages(BASE, 512, Foll.PIN | Foll.WRITE);
            process.pin(BASE, HUGE).release();
            pages.release();
        });
    }

    @Test
    void T20_shared_memory_whose_pages_are_there_is_used_and_mapped_without_waiting_for_calls_of_others() throws Exception {
        long at = process.mmap(0, 64 * PAGE, RW, MapFlags.MAP_SHARED | MapFlags.MAP_ANONYMOUS);
        for (long va = at; va < at + 64 * PAGE; va += PAGE) {
            assertThat(process.store(va, value(va))).isZero();
        }
        Process child = process.fork();

        besideACall(() -> {
            for (long va = at; va < at + 64 * PAGE; va += PAGE) {
                assertThat(child.load(va)).isEqualTo(value(va));
                assertThat(child.store(va, 7)).isZero();
                assertThat(process.load(va)).isEqualTo(7);
            }
        });

        assertThat(child.space().rss(RssKind.SHMEM)).isEqualTo(64);
        assertThat(machine.vmstat("nr_mapped")).isEqualTo(64);
    }

    @Test
    void T20_processes_that_map_shared_pages_at_once_count_each_mapping_once() throws ErrnoException {
        long at = process.mmap(0, 512 * PAGE, RW, MapFlags.MAP_SHARED | MapFlags.MAP_ANONYMOUS);
        for (long va = at; va < at + 512 * PAGE; va += PAGE) {
            assertThat(process.store(va, 1)).isZero();
        }
        Process child = process.fork();
        CyclicBarrier barrier = new CyclicBarrier(3);
        Work touch = () -> {
            for (long va = at; va < at + 512 * PAGE; va += 8 * PAGE) {
                barrier.await();
                assertThat(child.store(va + PAGE, 2)).isZero();
                assertThat(child.load(va)).isOne();
            }
        };
        Work drop = () -> {
            for (long va = at; va < at + 512 * PAGE; va += 8 * PAGE) {
                barrier.await();
                assertThat(process.madvise(va, 8 * PAGE, Advice.MADV_DONTNEED)).isZero();
            }
        };

        together(touch, touch, drop);

        assertThat(child.space().rss(RssKind.SHMEM)).isEqualTo(512);
        assertThat(process.space().rss(RssKind.SHMEM)).isZero();
        assertThat(child.load(at + PAGE)).isEqualTo(2);
        assertThat(process.load(at + PAGE)).isEqualTo(2);
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

        meanwhile(
                () -> {
                    for (int i = 0; i < 50; i++) {
                        fill(HUGE);
                        assertThat(process.madvise(BASE, HUGE, Advice.MADV_DONTNEED)).isZero();
                    }
                },
                round -> {
                    for (long va = BASE; va < BASE + HUGE; va += PAGE) {
                        assertThat(process.load(va)).isIn(0, value(va));
                    }
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
