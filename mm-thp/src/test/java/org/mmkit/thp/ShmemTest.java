package org.mmkit.thp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mmkit.api.Errno;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.file.FileFlags;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.vfs.FileDescription;

class ShmemTest extends HugePageTest {

    private static final long SECOND = 1_000_000_000L;

    private FileDescription file(String path, long size) {
        try {
            FileDescription file = machine.vfs().open(path, FileFlags.O_RDWR | FileFlags.O_CREAT);
            assertThat(file.inode().truncate(size)).isZero();
            return file;
        } catch (ErrnoException e) {
            throw new AssertionError(e);
        }
    }

    private long mapShared(long address, FileDescription file, long length) {
        int flags = MapFlags.MAP_SHARED | MapFlags.MAP_FIXED_NOREPLACE;
        assertThat(process.mmap(address, length, RW, flags, file, 0)).isEqualTo(address);
        return address;
    }

    private long sharedAnonymous(long address, long length) {
        int flags = MapFlags.MAP_SHARED | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_FIXED_NOREPLACE;
        assertThat(process.mmap(address, length, RW, flags, null, 0)).isEqualTo(address);
        return address;
    }

    private long meminfo(String line) {
        return machine.read("/proc/meminfo").lines()
                .filter(text -> text.startsWith(line + ":"))
                .mapToLong(text -> Long.parseLong(text.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void T11_a_tmpfs_gives_huge_pages_by_its_mount_option_and_remount_changes_it_without_breaking_any_up() {
        assertThat(machine.vfs().mount("tmpfs", "huge=always,size=64M", "/mnt/t", false)).isZero();
        long a = mapShared(BASE, file("/mnt/t/f", 8 * MIB), 8 * MIB);
        process.store(a, 1);
        assertThat(smaps(a).shmemPmdMapped()).isEqualTo(2 * MIB);

        assertThat(machine.vfs().remount("huge=never", "/mnt/t", false)).isZero();
        process.store(a + 2 * MIB, 1);

        assertThat(smaps(a).shmemPmdMapped()).isEqualTo(2 * MIB);
        assertThat(smaps(a).rss()).isEqualTo(2 * MIB + 4 * KIB);
        assertThat(machine.vmstat("thp_split_page")).isZero();
        assertThat(machine.vfs().remount("huge=sometimes", "/mnt/t", false)).isEqualTo(-Errno.EINVAL);
        process.munmap(a, 8 * MIB);
    }

    @Test
    void T11_within_size_stays_inside_the_file_and_advise_wants_to_be_asked() {
        assertThat(machine.vfs().mount("tmpfs", "huge=within_size,size=64M", "/mnt/w", false)).isZero();
        long w = mapShared(BASE, file("/mnt/w/f", 3 * MIB), 4 * MIB);
        process.store(w, 1);
        process.store(w + 2 * MIB, 1);
        assertThat(smaps(w).rss()).isEqualTo(2 * MIB + 4 * KIB);

        assertThat(machine.vfs().mount("tmpfs", "huge=advise,size=64M", "/mnt/a", false)).isZero();
        long a = mapShared(BASE + 16 * MIB, file("/mnt/a/f", 4 * MIB), 4 * MIB);
        process.store(a, 1);
        assertThat(smaps(a).rss()).isEqualTo(4 * KIB);
        process.madvise(a, 4 * MIB, Advice.MADV_HUGEPAGE);
        process.store(a + 2 * MIB, 1);
        assertThat(smaps(a).rss()).isEqualTo(2 * MIB + 4 * KIB);
    }

    @Test
    void T11_shmem_enabled_rules_memory_without_a_name_and_deny_and_force_rule_all() {
        assertThat(isEligible(sharedAnonymous(BASE, 2 * MIB))).isFalse();
        set("shmem_enabled", "always");
        long a = sharedAnonymous(BASE + 4 * MIB, 2 * MIB);
        process.load(a);
        assertThat(smaps(a).shmemPmdMapped()).isEqualTo(2 * MIB);
        set("shmem_enabled", "deny");
        long b = sharedAnonymous(BASE + 8 * MIB, 2 * MIB);
        process.store(b, 1);
        assertThat(smaps(b).rss()).isEqualTo(4 * KIB);
        set("shmem_enabled", "force");
        assertThat(machine.vfs().mount("tmpfs", "huge=never,size=64M", "/mnt/t", false)).isZero();
        long c = mapShared(BASE + 16 * MIB, file("/mnt/t/f", 4 * MIB), 4 * MIB);
        process.store(c, 1);
        assertThat(smaps(c).shmemPmdMapped()).isEqualTo(2 * MIB);
    }

    @Test
    void T13_meminfo_tells_huge_pages_in_memory_from_those_that_are_mapped() {
        set("shmem_enabled", "always");
        long a = sharedAnonymous(BASE, 4 * MIB);
        process.store(a, 1);
        process.store(a + 2 * MIB, 1);
        process.madvise(a, 2 * MIB, Advice.MADV_DONTNEED);
        process.store(map(BASE + 16 * MIB, 2 * MIB), 1);

        assertThat(meminfo("ShmemHugePages")).isEqualTo(4096);
        assertThat(meminfo("ShmemPmdMapped")).isEqualTo(2048);
        assertThat(meminfo("AnonHugePages")).isEqualTo(2048);
        assertThat(machine.vmstat("thp_file_alloc")).isEqualTo(2);
        assertThat(machine.vmstat("thp_file_mapped")).isEqualTo(2);
    }

    @Test
    void T19_a_part_of_a_shared_huge_mapping_is_dropped_and_mapped_whole_again_by_the_next_touch() {
        set("shmem_enabled", "always");
        long a = sharedAnonymous(BASE, 2 * MIB);
        fill(a, 2 * MIB, 5);

        process.madvise(a + 64 * KIB, 64 * KIB, Advice.MADV_DONTNEED);
        assertThat(smaps(a).rss()).isZero();
        assertThat(machine.vmstat("thp_split_pmd")).isEqualTo(1);
        assertThat(process.load(a + 64 * KIB)).isEqualTo(5);
        assertThat(smaps(a).shmemPmdMapped()).isEqualTo(2 * MIB);
    }

    @Test
    void T03_khugepaged_collapses_shared_memory_and_leaves_it_unmapped_until_touched() {
        set("shmem_enabled", "advise");
        long a = sharedAnonymous(BASE, 4 * MIB);
        fill(a, 3 * MIB, 5);
        process.madvise(a, 4 * MIB, Advice.MADV_HUGEPAGE);
        process.madvise(a, 4 * MIB, Advice.MADV_HUGEPAGE);

        machine.clock().advance(100 * SECOND);

        assertThat(smaps(a).rss()).isZero();
        assertThat(machine.vmstat("nr_shmem_hugepages")).isEqualTo(2);
        assertThat(process.load(a + 3 * MIB - 1)).isZero();
        assertThat(process.load(a + 3 * MIB - 4 * KIB)).isEqualTo(5);
        assertThat(smaps(a).shmemPmdMapped()).isEqualTo(2 * MIB);
    }

    @Test
    void T03_MADV_COLLAPSE_maps_a_shared_block_at_once_and_refuses_an_empty_one() {
        long a = sharedAnonymous(BASE, 4 * MIB);
        fill(a, MIB, 5);

        assertThat(process.madvise(a, 2 * MIB, Advice.MADV_COLLAPSE)).isZero();
        assertThat(smaps(a).shmemPmdMapped()).isEqualTo(2 * MIB);
        assertThat(process.load(a + MIB - 4 * KIB)).isEqualTo(5);
        assertThat(process.load(a + MIB)).isZero();
        assertThat(process.madvise(a + 2 * MIB, 2 * MIB, Advice.MADV_COLLAPSE)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void T23_what_lies_behind_the_end_of_a_file_is_freed_under_pressure() {
        set("shmem_enabled", "force");
        assertThat(machine.vfs().mount("tmpfs", "size=64M", "/mnt/t", false)).isZero();
        FileDescription file = file("/mnt/t/f", 3 * MIB);
        long a = mapShared(BASE, file, 4 * MIB);
        fill(a, 3 * MIB, 5);
        assertThat(file.inode().blocks()).isEqualTo(4 * MIB / 512);

        machine.write("/proc/sys/vm/drop_caches", "2\n");

        assertThat(file.inode().blocks()).isEqualTo(3 * MIB / 512);
        assertThat(machine.vmstat("thp_split_page")).isEqualTo(1);
        assertThat(process.load(a + 3 * MIB - 4 * KIB)).isEqualTo(5);
    }

    private static final long REFERENCED = 1L << 2;
    private static final long ACTIVE = 1L << 6;

    /** Whether the page at {@code a} is marked referenced and active, by /proc/kpageflags. */
    private long uses(long a) {
        machine.memory().lru().drain();
        long pfn = machine.pagemap().word(process.space(), a) & (1L << 55) - 1;
        return machine.pagemap().flags(pfn) & (REFERENCED | ACTIVE);
    }

    @Test
    void T11_a_read_from_the_beginning_of_a_folio_is_one_use_and_was_one_use_a_page_in_older_kernels() {
        set("shmem_enabled", "always");
        assertThat(machine.vfs().mount("tmpfs", "huge=always,size=64M", "/mnt/t", false)).isZero();
        FileDescription file = file("/mnt/t/f", 2 * MIB);
        long a = mapShared(BASE, file, 2 * MIB);
        process.store(a, 1);
        assertThat(uses(a)).as("a fault").isZero();

        assertThat(file.inode().read(4 * KIB, 8 * KIB)).isEqualTo(8 * KIB);
        assertThat(uses(a)).as("not from its beginning").isZero();
        assertThat(file.inode().read(0, 8 * KIB)).isEqualTo(8 * KIB);
        assertThat(uses(a)).isEqualTo(REFERENCED);
        assertThat(file.inode().read(2 * MIB - 4 * KIB, 8 * KIB)).as("up to the end").isEqualTo(4 * KIB);
        assertThat(file.inode().read(0, 8 * KIB)).isEqualTo(8 * KIB);
        assertThat(uses(a)).isEqualTo(ACTIVE);

        machine = Machine.builder().memory("2G").kernel("5.14").build();
        process = machine.newProcess();
        assertThat(machine.vfs().mount("tmpfs", "huge=always,size=64M", "/mnt/t", false)).isZero();
        file = file("/mnt/t/f", 2 * MIB);
        a = mapShared(BASE, file, 2 * MIB);
        process.store(a, 1);
        assertThat(file.inode().read(4 * KIB, 8 * KIB)).isEqualTo(8 * KIB);
        assertThat(uses(a)).as("a use for each page").isEqualTo(ACTIVE);
    }
}
