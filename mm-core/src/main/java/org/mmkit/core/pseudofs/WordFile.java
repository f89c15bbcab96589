package org.mmkit.core.pseudofs;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.LongUnaryOperator;
import org.mmkit.api.Errno;
import org.mmkit.api.file.PseudoFile;
import org.mmkit.core.PathException;

/**
 * A binary file of 64-bit words, such as pagemap (fs/proc/task_mmu.c, pagemap_read; fs/proc/page.c). Only whole words can be read.
 *
 * @param path its own path, for errors
 * @param words how many words there are
 * @param word gives the word of an index
 */
record WordFile(String path, long words, LongUnaryOperator word) implements PseudoFile {

    /** A text it is not. */
    @Override
    public String read() {
        throw new PathException(path, Errno.EINVAL);
    }

    /** Up to {@code length} bytes from {@code offset}, in the byte order of little-endian machines; empty at the end. */
    byte[] read(long offset, int length) {
        if (offset < 0 || ((offset | length) & 7) != 0 || length < 0) {
            throw new PathException(path, Errno.EINVAL);
        }
        long first = offset >>> 3;
        int count = (int) Math.max(0, Math.min(length >>> 3, words - first));
        ByteBuffer bytes = ByteBuffer.allocate(count << 3).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            bytes.putLong(word.applyAsLong(first + i));
        }
        return bytes.array();
    }
}
