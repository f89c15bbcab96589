package org.mmkit.sample.tour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mmkit.api.space.MapFlags.MAP_ANONYMOUS;
import static org.mmkit.api.space.MapFlags.MAP_PRIVATE;
import static org.mmkit.api.space.MapFlags.PROT_READ;
import static org.mmkit.api.space.MapFlags.PROT_WRITE;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.mmkit.api.Provider;
import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.api.memory.ZoneAllocator;
import org.mmkit.api.memory.ZoneSpan;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;
import org.mmkit.testkit.FrameAllocatorContract;
import org.mmkit.testkit.KconfigContract;
import org.mmkit.testkit.PackagingContract;

/** 09: a frame allocator of one's own ({@link FirstFit}), and the contracts that it passes. */
class Sample09AllocatorPluginTest {

    @Test
    void a_machine_runs_on_it() {
        Machine machine = Machine.builder().arch("x86_64").memory("256M").set("FRAME_ALLOCATOR_FIRSTFIT", "y").build();
        Process process = machine.newProcess();
        long area = process.mmap(0, 16 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
        for (long va = area; va < area + (16 << 20); va += 4096) {
            process.store(va, 7);
        }

        assertThat(process.load(area + 4096)).isEqualTo(7);
        machine.verify();
    }

    @Nested
    class Blocks extends FrameAllocatorContract {
        @Override
        protected FrameAllocator allocator(long frames) {
            ZoneAllocator allocator = new FirstFit().create(new ZoneSpan(0, frames, FrameAllocator.MAX_ORDER, 9, 1, () -> 0));
            allocator.addFrames(1000, frames);
            return allocator;
        }

        @Override
        protected void verify(FrameAllocator allocator) {
            ((ZoneAllocator) allocator).verify();
        }
    }

    @Nested
    class Kconfig extends KconfigContract {
        @Override
        protected Provider provider() {
            return new FirstFit();
        }
    }

    @Nested
    class Packaging extends PackagingContract {
        @Override
        protected Provider provider() {
            return new FirstFit();
        }
    }
}
