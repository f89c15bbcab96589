package org.mmkit.core.vfs;

import org.jspecify.annotations.Nullable;
import org.mmkit.api.file.FileMapping;
import org.mmkit.api.file.FilePages;
import org.mmkit.api.file.Inode;
import org.mmkit.api.file.Ownership;
import org.mmkit.core.lock.StopMachine;

/** An inode and what keeps it alive: a name, open descriptions, areas. */
final class Node {

    private final Inode inode;
    private final Ownership ownership;
    private final @Nullable Mount mount;
    final StopMachine calls;
    private boolean named;
    private int opens;
    private boolean evicted;

    /** Of no file system, or anybody's. */
    Node(Inode inode, @Nullable Mount mount, boolean named, StopMachine calls) {
        this(inode, mount, named, calls, new Ownership(0, 0, 0777));
    }

    Node(Inode inode, @Nullable Mount mount, boolean named, StopMachine calls, Ownership ownership) {
        this.ownership = ownership;
        this.calls = calls;
        this.inode = inode;
        this.mount = mount;
        this.named = named;
        inode.mapping().whenUnmapped(this::evictIfUnused);
        if (mount != null) {
            mount.nodes.add(this);
        }
    }

    Ownership ownership() {
        return ownership;
    }

    Inode inode() {
        return inode;
    }

    /** Whether its file system was mounted read-only. */
    boolean isReadOnly() {
        return mount != null && mount.readOnly;
    }

    /** Whether somebody holds it open or maps it. */
    boolean isBusy() {
        return opens > 0 || inode.mapping().areas() > 0;
    }

    void open() {
        opens++;
    }

    void close() {
        opens--;
        evictIfUnused();
    }

    /** Its name is taken away. */
    void unlink() {
        named = false;
        FileMapping mapping = inode.mapping();
        if (mapping instanceof FilePages pages) {
            pages.rename(mapping.name() + " (deleted)");
        }
        inode.unlinked();
        evictIfUnused();
    }

    private void evictIfUnused() {
        if (!named && !evicted && !isBusy()) {
            evicted = true;
            inode.evict();
            if (mount != null) {
                mount.nodes.remove(this);
            }
        }
    }
}
