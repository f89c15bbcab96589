package org.mmkit.core.dump;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;
import org.mmkit.api.pgtable.PhysicalWords;

/**
 * Page tables without the memory that they map: an ELF core that holds the tables which were added and nothing else. It can be
 * walked like the image that it was taken from, and given away: no program's or kernel's data is in it. Not thread-safe.
 */
public final class TableExtract {

    private static final int HEADER_BYTES = 64;
    private static final int SEGMENT_BYTES = 56;
    private static final int MOST_SEGMENTS = 0xFFFE;

    private final PhysicalWords words;
    private final int machine;
    /** Length of each piece by its address, not overlapping, joined where they touch. */
    private final TreeMap<Long, Long> pieces = new TreeMap<>();

    /** Takes tables out of {@code words} of a machine with the ELF number {@code machine}. */
    public TableExtract(PhysicalWords words, int machine) {
        this.words = words;
        this.machine = machine;
    }

    /** Adds the table of {@code bytes} at {@code address}. */
    public void add(long address, long bytes) {
        long from = address;
        long to = address + bytes;
        Map.Entry<Long, Long> before = pieces.floorEntry(from);
        if (before != null && before.getKey() + before.getValue() >= from) {
            from = before.getKey();
            to = Math.max(to, from + before.getValue());
        }
        for (Map.Entry<Long, Long> next = pieces.ceilingEntry(from); next != null && next.getKey() <= to; next = pieces.ceilingEntry(from)) {
            to = Math.max(to, next.getKey() + next.getValue());
            pieces.remove(next.getKey());
        }
        pieces.put(from, to - from);
    }

    /** Bytes of all tables added. */
    public long size() {
        return pieces.values().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * Writes the file.
     *
     * @throws DumpException when there are more separate pieces than an ELF file names in its header
     */
    public void write(Path file) throws DumpException, IOException {
        int n = pieces.size();
        if (n > MOST_SEGMENTS) {
            throw new DumpException(file + ": the tables lie in " + n + " pieces of memory, " + MOST_SEGMENTS + " can be written");
        }
        ByteBuffer head = ByteBuffer.allocate(HEADER_BYTES + n * SEGMENT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        // Magic, 64 bits, little-endian, version 1; core, machine, version; no entry; program headers follow; no sections.
        head.put(new byte[] {0x7F, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        head.putShort((short) 4).putShort((short) machine).putInt(1).putLong(0).putLong(HEADER_BYTES).putLong(0).putInt(0);
        head.putShort((short) HEADER_BYTES).putShort((short) SEGMENT_BYTES).putShort((short) n).putShort((short) 0).putInt(0);
        long offset = head.capacity();
        for (Map.Entry<Long, Long> piece : pieces.entrySet()) {
            head.putInt(1).putInt(0).putLong(offset).putLong(0).putLong(piece.getKey());
            head.putLong(piece.getValue()).putLong(piece.getValue()).putLong(0);
            offset += piece.getValue();
        }
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            writeAll(channel, head.flip());
            for (Map.Entry<Long, Long> piece : pieces.entrySet()) {
                writeAll(channel, bytes(piece.getKey(), Math.toIntExact(piece.getValue())));
            }
        }
    }

    private ByteBuffer bytes(long address, int length) {
        ByteBuffer out = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < length; i += Long.BYTES) {
            out.putLong(words.word(address + i));
        }
        return out.flip();
    }

    private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
