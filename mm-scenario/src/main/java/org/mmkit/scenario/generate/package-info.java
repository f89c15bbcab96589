/** Random scenarios, for comparing the model with a real kernel where nobody thought of looking. */
@NullMarked
package org.mmkit.scenario.generate;

import org.jspecify.annotations.NullMarked;
