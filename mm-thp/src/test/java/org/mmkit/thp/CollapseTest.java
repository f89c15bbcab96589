package org.mmkit.thp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mmkit.api.Errno;
import org.mmkit.api.space.Advice;

class CollapseTest extends HugePageTest {

    private static final long SECOND = 1_000_000_000L;

    private long collapse(long address, long length) {
        return process.madvise(address, length, Advice.MADV_COLLAPSE);
    }

    /** Memory of small pages that khugepaged may collapse. */
    private long smallPages(long address, long length) {
        set("enabled", "never");
        mapAdvised(address, length);
        fill(address, length, 4);
        return address;
    }

    @Test
    void T03_MADV_COLLAPSE_works_whatever_enabled_says_and_keeps_the_content() {
        set("enabled", "never");
        long a = map(BASE, 4 * MIB);
        fill(a, 2 * MIB, 4);

        assertThat(collapse(a, 2 * MIB)).isZero();

        assertThat(anonHuge(a)).isEqualTo(2 * MIB);
        assertThat(machine.vmstat("thp_collapse_alloc")).isEqualTo(1);
        assertThat(process.load(a + MIB)).isEqualTo(4);
        assertThat(collapse(a, 2 * MIB)).as("already huge").isZero();
    }

    @Test
    void T03_MADV_COLLAPSE_says_why_not() {
        set("enabled", "never");
        long a = map(BASE, 4 * MIB);
        fill(a, 4 * MIB, 4);

        assertThat(collapse(a + 4 * KIB, 4 * KIB)).as("inside a block").isEqualTo(-Errno.EINVAL);
        assertThat(collapse(a, MIB)).as("no whole block, but at a border").isZero();
        assertThat(collapse(a + 2 * MIB, 4 * MIB)).as("a hole behind").isEqualTo(-Errno.ENOMEM);
        assertThat(anonHuge(a)).isEqualTo(2 * MIB);
        var pin = pin(a, 4 * KIB);
        assertThat(collapse(a, 2 * MIB)).as("pinned").isEqualTo(-Errno.EAGAIN);
        pin.release();
        assertThat(collapse(a, 2 * MIB)).isZero();
    }

    @Test
    void T09_khugepaged_collapses_4096_pages_a_scan_every_10_seconds() {
        long a = smallPages(BASE, 32 * MIB);
        set("enabled", "madvise");
        process.madvise(a, 32 * MIB, Advice.MADV_HUGEPAGE);

        machine.clock().advance(SECOND);
        assertThat(anonHuge(a)).as("the first scan, at once").isEqualTo(16 * MIB);
        machine.clock().advance(8 * SECOND);
        assertThat(anonHuge(a)).isEqualTo(16 * MIB);
        machine.clock().advance(2 * SECOND);
        assertThat(anonHuge(a)).isEqualTo(32 * MIB);
        assertThat(get("khugepaged/pages_collapsed")).isEqualTo("16");
    }

    @Test
    void T09_khugepaged_stops_with_never_and_starts_again() {
        long a = smallPages(BASE, 2 * MIB);
        process.madvise(a, 2 * MIB, Advice.MADV_HUGEPAGE);
        machine.clock().advance(100 * SECOND);
        assertThat(anonHuge(a)).isZero();

        set("enabled", "madvise");
        process.madvise(a, 2 * MIB, Advice.MADV_HUGEPAGE);
        machine.clock().advance(100 * SECOND);
        assertThat(anonHuge(a)).isEqualTo(2 * MIB);
    }

    @Test
    void T09_max_ptes_none_allows_as_many_empty_entries_as_it_says() {
        set("khugepaged/max_ptes_none", 255);
        set("enabled", "never");
        long a = mapAdvised(BASE, 4 * MIB);
        fill(a, 257 * 4 * KIB, 1);
        fill(a + 2 * MIB, 256 * 4 * KIB, 1);

        set("enabled", "madvise");
        process.madvise(a, 4 * MIB, Advice.MADV_HUGEPAGE);
        machine.clock().advance(100 * SECOND);

        assertThat(anonHuge(a)).isEqualTo(2 * MIB);
        assertThat(smaps(a).rss()).isEqualTo(2 * MIB + MIB);
        assertThat(machine.vmstat("thp_scan_exceed_none_pte")).isPositive();
    }

    @Test
    void T09_max_ptes_shared_allows_as_many_shared_pages_as_it_says() {
        long a = smallPages(BASE, 4 * MIB);
        var child = fork();
        for (long va = a; va < a + 256 * 4 * KIB; va += 4 * KIB) {
            child.store(va, 6);
        }
        for (long va = a + 2 * MIB; va < a + 2 * MIB + 255 * 4 * KIB; va += 4 * KIB) {
            child.store(va, 6);
        }

        set("enabled", "madvise");
        process.madvise(a, 4 * MIB, Advice.MADV_HUGEPAGE);
        machine.clock().advance(100 * SECOND);

        assertThat(anonHuge(a)).isEqualTo(2 * MIB);
        assertThat(child.load(a)).isEqualTo(6);
        assertThat(process.load(a)).isEqualTo(4);
    }

    @Test
    void T09_changing_the_sleep_ends_the_one_under_way() {
        set("khugepaged/scan_sleep_millisecs", 3_600_000);
        long a = smallPages(BASE, 2 * MIB);
        set("enabled", "madvise");
        machine.clock().advance(SECOND);
        assertThat(anonHuge(a)).isZero();
        process.madvise(a, 2 * MIB, Advice.MADV_HUGEPAGE);
        machine.clock().advance(SECOND);
        assertThat(anonHuge(a)).as("the first to register is looked at once").isEqualTo(2 * MIB);

        process.madvise(a, 4 * KIB, Advice.MADV_DONTNEED);
        machine.clock().advance(SECOND);
        assertThat(anonHuge(a)).isZero();
        set("khugepaged/scan_sleep_millisecs", 1000);
        machine.clock().advance(SECOND / 100);
        assertThat(anonHuge(a)).isEqualTo(2 * MIB);
    }
}
