package org.mmkit.core.vfs;

import org.mmkit.api.file.FileFlags;
import org.mmkit.api.file.Inode;
import org.mmkit.api.file.OpenFile;

/** What open(2) makes; descriptors share it over fork. Two descriptions of one file never compare equal. */
public final class FileDescription implements OpenFile {

    private final Node node;
    private final int access;
    private int users = 1;

    FileDescription(Node node, int access) {
        this.node = node;
        this.access = access & FileFlags.O_ACCMODE;
        node.open();
    }

    @Override
    public Inode inode() {
        return node.inode();
    }

    @Override
    public boolean isReadable() {
        return access != FileFlags.O_WRONLY;
    }

    @Override
    public boolean isWritable() {
        return access != FileFlags.O_RDONLY;
    }

    /** One more user. */
    void share() {
        users++;
    }

    /** One user less; the last one closes it. Areas that map the file keep it alive by themselves. */
    public void release() {
        if (--users == 0) {
            node.close();
        }
    }

    @Override
    public String toString() {
        return node.inode().mapping().name();
    }
}
