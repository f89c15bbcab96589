package org.mmkit.replay.tlb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.mmkit.api.arch.MmuGeometry;

class TlbReachTest {

    @Test
    void huge_pages_stretch_the_reach() {
        assertThat(TlbReach.of(64 << 10, 0, 1536).reachKb()).isEqualTo(1536 * 4);
        assertThat(TlbReach.of(64 << 10, 64 << 10, 1536).share()).isEqualTo(1.0);
        assertThat(TlbReach.of(64 << 10, 64 << 10, 1536).translations()).isEqualTo(32);
    }

    @Test
    void memory_beyond_the_entries_is_not_reached() {
        TlbReach r = TlbReach.of(8L << 20, 4L << 20, 1024);

        assertThat(r.translations()).isEqualTo(2048 + (1 << 20));
        assertThat(r.reachKb()).isEqualTo(1024 * 2048);
        assertThat(r.share()).isEqualTo(0.25);
    }

    @Test
    void the_shared_array_of_the_last_level_is_taken() {
        MmuGeometry mmu = new MmuGeometry(List.of(
                new MmuGeometry.Tlb("L1 4K", 1, 64, 4, 1 << 1), new MmuGeometry.Tlb("L2", 2, 1536, 12, 1 << 1 | 1 << 2)), List.of());

        assertThat(TlbReach.of(1 << 20, 0, mmu).entries()).isEqualTo(1536);
    }

    @Test
    void nothing_resident_is_reached_entirely() {
        assertThat(TlbReach.of(0, 0, 16).share()).isEqualTo(1.0);
    }
}
