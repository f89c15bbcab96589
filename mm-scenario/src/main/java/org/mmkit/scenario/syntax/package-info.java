/** The text of a scenario: grammar, syntax tree, error messages. */
@NullMarked
package org.mmkit.scenario.syntax;

import org.jspecify.annotations.NullMarked;
