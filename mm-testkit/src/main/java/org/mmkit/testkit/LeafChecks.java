package org.mmkit.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.LongUnaryOperator;
import org.mmkit.api.arch.Protection;

/** Entries that map memory: what they give back, and what a change of one property leaves alone. */
final class LeafChecks {

    private final BackendUnderTest subject;

    LeafChecks(BackendUnderTest subject) {
        this.subject = subject;
    }

    void empty() {
        subject.inEachConfiguration((layout, format) -> {
            long none = format.none();
            assertTrue(format.isNone(none));
            assertFalse(format.isPresent(none));
            assertFalse(format.isSwap(none));
            assertFalse(format.isMigration(none));
            assertEquals(0, format.markerKind(none));
        });
    }

    void framesAndPermissions() {
        subject.forLeaves((layout, format, level, pfn, leaf, where) -> {
            assertTrue(format.isPresent(leaf), where);
            assertTrue(format.isLeaf(leaf, level), where);
            assertFalse(format.isNone(leaf), where);
            assertEquals(pfn, format.pfn(leaf, level), where);
            assertTrue(format.isYoung(leaf), where);
            assertFalse(format.isDirty(leaf), where);
            assertFalse(format.isSwap(leaf) || format.isMigration(leaf) || format.markerKind(leaf) != 0, where);
            assertFalse(format.describe(leaf, level).isBlank(), where);
            for (int protection : BackendUnderTest.PROTECTIONS) {
                long changed = format.withProtection(leaf, level, protection);
                assertEquals(format.leaf(pfn, level, protection), changed, where + " changed to " + protection);
                assertEquals((protection & Protection.WRITE) != 0, format.isWritable(changed), where);
            }
        });
    }

    void properties() {
        subject.forLeaves((layout, format, level, pfn, leaf, where) -> {
            long dirty = format.makeDirty(leaf);
            assertTrue(format.isDirty(dirty), where);
            assertEquals(pfn, format.pfn(dirty, level), where);
            assertEquals(format.isWritable(leaf), format.isWritable(dirty), where);
            assertFalse(format.isDirty(format.makeClean(dirty)), where);

            long old = format.makeOld(dirty);
            assertFalse(format.isYoung(old), where);
            assertTrue(format.isDirty(old), where);
            assertEquals(dirty, format.makeYoung(old), where);

            long guarded = format.writeProtect(dirty);
            assertFalse(format.isWritable(guarded), where);
            assertTrue(format.isDirty(guarded), where + ": a write-protected page stays dirty");
            assertEquals(pfn, format.pfn(guarded, level), where);
            long writable = format.makeWritable(guarded);
            assertTrue(format.isWritable(writable) && format.isDirty(writable), where);

            long changed = format.withProtection(dirty, level, Protection.READ);
            assertTrue(format.isDirty(changed) && format.isYoung(changed), where + ": a change of permissions keeps D and A");
            // Linux on RISC-V makes the entry accessed, elsewhere it stays as it is.
            assertTrue(format.isDirty(format.withProtection(old, level, Protection.READ)), where);
        });
    }

    void special() {
        subject.forLeaves((layout, format, level, pfn, leaf, where) -> {
            assertFalse(format.isSpecial(leaf), where);
            if (!subject.has(ArchitectureBehavior.SPECIAL_BIT)) {
                assertThrows(UnsupportedOperationException.class, () -> format.makeSpecial(leaf), where);
                return;
            }
            long special = format.makeSpecial(leaf);
            assertTrue(format.isSpecial(special), where);
            assertTrue(format.isSpecial(format.withProtection(special, level, Protection.READ)), where);
            assertEquals(pfn, format.pfn(special, level), where);
        });
    }

    void withoutPermission() {
        subject.forLeaves((layout, format, level, pfn, leaf, where) -> {
            if (!subject.has(ArchitectureBehavior.PROT_NONE_LEAVES)) {
                assertThrows(
                        UnsupportedOperationException.class, () -> format.leaf(pfn, level, Protection.NONE), where);
                return;
            }
            long dirty = format.makeDirty(leaf);
            long closed = format.withProtection(dirty, level, Protection.NONE);
            assertTrue(format.isPresent(closed), where + ": the kernel's walkers still see it");
            assertTrue(format.isLeaf(closed, level), where);
            assertEquals(pfn, format.pfn(closed, level), where);
            assertFalse(format.isWritable(closed), where);
            assertTrue(format.isDirty(closed), where);
            assertFalse(format.isSwap(closed) || format.isMigration(closed) || format.markerKind(closed) != 0, where);
            assertEquals(pfn, format.pfn(format.leaf(pfn, level, Protection.NONE), level), where);
            long open = format.withProtection(closed, level, Protection.READ | Protection.WRITE);
            assertEquals(format.withProtection(dirty, level, Protection.READ | Protection.WRITE), open, where);
        });
    }

    void hugeLeavesAsDeclared() {
        subject.inEachConfiguration((layout, format) -> {
            boolean any = false;
            for (int level = 2; level <= layout.levels(); level++) {
                any |= layout.mayBeLeaf(level);
            }
            assertEquals(subject.has(ArchitectureBehavior.HUGE_LEAVES), any, "leaves above level 1");
        });
    }

    void children() {
        subject.forLeaves((layout, format, level, pfn, leaf, where) -> {
            if (level == 1) {
                return;
            }
            int last = (1 << layout.order(level)) - 1;
            for (long huge : new long[] {leaf, format.makeOld(format.makeDirty(leaf)), format.writeProtect(leaf)}) {
                for (int n : new int[] {0, 1, last / 2, last}) {
                    long child = format.childLeaf(huge, level, n);
                    assertEquals(pfn + n, format.pfn(child, 1), where + " child " + n);
                    assertTrue(format.isPresent(child) && format.isLeaf(child, 1), where);
                    assertEquals(format.isWritable(huge), format.isWritable(child), where);
                    assertEquals(format.isDirty(huge), format.isDirty(child), where);
                    assertEquals(format.isYoung(huge), format.isYoung(child), where);
                    assertEquals(format.isSpecial(huge), format.isSpecial(child), where);
                }
            }
            assertEquals(format.leaf(pfn + 5, 1, Protection.READ), format.childLeaf(format.leaf(pfn, level, Protection.READ), level, 5), where);
        });
    }

    void advance() {
        subject.forLeaves((layout, format, level, pfn, leaf, where) -> {
            long step = 1L << layout.order(level);
            if (pfn + step >>> layout.paBits() - layout.pageShift() != 0) {
                return;
            }
            long moved = format.advance(leaf, level, step);
            assertEquals(pfn + step, format.pfn(moved, level), where);
            assertEquals(leaf, format.advance(moved, level, -step), where);
        });
    }

    void frameSteps() {
        subject.forLeaves((layout, format, level, pfn, leaf, where) -> {
            if (level > 2 || format.frameStep(level == 1 ? leaf : format.childLeaf(leaf, 2, 0)) == 0) {
                return;
            }
            int last = layout.entries(1) - 1;
            long base = pfn & ~(long) last;
            for (int protection : new int[] {0, Protection.READ, Protection.READ | Protection.WRITE}) {
                long one = level == 1 ? format.leaf(base, 1, protection) : format.childLeaf(format.leaf(base, 2, protection), 2, 0);
                for (LongUnaryOperator change : List.<LongUnaryOperator>of(
                        e -> e, format::makeOld, format::makeDirty, format::writeProtect, format::makeClean)) {
                    long first = change.applyAsLong(one);
                    long step = format.frameStep(first);
                    for (int n = 0; step != 0 && n <= last; n += n < 3 ? 1 : 509) {
                        assertEquals(format.advance(first, 1, n), first + n * step, where + " frame " + n);
                        assertEquals(change.applyAsLong(one + n * format.frameStep(one)), first + n * step, where + " changed, frame " + n);
                        if (level == 2) {
                            assertEquals(format.childLeaf(format.leaf(base, 2, protection), 2, n), one + n * format.frameStep(one), where + " child " + n);
                        }
                    }
                }
            }
        });
    }

    void steps() {
        subject.forLeaves((layout, format, level, pfn, leaf, where) -> {
            assertTrue(format.mayFollow(format.none(), leaf, level) && format.mayFollow(leaf, format.none(), level), where);
            assertTrue(format.mayFollow(leaf, format.makeOld(leaf), level) && format.mayFollow(leaf, format.makeDirty(leaf), level), where);
        });
    }

    void runs() {
        subject.inEachConfiguration((layout, format) -> {
            for (int level = 1; level <= layout.levels(); level++) {
                int entries = layout.contiguousEntries(level);
                if (!layout.mayBeLeaf(level) || entries == 1) {
                    continue;
                }
                long step = 1L << layout.order(level);
                long first = 3 * entries * step;
                for (int n = 0; n < entries; n++) {
                    long single = format.leaf(first + n * step, level, Protection.READ);
                    long one = format.makeContiguous(single, level);
                    assertTrue(format.isContiguous(one, level) && !format.isContiguous(single, level));
                    assertEquals(single, format.makeSingle(one, level, n), "entry " + n + " of a run of level " + level);
                    assertEquals(format.repeatShift(one, level) == 0 ? first + n * step : first, format.pfn(one, level));
                    assertEquals(0, format.reservedBits(one, level));
                }
            }
        });
    }
}
