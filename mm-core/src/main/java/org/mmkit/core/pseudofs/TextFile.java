package org.mmkit.core.pseudofs;

import java.util.function.Supplier;
import org.mmkit.api.file.PseudoFile;

/** A file that can only be read. */
record TextFile(Supplier<String> content) implements PseudoFile {

    @Override
    public String read() {
        return content.get();
    }
}
