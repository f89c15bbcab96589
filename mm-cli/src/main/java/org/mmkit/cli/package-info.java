/** The command {@code mm}: one class per subcommand. */
@NullMarked
package org.mmkit.cli;

import org.jspecify.annotations.NullMarked;
