package org.mmkit.core.compaction;

import java.util.Arrays;
import org.mmkit.api.Errno;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.memory.MemoryPolicy;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.memory.FrameTable;

/**
 * Moves folios to other nodes on behalf of system calls (mm/migrate.c, migrate_pages, as move_pages and mbind use it). Not thread-safe.
 */
public final class NodeMover {

    /** Reasons of tracepoints (MR_SYSCALL, MR_MEMPOLICY_MBIND). */
    public static final int SYSCALL = 3;

    public static final int MBIND = 4;

    private static final int FIRST_CAPACITY = 16;

    private final Engine engine;
    private final FrameTable frames;
    private long[] huge = new long[FIRST_CAPACITY];
    private int hugeCount;
    private final PageMigrator.Batch small = new PageMigrator.Batch();

    /** Moves folios of {@code engine}'s memory. */
    public NodeMover(Engine engine) {
        this.engine = engine;
        this.frames = engine.frames;
    }

    /** Whether no folio is taken. */
    public boolean isEmpty() {
        return hugeCount == 0 && small.size() == 0;
    }

    /** Takes the folio {@code head} off its list, to be moved; false when that cannot be done (-EBUSY of move_pages). */
    public boolean take(long head) {
        if (frames.test(head, FolioFlags.HUGETLB)) {
            for (int i = 0; i < hugeCount; i++) {
                if (huge[i] == head) {
                    return false;
                }
            }
            frames.get(head, 1);
            huge = hugeCount == huge.length ? Arrays.copyOf(huge, 2 * hugeCount) : huge;
            huge[hugeCount++] = head;
            return true;
        }
        if (!frames.lru().isolate(head)) {
            return false;
        }
        frames.get(head, 1);
        small.add(head);
        return true;
    }

    /**
     * Moves what was taken; what does not move goes back to where it was.
     *
     * @param policy the nodes that the folios may go to
     * @param reason {@link #SYSCALL} or {@link #MBIND}
     * @return folios that did not move, or -ENOMEM when there was no memory to move to
     */
    public int move(MemoryPolicy policy, int reason) {
        int result = moveHuge(policy);
        if (result >= 0) {
            int failed = small.size() == 0 ? 0 : moveSmall(policy, reason);
            result = failed < 0 ? failed : result + failed;
        } else {
            putBackSmall();
        }
        small.clear();
        return result;
    }

    private int moveHuge(MemoryPolicy policy) {
        int failed = 0;
        int error = 0;
        int local = engine.memory.nodes().current();
        for (int i = 0; i < hugeCount; i++) {
            long head = huge[i];
            int moved = error != 0 ? error : engine.migrator().migrateHuge(head, policy, policy.first(local, i));
            if (moved == 0) {
                continue;
            }
            if (error == 0) {
                failed++;
            }
            error = moved == -Errno.ENOMEM ? moved : error;
            frames.put(head, 1);
        }
        hugeCount = 0;
        return error != 0 ? error : failed;
    }

    private int moveSmall(MemoryPolicy policy, int reason) {
        frames.batches().drain();
        engine.migrator().migrate(small, new Targets(policy), Mode.SYNC, reason);
        putBackSmall();
        return small.outOfMemory ? -Errno.ENOMEM : small.failed;
    }

    private void putBackSmall() {
        for (int i = 0; i < small.size(); i++) {
            long left = small.left(i);
            if (left != FrameAllocator.NONE) {
                frames.batches().add(left);
                frames.put(left, 1);
            }
        }
    }

    /** Frames of the nodes of a policy (alloc_migration_target, alloc_migration_target_by_mpol). */
    private final class Targets implements PageMigrator.Targets {

        private final MemoryPolicy policy;
        private int place;

        Targets(MemoryPolicy policy) {
            this.policy = policy;
        }

        @Override
        public long take(int order) {
            int gfp = order > 0 ? Gfp.TRANSHUGE : Gfp.HIGHUSER_MOVABLE;
            int node = policy.first(engine.memory.nodes().current(), place++);
            return engine.memory.allocator().allocate(order, gfp | Gfp.NOWARN, node, policy.allowed());
        }

        @Override
        public void giveBack(long pfn, int order) {
            engine.memory.allocator().free(pfn, order);
        }
    }
}
