package org.mmkit.thp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;

/** Random calls of three processes that want several times the memory there is, huge pages, shared memory and swap included. */
class PressureTest {

    private static final long PAGE = 4096;
    private static final long MIB = 1L << 20;
    private static final String THP = "/sys/kernel/mm/transparent_hugepage/";
    private static final int STEPS = 300;

    /** One process and what it has written: value by address. */
    private static final class Worker {
        final Process process;
        final Map<Long, Integer> written = new TreeMap<>();
        final List<long[]> areas = new ArrayList<>();

        Worker(Process process) {
            this.process = process;
        }
    }

    private final Map<Integer, Worker> workers = new HashMap<>();
    private Random random = new Random(0);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void memory_that_is_far_too_small_loses_nothing_and_leaks_nothing(long seed) {
        random = new Random(seed);
        Machine machine = machine();
        long swap = (random.nextInt(4) == 0 ? 16 : 256) * MIB;
        machine.files().swapon(swap);
        for (int i = 0; i < 3; i++) {
            Process process = machine.newProcess();
            workers.put(process.pid(), new Worker(process));
        }
        for (int step = 0; step < STEPS && !workers.isEmpty(); step++) {
            List<Integer> pids = new ArrayList<>(workers.keySet());
            Worker worker = workers.get(pids.get(random.nextInt(pids.size())));
            step(machine, worker);
            workers.values().removeIf(other -> other.process.isKilled());
            if (step % 20 == 0) {
                machine.verify();
            }
        }
        assertThat(machine.vmstat("pswpout")).isPositive();
        for (Worker worker : workers.values()) {
            worker.process.exit();
        }
        machine.memory().lru().drain();
        machine.verify();
        assertThat(machine.files().swap().freePages()).isEqualTo(machine.files().swap().totalPages());
        assertThat(machine.vmstat("nr_mlock")).isZero();
        assertThat(machine.vmstat("nr_active_anon") + machine.vmstat("nr_inactive_anon") + machine.vmstat("nr_unevictable")).isZero();
    }

    private Machine machine() {
        Machine machine = Machine.builder().memory(64 + random.nextInt(64) + "M").build();
        machine.write(THP + "enabled", pick("never", "madvise", "always"));
        machine.write(THP + "defrag", pick("always", "never", "madvise", "defer"));
        machine.write(THP + "shmem_enabled", pick("always", "never", "advise"));
        machine.write(THP + "hugepages-64kB/enabled", pick("always", "never"));
        machine.write("/proc/sys/vm/swappiness", pick("0", "60", "100", "200"));
        return machine;
    }

    private String pick(String... words) {
        return words[random.nextInt(words.length)];
    }

    private void step(Machine machine, Worker worker) {
        int call = random.nextInt(12);
        if (worker.areas.isEmpty() || call == 0 && worker.areas.size() < 6) {
            map(worker);
            return;
        }
        long[] area = worker.areas.get(random.nextInt(worker.areas.size()));
        switch (call) {
            case 1, 2, 3, 4 -> write(worker, area);
            case 5, 6 -> read(worker, area);
            case 7 -> worker.process.madvise(area[0], area[1], Advice.MADV_PAGEOUT);
            case 8 -> worker.process.madvise(area[0] + PAGE * random.nextInt(64), 64 * PAGE, Advice.MADV_COLD);
            case 9 -> unmap(worker, area);
            case 10 -> {
                if (random.nextBoolean()) {
                    worker.process.mlock(area[0], Math.min(area[1], MIB));
                } else {
                    worker.process.munlock(area[0], area[1]);
                }
            }
            default -> {
                if (random.nextBoolean()) {
                    fork(worker, area);
                } else {
                    machine.clock().advance(20_000_000L * random.nextInt(20));
                }
            }
        }
    }

    private void map(Worker worker) {
        long bytes = (1 + random.nextInt(24)) * MIB;
        int kind = random.nextInt(4) == 0 ? MapFlags.MAP_SHARED : MapFlags.MAP_PRIVATE;
        long address = worker.process.mmap(0, bytes, 3, kind | MapFlags.MAP_ANONYMOUS, null, 0);
        if (address > 0) {
            worker.areas.add(new long[] {address, bytes, kind});
            if (random.nextBoolean()) {
                worker.process.madvise(address, bytes, Advice.MADV_HUGEPAGE);
            }
        }
    }

    private void unmap(Worker worker, long[] area) {
        worker.process.munmap(area[0], area[1]);
        worker.areas.remove(area);
        worker.written.keySet().removeIf(at -> at >= area[0] && at < area[0] + area[1]);
    }

    private void write(Worker worker, long[] area) {
        long first = random.nextInt((int) (area[1] / PAGE));
        long pages = Math.min(area[1] / PAGE - first, 1 + random.nextInt(3000));
        int value = 1 + random.nextInt(200);
        for (long at = area[0] + first * PAGE; at < area[0] + (first + pages) * PAGE; at += PAGE) {
            int result = worker.process.store(at, value);
            if (result == -Process.SIGKILL) {
                assertThat(worker.process.isKilled()).isTrue();
                return;
            }
            assertThat(result).isZero();
            worker.written.put(at, value);
        }
    }

    private void read(Worker worker, long[] area) {
        for (Map.Entry<Long, Integer> page : worker.written.entrySet()) {
            long at = page.getKey();
            if (at < area[0] || at >= area[0] + area[1] || random.nextInt(3) > 0) {
                continue;
            }
            int got = worker.process.load(at);
            if (got == -Process.SIGKILL) {
                return;
            }
            assertThat(got).as("0x%x of %s", at, worker.process).isEqualTo(page.getValue());
        }
    }

    /** A child writes over what it shares with its parent, who must not see it unless the memory is shared. */
    private void fork(Worker worker, long[] area) {
        if (area[2] == MapFlags.MAP_SHARED) {
            return;
        }
        Process child;
        try {
            child = worker.process.fork();
        } catch (ErrnoException e) {
            return; // there was no memory for its page tables
        }
        for (int i = 0; i < 200 && !child.isKilled(); i++) {
            child.store(area[0] + i * PAGE % area[1], 255);
        }
        child.exit();
    }
}
