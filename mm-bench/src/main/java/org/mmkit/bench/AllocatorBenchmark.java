package org.mmkit.bench;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.arch.PhysicalMap;
import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.api.memory.Gfp;
import org.mmkit.core.memory.SystemMemory;
import org.mmkit.llfree.Llfree;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A frame allocator behind zones and watermarks, without the engine above; 8 GiB, contents off. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AllocatorBenchmark {

    private static final int RUN = 1 << 16;

    /** log2 of the frames of one allocation. */
    @Param({"0", "9"})
    public int order;

    /** The engine's own, or a plugin. */
    @Param({"buddy", "llfree"})
    public String kind;

    private final long[] held = new long[RUN];
    private FrameAllocator allocator;
    private int count;

    /** A machine's memory as x86-64 lays it out. */
    @Setup
    public void boot() {
        PageTableLayout layout = new PageTableLayout(12, new int[] {9, 9, 9, 9}, 0b1110, 48, 46, true);
        long gib = 1L << 30;
        PhysicalMap map = new PhysicalMap(
                List.of(new PhysicalMap.Range(0, 3 * gib, true), new PhysicalMap.Range(4 * gib, 5 * gib, true)),
                16L << 20, 4 * gib);
        allocator = new SystemMemory.Builder(map, layout, 15).contents(false)
                .allocator(kind.equals("llfree") ? Optional.of(new Llfree()) : Optional.empty())
                .build().allocator();
        count = order == 0 ? RUN : 2048;
    }

    /** One frame or block, given back at once: the lists of the processor answer. */
    @Benchmark
    public long allocateAndFree() {
        long pfn = allocator.allocate(order, Gfp.HIGHUSER_MOVABLE);
        allocator.free(pfn, order);
        return pfn;
    }

    /** Many taken, then all given back: blocks are split and merged. The figure is for one allocation with its free. */
    @Benchmark
    @OperationsPerInvocation(RUN)
    public void fillAndDrain() {
        for (int round = 0; round < RUN / count; round++) {
            for (int i = 0; i < count; i++) {
                held[i] = allocator.allocate(order, Gfp.HIGHUSER_MOVABLE);
            }
            for (int i = 0; i < count; i++) {
                allocator.free(held[i], order);
            }
        }
    }
}
