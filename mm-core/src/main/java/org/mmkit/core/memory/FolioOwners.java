package org.mmkit.core.memory;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.memory.FolioOwner;

/**
 * Who a folio belongs to, where in it, and a word that its owner keeps (Linux: mapping, index and private of struct folio), by its head.
 *
 * <p>An untouched section shares its arrays with all others. Thread-safe as {@link org.mmkit.api.memory.Frames} says of them.
 */
final class FolioOwners {

    private final FolioOwner[] noOwner;
    private final long[] zero;
    private final @Nullable FolioOwner[][] owners;
    private final long[][] indexes;
    private final long[][] words;
    private final int sectionOrder;
    private final int mask;

    FolioOwners(int sections, int sectionOrder) {
        this.sectionOrder = sectionOrder;
        mask = (1 << sectionOrder) - 1;
        noOwner = new FolioOwner[mask + 1];
        zero = new long[mask + 1];
        owners = SectionArrays.filled(new FolioOwner[sections][], noOwner);
        indexes = SectionArrays.filled(new long[sections][], zero);
        words = SectionArrays.filled(new long[sections][], zero);
    }

    private int section(long pfn) {
        return (int) (pfn >>> sectionOrder);
    }

    FolioOwner owner(long head) {
        FolioOwner owner = owners[section(head)][(int) head & mask];
        if (owner == null) {
            throw new IllegalStateException("frame 0x" + Long.toHexString(head) + " has no owner");
        }
        return owner;
    }

    boolean hasOwner(long head) {
        return owners[section(head)][(int) head & mask] != null;
    }

    void set(long head, FolioOwner owner, long index) {
        int s = section(head);
        SectionArrays.own(owners, s, noOwner)[(int) head & mask] = owner;
        SectionArrays.own(indexes, s, zero)[(int) head & mask] = index;
    }

    void clear(long head) {
        int s = section(head);
        if (owners[s] != noOwner) {
            owners[s][(int) head & mask] = null;
        }
    }

    /** {@link #clear} for {@code n} single frames of one section without words. */
    void clear(long pfn, int n) {
        int s = section(pfn);
        if (owners[s] != noOwner) {
            int i = (int) pfn & mask;
            Arrays.fill(owners[s], i, i + n, null);
        }
    }

    long index(long head) {
        return indexes[section(head)][(int) head & mask];
    }

    long word(long head) {
        return words[section(head)][(int) head & mask];
    }

    void setWord(long head, long value) {
        SectionArrays.own(words, section(head), zero)[(int) head & mask] = value;
    }

    /** The folio is free: neither an owner nor a word. */
    void forget(long head) {
        clear(head);
        int s = section(head);
        if (words[s] != zero) {
            words[s][(int) head & mask] = 0;
        }
    }

    /** How many of {@code most} frames of one section, from {@code pfn} on in {@code direction}, come before one that has a word. */
    int withoutWord(long pfn, int most, int direction) {
        long[] w = words[section(pfn)];
        int i = (int) pfn & mask;
        int n = 0;
        while (w != zero && n < most && w[i + n * direction] == 0) {
            n++;
        }
        return w == zero ? most : n;
    }
}
