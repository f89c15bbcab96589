package org.mmkit.kconfig.explain;

import java.util.List;
import org.mmkit.api.config.Reason;

/**
 * Everything about one symbol of a resolved configuration.
 *
 * @param reason the deciding rule, and the unmet terms in short
 * @param type the type's keyword
 * @param definitions where it is defined, with its prompt
 * @param selectedBy who selects it, and whether that takes effect
 * @param impliedBy who implies it, and whether that takes effect
 * @param obstacles what keeps it from a greater value, as a tree
 */
public record Explanation(Reason reason, String type, List<Definition> definitions, List<Term> selectedBy,
        List<Term> impliedBy, List<Obstacle> obstacles) {

    /** Copies the lists. */
    public Explanation {
        definitions = List.copyOf(definitions);
        selectedBy = List.copyOf(selectedBy);
        impliedBy = List.copyOf(impliedBy);
        obstacles = List.copyOf(obstacles);
    }

    /**
     * A definition.
     *
     * @param position {@code file:line}
     * @param prompt the prompt, empty without one
     */
    public record Definition(String position, String prompt) {
    }

    /**
     * A select or imply.
     *
     * @param expression the selecting symbol and its conditions, with values
     * @param level n, m or y: what it asks for now
     */
    public record Term(String expression, char level) {
    }

    /**
     * Something that stands in the way.
     *
     * @param sentence what it is
     * @param position {@code file:line} of the rule; empty when there is none
     * @param causes why that is so
     */
    public record Obstacle(String sentence, String position, List<Obstacle> causes) {

        /** Copies the causes. */
        public Obstacle {
            causes = List.copyOf(causes);
        }
    }
}
