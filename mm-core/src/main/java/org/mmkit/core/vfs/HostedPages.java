package org.mmkit.core.vfs;

import org.mmkit.api.file.MappingHost;
import org.mmkit.api.space.Fault;
import org.mmkit.core.pagecache.CacheContext;
import org.mmkit.core.pagecache.PageCache;

/** A page cache whose file a feature implements. */
final class HostedPages extends PageCache {

    private final MappingHost host;

    HostedPages(CacheContext context, MappingHost host, String name, long device) {
        super(context, name, device, context.newInode());
        this.host = host;
        seals().makePossible();
    }

    @Override
    public long size() {
        return host.size();
    }

    @Override
    public boolean isShmem() {
        return false;
    }

    @Override
    public long faultIn(long index, Fault fault) {
        return host.faultIn(index, fault);
    }
}
