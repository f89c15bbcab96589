package org.mmkit.bench;

import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
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
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * Faults by one and by two threads: on a machine with {@code SMP=y} in a process each and in one process, and for comparison on a machine
 * with {@code SMP=n} for each thread, which shows what this host allows. The figures are nanoseconds a fault of one thread over 65,536 of
 * them, an iteration each, which the threads begin together; two threads do {@code 2 * oneThread / twoThreads} times as much as one. Compare
 * medians of the iterations: the mean has in it what else the host did.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 80)
@Measurement(iterations = 60)
public class SmpFaultBenchmark {

    private static final long BASE = 0x100000000000L;
    private static final int FAULTS = 1 << 16;
    private static final long PAGE = 4096;
    private static final int ANON = MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_FIXED;

    /** The machine of all threads. */
    @State(Scope.Benchmark)
    public static class Shared {

        /** What the threads share. */
        @Param({"nothing", "machine", "process"})
        public String shares;

        Machine machine;
        Process common;
        CyclicBarrier barrier;
        final AtomicInteger threads = new AtomicInteger();

        /** Boots. */
        @Setup
        public void boot(BenchmarkParams params) {
            barrier = new CyclicBarrier(params.getThreads());
            machine = machine("y");
            common = machine.newProcess();
        }

        static Machine machine(String smp) {
            return Machine.builder().memory("8G").contents(false).set("SMP", smp).build();
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

        /** Chooses it. */
        @Setup
        public void choose(Shared shared) {
            process = switch (shared.shares) {
                case "nothing" -> Shared.machine("n").newProcess();
                case "machine" -> shared.machine.newProcess();
                default -> shared.common;
            };
            start = BASE + shared.threads.getAndIncrement() * 16 * FAULTS * PAGE;
        }

        /** Maps it anew, while no thread is faulting. */
        @Setup(Level.Iteration)
        public void map(Shared shared) throws BrokenBarrierException, InterruptedException {
            shared.barrier.await();
            process.mmap(start, FAULTS * PAGE, 3, ANON, null, 0);
            process.madvise(start, FAULTS * PAGE, Advice.MADV_NOHUGEPAGE);
            shared.barrier.await();
        }
    }

    private static void touch(Range range) {
        for (long va = range.start; va < range.start + FAULTS * PAGE; va += PAGE) {
            range.process.touch(va, Fault.WRITE | Fault.USER);
        }
    }

    /** One thread. */
    @Benchmark
    @Threads(1)
    @OperationsPerInvocation(FAULTS)
    public void oneThread(Shared shared, Range range) {
        touch(range);
    }

    /** Two threads. */
    @Benchmark
    @Threads(2)
    @OperationsPerInvocation(FAULTS)
    public void twoThreads(Shared shared, Range range) {
        touch(range);
    }
}
