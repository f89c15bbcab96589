package org.mmkit.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mmkit.api.InvariantViolation;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.MachineBuilder;
import org.mmkit.core.pgtable.RadixPageTables;
import org.mmkit.core.process.Process;

/** arm64: the base pages of a large folio are a contiguous run as long as they are alike (arch/arm64/mm/contpte.c). */
class ContiguousRunsTest {

    private static final int READ = 1;
    private static final int READ_WRITE = 3;
    private static final int PRIVATE = MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS;
    private static final long PAGE = 4 << 10;
    private static final long RUN = 64 << 10;
    private static final String THP = "/sys/kernel/mm/transparent_hugepage/";

    private final Machine machine = mthp(Machine.builder().arch("arm64"), 64);
    private final Process process = machine.newProcess();

    private static Machine mthp(MachineBuilder builder, long kb) {
        Machine machine = builder.memory("2G").build();
        machine.write(THP + "hugepages-" + kb + "kB/enabled", "always");
        return machine;
    }

    /** An aligned area of {@code bytes} bytes, each folio of which is touched by a write. */
    private static long area(Process process, long bytes, long folio) {
        long start = process.mmap(0, bytes + 2 * folio, READ_WRITE, PRIVATE, null, 0) + folio - 1 & -folio;
        for (long va = start; va != start + bytes; va += folio) {
            assertThat(process.store(va, 1)).isZero();
        }
        return start;
    }

    /** Entries in [start, start + bytes) that are marked as one of a run. */
    private static long marked(Process process, long start, long bytes) {
        RadixPageTables tables = process.space().tables();
        EntryFormat format = tables.format();
        long n = 0;
        for (long va = start; va != start + bytes; va += tables.layout().size(1)) {
            long slot = tables.find(va, 1);
            if (slot != PageTables.NO_SLOT && format.isValid(tables.read(slot)) && format.isContiguous(tables.read(slot), 1)) {
                n++;
            }
        }
        return n;
    }

    private long marked(long start, long bytes) {
        machine.verify();
        return marked(process, start, bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"4K 64 16", "4K 1024 256", "4K 32 0", "16K 2048 128", "64K 2048 32", "64K 1024 0"})
    void A02_a_folio_as_large_as_a_run_of_the_granule_is_mapped_by_runs(String text) {
        String[] words = text.split(" ");
        long kb = Long.parseLong(words[1]);
        Machine m = mthp(Machine.builder().arch("arm64").set("ARM64_" + words[0] + "_PAGES", "y"), kb);
        Process p = m.newProcess();

        long start = area(p, kb << 10, kb << 10);

        m.verify();
        assertThat(m.read(THP + "hugepages-" + kb + "kB/stats/anon_fault_alloc").strip()).isEqualTo("1");
        assertThat(marked(p, start, kb << 10)).isEqualTo(Long.parseLong(words[2]));
    }

    @ParameterizedTest
    @ValueSource(strings = {"arm64 ARM64_CONTPTE", "riscv64 NONE", "x86_64 NONE"})
    void A02_other_kernels_make_no_runs_of_folios(String text) {
        String[] words = text.split(" ");
        MachineBuilder builder = Machine.builder().arch(words[0]);
        Machine m = mthp(words[1].equals("NONE") ? builder : builder.set(words[1], "n"), 64);
        Process p = m.newProcess();

        long start = area(p, RUN, RUN);

        m.verify();
        assertThat(marked(p, start, RUN)).isZero();
    }

    @Test
    void A02_mprotect_of_a_part_unfolds_a_run_and_of_the_whole_keeps_it() {
        long start = area(process, 2 * RUN, RUN);

        process.mprotect(start, RUN, READ);
        assertThat(marked(start, 2 * RUN)).isEqualTo(32);
        process.mprotect(start + RUN, 3 * PAGE, READ);

        assertThat(marked(start, RUN)).isEqualTo(16);
        assertThat(marked(start + RUN, RUN)).isZero();
        process.mprotect(start + RUN, 3 * PAGE, READ_WRITE);
        assertThat(marked(start + RUN, RUN)).as("only a write of the last entry folds").isZero();
        process.mprotect(start + RUN, RUN, READ);
        assertThat(marked(start + RUN, RUN)).isEqualTo(16);
        process.mprotect(start, RUN, 0);
        assertThat(marked(start, RUN)).as("PROT_NONE is not valid").isZero();
    }

    @Test
    void A02_munmap_and_DONTNEED_of_a_part_unfold_the_rest() {
        long start = area(process, 2 * RUN, RUN);

        process.munmap(start + RUN - PAGE, PAGE);
        process.madvise(start + RUN, PAGE, Advice.MADV_DONTNEED);

        assertThat(marked(start, RUN - PAGE)).isZero();
        assertThat(marked(start + RUN, RUN)).isZero();
        assertThat(process.load(start)).isEqualTo(1);
    }

    @Test
    void A02_fork_leaves_both_with_runs_and_a_write_unfolds_the_writers() throws Exception {
        long start = area(process, RUN, RUN);

        Process child = process.fork();
        assertThat(marked(start, RUN)).isEqualTo(16);
        assertThat(marked(child, start, RUN)).isEqualTo(16);
        child.store(start + 5 * PAGE, 9);

        assertThat(marked(start, RUN)).isEqualTo(16);
        assertThat(marked(child, start, RUN)).isZero();
        assertThat(process.load(start + 5 * PAGE)).isZero();
        child.exit();
        for (long va = start; va != start + RUN; va += PAGE) {
            process.store(va, 2);
        }
        assertThat(marked(start, RUN)).as("taking a page over makes no run (ptep_set_access_flags)").isZero();
    }

    @Test
    void A02_accessed_and_dirty_are_one_state_of_the_run() {
        long start = area(process, RUN, RUN);
        EntryFormat format = process.space().tables().format();

        process.madvise(start, RUN, Advice.MADV_FREE);

        assertThat(marked(start, RUN)).as("nothing but the state changes").isEqualTo(16);
        long last = process.space().tables().find(start + RUN - PAGE, 1);
        assertThat(format.isDirty(process.space().tables().read(last))).isFalse();
        process.store(start, 7);
        assertThat(format.isDirty(process.space().tables().read(last))).isTrue();
        assertThat(marked(start, RUN)).isEqualTo(16);
    }

    @Test
    void A02_a_split_huge_leaf_becomes_runs_and_a_split_folio_has_none() {
        machine.write(THP + "enabled", "always");
        long huge = 2 << 20;
        long start = area(process, huge, huge);
        assertThat(machine.vmstat("thp_fault_alloc")).isEqualTo(1);

        process.mprotect(start, RUN + PAGE, READ);
        assertThat(machine.vmstat("thp_split_pmd")).isEqualTo(1);
        assertThat(marked(start, huge)).as("the second run has two protections").isEqualTo(512 - 16);
        process.munmap(start + PAGE, PAGE);
        machine.write("/sys/kernel/debug/split_huge_pages", "1");

        assertThat(marked(start, huge)).isZero();
        assertThat(machine.vmstat("thp_split_page")).isEqualTo(1);
    }

    @Test
    void A02_a_folio_swapped_in_is_a_run_again() {
        assertThat(machine.files().swapon(64 << 20)).isZero();
        long start = area(process, RUN, RUN);

        process.madvise(start, RUN, Advice.MADV_PAGEOUT);
        assertThat(machine.vmstat("pswpout")).isEqualTo(16);
        assertThat(marked(start, RUN)).isZero();
        process.load(start + PAGE);

        assertThat(process.load(start)).isEqualTo(1);
        machine.verify();
    }

    @Test
    void A02_a_moved_run_is_one_where_it_is_aligned() {
        long start = area(process, 2 * RUN, RUN);
        long room = process.mmap(0, 8 * RUN, READ_WRITE, PRIVATE, null, 0) + RUN - 1 & -RUN;
        int move = 3;

        process.mremap(start, RUN, RUN, move, room);
        process.mremap(start + RUN, RUN, RUN, move, room + 2 * RUN + PAGE);

        assertThat(marked(room, RUN)).isEqualTo(16);
        assertThat(marked(room + 2 * RUN + PAGE, RUN)).isZero();
    }

    @Test
    void A02_verification_finds_a_run_whose_entries_are_not_alike() {
        long start = area(process, RUN, RUN);
        RadixPageTables tables = process.space().tables();
        int slot = (int) tables.find(start + 3 * PAGE, 1);
        long[] words = tables.leafWords();
        long right = words[slot];

        words[slot] = tables.format().makeSingle(right, 1, 3);
        assertThatThrownBy(machine::verify).isInstanceOf(InvariantViolation.class).hasMessageContaining("run of leaves");
        words[slot] = tables.format().makeOld(right);
        assertThatThrownBy(machine::verify).isInstanceOf(InvariantViolation.class).hasMessageContaining("run of leaves");
        words[slot] = right;
        machine.verify();
    }
}
