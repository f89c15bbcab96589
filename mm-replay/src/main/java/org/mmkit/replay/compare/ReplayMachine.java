package org.mmkit.replay.compare;

import org.jspecify.annotations.Nullable;
import org.mmkit.api.arch.MmuGeometry;
import org.mmkit.api.file.Mappable;
import org.mmkit.replay.reader.FileTable;

/** The machine of one replay. */
interface ReplayMachine {

    /** The first process, with an empty address space. */
    ProgramMemory newProcess();

    /** A file whose pages are cached; {@code bytes} is the least size that mappings have shown. Null when it has no HugeTLB pages of that size. */
    @Nullable Mappable file(FileTable.MappedFile file, long bytes);

    /** Page {@code index} of {@code file} is passed over by fault-around. */
    void skipAround(Mappable file, long index);

    /** Moves virtual time on to {@code nanoseconds} since boot. */
    void advanceTo(long nanoseconds);

    /** khugepaged has looked at another process just now and sleeps for good: the program's areas will not wake it. */
    void keepKhugepagedAsleep();

    /** Present value of a line of /proc/vmstat; 0 when there is none. */
    long vmstat(String name);

    /** A pseudo-file's number; 0 when there is no such file. */
    long number(String path);

    /** Writes a pseudo-file; false when there is none or it refuses. */
    boolean write(String path, String value);

    /** Whether the folio of {@code frame} is anonymous. */
    boolean isAnonymous(long frame);

    /** Whether the folio of {@code frame} is larger than a page. */
    boolean isLarge(long frame);

    /** The translation caches of a typical processor of its architecture. */
    MmuGeometry mmu();
}
