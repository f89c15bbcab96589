package org.mmkit.bench;

import java.util.concurrent.TimeUnit;
import org.mmkit.api.ErrnoException;
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
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a process does to its memory, from the call to the counters, on a machine without contents.
 *
 * <p>Each invocation begins with a process of its own, so most of an iteration is set-up that is not counted and the compiler sees the call in
 * question seldom: hence the long warm-up. The collector is the serial one, which leaves the two processors of a small host to the compiler and
 * the call.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 3, jvmArgs = {"-XX:+UseSerialGC", "-Xms1g", "-Xmx1g"})
@Warmup(iterations = 7, time = 1)
@Measurement(iterations = 4, time = 1)
public class EngineBenchmark {

    private static final long PAGE = 4096;
    private static final long HUGE = 2 << 20;
    private static final int PAGES = 1 << 14;
    private static final int HUGE_PAGES = 256;
    private static final long BASE = 0x100000000000L;
    private static final int ANON = MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_FIXED;

    /** A process with an empty area, thrown away after each invocation. */
    public abstract static class Memory {

        final Machine machine = Machine.builder().memory("8G").contents(false).build();
        Process process = machine.newProcess();

        final void map(long bytes, boolean huge) {
            process = machine.newProcess();
            process.mmap(BASE, bytes, 3, ANON, null, 0);
            process.madvise(BASE, bytes, huge ? Advice.MADV_HUGEPAGE : Advice.MADV_NOHUGEPAGE);
        }

        final void touch(long bytes, long step) {
            for (long va = BASE; va < BASE + bytes; va += step) {
                process.touch(va, Fault.WRITE | Fault.USER);
            }
        }

        /** All processes end. */
        @TearDown(Level.Invocation)
        public void exit() {
            machine.processes().forEach(Process::exit);
        }
    }

    /** An area for base pages, untouched. */
    @State(Scope.Thread)
    public static class Untouched extends Memory {
        /** Maps it. */
        @Setup(Level.Invocation)
        public void map() {
            map(PAGES * PAGE, false);
        }
    }

    /** An area full of base pages. */
    @State(Scope.Thread)
    public static class Populated extends Memory {
        /** Maps and touches it. */
        @Setup(Level.Invocation)
        public void map() {
            map(PAGES * PAGE, false);
            touch(PAGES * PAGE, PAGE);
        }
    }

    /** An area for huge pages, untouched. */
    @State(Scope.Thread)
    public static class HugeUntouched extends Memory {
        /** Maps it. */
        @Setup(Level.Invocation)
        public void map() {
            map(HUGE_PAGES * HUGE, true);
        }
    }

    /** An area full of huge pages. */
    @State(Scope.Thread)
    public static class HugePopulated extends Memory {
        /** Maps and touches it. */
        @Setup(Level.Invocation)
        public void map() {
            map(HUGE_PAGES * HUGE, true);
            touch(HUGE_PAGES * HUGE, HUGE);
        }
    }

    /** Base pages in an area that may have huge ones. */
    @State(Scope.Thread)
    public static class Collapsible extends Memory {
        /** Maps and touches it. */
        @Setup(Level.Invocation)
        public void map() {
            map(PAGES * PAGE, false);
            touch(PAGES * PAGE, PAGE);
            process.madvise(BASE, PAGES * PAGE, Advice.MADV_HUGEPAGE);
        }
    }

    /** First writes to base pages, each with its fault. */
    @Benchmark
    @OperationsPerInvocation(PAGES)
    public void fault(Untouched m) {
        m.touch(PAGES * PAGE, PAGE);
    }

    /** First writes to huge pages. */
    @Benchmark
    @OperationsPerInvocation(HUGE_PAGES)
    public void hugeFault(HugeUntouched m) {
        m.touch(HUGE_PAGES * HUGE, HUGE);
    }

    /** fork of base pages, per page, without the child's end. */
    @Benchmark
    @OperationsPerInvocation(PAGES)
    public Process fork(Populated m) throws ErrnoException {
        return m.process.fork();
    }

    /** munmap, per base page. */
    @Benchmark
    @OperationsPerInvocation(PAGES)
    public long munmap(Populated m) {
        return m.process.munmap(BASE, PAGES * PAGE);
    }

    /** MADV_COLLAPSE, per huge page made of 512 pages. */
    @Benchmark
    @OperationsPerInvocation(PAGES / 512)
    public long collapse(Collapsible m) {
        return m.process.madvise(BASE, PAGES * PAGE, Advice.MADV_COLLAPSE);
    }

    /** Splits of huge leaves: the first page of each is protected. */
    @Benchmark
    @OperationsPerInvocation(HUGE_PAGES)
    public void split(HugePopulated m) {
        for (long va = BASE; va < BASE + HUGE_PAGES * HUGE; va += HUGE) {
            m.process.mprotect(va, PAGE, 1);
        }
    }
}
