package org.mmkit.core.swap;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.Errno;
import org.mmkit.api.feature.FolioEvent;
import org.mmkit.api.lock.LockClass;
import org.mmkit.api.lock.Locks;
import org.mmkit.api.lock.SpinLock;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.FrameContents;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.stat.Counters;
import org.mmkit.core.boot.Extensions;
import org.mmkit.core.memory.FrameTable;
import org.mmkit.core.memory.SystemMemory;
import org.mmkit.core.memory.WorkingSet;

/**
 * The swap devices of a machine and the swap cache.
 *
 * <p>A folio in the swap cache has {@link FolioFlags#SWAPCACHE}, one more reference for each of its pages, and in {@link
 * Frames#privateWord} its {@link #word}; its slots stay in use until it leaves. A slot is free again when no entry refers to it
 * and no cached folio belongs to it.
 *
 * <p>With {@code SMP=y} counts, slots and the cache change under one lock, and a folio enters and leaves the cache only while it is locked
 * or nobody else knows it; {@link #replace} is for calls that run alone.
 */
public final class SwapSpace {

    private static final int OFFSET_BITS = 50;

    /** log2 of the slots of a cluster without THP_SWAP (mm/swapfile.c, SWAPFILE_CLUSTER). */
    private static final int SINGLE_PAGES_CLUSTER_ORDER = 8;

    private final SystemMemory memory;
    private final FrameTable frames;
    /** Guards the devices. */
    private final SpinLock lock;
    private final Counters counters;
    private final Extensions extensions;
    private final int pageShift;
    private final int largestOrder;
    private final List<@Nullable SwapDevice> devices = new ArrayList<>();
    private final List<Consumer<LongConsumer>> entriesElsewhere = new ArrayList<>();
    private final int pswpin;
    private final int pswpout;
    private final int nrWritten;
    private final int nrWriteback;
    private final int swpinZero;
    private final int swpoutZero;
    private final int nrSwapCached;
    /** The swap cache counts as page cache too; {@code Cached} of meminfo leaves it out. */
    private final int nrFilePages;

    /**
     * Registers the counters; there is no device yet.
     *
     * @param largestOrder of a folio that gets slots as a whole: that of a huge page with THP_SWAP, 0 without
     */
    public SwapSpace(SystemMemory memory, Counters counters, Extensions extensions, int pageShift, int largestOrder) {
        this(memory, counters, extensions, pageShift, largestOrder, Locks.NONE);
    }

    /** The same, for as many processors as {@code locks} are made for. */
    public SwapSpace(SystemMemory memory, Counters counters, Extensions extensions, int pageShift, int largestOrder, Locks locks) {
        this.memory = memory;
        this.frames = memory.frames();
        this.lock = locks.spinLock(LockClass.SWAP_CLUSTER);
        this.counters = counters;
        this.extensions = extensions;
        this.pageShift = pageShift;
        this.largestOrder = largestOrder;
        frames.setSwapCache(this::split);
        pswpin = counters.register("pswpin");
        pswpout = counters.register("pswpout");
        nrWritten = counters.register("nr_written");
        nrWriteback = counters.register("nr_writeback");
        swpinZero = counters.register("swpin_zero");
        swpoutZero = counters.register("swpout_zero");
        nrSwapCached = counters.register("nr_swapcached");
        nrFilePages = counters.register("nr_file_pages");
    }

    /** One number for a slot, as {@link Frames#privateWord} of a cached folio holds that of its first page. */
    public static long word(int type, long offset) {
        return (long) type << OFFSET_BITS | offset;
    }

    /** The device of a {@link #word}. */
    public static int type(long word) {
        return (int) (word >>> OFFSET_BITS);
    }

    /** The slot of a {@link #word}. */
    public static long offset(long word) {
        return word & (1L << OFFSET_BITS) - 1;
    }

    SwapDevice device(int type) {
        SwapDevice device = devices.get(type);
        if (device == null) {
            throw new IllegalStateException("there is no swap device " + type);
        }
        return device;
    }

    /** Adds a synchronous device of {@code bytes}: its type, or a negated error number. */
    public int add(long bytes) {
        long slots = bytes >>> pageShift;
        if (slots < 2 || slots > Integer.MAX_VALUE / 2) {
            return -Errno.EINVAL;
        }
        SwapDevice device = new SwapDevice(memory.contents(), (int) slots, largestOrder > 0 ? largestOrder : SINGLE_PAGES_CLUSTER_ORDER);
        int type = devices.indexOf(null);
        if (type >= 0) {
            devices.set(type, device);
            return type;
        }
        devices.add(device);
        return devices.size() - 1;
    }

    /** Takes device {@code type} out of use for new pages, or puts it back into use. */
    void setClosed(int type, boolean closed) {
        device(type).setClosed(closed);
    }

    /** Removes a device, which must be empty. */
    void remove(int type) {
        if (device(type).inUse() != 0) {
            throw new IllegalStateException("swap device " + type + " still holds " + device(type).inUse() + " pages");
        }
        devices.set(type, null);
    }

    /** The type of the device that was added last, or -1 when there is none. */
    public int lastDevice() {
        for (int type = devices.size() - 1; type >= 0; type--) {
            if (devices.get(type) != null) {
                return type;
            }
        }
        return -1;
    }

    /** Whether there is a device {@code type}. */
    public boolean exists(int type) {
        return type >= 0 && type < devices.size() && devices.get(type) != null;
    }

    /** Pages that all devices can hold (SwapTotal). */
    public long totalPages() {
        long total = 0;
        for (SwapDevice device : devices) {
            total += device == null ? 0 : device.capacity();
        }
        return total;
    }

    /** Pages that are free (SwapFree). */
    public long freePages() {
        long free = 0;
        for (SwapDevice device : devices) {
            free += device == null ? 0 : device.free();
        }
        return free;
    }

    /** Whether more than half of swap is in use, so that cached folios give their slots back at once (Linux: vm_swap_full). */
    public boolean isFull() {
        return freePages() * 2 < totalPages();
    }

    /** Entries that refer to the slot. */
    public int count(int type, long offset) {
        lock.lock();
        int count = device(type).count((int) offset);
        lock.unlock();
        return count;
    }

    /** {@code n} slots from {@code offset} get one more entry each. */
    public void duplicate(int type, long offset, int n) {
        addCounts(type, offset, n, 1);
    }

    private void addCounts(int type, long offset, int n, int delta) {
        lock.lock();
        SwapDevice device = device(type);
        for (int i = 0; i < n; i++) {
            device.addCount((int) offset + i, delta);
        }
        lock.unlock();
    }

    /** {@code n} slots from {@code offset} lose an entry each, because a page was brought back. */
    public void release(int type, long offset, int n) {
        addCounts(type, offset, n, -1);
    }

    /**
     * {@code n} slots from {@code offset} lose an entry each that was removed from a page table (Linux: free_swap_and_cache_nr): a cached
     * folio that nobody needs any more is dropped.
     */
    public void free(int type, long offset, int n) {
        SwapDevice device = device(type);
        for (int i = 0; i < n; i++) {
            int slot = (int) offset + i;
            lock.lock();
            device.addCount(slot, -1);
            long head = device.cached(slot);
            boolean unused = head != Frames.NONE && device.count(slot) == 0 && (!frames.isMapped(head) || isFull());
            if (unused) {
                frames.get(head, 1);
            }
            lock.unlock();
            if (unused) {
                freeFolio(head);
                frames.put(head, 1);
            }
        }
    }

    /** The head of the folio in the swap cache that holds the slot, or {@link Frames#NONE}; for calls that run alone. */
    public long cached(int type, long offset) {
        return device(type).cached((int) offset);
    }

    /** Whether a folio in the swap cache holds the slot. */
    boolean isCached(int type, long offset) {
        lock.lock();
        boolean is = device(type).cached((int) offset) != Frames.NONE;
        lock.unlock();
        return is;
    }

    /** The folio as {@link #cached} finds it, with a reference for the caller: folios leave the cache under the lock, so one that is there has references. */
    long getCached(int type, long offset) {
        lock.lock();
        try {
            long head = device(type).cached((int) offset);
            if (head != Frames.NONE) {
                frames.get(head, 1);
            }
            return head;
        } finally {
            lock.unlock();
        }
    }

    /** The slot's cached page was read before it was asked for. */
    void setReadahead(int type, long offset) {
        lock.lock();
        device(type).setAhead((int) offset);
        lock.unlock();
    }

    /** Whether it was; true only once. */
    boolean takeReadahead(int type, long offset) {
        lock.lock();
        boolean was = device(type).takeAhead((int) offset);
        lock.unlock();
        return was;
    }

    /** One more than the greatest type that a device has had. */
    int types() {
        return devices.size();
    }

    /** {@code others} gives every entry that stands anywhere but in a page table. */
    public void addEntries(Consumer<LongConsumer> others) {
        entriesElsewhere.add(others);
    }

    /** A check that knows the entries outside page tables already. */
    public SwapCheck newCheck() {
        SwapCheck check = new SwapCheck(this, frames);
        entriesElsewhere.forEach(entries -> entries.accept(word -> check.add(type(word), offset(word))));
        return check;
    }

    /** Slots of device {@code type}, the header's included. */
    long slots(int type) {
        return device(type).slots();
    }

    /** Whether the slot's page is known to be all zeroes. */
    public boolean isZero(int type, long offset) {
        return device(type).isZero((int) offset);
    }

    /** Gives the whole folio consecutive slots and puts it into the swap cache; false when there is no such room. */
    public boolean allocate(long head) {
        int order = frames.order(head);
        if (order > largestOrder) {
            return false;
        }
        for (int type = 0; type < devices.size(); type++) {
            SwapDevice device = devices.get(type);
            if (device != null && allocate(head, type, device, order)) {
                return true;
            }
        }
        return false;
    }

    private boolean allocate(long head, int type, SwapDevice device, int order) {
        lock.lock();
        try {
            int slot = device.allocate(order);
            if (slot >= 0) {
                addLocked(head, type, slot);
            }
            return slot >= 0;
        } finally {
            lock.unlock();
        }
    }

    /** Puts the folio, which has one page, into the cache for its slot, which is in use; false when another folio is there. */
    boolean addToCache(long head, int type, long offset) {
        lock.lock();
        try {
            if (device(type).cached((int) offset) != Frames.NONE) {
                return false;
            }
            addLocked(head, type, offset);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void addLocked(long head, int type, long offset) {
        int n = (int) frames.pages(head);
        SwapDevice device = device(type);
        for (int i = 0; i < n; i++) {
            device.setCached((int) offset + i, head);
        }
        frames.set(head, FolioFlags.SWAPCACHE);
        frames.setPrivateWord(head, word(type, offset));
        frames.get(head, n);
        counters.add(nrSwapCached, n);
        counters.add(nrFilePages, n);
    }

    /** Takes the folio out of the cache; slots that no entry refers to become free. */
    public void removeFromCache(long head) {
        lock.lock();
        removeLocked(head, 0);
        lock.unlock();
        frames.put(head, (int) frames.pages(head));
    }

    /** The page that left {@code shadow} is back in the folio {@code head}: see {@link WorkingSet#refault}. */
    void refault(long head, long shadow, WorkingSet workingSet) {
        lock.lock();
        workingSet.refault(head, shadow);
        lock.unlock();
    }

    /** What the reclaimed page of the slot has left behind, 0 when nothing; a refault is recognised by it. */
    public long shadow(int type, long offset) {
        return device(type).shadow((int) offset);
    }

    /**
     * Takes the folio, which is being reclaimed and locked, out of the cache if nobody but the cache and the caller refers to it (Linux:
     * __remove_mapping), and leaves a shadow in place of each of its pages.
     */
    public boolean removeUnused(long head, WorkingSet workingSet) {
        int n = (int) frames.pages(head);
        lock.lock();
        try {
            if (!frames.freeze(head, 1 + n)) {
                return false;
            }
            removeLocked(head, workingSet.evict(head));
            frames.unfreeze(head, 1);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** All but the references. */
    private void removeLocked(long head, long shadow) {
        int n = (int) frames.pages(head);
        long word = frames.privateWord(head);
        SwapDevice device = device(type(word));
        for (int i = 0; i < n; i++) {
            device.setShadow((int) offset(word) + i, shadow);
            device.setCached((int) offset(word) + i, Frames.NONE);
        }
        frames.clear(head, FolioFlags.SWAPCACHE);
        frames.setPrivateWord(head, 0);
        counters.add(nrSwapCached, -n);
        counters.add(nrFilePages, -n);
    }

    /** The folio of {@code pages} pages from {@code head} on, which is in the cache, was split: its slots find the parts (Linux: __split_huge_page). */
    private void split(long head, long pages) {
        lock.lock();
        for (long part = head; part < head + pages; part += frames.pages(part)) {
            long word = frames.privateWord(part);
            for (int i = 0; i < frames.pages(part); i++) {
                device(type(word)).setCached((int) offset(word) + i, part);
            }
        }
        lock.unlock();
    }

    /** The unmapped folio {@code from} in the cache moves to {@code to}: its slots find the new one (folio_migrate_mapping). */
    public void replace(long from, long to) {
        int n = (int) frames.pages(from);
        long word = frames.privateWord(from);
        SwapDevice device = device(type(word));
        for (int i = 0; i < n; i++) {
            device.setCached((int) offset(word) + i, to);
        }
        frames.set(to, FolioFlags.SWAPCACHE);
        frames.setPrivateWord(to, word);
        frames.get(to, n);
        frames.clear(from, FolioFlags.SWAPCACHE);
        frames.setPrivateWord(from, 0);
        frames.put(from, n);
    }

    /**
     * Takes the folio out of the cache if no entry refers to its slots; what it holds is then the only copy (Linux:
     * folio_free_swap).
     *
     * <p>The caller, or with one processor the cache, has a reference to it.
     *
     * @return whether it was taken out; never when somebody else has locked it, who will see to it
     */
    public boolean freeFolio(long head) {
        boolean freed = false;
        // Who gives his entry up while the folio is locked here leaves it to be looked at again.
        while (!freed && isUnused(head) && frames.tryLockFolio(head)) {
            freed = freeLockedFolio(head);
            frames.unlockFolio(head);
        }
        return freed;
    }

    /** Whether the folio is in the cache and no entry refers to its slots. */
    boolean isUnused(long head) {
        lock.lock();
        boolean unused = isUnusedLocked(head);
        lock.unlock();
        return unused;
    }

    private boolean isUnusedLocked(long head) {
        if (!frames.test(head, FolioFlags.SWAPCACHE) || frames.test(head, FolioFlags.WRITEBACK)) {
            return false;
        }
        long word = frames.privateWord(head);
        SwapDevice device = device(type(word));
        for (int i = 0; i < frames.pages(head); i++) {
            if (device.count((int) offset(word) + i) != 0) {
                return false;
            }
        }
        return true;
    }

    /** The same, of a folio that the caller has locked and has a reference to. */
    public boolean freeLockedFolio(long head) {
        int pages = (int) frames.pages(head);
        lock.lock();
        boolean unused = isUnusedLocked(head);
        if (unused) {
            frames.set(head, FolioFlags.DIRTY);
            removeLocked(head, 0);
        }
        lock.unlock();
        if (unused) {
            frames.put(head, pages);
        }
        return unused;
    }

    /**
     * Drops a folio that its last user left to whoever had it locked: to be called after it was unlocked, with a reference to it.
     */
    public void releaseIfUnused(long head) {
        if (frames.test(head, FolioFlags.SWAPCACHE) && !frames.isMapped(head)) {
            freeFolio(head);
        }
    }

    /**
     * Writes the folio, which is in the cache, to its slots (Linux: swap_writeout). The device is synchronous, so that its writeback has begun
     * and ended when this returns, and nobody ever meets it in that state.
     */
    public void write(long head) {
        int n = (int) frames.pages(head);
        long word = frames.privateWord(head);
        SwapDevice device = device(type(word));
        boolean zeroes = isZeroFilled(head, n);
        if (!zeroes) {
            frames.set(head, FolioFlags.WRITEBACK);
            counters.add(nrWriteback, n);
        }
        lock.lock();
        for (int i = 0; i < n; i++) {
            device.write((int) offset(word) + i, head + i, zeroes);
        }
        lock.unlock();
        if (zeroes) {
            counters.add(swpoutZero, n);
        } else {
            counters.add(pswpout, n);
            frames.clear(head, FolioFlags.WRITEBACK);
            counters.add(nrWriteback, -n);
            counters.add(nrWritten, n);
            extensions.largeFolios().count(FolioEvent.SWPOUT, frames.order(head), 1);
        }
        frames.clear(head, frames.isToBeReclaimed(head) ? FolioFlags.DIRTY | FolioFlags.RECLAIM : FolioFlags.DIRTY);
    }

    private boolean isZeroFilled(long head, int n) {
        FrameContents contents = memory.contents();
        for (int i = 0; i < n; i++) {
            if (!contents.isZero(head + i)) {
                return false;
            }
        }
        return true;
    }

    /** Fills the folio from the slots at {@code offset} (Linux: swap_read_folio). */
    public void read(long head, int type, long offset) {
        int n = (int) frames.pages(head);
        SwapDevice device = device(type);
        lock.lock();
        for (int i = 0; i < n; i++) {
            device.read((int) offset + i, head + i);
        }
        boolean zeroes = device.isZero((int) offset);
        lock.unlock();
        if (zeroes) {
            counters.add(swpinZero, n);
        } else {
            counters.add(pswpin, n);
            extensions.largeFolios().count(FolioEvent.SWPIN, frames.order(head), 1);
        }
        frames.set(head, FolioFlags.UPTODATE);
    }

    /** The first slot of device {@code type} from {@code offset} on that is in use, or -1. */
    long nextUsed(int type, long offset) {
        return device(type).nextUsed((int) offset);
    }
}
