package org.mmkit.core.vfs;

import org.mmkit.api.file.FileFlags;
import org.mmkit.api.file.FileMapping;
import org.mmkit.api.file.Inode;
import org.mmkit.api.file.Mappable;
import org.mmkit.api.file.OpenFile;
import org.mmkit.api.space.Vma;
import org.mmkit.api.space.VmaOperations;

/** What open(2) makes; descriptors share it over fork. Two descriptions of one file never compare equal. */
public final class FileDescription implements OpenFile, Mappable {

    private final Node node;
    private final int access;
    private int users = 1;

    FileDescription(Node node, int access) {
        this.node = node;
        this.access = access & FileFlags.O_ACCMODE;
        node.open();
    }

    private FileDescription(Node node) {
        this.node = node;
        this.access = FileFlags.O_RDWR;
    }

    /** A description that nobody holds open: the file lives as long as it is mapped. */
    static FileDescription mappedOnly(Node node) {
        return new FileDescription(node);
    }

    Node node() {
        return node;
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

    @Override
    public FileMapping mapping() {
        return inode().mapping();
    }

    @Override
    public VmaOperations operations() {
        return inode().operations();
    }

    @Override
    public long areaFlags() {
        return inode().areaFlags();
    }

    @Override
    public long granularity() {
        int shift = inode().pageShift();
        return shift == 0 ? 0 : 1L << shift;
    }

    @Override
    public int mapped(Vma vma) {
        return inode().mapped(vma);
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
