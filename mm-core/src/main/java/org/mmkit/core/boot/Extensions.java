package org.mmkit.core.boot;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.Errno;
import org.mmkit.api.feature.AnonFolioPolicy;
import org.mmkit.api.feature.FolioEvent;
import org.mmkit.api.feature.HugeFaultHandler;
import org.mmkit.api.feature.HugeLeafOperations;
import org.mmkit.api.feature.HugePageMover;
import org.mmkit.api.feature.LargeFolioOperations;
import org.mmkit.api.feature.MadviseHandler;
import org.mmkit.api.feature.PrctlHandler;
import org.mmkit.api.feature.ShmemFolioPolicy;
import org.mmkit.api.feature.Shrinker;
import org.mmkit.api.feature.SpaceListener;
import org.mmkit.api.feature.UnmappedAreaPolicy;
import org.mmkit.api.file.ShmemMapping;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.space.Vma;

/**
 * What features have registered at the extension points the engine asks. Until something registers, the answers are those of a
 * kernel built without huge pages.
 */
public final class Extensions {

    private static final AnonFolioPolicy BASE_PAGES_ONLY = new AnonFolioPolicy() {
        @Override
        public int faultOrders(Vma vma, long va) {
            return 0;
        }

        @Override
        public int gfp(Vma vma) {
            return Gfp.HIGHUSER_MOVABLE;
        }

        @Override
        public boolean runsBesideOthers() {
            return true;
        }
    };

    /** The engine only asks when a large folio exists, and without a feature none can. */
    private static final LargeFolioOperations NO_LARGE_FOLIOS = new LargeFolioOperations() {
        @Override
        public int split(long head, int newOrder) {
            throw new IllegalStateException("large folio " + head + " on a machine without large folios");
        }

        @Override
        public int splitIsolated(long head, LongConsumer parts) {
            return split(head, 0);
        }

        @Override
        public int splitAround(long head, long pfn, int newOrder) {
            return split(head, newOrder);
        }

        @Override
        public void deferSplit(long head, boolean partiallyMapped) {
            split(head, 0);
        }

        @Override
        public void undefer(long head) {}

        @Override
        public void count(FolioEvent event, int order, long n) {}
    };

    private static final ShmemFolioPolicy SHMEM_BASE_PAGES_ONLY = new ShmemFolioPolicy() {
        @Override
        public int orders(ShmemMapping file, @Nullable Vma vma, long index, long writeEnd) {
            return 0;
        }

        @Override
        public int gfp(@Nullable Vma vma) {
            return Gfp.HIGHUSER_MOVABLE;
        }

        @Override
        public boolean isHuge(ShmemMapping file) {
            return false;
        }

        @Override
        public int areaOrder(ShmemMapping file, boolean opened) {
            return 0;
        }

        @Override
        public int mountOption(String value) {
            return value.equals("never") ? 0 : -Errno.EINVAL;
        }

        @Override
        public int defaultMountOption() {
            return 0;
        }
    };

    private AnonFolioPolicy anonFolioPolicy = BASE_PAGES_ONLY;
    private ShmemFolioPolicy shmemFolioPolicy = SHMEM_BASE_PAGES_ONLY;
    private LargeFolioOperations largeFolios = NO_LARGE_FOLIOS;
    private HugePageMover hugePageMover = HugePageMover.NONE;
    private @Nullable UnmappedAreaPolicy unmappedArea;
    private final @Nullable HugeFaultHandler[] hugeFaults = new HugeFaultHandler[8];
    private final @Nullable HugeLeafOperations[] hugeLeaves = new HugeLeafOperations[8];
    private int hugeLevels;
    private long spaceFlags = 1;
    private long inheritedSpaceFlags;
    private final Map<Integer, MadviseHandler> madvise = new HashMap<>();
    private final Map<Integer, PrctlHandler> prctl = new HashMap<>();
    private final List<Shrinker> shrinkers = new ArrayList<>();
    private final List<SpaceListener> listeners = new ArrayList<>();
    private final List<Runnable> invariants = new ArrayList<>();

    /** The policy for anonymous folio sizes. */
    public AnonFolioPolicy anonFolioPolicy() {
        return anonFolioPolicy;
    }

    /** Sets the policy for anonymous folio sizes. */
    public void setAnonFolioPolicy(AnonFolioPolicy policy) {
        anonFolioPolicy = policy;
    }

    /** The policy for sizes of shared-memory folios. */
    public ShmemFolioPolicy shmemFolioPolicy() {
        return shmemFolioPolicy;
    }

    /** Sets the policy for sizes of shared-memory folios. */
    public void setShmemFolioPolicy(ShmemFolioPolicy policy) {
        shmemFolioPolicy = policy;
    }

    /** Who moves the folios of pools. */
    public HugePageMover hugePageMover() {
        return hugePageMover;
    }

    /** Names it. */
    public void setHugePageMover(HugePageMover mover) {
        hugePageMover = mover;
    }

    /** The owner of large folios. */
    public LargeFolioOperations largeFolios() {
        return largeFolios;
    }

    /** Sets the owner of large folios. */
    public void setLargeFolios(LargeFolioOperations operations) {
        largeFolios = operations;
    }

    /** The policy for aligned addresses, or null. */
    public @Nullable UnmappedAreaPolicy unmappedArea() {
        return unmappedArea;
    }

    /** Sets the policy for aligned addresses. */
    public void setUnmappedArea(UnmappedAreaPolicy policy) {
        unmappedArea = policy;
    }

    /** Registers the owner of leaves of {@code level}. */
    public void setHugeLeaves(int level, HugeFaultHandler handler, HugeLeafOperations operations) {
        hugeFaults[level] = handler;
        hugeLeaves[level] = operations;
        hugeLevels |= 1 << level;
    }

    /** Levels above 1 that have an owner, as a mask. */
    public int hugeLevels() {
        return hugeLevels;
    }

    /** The fault handler of {@code level}, or null. */
    public @Nullable HugeFaultHandler hugeFault(int level) {
        return hugeFaults[level];
    }

    /** The leaf operations of {@code level}; a leaf of a level without owner is a broken invariant. */
    public HugeLeafOperations hugeLeaf(int level) {
        HugeLeafOperations operations = hugeLeaves[level];
        if (operations == null) {
            throw new IllegalStateException("a leaf of level " + level + " that no feature owns");
        }
        return operations;
    }

    /** A fresh flag bit of address spaces; {@code inherited} over fork and exec or not. */
    public long newSpaceFlag(boolean inherited) {
        if (spaceFlags == 1L << 62) {
            throw new IllegalStateException("all 62 flags of address spaces are taken");
        }
        spaceFlags <<= 1;
        if (inherited) {
            inheritedSpaceFlags |= spaceFlags;
        }
        return spaceFlags;
    }

    /** The flag bits that a child and a program started by exec get. */
    public long inheritedSpaceFlags() {
        return inheritedSpaceFlags;
    }

    /** Handlers of madvise by advice. */
    public Map<Integer, MadviseHandler> madvise() {
        return madvise;
    }

    /** Handlers of prctl by option. */
    public Map<Integer, PrctlHandler> prctl() {
        return prctl;
    }

    /** Shrinkers in the order of registration. */
    public List<Shrinker> shrinkers() {
        return shrinkers;
    }

    /** What features check when the machine is verified. */
    public List<Runnable> invariants() {
        return invariants;
    }

    /** Listeners in the order of registration. */
    public List<SpaceListener> listeners() {
        return listeners;
    }
}
