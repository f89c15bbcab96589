package org.mmkit.api.arch;

/**
 * One field of a page-table entry, explained for a person.
 *
 * @param high its highest bit
 * @param low its lowest bit
 * @param name as the manual or the kernel calls it
 * @param value what it holds in the entry, shifted down
 * @param meaning what that value says, in a few words; begins with the source when software gave the bit its meaning
 */
public record EntryField(int high, int low, String name, long value, String meaning) {

    /** Checks that the bits are in order. */
    public EntryField {
        if (high < low || low < 0 || high > 63) {
            throw new IllegalArgumentException("bits " + high + ":" + low + " are no field of a 64-bit word");
        }
    }

    /** The field of {@code entry} from bit {@code low} to bit {@code high}. */
    public static EntryField of(long entry, int high, int low, String name, String meaning) {
        return new EntryField(high, low, name, entry << 63 - high >>> 63 - high + low, meaning);
    }

    /** The bits of the field, in place. */
    public long mask() {
        return -1L >>> 63 - high + low << low;
    }
}
