package org.mmkit.api.file;

import org.mmkit.api.memory.FolioOwner;
import org.mmkit.api.space.Fault;
import org.mmkit.api.space.MappingVisitor;
import org.mmkit.api.space.Vma;

/**
 * The page cache of one file, and the areas that map it (Linux: struct address_space).
 *
 * <p>Indexes are page offsets in the file.
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
     * Brings the page at {@code index} into the cache for a fault, allocating or reading as the file's kind does.
     *
     * @return the pfn of the page, with a reference taken on its folio; or the negated outcome bits of {@link Fault} when
     *     it cannot be had
     */
    long faultIn(long index, Fault fault);

    /** The area {@code vma} now maps this file. */
    void link(Vma vma);

    /** The area {@code vma} no longer maps this file. */
    void unlink(Vma vma);

    /** Shows {@code visitor} each area that maps a page of [{@code first}, {@code first + pages}), with the address of page {@code first}. */
    void forEachVma(long first, long pages, MappingVisitor visitor);
}
