package org.mmkit.thp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.vfs.FileDescription;

/** All files of {@code hugepages-*}{@code /stats}: a thing that happens moves just those that are about it, of its own size. */
class SizeStatsTest extends HugePageTest {

    private static final List<String> SIZES =
            List.of("8kB", "16kB", "32kB", "64kB", "128kB", "256kB", "512kB", "1024kB", "2048kB");
    private static final List<String> OF_FILES = List.of("zswpout", "swpin", "swpin_fallback", "swpin_fallback_charge", "swpout",
            "swpout_fallback", "shmem_alloc", "shmem_fallback", "shmem_fallback_charge", "split", "split_failed");
    private static final List<String> OF_ANON = List.of("anon_fault_alloc", "anon_fault_fallback", "anon_fault_fallback_charge",
            "split_deferred", "nr_anon", "nr_anon_partially_mapped");

    private Map<String, Long> before = Map.of();

    @BeforeEach
    void small() {
        set("enabled", "never");
        set("hugepages-64kB/enabled", "madvise");
        mapAdvised(BASE, MIB);
        before = stats();
    }

    private Map<String, Long> stats() {
        Map<String, Long> all = new TreeMap<>();
        for (String size : SIZES) {
            for (String name : OF_FILES) {
                all.put(size + "/" + name, stat(size, name));
            }
            for (String name : size.equals("8kB") ? List.<String>of() : OF_ANON) {
                all.put(size + "/" + name, stat(size, name));
            }
        }
        return all;
    }

    /** Exactly these files changed since the last look, each {@code name=delta} of 64 kB unless it names its size. */
    private void assertChanged(String... expected) {
        Map<String, Long> now = stats();
        Map<String, Long> changed = new TreeMap<>();
        now.forEach((file, value) -> {
            if (!value.equals(before.get(file))) {
                changed.put(file, value - before.get(file));
            }
        });
        before = now;
        Map<String, Long> wanted = new TreeMap<>();
        Arrays.stream(expected).map(text -> text.split("=")).forEach(
                pair -> wanted.put(pair[0].contains("/") ? pair[0] : "64kB/" + pair[0], Long.parseLong(pair[1])));
        assertThat(changed).isEqualTo(wanted);
    }

    @Test
    void T14_each_size_has_the_files_of_linux_6_18() {
        for (SizeStat stat : SizeStat.values()) {
            String name = stat.name().toLowerCase(Locale.ROOT);
            assertThat(OF_ANON.contains(name) || OF_FILES.contains(name)).as(name).isTrue();
            assertThat(stat.isForFiles()).as(name).isEqualTo(OF_FILES.contains(name));
        }
        assertThat(SizeStat.values()).hasSize(OF_ANON.size() + OF_FILES.size());
    }

    @Test
    void T14_anonymous_folios_count_where_they_are_made_partly_unmapped_split_and_freed() {
        process.store(BASE, 1);
        assertChanged("anon_fault_alloc=1", "nr_anon=1");
        process.madvise(BASE + 4 * KIB, 4 * KIB, Advice.MADV_DONTNEED);
        assertChanged("split_deferred=1", "nr_anon_partially_mapped=1");
        process.madvise(BASE + 8 * KIB, 4 * KIB, Advice.MADV_DONTNEED);
        assertChanged();
        machine.write("/proc/sys/vm/drop_caches", "2\n");
        assertChanged("split=1", "nr_anon=-1", "nr_anon_partially_mapped=-1");

        process.store(BASE + 64 * KIB, 1);
        assertChanged("anon_fault_alloc=1", "nr_anon=1");
        process.munmap(BASE + 64 * KIB, 64 * KIB);
        assertChanged("nr_anon=-1");
    }

    @Test
    void T14_a_split_that_fails_counts_and_changes_nothing() {
        process.store(BASE, 1);
        var pinned = pin(BASE, 4 * KIB);
        before = stats();

        process.madvise(BASE + 32 * KIB, 4 * KIB, Advice.MADV_FREE);

        assertChanged("split_failed=1");
        pinned.release();
        assertChanged();
    }

    @Test
    void T14_swap_counts_folios_that_go_whole_and_come_back_whole() {
        assertThat(machine.files().swapon(16 * MIB)).isZero();
        fill(BASE, 128 * KIB, 3);
        assertChanged("anon_fault_alloc=2", "nr_anon=2");
        process.madvise(BASE, 128 * KIB, Advice.MADV_PAGEOUT);
        assertChanged("swpout=2", "nr_anon=-2");
        process.load(BASE + 20 * KIB);
        assertChanged("swpin=1", "nr_anon=1");
        set("hugepages-64kB/enabled", "never");
        process.load(BASE + 64 * KIB);
        assertChanged();
    }

    @Test
    void T14_a_folio_for_which_swap_has_no_room_in_one_piece_is_split() {
        assertThat(machine.files().swapon(48 * KIB)).isZero();
        fill(BASE, 64 * KIB, 3);
        before = stats();

        process.madvise(BASE, 64 * KIB, Advice.MADV_PAGEOUT);

        assertChanged("swpout_fallback=1", "split=1", "split_deferred=1", "nr_anon=-1");
    }

    @Test
    void T14_shared_memory_has_counters_of_its_own() throws ErrnoException {
        set("hugepages-8kB/shmem_enabled", "always");
        set("hugepages-64kB/shmem_enabled", "advise");
        FileDescription file = machine.vfs().memfd("m", 0);
        file.inode().truncate(MIB);
        long at = BASE + 16 * MIB;
        assertThat(process.mmap(at, MIB, RW, MapFlags.MAP_SHARED | MapFlags.MAP_FIXED, file, 0)).isEqualTo(at);

        process.store(at, 1);
        assertChanged("8kB/shmem_alloc=1");
        process.madvise(at + 64 * KIB, 64 * KIB, Advice.MADV_HUGEPAGE);
        process.store(at + 64 * KIB, 1);
        assertChanged("shmem_alloc=1");
        file.inode().truncate(96 * KIB);
        assertChanged("split=1");
    }
}
