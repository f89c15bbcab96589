package org.mmkit.scenario.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.mmkit.scenario.syntax.Expression.Name;
import org.mmkit.scenario.syntax.Expression.Negation;
import org.mmkit.scenario.syntax.Expression.NumberLiteral;
import org.mmkit.scenario.syntax.Expression.Product;
import org.mmkit.scenario.syntax.Expression.StringLiteral;
import org.mmkit.scenario.syntax.Expression.Sum;
import org.mmkit.scenario.syntax.Expression.Term;
import org.mmkit.scenario.syntax.Expression.Union;

class ScenarioParserTest {

    private static List<Statement> parse(String text) throws ScenarioException {
        return ScenarioParser.parse("t.mm", text).statements();
    }

    private static Expression value(String expression) throws ScenarioException {
        return ((Statement.Assignment) parse("x = " + expression).get(0)).value();
    }

    private static NumberLiteral number(long value) {
        return new NumberLiteral(value);
    }

    private static void assertRefused(String text, String message) {
        assertThatThrownBy(() -> parse(text)).isInstanceOf(ScenarioException.class).hasMessage(message);
    }

    @Test
    void numbers_are_decimal_hexadecimal_or_octal_with_a_suffix() throws Exception {
        assertThat(value("10")).isEqualTo(number(10));
        assertThat(value("0x1F")).isEqualTo(number(31));
        assertThat(value("017")).isEqualTo(number(15));
        assertThat(value("0")).isEqualTo(number(0));
        assertThat(value("2M")).isEqualTo(number(2 << 20));
        assertThat(value("0x10T")).isEqualTo(number(16L << 40));
        assertThat(value("0xffffffffffffffff")).isEqualTo(number(-1));
        assertThat(value("18446744073709551615")).isEqualTo(number(-1));
    }

    @Test
    void operators_bind_as_in_c() throws Exception {
        assertThat(value("1|2+3*4-5")).isEqualTo(new Union(List.of(number(1), new Sum(List.of(
                new Term(false, number(2)),
                new Term(false, new Product(List.of(number(3), number(4)))),
                new Term(true, number(5)))))));
        assertThat(value("-(1)")).isEqualTo(new Negation(number(1)));
        assertThat(value("- - 1")).isEqualTo(number(1));
    }

    @Test
    void a_call_keeps_target_words_and_arguments() throws Exception {
        assertThat(parse("  a = munmap( NULL , 4K ) # free it")).containsExactly(new Statement.Call(
                1, Optional.of("a"), Operation.MUNMAP, List.of(), List.of(new Name("NULL", 15), number(4096))));
        assertThat(parse("mthp(64kB/anon_fault_alloc, 2048kB/split)")).containsExactly(new Statement.Call(
                1, Optional.empty(), Operation.MTHP, List.of("64kB/anon_fault_alloc", "2048kB/split"), List.of()));
        assertThat(parse("pin(p, 4K, 4K)\nunpin(p)")).hasSize(2);
        assertThat(parse("fd = open(\"/mnt/t/f # not a comment\", O_RDWR|O_CREAT)").get(0)).isEqualTo(new Statement.Call(
                1, Optional.of("fd"), Operation.OPEN, List.of(), List.of(new StringLiteral("/mnt/t/f # not a comment"),
                new Union(List.of(new Name("O_RDWR", 39), new Name("O_CREAT", 46))))));
    }

    @Test
    void shell_lines_keep_their_text() throws Exception {
        assertThat(parse("echo \"a > b\" > /sys/x\n\tcat /sys/x \numount /mnt/t\nmount -o remount,size=1M,ro /mnt/t"))
                .containsExactly(
                        new Statement.Echo(1, "a > b", "/sys/x"),
                        new Statement.Cat(2, "/sys/x"),
                        new Statement.Unmount(3, "/mnt/t"),
                        new Statement.Mount(4, "tmpfs", List.of("size=1M"), true, true, "none", "/mnt/t"));
        assertThat(parse("echo \"\" > /sys/x")).containsExactly(new Statement.Echo(1, "", "/sys/x"));
    }

    @Test
    void blocks_nest_and_end_at_their_own_brace() throws Exception {
        assertThat(parse("child {\n  parent {\n    x = 1\n  }\n}\ny = x")).containsExactly(
                new Statement.Child(1, 5, List.of(new Statement.Parent(2, 4,
                        List.of(new Statement.Assignment(3, "x", number(1)))))),
                new Statement.Assignment(6, "y", new Name("x", 5)));
    }

    @Test
    void names_of_a_child_are_unknown_to_its_parent() {
        assertRefused("child {\n  x = 1\n}\ny = x",
                "t.mm:4:5: unknown name 'x'; it is neither set before this line nor a constant");
        assertRefused("child {\n  x = 1\n  parent {\n    y = x\n  }\n}",
                "t.mm:4:9: unknown name 'x'; it is neither set before this line nor a constant");
    }

    @Test
    void an_error_says_where_what_and_what_would_be_right() {
        assertRefused("a = mmpa(0, 4K)", "t.mm:1:5: unknown operation 'mmpa'; did you mean mmap?");
        assertRefused("\n  munmap(0)", "t.mm:2:3: munmap takes at least 2 arguments");
        assertRefused("munmap(0, 1, 2)", "t.mm:1:14: munmap takes at most 2 arguments");
        assertRefused("munmap(0, 1) x", "t.mm:1:14: unexpected 'x'; a statement ends here, or with # and a comment");
        assertRefused("x = MADV_HUGEPAGES", "t.mm:1:5: unknown name 'MADV_HUGEPAGES'; it is neither set before this line"
                + " nor a constant; did you mean MADV_HUGEPAGE?");
        assertRefused("x = 1 +", "t.mm:1:8: expected a number, a string, a name or '(', found the end of the line");
        assertRefused("x = (1", "t.mm:1:7: expected ')' to close the parenthesis, found the end of the line");
        assertRefused("x = 18446744073709551616", "t.mm:1:5: a number above 64 bits; 0xffffffffffffffff is the largest");
        assertRefused("x = 16777216T", "t.mm:1:5: a number above 64 bits; 0xffffffffffffffff is the largest");
        assertRefused("x = 08", "t.mm:1:5: '08' is no number; write decimal, 0x and hexadecimal, or 0 and octal digits,"
                + " then K, M, G or T if wanted");
        assertRefused("x = \"abc", "t.mm:1:5: a string without its closing '\"'");
        assertRefused("unlink(3)", "t.mm:1:8: expected a string in double quotes");
        assertRefused("}", "t.mm:1: '}' closes no block; a block begins with child { or parent {");
        assertRefused("x = 1\nchild {", "t.mm:2: a block without its closing '}'");
        assertRefused("parent {\n}", "t.mm:1: parent { is for the inside of a child { } block");
        assertRefused("mount /tmp", "t.mm:1: mount points live under /mnt/, not at /tmp");
        assertRefused("echo 1", "t.mm:1:6: echo without '> PATH'");
        assertRefused("?", "t.mm:1:1: expected a statement: NAME(…), NAME = …, echo, cat, mount, umount, child { or parent {");
    }

    @Test
    void depth_and_length_have_no_power_over_the_parser() throws Exception {
        assertRefused("x = " + "(".repeat(1_000_000), "t.mm:1:255: an expression nested more than 250 deep;"
                + " set a name to a part of it first");
        assertRefused("child {\n".repeat(100_000), "t.mm:251: blocks nested more than 250 deep");
        assertRefused("x = " + "9".repeat(1_000_000), "t.mm:1:5: a number above 64 bits; 0xffffffffffffffff is the largest");
        assertThat(value("-".repeat(1_000_000) + "1")).isEqualTo(number(1));
        assertThat(((Sum) value("1" + "+1".repeat(200_000))).terms()).hasSize(200_001);
        assertThat(value("(".repeat(249) + "1" + ")".repeat(249))).isEqualTo(number(1));
    }
}
