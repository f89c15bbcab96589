package org.mmkit.thp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mmkit.api.Errno;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.gup.PinnedPages;
import org.mmkit.core.process.Process;

/** Random use of memory of all kinds with compaction in between: nothing is lost, nothing moves that must not, all counts agree. */
class CompactionPropertyTest {

    private static final long PAGE = 4096;
    private static final long AREA = 8 << 20;
    private static final int STEPS = 1500;

    /** One area of one process, and what was written to each of its pages. */
    private static final class Area {
        final Process process;
        final long start;
        final boolean shared;
        final Map<Long, Integer> written;

        Area(Process process, long start, boolean shared, Map<Long, Integer> written) {
            this.process = process;
            this.start = start;
            this.shared = shared;
            this.written = written;
        }
    }

    private final Machine machine = Machine.builder().memory("256M").build();
    private final List<Area> areas = new ArrayList<>();
    private final List<PinnedPages> pins = new ArrayList<>();
    private final Map<Long, Integer> pinnedFrames = new HashMap<>();

    private void map(Process process, Random random) {
        boolean shared = random.nextInt(3) == 0;
        int flags = (shared ? MapFlags.MAP_SHARED : MapFlags.MAP_PRIVATE) | MapFlags.MAP_ANONYMOUS;
        long start = process.mmap(0, AREA, 3, flags, null, 0);
        if (start > 0) {
            areas.add(new Area(process, start, shared, new HashMap<>()));
        }
    }

    private void step(Random random) {
        if (areas.isEmpty()) {
            map(machine.newProcess(), random);
        }
        Area area = areas.get(random.nextInt(areas.size()));
        long at = random.nextInt((int) (AREA / PAGE)) * PAGE;
        switch (random.nextInt(20)) {
            case 0 -> {
                if (areas.size() < 12) {
                    map(area.process, random);
                }
            }
            case 1 -> fork(area);
            case 2 -> {
                if (!area.shared) {
                    long n = Math.min(1 + random.nextInt(600), (AREA - at) / PAGE) * PAGE;
                    assertThat(area.process.munlock(area.start, AREA)).isZero();
                    assertThat(area.process.madvise(area.start + at, n, Advice.MADV_DONTNEED)).isZero();
                    area.written.keySet().removeIf(page -> page >= at && page < at + n);
                }
            }
            case 3 -> area.process.madvise(area.start + at, Math.min(512 * PAGE, AREA - at), Advice.MADV_PAGEOUT);
            case 4 -> machine.write("/proc/sys/vm/compact_memory", "1");
            case 5 -> machine.clock().advance(random.nextInt(1_000_000_000));
            case 6 -> pin(area, at);
            case 7 -> {
                if (!pins.isEmpty()) {
                    unpin(pins.remove(random.nextInt(pins.size())));
                }
            }
            case 8 -> area.process.mlock(area.start + at, Math.min(64 * PAGE, AREA - at));
            case 9 -> area.process.munlock(area.start, AREA);
            default -> {
                int value = 1 + random.nextInt(250);
                long n = random.nextInt(4) == 0 ? 200 : 1 + random.nextInt(8);
                for (long page = at; page < Math.min(AREA, at + n * PAGE); page += PAGE) {
                    if (area.process.store(area.start + page, value) == 0) {
                        area.written.put(page, value);
                    }
                }
            }
        }
    }

    private void fork(Area area) {
        if (machine.processes().size() > 4) {
            return;
        }
        try {
            Process child = area.process.fork();
            for (Area of : List.copyOf(areas)) {
                if (of.process == area.process) {
                    areas.add(new Area(child, of.start, of.shared, of.shared ? of.written : new HashMap<>(of.written)));
                }
            }
        } catch (ErrnoException e) {
            assertThat(e.errno()).isEqualTo(Errno.ENOMEM);
        }
    }

    private void pin(Area area, long at) {
        try {
            pins.add(area.process.pin(area.start + at, PAGE));
            // Pinning faults a page in for writing; what it holds stays.
            area.written.putIfAbsent(at, 0);
            pinnedFrames.merge(pfn(area, at), 1, Integer::sum);
        } catch (ErrnoException e) {
            assertThat(e.errno()).isEqualTo(Errno.ENOMEM);
        }
    }

    private void unpin(PinnedPages pinned) {
        pinned.release();
        pinnedFrames.clear();
    }

    private long pfn(Area area, long at) {
        return machine.pagemap().word(area.process.space(), area.start + at) & (1L << 55) - 1;
    }

    private void check(long seed, int step) {
        machine.verify();
        Frames frames = machine.memory().frames();
        pinnedFrames.keySet().forEach(pfn ->
                assertThat(frames.pins(frames.head(pfn))).as("seed %d, step %d: pinned frame 0x%x moved", seed, step, pfn).isPositive());
        for (Area area : areas) {
            for (Map.Entry<Long, Integer> page : area.written.entrySet()) {
                int value = area.process.load(area.start + page.getKey());
                if (value != page.getValue()) {
                    assertThat(value)
                            .as("seed %d, step %d, pid %d, page 0x%x", seed, step, area.process.pid(), page.getKey())
                            .isEqualTo(page.getValue());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void T06_compaction_never_loses_content_and_never_moves_what_is_pinned(long seed) {
        Random random = new Random(seed);
        machine.write("/sys/kernel/mm/transparent_hugepage/enabled", "always");
        machine.write("/sys/kernel/mm/transparent_hugepage/shmem_enabled", seed % 2 == 0 ? "always" : "never");
        machine.write("/sys/kernel/mm/transparent_hugepage/defrag", "always");
        if (seed % 3 != 0) {
            machine.write("/sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled", "always");
        }
        assertThat(machine.files().swapon(128 << 20)).isZero();
        long kernel = 0;
        for (int i = 0; i < 400; i++) {
            // Frames that do not move, all over the place.
            long pfn = machine.memory().allocateFolio(0, Gfp.KERNEL);
            machine.memory().frames().set(pfn, FolioFlags.TABLE);
            kernel += pfn;
        }
        assertThat(kernel).isPositive();

        for (int step = 0; step < STEPS; step++) {
            step(random);
            if (step % 50 == 49) {
                check(seed, step);
            }
        }

        assertThat(machine.vmstat("pgmigrate_success")).isPositive();
        pins.forEach(PinnedPages::release);
        machine.processes().forEach(Process::exit);
        machine.verify();
    }
}
