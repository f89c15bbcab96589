package org.mmkit.core.space;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.Errno;
import org.mmkit.api.file.Mappable;
import org.mmkit.api.lock.RwSemaphore;
import org.mmkit.api.memory.MemoryPolicy;
import org.mmkit.api.space.VmFlags;
import org.mmkit.api.space.VmaOperations;
import org.mmkit.core.rmap.AnonChains;
import org.mmkit.core.rmap.AnonVma;

/**
 * Which neighbouring areas become one, and how an area is cut in two (Linux: mm/vma.c, vma_merge_new_range,
 * vma_merge_existing_range, __split_vma).
 */
final class AreaMerger {

    private final UserAddressSpace space;
    private final AreaList areas;

    AreaMerger(UserAddressSpace space, AreaList areas) {
        this.space = space;
        this.areas = areas;
    }

    /** Whether {@code a} and {@code b} agree in everything but place and anonymous roots. */
    private static boolean sameKind(VmArea a, long flags, @Nullable Mappable source, String specialName, MemoryPolicy policy) {
        return ((a.flags ^ flags) & ~VmFlags.STICKY) == 0
                && sameSource(a.source(), source)
                && a.specialName().equals(specialName)
                && a.policy().equals(policy);
    }

    private static boolean sameSource(@Nullable Mappable a, @Nullable Mappable b) {
        return a == b || a != null && b != null && a.equals(b);
    }

    /** An area whose backing must hear of its end cannot vanish in a merge (Linux: can_merge_remove_vma). */
    private static boolean closes(@Nullable VmaOperations operations) {
        return operations != null && operations.endsWithClose();
    }

    /** Whether roots allow {@code source} to become part of {@code target} (Linux: is_mergeable_anon_vma). */
    private static boolean anonMergeable(
            VmArea target, @Nullable AnonVma sourceAnon, @Nullable VmArea source, @Nullable VmArea copiedFrom) {
        AnonVma targetAnon = target.anonVma();
        if (targetAnon == null && sourceAnon != null) {
            return !hasUncowedParents(source) && !hasUncowedParents(copiedFrom);
        }
        if (targetAnon != null && sourceAnon == null) {
            return !hasUncowedParents(target);
        }
        return targetAnon == sourceAnon;
    }

    /** Pages of a parent may still be mapped: the area is linked to more than one root. */
    private static boolean hasUncowedParents(@Nullable VmArea area) {
        return area != null && area.anonVma() != null && area.anonChain().size() != 1;
    }

    private static boolean anonCompatible(VmArea a, VmArea b) {
        return a.anonVma() == null || b.anonVma() == null || a.anonVma() == b.anonVma();
    }

    /**
     * Makes [{@code start}, {@code end}), which is free, part of its neighbours if they allow it.
     *
     * @param movedFrom the area whose pages come here by mremap, or null for new memory
     * @return the area that now holds the range, or null when it needs one of its own
     */
    @Nullable VmArea mergeNew(
            long start,
            long end,
            long flags,
            long pgoff,
            @Nullable Mappable source,
            String specialName,
            @Nullable VmArea movedFrom) {
        VmArea merged = joinNew(start, end, flags, pgoff, source, specialName, movedFrom);
        if (merged != null) {
            space.engine().mapped(merged);
        }
        return merged;
    }

    private @Nullable VmArea joinNew(
            long start,
            long end,
            long flags,
            long pgoff,
            @Nullable Mappable source,
            String specialName,
            @Nullable VmArea movedFrom) {
        if ((flags & VmFlags.SPECIAL) != 0) {
            return null;
        }
        VmArea previous = areas.previous(start);
        VmArea next = areas.findOrNext(start);
        MemoryPolicy policy = movedFrom == null ? MemoryPolicy.NONE : movedFrom.policy();
        AnonVma anon = movedFrom == null ? null : movedFrom.anonVma();
        long pages = end - start >>> space.engine().pageShift;
        boolean left = previous != null
                && previous.end == start
                && sameKind(previous, flags, source, specialName, policy)
                && previous.pgoff + previous.pages() == pgoff
                && anonMergeable(previous, anon, null, movedFrom);
        boolean right = next != null
                && next.start == end
                && sameKind(next, flags, source, specialName, policy)
                && next.pgoff == pgoff + pages
                && anonMergeable(next, anon, null, movedFrom)
                && (!left || anonCompatible(Objects.requireNonNull(previous), next) && !closes(next.operationsOrNull()));
        if (!left && !right) {
            return null;
        }
        RwSemaphore roots = lockRoots(left ? previous : null, right ? next : null, movedFrom);
        try {
            return join(start, end, flags, pgoff, left ? previous : null, right ? next : null, movedFrom);
        } finally {
            roots.writeUnlock();
        }
    }

    private VmArea join(
            long start,
            long end,
            long flags,
            long pgoff,
            @Nullable VmArea previous,
            @Nullable VmArea next,
            @Nullable VmArea movedFrom) {
        if (previous != null) {
            previous.flags |= flags & VmFlags.STICKY;
            if (next != null) {
                previous.flags |= next.flags & VmFlags.STICKY;
                absorbAnon(previous, next);
                long newEnd = next.end;
                areas.remove(next);
                drop(next);
                previous.end = newEnd;
            } else {
                previous.end = end;
            }
            if (movedFrom != null) {
                absorbAnon(previous, movedFrom);
            }
            return previous;
        }
        VmArea upper = Objects.requireNonNull(next);
        upper.flags |= flags & VmFlags.STICKY;
        upper.start = start;
        upper.pgoff = pgoff;
        if (movedFrom != null) {
            absorbAnon(upper, movedFrom);
        }
        return upper;
    }

    /**
     * Locks the roots of areas whose bounds are to change, so that nobody who comes by the reverse mapping finds a page in none of them; all
     * that have roots are of one family.
     */
    private static RwSemaphore lockRoots(@Nullable VmArea a, @Nullable VmArea b, @Nullable VmArea c) {
        return AnonChains.lockUnlessMine(a != null && a.anonVma() != null ? a : b != null && b.anonVma() != null ? b : c);
    }

    /** Why {@link #modify} gave null for [{@code start}, {@code end}): the area must not be cut there, or there are too many areas. */
    int refusal(long start, long end) {
        VmArea area = areas.find(start);
        VmaOperations operations = area == null ? null : area.operationsOrNull();
        if (area == null || operations == null) {
            return -Errno.ENOMEM;
        }
        int refused = area.start < start ? operations.maySplit(area, start) : 0;
        if (refused == 0 && area.end > end) {
            refused = operations.maySplit(area, end);
        }
        return refused != 0 ? refused : -Errno.ENOMEM;
    }

    /**
     * Gives [{@code start}, {@code end}) of {@code area}, whose neighbours may be merged with, the flags {@code flags}: merges it with them or
     * splits it off.
     *
     * @return the area that now holds the range; its flags are {@code flags} only after the caller or the merge set them; a
     *     negative answer is not possible but for the limit on areas, told by null
     */
    @Nullable VmArea modify(VmArea area, long start, long end, long flags) {
        return modify(area, start, end, flags, area.policy());
    }

    /** The same with another memory policy. */
    @Nullable VmArea modify(VmArea area, long start, long end, long flags, MemoryPolicy policy) {
        VmArea merged = mergeExisting(area, start, end, flags, policy);
        if (merged != null) {
            space.engine().mapped(merged);
            return merged;
        }
        if (area.start < start) {
            if (split(area, start) != 0) {
                return null;
            }
            area = Objects.requireNonNull(areas.find(start));
        }
        if (area.end > end && split(area, end) != 0) {
            return null;
        }
        return area;
    }

    private @Nullable VmArea mergeExisting(VmArea middle, long start, long end, long flags, MemoryPolicy policy) {
        if ((flags & VmFlags.SPECIAL) != 0) {
            return null;
        }
        boolean atLeft = start == middle.start;
        boolean atRight = end == middle.end;
        if (!atLeft && !atRight) {
            return null;
        }
        int index = areas.indexOf(middle.start);
        VmArea previous = atLeft && index > 0 ? areas.get(index - 1) : null;
        VmArea next = atRight && index + 1 < areas.size() ? areas.get(index + 1) : null;
        long firstPage = middle.index(start);
        long pages = end - start >>> space.engine().pageShift;
        boolean left = previous != null
                && previous.end == start
                && sameKind(previous, flags, middle.source(), middle.specialName(), policy)
                && previous.pgoff + previous.pages() == firstPage
                && anonMergeable(previous, middle.anonVma(), middle, null);
        boolean right = next != null
                && next.start == end
                && sameKind(next, flags, middle.source(), middle.specialName(), policy)
                && next.pgoff == firstPage + pages
                && anonMergeable(next, middle.anonVma(), middle, null)
                && (!left || anonCompatible(Objects.requireNonNull(previous), next));
        boolean whole = atLeft && atRight;
        if (!left && !right || whole && closes(middle.operationsOrNull())) {
            return null;
        }
        RwSemaphore roots = lockRoots(middle, left ? previous : null, right ? next : null);
        try {
            return mergeLocked(middle, start, end, flags, left ? previous : null, right ? next : null);
        } finally {
            roots.writeUnlock();
        }
    }

    private VmArea mergeLocked(VmArea middle, long start, long end, long flags, @Nullable VmArea previous, @Nullable VmArea next) {
        long firstPage = middle.index(start);
        long pages = end - start >>> space.engine().pageShift;
        boolean whole = start == middle.start && end == middle.end;
        if (previous != null && next != null && whole) {
            previous.flags |= (flags | next.flags) & VmFlags.STICKY;
            absorbAnon(previous, next.anonVma() != null ? next : middle);
            long newEnd = next.end;
            areas.remove(middle);
            drop(middle);
            areas.remove(next);
            drop(next);
            previous.end = newEnd;
            return previous;
        }
        if (previous != null) {
            previous.flags |= flags & VmFlags.STICKY;
            absorbAnon(previous, middle);
            if (whole) {
                areas.remove(middle);
                drop(middle);
            } else {
                space.splitLeafAt(middle, end);
                middle.pgoff += pages;
                middle.start = end;
            }
            previous.end = end;
            return previous;
        }
        VmArea upper = Objects.requireNonNull(next);
        absorbAnon(upper, middle);
        upper.flags |= flags & VmFlags.STICKY;
        if (whole) {
            areas.remove(middle);
            drop(middle);
        } else {
            space.splitLeafAt(middle, start);
            middle.end = start;
        }
        upper.start = start;
        upper.pgoff = firstPage;
        return upper;
    }

    /** Grows {@code previous} to {@code end} if [its end, {@code end}) may be part of it, as brk does. */
    boolean expandLeft(@Nullable VmArea previous, long start, long end, long flags, long pgoff) {
        if (previous == null
                || previous.end != start
                || !sameKind(previous, flags, null, "", MemoryPolicy.NONE)
                || previous.pgoff + previous.pages() != pgoff
                || !anonMergeable(previous, null, null, null)) {
            return false;
        }
        previous.end = end;
        space.engine().mapped(previous);
        return true;
    }

    /**
     * Cuts {@code area} at {@code address}; the upper part is a new area.
     *
     * @return 0 or a negated error number
     */
    int split(VmArea area, long address) {
        if (space.areaCount() >= space.engine().areaLimit.most()) {
            return -Errno.ENOMEM;
        }
        return cut(area, address);
    }

    /** {@link #split} without regard to the limit on areas. */
    int cut(VmArea area, long address) {
        VmaOperations operations = area.operationsOrNull();
        if (operations != null) {
            int refused = operations.maySplit(area, address);
            if (refused != 0) {
                return refused;
            }
        }
        VmArea upper = area.copy(space);
        upper.pgoff = area.index(address);
        upper.start = address;
        RwSemaphore roots = AnonChains.lockUnlessMine(area);
        try {
            space.splitLeafAt(area, address);
            AnonChains.cloneChain(upper, area);
            area.end = address;
        } finally {
            roots.writeUnlock();
        }
        areas.insert(upper);
        if (upper.hasFile()) {
            upper.file().link(upper);
        }
        if (operations != null) {
            operations.open(upper, area);
        }
        return 0;
    }

    /** What {@code to} may find in pages of {@code from} it must be able to find again: links it to the same roots. */
    private static void absorbAnon(VmArea to, VmArea from) {
        if (from.anonVma() != null && to.anonVma() == null) {
            AnonChains.cloneChain(to, from);
        }
    }

    /** The area is no more; its pages belong to the area that absorbed it. */
    private static void drop(VmArea area) {
        AnonChains.unlinkAll(area);
        if (area.hasFile()) {
            area.file().unlink(area);
        }
    }

    /**
     * The root of a neighbour that {@code area} may use for its first anonymous page, so that the two can merge later, or null
     * (Linux: find_mergeable_anon_vma).
     */
    @Nullable AnonVma reusableRoot(VmArea area) {
        int index = areas.indexOf(area.start);
        if (index + 1 < areas.size()) {
            VmArea next = areas.get(index + 1);
            if (next.start == area.end && couldMerge(area, next)) {
                AnonVma root = singleRoot(next);
                if (root != null) {
                    return root;
                }
            }
        }
        if (index > 0) {
            VmArea previous = areas.get(index - 1);
            if (previous.end == area.start && couldMerge(previous, area)) {
                return singleRoot(previous);
            }
        }
        return null;
    }

    private static boolean couldMerge(VmArea lower, VmArea upper) {
        return ((lower.flags ^ upper.flags) & ~(VmFlags.ACCESS | VmFlags.STICKY)) == 0
                && sameSource(lower.source(), upper.source())
                && upper.pgoff == lower.pgoff + lower.pages();
    }

    private static @Nullable AnonVma singleRoot(VmArea area) {
        return area.anonVma() != null && area.anonChain().size() == 1 ? area.anonVma() : null;
    }
}
