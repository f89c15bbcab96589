package org.mmkit.api.arch;

/**
 * Which bits of a word answer the questions that are asked of every entry. A format that has such bits hands them out
 * ({@link EntryFormat#masks}), and the engine's loops test the bits themselves: then it costs nothing that a JVM has used several
 * architectures, whose codecs it could not call without looking up whose turn it is. Each answer must be that of the format's own method.
 *
 * <p>Immutable.
 *
 * @param valid the hardware walks an entry with one of these
 * @param present an entry with one of these is present ({@link EntryFormat#isPresent})
 * @param leaf a present entry above level 1 is a leaf if one of these differs from {@code leafFlip}
 * @param leafFlip 0 where a set bit makes a leaf, {@code leaf} where a clear one does
 * @param user a present leaf with all of these is accessible for user space
 * @param writable an entry with one of these is writable
 * @param accessed the accessed bit
 * @param dirty an entry with one of these is dirty
 * @param dirtyField bits that make an entry dirty, too, if they hold {@code dirtyValue}
 * @param dirtyValue see {@code dirtyField}
 * @param special the bit of pages without mapping counts
 * @param frame where a plain leaf of level 1 holds its frame number; in one of a higher level the bits below its size are others
 * @param frameShift the lowest bit of {@code frame}
 * @param plainField a present entry is plain if these bits hold {@code plainValue}; of others only the format knows the frame
 * @param plainValue see {@code plainField}
 */
public record EntryMasks(
        long valid,
        long present,
        long leaf,
        long leafFlip,
        long user,
        long writable,
        long accessed,
        long dirty,
        long dirtyField,
        long dirtyValue,
        long special,
        long frame,
        int frameShift,
        long plainField,
        long plainValue) {

    /** Collects masks by name; those that are not given are 0, and every entry is plain. Not thread-safe. */
    public static final class Builder {

        private long valid;
        private long present;
        private long leaf;
        private long leafFlip;
        private long user;
        private long writable;
        private long accessed;
        private long dirty;
        private long dirtyField;
        // No bits never hold 1.
        private long dirtyValue = 1;
        private long special;
        private long frame;
        private long plainField;
        private long plainValue;

        /** Without masks yet. */
        public Builder() {}

        /** The hardware walks an entry with one of {@code bits}. */
        public Builder valid(long bits) {
            valid = bits;
            return this;
        }

        /** An entry with one of {@code bits} is present. */
        public Builder present(long bits) {
            present = bits;
            return this;
        }

        /** Above level 1, an entry with one of {@code bits} is a leaf. */
        public Builder leafWith(long bits) {
            leaf = bits;
            leafFlip = 0;
            return this;
        }

        /** Above level 1, an entry without {@code bit} is a leaf. */
        public Builder leafWithout(long bit) {
            leaf = bit;
            leafFlip = bit;
            return this;
        }

        /** User space reaches what an entry with all of {@code bits} maps. */
        public Builder user(long bits) {
            user = bits;
            return this;
        }

        /** An entry with one of {@code bits} is writable. */
        public Builder writable(long bits) {
            writable = bits;
            return this;
        }

        /** The accessed bit. */
        public Builder accessed(long bit) {
            accessed = bit;
            return this;
        }

        /** An entry with one of {@code bits} is dirty. */
        public Builder dirty(long bits) {
            dirty = bits;
            return this;
        }

        /** So is an entry whose {@code field} holds {@code value}. */
        public Builder dirtyWhere(long field, long value) {
            dirtyField = field;
            dirtyValue = value;
            return this;
        }

        /** The bit of pages without mapping counts. */
        public Builder special(long bit) {
            special = bit;
            return this;
        }

        /** Plain entries hold the frame number in {@code bits}. */
        public Builder frame(long bits) {
            frame = bits;
            return this;
        }

        /** Only entries whose {@code field} holds {@code value} are plain. */
        public Builder plainWhere(long field, long value) {
            plainField = field;
            plainValue = value;
            return this;
        }

        /**
         * The masks.
         *
         * @throws IllegalStateException when no bits are present bits, or none hold the frame
         */
        public EntryMasks build() {
            if (present == 0 || frame == 0) {
                throw new IllegalStateException("entries have present bits and a frame number");
            }
            return new EntryMasks(valid, present, leaf, leafFlip, user, writable, accessed, dirty, dirtyField, dirtyValue, special, frame,
                    Long.numberOfTrailingZeros(frame), plainField, plainValue);
        }
    }
}
