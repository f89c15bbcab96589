package org.mmkit.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.CALLS_REAL_METHODS;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.mmkit.api.policy.PagePolicy;
import org.mmkit.api.policy.PagePolicyProvider;
import org.mmkit.api.policy.PolicyHost;
import org.mmkit.api.space.Vma;

/** The contract of policies is worth what it notices: policies with a single mistake each fail it, and the right one passes. */
class PolicyMistakesTest {

    /** Huge where allowed, at a fault only. */
    private static class Greedy implements PagePolicy {

        final PolicyHost host;

        Greedy(PolicyHost host) {
            this.host = host;
        }

        @Override
        public int mapOrders(Vma vma, long va, int allowed) {
            return allowed;
        }
    }

    private record Provider(String id, String description, Function<PolicyHost, PagePolicy> maker) implements PagePolicyProvider {
        @Override
        public PagePolicy create(PolicyHost host) {
            return maker.apply(host);
        }
    }

    private static Provider greedy(Function<PolicyHost, PagePolicy> maker) {
        return new Provider("greedy", "all at once", maker);
    }

    private static Set<String> failures(PagePolicyProvider provider) throws IllegalAccessException {
        PolicyContract contract = mock(PolicyContract.class, CALLS_REAL_METHODS);
        doReturn(provider).when(contract).provider();
        doReturn(true).when(contract).has(any());
        Set<String> failures = new TreeSet<>();
        for (Method method : PolicyContract.class.getDeclaredMethods()) {
            if (method.isAnnotationPresent(Test.class)) {
                try {
                    method.invoke(contract);
                } catch (InvocationTargetException e) {
                    failures.add(method.getName());
                }
            }
        }
        return failures;
    }

    private static void assertNoticed(PagePolicyProvider provider, String test) throws IllegalAccessException {
        assertThat(failures(provider)).anySatisfy(name -> assertThat(name).startsWith(test));
    }

    @Test
    void the_right_policy_passes() throws IllegalAccessException {
        assertThat(failures(greedy(Greedy::new))).isEmpty();
    }

    @Test
    void a_name_or_description_that_cannot_be_used_is_noticed() throws IllegalAccessException {
        assertNoticed(new Provider("Greedy one", "all at once", Greedy::new), "its_name");
        assertNoticed(new Provider("greedy", "All at once.", Greedy::new), "its_name");
    }

    @Test
    void orders_that_are_not_allowed_are_noticed() throws IllegalAccessException {
        assertNoticed(greedy(host -> new Greedy(host) {
            @Override
            public int mapOrders(Vma vma, long va, int allowed) {
                return allowed | 1 << host.order();
            }
        }), "its_answers");
        assertNoticed(greedy(host -> new Greedy(host) {
            @Override
            public int mapOrders(Vma vma, long va, int allowed) {
                return 0;
            }

            @Override
            public boolean reserves() {
                return true;
            }

            @Override
            public int reserveOrder(Vma vma, long va, int allowed) {
                return host.order() - 1;
            }
        }), "its_answers");
    }

    @Test
    void answers_that_change_by_asking_are_noticed() throws IllegalAccessException {
        assertNoticed(greedy(host -> new Greedy(host) {
            private boolean turn;

            @Override
            public int mapOrders(Vma vma, long va, int allowed) {
                turn = !turn;
                return turn ? allowed : 0;
            }
        }), "its_answers");
        assertNoticed(greedy(host -> new Greedy(host) {
            private int asked;

            @Override
            public boolean watchesFaults() {
                return asked++ > 9;
            }
        }), "its_answers");
    }

    @Test
    void a_policy_that_never_gives_what_it_promises_is_noticed() throws IllegalAccessException {
        Provider lazy = greedy(host -> new Greedy(host) {
            @Override
            public int mapOrders(Vma vma, long va, int allowed) {
                return 0;
            }
        });
        assertNoticed(lazy, "a_fault_makes");
        assertNoticed(lazy, "a_block_that_was_touched");
    }

    @Test
    void objects_made_on_the_fault_path_are_noticed() throws IllegalAccessException {
        assertNoticed(greedy(host -> new Greedy(host) {
            private int[] last = {};

            @Override
            public int mapOrders(Vma vma, long va, int allowed) {
                last = new int[] {allowed};
                return last[0] & (va % 3 == 0 ? allowed : last[0]);
            }
        }), "a_question_makes");
    }

    @Test
    void state_that_machines_share_is_noticed() throws IllegalAccessException {
        int[] machines = {0};
        assertNoticed(greedy(host -> new Greedy(host) {
            private final boolean even = machines[0]++ % 2 == 0;

            @Override
            public int mapOrders(Vma vma, long va, int allowed) {
                return even ? allowed : 0;
            }
        }), "machines_do_not");
    }

    @Test
    void a_page_that_is_never_let_go_is_noticed() throws IllegalAccessException {
        assertNoticed(greedy(host -> new Greedy(host) {
            @Override
            public int mapOrders(Vma vma, long va, int allowed) {
                return 0;
            }

            @Override
            public boolean watchesFaults() {
                return true;
            }

            @Override
            public void mapped(Vma vma, long va, long pfn) {
                host.context().memory().frames().get(host.context().memory().frames().head(pfn), 1);
            }
        }), "what_programs_used");
    }

    @Test
    void chance_is_noticed() throws IllegalAccessException {
        assertNoticed(greedy(host -> new Greedy(host) {
            private final int lot = (int) System.nanoTime() >>> 3;

            @Override
            public int mapOrders(Vma vma, long va, int allowed) {
                return (va >>> 21 ^ lot * 0x9e3779b9L >>> 7 & 0x3f) % 3 == 0 ? 0 : allowed;
            }
        }), "the_same_calls");
    }
}
