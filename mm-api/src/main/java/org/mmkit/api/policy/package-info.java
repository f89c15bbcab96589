/** Who decides which anonymous memory becomes huge, and when: allocation and promotion policies as plugins. */
@NullMarked
package org.mmkit.api.policy;

import org.jspecify.annotations.NullMarked;
