package org.mmkit.api.file;

/** A file of /proc or /sys that does something when it is written and tells nothing: its mode has w and no r. */
@FunctionalInterface
public interface WriteOnlyFile extends PseudoFile {

    @Override
    default String read() {
        throw new UnsupportedOperationException("this file can only be written");
    }

    @Override
    default boolean isReadable() {
        return false;
    }

    @Override
    default boolean isWritable() {
        return true;
    }

    @Override
    int write(String text);
}
