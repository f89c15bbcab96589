package org.mmkit.core.memory;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.InvariantViolation;

/**
 * The free blocks of all zones, and the migratetype of each page block.
 *
 * <p>A section gets its arrays when its first block is cut, together with a number from 1 up. Inside, a frame is
 * named by an int, its <em>place</em>: section number and index in the section. Lists link places, so a machine may span any
 * number of frames as long as no more than 2^32 lie in touched sections. Place 0 stands for "none".
 *
 * <p>Blocks of one list are all of one zone, order and migratetype, the one of their first page block.
 */
final class FreeBlocks {

    /** Set in the state of the first frame of a free block; the order stands in the low bits. All other states are 0. */
    static final int FREE = 0x80;

    private static final byte UNTOUCHED = 1;
    private static final byte TOUCHED = 2;
    /** Wholly handed out without ever having had blocks. */
    private static final byte TAKEN = 3;

    final int sectionOrder;
    final int mask;
    final int blockOrder;

    /** Order of the largest blocks. */
    final int maxOrder;

    /** Section number of each section, 0 while it is untouched. */
    private final int[] numberOf;

    private final byte[] kind;
    private int[] sectionOf = new int[16];
    private byte[][] states = new byte[16][];
    /** Two ints per frame: the next block of its list, and the one before it. */
    private int[][] links = new int[16][];
    private byte[][] types = new byte[16][];
    private int numbers = 1;

    private @Nullable Zone captureZone;
    private int captureOrder;
    private int captureType;
    private int captured;

    FreeBlocks(int sections, int sectionOrder, int blockOrder, int maxOrder) {
        if (blockOrder > sectionOrder || sectionOrder < maxOrder) {
            throw new IllegalArgumentException("sections of 2^" + sectionOrder + " frames are smaller than a block");
        }
        this.sectionOrder = sectionOrder;
        this.blockOrder = blockOrder;
        this.maxOrder = maxOrder;
        mask = (1 << sectionOrder) - 1;
        numberOf = new int[sections];
        kind = new byte[sections];
    }

    int sections() {
        return kind.length;
    }

    int section(long pfn) {
        return (int) (pfn >>> sectionOrder);
    }

    boolean isUntouched(int section) {
        return kind[section] == UNTOUCHED;
    }

    boolean isTouched(int section) {
        return kind[section] == TOUCHED;
    }

    /** Makes the sections {@code from} to {@code to} - 1, wholly free memory of {@code zone}, untouched sections. */
    void addUntouched(Zone zone, int from, int to) {
        Arrays.fill(kind, from, to, UNTOUCHED);
        zone.untouchedSections += to - from;
        zone.firstUntouched = Math.min(zone.firstUntouched, from);
        zone.free += (long) (to - from) << sectionOrder;
    }

    /** Hands an untouched section out whole. */
    void take(Zone zone, int section) {
        kind[section] = TAKEN;
        zone.untouchedSections--;
        zone.free -= mask + 1L;
    }

    /** Whether {@code section} was handed out whole without ever having had blocks. */
    boolean isTaken(int section) {
        return kind[section] == TAKEN;
    }

    /** Gives {@code section} its arrays, without a free block in it. */
    synchronized void touch(int section) {
        if (kind[section] == TOUCHED) {
            return;
        }
        kind[section] = TOUCHED;
        int number = numbers++;
        if (number >>> 32 - sectionOrder != 0) {
            throw new IllegalStateException("more than 2^32 frames of memory are in use, the allocator cannot hold more");
        }
        if (number == states.length) {
            int length = 2 * number;
            sectionOf = Arrays.copyOf(sectionOf, length);
            states = Arrays.copyOf(states, length);
            links = Arrays.copyOf(links, length);
            types = Arrays.copyOf(types, length);
        }
        sectionOf[number] = section;
        states[number] = new byte[mask + 1];
        links[number] = new int[2 * (mask + 1)];
        types[number] = new byte[1 << sectionOrder - blockOrder];
        Arrays.fill(types[number], (byte) BuddyAllocator.MOVABLE);
        numberOf[section] = number;
    }

    /** Cuts the lowest untouched section of {@code zone}, which has one, into free blocks of the largest order. */
    void cutUntouched(Zone zone) {
        int section = zone.firstUntouched;
        while (kind[section] != UNTOUCHED) {
            section++;
        }
        zone.firstUntouched = section + 1;
        cutUntouched(zone, section);
    }

    /** Cuts the untouched {@code section} of {@code zone} into free blocks of the largest order. */
    void cutUntouched(Zone zone, int section) {
        zone.untouchedSections--;
        touch(section);
        int base = numberOf[section] << sectionOrder;
        for (int i = 0; i <= mask; i += 1 << maxOrder) {
            addLast(zone, base + i, maxOrder, BuddyAllocator.MOVABLE);
        }
    }

    /** The place of {@code pfn}, whose section is touched. */
    int place(long pfn) {
        return numberOf[(int) (pfn >>> sectionOrder)] << sectionOrder | (int) pfn & mask;
    }

    /** The place of {@code pfn}, or 0 when its section is not touched. */
    int placeOrZero(long pfn) {
        int number = numberOf[(int) (pfn >>> sectionOrder)];
        return number == 0 ? 0 : number << sectionOrder | (int) pfn & mask;
    }

    long pfn(int place) {
        return (long) sectionOf[place >>> sectionOrder] << sectionOrder | place & mask;
    }

    /** Whether the block of {@code order} at {@code place} is free as exactly such a block. */
    boolean isFree(int place, int order) {
        return states[place >>> sectionOrder][place & mask] == (byte) (FREE | order);
    }

    /** The order of the free block that begins at {@code place}; -1 when none begins there. */
    int freeOrder(int place) {
        int state = states[place >>> sectionOrder][place & mask];
        return (state & FREE) == 0 ? -1 : state & 0x7F;
    }

    /** Whether {@code place} lies in a free block. */
    boolean isCovered(int place) {
        for (int order = 0; order <= maxOrder; order++) {
            if (freeOrder(place & -(1 << order)) >= order) {
                return true;
            }
        }
        return false;
    }

    /** The migratetype of the page block of {@code place}. */
    int type(int place) {
        return types[place >>> sectionOrder][(place & mask) >>> blockOrder];
    }

    void setType(int place, int type) {
        types[place >>> sectionOrder][(place & mask) >>> blockOrder] = (byte) type;
    }

    int next(int place) {
        return links[place >>> sectionOrder][2 * (place & mask)];
    }

    private void setNext(int place, int next) {
        links[place >>> sectionOrder][2 * (place & mask)] = next;
    }

    int previous(int place) {
        return links[place >>> sectionOrder][2 * (place & mask) + 1];
    }

    private void setPrevious(int place, int previous) {
        links[place >>> sectionOrder][2 * (place & mask) + 1] = previous;
    }

    // Adding to and removing from lists leaves Zone.free alone: it changes once per request, not once per split or join.

    void addFirst(Zone zone, int place, int order, int type) {
        int list = order * Zone.TYPES + type;
        int head = zone.heads[list];
        mark(place, order, head, 0);
        zone.heads[list] = place;
        if (head == 0) {
            zone.tails[list] = place;
        } else {
            setPrevious(head, place);
        }
        zone.counts[list]++;
    }

    void addLast(Zone zone, int place, int order, int type) {
        int list = order * Zone.TYPES + type;
        int tail = zone.tails[list];
        mark(place, order, 0, tail);
        zone.tails[list] = place;
        if (tail == 0) {
            zone.heads[list] = place;
        } else {
            setNext(tail, place);
        }
        zone.counts[list]++;
    }

    private void mark(int place, int order, int next, int previous) {
        int section = place >>> sectionOrder;
        int i = place & mask;
        states[section][i] = (byte) (FREE | order);
        int[] link = links[section];
        link[2 * i] = next;
        link[2 * i + 1] = previous;
    }

    void remove(Zone zone, int place, int order, int type) {
        int list = order * Zone.TYPES + type;
        int section = place >>> sectionOrder;
        int i = place & mask;
        int[] link = links[section];
        int after = link[2 * i];
        int before = link[2 * i + 1];
        states[section][i] = 0;
        if (before == 0) {
            zone.heads[list] = after;
        } else {
            setNext(before, after);
        }
        if (after == 0) {
            zone.tails[list] = before;
        } else {
            setPrevious(after, before);
        }
        zone.counts[list]--;
    }

    /**
     * Takes a block of {@code order} from the lists of exactly {@code type}, cutting the smallest that is large enough.
     *
     * @return its place, or 0
     */
    int takeSmallest(Zone zone, int order, int type) {
        for (int o = order; o <= maxOrder; o++) {
            int place = zone.heads[o * Zone.TYPES + type];
            if (place != 0) {
                remove(zone, place, o, type);
                cut(zone, place, o, order, type);
                zone.free -= 1L << order;
                return place;
            }
        }
        return 0;
    }

    /** Puts what a block of order {@code from} at {@code place} has beyond its first 2^{@code to} frames on the lists of {@code type}. */
    void cut(Zone zone, int place, int from, int to, int type) {
        for (int o = from - 1; o >= to; o--) {
            addFirst(zone, place + (1 << o), o, type);
        }
    }

    /** Puts what a block of {@code order} at {@code place} has beyond its first {@code n} frames on the lists of {@code type}, which has no smaller block. */
    void cutBehind(Zone zone, int place, int order, int n, int type) {
        for (int at = n; at < 1 << order; ) {
            int o = Integer.numberOfTrailingZeros(at);
            addFirst(zone, place + at, o, type);
            at += 1 << o;
        }
    }

    /**
     * The next block of {@code order} that comes up in {@code zone} by joining is not put on a list, but kept for the compaction under
     * way (compaction_capture); page blocks of movable memory are kept whole unless {@code type} is movable.
     */
    void capture(Zone zone, int order, int type) {
        captureZone = zone;
        captureOrder = order;
        captureType = type;
        captured = 0;
    }

    /** Ends {@link #capture}: the place of the block that was kept, or 0. */
    int endCapture() {
        captureZone = null;
        int place = captured;
        captured = 0;
        return place;
    }

    /** Whether a block was kept since {@link #capture}. */
    boolean hasCaptured() {
        return captured != 0;
    }

    private boolean isCaptured(Zone zone, int place, int order, int type) {
        if (captured != 0
                || order != captureOrder
                || type >= Zone.PCP_TYPES
                || order < blockOrder && type == BuddyAllocator.MOVABLE && captureType != BuddyAllocator.MOVABLE) {
            return false;
        }
        captured = place;
        zone.free -= 1L << order;
        return true;
    }

    /** Frees the block of {@code order} at {@code place}, joining it with its free buddies. */
    void free(Zone zone, int place, int order) {
        byte[] state = states[place >>> sectionOrder];
        int base = place & ~mask;
        zone.free += 1L << order;
        int i = place & mask;
        int type = type(place);
        while (order < maxOrder) {
            if (zone == captureZone && isCaptured(zone, base | i, order, type)) {
                return;
            }
            int buddy = i ^ 1 << order;
            if (state[buddy] != (byte) (FREE | order)) {
                break;
            }
            int buddyType = type;
            if (order >= blockOrder) {
                buddyType = type(base | buddy);
                // Page blocks of the three ordinary types join; highatomic and isolated ones stay apart.
                if (buddyType != type && (buddyType >= Zone.PCP_TYPES || type >= Zone.PCP_TYPES)) {
                    break;
                }
            }
            remove(zone, base | buddy, order, buddyType);
            if (buddyType != type) {
                setTypes(base | buddy, order, type);
            }
            i &= buddy;
            order++;
        }
        // A block whose buddy may soon be free too goes last, so that it is handed out late (mm/page_alloc.c, buddy_merge_likely).
        boolean mayJoin = order < maxOrder - 1 && state[(i & ~(1 << order)) ^ 1 << order + 1] == (byte) (FREE | order + 1);
        if (mayJoin) {
            addLast(zone, base | i, order, type);
        } else {
            addFirst(zone, base | i, order, type);
        }
    }

    /** Whether a block of {@code zone} may be kept for the compaction under way. */
    boolean isCapturing(Zone zone) {
        return zone == captureZone;
    }

    /**
     * Frees {@code n} single frames of one zone one after the other in {@code direction}. Frames that make up a whole block of a page block
     * join step by step to just that block, and their blocks on the way leave each list as it was: so it is freed at once. Not while a
     * block is to be {@linkplain #capture captured}.
     */
    void freeSingles(Zone zone, int place, int n, int direction) {
        int at = place;
        for (int left = n; left > 0; ) {
            int edge = direction > 0 ? at : at + 1;
            int order = Math.min(Math.min(Integer.numberOfTrailingZeros(edge), blockOrder), 31 - Integer.numberOfLeadingZeros(left));
            free(zone, direction > 0 ? at : edge - (1 << order), order);
            at += direction << order;
            left -= 1 << order;
        }
    }

    /** Throws unless none of the {@code n} frames from {@code place} on, which are of one section, begins a free block. */
    void checkTaken(int place, int n) {
        byte[] state = states[place >>> sectionOrder];
        int i = place & mask;
        if (state[i] != 0 || Arrays.mismatch(state, i, i + n - 1, state, i + 1, i + n) >= 0) {
            throw new InvariantViolation("of the " + n + " frames from 0x" + Long.toHexString(pfn(place)) + " on that are freed, one is free");
        }
    }

    /** The last block of a list, or 0. */
    int last(Zone zone, int order, int type) {
        return zone.tails[order * Zone.TYPES + type];
    }

    /** Turns a list so that {@code place}, which is on it, comes first and what stood before it comes last. */
    void rotate(Zone zone, int place, int order, int type) {
        int list = order * Zone.TYPES + type;
        int head = zone.heads[list];
        if (place == head) {
            return;
        }
        int tail = zone.tails[list];
        int before = previous(place);
        setNext(tail, head);
        setPrevious(head, tail);
        setNext(before, 0);
        setPrevious(place, 0);
        zone.heads[list] = place;
        zone.tails[list] = before;
    }

    /** Sets the migratetype of all page blocks of a block of {@code order}, which is at least the page-block order. */
    void setTypes(int place, int order, int type) {
        for (int i = 0; i < 1 << order; i += 1 << blockOrder) {
            setType(place + i, type);
        }
    }

    /** Moves all free blocks of the page block that holds {@code place} to the lists of {@code type}, and the page block with them. */
    void moveBlock(Zone zone, int place, int type) {
        int first = place & -(1 << blockOrder);
        int old = type(first);
        for (int i = first; i < first + (1 << blockOrder); ) {
            int order = freeOrder(i);
            if (order >= 0) {
                remove(zone, i, order, old);
                addLast(zone, i, order, type);
                i += 1 << order;
            } else {
                i++;
            }
        }
        setType(first, type);
    }

    /** Free frames in the page block that holds {@code place}. */
    int freeInBlock(int place) {
        int first = place & -(1 << blockOrder);
        int free = 0;
        for (int i = first; i < first + (1 << blockOrder); ) {
            int order = freeOrder(i);
            free += order >= 0 ? 1 << order : 0;
            i += order > 0 ? 1 << order : 1;
        }
        return free;
    }

    /** Page blocks of each migratetype in the touched sections of {@code zone}. */
    void countTypes(Zone zone, long[] into) {
        for (int number = 1; number < numbers; number++) {
            long base = (long) sectionOf[number] << sectionOrder;
            for (int b = 0; b < types[number].length; b++) {
                long pfn = base + ((long) b << blockOrder);
                if (pfn >= zone.start && pfn < zone.end) {
                    into[types[number][b]]++;
                }
            }
        }
    }

    /** Checks the lists of {@code zone} against states, types and totals. */
    void verify(Zone zone) {
        long free = (long) zone.untouchedSections << sectionOrder;
        for (int order = 0; order <= maxOrder; order++) {
            int blocks = 0;
            for (int type = 0; type < Zone.TYPES; type++) {
                blocks += verifyList(zone, order, type);
            }
            free += (long) blocks << order;
        }
        if (free != zone.free) {
            throw new InvariantViolation(zone + ": its lists hold " + free + " frames");
        }
    }

    private int verifyList(Zone zone, int order, int type) {
        int n = 0;
        int before = 0;
        for (int place = zone.heads[order * Zone.TYPES + type]; place != 0; place = next(place)) {
            long pfn = pfn(place);
            String what = "";
            if (!isFree(place, order)) {
                what = "is not marked as one";
            } else if (type(place) != type) {
                what = "lies in a page block of type " + type(place);
            } else if ((pfn & (1L << order) - 1) != 0 || pfn < zone.start || pfn + (1L << order) > zone.end) {
                what = "lies outside the zone or is not aligned";
            } else if (previous(place) != before) {
                what = "has a wrong back link";
            } else if (order < maxOrder && isFree(place ^ 1 << order, order)
                    && (order < blockOrder || type(place ^ 1 << order) == type)) {
                what = "has a free buddy";
            }
            if (!what.isEmpty()) {
                throw new InvariantViolation("frame 0x" + Long.toHexString(pfn) + ": on the free list of order " + order
                        + " and type " + type + " of " + zone + ", but " + what);
            }
            before = place;
            n++;
        }
        if (n != zone.counts[order * Zone.TYPES + type] || zone.tails[order * Zone.TYPES + type] != before) {
            throw new InvariantViolation(zone + ": the free list of order " + order + " and type " + type + " holds " + n
                    + " blocks, counted " + zone.counts[order * Zone.TYPES + type]);
        }
        return n;
    }

    /** Counts states that say "free" in touched sections of {@code zone}: none may be missing from the lists, none may overlap. */
    long countMarked(Zone zone) {
        long frames = 0;
        for (int number = 1; number < numbers; number++) {
            long base = (long) sectionOf[number] << sectionOrder;
            if (base >= zone.end || base + mask < zone.start) {
                continue;
            }
            int covered = 0;
            for (int i = 0; i <= mask; i++) {
                int order = freeOrder(number << sectionOrder | i);
                if (order < 0 || base + i < zone.start || base + i >= zone.end) {
                    continue;
                }
                if (i < covered) {
                    throw new InvariantViolation(
                            "frame 0x" + Long.toHexString(base + i) + ": begins a free block inside another one");
                }
                covered = i + (1 << order);
                frames += 1L << order;
            }
        }
        return frames;
    }
}
