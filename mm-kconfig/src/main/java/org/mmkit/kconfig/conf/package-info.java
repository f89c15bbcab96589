/** The command that the kernel calls scripts/kconfig/conf. */
@NullMarked
package org.mmkit.kconfig.conf;

import org.jspecify.annotations.NullMarked;
