package org.mmkit.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.mmkit.api.arch.Access;
import org.mmkit.api.arch.EntryField;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.Protection;
import org.mmkit.core.pgtable.MaskedFormat;

/** Entries as hardware and people read them: what an access finds allowed, and every bit explained. */
final class HardwareChecks {

    private final BackendUnderTest subject;

    HardwareChecks(BackendUnderTest subject) {
        this.subject = subject;
    }

    void explained() {
        subject.forLeaves((layout, format, level, pfn, leaf, where) -> {
            checkExplained(format, leaf, level, where);
            checkExplained(format, format.makeDirty(format.makeOld(leaf)), level, where);
            if (subject.has(ArchitectureBehavior.PROT_NONE_LEAVES)) {
                checkExplained(format, format.withProtection(leaf, level, Protection.NONE), level, where);
            }
        });
        subject.inEachConfiguration((layout, format) -> {
            assertTrue(format.explain(format.none(), 1).isEmpty(), "the empty entry has no fields");
            for (int level = 2; level <= layout.levels(); level++) {
                checkExplained(format, format.table(0x12345, level), level, "table of level " + level);
            }
            if (subject.has(ArchitectureBehavior.SWAP_ENTRIES)) {
                checkExplained(format, format.swap(3, 0x1234, true), 1, "swap entry");
            }
            if (subject.has(ArchitectureBehavior.MIGRATION_ENTRIES)) {
                checkExplained(format, format.migration(0x1234, true, true, true, true), 1, "migration entry");
            }
        });
    }

    void access() {
        subject.forLeaves((layout, format, level, pfn, leaf, where) -> {
            assertTrue(format.isValid(leaf), where);
            assertEquals(0, format.reservedBits(leaf, level), where + ": the hardware would refuse the model's own entry");
            int access = format.access(leaf, level);
            assertEquals(format.isWritable(leaf), (access & Access.USER_WRITE) != 0, where);
            assertTrue((access & Access.USER_READ) != 0, where);
            if (subject.has(ArchitectureBehavior.PROT_NONE_LEAVES)) {
                assertFalse(format.isValid(format.withProtection(leaf, level, Protection.NONE)), where);
            }
        });
        subject.inEachConfiguration((layout, format) -> {
            for (int level = 2; level <= layout.levels(); level++) {
                long table = format.table(0x123, level);
                assertTrue(format.isValid(table));
                assertEquals(0, format.reservedBits(table, level));
                assertEquals(Access.USER_READ | Access.USER_WRITE, format.access(table, level) & (Access.USER_READ | Access.USER_WRITE));
            }
        });
    }

    void masks() {
        subject.inEachConfiguration((layout, format) -> {
            if (format.masks().isEmpty()) {
                return;
            }
            EntryFormat masked = MaskedFormat.of(format, layout);
            for (long seed = 1; seed <= 2000; seed++) {
                Random random = new Random(seed);
                // Random words, sparse ones, and words with one bit: what no table holds must be answered alike, too.
                long word = random.nextLong();
                word &= random.nextBoolean() ? -1 : random.nextLong();
                word = seed <= 64 ? 1L << seed - 1 : word;
                int level = 1 + random.nextInt(layout.levels());
                String where = "seed " + seed + ", level " + level + ", entry 0x" + Long.toHexString(word);
                assertEquals(answers(format, word, level), answers(masked, word, level), where);
                if (format.isPresent(word) && format.isLeaf(word, level) && layout.mayBeLeaf(level)) {
                    assertEquals(format.pfn(word, level), masked.pfn(word, level), where);
                }
                if (layout.mayBeLeaf(level)) {
                    long pfn = random.nextLong() >>> 64 - random.nextInt(layout.paBits() - layout.pageShift()) - 1 & -1L << layout.order(level);
                    int protection = BackendUnderTest.PROTECTIONS[random.nextInt(BackendUnderTest.PROTECTIONS.length)];
                    assertEquals(format.leaf(pfn, level, protection), masked.leaf(pfn, level, protection), "pfn 0x" + Long.toHexString(pfn) + " of " + where);
                }
            }
        });
    }

    private static List<Object> answers(EntryFormat format, long word, int level) {
        return List.of(format.isNone(word), format.isValid(word), format.isPresent(word), format.isLeaf(word, level), format.isUserAccessible(word),
                format.isWritable(word), format.isDirty(word), format.isYoung(word), format.makeYoung(word), format.makeOld(word),
                format.isSpecial(word), format.makeSpecial(word), format.none());
    }

    private static void checkExplained(EntryFormat format, long entry, int level, String where) {
        long seen = 0;
        int last = 64;
        for (EntryField field : format.explain(entry, level)) {
            String what = where + ", entry 0x" + Long.toHexString(entry) + ": " + field;
            assertTrue(field.high() < last, what + " is not below the field before it");
            last = field.low();
            seen |= field.mask();
            assertEquals((entry & field.mask()) >>> field.low(), field.value(), what);
            assertFalse(field.name().isBlank() || field.meaning().isBlank(), what);
        }
        assertEquals(0, entry & ~seen, where + ": bits of 0x" + Long.toHexString(entry) + " that are not explained");
    }
}
