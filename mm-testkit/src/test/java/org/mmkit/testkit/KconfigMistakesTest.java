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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The contract of Kconfig files is worth what it notices: files with a single mistake each fail it, and the right one passes. */
class KconfigMistakesTest {

    private static final String RIGHT = "config TOY\n\tbool \"A toy\"\n\thelp\n\t  A toy.\n";

    private static Set<String> failures(String kconfig) throws IllegalAccessException {
        KconfigContract contract = mock(KconfigContract.class, CALLS_REAL_METHODS);
        doReturn(new ToyArchitecture(new ToyFormat())).when(contract).provider();
        doReturn(true).when(contract).has(any());
        doReturn(kconfig).when(contract).kconfig();
        Set<String> failures = new TreeSet<>();
        for (Method method : KconfigContract.class.getDeclaredMethods()) {
            if (!method.isAnnotationPresent(Test.class)) {
                continue;
            }
            try {
                method.invoke(contract);
            } catch (InvocationTargetException e) {
                failures.add(method.getName());
            }
        }
        return failures;
    }

    @Test
    void the_right_file_passes() throws IllegalAccessException {
        assertThat(failures(RIGHT)).isEmpty();
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(delimiter = '|', value = {
        "|the_file_is_in_the_jar_where_the_engine_looks_for_it",
        "config TOY\\n\\tbool \"A toy\"\\nendmenu\\n|the_file_can_be_parsed_alone",
        "config OTHER\\n\\tbool \"A toy\"\\n\\thelp\\n\\t  A toy.\\n|the_symbol_that_switches_the_plugin_on_is_defined_in_its_own_file",
        "config TOY\\n\\tbool \"A toy\"\\n|what_a_user_can_set_has_a_help_text",
        "config TOY\\n\\tbool \"A toy\"\\n\\tselect NOWHERE\\n\\thelp\\n\\t  A toy.\\n|the_linter_finds_nothing",
        "config TOY\\n\\tbool \"A toy\"\\n\\tdepends on TRANSPARENT_HUGEPAGE\\n\\thelp\\n\\t  A.\\n"
                + "|the_linter_finds_nothing_where_the_plugins_that_may_be_absent_are_absent",
        "config TOY\\n\\tbool \"A toy\"\\n\\tselect HUGETLBFS\\n\\thelp\\n\\t  A.\\n"
                + "|the_linter_finds_nothing_where_the_plugins_that_may_be_absent_are_absent",
        "config TOY\\n\\tbool \"A toy\"\\n\\thelp\\n\\t  A.\\nconfig SWAP\\n\\tbool \"Mine\"\\n\\thelp\\n\\t  B.\\n|what_a_user_can_set_is_defined_in_no_other_file"
    })
    void a_mistake_is_noticed(String kconfig, String test) throws IllegalAccessException {
        assertThat(failures(kconfig == null ? "" : kconfig.replace("\\n", "\n").replace("\\t", "\t"))).contains(test);
    }
}
