package org.mmkit.thp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.mmkit.api.Errno;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.arch.Protection;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.gup.Foll;
import org.mmkit.core.gup.UserPages;
import org.mmkit.core.observe.PageExplanation;
import org.mmkit.core.observe.PageExplanation.Kind;

/** Reference counts, map counts, get_user_pages, and the ledger that explains them. */
class ReferenceTest extends HugePageTest {

    private void boot(String kernel, String cmdline) {
        machine = Machine.builder().memory("2G").kernel(kernel).cmdline(cmdline).build();
        process = machine.newProcess();
        set("enabled", "always");
    }

    private UserPages get(long address, int n, int flags) {
        try {
            return process.getUserPages(address, n, flags);
        } catch (ErrnoException e) {
            throw new AssertionError(e);
        }
    }

    private int errno(long address, int flags) {
        try {
            process.getUserPages(address, 1, flags).release();
            return 0;
        } catch (ErrnoException e) {
            return e.errno();
        }
    }

    private long hugePage(long address) {
        map(address, 2 * MIB);
        fill(address, 2 * MIB, 5);
        return address;
    }

    private long head(long address) {
        UserPages page = get(address, 1, 0);
        long pfn = page.pfn(0);
        page.release();
        return machine.memory().frames().head(pfn);
    }

    @Test
    void T16_get_user_pages_returns_head_and_tail_pages_and_counts_on_the_head() {
        long a = hugePage(BASE);

        UserPages pages = get(a + 3 * 4 * KIB, 2, Foll.WRITE);

        long head = head(a);
        assertThat(pages.pfn(0)).isEqualTo(head + 3);
        assertThat(pages.pfn(1)).isEqualTo(head + 4);
        assertThat(machine.memory().frames().refcount(head)).isEqualTo(3);
        assertThat(machine.memory().frames().refcount(head + 3)).isZero();
        machine.verify();
        pages.release();
        pages.release();
        assertThat(machine.memory().frames().refcount(head)).isEqualTo(1);
    }

    @Test
    void T16_any_reference_to_head_or_tail_keeps_the_page_whole_and_the_ledger_names_its_holder() {
        boot("6.18", "page_owner=on");
        long a = hugePage(BASE);
        UserPages tail = get(a + MIB, 1, 0);

        machine.write("/sys/kernel/debug/split_huge_pages", "1\n");

        assertThat(machine.vmstat("thp_split_page")).isZero();
        assertThat(machine.vmstat("thp_split_page_failed")).isEqualTo(1);
        assertThat(machine.kernelLog()).anyMatch(line -> line.contains("held by get_user_pages of process 1, from 0x" + Long.toHexString(a + MIB) + " on"));
        PageExplanation refusal = machine.lastRefusedSplit();
        assertThat(refusal).isNotNull();
        assertThat(refusal.obstacles()).singleElement().extracting(PageExplanation.Holder::references).isEqualTo(1);
        tail.release();
        machine.write("/sys/kernel/debug/split_huge_pages", "1\n");
        assertThat(machine.vmstat("thp_split_page")).isEqualTo(1);
    }

    @Test
    void T16_FOLL_SPLIT_of_4_12_splits_first_and_is_refused_when_somebody_holds_the_page() {
        boot("4.12", "");
        long a = hugePage(BASE);
        UserPages other = get(a, 1, 0);
        assertThat(errno(a + MIB, Foll.SPLIT)).isEqualTo(Errno.EBUSY);
        other.release();

        UserPages page = get(a + MIB, 1, Foll.SPLIT);

        assertThat(machine.vmstat("thp_split_page")).isEqualTo(1);
        assertThat(machine.memory().frames().isLarge(page.pfn(0))).isFalse();
        assertThat(process.load(a + MIB)).isEqualTo(5);
        page.release();
        assertThat(errno(a, Foll.SPLIT_PMD)).isEqualTo(Errno.EINVAL);
    }

    @Test
    void T16_FOLL_SPLIT_PMD_of_today_splits_the_mapping_and_leaves_the_page_whole() {
        boot("6.18", "");
        long a = hugePage(BASE);

        UserPages page = get(a + MIB, 1, Foll.SPLIT_PMD);

        assertThat(machine.vmstat("thp_split_pmd")).isEqualTo(1);
        assertThat(machine.vmstat("thp_split_page")).isZero();
        assertThat(machine.memory().frames().isLarge(page.pfn(0))).isTrue();
        page.release();
        assertThat(errno(a, Foll.SPLIT)).isEqualTo(Errno.EINVAL);
    }

    @Test
    void T16_permissions_hold_for_get_user_pages_unless_forced() {
        boot("6.18", "");
        long a = hugePage(BASE);
        process.mprotect(a, 2 * MIB, Protection.READ);
        assertThat(errno(a, Foll.WRITE)).isEqualTo(Errno.EFAULT);
        assertThat(errno(a, 0)).isZero();
        assertThat(errno(a, Foll.WRITE | Foll.FORCE)).isZero();
        process.mprotect(a, 2 * MIB, Protection.NONE);
        assertThat(errno(a, 0)).isEqualTo(Errno.EFAULT);
        assertThat(errno(a + 4 * MIB, 0)).as("no area").isEqualTo(Errno.EFAULT);
    }

    @Test
    void T16_a_read_pin_of_a_page_shared_by_fork_takes_a_copy_of_its_own() {
        boot("6.18", "");
        set("enabled", "never");
        long a = map(BASE, 4 * KIB);
        process.store(a, 5);
        var child = fork();
        long shared = head(a);

        UserPages pin = get(a, 1, Foll.PIN);

        assertThat(pin.pfn(0)).as("unshared").isNotEqualTo(shared);
        assertThat(process.load(a)).isEqualTo(5);
        child.store(a, 6);
        assertThat(process.load(a)).isEqualTo(5);
        machine.verify();
        pin.release();
    }

    @Test
    void T16_a_pinned_page_is_copied_at_fork_today_and_shared_by_4_12() {
        for (String kernel : new String[] {"6.18", "4.12"}) {
            boot(kernel, "");
            set("enabled", "never");
            long a = map(BASE, 4 * KIB);
            process.store(a, 5);
            UserPages pin = get(a, 1, Foll.WRITE | Foll.PIN);
            var child = fork();

            process.store(a, 6);

            boolean stillTheDevices = head(a) == pin.pfn(0);
            assertThat(stillTheDevices).as(kernel).isEqualTo(kernel.equals("6.18"));
            assertThat(child.load(a)).isEqualTo(5);
            machine.verify();
            pin.release();
        }
    }

    @Test
    void T21_a_tail_has_no_references_of_its_own_whatever_maps_or_holds_it() {
        long a = hugePage(BASE);
        var child = fork();
        process.mprotect(a, 4 * KIB, Protection.READ);
        UserPages held = get(a + MIB, 4, 0);
        long head = head(a);

        for (long pfn = head + 1; pfn < head + 512; pfn++) {
            assertThat(machine.memory().frames().refcount(pfn)).isZero();
        }
        assertThat(machine.memory().frames().refcount(head)).as("512 entries, the child's leaf, 4 held").isEqualTo(512 + 1 + 4);
        assertThatThrownBy(() -> machine.memory().frames().get(head + 1, 1)).hasMessageContaining("reference");
        held.release();
        child.exit();
    }

    @Test
    void T21_entries_count_on_the_page_and_huge_entries_on_the_whole() {
        long a = hugePage(BASE);
        var child = fork();
        long head = head(a);
        assertThat(machine.explain(head + 7)).extracting(PageExplanation::mapcount, PageExplanation::compoundMapcount).containsExactly(2, 2);

        process.mprotect(a, 4 * KIB, Protection.READ);
        process.munmap(a + 7 * 4 * KIB, 4 * KIB);

        assertThat(machine.explain(head + 7)).extracting(PageExplanation::mapcount, PageExplanation::compoundMapcount).containsExactly(1, 1);
        assertThat(machine.explain(head + 8).mapcount()).isEqualTo(2);
        assertThat(machine.explain(head).doubleMap()).as("no such mark today").isFalse();
        assertThat(machine.memory().frames().largeMapcount(head)).isEqualTo(511 + 1);
        child.exit();
    }

    @Test
    void T21_4_12_marks_an_anonymous_page_PageDoubleMap_at_the_first_split_until_the_last_huge_entry_is_gone() {
        boot("4.12", "");
        long a = hugePage(BASE);
        process.mprotect(a, 4 * KIB, Protection.READ);
        long alone = head(a);
        assertThat(machine.explain(alone).doubleMap()).as("nobody maps it whole any more").isFalse();
        assertThat(machine.explain(alone + 9).subpageMapcount()).isEqualTo(1);

        long b = hugePage(BASE + 4 * MIB);
        var child = fork();
        long head = head(b);
        process.mprotect(b, 4 * KIB, Protection.READ);

        PageExplanation marked = machine.explain(head + 9);
        assertThat(marked.doubleMap()).isTrue();
        assertThat(marked.compoundMapcount()).isEqualTo(1);
        assertThat(marked.subpageMapcount()).as("one entry, and one too many while marked").isEqualTo(2);
        assertThat(marked.mapcount()).as("one entry, one huge entry").isEqualTo(2);

        child.munmap(b, 2 * MIB);
        assertThat(machine.explain(head + 9).doubleMap()).isFalse();
        assertThat(machine.explain(head + 9).subpageMapcount()).isEqualTo(1);
        child.exit();
    }

    @Test
    void T21_4_12_counts_huge_mappings_of_file_pages_on_every_page_and_marks_them_at_the_first_small_entry() throws Exception {
        boot("4.12", "");
        set("shmem_enabled", "always");
        var file = machine.vfs().memfd("m", 0);
        assertThat(file.inode().truncate(2 * MIB)).isZero();
        int shared = MapFlags.MAP_SHARED | MapFlags.MAP_FIXED;
        process.mmap(BASE, 2 * MIB, RW, shared, file, 0);
        process.mmap(BASE + 4 * MIB + 4 * KIB, 2 * MIB, RW, shared, file, 0);
        process.store(BASE, 1);
        long head = head(BASE);

        assertThat(machine.explain(head + 9)).extracting(PageExplanation::subpageMapcount, PageExplanation::compoundMapcount, PageExplanation::doubleMap)
                .containsExactly(1, 1, false);
        process.store(BASE + 4 * MIB + 4 * KIB, 1);

        assertThat(machine.explain(head)).extracting(PageExplanation::subpageMapcount, PageExplanation::doubleMap).containsExactly(2, true);
        process.munmap(BASE + 4 * MIB, 4 * MIB);
        assertThat(machine.explain(head).doubleMap()).as("until it leaves memory").isTrue();
    }

    @Test
    void T22_the_ledger_lists_every_reference_with_the_event_that_made_it() {
        boot("6.18", "page_owner=on");
        long a = hugePage(BASE);
        var child = fork();
        process.mprotect(a, 4 * KIB, Protection.READ);
        UserPages held = get(a + MIB, 2, 0);
        long head = head(a);

        PageExplanation page = machine.explain(head + 3);

        assertThat(page.references()).isEqualTo(512 + 1 + 2);
        assertThat(page.unexplained()).isZero();
        assertThat(page.holders()).filteredOn(h -> h.kind() == Kind.MAPPING).hasSize(513)
                .anyMatch(h -> h.who().startsWith("huge entry at 0x" + Long.toHexString(a) + " of " + child))
                .anyMatch(h -> h.who().contains("of process 1") && h.who().contains("LeafSplitter"));
        assertThat(page.holders()).filteredOn(h -> h.kind() == Kind.REFERENCE).singleElement()
                .extracting(PageExplanation.Holder::references).isEqualTo(2);
        assertThat(page.events()).singleElement().asString().contains("allocated with order 9", "HugeFaults");
        assertThat(page.toString()).contains("page 3 of the folio of order 9");
        assertThat(machine.read("/sys/kernel/debug/page_owner")).contains("pfn 0x" + Long.toHexString(head) + ": anonymous");
        held.release();
        child.exit();
    }

    @Test
    void T22_without_page_owner_nothing_is_recorded_and_mappings_are_found_all_the_same() {
        long a = hugePage(BASE);

        PageExplanation page = machine.explain(head(a));

        assertThat(page.events()).isEmpty();
        assertThat(page.holders()).singleElement().extracting(PageExplanation.Holder::who).asString()
                .isEqualTo("huge entry at 0x" + Long.toHexString(a) + " of process 1, writable, dirty");
        assertThat(machine.lastRefusedSplit()).isNull();
        assertThat(machine.explain(0).holders()).isEmpty();
    }

    @Test
    void T22_split_huge_pages_takes_the_range_of_a_process_and_an_order() {
        long a = hugePage(BASE);
        long b = hugePage(BASE + 4 * MIB);
        String range = process.pid() + ",0x" + Long.toHexString(a) + ",0x" + Long.toHexString(a + 4 * MIB);

        assertThat(machine.write("/sys/kernel/debug/split_huge_pages", range + ",4\n")).isPositive();

        assertThat(stat("2048kB", "split")).isEqualTo(1);
        assertThat(stat("64kB", "nr_anon")).isEqualTo(32);
        assertThat(anonHuge(b)).isEqualTo(2 * MIB);
        assertThat(process.load(a + MIB)).isEqualTo(5);
        assertThat(machine.write("/sys/kernel/debug/split_huge_pages", "99,0x0,0x1000\n")).isEqualTo(-Errno.ESRCH);
        assertThat(machine.write("/sys/kernel/debug/split_huge_pages", "2\n")).isEqualTo(-Errno.EINVAL);
        process.madvise(b, 2 * MIB, Advice.MADV_DONTNEED);
    }

    @Test
    void T22_a_frozen_folio_is_no_longer_to_be_had_by_reference() {
        var frames = machine.memory().frames();
        long head = machine.memory().allocateFolio(4, org.mmkit.api.memory.Gfp.TRANSHUGE);
        assertThat(frames.freeze(head, 2)).isFalse();
        assertThat(frames.freeze(head, 1)).isTrue();
        assertThat(frames.refcount(head)).isZero();
        assertThat(frames.test(head, FolioFlags.HEAD)).isTrue();
        frames.unfreeze(head, 1);
        frames.put(head, 1);
    }
}
