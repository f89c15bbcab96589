package org.mmkit.api.arch;

/**
 * The shape of an architecture's page tables: how a virtual address is cut into indexes.
 *
 * <pre>
 *   bit  vaBits-1                                  pageShift           0
 *        | index of level {@code levels} | … | index of level 1 |  offset  |
 * </pre>
 *
 * <p>Levels count from the leaf table upwards: an entry of level 1 maps a base page (Linux: PTE), level 2 is
 * Linux's PMD, level 3 its PUD. Immutable.
 *
 * @param pageShift log2 of the base page size in bytes
 * @param indexBits for each level, from level 1, how many address bits index its table
 * @param leafLevels bit {@code n} set: an entry of level n may map memory itself
 * @param vaBits address bits that are translated; the bits above repeat the highest one where
 *     {@code signExtended}
 * @param paBits physical address bits that an entry can hold
 * @param signExtended whether addresses above the lower half are canonical (x86-64, RISC-V)
 * @param contiguousBits for each level, from level 1, log2 of the leaves that can be marked as one run; 0 where none can
 */
public record PageTableLayout(
        int pageShift, int[] indexBits, int leafLevels, int vaBits, int paBits, boolean signExtended, int[] contiguousBits) {

    /** Tables without runs of leaves. */
    public PageTableLayout(int pageShift, int[] indexBits, int leafLevels, int vaBits, int paBits, boolean signExtended) {
        this(pageShift, indexBits, leafLevels, vaBits, paBits, signExtended, new int[indexBits.length]);
    }

    public PageTableLayout {
        indexBits = indexBits.clone();
        contiguousBits = contiguousBits.clone();
        if (contiguousBits.length != indexBits.length) {
            throw new IllegalArgumentException(indexBits.length + " levels, but runs for " + contiguousBits.length);
        }
        int bits = pageShift;
        for (int n : indexBits) {
            bits += n;
        }
        if (bits < vaBits) {
            throw new IllegalArgumentException("indexes cover " + bits + " address bits, but vaBits is " + vaBits);
        }
        if ((leafLevels & 1 << 1) == 0) {
            throw new IllegalArgumentException("level 1 must be a leaf level");
        }
    }

    @Override
    public int[] indexBits() {
        return indexBits.clone();
    }

    @Override
    public int[] contiguousBits() {
        return contiguousBits.clone();
    }

    /** Leaves of {@code level} that can be marked as one run, which begins at a multiple of their number; 1 where none can. */
    public int contiguousEntries(int level) {
        return 1 << contiguousBits[level - 1];
    }

    /** How many levels of tables there are; the root is of this level. */
    public int levels() {
        return indexBits.length;
    }

    /** Entries of a table of {@code level}. */
    public int entries(int level) {
        return 1 << indexBits[level - 1];
    }

    /** log2 of the bytes that one entry of {@code level} covers. */
    public int shift(int level) {
        int shift = pageShift;
        for (int i = 0; i < level - 1; i++) {
            shift += indexBits[i];
        }
        return shift;
    }

    /** Bytes that one entry of {@code level} covers. */
    public long size(int level) {
        return 1L << shift(level);
    }

    /** log2 of the base pages that one leaf of {@code level} maps: 0 for level 1, 9 for an x86-64 PMD. */
    public int order(int level) {
        return shift(level) - pageShift;
    }

    /** The highest level whose entries may map memory themselves; on a machine with few levels that of the root. */
    public int highestLeafLevel() {
        return Integer.SIZE - 1 - Integer.numberOfLeadingZeros(leafLevels);
    }

    /** Whether an entry of {@code level} may map memory. */
    public boolean mayBeLeaf(int level) {
        return (leafLevels >>> level & 1) != 0;
    }

    /** The index of {@code va} in its table of {@code level}. */
    public int index(long va, int level) {
        return (int) (va >>> shift(level)) & (1 << indexBits[level - 1]) - 1;
    }
}
