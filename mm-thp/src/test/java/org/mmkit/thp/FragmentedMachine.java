package org.mmkit.thp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;

/**
 * A machine whose free memory is in pieces: a process has filled it page by page and given about half of the pages back, by the toss
 * of a coin. Every page that is left holds a value that tells where it belongs.
 */
final class FragmentedMachine {

    static final long PAGE = 4096;
    static final long HUGE = 2 << 20;
    private static final int ANON = MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS;
    /** So many free frames lie at or below the watermarks of a machine of this size. */
    private static final long NEARLY_FULL = 1500;

    final Machine machine;
    final Process process;
    final List<Long> kept = new ArrayList<>();
    private final long area;

    FragmentedMachine(Machine machine, long seed) {
        this.machine = machine;
        process = machine.newProcess();
        long bytes = machine.memory().allocator().freePages() * PAGE;
        area = process.mmap(0, bytes, 3, ANON, null, 0);
        assertThat(process.madvise(area, bytes, Advice.MADV_NOHUGEPAGE)).isZero();
        long filled = 0;
        while (machine.memory().allocator().freePages() > NEARLY_FULL) {
            assertThat(process.store(area + filled, value(filled))).isZero();
            filled += PAGE;
        }
        Random coin = new Random(seed);
        for (long at = 0; at < filled; at += PAGE) {
            if (coin.nextBoolean()) {
                process.madvise(area + at, PAGE, Advice.MADV_DONTNEED);
            } else {
                kept.add(at);
            }
        }
        // What was free from the start, the kernel takes.
        FrameAllocator allocator = machine.memory().allocator();
        while (allocator.freeBlocks(9) + allocator.freeBlocks(10) > 0) {
            assertThat(machine.memory().allocateFolio(9, Gfp.ATOMIC)).isNotEqualTo(Frames.NONE);
        }
    }

    private static int value(long at) {
        return (int) (at / PAGE % 251) + 1;
    }

    /** A fresh aligned area for {@code pages} huge pages. */
    long hugeArea(int pages, boolean advised) {
        long raw = process.mmap(0, (pages + 1) * HUGE, 3, ANON, null, 0);
        long start = raw + HUGE - 1 & -HUGE;
        if (advised) {
            assertThat(process.madvise(start, pages * HUGE, Advice.MADV_HUGEPAGE)).isZero();
        }
        return start;
    }

    long pfn(long at) {
        long word = machine.pagemap().word(process.space(), area + at);
        return word < 0 ? word & (1L << 55) - 1 : Frames.NONE;
    }

    long address(long at) {
        return area + at;
    }

    void everyPageIsAsWritten() {
        for (long at : kept) {
            if (process.load(area + at) != value(at)) {
                assertThat(process.load(area + at)).as("page at 0x%x", at).isEqualTo(value(at));
            }
        }
    }
}
