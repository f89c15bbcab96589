package org.mmkit.kconfig.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mmkit.kconfig.Trees;
import org.mmkit.kconfig.config.ConfigurationEditor;
import org.mmkit.kconfig.eval.RandomKconfig;
import org.mmkit.kconfig.model.SymbolType;
import org.mmkit.kconfig.repair.FormulaExport;
import org.mmkit.kconfig.repair.Repairer;

/** What other people's solvers say about exported formulas, and what we say about the tree: Debian's minisat and z3. */
@Tag("heavy")
class SolverAgreementTest {

    private static final int TREES = 25;

    @TempDir
    private Path directory;

    @Test
    void K02_minisat_and_z3_agree_on_what_is_possible() throws IOException, InterruptedException {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/minisat")) && Files.isExecutable(Path.of("/usr/bin/z3")),
                "needs minisat and z3");
        int possible = 0;
        int impossible = 0;
        for (int seed = 0; seed < TREES; seed++) {
            ConfigurationEditor editor = Trees.editor(RandomKconfig.text(new Random(seed), 8));
            FormulaExport formula = FormulaExport.of(editor.current());
            StringBuilder cnf = new StringBuilder();
            FormulaFormats.dimacs(formula, cnf);
            StringBuilder smt = new StringBuilder();
            FormulaFormats.smtLib(formula, smt);
            for (FormulaExport.Meaning m : formula.symbols()) {
                for (String value : editor.tree().symbol(m.symbol()).orElseThrow().type() == SymbolType.TRISTATE
                        ? List.of("n", "m", "y") : List.of("n", "y")) {
                    boolean ours = !new Repairer(editor, 60_000).find(Map.of(m.symbol(), value), 1).repairs().isEmpty();
                    String what = "seed " + seed + ", " + m.symbol() + "=" + value;
                    int[] units = value.equals("y") ? new int[] {m.full()} : value.equals("n") ? new int[] {-m.some()}
                            : new int[] {m.some(), -m.full()};
                    assertThat(minisat(cnf.toString(), units)).as("minisat, " + what).isEqualTo(ours);
                    assertThat(z3(smt.toString(), m.symbol(), value)).as("z3, " + what).isEqualTo(ours);
                    possible += ours ? 1 : 0;
                    impossible += ours ? 0 : 1;
                }
            }
        }
        System.out.println(possible + " possible and " + impossible + " impossible wishes: the solvers agree");
        assertThat(possible).isGreaterThan(100);
        assertThat(impossible).isGreaterThan(10);
    }

    private boolean minisat(String cnf, int[] units) throws IOException, InterruptedException {
        Matcher head = Pattern.compile("p cnf (\\d+) (\\d+)").matcher(cnf);
        assertThat(head.find()).isTrue();
        StringBuilder text = new StringBuilder(head.replaceFirst("p cnf " + head.group(1) + " "
                + (Integer.parseInt(head.group(2)) + units.length)));
        for (int unit : units) {
            text.append(unit).append(" 0\n");
        }
        Path file = Files.writeString(directory.resolve("f.cnf"), text.toString());
        Process p = new ProcessBuilder("/usr/bin/minisat", "-verb=0", file.toString()).redirectErrorStream(true).start();
        p.getInputStream().readAllBytes();
        int status = p.waitFor();
        assertThat(status).isIn(10, 20);
        return status == 10;
    }

    private boolean z3(String smt, String symbol, String value) throws IOException, InterruptedException {
        String some = "|" + symbol + ".some|";
        String full = "|" + symbol + ".full|";
        String wish = value.equals("y") ? full : value.equals("n") ? "(not " + some + ")"
                : "(and " + some + " (not " + full + "))";
        Path file = Files.writeString(directory.resolve("f.smt2"),
                smt.replace("(check-sat)", "(assert " + wish + ")\n(check-sat)"));
        Process p = new ProcessBuilder("/usr/bin/z3", file.toString()).redirectErrorStream(true).start();
        String answer = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        p.waitFor();
        assertThat(answer).isIn("sat", "unsat");
        return answer.equals("sat");
    }
}
