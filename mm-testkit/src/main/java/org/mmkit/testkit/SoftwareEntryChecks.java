package org.mmkit.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.mmkit.api.arch.EntryFormat;

/** Entries that only the kernel reads: swap, migration and markers. */
final class SoftwareEntryChecks {

    private final BackendUnderTest subject;

    SoftwareEntryChecks(BackendUnderTest subject) {
        this.subject = subject;
    }

    void all() {
        subject.inEachConfiguration((layout, format) -> {
            Random random = new Random(1);
            for (int i = 0; i < 2000; i++) {
                long bits = Math.min(40, layout.paBits() - layout.pageShift());
                long number = random.nextLong() & (1L << bits) - 1;
                boolean exclusive = random.nextBoolean();
                boolean writable = random.nextBoolean();
                boolean dirty = random.nextBoolean();
                boolean young = random.nextBoolean();
                checkSwap(format, random.nextInt(8), number & (1L << 32) - 1, exclusive);
                checkMigration(format, number, writable, exclusive, dirty, young);
            }
            for (int kind = 1; kind <= 7; kind++) {
                checkMarker(format, kind);
            }
        });
    }

    private void checkSwap(EntryFormat format, int type, long offset, boolean exclusive) {
        if (!subject.has(ArchitectureBehavior.SWAP_ENTRIES)) {
            assertThrows(UnsupportedOperationException.class, () -> format.swap(type, offset, exclusive));
            return;
        }
        long entry = format.swap(type, offset, exclusive);
        String where = "device " + type + " offset 0x" + Long.toHexString(offset) + " is " + Long.toHexString(entry);
        assertTrue(format.isSwap(entry), where);
        assertFalse(format.isNone(entry) || format.isPresent(entry) || format.isMigration(entry), where);
        assertEquals(0, format.markerKind(entry), where);
        assertEquals(type, format.swapType(entry), where);
        assertEquals(offset, format.swapOffset(entry), where);
        assertEquals(exclusive, format.isExclusive(entry), where);
        assertEquals(format.swap(type, offset, false), format.clearExclusive(entry), where);
        assertFalse(format.describe(entry, 1).isBlank());
    }

    private void checkMigration(
            EntryFormat format, long pfn, boolean writable, boolean exclusive, boolean dirty, boolean young) {
        if (!subject.has(ArchitectureBehavior.MIGRATION_ENTRIES)) {
            assertThrows(
                    UnsupportedOperationException.class,
                    () -> format.migration(pfn, writable, exclusive, dirty, young));
            return;
        }
        long entry = format.migration(pfn, writable, exclusive, dirty, young);
        String where = "migration of 0x" + Long.toHexString(pfn) + " is " + Long.toHexString(entry);
        assertTrue(format.isMigration(entry), where);
        assertFalse(format.isNone(entry) || format.isPresent(entry) || format.isSwap(entry), where);
        assertEquals(0, format.markerKind(entry), where);
        assertEquals(pfn, format.migrationPfn(entry), where);
        assertEquals(writable, format.isMigrationWritable(entry), where);
        assertEquals(dirty, format.isMigrationDirty(entry), where);
        assertEquals(young, format.isMigrationYoung(entry), where);
        // A writable mapping of an anonymous page is exclusive, whatever was asked for.
        assertEquals(writable || exclusive, format.isExclusive(entry), where);
    }

    private void checkMarker(EntryFormat format, int kind) {
        if (!subject.has(ArchitectureBehavior.MARKER_ENTRIES)) {
            assertThrows(UnsupportedOperationException.class, () -> format.marker(kind));
            return;
        }
        long entry = format.marker(kind);
        assertEquals(kind, format.markerKind(entry));
        assertFalse(format.isNone(entry) || format.isPresent(entry), "marker " + kind);
        assertFalse(format.isSwap(entry) || format.isMigration(entry), "marker " + kind);
    }
}
