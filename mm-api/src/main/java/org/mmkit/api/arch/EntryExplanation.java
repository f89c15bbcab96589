package org.mmkit.api.arch;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Collects the fields of one entry; what a backend's {@link EntryFormat#explain} is made with. Not thread-safe.
 */
public final class EntryExplanation {

    private final long entry;
    private final List<EntryField> fields = new ArrayList<>();
    private long left;

    /** Of {@code entry}. */
    public EntryExplanation(long entry) {
        this.entry = entry;
        this.left = entry;
    }

    /** The field from bit {@code low} to bit {@code high}, whatever it holds. */
    public EntryExplanation field(int high, int low, String name, String meaning) {
        EntryField field = EntryField.of(entry, high, low, name, meaning);
        fields.add(field);
        left &= ~field.mask();
        return this;
    }

    /** The field from bit {@code low} to bit {@code high}, unless it holds 0. */
    public EntryExplanation fieldIfSet(int high, int low, String name, String meaning) {
        return EntryField.of(entry, high, low, name, meaning).value() == 0 ? this : field(high, low, name, meaning);
    }

    /** The bit {@code bit}, if it is set. */
    public EntryExplanation flag(int bit, String name, String meaning) {
        return fieldIfSet(bit, bit, name, meaning);
    }

    /** The bit {@code bit}, set or not, with a meaning for either. */
    public EntryExplanation bit(int bit, String name, String ifSet, String ifClear) {
        return field(bit, bit, name, (entry >>> bit & 1) != 0 ? ifSet : ifClear);
    }

    /** All fields, the highest first; bits that no field has taken stand for themselves with {@code meaning}. */
    public List<EntryField> with(String meaning) {
        for (int bit = 63; bit >= 0; bit--) {
            if ((left >>> bit & 1) != 0) {
                fields.add(EntryField.of(entry, bit, bit, "bit " + bit, meaning));
            }
        }
        fields.sort((a, b) -> Integer.compare(b.high(), a.high()));
        return List.copyOf(fields);
    }

    /** {@code fields} in one line behind {@code prefix}: single bits by name, {@code !} before those that are clear, others with their value. */
    public static String line(String prefix, List<EntryField> fields) {
        return fields.stream()
                .map(f -> f.low() == f.high() ? (f.value() == 0 ? "!" : "") + f.name() : f.name() + "=0x" + Long.toHexString(f.value()))
                .collect(Collectors.joining(" ", prefix, ""));
    }
}
