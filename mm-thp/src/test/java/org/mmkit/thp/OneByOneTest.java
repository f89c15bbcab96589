package org.mmkit.thp;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.arch.Architecture;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.MapFlags;
import org.mmkit.arch.x86_64.X86_64;
import org.mmkit.core.Machine;
import org.mmkit.core.memory.FrameTable;
import org.mmkit.core.memory.LruLists;
import org.mmkit.core.memory.SystemMemory;
import org.mmkit.core.process.Process;

/**
 * Two machines do the same: one treats entries that follow each other together, the codec of the other names no step from entry to entry
 * ({@link EntryFormat#frameStep}), so it goes entry by entry. Every frame, list and counter is the same afterwards.
 */
class OneByOneTest {

    private static final long PAGE = 4096;
    private static final long MIB = 1L << 20;
    private static final long BASE = 0x1001_0000_0000L;
    private static final int WINDOW = 6 * 512;
    private static final int ANON = MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_FIXED;
    private static final int[] ADVICE = {
        Advice.MADV_DONTNEED, Advice.MADV_HUGEPAGE, Advice.MADV_NOHUGEPAGE, Advice.MADV_COLLAPSE, Advice.MADV_COLLAPSE, Advice.MADV_FREE,
        Advice.MADV_PAGEOUT, Advice.MADV_COLD, Advice.MADV_POPULATE_WRITE, Advice.MADV_GUARD_INSTALL, Advice.MADV_GUARD_REMOVE
    };

    private interface Answer {
        Object to(Method method, Object[] arguments) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, T real, Answer other) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            Object answer = other.to(method, arguments);
            try {
                return answer != real ? answer : method.invoke(real, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }

    /** x86-64 with words that do not follow each other, as far as anybody can ask. */
    private static Architecture withoutSteps() {
        Architecture real = new X86_64();
        return proxy(Architecture.class, real, (method, arguments) -> switch (method.getName()) {
            case "id" -> "steps-x86_64";
            case "entryFormat" -> {
                EntryFormat format = (EntryFormat) method.invoke(real, arguments);
                yield proxy(EntryFormat.class, format, (asked, ignored) -> asked.getName().equals("frameStep") ? (Object) 0L : format);
            }
            default -> real;
        });
    }

    private static Architecture withSteps() {
        Architecture real = new X86_64();
        return proxy(Architecture.class, real, (method, arguments) -> method.getName().equals("id") ? "steps-x86_64" : real);
    }

    /** A machine and what goes on in it. */
    private static final class Run {

        final Machine machine;
        final SplittableRandom random;
        final List<Process> processes = new ArrayList<>();

        Run(Architecture architecture, long seed) {
            machine = Machine.builder().architecture(architecture).arch("steps-x86_64").memory(128 * MIB).contents(seed % 2 == 0).build();
            machine.files().swapon(32 * MIB);
            random = new SplittableRandom(seed);
            processes.add(machine.newProcess());
        }

        long step() throws ErrnoException {
            Process p = processes.get(random.nextInt(processes.size()));
            int block = random.nextInt(6) * 512;
            int start = random.nextBoolean() ? block : random.nextInt(WINDOW);
            int length = Math.min(WINDOW - start, random.nextBoolean() ? 512 * (1 + random.nextInt(3)) : 1 + random.nextInt(600));
            long va = BASE + start * PAGE;
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> {
                    boolean write = random.nextInt(8) > 0;
                    boolean down = random.nextInt(4) == 0;
                    for (int i = 0; i < length; i++) {
                        long at = va + (down ? length - 1 - i : i) * PAGE;
                        if (write) {
                            p.store(at, 1 + i % 3);
                        } else {
                            p.load(at);
                        }
                    }
                    return 0;
                }
                case 3 -> {
                    return p.mmap(va, length * PAGE, random.nextInt(8) == 0 ? 1 : 3, ANON, null, 0);
                }
                case 4 -> {
                    return p.munmap(va, length * PAGE);
                }
                case 5 -> {
                    return p.mprotect(va, length * PAGE, random.nextInt(4));
                }
                case 6, 7, 8, 9 -> {
                    return p.madvise(va, length * PAGE, ADVICE[random.nextInt(ADVICE.length)]);
                }
                case 10 -> {
                    return random.nextInt(4) > 0 ? 0 : random.nextBoolean() ? p.mlock(va, length * PAGE) : p.munlock(va, length * PAGE);
                }
                default -> {
                    if (processes.size() < 4) {
                        processes.add(p.fork());
                    } else {
                        processes.remove(p);
                        p.exit();
                    }
                    return processes.size();
                }
            }
        }

        /** Everything that is recorded of memory, and the order of each list. */
        String state() {
            StringBuilder out = new StringBuilder(machine.read("/proc/vmstat")).append(machine.read("/proc/buddyinfo"));
            SystemMemory memory = (SystemMemory) machine.memory();
            FrameTable frames = memory.frames();
            for (long pfn = 0; pfn < memory.spanned(); pfn++) {
                int flags = frames.flags(pfn);
                if (flags != 0 && flags != FolioFlags.RESERVED) {
                    out.append(Long.toHexString(pfn)).append(' ').append(Integer.toHexString(flags)).append(' ').append(frames.order(pfn))
                            .append(' ').append(frames.refcount(pfn)).append(' ').append(frames.pageMapcount(pfn)).append(' ')
                            .append(frames.mapcount(pfn)).append(' ').append(frames.hasOwner(pfn) ? frames.index(pfn) : -1).append('\n');
                }
            }
            LruLists lru = frames.lru();
            for (int list = 0; list < LruLists.UNEVICTABLE; list++) {
                out.append("list ").append(list).append(' ').append(lru.pages(list));
                for (long head = lru.oldest(0, list); head != 0; head = lru.younger(head)) {
                    out.append(' ').append(Long.toHexString(head));
                }
                out.append('\n');
            }
            return out.toString();
        }

        /** The frames that come next, from the lists of the processor and of the zone, with all that is left. */
        List<Long> supply() {
            List<Long> next = new ArrayList<>();
            FrameAllocator allocator = machine.memory().allocator();
            for (int i = 0; i < 4000; i++) {
                next.add(allocator.allocate(0, Gfp.HIGHUSER_MOVABLE));
            }
            return next;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void entries_treated_together_leave_what_entries_treated_one_by_one_leave(long seed) throws Exception {
        Run together = new Run(withSteps(), seed);
        Run oneByOne = new Run(withoutSteps(), seed);
        for (int i = 0; i < 160; i++) {
            assertThat(together.step()).as("seed %d operation %d", seed, i).isEqualTo(oneByOne.step());
            if (i % 8 == 7) {
                assertThat(together.state()).as("seed %d operation %d", seed, i).isEqualTo(oneByOne.state());
            }
        }
        together.machine.verify();
        assertThat(together.supply()).as("seed %d", seed).isEqualTo(oneByOne.supply());
    }
}
