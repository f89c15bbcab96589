package org.mmkit.core.shmem;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;
import org.mmkit.api.Errno;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.feature.FolioEvent;
import org.mmkit.api.feature.ShmemFolioPolicy;
import org.mmkit.api.file.FileSystem;
import org.mmkit.api.file.FileSystemType;
import org.mmkit.api.file.ShmemMapping;
import org.mmkit.core.boot.Extensions;
import org.mmkit.core.pagecache.CacheContext;
import org.mmkit.core.swap.SwapSpace;

/** Shared memory of a machine: the file-system type {@code tmpfs} and the kernel's own mount for files without names. */
public final class Shmem implements FileSystemType {

    private final CacheContext context;
    private final Extensions extensions;
    private final SwapSpace swap;
    /** Files that have pages on swap. */
    private final Set<ShmemFile> swappedFiles = new LinkedHashSet<>();
    /** All files, the oldest first. */
    private final Set<ShmemFile> files = Collections.synchronizedSet(new LinkedHashSet<>());
    private final TmpfsInstance internal;
    private final UnusedTails unusedTails = new UnusedTails(this);
    private final int fileAlloc;
    private final int fileFallback;
    private boolean copiesWholeFolios = true;
    private LongPredicate mayPromise = pages -> true;
    private LongConsumer promise = pages -> {};

    /** Registers the counters, and the shrinker of files that reach beyond their end. */
    public Shmem(CacheContext context, Extensions extensions, SwapSpace swap) {
        this.context = context;
        this.swap = swap;
        this.extensions = extensions;
        this.internal = new TmpfsInstance(this, context.newDevice(), ShmemMapping.INTERNAL, false, 0, 0);
        this.fileAlloc = context.counters().register("thp_file_alloc");
        this.fileFallback = context.counters().register("thp_file_fallback");
        extensions.shrinkers().add(unusedTails);
    }

    /** Says whether read(2) and write(2) take folio after folio, as Linux 6.13 and later do, or page after page. */
    public void setCopiesWholeFolios(boolean whole) {
        copiesWholeFolios = whole;
    }

    boolean copiesWholeFolios() {
        return copiesWholeFolios;
    }

    Set<ShmemFile> files() {
        return files;
    }

    /**
     * Drops what is clean and unused of each file, mount by mount, the newest file first; all else is to be reclaimed early (Linux:
     * drop_pagecache_sb). The caller has stopped the machine.
     */
    public void dropUnused() {
        List<ShmemFile> newestFirst = new ArrayList<>(files);
        Collections.reverse(newestFirst);
        newestFirst.sort(Comparator.comparingLong(ShmemFile::device));
        newestFirst.forEach(ShmemFile::dropUnused);
    }

    /** Empties the batches of folios that wait to change lists. */
    public void drainLists() {
        context.memory().lru().drain();
    }

    UnusedTails unusedTails() {
        return unusedTails;
    }

    CacheContext context() {
        return context;
    }

    SwapSpace swap() {
        return swap;
    }

    Set<ShmemFile> swappedFiles() {
        return swappedFiles;
    }

    /**
     * Brings back what files have on swap device {@code type} (Linux: shmem_unuse).
     *
     * @return whether there was memory for it
     */
    public boolean leaveSwap(int type) {
        for (ShmemFile file : List.copyOf(swappedFiles)) {
            if (!file.swapped().leave(type)) {
                return false;
            }
        }
        return true;
    }

    /** Tells {@code words} the swap word of every page of a file that is on swap. */
    public void eachSwapped(LongConsumer words) {
        swappedFiles.forEach(file -> file.swapped().each(words));
    }

    Extensions extensions() {
        return extensions;
    }

    ShmemFolioPolicy policy() {
        return extensions.shmemFolioPolicy();
    }

    @Override
    public String name() {
        return "tmpfs";
    }

    TmpfsOptions parse(String options) throws ErrnoException {
        return TmpfsOptions.parse(
                options, policy(), context.memory().allocator().managedPages(), context.pageShift);
    }

    @Override
    public FileSystem mount(String text) throws ErrnoException {
        TmpfsOptions options = parse(text);
        long half = context.memory().allocator().managedPages() / 2;
        return new TmpfsInstance(
                this,
                context.newDevice(),
                options.huge >= 0 ? options.huge : policy().defaultMountOption(),
                options.noswap,
                options.maxBlocks >= 0 ? options.maxBlocks : half,
                options.maxInodes >= 0 ? options.maxInodes : half);
    }

    /**
     * Makes a file of {@code length} bytes without a name on the kernel's own mount; {@code name} is what maps shows.
     *
     * @param promised whether all of it is promised at once (System V, shared anonymous memory), or each page when it is there
     * @throws ErrnoException ENOMEM when so much may not be promised
     */
    public ShmemFile createUnlinked(String name, long length, boolean promised) throws ErrnoException {
        ShmemFile file = new ShmemFile(this, internal, name);
        file.unlinked();
        if (promised && !file.promiseAll(length)) {
            files.remove(file);
            throw new ErrnoException(Errno.ENOMEM);
        }
        file.setSize(length);
        return file;
    }

    /** Sets who says how much may be promised. */
    public void setOvercommit(LongPredicate allows, LongConsumer add) {
        mayPromise = allows;
        promise = add;
    }

    boolean mayPromise(long pages) {
        return mayPromise.test(pages);
    }

    void promise(long pages) {
        promise.accept(pages);
    }

    void countAllocated(int order) {
        if (order == context.hugeOrder) {
            context.counters().add(fileAlloc, 1);
        }
        extensions.largeFolios().count(FolioEvent.SHMEM_ALLOC, order, 1);
    }

    void countFallback(int order) {
        if (order == context.hugeOrder) {
            context.counters().add(fileFallback, 1);
        }
        extensions.largeFolios().count(FolioEvent.SHMEM_FALLBACK, order, 1);
    }
}
