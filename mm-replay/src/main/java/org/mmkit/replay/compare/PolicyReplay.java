package org.mmkit.replay.compare;

import org.mmkit.replay.cost.CostModel;
import org.mmkit.replay.model.Policy;
import org.mmkit.replay.model.PolicyResult;
import org.mmkit.replay.reader.Recording;

/**
 * One recording on one machine, without self-check and comparison: for programs that embed replay, and for benchmarks. Memory never touched
 * is not told apart, and pages missing in the page cache are not known. One thread; used once.
 */
public final class PolicyReplay {

    private final PolicyRun run;

    private PolicyReplay(PolicyRun run) {
        this.run = run;
    }

    /** Boots the machine of {@code asked}; pools that it does not size have room for all HugeTLB mappings. */
    public static PolicyReplay prepare(Recording recording, Policy asked) {
        Policy policy = asked.host().hasPools() ? asked : asked.withHost(asked.host().withPools(HugetlbUse.bound(recording)));
        return new PolicyReplay(new PolicyRun(recording, EngineMachine.boot(policy, recording), new LearnedPages(), policy, CostModel.standard(),
                new PolicyRun.Baseline(new Samples(), 0, AddressMap.EMPTY, -1)));
    }

    /** Replays all events. */
    public PolicyResult run() {
        run.run(-1, (done, of) -> {});
        return run.result(new PolicyRun.TlbModel(Options.USUAL_TLB_ENTRIES));
    }
}
