package org.mmkit.replay.reader;

import java.util.Arrays;
import org.mmkit.api.space.MapFlags;

/**
 * The mappings that events of a recording make, one row each.
 *
 * <p>Filled by one thread through {@link RecordingBuilder}; read-only afterwards.
 */
public final class MappingTable {

    /** Private anonymous memory. */
    public static final byte ANON = 0;

    /** A file, shared or private; {@link #file} is valid. */
    public static final byte FILE = 1;

    /** Shared anonymous memory; {@link #file} names it. */
    public static final byte SHARED_ANON = 2;

    /** The stack that exec made: arguments at its top are present. */
    public static final byte STACK = 3;

    /** Pages that the kernel lends, one fault each: vdso, vvar. */
    public static final byte SPECIAL = 4;

    /** Anonymous memory of HugeTLB pages, private or shared: MAP_HUGETLB. */
    public static final byte HUGETLB = 5;

    private byte[] type = new byte[64];
    private long[] start = new long[64];
    private long[] length = new long[64];
    private long[] offset = new long[64];
    private int[] protection = new int[64];
    private int[] flags = new int[64];
    private int[] file = new int[64];
    private int size;

    MappingTable() {}

    /** Number of rows. */
    public int size() {
        return size;
    }

    /** {@link #ANON}, {@link #FILE}, … */
    public byte type(int row) {
        return type[row];
    }

    /** First address. */
    public long start(int row) {
        return start[row];
    }

    /** Length in bytes, a multiple of the page size. */
    public long length(int row) {
        return length[row];
    }

    /** Offset in the file, in bytes. */
    public long offset(int row) {
        return offset[row];
    }

    /** Bits of PROT_READ (1), PROT_WRITE (2), PROT_EXEC (4). */
    public int protection(int row) {
        return protection[row];
    }

    /** The MAP_… flags of mmap, or the MREMAP_… flags of mremap, as the program gave them. */
    public int flags(int row) {
        return flags[row];
    }

    /** Index in {@link FileTable}, or -1. */
    public int file(int row) {
        return file[row];
    }

    /** The HugeTLB page size that MAP_HUGETLB of {@code row} asked for, in bytes; that of the file is in {@link FileTable}. */
    public long hugePageBytes(int row) {
        int shift = flags(row) >>> MapFlags.MAP_HUGE_SHIFT & MapFlags.MAP_HUGE_MASK;
        return shift == 0 ? HugetlbMounts.USUAL_BYTES : 1L << shift;
    }

    int add(byte newType, long newStart, long newLength, long newOffset, int newProtection, int newFlags, int newFile) {
        if (size == type.length) {
            int capacity = size * 2;
            type = Arrays.copyOf(type, capacity);
            start = Arrays.copyOf(start, capacity);
            length = Arrays.copyOf(length, capacity);
            offset = Arrays.copyOf(offset, capacity);
            protection = Arrays.copyOf(protection, capacity);
            flags = Arrays.copyOf(flags, capacity);
            file = Arrays.copyOf(file, capacity);
        }
        int row = size++;
        type[row] = newType;
        start[row] = newStart;
        length[row] = newLength;
        offset[row] = newOffset;
        protection[row] = newProtection;
        flags[row] = newFlags;
        file[row] = newFile;
        return row;
    }

    void changeLength(int row, long newLength) {
        length[row] = newLength;
    }
}
