package org.mmkit.core.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.arch.PhysicalMap;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.FrameContents;
import org.mmkit.api.memory.Gfp;

class SystemMemoryTest {

    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;
    private static final PageTableLayout LAYOUT =
            new PageTableLayout(12, new int[] {9, 9, 9, 9}, 0b1110, 48, 52, true);

    static SystemMemory.Builder machine(long bytes) {
        long low = Math.min(bytes, 3 * GIB);
        List<PhysicalMap.Range> ranges = bytes > low
                ? List.of(
                        new PhysicalMap.Range(0, 0x9F000, true),
                        new PhysicalMap.Range(0x9F000, MIB - 0x9F000, false),
                        new PhysicalMap.Range(MIB, low - MIB, true),
                        new PhysicalMap.Range(4 * GIB, bytes - low, true))
                : List.of(new PhysicalMap.Range(0, 0x9F000, true), new PhysicalMap.Range(MIB, low - MIB, true));
        return new SystemMemory.Builder(new PhysicalMap(ranges, 16 * MIB, 4 * GIB), LAYOUT, 15);
    }

    @Test
    void reserved_frames_are_occupied_and_the_rest_is_managed() {
        SystemMemory memory = machine(8 * GIB).build();
        BuddyAllocator allocator = memory.allocator();

        long usable = (8 * GIB - MIB + 0x9F000) >>> 12;
        assertThat(allocator.managedPages() + memory.reservedPages()).isEqualTo(usable);
        assertThat(allocator.freePages()).isEqualTo(allocator.managedPages());
        assertThat(memory.frames().test(0, FolioFlags.RESERVED)).isTrue();
        assertThat(memory.frames().test(16 * MIB >>> 12, FolioFlags.RESERVED)).isTrue();
        assertThat(memory.frames().test(memory.memmapFrame(5 * GIB >>> 12), FolioFlags.RESERVED)).isTrue();
        assertThat(memory.memmapFrame((4 * GIB >>> 12) + 64) - memory.memmapFrame(4 * GIB >>> 12)).isEqualTo(1);
        // 64 bytes for each frame of 8 GiB: 128 MiB.
        assertThat(memory.reservedPages()).isBetween((128 + 40) * MIB >>> 12, (128 + 48) * MIB >>> 12);
        assertThat(allocator.zone(Zone.DMA).managed()).isBetween(3500L, 4096L);
        memory.verify();
    }

    @Test
    void sixteen_tebibytes_boot_without_touching_them() {
        SystemMemory memory = machine(16L << 40).contents(false).build();

        assertThat(memory.allocator().managedPages() << 12).isGreaterThan((16L << 40) - (260L << 30));
        long head = memory.allocateFolio(9, Gfp.TRANSHUGE);
        assertThat(memory.frames().order(head)).isEqualTo(9);
        assertThat(memory.allocator().allocateContiguous(1 << 18, Gfp.HIGHUSER_MOVABLE)).isPositive();
        memory.frames().put(head, 1);
    }

    @Test
    void a_freed_piece_of_the_memory_map_becomes_ordinary_memory() {
        SystemMemory memory = machine(2 * GIB).build();
        long managed = memory.allocator().managedPages();
        long piece = memory.memmapFrame(1024) + 1;

        memory.releaseReserved(piece, 1);

        assertThat(memory.allocator().managedPages()).isEqualTo(managed + 1);
        assertThat(memory.allocator().isFree(piece)).isTrue();
        assertThatThrownBy(() -> memory.releaseReserved(piece, 1)).hasMessageContaining("not reserved");
        memory.verify();
    }

    @Test
    void a_movable_zone_takes_user_pages_only() {
        SystemMemory memory = machine(4 * GIB).movableBytes(512 * MIB).build();
        Zone movable = memory.allocator().zone(Zone.MOVABLE);

        assertThat(memory.allocateFolio(0, Gfp.HIGHUSER_MOVABLE)).isGreaterThanOrEqualTo(movable.start());
        assertThat(memory.allocateFolio(0, Gfp.KERNEL)).isLessThan(movable.start());
        memory.verify();
    }

    @Test
    void without_ZONE_DMA_low_memory_belongs_to_the_next_zone_and_DMA_requests_go_there() {
        SystemMemory memory = machine(4 * GIB).zones(false, true).build();
        BuddyAllocator allocator = memory.allocator();

        assertThat(allocator.zone(Zone.DMA).spanned()).isZero();
        assertThat(allocator.zone(Zone.DMA32).start()).isZero();
        assertThat(allocator.allocate(0, Gfp.KERNEL | Gfp.DMA)).isLessThan(4 * GIB >>> 12);
        memory = machine(4 * GIB).zones(false, false).build();
        assertThat(memory.allocator().zone(Zone.NORMAL).present()).isEqualTo((4 * GIB - MIB + 0x9F000) >>> 12);
        memory.verify();
    }

    @Test
    void too_little_memory_is_refused_with_the_reason() {
        assertThatThrownBy(() -> machine(32 * MIB).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too little memory");
        machine(64 * MIB).build().verify();
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23})
    void random_requests_through_folios_leave_a_clean_machine(long seed) {
        SystemMemory memory = machine(512 * MIB).build();
        long before = memory.allocator().freePages();
        Random random = new Random(seed);
        long[] held = new long[300];
        for (int step = 0; step < 10_000; step++) {
            int i = random.nextInt(held.length);
            if (held[i] == 0) {
                long head = memory.allocateFolio(random.nextInt(10), Gfp.HIGHUSER_MOVABLE | Gfp.COMP);
                held[i] = Math.max(head, 0);
            } else {
                memory.frames().put(held[i], 1);
                held[i] = 0;
            }
            if (step % 1000 == 0) {
                memory.verify();
            }
        }
        for (long head : held) {
            if (head != 0) {
                memory.frames().put(head, 1);
            }
        }
        memory.allocator().drain();
        memory.verify();
        assertThat(memory.allocator().freePages()).as("seed %d", seed).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(longs = {31, 32, 33})
    void contents_agree_with_plain_byte_arrays(long seed) {
        Random random = new Random(seed);
        SparseContents contents = new SparseContents(1 << 16, 15, 4096);
        byte[][] oracle = new byte[64][4096];
        long[] snapshots = new long[8];
        byte[][] saved = new byte[8][4096];
        for (int step = 0; step < 30_000; step++) {
            int p = random.nextInt(64);
            long pfn = 32_740 + p;
            int offset = random.nextInt(3) == 0 ? 0 : random.nextInt(4096);
            switch (random.nextInt(8)) {
                case 0 -> {
                    contents.clear(pfn, 1);
                    oracle[p] = new byte[4096];
                }
                case 1 -> {
                    int q = random.nextInt(64);
                    contents.copy(32_740 + q, pfn, 1);
                    oracle[p] = oracle[q].clone();
                }
                case 2 -> {
                    int length = random.nextInt(3) == 0 ? 4096 : random.nextInt(4097 - offset);
                    int at = length == 4096 ? 0 : offset;
                    int value = random.nextInt(3);
                    contents.fill(pfn, at, length, value);
                    Arrays.fill(oracle[p], at, at + length, (byte) value);
                }
                case 3 -> {
                    int s = random.nextInt(8);
                    contents.forget(snapshots[s]);
                    snapshots[s] = contents.save(pfn);
                    saved[s] = oracle[p].clone();
                }
                case 4 -> {
                    int s = random.nextInt(8);
                    contents.restore(snapshots[s], pfn);
                    oracle[p] = saved[s].clone();
                    assertThat(contents.isZeroSnapshot(snapshots[s])).isEqualTo(isZero(saved[s]));
                }
                default -> {
                    int value = random.nextInt(4) == 0 ? 0 : random.nextInt(256);
                    contents.write(pfn, offset, value);
                    oracle[p][offset] = (byte) value;
                }
            }
            int probe = random.nextInt(64);
            int at = random.nextBoolean() ? offset : random.nextInt(4096);
            assertThat(contents.read(32_740 + probe, at)).as("seed %d step %d", seed, step).isEqualTo(oracle[probe][at] & 0xFF);
            assertThat(contents.isZero(32_740 + probe)).as("seed %d step %d", seed, step).isEqualTo(isZero(oracle[probe]));
        }
        for (int p = 0; p < 64; p++) {
            contents.clear(32_740 + p, 1);
        }
        for (long snapshot : snapshots) {
            contents.forget(snapshot);
        }
        assertThat(contents.heldPages()).isZero();
    }

    private static boolean isZero(byte[] bytes) {
        for (byte b : bytes) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    @Test
    void contents_that_are_off_still_know_what_was_written_and_count_bytes() {
        FrameContents contents = new ContentsOff(1 << 16, 15, 4096);
        contents.write(7, 100, 1);
        contents.copy(7, 8, 1);
        contents.clear(7, 1);

        assertThat(contents.isZero(7)).isTrue();
        assertThat(contents.isZero(8)).isFalse();
        assertThat(contents.read(8, 100)).isZero();
        assertThat(contents.bytesCopied()).isEqualTo(4096);
        assertThat(contents.bytesCleared()).isEqualTo(4096);
        contents.restore(contents.save(8), 9);
        assertThat(contents.isZero(9)).isFalse();
    }
}
