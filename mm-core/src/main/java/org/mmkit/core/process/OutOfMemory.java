package org.mmkit.core.process;

import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.space.RssKind;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.reclaim.OomKiller;
import org.mmkit.core.space.UserAddressSpace;

/**
 * Kills the process that holds most memory when none can be reclaimed (Linux: mm/oom_kill.c). What counts is resident memory, swap and
 * page tables, and {@code oom_score_adj}.
 *
 * <p>The victim's memory comes back at once, unless the victim is the process whose call ran out of memory: that call fails, and the process
 * dies as it returns. Nobody is killed for a call that belongs to no process, such as swapoff: it fails. Not thread-safe.
 */
@SuppressWarnings("exports") // made by the engine alone, whose packages are not exported
public final class OutOfMemory implements OomKiller {

    /** A process with this adjustment is never killed. */
    public static final int NEVER = -1000;

    private final Engine engine;
    private final ProcessTable processes;
    private final LongSupplier swapPages;
    private final int oomKill;
    private final Consumer<String> log;
    private boolean killAllocating;

    /** Chooses among {@code processes}; {@code swapPages} says how large swap is; each kill is told to {@code log}. */
    public OutOfMemory(Engine engine, ProcessTable processes, LongSupplier swapPages, Consumer<String> log) {
        this.log = log;
        this.engine = engine;
        this.processes = processes;
        this.swapPages = swapPages;
        this.oomKill = engine.counters.register("oom_kill");
    }

    /** vm.oom_kill_allocating_task: whether the process that runs out of memory is killed, whoever holds most. */
    public boolean killsAllocating() {
        return killAllocating;
    }

    /** Sets it. */
    public void setKillsAllocating(boolean value) {
        killAllocating = value;
    }

    private long totalPages() {
        return engine.memory.allocator().managedPages() + swapPages.getAsLong();
    }

    /** Pages that killing {@code process} would give back, and what the adjustment makes of it; {@link Long#MIN_VALUE} for one never killed. */
    private long badness(Process process) {
        if (process.oomScoreAdjust() == NEVER || process.isDoomed()) {
            return Long.MIN_VALUE;
        }
        UserAddressSpace space = process.space();
        long points = space.rss(RssKind.SWAP) + resident(space) + tables(space);
        return points + process.oomScoreAdjust() * (totalPages() / 1000);
    }

    private static long resident(UserAddressSpace space) {
        return space.rss(RssKind.ANON) + space.rss(RssKind.FILE) + space.rss(RssKind.SHMEM);
    }

    private long tables(UserAddressSpace space) {
        long n = 0;
        for (int level = 1; level <= engine.layout.levels(); level++) {
            n += space.tables().tables(level);
        }
        return n;
    }

    /** /proc/PID/oom_score: 0 for a process never killed, 666 for one without memory, up to 2000. */
    public long score(Process process) {
        long badness = badness(process);
        return badness == Long.MIN_VALUE ? 0 : Math.max(0, (1000 + badness * 1000 / totalPages()) * 2 / 3);
    }

    @Override
    public boolean kill(int order, int gfp) {
        UserAddressSpace running = engine.running();
        if (running == null) {
            return false;
        }
        Process allocating = running(running);
        if (allocating != null && allocating.isDoomed()) {
            return false;
        }
        if (killAllocating && allocating != null && allocating.oomScoreAdjust() != NEVER) {
            return kill(allocating, "Out of memory (oom_kill_allocating_task)");
        }
        Process chosen = null;
        long most = Long.MIN_VALUE;
        for (Process process : processes.living()) {
            long points = badness(process);
            if (points != Long.MIN_VALUE && points >= most) {
                chosen = process;
                most = points;
            }
        }
        if (chosen == null) {
            log.accept("Out of memory and no killable processes...");
            return false;
        }
        return kill(chosen, "Out of memory");
    }

    private @Nullable Process running(UserAddressSpace space) {
        for (Process process : processes.living()) {
            if (process.space() == space) {
                return process;
            }
        }
        return null;
    }

    /** Kills {@code victim} and all that share its memory; whether that has given memory back already. */
    private boolean kill(Process victim, String why) {
        engine.counters.add(oomKill, 1);
        UserAddressSpace space = victim.space();
        int toKilobytes = engine.pageShift - 10;
        log.accept(why + ": Killed process " + victim.pid() + " (" + victim.name() + ") total-vm:" + (space.mappedPages() << toKilobytes)
                + "kB, anon-rss:" + (space.rss(RssKind.ANON) << toKilobytes) + "kB, file-rss:" + (space.rss(RssKind.FILE) << toKilobytes)
                + "kB, shmem-rss:" + (space.rss(RssKind.SHMEM) << toKilobytes) + "kB, UID:0 pgtables:" + (tables(space) << toKilobytes)
                + "kB oom_score_adj:" + victim.oomScoreAdjust());
        boolean gone = false;
        for (Process process : processes.living()) {
            if (process.space() == space) {
                gone |= process.kill();
            }
        }
        return gone;
    }
}
