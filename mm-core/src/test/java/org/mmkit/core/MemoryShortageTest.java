package org.mmkit.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mmkit.api.Errno;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.RssKind;
import org.mmkit.core.boot.Bootstrap;
import org.mmkit.core.process.Process;
import org.mmkit.core.toy.ToyMachines;
import org.mmkit.core.vfs.FileDescription;

/** What processes see when memory runs short, and of swap, on a machine without huge pages. */
class MemoryShortageTest {

    private static final int RW = 3;
    private static final int PRIVATE_ANON = 0x22;
    private static final int SHARED_ANON = 0x21;
    private static final int PRIVATE = 2;
    private static final long PAGE = 4096;
    private static final long MIB = 1 << 20;

    private final Bootstrap parts = ToyMachines.boot("mem=96M");
    private final Machine machine = new Machine(parts);
    private final Process process = machine.newProcess();

    @AfterEach
    void invariantsHold() {
        machine.verify();
    }

    private static int pattern(long page) {
        return (int) (page * 7 + 3) & 0xff;
    }

    @Test
    void more_memory_than_there_is_can_be_used_with_swap_and_nothing_is_lost() {
        assertThat(machine.files().swapon(512 * MIB)).isZero();
        long pages = 200 * MIB / PAGE;
        long area = process.mmap(0, pages * PAGE, RW, PRIVATE_ANON, null, 0);
        for (long i = 0; i < pages; i++) {
            assertThat(process.store(area + i * PAGE, pattern(i))).isZero();
        }
        machine.verify();

        assertThat(process.space().rss(RssKind.SWAP)).isPositive();
        assertThat(machine.vmstat("pgsteal_kswapd")).isPositive();
        for (long i = 0; i < pages; i++) {
            assertThat(process.load(area + i * PAGE)).as("page %d", i).isEqualTo(pattern(i));
        }
        process.exit();
        assertThat(machine.files().swap().freePages()).isEqualTo(machine.files().swap().totalPages());
        assertThat(machine.files().swapoff()).isZero();
    }

    @Test
    void shared_memory_survives_shortage_too() {
        machine.files().swapon(512 * MIB);
        long pages = 150 * MIB / PAGE;
        long area = process.mmap(0, pages * PAGE, RW, SHARED_ANON, null, 0);
        for (long i = 0; i < pages; i++) {
            assertThat(process.store(area + i * PAGE, pattern(i))).isZero();
        }
        machine.verify();
        for (long i = 0; i < pages; i++) {
            assertThat(process.load(area + i * PAGE)).as("page %d", i).isEqualTo(pattern(i));
        }
        process.munmap(area, pages * PAGE);
        assertThat(machine.vmstat("nr_shmem")).isZero();
        assertThat(machine.files().swap().freePages()).isEqualTo(machine.files().swap().totalPages());
    }

    @Test
    void files_of_the_host_are_dropped_from_the_page_cache_and_come_back() {
        FileDescription file = machine.vfs().hostFile("/usr/lib/big.so", 2049, 12, 400 * MIB);
        long area = process.mmap(0, 400 * MIB, 1, PRIVATE, file, 0);
        for (int round = 0; round < 2; round++) {
            for (long at = 0; at < 400 * MIB; at += PAGE) {
                assertThat(process.load(area + at)).isZero();
            }
        }
        assertThat(machine.vmstat("nr_file_pages")).isLessThan(96 * MIB / PAGE);
        assertThat(machine.vmstat("pgsteal_kswapd")).isGreaterThan(300 * MIB / PAGE);
    }

    @Test
    void without_swap_a_process_that_takes_too_much_is_killed_and_the_others_go_on() {
        Process other = machine.newProcess();
        long mine = other.mmap(0, PAGE, RW, PRIVATE_ANON, null, 0);
        other.store(mine, 9);
        long area = process.mmap(0, 200 * MIB, RW, PRIVATE_ANON | 0x4000, null, 0); // MAP_NORESERVE
        int result = 0;
        for (long at = 0; at < 200 * MIB && result == 0; at += PAGE) {
            result = process.store(area + at, 1);
        }
        assertThat(result).isEqualTo(-Process.SIGKILL);
        process.exit();
        assertThat(other.load(mine)).isEqualTo(9);
    }

    @Test
    void memory_given_up_by_MADV_FREE_goes_first_without_swap() {
        long area = process.mmap(0, 25 * MIB, RW, PRIVATE_ANON, null, 0);
        for (long at = 0; at < 25 * MIB; at += PAGE) {
            process.store(area + at, 1);
        }
        assertThat(process.madvise(area, 25 * MIB, Advice.MADV_FREE)).isZero();
        process.store(area, 7);
        long more = process.mmap(0, 33 * MIB, RW, PRIVATE_ANON, null, 0);
        for (long at = 0; at < 33 * MIB; at += PAGE) {
            assertThat(process.store(more + at, 2)).isZero();
        }
        assertThat(process.load(area)).as("written after the advice").isEqualTo(7);
        assertThat(machine.vmstat("pglazyfreed")).isPositive();
    }

    @Test
    void pages_on_swap_go_through_any_history_of_calls_without_loss() throws Exception {
        for (int seed = 1; seed <= 4; seed++) {
            Random random = new Random(seed);
            machine.files().swapon(8 * MIB);
            Process parent = machine.newProcess();
            int pages = 64;
            long area = parent.mmap(0, pages * PAGE, RW, seed % 2 == 0 ? PRIVATE_ANON : SHARED_ANON, null, 0);
            int[] model = new int[pages];
            for (int step = 0; step < 300; step++) {
                int page = random.nextInt(pages);
                long va = area + page * PAGE;
                switch (random.nextInt(6)) {
                    case 0, 1 -> {
                        model[page] = random.nextInt(256);
                        assertThat(parent.store(va, model[page])).isZero();
                    }
                    case 2 -> assertThat(parent.load(va)).as("seed %d step %d", seed, step).isEqualTo(model[page]);
                    case 3 -> parent.madvise(va, Math.min(8, pages - page) * PAGE, Advice.MADV_PAGEOUT);
                    case 4 -> parent.madvise(va, PAGE, Advice.MADV_WILLNEED);
                    default -> {
                        if (seed % 2 == 0) {
                            Process child = parent.fork();
                            assertThat(child.load(va)).isEqualTo(model[page]);
                            child.store(va, 1);
                            child.madvise(area, pages * PAGE, Advice.MADV_PAGEOUT);
                            child.exit();
                        }
                    }
                }
                if (step % 50 == 0) {
                    machine.verify();
                }
            }
            assertThat(machine.files().swapoff()).isZero();
            for (int page = 0; page < pages; page++) {
                assertThat(parent.load(area + page * PAGE)).as("seed %d page %d", seed, page).isEqualTo(model[page]);
            }
            machine.verify();
            parent.exit();
        }
        assertThat(machine.files().swapoff()).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void a_preallocation_that_only_swap_could_hold_fails_and_leaves_nothing() throws Exception {
        machine.files().swapon(512 * MIB);
        long swap = machine.vmstat("pswpout");
        FileDescription file = machine.vfs().memfd("big", 0);

        assertThat(file.inode().allocate(0, 0, 200 * MIB)).isEqualTo(-Errno.ENOMEM);

        assertThat(file.inode().blocks()).isZero();
        assertThat(file.inode().size()).isZero();
        assertThat(machine.vmstat("nr_shmem")).isZero();
        assertThat(file.inode().allocate(0, 0, 20 * MIB)).as("what fits").isZero();
        assertThat(machine.vmstat("pswpout")).as("its own pages are not written while it goes on").isEqualTo(swap);
    }

    @Test
    void preallocated_pages_that_were_never_used_come_back_from_swap_as_zeroes() throws Exception {
        machine.files().swapon(512 * MIB);
        long dirty = process.mmap(0, 60 * MIB, RW, PRIVATE_ANON, null, 0);
        for (long at = 0; at < 60 * MIB; at += PAGE) {
            assertThat(process.store(dirty + at, 7)).isZero();
        }
        assertThat(process.munmap(dirty, 60 * MIB)).isZero();
        FileDescription file = machine.vfs().memfd("early", 0);
        assertThat(file.inode().allocate(0, 0, 40 * MIB)).isZero();

        long area = process.mmap(0, 120 * MIB, RW, PRIVATE_ANON, null, 0);
        for (long at = 0; at < 120 * MIB; at += PAGE) {
            assertThat(process.store(area + at, 7)).isZero();
        }
        assertThat(machine.vmstat("swpout_zero")).isGreaterThan(5_000);
        long mapped = process.mmap(0, 40 * MIB, RW, 1, file, 0);
        for (long at = 0; at < 40 * MIB; at += PAGE) {
            assertThat(process.load(mapped + at)).isZero();
        }
    }
}
