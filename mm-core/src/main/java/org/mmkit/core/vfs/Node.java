package org.mmkit.core.vfs;

import org.jspecify.annotations.Nullable;
import org.mmkit.api.file.FileMapping;
import org.mmkit.api.file.FilePages;
import org.mmkit.api.file.Inode;
import org.mmkit.api.file.Mappable;
import org.mmkit.api.file.Ownership;
import org.mmkit.core.lock.StopMachine;
import org.mmkit.core.space.VmArea;

/** An inode and what keeps it alive: a name, open descriptions, areas. */
final class Node {

    private final Inode inode;
    private final Ownership ownership;
    private final @Nullable Mount mount;
    final StopMachine calls;
    private boolean named;
    private int opens;
    private int writers;
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

    boolean isUnlinked() {
        return !named;
    }

    /** Whether somebody holds it open for writing, or maps what was opened so. */
    boolean hasWriters() {
        boolean[] found = {writers > 0};
        inode.mapping().forEachVma(0, Long.MAX_VALUE >>> 1, (vma, va) -> {
            Mappable source = ((VmArea) vma).source();
            found[0] |= source != null && source.isWritable();
            return true;
        });
        return found[0];
    }

    void open(boolean writes) {
        opens++;
        writers += writes ? 1 : 0;
    }

    void close(boolean writes) {
        opens--;
        writers -= writes ? 1 : 0;
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
