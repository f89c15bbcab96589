package org.mmkit.scenario.syntax;

import java.util.List;
import java.util.Optional;

/** One line of a scenario that does something, or a block of lines. Lines count from 1. */
public sealed interface Statement {

    /** The line where it stands. */
    int line();

    /** {@code echo TEXT > PATH}: writes the text and a newline. */
    record Echo(int line, String text, String path) implements Statement {}

    /** {@code cat PATH}. */
    record Cat(int line, String path) implements Statement {}

    /** {@code mount -t TYPE -o OPTIONS SOURCE DIRECTORY}; {@code options} without {@code remount} and {@code ro}. */
    record Mount(
            int line, String type, List<String> options, boolean remount, boolean readOnly, String source, String directory)
            implements Statement {
        public Mount {
            options = List.copyOf(options);
        }
    }

    /** {@code umount DIRECTORY}. */
    record Unmount(int line, String directory) implements Statement {}

    /** {@code target = value}. */
    record Assignment(int line, String target, Expression value) implements Statement {}

    /**
     * {@code target = operation(arguments)}. {@code words} are the bare names of operations that take such: the counters of
     * {@code vmstat} and {@code mthp}, the variable of {@code pin}.
     */
    record Call(
            int line, Optional<String> target, Operation operation, List<String> words, List<Expression> arguments)
            implements Statement {
        public Call {
            words = List.copyOf(words);
            arguments = List.copyOf(arguments);
        }
    }

    /** <code>child { … }</code>: forks; the body runs in the child. {@code end} is the line of the closing brace. */
    record Child(int line, int end, List<Statement> body) implements Statement {
        public Child {
            body = List.copyOf(body);
        }
    }

    /** <code>parent { … }</code> inside a child: the body runs in the parent of that child. */
    record Parent(int line, int end, List<Statement> body) implements Statement {
        public Parent {
            body = List.copyOf(body);
        }
    }
}
