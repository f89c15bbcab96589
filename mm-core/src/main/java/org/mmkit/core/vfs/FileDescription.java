package org.mmkit.core.vfs;

import org.mmkit.api.file.FileFlags;
import org.mmkit.api.file.FileMapping;
import org.mmkit.api.file.Inode;
import org.mmkit.api.file.Mappable;
import org.mmkit.api.file.OpenFile;
import org.mmkit.api.space.Vma;
import org.mmkit.api.space.VmaOperations;
import org.mmkit.core.pagecache.PageCache;
import org.mmkit.core.pagecache.Seals;

/** What open(2) makes; descriptors share it over fork. Two descriptions of one file never compare equal. */
public final class FileDescription implements OpenFile, Mappable {

    /** Areas of an attached System V segment. */
    private static final VmaOperations ATTACHMENT = new VmaOperations() {
        @Override
        public boolean mapsAround() {
            return false;
        }

        @Override
        public boolean endsWithClose() {
            return true;
        }

        @Override
        public boolean movesWithOthers() {
            return false;
        }
    };

    private enum Kind {
        OPENED,
        MAPPED_ONLY,
        ATTACHED
    }

    private final Node node;
    private final int access;
    private final Kind kind;
    private int users = 1;

    FileDescription(Node node, int access) {
        this(node, access, Kind.OPENED);
        node.open(isWritable());
    }

    private FileDescription(Node node, int access, Kind kind) {
        this.node = node;
        this.access = access & FileFlags.O_ACCMODE;
        this.kind = kind;
    }

    /** A description that nobody holds open: the file lives as long as it is mapped. */
    static FileDescription mappedOnly(Node node) {
        return new FileDescription(node, FileFlags.O_RDWR, Kind.MAPPED_ONLY);
    }

    /** What an attachment of a System V segment maps; nobody holds it open. */
    static FileDescription attached(Node node, int access) {
        return new FileDescription(node, access, Kind.ATTACHED);
    }

    Node node() {
        return node;
    }

    @Override
    public Inode inode() {
        return node.inode();
    }

    /** What can no longer be done with the file. */
    Seals seals() {
        return ((PageCache) mapping()).seals();
    }

    @Override
    public boolean isWriteSealed() {
        return seals().isWriteSealed();
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
        return kind == Kind.ATTACHED && inode().pageShift() == 0 ? ATTACHMENT : inode().operations();
    }

    @Override
    public long alignment(long length, long offset) {
        return inode().alignment(length, kind != Kind.MAPPED_ONLY);
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
        node.calls.stop();
        try {
            if (--users == 0) {
                node.close(isWritable());
            }
        } finally {
            node.calls.resume();
        }
    }

    @Override
    public String toString() {
        return node.inode().mapping().name();
    }
}
