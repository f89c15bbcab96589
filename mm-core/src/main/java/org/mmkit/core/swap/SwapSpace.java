package org.mmkit.core.swap;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.Errno;
import org.mmkit.api.feature.FolioEvent;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.FrameContents;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.memory.PhysicalMemory;
import org.mmkit.api.stat.Counters;
import org.mmkit.core.boot.Extensions;

/**
 * The swap devices of a machine and the swap cache.
 *
 * <p>A folio in the swap cache has {@link FolioFlags#SWAPCACHE}, one more reference for each of its pages, and in {@link
 * Frames#privateWord} its {@link #word}; its slots stay in use until it leaves. A slot is free again when no entry refers to it
 * and no cached folio belongs to it. Not thread-safe.
 */
public final class SwapSpace {

    private static final int OFFSET_BITS = 50;

    private final PhysicalMemory memory;
    private final Frames frames;
    private final Counters counters;
    private final Extensions extensions;
    private final int pageShift;
    private final int hugeOrder;
    private final List<@Nullable SwapDevice> devices = new ArrayList<>();
    private final int pswpin;
    private final int pswpout;
    private final int swpinZero;
    private final int swpoutZero;
    private final int nrSwapCached;
    /** The swap cache counts as page cache too; {@code Cached} of meminfo leaves it out. */
    private final int nrFilePages;

    /** Registers the counters; there is no device yet. */
    public SwapSpace(PhysicalMemory memory, Counters counters, Extensions extensions, int pageShift, int hugeOrder) {
        this.memory = memory;
        this.frames = memory.frames();
        this.counters = counters;
        this.extensions = extensions;
        this.pageShift = pageShift;
        this.hugeOrder = hugeOrder;
        pswpin = counters.register("pswpin");
        pswpout = counters.register("pswpout");
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

    private SwapDevice device(int type) {
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
        SwapDevice device = new SwapDevice(memory.contents(), (int) slots, hugeOrder);
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
        return device(type).count((int) offset);
    }

    /** {@code n} slots from {@code offset} get one more entry each. */
    public void duplicate(int type, long offset, int n) {
        SwapDevice device = device(type);
        for (int i = 0; i < n; i++) {
            device.addCount((int) offset + i, 1);
        }
    }

    /** {@code n} slots from {@code offset} lose an entry each, because a page was brought back. */
    public void release(int type, long offset, int n) {
        SwapDevice device = device(type);
        for (int i = 0; i < n; i++) {
            device.addCount((int) offset + i, -1);
        }
    }

    /**
     * {@code n} slots from {@code offset} lose an entry each that was removed from a page table (Linux: free_swap_and_cache_nr): a cached
     * folio that nobody needs any more is dropped.
     */
    public void free(int type, long offset, int n) {
        SwapDevice device = device(type);
        for (int i = 0; i < n; i++) {
            int slot = (int) offset + i;
            device.addCount(slot, -1);
            long head = device.cached(slot);
            if (head != Frames.NONE && device.count(slot) == 0 && (!frames.isMapped(head) || isFull())) {
                freeFolio(head);
            }
        }
    }

    /** The head of the folio in the swap cache that holds the slot, or {@link Frames#NONE}. */
    public long cached(int type, long offset) {
        return device(type).cached((int) offset);
    }

    /** Whether the slot's page is known to be all zeroes. */
    public boolean isZero(int type, long offset) {
        return device(type).isZero((int) offset);
    }

    /** Gives the whole folio consecutive slots and puts it into the swap cache; false when there is no such room. */
    public boolean allocate(long head) {
        int order = frames.order(head);
        for (int type = 0; type < devices.size(); type++) {
            SwapDevice device = devices.get(type);
            int slot = device == null ? -1 : device.allocate(order);
            if (slot >= 0) {
                addToCache(head, type, slot);
                return true;
            }
        }
        return false;
    }

    /** Puts the folio into the cache for its slots, which are in use. */
    public void addToCache(long head, int type, long offset) {
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
        removeFromCache(head, 0);
    }

    /** What the reclaimed page of the slot has left behind, 0 when nothing; a refault is recognised by it. */
    public long shadow(int type, long offset) {
        return device(type).shadow((int) offset);
    }

    /** Takes the folio, which is being reclaimed, out of the cache and leaves {@code shadow} in place of each of its pages. */
    public void removeFromCache(long head, long shadow) {
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
        frames.put(head, n);
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

    /** A folio in the cache was split: each part is now found under its own slots. */
    public void splitInCache(long head, long pages, long word) {
        SwapDevice device = device(type(word));
        for (long pfn = head; pfn < head + pages; ) {
            long part = frames.head(pfn);
            long n = frames.pages(part);
            long offset = offset(word) + (part - head);
            frames.setPrivateWord(part, word(type(word), offset));
            for (int i = 0; i < n; i++) {
                device.setCached((int) offset + i, part);
            }
            pfn = part + n;
        }
    }

    /**
     * Takes the folio out of the cache if no entry refers to its slots; what it holds is then the only copy (Linux:
     * folio_free_swap).
     *
     * @return whether it was taken out
     */
    public boolean freeFolio(long head) {
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
        frames.set(head, FolioFlags.DIRTY);
        removeFromCache(head);
        return true;
    }

    /** Writes the folio, which is in the cache, to its slots (Linux: swap_writeout). */
    public void write(long head) {
        int n = (int) frames.pages(head);
        long word = frames.privateWord(head);
        SwapDevice device = device(type(word));
        boolean zeroes = isZeroFilled(head, n);
        for (int i = 0; i < n; i++) {
            device.write((int) offset(word) + i, head + i, zeroes);
        }
        if (zeroes) {
            counters.add(swpoutZero, n);
        } else {
            counters.add(pswpout, n);
            extensions.largeFolios().count(FolioEvent.SWPOUT, frames.order(head), 1);
        }
        frames.clear(head, FolioFlags.DIRTY);
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
        for (int i = 0; i < n; i++) {
            device.read((int) offset + i, head + i);
        }
        if (device.isZero((int) offset)) {
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
