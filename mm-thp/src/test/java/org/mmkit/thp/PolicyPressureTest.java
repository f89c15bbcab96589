package org.mmkit.thp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;

/** Blocks that a policy has set aside, while reclaim, compaction, the shrinker and exit take folios away or move them: what was stored is read again. */
class PolicyPressureTest extends HugePageTest {

    private static final long PAGE = 4 * KIB;
    private static final long MEMORY = 64 * MIB;
    private static final int BLOCKS = 6;

    private void bootWith(String policy) {
        machine = Machine.builder().memory(MEMORY).policy(policy).build();
        process = machine.newProcess();
        assertThat(machine.files().swapon(128 * MIB)).isZero();
        set("enabled", "always");
    }

    private long head(long address) {
        var tables = process.space().tables();
        return machine.memory().frames().head(tables.format().pfn(tables.read(tables.find(address, 1)), 1));
    }

    @Test
    void T04_a_reservation_moved_by_compaction_goes_on_in_the_new_folio() {
        bootWith("reservation");
        mapAdvised(BASE, 2 * MIB);
        process.store(BASE + 3 * PAGE, 3);
        long before = head(BASE + 3 * PAGE);

        machine.write("/proc/sys/vm/compact_memory", "1\n");
        machine.verify();
        process.store(BASE + 4 * PAGE, 4);

        assertThat(process.load(BASE + 3 * PAGE)).isEqualTo(3);
        assertThat(process.load(BASE + 4 * PAGE)).isEqualTo(4);
        Frames frames = machine.memory().frames();
        long now = head(BASE + 4 * PAGE);
        boolean together = now == head(BASE + 3 * PAGE) && frames.order(now) == 9;
        assertThat(together || frames.order(now) == 0).as("still of one folio, or a page of its own").isTrue();
        if (now != before) {
            assertThat(frames.refcount(before) == 0 || frames.head(before) != before || frames.owner(before) != frames.owner(now)).isTrue();
        }
    }

    @Test
    void T23_a_reservation_paged_out_in_part_gives_its_rest_back_and_the_block_begins_anew() {
        bootWith("reservation");
        mapAdvised(BASE, 2 * MIB);
        process.store(BASE, 1);
        process.store(BASE + PAGE, 2);
        long head = head(BASE);

        assertThat(process.madvise(BASE, 2 * PAGE, Advice.MADV_PAGEOUT)).isZero();

        assertThat(machine.memory().frames().refcount(head + 100)).as("set aside, never touched").isZero();
        machine.verify();
        process.store(BASE + 2 * PAGE, 3);
        assertThat(process.load(BASE)).isEqualTo(1);
        assertThat(process.load(BASE + PAGE)).isEqualTo(2);
        assertThat(process.load(BASE + 2 * PAGE)).isEqualTo(3);
    }

    @Test
    void T23_exit_frees_what_was_touched_and_what_was_set_aside() {
        bootWith("reservation");
        mapAdvised(BASE, 8 * MIB);
        long used = usedPages();
        Process other = machine.newProcess();
        for (int i = 0; i < 4; i++) {
            assertThat(other.mmap(BASE + i * 2 * MIB, 2 * MIB, RW, MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_FIXED, null, 0))
                    .isPositive();
            other.store(BASE + i * 2 * MIB + i * PAGE, 1);
        }
        assertThat(usedPages()).isGreaterThanOrEqualTo(used + 4 * 512);

        other.exit();

        assertThat(usedPages()).isEqualTo(used);
    }

    /** Pages of folios that somebody has a reference to, when none waits in a batch of the processor. */
    private long usedPages() {
        machine.write("/proc/sys/vm/drop_caches", "1\n");
        Frames frames = machine.memory().frames();
        long used = 0;
        for (long pfn = 0; pfn < MEMORY / PAGE; pfn++) {
            used += frames.head(pfn) == pfn && frames.refcount(pfn) > 0 ? frames.pages(pfn) : 0;
        }
        return used;
    }

    @ParameterizedTest
    @CsvSource({"1, reservation", "2, reservation", "3, ingens", "4, ingens", "5, linux"})
    void T04_what_was_stored_is_read_again_whatever_moves_or_breaks_the_blocks(long seed, String policy) throws ErrnoException {
        bootWith(policy);
        SplittableRandom random = new SplittableRandom(seed);
        List<Process> all = new ArrayList<>(List.of(process));
        Map<Process, Map<Long, Integer>> stored = new HashMap<>(Map.of(process, new HashMap<>()));
        mapAdvised(BASE, BLOCKS * 2 * MIB);
        for (int i = 0; i < 4000; i++) {
            Process p = all.get(random.nextInt(all.size()));
            Map<Long, Integer> values = stored.get(p);
            long block = BASE + 2 * MIB * random.nextInt(BLOCKS);
            long va = block + PAGE * random.nextInt(512);
            switch (random.nextInt(40)) {
                case 0 -> p.madvise(block, 2 * MIB, Advice.MADV_PAGEOUT);
                case 1 -> p.madvise(va & -(16 * PAGE), 16 * PAGE, Advice.MADV_PAGEOUT);
                case 2 -> {
                    assertThat(p.madvise(va & -(64 * PAGE), 64 * PAGE, Advice.MADV_DONTNEED)).isZero();
                    values.keySet().removeIf(at -> (at & -(64 * PAGE)) == (va & -(64 * PAGE)));
                }
                case 3 -> machine.write("/proc/sys/vm/compact_memory", "1\n");
                case 4 -> machine.write("/proc/sys/vm/drop_caches", "2\n");
                case 5 -> machine.clock().advanceTo(machine.clock().now() + 1_000_000L * (1 + random.nextInt(2000)));
                case 6 -> {
                    if (all.size() < 3) {
                        Process child = p.fork();
                        all.add(child);
                        stored.put(child, new HashMap<>(values));
                    } else {
                        all.remove(p);
                        stored.remove(p);
                        p.exit();
                    }
                }
                case 7, 8, 9, 10 -> {
                    for (long at = va; at < Math.min(va + 60 * PAGE, block + 2 * MIB); at += PAGE) {
                        store(p, at, random.nextInt(256), values);
                    }
                }
                case 11, 12, 13 -> assertThat(p.load(va)).as("at 0x%x after %d operations", va, i).isEqualTo(values.getOrDefault(va, 0));
                default -> store(p, va, random.nextInt(256), values);
            }
            if (i % 200 == 0) {
                machine.verify();
            }
        }
        for (Process p : all) {
            stored.get(p).forEach((at, value) -> assertThat(p.load(at)).as("at 0x%x in the end", at).isEqualTo(value));
        }
        machine.verify();
        all.forEach(Process::exit);
        machine.verify();
    }

    private static void store(Process p, long va, int value, Map<Long, Integer> values) {
        assertThat(p.store(va, value)).isZero();
        values.put(va, value);
    }
}
