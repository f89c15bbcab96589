package org.mmkit.api.file;

/** An open file description (Linux: struct file). */
public interface OpenFile {

    /** The file. */
    Inode inode();

    /** Whether it was opened for reading. */
    boolean isReadable();

    /** Whether it was opened for writing. */
    boolean isWritable();
}
