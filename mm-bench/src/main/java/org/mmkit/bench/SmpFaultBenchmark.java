package org.mmkit.bench;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.Fault;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Faults by one and by two threads on a machine with {@code SMP=y}: in a process each, and in one process. The figure is faults a second of
 * all threads together, so that of two threads over that of one is how well the machine scales.
 *
 * <p>A thread touches the pages of its own range in turn; when it is through, it gives the range back by MADV_DONTNEED, which is counted
 * as part of the faults.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class SmpFaultBenchmark {

    private static final long BASE = 0x100000000000L;
    private static final long RANGE = 64L << 20;
    private static final int ANON = MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_FIXED;

    /** The machine of all threads. */
    @State(Scope.Benchmark)
    public static class Shared {

        /** Whether each thread has a process of its own. */
        @Param({"separate", "one"})
        public String space;

        /** Bytes of a fault: base pages or huge pages. */
        @Param({"4096", "2097152"})
        public long size;

        Machine machine;
        Process common;
        final AtomicInteger threads = new AtomicInteger();

        /** Boots. */
        @Setup
        public void boot() {
            machine = Machine.builder().memory("8G").contents(false).set("SMP", "y").build();
            common = machine.newProcess();
        }

        /** Ends the kernel threads. */
        @TearDown
        public void close() {
            machine.close();
        }
    }

    /** The range of one thread. */
    @State(Scope.Thread)
    public static class Range {

        Process process;
        long start;
        long at;

        /** Maps it. */
        @Setup
        public void map(Shared shared) {
            process = shared.space.equals("one") ? shared.common : shared.machine.newProcess();
            start = BASE + shared.threads.getAndIncrement() * 16 * RANGE;
            at = start;
            process.mmap(start, RANGE, 3, ANON, null, 0);
            process.madvise(start, RANGE, shared.size == 4096 ? Advice.MADV_NOHUGEPAGE : Advice.MADV_HUGEPAGE);
        }
    }

    private static int touch(Shared shared, Range range) {
        if (range.at == range.start + RANGE) {
            range.process.madvise(range.start, RANGE, Advice.MADV_DONTNEED);
            range.at = range.start;
        }
        int outcome = range.process.touch(range.at, Fault.WRITE | Fault.USER);
        range.at += shared.size;
        return outcome;
    }

    /** One thread. */
    @Benchmark
    @Threads(1)
    public int oneThread(Shared shared, Range range) {
        return touch(shared, range);
    }

    /** Two threads. */
    @Benchmark
    @Threads(2)
    public int twoThreads(Shared shared, Range range) {
        return touch(shared, range);
    }
}
