package org.mmkit.replay.tlb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mmkit.api.arch.MmuGeometry;
import org.mmkit.api.arch.MmuGeometry.Tlb;
import org.mmkit.api.space.Fault;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;

class MmuTest {

    private static final long BASE = 0x7f0000000000L;
    private static final long PAGE = 4096;
    private static final long HUGE = 2 << 20;
    private static final int PRIVATE_ANONYMOUS_FIXED = 0x32;
    private static final MmuGeometry BARE = new MmuGeometry(List.of(new Tlb("L1", 1, 4, 4, 1 << 1 | 1 << 2)), List.of());

    private final Machine machine = Machine.builder().arch("x86_64").memory("1G").contents(false).build();
    private final Process process = machine.newProcess();

    private void map(long at, long bytes, int advice) {
        assertThat(process.mmap(at, bytes, 3, PRIVATE_ANONYMOUS_FIXED, null, 0)).isEqualTo(at);
        assertThat(process.madvise(at, bytes, advice)).isZero();
    }

    private void touch(long va, int flags) {
        process.touch(va, flags | Fault.USER);
    }

    private Mmu mmu(MmuGeometry geometry) {
        return new Mmu(geometry, process.space().tables(), Optional.empty());
    }

    @AfterEach
    void machine_is_consistent() {
        machine.verify();
    }

    @Test
    void A03_a_walk_reads_one_entry_a_level_and_a_hit_reads_none() {
        map(BASE, 2 * HUGE, 15);
        map(BASE + 4 * HUGE, HUGE, 14);
        touch(BASE, Fault.WRITE);
        touch(BASE + 4 * HUGE, Fault.WRITE);
        Mmu mmu = mmu(BARE);

        assertThat(mmu.translate(BASE, true)).isEqualTo(1);
        assertThat(mmu.counts().references()).isEqualTo(4);
        assertThat(mmu.translate(BASE + 4 * HUGE + 5 * PAGE, false)).isEqualTo(2);
        assertThat(mmu.counts().references()).isEqualTo(4 + 3);
        assertThat(mmu.translate(BASE + 8, false)).isEqualTo(1);
        assertThat(mmu.translate(BASE + 4 * HUGE + 300 * PAGE, true)).isEqualTo(2);

        assertThat(mmu.counts()).isEqualTo(new TranslationCounts(4, 2, 2, 7, 0, 0, 0));
    }

    @Test
    void nothing_mapped_and_a_forbidden_write_are_faults_that_count_no_access() {
        map(BASE, HUGE, 15);
        Mmu mmu = mmu(BARE);
        assertThat(mmu.translate(BASE, false)).isEqualTo(Mmu.ABSENT);

        touch(BASE, 0); // the zero page, read-only
        assertThat(mmu.translate(BASE, false)).isEqualTo(1);
        assertThat(mmu.translate(BASE, true)).isEqualTo(Mmu.READ_ONLY);
        assertThat(mmu.counts().accesses()).isEqualTo(1);

        touch(BASE, Fault.WRITE);
        mmu.invalidate(BASE);
        assertThat(mmu.translate(BASE, true)).isEqualTo(1);
        assertThat(mmu.counts().walks()).isEqualTo(2);
    }

    @Test
    void paging_structure_caches_spare_the_levels_above_the_tables_they_know() {
        map(BASE, 4 * HUGE, 15);
        Mmu mmu = mmu(new MmuGeometry(List.of(new Tlb("L1", 1, 1, 1, 1 << 1)), List.of(1, 2)));
        for (long va : new long[] {BASE, BASE + PAGE, BASE + HUGE}) {
            touch(va, Fault.WRITE);
        }

        mmu.translate(BASE, false); // 4 entries
        mmu.translate(BASE + PAGE, false); // the PMD entry is known: 1
        mmu.translate(BASE + HUGE, false); // the PUD entry is known: 2

        assertThat(mmu.counts().references()).isEqualTo(4 + 1 + 2);
        assertThat(mmu.counts().skipped()).isEqualTo(3 + 2);
    }

    @Test
    void a_walk_in_two_dimensions_reads_as_many_entries_as_the_manuals_say() {
        map(BASE, HUGE, 15);
        map(BASE + 4 * HUGE, HUGE, 14);
        touch(BASE, Fault.WRITE);
        touch(BASE + 4 * HUGE, Fault.WRITE);
        Mmu small = new Mmu(BARE, process.space().tables(), Optional.of(new NestedPaging(4, 1)));
        Mmu large = new Mmu(BARE, process.space().tables(), Optional.of(new NestedPaging(4, 2)));

        small.translate(BASE, false);
        large.translate(BASE + 4 * HUGE, false);

        assertThat(small.counts().references()).isEqualTo(24); // (4 + 1) * (4 + 1) - 1
        assertThat(large.counts().references()).isEqualTo(15); // (3 + 1) * (3 + 1) - 1
        // A huge page of the guest on small pages of the host fills entries of the small size.
        assertThat(small.translate(BASE + 4 * HUGE, false)).isEqualTo(1);
        assertThat(small.translate(BASE + 4 * HUGE + PAGE, false)).isEqualTo(1);
        assertThat(small.counts().walks()).isEqualTo(3);
    }

    @Test
    void entries_of_another_address_space_stay_through_a_switch_and_are_not_used_in_it() throws Exception {
        map(BASE, HUGE, 15);
        touch(BASE, Fault.WRITE);
        Process other = process.fork();
        Mmu mmu = mmu(BARE);
        mmu.translate(BASE, false);

        mmu.switchTo(other.space().tables(), 7);
        mmu.translate(BASE, false);
        mmu.switchTo(process.space().tables(), 0);
        mmu.translate(BASE, false);
        assertThat(mmu.counts().walks()).isEqualTo(2);

        mmu.invalidateSpace(7);
        mmu.translate(BASE, false);
        assertThat(mmu.counts().walks()).isEqualTo(2);
        mmu.switchTo(other.space().tables(), 7);
        mmu.translate(BASE, false);
        assertThat(mmu.counts().walks()).isEqualTo(3);

        mmu.invalidateAll();
        mmu.translate(BASE, false);
        assertThat(mmu.counts().walks()).isEqualTo(4);
        assertThat(mmu.counts().invalidations()).isEqualTo(2);
        assertThatThrownBy(() -> mmu.switchTo(other.space().tables(), Mmu.MOST_SPACES + 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void levels_used_agree_with_the_page_tables_for_random_accesses() {
        Random random = new Random(5);
        for (int i = 0; i < 16; i++) {
            map(BASE + i * HUGE, HUGE, random.nextBoolean() ? 14 : 15);
        }
        Mmu mmu = new Mmu(machine.architecture().mmu(), process.space().tables(), Optional.empty());
        long misses = 0;
        for (int i = 0; i < 20_000; i++) {
            long va = BASE + random.nextInt((int) (16 * HUGE));
            int level = mmu.translate(va, true);
            if (level <= 0) {
                misses++;
                touch(va, Fault.WRITE);
                level = mmu.translate(va, true);
            }
            assertThat(process.space().tables().find(va, level)).isNotEqualTo(-1L);
        }
        TranslationCounts counts = mmu.counts();
        assertThat(counts.accesses()).isEqualTo(20_000);
        assertThat(counts.walks()).isGreaterThanOrEqualTo(misses).isLessThanOrEqualTo(counts.firstLevelMisses());
        assertThat(counts.references() + counts.skipped()).isLessThanOrEqualTo(4 * counts.walks());
    }

    /** arm64 maps a folio of 64 KiB by 16 entries that may be cached as one (Arm ARM, section D8.7.1). */
    @Test
    void A03_a_run_of_leaves_is_one_entry_of_an_array_that_holds_runs() {
        Machine arm64 = Machine.builder().arch("arm64").memory("1G").contents(false).build();
        arm64.write("/sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled", "always");
        Process program = arm64.newProcess();
        long run = 16 * PAGE;
        assertThat(program.mmap(BASE, 8 * run, 3, PRIVATE_ANONYMOUS_FIXED, null, 0)).isEqualTo(BASE);
        for (int i = 0; i < 8; i++) {
            program.touch(BASE + i * run, Fault.WRITE | Fault.USER);
        }
        Tlb small = new Tlb("L1", 1, 4, 4, 1 << 1);
        Mmu mmu = new Mmu(new MmuGeometry(List.of(small, new Tlb("L2", 2, 16, 4, 1 << 1, 1 << 1)), List.of()), program.space().tables(),
                Optional.empty());
        Mmu single = new Mmu(new MmuGeometry(List.of(small, new Tlb("L2", 2, 16, 4, 1 << 1)), List.of()), program.space().tables(), Optional.empty());
        for (int round = 0; round < 2; round++) {
            for (long va = BASE; va < BASE + 8 * run; va += PAGE) {
                assertThat(mmu.translate(va, true)).isEqualTo(1);
                assertThat(single.translate(va, true)).isEqualTo(1);
            }
        }
        assertThat(mmu.counts().walks()).as("one for each run").isEqualTo(8);
        assertThat(mmu.counts().firstLevelMisses()).as("the first level holds pages only").isEqualTo(2 * 8 * 16);
        assertThat(single.counts().walks()).isEqualTo(2 * 8 * 16);

        mmu.invalidate(BASE + 3 * PAGE);
        assertThat(mmu.translate(BASE, false)).as("an invalidation of one page is one of the run").isEqualTo(1);
        assertThat(mmu.counts().walks()).isEqualTo(9);
        program.mprotect(BASE, PAGE, 1);
        mmu.invalidate(BASE);
        assertThat(mmu.translate(BASE, true)).as("unfolded: read-only by itself").isEqualTo(Mmu.READ_ONLY);
        assertThat(mmu.translate(BASE + PAGE, true)).isEqualTo(1);
        arm64.verify();
    }

    @Test
    void A03_runs_are_translated_alike_one_by_one_and_in_blocks() {
        Machine arm64 = Machine.builder().arch("arm64").memory("1G").contents(false).build();
        arm64.write("/sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled", "always");
        int pages = 4096;
        Tlb pagesOnly = new Tlb("L1", 1, 48, 48, 1 << 1 | 1 << 2 | 1 << 3);
        Tlb runsToo = new Tlb("L1", 1, 32, 4, 1 << 1 | 1 << 2, 1 << 1);
        List<MmuGeometry> geometries = List.of(arm64.architecture().mmu(),
                new MmuGeometry(List.of(pagesOnly, new Tlb("L2", 2, 64, 4, 1 << 1 | 1 << 2, 1 << 1)), List.of(4)),
                new MmuGeometry(List.of(runsToo, new Tlb("L2", 2, 64, 4, 1 << 1 | 1 << 2)), List.of()),
                new MmuGeometry(List.of(runsToo), List.of(8)));
        for (int seed = 0; seed < 12; seed++) {
            Random random = new Random(seed);
            Process program = arm64.newProcess();
            assertThat(program.mmap(BASE, pages * PAGE, 3, PRIVATE_ANONYMOUS_FIXED, null, 0)).isEqualTo(BASE);
            Mmu single = new Mmu(geometries.get(seed % 4), program.space().tables(), Optional.empty());
            Mmu blocks = new Mmu(geometries.get(seed % 4), program.space().tables(), Optional.empty());
            for (int part = 0; part < 12; part++) {
                long[] trace = new long[4_000];
                for (int i = 0; i < trace.length; i++) {
                    trace[i] = Mmu.access(BASE + random.nextInt(pages * (part + 1) / 12) * PAGE, random.nextInt(3) > 0);
                }
                for (int from = 0; from < trace.length;) {
                    int to = blocks.translate(trace, from, trace.length);
                    for (int i = from; i < to; i++) {
                        assertThat(single.translate(Mmu.addressOf(trace[i]), Mmu.isWrite(trace[i]))).isPositive();
                    }
                    if (to < trace.length) {
                        long va = Mmu.addressOf(trace[to]);
                        assertThat(blocks.translate(va, Mmu.isWrite(trace[to]))).isNotPositive();
                        int outcome = single.translate(va, Mmu.isWrite(trace[to]));
                        assertThat(program.touch(va, (Mmu.isWrite(trace[to]) ? Fault.WRITE : 0) | Fault.USER) & Fault.ERROR).isZero();
                        if (outcome == Mmu.READ_ONLY) {
                            single.invalidate(va);
                            blocks.invalidate(va);
                        }
                    }
                    from = to;
                    assertThat(blocks.counts()).as("seed %s part %s", seed, part).isEqualTo(single.counts());
                }
                long changed = BASE + random.nextInt(pages) * PAGE;
                program.mprotect(changed, PAGE, 1);
                single.invalidate(changed);
                blocks.invalidate(changed);
                program.mprotect(changed, PAGE, 3);
                single.invalidate(changed);
                blocks.invalidate(changed);
            }
            assertThat(single.counts().walks()).isPositive();
            program.exit();
        }
        arm64.verify();
    }
}
