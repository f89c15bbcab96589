package org.mmkit.api.file;

import org.mmkit.api.ErrnoException;

/** A kind of file system that mount(2) can make (Linux: struct file_system_type). */
public interface FileSystemType {

    /** The name that is given to {@code mount -t}. */
    String name();

    /**
     * Makes a file system with the comma-separated {@code options}; empty for none.
     *
     * @throws ErrnoException with EINVAL for an option that is not known or has a bad value, ENOMEM and others as the type says
     */
    FileSystem mount(String options) throws ErrnoException;
}
