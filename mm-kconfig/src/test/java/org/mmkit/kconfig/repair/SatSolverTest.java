package org.mmkit.kconfig.repair;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mmkit.kconfig.repair.SatSolver.Result;

class SatSolverTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void answers_are_those_of_trying_all_assignments_and_cores_are_contradictory(long seed) {
        Random random = new Random(seed);
        for (int formula = 0; formula < 1500; formula++) {
            int n = 3 + random.nextInt(7);
            SatSolver solver = new SatSolver();
            for (int i = 0; i < n; i++) {
                solver.newVariable(random.nextBoolean());
            }
            List<int[]> clauses = new ArrayList<>();
            for (int round = 0; round < 10; round++) {
                for (int i = random.nextInt(5); i > 0; i--) {
                    int[] clause = literals(random, n, 1 + random.nextInt(3));
                    clauses.add(clause);
                    solver.addClause(clause);
                }
                int[] assumptions = literals(random, n, random.nextInt(7));
                boolean possible = possible(clauses, assumptions, n);
                Result result = solver.solve(assumptions, Long.MAX_VALUE / 4);
                assertThat(result).as("seed %d formula %d round %d", seed, formula, round)
                        .isEqualTo(possible ? Result.SATISFIABLE : Result.UNSATISFIABLE);
                if (possible) {
                    for (int[] clause : clauses) {
                        assertThat(Arrays.stream(clause).anyMatch(solver::holds)).isTrue();
                    }
                } else {
                    assertThat(possible(clauses, solver.core(), n)).isFalse();
                }
            }
        }
    }

    private static int[] literals(Random random, int variables, int count) {
        int[] result = new int[count];
        for (int i = 0; i < count; i++) {
            result[i] = (1 + random.nextInt(variables)) * (random.nextBoolean() ? 1 : -1);
        }
        return result;
    }

    private static boolean possible(List<int[]> clauses, int[] assumptions, int n) {
        for (int bits = 0; bits < 1 << n; bits++) {
            boolean all = true;
            for (int literal : assumptions) {
                all &= holds(bits, literal);
            }
            for (int[] clause : clauses) {
                boolean any = false;
                for (int literal : clause) {
                    any |= holds(bits, literal);
                }
                all &= any;
            }
            if (all) {
                return true;
            }
        }
        return false;
    }

    private static boolean holds(int bits, int literal) {
        return ((bits >> Math.abs(literal) - 1 & 1) == 1) == literal > 0;
    }
}
