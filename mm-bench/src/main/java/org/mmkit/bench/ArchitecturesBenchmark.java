package org.mmkit.bench;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.mmkit.api.arch.Architecture;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.arch.Protection;
import org.mmkit.arch.arm64.Arm64;
import org.mmkit.arch.riscv64.Riscv64;
import org.mmkit.arch.x86_64.X86_64;
import org.mmkit.core.memory.SystemMemory;
import org.mmkit.core.pgtable.PageTableArena;
import org.mmkit.core.pgtable.RadixPageTables;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What it costs that several backends are loaded: walks and maps with x86-64 tables, after the same code has run with the tables of
 * {@code backends} architectures in this JVM (x86-64, arm64, RISC-V, and a fourth whose codec is a proxy). Each figure is for one page.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ArchitecturesBenchmark {

    private static final int PAGES = 1 << 18;
    private static final int WARM_ROUNDS = 30;
    private static final int WARM_PAGES = 1 << 14;
    private static final long BASE = 0x20_0000_0000L;
    private static final long PAGE = 4096;

    /** How many architectures this JVM has used. */
    @Param({"1", "4"})
    public int backends;

    private Trees trees;

    /** Two trees of one architecture: one mapped, one whose entries come and go. */
    private static final class Trees {
        final EntryFormat format;
        final RadixPageTables mapped;
        final RadixPageTables scratch;
        final int[] shuffled;
        final int pages;

        Trees(Architecture architecture, EntryFormat format, int pages) throws RadixPageTables.OutOfFramesException {
            NoSymbols configuration = new NoSymbols();
            PageTableLayout layout = architecture.layout(configuration);
            this.format = format;
            this.pages = pages;
            SystemMemory memory = new SystemMemory.Builder(
                            architecture.physicalMap(8L << 30), layout, architecture.sectionOrder(configuration))
                    .contents(false)
                    .build();
            PageTableArena arena = new PageTableArena(
                    layout, format, memory.allocator(), memory.frames(), memory.spanned(), memory.sectionOrder());
            mapped = RadixPageTables.create(arena, layout, format);
            scratch = RadixPageTables.create(arena, layout, format);
            SplittableRandom random = new SplittableRandom(1);
            shuffled = new int[pages];
            for (int i = 0; i < pages; i++) {
                mapped.write(mapped.obtain(BASE + i * PAGE, 1), format.leaf(i, 1, Protection.READ));
                scratch.obtain(BASE + i * PAGE, 1);
                int k = random.nextInt(i + 1);
                shuffled[i] = shuffled[k];
                shuffled[k] = i;
            }
        }

        long walk() {
            long sum = 0;
            for (int i = 0; i < pages; i++) {
                long va = BASE + shuffled[i] * PAGE;
                long entry = mapped.read(mapped.find(va, 1));
                sum += format.isPresent(entry) ? format.pfn(entry, 1) << 12 | va & PAGE - 1 : -1;
            }
            return sum;
        }

        void map() {
            for (int i = 0; i < pages; i++) {
                scratch.write(scratch.obtain(BASE + shuffled[i] * PAGE, 1), format.leaf(i, 1, Protection.READ));
            }
            for (int i = 0; i < pages; i++) {
                scratch.write(scratch.find(BASE + shuffled[i] * PAGE, 1), format.none());
            }
        }
    }

    /** Uses each architecture for a while, then makes the trees to measure. */
    @Setup
    public void use() throws RadixPageTables.OutOfFramesException {
        Architecture[] all = {new X86_64(), new Arm64(), new Riscv64(), new X86_64()};
        NoSymbols configuration = new NoSymbols();
        for (int i = 0; i < backends; i++) {
            EntryFormat format = all[i].entryFormat(configuration);
            Trees warm = new Trees(all[i], i < 3 ? format : proxy(format), WARM_PAGES);
            for (int round = 0; round < WARM_ROUNDS; round++) {
                warm.walk();
                warm.map();
            }
        }
        trees = new Trees(all[0], all[0].entryFormat(configuration), PAGES);
    }

    private static EntryFormat proxy(EntryFormat format) {
        return (EntryFormat) Proxy.newProxyInstance(EntryFormat.class.getClassLoader(), new Class<?>[] {EntryFormat.class}, (self, method, args) -> {
            try {
                return method.invoke(format, args);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    /** The physical address of each page, in random order. */
    @Benchmark
    @OperationsPerInvocation(PAGES)
    public long walk() {
        return trees.walk();
    }

    /** Maps and unmaps each page, in random order. */
    @Benchmark
    @OperationsPerInvocation(2 * PAGES)
    public void map() {
        trees.map();
    }
}
