package org.mmkit.kconfig.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.mmkit.api.config.Configuration;
import org.mmkit.kconfig.Trees;
import org.mmkit.kconfig.explain.Explainer;

/** One writer and many readers. */
class ConfigurationEditorTest {

    private static final String TREE = """
            config A
            	bool "a"
            config B
            	bool "b"
            config BOTH
            	def_bool A && B
            config NEITHER
            	def_bool !A && !B
            config N
            	int "n"
            	default 1 if A
            	default 2
            """;

    @Test
    void readers_see_whole_transactions_only_while_a_writer_works() throws Exception {
        ConfigurationEditor editor = Trees.editor(TREE);
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService pool = Executors.newFixedThreadPool(4);
        List<Future<Long>> readers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            readers.add(pool.submit(() -> {
                long looks = 0;
                do {
                    ResolvedConfiguration c = editor.current();
                    boolean a = c.isEnabled("A");
                    assertThat(c.isEnabled("B")).isEqualTo(a);
                    assertThat(c.isEnabled("BOTH")).isEqualTo(a);
                    assertThat(c.isEnabled("NEITHER")).isEqualTo(!a);
                    assertThat(c.value("N")).isEqualTo(a ? "1" : "2");
                    assertThat(new Explainer(c).reason("BOTH").value()).isEqualTo(a ? "y" : "n");
                    looks++;
                } while (!done.get());
                return looks;
            }));
        }
        Random random = new Random(1);
        for (int i = 0; i < 3_000; i++) {
            String value = random.nextBoolean() ? "y" : "n";
            ResolvedConfiguration c = editor.edit().set("A", value).set("B", value).commit();
            assertThat(c.isEnabled("BOTH")).isEqualTo(value.equals("y"));
        }
        done.set(true);
        for (Future<Long> reader : readers) {
            assertThat(reader.get(60, TimeUnit.SECONDS)).isPositive();
        }
        pool.shutdown();
    }

    @Test
    void an_edit_that_is_refused_changes_nothing() {
        ConfigurationEditor editor = Trees.editor(TREE);
        ResolvedConfiguration before = editor.current();

        assertThatThrownBy(() -> editor.edit().set("A", "y").set("N", "many").commit())
                .isInstanceOf(IllegalArgumentException.class).hasMessage("'many' is no value of N, which is int");

        assertThat(editor.current()).isSameAs(before);
        assertThat(before.isEnabled("A")).isFalse();
    }

    @Test
    void a_copy_changes_independently() {
        ConfigurationEditor editor = Trees.editor(TREE, "CONFIG_A=y");
        Configuration copied = editor.copy().edit().set("B", "y").commit();

        assertThat(copied.isEnabled("BOTH")).isTrue();
        assertThat(editor.current().isEnabled("BOTH")).isFalse();
    }
}
