package org.mmkit.api.file;

/**
 * A page cache that its owner fills and empties. Each folio in it holds as many references as it has pages (Linux:
 * filemap_add_folio), and counts as page cache, in {@code nr_file_pages} and for shared memory in {@code nr_shmem}; HugeTLB
 * folios count as neither.
 */
public interface FilePages extends FileMapping {

    /**
     * Adds the folio {@code head}, which has no owner, at page {@code index}, a multiple of its size. The range must be
     * empty. Takes the cache's references.
     */
    void add(long head, long index);

    /** Takes the folio {@code head} out and drops the cache's references; its mappings must be gone. */
    void remove(long head);

    /** Puts the folio {@code to}, which has the owner and the index of {@code from}, in its place; the cache's references move along. */
    void replace(long from, long to);

    /** The first page at or behind {@code index} that is in the cache, or -1. */
    long next(long index);

    /** Pages in the cache. */
    long cachedPages();

    /** Changes the name that {@code maps} shows. */
    void rename(String name);

    /**
     * Removes the entries that map pages of [{@code first}, {@code first + pages}) from all page tables (Linux:
     * unmap_mapping_range).
     *
     * @param copiesToo private copies of the pages as well, as truncation does
     */
    void unmap(long first, long pages, boolean copiesToo);
}
