package org.mmkit.core.memory;

import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/** What has happened on the LRU lists, in pages, under the names of {@code /proc/vmstat}. */
public final class LruEvents {

    /** Inactive folios found in use (pgactivate). */
    public long activated;
    /** Active folios moved to the inactive list (pgdeactivate). */
    public long deactivated;
    /** Folios that may be thrown away (pglazyfree). */
    public long lazilyFreed;
    /** Folios put on the unevictable list (unevictable_pgs_culled). */
    public long culled;
    /** Folios that came back from it (unevictable_pgs_rescued). */
    public long rescued;
    /** Folios locked (unevictable_pgs_mlocked). */
    public long mlocked;
    /** Folios unlocked (unevictable_pgs_munlocked). */
    public long munlocked;
    /** Folios freed while still locked (unevictable_pgs_cleared). */
    public long cleared;
    /** Folios unlocked while reclaim or migration had them in hand (unevictable_pgs_stranded). */
    public long stranded;
    /** Folios moved to the older end of an inactive list, for they can be reclaimed at once (pgrotated). */
    public long rotated;

    /** Pages that came back after they were reclaimed (workingset_refault_*); index 0 anonymous, 1 of files, as below. */
    public final long[] refaulted = new long[2];
    /** Of these, those made active at once (workingset_activate_*). */
    public final long[] refaultActivated = new long[2];
    /** Of these, those that had been active before they went (workingset_restore_*). */
    public final long[] restored = new long[2];

    LruEvents() {}

    /** Hands each line of /proc/vmstat to {@code lines}. */
    public void forEach(BiConsumer<String, LongSupplier> lines) {
        lines.accept("pgactivate", () -> activated);
        lines.accept("pgdeactivate", () -> deactivated);
        lines.accept("pglazyfree", () -> lazilyFreed);
        lines.accept("workingset_refault_anon", () -> refaulted[0]);
        lines.accept("workingset_refault_file", () -> refaulted[1]);
        lines.accept("workingset_activate_anon", () -> refaultActivated[0]);
        lines.accept("workingset_activate_file", () -> refaultActivated[1]);
        lines.accept("workingset_restore_anon", () -> restored[0]);
        lines.accept("workingset_restore_file", () -> restored[1]);
        lines.accept("unevictable_pgs_culled", () -> culled);
        lines.accept("unevictable_pgs_rescued", () -> rescued);
        lines.accept("unevictable_pgs_mlocked", () -> mlocked);
        lines.accept("unevictable_pgs_munlocked", () -> munlocked);
        lines.accept("unevictable_pgs_cleared", () -> cleared);
        lines.accept("unevictable_pgs_stranded", () -> stranded);
        lines.accept("pgrotated", () -> rotated);
    }
}
