package org.mmkit.kconfig.repair;

import java.util.Arrays;

/**
 * A solver for propositional satisfiability: conflict-driven clause learning with two watched literals, activity-ordered
 * decisions, saved phases and restarts (Eén and Sörensson, An Extensible SAT-solver, 2003).
 *
 * <p>Variables count from 1; a negative number is the negation. Clauses may be added between calls of
 * {@link #solve}. Confined to one thread.
 */
public final class SatSolver implements ClauseSink {

    /** The outcome of a search. */
    public enum Result { SATISFIABLE, UNSATISFIABLE, UNKNOWN }

    private static final int NO_REASON = -1;
    private static final byte UNASSIGNED = 2;
    private static final double DECAY = 1 / 0.95;
    private static final int RESTART_UNIT = 128;

    /** Clauses one after the other: length, then literals; a learnt clause has its length negated. */
    private int[] arena = new int[1 << 16];
    private int arenaSize;
    private int variables;
    private byte[] value = new byte[64];
    private boolean[] phase = new boolean[32];
    private boolean[] preferred = new boolean[32];
    private int[] level = new int[32];
    private int[] reason = new int[32];
    private double[] activity = new double[32];
    private boolean[] seen = new boolean[32];
    private int[] heap = new int[32];
    private int[] heapIndex = new int[32];
    private int heapSize;
    private double increment = 1;
    private int[][] watches = new int[64][];
    private int[] watchCount = new int[64];
    private int[] trail = new int[32];
    private int trailSize;
    private int propagated;
    private int[] levelStart = new int[32];
    private int levels;
    private boolean contradictory;
    private int[] learnt = new int[64];
    private int learntSize;
    private int[] learntRefs = new int[1024];
    private int learntCount;
    private int learntLimit = 20_000;
    private byte[] model = new byte[0];
    private int[] core = new int[0];

    /** A solver without variables or clauses. */
    public SatSolver() {
        // Everything grows on demand.
    }

    /** Internal literal: twice the variable (from 0), plus one when negated. */
    private static int internal(int literal) {
        return literal > 0 ? literal - 1 << 1 : (-literal - 1 << 1) + 1;
    }

    private static int external(int lit) {
        int v = (lit >> 1) + 1;
        return (lit & 1) == 0 ? v : -v;
    }

    /** The number of variables. */
    public int variables() {
        return variables;
    }

    /** A new variable, which is tried as {@code tryFirst} first. */
    @Override
    public int newVariable(boolean tryFirst) {
        int v = variables++;
        if (v == level.length) {
            int n = v * 2;
            value = Arrays.copyOf(value, n * 2);
            phase = Arrays.copyOf(phase, n);
            preferred = Arrays.copyOf(preferred, n);
            level = Arrays.copyOf(level, n);
            reason = Arrays.copyOf(reason, n);
            activity = Arrays.copyOf(activity, n);
            seen = Arrays.copyOf(seen, n);
            heap = Arrays.copyOf(heap, n);
            heapIndex = Arrays.copyOf(heapIndex, n);
            watches = Arrays.copyOf(watches, n * 2);
            watchCount = Arrays.copyOf(watchCount, n * 2);
            trail = Arrays.copyOf(trail, n);
            levelStart = Arrays.copyOf(levelStart, n + 1);
        }
        value[v << 1] = UNASSIGNED;
        value[(v << 1) + 1] = UNASSIGNED;
        watches[v << 1] = new int[4];
        watches[(v << 1) + 1] = new int[4];
        phase[v] = tryFirst;
        preferred[v] = tryFirst;
        heapIndex[v] = -1;
        insert(v);
        return v + 1;
    }

    /** Prefers decisions on {@code variable} over those of lower weight. */
    public void prefer(int variable, double weight) {
        activity[variable - 1] = Math.max(activity[variable - 1], weight * increment);
        if (heapIndex[variable - 1] >= 0) {
            siftUp(heapIndex[variable - 1]);
        }
    }

    /** Adds a clause; it takes back all decisions. */
    @Override
    public void addClause(int... literals) {
        backtrack(0);
        int[] lits = new int[literals.length];
        int n = 0;
        for (int literal : literals) {
            int lit = internal(literal);
            if (value[lit] == 1) {
                return;
            }
            boolean known = value[lit] == 0;
            for (int i = 0; i < n && !known; i++) {
                if (lits[i] == (lit ^ 1)) {
                    return;
                }
                known = lits[i] == lit;
            }
            if (!known) {
                lits[n++] = lit;
            }
        }
        if (n == 0) {
            contradictory = true;
        } else if (n == 1) {
            assign(lits[0], NO_REASON);
            if (propagate() != NO_REASON) {
                contradictory = true;
            }
        } else {
            attach(store(lits, n, false));
        }
    }

    private int store(int[] lits, int n, boolean isLearnt) {
        if (arenaSize + n + 1 > arena.length) {
            arena = Arrays.copyOf(arena, Math.max(arena.length * 2, arenaSize + n + 1));
        }
        int ref = arenaSize;
        arena[ref] = isLearnt ? -n : n;
        System.arraycopy(lits, 0, arena, ref + 1, n);
        arenaSize += n + 1;
        return ref;
    }

    private void attach(int ref) {
        watch(arena[ref + 1] ^ 1, ref);
        watch(arena[ref + 2] ^ 1, ref);
    }

    private void watch(int lit, int ref) {
        int[] w = watches[lit];
        int n = watchCount[lit];
        if (n == w.length) {
            w = Arrays.copyOf(w, n * 2);
            watches[lit] = w;
        }
        w[n] = ref;
        watchCount[lit] = n + 1;
    }

    private void assign(int lit, int why) {
        value[lit] = 1;
        value[lit ^ 1] = 0;
        int v = lit >> 1;
        level[v] = levels;
        reason[v] = why;
        trail[trailSize++] = lit;
    }

    /** Follows all implications; the violated clause, or {@link #NO_REASON}. */
    private int propagate() {
        while (propagated < trailSize) {
            int lit = trail[propagated++];
            int[] w = watches[lit];
            int n = watchCount[lit];
            int kept = 0;
            int falsified = lit ^ 1;
            for (int i = 0; i < n; i++) {
                int ref = w[i];
                int first = ref + 1;
                if (arena[first] == falsified) {
                    arena[first] = arena[first + 1];
                    arena[first + 1] = falsified;
                }
                int other = arena[first];
                if (value[other] == 1) {
                    w[kept++] = ref;
                    continue;
                }
                int end = first + Math.abs(arena[ref]);
                int k = first + 2;
                while (k < end && value[arena[k]] == 0) {
                    k++;
                }
                if (k < end) {
                    arena[first + 1] = arena[k];
                    arena[k] = falsified;
                    watch(arena[first + 1] ^ 1, ref);
                    continue;
                }
                w[kept++] = ref;
                if (value[other] == 0) {
                    for (i++; i < n; i++) {
                        w[kept++] = w[i];
                    }
                    watchCount[lit] = kept;
                    propagated = trailSize;
                    return ref;
                }
                assign(other, ref);
            }
            watchCount[lit] = kept;
        }
        return NO_REASON;
    }

    private void backtrack(int to) {
        if (levels <= to) {
            return;
        }
        int start = levelStart[to];
        for (int i = trailSize - 1; i >= start; i--) {
            int lit = trail[i];
            int v = lit >> 1;
            phase[v] = (lit & 1) == 0;
            value[lit] = UNASSIGNED;
            value[lit ^ 1] = UNASSIGNED;
            if (heapIndex[v] < 0) {
                insert(v);
            }
        }
        trailSize = start;
        propagated = start;
        levels = to;
    }

    private void decide(int lit) {
        levelStart[levels++] = trailSize;
        assign(lit, NO_REASON);
    }

    /** Learns from a conflict; the level to return to. The clause is left in {@link #learnt}. */
    private int analyse(int conflict) {
        learntSize = 1;
        int open = 0;
        int lit = -1;
        int at = trailSize - 1;
        int ref = conflict;
        do {
            int end = ref + 1 + Math.abs(arena[ref]);
            for (int k = ref + 1; k < end; k++) {
                int q = arena[k];
                int v = q >> 1;
                if (q != lit && !seen[v] && level[v] > 0) {
                    seen[v] = true;
                    bump(v);
                    if (level[v] == levels) {
                        open++;
                    } else {
                        push(q);
                    }
                }
            }
            while (!seen[trail[at] >> 1]) {
                at--;
            }
            lit = trail[at--];
            ref = reason[lit >> 1];
            seen[lit >> 1] = false;
            open--;
        } while (open > 0);
        learnt[0] = lit ^ 1;
        int back = 0;
        int deepest = 1;
        for (int i = 1; i < learntSize; i++) {
            int l = level[learnt[i] >> 1];
            if (l > back) {
                back = l;
                deepest = i;
            }
        }
        for (int i = 1; i < learntSize; i++) {
            seen[learnt[i] >> 1] = false;
        }
        if (learntSize > 1) {
            int swap = learnt[1];
            learnt[1] = learnt[deepest];
            learnt[deepest] = swap;
        }
        increment *= DECAY;
        if (increment > 1e100) {
            for (int v = 0; v < variables; v++) {
                activity[v] *= 1e-100;
            }
            increment *= 1e-100;
        }
        return back;
    }

    private void push(int lit) {
        if (learntSize == learnt.length) {
            learnt = Arrays.copyOf(learnt, learntSize * 2);
        }
        learnt[learntSize++] = lit;
    }

    private void bump(int v) {
        activity[v] += increment;
        if (heapIndex[v] >= 0) {
            siftUp(heapIndex[v]);
        }
    }

    /** The assumptions that led to {@code failed} being false. */
    private void explainFailure(int failed) {
        int[] found = new int[levels + 1];
        int n = 0;
        found[n++] = external(failed);
        seen[failed >> 1] = true;
        for (int i = trailSize - 1; i >= (levels > 0 ? levelStart[0] : trailSize); i--) {
            int lit = trail[i];
            int v = lit >> 1;
            if (!seen[v]) {
                continue;
            }
            seen[v] = false;
            if (reason[v] == NO_REASON) {
                found[n++] = external(lit);
            } else {
                int end = reason[v] + 1 + Math.abs(arena[reason[v]]);
                for (int k = reason[v] + 1; k < end; k++) {
                    if (arena[k] != lit && level[arena[k] >> 1] > 0) {
                        seen[arena[k] >> 1] = true;
                    }
                }
            }
        }
        seen[failed >> 1] = false;
        core = Arrays.copyOf(found, n);
    }

    /** The assumptions that cannot hold together, after an unsatisfiable search; empty when the clauses alone cannot. */
    public int[] core() {
        return core.clone();
    }

    /** Whether {@code literal} holds in the model of the last satisfiable search. */
    public boolean holds(int literal) {
        return model[internal(literal)] == 1;
    }

    /** Forgets what earlier searches tried: variables are tried as they were made to be. */
    public void forgetPhases() {
        backtrack(0);
        System.arraycopy(preferred, 0, phase, 0, variables);
    }

    /** Whether the assumptions contradict the clauses by unit propagation alone; false proves nothing. */
    public boolean refutes(int... assumptions) {
        backtrack(0);
        if (contradictory || propagate() != NO_REASON) {
            contradictory = true;
            return true;
        }
        boolean refuted = false;
        for (int i = 0; i < assumptions.length && !refuted; i++) {
            int lit = internal(assumptions[i]);
            if (value[lit] == UNASSIGNED) {
                decide(lit);
                refuted = propagate() != NO_REASON;
            } else {
                refuted = value[lit] == 0;
            }
        }
        backtrack(0);
        return refuted;
    }

    /**
     * Searches for a model in which all assumptions hold.
     *
     * @param conflicts when to give up
     */
    public Result solve(int[] assumptions, long conflicts) {
        backtrack(0);
        core = new int[0];
        if (contradictory || propagate() != NO_REASON) {
            contradictory = true;
            return Result.UNSATISFIABLE;
        }
        long left = conflicts;
        for (int restart = 1;; restart++) {
            long budget = Math.min(left, (long) luby(restart) * RESTART_UNIT);
            Result r = search(assumptions, budget);
            if (r != Result.UNKNOWN) {
                backtrack(0);
                return r;
            }
            left -= budget;
            if (left <= 0) {
                backtrack(0);
                return Result.UNKNOWN;
            }
            backtrack(0);
            if (learntCount > learntLimit) {
                forgetHalf();
            }
        }
    }

    private Result search(int[] assumptions, long budget) {
        long conflicts = 0;
        while (true) {
            int conflict = propagate();
            if (conflict != NO_REASON) {
                if (levels == 0) {
                    contradictory = true;
                    return Result.UNSATISFIABLE;
                }
                int back = analyse(conflict);
                backtrack(back);
                if (learntSize == 1) {
                    assign(learnt[0], NO_REASON);
                } else {
                    int ref = store(learnt, learntSize, true);
                    attach(ref);
                    if (learntCount == learntRefs.length) {
                        learntRefs = Arrays.copyOf(learntRefs, learntCount * 2);
                    }
                    learntRefs[learntCount++] = ref;
                    assign(learnt[0], ref);
                }
                if (++conflicts >= budget) {
                    return Result.UNKNOWN;
                }
                continue;
            }
            int next = -1;
            while (levels < assumptions.length) {
                int lit = internal(assumptions[levels]);
                if (value[lit] == 1) {
                    levelStart[levels++] = trailSize;
                } else if (value[lit] == 0) {
                    explainFailure(lit);
                    return Result.UNSATISFIABLE;
                } else {
                    next = lit;
                    break;
                }
            }
            if (next < 0) {
                next = pick();
                if (next < 0) {
                    model = Arrays.copyOf(value, variables * 2);
                    return Result.SATISFIABLE;
                }
            }
            decide(next);
        }
    }

    private int pick() {
        while (heapSize > 0) {
            int v = removeTop();
            if (value[v << 1] == UNASSIGNED) {
                return phase[v] ? v << 1 : (v << 1) + 1;
            }
        }
        return -1;
    }

    /** Drops the longer half of what was learnt; called without decisions. */
    private void forgetHalf() {
        int[] lengths = new int[learntCount];
        for (int i = 0; i < learntCount; i++) {
            lengths[i] = -arena[learntRefs[i]];
        }
        int[] sorted = lengths.clone();
        Arrays.sort(sorted);
        int median = Math.max(2, sorted[sorted.length / 2]);
        boolean[] drop = new boolean[arenaSize];
        int kept = 0;
        for (int i = 0; i < learntCount; i++) {
            int ref = learntRefs[i];
            int first = arena[ref + 1];
            boolean locked = value[first] == 1 && reason[first >> 1] == ref;
            if (lengths[i] > median && !locked) {
                drop[ref] = true;
            } else {
                learntRefs[kept++] = ref;
            }
        }
        learntCount = kept;
        for (int lit = 0; lit < variables * 2; lit++) {
            int[] w = watches[lit];
            int n = 0;
            for (int i = 0; i < watchCount[lit]; i++) {
                if (!drop[w[i]]) {
                    w[n++] = w[i];
                }
            }
            watchCount[lit] = n;
        }
        learntLimit += learntLimit / 10;
    }

    private static int luby(int index) {
        int i = index;
        while (true) {
            int k = 32 - Integer.numberOfLeadingZeros(i);
            if (i == (1 << k) - 1) {
                return 1 << k - 1;
            }
            i -= (1 << k - 1) - 1;
        }
    }

    private void insert(int v) {
        heap[heapSize] = v;
        heapIndex[v] = heapSize;
        siftUp(heapSize++);
    }

    private void siftUp(int from) {
        int i = from;
        int v = heap[i];
        while (i > 0) {
            int parent = i - 1 >> 1;
            if (activity[heap[parent]] >= activity[v]) {
                break;
            }
            heap[i] = heap[parent];
            heapIndex[heap[i]] = i;
            i = parent;
        }
        heap[i] = v;
        heapIndex[v] = i;
    }

    private int removeTop() {
        int top = heap[0];
        heapIndex[top] = -1;
        int v = heap[--heapSize];
        if (heapSize > 0) {
            int i = 0;
            while (true) {
                int child = 2 * i + 1;
                if (child >= heapSize) {
                    break;
                }
                if (child + 1 < heapSize && activity[heap[child + 1]] > activity[heap[child]]) {
                    child++;
                }
                if (activity[heap[child]] <= activity[v]) {
                    break;
                }
                heap[i] = heap[child];
                heapIndex[heap[i]] = i;
                i = child;
            }
            heap[i] = v;
            heapIndex[v] = i;
        }
        return top;
    }
}
