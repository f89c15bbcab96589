package org.mmkit.testkit;

import java.util.function.LongPredicate;
import org.mmkit.api.Provider;
import org.mmkit.api.memory.FrameAllocatorProvider;
import org.mmkit.api.memory.ZoneAllocator;
import org.mmkit.api.memory.ZoneSpan;

/**
 * A frame allocator whose requests fail on a schedule; all else is another's. For tests of what a machine does when memory is refused:
 * give it to {@link org.mmkit.core.MachineBuilder#allocator} and switch its symbol on.
 *
 * <p>Requests are numbered from 1 over all zones of all machines of this provider. Not thread-safe.
 */
public final class CrankyFrameAllocator implements FrameAllocatorProvider {

    private final FrameAllocatorProvider real;
    private final LongPredicate fails;
    private long requests;
    private long failures;

    /** {@code real}, but for the requests of whose numbers {@code fails} is true. */
    public CrankyFrameAllocator(FrameAllocatorProvider real, LongPredicate fails) {
        this.real = real;
        this.fails = fails;
    }

    @Override
    public String id() {
        return "cranky";
    }

    /** That of the real one, which must not be found by the machine as well. */
    @Override
    public String configSymbol() {
        return real.configSymbol();
    }

    /** Requests so far. */
    public long requests() {
        return requests;
    }

    /** Requests that were made to fail. */
    public long failures() {
        return failures;
    }

    /** The provider whose frames are handed out. */
    public Provider real() {
        return real;
    }

    @Override
    public ZoneAllocator create(ZoneSpan zone) {
        return new CrankyZone(real.create(zone));
    }

    private boolean failsNow() {
        boolean now = fails.test(++requests);
        failures += now ? 1 : 0;
        return now;
    }

    private final class CrankyZone implements ZoneAllocator {

        private final ZoneAllocator zone;

        CrankyZone(ZoneAllocator zone) {
            this.zone = zone;
        }

        @Override
        public int maxOrder() {
            return zone.maxOrder();
        }

        @Override
        public long allocate(int order, int gfp) {
            return failsNow() ? NONE : zone.allocate(order, gfp);
        }

        @Override
        public long allocateContiguous(long pages, int gfp) {
            return failsNow() ? NONE : zone.allocateContiguous(pages, gfp);
        }

        @Override
        public void free(long pfn, int order) {
            zone.free(pfn, order);
        }

        @Override
        public void freeContiguous(long pfn, long pages) {
            zone.freeContiguous(pfn, pages);
        }

        @Override
        public long freePages() {
            return zone.freePages();
        }

        @Override
        public long freeBlocks(int order) {
            return zone.freeBlocks(order);
        }

        @Override
        public long managedPages() {
            return zone.managedPages();
        }

        @Override
        public void addFrames(long from, long to) {
            zone.addFrames(from, to);
        }

        @Override
        public boolean isFree(long pfn) {
            return zone.isFree(pfn);
        }

        @Override
        public boolean hasFree(int order) {
            return zone.hasFree(order);
        }

        @Override
        public void verify() {
            zone.verify();
        }
    }
}
