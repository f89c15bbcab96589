package org.mmkit.thp;

import org.junit.jupiter.api.Nested;
import org.mmkit.api.policy.PagePolicyProvider;
import org.mmkit.core.Machine;
import org.mmkit.core.MachineBuilder;
import org.mmkit.testkit.PolicyBehavior;
import org.mmkit.testkit.PolicyContract;
import org.mmkit.thp.policy.LinuxPolicyProvider;
import org.mmkit.thp.policy.ReservationPolicyProvider;
import org.mmkit.thp.policy.UtilisationPolicyProvider;

/** The policies that come with huge pages keep the contract of policies. */
class PoliciesTest {

    @Nested
    class Linux extends PolicyContract {
        @Override
        protected PagePolicyProvider provider() {
            return new LinuxPolicyProvider();
        }
    }

    @Nested
    class LinuxOnArm64 extends PolicyContract {
        @Override
        protected PagePolicyProvider provider() {
            return new LinuxPolicyProvider();
        }

        @Override
        protected MachineBuilder machine() {
            return Machine.builder().arch("arm64").contents(false);
        }
    }

    @Nested
    class Reservation extends PolicyContract {
        @Override
        protected PagePolicyProvider provider() {
            return new ReservationPolicyProvider();
        }

        @Override
        protected boolean has(PolicyBehavior behavior) {
            return behavior != PolicyBehavior.HUGE_AT_FAULT;
        }
    }

    @Nested
    class Ingens extends PolicyContract {
        @Override
        protected PagePolicyProvider provider() {
            return new UtilisationPolicyProvider();
        }

        @Override
        protected boolean has(PolicyBehavior behavior) {
            return behavior != PolicyBehavior.HUGE_AT_FAULT;
        }
    }
}
