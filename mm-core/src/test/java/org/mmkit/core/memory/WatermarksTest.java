package org.mmkit.core.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.mmkit.api.arch.PhysicalMap;
import org.mmkit.core.TestMemory;

/** Watermarks against numbers that Linux 6.18 gave for a machine of 24 GiB, and by hand. */
class WatermarksTest {

    private static final long GIB = 1L << 30;

    /** Three zones like those of a PC with 24 GiB. */
    private static SystemMemory pc() {
        PhysicalMap map = new PhysicalMap(
                List.of(new PhysicalMap.Range(0, 3 * GIB, true), new PhysicalMap.Range(4 * GIB, 21 * GIB, true)), 16 << 20, 4 * GIB);
        return new SystemMemory.Builder(map, TestMemory.LAYOUT, 15).build();
    }

    @Test
    void huge_pages_raise_what_is_kept_free_to_eleven_page_blocks_a_zone() {
        SystemMemory memory = pc();
        Watermarks watermarks = memory.allocator().watermarks();
        long computed = watermarks.minFreeKilobytes();
        memory.setHugePagesWanted(true);
        assertThat(watermarks.minFreeKilobytes()).as("as /proc/sys/vm/min_free_kbytes of 6.18 says").isEqualTo(67584);

        memory.setHugePagesWanted(false);
        assertThat(watermarks.minFreeKilobytes()).isEqualTo(computed);
    }

    @Test
    void what_the_user_asked_for_stays_when_huge_pages_are_no_longer_wanted() {
        SystemMemory memory = pc();
        Watermarks watermarks = memory.allocator().watermarks();
        watermarks.setMinFreeKilobytes(100_000);
        memory.setHugePagesWanted(true);
        assertThat(watermarks.minFreeKilobytes()).isEqualTo(100_000);
        memory.setHugePagesWanted(false);
        assertThat(watermarks.minFreeKilobytes()).isEqualTo(100_000);
    }

    @Test
    void a_page_block_that_changes_hands_raises_the_watermarks_up_to_half_again_the_high_one() {
        SystemMemory memory = pc();
        Zone zone = memory.allocator().zone(Zone.NORMAL);
        Watermarks watermarks = memory.allocator().watermarks();
        long high = zone.watermark(Zone.HIGH);
        assertThat(watermarks.boost(zone)).isTrue();
        assertThat(zone.boost()).isEqualTo(512);
        assertThat(zone.watermark(Zone.HIGH)).isEqualTo(high + 512);
        for (int i = 0; i < 1000; i++) {
            watermarks.boost(zone);
        }
        assertThat(zone.boost()).isEqualTo(high * 3 / 2);
        zone.unboost(512);
        assertThat(zone.boost()).isEqualTo(high * 3 / 2 - 512);
        watermarks.setBoostFactor(0);
        assertThat(watermarks.boost(zone)).isFalse();
    }

    @Test
    void low_zones_keep_a_share_of_what_lies_above_for_those_who_need_them() {
        SystemMemory memory = pc();
        BuddyAllocator allocator = memory.allocator();
        long above = allocator.zone(Zone.DMA32).managed() + allocator.zone(Zone.NORMAL).managed();
        assertThat(allocator.zone(Zone.DMA).lowmemReserve(Zone.NORMAL)).isEqualTo(above / 256);
        allocator.watermarks().setReserveRatios(new int[] {0, 32});
        assertThat(allocator.zone(Zone.DMA).lowmemReserve(Zone.NORMAL)).isZero();
        assertThat(allocator.zone(Zone.DMA32).lowmemReserve(Zone.NORMAL)).isEqualTo(allocator.zone(Zone.NORMAL).managed() / 32);
    }
}
