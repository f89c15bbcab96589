package org.mmkit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mm walk} and {@code mm tables} on images made here, word by word. */
class DumpCommandsTest {

    private static final long BASE = 0x10_0000;

    @TempDir
    private Path directory;

    private Path raw = Path.of("");
    private final ByteBuffer memory = ByteBuffer.allocate(5 * 4096).order(ByteOrder.LITTLE_ENDIAN);

    private void entry(int table, int index, long word) {
        memory.putLong(table * 4096 + index * 8, word);
    }

    /** Tables 0 to 3 from the root down: three pages at 0x4000_0000_1000, one of 2M at 0x4000_0020_0000, a swap entry, a self-map. */
    @BeforeEach
    void image() throws IOException {
        entry(0, 128, BASE + 0x1000 | 0x67);
        entry(0, 511, BASE | 0x63);
        entry(1, 0, BASE + 0x2000 | 0x67);
        entry(2, 0, BASE + 0x3000 | 0x67);
        entry(2, 1, 0x8000_0000_4000_00A5L);
        entry(3, 1, 0x8000_0000_0123_4867L);
        entry(3, 2, 0x8000_0000_0123_5827L);
        entry(3, 3, 0x8000_0000_0777_7867L);
        entry(3, 9, 0x07FF_FFFF_FFFF_0600L);
        raw = Files.write(directory.resolve("guest.raw"), memory.array());
    }

    private CommandRun walk(Object... more) {
        return run("walk", more);
    }

    private CommandRun run(String command, Object... more) {
        Object[] args = new Object[more.length + 5];
        System.arraycopy(new Object[] {command, "--arch", "x86_64", "--base", "0x100000"}, 0, args, 0, 5);
        System.arraycopy(more, 0, args, 5, more.length);
        return CommandRun.of(args);
    }

    @Test
    void A03_walk_shows_every_entry_and_explains_its_bits() {
        CommandRun run = walk("--root", "0x100000", raw, "0x400000001abc");

        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("level 4  0x100000[128]  0000000000101067  table in frame 0x101")
                .contains("level 1  0x103000[1]  8000000001234867  4K leaf of frame 0x1234")
                .containsPattern("63 +XD +0x1 +no instructions are fetched")
                .containsPattern("11 +_PAGE_SOFT_DIRTY")
                .contains("-> 0x1234abc  4K page, k:rw- u:rw-");
        assertThat(walk("--root", "0x100000", "--brief", raw, "0x400000212345").out()).isEqualTo("0x400000212345 0x40012345 k:r-- u:r--\n");
    }

    /** An arm64 page of a folio that the kernel mapped by a run (ARM64_CONTPTE). */
    @Test
    void A03_walk_says_of_which_run_a_page_is_one() throws IOException {
        memory.clear().put(new byte[memory.capacity()]);
        for (int table = 0; table < 3; table++) {
            entry(table, 0, 0x0800_0000_0000_0003L | BASE + (table + 1) * 0x1000);
        }
        entry(3, 1, 0x00F8_0000_4000_1F43L);
        Path arm = Files.write(directory.resolve("arm.raw"), memory.array());

        CommandRun run = CommandRun.of("walk", "--arch", "arm64", "--set", "ARM64_VA_BITS_48=y", "--base", "0x100000", "--root", "0x100000", arm, "0x1abc");

        assertThat(run.out()).containsPattern("52 +Contiguous").contains("-> 0x40001abc  4K page, one of a run of 16 (64K), k:rw- u:rw-");
        assertThat(run.status()).isZero();
    }

    @Test
    void A03_walk_says_why_an_address_is_not_mapped() {
        CommandRun run = walk("--root", "0x100000", raw, "0x400000009000", "0x400000005000", "0x900000000000", "0x400000201000");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).contains("swap device 0 page ").contains("not mapped: the entry of level 1 is not valid")
                .contains("not mapped: tables of 4 levels translate 48 bits").contains("-> 0x40001000  2M page");
    }

    @Test
    void A03_tables_joins_neighbours_and_ends_in_tables_that_contain_themselves() {
        CommandRun run = run("tables", "--root", "0x100000", "--not-valid", raw);

        assertThat(run.out())
                .contains("0000400000001000-0000400000002fff  0x1234000  4K x 2  k:rw- u:rw-  A 2  D 1")
                .contains("0000400000003000-0000400000003fff  0x7777000  4K x 1")
                .contains("0000400000200000-00004000003fffff  0x40000000  2M x 1  k:r-- u:r--")
                .contains("0000400000009000  not valid, level 1  07ffffffffff0600")
                .contains("ffffff8000000000  a loop: the table at 0x100000 as level 3 contains itself, it is on the way here as level 4")
                .contains("3 runs of leaves (3 of 4K, 1 of 2M), 2060 kB mapped by 4 tables; 1 entries not valid, 1 tables met again");
        assertThat(run.status()).isZero();
        assertThat(run("tables", "--root", "0x100000", "--exact", raw).out()).contains("4 runs of leaves");
    }

    @Test
    void A03_the_tables_alone_can_be_taken_out_and_walked() throws IOException {
        Path tables = directory.resolve("tables.elf");
        assertThat(run("tables", "--root", "0x100000", "--summary", "--extract", tables, raw).status()).isZero();

        assertThat(Files.size(tables)).isEqualTo(4 * 4096 + 64 + 56);
        CommandRun run = CommandRun.of("walk", "--root", "0x100000", "--brief", tables, "0x400000003777");
        assertThat(run.out()).as("the file names its architecture").isEqualTo("0x400000003777 0x7777777 k:rw- u:rw-\n");
        CommandRun wrong = CommandRun.of("walk", "--arch", "arm64", "--root", "0x100000", tables, "0x0");
        assertThat(wrong.status()).isEqualTo(2);
        assertThat(wrong.err()).contains("tables.elf:0x12: an image of x86_64 (ELF machine 62), not of arm64");
    }

    /** A core of {@code segments}, each an address and the part of the file that it shows from {@code data} on. */
    private Path core(byte[] data, long[]... segments) throws IOException {
        int header = 64 + 56 * segments.length;
        ByteBuffer elf = ByteBuffer.allocate(header + data.length).order(ByteOrder.LITTLE_ENDIAN);
        elf.put(new byte[] {0x7F, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0}).putShort((short) 4).putShort((short) 62).putInt(1);
        elf.putLong(0).putLong(64).putLong(0).putInt(0).putShort((short) 64).putShort((short) 56).putShort((short) segments.length).putInt(0);
        elf.position(64);
        for (long[] s : segments) {
            elf.putInt(1).putInt(0).putLong(header + s[1]).putLong(0xffff_8880_0000_0000L + s[0]).putLong(s[0]).putLong(s[2]).putLong(s[2]).putLong(0);
        }
        return Files.write(directory.resolve("guest.elf"), elf.put(data).array());
    }

    @Test
    void A03_a_core_made_with_paging_holds_the_same_memory_in_many_segments() throws IOException {
        // In the order of the guest's mappings: within each other, over each other's ends, and one twice.
        Path core = core(memory.array(), new long[] {BASE + 0x2800, 0x2800, 0x2800}, new long[] {BASE, 0, 0x1000},
                new long[] {BASE + 0x800, 0x800, 0x2400}, new long[] {BASE, 0, 0x1000}, new long[] {BASE + 0x1000, 0x1000, 0x100});

        CommandRun run = CommandRun.of("walk", "--root", "0x100000", "--brief", core, "0x400000001abc", "0x400000003777", "0x400000212345");
        assertThat(run.out()).isEqualTo(walk("--root", "0x100000", "--brief", raw, "0x400000001abc", "0x400000003777", "0x400000212345").out());
        assertThat(run.status()).isZero();
        assertThat(CommandRun.of("tables", "--root", "0x100000", core).out()).isEqualTo(run("tables", "--root", "0x100000", raw).out());
    }

    @Test
    void A03_an_image_of_many_gigabytes_is_not_read_but_looked_into() throws IOException {
        Path large = directory.resolve("large.raw");
        try (java.io.RandomAccessFile file = new java.io.RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(64L << 30);
            file.seek(0x10_0000);
            file.write(memory.array());
            // The leaf table moves to where one mapping of the file ends and the next begins.
            file.seek(0x10_2000);
            file.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(11L << 30 | 0x67).array());
            file.seek(11L << 30);
            file.write(memory.array(), 3 * 4096, 4096);
        }

        CommandRun run = CommandRun.of("walk", "--arch", "x86_64", "--root", "0x100000", "--brief", large, "0x400000001abc");
        assertThat(run.out()).isEqualTo("0x400000001abc 0x1234abc k:rw- u:rw-\n");
        CommandRun shifted = CommandRun.of("walk", "--arch", "x86_64", "--base", "0x3fc", "--root", "0x1003fc", large, "0x0");
        assertThat(shifted.err()).contains("the base address 0x3fc is no multiple of 8");
    }

    @Test
    void what_is_no_memory_image_is_named_with_its_place() throws IOException {
        Path elf = directory.resolve("tables.elf");
        run("tables", "--root", "0x100000", "--summary", "--extract", elf, raw);
        byte[] whole = Files.readAllBytes(elf);

        assertRefused(java.util.Arrays.copyOf(whole, whole.length - 100), ":0x78: cut short: segment 0 goes to offset 0x4078, the file ends at 0x4014");
        assertRefused(java.util.Arrays.copyOf(whole, 70), ":0x40: cut short within program header 0 of 1");
        assertRefused(java.util.Arrays.copyOf(whole, 20), ":0x14: cut short within the ELF header of 64 bytes");
        byte[] program = whole.clone();
        program[16] = 2;
        assertRefused(program, ":0x10: an ELF file of type 2, not a core (4)");
        program = whole.clone();
        program[4] = 1;
        assertRefused(program, ":0x4: a 32-bit ELF file");
        program = whole.clone();
        program[39] = (byte) 0x80;
        assertRefused(program, ":0x8000000000000040: cut short within program header 0 of 1");
        assertRefused(new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0}, ":0x0: compressed by gzip; unpack it first");
        assertRefused("KDUMP   and more".getBytes(java.nio.charset.StandardCharsets.US_ASCII), ":0x0: a compressed kdump");
        assertRefused(new byte[3], ":0x0: 3 bytes are no memory");
    }

    private void assertRefused(byte[] bytes, String message) throws IOException {
        Path file = Files.write(directory.resolve("bad"), bytes);
        CommandRun run = walk("--root", "0x100000", file, "0x0");
        assertThat(run.err()).contains(file + message);
        assertThat(run.status()).isEqualTo(2);
    }

    @Test
    void what_is_missing_on_the_command_line_is_asked_for() {
        assertThat(walk(raw, "0x0").err()).contains("where do the tables begin? Give --root");
        assertThat(walk("--root", "0x900000", raw, "0x0").err()).contains("the root table at 0x900000 is not in the image, which holds 0x100000-0x104fff");
        assertThat(walk("--root", "0x100000", raw).err()).contains("which address?");
        assertThat(walk("--root", "0x100000", raw, "7fff").err()).contains("address 7fff: not an address; write 0x");
        assertThat(CommandRun.of("tables", "--root", "0x0", raw).err()).contains("is a raw image, which does not say what machine it is of; name it with --arch");
        assertThat(CommandRun.of("walk", "--arch", "riscv64", "--root", "0x8000000000000100", "--base", "0x100000", raw, "0x0").err())
                .contains("says mode 8, Sv39; set RISCV_SV39=y");
        assertThat(walk("--root", "0x100000", directory.resolve("none"), "0x0").err()).contains("no such file");
    }

    @Test
    void A03_a_table_that_the_image_lacks_is_said_to_be_missing() throws IOException {
        entry(2, 2, 0x7000_0000L | 0x67);
        Files.write(raw, memory.array());

        CommandRun list = run("tables", "--root", "0x100000", raw);
        assertThat(list.out()).contains("0000400000400000  missing, level 2").contains("the table at 0x70000000 is not in the image");
        assertThat(list.status()).isEqualTo(1);
        assertThat(walk("--root", "0x100000", raw, "0x400000400000").out())
                .contains("unknown: the table entry at 0x70000000 is not in the image, which holds 0x100000-0x104fff");
    }
}
