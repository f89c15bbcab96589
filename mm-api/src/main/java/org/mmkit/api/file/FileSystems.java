package org.mmkit.api.file;

/** The file systems of a machine, as a feature that brings one sees them. */
public interface FileSystems {

    /** Registers a type for mount; an {@link IllegalArgumentException} names the type when there is one of that name. */
    void register(FileSystemType type);

    /** Registers the maker of nameless files of huge pages. */
    void hugeFiles(HugeFileProvider provider);

    /** Makes the page cache of a new file of file system {@code device}, with an inode number of its own. */
    FilePages newPages(MappingHost host, String name, long device);

    /** A device number that no other file system has. */
    long newDevice();
}
