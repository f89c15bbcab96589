package org.mmkit.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.CALLS_REAL_METHODS;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.mmkit.api.InvariantViolation;
import org.mmkit.api.feature.Feature;
import org.mmkit.api.feature.FeatureContext;
import org.mmkit.api.feature.SpaceListener;
import org.mmkit.api.file.PseudoFile;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.space.AddressSpace;
import org.mmkit.api.space.Vma;
import org.mmkit.core.Machine;

/** The contract of features is worth what it notices: features with a single mistake each fail it, and the right one passes. */
class FeatureMistakesTest {

    /** Counts new areas, and shows how many were counted since the last reset; the boot parameter says where to begin. */
    private static class Census implements Feature {

        @Override
        public String id() {
            return "census";
        }

        @Override
        public String configSymbol() {
            return "CENSUS";
        }

        @Override
        public void init(FeatureContext context) {
            int slot = context.counters().register("census_areas");
            context.bootParameters("first_area").forEach(value -> begin(context, slot, value));
            context.spaceListener(new SpaceListener() {
                @Override
                public void mapped(Vma vma) {
                    area(context, slot);
                }

                @Override
                public void exiting(AddressSpace space) {
                    gone(context, slot);
                }
            });
            context.pseudoFile("/sys/kernel/mm/census", new PseudoFile() {
                @Override
                public String read() {
                    return text(context, slot);
                }

                @Override
                public boolean isWritable() {
                    return true;
                }

                @Override
                public int write(String text) {
                    return reset(context, text);
                }
            });
        }

        void begin(FeatureContext context, int slot, String value) {
            if (value.matches("[0-9]{1,9}")) {
                context.counters().add(slot, Long.parseLong(value));
            } else {
                context.log("first_area=" + value + " is no number");
            }
        }

        void area(FeatureContext context, int slot) {
            context.counters().add(slot, 1);
        }

        void gone(FeatureContext context, int slot) {}

        String text(FeatureContext context, int slot) {
            return context.counters().get(slot) + "\n";
        }

        int reset(FeatureContext context, String text) {
            return text.strip().equals("0") ? 0 : -22;
        }
    }

    /** What fails of those tests of the contract whose names begin with {@code test}. */
    private static Set<String> failures(Feature feature, String test) throws IllegalAccessException {
        FeatureContract contract = mock(FeatureContract.class, CALLS_REAL_METHODS);
        doReturn(feature).when(contract).feature();
        doReturn(true).when(contract).has(any());
        doReturn(List.of("first_area=7")).when(contract).tellingParameters();
        doAnswer(call -> Machine.builder().arch("x86_64").memory("256M").contents(false))
                .when(contract).machine();
        Set<String> failures = new TreeSet<>();
        for (Method method : FeatureContract.class.getDeclaredMethods()) {
            if (!method.isAnnotationPresent(Test.class) || !method.getName().startsWith(test)) {
                continue;
            }
            try {
                method.invoke(contract);
            } catch (InvocationTargetException e) {
                failures.add(method.getName() + ": " + e.getCause());
            }
        }
        return failures;
    }

    private static void assertNoticed(Feature feature, String test) throws IllegalAccessException {
        assertThat(failures(feature, test)).hasSize(1);
    }

    @Test
    void a_feature_without_a_mistake_passes() throws IllegalAccessException {
        assertThat(failures(new Census(), "")).isEmpty();
    }

    @Test
    void a_frame_that_is_never_given_back_is_noticed() throws IllegalAccessException {
        assertNoticed(new Census() {
            @Override
            void gone(FeatureContext context, int slot) {
                context.memory().allocateFolio(0, Gfp.KERNEL);
            }
        }, "what_programs_used_comes_back");
    }

    @Test
    void a_counter_below_zero_is_noticed() throws IllegalAccessException {
        assertNoticed(new Census() {
            @Override
            void area(FeatureContext context, int slot) {
                context.counters().add(slot, -1);
            }
        }, "its_counters_are_there");
    }

    @Test
    void a_counter_that_moves_when_it_is_looked_at_is_noticed() throws IllegalAccessException {
        assertNoticed(new Census() {
            @Override
            public void init(FeatureContext context) {
                super.init(context);
                int slot = context.counters().register("census_checks");
                context.invariant(() -> context.counters().add(slot, 1));
            }
        }, "a_counter_moves_only");
    }

    @Test
    void chance_is_noticed() throws IllegalAccessException {
        assertNoticed(new Census() {
            @Override
            void area(FeatureContext context, int slot) {
                context.counters().add(slot, System.nanoTime() & 0xffff);
            }
        }, "the_same_calls_have_the_same_effect");
    }

    @Test
    void a_file_that_takes_any_word_is_noticed() throws IllegalAccessException {
        assertNoticed(new Census() {
            @Override
            int reset(FeatureContext context, String text) {
                return 0;
            }
        }, "words_that_mean_nothing");
    }

    @Test
    void a_file_without_its_last_newline_is_noticed() throws IllegalAccessException {
        assertNoticed(new Census() {
            @Override
            String text(FeatureContext context, int slot) {
                return "0";
            }
        }, "each_of_its_files");
    }

    @Test
    void a_broken_invariant_is_noticed() throws IllegalAccessException {
        assertNoticed(new Census() {
            @Override
            public void init(FeatureContext context) {
                super.init(context);
                int slot = context.counters().register("census_broken");
                context.spaceListener(new SpaceListener() {
                    @Override
                    public void forked(AddressSpace parent, AddressSpace child) {
                        context.counters().add(slot, 1);
                    }
                });
                context.invariant(() -> {
                    if (context.counters().get(slot) > 2) {
                        throw new InvariantViolation("three forks");
                    }
                });
            }
        }, "random_calls_leave");
    }

    @Test
    void state_shared_by_machines_is_noticed() throws IllegalAccessException {
        assertNoticed(new Census() {
            private FeatureContext last;

            @Override
            public void init(FeatureContext context) {
                super.init(context);
                last = context;
            }

            @Override
            void area(FeatureContext context, int slot) {
                last.counters().add(slot, 1);
            }
        }, "machines_do_not_know_each_other");
    }

    @Test
    void a_boot_parameter_that_is_passed_over_in_silence_is_noticed() throws IllegalAccessException {
        assertNoticed(new Census() {
            @Override
            void begin(FeatureContext context, int slot, String value) {
                if (value.matches("[0-9]{1,9}")) {
                    super.begin(context, slot, value);
                }
            }
        }, "a_boot_parameter_that_means_nothing");
    }

    @Test
    void a_boot_parameter_that_makes_something_of_nonsense_is_noticed() throws IllegalAccessException {
        assertNoticed(new Census() {
            @Override
            void begin(FeatureContext context, int slot, String value) {
                super.begin(context, slot, value);
                context.counters().add(slot, 1);
            }
        }, "a_boot_parameter_that_means_nothing");
    }

    @Test
    void a_boot_parameter_that_throws_without_a_word_is_noticed() throws IllegalAccessException {
        assertNoticed(new Census() {
            @Override
            void begin(FeatureContext context, int slot, String value) {
                context.counters().add(slot, Integer.parseInt(value));
            }
        }, "a_boot_parameter_that_means_nothing");
    }

    @Test
    void a_boot_parameter_without_effect_is_noticed() throws IllegalAccessException {
        assertNoticed(new Census() {
            @Override
            void begin(FeatureContext context, int slot, String value) {
                context.log("first_area=" + value + " is not looked at");
            }
        }, "its_boot_parameters_have_an_effect");
    }

    @Test
    void a_boot_parameter_that_is_asked_for_too_late_is_noticed() throws IllegalAccessException {
        assertNoticed(new Census() {
            @Override
            public void init(FeatureContext context) {
                int slot = context.counters().register("census_late");
                context.pseudoFile("/sys/kernel/mm/late", () -> {
                    context.bootParameters("first_area").forEach(value -> begin(context, slot, value));
                    return "\n";
                });
            }
        }, "its_boot_parameters_are_known");
    }

    @Test
    void files_and_counters_that_stay_away_are_noticed() throws IllegalAccessException {
        Feature silent = new Census() {
            @Override
            public void init(FeatureContext context) {}
        };
        assertNoticed(silent, "its_files_are_there");
        assertNoticed(silent, "its_counters_are_there");
    }
}
