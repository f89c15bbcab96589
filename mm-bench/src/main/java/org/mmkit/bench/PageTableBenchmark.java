package org.mmkit.bench;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.mmkit.api.arch.Architecture;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.arch.Protection;
import org.mmkit.arch.x86_64.X86_64;
import org.mmkit.core.memory.SystemMemory;
import org.mmkit.core.pgtable.PageTableArena;
import org.mmkit.core.pgtable.RadixPageTables;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Page tables of x86-64 with 4 levels over 4 GiB, call by call and by ranges; each figure is for one page.
 * {@code src/yardstick/radix.c} does the same in C, with a walk from the root in each call.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PageTableBenchmark {

    private static final int PAGES = 1 << 20;
    private static final int TABLE = 512;
    private static final long BASE = 0x7F00_0000_0000L;
    private static final long PAGE = 4096;

    private RadixPageTables tables;
    private RadixPageTables scratch;
    private EntryFormat format;
    private int[] shuffled;

    /** Maps 4 GiB once for the reading benchmarks, and makes a second tree whose entries come and go. */
    @Setup
    public void map() throws RadixPageTables.OutOfFramesException {
        Architecture architecture = new X86_64();
        NoSymbols configuration = new NoSymbols();
        PageTableLayout layout = architecture.layout(configuration);
        format = architecture.entryFormat(configuration);
        SystemMemory memory = new SystemMemory.Builder(
                        architecture.physicalMap(8L << 30), layout, architecture.sectionOrder(configuration))
                .contents(false)
                .build();
        PageTableArena arena = new PageTableArena(
                layout, format, memory.allocator(), memory.frames(), memory.spanned(), memory.sectionOrder());
        tables = RadixPageTables.create(arena, layout, format);
        scratch = RadixPageTables.create(arena, layout, format);
        for (int i = 0; i < PAGES; i++) {
            tables.write(tables.obtain(BASE + i * PAGE, 1), format.leaf(i, 1, Protection.READ | Protection.WRITE));
            scratch.obtain(BASE + i * PAGE, 1);
        }
        SplittableRandom random = new SplittableRandom(1);
        shuffled = new int[PAGES];
        for (int i = 0; i < PAGES; i++) {
            int k = random.nextInt(i + 1);
            shuffled[i] = shuffled[k];
            shuffled[k] = i;
        }
    }

    private long translate(long va) {
        long slot = tables.find(va, 1);
        long entry = tables.read(slot);
        return format.isPresent(entry) ? format.pfn(entry, 1) << 12 | va & PAGE - 1 : -1;
    }

    /** The physical address of each page, one after the other. */
    @Benchmark
    @OperationsPerInvocation(PAGES)
    public long translateSequential() {
        long sum = 0;
        for (int i = 0; i < PAGES; i++) {
            sum += translate(BASE + i * PAGE);
        }
        return sum;
    }

    /** The physical address of each page, in random order. */
    @Benchmark
    @OperationsPerInvocation(PAGES)
    public long translateRandom() {
        long sum = 0;
        for (int i = 0; i < PAGES; i++) {
            sum += translate(BASE + shuffled[i] * PAGE);
        }
        return sum;
    }

    /** Maps each page and unmaps it later, both one after the other; the tables are there. */
    @Benchmark
    @OperationsPerInvocation(2 * PAGES)
    public void mapAndUnmapSequential() {
        for (int i = 0; i < PAGES; i++) {
            scratch.write(scratch.obtain(BASE + i * PAGE, 1), format.leaf(i, 1, Protection.READ));
        }
        for (int i = 0; i < PAGES; i++) {
            scratch.write(scratch.find(BASE + i * PAGE, 1), format.none());
        }
    }

    /** Maps and unmaps each page, in random order. */
    @Benchmark
    @OperationsPerInvocation(2 * PAGES)
    public void mapAndUnmapRandom() {
        for (int i = 0; i < PAGES; i++) {
            scratch.write(scratch.obtain(BASE + shuffled[i] * PAGE, 1), format.leaf(i, 1, Protection.READ));
        }
        for (int i = 0; i < PAGES; i++) {
            scratch.write(scratch.find(BASE + shuffled[i] * PAGE, 1), format.none());
        }
    }

    /** Write-protects and opens a range, table by table. */
    @Benchmark
    @OperationsPerInvocation(2 * PAGES)
    public void protectRange() {
        for (int i = 0; i < PAGES; i += TABLE) {
            long[] words = tables.leafWords();
            int first = (int) tables.find(BASE + i * PAGE, 1);
            for (int k = first; k < first + TABLE; k++) {
                words[k] = format.writeProtect(words[k]);
            }
            for (int k = first; k < first + TABLE; k++) {
                words[k] = format.makeWritable(words[k]);
            }
        }
    }

    /** Makes the tables of 4 GiB and frees them again; the figure is for one table. */
    @Benchmark
    @OperationsPerInvocation(PAGES / TABLE)
    public long makeAndFreeTables() {
        long base = BASE + (1L << 39);
        for (int i = 0; i < PAGES; i += TABLE) {
            scratch.obtain(base + i * PAGE, 1);
        }
        scratch.freeTables(base, base + PAGES * PAGE, 0, 0);
        return scratch.tableBytes();
    }
}
