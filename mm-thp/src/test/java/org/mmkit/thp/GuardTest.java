package org.mmkit.thp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mmkit.api.Errno;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.process.Process;

/** Guard markers (MADV_GUARD_INSTALL, MADV_GUARD_REMOVE) on memory that huge pages map. */
class GuardTest extends HugePageTest {

    private static final long PAGE = 4 * KIB;

    @BeforeEach
    void huge() {
        set("enabled", "madvise");
        mapAdvised(BASE, 4 * MIB);
        fill(BASE, 4 * MIB, 5);
    }

    private void install(long address, long length) {
        assertThat(process.madvise(address, length, Advice.MADV_GUARD_INSTALL)).isZero();
    }

    private void remove(long address, long length) {
        assertThat(process.madvise(address, length, Advice.MADV_GUARD_REMOVE)).isZero();
    }

    private static void assertGuarded(Process p, long address) {
        assertThat(p.load(address)).isEqualTo(-Process.SIGSEGV);
        assertThat(p.store(address, 1)).isEqualTo(-Process.SIGSEGV);
    }

    @Test
    void T01_a_marker_inside_a_huge_page_splits_its_mapping_and_takes_one_page_away() {
        install(BASE + 16 * PAGE, PAGE);

        assertGuarded(process, BASE + 16 * PAGE);
        assertThat(process.load(BASE + 15 * PAGE)).isEqualTo(5);
        assertThat(machine.vmstat("thp_split_pmd")).isEqualTo(1);
        assertThat(machine.vmstat("thp_deferred_split_page")).isEqualTo(1);
        assertThat(smaps(BASE).rss()).isEqualTo(4 * MIB - PAGE);
        assertThat(anonHuge(BASE)).isEqualTo(2 * MIB);
    }

    @Test
    void T01_markers_over_a_whole_huge_page_free_it_and_their_table_keeps_later_pages_small() {
        install(BASE, 2 * MIB);

        assertThat(stat("2048kB", "nr_anon")).isEqualTo(1);
        assertGuarded(process, BASE + MIB);
        remove(BASE, 2 * MIB);
        assertThat(process.load(BASE + MIB)).isZero();
        process.store(BASE, 1);
        assertThat(smaps(BASE).rss()).isEqualTo(2 * MIB + PAGE);
        assertThat(anonHuge(BASE)).isEqualTo(2 * MIB);
    }

    @Test
    void T01_a_child_has_the_markers_and_removes_its_own_only() {
        install(BASE + PAGE, PAGE);
        Process child = fork();

        assertGuarded(child, BASE + PAGE);
        assertThat(child.madvise(BASE + PAGE, PAGE, Advice.MADV_GUARD_REMOVE)).isZero();
        assertThat(child.store(BASE + PAGE, 7)).isZero();
        assertGuarded(process, BASE + PAGE);
        child.exit();
        assertGuarded(process, BASE + PAGE);
    }

    @Test
    void T19_mremap_takes_the_markers_along() {
        install(BASE + PAGE, 2 * PAGE);
        long to = BASE + 64 * MIB + 8 * PAGE;

        assertThat(process.mremap(BASE, 2 * MIB, 2 * MIB, MapFlags.MREMAP_MAYMOVE | MapFlags.MREMAP_FIXED, to)).isEqualTo(to);

        assertGuarded(process, to + PAGE);
        assertGuarded(process, to + 2 * PAGE);
        assertThat(process.load(to + 3 * PAGE)).isEqualTo(5);
    }

    @Test
    void T01_giving_memory_back_leaves_markers_and_unmapping_takes_them() {
        install(BASE + PAGE, PAGE);

        assertThat(process.madvise(BASE, 2 * MIB, Advice.MADV_DONTNEED)).isZero();
        assertGuarded(process, BASE + PAGE);
        assertThat(process.madvise(BASE, 2 * MIB, Advice.MADV_FREE)).isZero();
        assertGuarded(process, BASE + PAGE);
        assertThat(process.load(BASE)).isZero();

        assertThat(process.munmap(BASE, 2 * MIB)).isZero();
        mapAdvised(BASE, 2 * MIB);
        assertThat(process.store(BASE + PAGE, 1)).isZero();
        assertThat(anonHuge(BASE)).isEqualTo(4 * MIB);
    }

    @Test
    void T01_a_block_with_a_marker_is_not_collapsed_and_not_populated() {
        install(BASE + PAGE, PAGE);

        assertThat(process.madvise(BASE, 2 * MIB, Advice.MADV_COLLAPSE)).isEqualTo(-Errno.EINVAL);
        assertThat(process.madvise(BASE, 2 * MIB, Advice.MADV_POPULATE_WRITE)).isEqualTo(-Errno.EFAULT);
        remove(BASE, 2 * MIB);
        assertThat(process.madvise(BASE, 2 * MIB, Advice.MADV_COLLAPSE)).isZero();
        assertThat(anonHuge(BASE)).isEqualTo(4 * MIB);
    }

    @Test
    void T01_locked_areas_take_no_markers() {
        assertThat(process.mlock(BASE, PAGE)).isZero();
        assertThat(process.madvise(BASE, PAGE, Advice.MADV_GUARD_INSTALL)).isEqualTo(-Errno.EINVAL);
        assertThat(process.load(BASE)).isEqualTo(5);
    }
}
