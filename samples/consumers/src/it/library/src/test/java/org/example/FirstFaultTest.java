package org.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FirstFaultTest {

    @Test
    void the_lines_of_the_README_fault_one_huge_page() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            FirstFault.main(new String[0]);
        } finally {
            System.setOut(before);
        }

        assertTrue(out.toString(StandardCharsets.UTF_8).contains("AnonHugePages:      2048 kB"), out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void the_program_is_a_module_that_reads_the_engine_as_one() {
        assertEquals("org.example", FirstFault.class.getModule().getName());
        assertEquals("org.mmkit.core", org.mmkit.core.Machine.class.getModule().getName());
    }

    /** What the jars bring along; nothing that only their own tests need. */
    @Test
    void the_engine_brings_its_api_kconfig_and_guava_and_nothing_else() {
        String paths = System.getProperty("jdk.module.path", "") + File.pathSeparator + System.getProperty("java.class.path");
        Set<String> jars = Arrays.stream(paths.split(File.pathSeparator))
                .filter(path -> path.endsWith(".jar"))
                .map(path -> Path.of(path).getFileName().toString().replaceFirst("-[0-9].*", ""))
                .filter(name -> !name.matches("(junit-|surefire-|opentest4j|apiguardian).*"))
                .collect(Collectors.toCollection(TreeSet::new));

        assertEquals(
                Stream.of("arch-x86_64", "mm-api", "mm-core", "mm-kconfig", "mm-thp", "guava", "failureaccess", "error_prone_annotations", "j2objc-annotations", "jspecify", "listenablefuture")
                        .collect(Collectors.toCollection(TreeSet::new)),
                jars);
    }
}
