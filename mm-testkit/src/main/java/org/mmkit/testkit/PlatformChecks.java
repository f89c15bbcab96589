package org.mmkit.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.mmkit.api.arch.Architecture;
import org.mmkit.api.arch.MmuGeometry;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.arch.PhysicalMap;
import org.mmkit.api.arch.VirtualLayout;
import org.mmkit.api.config.Configuration;

/** What lies around the page tables: names, addresses, memory, translation caches. */
final class PlatformChecks {

    private static final long MEMORY = 512L << 20;

    private final BackendUnderTest subject;

    PlatformChecks(BackendUnderTest subject) {
        this.subject = subject;
    }

    void nameAndKconfig() throws IOException {
        Architecture architecture = subject.architecture();
        assertTrue(architecture.id().matches("[a-z0-9_-]{1,63}"), architecture.id());
        assertFalse(architecture.name().isBlank());
        String path = "META-INF/mm/" + architecture.id() + "/Kconfig";
        try (InputStream in = architecture.getClass().getModule().getResourceAsStream(path)) {
            assertNotNull(in, path + " is not in the backend's jar");
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(
                    text.lines().anyMatch(line -> line.strip().matches("(menu)?config " + architecture.configSymbol())),
                    path + " defines no " + architecture.configSymbol());
        }
    }

    void addresses() {
        for (Configuration configuration : subject.configurations()) {
            PageTableLayout layout = subject.architecture().layout(configuration);
            VirtualLayout space = subject.architecture().virtualLayout(configuration);
            assertTrue(subject.architecture().isCanonical(layout, space.userStart()));
            assertTrue(subject.architecture().isCanonical(layout, space.userEnd() - 1));
            assertTrue(subject.architecture().isCanonical(layout, space.directMapBase()), Long.toHexString(space.directMapBase()));
            assertEquals(0x4000, subject.architecture().rootAddress(configuration, 0x4000));
            for (long va : new long[] {space.userEnd() - layout.size(1), space.directMapBase()}) {
                assertEquals(va, subject.architecture().canonical(layout, va, va < 0 || Long.compareUnsigned(va, space.userEnd()) >= 0));
            }
        }
    }

    void firmwareMap() {
        for (long bytes : new long[] {MEMORY, 4L << 30, 64L << 30, 16L << 40}) {
            PhysicalMap map = subject.architecture().physicalMap(bytes);
            long end = 0;
            long usable = 0;
            for (PhysicalMap.Range range : map.ranges()) {
                assertTrue(range.start() >= end && range.bytes() > 0, "range " + range + " of " + bytes);
                end = range.start() + range.bytes();
                usable += range.usable() ? range.bytes() : 0;
            }
            assertTrue(usable <= bytes && usable > bytes - (64L << 20), usable + " usable of " + bytes);
        }
    }

    void addressSpace() {
        for (Configuration configuration : subject.configurations()) {
            PageTableLayout layout = subject.architecture().layout(configuration);
            VirtualLayout space = subject.architecture().virtualLayout(configuration);
            long page = layout.size(1);
            assertTrue(space.userStart() > 0 && space.userStart() < space.mmapBase());
            assertTrue(space.mmapBase() < space.stackTop() && space.stackTop() <= space.userEnd());
            assertEquals(0, (space.userStart() | space.mmapBase() | space.stackTop() | space.userEnd()) & page - 1);
            long half = layout.signExtended() ? layout.vaBits() - 1 : layout.vaBits();
            assertTrue(half >= 63 || space.userEnd() <= 1L << half, "user space ends at " + space.userEnd());
            assertNotEquals(space.directMapBase(), space.vmemmapBase());
            assertTrue(subject.architecture().sectionOrder(configuration) >= subject.architecture().maxOrder(configuration),
                    "a section holds a block of the largest order");
        }
    }

    void translationCaches() {
        MmuGeometry mmu = subject.architecture().mmu();
        assertFalse(mmu.tlbs().isEmpty());
        for (MmuGeometry.Tlb tlb : mmu.tlbs()) {
            assertTrue(tlb.entries() > 0 && tlb.ways() > 0 && tlb.entries() % tlb.ways() == 0, tlb.toString());
            assertTrue(tlb.cacheLevel() >= 1 && tlb.levels() != 0, tlb.toString());
        }
    }
}
