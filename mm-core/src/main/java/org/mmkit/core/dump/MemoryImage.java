package org.mmkit.core.dump;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.mmkit.api.pgtable.PhysicalWords;

/**
 * A file with the memory of a machine: an ELF core of physical memory (QEMU's dump-guest-memory, virsh dump, /proc/vmcore), or raw
 * bytes (QEMU's pmemsave). Mapped, not read: only pages that are asked for are loaded, and the heap holds none.
 *
 * <p>The words are little-endian, as all three architectures keep their tables. Safe for any thread.
 */
public final class MemoryImage implements PhysicalWords {

    /** A mapping of a file holds less than 2 GiB. */
    private static final int CHUNK_SHIFT = 30;

    private static final int ELF_MAGIC = 0x7F454C46;
    private static final int CLASS_64 = 2;
    private static final int LITTLE_ENDIAN = 1;
    private static final int TYPE_CORE = 4;
    private static final int HEADER_BYTES = 64;
    private static final int SEGMENT_BYTES = 56;
    private static final int LOAD = 1;
    /** e_phnum when there are more segments than fit; the number is in sh_info of section 0 then (PN_XNUM). */
    private static final int MANY_SEGMENTS = 0xFFFF;

    /** Beginnings of files that people take for memory images. */
    private static final List<Alien> ALIENS = List.of(
            new Alien("KDUMP   ", "a compressed kdump; write it as ELF (makedumpfile -E, dump-guest-memory without -z)"),
            new Alien("makedumpfile", "a flattened makedumpfile; turn it into ELF with makedumpfile -R and -E"),
            new Alien("EMiL", "a LiME image; take it raw or as ELF"),
            new Alien("\u001f\u008b", "compressed by gzip; unpack it first"),
            new Alien("\u00fd7zXZ", "compressed by xz; unpack it first"),
            new Alien("(\u00b5/\u00fd", "compressed by zstd; unpack it first"),
            new Alien("QEVM", "a saved state of QEMU; write the memory with dump-guest-memory or pmemsave"),
            new Alien("QFI\u00fb", "a disk image (qcow2), not memory"));

    private record Alien(String magic, String what) {}

    private final Path file;
    private final int machine;
    private final MappedByteBuffer[] chunks;
    private final long[] start;
    private final long[] bytes;
    private final long[] offset;

    private MemoryImage(Path file, int machine, FileChannel channel, List<long[]> segments) throws IOException {
        this.file = file;
        this.machine = machine;
        List<long[]> apart = apart(segments);
        int n = apart.size();
        start = new long[n];
        bytes = new long[n];
        offset = new long[n];
        for (int i = 0; i < n; i++) {
            start[i] = apart.get(i)[0];
            bytes[i] = apart.get(i)[1];
            offset[i] = apart.get(i)[2];
        }
        long size = channel.size();
        chunks = new MappedByteBuffer[(int) (size + (1L << CHUNK_SHIFT) - 1 >>> CHUNK_SHIFT)];
        for (int i = 0; i < chunks.length; i++) {
            long from = (long) i << CHUNK_SHIFT;
            // Seven bytes over, so that a word that begins in one chunk and ends in the next can be read.
            long length = Math.min((1L << CHUNK_SHIFT) + 7, size - from);
            chunks[i] = channel.map(FileChannel.MapMode.READ_ONLY, from, length);
            chunks[i].order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    /**
     * The same memory in segments that do not overlap, in the order of their addresses. A core made with paging has a segment for each
     * mapping, so the same memory is in it many times.
     */
    private static List<long[]> apart(List<long[]> segments) {
        segments.sort((a, b) -> Long.compareUnsigned(a[0], b[0]));
        List<long[]> apart = new ArrayList<>();
        long end = 0;
        for (long[] segment : segments) {
            long over = Long.compareUnsigned(segment[0], end) < 0 ? end - segment[0] : 0;
            if (over < segment[1]) {
                apart.add(new long[] {segment[0] + over, segment[1] - over, segment[2] + over});
                end = segment[0] + segment[1];
            }
        }
        return apart;
    }

    /**
     * Opens {@code file}.
     *
     * @param base the physical address of the first byte of a raw file; an ELF file has its own addresses
     * @throws DumpException when it is no image of memory, or is cut short
     * @throws IOException when it cannot be read
     */
    public static MemoryImage open(Path file, long base) throws DumpException, IOException {
        if (Files.isDirectory(file)) {
            throw new DumpException(file + ": a directory; name a file with the memory of a machine");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer head = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            read(channel, head, 0);
            if (head.limit() >= 4 && Integer.reverseBytes(head.getInt(0)) == ELF_MAGIC) {
                return elf(file, channel, head);
            }
            refuseAliens(file, head);
            if (channel.size() < Long.BYTES) {
                throw new DumpException(file + ":0x0: " + channel.size() + " bytes are no memory; a raw image has at least one table");
            }
            if ((base & 7) != 0) {
                throw new DumpException(file + ": the base address 0x" + Long.toHexString(base) + " is no multiple of 8");
            }
            List<long[]> whole = new ArrayList<>();
            whole.add(new long[] {base, channel.size(), 0});
            return new MemoryImage(file, 0, channel, whole);
        }
    }

    private static void refuseAliens(Path file, ByteBuffer head) throws DumpException {
        for (Alien alien : ALIENS) {
            boolean same = head.limit() >= alien.magic.length();
            for (int i = 0; same && i < alien.magic.length(); i++) {
                same = (head.get(i) & 0xFF) == alien.magic.charAt(i);
            }
            if (same) {
                throw new DumpException(file + ":0x0: " + alien.what);
            }
        }
    }

    private static void read(FileChannel channel, ByteBuffer into, long at) throws IOException {
        // Where the file says that something is at an offset below 0, nothing is there.
        while (at >= 0 && into.hasRemaining() && channel.read(into, at + into.position()) > 0) {
            continue;
        }
        into.flip();
    }

    private static MemoryImage elf(Path file, FileChannel channel, ByteBuffer head) throws DumpException, IOException {
        if (head.limit() < HEADER_BYTES) {
            throw new DumpException(file + ":0x" + Integer.toHexString(head.limit()) + ": cut short within the ELF header of 64 bytes");
        }
        if (head.get(4) != CLASS_64) {
            throw new DumpException(file + ":0x4: a 32-bit ELF file (class " + head.get(4) + "); memory images are 64-bit cores");
        }
        if (head.get(5) != LITTLE_ENDIAN) {
            throw new DumpException(file + ":0x5: a big-endian ELF file; only little-endian machines are supported");
        }
        if (head.getShort(16) != TYPE_CORE) {
            throw new DumpException(file + ":0x10: an ELF file of type " + head.getShort(16)
                    + ", not a core (4); QEMU's dump-guest-memory writes one");
        }
        int machine = head.getShort(18) & 0xFFFF;
        long table = head.getLong(32);
        int entryBytes = head.getShort(54) & 0xFFFF;
        long count = head.getShort(56) & 0xFFFF;
        if (count == MANY_SEGMENTS) {
            ByteBuffer section = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            read(channel, section, head.getLong(40));
            if (section.limit() < HEADER_BYTES) {
                throw new DumpException(file + ":0x" + Long.toHexString(head.getLong(40)) + ": cut short: the number of segments is not there");
            }
            count = section.getInt(44) & 0xFFFF_FFFFL;
        }
        if (entryBytes < SEGMENT_BYTES) {
            throw new DumpException(file + ":0x36: program headers of " + entryBytes + " bytes; 64-bit ELF has 56");
        }
        return new MemoryImage(file, machine, channel, segments(file, channel, table, entryBytes, count));
    }

    private static List<long[]> segments(Path file, FileChannel channel, long table, int entryBytes, long count)
            throws DumpException, IOException {
        List<long[]> segments = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            long at = table + i * entryBytes;
            ByteBuffer header = ByteBuffer.allocate(SEGMENT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            read(channel, header, at);
            if (header.limit() < SEGMENT_BYTES) {
                throw new DumpException(file + ":0x" + Long.toHexString(at) + ": cut short within program header " + i + " of " + count);
            }
            long from = header.getLong(8);
            long length = header.getLong(32);
            if (header.getInt(0) != LOAD || length == 0) {
                continue;
            }
            if (from < 0 || length < 0 || from + length < 0 || from + length > channel.size()) {
                throw new DumpException(file + ":0x" + Long.toHexString(Math.min(channel.size(), Math.max(0, from)))
                        + ": cut short: segment " + i + " goes to offset 0x" + Long.toHexString(from + length)
                        + ", the file ends at 0x" + Long.toHexString(channel.size()));
            }
            segments.add(new long[] {header.getLong(24), length, from});
        }
        if (segments.isEmpty()) {
            throw new DumpException(file + ":0x" + Long.toHexString(table) + ": a core without memory: none of its "
                    + count + " segments is loaded");
        }
        return segments;
    }

    /** The file. */
    public Path file() {
        return file;
    }

    /** The machine that an ELF file names (e_machine); 0 for a raw file. */
    public int machine() {
        return machine;
    }

    /** What memory there is, for messages. */
    public String ranges() {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < Math.min(4, start.length); i++) {
            out.append(i == 0 ? "0x" : ", 0x").append(Long.toHexString(start[i])).append("-0x").append(Long.toHexString(start[i] + bytes[i] - 1));
        }
        return start.length > 4 ? out + " and " + (start.length - 4) + " more ranges" : out.toString();
    }

    /** Bytes of memory held. */
    public long size() {
        long sum = 0;
        for (long n : bytes) {
            sum += n;
        }
        return sum;
    }

    private int segment(long address) {
        int low = 0;
        int high = start.length - 1;
        while (low <= high) {
            int mid = low + high >>> 1;
            if (Long.compareUnsigned(address, start[mid]) < 0) {
                high = mid - 1;
            } else if (address - start[mid] >= 0 && address - start[mid] < bytes[mid]) {
                return mid;
            } else {
                low = mid + 1;
            }
        }
        return -1;
    }

    @Override
    public boolean holds(long address) {
        int s = segment(address);
        return s >= 0 && address - start[s] + Long.BYTES <= bytes[s];
    }

    @Override
    public long word(long address) {
        int s = segment(address);
        if (s < 0 || address - start[s] + Long.BYTES > bytes[s]) {
            throw new IndexOutOfBoundsException(file + " does not hold the memory at 0x" + Long.toHexString(address));
        }
        long at = offset[s] + address - start[s];
        return chunks[(int) (at >>> CHUNK_SHIFT)].getLong((int) (at & (1L << CHUNK_SHIFT) - 1));
    }
}
