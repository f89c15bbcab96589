package org.mmkit.core.shmem;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.mmkit.api.feature.Shrinker;
import org.mmkit.api.memory.Frames;

/**
 * Files whose last folio reaches beyond their end: under pressure the folio is split and what lies behind the end is freed (Linux:
 * shmem_unused_huge_shrink).
 */
final class UnusedTails implements Shrinker {

    /** Files that one attempt looks at when a file system is full. */
    private static final int BATCH = 128;

    private final Shmem shmem;
    private final Set<ShmemFile> files = new LinkedHashSet<>();

    UnusedTails(Shmem shmem) {
        this.shmem = shmem;
    }

    void add(ShmemFile file) {
        files.add(file);
    }

    void remove(ShmemFile file) {
        files.remove(file);
    }

    @Override
    public String name() {
        return "sb-tmpfs";
    }

    @Override
    public long count() {
        return files.size();
    }

    @Override
    public long scan(long objects) {
        List<ShmemFile> candidates = new ArrayList<>(files);
        return split(candidates.subList(0, (int) Math.min(objects, candidates.size())), Long.MAX_VALUE);
    }

    /** Tries to free {@code pages} of a file system that is full. */
    void makeRoom(TmpfsInstance instance, long pages) {
        List<ShmemFile> candidates = new ArrayList<>();
        for (ShmemFile file : files) {
            if (file.instance() == instance && candidates.size() < BATCH) {
                candidates.add(file);
            }
        }
        split(candidates, pages);
    }

    private long split(List<ShmemFile> candidates, long wanted) {
        long freed = 0;
        for (ShmemFile file : candidates) {
            if (freed >= wanted) {
                break;
            }
            files.remove(file);
            long gained = split(file);
            if (gained < 0) {
                files.add(file);
            } else {
                freed += gained;
            }
        }
        return freed;
    }

    /** Pages freed, or -1 when the folio cannot be split now. */
    private long split(ShmemFile file) {
        int shift = shmem.context().pageShift;
        Frames frames = shmem.context().memory().frames();
        long head = file.find(file.size() >>> shift);
        if (head == Frames.NONE || frames.order(head) == 0) {
            return 0;
        }
        long next = frames.index(head) + frames.pages(head);
        long end = file.allocatedEnd();
        if (end <= frames.index(head) || end >= next) {
            return 0;
        }
        frames.get(head, 1);
        int result = shmem.extensions().largeFolios().split(head, 0);
        frames.put(head, 1);
        return result == 0 ? next - end : -1;
    }
}
