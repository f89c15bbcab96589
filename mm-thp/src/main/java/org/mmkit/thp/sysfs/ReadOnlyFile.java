package org.mmkit.thp.sysfs;

import java.util.function.LongSupplier;
import org.mmkit.api.file.PseudoFile;

/** A number that can only be read. */
final class ReadOnlyFile implements PseudoFile {

    private final LongSupplier value;

    ReadOnlyFile(LongSupplier value) {
        this.value = value;
    }

    @Override
    public String read() {
        return value.getAsLong() + "\n";
    }
}
