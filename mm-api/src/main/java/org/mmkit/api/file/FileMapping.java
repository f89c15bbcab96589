package org.mmkit.api.file;

import org.mmkit.api.lock.RwSemaphore;
import org.mmkit.api.memory.FolioOwner;
import org.mmkit.api.space.Fault;
import org.mmkit.api.space.MappingVisitor;
import org.mmkit.api.space.Vma;

/**
 * The page cache of one file, and the areas that map it (Linux: struct address_space).
 *
 * <p>Indexes are page offsets in the file. Not thread-safe on a machine with {@code SMP=n}.
 */
public interface FileMapping extends FolioOwner {

    /** The name that {@code maps} shows. */
    String name();

    /** Inode number. */
    long inode();

    /** Device number, major in the bits above 20, minor below. */
    long device();

    /** Size of the file in bytes. */
    long size();

    /** Whether its folios are shared memory (tmpfs, memfd, shared anonymous): backed by swap, counted as Shmem. */
    boolean isShmem();

    /** The head of the folio that holds page {@code index}, or {@link org.mmkit.api.memory.Frames#NONE}. */
    long find(long index);

    /**
     * The pfn of page {@code index} if a fault on a page nearby may map it along (fault-around): it is in the cache, valid,
     * not behind the end of the file and not waited for by readahead; else {@link org.mmkit.api.memory.Frames#NONE}.
     */
    long findAround(long index);

    /**
     * Brings the page at {@code index} into the cache for a fault, allocating or reading as the file's kind does.
     *
     * @return the pfn of the page, with a reference taken on its folio; or the negated outcome bits of {@link Fault} when
     *     it cannot be had
     */
    long faultIn(long index, Fault fault);

    /** The area {@code vma} now maps this file. It is asked for its bounds when they matter, so it stays linked while they change. */
    void link(Vma vma);

    /** The area {@code vma} no longer maps this file. When a mapping moves to another area, that one is linked first. */
    void unlink(Vma vma);

    /** The lock of the list of areas (Linux: mapping->i_mmap_rwsem). */
    RwSemaphore areasLock();

    /** How many areas map the file. */
    int areas();

    /** {@code action} is run whenever the last area was unlinked. */
    void whenUnmapped(Runnable action);

    /** Shows {@code visitor} each area that maps a page of [{@code first}, {@code first + pages}), with the address of page {@code first}. */
    void forEachVma(long first, long pages, MappingVisitor visitor);
}
