package org.mmkit.api.file;

import org.mmkit.api.space.Fault;

/** What a page cache asks of the file it belongs to. */
public interface MappingHost {

    /** Size of the file in bytes. */
    long size();

    /** See {@link FileMapping#faultIn}. */
    long faultIn(long index, Fault fault);
}
