/** {@code mm kconfig}: one class per subcommand. */
@NullMarked
package org.mmkit.cli.kconfig;

import org.jspecify.annotations.NullMarked;
